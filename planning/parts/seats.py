"""Seats: how many people may be seen and heard at once in one room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.finding import Finding, Severity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, least, total
from planning.numbers.quantities import Amount, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

SeatCount = Annotated[Estimate, Amount("person", at_least=1.0, whole=True)]
_OPEN = "let the server decide by role, and ignore what the client asks for"


class Seats(Part):
    """The seats of one room, and the video feeds that a viewer's device can decode."""

    order: ClassVar[int] = 70
    takes: ClassVar[tuple[str, ...]] = ("seat", "publisher")
    kind: Literal["seats"]
    seats: SeatCount = Field(description="People admitted to one stage")
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

    def rates(self, at: Station) -> None:
        """
        Seat the first who come, turn the rest away; a full stage may be too much to decode.

        Takes people who want a seat, and viewers who ask to publish. Limits seats (blocked past
        it, by design) and the feeds that a phone decodes. Both are the same at any number of users.
        """
        crowded = [flow for flow in at.flows("seat") if flow.at_once is not None]
        # Guests of every day are no crowd's: of a stage that is asked for, none sit there before.
        everyday = at.flows("seat") if at.crowd is None else []
        for flow in crowded or everyday:
            asking = self._asking(at, flow.rate)
            remedy = "raise the cap, as far as devices can decode"
            at.limit("seats", asking, self.seats, PastLimit.BLOCK, remedy)
            if crowded:
                self._decoded(at, asking)
        for flow in at.flows("publisher"):
            if self.viewers_may_publish:
                allowed = asked(0.0, "person", "nobody who only watches should publish")
                at.limit(
                    "viewers who publish", flow.rate, allowed, PastLimit.REJECT, _OPEN,
                    worst=SurgeVerdict.FAIL,
                )  # fmt: skip
            else:
                at.numbers["publishers turned away"] = flow.rate

    def _decoded(self, at: Station, asking: Node) -> None:
        seated: dict[str, Node] = {
            "seated": least("people seated", "person", asking=asking, seats=self.seats)
        }
        if at.workload.rooms is not None and not self.counts_host:
            seated["hosts"] = at.workload.rooms.broadcasters
        feeds = total("feeds on one stage", "feed", seated)
        remedy = "fewer seats, or smaller pictures of who does not speak"
        at.limit("feeds to decode", feeds, self.decode_limit, PastLimit.DEGRADE, remedy)

    def _asking(self, at: Station, guests: Node) -> Node:
        if not self.counts_host or at.workload.rooms is None:
            return guests
        people = {"guests": guests, "hosts": at.workload.rooms.broadcasters}
        return total("people who want a seat", "person", people)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find a door that stands open."""
        if self.viewers_may_publish:
            what = "a viewer who asks for it may publish: the token trusts the client"
            yield Finding(name, Severity.CRITICAL, what, _OPEN)
