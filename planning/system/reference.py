"""
What a system file may say, read off the models that read it: the text of ``planning explain``.

A *subject* is a section of the file (``workload``, ``activity``, ``phase`` …) or a kind of
part. Nothing here is written by hand twice: summaries and mechanisms are the docstrings,
ranges are what the fields check, defaults are the numbers they fill in.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planning.flow.work import Activity, Call
from planning.numbers.catalog import Row, shipped_catalog
from planning.numbers.prices import Price
from planning.numbers.quantities import Amount, Planned
from planning.numbers.units import example, show
from planning.parts import Part, kinds
from planning.system.growth import Growth
from planning.system.phase import Claim, Phase, Upgrade
from planning.system.system import Cost, Event, Flaw, Need, Surge, System, Together
from planning.workload.workload import Workload

SECTIONS: dict[str, type[BaseModel]] = {
    "system": System,
    "workload": Workload,
    "activity": Activity,
    "call": Call,
    "cost": Cost,
    "phase": Phase,
    "upgrade": Upgrade,
    "event": Event,
    "surge": Surge,
    "claim": Claim,
    "finding": Flaw,
    "need": Need,
    "growth": Growth,
    "together": Together,
}
_STEPS = ("rates", "times", "stocks")
_DEEPEST = 3
# What a product is, where its plans fill fields that many kinds have (cores, connections) and a
# unit alone cannot tell: it is offered to these kinds only, others to all that they fit.
_RELATIONAL = frozenset({"database", "time_series", "pooler", "budget"})
_PRODUCTS = {
    **dict.fromkeys(
        ("aws.rds", "aws.rds_mysql", "aws.aurora_mysql", "aws.aurora_postgresql", "planetscale"),
        _RELATIONAL,
    ),
    **dict.fromkeys(("neon", "supabase.compute"), _RELATIONAL | {"storage"}),
    "aws.elasticache": frozenset({"memory_store", "cache", "budget"}),
    "redis": frozenset({"memory_store", "cache", "budget"}),
    "mongodb": frozenset({"document_store", "storage", "budget"}),
    "aws.msk": frozenset({"broker", "budget"}),
    "aws.alb": frozenset({"proxy", "budget"}),
    "supavisor": frozenset({"pooler", "budget"}),
    "pgbouncer": frozenset({"pooler", "budget"}),
}


@dataclass(frozen=True, slots=True)
class FieldReference:
    """
    One field, in words.

    Attributes
    ----------
    name : str
        As the file has it; ``tables.*.row`` for a field of what stands in it by name.
    meaning : str
        What it is.
    unit : str
        Base unit; empty for what is no number.
    written : str
        How one writes it: an example, or the words it may be.
    range : str
        What it may be; empty where nothing is refused.
    default : str
        What holds where the file says nothing, with its doubt; "required" where it must.
    source : str
        Who says so, of the default.
    """

    name: str
    meaning: str
    unit: str
    written: str
    range: str
    default: str
    source: str


@dataclass(frozen=True, slots=True)
class Reference:
    """
    One subject, in words.

    Attributes
    ----------
    name : str
        A section or a kind.
    summary, text : str
        What it is: one sentence, and the rest.
    steps : tuple of str
        What happens in it as load passes, with what limits it and what happens past the limit.
    takes, gives : tuple of str
        Carriers.
    fields : tuple of FieldReference
        In the file's order.
    plans : tuple of str
        Plans of the catalogue that fill some of its fields.
    """

    name: str
    summary: str
    text: str
    steps: tuple[str, ...]
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    fields: tuple[FieldReference, ...]
    plans: tuple[str, ...]

    def field(self, name: str) -> FieldReference:
        """
        Return one field.

        Raises
        ------
        ValueError
            If it has none of that name; the message says the nearest.
        """
        named = {each.name: each for each in self.fields}
        if name in named:
            return named[name]
        # What a reader types ends as the field does: `row` for `tables.*.row`.
        ends = [each for each in named if each.rsplit(".", 1)[-1] == name]
        if len(ends) == 1:
            return named[ends[0]]
        near = get_close_matches(name, ends or named, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(named)}."
        raise ValueError(f"{self.name} has no field {name[:60]!r}; {hint}")


def subjects() -> dict[str, type[BaseModel]]:
    """Return the models of all sections and kinds, by name."""
    return {**SECTIONS, **kinds()}


def reference(name: str) -> Reference:
    """
    Say in words what a section or a kind of part may hold.

    Parameters
    ----------
    name : str
        As in :func:`subjects`.

    Raises
    ------
    ValueError
        If there is none of that name; the message says the nearest.

    Examples
    --------
    >>> reference("queue").field("workers").range
    'at least 1 worker, whole'
    """
    known = subjects()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
        raise ValueError(f"{name[:60]!r} is no kind of part and no section of a file; {hint}")
    model = known[name]
    part = model if issubclass(model, Part) else None
    summary, text = _summary(model)
    return Reference(
        name=name,
        summary=summary,
        text=text,
        steps=() if part is None else tuple(_steps(part)),
        takes=() if part is None else part.takes,
        gives=() if part is None else part.gives,
        fields=tuple(_fields(model, ())),
        plans=tuple(_plans(model)),
    )


def _summary(model: type[BaseModel]) -> tuple[str, str]:
    """Return the first sentence about a model and the rest; a kind's file says it at length."""
    module = inspect.getmodule(model)
    whole = inspect.getdoc(module) if issubclass(model, Part) else inspect.getdoc(model)
    head, _, rest = _plain(whole or "").partition("\n\n")
    return " ".join(head.split()), _flowing(rest)


