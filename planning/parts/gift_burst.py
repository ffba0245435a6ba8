"""
A burst of gifts to one receiver, by the way gifts are written down.

A fluid queue in front of the row: while the clock runs the row serves at its crowded
rate, and those that already wait inside when patience ends are served as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.models.data import ledger
from planning.models.queueing import burst, contention
from planning.models.queueing.caps import admitted_at_cap, refused_at_cap
from planning.models.servers.connections import multiplied
from planning.numbers.nodes import Node, asked, derive, value_at
from planning.numbers.units import show
from planning.parts.base import Outcome, SurgeVerdict, turned_away

if TYPE_CHECKING:
    from planning.parts.gifts import Gifts
    from planning.workload.workload import Workload


def written(part: Gifts, name: str, workload: Workload, gifts: Node) -> Outcome:
    """Return what happens where each gift (or batch) is a transaction on the hot row."""
    transactions = part.transactions(gifts)
    waiting = derive(
        "connections waiting",
        "connection",
        admitted_at_cap,
        arrivals=transactions,
        cap=part.waiters,
    )
    rate = derive(
        "transactions one crowded row carries",
        "transaction/s",
        contention.crowded_throughput,
        hold_time=part.hold(),
        convoy=part.convoy,
        waiters=waiting,
    )
    done = derive(
        "transactions served",
        "transaction",
        burst.served,
        arrivals=transactions,
        service_rate=rate,
        inside=part.waiters,
        wait_limit=part.wait_limit,
    )
    served = derive("gifts served", "gift", multiplied, count=done, each=part.batch_size)
    failed = derive("gifts failed", "gift", refused_at_cap, arrivals=gifts, cap=served)
    drain = derive("drain time", "s", burst.drain_time, served=done, service_rate=rate)
    verdict, lost = turned_away(failed, gifts)
    if verdict is SurgeVerdict.CRASH:
        verdict = SurgeVerdict.FAIL  # the row is busy; the rest of the system is not down
    if verdict is SurgeVerdict.STABLE and value_at(drain) > value_at(workload.lag_after):
        verdict = SurgeVerdict.LAG
    words = (
        f"{_many(served)} served, {_many(failed)} failed after waiting "
        f"{show(value_at(part.wait_limit), 's')}; the row is busy for "
        f"{show(value_at(drain), 's')} ({show(value_at(rate), 'transaction/s')} on one row)"
    )
    return Outcome(
        name,
        verdict,
        words,
        {
            "served": served,
            "failed": failed,
            "drain": drain,
            "share failed": lost,
            "row rate": rate,
        },
    )


def buffered(part: Gifts, name: str, gifts: Node) -> Outcome:
    """Return what happens where gifts add up in a buffer that is flushed."""
    stale = derive("mean staleness", "s", ledger.mean_staleness, interval=part.flush_interval)
    at_risk = derive(
        "gifts at risk",
        "gift",
        multiplied,
        count=gifts,
        each=asked(1.0, "ratio", "a burst falls into one flush interval"),
    )
    words = (
        f"buffered and written as one sum per receiver every "
        f"{show(value_at(part.flush_interval), 's')}: balances are "
        f"{show(value_at(stale), 's')} old on average, {_many(at_risk)} lost if the buffer dies"
    )
    return Outcome(name, SurgeVerdict.STABLE, words, {"staleness": stale, "at risk": at_risk})


def posted(part: Gifts, name: str, workload: Workload, gifts: Node) -> Outcome:
    """Return what happens where gifts become ledger entries that a job posts."""
    rate = part.posting_rate()
    if not part.scheduled:
        words = f"{_many(gifts)} accepted and none ever posted: the posting job is not scheduled"
        return Outcome(name, SurgeVerdict.FAIL, words, {"posting rate": rate})
    stale = derive("mean staleness", "s", ledger.mean_staleness, interval=part.post_interval)
    drain = derive("time until posted", "s", burst.drain_time, served=gifts, service_rate=rate)
    late = value_at(stale) > value_at(workload.lag_after)
    words = (
        f"accepted at once; posted every {show(value_at(part.post_interval), 's')}, balances "
        f"{show(value_at(stale), 's')} old on average, all posted after "
        f"{show(max(value_at(drain), value_at(part.post_interval)), 's')}"
    )
    return Outcome(
        name,
        SurgeVerdict.LAG if late else SurgeVerdict.STABLE,
        words,
        {"staleness": stale, "drain": drain, "posting rate": rate},
    )


def _many(node: Node) -> str:
    return show(value_at(node), node.unit)
