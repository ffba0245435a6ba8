"""
Surges as a page holds them: a crowd of any size, and what it meets.

"And 3,000 at once?" is a program of its own for every phase: so many users do the heaviest
activity in the same second while nobody else is there. What each limit does to them is judged in
the page, by the rules of :mod:`planning.flow.surge`. The file's own events are in
:mod:`planning.page.events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.surge import Outcome
from planning.numbers.nodes import Derived, Node, asked, value_at
from planning.numbers.program import Program
from planning.page.compile import Compiled, compiled
from planning.page.formulas import CannotCompile
from planning.questions.reasons import reason
from planning.questions.surges import EventResult, assess_event
from planning.system.system import Event, Surge, System

_LOST = ("share refused", "share failed")
CROWD = "crowd"


def share_served(result: EventResult) -> float | None:
    """Return the share that the worst limit still serves; None where not all is modelled."""
    if result.verdict is SurgeVerdict.UNKNOWN:
        return None
    lost = [
        value_at(each.numbers[key])
        for each in result.outcomes
        for key in _LOST
        if key in each.numbers
    ]
    if any(_down(each) for each in result.outcomes):
        return 0.0
    return 1.0 - max(lost, default=0.0)


def _down(outcome: Outcome) -> bool:
    """Return whether a limit crashes, for all who come."""
    crashes = outcome.constraint.past_limit is PastLimit.CRASH
    return crashes and outcome.verdict is SurgeVerdict.CRASH


def crowd_record(system: System, target: float) -> tuple[Mapping[str, Any], Compiled | None]:
    """
    Return what a page needs to answer how many users at once a phase takes.

    Parameters
    ----------
    system : System
        Of the phase.
    target : float
        Size that the program is written at; it runs at any other. [user]

    Returns
    -------
    record : mapping
        Limits that a crowd meets, with their slots; or ``refused``: why there is no program.
    program : Compiled or None
        Moved by the size of the crowd.
    """
    size = asked(target, "user", "the question")
    surge = Surge.model_construct(users=size)
    try:
        result = assess_event(system, Event.model_construct(name="", surge=surge, changes={}))
        if result.verdict is SurgeVerdict.UNKNOWN:
            return {"refused": reason(result)}, None
        lag = system.workload.lag_after
        nodes = [lag, *(node for each in result.outcomes for node in outcome_nodes(each).values())]
        names = {path: each for path, (each, _) in system.inputs.items()}
        program = Program(nodes, {**names, CROWD: size}, merge=False)
        made = compiled(program, CROWD)
    except (CannotCompile, ValueError) as error:
        return {"refused": str(error)}, None
    slots = {id(node): slot for slot, node in enumerate(program.nodes)}
    stated = [
        [slot, value_at(node)]
        for slot, node in enumerate(program.nodes)
        if not isinstance(node, Derived)
    ]
    return {
        "size": len(program.nodes),
        "stated": stated,
        "inputs": [[path, slot] for path, slot in program.slots.items() if path != CROWD],
        "users": program.slots.get(CROWD, -1),
        "lag": slots[id(lag)],
        "activity": system.workload.heaviest(),
        "limits": [limit_record(each, slots) for each in result.outcomes],
    }, made


def outcome_nodes(outcome: Outcome) -> dict[str, Node]:
    """Return load, limit and numbers of an outcome, by name."""
    item = outcome.constraint
    return {"load": item.load, "limit": item.limit, **outcome.numbers} | (
        {} if item.patience is None else {"patience": item.patience}
    )


def limit_record(outcome: Outcome, slots: Mapping[int, int]) -> Mapping[str, Any]:
    """Return what a page needs to judge one limit: its rule, its remedy and its slots."""
    item, named = outcome.constraint, outcome_nodes(outcome)
    return {
        "name": item.name,
        "past": str(item.past_limit),
        "worst": int(item.worst),
        "remedy": item.remedy,
        "slots": {key: [slots[id(node)], node.unit] for key, node in named.items()},
    }
