"""
A connection pooler (PgBouncer, Supavisor) between clients and the database.

In session mode a client keeps a server connection as long as it is connected; in
transaction mode only while a transaction runs. Either way the pooler limits how
many clients may be connected, and adds no throughput to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.estimate import Estimate
from planning.models import burst, connections, latency
from planning.models.caps import admitted_at_cap, refused_at_cap
from planning.parts.base import (
    Constraint,
    Demand,
    Outcome,
    Part,
    PastLimit,
    SurgeVerdict,
    Wave,
    arriving_connections,
    turned_away,
)
from planning.quantities import Amount
from planning.trace import Node, derive, value_at
from planning.units import show

if TYPE_CHECKING:
    from planning.workload import Workload

Places = Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)]


class Pooler(Part):
    """Lends server connections to clients."""

    rank: ClassVar[int] = 40
    kind: Literal["pooler"]
    mode: Literal["session", "transaction"] = Field(
        default="transaction", description="For how long a client keeps a server connection"
    )
    max_clients: Places = Field(description="Client connections it accepts")
    pool_size: Places = Field(description="Server connections it opens at most")

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Take the clients, open server connections for those who need one."""
        busy = workload.busy_connections(demand)
        clients = arriving_connections(demand, busy)
        wanted = clients if self.mode == "session" else busy
        opened = derive(
            "server connections",
            "connection",
            connections.server_connections,
            wanted=wanted,
            pool_size=self.pool_size,
        )
        return replace(demand, held=None, opened=opened), [
            Constraint(
                name,
                "clients",
                clients,
                self.max_clients,
                PastLimit.REJECT,
                "a larger compute size, or fewer clients that stay connected",
            ),
            Constraint(
                name,
                "server connections",
                wanted,
                self.pool_size,
                PastLimit.QUEUE,
                "shorter transactions or a larger pool; for session mode, transaction mode",
            ),
        ]

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Refuse clients past the limit; queue the rest for a server connection."""
        if wave.connections is None:
            return wave, ()
        refused = derive(
            "clients refused",
            "connection",
            refused_at_cap,
            arrivals=wave.connections,
            cap=self.max_clients,
        )
        admitted = derive(
            "clients admitted",
            "connection",
            admitted_at_cap,
            arrivals=wave.connections,
            cap=self.max_clients,
        )
        opened = derive(
            "server connections",
            "connection",
            connections.server_connections,
            wanted=admitted,
            pool_size=self.pool_size,
        )
        verdict, lost = turned_away(refused, wave.connections)
        numbers: dict[str, Node] = {"refused": refused, "admitted": admitted, "share refused": lost}
        words = (
            f"{show(value_at(wave.connections), 'connection')} wanted at once, at most "
            f"{show(value_at(self.max_clients), 'connection')}: "
            f"{show(value_at(refused), 'connection')} refused"
        )
        activity = workload.activities.get(wave.activity or "")
        if activity is not None and value_at(activity.query_time) * value_at(activity.queries) > 0:
            hold = derive(
                "connection time per client",
                "s",
                latency.sequential_time,
                steps=activity.queries,
                step_time=activity.query_time,
            )
            rate = derive(
                "clients the pool carries",
                "connection/s",
                burst.full_service_rate,
                servers=self.pool_size,
                hold_time=hold,
            )
            drain = derive("drain time", "s", burst.drain_time, served=admitted, service_rate=rate)
            numbers["drain"] = drain
            words += f", the rest served within {show(value_at(drain), 's')}"
            if verdict is SurgeVerdict.STABLE and value_at(drain) > value_at(workload.lag_after):
                verdict = SurgeVerdict.LAG
        return replace(wave, connections=opened), [Outcome(name, verdict, words, numbers)]
