"""
The sizes of a plan: all that the catalogue sells beside the one that a part is on.

Parts that are on one plan whenever they are there are one machine to whoever pays for it: they
change their size together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planning.numbers.catalog import Row, shipped_catalog
from planning.system.patches import apply_changes
from planning.system.system import System

_PRICES = ("monthly", "hourly")
_MOST_SIZES = 24


def size_groups(contexts: list[System]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """
    Yield parts that change their size together, and the plans they can be on, two at least.

    Parameters
    ----------
    contexts : list of System
        The system as it is, and with what can be bought: a part may come with an upgrade.
    """
    groups: list[list[str]] = []
    names = dict.fromkeys(name for each in contexts for name in each.parts)
    for name in names:
        if not any(_priced_family(each, name) for each in contexts):
            continue
        group = next((each for each in groups if _together(contexts, each[0], name)), None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    for group in groups:
        families = dict.fromkeys(
            family for each in contexts for name in group if (family := _priced_family(each, name))
        )
        last = [each for each in contexts if group[0] in each.parts][-1]
        plans = [
            plan
            for family in families
            for plan in list(_plans(family))[:_MOST_SIZES]
            if _fits(last, tuple(group), plan)
        ]
        if len(plans) > 1:
            yield tuple(group), plans


def _fits(system: System, parts: tuple[str, ...], plan: str) -> bool:
    """Return whether a plan says all that the parts need of one."""
    try:
        resized(system, parts, plan)
    except ValueError:
        return False
    return True


def _priced_family(system: System, name: str) -> str:
    plan = system.parts[name].plan if name in system.parts else None
    family = "" if plan is None else plan.rpartition(".")[0]
    return family if plan is not None and plan in _plans(family) else ""


def _together(contexts: list[System], one: str, other: str) -> bool:
    both = [each for each in contexts if one in each.parts and other in each.parts]
    return bool(both) and all(each.parts[one].plan == each.parts[other].plan for each in both)


def _plans(family: str) -> dict[str, Row]:
    """Return the plans of a family that have a price, the cheapest first."""
    priced = {
        row.plan: row
        for row in shipped_catalog().rows.values()
        if row.attribute in _PRICES and row.plan.rpartition(".")[0] == family
    }
    return dict(sorted(priced.items(), key=lambda each: each[1].value))


def resized(system: System, parts: tuple[str, ...], plan: str) -> System:
    """
    Return a system with some parts on another size, and its price in place of theirs.

    Parameters
    ----------
    system : System
        As it is.
    parts : tuple of str
        Parts that are on one plan; those that are not there are passed over.
    plan : str
        The new plan; the same one leaves what they can do and cost as it is.
    """
    there = [name for name in parts if name in system.parts]
    before = next((system.parts[name].plan for name in there if system.parts[name].plan), None)
    if before is None:
        return system
    rows = shipped_catalog().plan(plan)
    changes: dict[str, Any] = {"parts": {}, "costs": {}}
    for name in there:
        part = system.parts[name]
        # What the file states over its plan was a statement about that plan: the new one says.
        stated = {each for each in rows if each in type(part).model_fields}
        changes["parts"][name] = {"plan": plan} | {
            each: {"catalog": f"{plan}.{each}"}
            for each in stated
            if plan != before and isinstance(rows[each], Row)
        }
    paying = [name for name, cost in system.costs.items() if cost.plan == before]
    for name in paying:
        changes["costs"][name] = {"plan": plan}
    if not paying:
        changes["costs"][f"{there[0]}_size"] = {
            "monthly": {"catalog": _price(plan)}, "credit": {"catalog": _price(before)},
        }  # fmt: skip
    return apply_changes(system, changes, ("sizes", there[0]))


def _price(plan: str) -> str:
    rows = shipped_catalog().plan(plan)
    return next(f"{plan}.{name}" for name in _PRICES if name in rows)
