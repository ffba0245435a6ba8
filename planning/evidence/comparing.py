"""
Predicted against reported: the system of an incident, asked what was asked of it then.

A verdict is right or wrong. A number is off by a share, ``predicted ÷ reported − 1``. What the
product has no answer to counts as a miss: as a wrong outcome, and as a number that is infinitely
far off, so that nothing gets better by being left out. Percentiles are among that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planning.evidence.incidents import Asked, Incident, Outcome, incident_names, load_incident
from planning.flow.constraint import FULL, Constraint, SurgeVerdict
from planning.numbers.nodes import Node, total, value_at
from planning.numbers.reading import Location
from planning.numbers.units import UnitError, parse
from planning.questions.assess import Assessment, Verdict, assess
from planning.questions.capacity import capacity
from planning.questions.surges import EventResult, assess_event
from planning.system.patches import phase_system
from planning.system.system import Event, System

# What is aimed at: nine outcomes of ten right, and the middle one of all numbers within a quarter.
RIGHT_SHARE, MEDIAN_ERROR = 0.9, 0.25

_SAID = {
    Verdict.HOLDS: "holds", Verdict.WARNING: "holds", Verdict.CRITICAL: "holds",
    Verdict.FLAWED: "fails", Verdict.FAILS: "fails", Verdict.UNKNOWN: "not known",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prediction:
    """
    One reported outcome, and what the product says of it.

    Attributes
    ----------
    outcome : Outcome
        What was reported.
    verdict : str or None
        ``holds``, ``fails`` or ``not known``; None where no verdict was reported.
    unit : str
        Base unit of the numbers; empty where there are none.
    predicted, reported, low, high : float or None
        Numbers; None where none was reported, or there is no answer. [`unit`]
    """

    outcome: Outcome
    verdict: str | None = None
    unit: str = ""
    predicted: float | None = None
    reported: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the reported one; None where none was reported."""
        return None if self.outcome.verdict is None else self.verdict == self.outcome.verdict

    @property
    def numeric(self) -> bool:
        """Whether a number was reported."""
        return self.outcome.reported is not None

    @property
    def unlike(self) -> bool:
        """Whether a percentile was reported, of which the product knows none, beside its answer."""
        return self.outcome.percentile is not None and self.predicted is not None

    @property
    def error(self) -> float | None:
        """
        Predicted over reported, less one; None without a number.

        Infinite without an answer, and of a percentile, however near the other number is to it.
        """
        if not self.numeric:
            return None
        if self.predicted is None or self.reported is None or self.unlike:
            return math.inf
        return self.predicted / self.reported - 1


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """
    An incident beside what the product says of it.

    Attributes
    ----------
    incident : Incident
        What happened.
    predictions : tuple of Prediction
        One an outcome.
    said : str
        The verdict on the whole system, and what is nearest to its limit.
    """

    incident: Incident
    predictions: tuple[Prediction, ...]
    said: str

    @property
    def right(self) -> bool | None:
        """Whether all verdicts are right; a miss where something is not modelled; None: no one."""
        if self.incident.reported.not_modelled is not None:
            return False
        judged = [each.right for each in self.predictions if each.right is not None]
        return all(judged) if judged else None


@dataclass(frozen=True, slots=True)
class Summary:
    """
    All incidents in short.

    Attributes
    ----------
    incidents, judged, right, not_modelled : int
        Incidents; those with a verdict; those with the right one; those without an answer.
    first_right : int
        Those that were right when they were first asked.
    numbers, measured : int
        Numbers reported, and those of them that somebody saw; the others were worked out in the
        thread, mostly by the same arithmetic.
    within : int
        Numbers that are met within `MEDIAN_ERROR`.
    median, median_measured : float
        Median of the errors' sizes, of all numbers and of those that somebody saw. [ratio]
    """

    incidents: int
    judged: int
    right: int
    first_right: int
    not_modelled: int
    numbers: int
    measured: int
    within: int
    median: float
    median_measured: float

    @property
    def reached(self) -> bool:
        """Whether both targets are met, that of numbers by the measured ones alone as well."""
        middle = max(self.median, self.median_measured)
        return self.right >= RIGHT_SHARE * self.judged and middle <= MEDIAN_ERROR


