"""
Patches: a system with some of its fields changed.

A phase or an event says what it changes, nested as in the system file. A patch is
merged into the system and the result validated as if it had been read from a file, so
a patched system obeys the same rules. A patch that would do nothing — a slip of the
pen — is found by :mod:`planning.questions.check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from planning.numbers.estimate import Estimate
from planning.numbers.reading import Location
from planning.numbers.tariff import Tariff
from planning.system.earlier import renewed
from planning.system.system import System

# What a patch may change; the rest are questions asked of the system, not the system.
CHANGEABLE = ("workload", "parts", "costs", "findings", "warn_at", "critical_at")


def apply_changes(system: System, changes: Mapping[str, Any], at: Location = ()) -> System:
    """
    Return the system with a patch applied.

    Parameters
    ----------
    system : System
        As read, or moved by sliders.
    changes : mapping
        Nested as the system is. A number replaces a number whole, range and source included;
        a mapping is merged into a mapping; null removes a part or a cost.
    at : tuple, optional
        Place of the changes in the system's file, so that new numbers know their line.

    Raises
    ------
    pydantic.ValidationError
        If the result is no valid system.
    """
    changes = renewed(changes)[0]
    patched = System.build(_merged(tree_of(system), changes), system.origin, at or ("patch",))
    patched._advice = system.advice
    return patched


def tree_of(node: Any) -> Any:
    """
    Return a model as nested dicts whose leaves are estimates, plain values or None.

    Defaults are left out: a plan fills what nobody has given.
    """
    if isinstance(node, BaseModel):
        given = node.model_fields_set
        return {
            name: tree_of(getattr(node, name)) for name in type(node).model_fields if name in given
        }
    if isinstance(node, dict):
        return {name: tree_of(child) for name, child in node.items()}
    if isinstance(node, list):
        return [tree_of(child) for child in node]
    return node


def _merged(base: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged, plan = dict(base), base.get("plan")
    if isinstance(plan, str) and changes.get("plan", plan) != plan:
        merged = {name: value for name, value in base.items() if not _of_plan(value, plan)}
    for name, change in changes.items():
        before = merged.get(name)
        if change is None and isinstance(changes.get("plan", plan), str) and name != "plan":
            merged[name] = None  # what a plan would fill again stays empty
        elif change is None:
            merged.pop(name, None)
        elif isinstance(change, dict) and isinstance(before, dict) and _same_kind(before, change):
            merged[name] = _merged(before, change)
        else:
            merged[name] = change
    return merged


def _of_plan(value: Any, plan: str | None) -> bool:
    """Return whether a number was filled by a plan: another plan fills it anew."""
    if isinstance(value, Tariff):  # its tiers are plans below the plan
        row = value.tiers[-1].price.row
        return row is not None and row.plan.rpartition(".")[0] == plan
    return isinstance(value, Estimate) and value.row is not None and value.row.plan == plan


def _same_kind(before: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    """Return whether a change is about the same kind of part; another kind replaces it whole."""
    return bool(change.get("kind", before.get("kind")) == before.get("kind"))


def phase_system(system: System, phase: str | int | None) -> System:
    """
    Return the system after a phase and all phases before it.

    Parameters
    ----------
    phase : str, int or None
        A phase's name (or the start of it), its number from 1, or 0, ``today`` or None for today.

    Raises
    ------
    ValueError
        If there is no such phase; the message lists those there are.
    """
    patched = system
    for index, step in enumerate(system.phases[: phase_number(system, phase)]):
        patched = apply_changes(patched, step.changes, ("phases", index, "changes"))
    return patched


def phase_number(system: System, phase: str | int | None) -> int:
    """Return how many phases a phase's name or number stands for: 0 is today."""
    names = [step.name for step in system.phases]
    text = str(phase if phase is not None else 0).strip().lower()
    if text in {"0", "today", ""}:
        return 0
    if text.isdecimal() and int(text) <= len(names):
        return int(text)
    found = [number for number, name in enumerate(names, 1) if name.lower().startswith(text)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{number} {name!r}" for number, name in enumerate(names, 1)) or "none"
    raise ValueError(f"no phase {str(phase)[:60]!r}; there are 0 'today', {listed}.")


def ladder_systems(system: System) -> Iterator[tuple[str, System]]:
    """Yield the system of today and after each phase, with the phase's name."""
    yield "today", system
    for index, phase in enumerate(system.phases):
        system = apply_changes(system, phase.changes, ("phases", index, "changes"))
        yield phase.name, system


def moved_systems(
    system: System,
    phase: str | int | None,
    moves: Mapping[str, float],
    unmoved: Sequence[tuple[str, System]] | None = None,
) -> list[tuple[str, System]]:
    """
    Return the phases' systems with some inputs set by hand at one of them.

    A move made at a phase holds from that phase on, until a later one changes the input itself;
    the phases before it are as they were.

    Parameters
    ----------
    system : System
        As it is today.
    phase : str, int or None
        Where the moves were made, as for :func:`phase_system`.
    moves : mapping of str to float
        Path of an input to its value. [the input's unit]
    unmoved : sequence, optional
        The phases' systems before any move, where they are known.
    """
    climbed = list(ladder_systems(system) if unmoved is None else unmoved)
    number = phase_number(system, phase)
    origin = climbed[number][1].inputs
    for step in range(number, len(climbed)):
        name, patched = climbed[step]
        kept = {
            path: value
            for path, value in moves.items()
            if path in origin
            and path in patched.inputs
            and patched.inputs[path][0] == origin[path][0]
        }
        climbed[step] = name, patched.at(kept)
    return climbed
