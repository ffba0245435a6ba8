"""
A hot row: many users write to the row of one receiver.

Three ways of writing gifts down: at once (the row lock is the limit), into a buffer
that is flushed (few writes, stale balances, a loss window), or into a ledger that a
scheduled job posts (no hot row, a backlog where the job is missing or too slow).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Flow, Visit
from planning.models.queueing import contention, spreading
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Derived,
    Node,
    asked,
    derive,
    difference,
    least,
    product,
    quotient,
    total,
)
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_PROBE = "pgbench on PostgreSQL 15.18, shared two-core machine: take the shape, measure your own"
_ONE = asked(1.0, "transaction", "one at a time")
_ALL = asked(1.0, "fraction", "every gift is a write")
_HALF = asked(0.5, "ratio", "the mean of a wait for the next run that is uniform")
_WRITE = asked(1.0, "transaction", "one write per receiver and flush, however many gifts")
# Fields that mean something in one way of writing only.
_OF_MODE = {
    "write_behind": ("flush_interval",),
    "ledger": ("scheduled", "post_interval", "post_batch"),
}


class HotRow(Part):
    """The transaction that moves coins, and how it is written down."""

    order: ClassVar[int] = 20
    takes: ClassVar[tuple[str, ...]] = ("gift",)
    gives: ClassVar[tuple[str, ...]] = ("transaction",)
    kind: Literal["hot_row"]
    mode: Literal["direct", "write_behind", "ledger"] = Field(
        default="direct", description="Written at once, buffered, or posted by a job"
    )
    statements: Annotated[Estimate, Amount("statement", at_least=1.0, whole=True)] = Field(
        description="Statements per gift, sent one by one before COMMIT"
    )
    hot_position: Annotated[Estimate, Amount("statement", at_least=1.0, whole=True)] = Field(
        description="Which of them is the first to touch the receiver's row"
    )
    stored_procedure: bool = Field(
        default=False, description="One call does it all: no round trips while the row is locked"
    )
    round_trip_time: Seconds = Field(description="Server to database and back")
    commit_flush: PositiveSeconds = default(
        "2 ms",
        _PROBE,
        kind=Kind.MEASURED,
        low="1 ms",
        high="6 ms",
        description="Write-ahead log reaching the disk",
    )
    statement_time: Seconds = default(
        "1 ms",
        _PROBE,
        kind=Kind.MEASURED,
        low="0.3 ms",
        high="3 ms",
        description="The statements' own time, as one call",
    )
    convoy: Seconds = default(
        "10 µs",
        "fit of 429, 439, 406, 332, 238 tps at 1, 2, 16, 64, 200 clients (9.6 µs); " + _PROBE,
        kind=Kind.MEASURED,
        low="5 µs",
        high="30 µs",
        description="Time each waiter adds to the lock's hand-over",
    )
    batch_size: Annotated[Estimate, Amount("gift", at_least=1.0, whole=True)] = default(
        1, "one transaction per gift", description="Gifts for one receiver per transaction"
    )
    transaction_cpu: Seconds = default(
        "0.5 ms",
        "two busy cores at 4,000 transactions a second; " + _PROBE,
        kind=Kind.MEASURED,
        low="0.05 ms",
        high="2 ms",
        description="CPU of the database per transaction",
    )
    cpu_limit: Annotated[Estimate, Amount("gift/s", above=0.0)] = default(
        "4000 gifts/s",
        _PROBE,
        kind=Kind.MEASURED,
        low="1000 gifts/s",
        high="40000 gifts/s",
        description="Gifts per second at which the database's CPU binds",
    )
    waiters: Annotated[Estimate, Amount("connection", at_least=1.0, whole=True)] = default(
        20, "the usual pool", description="Connections that may wait for the row at once"
    )
    wait_limit: PositiveSeconds = default(
        "8 s",
        "PostgREST's usual statement_timeout for signed-in users",
        low="5 s",
        high="30 s",
        description="Longest wait before a gift fails; a lock_timeout does not bound it",
    )
    flush_interval: PositiveSeconds = default(
        "5 s",
        "the usual choice",
        low="1 s",
        high="10 s",
        description="Write-behind: time between two flushes",
    )
    scheduled: bool = Field(default=True, description="Ledger: whether the posting job runs at all")
    post_interval: PositiveSeconds = default(
        "10 s", "the usual choice", description="Ledger: time between two runs of the job"
    )
    post_batch: Annotated[Estimate, Amount("gift", above=0.0)] = default(
        "1000 gifts", "the usual choice", description="Ledger: most entries posted per run"
    )

    @model_validator(mode="after")
    def _of_this_mode(self) -> HotRow:
        for mode, names in _OF_MODE.items():
            idle = [name for name in names if name in self.model_fields_set]
            if idle and mode != self.mode:
                raise ValueError(
                    f"{idle[0]!r} means something with `mode: {mode}` only; this is {self.mode}."
                )
        return self

    def round_trips(self, *, locked: bool) -> Node:
        """Return the round trips of a gift, of all or of those with the row locked. [ratio]"""
        if self.stored_procedure:
            return asked(0.0 if locked else 1.0, "ratio", "one stored-procedure call")
        if not locked:
            commit = asked(1.0, "ratio", "COMMIT is one more")
            return total("round trips", "ratio", {"statements": self.statements, "commit": commit})
        return derive(
            "round trips held",
            "ratio",
            contention.round_trips_held,
            statements=self.statements,
            hot_position=self.hot_position,
        )

    def hold(self) -> Derived:
        """Return the time one transaction holds the receiver's row. [s]"""
        return derive(
            "row held per gift",
            "s",
            contention.hold_time,
            round_trips=self.round_trips(locked=True),
            round_trip_time=self.round_trip_time,
            commit_flush=self.commit_flush,
            statement_time=self.statement_time,
        )

    def transactions(self, gifts: Node) -> Derived:
        """Return the transactions that carry gifts, or a rate of them."""
        unit = "transaction/s" if gifts.unit.endswith("/s") else "transaction"
        return quotient("gift transactions", unit, gifts=gifts, batch_size=self.batch_size)

    def posting_rate(self) -> Node:
        """Return the gifts per second that the job posts; 0 where nobody schedules it. [gift/s]"""
        if not self.scheduled:
            return asked(0.0, "gift/s", "the posting job is not scheduled")
        return quotient(
            "gifts posted", "gift/s", batch=self.post_batch, interval=self.post_interval
        )

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
        visit = Visit(self._duration(), self.transaction_cpu, writes=_ALL)
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
                connections=self.waiters, time_held=self._duration(),
            ),
            by_cpu=self.transactions(self.cpu_limit),
        )  # fmt: skip
        remedy = "more connections for gifts, batching, or a larger database"
        self._queue(at, "over all receivers", transactions, carried, remedy, self.waiters)

    def _duration(self) -> Derived:
        return derive(
            "connection held per gift",
            "s",
            spreading.transaction_time,
            round_trips=self.round_trips(locked=False),
            round_trip_time=self.round_trip_time,
            commit_flush=self.commit_flush,
            statement_time=self.statement_time,
        )

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
