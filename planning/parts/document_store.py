"""
A document store (MongoDB, Firestore): operations and connections per tier, and one hot document.

A tier allows so many connections and carries so many operations; beyond that one document
takes only so many writes per second, however large the tier is. A hosted store (Firestore) is
paid by the document read, written and deleted; a server of one's own (MongoDB) has a cache for
what is in use and tickets for operations at the same time (:mod:`planning.parts.document_server`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.models.data import document_stores
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    product,
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
    PositiveSeconds,
    default,
)
from planning.numbers.tariff import Tariff, bill
from planning.parts.arriving import arriving
from planning.parts.document_server import DocumentServer
from planning.parts.replicas import limit_most, most_arriving
from planning.parts.usage import bytes_and_price, of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Operations = Annotated[Estimate, Amount("operation/s", above=0.0)]
_ALL = asked(1.0, "fraction", "all of them")
_GROWTH = asked(0.5, "ratio", "half as much again: Firestore, best practices, ramping up traffic")
_RAMP_SOURCE = (
    "Google Cloud, best practices for Cloud Firestore, ramping up traffic: every five minutes, "
    "https://cloud.google.com/firestore/docs/best-practices"
)
_CARRIERS = ("operation", "query", "transaction")
_PRICES = ("read_price", "write_price", "delete_price")


class DocumentStore(DocumentServer):
    """A store of documents."""

    order: ClassVar[int] = 51
    takes: ClassVar[tuple[str, ...]] = (*_CARRIERS, "connection")
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
    delete_share: Fraction = default(
        "0 %", "nothing is deleted", description="Share of the writes that delete"
    )
    documents_read: Annotated[Estimate, Amount("ratio", above=0.0)] = default(
        1, "one document by its name",
        description="Documents that one reading operation reads: each is counted and charged",
    )  # fmt: skip
    ramp_start: Operations | None = Field(
        default=None,
        description="Operations per second that a new collection takes at once, and half as much "
        "again with each `ramp_step`; not modelled if not given",
    )
    ramp_step: PositiveSeconds = default(
        "5 min", _RAMP_SOURCE, kind=Kind.VENDOR, description="Time between two steps of the ramp"
    )
    stored: Bytes = default("0 GB", "nothing is stated", description="Bytes kept, on the mean")
    price: PriceOfSpace | None = Field(default=None, description="Price of bytes kept")
    read_price: PricePerOperation | None = Field(
        default=None, description="Price of a document read"
    )
    write_price: PricePerOperation | None = Field(
        default=None, description="Price of a document written"
    )
    delete_price: PricePerOperation | None = Field(
        default=None, description="Price of a document deleted"
    )

    @model_validator(mode="after")
    def _hot(self) -> DocumentStore:
        # A plan knows what one document takes, and cannot know how popular one is here: without
        # that share it limits nothing, and a finding says so.
        planned = self.document_writes is not None and self.document_writes.row is not None
        if (self.document_writes is None) != (self.hot_share is None) and not planned:
            raise ValueError(
                "`document_writes` and `hot_share` go together: how much one document takes, and "
                "how much of all writes it gets."
            )
        priced = [name for name in _PRICES if _own(getattr(self, name))]
        if priced and self.write_share is None:
            raise ValueError(
                f"`{priced[0]}` needs `write_share`: reads and writes are charged differently."
            )
        if self.ramp_start is None and "ramp_step" in self.model_fields_set:
            raise ValueError("`ramp_step` needs `ramp_start`: the rate that the ramp begins with.")
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return what means nothing where nothing is charged, ramped or held in memory."""
        idle: set[str] = set()
        if all(getattr(self, name) is None for name in _PRICES):
            idle |= {"delete_share", "documents_read"}
        if self.ramp_start is None:
            idle |= {"ramp_step"}
        if self.price is None and value_at(self.stored) == 0:
            idle |= {"stored"}
        return super().idle_fields() | idle

    def rates(self, at: Station) -> None:
        """
        Count operations and the writes of the most popular document, and charge for them.

        Takes operations and queries. Limits both per second: past them operations are refused.
        """
        if self.price is not None and at.crowd is None:
            kept = bill("price of what is kept", "USD/month", self.stored, self.price)
            at.monthly[f"{at.name} storage"] = kept
        if not at.flows():
            return
        if self.operations is not None:
            rate = self._rate(at)
            remedy = "a larger tier, fewer operations per request, or a cache"
            at.limit("operations", rate, self.operations, PastLimit.REJECT, remedy, needed=rate)
        if self.ramp_start is not None:
            at.tell(derive(
                "time to ramp up to this load", "s", document_stores.ramp_time,
                rate=self._rate(at), start=self.ramp_start, growth=_GROWTH, step=self.ramp_step,
            ))  # fmt: skip
        writes = self._writes(at)
        if self.document_writes is not None and self.hot_share is not None and writes:
            hot = product(
                "writes of the most popular document", "operation/s",
                writes=total("writes", "operation/s", writes), share_of_one=self.hot_share,
            )  # fmt: skip
            remedy = "spread the counter over several documents, or add up and write now and then"
            at.limit("one document", hot, self.document_writes, PastLimit.REJECT, remedy)
        if at.crowd is None:
            self._bills(at)

    def _rate(self, at: Station) -> Node:
        return total(
            "operations", "operation/s", {each.words: each.rate for each in at.flows(*_CARRIERS)}
        )

    def _bills(self, at: Station) -> None:
        """Charge a month of documents read, written and deleted, each where it has a price."""
        if not at.flows(*_CARRIERS) or all(getattr(self, name) is None for name in _PRICES):
            return
        written = self._writes(at)
        writes = total("operations that write", "operation/s", written)
        reads: Node = self._rate(at)
        if written:
            reads = difference("operations that read", "operation/s", all=reads, writes=writes)
        kept = difference("share that is kept", "fraction", all=_ALL, deleted=self.delete_share)
        rate = partial(product, unit="operation/s")
        bills = [("reads", rate("documents read", operations=reads, each=self.documents_read),
                  self.read_price)]  # fmt: skip
        if written:  # what nobody calls a write is charged as a read, not as a write for nothing
            bills += [
                ("writes", rate("documents written", writes=writes, share=kept), self.write_price),
                ("deletes", rate("documents deleted", writes=writes, share=self.delete_share),
                 self.delete_price),
            ]  # fmt: skip
        for what, load, price in bills:
            if price is not None:
                month = of_month(at, f"{what} per month", "operation", load)
                at.monthly[f"{at.name} {what}"] = bill(
                    f"price of {what}", "USD/month", month, price
                )

    def stocks(self, at: Station) -> None:
        """
        Count connections, those of full pools too, and a server's memory.

        Takes connections; past the tier's number they are refused, past the memory the kernel
        ends the server.
        """
        there = arriving(at)
        if self.max_connections is not None:
            remedy = "smaller pools, one client per process, or a larger tier"
            needed = rounded_up("connections needed", "connection", wanted=there)
            at.limit(
                "connections", there, self.max_connections, PastLimit.REJECT, remedy, needed=needed
            )
            limit_most(at, "connections", most_arriving(at, "connections"), self.max_connections)
        self.limit_memory(at, there, self.max_connections)

    def _writes(self, at: Station) -> dict[str, Node]:
        """Return the writes per second by cause; what states no share is left out."""
        shares = {
            flow.words: (flow, flow.visit.writes or self.write_share)
            for flow in at.flows(*_CARRIERS)
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

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find half of a price, a ramp that a launch would meet, and memory without its use."""
        yield from super().findings(name, workload)
        if self.document_writes is not None and self.hot_share is None:
            yield Finding(
                name, Severity.MEDIUM,
                "what one document takes is known, but not how many of the writes the most "
                "popular one gets: it is not limited",
                "say `hot_share`",
            )  # fmt: skip
        yield from bytes_and_price(name, self.stored, self.price)
        priced = [each for each in _PRICES[:2] if getattr(self, each) is not None]
        if len(priced) == 1:
            free = {"read_price": "writes", "write_price": "reads"}[priced[0]]
            yield Finding(
                name, Severity.MEDIUM,
                f"`{priced[0]}` is stated and {free} cost nothing: the monthly cost is too low",
                "say both prices, or $0/operation where one is free",
            )  # fmt: skip
        if self.delete_price is None and priced and value_at(self.delete_share) > 0:
            yield Finding(
                name, Severity.MEDIUM,
                "a share of its writes delete, and deleting costs nothing",
                "say `delete_price`, or $0/operation",
            )  # fmt: skip
        if self.ramp_start is not None:
            yield Finding(
                name, Severity.LOW,
                "a new collection takes half as much again every few minutes: a launch or a "
                "migration that comes faster is late, which its limits do not show",
                "let traffic grow slowly, or write to the collection beforehand",
            )  # fmt: skip


def _own(price: Estimate | Tariff | None) -> bool:
    """Return whether a price is the file's own, not one that a plan filled in."""
    if isinstance(price, Tariff):
        return price.tiers[-1].price.row is None
    return price is not None and price.row is None
