"""
What each upgrade buys: the system with a patch, then with the next one on top.

A phase changes fields; it does not multiply capacities. Its capacity is that of the
patched system — again a minimum over constraints — and its monthly cost is what the
patched system costs, so what a later phase keeps, replaces or drops follows from
the patch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from planning.assessment import Assessment, assess
from planning.complaints import complaint
from planning.edge import Capacity, capacity
from planning.estimate import Estimate
from planning.models.cost import cost_per_thousand_users
from planning.reading import Location
from planning.system import Event, Phase, System
from planning.trace import Node, asked, derive, total, value_at


@dataclass(frozen=True)
class PhaseStep:
    """
    One rung of the ladder.

    Attributes
    ----------
    name : str
        ``today``, then the phases' names.
    phase : Phase or None
        The patch; None for today.
    system : System
        The patched system.
    capacity : Capacity
        Its capacity by constraint.
    at_target : Assessment
        Its assessment at the target users.
    monthly : Node
        Its cost at its own capacity, or at the target where that is less. [USD/month]
    kept, added, replaced, dropped : tuple of str
        Costs by what the phase does with them.
    """

    name: str
    phase: Phase | None
    system: System
    capacity: Capacity
    at_target: Assessment
    monthly: Node
    kept: tuple[str, ...]
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def users_billed(self) -> float:
        """Users the monthly cost is for: the capacity, at most the target. [user]"""
        return min(self.capacity.users, value_at(self.at_target.users))

    @property
    def one_off(self) -> Node:
        """What is paid once: the phase itself, and costs that start or change with it. [USD]"""
        once: dict[str, Node] = {} if self.phase is None else {"the phase": self.phase.one_off}
        once |= {name: self.system.costs[name].one_off for name in (*self.added, *self.replaced)}
        return total("one-off cost", "USD", once)

    @property
    def cost_per_thousand(self) -> Node:
        """Monthly cost per 1,000 users billed; infinite where money buys no capacity."""
        return _per_thousand(self.monthly, asked(self.users_billed, "user", "capacity or target"))

    @property
    def claimed_users(self) -> Estimate | None:
        """Users the document says this phase holds. [user]"""
        return self.phase.claim.users if self.phase and self.phase.claim else None

    @property
    def claimed_monthly(self) -> Estimate | None:
        """Monthly cost the document states. [USD/month]"""
        return self.phase.claim.monthly if self.phase and self.phase.claim else None

    @property
    def claimed_cost_per_thousand(self) -> Node | None:
        """Cost per 1,000 users by the document's own figures. [USD/month]"""
        if self.claimed_users is None or self.claimed_monthly is None:
            return None
        return _per_thousand(self.claimed_monthly, self.claimed_users)


def _per_thousand(monthly: Node, users: Node) -> Node:
    return derive(
        "cost per 1,000 users",
        "USD/month",
        cost_per_thousand_users,
        monthly_cost=monthly,
        users=users,
    )


def apply_changes(system: System, changes: Mapping[str, Any]) -> System:
    """
    Return the system with a patch applied.

    Parameters
    ----------
    system : System
        As read, or moved by sliders.
    changes : mapping
        Nested as the system is. A number replaces a number whole, range and source included;
        a mapping is merged into a mapping; null removes a part or a cost.

    Raises
    ------
    pydantic.ValidationError
        If the result is no valid system.
    """
    return System.model_validate(_merged(_tree(system), changes))


def _tree(node: Any) -> Any:
    """Return a model as nested dicts whose leaves are estimates, plain values or None."""
    if isinstance(node, BaseModel):
        return {name: _tree(getattr(node, name)) for name in type(node).model_fields}
    if isinstance(node, dict):
        return {name: _tree(child) for name, child in node.items()}
    if isinstance(node, list):
        return [_tree(child) for child in node]
    return node


