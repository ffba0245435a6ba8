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

from planning.flow.demand import Demand, Wave
from planning.models.queueing import retries
from planning.models.queueing.caps import admitted_at_cap
from planning.models.servers import compute, connections, scaling
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Closed,
    Cores,
    Fraction,
    PositiveFraction,
    PositiveSeconds,
    Processes,
    Ratio,
    default,
)
from planning.parts import app_memory, app_response
from planning.parts.app_burst import request_burst, request_flood
from planning.parts.base import Constraint, Outcome, Part, PastLimit

if TYPE_CHECKING:
    from planning.workload.workload import Workload

PoolSize = Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)]


class Autoscaling(Closed):
    """Processes that are started when the load has been high for a while."""

    least: Processes = Field(description="Processes that run before a surge")
    reaction: PositiveSeconds = default(
        "3 min",
        "a minute's metric seen twice, and a container's start",
        low="1 min",
        high="10 min",
        description="From the overload to the first new process",
    )
    step: Processes = default(1, "one at a time", description="Processes started at once")
    cool_down: PositiveSeconds = default(
        "1 min", "a usual setting", low="1 min", high="5 min", description="Between two steps"
    )


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
    memory_per_stream: Bytes = default(
        "20 kB",
        "socket, TLS and buffers of an open stream or WebSocket; 11 to 30 kB measured",
        low="10 kB",
        high="30 kB",
        description="Memory one open stream adds",
    )
    memory_per_connection: Bytes = default(
        "0 kB", "the server's memory is the database's", description="Memory per pooled connection"
    )
    memory_per_room: Bytes = default(
        "0 kB", "not stated", description="Memory of one event's cached data"
    )
    contention: Fraction = default(
        "0 %", "no shared lock is known", description="Share of work that runs one at a time (USL)"
    )
    coherency: Fraction = default(
        "0 %", "no exchange between processes is known", description="Cost of agreeing (USL)"
    )
    retries: Ratio = default(0, "none declared", description="Most further tries of a failed query")
    autoscaling: Autoscaling | None = Field(
        default=None, description="Processes are started as load comes; none: all are there"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Meet CPU, pool, response time and memory; open connections for the parts after it."""
        busy = demand.busy_connections()
        constraints = [self._cpu(name, demand)]
        opened = demand.opened
        pool = self.pool()
        if pool is not None and self.pool_size is not None:
            remedy = "shorter or fewer queries, a cache, or a larger pool"
            constraints.append(Constraint(name, "pool", busy, pool, PastLimit.QUEUE, remedy))
            constraints += self._storm(name, workload, demand, pool)
            opened = derive(
                "connections the pools open",
                "connection",
                connections.opened_connections,
                busy=busy,
                processes=self.processes,
                pool_warm=self.pool_warm,
                pool_size=self.pool_size,
            )
        constraints += app_response.responses(self, name, demand, busy)
        if self.memory is not None:
            used = app_memory.used(self, demand.users, demand.streams, demand.rooms)
            constraints.append(app_memory.constraint(name, used, self.memory))
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
        """Return the cores that the processes can use, less what they lose to each other. [core]"""
        cores = derive(
            "cores the processes use",
            "core",
            admitted_at_cap,
            arrivals=self.processes,
            cap=self.cores,
        )
        if value_at(self.contention) == 0 and value_at(self.coherency) == 0:
            return cores
        return derive(
            "cores' worth of throughput",
            "core",
            scaling.usl_speedup,
            processes=cores,
            contention=self.contention,
            coherency=self.coherency,
        )

    def cores_busy(self, demand: Demand) -> Node:
        """Return the cores that requests and open streams keep busy. [core]"""
        causes: dict[str, Node] = {
            f"{activity} requests": derive(
                f"{activity} CPU",
                "core",
                compute.cpu_cores_needed,
                request_rate=rate,
                cpu_time=demand.work[activity].cpu_time,
            )
            for activity, rate in demand.requests.items()
            if activity not in demand.elsewhere
        }
        return total("cores busy", "core", {**causes, **demand.cores})

    def _cpu(self, name: str, demand: Demand) -> Constraint:
        usable = derive(
            "cores to plan with",
            "core",
            multiplied,
            count=self.parallelism(),
            each=self.target_utilisation,
        )
        remedy = "more processes on more cores, or less work per request"
        return Constraint(name, "cpu", self.cores_busy(demand), usable, PastLimit.QUEUE, remedy)

    def _storm(
        self, name: str, workload: Workload, demand: Demand, pool: Node
    ) -> Iterable[Constraint]:
        """Yield the load from which retries keep an overload alive that began by accident."""
        if value_at(self.retries) == 0 or not workload.activities:
            return
        # The mix of one user: it is the same for all of them.
        one = workload.own_queries(asked(1.0, "user", "one user"))
        mean = derive(
            "mean time of a query",
            "s",
            connections.mean_hold_time,
            busy=one.busy_connections(),
            arrival_rate=total("queries of one user", "query/s", one.queries),
        )
        limit = derive(
            "queries/s from which retries feed on themselves",
            "query/s",
            retries.safe_arrival_rate,
            service_time=mean,
            servers=pool,
            retries=self.retries,
        )
        rate = total("queries", "query/s", demand.queries)
        remedy = "fewer retries, a retry budget, or a shorter wait before a query fails"
        yield Constraint(name, "retry storm", rate, limit, PastLimit.DEGRADE, remedy)

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Serve a burst or a flood of requests through processes and pools; hold a crowd."""
        outcomes = []
        if self.memory is not None and wave.gathered is not None:
            used = app_memory.used(self, wave.gathered, wave.streams, wave.rooms)
            outcomes.append(app_memory.outcome(name, used, self.memory))
        if wave.request_rate is not None and wave.work is not None:
            outcomes += request_flood(self, name, wave, wave.request_rate, wave.work)
        if wave.requests is None or wave.work is None:
            return wave, outcomes
        pool = self.pool()
        outcomes += request_burst(self, name, workload, wave, wave.requests, wave.work)
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
        return replace(wave, requests=None, connections=wanted), outcomes

    def at_rest(self) -> App:
        """Return the part as it is before autoscaling has seen a surge."""
        if self.autoscaling is None:
            return self
        least = self.autoscaling.least
        share = value_at(least) / value_at(self.processes)
        cores = self.cores.at(value_at(self.cores) * min(share, 1.0), "before scaling out")
        return self.model_copy(update={"processes": least, "cores": cores})
