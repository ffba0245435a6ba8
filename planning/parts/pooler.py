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

from planning.flow.demand import Demand, Wave, arriving_connections, connections_at_once
from planning.models.queueing import burst
from planning.models.queueing.caps import admitted_at_cap, refused_at_cap
from planning.models.servers import connections, latency, pooling
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, total, value_at
from planning.numbers.quantities import Amount, Processes, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict, turned_away

if TYPE_CHECKING:
    from planning.workload.workload import Workload

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
    processes: Processes = default(
        1, "PgBouncer uses one core per process", description="Pooler processes"
    )
    peak_rate: Annotated[Estimate, Amount("query/s", above=0.0)] | None = Field(
        default=None, description="Queries one process carries with few clients"
    )
    half_clients: Annotated[Estimate, Amount("connection", above=0.0)] = default(
        10700,
        "fit of PgBouncer with 50 to 2,000 clients, pgdog.dev; another machine gives 44,000",
        low=5000,
        high=44000,
        description="Connected clients at which it carries half as much",
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Take the clients, open server connections for those who need one."""
        busy = demand.busy_connections()
        clients = arriving_connections(demand, busy)
        wanted = clients if self.mode == "session" else busy
        opened = derive(
            "server connections",
            "connection",
            connections.server_connections,
            wanted=wanted,
            pool_size=self.pool_size,
        )
        constraints = [
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
        if self.peak_rate is not None:
            constraints.append(self._throughput(name, demand, clients, self.peak_rate))
        return replace(demand, held=None, opened=opened), constraints

    def _throughput(self, name: str, demand: Demand, clients: Node, peak_rate: Node) -> Constraint:
        """Return the queries it passes on: fewer, the more clients are connected."""
        carried = derive(
            "queries the pooler carries",
            "query/s",
            multiplied,
            count=derive(
                "queries one process carries",
                "query/s",
                pooling.pooler_throughput,
                clients=clients,
                peak_rate=peak_rate,
                half_clients=self.half_clients,
            ),
            each=self.processes,
        )
        rate = total("queries", "query/s", demand.queries)
        remedy = "more pooler processes, or fewer connected clients"
        return Constraint(name, "queries", rate, carried, PastLimit.QUEUE, remedy)

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Refuse clients past the limit; queue the rest for a server connection."""
        wanted = connections_at_once(wave)
        if wanted is None:
            return wave, ()
        refused = derive(
            "clients refused",
            "connection",
            refused_at_cap,
            arrivals=wanted,
            cap=self.max_clients,
        )
        admitted = derive(
            "clients admitted",
            "connection",
            admitted_at_cap,
            arrivals=wanted,
            cap=self.max_clients,
        )
        opened = derive(
            "server connections",
            "connection",
            connections.server_connections,
            wanted=admitted,
            pool_size=self.pool_size,
        )
        verdict, lost = turned_away(refused, wanted)
        numbers: dict[str, Node] = {"refused": refused, "admitted": admitted, "share refused": lost}
        words = (
            f"{show(value_at(wanted), 'connection')} wanted at once, at most "
            f"{show(value_at(self.max_clients), 'connection')}: "
            f"{show(value_at(refused), 'connection')} refused"
        )
        work = wave.work
        if work is not None and value_at(work.query_time) * value_at(work.queries) > 0:
            hold = derive(
                "connection time per client",
                "s",
                latency.sequential_time,
                steps=work.queries,
                step_time=work.query_time,
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
        return replace(wave, requests=None, connections=opened), [
            Outcome(name, verdict, words, numbers)
        ]
