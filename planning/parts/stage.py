"""A stage: how many people may be seen and heard at once in one room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.flow.finding import Finding, Severity
from planning.models.queueing.caps import refused_at_cap
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, total, value_at
from planning.numbers.quantities import Amount, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict

if TYPE_CHECKING:
    from planning.workload.workload import Workload

Seats = Annotated[Estimate, Amount("person", at_least=1.0, whole=True)]


class Stage(Part):
    """The seats of one room, and the video feeds that a viewer's device can decode."""

    rank: ClassVar[int] = 70
    kind: Literal["stage"]
    seats: Seats = Field(description="People admitted to one stage")
    counts_host: bool = Field(default=False, description="Whether the host takes one of the seats")
    decode_limit: Annotated[Estimate, Amount("feed", at_least=1.0, whole=True)] = default(
        12,
        "no measurement: mid-range phones differ widely",
        low=6,
        high=25,
        description="Video feeds a phone plays without stutter",
    )

    viewers_may_publish: bool = Field(
        default=False, description="Whether a viewer who asks for it may send video"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Compare a room's people with its seats; both are the same at any number of users."""
        if workload.rooms is None:
            return demand, ()
        return demand, [
            Constraint(
                name,
                "seats",
                self._asking(workload, workload.rooms.guests),
                self.seats,
                PastLimit.BLOCK,
                "raise the cap, as far as devices can decode",
            )
        ]

    def _asking(self, workload: Workload, guests: Node) -> Node:
        if not self.counts_host or workload.rooms is None:
            return guests
        return total(
            "people who want a seat",
            "person",
            {"guests": guests, "hosts": workload.rooms.broadcasters},
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Seat the first who come, turn the rest away; a full stage may be too much to decode."""
        outcomes = [] if wave.publishers is None else [self._published(name, wave.publishers)]
        if wave.guests is None:
            return wave, outcomes
        asking = self._asking(workload, wave.guests)
        refused = derive(
            "guests refused", "person", refused_at_cap, arrivals=asking, cap=self.seats
        )
        away, seats = value_at(refused), value_at(self.seats)
        shown = min(value_at(asking), seats)
        verdict = SurgeVerdict.BLOCK if away > 0 else SurgeVerdict.STABLE
        words = f"{show(shown, 'person')} seated, {show(away, 'person')} turned away by the cap"
        hosts = 0.0
        if workload.rooms is not None and not self.counts_host:
            hosts = value_at(workload.rooms.broadcasters)
        if shown + hosts > value_at(self.decode_limit):
            verdict = max(verdict, SurgeVerdict.DEGRADED)
            words += f"; {show(shown + hosts, 'feed')} are more than many phones decode"
        return wave, [*outcomes, Outcome(name, verdict, words, {"refused": refused})]

    def _published(self, name: str, publishers: Node) -> Outcome:
        """Return whether viewers who ask to publish get on the stage."""
        asking = show(value_at(publishers), "person")
        if self.viewers_may_publish:
            words = f"{asking} asked to publish and may: anyone can take over the stage"
            return Outcome(name, SurgeVerdict.FAIL, words, {"publishers": publishers})
        words = f"{asking} asked to publish and may not: viewers only watch"
        return Outcome(name, SurgeVerdict.STABLE, words, {"publishers": publishers})

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find a door that stands open."""
        if self.viewers_may_publish:
            yield Finding(
                name,
                Severity.CRITICAL,
                "a viewer who asks for it may publish: the token trusts the client",
                "let the server decide by role, and ignore what the client asks for",
            )
