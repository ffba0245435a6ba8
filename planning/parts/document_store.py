"""
A document store (MongoDB, Firestore): operations and connections per tier, and one hot document.

A tier allows so many connections and carries so many operations; beyond that one document
takes only so many writes per second, however large the tier is. Where operations are paid one
by one (Firestore), the bill follows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, difference, product, rounded_up, total
from planning.numbers.prices import PricePerOperation
from planning.numbers.quantities import Amount, Fraction, PositiveFraction
from planning.numbers.tariff import bill
from planning.parts.arriving import arriving
from planning.parts.base import Part
from planning.parts.usage import of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Operations = Annotated[Estimate, Amount("operation/s", above=0.0)]


class DocumentStore(Part):
    """A store of documents."""

    order: ClassVar[int] = 51
    takes: ClassVar[tuple[str, ...]] = ("operation", "query", "transaction", "connection")
    kind: Literal["document_store"]
    max_connections: Annotated[Estimate, Amount("connection", above=0.0)] | None = Field(
        default=None, description="Connections that the tier accepts"
    )
    operations: Operations | None = Field(
        default=None, description="Operations per second that the tier carries"
    )
    document_writes: Operations | None = Field(
        default=None, description="Writes per second that one document takes"
    )
    hot_share: PositiveFraction | None = Field(
        default=None, description="Share of all writes that the most popular document gets"
    )
    write_share: Fraction | None = Field(
        default=None, description="Share of operations that write, where a call does not say"
    )

    read_price: PricePerOperation | None = Field(
        default=None, description="Price of an operation that reads"
    )
    write_price: PricePerOperation | None = Field(
        default=None, description="Price of an operation that writes"
    )

    @model_validator(mode="after")
    def _hot(self) -> DocumentStore:
        # A plan knows what one document takes, and cannot know how popular one is here: without
        # that share it limits nothing, and a finding says so.
        if self.document_writes is not None and self.document_writes.row is not None:
            return self
        if (self.document_writes is None) != (self.hot_share is None):
            raise ValueError(
                "`document_writes` and `hot_share` go together: how much one document takes, and "
                "how much of all writes it gets."
            )
        return self

    def rates(self, at: Station) -> None:
        """
        Count operations, and the writes of the most popular document, and charge for them.

        Takes operations and queries. Limits both per second: past them operations are refused. An
        operation of which nobody says whether it writes is charged as one that reads.
        """
        if not at.flows():
            return
        if self.operations is not None:
            rate = total(
                "operations", "operation/s",
                {each.words: each.rate for each in at.flows("operation", "query", "transaction")},
            )  # fmt: skip
            remedy = "a larger tier, fewer operations per request, or a cache"
            at.limit("operations", rate, self.operations, PastLimit.REJECT, remedy, needed=rate)
        writes = self._writes(at)
        if self.document_writes is not None and self.hot_share is not None and writes:
            hot = product(
                "writes of the most popular document", "operation/s",
                writes=total("writes", "operation/s", writes), share_of_one=self.hot_share,
            )  # fmt: skip
            remedy = "spread the counter over several documents, or add up and write now and then"
            at.limit("one document", hot, self.document_writes, PastLimit.REJECT, remedy)
        if at.crowd is None:
            self._bills(at, writes)

    def stocks(self, at: Station) -> None:
        """Count connections. Takes connections; past the tier's number they are refused."""
        if self.max_connections is None:
            return
        remedy = "smaller pools, one client per process, or a larger tier"
        there = arriving(at)
        needed = rounded_up("connections needed", "connection", wanted=there)
        at.limit(
            "connections", there, self.max_connections, PastLimit.REJECT, remedy, needed=needed
        )

    def _bills(self, at: Station, writes: dict[str, Node]) -> None:
        """Pay for the operations of the month, by what they do."""
        written = total("writes", "operation/s", writes) if writes else None
        if self.write_price is not None and written is not None:
            month = of_month(at, "writes per month", "operation", written)
            at.monthly[f"{at.name} writes"] = bill(
                "price of writes", "USD/month", month, self.write_price
            )
        if self.read_price is not None:
            read: Node = total(
                "operations", "operation/s",
                {each.words: each.rate for each in at.flows("operation", "query", "transaction")},
            )  # fmt: skip
            if written is not None:
                read = difference("reads", "operation/s", operations=read, writes=written)
            month = of_month(at, "reads per month", "operation", read)
            at.monthly[f"{at.name} reads"] = bill(
                "price of reads", "USD/month", month, self.read_price
            )

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find a limit of one document that limits nothing, and writes that are paid as reads."""
        if self.document_writes is not None and self.hot_share is None:
            yield Finding(
                name, Severity.MEDIUM,
                "what one document takes is known, but not how many of the writes the most "
                "popular one gets: it is not limited",
                "say `hot_share`",
            )  # fmt: skip
        priced = self.read_price is not None or self.write_price is not None
        if priced and self.write_share is None:
            yield Finding(
                name, Severity.LOW,
                "its operations have a price and not all need say whether they write: those that "
                "do not are charged as reads",
                "say `write_share`",
            )  # fmt: skip

    def _writes(self, at: Station) -> dict[str, Node]:
        """Return the writes per second by cause; what states no share is left out."""
        shares = {
            flow.words: (flow, flow.visit.writes or self.write_share)
            for flow in at.flows("operation", "query", "transaction")
        }
        return {
            words: product(
                f"{flow.cause} writes",
                "operation/s",
                **{words: flow.rate, "share that writes": share},
            )
            for words, (flow, share) in shares.items()
            if share is not None
        }
