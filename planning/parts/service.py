"""
A service: processes on cores that answer requests by calling other parts.

A single-threaded process uses one core, so processes and cores are both needed; a pool of
connections is per process, so their number multiplies it; a thread is held for the whole
response, waiting for others included. What a request meets::

    request ─▶ (a thread) ─▶ a core ─▶ calls, one after the other:
                                         a connection of the pool ─▶ database
                                         another service, a queue, a store …
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Flow
from planning.models.queueing import retries, staffing
from planning.models.servers import autoscaling, connections
from planning.numbers.nodes import Node, derive, most, product, quotient, rounded_up, total
from planning.parts import service_limits, service_memory
from planning.parts.service_fields import ServiceFields
from planning.parts.service_response import Responses

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload


class Service(ServiceFields):
    """Servers that run an application."""

    order: ClassVar[int] = 30
    takes: ClassVar[tuple[str, ...]] = (
        "request", "transaction", "stream", "socket", "message", "join",
    )  # fmt: skip
    gives: ClassVar[tuple[str, ...]] = (
        "query", "operation", "job", "record", "request", "connection",
    )  # fmt: skip
    kind: Literal["service"]

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return the memory of open sockets, where nobody says how much there is."""
        if self.memory is None and at.flows("socket"):
            return "its open sockets", "memory"
        if self.peers is not None and self.peers.thread_limit is None and at.arriving:
            return "the threads for its peers", "peers.thread_limit"
        if self.sockets is None and at.flows("message", "join"):
            return "the messages of its sockets", "sockets"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Answer requests: CPU per request, and what each asks of others.

        Takes requests, transactions, streams, sockets and what is written to them. Gives queries,
        operations, jobs and requests. Limits CPU and a crowd's handshakes: past either they queue.
        Source: utilisation law, Denning & Buzen 1978, doi:10.1145/356733.356735.
        """
        for flow in at.flows("request"):
            for call in self.calls_of(flow):
                at.call(flow, call, pooled=self.pool_size is not None and at.connects(call))
        for edge in at.arriving:
            if edge.flow.carrier == "transaction":
                at.forward(edge, carrier="query", pooled=self.pool_size is not None)
        causes = self.cpu_causes(at)
        if causes:
            cores = self.parallelism(at)
            usable = product(
                "cores to plan with", "core", cores=cores, busy_share=self.target_utilisation
            )
            busy = total("cores busy", "core", causes)
            remedy = "more processes on more cores, or less work per request"
            at.limit(
                "cpu", busy, usable, PastLimit.QUEUE, remedy,
                patience=self.pool_wait_limit, places=cores,
                search=partial(self._cores_needed, at, busy),
            )  # fmt: skip
            service_limits.limit_zone_less(self, at, "cpu", busy, usable, remedy)
            if self.autoscaling is not None:
                self.autoscaling.limit_growth(
                    at, busy, cores, self.all_processes(), self.target_utilisation,
                    self.pool_wait_limit,
                )  # fmt: skip
            self.limit_credits(
                at, busy, self.over_all("cores of all replicas", self.cores),
                self.over_all("credits of all replicas", self.credits),
            )  # fmt: skip
            if self.sockets is not None:
                self.sockets.limit(at, busy, usable)

    def _cores_needed(self, at: Station, busy: Node) -> Node:
        """Return how many cores, with a process each, are as busy as planned. [core]"""
        wanted: Node = quotient("cores wanted", "core", busy=busy, share=self.target_utilisation)
        wanted = self.wanted_of(at, wanted, self.all_cores(at))
        law = self.scaling_law()
        if law is None:
            return rounded_up("cores needed", "core", wanted=wanted)
        return derive("cores needed", "core", staffing.processes_for_speedup, speedup=wanted, **law)

    def times(self, at: Station) -> None:
        """
        Add up the response: a thread, a core, and each call with its wait for a connection.

        Limits the pool, the threads and the mean response time. Past the pool or the threads
        requests queue, and give up after the wait limit. Source: Baccelli & Hébuterne 1981 for
        the waits, Franks et al. 2009 (layered queueing) for what a slow callee holds,
        doi:10.1109/TSE.2008.74.
        """
        Responses(self, at).say()
        self._storm(at)

    def stocks(self, at: Station) -> None:
        """
        Count the memory in use and the connections that the pools open.

        Gives connections. Limits memory, heap and open files: past them a process ends or refuses.
        """
        service_memory.limit(self, at)
        service_limits.limit(self, at)
        if self.autoscaling is not None and at.crowd is not None:
            at.numbers["full size after"] = derive(
                "time to full size",
                "s",
                autoscaling.time_to_instances,
                wanted=self.all_processes(),
                start_instances=self.autoscaling.least,
                step=self.autoscaling.step,
                reaction=self.autoscaling.reaction,
                cool_down=self.autoscaling.cool_down,
            )
        if self.pool_size is None:
            return
        full = self.most_connections(at)
        for goal, busy in at.scene.pools.get(at.name, {}).items():
            opened = derive(
                "connections the pools open",
                "connection",
                connections.opened_connections,
                busy=self._wanted(at, busy),
                processes=self.at_rest(at),
                pool_warm=self.pool_warm,
                pool_size=self.pool_size,
            )
            at.send(Flow("connection", f"pools of {at.name}", opened, bound_for=goal, most=full))

    def _wanted(self, at: Station, busy: Node) -> Node:
        """Return the connections in use; a crowd wants one for each of its requests at once."""
        crowd = [flow.at_once for flow in at.flows("request") if flow.at_once is not None]
        if not crowd:
            return busy
        there = {f"at once {index}": node for index, node in enumerate(crowd)}
        return most("connections wanted", "connection", {"in use": busy, **there})

    def _storm(self, at: Station) -> None:
        """Limit the load from which retries keep an overload alive that began by accident."""
        pool = self.pool(at)
        sent = [edge.flow for edge in at.sent if edge.flow.carrier == "query"]
        if self.retries is None or pool is None or not sent:
            return
        held = total(
            "connections in use without waiting",
            "connection",
            {
                flow.words: product(flow.words, "connection", rate=flow.rate, time=flow.visit.time)
                for flow in sent
                if flow.visit.time is not None
            },
        )
        rate = total("queries", "query/s", {flow.words: flow.rate for flow in sent})
        mean = derive(
            "mean time of a query", "s", connections.mean_hold_time, busy=held, arrival_rate=rate
        )
        limit = derive(
            "queries/s from which retries feed on themselves",
            "query/s",
            retries.safe_arrival_rate,
            service_time=mean,
            servers=pool,
            retries=self.retries,
        )
        past = total(
            "queries past the cache",
            "query/s",
            {edge.flow.words: at.past_caches(edge) for edge in at.sent
             if edge.flow.carrier == "query"},
        )  # fmt: skip
        remedy = "fewer retries, a retry budget, or a shorter wait before a query fails"
        at.limit("retry storm", past, limit, PastLimit.DEGRADE, remedy)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find memory that nothing takes, and a scaling law read past where it was measured."""
        yield from super().findings(name, workload)
        yield from self._past_measured(name)
        stated = (self.memory_base, self.memory_per_process, self.memory_per_user)
        sockets = workload.live_at(name) is not None or workload.following is not None
        if self.memory is not None and not sockets and all(each is None for each in stated):
            yield Finding(
                name,
                Severity.LOW,
                "its memory is stated, but not what takes it: memory is not modelled",
                "say memory_per_process and memory_per_user",
            )

    def _past_measured(self, name: str) -> Iterable[Finding]:
        """Find more processes that work at once than the scaling law was measured with."""
        measured = self.scaling_measured_to
        if measured is None:
            return
        copies = 1.0 if self.replicas is None else self.replicas.value
        used = copies * min(self.processes.value, self.cores.value)
        if used > measured.value:
            yield Finding(
                name,
                Severity.MEDIUM,
                f"its contention and coherency were measured with up to {measured.value:g} "
                f"processes, and {used:g} work at once: what the scaling law says of them is a "
                "guess (of published tests, read so, it was a third to twice too high)",
                "measure with as many processes as there are, and fit the law anew",
            )
