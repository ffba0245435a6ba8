"""
A cache in front of the database: fewer queries reach it, the rest as slow as before.

The hit ratio is stated, or follows from how often a copy is read while it lives: the
number of objects, how unevenly they are asked for (Zipf), and how long a copy is kept.
Caches in a row add up their ages: what the browser keeps was old when the edge sent it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.flows import Answer, Flow
from planning.models.data import popularity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, difference, least, most, product, total
from planning.numbers.quantities import Amount, Fraction, PositiveSeconds, Ratio, Seconds, default
from planning.parts.base import Gate
from planning.workload.crowd import SECOND

if TYPE_CHECKING:
    from planning.parts.station import Station

Objects = Annotated[Estimate, Amount("object", at_least=1.0)]
_ALL = asked(1.0, "fraction", "all queries")
_ONE_OBJECT = asked(1.0, "object", "a cache that is asked is asked for something")


class Cache(Gate):
    """Redis, memory or HTTP caches: answer a share of the queries."""

    order: ClassVar[int] = 35
    takes: ClassVar[tuple[str, ...]] = ("query",)
    gives: ClassVar[tuple[str, ...]] = ("query",)
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
    refresh: Seconds | None = Field(
        default=None, description="Time between two runs that precompute the answer"
    )
    edge_ttl: Seconds | None = Field(default=None, description="Time a CDN keeps an answer")
    client_ttl: Seconds | None = Field(default=None, description="Time a browser keeps an answer")
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

    def rates(self, at: Station) -> None:
        """
        Answer a share of the queries and let the others through.

        Takes and gives queries; writes pass. Limits look-ups per second (the rest is refused) and
        the share of misses. Source of a hit ratio that is not stated: Breslau et al. 1999,
        doi:10.1109/INFCOM.1999.749260, and Che's approximation.
        """
        lasting, fitting = self._hit_ratios(at)
        ratio = self.hit_ratio or _lower(lasting, fitting)
        for edge in at.arriving:
            flow = edge.flow
            hits = _hits(flow, self._cold(at, flow) or ratio)
            misses = difference("misses", "fraction", all_of_them=_ALL, hits=hits)
            rate = product(
                f"{flow.words} past {at.name}", "query/s",
                **{flow.words: flow.rate, "misses": misses},
            )  # fmt: skip
            # A look-up that names the cache goes on to what stands behind it, if anything does.
            goal = self.in_front_of if flow.bound_for == at.name else flow.bound_for
            at.forward(edge, rate=rate, origin=flow.origin or flow.rate, bound_for=goal)
        self._limits(at, self.hit_ratio or fitting)
        if self.hit_ratio is None:
            at.tell(total("hit ratio", "fraction", {"of the cache": ratio}))
            self._warm_up(at)
        if age := self._ages(None):
            at.tell(total("oldest answer", "s", age))
        if at.crowd is not None and at.crowd.rooms is not None:
            self._aged(at)

    def times(self, at: Station) -> None:
        """Answer what was hit in the time of a look-up, the rest as slowly as what is behind."""
        ratio = self.hit_ratio or _lower(*self._hit_ratios(at))
        for edge, behind in zip(at.arriving, at.sent, strict=True):
            flow, answer = edge.flow, at.below(behind)
            hits = _hits(flow, self._cold(at, flow) or ratio)
            at.answer(
                flow,
                Answer(
                    answer.time,
                    answer.idle,
                    answer.resources,
                    answer.failed,
                    hits,
                    self.hit_time,
                ),
            )

    def _hit_ratios(self, at: Station) -> tuple[Node | None, Node | None]:
        """Return the hit ratio while copies live, and the one of what fits; None where not said."""
        keys: Node = self.keys
        rooms = at.workload.followed(at.users, at.crowd)
        if rooms is not None:
            keys = most("objects asked for", "object", {"rooms": rooms, "at least": _ONE_OBJECT})
        lasting = fitting = None
        if self.ttl is not None:
            lasting = derive(
                "hit ratio while copies live",
                "fraction",
                popularity.zipf_ttl_hit_ratio,
                request_rate=total("reads", "query/s", self._look_ups(at)),
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

    def _warm_up(self, at: Station) -> None:
        """Say how long a restarted cache takes to fill, where more may be asked for than fits."""
        if self.objects is None or "keys" not in self.model_fields_set:
            return
        at.tell(
            derive(
                "time until an empty cache is full",
                "s",
                popularity.warm_up_time,
                request_rate=total("reads", "query/s", self._look_ups(at)),
                objects=self.objects,
                keys=self.keys,
                exponent=self.popularity,
            )
        )

    def _cold(self, at: Station, flow: Flow) -> Node | None:
        """Return the hit ratio a second into a burst that finds the cache empty; None for none."""
        if flow.at_once is None or self.hit_ratio is not None:
            return None
        return derive(
            "hit ratio from cold",
            "fraction",
            popularity.cold_hit_ratio,
            request_rate=flow.rate,
            keys=self.keys,
            exponent=self.popularity,
            time=SECOND,
        )

    def _ages(self, polls: Node | None) -> dict[str, Node]:
        """Return what makes the oldest answer old, cache by cache. [s]"""
        ages: dict[str, Node | None] = {
            "precomputed": self.refresh,
            "kept here": self.ttl,
            "kept by the CDN": self.edge_ttl,
            "kept by the browser": self.client_ttl,
            "between two polls": polls,
        }
        return {label: node for label, node in ages.items() if node is not None}

    def _look_ups(self, at: Station) -> dict[str, Node]:
        """Return the queries that look into the cache at all. [query/s]"""
        return {
            flow.words: flow.rate
            if flow.visit.cacheable is None
            else product(
                f"cacheable {flow.words}", "query/s",
                **{flow.words: flow.rate, "cacheable": flow.visit.cacheable},
            )
            for flow in at.flows("query")
        }  # fmt: skip

    def _limits(self, at: Station, hit_ratio: Node | None) -> None:
        if self.operations is not None:
            lookups = total("cache look-ups", "query/s", self._look_ups(at))
            remedy = "take a larger cache plan, or look up less per request"
            at.limit("look-ups", lookups, self.operations, PastLimit.REJECT, remedy)
        # That few reads hit while few users are there is no fault: only what does not fit counts.
        if self.least_hit_ratio is not None and hit_ratio is not None:
            misses, most = (
                difference(label, "fraction", all_of_them=_ALL, hits=ratio)
                for label, ratio in (
                    ("misses", hit_ratio),
                    ("most misses", self.least_hit_ratio),
                )
            )
            remedy = "a larger cache, copies that live longer, or fewer objects"
            at.limit("misses", misses, most, PastLimit.DEGRADE, remedy)

    def _aged(self, at: Station) -> None:
        """Say how old the answers of a crowd in rooms can be; too old degrades the service."""
        # What is pushed passes neither a CDN nor a browser's cache.
        ours = ("precomputed", "kept here")
        age = self._ages(None)
        pushed = {label: node for label, node in age.items() if label in ours}
        oldest: Node = total("oldest answer on a stream", "s", pushed)
        at.numbers["oldest on a stream"] = oldest
        if at.scene.polls is not None:
            oldest = total("oldest answer of a poller", "s", self._ages(at.scene.polls))
            at.numbers["oldest for a poller"] = oldest
        if self.fresh_within is not None:
            remedy = "copies that live shorter, or streams in place of polls"
            at.limit("age of answers", oldest, self.fresh_within, PastLimit.DEGRADE, remedy)


def _hits(flow: Flow, ratio: Node) -> Node:
    """Return the share of a flow that the cache answers: reads that may be cached. [fraction]"""
    shares: dict[str, Node] = {"hit_ratio": ratio}
    if flow.visit.cacheable is not None:
        shares["cacheable"] = flow.visit.cacheable
    if flow.visit.writes is not None:
        shares["reads"] = difference("reads", "fraction", all=_ALL, writes=flow.visit.writes)
    return product(f"{flow.cause} hit ratio", "fraction", **shares)


def _lower(lasting: Node | None, fitting: Node | None) -> Node:
    """Return the lower of two hit ratios: a copy must live and fit."""
    if lasting is None or fitting is None:
        nothing = asked(0.0, "fraction", "neither a hit ratio nor a time to live is stated")
        return lasting or fitting or nothing
    return least("hit ratio", "fraction", while_it_lives=lasting, of_what_fits=fitting)