def _flowing(text: str) -> str:
    """Return paragraphs a line each; what is indented is drawn, and is fenced in Markdown."""
    found = []
    for paragraph in text.strip("\n").split("\n\n"):
        if paragraph.startswith("    "):
            found.append(f"```\n{inspect.cleandoc(paragraph)}\n```")
        else:
            found.append(" ".join(paragraph.split()).replace("::", ":"))
    return "\n\n".join(found)


def _steps(part: type[Part]) -> Iterator[str]:
    for step in _STEPS:
        method = getattr(part, step)
        if method is not getattr(Part, step):
            yield " ".join(_plain(inspect.getdoc(method) or "").split())


def _plain(text: str) -> str:
    """Return a docstring without its markup for links."""
    text = re.sub(r":(?:mod|class|func|meth|attr|data):`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`")


def _fields(model: type[BaseModel], at: tuple[str, ...]) -> Iterator[FieldReference]:
    for name, field in model.model_fields.items():
        if name == "kind":
            continue
        path = (*at, name)
        yield _field(".".join(path), field)
        inner, named = _inner(field)
        if inner is not None and len(path) < _DEEPEST and inner not in SECTIONS.values():
            yield from _fields(inner, (*path, "*") if named else path)


def _field(name: str, field: FieldInfo) -> FieldReference:
    amount = _amount(field)
    source = ""
    if field.is_required():
        default = "required"
    elif amount is None or not isinstance(field.default, dict):
        default = _said(field)
    else:
        number = amount.read(field.default)
        span = ""
        if number.low is not None and number.high is not None:
            span = f" ({show(number.low, amount.unit)} to {show(number.high, amount.unit)})"
        default, source = f"{show(float(np.mean(number.value)), amount.unit)}{span}", number.source
    return FieldReference(
        name=name,
        meaning=field.description or "",
        unit="" if amount is None else amount.unit,
        written=_written(field, amount),
        range="" if amount is None else amount.rule,
        default=default,
        source=source,
    )


def _said(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None:
        return "not stated"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default) if isinstance(default, str) and default else "none"


def _written(field: FieldInfo, amount: Amount | None) -> str:
    leaves = list(_leaves(field.annotation))
    if amount is not None:
        one = example(amount.unit).strip("'")
        if any(get_origin(each) is dict for each in leaves):
            return f"{one}, each by a name"
        return f"{one}, or `tiers`" if isinstance(amount, Price) else one
    if choices := _choices(field.annotation):
        return " | ".join(choices)
    if bool in leaves:
        return "true | false"
    within = {get_origin(each) or each for each in leaves}
    if dict in within:
        return "each by a name"
    inner, _ = _inner(field)
    if inner is not None:
        return "a list" if list in within else "a section"
    return "names" if within & {list, tuple} else "number" if float in within else "text"


def _amount(field: FieldInfo) -> Amount | None:
    """Return the annotation that makes a field a number, wherever it stands in its type."""
    found = (each for each in (*field.metadata, *_metadata(field.annotation)))
    return next((each for each in found if isinstance(each, Amount)), None)


def _metadata(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for each in get_args(annotation):
        yield from _metadata(each)


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(each) for each in get_args(annotation)]
    return [choice for each in get_args(annotation) for choice in _choices(each)]


def _leaves(annotation: Any) -> Iterator[Any]:
    """Yield the plain types of an annotation."""
    arguments = [each for each in get_args(annotation) if each is not NoneType]
    if not arguments or get_origin(annotation) in {list, tuple, dict}:
        yield annotation
    else:
        for each in arguments:
            yield from _leaves(each)


def _inner(field: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    """Return the model that stands in a field, and whether several stand there by name."""
    for leaf in _leaves(field.annotation):
        named = get_origin(leaf) is dict
        for each in (*(get_args(leaf) if get_origin(leaf) else ()), leaf):
            if isinstance(each, type) and issubclass(each, BaseModel):
                return each, named
    return None, False


def _plans(model: type[BaseModel]) -> Iterator[str]:
    """Yield the plans of the catalogue that say more of this model than a price."""
    if not issubclass(model, Planned):
        return
    numbers = {
        name: amount
        for name, field in model.model_fields.items()
        if (amount := _amount(field)) is not None and not name.endswith("price")
    }
    required = {name for name in numbers if model.model_fields[name].is_required()}
    filled: dict[str, set[str]] = {}
    for key, row in shipped_catalog().rows.items():
        plan, _, attribute = key.rpartition(".")
        if attribute in numbers and _fits(numbers[attribute], row):
            filled.setdefault(plan, set()).add(attribute)
    for plan, attributes in filled.items():
        if (attributes & required or len(attributes) > 1) and _suits(plan, model):
            yield plan


def _suits(plan: str, model: type[BaseModel]) -> bool:
    """Return whether a plan's product is of this kind, as far as somebody says what it is."""
    product = next((name for name in _PRODUCTS if f"{plan}.".startswith(f"{name}.")), None)
    known = kinds()
    return product is None or any(known.get(kind) is model for kind in _PRODUCTS[product])


def _fits(amount: Amount, row: Row) -> bool:
    try:
        amount.read(row)
    except ValueError:
        return False
    return True
