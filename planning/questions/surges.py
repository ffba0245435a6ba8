"""
What if everyone comes in the same second.

An event is a crowd on top of those who are there. It flows through the same parts and
meets the same limits as everyday load, and what each limit does to its excess decides the
verdict: STABLE, LAG (served, late), DEGRADED (served, worse), BLOCK (a cap, by design), FAIL
(some are turned away), CRASH (most are) or UNKNOWN (part of it is not modelled).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planning.flow.constraint import Constraint, PastLimit, SurgeVerdict
from planning.flow.flows import Edge
from planning.flow.surge import Outcome, met
from planning.models.money import loadtest
from planning.numbers.nodes import (
    Array,
    Node,
    asked,
    depends_on,
    derive,
    least,
    product,
    quotient,
    total,
)
from planning.parts.station import Station
from planning.questions import frames
from planning.questions.assess import Assessment, assess_crowd
from planning.system.patches import apply_changes, ladder_systems
from planning.system.system import Event, Surge, System
from planning.workload.crowd import Crowd

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EventResult", "Outcome", "SurgeVerdict", "assess_event", "event_matrix"]

_VISIT = asked(600.0, "s", "a short visit: how long each stays is not stated")
_NOBODY = asked(0.0, "user", "nobody is there before")


@dataclass(frozen=True, eq=False, repr=False)
class EventResult:
    """
    What an event does to a system.

    Attributes
    ----------
    event : Event
        What happened.
    outcomes : tuple of Outcome
        Limit by limit, in the order of the flow, where the crowd touches it.
    result : Assessment
        Everyone together.
    amounts : mapping of str to Node
        What the event amounts to before it meets anything: users made, users at once.
    """

    event: Event
    outcomes: tuple[Outcome, ...]
    result: Assessment
    amounts: Mapping[str, Node]

    def __repr__(self) -> str:
        """Name and verdict in short."""
        return f"<{self.event.name}: {self.verdict.name}>"

    @property
    def unknown(self) -> tuple[str, ...]:
        """What comes and is taken by no part, in words."""
        return tuple(edge.flow.words for edge in self._lost)

    @property
    def _lost(self) -> list[Edge]:
        return [edge for edge in self.result.scene.lost if _of_crowd(edge.flow.rate, self)]

    @cached_property
    def verdicts(self) -> Array:
        """The worst outcome per case, as numbers of :class:`SurgeVerdict`."""
        if self.unknown or not (self.outcomes or self.numbers):
            return np.asarray(int(SurgeVerdict.UNKNOWN))
        found = [np.asarray(outcome.verdicts) for outcome in self.outcomes]
        return np.asarray(np.max(np.stack(np.broadcast_arrays(0, *found)), axis=0))

    @property
    def verdict(self) -> SurgeVerdict:
        """The worst outcome over all cases."""
        return SurgeVerdict(int(np.max(self.verdicts)))

    @property
    def numbers(self) -> Mapping[str, Mapping[str, Node]]:
        """What a crowd amounts to at each part beyond its limits, by part and name."""
        found: dict[str, Mapping[str, Node]] = {"load test": self.amounts} if self.amounts else {}
        for name, station in self.result.scene.stations.items():
            if station.numbers:
                found[name] = station.numbers
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return a row per limit that the crowd meets and number of what it does there."""
        return frames.table(frames.outcome_rows(self.event.name, self.outcomes))

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html

    def number(self, part: str, name: str) -> Node:
        """
        Return one number of the event.

        Parameters
        ----------
        part : str
            A part, a constraint's id or name, or ``load test``.
        name : str
            Such as ``refused``; of a part with several limits, the one that is worst off.

        Raises
        ------
        ValueError
            If there is none; the message lists those there are.
        """
        if name in self.numbers.get(part, {}):
            return self.numbers[part][name]
        found = [
            outcome
            for outcome in self.outcomes
            if part in (outcome.part, outcome.constraint.id, outcome.constraint.name)
            and name in outcome.numbers
        ]
        if found:
            return max(found, key=_severity).numbers[name]
        known = [f"{o.constraint.id} / {key}" for o in self.outcomes for key in o.numbers]
        known += [f"{part} / {key}" for part, each in self.numbers.items() for key in each]
        raise ValueError(
            f"event {self.event.name!r} has no {part} / {name}; it has {', '.join(known)}."
        )


