"""
A cache in front of the database: fewer queries reach it, the rest as slow as before.

The hit ratio is stated, or follows from how often a copy is read while it lives: the
number of objects, how unevenly they are asked for (Zipf), and how long a copy is kept.
Caches in a row add up their ages: what the browser keeps was old when the edge sent it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.models.data import popularity
from planning.models.data.caching import origin_rate
from planning.models.delivery import streams
from planning.models.queueing.burst import bottleneck_rate
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.numbers.quantities import Amount, Fraction, PositiveSeconds, Ratio, Seconds, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict

if TYPE_CHECKING:
    from planning.workload.workload import Workload

Objects = Annotated[Estimate, Amount("object", at_least=1.0)]


class Cache(Part):
    """Redis, memory or HTTP caches: answer a share of the queries."""

    rank: ClassVar[int] = 10
    kind: Literal["cache"]
    hit_ratio: Fraction | None = Field(
        default=None, description="Share of the cacheable queries that it answers, where known"
    )
    keys: Objects = default(
        1, "one object, or one per event that is followed", description="Objects that are asked for"
    )
    popularity: Ratio = default(
        0.8,
        "Zipf exponent of web requests, 0.64 to 0.83: Breslau et al. 1999",
        low=0.6,
        high=1.0,
        description="How unevenly they are asked for (Zipf exponent)",
    )
    ttl: PositiveSeconds | None = Field(default=None, description="Time a copy is kept here")
    objects: Objects | None = Field(default=None, description="Objects that fit, the oldest out")
    refresh: Seconds = default(
        "0 s", "computed when asked", description="Time between two runs that precompute the answer"
    )
    edge_ttl: Seconds = default("0 s", "none", description="Time a CDN keeps an answer")
    client_ttl: Seconds = default("0 s", "none", description="Time a browser keeps an answer")
    fresh_within: PositiveSeconds | None = Field(
        default=None, description="Greatest age of an answer that is still right"
    )
    least_hit_ratio: Fraction | None = Field(
        default=None, description="Hit ratio under which something is wrong"
    )
    hit_time: Seconds = default(
        "1 ms",
        "one network round trip and a look-up",
        low="200 µs",
        high="5 ms",
        description="Time of a query that the cache answers",
    )
    operations: Annotated[Estimate, Amount("query/s", above=0.0)] | None = Field(
        default=None, description="Look-ups per second that the plan allows"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Every query looks here first; what it answers does not go on."""
        lasting, fitting = self._hit_ratios(demand)
        hit_ratio = self.hit_ratio or _lower(lasting, fitting)
        queries, hits = dict(demand.queries), {}
        for activity, rate in demand.queries.items():
            hits[activity] = derive(
                f"{activity} hit ratio",
                "fraction",
                multiplied,
                count=demand.work[activity].cacheable,
                each=hit_ratio,
            )
            queries[activity] = derive(
                f"{activity} queries past {name}",
                "query/s",
                origin_rate,
                request_rate=rate,
                hit_ratio=hits[activity],
            )
        constraints = list(self._constraints(name, demand, self.hit_ratio or fitting))
        told = [*demand.traffic]
        if self.hit_ratio is None:
            told.append(total("hit ratio", "fraction", {"of the cache": hit_ratio}))
        if age := self._ages(None):
            told.append(total("oldest answer", "s", age))
        after = replace(
            demand, queries=queries, hits=hits, hit_time=self.hit_time, traffic=tuple(told)
        )
        return after, constraints

    def _hit_ratios(self, demand: Demand) -> tuple[Node | None, Node | None]:
        """Return the hit ratio while copies live, and the one of what fits; None where not said."""
        keys: Node = self.keys
        if demand.rooms is not None:
            keys = derive(
                "objects asked for", "object", streams.objects_followed, rooms=demand.rooms
            )
        lasting = fitting = None
        if self.ttl is not None:
            lasting = derive(
                "hit ratio while copies live",
                "fraction",
                popularity.zipf_ttl_hit_ratio,
                request_rate=total("reads", "query/s", _cacheable(demand)),
                keys=keys,
                exponent=self.popularity,
                ttl=self.ttl,
            )
        if self.objects is not None:
            fitting = derive(
                "hit ratio of what fits",
                "fraction",
                popularity.lru_hit_ratio,
                objects=self.objects,
                keys=keys,
                exponent=self.popularity,
            )
        return lasting, fitting

    def _ages(self, polls: Node | None) -> dict[str, Node]:
        """Return what makes the oldest answer old, cache by cache. [s]"""
        ages: dict[str, Node] = {
            label: node
            for label, node in (
                ("precomputed", self.refresh),
                ("kept here", self.ttl),
                ("kept by the CDN", self.edge_ttl),
                ("kept by the browser", self.client_ttl),
            )
            if node is not None and value_at(node) > 0
        }
        if polls is not None:
            ages["between two polls"] = polls
        return ages

    def _constraints(
        self, name: str, demand: Demand, hit_ratio: Node | None
    ) -> Iterator[Constraint]:
        if self.operations is not None:
            lookups = total("cache look-ups", "query/s", _cacheable(demand))
            remedy = "take a larger cache plan, or look up less per request"
            yield Constraint(name, "look-ups", lookups, self.operations, PastLimit.REJECT, remedy)
        # That few reads hit while few users are there is no fault: only what does not fit counts.
        if self.least_hit_ratio is not None and hit_ratio is not None:
            one = asked(1.0, "fraction", "all queries")
            misses, most = (
                derive(label, "fraction", origin_rate, request_rate=one, hit_ratio=ratio)
                for label, ratio in (
                    ("share of misses", hit_ratio),
                    ("most misses", self.least_hit_ratio),
                )
            )
            remedy = "keep copies longer, more of them, or fewer distinct objects"
            yield Constraint(name, "misses", misses, most, PastLimit.DEGRADE, remedy)
        age = self._ages(None)
        if self.fresh_within is not None and age:
            oldest = total("oldest answer", "s", age)
            remedy = "one cache with a short time to live, or drop the copy when data change"
            yield Constraint(name, "age", oldest, self.fresh_within, PastLimit.DEGRADE, remedy)

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Answer its share of a burst; say how old the answers can be."""
        outcomes = []
        if wave.gathered is not None and (age := self._ages(None)):
            outcomes.append(self._aged(name, wave, age))
        if wave.work is None:
            return wave, outcomes
        ratio = self.hit_ratio or self._cold(wave)
        if ratio is None:
            return wave, outcomes
        hit_ratio = derive(
            "hit ratio", "fraction", multiplied, count=wave.work.cacheable, each=ratio
        )
        return replace(wave, hit_ratio=hit_ratio), outcomes

    def _cold(self, wave: Wave) -> Node | None:
        """Return the hit ratio a second into a burst that finds the cache empty; None for none."""
        if wave.requests is None:
            return None
        one = asked(1.0, "ratio", "the burst comes within a second")
        return derive(
            "hit ratio from cold",
            "fraction",
            popularity.cold_hit_ratio,
            request_rate=derive(
                "requests of the second", "request/s", multiplied, count=wave.requests, each=one
            ),
            keys=self.keys,
            exponent=self.popularity,
            time=asked(1.0, "s", "the second of the burst"),
        )

    def _aged(self, name: str, wave: Wave, age: dict[str, Node]) -> Outcome:
        # What is pushed passes neither a CDN nor a browser's cache.
        ours = ("precomputed", "kept here")
        pushed = {label: node for label, node in age.items() if label in ours}
        streamed = total("oldest answer on a stream", "s", pushed)
        numbers: dict[str, Node] = {"oldest on a stream": streamed}
        words = f"data on a stream are at most {show(value_at(streamed), 's')} old"
        oldest = streamed
        if wave.polls is not None:
            oldest = total("oldest answer of a poller", "s", self._ages(wave.polls))
            numbers["oldest for a poller"] = oldest
            words += f", for a poller {show(value_at(oldest), 's')}"
        verdict = SurgeVerdict.STABLE
        if self.fresh_within is not None and value_at(oldest) > value_at(self.fresh_within):
            verdict = SurgeVerdict.DEGRADED
            words += f"; promised are {show(value_at(self.fresh_within), 's')}"
        return Outcome(name, verdict, words, numbers)


def _cacheable(demand: Demand) -> dict[str, Node]:
    """Return the queries that look into a cache at all. [query/s]"""
    return {
        activity: derive(
            f"cacheable {activity} queries",
            "query/s",
            multiplied,
            count=rate,
            each=demand.work[activity].cacheable,
        )
        for activity, rate in demand.queries.items()
    }


def _lower(lasting: Node | None, fitting: Node | None) -> Node:
    """Return the lower of two hit ratios: a copy must live and fit."""
    if lasting is None or fitting is None:
        nothing = asked(0.0, "fraction", "neither a hit ratio nor a time to live is stated")
        return lasting or fitting or nothing
    return derive("hit ratio", "fraction", bottleneck_rate, rate=lasting, other_rate=fitting)
