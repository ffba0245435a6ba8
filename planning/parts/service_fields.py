"""What a service has: processes, cores, threads, pools, memory, and how they scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.flows import Most
from planning.models.servers import scaling
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, least, product, quotient
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Cores,
    Fraction,
    PositiveFraction,
    PositiveSeconds,
    Processes,
    Ratio,
    default,
)
from planning.parts.autoscaling import Autoscaling
from planning.parts.burstable import Burstable
from planning.parts.dealing import Dispatch
from planning.parts.process_fields import ProcessFields
from planning.parts.replicas import Replicated
from planning.parts.socket_costs import SocketCosts

if TYPE_CHECKING:
    from planning.parts.station import Station

_NONE = asked(0.0, "fraction", "none is stated")

PoolSize = Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)]


class ServiceFields(ProcessFields, Burstable, Replicated):
    """What a file may say of a service, and what follows from it before anything flows."""

    processes: Processes = Field(description="Server processes over all hosts, or of one replica")
    cores: Cores = Field(description="Cores over all hosts, or of one replica")
    threads: Annotated[Estimate, Amount("thread", at_least=1.0, whole=True)] | None = Field(
        default=None,
        description="Threads of one process, each held for a whole response; none where a process "
        "takes up any number of requests (async)",
    )
    thread_wait_limit: PositiveSeconds = default(
        "30 s", "the usual time-out of a proxy is 60 s; half of it is left for the answer",
        low="5 s", high="60 s", description="Longest wait of a request for a thread",
    )  # fmt: skip
    dispatch: Dispatch = Field(
        default="shared",
        description="How requests reach the processes. `shared`: one queue, whoever is idle takes "
        "the next (gunicorn sync workers, threads of one process). Where a process is given "
        "requests while it is busy (async workers, SO_REUSEPORT, a balancer), they wait for it "
        "although others are idle: `random` (SO_REUSEPORT, a hash), `round_robin` (Node cluster), "
        "`least_connections`",
    )
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
        "10 s", "a common setting", description="Longest wait for a connection of the pool, or "
        "for a core",
    )  # fmt: skip
    pool_full_share: PositiveFraction | None = Field(
        default=None,
        description="Share of calls that may find every connection of the pool taken, so that they "
        "wait or fail: a pool that is half empty in the mean is full now and then; not limited if "
        "not given",
    )
    response_objective: PositiveSeconds | None = Field(
        default=None, description="Mean response time that must not be exceeded"
    )
    memory: Bytes | None = Field(
        default=None, description="Memory over all hosts, or of one replica"
    )
    memory_base: Bytes | None = Field(default=None, description="Memory before the first process")
    memory_per_process: Bytes | None = Field(
        default=None, description="Memory of one process without users"
    )
    memory_per_user: Bytes | None = Field(
        default=None, description="Memory one concurrent user adds"
    )
    memory_per_stream: Bytes = default(
        "20 kB",
        "socket, TLS and buffers of an open stream or WebSocket; 11 to 30 kB measured",
        low="10 kB",
        high="30 kB",
        description="Memory one open stream or socket adds",
    )
    sockets: SocketCosts | None = Field(
        default=None,
        description="CPU of the sockets that it holds itself: handshakes, heartbeats, writes; "
        "their memory is `memory_per_stream`",
    )
    memory_per_connection: Bytes | None = Field(
        default=None, description="Memory per pooled connection"
    )
    memory_per_room: Bytes | None = Field(
        default=None, description="Memory of one event's cached data"
    )
    contention: Fraction | None = Field(
        default=None, description="Share of work that runs one at a time (USL)"
    )
    coherency: Fraction | None = Field(default=None, description="Cost of agreeing (USL)")
    scaling_measured_to: Processes | None = Field(
        default=None,
        description="Most processes at which `contention` and `coherency` were measured: with more "
        "of them that work at once the law is a guess, and a finding says so",
    )
    retries: Ratio | None = Field(default=None, description="Most further tries of a failed query")
    autoscaling: Autoscaling | None = Field(
        default=None, description="Processes are started as load comes; none: all are there"
    )

    @model_validator(mode="after")
    def _measured_of_something(self) -> Self:
        law = self.contention is not None or self.coherency is not None
        if self.scaling_measured_to is not None and not law:
            raise ValueError("`scaling_measured_to` needs `contention` or `coherency`.")
        return self

    def pool(self, at: Station) -> Node | None:
        """Return the connections of all processes' pools; None without a pool. [connection]"""
        if self.pool_size is None:
            return None
        return product(
            "connections in all pools", "connection",
            processes=self.at_rest(at), pool_size=self.pool_size,
        )  # fmt: skip

    def at_rest(self, at: Station) -> Node:
        """Return the processes there are: those before scaling out, where a crowd comes."""
        if self.autoscaling is None or at.crowd is None:
            return self.all_processes()
        return self.autoscaling.least

    def all_processes(self) -> Node:
        """Return the processes of all replicas, or over all hosts. [process]"""
        return self.over_all("processes of all replicas", self.processes)

    def most_connections(self, at: Station) -> Most | None:
        """Return the connections that full pools hold, at rest and while deploying."""
        pool = self.pool(at)
        if pool is None or self.pool_size is None:
            return None
        processes = self.while_deploying("old and new processes", self.processes)
        deploying = None
        if processes is not None:
            deploying = product(
                "connections of old and new pools", "connection",
                processes=processes, pool_size=self.pool_size,
            )  # fmt: skip
        return Most(pool, deploying, stated=self.replicas is not None)

    def parallelism(self, at: Station) -> Node:
        """Return the cores that the processes can use, less what they lose to each other. [core]"""
        running = self.running(at)
        worth = self.worth(at, running, self.all_cores(at))
        law = self.scaling_law()
        if law is None:
            return worth
        name = "cores' worth of throughput"
        speedup = derive(name, "core", scaling.usl_speedup, processes=running, **law)
        if worth is running:
            return speedup
        share = quotient("worth of each", "ratio", worth=worth, running=running)
        return product(f"{name}, as they are worth", "core", speedup=speedup, worth=share)

    def scaling_law(self) -> dict[str, Node] | None:
        """Return contention and coherency, the one not stated as none; None without either."""
        if self.contention is None and self.coherency is None:
            return None
        return {
            "contention": _NONE if self.contention is None else self.contention,
            "coherency": _NONE if self.coherency is None else self.coherency,
        }

    def running(self, at: Station) -> Node:
        """Return the processes that can run at once: a core each. [core]"""
        return least(
            "cores the processes use", "core",
            processes=self.at_rest(at), cores=self.all_cores(at),
        )  # fmt: skip

    def all_cores(self, at: Station) -> Node:
        """Return the cores of all replicas, of those before scaling out where a crowd comes."""
        cores = self.over_all("cores of all replicas", self.cores)
        if self.autoscaling is not None and at.crowd is not None:
            share = quotient(
                "share of the processes", "ratio", running=self.autoscaling.least,
                later=self.all_processes(),
            )  # fmt: skip
            cores = product("cores before scaling out", "core", cores=cores, share=share)
        return cores

    def cpu_causes(self, at: Station) -> dict[str, Node]:
        """Return the cores that requests and open streams keep busy, by cause. [core]"""
        causes: dict[str, Node] = {}
        for flow in at.flows("request", "stream"):
            if flow.visit.cpu is not None:
                words = f"{flow.cause} requests" if flow.carrier == "request" else flow.cause
                causes[words] = product(
                    f"{flow.cause} CPU", "core",
                    **{words: flow.rate, "CPU of each": flow.visit.cpu},
                )  # fmt: skip
        return causes if self.sockets is None else causes | self.sockets.causes(at)
