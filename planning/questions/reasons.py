"""What an event does, in sentences: the numbers of its outcomes, read aloud."""

from __future__ import annotations

import math

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.surge import Outcome
from planning.numbers.nodes import Node, value_at
from planning.numbers.units import show, show_load
from planning.questions.surges import EventResult


def reason(result: EventResult) -> str:
    """Return why an event has its verdict, in one line."""
    return "; ".join(reasons(result))


def reasons(result: EventResult) -> list[str]:
    """Return why an event has its verdict: the limits that decide it, the worst first."""
    if result.unknown:
        return [f"no part takes its {', '.join(result.unknown)}: what happens is not modelled"]
    if result.verdict is SurgeVerdict.UNKNOWN:
        return ["no part of this system is touched: what happens is not modelled"]
    decisive = [each for each in result.outcomes if each.verdict is result.verdict]
    if result.verdict is SurgeVerdict.STABLE:
        decisive = sorted(decisive, key=_fullest)[:1]
    decisive.sort(key=lambda each: -_share(each))
    words = [f"{each.constraint.name}: {outcome_words(each)}" for each in decisive]
    return [*words, *_amounts(result)]


def outcome_words(outcome: Outcome) -> str:
    """Return what happens at one limit, in one sentence."""
    item, numbers = outcome.constraint, outcome.numbers
    wanted, limit = show_load(value_at(item.load), item.unit), _shown(item.limit)
    if item.past_limit in (PastLimit.REJECT, PastLimit.BLOCK):
        refused = _shown(numbers["refused"])
        verb = "turned away by design" if item.past_limit is PastLimit.BLOCK else "refused"
        return f"{wanted} wanted, {limit} there: {refused} {verb}"
    if "served" in numbers:
        words = f"{_shown(numbers['served'])} served, {_shown(numbers['failed'])} failed"
        if item.patience is not None and value_at(numbers["failed"]) > 0:
            words += f" after waiting {_shown(item.patience)}"
        endless = math.isinf(value_at(numbers["drain"]))
        busy = "never done" if endless else f"busy for {_shown(numbers['drain'])}"
        return f"{words}; {busy} ({_shown(numbers['carried'])} carried)"
    if "carried" in numbers:
        lost = _shown(numbers["share failed"])
        return f"{wanted} wanted, {_shown(numbers['carried'])} carried: {lost} lost"
    past = "more than" if outcome.verdict else "within"
    return f"{wanted}, {past} the {limit} there"


def _amounts(result: EventResult) -> list[str]:
    """Return what the event amounts to beyond its limits, in words."""
    words = []
    for part, numbers in result.numbers.items():
        shown = [f"{name} {_shown(node)}" for name, node in numbers.items()]
        words.append(f"{part}: {', '.join(shown)}")
    return words


def _shown(node: Node) -> str:
    return show(value_at(node), node.unit)


def _share(outcome: Outcome) -> float:
    found = outcome.numbers.get("share refused") or outcome.numbers.get("share failed")
    return 0.0 if found is None else value_at(found)


def _fullest(outcome: Outcome) -> float:
    return -float(outcome.constraint.utilisation.max())
