"""
How long a service takes to answer, and what its pool and its threads hold meanwhile.

Response time is the sum of waiting for a thread, waiting for a core, computing, and the
calls — each with its wait for a connection of the pool, or answered by a cache.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from planning.flow.constraint import PastLimit
from planning.flow.flows import Answer, Edge, Flow, Resource, apart
from planning.models.networks import layers
from planning.models.servers import connections, latency
from planning.numbers.nodes import Node, asked, derive, least, most, product, quotient, total
from planning.parts import service_limits
from planning.parts.dealing import Dealt
from planning.parts.places import Held, Places, take

if TYPE_CHECKING:
    from planning.parts.service_fields import ServiceFields
    from planning.parts.station import Station

_ONE = asked(1.0, "ratio", "one")
_ONE_PROCESS = asked(1.0, "process", "a fraction of a core is a slower one")
_AT_ONCE = asked(0.0, "s", "what a cache answers waits for no connection")
_POOL = "a larger pool, or shorter or fewer queries: it waits for a connection"
_RESPONSE = (
    "what it waits for longest: more cores, a larger pool, faster or fewer or parallel queries"
)


class Responses:
    """
    The responses of one service, from what it calls upwards.

    Parameters
    ----------
    part : ServiceFields
        Its fields.
    at : Station
        What arrives, and what it has sent on.
    """

    def __init__(self, part: ServiceFields, at: Station) -> None:
        self.part, self.at = part, at
        self.cores = part.parallelism(at)
        self.causes = part.cpu_causes(at)
        self.pools: dict[str | None, Places] = {}

    def say(self) -> None:
        """Limit the pool, answer each request, and limit threads and response times."""
        at = self.at
        self._fill_pools()
        flows = at.flows("request")
        answers = {id(flow): self._answer(flow) for flow in flows}
        waits = self._threads(flows, answers)
        for flow in flows:
            answer = answers[id(flow)]
            if waits is not None:
                answer = _after_thread(waits, answer)
            if flow.response is not None:
                # Users who wait for the answer: their number says how long they do.
                answer = replace(answer, time=flow.response)
            objective = self._objective(flow)
            if objective is not None:
                at.limit(
                    f"{flow.cause} response", answer.time, objective, PastLimit.SLOW, _RESPONSE,
                    alone=answer.idle,
                )  # fmt: skip
            at.answer(flow, answer)

    def _objective(self, flow: Flow) -> Node | None:
        """Return the response time that the users of a request accept, where anybody says. [s]"""
        activity = self.at.workload.activities.get(flow.cause.removesuffix(" at once"))
        # Users wait for the part that they enter; what that calls has a time of its own.
        entered = any(edge.flow is flow and edge.call is None for edge in self.at.arriving)
        if entered and activity is not None and activity.response_objective is not None:
            return activity.response_objective
        return self.part.response_objective

    def _fill_pools(self) -> None:
        """Let queries hold connections, a pool per database that is called."""
        part, at = self.part, self.at
        pool = part.pool(at)
        if pool is None:
            return
        pooled = [edge for edge in at.sent if edge.flow.pooled and edge.to]
        goals = dict.fromkeys(self._goal(edge) for edge in pooled)
        for goal in goals:
            held = [
                Held(edge.flow, at.past_caches(edge), at.below(edge))
                for edge in pooled
                if self._goal(edge) == goal
            ]
            name = f"connections of {at.name} to {goal}"
            places = take("connections", "connection", held, pool, part.pool_wait_limit, name=name)
            self.pools[goal] = places
            at.limit(
                "pool" if len(goals) == 1 else f"pool of {goal}",
                places.busy, pool, PastLimit.QUEUE, _POOL,
                patience=part.pool_wait_limit, places=pool, search=places.search,
            )  # fmt: skip
            if part.pool_full_share is not None:
                full = derive(
                    "share that finds every connection taken", "fraction", connections.pool_full,
                    busy=places.busy, servers=pool, wait_limit=part.pool_wait_limit,
                    arrival_rate=total("connections taken per second", "1/s",
                                       {each.flow.words: each.rate for each in held}),
                )  # fmt: skip
                at.limit(
                    "full pool" if len(goals) == 1 else f"full pool of {goal}",
                    full, part.pool_full_share, PastLimit.SLOW, _POOL,
                )  # fmt: skip
            at.scene.pools.setdefault(at.name, {})[goal] = places.busy

    def _goal(self, edge: Edge) -> str | None:
        """Return the part at which the connection of a query ends, past caches and poolers."""
        return self.at.scene.graph.end(self.at.name, edge.flow)

    def _answer(self, flow: Flow) -> Answer:
        """Return how long one request takes once it has a thread."""
        at = self.at
        edges = [edge for edge in at.sent if edge.call is not None and at.caused(edge, flow)]
        steps = {f"{_called(edge)}": self._step(edge) for edge in edges}
        idle = {f"{_called(edge)}": self._step(edge, idle=True) for edge in edges}
        slow, calm = dict(steps), dict(idle)
        if flow.visit.cpu is not None:
            wait = self._core_wait()
            slow = {"wait for a core": wait, "computing": flow.visit.cpu, **steps}
            calm = {"computing": flow.visit.cpu, **idle}
        if flow.visit.time is not None:
            slow["other time"] = calm["other time"] = flow.visit.time
        return Answer(
            total(f"{flow.cause} response time", "s", slow),
            total(f"{flow.cause} response time without waiting", "s", calm),
            self._resources(flow, edges),
            self._failed(edges),
        )

    def _resources(self, flow: Flow, edges: list[Edge]) -> dict[str, Resource]:
        """Return what one request waits for once it has a thread, one after the other."""
        found: dict[str, Resource] = {}
        if flow.visit.cpu is not None:
            cpu = f"CPU of {self.at.name}"
            found[cpu] = Resource(self.cpu_in_use, self.cores, frozenset([cpu]))
        for edge in edges:
            places = self.pools.get(self._goal(edge)) if edge.flow.pooled else None
            found |= self.at.below(edge).resources if places is None else places.resources
        return apart(found)

    @cached_property
    def cpu_in_use(self) -> Node:
        """Utilisation of the cores, one node for all requests. [ratio]"""
        busy = total("cores busy", "core", self.causes)
        return quotient("CPU in use", "ratio", busy=busy, cores=self.cores)

    def _core_wait(self) -> Node:
        part = self.part
        computed = [f for f in self.at.flows("request") if f.visit.cpu is not None]
        computed += [] if part.sockets is None else part.sockets.work(self.at)
        busy = total("cores busy", "core", self.causes)
        rate = total("requests that compute", "request/s", {f.words: f.rate for f in computed})
        wait = derive(
            "wait for a core", "s", connections.pool_wait,
            busy=busy, arrival_rate=rate, servers=self.cores, wait_limit=part.pool_wait_limit,
        )  # fmt: skip
        if part.dispatch == "shared":
            return wait
        running = {"at least one": _ONE_PROCESS, "running": part.running(self.at)}
        dealt = Dealt(part.dispatch, most("processes that run at once", "process", running))
        return dealt.waits("wait for a core", busy, rate, self.cores, part.pool_wait_limit, wait)

    def _step(self, edge: Edge, *, idle: bool = False) -> Node:
        """Return the time of all calls of one request over an edge, with their waits. [s]"""
        answer = self.at.below(edge)
        places = self.pools.get(self._goal(edge)) if edge.flow.pooled else None
        time: Node = answer.idle if idle else answer.time
        if places is None or idle:
            return self._all(edge, time)
        served = self._all(edge, places.time(answer))
        waited = self._all(edge, places.wait, hit=_AT_ONCE)
        # Who has waited for the limit in all gives up: no answer is a sum of time-outs.
        within = least("wait for connections", "s", waits=waited, limit=self.part.pool_wait_limit)
        return total(
            "queries with their waits", "s", {"wait for connections": within, "queries": served}
        )

    def _all(self, edge: Edge, step: Node, hit: Node | None = None) -> Node:
        """Return a time that every call of one request takes, over all of them. [s]"""
        answer, call = self.at.below(edge), edge.call
        if answer.hits is not None:
            step = derive(
                "query, from cache or not",
                "s",
                latency.page_time,
                steps=_ONE,
                hit_ratio=answer.hits,
                hit_time=hit or answer.hit_time,
                miss_time=step,
            )
        return derive(
            f"all {edge.flow.carrier} calls of one request",
            "s",
            latency.parallel_time,
            steps=call.count if call else _ONE,
            step_time=step,
            width=call.parallel if call else _ONE,
        )

    def _failed(self, edges: list[Edge]) -> Node | None:
        """Return the share of requests that give up waiting for a connection. [fraction]"""
        shares = {
            _called(edge): derive(
                "requests that give up waiting",
                "fraction",
                layers.any_failed,
                failed=self.pools[self._goal(edge)].failed,
                steps=edge.call.count,
            )
            for edge in edges
            if edge.call is not None and edge.flow.pooled and self._goal(edge) in self.pools
        }
        return most("requests that give up waiting", "fraction", shares) if shares else None

    def _threads(self, flows: list[Flow], answers: dict[int, Answer]) -> Places | None:
        """Hold a thread for every response; None where requests need none."""
        part, at = self.part, self.at
        if part.threads is None or not flows:
            return None
        there = product(
            "threads of all processes", "thread", processes=part.at_rest(at), threads=part.threads
        )
        held = [Held(flow, flow.rate, answers[id(flow)]) for flow in flows]
        dealt = None if part.dispatch == "shared" else Dealt(part.dispatch, part.at_rest(at))
        places = take(
            "threads", "thread", held, there, part.thread_wait_limit,
            name=f"threads of {at.name}", dealt=dealt,
        )  # fmt: skip
        remedy = "more threads or processes, shorter responses, or calls that do not hold a thread"
        at.limit(
            "threads", places.busy, there, PastLimit.QUEUE, remedy,
            patience=part.thread_wait_limit, places=there, search=places.search,
        )  # fmt: skip
        service_limits.limit_zone_less(part, at, "threads", places.busy, there, remedy)
        return places


def _after_thread(places: Places, answer: Answer) -> Answer:
    time = total(
        "response with its wait for a thread",
        "s",
        {"wait for a thread": places.wait, "response": places.time(answer)},
    )
    return Answer(time, answer.idle, places.resources, places.failed)


def _called(edge: Edge) -> str:
    return f"{edge.flow.words} at {edge.to}" if edge.flow.bound_for else edge.flow.words
