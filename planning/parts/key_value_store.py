"""
A partitioned key-value store paid in units (DynamoDB): read and write units, a hot partition.

A read takes a unit per 4 KB, half of one where it may be a little old; a write one per 1 KB.
However many units the table has, one partition takes so many: a key that everybody reads or
writes is refused at its partition while the table is idle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Flow
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Derived,
    Node,
    asked,
    difference,
    product,
    quotient,
    rounded_up,
    total,
    value_at,
)
from planning.numbers.prices import PriceOfSpace, PricePerOperation
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Fraction,
    PositiveFraction,
    Seconds,
    default,
)
from planning.numbers.tariff import bill
from planning.parts.base import Part
from planning.parts.usage import bytes_and_price, of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Units = Annotated[Estimate, Amount("operation/s", above=0.0)]
_DOCS = (
    "Amazon DynamoDB developer guide, designing partition keys: 3,000 read and 1,000 write units "
    "a second per partition, "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)
_READ_SIZE = asked(4096.0, "byte/operation", "one read unit reads up to 4 KB")
_WRITE_SIZE = asked(1024.0, "byte/operation", "one write unit writes up to 1 KB")
_ALL = asked(1.0, "fraction", "all of them")
_HALF = asked(0.5, "ratio", "a read that may be a little old takes half a unit")


class KeyValueStore(Part):
    """A table whose reads and writes are counted in units."""

    order: ClassVar[int] = 53
    takes: ClassVar[tuple[str, ...]] = ("operation", "query", "transaction")
    kind: Literal["key_value_store"]
    item_bytes: Bytes = Field(description="Bytes of one item, where a call has no `bytes`")
    write_share: Fraction = Field(description="Share that writes, where a call does not say")
    strong_share: Fraction = default(
        "0 %", "reads may be a little old unless asked otherwise",
        description="Share of reads that must see the last write, at twice the units",
    )  # fmt: skip
    read_units: Units | None = Field(
        default=None, description="Read units per second; none: on demand, as many as it takes"
    )
    write_units: Units | None = Field(
        default=None, description="Write units per second; none: on demand, as many as it takes"
    )
    busiest_share: PositiveFraction | None = Field(
        default=None,
        description="Share of operations that the busiest partition key gets; even if not given",
    )
    partition_reads: Units = default(
        "3000 operations/s", _DOCS, kind=Kind.VENDOR,
        description="Read units per second of one partition",
    )  # fmt: skip
    partition_writes: Units = default(
        "1000 operations/s", _DOCS, kind=Kind.VENDOR,
        description="Write units per second of one partition",
    )  # fmt: skip
    time: Seconds = default(
        "5 ms", "single-digit milliseconds, says the vendor", low="2 ms", high="10 ms",
        description="Time of one operation, where a call does not say",
    )  # fmt: skip
    stored: Bytes = default("0 GB", "nothing is stated", description="Bytes kept, on the mean")
    price: PriceOfSpace | None = Field(default=None, description="Price of bytes kept")
    read_price: PricePerOperation | None = Field(
        default=None, description="Price of a read unit on demand"
    )
    write_price: PricePerOperation | None = Field(
        default=None, description="Price of a write unit on demand"
    )

    @model_validator(mode="after")
    def _one_way_of_paying(self) -> KeyValueStore:
        for units, price in (("read_units", "read_price"), ("write_units", "write_price")):
            if getattr(self, units) is not None and getattr(self, price) is not None:
                raise ValueError(
                    f"`{units}` and `{price}` exclude each other: a table is provisioned or paid "
                    "on demand."
                )
        return self

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return reads or writes, where they come and have neither units nor a price."""
        for asked_for, share, units, price in (
            ("reads", 1.0, self.read_units, self.read_price),
            ("writes", 0.0, self.write_units, self.write_price),
        ):
            come = any(
                value_at(flow.visit.writes or self.write_share) != share for flow in at.flows()
            )
            if come and units is None and price is None:
                return asked_for, f"{asked_for[:-1]}_units"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Count units, of the table and of its busiest partition, and charge for them.

        Takes operations, queries and transactions. Limits read and write units per second: past
        them operations are refused. What a provider lends for short bursts is not counted.
        Source: Amazon DynamoDB developer guide, see the fields.
        """
        if not at.flows():
            return
        for flow in at.flows():
            time = flow.visit.time or self.time
            at.answer(flow, Answer(time, time))
        read, written = self._units(at, "read"), self._units(at, "write")
        at.tell(read, written)
        for what, load, limit, of_one in (
            ("read units", read, self.read_units, self.partition_reads),
            ("write units", written, self.write_units, self.partition_writes),
        ):
            if limit is not None:
                remedy = "more units or on demand, smaller items, or a cache"
                at.limit(what, load, limit, PastLimit.REJECT, remedy, needed=load)
            if self.busiest_share is not None:
                hot = product(f"{what} of the busiest partition", "operation/s", units=load,
                              share_of_one=self.busiest_share)  # fmt: skip
                remedy = "spread the key over several, or a cache: more units do not help"
                at.limit(f"{what} of one partition", hot, of_one, PastLimit.REJECT, remedy)
        if at.crowd is None:
            self._bills(at, read, written)

    def _units(self, at: Station, which: str) -> Derived:
        """Return the units a second of reads or writes."""
        return total(
            f"{which} units", "operation/s",
            {flow.words: self._of(flow, which) for flow in at.flows()},
        )  # fmt: skip

    def _of(self, flow: Flow, which: str) -> Node:
        writes = flow.visit.writes or self.write_share
        size = flow.visit.size or self.item_bytes
        if which == "write":
            each = rounded_up(
                "units of a write",
                "operation",
                wanted=quotient("of 1 KB", "operation", item=size, of=_WRITE_SIZE),
            )
            return product(f"{flow.cause} write units", "operation/s",
                           **{flow.words: flow.rate, "share that writes": writes,
                              "units each": each})  # fmt: skip
        each = rounded_up(
            "units of a read",
            "operation",
            wanted=quotient("of 4 KB", "operation", item=size, of=_READ_SIZE),
        )
        reads = difference("share that reads", "fraction", all=_ALL, writes=writes)
        stale = difference("reads that may be old", "fraction", all=_ALL, strong=self.strong_share)
        mean = total("units of a read, on the mean", "ratio", {
            "strong": self.strong_share,
            "old": product("at half a unit", "ratio", share=stale, each=_HALF),
        })  # fmt: skip
        return product(f"{flow.cause} read units", "operation/s",
                       **{flow.words: flow.rate, "share that reads": reads, "units each": each,
                          "strong or old": mean})  # fmt: skip

    def _bills(self, at: Station, read: Node, written: Node) -> None:
        for what, units, price in (
            ("reads", read, self.read_price), ("writes", written, self.write_price),
        ):  # fmt: skip
            if price is not None:
                month = of_month(at, f"units of {what} per month", "operation", units)
                at.monthly[f"{at.name} {what}"] = bill(
                    f"price of {what}", "USD/month", month, price
                )
        if self.price is not None:
            kept = bill("price of what is kept", "USD/month", self.stored, self.price)
            at.monthly[f"{at.name} storage"] = kept

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find bytes that are kept and cost nothing, and items too large for it."""
        yield from bytes_and_price(name, self.stored, self.price)
        if value_at(self.item_bytes) > 400 * 1024:
            yield Finding(
                name, Severity.HIGH,
                "an item is larger than 400 KB: such a store refuses it",
                "keep it in object storage, and its address here",
            )  # fmt: skip
