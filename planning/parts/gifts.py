"""
Gifts: many users write to the row of one receiver.

Three ways of writing them down: at once (the row lock is the limit), into a buffer
that is flushed (few writes, stale balances, a loss window), or into a ledger that a
scheduled job posts (no hot row, a backlog where the job is missing or too slow).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.flow.finding import Finding, Severity
from planning.models.data import ledger
from planning.models.queueing import contention, spreading
from planning.models.queueing.caps import admitted_at_cap
from planning.models.servers.connections import concurrency, multiplied
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Derived, Node, asked, derive, total
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.parts.base import Constraint, Outcome, Part, PastLimit
from planning.parts.gift_burst import buffered, posted, written

if TYPE_CHECKING:
    from planning.workload.workload import Workload

_PROBE = "pgbench on PostgreSQL 15.18, shared two-core machine: take the shape, measure your own"


class Gifts(Part):
    """The transaction that moves coins, and how it is written down."""

    rank: ClassVar[int] = 20
    kind: Literal["gifts"]
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
        return derive(
            "gift transactions",
            unit,
            spreading.transactions,
            gifts=gifts,
            batch_size=self.batch_size,
        )

    def posting_rate(self) -> Node:
        """Return the gifts per second that the job posts; 0 where nobody schedules it. [gift/s]"""
        if not self.scheduled:
            return asked(0.0, "gift/s", "the posting job is not scheduled")
        return derive(
            "gifts posted",
            "gift/s",
            ledger.posting_rate,
            batch_size=self.post_batch,
            interval=self.post_interval,
        )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Add the connections that gifts hold while they wait, and the limits they meet."""
        gifts = demand.gifts
        if gifts is None or workload.gifting is None:
            return demand, ()
        demand = replace(demand, traffic=(*demand.traffic, gifts, self.hold()))
        if self.mode == "write_behind":
            return demand, [self._flushes(name)]
        transactions = self.transactions(gifts)
        writing = derive(
            "connections that write gifts",
            "connection",
            concurrency,
            arrival_rate=transactions,
            hold_time=self._duration(),
        )
        demand = replace(
            demand,
            transactions=transactions,
            connections={**demand.connections, "gifts": writing},
        )
        spread = self._spread(name, transactions)
        if self.mode == "ledger":
            return demand, [spread, self._posting(name, gifts)]
        popular = derive(
            "gift transactions to the most popular receiver",
            "transaction/s",
            multiplied,
            count=transactions,
            each=workload.gifting.top_share,
        )
        waiting = self._waiting(popular, self.hold())
        causes = {**demand.connections, "gifts waiting for a row": waiting}
        return replace(demand, connections=causes), [self._row(name, popular), spread]

    def _row(self, name: str, popular: Node) -> Constraint:
        ceiling = derive(
            "transactions one row carries with every waiter there may be",
            "transaction/s",
            contention.crowded_throughput,
            hold_time=self.hold(),
            convoy=self.convoy,
            waiters=self.waiters,
        )
        # Below it the row recovers from any crowd; above it a burst may leave a queue that stays.
        remedy = "one stored-procedure call, hot rows last, or batching per receiver"
        return _queue(name, "on one receiver's row", popular, ceiling, remedy)

    def _spread(self, name: str, transactions: Node) -> Constraint:
        carried = derive(
            "transactions over all rows",
            "transaction/s",
            spreading.spread_throughput,
            clients=self.waiters,
            transaction_time=self._duration(),
            cpu_limit=self.transactions(self.cpu_limit),
        )
        remedy = "more connections for gifts, batching, or a larger database"
        return _queue(name, "over all receivers", transactions, carried, remedy)

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

    def _waiting(self, popular: Node, hold: Node) -> Derived:
        """Return the connections that wait for the popular row, at most `waiters`."""
        crowded = derive(
            "row held with waiters",
            "s",
            contention.crowded_hold_time,
            arrival_rate=popular,
            hold_time=hold,
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
        line = derive(
            "transactions in line", "connection", concurrency, arrival_rate=popular, hold_time=wait
        )
        return derive(
            "connections that wait for a row",
            "connection",
            admitted_at_cap,
            arrivals=line,
            cap=self.waiters,
        )

    def _flushes(self, name: str) -> Constraint:
        writes = derive(
            "flushes per receiver",
            "transaction/s",
            ledger.flush_writes,
            receivers=asked(1.0, "ratio", "one row per receiver"),
            flush_interval=self.flush_interval,
        )
        ceiling = derive(
            "transactions one row carries",
            "transaction/s",
            contention.row_throughput,
            hold_time=self.hold(),
        )
        return _queue(name, "flushes of one receiver's row", writes, ceiling, "flush less often")

    def _posting(self, name: str, gifts: Node) -> Constraint:
        remedy = "schedule the job, run it more often, or post more per run"
        return _queue(name, "posted by the job", gifts, self.posting_rate(), remedy)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find the job that nobody runs."""
        if self.mode == "ledger" and not self.scheduled:
            yield Finding(
                name,
                Severity.CRITICAL,
                "the job that posts gifts to balances is not scheduled: they never arrive",
                "schedule it, and alert when its backlog grows",
            )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Say how many of a burst of gifts to one receiver are served, fail, and for how long."""
        if wave.gifts is None:
            return wave, ()
        if self.mode == "write_behind":
            return wave, [buffered(self, name, wave.gifts)]
        if self.mode == "ledger":
            return wave, [posted(self, name, workload, wave.gifts)]
        return wave, [written(self, name, workload, wave.gifts)]


def _queue(name: str, what: str, load: Node, limit: Node, remedy: str) -> Constraint:
    """Return a constraint on a rate, past which a backlog grows."""
    backlog = derive(
        "backlog growth", load.unit, ledger.backlog_growth, arrival_rate=load, posting_rate=limit
    )
    return Constraint(name, what, load, limit, PastLimit.QUEUE, remedy, backlog)
