"""
How far the read replicas of a database are behind.

Every write of the primary is replayed by one process of each replica. It is a queue of its own:
full long before the CPU is, and then the lag grows for as long as the writes go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from planning.flow.constraint import PastLimit
from planning.models.data import replication
from planning.numbers.nodes import Node, asked, derive, difference, product, total

if TYPE_CHECKING:
    from planning.parts.station import Station

_ALL = asked(1.0, "fraction", "all queries")
_VARIED = asked(1.0, "ratio", "replay times that vary as exponential ones do")


def limit(
    at: Station,
    within: Node,
    *,
    read_share: Node,
    replay_time: Node,
    delay: Node,
    of_busiest: Callable[[str, Node], Node],
    primary: Station,
) -> None:
    """
    Limit the lag of replicas: every write is replayed, whatever a cache answers of reads.

    One process replays, so its busy time is writes × replay time; past 1 the lag grows for as
    long as the writes go on (Newell, Applications of Queueing Theory, 1982, ch. 2). The writes are
    those that arrive at `primary`, where the replica is a part of its own.
    """
    writes = {
        flow.words: product(
            f"{flow.cause} writes", "query/s",
            queries=flow.origin or flow.rate,
            writes=flow.visit.writes
            or difference("writes", "fraction", all=_ALL, reads=read_share),
        )
        for flow in primary.flows("query", "transaction")
    }  # fmt: skip
    rate = of_busiest("writes", total("writes", "query/s", writes))
    lag = derive(
        "replica lag",
        "s",
        replication.replication_lag,
        write_rate=rate,
        replay_time=replay_time,
        delay=delay,
        replay_scv=_VARIED,
    )
    at.tell(
        product("replay busy", "ratio", writes=rate, replay_time=replay_time),
        derive(
            "lag gained per second", "ratio", replication.lag_growth,
            write_rate=rate, replay_time=replay_time,
        ),
    )  # fmt: skip
    remedy = "fewer or larger writes, reads that must be fresh from the primary"
    at.limit("replica lag", lag, within, PastLimit.DEGRADE, remedy)
