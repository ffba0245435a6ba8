"""
A broker that keeps a log (Kafka, Kinesis, Redis streams): partitions, readers, lag, disk.

Records are appended to partitions and stay for the retention time, read or not. Of a group of
readers one at most reads a partition, so more readers than partitions stand idle. A group that
is slower than the records come lags further behind, until they are deleted unread::

    20k records/s ─▶ [ 12 partitions · 3 copies · 7 days on disk ] ─▶ group `billing`, 8 readers
                                                                  └─▶ group `search`, 2 readers
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Calling, Flow
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
    value_at,
)
from planning.numbers.prices import PriceOfSpace
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Closed,
    PositiveFraction,
    PositiveSeconds,
    Seconds,
    default,
    plain_names,
)
from planning.numbers.tariff import bill
from planning.parts.base import Part
from planning.parts.usage import bytes_and_price

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Partitions = Annotated[Estimate, Amount("partition", at_least=1.0, whole=True)]
_ONE_READER = asked(1.0, "worker/partition", "one reader of a group at most reads a partition")
_ONE = asked(1.0, "worker", "the one reader of the busiest partition")
_ALL = asked(1.0, "ratio", "all of them")


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


class Broker(Part):
    """A log of records in partitions, and the groups that read it."""

    order: ClassVar[int] = 32
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("record", "request")
    gives: ClassVar[tuple[str, ...]] = ("query", "operation", "job", "request", "connection")
    kind: Literal["broker"]
    partitions: Partitions = Field(description="Partitions of the log")
    record_bytes: Bytes = Field(description="Bytes of one record, where a call has no `bytes`")
    readers: dict[str, Readers] = Field(
        default_factory=dict, max_length=20, description="Groups of readers, by name"
    )
    busiest_share: PositiveFraction | None = Field(
        default=None,
        description="Share of all records that the busiest partition gets; even if not given",
    )
    partition_throughput: Annotated[Estimate, Amount("byte/s", above=0.0)] = default(
        "10 MB/s",
        "tens of MB/s of one producer on one partition: Rao, J. (2015), How to choose the number "
        "of topics/partitions in a Kafka cluster, Confluent blog",
        low="5 MB/s",
        high="50 MB/s",
        description="Bytes per second that one partition takes",
    )
    partition_records: Annotated[Estimate, Amount("record/s", above=0.0)] | None = Field(
        default=None,
        description="Records per second that one partition takes, whatever their size (a Kinesis "
        "shard: 1,000); none where only bytes count",
    )
    throughput: Annotated[Estimate, Amount("byte/s", above=0.0)] | None = Field(
        default=None, description="Bytes per second that all brokers write, every copy counted"
    )
    copies: Annotated[Estimate, Amount("ratio", at_least=1.0, whole=True)] = default(
        3, "the usual replication factor", description="Copies of each record, the first included"
    )
    retention: PositiveSeconds = default(
        "7 days", "Kafka documentation, log.retention.hours = 168",
        description="Time for which records are kept, read or not",
    )  # fmt: skip
    disk: Bytes | None = Field(default=None, description="Disk of all brokers together")
    price: PriceOfSpace | None = Field(default=None, description="Price of that disk")
    write_time: Seconds = default(
        "5 ms", "until all copies in step have it; a few milliseconds within a region",
        low="2 ms", high="50 ms", description="Time until a record is acknowledged",
    )  # fmt: skip
    after: PositiveSeconds = default(
        "1 h", "as long as a peak lasts", low="10 min", high="8 h",
        description="Time of overload after which lag is told",
    )  # fmt: skip

    @field_validator("readers")
    @classmethod
    def _plain_names(cls, named: dict[str, Readers]) -> dict[str, Readers]:
        return plain_names(named)

    @model_validator(mode="after")
    def _disk_that_is_paid(self) -> Broker:
        if self.price is not None and self.disk is None:
            raise ValueError("`price` needs `disk`: it is for the bytes of the brokers' disks.")
        return self

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that its readers call by name."""
        return tuple(dict.fromkeys(to for each in self.readers.values() for to in each.calls))

    def called_for(self) -> Iterator[tuple[str, str]]:
        """Yield each part that its readers call, and the activity whose records call for it."""
        for group in self.readers.values():
            yield from ((callee, cause) for callee, each in group.calls.items() for cause in each)

    def rates(self, at: Station) -> None:
        """
        Append records, and ask of other parts what each reader needs there.

        Takes records; a request that names it is one. Gives queries, operations, jobs and requests.
        Limits bytes per second of the partitions and of the brokers, and records per second of the
        partitions where they are counted too: past them producers wait.
        Source: Rao (2015), partitions ≥ max(throughput / what one takes, throughput / what one
        reader reads).
        """
        if not at.flows():
            return
        for flow in at.flows():
            at.answer(flow, Answer(self.write_time, self.write_time))
        for _, flow, call in self._calls(at):
            at.call(flow, call)
        arriving = total(
            "bytes appended", "byte/s",
            {
                flow.words: product(
                    f"bytes of {flow.words}", "byte/s",
                    **{flow.words: flow.rate, "each": flow.visit.size or self.record_bytes},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        carried = product(
            "bytes that the partitions take", "byte/s", partitions=self.partitions,
            each=self.partition_throughput,
        )  # fmt: skip
        needed = rounded_up("partitions needed", "partition", wanted=quotient(
            "partitions wanted", "partition", bytes=arriving, each=self.partition_throughput
        ))  # fmt: skip
        self._queue(at, "partition bytes", arriving, carried, "more partitions", needed=needed)
        written = product("bytes written", "byte/s", appended=arriving, copies=self.copies)
        at.tell(arriving, written)
        if self.partition_records is not None:
            came = total("records", "record/s", {flow.words: flow.rate for flow in at.flows()})
            taken = product("records that the partitions take", "record/s",
                            partitions=self.partitions, each=self.partition_records)  # fmt: skip
            wanted = quotient("partitions wanted", "partition", records=came,
                              each=self.partition_records)  # fmt: skip
            enough = rounded_up("partitions needed", "partition", wanted=wanted)
            self._queue(at, "partition records", came, taken, "more partitions, or several records "
                        "put into one", needed=enough)  # fmt: skip
        if self.throughput is not None:
            remedy = "more or larger brokers, compression, or fewer copies"
            self._queue(at, "broker bytes", written, self.throughput, remedy)
        self._keep(at, written)

    def _keep(self, at: Station, written: Node) -> None:
        """Count and pay for what is on disk: the mean of the retention time."""
        if self.disk is None or at.crowd is not None:
            return
        mean = quotient(
            "mean bytes written", "byte/s", at_the_peak=written,
            peak_to_mean=at.workload.peak_to_mean,
        )  # fmt: skip
        kept = at.kept("bytes on disk", "byte", self.retention, mean=mean, retention=self.retention)
        remedy = "shorter retention, more disk, compression, or older records in object storage"
        at.limit("disk", kept, self.disk, PastLimit.CRASH, remedy, needed=kept)
        if self.price is not None:
            charged = bill("price of the disk", "USD/month", self.disk, self.price)
            at.monthly[f"{at.name} disk"] = charged

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
                "a key that spreads better: more partitions do not help",
                backlog=hot_growth, places=_ONE,
            )  # fmt: skip

    def _queue(
        self, at: Station, what: str, load: Node, limit: Node, remedy: str,
        needed: Node | None = None,
    ) -> None:  # fmt: skip
        """Limit bytes or records per second, past which producers wait and their buffers fill."""
        noun = load.unit.removesuffix("/s")
        growth = difference(f"{noun}s that wait, per second", load.unit, arriving=load, taken=limit)
        at.limit(what, load, limit, PastLimit.QUEUE, remedy, backlog=growth, needed=needed)

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

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find a single copy, readers that stand idle, no disk, and a log that nobody reads."""
        if value_at(self.copies) < 2:
            yield Finding(
                name, Severity.HIGH,
                "each record has one copy: a lost disk loses records, a restart stops producers",
                "three copies, of which two must have a record before it is acknowledged",
            )  # fmt: skip
        for group, each in self.readers.items():
            if value_at(each.members) > value_at(self.partitions):
                yield Finding(
                    name, Severity.MEDIUM,
                    f"group {group} has more readers than there are partitions: the rest are idle",
                    "as many partitions as readers, or fewer readers",
                )  # fmt: skip
        if self.disk is not None:
            yield from bytes_and_price(name, self.disk, self.price)
        else:
            yield Finding(
                name, Severity.MEDIUM,
                "no disk is stated: what it keeps for the retention time never fills one",
                "say `disk`, or name a `plan`",
            )  # fmt: skip
        if not self.readers:
            yield Finding(
                name, Severity.MEDIUM,
                "nobody reads this log: its lag is not modelled",
                "name the groups under `readers`",
            )  # fmt: skip
