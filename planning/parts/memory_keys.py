"""
What a store in memory does when its memory is full, and how several of them share the work.

Past ``maxmemory`` a store refuses whatever takes memory and still answers reads, or it evicts
what was not used for longest: then copies that were evicted are missed, the fewer the more
unevenly keys are asked for. Shards (a cluster) share keys and commands by key::

    12 GB of keys ─▶ [ 4 GB ] [ 4 GB ] [ 4 GB ]      a key that everybody uses has one of them

Where `value_bytes` is stated beside `key_bytes`, the memory of a key is worked out as Redis lays it
out (:mod:`planning.models.data.key_memory`); where not, a measured overhead is added to its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.models.data import key_memory, popularity
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    most,
    product,
    quotient,
    total,
)
from planning.numbers.quantities import Bytes, Fraction, Ratio
from planning.parts.sharding import Sharded, Shards

if TYPE_CHECKING:
    from planning.parts.station import Station

_EITHER = asked(1.0, "ratio", "inside or outside")
_ALL = asked(1.0, "fraction", "all of them")
_ENTRY = asked(24.0, "byte", "entry of a hash table, Redis 6.2, src/dict.h: three pointers")
_OBJECT = asked(16.0, "byte", "object around a value, Redis 6.2, src/server.h")
_WITHIN = asked(20.0, "byte", "object, header and closing byte of a short value, Redis 6.2")
_LONGEST_WITHIN = asked(44.0, "byte", "longest value inside its object, Redis 6.2, src/object.c")
_ONE_KEY = asked(1.0, "object", "there is a key where any is asked for")


class MemoryKeys(Sharded):
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
    shards: Shards | None = Field(
        default=None,
        description="Shards of a cluster (masters); memory, clients and commands are of one",
    )
    value_bytes: Bytes | None = Field(
        default=None,
        description="Bytes of a value, where `key_bytes` are those of its name alone: memory is "
        "then worked out as Redis lays it out, in place of `key_overhead`",
    )
    expiring: Fraction | None = Field(
        default=None, description="Share of the keys with a time to live, which takes an entry more"
    )
    reserved: Fraction | None = Field(
        default=None,
        description="Share of the memory that is kept from keys: the system's own, buffers, "
        "copies while saving (ElastiCache keeps 25 % unless told otherwise, Azure at least 10 %)",
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
        if self.least_hit_ratio is not None and self.popularity is None:
            raise ValueError(
                "`least_hit_ratio` needs `popularity`: what is evicted matters as it is asked for."
            )
        if self.value_bytes is not None and "key_overhead" in self.model_fields_set:
            raise ValueError(
                "`key_overhead` means nothing beside `value_bytes`: what a key takes beside its "
                "bytes follows from their sizes."
            )
        if self.value_bytes is None and self.expiring is not None:
            raise ValueError("`expiring` needs `value_bytes`: only a layout has entries to count.")
        return self

    def laid_out(self, value: Node, name: Node, keys: Node) -> Node:
        """
        Return the memory of one key as Redis lays it out, its share of the tables included. [byte]

        Parameters
        ----------
        value, name : Node
            Bytes of its value and of its name. [byte]
        keys : Node
            Keys that there are, over all shards. [object]
        """
        outside = derive("value outside its object", "ratio", key_memory.value_outside,
                         length=value)  # fmt: skip
        inside = difference("value inside its object", "ratio", either=_EITHER, outside=outside)
        within = least("bytes inside the object", "byte", value=value, at_most=_LONGEST_WITHIN)
        short = total("object with its value", "byte", {"object": _WITHIN, "value": within})
        long = total("object and its value", "byte", {"object": _OBJECT, "value": _string(value)})
        kept = {
            "name": _string(name),
            "value inside": product("object of a short value", "byte", inside=inside,
                                    size=_class("object with its value, rounded up", short)),
            "value outside": product("object of a long value", "byte", outside=outside, size=long),
            "entry": _ENTRY,
            "tables": self._of_tables("tables, for each key", keys, keys),
        }  # fmt: skip
        if self.expiring is not None:
            limited = product("keys that expire", "object", keys=keys, share=self.expiring)
            kept["expiry"] = product("entry of an expiry", "byte", share=self.expiring,
                                     entry=_ENTRY)  # fmt: skip
            kept["expiries"] = self._of_tables("tables of expiries, for each key", limited, keys)
        return total("memory of a key", "byte", kept)

    def _of_tables(self, words: str, entries: Node, keys: Node) -> Node:
        """Return the hash tables of all shards over all keys. [byte]"""
        each = entries
        if self.shards is not None:
            each = quotient("keys of a shard", "object", keys=entries, shards=self.shards)
        tables: Node = derive("hash tables", "byte", key_memory.table_bytes, keys=each)
        if self.shards is not None:
            tables = product("hash tables of all", "byte", shards=self.shards, each=tables)
        there = most("keys or one", "object", {"keys": keys, "at least": _ONE_KEY})
        return quotient(words, "byte", tables=tables, keys=there)

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


def _string(length: Node) -> Node:
    """Return the memory of a string with its header. [byte]"""
    return _class("string, rounded up", derive("string", "byte", key_memory.string_bytes,
                                               length=length))  # fmt: skip


def _class(words: str, size: Node) -> Node:
    return derive(words, "byte", key_memory.size_class, size=size)
