"""
What a question takes from a system: one of the results that every other part of the tool gives.

What a claim speaks of is never computed beside it: ``capacity``, ``cost``, ``used of pool``
name a result of the same assessment, capacity or event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from planning.models.money.cost import cost_per_thousand_users
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, Node, arithmetic, value_at
from planning.numbers.units import show
from planning.questions.assess import MOST_USERS, Assessment, assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.reasons import reason
from planning.questions.surges import EventResult, assess_event
from planning.system.system import Event, System


@dataclass(frozen=True)
class Answer:
    """
    What a system says to a question.

    Attributes
    ----------
    value : float or str
        The number in its base unit, or the word of a verdict or a constraint. [`unit`]
    unit : str
        Its base unit; empty for words.
    how : str
        The arithmetic in words and numbers.
    """

    value: float | str
    unit: str
    how: str


class Results:
    """
    What one audit has computed, so that many claims on one system ask for it once.

    A result is kept by the system's identity; the system is kept beside it, so that its id is
    not given to another one. It lives as long as the audit.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[System, Any]] = {}

    def _kept(self, system: System, key: str, make: Callable[[], Any]) -> Any:
        found = self._made.get((id(system), key))
        if found is None:
            found = self._made[id(system), key] = (system, make())
        return found[1]

    def edge(self, system: System) -> Capacity:
        """Return the capacity of a system."""
        kept: Capacity = self._kept(system, "edge", lambda: capacity(system))
        return kept

    def assessed(self, system: System, users: float) -> Assessment:
        """Return a system assessed at a number of users. [user]"""
        kept: Assessment = self._kept(system, f"at {users!r}", lambda: assess(system, users))
        return kept

    def happened(self, system: System, name: str) -> EventResult:
        """Return what an event of a system does to it."""
        event = _event(system, name)
        kept: EventResult = self._kept(system, f"event {name}", lambda: assess_event(system, event))
        return kept


def taken(results: Results, system: System, users: float, take: str) -> Answer:
    """
    Take one result of a system at a number of users.

    Parameters
    ----------
    results : Results
        What this audit has computed already.
    system : System
        The system, in its phase and with its changes.
    users : float
        Users asked about. [user]
    take : str
        What to take, in the words of :class:`planning.audit.statements.Ask`.

    Raises
    ------
    ValueError
        If there is no such result, constraint, event or input; the message names those there are.
    """
    verb, _, rest = take.strip().partition(" ")
    rest = rest.removeprefix("of ").strip()
    if take in _WHOLE:
        return _WHOLE[take](results, system, users)
    if verb == "event":
        return _of_event(results, system, rest)
    if verb == "verdict":
        return _verdict(results, system, rest)
    if verb == "input":
        found = input_at(system, rest)
        return Answer(value_at(found), found.unit, f"{rest}: {found}")
    if verb == "capacity":
        held = results.edge(system).of(rest)
        return Answer(held, "user", _why(results, system, rest, held, users))
    if verb in {"load", "limit", "used"}:
        return _of_constraint(results.assessed(system, users), verb, rest)
    if verb in {"requests", "queries", "traffic", "monthly"}:
        return _of_demand(results.assessed(system, users), verb, rest)
    raise ValueError(f"{take[:60]!r} is nothing to take from a system; see the manual of Ask.take.")


def _capacity(results: Results, system: System, users: float) -> Answer:
    edge = results.edge(system)
    return Answer(edge.users, "user", _why(results, system, edge.binding.name, edge.users, users))


def _first(results: Results, system: System, users: float) -> Answer:
    edge = results.edge(system)
    return Answer(
        edge.binding.name, "", _why(results, system, edge.binding.name, edge.users, users)
    )


def _cost(results: Results, system: System, users: float) -> Answer:
    bill = results.assessed(system, users).monthly_cost
    how = arithmetic(bill) if isinstance(bill, Derived) else str(bill)
    return Answer(value_at(bill), "USD/month", how)


def _cost_per_thousand(results: Results, system: System, users: float) -> Answer:
    held = min(results.edge(system).users, users)
    bill = value_at(results.assessed(system, held).monthly_cost)
    each = float(cost_per_thousand_users(bill, held))
    return Answer(each, "USD/month", f"1000 × ${bill:,.2f}/month ÷ {held:,.0f} users")


_WHOLE: dict[str, Callable[[Results, System, float], Answer]] = {
    "capacity": _capacity,
    "breaks first": _first,
    "cost": _cost,
    "cost per 1000 users": _cost_per_thousand,
}


def _of_constraint(result: Assessment, what: str, name: str) -> Answer:
    item = result.of(name)
    if what == "used":
        return Answer(float(item.utilisation), "fraction", result.why(item))
    node = item.load if what == "load" else item.limit
    return _said(node)


def _of_demand(result: Assessment, what: str, name: str) -> Answer:
    return _said(of_flow(result, what, name))


def of_flow(result: Assessment, what: str, name: str) -> Node:
    """Return a stream of an assessment: its requests, queries, traffic or monthly cost by name."""
    if what == "traffic":
        named: dict[str, Node] = {node.name: node for node in result.traffic}
    else:
        named = dict(getattr(result, what))
    if name not in named:
        raise ValueError(f"no {what} {name[:60]!r}; there are {', '.join(named) or 'none'}.")
    return named[name]


def _of_event(results: Results, system: System, path: str) -> Answer:
    name, part, number = _three(path)
    result = results.happened(system, name)
    return _said(result.number(part, number))


def _verdict(results: Results, system: System, name: str) -> Answer:
    result = results.happened(system, name)
    return Answer(result.verdict.name, "", reason(result))


def _event(system: System, name: str) -> Event:
    found = next((each for each in system.events if each.name == name), None)
    if found is None:
        known = "; ".join(each.name for each in system.events)
        raise ValueError(f"no event {name[:80]!r}; there are {known}.")
    return found


def _three(path: str) -> tuple[str, str, str]:
    steps = [step.strip() for step in path.split(" / ")]
    if len(steps) < 3:
        raise ValueError(f"{path[:80]!r} must be like 'event NAME / PART / NUMBER'.")
    return " / ".join(steps[:-2]), steps[-2], steps[-1]


def input_at(system: System, path: str) -> Estimate:
    """Return an input of a system by its path, or raise ValueError that there is none."""
    if path not in system.inputs:
        raise ValueError(f"{path[:80]!r} is not an input of {system.title!r}.")
    return system.inputs[path][0]


def _said(node: Node) -> Answer:
    how = arithmetic(node) if isinstance(node, Derived) else str(node)
    return Answer(value_at(node), node.unit, how)


def _why(results: Results, system: System, name: str, held: float, users: float) -> str:
    """Return the arithmetic of a limit, at the users that just fit it."""
    result = results.assessed(system, held if 0 < held < MOST_USERS else users)
    item = next(each for each in result.constraints if each.name == name)
    limit = show(value_at(item.limit), item.limit.unit)
    return f"{name} at {show(value_at(result.users), 'user')}: {result.why(item)}, of {limit}"
