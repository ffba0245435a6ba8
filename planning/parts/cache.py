"""A cache in front of the database: fewer queries reach it, the rest as slow as before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.estimate import Estimate
from planning.models.caching import origin_rate
from planning.models.connections import multiplied
from planning.parts.base import Constraint, Demand, Outcome, Part, PastLimit, Wave
from planning.quantities import Amount, Fraction, Seconds, default
from planning.trace import derive, total

if TYPE_CHECKING:
    from planning.workload import Workload


class Cache(Part):
    """Redis or the like: answers a share of the queries from memory."""

    rank: ClassVar[int] = 10
    kind: Literal["cache"]
    hit_ratio: Fraction = Field(description="Share of the cacheable queries that it answers")
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
        queries = dict(demand.queries)
        hits = {}
        for activity, rate in demand.queries.items():
            hit_ratio = derive(
                f"{activity} hit ratio",
                "fraction",
                multiplied,
                count=workload.activities[activity].cacheable,
                each=self.hit_ratio,
            )
            hits[activity] = hit_ratio
            queries[activity] = derive(
                f"{activity} queries past {name}",
                "query/s",
                origin_rate,
                request_rate=rate,
                hit_ratio=hit_ratio,
            )
        constraints = []
        if self.operations is not None:
            lookups = total("cache look-ups", "query/s", demand.queries)
            constraints.append(
                Constraint(
                    name,
                    "look-ups",
                    lookups,
                    self.operations,
                    PastLimit.REJECT,
                    "take a larger cache plan, or look up less per request",
                )
            )
        return replace(demand, queries=queries, hits=hits, hit_time=self.hit_time), constraints

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Answer its share of the queries of a burst: it is warm, for users came before."""
        activity = workload.activities.get(wave.activity or "")
        if wave.requests is None or activity is None:
            return wave, ()
        hit_ratio = derive(
            "hit ratio", "fraction", multiplied, count=activity.cacheable, each=self.hit_ratio
        )
        return replace(wave, hit_ratio=hit_ratio), ()
