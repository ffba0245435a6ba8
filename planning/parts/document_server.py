"""
A document store on a server of its own (MongoDB): its cache, its tickets, its memory.

Documents and indexes that are in use live in a cache of half the memory; what is not there comes
from the disk. Each connection takes memory beside the cache, and so many operations run at the
same time as there are tickets::

    memory 4 GB = cache 1.5 GB  +  connections × 1 MB  +  what is left for files and the system
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Resource
from planning.models.data import document_stores
from planning.models.servers import connections
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, derive, least, product, quotient, total
from planning.numbers.quantities import Amount, Bytes, PositiveSeconds, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_CARRIERS = ("operation", "query", "transaction")
_OF_MEMORY = ("cache", "working_set", "working_set_per_user", "connection_memory")


class DocumentServer(Part):
    """What a file may say of the server that a document store runs on."""

    memory: Bytes | None = Field(default=None, description="Memory of the server (MongoDB)")
    cache: Bytes | None = Field(
        default=None,
        description="Cache of the storage engine; half the memory less 1 GiB if not given",
    )
    working_set: Bytes | None = Field(
        default=None, description="Documents and indexes in use, whatever the users"
    )
    working_set_per_user: Bytes | None = Field(
        default=None, description="Documents and indexes in use that one concurrent user adds"
    )
    connection_memory: Bytes = default(
        "1 MB", "MongoDB manual, production notes: up to 1 MB of RAM for each connection",
        kind=Kind.VENDOR, low="200 kB", high="1 MB", description="Memory one connection takes",
    )  # fmt: skip
    tickets: Annotated[Estimate, Amount("operation", at_least=1.0, whole=True)] | None = Field(
        default=None,
        description="Operations at the same time in the storage engine (MongoDB: 128 reads and "
        "128 writes at most); not modelled if not given",
    )
    wait_limit: PositiveSeconds = default(
        "30 s", "a usual time-out of a client", low="5 s", high="2 min",
        description="Longest wait of an operation for a ticket",
    )  # fmt: skip

    @model_validator(mode="after")
    def _memory_of_a_server(self) -> Self:
        stated = [name for name in _OF_MEMORY if name in self.model_fields_set]
        if self.memory is None and stated:
            raise ValueError(f"`{stated[0]}` needs `memory`: it is a part of it.")
        if self.tickets is None and "wait_limit" in self.model_fields_set:
            raise ValueError("`wait_limit` needs `tickets`: it is the wait for one.")
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return what means nothing where no memory or no tickets are stated."""
        idle = set() if self.memory is not None else set(_OF_MEMORY)
        return super().idle_fields() | idle | (set() if self.tickets else {"wait_limit"})

    def times(self, at: Station) -> None:
        """
        Let operations wait for a ticket where their number is stated.

        Limits operations at the same time: past the tickets they queue, and give up after the wait
        limit. Source of the wait: M/M/c, Baccelli & Hébuterne 1981; of the tickets: MongoDB manual,
        WiredTiger storage engine, transaction concurrency.
        """
        flows = at.flows(*_CARRIERS)
        if self.tickets is None or not flows:
            return
        own = {id(flow): at.answer_to(flow).idle for flow in flows}
        busy = total(
            "operations in the engine", "operation",
            {
                flow.words: product(
                    f"{flow.cause} operations at the same time", "operation",
                    **{flow.words: flow.rate, "time of each": own[id(flow)]},
                )
                for flow in flows
            },
        )  # fmt: skip
        rate = total("operations", "operation/s", {flow.words: flow.rate for flow in flows})
        wait = derive(
            "wait for a ticket", "s", connections.pool_wait, busy=busy, arrival_rate=rate,
            servers=self.tickets, wait_limit=self.wait_limit,
        )  # fmt: skip
        remedy = "indexes, shorter operations, or shards"
        at.limit(
            "tickets", busy, self.tickets, PastLimit.QUEUE, remedy,
            patience=self.wait_limit, places=self.tickets,
        )  # fmt: skip
        used = quotient("tickets in use", "ratio", busy=busy, tickets=self.tickets)
        engine = f"tickets of {at.name}"
        resources = {engine: Resource(used, self.tickets, frozenset([engine]))}
        for flow in flows:
            time = total("time of an operation", "s",
                         {"waiting": wait, "running": own[id(flow)]})  # fmt: skip
            at.answer(flow, Answer(time, own[id(flow)], resources))

    def limit_memory(self, at: Station, there: Node, most: Node | None) -> None:
        """
        Limit what is in use by the cache, and cache and connections by the memory.

        Past the cache operations read from the disk; past the memory the kernel ends the server.
        Nothing where no memory is stated.

        Parameters
        ----------
        at : Station
            Where.
        there : Node
            Connections that arrive. [connection]
        most : Node or None
            Connections that the tier accepts. [connection]
        """
        if self.memory is None:
            return
        cache: Node = self.cache or derive(
            "cache of the storage engine", "byte", document_stores.storage_cache,
            memory=self.memory,
        )  # fmt: skip
        used: dict[str, Node] = {}
        if self.working_set is not None:
            used["of all"] = self.working_set
        if self.working_set_per_user is not None:
            used["of users"] = product(
                "in use by users", "byte", users=at.workload.present(at.users, at.crowd),
                each=self.working_set_per_user,
            )  # fmt: skip
        if used:
            remedy = "more memory, smaller indexes, or shards"
            in_use = total("documents and indexes in use", "byte", used)
            at.limit("working set", in_use, cache, PastLimit.DEGRADE, remedy, needed=in_use)
        if most is not None:
            there = least("connections taken", "connection", arriving=there, accepted=most)
        held = product("memory of connections", "byte", connections=there,
                       each=self.connection_memory)  # fmt: skip
        whole = total("memory in use", "byte", {"cache": cache, "connections": held})
        remedy = "fewer connections, a smaller cache, or a larger tier"
        at.limit("memory", whole, self.memory, PastLimit.CRASH, remedy)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find memory whose use nobody states."""
        stated = (self.working_set, self.working_set_per_user)
        if self.memory is not None and all(each is None for each in stated):
            yield Finding(
                name, Severity.LOW,
                "its memory is stated, but not the documents and indexes in use: whether they fit "
                "its cache is not modelled",
                "say `working_set`, or `working_set_per_user`",
            )  # fmt: skip
