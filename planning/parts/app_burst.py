"""
A burst of requests at the app servers.

Pools and processes serve in a row, so the slower one sets the pace. What has no
connection when patience ends has failed; those that hold one then are still served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.models import burst, latency
from planning.models.caching import origin_rate
from planning.models.caps import refused_at_cap
from planning.parts.base import Outcome, SurgeVerdict, Wave, turned_away
from planning.trace import Node, derive, value_at
from planning.units import show

if TYPE_CHECKING:
    from planning.parts.app import App
    from planning.workload import Activity, Workload


def request_burst(
    part: App,
    name: str,
    workload: Workload,
    wave: Wave,
    requests: Node,
    activity: Activity,
) -> Outcome | None:
    """Return how many requests are served, fail and for how long; None where they are no work."""
    pool = part.pool()
    inside = part.parallelism() if pool is None else pool
    rate = _pace(part, activity, wave, pool)
    if rate is None:
        return None
    served = derive(
        "requests served",
        "request",
        burst.served,
        arrivals=requests,
        service_rate=rate,
        inside=inside,
        wait_limit=part.pool_wait_limit,
    )
    failed = derive("requests failed", "request", refused_at_cap, arrivals=requests, cap=served)
    drain = derive("drain time", "s", burst.drain_time, served=served, service_rate=rate)
    verdict, lost = turned_away(failed, requests)
    if verdict is SurgeVerdict.STABLE and value_at(drain) > value_at(workload.lag_after):
        verdict = SurgeVerdict.LAG
    patience = show(value_at(part.pool_wait_limit), "s")
    places = show(value_at(inside), inside.unit)
    words = (
        f"{show(value_at(served), 'request')} ({wave.activity}) served within "
        f"{show(value_at(drain), 's')}, {show(value_at(failed), 'request')} failed after waiting "
        f"{patience} ({places}, {show(value_at(rate), 'request/s')})"
    )
    numbers = {"served": served, "failed": failed, "drain": drain, "share failed": lost}
    return Outcome(name, verdict, words, numbers)


def _pace(part: App, activity: Activity, wave: Wave, pool: Node | None) -> Node | None:
    """Return the requests per second that pools and processes carry; None for no work."""
    steps: Node = activity.queries
    if wave.hit_ratio is not None:
        steps = derive(
            "queries past the cache",
            "query",
            origin_rate,
            request_rate=activity.queries,
            hit_ratio=wave.hit_ratio,
        )
    hold = derive(
        "connection time per request",
        "s",
        latency.sequential_time,
        steps=steps,
        step_time=activity.query_time,
    )
    paces = [
        derive(
            f"requests the {what} carry",
            "request/s",
            burst.full_service_rate,
            servers=servers,
            hold_time=held,
        )
        for what, servers, held in (
            ("pools", pool, hold),
            ("processes", part.parallelism(), activity.cpu_time),
        )
        if servers is not None and value_at(held) > 0
    ]
    if len(paces) < 2:
        return paces[0] if paces else None
    return derive(
        "requests carried", "request/s", burst.bottleneck_rate, rate=paces[0], other_rate=paces[1]
    )
