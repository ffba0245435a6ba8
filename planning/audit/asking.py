"""
Questions of a claim, put to a system: one place where an audit meets the models.

What a claim speaks of is never computed beside it: ``take`` names a result of the same
assessment, capacity, phase or event that every other question of the tool is answered by.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from planning.audit.statements import Ask
from planning.flow.constraint import Constraint
from planning.models.money.cost import cost_per_thousand_users
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, Derived, Node, arithmetic, value_at
from planning.numbers.units import parse, show
from planning.questions.assess import MOST_USERS, Assessment, assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.load import load_system
from planning.questions.reasons import reason
from planning.questions.surges import EventResult, assess_event
from planning.system.patches import apply_changes, phase_system
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


def answer(
    ask: Ask,
    system: str | None,
    moved: Mapping[str, ArrayLike] | None = None,
) -> Answer:
    """
    Put a question to a system.

    Parameters
    ----------
    ask : Ask
        The question.
    system : str, optional
        Name of the system, where the question names none.
    moved : mapping, optional
        Inputs to set, path to value or draws in base units; for solving. [the input's unit]

    Raises
    ------
    ValueError
        If the question cannot be put: no such system, phase, event, constraint or input.
    """
    return _taken(*_prepared(ask, system, moved), ask.take)


def _verb(ask: Ask) -> str:
    return ask.take.strip().partition(" ")[0]


def asks_for_capacity(ask: Ask) -> bool:
    """Return whether a question is for a number of users that something holds."""
    return _verb(ask) == "capacity"


def _prepared(
    ask: Ask, system: str | None, moved: Mapping[str, ArrayLike] | None
) -> tuple[System, float]:
    """Return the system a question is put to, and the users it is asked about."""
    name = ask.system or system
    if name is None:
        raise ValueError("a question needs a system: name it in the question or in the file.")
    asked = _system(name, ask.phase, json.dumps(ask.changes, sort_keys=True))
    values: dict[str, ArrayLike] = {
        path: parse(text, _input(asked, path).unit) for path, text in ask.given.items()
    }
    values |= moved or {}
    if values:
        asked = asked.at(values, "as the claim has it")
    users = value_at(asked.workload.target)
    if ask.users is not None:
        users = parse(ask.users, "user")
    return asked, users


def _node(result: Assessment, take: str) -> Array:
    """Return all values of what a question takes from one assessment."""
    verb, _, rest = take.strip().partition(" ")
    name = rest.removeprefix("of ").strip()
    if verb not in {"load", "limit", "used"}:
        return np.asarray(_of_flow(result, verb, name).value, dtype=float)
    item = _item(result, name)
    if verb == "used":
        return item.utilisation
    return np.asarray((item.load if verb == "load" else item.limit).value, dtype=float)


def input_of(ask: Ask, system: str | None, path: str) -> Estimate:
    """Return an input of the system that a question is put to, with its range and source."""
    name = ask.system or system
    if name is None:
        raise ValueError("a question needs a system: name it in the question or in the file.")
    return _input(_system(name, ask.phase, json.dumps(ask.changes, sort_keys=True)), path)


def swept(ask: Ask, system: str | None, path: str, values: Array) -> Array:
    """
    Put a question to a system for many values of one input.

    Parameters
    ----------
    ask, system
        As for :func:`answer`.
    path : str
        The input.
    values : ndarray
        Its values. [the input's unit]

    Returns
    -------
    ndarray
        The answers; NaN where a value is refused. Loads, limits and costs of all values are one
        assessment; a capacity is searched value by value.
    """
    if _verb(ask) in {"load", "limit", "used", "requests", "queries", "traffic", "monthly"}:
        try:
            result = assess(*_prepared(ask, system, {path: values}))
            return np.broadcast_to(_node(result, ask.take), values.shape)
        except ValueError:
            pass  # one value spoils them all: ask one by one
    return np.array([_one(ask, system, path, float(value)) for value in values])


def room_left(ask: Ask, system: str | None, path: str, values: Array, users: float) -> Array:
    """
    Return 1 less the used share at a number of users, for many values of one input.

    A capacity is above a number of users just where nothing is full at that number, so a question
    for a capacity is solved without searching for capacities.

    Parameters
    ----------
    ask, system, path, values
        As for :func:`swept`, with a question for ``capacity`` or ``capacity of CONSTRAINT``.
    users : float
        The capacity that is claimed. [user]

    Returns
    -------
    ndarray
        Positive where there is room, NaN where a value is refused. [fraction]
    """
    try:
        asked, _ = _prepared(ask, system, {path: values})
        result = assess(asked, users)
    except ValueError:
        if values.size == 1:
            return np.array([math.nan])
        each = [room_left(ask, system, path, values[i : i + 1], users) for i in range(values.size)]
        return np.concatenate(each)
    name = ask.take.removeprefix("capacity").removeprefix(" of ").strip()
    used = _item(result, name).utilisation if name else result.utilisation.max(axis=0)
    return np.broadcast_to(1.0 - np.minimum(used, _FULLEST), values.shape)


def _one(ask: Ask, system: str | None, path: str, value: float) -> float:
    try:
        found = answer(ask, system, {path: value}).value
    except ValueError:
        return math.nan
    return math.nan if isinstance(found, str) else float(found)


@cache
def _loaded(name: str) -> System:
    return load_system(name)


@cache
def _system(name: str, phase: str | int | None, changes: str) -> System:
    found = phase_system(_loaded(name), phase)
    patch = json.loads(changes)
    return apply_changes(found, patch) if patch else found


def _taken(system: System, users: float, take: str) -> Answer:
    verb, _, rest = take.strip().partition(" ")
    rest = rest.removeprefix("of ").strip()
    if take in _WHOLE:
        return _WHOLE[take](system, users)
    if verb == "event":
        return _of_event(system, rest)
    if verb == "verdict":
        return _verdict(system, rest)
    if verb == "input":
        found = _input(system, rest)
        return Answer(value_at(found), found.unit, f"{rest}: {found}")
    if verb == "capacity":
        held = _edge(system).of(rest)
        return Answer(held, "user", _why(system, rest, held, users))
    if verb in {"load", "limit", "used"}:
        return _of_constraint(_assessed(system, users), verb, rest)
    if verb in {"requests", "queries", "traffic", "monthly"}:
        return _of_demand(_assessed(system, users), verb, rest)
    raise ValueError(f"{take[:60]!r} is nothing to take from a system; see the manual of Ask.take.")


def _capacity(system: System, users: float) -> Answer:
    edge = _edge(system)
    return Answer(edge.users, "user", _why(system, edge.binding.name, edge.users, users))


def _first(system: System, users: float) -> Answer:
    edge = _edge(system)
    return Answer(edge.binding.name, "", _why(system, edge.binding.name, edge.users, users))


def _cost(system: System, users: float) -> Answer:
    bill = _assessed(system, users).monthly_cost
    how = arithmetic(bill) if isinstance(bill, Derived) else str(bill)
    return Answer(value_at(bill), "USD/month", how)


def _cost_per_thousand(system: System, users: float) -> Answer:
    held = min(_edge(system).users, users)
    bill = value_at(_assessed(system, held).monthly_cost)
    each = float(cost_per_thousand_users(bill, held))
    return Answer(each, "USD/month", f"1000 × ${bill:,.2f}/month ÷ {held:,.0f} users")


_WHOLE: dict[str, Callable[[System, float], Answer]] = {
    "capacity": _capacity,
    "breaks first": _first,
    "cost": _cost,
    "cost per 1000 users": _cost_per_thousand,
}


def _of_constraint(result: Assessment, what: str, name: str) -> Answer:
    item = _item(result, name)
    if what == "used":
        return Answer(float(item.utilisation), "fraction", result.why(item))
    node = item.load if what == "load" else item.limit
    return _said(node)


def _item(result: Assessment, name: str) -> Constraint:
    return result.of(name)


def _of_demand(result: Assessment, what: str, name: str) -> Answer:
    return _said(_of_flow(result, what, name))


def _of_flow(result: Assessment, what: str, name: str) -> Node:
    if what == "traffic":
        named: dict[str, Node] = {node.name: node for node in result.traffic}
    else:
        named = dict(getattr(result, what))
    if name not in named:
        raise ValueError(f"no {what} {name[:60]!r}; there are {', '.join(named) or 'none'}.")
    return named[name]


def _of_event(system: System, path: str) -> Answer:
    name, part, number = _three(path)
    result = _happened(system, name)
    return _said(result.number(part, number))


def _verdict(system: System, name: str) -> Answer:
    result = _happened(system, name)
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


def _input(system: System, path: str) -> Estimate:
    if path not in system.inputs:
        raise ValueError(f"{path[:80]!r} is not an input of {system.title!r}.")
    return system.inputs[path][0]


def _said(node: Node) -> Answer:
    how = arithmetic(node) if isinstance(node, Derived) else str(node)
    return Answer(value_at(node), node.unit, how)


def _why(system: System, name: str, held: float, users: float) -> str:
    """Return the arithmetic of a limit, at the users that just fit it."""
    result = _assessed(system, held if 0 < held < MOST_USERS else users)
    item = next(each for each in result.constraints if each.name == name)
    limit = show(value_at(item.limit), item.limit.unit)
    return f"{name} at {show(value_at(result.users), 'user')}: {result.why(item)}, of {limit}"


# Where nothing is there the used share is infinite; solving needs a number.
_FULLEST = 1e12

_KEPT: dict[tuple[int, str], tuple[System, Any]] = {}
_MOST_KEPT = 2000


def _kept(system: System, key: str, make: Callable[[], Any]) -> Any:
    """Return what many claims ask of one system, made once; the system keeps its id alive."""
    found = _KEPT.get((id(system), key))
    if found is None:
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[id(system), key] = (system, make())
    return found[1]


def _edge(system: System) -> Capacity:
    kept: Capacity = _kept(system, "edge", lambda: capacity(system))
    return kept


def _assessed(system: System, users: float) -> Assessment:
    kept: Assessment = _kept(system, f"at {users!r}", lambda: assess(system, users))
    return kept


def _happened(system: System, name: str) -> EventResult:
    event = _event(system, name)
    kept: EventResult = _kept(system, f"event {name}", lambda: assess_event(system, event))
    return kept
