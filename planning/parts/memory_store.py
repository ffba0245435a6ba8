"""
A store in memory (Redis, Valkey): sessions, counters, jobs on their way, locks.

It runs commands one at a time, so commands per second are its limit, and fewer the more
clients are connected. Keys fill its memory; then it refuses writes or evicts, as it is told.
A cache in front of a database, with its hit ratio, is another kind (cache).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Resource
from planning.models.servers import connections
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    product,
    quotient,
    rounded_up,
    total,
)
from planning.numbers.prices import PricePerCommand
from planning.numbers.quantities import Amount, Bytes, PositiveSeconds, Seconds, default
from planning.numbers.tariff import bill
from planning.parts.arriving import arriving
from planning.parts.memory_keys import MemoryKeys
from planning.parts.replicas import limit_most, most_arriving
from planning.parts.usage import of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ONE = asked(1.0, "ratio", "with few clients")
_THREAD = asked(1.0, "core", "one thread runs all commands")
_CARRIERS = ("operation", "query", "job")


class MemoryStore(MemoryKeys):
    """Redis or the like, by itself."""

    order: ClassVar[int] = 52
    takes: ClassVar[tuple[str, ...]] = ("operation", "query", "job", "connection")
    kind: Literal["memory_store"]
    holds: Literal["copies", "sessions", "jobs"] = Field(
        default="copies",
        description="What it holds: copies of what lies elsewhere, or the only one",
    )
    connections: Annotated[Estimate, Amount("connection", above=0.0)] = default(
        10_000, "Redis documentation, maxclients unless configured",
        kind=Kind.VENDOR, description="Clients that it accepts",
    )  # fmt: skip
    operations: Annotated[Estimate, Amount("query/s", above=0.0)] = default(
        "72145 queries/s",
        "redis-benchmark, SET of 100,000 random keys by 50 clients, one process: "
        "https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/benchmarks/",
        kind=Kind.VENDOR,
        low="50000 queries/s",
        high="180000 queries/s",
        description="Commands per second with few clients",
    )
    half_clients: Annotated[Estimate, Amount("connection", above=0.0)] = default(
        30_000,
        "half the throughput of 100 connections: Redis documentation, benchmarks",
        kind=Kind.VENDOR,
        low=20_000,
        high=60_000,
        description="Clients at which it runs half as many commands per second",
    )
    time: Seconds = default(
        "500 µs", "a round trip within a data centre", low="200 µs", high="2 ms",
        description="Time of one command with its way there and back, where a call does not say",
    )  # fmt: skip
    wait_limit: PositiveSeconds = default(
        "5 s", "a usual time-out of clients", low="1 s", high="30 s",
        description="Longest wait for an answer",
    )  # fmt: skip
    memory: Bytes | None = Field(default=None, description="Memory for keys (maxmemory)")
    keys_per_user: Annotated[Estimate, Amount("object/user")] | None = Field(
        default=None, description="Keys that one concurrent user has in it"
    )
    keys: Annotated[Estimate, Amount("object")] = default(
        0, "none are stated", description="Keys that are there whatever the users"
    )
    key_bytes: Bytes = default("0 B", "not stated", description="Bytes of a key and its value")
    key_overhead: Bytes = default(
        "65 B",
        "a million small strings take 85 MB: Redis documentation, FAQ, "
        "https://redis.io/docs/latest/develop/get-started/faq/",
        kind=Kind.VENDOR,
        low="50 B",
        high="90 B",
        description="Memory that a key takes beside its bytes",
    )
    evicts: bool = Field(
        default=False, description="Whether full memory evicts keys; if not, writes are refused"
    )
    command_price: PricePerCommand | None = Field(
        default=None, description="Price of a command; not charged by the command if not given"
    )

    def rates(self, at: Station) -> None:
        """
        Run commands, and charge for them where they are charged.

        Takes operations, queries and jobs that name it. Limits are set with the clients, in stocks.
        """
        if at.flows(*_CARRIERS) and self.command_price is not None and at.crowd is None:
            month = of_month(at, "commands per month", "command", self._rate(at))
            charged = bill("price of the commands", "USD/month", month, self.command_price)
            at.monthly[f"{at.name} commands"] = charged

    def _rate(self, at: Station) -> Node:
        return total(
            "commands", "query/s", {flow.words: flow.rate for flow in at.flows(*_CARRIERS)}
        )

    def times(self, at: Station) -> None:
        """Answer commands one after the other. Source: M/M/1, Baccelli & Hébuterne 1981."""
        if not at.flows(*_CARRIERS):
            return
        rate = self.of_busiest("commands", self._rate(at))
        busy = quotient("share of its thread", "core", commands=rate, at_most=self.operations)
        wait = derive(
            "wait for a command", "s", connections.pool_wait, busy=busy, arrival_rate=rate,
            servers=_THREAD, wait_limit=self.wait_limit,
        )  # fmt: skip
        used = quotient("thread in use", "ratio", busy=busy, there=_THREAD)
        thread = f"thread of {at.name}"
        resources = {thread: Resource(used, _THREAD, frozenset([thread]))}
        for flow in at.flows(*_CARRIERS):
            own = flow.visit.time or self.time
            time = total("time of a command", "s", {"waiting": wait, "running": own})
            at.answer(flow, Answer(time, own, resources))

    def stocks(self, at: Station) -> None:
        """
        Count clients, commands and keys.

        Takes connections. Limits clients, and those of full pools where the clients say how many
        replicas run (refused past it), commands per second (they queue; the fewer the more clients
        there are) and memory: past it writes are refused, or keys evicted.
        """
        clients = arriving(at) if at.flows("connection") else None
        if clients is not None:
            needed = rounded_up("connections needed", "connection", wanted=clients)
            remedy = "smaller pools, fewer processes, or a higher maxclients"
            at.limit("clients", clients, self.connections, PastLimit.REJECT, remedy, needed=needed)
            limit_most(at, "clients", most_arriving(at, "clients"), self.connections)
        if at.flows(*_CARRIERS):
            able: Node = self.operations
            if clients is not None:
                slower = quotient("slower by", "ratio", clients=clients, half_at=self.half_clients)
                slowed = total("slowed by", "ratio", {"one": _ONE, "clients": slower})
                able = quotient(
                    "commands with so many clients", "query/s", at_most=able, slowed_by=slowed
                )
            remedy = "pipelines, fewer commands per request, or shards"
            rate = self.of_busiest("commands", self._rate(at))
            at.limit("commands", rate, able, PastLimit.QUEUE, remedy, patience=self.wait_limit)
        self._keys(at)

    def _keys(self, at: Station) -> None:
        if self.memory is None:
            return
        memory: Node = self.memory
        if self.shards is not None:
            memory = product("memory of all shards", "byte", shards=self.shards, each=self.memory)
        counts: dict[str, Node] = {"of all": self.keys}
        if self.keys_per_user is not None:
            counts["of users"] = product(
                "keys of users", "object", users=at.workload.present(at.users, at.crowd),
                each=self.keys_per_user,
            )  # fmt: skip
        if self.reserved is not None:
            kept = product("memory kept from keys", "byte", of=memory, share=self.reserved)
            memory = difference("memory for keys", "byte", memory=memory, kept=kept)
        keys = total("keys", "object", counts)
        if self.value_bytes is not None:
            each = self.laid_out(self.value_bytes, self.key_bytes, keys)
        else:
            each = total("memory of a key", "byte", {"bytes": self.key_bytes,
                                                     "beside": self.key_overhead})  # fmt: skip
        used: Node = product("memory of the keys", "byte", keys=keys, each=each)
        if (waiting := self.waiting_jobs(at)) is not None:
            used = total("memory in use", "byte", {"keys": used, "waiting jobs": waiting})
        if self.evicts:
            self.hit_ratio(at, memory, each, keys)
            if self.least_hit_ratio is not None:
                return  # a cache is full all the time: what counts is what it misses
        past = PastLimit.DEGRADE if self.evicts else PastLimit.REJECT
        remedy = "more memory, smaller values, or keys that expire sooner"
        at.limit("memory", used, memory, past, remedy, needed=used)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find the only copy where keys are evicted, copies where not, memory or keys unstated."""
        yield from super().findings(name, workload)
        if not self.evicts and self.popularity is not None:
            yield Finding(
                name, Severity.LOW,
                "how its keys are asked for is stated, but none is evicted: it has no hit ratio",
                "say `evicts: true`",
            )  # fmt: skip
        if self.evicts and self.holds != "copies":
            yield Finding(
                name, Severity.HIGH,
                f"it holds {self.holds} and evicts keys when memory is full: they vanish",
                "maxmemory-policy noeviction, and a store of its own for copies",
            )  # fmt: skip
        if not self.evicts and self.holds == "copies" and self.memory is not None:
            yield Finding(
                name, Severity.MEDIUM,
                "it holds copies and evicts none: when memory is full every write fails",
                "maxmemory-policy allkeys-lru",
            )  # fmt: skip
        kept = self.keys_per_user is not None or self.keys.value > 0
        if self.memory is None and kept:
            yield Finding(
                name, Severity.MEDIUM,
                "its keys are stated, but not the memory that they fill: it never runs out",
                "say `memory`, or name a `plan`",
            )  # fmt: skip
        if self.memory is not None and kept and self.key_bytes.value == 0:
            yield Finding(
                name, Severity.MEDIUM,
                "its keys are counted without their own bytes: they take more memory than it says",
                "say `key_bytes`",
            )  # fmt: skip
        if self.memory is None and not kept:
            yield Finding(
                name, Severity.LOW,
                "neither its memory is stated nor the keys that fill it: it is never full",
                "say `memory` or name a `plan`, and `keys_per_user` and `key_bytes`",
            )  # fmt: skip
        if self.memory is not None and not kept:
            yield Finding(
                name, Severity.LOW,
                "its memory is stated, but not the keys that fill it",
                "say `keys_per_user` or `keys`, and `key_bytes`",
            )  # fmt: skip
