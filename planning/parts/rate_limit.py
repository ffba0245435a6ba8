"""
Limits on requests at the door, per address and over all.

A limit per address looks like a limit per user until a school, an office or a venue
comes from one address. A limit on requests in flight is a limit on streams as well,
since a stream is a request that never ends, and slow responses fill it: by Little's law
1,089 requests/s that take 10 s are 10,890 in flight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, least, most, product, quotient, total
from planning.numbers.quantities import Amount, Users, default
from planning.parts.base import Gate

if TYPE_CHECKING:
    from planning.parts.station import Station

InFlight = Annotated[Estimate, Amount("request", above=0.0)]
Rate = Annotated[Estimate, Amount("request/s", above=0.0)]
_ALL = asked(1.0, "ratio", "all of it")
_ADDRESS = "limit by user or session instead of by address, or a higher limit for known venues"


class RateLimit(Gate):
    """Rate limits and concurrency caps in front of everything."""

    order: ClassVar[int] = 6
    takes: ClassVar[tuple[str, ...]] = ("request", "stream")
    gives: ClassVar[tuple[str, ...]] = ("request", "stream")
    kind: Literal["rate_limit"]
    concurrent: InFlight | None = Field(
        default=None, description="Requests in flight over all users, open streams included"
    )
    requests: Rate | None = Field(default=None, description="Requests per second over all users")
    concurrent_per_address: InFlight | None = Field(
        default=None, description="Requests in flight of one address, open streams included"
    )
    requests_per_address: Rate | None = Field(
        default=None, description="Requests per second of one address"
    )
    users_per_address: Users = default(
        1, "everyone at home", low=1, high=100, description="Users behind one address"
    )

    def rates(self, at: Station) -> None:
        """Let requests and streams through. Limits requests per second (refused past it)."""
        rate = at.rate("all requests", "request")
        admitted: dict[str, Node] = {}
        if self.requests is not None:
            remedy = "fewer requests per user, a cache at the edge, or a larger plan"
            at.limit("requests", rate, self.requests, PastLimit.REJECT, remedy)
            admitted["over all"] = quotient(
                "share admitted over all", "ratio", limit=self.requests, wanted=rate
            )
        if self.requests_per_address is not None:
            what = "requests per address"
            each = self._per_address(at, what, rate)
            at.limit(what, each, self.requests_per_address, PastLimit.REJECT, _ADDRESS)
            admitted["by address"] = quotient(
                "share admitted by address", "ratio", limit=self.requests_per_address, wanted=each
            )
        self._let_through(at, admitted)

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return that everything passes, where no limit is stated."""
        if at.constraints or not at.arriving or at.crowd is not None:
            return None
        return "the requests that pass it", "requests"

    def _let_through(self, at: Station, admitted: dict[str, Node]) -> None:
        """Send on what arrives; of a crowd only what the limits per second admit."""
        if at.crowd is None or not admitted:
            for edge in at.arriving:
                at.forward(edge)
            return
        share = least("share admitted", "ratio", all_of_it=_ALL, **admitted)
        for edge in at.arriving:
            flow = edge.flow
            if flow.carrier == "stream":
                at.forward(edge)
                continue
            rate = product(
                f"{flow.words} admitted", "request/s", **{flow.words: flow.rate, "share": share}
            )
            at_once = flow.at_once
            if at_once is not None:
                at_once = product("admitted of them", "request", come=at_once, share=share)
            at.forward(edge, rate=rate, at_once=at_once)

    def times(self, at: Station) -> None:
        """
        Count requests in flight by Little's law, with all the waiting behind this door.

        Limits requests and streams in flight: past it they are refused.
        """
        pairs = list(zip(at.arriving, at.sent, strict=True))
        for edge, behind in pairs:
            at.answer(edge.flow, at.below(behind))
        causes: dict[str, Node] = {}
        for edge, _ in pairs:
            flow = edge.flow
            if flow.carrier == "stream":
                causes[f"open {flow.cause}"] = flow.rate
                continue
            answer = at.answer_to(flow)
            causes[flow.words] = product(
                f"{flow.cause} requests in flight", "request",
                **{flow.words: flow.rate, "response time": answer.time},
            )  # fmt: skip
            if (come := at.instant(flow)) is not None:
                # Nobody comes after those of an instant: however long each takes, they are no more.
                causes[flow.words] = come
        flying = total("requests in flight", "request", causes)
        if self.concurrent is not None:
            remedy = "a cap that leaves streams out, or polling instead of streams"
            at.limit("requests in flight", flying, self.concurrent, PastLimit.REJECT, remedy)
        if self.concurrent_per_address is not None:
            what = "requests in flight per address"
            each = self._per_address(at, what, self._held(at, flying))
            at.limit(what, each, self.concurrent_per_address, PastLimit.REJECT, _ADDRESS)

    def _held(self, at: Station, flying: Node) -> Node:
        """Return what a crowd holds: everyone in its rooms wants a place, stream or poll."""
        if at.crowd is None or at.crowd.room_size is None:
            return flying
        there = {"in flight": flying, "people": at.users}
        return most("requests in flight", "request", there)

    def _per_address(self, at: Station, what: str, load: Node) -> Node:
        """Return what one address sends: of a crowd as many as come from each. [unit of load]"""
        present = at.workload.present(at.users, at.crowd)
        if at.crowd is not None and at.crowd.addresses is not None:
            return quotient(what, load.unit, of_all=load, addresses=at.crowd.addresses)
        together = least(
            "users behind one address", "user", present=present, each=self.users_per_address
        )
        behind = quotient("share behind one address", "ratio", there=together, present=present)
        return product(what, load.unit, of_all=load, share_of_one_address=behind)
