"""
A hot row: many users write to the row of one receiver.

Three ways of writing gifts down: at once (the row lock is the limit), into a buffer
that is flushed (few writes, stale balances, a loss window), or into a ledger that a
scheduled job posts (no hot row, a backlog where the job is missing or too slow).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Flow, Visit
from planning.models.queueing import contention
from planning.numbers.nodes import (
    Derived,
    Node,
    asked,
    derive,
    difference,
    least,
    product,
    quotient,
)
from planning.parts.hot_row_fields import HotRowFields

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ONE = asked(1.0, "transaction", "one at a time")
_ALL = asked(1.0, "fraction", "every gift is a write")
_HALF = asked(0.5, "ratio", "the mean of a wait for the next run that is uniform")
_WRITE = asked(1.0, "transaction", "one write per receiver and flush, however many gifts")


class HotRow(HotRowFields):
    """The transaction that moves coins, and how it is written down."""

    order: ClassVar[int] = 20
    takes: ClassVar[tuple[str, ...]] = ("gift",)
    gives: ClassVar[tuple[str, ...]] = ("transaction",)
    kind: Literal["hot_row"]

    def rates(self, at: Station) -> None:
        """
        Write gifts down: transactions for the database, and the row that all of them wait for.

        Takes gifts. Gives transactions, which hold connections while they wait. Limits what one
        row carries, what all rows carry, and what the job posts: past each, gifts queue. Source:
        measured, see :mod:`planning.models.queueing.contention`.
        """
        for flow in at.flows("gift"):
            at.tell(*([flow.rate] if isinstance(flow.rate, Derived) else []), self.hold())
            if self.mode == "write_behind":
                self._buffered(at, flow)
            else:
                self._written(at, flow)

    def _buffered(self, at: Station, flow: Flow) -> None:
        self._flushes(at)
        if flow.at_once is not None:
            at.numbers["at risk"] = flow.at_once
            at.numbers["staleness"] = product(
                "mean staleness", "s", half=_HALF, flush_interval=self.flush_interval
            )

    def _written(self, at: Station, flow: Flow) -> None:
        transactions = self.transactions(flow.rate)
        visit = Visit(self.duration(), self.transaction_cpu, writes=_ALL)
        at.send(Flow("transaction", flow.cause, transactions, visit, at_once=flow.at_once))
        if self.mode == "ledger":
            self._spread(at, transactions)
            self._posting(at, flow)
            return
        gifting = at.workload.gifting
        popular: Node = transactions
        if flow.at_once is None and gifting is not None:
            popular = product(
                "gift transactions to the most popular receiver", "transaction/s",
                transactions=transactions, share_of_the_first=gifting.top_share,
            )  # fmt: skip
            self._wait_in_line(at, popular)
        self._row(at, popular, flow)
        self._spread(at, transactions)

    def _wait_in_line(self, at: Station, popular: Node) -> None:
        """Send on what waits for the row: it holds connections and does nothing."""
        crowded = derive(
            "row held with waiters",
            "s",
            contention.crowded_hold_time,
            arrival_rate=popular,
            hold_time=self.hold(),
            convoy=self.convoy,
            waiter_limit=self.waiters,
        )
        wait = derive(
            "lock wait",
            "s",
            contention.lock_wait,
            arrival_rate=popular,
            crowded_hold_time=crowded,
            waiter_limit=self.waiters,
        )
        most_wait = quotient("wait with every waiter", "s", waiters=self.waiters, rate=popular)
        time = least("wait for the row", "s", wait=wait, with_every_waiter=most_wait)
        visit = Visit(time, writes=_ALL)
        at.send(Flow("transaction", "gifts waiting for a row", popular, visit))

    def _row(self, at: Station, popular: Node, flow: Flow) -> None:
        waiters: Node = self.waiters
        if flow.at_once is not None:
            there = self.transactions(flow.at_once)
            waiters = least("connections waiting", "connection", come=there, places=self.waiters)
        ceiling = derive(
            "transactions one row carries with every waiter there may be",
            "transaction/s",
            contention.crowded_throughput,
            hold_time=self.hold(),
            convoy=self.convoy,
            waiters=waiters,
        )
        if flow.at_once is not None:
            at.numbers["row rate"] = ceiling
        # Below it the row recovers from any crowd; above it a burst may leave a queue that stays.
        remedy = "one stored-procedure call, hot rows last, or batching per receiver"
        places = product("gifts inside", "gift", waiters=self.waiters, gifts_each=self.batch_size)
        self._queue(at, "on one receiver's row", popular, ceiling, remedy, places)

    def _spread(self, at: Station, transactions: Node) -> None:
        carried = least(
            "transactions over all rows", "transaction/s",
            by_connections=quotient(
                "transactions that all connections carry", "transaction/s",
                connections=self.waiters, time_held=self.duration(),
            ),
            by_cpu=self.transactions(self.cpu_limit),
        )  # fmt: skip
        remedy = "more connections for gifts, batching, or a larger database"
        self._queue(at, "over all receivers", transactions, carried, remedy, self.waiters)

    def _flushes(self, at: Station) -> None:
        writes = quotient(
            "flushes per receiver", "transaction/s",
            write=_WRITE, flush_interval=self.flush_interval,
        )  # fmt: skip
        ceiling = quotient(
            "transactions one row carries", "transaction/s", one=_ONE, row_held=self.hold()
        )
        what = "flushes of one receiver's row"
        self._queue(at, what, writes, ceiling, "flush less often", self.waiters)

    def _posting(self, at: Station, flow: Flow) -> None:
        remedy = "schedule the job, run it more often, or post more per run"
        rate = self.posting_rate()
        self._queue(at, "posted by the job", flow.rate, rate, remedy, None)
        if flow.at_once is not None:
            at.numbers["posting rate"] = rate
            if self.scheduled:
                stale = product("mean staleness", "s", half=_HALF, post_interval=self.post_interval)
                at.numbers["staleness"] = stale
                remedy = "post more often"
                at.limit("staleness", stale, at.workload.lag_after, PastLimit.SLOW, remedy)

    def _queue(
        self, at: Station, what: str, load: Node, limit: Node, remedy: str, places: Node | None
    ) -> None:
        """Limit a rate, past which a backlog grows; a busy row is no crash of the rest."""
        backlog = difference("backlog growth", load.unit, arriving=load, carried=limit)
        patience = None if places is None else self.wait_limit
        at.limit(
            what, load, limit, PastLimit.QUEUE, remedy,
            backlog=backlog, patience=patience, places=places, worst=SurgeVerdict.FAIL,
        )  # fmt: skip

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find the job that nobody runs."""
        if self.mode == "ledger" and not self.scheduled:
            yield Finding(
                name,
                Severity.CRITICAL,
                "the job that posts gifts to balances is not scheduled: they never arrive",
                "schedule it, and alert when its backlog grows",
            )
