"""
The database: connections it accepts, and cores that run the queries.

A connection past ``max_connections`` is refused at once; there is no queue. Some
are reserved for superusers and the platform, so fewer are usable than printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.estimate import Estimate, Kind
from planning.models import compute, connections
from planning.models.caps import refused_at_cap
from planning.parts.base import (
    Constraint,
    Demand,
    Outcome,
    Part,
    PastLimit,
    Wave,
    arriving_connections,
    turned_away,
)
from planning.quantities import Amount, Cores, Fraction, WholeConnections, default
from planning.trace import Node, derive, total, value_at
from planning.units import show

if TYPE_CHECKING:
    from planning.workload import Workload


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

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Count the connections that arrive, and the cores that the queries keep busy."""
        arriving = arriving_connections(demand, workload.busy_connections(demand))
        constraints = [
            Constraint(
                name,
                "connections",
                arriving,
                self._usable(),
                PastLimit.REJECT,
                "a transaction pooler, smaller pools, or a larger compute size",
            )
        ]
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
                        cpu_time=workload.activities[activity].query_cpu,
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

    def _usable(self) -> Node:
        return derive(
            "usable connections",
            "connection",
            connections.usable_connections,
            limit=self.max_connections,
            reserved=self.reserved,
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Refuse the connections that do not fit: there is no queue at this door."""
        if wave.connections is None:
            return wave, ()
        usable = self._usable()
        refused = derive(
            "connections refused",
            "connection",
            refused_at_cap,
            arrivals=wave.connections,
            cap=usable,
        )
        verdict, lost = turned_away(refused, wave.connections)
        words = (
            f"{show(value_at(wave.connections), 'connection')} wanted at once, "
            f"{show(value_at(usable), 'connection')} usable: "
            f"{show(value_at(refused), 'connection')} refused"
        )
        return wave, [Outcome(name, verdict, words, {"refused": refused, "share refused": lost})]
