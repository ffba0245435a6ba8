"""
A reverse proxy or load balancer: every request passes it and takes sockets on both sides.

One proxied request is two connections, to the client and to the server behind, and a client's
stays open for the keep-alive time. A worker that has no connection left refuses clients. A
load balancer that somebody else runs is paid in capacity units: the dearest of new
connections, open ones, bytes and rules, hour by hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.models.servers import sockets
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    most,
    product,
    quotient,
    rounded_up,
    total,
    value_at,
)
from planning.numbers.prices import PricePerRequest
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    BitRate,
    Bytes,
    DollarsPerMonth,
    Planned,
    Seconds,
    default,
)
from planning.numbers.tariff import bill
from planning.parts.accepting import Workers
from planning.parts.arriving import under_way
from planning.parts.base import Gate
from planning.parts.usage import of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_BITS = asked(8.0, "bit/byte", "bits of a byte")
_CONNECTIONS = "more workers, more connections per worker and file descriptors, or less keep-alive"


class CapacityUnits(Planned):
    """What one capacity unit of a load balancer holds, and its price."""

    monthly: DollarsPerMonth = Field(description="Price of one unit that is used all month")
    connection_rate: Annotated[Estimate, Amount("connection/s", above=0.0)] = Field(
        description="New connections per second of one unit"
    )
    connections: Annotated[Estimate, Amount("connection", above=0.0)] = Field(
        description="Open connections of one unit"
    )
    traffic: Annotated[Estimate, Amount("byte/s", above=0.0)] = Field(
        description="Bytes per second of one unit"
    )
    rules: Annotated[Estimate, Amount("operation/s", above=0.0)] = Field(
        description="Rule evaluations per second of one unit"
    )


class Proxy(Gate):
    """A reverse proxy or load balancer in front of everything, or of one part."""

    order: ClassVar[int] = 5
    takes: ClassVar[tuple[str, ...]] = ("request", "stream", "socket")
    gives: ClassVar[tuple[str, ...]] = ("request", "stream", "socket")
    kind: Literal["proxy"]
    connections: Annotated[Estimate, Amount("connection", above=0.0)] | None = Field(
        default=None, description="Connections of all workers together, to clients and to servers"
    )
    workers: Workers | None = Field(
        default=None,
        description="Worker processes that have a part of `connections` each; one that has them "
        "all if not given",
    )
    connections_per_request: AtLeastOne = default(
        2, "one to the client, one to the server: nginx documentation, worker_connections counts "
        "all, https://nginx.org/en/docs/ngx_core_module.html#worker_connections",
        description="Connections that one request or socket takes while it is under way",
    )  # fmt: skip
    keep_alive: Seconds = default(
        "0 s", "none is stated", description="Time that a client's idle connection is kept"
    )
    requests_per_connection: AtLeastOne = default(
        1, "a connection each", description="Requests that a client sends over one connection"
    )
    bandwidth: BitRate | None = Field(default=None, description="Bits per second that it passes on")
    response_bytes: Bytes | None = Field(
        default=None, description="Bytes of a request and its answer, where an activity has no "
        "`bytes`",
    )  # fmt: skip
    rules: Annotated[Estimate, Amount("operation/request")] = default(
        0, "within what is free", description="Rules evaluated per request beyond the free ones"
    )
    units: CapacityUnits | None = Field(
        default=None, description="Capacity units that are paid for by use; none: a fixed price"
    )
    request_price: PricePerRequest | None = Field(
        default=None, description="Price of a request; not charged by the request if not given"
    )

    @model_validator(mode="after")
    def _bytes_that_are_counted(self) -> Proxy:
        for name in ("bandwidth", "units"):
            if getattr(self, name) is not None and self.response_bytes is None:
                raise ValueError(
                    f"`{name}` needs `response_bytes`: what one request and its answer weigh."
                )
        if self.workers is not None and self.connections is None:
            raise ValueError("`workers` needs `connections`: what is it that they share?")
        return self

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return connections, where they are not stated and nobody is paid to have enough."""
        if (
            at.arriving
            and self.connections is None
            and self.units is None
            and self.request_price is None
        ):
            return "clients and servers", "connections"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Let requests, streams and sockets through.

        Limits bits per second, past which answers get slower. Gives what it takes.
        """
        for edge in at.arriving:
            at.forward(edge)
        if self.bandwidth is not None and at.flows("request"):
            bits = product("bits passed on", "bit/s", bytes=self._bytes(at), bits=_BITS)
            remedy = "a CDN for images and scripts, compression, or a wider line"
            at.limit("bandwidth", bits, self.bandwidth, PastLimit.DEGRADE, remedy, needed=bits)
        if self.request_price is not None and at.crowd is None and at.flows("request"):
            month = of_month(at, "requests per month", "request", at.rate("requests", "request"))
            charged = bill("price of the requests", "USD/month", month, self.request_price)
            at.monthly[f"{at.name} requests"] = charged

    def times(self, at: Station) -> None:
        """
        Count connections: of what is under way on both sides, and of clients that may come back.

        Limits connections, and those of the fullest worker: past them clients are refused. Source:
        Little's law, and :mod:`planning.models.servers.sockets`.
        """
        pairs = list(zip(at.arriving, at.sent, strict=True))
        for edge, behind in pairs:
            at.answer(edge.flow, at.below(behind))
        each = {flow.words: under_way(at, flow) for flow in at.flows()}
        if not each:
            return
        asking = total("requests and sockets under way", "connection", each)
        kept = derive(
            "connections that clients keep", "connection", sockets.kept_open,
            users=at.workload.present(at.users, at.crowd),
            request_rate=at.rate("requests", "request"), keep_alive=self.keep_alive,
        )  # fmt: skip
        both = product(
            "connections under way", "connection", under_way=asking,
            each=self.connections_per_request,
        )  # fmt: skip
        there = total("connections", "connection", {"under way": both, "kept open": kept})
        if self.connections is not None:
            needed = rounded_up("connections needed", "connection", wanted=there)
            at.limit(
                "connections", there, self.connections, PastLimit.REJECT, _CONNECTIONS,
                needed=needed,
            )  # fmt: skip
            if self.workers is not None:
                at.limit(
                    "fullest worker", self.workers.fullest(there),
                    self.workers.room(self.connections), PastLimit.REJECT,
                    "a listening socket for each worker (reuseport), or larger workers",
                )  # fmt: skip
        else:
            at.tell(there)
        if self.units is not None and at.crowd is None:
            clients = total("client connections", "connection", {"under way": asking, "kept": kept})
            self._bill_units(at, self.units, clients)

    def _bytes(self, at: Station) -> Node:
        """Return the bytes per second that pass. [byte/s]"""
        terms: dict[str, Node] = {}
        for flow in at.flows("request"):
            each = flow.visit.size or self.response_bytes
            if each is not None:
                terms[flow.words] = product(
                    f"bytes of {flow.words}", "byte/s", **{flow.words: flow.rate, "each": each}
                )
        return total("bytes passed on", "byte/s", terms)

    def _bill_units(self, at: Station, units: CapacityUnits, clients: Node) -> None:
        """Pay for the dimension that takes the most units, on the mean of the month."""
        requests = at.rate("requests", "request")
        new = quotient(
            "new connections", "connection/s", requests=requests, each=self.requests_per_connection
        )
        evaluated = product("rule evaluations", "operation/s", requests=requests, each=self.rules)
        peak = most(
            "capacity units at the peak", "ratio",
            {
                "by new connections": quotient("of new", "ratio", new=new,
                                               one_unit=units.connection_rate),
                "by open connections": quotient("of open", "ratio", open=clients,
                                                one_unit=units.connections),
                "by bytes": quotient("of bytes", "ratio", bytes=self._bytes(at),
                                     one_unit=units.traffic),
                "by rules": quotient("of rules", "ratio", evaluated=evaluated,
                                     one_unit=units.rules),
            },
        )  # fmt: skip
        mean = quotient(
            "capacity units", "ratio", at_the_peak=peak, peak_to_mean=at.workload.peak_to_mean
        )
        at.tell(mean)
        at.monthly[f"{at.name} capacity units"] = product(
            "price of the capacity units", "USD/month", units=mean, each=units.monthly
        )

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find connections counted on one side only, and a keep-alive that fills them all."""
        if value_at(self.connections_per_request) < 2:
            yield Finding(
                name, Severity.MEDIUM,
                "a proxied request is counted as fewer than two connections",
                "count the client's and the server's; only what it answers itself takes one",
            )  # fmt: skip
        few = self.connections is not None and value_at(self.connections) < value_at(
            workload.target
        )
        if few and value_at(self.keep_alive) > 60:
            yield Finding(
                name, Severity.MEDIUM,
                "idle connections are kept for more than a minute, and there are fewer connections "
                "than users to plan for",
                "a keep-alive of some seconds, or more connections",
            )  # fmt: skip
