"""
What a store in memory does when its memory is full, and how several of them share the work.

Past ``maxmemory`` a store refuses whatever takes memory and still answers reads, or it evicts
what was not used for longest: then copies that were evicted are missed, the fewer the more
unevenly keys are asked for. Shards (a cluster) share keys and commands by key::

    12 GB of keys ─▶ [ 4 GB ] [ 4 GB ] [ 4 GB ]      a key that everybody uses has one of them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.models.data import popularity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, difference, most, product, quotient, total
from planning.numbers.quantities import Amount, Bytes, Fraction, PositiveFraction, Ratio
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ALL = asked(1.0, "fraction", "all of them")
_ONE_KEY = asked(1.0, "object", "there is a key where any is asked for")


class MemoryKeys(Part):
    """What a file may say of eviction, of shards, and of jobs that wait in a store in memory."""

    popularity: Ratio | None = Field(
        default=None,
        description="How unevenly keys are asked for (Zipf exponent, 0.8 for web pages), where "
        "full memory evicts them; their hit ratio is not modelled if not given",
    )
    least_hit_ratio: Fraction | None = Field(
        default=None,
        description="Hit ratio under which too much is evicted; a full memory is none by itself",
    )
    shards: Annotated[Estimate, Amount("ratio", at_least=1.0, whole=True)] | None = Field(
        default=None,
        description="Shards of a cluster (masters); memory, clients and commands are of one",
    )
    busiest_share: PositiveFraction | None = Field(
        default=None,
        description="Share of all commands that the busiest shard gets; even if not given",
    )
    jobs_of: str | None = Field(
        default=None, max_length=41, description="Queue whose waiting jobs are kept here"
    )
    job_bytes: Bytes | None = Field(
        default=None, description="Memory of one waiting job, its entry in lists included"
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.jobs_of is None) != (self.job_bytes is None):
            raise ValueError("`jobs_of` and `job_bytes` go together: whose jobs, and how large.")
        if self.busiest_share is not None and self.shards is None:
            raise ValueError(
                "`busiest_share` needs `shards`: it is the share that one of them has."
            )
        if self.least_hit_ratio is not None and self.popularity is None:
            raise ValueError(
                "`least_hit_ratio` needs `popularity`: what is evicted matters as it is asked for."
            )
        return self

    def of_busiest(self, name: str, load: Node) -> Node:
        """Return what the busiest shard has of a load; the load itself without shards."""
        if self.shards is None:
            return load
        if self.busiest_share is not None:
            return product(name, load.unit, of_all=load, share=self.busiest_share)
        return quotient(name, load.unit, of_all=load, shards=self.shards)

    @property
    def refers(self) -> Mapping[str, str]:
        """The queue whose jobs wait here."""
        return {} if self.jobs_of is None else {"jobs_of": self.jobs_of}

    def waiting_jobs(self, at: Station) -> Node | None:
        """Return the memory of jobs that wait after an overload, or come at once. [byte]"""
        if self.jobs_of is None or self.job_bytes is None:
            return None
        queue = at.scene.stations[self.jobs_of]
        at_once = {flow.words: flow.at_once for flow in queue.flows() if flow.at_once is not None}
        waiting: Node | None = total("jobs at once", "job", at_once) if at_once else None
        if waiting is None:
            told = (node for node in queue.traffic if node.name == "backlog after the overload")
            waiting = next(told, None)
        if waiting is None:
            return None
        return product("memory of waiting jobs", "byte", jobs=waiting, each=self.job_bytes)

    def hit_ratio(self, at: Station, memory: Node, each: Node, keys: Node) -> Node | None:
        """
        Return the hit ratio of what full memory has not evicted yet; None where not modelled.

        Parameters
        ----------
        at : Station
            Where; the ratio is told there, and limited where the least of it is stated.
        memory, each : Node
            Memory for keys, and what one takes. [byte]
        keys : Node
            Keys that there are. [object]
        """
        if self.popularity is None:
            return None
        there = most("keys asked for", "object", {"keys": keys, "at least": _ONE_KEY})
        hits = derive(
            "hit ratio of what is kept", "fraction", popularity.lru_hit_ratio,
            objects=quotient("keys that fit", "object", memory=memory, each=each),
            keys=there, exponent=self.popularity,
        )  # fmt: skip
        at.tell(hits)
        if self.least_hit_ratio is not None:
            misses, at_most = (
                difference(label, "fraction", all_of_them=_ALL, hits=ratio)
                for label, ratio in (("misses", hits), ("most misses", self.least_hit_ratio))
            )
            remedy = "more memory, smaller values, or fewer keys"
            at.limit("misses", misses, at_most, PastLimit.DEGRADE, remedy)
        return hits

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find shards that are taken for evenly loaded."""
        if self.shards is not None and self.busiest_share is None:
            yield Finding(
                name, Severity.LOW,
                "its shards are taken for evenly loaded: one key that everybody uses has one shard",
                "say `busiest_share`",
            )  # fmt: skip