def _severity(outcome: Outcome) -> tuple[int, float]:
    share = outcome.numbers.get("share refused") or outcome.numbers.get("share failed")
    return int(outcome.verdict), 0.0 if share is None else float(np.max(np.asarray(share.value)))


def assess_event(system: System, event: Event) -> EventResult:
    """
    Assess one event.

    Parameters
    ----------
    system : System
        The system (perhaps of a phase); its inputs may be draws.
    event : Event
        Its surge, and what it changes.

    Returns
    -------
    EventResult
        Outcomes by limit and the verdict.

    Raises
    ------
    ValueError
        If the surge names an activity that the workload has not.
    """
    changed = apply_changes(system, event.changes) if event.changes else system
    crowd, amounts = _crowd(changed, event.surge)
    present = crowd.present or _NOBODY
    everyone = assess_crowd(changed, present, crowd)
    before = assess_crowd(changed, event.surge.already or _NOBODY, Crowd())
    calm = {each.id: each for each in before.constraints}
    result = EventResult(event, (), everyone, amounts)
    outcomes = tuple(
        met(
            each,
            calm.get(each.id),
            *_size(crowd, everyone.scene.stations[each.part], each),
            crowd.over,
            changed.workload.lag_after,
        )
        for each in everyone.constraints
        if _touched(each, result, crowd, new=each.id not in calm)
    )
    return replace(result, outcomes=outcomes)


def _touched(constraint: Constraint, result: EventResult, crowd: Crowd, *, new: bool) -> bool:
    """Return whether a crowd has anything to do with a limit."""
    past_limit = constraint.past_limit
    if past_limit is PastLimit.PAY:
        return False
    # Mean response times are about a steady load: an instant has none.
    if past_limit is PastLimit.SLOW and crowd.over is None and crowd.requests is not None:
        return False
    return new or _of_crowd(constraint.load, result) or _of_crowd(constraint.limit, result)


def _of_crowd(node: Node, result: EventResult) -> bool:
    crowd = result.result.scene.crowd
    if crowd is None:
        return False
    origins = [
        getattr(crowd, name) for name in Crowd.__dataclass_fields__ if name not in _NO_ORIGIN
    ]
    return any(depends_on(node, origin) for origin in origins if origin is not None)


_NO_ORIGIN = ("activity", "over", "watched", "addresses")


def _size(crowd: Crowd, at: Station, constraint: Constraint) -> tuple[Node | None, Node | None]:
    """Return how many reach a limit at once and how fast; None where all are there already."""
    if constraint.arriving is not None:
        return constraint.arriving, constraint.load
    counts = [flow.at_once for flow in at.flows() if flow.at_once is not None]
    if not counts:
        return None, None
    count = counts[0]
    return count, crowd.rate("how fast they come", f"{count.unit}/s", count)


def event_matrix(
    system: System, climbed: Iterable[tuple[str, System]] | None = None
) -> dict[str, list[EventResult]]:
    """
    Assess every event today and after each phase.

    Parameters
    ----------
    system : System
        As it is today.
    climbed : iterable, optional
        The phases' systems, as from :func:`planning.system.patches.moved_systems`.

    Returns
    -------
    dict
        Results in the order of the events, by the phase's name.
    """
    return {
        name: [assess_event(patched, event) for event in system.events]
        for name, patched in (ladder_systems(system) if climbed is None else climbed)
    }


