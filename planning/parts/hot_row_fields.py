"""
What a file says of a hot row, and what follows from it alone: how long a gift holds the row.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planning.models.queueing import contention, spreading
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Derived, Node, asked, derive, quotient, total
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.parts.base import Part

_PROBE = "pgbench on PostgreSQL 15.18, shared two-core machine: take the shape, measure your own"
# Fields that mean something in one way of writing only.
_OF_MODE = {
    "write_behind": ("flush_interval",),
    "ledger": ("scheduled", "post_interval", "post_batch"),
}


class HotRowFields(Part):
    """The transaction that moves coins, and how it is written down."""

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
        description="Write-ahead log reaching the disk; MySQL with its binary log flushes twice",
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
    def _of_this_mode(self) -> HotRowFields:
        for mode, names in _OF_MODE.items():
            idle = [name for name in names if name in self.model_fields_set]
            if idle and mode != self.mode:
                raise ValueError(
                    f"{idle[0]!r} means something with `mode: {mode}` only; this is {self.mode}."
                )
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return what belongs to another way of writing."""
        others = (names for mode, names in _OF_MODE.items() if mode != self.mode)
        return frozenset(name for names in others for name in names)

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

    def duration(self) -> Derived:
        """Return the time a gift holds its connection, without waits. [s]"""
        return derive(
            "connection held per gift",
            "s",
            spreading.transaction_time,
            round_trips=self.round_trips(locked=False),
            round_trip_time=self.round_trip_time,
            commit_flush=self.commit_flush,
            statement_time=self.statement_time,
        )
