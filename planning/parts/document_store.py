"""
A document store (MongoDB, Firestore): operations and connections per tier, and one hot document.

A tier allows so many connections and carries so many operations; beyond that one document
takes only so many writes per second, however large the tier is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, product, rounded_up, total
from planning.numbers.quantities import Amount, Fraction, PositiveFraction
from planning.parts.arriving import arriving
from planning.parts.base import Part
from planning.parts.replicas import limit_most, most_arriving

if TYPE_CHECKING:
    from planning.parts.station import Station

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

    @model_validator(mode="after")
    def _hot(self) -> DocumentStore:
        if (self.document_writes is None) != (self.hot_share is None):
            raise ValueError(
                "`document_writes` and `hot_share` go together: how much one document takes, and "
                "how much of all writes it gets."
            )
        return self

    def rates(self, at: Station) -> None:
        """
        Count operations, and the writes of the most popular document.

        Takes operations and queries. Limits both per second: past them operations are refused.
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

    def stocks(self, at: Station) -> None:
        """
        Count connections, and those of full pools where the clients say how many replicas run.

        Takes connections; past the tier's number they are refused.
        """
        if self.max_connections is None:
            return
        remedy = "smaller pools, one client per process, or a larger tier"
        there = arriving(at)
        needed = rounded_up("connections needed", "connection", wanted=there)
        at.limit(
            "connections", there, self.max_connections, PastLimit.REJECT, remedy, needed=needed
        )
        limit_most(at, "connections", most_arriving(at, "connections"), self.max_connections)

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
