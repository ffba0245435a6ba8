"""
How long requests take at the app servers.

Response time is the sum of waiting for a process, computing, and the queries — each
with its wait for a connection of the pool, or answered by a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.flow.demand import Demand
from planning.models.servers import connections, latency
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.parts.base import Constraint, PastLimit

if TYPE_CHECKING:
    from planning.parts.app import App

_SHORT_WAIT = 1e-3  # [s] below it queueing is not what makes a response slow


def responses(part: App, name: str, demand: Demand, busy: Node) -> list[Constraint]:
    """Return a constraint per kind of request: its mean response time against the objective."""
    if part.response_objective is None:
        return []
    cpu_wait = derive(
        "wait for a process",
        "s",
        connections.pool_wait,
        busy=part.cores_busy(demand),
        arrival_rate=total("all requests", "request/s", demand.requests),
        pool_size=part.parallelism(),
        wait_limit=part.pool_wait_limit,
    )
    pool_wait = _pool_wait(part, demand, busy)
    return [
        Constraint(
            name,
            f"{activity} response",
            _response(demand, activity, cpu_wait, pool_wait),
            part.response_objective,
            PastLimit.SLOW,
            _remedy(cpu_wait, pool_wait),
        )
        for activity in demand.requests
        if activity not in demand.elsewhere
    ]


def _pool_wait(part: App, demand: Demand, busy: Node) -> Node:
    pool = part.pool()
    if pool is None:
        return asked(0.0, "s", "no pool is declared, so no wait for one")
    rates = dict(demand.queries)
    if demand.transactions is not None:
        rates["gift transactions"] = demand.transactions
    return derive(
        "wait for a connection",
        "s",
        connections.pool_wait,
        busy=busy,
        arrival_rate=total("all transactions", "query/s", rates),
        pool_size=pool,
        wait_limit=part.pool_wait_limit,
    )


def _response(demand: Demand, name: str, cpu_wait: Node, pool_wait: Node) -> Node:
    work = demand.work[name]
    step: Node = derive(
        "query with its wait",
        "s",
        latency.response_time,
        wait=pool_wait,
        service_time=work.query_time,
    )
    if name in demand.hits and demand.hit_time is not None:
        step = derive(
            "query, from cache or not",
            "s",
            latency.page_time,
            steps=asked(1.0, "ratio", "one step"),
            hit_ratio=demand.hits[name],
            hit_time=demand.hit_time,
            miss_time=step,
        )
    queries = derive(
        "all queries of one request",
        "s",
        latency.parallel_time,
        steps=work.queries,
        step_time=step,
        width=work.parallel,
    )
    return total(
        f"{name} response time",
        "s",
        {"wait for a process": cpu_wait, "computing": work.cpu_time, "queries": queries},
    )


def _remedy(cpu_wait: Node, pool_wait: Node) -> str:
    """Return what helps against the longest wait: a cache does nothing for a full CPU."""
    waits = value_at(cpu_wait), value_at(pool_wait)
    if max(waits) < _SHORT_WAIT:
        return "faster or parallel queries, a cache, or fewer queries per request"
    if waits[0] >= waits[1]:
        return "more processes on more cores, or less work per request: it waits for the CPU"
    return "a larger pool, or shorter or fewer queries: it waits for a connection"
