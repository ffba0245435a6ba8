"""
A burst or a flood of requests at the app servers.

Pools and processes serve in a row, so the slower one sets the pace. What has no
connection when patience ends has failed; those that hold one then are still served.
A burst comes once and drains; a flood goes on, and what exceeds the pace is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planning.flow.demand import Wave
from planning.flow.work import Work
from planning.models.data.caching import origin_rate
from planning.models.queueing import burst
from planning.models.queueing.caps import refused_at_cap
from planning.models.servers import autoscaling, latency
from planning.numbers.nodes import Node, derive, value_at
from planning.numbers.units import show
from planning.parts.base import Outcome, SurgeVerdict, turned_away

if TYPE_CHECKING:
    from planning.parts.app import App, Autoscaling
    from planning.workload.workload import Workload


def request_burst(
    part: App, name: str, workload: Workload, wave: Wave, requests: Node, work: Work
) -> Iterator[Outcome]:
    """Yield how many requests are served, fail and for how long; nothing where they are no work."""
    resting = part.at_rest()
    pool = resting.pool()
    inside = resting.parallelism() if pool is None else pool
    rate = _pace(resting, work, wave)
    if rate is None:
        return
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
        f"{show(value_at(served), 'request')}{_of(wave)} served within "
        f"{show(value_at(drain), 's')}, {show(value_at(failed), 'request')} failed after waiting "
        f"{patience} ({places}, {show(value_at(rate), 'request/s')})"
    )
    numbers = {"served": served, "failed": failed, "drain": drain, "share failed": lost}
    if part.autoscaling is not None:
        full = _full_size(part.processes, part.autoscaling)
        numbers["full size after"] = full
        words += f"; all processes run only after {show(value_at(full), 's')}"
    yield Outcome(name, verdict, words, numbers)


def request_flood(part: App, name: str, wave: Wave, rate: Node, work: Work) -> Iterator[Outcome]:
    """Yield what share of requests that keep arriving is lost, once all processes run."""
    pace = _pace(part, work, wave)
    if pace is None:
        return
    excess = derive("requests past the pace", "request/s", refused_at_cap, arrivals=rate, cap=pace)
    verdict, lost = turned_away(excess, rate)
    words = (
        f"{show(value_at(rate), 'request/s')}{_of(wave)} arrive, "
        f"{show(value_at(pace), 'request/s')} are carried: "
        f"{show(value_at(lost), 'fraction')} are lost"
    )
    yield Outcome(name, verdict, words, {"arriving": rate, "carried": pace, "share lost": lost})


def _of(wave: Wave) -> str:
    return f" ({wave.activity})" if wave.activity else ""


def _full_size(wanted: Node, scaling: Autoscaling) -> Node:
    return derive(
        "time to full size",
        "s",
        autoscaling.time_to_instances,
        wanted=wanted,
        start_instances=scaling.least,
        step=scaling.step,
        reaction=scaling.reaction,
        cool_down=scaling.cool_down,
    )


def _pace(part: App, work: Work, wave: Wave) -> Node | None:
    """Return the requests per second that pools and processes carry; None for no work."""
    steps: Node = work.queries
    if wave.hit_ratio is not None:
        steps = derive(
            "queries past the cache",
            "query",
            origin_rate,
            request_rate=work.queries,
            hit_ratio=wave.hit_ratio,
        )
    hold = derive(
        "connection time per request",
        "s",
        latency.sequential_time,
        steps=steps,
        step_time=work.query_time,
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
            ("pools", part.pool(), hold),
            ("processes", part.parallelism(), work.cpu_time),
        )
        if servers is not None and value_at(held) > 0
    ]
    if len(paces) < 2:
        return paces[0] if paces else None
    return derive(
        "requests carried", "request/s", burst.bottleneck_rate, rate=paces[0], other_rate=paces[1]
    )
