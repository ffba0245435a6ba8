"""
Who reads the log of a broker: groups of readers, their lag, and records deleted unread.

Of a group one reader at most reads a partition, so more readers than partitions stand idle. A
group that is slower than the records come lags further behind, until the retention is over::

    written ─▶ [ ░░░░░░░░░░░░░░ retention ░░░░░░░░░░░░░░ ]
                       ▲ `search` has come so far     ▲ `billing` keeps up
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from planning.flow.constraint import PastLimit
from planning.flow.flows import Calling, Flow
from planning.flow.work import Calls
from planning.models.queueing import jobs
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    product,
    quotient,
    rounded_up,
    total,
)
from planning.numbers.quantities import (
    Amount,
    Closed,
    PositiveFraction,
    PositiveSeconds,
    Seconds,
    default,
    plain_names,
)
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station

Partitions = Annotated[Estimate, Amount("partition", at_least=1.0, whole=True)]
_ONE_READER = asked(1.0, "worker/partition", "one reader of a group at most reads a partition")
_ONE = asked(1.0, "worker", "the one reader of the busiest partition")
_ALL = asked(1.0, "ratio", "all of them")
HOT_KEY = "a key that spreads better: more partitions do not help"


class Readers(Closed):
    """A group that reads every record once."""

    members: Annotated[Estimate, Amount("worker", at_least=1.0, whole=True)] = Field(
        description="Readers of the group"
    )
    time: Seconds = Field(description="Time for one record, without what it calls")
    fetch_time: Seconds | None = Field(
        default=None,
        description="Time of fetching and committing for each record: a round trip to the broker "
        "over the records of one fetch; fetched while others are worked on if not given",
    )
    calls: Calls = Field(
        default_factory=dict,
        max_length=20,
        description="What one record asks of other parts: part, then activity, then how often",
    )


class ReadLog(Part):
    """What a file may say of a log in partitions and of the groups that read it."""

    partitions: Partitions = Field(description="Partitions of the log")
    readers: dict[str, Readers] = Field(
        default_factory=dict, max_length=20, description="Groups of readers, by name"
    )
    busiest_share: PositiveFraction | None = Field(
        default=None,
        description="Share of all records that the busiest partition gets; even if not given",
    )
    retention: PositiveSeconds = default(
        "7 days", "Kafka documentation, log.retention.hours = 168",
        description="Time for which records are kept, read or not",
    )  # fmt: skip
    after: PositiveSeconds = default(
        "1 h", "as long as a peak lasts", low="10 min", high="8 h",
        description="Time of overload after which lag is told",
    )  # fmt: skip

    @field_validator("readers")
    @classmethod
    def _plain_names(cls, named: dict[str, Readers]) -> dict[str, Readers]:
        return plain_names(named)

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that its readers call by name."""
        return tuple(dict.fromkeys(to for each in self.readers.values() for to in each.calls))

    def called_for(self) -> Iterator[tuple[str, str]]:
        """Yield each part that its readers call, and the activity whose records call for it."""
        for group in self.readers.values():
            yield from ((callee, cause) for callee, each in group.calls.items() for cause in each)

    def times(self, at: Station) -> None:
        """
        Let every group read, one reader a partition, each record for its time and what it calls.

        Limits readers: past them the lag grows, and past the retention records are deleted unread.
        Source: conservation of records; Newell 1982 for the age.
        """
        if not at.flows():
            return
        rate = total("records", "record/s", {flow.words: flow.rate for flow in at.flows()})
        able = product(
            "partitions, a reader each", "worker", partitions=self.partitions, each=_ONE_READER
        )
        for name, group in self.readers.items():
            self._read(at, name, group, rate, able)

    def _read(self, at: Station, name: str, group: Readers, rate: Node, able: Node) -> None:
        busy = total(
            f"readers of {name} wanted", "worker",
            {
                flow.words: product(
                    f"{name} on {flow.cause}", "worker",
                    **{flow.words: flow.rate, "time of each": self._time(at, name, flow)},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        mean = quotient(f"mean time of a record in {name}", "s", readers=busy, rate=rate)
        reading = least("readers that read", "worker", members=group.members, partitions=able)
        done = quotient(f"records {name} reads at most", "record/s", readers=reading, time=mean)
        growth = difference(f"growth of the lag of {name}", "record/s", arriving=rate, read=done)
        remedy = "more partitions and as many readers, or less work per record"
        needed = rounded_up("readers needed, and partitions", "worker", wanted=busy)
        at.limit(
            f"readers of {name}", busy, reading, PastLimit.QUEUE, remedy,
            backlog=growth, places=reading, needed=needed,
        )  # fmt: skip
        lag = product(f"lag of {name} after the overload", "record", growth=growth, time=self.after)
        at.tell(done, lag)
        age = derive(
            f"age of what {name} reads then", "s", jobs.oldest_age,
            arrival_rate=rate, service_rate=done, time=self.after,
        )  # fmt: skip
        kept_up = quotient("share that is read", "ratio", read=done, arriving=rate)
        behind = difference("share that is not", "ratio", all=_ALL, read=kept_up)
        at.tell(age, quotient(f"time until {name} loses records unread", "s",
                              retention=self.retention, falls_behind=behind))  # fmt: skip
        if at.crowd is None:
            at.limit(
                f"age of records for {name}", age, self.retention, PastLimit.REJECT,
                "longer retention, or readers that keep up",
            )  # fmt: skip
        if self.busiest_share is not None:
            hot = product(f"{name} on the busiest partition", "worker", wanted=busy,
                          share=self.busiest_share)  # fmt: skip
            hot_growth = difference("readers too few there", "worker", wanted=hot, there=_ONE)
            at.limit(
                f"busiest partition for {name}", hot, _ONE, PastLimit.QUEUE,
                HOT_KEY,
                backlog=hot_growth, places=_ONE,
            )  # fmt: skip

    def _calls(self, at: Station) -> Iterator[tuple[str, Flow, Calling]]:
        """Yield what each group asks of others for each flow, always in the same order."""
        for name, group in self.readers.items():
            for flow in at.flows():
                cause = flow.cause.removesuffix(" at once")
                for to, each in group.calls.items():
                    if cause in each:
                        yield name, flow, each[cause].calling(to)

    def _time(self, at: Station, name: str, flow: Flow) -> Node:
        """Return how long a reader of a group is busy with one record. [s]"""
        group_of = self.readers[name]
        steps: dict[str, Node] = {"the record itself": group_of.time}
        if group_of.fetch_time is not None:
            steps["fetching it"] = group_of.fetch_time
        for (group, caused, call), edge in zip(self._calls(at), at.sent, strict=True):
            if group == name and caused is flow:
                steps[f"{edge.flow.words} at {edge.to}"] = product(
                    f"{edge.flow.words} of one record", "s",
                    calls=call.count, time=at.below(edge).time,
                )  # fmt: skip
        return total(f"{flow.cause} record in {name}", "s", steps)
