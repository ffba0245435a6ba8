"""
What if everyone comes in the same second.

A surge flows through the parts as a wave, in the same order as demand does, and
each part says what happens to it. The event's verdict is the worst of them:
STABLE, LAG (served, late), DEGRADED (served, worse), BLOCK (a cap, by design),
FAIL (some are turned away) or CRASH (most are).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planning.models.connections import multiplied
from planning.parts.base import Outcome, SurgeVerdict, Wave
from planning.phases import apply_changes, ladder_systems
from planning.system import Event, System
from planning.trace import asked, derive, total

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
        """The sentence of the part that decides the verdict."""
        if not self.outcomes:
            return "no part of this system is touched"
        decisive = max(self.outcomes, key=lambda outcome: outcome.verdict)
        return f"{decisive.part}: {decisive.reason}"


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
    outcomes: list[Outcome] = []
    for name, part in sorted(changed.parts.items(), key=lambda item: item[1].rank):
        wave, found = part.react(name, changed.workload, wave)
        outcomes.extend(found)
    return EventResult(event, tuple(outcomes))


def event_matrix(system: System) -> dict[str, list[EventResult]]:
    """Return every event assessed today and after each phase, by the phase's name."""
    return {
        name: [assess_event(patched, event) for event in system.events]
        for name, patched in ladder_systems(system)
    }


def _wave(system: System, event: Event) -> Wave:
    surge, workload = event.surge, system.workload
    wave = Wave(
        users=surge.users,
        gifts=surge.gifts,
        viewers=surge.viewers,
        guests=surge.guests,
        duration=surge.duration,
    )
    if surge.broadcasters is not None:
        each = total(
            "people per room",
            "person",
            {
                "host": asked(1.0, "person", "one host per room"),
                "guests": surge.guests or asked(0.0, "person", "no guests"),
            },
        )
        people = derive(
            "people in all rooms", "user", multiplied, count=surge.broadcasters, each=each
        )
        wave = replace(wave, users=people)
    if wave.users is None:
        return wave
    # Clients that reach the database themselves bring connections; others bring requests.
    if workload.connections_per_user.value > 0:
        wanted = derive(
            "connections wanted at once",
            "connection",
            multiplied,
            count=wave.users,
            each=workload.connections_per_user,
        )
        return replace(wave, connections=wanted)
    fired = derive(
        "requests fired at once",
        "request",
        multiplied,
        count=wave.users,
        each=asked(1.0, "ratio", "one request each"),
    )
    return replace(wave, requests=fired)
