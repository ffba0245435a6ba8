"""
Object storage (S3, R2, GCS): bytes at rest, requests for them, and bytes that leave.

Requests reach it only by name: list it in the ``calls`` of a part, or as the origin of a CDN.
A bucket spreads its keys over prefixes, each of which takes so many reads and writes a second
and answers the rest with "slow down" (status 503).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding
from planning.flow.flows import Answer, Flow
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, asked, difference, product, total
from planning.numbers.prices import PriceOfSpace, PricePerByte, PricePerRequest
from planning.numbers.quantities import Amount, Bytes, Fraction, Seconds, default
from planning.numbers.tariff import bill
from planning.parts.base import Part
from planning.parts.usage import bytes_and_price, of_month, requests_and_price

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Rate = Annotated[Estimate, Amount("request/s", above=0.0)]
_S3 = (
    "Amazon S3 user guide, best practices: 5,500 reads and 3,500 writes a second per prefix, "
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"
)
_ALL = asked(1.0, "fraction", "all of them")
_SLOW_DOWN = "keys over more prefixes, a CDN in front, or fewer and larger objects"


class ObjectStore(Part):
    """A bucket of objects."""

    order: ClassVar[int] = 57
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["object_store"]
    stored: Bytes = default("0 GB", "nothing is stated", description="Bytes kept, on the mean")
    object_bytes: Bytes | None = Field(
        default=None, description="Bytes of one object, where a call does not say"
    )
    write_share: Fraction = default(
        "0 %",
        "objects are read",
        description="Share of requests that write, where a call does not say",
    )
    time: Seconds = default(
        "100 ms", "Amazon S3 user guide: 100 to 200 ms to the first byte", kind=Kind.VENDOR,
        low="50 ms", high="200 ms", description="Time of one request, where a call does not say",
    )  # fmt: skip
    prefixes: Annotated[Estimate, Amount("partition", at_least=1.0, whole=True)] = default(
        1, "one prefix", description="Prefixes over which the keys are spread evenly"
    )
    reads: Rate = default(
        "5500/s", _S3, kind=Kind.VENDOR, description="Reads per second that one prefix takes"
    )
    writes: Rate = default(
        "3500/s", _S3, kind=Kind.VENDOR, description="Writes per second that one prefix takes"
    )
    price: PriceOfSpace | None = Field(default=None, description="Price of bytes kept")
    read_price: PricePerRequest | None = Field(default=None, description="Price of a read")
    write_price: PricePerRequest | None = Field(default=None, description="Price of a write")
    egress_price: PricePerByte | None = Field(
        default=None,
        description="Price of bytes that leave; none where a CDN of the same provider fetches them",
    )

    @model_validator(mode="after")
    def _bytes_that_are_charged(self) -> ObjectStore:
        if self.egress_price is not None and self.object_bytes is None:
            raise ValueError("`egress_price` needs `object_bytes`: what one read brings.")
        return self

    def rates(self, at: Station) -> None:
        """
        Count reads and writes, and charge for them, for what is kept and for what leaves.

        Takes requests that name it. Limits reads and writes of the prefixes: past them requests are
        refused. Source: Amazon S3 user guide, see the fields.
        """
        if not at.flows():
            return
        writing = {flow.words: self._share(flow) for flow in at.flows()}
        reads = self._rate(at, "reads", {
            words: difference("share that reads", "fraction", all=_ALL, writes=share)
            for words, share in writing.items()
        })  # fmt: skip
        writes = self._rate(at, "writes", writing)
        for what, load, each in (("reads", reads, self.reads), ("writes", writes, self.writes)):
            limit = product(f"{what} of all prefixes", "request/s", each=each,
                            prefixes=self.prefixes)  # fmt: skip
            at.limit(what, load, limit, PastLimit.REJECT, _SLOW_DOWN)
        if at.crowd is None:
            self._bills(at, reads, writes)

    def times(self, at: Station) -> None:
        """Answer each request in its time; who is refused is answered by nobody."""
        for flow in at.flows():
            time = flow.visit.time or self.time
            at.answer(flow, Answer(time, time))

    def _share(self, flow: Flow) -> Node:
        return flow.visit.writes or self.write_share

    def _rate(self, at: Station, what: str, shares: dict[str, Node]) -> Node:
        return total(
            what, "request/s",
            {
                flow.words: product(
                    f"{flow.cause} {what}", "request/s",
                    **{flow.words: flow.rate, f"share of {what}": shares[flow.words]},
                )
                for flow in at.flows()
            },
        )  # fmt: skip

    def _bills(self, at: Station, reads: Node, writes: Node) -> None:
        if self.price is not None:
            kept = bill("price of what is kept", "USD/month", self.stored, self.price)
            at.monthly[f"{at.name} storage"] = kept
        for what, rate, price in (
            ("reads", reads, self.read_price), ("writes", writes, self.write_price),
        ):  # fmt: skip
            if price is not None:
                month = of_month(at, f"{what} per month", "request", rate)
                at.monthly[f"{at.name} {what}"] = bill(
                    f"price of {what}", "USD/month", month, price
                )
        if self.egress_price is not None:
            sizes = {flow.words: flow.visit.size or self.object_bytes for flow in at.flows()}
            sent: dict[str, Node] = {}
            for flow in at.flows():
                if (size := sizes[flow.words]) is not None:
                    read = difference("share that reads", "fraction", all=_ALL,
                                      writes=self._share(flow))  # fmt: skip
                    sent[flow.words] = product(
                        f"{flow.cause} bytes",
                        "byte/s",
                        **{flow.words: flow.rate, "share of reads": read, "each": size},
                    )
            month = of_month(at, "bytes per month", "byte", total("bytes", "byte/s", sent))
            charged = bill("egress bill", "USD/month", month, self.egress_price)
            at.monthly[f"{at.name} egress"] = charged

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find bytes that are kept and cost nothing, and a price for keeping nothing."""
        yield from bytes_and_price(name, self.stored, self.price)
        yield from requests_and_price(
            name, self.price, read_price=self.read_price, write_price=self.write_price
        )
