"""
The database: connections it accepts, and cores that run the queries.

A connection past ``max_connections`` is refused at once; there is no queue. Some
are reserved for superusers and the platform, so fewer are usable than printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave, arriving_connections, connections_at_once
from planning.models.data import replication
from planning.models.data.caching import origin_rate
from planning.models.queueing.caps import admitted_at_cap, refused_at_cap
from planning.models.servers import compute, connections
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, derive, total, value_at
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Cores,
    Fraction,
    PositiveSeconds,
    Seconds,
    WholeConnections,
    default,
)
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, turned_away

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class Database(Part):
    """PostgreSQL, or another database that gives each connection a place of its own."""

    rank: ClassVar[int] = 50
    kind: Literal["database"]
    max_connections: Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)] = Field(
        description="Connections the database accepts"
    )
    reserved: WholeConnections = default(
        3,
        "superuser_reserved_connections, PostgreSQL 15 documentation, 20.3.1",
        kind=Kind.VENDOR,
        description="Connections kept for superusers and the platform",
    )
    cores: Cores | None = Field(default=None, description="Cores of the primary")
    replicas: Annotated[Estimate, Amount("replica", whole=True)] = default(
        0, "none declared", description="Read replicas of the primary's size"
    )
    read_share: Fraction = default(
        "80 %",
        "a read-heavy application",
        low="50 %",
        high="95 %",
        description="Share of the query load that replicas can take",
    )

    memory: Bytes | None = Field(default=None, description="Memory of the primary")
    shared_memory: Fraction = default(
        "25 %",
        "the usual shared_buffers; PostgreSQL documentation, 20.4.1",
        low="15 %",
        high="40 %",
        description="Share of the memory for shared buffers",
    )
    backend_memory: Bytes = default(
        "3 MB",
        "PSS of a backend in use on PostgreSQL 15.18; 1.3 MB idle, often quoted as 10 MB",
        kind=Kind.MEASURED,
        low="1.3 MB",
        high="10 MB",
        description="Memory one connection takes",
    )
    replay_time: Seconds = default(
        "100 µs",
        "one small transaction replayed by the single replay process; measure your own",
        low="20 µs",
        high="500 µs",
        description="Time a replica takes to replay one write",
    )
    replica_delay: Seconds = default(
        "10 ms", "flush and network in one region", low="1 ms", high="100 ms",
        description="Lag of an idle replica",
    )  # fmt: skip
    lag_within: PositiveSeconds | None = Field(
        default=None, description="Greatest lag at which reads from replicas are still right"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Count the connections that arrive, and the cores that the queries keep busy."""
        arriving = arriving_connections(demand, demand.busy_connections())
        constraints = [
            Constraint(
                name,
                "connections",
                arriving,
                self.usable(),
                PastLimit.REJECT,
                "a transaction pooler, smaller pools, or a larger compute size",
            )
        ]
        if self.memory is not None:
            constraints.append(self._memory(name, arriving, self.memory))
        if self.lag_within is not None and value_at(self.replicas) > 0:
            constraints.append(self._lag(name, demand, self.lag_within))
        if self.cores is not None and demand.queries:
            wanted = total(
                "cores the queries keep busy",
                "core",
                {
                    f"{activity} queries": derive(
                        f"{activity} query CPU",
                        "core",
                        compute.cpu_cores_needed,
                        request_rate=rate,
                        cpu_time=demand.work[activity].query_cpu,
                    )
                    for activity, rate in demand.queries.items()
                },
            )
            busy = derive(
                "cores busy on the primary",
                "core",
                compute.primary_load,
                load=wanted,
                read_share=self.read_share,
                replicas=self.replicas,
            )
            constraints.append(
                Constraint(
                    name,
                    "cpu",
                    busy,
                    self.cores,
                    PastLimit.QUEUE,
                    "indexes, a cache, replicas for reads, or a larger compute size",
                )
            )
        return demand, constraints

    def _memory(self, name: str, arriving: Node, limit: Node) -> Constraint:
        taken = derive(
            "connections taken",
            "connection",
            admitted_at_cap,
            arrivals=arriving,
            cap=self.usable(),
        )
        used = total(
            "memory in use",
            "byte",
            {
                "shared buffers": derive(
                    "shared buffers", "byte", multiplied, count=limit, each=self.shared_memory
                ),
                "connections": derive(
                    "memory of connections",
                    "byte",
                    multiplied,
                    count=taken,
                    each=self.backend_memory,
                ),
            },
        )
        remedy = "fewer connections through a pooler, or a larger compute size"
        return Constraint(name, "memory", used, limit, PastLimit.CRASH, remedy)

    def _lag(self, name: str, demand: Demand, within: Node) -> Constraint:
        writes = derive(
            "writes",
            "query/s",
            origin_rate,
            request_rate=total("queries", "query/s", demand.queries),
            hit_ratio=self.read_share,
        )
        lag = derive(
            "replica lag",
            "s",
            replication.replication_lag,
            write_rate=writes,
            replay_time=self.replay_time,
            delay=self.replica_delay,
        )
        remedy = "fewer or larger writes, reads that must be fresh from the primary"
        return Constraint(name, "replica lag", lag, within, PastLimit.DEGRADE, remedy)

    def usable(self) -> Node:
        """Return the connections that are not reserved. [connection]"""
        return derive(
            "usable connections",
            "connection",
            connections.usable_connections,
            limit=self.max_connections,
            reserved=self.reserved,
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Refuse the connections that do not fit: there is no queue at this door."""
        wanted = connections_at_once(wave)
        if wanted is None:
            return wave, ()
        usable = self.usable()
        refused = derive(
            "connections refused",
            "connection",
            refused_at_cap,
            arrivals=wanted,
            cap=usable,
        )
        verdict, lost = turned_away(refused, wanted)
        words = (
            f"{show(value_at(wanted), 'connection')} wanted at once, "
            f"{show(value_at(usable), 'connection')} usable: "
            f"{show(value_at(refused), 'connection')} refused"
        )
        return wave, [Outcome(name, verdict, words, {"refused": refused, "share refused": lost})]
