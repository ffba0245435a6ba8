"""
A content delivery network in front of pages: it serves their images and scripts from its edge.

One page is one request for the page itself and a number of further ones for its objects. The
edge answers most of those from copies and asks the origin for the rest::

    100 pages/s ─┬─ 1 page each ──────▶ what is behind, less what the edge answers itself
                 └─ 12 objects each ──▶ edge ── 5 % it has not ──▶ origin (object storage)

Every byte that leaves the edge is paid for, hit or miss; the hit ratio saves the origin, not
the bill of the CDN.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Calling, Edge, Visit
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, difference, product, quotient, total, value_at
from planning.numbers.prices import PricePerByte, PricePerRequest
from planning.numbers.quantities import Amount, BitRate, Bytes, Fraction, Seconds, default
from planning.numbers.tariff import bill
from planning.parts.base import Gate
from planning.parts.usage import of_month, requests_and_price

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ALL = asked(1.0, "fraction", "all of them")
_ONE = asked(1.0, "ratio", "one at a time")
_BITS = asked(8.0, "bit/byte", "bits of a byte")
_PAGE = asked(1.0, "request/request", "the page itself")


class Cdn(Gate):
    """A CDN for pages, images and scripts; live video is another kind, media."""

    order: ClassVar[int] = 4
    takes: ClassVar[tuple[str, ...]] = ("request",)
    gives: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["cdn"]
    origin: str | None = Field(
        default=None,
        max_length=41,
        description="Part that is asked for objects which the edge has not; what serves the pages "
        "if not given",
    )
    hit_ratio: Fraction = Field(description="Share of the objects that the edge has")
    objects: Annotated[Estimate, Amount("request/request", at_least=0.0)] = Field(
        description="Images, scripts and styles that one page loads, as requests"
    )
    page_bytes: Bytes = Field(
        description="Bytes of one page with its objects, where an activity has no `bytes`"
    )
    page_hit_ratio: Fraction = default(
        "0 %",
        "pages differ for each user",
        description="Share of pages that the edge answers itself",
    )
    hit_time: Seconds = default(
        "20 ms", "a round trip to a place nearby", low="5 ms", high="50 ms",
        description="Time in which the edge answers what it has",
    )  # fmt: skip
    requests: Annotated[Estimate, Amount("request/s", above=0.0)] | None = Field(
        default=None, description="Requests per second that the plan allows"
    )
    bandwidth: BitRate | None = Field(
        default=None, description="Bits per second that the plan allows"
    )
    price: PricePerByte | None = Field(
        default=None, description="Price of bytes that leave the edge"
    )
    request_price: PricePerRequest | None = Field(
        default=None, description="Price of a request, objects included"
    )

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that it calls by name: the origin."""
        return () if self.origin is None else (self.origin,)

    def rates(self, at: Station) -> None:
        """
        Let pages through, serve their objects, and ask the origin for what is not there.

        Takes requests. Gives the pages that it does not answer itself, and the misses. Limits
        requests and bits per second where the plan does: past them requests are refused. Source:
        conservation of requests.
        """
        misses = difference("misses", "fraction", all=_ALL, hits=self.hit_ratio)
        passed = difference("pages passed on", "fraction", all=_ALL, hits=self.page_hit_ratio)
        for edge in at.arriving:
            self._pass(at, edge, passed)
        if not at.flows():
            return
        each = product("objects it has not", "request/request", objects=self.objects, misses=misses)
        # What one object weighs goes to the origin with it: a page's bytes over its requests.
        per_page = total("requests of a page", "request/request",
                         {"the page": _PAGE, "objects": self.objects})  # fmt: skip
        for flow in at.flows():
            size = quotient("bytes of an object", "byte", page=flow.visit.size or self.page_bytes,
                            requests=per_page)  # fmt: skip
            to = self.origin or flow.bound_for
            at.call(flow, Calling(to, "request", each, Visit(size=size), _ONE))
        pages = at.rate("pages", "request")
        asked_for = product("requests", "request/s", pages=pages, each=per_page)
        sent = total(
            "bytes sent", "byte/s",
            {
                flow.words: product(
                    f"bytes of {flow.words}", "byte/s",
                    **{flow.words: flow.rate, "each": flow.visit.size or self.page_bytes},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        if self.requests is not None:
            remedy = "fewer objects per page, longer browser caching, or a larger plan"
            at.limit("requests", asked_for, self.requests, PastLimit.REJECT, remedy)
        bits = product("bits sent", "bit/s", bytes=sent, bits=_BITS)
        if self.bandwidth is not None:
            remedy = "smaller images, longer browser caching, or a larger plan"
            at.limit("bandwidth", bits, self.bandwidth, PastLimit.REJECT, remedy)
        at.tell(asked_for, bits)
        if at.crowd is None:
            self._bills(at, asked_for, sent)

    def _pass(self, at: Station, edge: Edge, passed: Node) -> None:
        """Send a page on to what is behind, without the bytes of its objects."""
        flow = edge.flow
        rate = product(f"{flow.words} passed on", "request/s",
                       **{flow.words: flow.rate, "share": passed})  # fmt: skip
        at_once = flow.at_once
        if at_once is not None:
            at_once = product("passed on of them", "request", come=at_once, share=passed)
        page = Visit(flow.visit.time, flow.visit.cpu, flow.visit.writes, flow.visit.cacheable)
        at.forward(edge, rate=rate, at_once=at_once, visit=page)

    def _bills(self, at: Station, asked_for: Node, sent: Node) -> None:
        if self.price is not None:
            month = of_month(at, "bytes sent per month", "byte", sent)
            at.monthly[f"{at.name} egress"] = bill("egress bill", "USD/month", month, self.price)
        if self.request_price is not None:
            month = of_month(at, "requests per month", "request", asked_for)
            charged = bill("price of the requests", "USD/month", month, self.request_price)
            at.monthly[f"{at.name} requests"] = charged

    def times(self, at: Station) -> None:
        """Answer a page as what is behind does, or in the time of a hit; objects load beside it."""
        passed = difference("pages passed on", "fraction", all=_ALL, hits=self.page_hit_ratio)
        for edge, behind in zip(at.arriving, at.sent, strict=False):
            answer = at.below(behind)
            slow, idle = (
                total(
                    f"{edge.flow.cause} at the edge or behind", "s",
                    {
                        "at the edge": product("hits", "s", share=self.page_hit_ratio,
                                               time=self.hit_time),
                        "behind": product("passed on", "s", share=passed, time=time),
                    },
                )
                for time in (answer.time, answer.idle)
            )  # fmt: skip
            at.answer(edge.flow, Answer(slow, idle, answer.resources, answer.failed))

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find an edge that keeps nothing, and bytes at no price."""
        if value_at(self.hit_ratio) == 0:
            yield Finding(
                name, Severity.HIGH,
                "the edge keeps nothing: every object is asked of the origin, and paid for twice",
                "a Cache-Control header with a time to live on images and scripts",
            )  # fmt: skip
        if self.origin is None and value_at(self.hit_ratio) < 1:
            yield Finding(
                name, Severity.MEDIUM,
                "objects that the edge has not are asked of what serves the pages, where nothing "
                "says what one costs",
                "name an `origin`, such as an object store",
            )  # fmt: skip
        if self.price is None:
            yield Finding(
                name, Severity.MEDIUM,
                "bytes leave at no price: the monthly cost is at least what it says",
                "say `price`, name a `plan`, or say $0/GB",
            )  # fmt: skip
        yield from requests_and_price(name, self.price, request_price=self.request_price)
