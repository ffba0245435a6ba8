"""
The database: connections it accepts, and cores that run the queries.

A connection past ``max_connections`` is refused at once; there is no queue. Some
are reserved for superusers and the platform, so fewer are usable than printed. Queries
wait for a core, and while they wait they keep the connection that they came on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.flows import Answer, Flow, Resource
from planning.models.networks import layers
from planning.models.servers import compute, round_trips
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    product,
    quotient,
    rounded_up,
    total,
)
from planning.numbers.program import smallest
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Bytes,
    Cores,
    Fraction,
    PositiveSeconds,
    Seconds,
    WholeConnections,
    default,
)
from planning.parts import replica_lag
from planning.parts.arriving import arriving
from planning.parts.engines import Engine
from planning.parts.machine import Machine, QueryReadings
from planning.parts.replicas import limit_most, most_arriving

if TYPE_CHECKING:
    from planning.parts.station import Station

_ALL = asked(1.0, "fraction", "all queries")


class Database(Engine, Machine):
    """PostgreSQL, or another database that gives each connection a place of its own."""

    order: ClassVar[int] = 50
    takes: ClassVar[tuple[str, ...]] = ("query", "transaction", "connection")
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
    replicas: Annotated[Estimate, Amount("replica", whole=True)] | None = Field(
        default=None, description="Read replicas of the primary's size; none where not given"
    )
    read_share: Fraction = default(
        "80 %",
        "a read-heavy application",
        low="50 %",
        high="95 %",
        description="Share of the queries that replicas can take, where a call states no `writes`",
    )

    round_trip_cpu: Seconds | None = Field(
        default=None,
        description="CPU of one round trip beside that of its queries (`query_cpu`): about 10 µs, "
        "and up to 40 µs more where each wakes a sleeping core; not told apart if not given",
    )
    queries_per_round_trip: AtLeastOne = default(
        1, "one by one", description="Queries sent together: pipelined, or several statements"
    )

    cpu_readings: QueryReadings | None = Field(
        default=None,
        description="CPU read at two loads, in place of `idle_share`: what the queries do not "
        "explain is what the machine does anyway",
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

    @model_validator(mode="after")
    def _sent_together(self) -> Database:
        if "queries_per_round_trip" in self.model_fields_set and self.round_trip_cpu is None:
            raise ValueError("`queries_per_round_trip` needs `round_trip_cpu`: of what is it less?")
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return how many queries are sent together, where a round trip costs nothing."""
        none = (
            frozenset[str]()
            if self.round_trip_cpu is not None
            else frozenset({"queries_per_round_trip"})
        )
        return super().idle_fields() | none

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return the CPU of its queries, where nobody says how many cores there are."""
        costs = any(flow.visit.cpu is not None for flow in at.flows("query", "transaction"))
        if self.cores is None and costs:
            return "the CPU of its queries", "cores"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Run queries on the cores of the primary; replicas take their share of the reads.

        Takes queries and transactions. Limits CPU (past it queries queue) and replica lag (past it
        reads are stale). Source: utilisation law, Denning & Buzen 1978,
        doi:10.1145/356733.356735.
        """
        if self.replicas is not None and self.lag_within is not None:
            self._lag(at, self.lag_within, at)
        self.limit_writes(at)
        if self.cores is not None and (busy := self._busy(at)) is not None:
            remedy = "indexes, a cache, replicas for reads, or a larger compute size"
            needed = rounded_up("cores needed", "core", busy=self.wanted_of(at, busy, self.cores))
            there = self.worth(at, self.cores, self.cores)
            at.limit("cpu", busy, there, PastLimit.QUEUE, remedy, needed=needed)
            self.limit_credits(at, busy, self.cores, self.credits)

    def times(self, at: Station) -> None:
        """
        Let queries wait for a core: no more than the usable connections are ever inside.

        Source of the wait: M/M/c/K, Gross & Harris, Fundamentals of Queueing Theory.
        """
        busy = self._busy(at) if self.cores is not None else None
        if busy is None or self.cores is None:
            return
        cores = self.worth(at, self.cores, self.cores)
        rates = {
            flow.words: self._on_primary(flow, flow.rate, flow.words, "query/s")
            for flow in self._computed(at)
        }
        wait = derive(
            "wait for a core of the database",
            "s",
            layers.place_wait,
            busy=busy,
            arrival_rate=total("queries on the primary", "query/s", rates),
            servers=cores,
            places=self.usable(),
        )
        used = quotient("CPU of the database in use", "ratio", busy=busy, cores=cores)
        cpu = f"CPU of {at.name}"
        for flow in at.flows("query", "transaction"):
            idle = at.answer_to(flow).idle
            time = total("query at the database", "s", {"without waiting": idle, "wait": wait})
            at.answer(flow, Answer(time, idle, {cpu: Resource(used, cores, frozenset([cpu]))}))

    def stocks(self, at: Station) -> None:
        """
        Count connections and the memory they take.

        Takes connections. Limits connections (refused past it) and memory (past it the kernel
        ends the server).
        """
        if self.replica_of is not None and self.lag_within is not None:
            self._lag(at, self.lag_within, at.scene.stations[self.replica_of])
        there = self.of_busiest("connections", arriving(at))
        remedy = "a transaction pooler, smaller pools, or a larger compute size"
        usable = self.usable()
        # The more are inside, the longer each waits for a core, and the more the pools open.
        search = partial(smallest, there, usable, self.max_connections, self.reserved)
        at.limit("connections", there, usable, PastLimit.REJECT, remedy, search=search)
        limit_most(at, "connections", most_arriving(at, "connections"), usable)
        if self.memory is None:
            return
        taken = least("connections taken", "connection", arriving=there, usable=usable)
        buffers = product(self.buffers, "byte", memory=self.memory, share=self.shared_memory)
        backends = product(
            "memory of connections", "byte", connections=taken, each=self.backend_memory
        )
        used = total("memory in use", "byte", {self.buffers: buffers, "connections": backends})
        remedy = "fewer connections through a pooler, or a larger compute size"
        at.limit("memory", used, self.memory, PastLimit.CRASH, remedy)

    def _computed(self, at: Station) -> list[Flow]:
        """Return the flows whose CPU is stated."""
        return [each for each in at.flows("query", "transaction") if each.visit.cpu is not None]

    def _busy(self, at: Station) -> Node | None:
        """Return the cores that queries keep busy on the primary; None where no CPU is stated."""
        causes = {
            flow.words: self._on_primary(
                flow,
                product(
                    f"{flow.cause} query CPU", "core",
                    **{flow.words: flow.rate, "CPU of each": self._with_round_trip(flow.visit.cpu)},
                ),
                f"{flow.cause} query CPU",
                "core",
            )
            for flow in self._computed(at)
            if flow.visit.cpu is not None
        }  # fmt: skip
        return total("cores busy on the primary", "core", causes) if causes else None

    def _with_round_trip(self, cpu: Node) -> Node:
        """Return the CPU of a query with its share of a round trip, where that is stated. [s]"""
        if self.round_trip_cpu is None:
            return cpu
        return derive(
            "CPU of a query and its round trip", "s", round_trips.query_cpu_with_round_trip,
            query_cpu=cpu, round_trip_cpu=self.round_trip_cpu,
            queries_per_round_trip=self.queries_per_round_trip,
        )  # fmt: skip

    def _on_primary(self, flow: Flow, load: Node, words: str, unit: str) -> Node:
        """Return what replicas leave of a load, on the busiest shard. [`unit`]"""
        load = self.of_busiest(words, load)
        if self.replicas is None:
            return load
        return derive(
            f"{words} on the primary",
            unit,
            compute.primary_load,
            load=load,
            read_share=self._reads(flow),
            replicas=self.replicas,
        )

    def _reads(self, flow: Flow) -> Node:
        if flow.visit.writes is None:
            return self.read_share
        return difference("reads", "fraction", all=_ALL, writes=flow.visit.writes)

    def _lag(self, at: Station, within: Node, primary: Station) -> None:
        """Limit how far what replays the writes of `primary` is behind."""
        replica_lag.limit(
            at, within, primary=primary, of_busiest=self.of_busiest,
            read_share=getattr(primary.part, "read_share", self.read_share),
            replay_time=self.replay_time, delay=self.replica_delay,
        )  # fmt: skip

    def usable(self) -> Node:
        """Return the connections that are not reserved. [connection]"""
        return difference(
            "usable connections", "connection", limit=self.max_connections, reserved=self.reserved
        )
