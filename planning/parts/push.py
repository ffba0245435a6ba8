"""
Server-sent events: a stream for everyone who follows, polling for who gets none.

A cap on streams per event turns the rest into pollers, or away. A stream is a request
that never ends: it counts against every limit on requests in flight, and holds a
socket as long as its page is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.models.delivery import fanout, streams
from planning.models.queueing import caps
from planning.models.servers.connections import multiplied, request_rate
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, Node, derive, value_at
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, Users, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict, turned_away

if TYPE_CHECKING:
    from planning.workload.workload import Workload

POLLS = "polls of viewers"  # no activity of a file can have this name


class Push(Part):
    """Streams of updates, with a fallback."""

    rank: ClassVar[int] = 4
    kind: Literal["push"]
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

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Open the streams that fit, let the rest poll, and take the CPU to write to them."""
        following = workload.following
        if following is None or demand.rooms is None:
            return demand, ()
        # Few users do not fill an event: events count against their cap, people against theirs.
        audience = derive(
            "people in one event",
            "user",
            fanout.room_audience,
            users=demand.users,
            room_size=following.room_size,
        )
        filled = derive(
            "full events",
            "room",
            streams.full_rooms,
            users=demand.users,
            room_size=following.room_size,
        )
        partly = derive("events that go on", "room", streams.objects_followed, rooms=filled)
        held, without = self._split(partly, audience)
        writing = derive(
            "updates written",
            "stream/s",
            request_rate,
            users=held,
            interval=following.update_interval,
        )
        cores = derive(
            "CPU to write updates", "core", multiplied, count=writing, each=self.write_time
        )
        rooms = demand.rooms
        demand = replace(
            demand,
            streams=held,
            cores={**demand.cores, "updates to streams": cores},
            traffic=(*demand.traffic, rooms, held, without),
        )
        if self.overflow == "poll":
            polls = derive(
                "polls", "request/s", request_rate, users=without, interval=self.poll_interval
            )
            demand = demand.with_requests(POLLS, polls, following.read)
        return demand, self._constraints(name, audience, rooms)

    def _split(self, rooms: Node, room_size: Node) -> tuple[Derived, Derived]:
        """Return who gets a stream, and who gets none."""
        held = derive(
            "streams open",
            "stream",
            streams.streamed_viewers,
            rooms=rooms,
            room_size=room_size,
            cap=self.streams_per_room,
        )
        without = derive(
            "viewers without a stream",
            "user",
            streams.overflow_viewers,
            rooms=rooms,
            room_size=room_size,
            cap=self.streams_per_room,
        )
        return held, without

    def _constraints(self, name: str, audience: Node, rooms: Node) -> Iterator[Constraint]:
        if self.rooms is not None:
            remedy = "keep more events, on more memory or more hosts"
            yield Constraint(name, "events", rooms, self.rooms, PastLimit.REJECT, remedy)
        if self.overflow == "reject":  # a fallback to polling is told, and no limit
            remedy = "a higher cap per event, as far as memory and CPU allow"
            yield Constraint(
                name, "streams per event", audience, self.streams_per_room,
                PastLimit.REJECT, remedy,
            )  # fmt: skip
        if self.update_within is not None:
            reach = self._reach(audience)
            remedy = "less work per write, or several processes"
            yield Constraint(name, "update", reach, self.update_within, PastLimit.SLOW, remedy)

    def _reach(self, room_size: Node) -> Node:
        """Return the time until the last stream of an event has an update. [s]"""
        return derive(
            "time to reach all streams of an event",
            "s",
            fanout.fan_out_time,
            subscribers=derive(
                "streams of one event",
                "user",
                caps.admitted_at_cap,
                arrivals=room_size,
                cap=self.streams_per_room,
            ),
            write_time=self.write_time,
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Say who of a crowd in rooms streams, who polls and who is turned away."""
        if wave.rooms is None or wave.room_size is None or wave.gathered is None:
            return wave, ()
        gathered, wanted = wave.gathered, wave.rooms
        rooms = wanted
        if self.rooms is not None:
            rooms = derive(
                "events kept", "room", caps.admitted_at_cap, arrivals=rooms, cap=self.rooms
            )
        held, without = self._split(rooms, wave.room_size)
        reach = self._reach(wave.room_size)
        numbers = {"streams": held, "without a stream": without, "time to reach all": reach}
        words = f"{show(value_at(held), 'stream')}, "
        verdict = SurgeVerdict.STABLE
        if self.overflow == "poll":
            polls = derive(
                "polls", "request/s", request_rate, users=without, interval=self.poll_interval
            )
            numbers["polls"] = polls
            wave = replace(wave, polls=self.poll_interval)
            words += (
                f"{show(value_at(without), 'user')} polling ({show(value_at(polls), 'request/s')})"
            )
            if value_at(without) > 0:
                verdict = SurgeVerdict.DEGRADED
                if workload.following is not None:
                    work = workload.following.read
                    wave = replace(wave, request_rate=polls, work=work, activity=POLLS)
        else:
            verdict = turned_away(without, gathered)[0]
            words += f"{show(value_at(without), 'user')} turned away"
        if self.rooms is not None:
            dropped = derive(
                "events not kept", "room", caps.refused_at_cap, arrivals=wanted, cap=self.rooms
            )
            if value_at(dropped) > 0:
                numbers["events not kept"] = dropped
                verdict = max(verdict, turned_away(dropped, wanted)[0])
                words += f"; {show(value_at(dropped), 'room')} not kept"
        if self.update_within is not None and value_at(reach) > value_at(self.update_within):
            verdict = max(verdict, SurgeVerdict.LAG)
            words += f"; an update takes {show(value_at(reach), 's')} to reach all of an event"
        return replace(wave, streams=held, rooms=rooms), [Outcome(name, verdict, words, numbers)]
