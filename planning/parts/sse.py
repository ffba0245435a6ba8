"""
Server-sent events: a stream for everyone who follows, polling for who gets none.

A cap on streams per event turns the rest into pollers, or away. A stream is a request
that never ends: it counts against every limit on requests in flight, and holds a
socket as long as its page is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.flows import Flow, Visit
from planning.models.delivery import rooms
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Derived,
    Node,
    asked,
    derive,
    difference,
    least,
    most,
    product,
    quotient,
)
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, Users, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.sockets import Following

POLLS = "polls of viewers"  # no activity of a file can have this name
_ONE_ROOM = asked(1.0, "room", "where anybody is, one event goes on")


class ServerSentEvents(Part):
    """Streams of updates, with a fallback."""

    order: ClassVar[int] = 4
    takes: ClassVar[tuple[str, ...]] = ("follower",)
    gives: ClassVar[tuple[str, ...]] = ("request", "stream")
    kind: Literal["sse"]
    streams_per_room: Users = Field(description="Streams that one event may have")
    rooms: Annotated[Estimate, Amount("room")] | None = Field(
        default=None, description="Events that are kept at the same time"
    )
    overflow: Literal["poll", "reject"] = Field(
        default="poll", description="What happens to who gets no stream"
    )
    poll_interval: PositiveSeconds = default(
        "10 s", "a usual choice", description="Time between two polls of one page"
    )
    write_time: Seconds = default(
        "20 µs",
        "one small write to a socket on one core; 100,000 to 30,000 per second",
        low="10 µs",
        high="100 µs",
        description="CPU to write one update to one stream",
    )
    update_within: PositiveSeconds | None = Field(
        default=None, description="Time in which an update must reach all streams of its event"
    )

    @model_validator(mode="after")
    def _of_this_overflow(self) -> ServerSentEvents:
        if self.overflow != "poll" and "poll_interval" in self.model_fields_set:
            raise ValueError("'poll_interval' means something with `overflow: poll` only.")
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return the interval of polls where nobody polls."""
        return frozenset() if self.overflow == "poll" else frozenset({"poll_interval"})

    def rates(self, at: Station) -> None:
        """
        Open the streams that fit, let the rest poll, and take the CPU to write to them.

        Takes followers. Gives streams and the requests of polls. Limits the events that are kept,
        the streams of one event (past it followers poll or are refused) and the time in which an
        update reaches all of them: one process writes to one after the other, see Node.js
        documentation, cluster, https://nodejs.org/api/cluster.html.
        """
        following = at.workload.following
        if following is None or not at.flows("follower"):
            return
        audience, followed, partly = self._rooms(at, following)
        held, without = self._split(partly, audience)
        each = quotient(
            "CPU per stream", "ratio", write=self.write_time, interval=following.update_interval
        )
        at.send(Flow("stream", "streams", held, Visit(cpu=each)))
        at.tell(*(node for node in (followed, held, without) if isinstance(node, Derived)))
        polls: Node | None = None
        if self.overflow == "poll":
            polls = quotient(
                "polls", "request/s", viewers_without=without, interval=self.poll_interval
            )
            visit, calls = following.read.visit(), following.read.calls()
            at.send(Flow("request", POLLS, polls, visit, calls))
        self._limits(at, audience, followed)
        if at.crowd is not None:
            at.scene.polls = self.poll_interval if self.overflow == "poll" else None
            at.numbers |= {"streams": held, "without a stream": without}
            if polls is not None:
                at.numbers["polls"] = polls
                remedy = "more streams per event, as far as memory and CPU allow"
                kept = least("streams that fit", "user", people=audience, cap=self.streams_per_room)
                at.limit("people of one event", audience, kept, PastLimit.DEGRADE, remedy)

    def _rooms(self, at: Station, following: Following) -> tuple[Node, Node, Node]:
        """Return people in one event, events followed, and events as far as they are filled."""
        if at.crowd is not None and at.crowd.rooms is not None and at.crowd.room_size is not None:
            kept = at.crowd.rooms
            if self.rooms is not None:
                kept = least("events kept", "room", wanted=at.crowd.rooms, kept=self.rooms)
            return at.crowd.room_size, at.crowd.rooms, kept
        present = at.workload.present(at.users, at.crowd)
        # Few users do not fill an event: events count against their cap, people against theirs.
        audience = least(
            "people in one event", "user", present=present, room_size=following.room_size
        )
        filled = quotient("full events", "room", users=present, room_size=following.room_size)
        partly = most("events that go on", "room", {"full events": filled, "at least": _ONE_ROOM})
        followed = derive(
            "events followed",
            "room",
            rooms.rooms_open,
            users=present,
            room_size=following.room_size,
        )
        return audience, followed, partly

    def _split(self, events: Node, people: Node) -> tuple[Derived, Derived]:
        """Return who gets a stream, and who gets none."""
        beyond = difference(
            "people beyond the cap", "user", people=people, cap=self.streams_per_room
        )
        held = product("streams open", "stream", events=events, streams_each=self._streams(people))
        without = product("viewers without a stream", "user", events=events, beyond_each=beyond)
        return held, without

    def _streams(self, people: Node) -> Node:
        return least("streams of one event", "stream", people=people, cap=self.streams_per_room)

    def _limits(self, at: Station, audience: Node, events: Node) -> None:
        if self.rooms is not None:
            remedy = "keep more events, on more memory or more hosts"
            at.limit("events", events, self.rooms, PastLimit.REJECT, remedy)
        if self.overflow == "reject":  # a fallback to polling is told, and no limit
            remedy = "a higher cap per event, as far as memory and CPU allow"
            what = "streams per event"
            at.limit(what, audience, self.streams_per_room, PastLimit.REJECT, remedy)
        if self.update_within is not None:
            remedy = "less work per write, or several processes"
            at.limit("update", self._reach(audience), self.update_within, PastLimit.SLOW, remedy)

    def _reach(self, people: Node) -> Node:
        """Return the time until the last stream of an event has an update. [s]"""
        return product(
            "time to reach all streams of an event", "s",
            streams=self._streams(people), write_to_each=self.write_time,
        )  # fmt: skip
