"""
What a claims file may say: the statements of one planning document.

An entry says where a number stands, what it claims, and how to compute it — by a
question put to a system, by a row of the catalogue, or, for what is left, by plain
arithmetic over the document's own numbers. The verdict is never written down; `expect`
is there for the regression test alone::

    S0.14:
      line: 24
      says: gigabytes of 1,000 viewers in an hour
      quantity: egress of 1,000 viewer-hours
      claimed: 300 GB
      ask: {take: "event 1,000 viewers watch for an hour / media / bytes"}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from planning.audit.arithmetic import calculate, names_in
from planning.audit.parsed import Said, read_said
from planning.numbers.quantities import Closed
from planning.numbers.reading import Document, FileError, read_document
from planning.numbers.shipped import data_folder

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}(\.[0-9]{1,5}[a-z]?)?")
_MOST_ERRORS = 12
Expected = Literal["confirmed", "contradicted", "assumption", "finding"]


class Ask(Closed):
    """
    A question put to a system.

    ``take`` is one of ``capacity``, ``capacity of CONSTRAINT``, ``load of …``, ``limit of …``,
    ``used of …``, ``breaks first``, ``cost``, ``cost per 1000 users``, ``traffic NAME``,
    ``requests of ACTIVITY``, ``queries of ACTIVITY``, ``input PATH``,
    ``event NAME / PART / NUMBER``, ``verdict of EVENT``.
    """

    take: str = Field(min_length=1, max_length=200)
    system: str | None = Field(default=None, description="Its name; the file's system if not given")
    phase: str | int | None = Field(default=None, description="A phase by number or name")
    users: str | None = Field(default=None, description="Users asked about, e.g. 10k users")
    given: dict[str, str] = Field(
        default_factory=dict, max_length=20, description="Inputs by path, as the claim has them"
    )
    changes: dict[str, Any] = Field(default_factory=dict, description="A patch, as in a phase")


class Input(Closed):
    """A number that an arithmetic uses."""

    value: str = Field(max_length=120, description="A quantity, or a range of them")
    assumed: bool = Field(default=False, description="Whether the document does not state it")
    plausible: str | None = Field(
        default=None, max_length=120, description="Range in which it may well be, where assumed"
    )
    source: str = Field(default="", max_length=400, description="Who says so")

    def said(self) -> Said:
        """Return the number."""
        return read_said(self.value)


class Statement(Closed):
    """One number or statement of a document."""

    line: int | list[int] = Field(description="Where it stands, from 1")
    says: str = Field(min_length=1, max_length=300, description="What it is, in our words")
    quantity: str = Field(
        default="", max_length=120, description="What is meant; the same words, the same quantity"
    )
    claimed: str | None = Field(
        default=None, max_length=120, description="The number, range or verdict; none: no number"
    )
    means: list[str] = Field(
        default_factory=list, max_length=8, description="Words that say the same, for verdicts"
    )
    inputs: dict[str, Input] = Field(default_factory=dict, max_length=20)
    arithmetic: str | None = Field(default=None, max_length=300)
    ask: Ask | None = None
    row: str | None = Field(default=None, description="Row of the catalogue it should equal")
    within: str | None = Field(default=None, description="Row of the catalogue it must not exceed")
    solve: str | None = Field(
        default=None, max_length=200, description="Input, by name or path, that nobody states"
    )
    tolerance: float = Field(default=0.02, ge=0, le=1, description="Share by which it may differ")
    effect: Ask | None = Field(
        default=None, description="What a decision rests on, as if the claim were true"
    )
    why: str = Field(default="", max_length=600, description="What speaks against or for it")
    expect: Expected | None = Field(default=None, description="For the regression test alone")

    @field_validator("inputs", mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        if any(each is None for each in given.values()):
            raise ValueError('a number with a comma needs quotes inside { }: "12,000 users".')
        return {
            name: each if isinstance(each, dict) else {"value": str(each)}
            for name, each in given.items()
        }

    @field_validator("claimed", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        return str(given) if isinstance(given, int | float) and given is not True else given

    @model_validator(mode="after")
    def _one_way(self) -> Statement:
        ways = [self.arithmetic, self.ask, self.row]
        if sum(way is not None for way in ways) > 1:
            raise ValueError("give one of `ask`, `row` and `arithmetic`: one way to compute it.")
        for each in self.inputs.values():
            each.said()
            if each.plausible is not None:
                read_said(each.plausible)
        if self.arithmetic is not None:
            self._check_names(self.arithmetic)
        return self

    def _check_names(self, expression: str) -> None:
        used = names_in(expression)
        if not used:
            calculate(expression, {})  # says what is wrong, if it is no arithmetic at all
        for name in used:
            if name not in self.inputs:
                near = get_close_matches(name, list(self.inputs), n=1)
                hint = f"; did you mean {near[0]!r}?" if near else "."
                raise ValueError(f"{name!r} of {expression!r} is not among the inputs{hint}")
        for name in self.inputs:
            if name not in used:
                raise ValueError(f"input {name!r} is not used in {expression!r}.")

    @property
    def first_line(self) -> int:
        """The first line it stands on."""
        return self.line if isinstance(self.line, int) else min(self.line, default=0)

    def said(self) -> Said | None:
        """Return the claimed number; None where words or nothing are claimed."""
        if self.claimed is None:
            return None
        try:
            return read_said(self.claimed)
        except ValueError:
            return None


class Statements(Closed):
    """The whole of a claims file."""

    document: str = Field(min_length=1, max_length=200, description="Name of the document")
    title: str = Field(default="", max_length=200)
    system: str | None = Field(default=None, description="System that the questions are put to")
    claims: dict[str, Statement] = Field(max_length=5000)

    @field_validator("claims", mode="before")
    @classmethod
    def _referred(cls, claims: Any) -> Any:
        """Put the number of another claim where an input names it."""
        if not isinstance(claims, dict):
            return claims
        return {
            name: {**each, "inputs": _with_claims(each["inputs"], claims)}
            if isinstance(each, dict) and isinstance(each.get("inputs"), dict)
            else each
            for name, each in claims.items()
        }

    @field_validator("claims")
    @classmethod
    def _ids(cls, claims: dict[str, Statement]) -> dict[str, Statement]:
        for name in claims:
            if not _ID.fullmatch(name):
                raise ValueError(f"claim {name[:40]!r} must be called like 'S0.14' or 'D.3'.")
        return claims


def _with_claims(inputs: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, given in inputs.items():
        source = claims.get(given) if isinstance(given, str) else None
        if isinstance(source, dict) and source.get("claimed") is not None:
            given = {"value": str(source["claimed"]), "source": f"claim {given}"}
        found[name] = given
    return found


def claims_names() -> list[str]:
    """Return the names of the shipped claims files."""
    return sorted(path.stem for path in (data_folder() / "claims").glob("*.yaml"))


def load_statements(name: str | Path) -> Statements:
    """
    Load a claims file by the name of a shipped one, or by its path.

    Raises
    ------
    FileError
        If it cannot be read or is no claims file; one line per error, with file, line and field.
    """
    if str(name).endswith((".md", ".markdown")):
        raise FileError(
            f"{name} is a document; draft its claims with `planning audit --new {name}`."
        )
    shipped = data_folder() / "claims" / f"{name}.yaml"
    known = isinstance(name, str) and name in claims_names()
    return validate_statements(read_document(shipped if known else Path(name)))


def validate_statements(document: Document) -> Statements:
    """Turn a document into statements, or raise one `FileError` that lists what is wrong."""
    try:
        return Statements.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    lines = [_located(document, each) for each in details[:_MOST_ERRORS]]
    if len(details) > _MOST_ERRORS:
        lines.append(f"... and {len(details) - _MOST_ERRORS} more.")
    raise FileError("\n".join(lines))


def _located(document: Document, error: ErrorDetails) -> str:
    location = error["loc"]
    line = document.line_of(location)
    field = ".".join(str(step) for step in location)[:120]
    message = str(error["ctx"]["error"]) if error["type"] == "value_error" else error["msg"]
    if error["type"] == "extra_forbidden":
        message = f"unknown field; known are {', '.join(_fields(location))}."
    return f"{document.name}:{line}: {field}: {message}"


def _fields(location: Iterable[str | int]) -> list[str]:
    steps = tuple(location)
    if len(steps) < 2:
        return list(Statements.model_fields)
    if "ask" in steps or "effect" in steps:
        return list(Ask.model_fields)
    return list((Input if "inputs" in steps else Statement).model_fields)
