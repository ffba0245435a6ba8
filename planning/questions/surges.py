"""
What if everyone comes in the same second.

A surge flows through the parts as a wave, in the same order as demand does, and
each part says what happens to it. The event's verdict is the worst of them:
STABLE, LAG (served, late), DEGRADED (served, worse), BLOCK (a cap, by design),
FAIL (some are turned away) or CRASH (most are).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from planning.flow.demand import Wave
from planning.models.money import loadtest
from planning.models.servers.connections import multiplied
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.numbers.units import show
from planning.parts.base import Outcome, SurgeVerdict
from planning.system.patches import apply_changes, ladder_systems
from planning.system.system import Event, Surge, System

__all__ = ["EventResult", "Outcome", "SurgeVerdict", "assess_event", "event_matrix"]


@dataclass(frozen=True)
class EventResult:
    """
    What an event does to a system.

    Attributes
    ----------
    event : Event
        What happened.
    outcomes : tuple of Outcome
        Part by part, in the order of the flow; empty where no part is touched.
    """

    event: Event
    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> SurgeVerdict:
        """The worst outcome; STABLE where nothing is touched."""
        return max((outcome.verdict for outcome in self.outcomes), default=SurgeVerdict.STABLE)

    @property
    def reason(self) -> str:
        """The sentences of the parts that decide the verdict; of the first where all is well."""
        if not self.outcomes:
            return "no part of this system is touched"
        decisive = [each for each in self.outcomes if each.verdict is self.verdict]
        if self.verdict is SurgeVerdict.STABLE:
            decisive = decisive[:1]
        return "; ".join(f"{outcome.part}: {outcome.reason}" for outcome in decisive)


def assess_event(system: System, event: Event) -> EventResult:
    """
    Assess one event.

    Parameters
    ----------
    system : System
        The system (perhaps of a phase), with single numbers as inputs.
    event : Event
        Its surge, and what it changes.

    Returns
    -------
    EventResult
        Outcomes by part and the verdict.
    """
    changed = apply_changes(system, event.changes) if event.changes else system
    wave = _wave(changed, event)
    outcomes = list(_load_test(event.surge, wave))
    for name, part in sorted(changed.parts.items(), key=lambda item: item[1].rank):
        wave, found = part.react(name, changed.workload, wave)
        outcomes.extend(found)
    return EventResult(event, tuple(outcomes))


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


def _load_test(surge: Surge, wave: Wave) -> Iterator[Outcome]:
    """Yield what a load test amounts to: users made, users at once, users per room."""
    if surge.arrival_rate is None or wave.gathered is None:
        return
    created = derive(
        "users created",
        "user",
        loadtest.users_created,
        arrival_rate=surge.arrival_rate,
        duration=surge.duration,
    )
    numbers: dict[str, Node] = {"created": created, "at once": wave.gathered}
    words = (
        f"{show(value_at(created), 'user')} in all, {show(value_at(wave.gathered), 'user')} at the "
        "same time"
    )
    if surge.rooms is not None:
        mean, spread = (
            derive(label, "user", function, concurrency=wave.gathered, rooms=surge.rooms)
            for label, function in (
                ("users per room", loadtest.users_per_room),
                ("spread over rooms", loadtest.users_per_room_deviation),
            )
        )
        numbers |= {"per room": mean, "spread": spread}
        words += f", {show(value_at(mean), 'user')} per room, give or take {value_at(spread):.1f}"
    yield Outcome("load test", SurgeVerdict.STABLE, words, numbers)


_ONE_ROOM = asked(1.0, "room", "one room")


def _gathered(system: System, surge: Surge) -> Node | None:
    """Return the people who are there already: in rooms, or come one by one. [user]"""
    if surge.arrival_rate is not None:
        return derive(
            "users at the peak of the test",
            "user",
            loadtest.peak_concurrency,
            arrival_rate=surge.arrival_rate,
            stay=surge.stay,
            duration=surge.duration,
        )
    if surge.room_size is None:
        return None
    if surge.rooms is None:
        return surge.room_size
    each: dict[str, Node] = {"people": surge.room_size}
    if system.workload.rooms is not None:
        each["hosts"] = system.workload.rooms.broadcasters
    return derive(
        "people in all rooms",
        "user",
        multiplied,
        count=surge.rooms,
        each=total("people per room", "user", each),
    )


def _wave(system: System, event: Event) -> Wave:
    surge, workload = event.surge, system.workload
    people: dict[str, Node] = {} if surge.users is None else {"users": surge.users}
    if surge.broadcasters is not None:
        hosts: Node = asked(1.0, "person", "one host per room")
        if workload.rooms is not None:
            hosts = workload.rooms.broadcasters
        guests = surge.guests or asked(0.0, "person", "no guests")
        each = total("people per room", "person", {"hosts": hosts, "guests": guests})
        people["people in rooms"] = derive(
            "people in all rooms", "user", multiplied, count=surge.broadcasters, each=each
        )
    activity = surge.activity or workload.heaviest()
    wave = Wave(
        activity=activity,
        work=workload.work_of(activity),
        gathered=_gathered(system, surge),
        rooms=surge.rooms or (_ONE_ROOM if surge.room_size else None),
        room_size=surge.room_size,
        addresses=surge.addresses,
        messages=surge.messages,
        gifts=surge.gifts,
        viewers=surge.viewers,
        guests=surge.guests,
        publishers=surge.publishers,
        history=surge.history,
        duration=surge.duration,
    )
    if not people:
        return wave
    users = total("users at once", "user", people)
    # Clients that reach the database themselves bring connections; others bring requests.
    direct = value_at(workload.connections_per_user) > 0
    wanted = derive(
        "connections wanted at once" if direct else "requests fired at once",
        "connection" if direct else "request",
        multiplied,
        count=users,
        each=workload.connections_per_user if direct else asked(1.0, "ratio", "one request each"),
    )
    return replace(
        wave,
        users=users,
        connections=wanted if direct else None,
        requests=None if direct else wanted,
    )