def compare(incident: Incident) -> Compared:
    """
    Ask the system of an incident what was asked of it then.

    Raises
    ------
    FileError
        If a constraint, phase or input that ``reported.yaml`` names is not there, or a number has
        another unit than the answer; with its line.
    """
    usual = _answer(incident, incident.reported.asked, ("asked",))
    predictions = []
    for index, outcome in enumerate(incident.reported.outcomes):
        result, place = usual, ("outcomes", index)
        if outcome.asked is not None:
            result = _answer(incident, outcome.asked, (*place, "asked"))
        try:
            predictions.append(_predicted(outcome, result))
        except ValueError as error:
            raise incident.error(place, str(error)) from None
    said = f"{usual.result.verdict}: {usual.result.binding.name}"
    if usual.crowd is not None:
        said = f"{usual.crowd.event.name}: {usual.crowd.verdict.name}"
    return Compared(incident, tuple(predictions), said)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What the product said: of a steady load, and of what came at once if an event is asked."""

    result: Assessment
    crowd: EventResult | None = None


def _answer(incident: Incident, asked: Asked, place: Location) -> _Answer:
    """Return what the system answers in one situation."""
    phase = None if asked.phase is None else str(asked.phase)
    try:
        system = phase_system(incident.system, phase).at(asked.set)
        if asked.event is None:
            return _Answer(assess(system, asked.users))
        crowd = assess_event(system, _event(system, asked.event))
    except ValueError as error:
        raise incident.error(place, str(error)) from None
    return _Answer(crowd.result, crowd)


def _event(system: System, name: str) -> Event:
    found = [each for each in system.events if each.name == name]
    if not found:
        known = ", ".join(repr(each.name) for each in system.events) or "none"
        raise ValueError(f"no event {name!r} in the system file; it has {known}.")
    return found[0]


def compare_all(names: Sequence[str] | None = None) -> list[Compared]:
    """Compare some incidents, all shipped ones if not said; as :func:`compare` does."""
    return [compare(load_incident(each)) for each in names or incident_names()]


def summary(found: Iterable[Compared]) -> Summary:
    """
    Count what is right, and how far numbers are off.

    The median over no numbers is 0.
    """
    all_ = list(found)
    judged = [each for each in all_ if each.right is not None]
    numbers = [each for one in all_ for each in one.predictions if each.error is not None]
    sizes = [abs(each.error or 0.0) for each in numbers]
    seen = [size for each, size in zip(numbers, sizes, strict=True)
            if each.outcome.kind == "measured"]  # fmt: skip
    return Summary(
        incidents=len(all_),
        judged=len(judged),
        right=sum(each.right is True for each in judged),
        first_right=sum(each.incident.reported.first_answer.right for each in judged),
        not_modelled=sum(each.incident.reported.not_modelled is not None for each in all_),
        numbers=len(sizes),
        measured=len(seen),
        within=sum(size <= MEDIAN_ERROR for size in sizes),
        median=_median(sizes),
        median_measured=_median(seen),
    )


def _median(sizes: Sequence[float]) -> float:
    # The upper one of two middles: halfway to an infinite error says nothing.
    return sorted(sizes)[len(sizes) // 2] if sizes else 0.0


def _predicted(outcome: Outcome, answer: _Answer) -> Prediction:
    result, verdict = answer.result, None
    if outcome.verdict is not None:
        crowd = answer.crowd
        verdict = _verdict(outcome, result) if crowd is None else _crowd_verdict(outcome, crowd)
    if outcome.statistic is None or outcome.reported is None:
        return Prediction(outcome, verdict)
    number, unit = _number(outcome, result)
    ends = (outcome.reported.value, outcome.reported.low, outcome.reported.high)
    reported, low, high = (None if each is None else parse(each, unit) for each in ends)
    if not reported:
        raise UnitError("a reported number of 0 has no error in per cent; report its verdict.")
    return Prediction(outcome, verdict, unit, number, reported, low, high)


def _verdict(outcome: Outcome, result: Assessment) -> str:
    if outcome.constraint is None:
        return _SAID[result.verdict]
    if np.all(result.of(outcome.constraint).utilisation > FULL):
        return "fails"
    # Where something is taken by no part, nobody can say that it holds.
    return "not known" if result.verdict is Verdict.UNKNOWN else "holds"


def _crowd_verdict(outcome: Outcome, crowd: EventResult) -> str:
    """Say whether what came at once was served, by the limit or the whole system asked about."""
    if crowd.unknown:
        return "not known"
    met = [each for each in crowd.outcomes if outcome.constraint in (None, each.constraint.id)]
    if not met and outcome.constraint is not None:
        known = ", ".join(each.constraint.id for each in crowd.outcomes)
        raise ValueError(f"the crowd does not come to {outcome.constraint}; it meets {known}.")
    worst = max((each.verdict for each in met), default=crowd.verdict)
    if worst is SurgeVerdict.UNKNOWN:
        return "not known"
    return "holds" if worst <= SurgeVerdict.LAG else "fails"


def _number(outcome: Outcome, result: Assessment) -> tuple[float, str]:
    """Return the number of the answer that was reported, and its base unit."""
    what = outcome.statistic
    if what == "capacity":
        edge = capacity(result.system)
        users = edge.users if outcome.constraint is None else edge.of(outcome.constraint)
        return users, "user"
    if what == "throughput":
        return _value(total("requests", "request/s", result.requests))
    if what == "monthly":
        return _value(result.monthly_cost)
    assert outcome.constraint is not None  # the file was refused without
    constraint = result.of(outcome.constraint)
    if what == "share":
        return float(np.mean(constraint.utilisation)), "ratio"
    return _value(_node(constraint, str(what)))


def _node(constraint: Constraint, what: str) -> Node:
    nodes = {"limit": constraint.limit, "needed": constraint.enough, "backlog": constraint.backlog}
    node = nodes.get(what, constraint.load)
    if node is None:
        raise ValueError(f"{constraint.id} has no {what}: that is known of other limits only.")
    if what == "response" and node.unit != "s":
        raise ValueError(f"{constraint.id} is no time: its load is in {node.unit}.")
    return node


def _value(node: Node) -> tuple[float, str]:
    return float(value_at(node)), node.unit