def _crowd(system: System, surge: Surge) -> tuple[Crowd, Mapping[str, Node]]:
    """Return who comes, and what the event amounts to before it meets anything."""
    workload = system.workload
    people: dict[str, Node] = {} if surge.users is None else {"users": surge.users}
    if surge.broadcasters is not None:
        hosts: Node = asked(1.0, "person", "one host per room")
        if workload.rooms is not None:
            hosts = workload.rooms.broadcasters
        guests = surge.guests or asked(0.0, "person", "no guests")
        each = total("people per room", "person", {"hosts": hosts, "guests": guests})
        people["people in rooms"] = product(
            "people in all rooms", "user", rooms=surge.broadcasters, people_each=each
        )
    activity = surge.activity or workload.heaviest()
    if activity is not None and activity not in workload.activities:
        raise ValueError(
            f"no activity {activity!r}; there are {', '.join(workload.activities) or 'none'}."
        )
    present, amounts = _present(system, surge)
    crowd = Crowd(
        activity=activity,
        present=present,
        rooms=surge.rooms or (_ONE_ROOM if surge.room_size else None),
        room_size=surge.room_size,
        addresses=surge.addresses,
        gifts=surge.gifts,
        viewers=surge.viewers,
        watched=surge.duration if surge.viewers is not None else None,
        messages=surge.messages,
        guests=surge.guests,
        publishers=surge.publishers,
        rows=surge.history,
        over=surge.duration if surge.viewers is None else None,
    )
    if surge.arrival_rate is not None:
        come = _coming(surge)
        requests = _one_each(come) if activity else None
        return replace(crowd, requests=requests, arriving=come), amounts
    if not people:
        return crowd, amounts
    users = total("users at once", "user", people)
    requests = _one_each(users) if activity is not None else None
    # Spread over a time they are counted among those present; in one instant all are new.
    spread = crowd.over is not None
    crowd = replace(crowd, users=None if spread else users, arriving=users, requests=requests)
    return crowd, amounts


_ONE_ROOM = asked(1.0, "room", "one room")


def _coming(surge: Surge) -> Node:
    """Return everyone who comes while an arrival rate lasts. [user]"""
    assert surge.arrival_rate is not None  # asked only then
    assert surge.duration is not None  # validated
    return product("users who come", "user", rate=surge.arrival_rate, time=surge.duration)


def _one_each(users: Node) -> Node:
    one = asked(1.0, "request/user", "each sends one request on arrival")
    return product("requests on arrival", "request", users=users, each=one)


def _present(system: System, surge: Surge) -> tuple[Node | None, Mapping[str, Node]]:
    """Return the people who are there at the height of it, and what a load test amounts to."""
    there: dict[str, Node] = {} if surge.already is None else {"already": surge.already}
    amounts: dict[str, Node] = {}
    stay = surge.stay or _VISIT
    if surge.arrival_rate is not None:
        come = _coming(surge)
        at_once = derive(
            "users at the peak of the test",
            "user",
            loadtest.peak_concurrency,
            arrival_rate=surge.arrival_rate,
            stay=stay,
            duration=surge.duration,
        )
        there["of those who come"] = at_once
        amounts = {"created": come, "at once": at_once}
        if surge.rooms is not None:
            amounts |= {
                "per room": quotient("users per room", "user", users=at_once, rooms=surge.rooms),
                "spread": derive(
                    "spread over rooms", "user", loadtest.users_per_room_deviation,
                    concurrency=at_once, rooms=surge.rooms,
                ),
            }  # fmt: skip
    elif surge.users is not None and surge.duration is not None and surge.viewers is None:
        share = quotient("part of the time that one stays", "ratio", stay=stay, time=surge.duration)
        whole = asked(1.0, "ratio", "all of it")
        still = least("share still there at the end", "ratio", stays=share, at_most=whole)
        there["of those who come"] = product(
            "users there at the end", "user", come=surge.users, still_there=still
        )
    elif surge.room_size is not None:
        there["in rooms"] = _in_rooms(system, surge)
    if not there:
        return None, amounts
    return total("users there", "user", there), amounts


def _in_rooms(system: System, surge: Surge) -> Node:
    """Return the people gathered in rooms, their hosts included. [user]"""
    assert surge.room_size is not None  # asked only then
    if surge.rooms is None:
        return surge.room_size
    each: dict[str, Node] = {"people": surge.room_size}
    if system.workload.rooms is not None:
        each["hosts"] = system.workload.rooms.broadcasters
    return product(
        "people in all rooms", "user",
        rooms=surge.rooms, people_each=total("people per room", "user", each),
    )  # fmt: skip