def _merged(base: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, change in changes.items():
        before = merged.get(name)
        if change is None:
            merged.pop(name, None)
        elif isinstance(change, dict) and isinstance(before, dict) and _same_kind(before, change):
            merged[name] = _merged(before, change)
        else:
            merged[name] = change
    return merged


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
    for step in system.phases[: phase_number(system, phase)]:
        patched = apply_changes(patched, step.changes)
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


def ladder(
    system: System,
    users: float | None = None,
    climbed: Sequence[tuple[str, System]] | None = None,
) -> list[PhaseStep]:
    """
    Climb all phases.

    Parameters
    ----------
    system : System
        As it is today.
    users : float, optional
        Users to assess each phase at; today's target by default. [user]
    climbed : sequence, optional
        The phases' systems, as from :func:`ladder_systems` or :func:`moved_systems`.

    Returns
    -------
    list of PhaseStep
        Today first.
    """
    climbed = list(ladder_systems(system)) if climbed is None else climbed
    # One target for all: a phase that plans for fewer users would look as if it held them.
    target = float(value_at(system.workload.target) if users is None else users)
    phases: list[Phase | None] = [None, *system.phases]
    befores = [system, *(patched for _, patched in climbed)]
    return [
        _step(name, phase, patched, before, target)
        for (name, patched), phase, before in zip(climbed, phases, befores, strict=False)
    ]


def ladder_systems(system: System) -> Iterator[tuple[str, System]]:
    """Yield the system of today and after each phase, with the phase's name."""
    yield "today", system
    for phase in system.phases:
        system = apply_changes(system, phase.changes)
        yield phase.name, system


def moved_systems(
    system: System, phase: str | int | None, moves: Mapping[str, float]
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
    """
    climbed = list(ladder_systems(system))
    number = phase_number(system, phase)
    origin = climbed[number][1].inputs
    for rung in range(number, len(climbed)):
        name, patched = climbed[rung]
        kept = {
            path: value
            for path, value in moves.items()
            if path in origin
            and path in patched.inputs
            and patched.inputs[path][0] == origin[path][0]
        }
        climbed[rung] = name, patched.at(kept)
    return climbed


def _step(
    name: str, phase: Phase | None, system: System, before: System, target: float
) -> PhaseStep:
    found = capacity(system)
    billed = assess(system, min(found.users, target))
    then, now = before.costs, system.costs
    return PhaseStep(
        name=name,
        phase=phase,
        system=system,
        capacity=found,
        at_target=assess(system, target),
        monthly=billed.monthly_cost,
        kept=tuple(key for key in now if then.get(key) == now[key]),
        added=tuple(key for key in now if key not in then),
        replaced=tuple(key for key in now if key in then and then[key] != now[key]),
        dropped=tuple(key for key in then if key not in now),
    )


def first_holding(steps: Sequence[PhaseStep]) -> PhaseStep | None:
    """Return the first phase that holds the target users, or None where none does."""
    return next(
        (step for step in steps if step.capacity.users >= value_at(step.at_target.users)), None
    )


# What a patch may change; the rest are questions asked of the system, not the system.
_CHANGEABLE = ("workload", "parts", "costs", "warn_at")


def check_changes(system: System) -> list[tuple[Location, str]]:
    """Apply every patch of phases and events; return what is wrong, by place in the file."""
    problems = list(_check(system, system.phases, "phases", cumulative=True))
    return problems + list(_check(system, system.events, "events", cumulative=False))


def _check(
    system: System, patches: Sequence[Phase | Event], field: str, *, cumulative: bool
) -> Iterator[tuple[Location, str]]:
    current = system
    for index, patch in enumerate(patches):
        at: Location = (field, index, "changes")
        idle = list(_idle(_tree(current), patch.changes))
        if idle:
            yield from (((*at, *path), message) for path, message in idle)
            return
        try:
            patched = apply_changes(current, patch.changes)
            assess(patched, value_at(system.workload.target))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                location, message = complaint(detail)
                yield (*at, *location), message
            return
        except ValueError as error:
            yield at, str(error)
            return
        current = patched if cumulative else current


def _idle(tree: Any, changes: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    """Yield the changes that would do nothing, most likely by a slip of the pen."""
    for name, change in changes.items():
        if name not in _CHANGEABLE:
            yield (name,), f"a patch changes {', '.join(_CHANGEABLE)}; not {name!r}."
        elif isinstance(change, dict) and isinstance(tree.get(name), dict):
            for child, value in change.items():
                if value is None and child not in tree[name]:
                    near = get_close_matches(str(child), list(tree[name]), n=1)
                    hint = f"did you mean {near[0]!r}?" if near else "there is nothing to remove."
                    yield (name, child), f"{name} has no {child!r}; {hint}"
