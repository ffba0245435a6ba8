"""
A broker that keeps a log (Kafka, Kinesis, Redis streams): partitions, readers, lag, disk.

Records are appended to partitions and stay for the retention time, read or not. Who reads them,
and how far behind, is said in :mod:`planning.parts.readers`::

    20k records/s ─▶ [ 12 partitions · 3 copies · 7 days on disk ] ─▶ group `billing`, 8 readers
                                                                  └─▶ group `search`, 2 readers
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    difference,
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
    Seconds,
    default,
)
from planning.numbers.tariff import bill
from planning.parts.readers import HOT_KEY, ReadLog
from planning.parts.usage import bytes_and_price

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload


class Broker(ReadLog):
    """A log of records in partitions, and the groups that read it."""

    order: ClassVar[int] = 32
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("record", "request")
    gives: ClassVar[tuple[str, ...]] = ("query", "operation", "job", "request", "connection")
    kind: Literal["broker"]
    record_bytes: Bytes = Field(description="Bytes of one record, where a call has no `bytes`")
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
    disk: Bytes | None = Field(default=None, description="Disk of all brokers together")
    price: PriceOfSpace | None = Field(default=None, description="Price of that disk")
    write_time: Seconds = default(
        "5 ms", "until all copies in step have it; a few milliseconds within a region",
        low="2 ms", high="50 ms", description="Time until a record is acknowledged",
    )  # fmt: skip

    @model_validator(mode="after")
    def _disk_that_is_paid(self) -> Broker:
        if self.price is not None and self.disk is None:
            raise ValueError("`price` needs `disk`: it is for the bytes of the brokers' disks.")
        return self

    def rates(self, at: Station) -> None:
        """
        Append records, and ask of other parts what each reader needs there.

        Takes records; a request that names it is one. Gives queries, operations, jobs and requests.
        Limits bytes per second of the partitions and of the brokers, and records per second of the
        partitions where they are counted too, each in all and of the busiest: past them producers
        wait.
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
        self._busiest(at, "bytes", arriving, self.partition_throughput)
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
            self._busiest(at, "records", came, self.partition_records)
        if self.throughput is not None:
            remedy = "more or larger brokers, compression, or fewer copies"
            self._queue(at, "broker bytes", written, self.throughput, remedy)
        self._keep(at, written)

    def _busiest(self, at: Station, what: str, appended: Node, each: Node) -> None:
        """Limit what the busiest partition takes, where its share is stated."""
        if self.busiest_share is None:
            return
        there = product(f"{what} of the busiest partition", appended.unit, of_all=appended,
                        share=self.busiest_share)  # fmt: skip
        self._queue(at, f"busiest partition {what}", there, each, HOT_KEY)

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

    def _queue(
        self, at: Station, what: str, load: Node, limit: Node, remedy: str,
        needed: Node | None = None,
    ) -> None:  # fmt: skip
        """Limit bytes or records per second, past which producers wait and their buffers fill."""
        noun = load.unit.removesuffix("/s")
        growth = difference(f"{noun}s that wait, per second", load.unit, arriving=load, taken=limit)
        at.limit(what, load, limit, PastLimit.QUEUE, remedy, backlog=growth, needed=needed)

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
