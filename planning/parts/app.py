"""
App servers: processes on cores, each with a pool of its own and a share of the memory.

A single-threaded process uses one core, so processes and cores are both needed; a
pool is per process, so their number multiplies it. Response time is the sum of
waiting for a process, computing, and the queries one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.estimate import Estimate
from planning.models import compute, connections, latency
from planning.models.caps import admitted_at_cap
from planning.models.connections import multiplied
from planning.models.memory import app_memory
from planning.parts.app_burst import request_burst
from planning.parts.base import Constraint, Demand, Outcome, Part, PastLimit, Wave
from planning.quantities import (
    Amount,
    Bytes,
    Cores,
    PositiveFraction,
    PositiveSeconds,
    Processes,
    default,
)
from planning.trace import Node, asked, derive, total, value_at

if TYPE_CHECKING:
    from planning.workload import Workload

_SHORT_WAIT = 1e-3  # [s] below it queueing is not what makes a response slow
PoolSize = Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)]


class App(Part):
    """The servers that run the application."""

    rank: ClassVar[int] = 30
    kind: Literal["app"]
    processes: Processes = Field(description="Server processes over all hosts, one thread each")
    cores: Cores = Field(description="Cores over all hosts")
    target_utilisation: PositiveFraction = default(
        "100 %", "no reserve asked for", description="Busy share of the cores to plan for"
    )
    pool_size: PoolSize | None = Field(
        default=None, description="Most database connections of one process"
    )
    pool_warm: Annotated[Estimate, Amount("connection", whole=True)] = default(
        0, "node-postgres opens on demand", description="Connections a process keeps open"
    )
    pool_wait_limit: PositiveSeconds = default(
        "10 s", "a common setting", description="Longest wait for a connection of the pool"
    )
    response_objective: PositiveSeconds | None = Field(
        default=None, description="Mean response time that must not be exceeded"
    )
    memory: Bytes | None = Field(default=None, description="Memory over all hosts")
    memory_base: Bytes = default(
        "0 MB", "not stated", description="Memory before the first process"
    )
    memory_per_process: Bytes = default(
        "0 MB", "not stated", description="Memory of one process without users"
    )
    memory_per_user: Bytes = default(
        "0 kB", "not stated", description="Memory one concurrent user adds"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Meet CPU, pool, response time and memory; open connections for the parts after it."""
        busy = workload.busy_connections(demand)
        constraints = [self._cpu(name, workload, demand)]
        opened = demand.opened
        pool = self.pool()
        if pool is not None and self.pool_size is not None:
            constraints.append(
                Constraint(
                    name,
                    "pool",
                    busy,
                    pool,
                    PastLimit.QUEUE,
                    "shorter or fewer queries, a cache, or a larger pool",
                )
            )
            opened = derive(
                "connections the pools open",
                "connection",
                connections.opened_connections,
                busy=busy,
                processes=self.processes,
                pool_warm=self.pool_warm,
                pool_size=self.pool_size,
            )
        constraints += self._responses(name, workload, demand, busy)
        if self.memory is not None:
            used = derive(
                "memory in use",
                "byte",
                app_memory,
                base=self.memory_base,
                processes=self.processes,
                per_process=self.memory_per_process,
                users=demand.users,
                per_user=self.memory_per_user,
            )
            constraints.append(
                Constraint(
                    name,
                    "memory",
                    used,
                    self.memory,
                    PastLimit.CRASH,
                    "more memory, more hosts, or less kept per user",
                )
            )
        return replace(demand, opened=opened), constraints

    def pool(self) -> Node | None:
        """Return the connections of all processes' pools; None without a pool. [connection]"""
        if self.pool_size is None:
            return None
        return derive(
            "connections in all pools",
            "connection",
            connections.pooled_connections,
            processes=self.processes,
            pool_size=self.pool_size,
        )

    def parallelism(self) -> Node:
        """Return the cores that the processes can use. [core]"""
        return derive(
            "cores the processes use",
            "core",
            admitted_at_cap,
            arrivals=self.processes,
            cap=self.cores,
        )

    def _cores_busy(self, workload: Workload, demand: Demand) -> Node:
        return total(
            "cores busy",
            "core",
            {
                f"{activity} requests": derive(
                    f"{activity} CPU",
                    "core",
                    compute.cpu_cores_needed,
                    request_rate=rate,
                    cpu_time=workload.activities[activity].cpu_time,
                )
                for activity, rate in demand.requests.items()
            },
        )

    def _cpu(self, name: str, workload: Workload, demand: Demand) -> Constraint:
        usable = derive(
            "cores to plan with",
            "core",
            connections.multiplied,
            count=self.parallelism(),
            each=self.target_utilisation,
        )
        return Constraint(
            name,
            "cpu",
            self._cores_busy(workload, demand),
            usable,
            PastLimit.QUEUE,
            "more processes on more cores, or less work per request",
        )

    def _responses(
        self, name: str, workload: Workload, demand: Demand, busy: Node
    ) -> list[Constraint]:
        if self.response_objective is None:
            return []
        all_requests = total("all requests", "request/s", demand.requests)
        cpu_wait = derive(
            "wait for a process",
            "s",
            connections.pool_wait,
            busy=self._cores_busy(workload, demand),
            arrival_rate=all_requests,
            pool_size=self.parallelism(),
            wait_limit=self.pool_wait_limit,
        )
        wait: Node = asked(0.0, "s", "no pool is declared, so no wait for one")
        pool = self.pool()
        rates = dict(demand.queries)
        if demand.transactions is not None:
            rates["gift transactions"] = demand.transactions
        if pool is not None:
            wait = derive(
                "wait for a connection",
                "s",
                connections.pool_wait,
                busy=busy,
                arrival_rate=total("all transactions", "query/s", rates),
                pool_size=pool,
                wait_limit=self.pool_wait_limit,
            )
        return [
            Constraint(
                name,
                f"{activity} response",
                self._response(workload, demand, activity, cpu_wait, wait),
                self.response_objective,
                PastLimit.SLOW,
                _slow_remedy(cpu_wait, wait),
            )
            for activity in workload.activities
        ]

    def _response(
        self, workload: Workload, demand: Demand, name: str, cpu_wait: Node, pool_wait: Node
    ) -> Node:
        activity = workload.activities[name]
        step: Node = derive(
            "query with its wait",
            "s",
            latency.response_time,
            wait=pool_wait,
            service_time=activity.query_time,
        )
        if name in demand.hits and demand.hit_time is not None:
            step = derive(
                "query, from cache or not",
                "s",
                latency.page_time,
                steps=asked(1.0, "ratio", "one step"),
                hit_ratio=demand.hits[name],
                hit_time=demand.hit_time,
                miss_time=step,
            )
        queries = derive(
            "all queries of one request",
            "s",
            latency.parallel_time,
            steps=activity.queries,
            step_time=step,
            width=activity.parallel,
        )
        return total(
            f"{name} response time",
            "s",
            {
                "wait for a process": cpu_wait,
                "computing": activity.cpu_time,
                "queries": queries,
            },
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Serve a burst of requests through processes and pools, and open the pools."""
        activity = workload.activities.get(wave.activity or "")
        if wave.requests is None or activity is None:
            return wave, ()
        pool = self.pool()
        outcome = request_burst(self, name, workload, wave, wave.requests, activity)
        wanted: Node = derive(
            "connections wanted",
            "connection",
            multiplied,
            count=wave.requests,
            each=asked(1.0, "ratio", "a connection per request, where nothing pools them"),
        )
        if pool is not None:
            wanted = derive(
                "connections wanted", "connection", admitted_at_cap, arrivals=wanted, cap=pool
            )
        return replace(wave, requests=None, connections=wanted), [outcome] if outcome else ()


def _slow_remedy(cpu_wait: Node, pool_wait: Node) -> str:
    """Return what helps against the longest wait: a cache does nothing for a full CPU."""
    waits = value_at(cpu_wait), value_at(pool_wait)
    if max(waits) < _SHORT_WAIT:
        return "faster or parallel queries, a cache, or fewer queries per request"
    if waits[0] >= waits[1]:
        return "more processes on more cores, or less work per request: it waits for the CPU"
    return "a larger pool, or shorter or fewer queries: it waits for a connection"
