"""
The door: limits on requests, per address and over all.

A limit per address looks like a limit per user until a school, an office or a venue
comes from one address. A limit on requests in flight is a limit on streams as well,
since a stream is a request that never ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.models.delivery.fanout import room_audience
from planning.models.queueing import caps
from planning.models.servers.connections import concurrency, multiplied
from planning.models.servers.latency import parallel_time
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.numbers.quantities import Amount, Users, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, turned_away

if TYPE_CHECKING:
    from planning.workload.workload import Workload

InFlight = Annotated[Estimate, Amount("request", above=0.0)]
Rate = Annotated[Estimate, Amount("request/s", above=0.0)]
_ADDRESS = "limit by user or session instead of by address, or a higher limit for known venues"


class Gateway(Part):
    """Rate limits and concurrency caps in front of everything."""

    rank: ClassVar[int] = 6
    kind: Literal["gateway"]
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

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Compare rates and requests in flight with the caps, over all and per address."""
        rate = total("all requests", "request/s", demand.requests)
        flying = self._in_flight(demand)
        return demand, self._constraints(name, demand.users, rate, flying)

    def _in_flight(self, demand: Demand) -> Node:
        causes: dict[str, Node] = {
            activity: derive(
                f"{activity} requests in flight",
                "request",
                concurrency,
                arrival_rate=rate,
                hold_time=total(
                    f"{activity} service time",
                    "s",
                    {
                        "computing": demand.work[activity].cpu_time,
                        "queries": derive(
                            "queries of one request",
                            "s",
                            parallel_time,
                            steps=demand.work[activity].queries,
                            step_time=demand.work[activity].query_time,
                            width=demand.work[activity].parallel,
                        ),
                    },
                ),
            )
            for activity, rate in demand.requests.items()
        }
        if demand.streams is not None:
            causes["open streams"] = _as_requests(demand.streams)
        return total("requests in flight", "request", causes)

    def _constraints(
        self, name: str, users: Node, rate: Node, flying: Node
    ) -> Iterator[Constraint]:
        together = derive(
            "users behind one address",
            "user",
            room_audience,
            users=users,
            room_size=self.users_per_address,
        )
        if self.concurrent is not None:
            remedy = "a cap that leaves streams out, or polling instead of streams"
            yield Constraint(
                name, "requests in flight", flying, self.concurrent, PastLimit.REJECT, remedy
            )
        if self.requests is not None:
            remedy = "fewer requests per user, a cache at the edge, or a larger plan"
            yield Constraint(name, "requests", rate, self.requests, PastLimit.REJECT, remedy)
        for what, load, limit in (
            ("requests in flight per address", flying, self.concurrent_per_address),
            ("requests per address", rate, self.requests_per_address),
        ):
            if limit is not None:
                each = _per_address(what, load, users, together)
                yield Constraint(name, what, each, limit, PastLimit.REJECT, _ADDRESS)

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Refuse what a crowd holds or sends beyond the caps; the rest goes on."""
        outcomes: list[Outcome] = []
        for crowd, unit in ((wave.streams, "stream"), (wave.requests, "request")):
            if crowd is None:
                continue
            admitted = self._held(name, wave, _as_requests(crowd), outcomes)
            if unit == "request":
                admitted = self._sent(name, wave, admitted, outcomes)
                wave = replace(wave, requests=admitted)
            else:
                one = asked(1.0, "ratio", "a stream is a request that never ends")
                kept = derive("streams admitted", unit, multiplied, count=admitted, each=one)
                wave = replace(wave, streams=kept)
        if wave.request_rate is not None and self.requests is not None:
            admitted = _capped(name, "per second", wave.request_rate, self.requests, outcomes)
            wave = replace(wave, request_rate=admitted)
        return wave, outcomes

    def _held(self, name: str, wave: Wave, flying: Node, outcomes: list[Outcome]) -> Node:
        """Return what may be in flight at once, by address and over all. [request]"""
        if wave.addresses is not None and self.concurrent_per_address is not None:
            limit = _of_addresses(self.concurrent_per_address, wave.addresses)
            # Who polls comes from the address as well, and most of their polls overlap a stream.
            wanted = flying if wave.gathered is None else _as_requests(wave.gathered)
            admitted = _capped(name, _from(wave.addresses), wanted, limit, outcomes)
            flying = derive(
                "admitted", "request", caps.admitted_at_cap, arrivals=flying, cap=admitted
            )
        if self.concurrent is not None:
            flying = _capped(name, "in flight", flying, self.concurrent, outcomes)
        return flying

    def _sent(self, name: str, wave: Wave, requests: Node, outcomes: list[Outcome]) -> Node:
        """Return what may be sent within the second of a burst. [request]"""
        second = asked(1.0, "s", "the second of the burst")
        if wave.addresses is not None and self.requests_per_address is not None:
            limit = _of_addresses(self.requests_per_address, wave.addresses)
            most = derive("requests of a second", "request", multiplied, count=limit, each=second)
            requests = _capped(
                name, f"{_from(wave.addresses)} in a second", requests, most, outcomes
            )
        if self.requests is not None:
            most = derive(
                "requests of a second", "request", multiplied, count=self.requests, each=second
            )
            requests = _capped(name, "in a second", requests, most, outcomes)
        return requests


def _of_addresses(limit: Node, addresses: Node) -> Node:
    return derive("limit of all addresses", limit.unit, multiplied, count=limit, each=addresses)


def _from(addresses: Node) -> str:
    count = value_at(addresses)
    return "from one address" if count == 1 else f"from {show(count, 'address')}"


def _capped(name: str, how: str, wanted: Node, limit: Node, outcomes: list[Outcome]) -> Node:
    """Return what a cap admits, and say what it refuses."""
    admitted = derive("admitted", wanted.unit, caps.admitted_at_cap, arrivals=wanted, cap=limit)
    refused = derive("refused", wanted.unit, caps.refused_at_cap, arrivals=wanted, cap=limit)
    outcomes.append(_refusal(name, how, wanted, limit, refused))
    return admitted


def _as_requests(streams: Node) -> Node:
    one = asked(1.0, "ratio", "a stream is a request that never ends")
    return derive("streams as requests in flight", "request", multiplied, count=streams, each=one)


def _per_address(what: str, load: Node, users: Node, together: Node) -> Node:
    return derive(
        what, load.unit, caps.load_per_address, load=load, users=users, users_per_address=together
    )


def _refusal(name: str, how: str, wanted: Node, limit: Node, refused: Node) -> Outcome:
    verdict, lost = turned_away(refused, wanted)
    words = (
        f"{show(value_at(wanted), wanted.unit)} {how}, at most "
        f"{show(value_at(limit), limit.unit)}: {show(value_at(refused), refused.unit)} refused"
    )
    numbers = {f"refused {how}": refused, f"share refused {how}": lost}
    return Outcome(name, verdict, words, numbers)
