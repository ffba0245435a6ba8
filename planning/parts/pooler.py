"""
A connection pooler (PgBouncer, Supavisor) between clients and the database.

In session mode a client keeps a server connection as long as it is connected; in
transaction mode only while a transaction runs. Either way the pooler limits how
many clients may be connected, and adds no throughput to the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.flows import Answer, Flow, Most
from planning.models.servers import pooling
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, derive, least, product, quotient, rounded_up, total
from planning.numbers.quantities import Amount, Cores, PositiveSeconds, Processes, Ratio, default
from planning.parts.arriving import arriving
from planning.parts.base import Gate
from planning.parts.places import Held, take
from planning.parts.replicas import Replicated, limit_most, most_arriving

if TYPE_CHECKING:
    from planning.parts.station import Station

Places = Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)]


class Pooler(Gate, Replicated):
    """Lends server connections to clients."""

    order: ClassVar[int] = 40
    takes: ClassVar[tuple[str, ...]] = ("query", "transaction", "connection")
    gives: ClassVar[tuple[str, ...]] = ("query", "connection")
    kind: Literal["pooler"]
    mode: Literal["session", "transaction"] = Field(
        default="transaction", description="For how long a client keeps a server connection"
    )
    max_clients: Places = Field(description="Client connections it accepts, or one replica")
    pool_size: Places = Field(description="Server connections it opens at most, or one replica")
    wait_limit: PositiveSeconds = default(
        "120 s",
        "query_wait_timeout of PgBouncer, https://www.pgbouncer.org/config.html, 2026-11-26",
        kind=Kind.VENDOR,
        description="Longest wait of a client for a server connection",
    )
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

    cpu_per_query: PositiveSeconds | None = Field(
        default=None,
        description="CPU of the pooler for one query: 17 to 22 µs for PgBouncer, 38 to 48 µs for "
        "Odyssey, PgCat and pg_doorman (pgbench, one row, measured by pg_doorman's authors)",
    )
    queueing_cost: Ratio | None = Field(
        default=None,
        description="Further CPU of a query that finds no server connection free, over "
        "`cpu_per_query`: 0.4 for PgBouncer 1.25 with a pool of 40, 0.2 for 1.24 with one of 10, "
        "0.04 for PgDog; the same for every query if not given",
    )
    workers: Annotated[Estimate, Amount("thread", at_least=1.0, whole=True)] | None = Field(
        default=None,
        description="Threads of one process that work at once: Odyssey, PgCat, PgDog, Supavisor; "
        "none: one, as in PgBouncer",
    )
    own_cores: Cores | None = Field(
        default=None, description="Cores of its own; as many as processes if not given"
    )

    @model_validator(mode="after")
    def _cores_of_something(self) -> Pooler:
        for name in ("own_cores", "queueing_cost", "workers"):
            if getattr(self, name) is not None and self.cpu_per_query is None:
                raise ValueError(f"`{name}` needs `cpu_per_query`: what takes them?")
        return self

    def rates(self, at: Station) -> None:
        """
        Let queries through, on server connections that the pooler holds.

        Limits CPU where it is stated what a query takes: past it queries queue. A process uses one
        core, so processes and cores are both needed. Source: utilisation law, Denning & Buzen
        1978, doi:10.1145/356733.356735.
        """
        for edge in at.arriving:
            if edge.flow.carrier in ("query", "transaction"):
                at.forward(edge, pooled=True)
        if self.cpu_per_query is not None and self.queueing_cost is None:
            self._cpu(at, self.cpu_per_query)

    def _cpu(self, at: Station, each: Node) -> None:
        """Limit the CPU: a thread of a process uses one core, so both are needed."""
        if not at.flows("query", "transaction"):
            return
        busy = product(
            "cores the pooler keeps busy", "core",
            queries=at.rate("queries", "query", "transaction"), each=each,
        )  # fmt: skip
        there: dict[str, Node] = {"processes": self._processes()}
        if self.workers is not None:
            there = {
                "threads": product(
                    "threads of all processes", "thread", processes=self._processes(),
                    threads=self.workers,
                )
            }  # fmt: skip
        if self.own_cores is not None:
            there["cores"] = self.over_all("cores of all replicas", self.own_cores)
        usable = least("cores the pooler uses", "core", **there)
        remedy = "more pooler processes on more cores, or fewer queries"
        at.limit("cpu", busy, usable, PastLimit.QUEUE, remedy, places=usable)

    def times(self, at: Station) -> None:
        """
        Let queries wait for a server connection.

        Limits server connections in transaction mode: past them clients queue, and give up after
        the wait limit. In session mode whole sessions hold them, see :meth:`stocks`.
        """
        flows = at.flows("query", "transaction")
        if self.mode == "session" or not flows:
            for flow, behind in zip(flows, at.sent, strict=True):
                at.answer(flow, at.below(behind))
            return
        held = [
            Held(flow, flow.rate, at.below(behind))
            for flow, behind in zip(flows, at.sent, strict=True)
        ]
        name = f"connections of {at.name}"
        places = take("connections", "connection", held, self._pool(), self.wait_limit, name=name)
        self._server(at, places.busy, places.search)
        for each in held:
            time = total(
                "query through the pooler",
                "s",
                {"wait for a server connection": places.wait, "query": places.time(each.answer)},
            )
            answer = each.answer
            at.answer(each.flow, Answer(time, answer.idle, places.resources, places.failed))

    def stocks(self, at: Station) -> None:
        """
        Count the clients that are connected, and open server connections for them.

        Takes and gives connections. Limits clients (refused past it) and, where stated, the
        queries that the pooler's own CPU passes on, which fall with the clients connected; and
        CPU here, where what a query takes rises with those that wait.
        """
        clients = arriving(at)
        remedy = "a larger compute size, or fewer clients that stay connected"
        needed = rounded_up("clients needed", "connection", wanted=clients)
        places = self.over_all("clients of all replicas", self.max_clients)
        at.limit("clients", clients, places, PastLimit.REJECT, remedy, needed=needed)
        most = most_arriving(at, "clients")
        limit_most(at, "clients", most, places)
        wanted = at.scene.pools.get(at.name, {}).get(None, clients)
        if self.mode == "session":
            self._server(
                at, clients, partial(rounded_up, "connections needed", "connection", wanted=clients)
            )
            wanted = clients
        opened = least("server connections", "connection", wanted=wanted, pool_size=self._pool())
        cause = f"server connections of {at.name}"
        at.send(Flow("connection", cause, opened, most=self._most(most)))
        if self.peak_rate is not None:
            self._throughput(at, clients, self.peak_rate)
        if self.cpu_per_query is not None and self.queueing_cost is not None:
            each = derive(
                "CPU of a query, with so many under way", "s", pooling.pooled_query_cpu,
                clients=self._under_way(at, clients), cpu_per_query=self.cpu_per_query,
                pool_size=self._pool(), queueing_cost=self.queueing_cost,
                half_clients=self.half_clients,
            )  # fmt: skip
            self._cpu(at, each)

    def _under_way(self, at: Station, clients: Node) -> Node:
        """Return the clients whose query waits or runs, no more than are connected."""
        asking = total(
            "queries under way", "connection",
            {
                flow.words: product(
                    f"{flow.cause} under way", "connection",
                    rate=flow.rate, time=at.answer_to(flow).time,
                )
                for flow in at.flows("query", "transaction")
            },
        )  # fmt: skip
        if not at.flows("connection"):
            return asking
        return least("clients that ask", "connection", under_way=asking, connected=clients)

    def _server(self, at: Station, wanted: Node, search: Callable[[], Node]) -> None:
        at.scene.pools[at.name] = {None: wanted}
        remedy = "shorter transactions or a larger pool; for session mode, transaction mode"
        at.limit(
            "server connections", wanted, self._pool(), PastLimit.QUEUE, remedy,
            patience=self.wait_limit, places=self._pool(), search=search,
        )  # fmt: skip

    def _pool(self) -> Node:
        """Return the server connections of all replicas. [connection]"""
        return self.over_all("server connections of all replicas", self.pool_size)

    def _processes(self) -> Node:
        return self.over_all("pooler processes", self.processes)

    def _most(self, clients: Most | None) -> Most | None:
        """
        Return the server connections that it may open: its pools, and no more than its clients.

        Old and new replicas of its own run at once as those of its clients do. Where no client
        says how many replicas it runs, as many may come as it accepts. None where nobody says.
        """
        if clients is None and self.replicas is None:
            return None
        places = self.over_all("clients of all replicas", self.max_clients)
        bounds = {"accepted": places, "pools": self._pool()}
        if clients is not None:
            bounds["clients"] = clients.full
        full = least("server connections with full pools", "connection", **bounds)
        pools = self.while_deploying("server connections of old and new", self.pool_size)
        more = self.while_deploying("clients of old and new", self.max_clients)
        if pools is None and (clients is None or clients.deploying is None):
            return Most(full, stated=True)
        bounds |= {"accepted": more or places, "pools": pools or self._pool()}
        if clients is not None:
            bounds["clients"] = clients.deploying or clients.full
        deploying = least("server connections while deploying", "connection", **bounds)
        return Most(full, deploying, stated=True)

    def _throughput(self, at: Station, clients: Node, peak_rate: Node) -> None:
        each = derive(
            "queries one process carries",
            "query/s",
            pooling.pooler_throughput,
            clients=clients,
            peak_rate=peak_rate,
            half_clients=self.half_clients,
        )
        carried = product(
            "queries the pooler carries", "query/s", processes=self._processes(), each=each
        )
        remedy = "more pooler processes, or fewer connected clients"
        rate = at.rate("queries", "query", "transaction")
        processes = quotient("processes wanted", "process", queries=rate, of_each=each)
        needed = rounded_up("processes needed", "process", wanted=processes)
        at.limit("queries", rate, carried, PastLimit.QUEUE, remedy, needed=needed)
