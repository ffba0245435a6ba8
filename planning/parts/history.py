"""
A ranking over a growing history: read it all, or keep sums.

Reading every row of a period takes longer with each day; a table of sums is as fast
after years as on the first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.models.data import scans, storage
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, value_at
from planning.numbers.quantities import Amount, AtLeastOne, Bytes, PositiveSeconds, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class History(Part):
    """A leaderboard, a statement, a report: something computed from all rows of a period."""

    rank: ClassVar[int] = 56
    kind: Literal["history"]
    mode: Literal["full_scan", "sums"] = Field(
        default="full_scan", description="Read every row, or a table of sums"
    )
    interval: PositiveSeconds = Field(description="Mean time between two rows of one user")
    period: PositiveSeconds = Field(description="Time that the ranking looks back")
    peak_to_mean: AtLeastOne = default(
        3, "evening peak over the day's mean", low=2, high=5, description="Peak over the day's mean"
    )
    scan_rate: Annotated[Estimate, Amount("row/s", above=0.0)] = default(
        "500000 rows/s",
        "read, sent and parsed as JSON by one client; a scan alone is ten times faster",
        low="100000 rows/s",
        high="2000000 rows/s",
        description="Rows read, sent and parsed per second",
    )
    row_bytes: Bytes = default(
        "500 B", "a parsed object of a few fields", low="200 B", high="1 kB",
        description="Memory of one row in the client",
    )  # fmt: skip
    time_limit: PositiveSeconds = default(
        "8 s",
        "PostgREST's usual statement_timeout for signed-in users",
        low="3 s",
        high="10 s",
        description="Time after which the load has failed",
    )
    client_memory: Bytes = default(
        "1 GB", "a browser tab on a phone", low="300 MB", high="4 GB",
        description="Memory that a client has for it",
    )  # fmt: skip
    sums_time: PositiveSeconds = default(
        "20 ms", "an indexed read of a few hundred sums", low="5 ms", high="100 ms",
        description="Time to read the sums",
    )  # fmt: skip

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Compare the load of the whole period with patience and with memory."""
        written = derive(
            "rows written",
            "row/s",
            storage.row_rate,
            users=demand.users,
            interval=self.interval,
            peak_to_mean=self.peak_to_mean,
        )
        rows = derive(
            "rows of the period", "row", storage.table_rows, row_rate=written, kept=self.period
        )
        if self.mode == "full_scan":
            slow = derive(
                "time until the ranking is too slow",
                "s",
                scans.history_until,
                time_limit=self.time_limit,
                scan_rate=self.scan_rate,
                row_rate=written,
            )
            demand = replace(demand, traffic=(*demand.traffic, slow))
        return demand, self._constraints(name, rows)

    def _time(self, rows: Node) -> Node:
        if self.mode == "sums":
            return self.sums_time
        return derive("time to load", "s", scans.scan_time, rows=rows, scan_rate=self.scan_rate)

    def _bytes(self, rows: Node) -> Node:
        return derive(
            "memory of the client", "byte", scans.result_bytes, rows=rows, row_bytes=self.row_bytes
        )

    def _constraints(self, name: str, rows: Node) -> Iterator[Constraint]:
        remedy = "keep sums per receiver and period, and read those"
        yield Constraint(
            name, "load time", self._time(rows), self.time_limit, PastLimit.REJECT, remedy
        )
        if self.mode == "full_scan":
            yield Constraint(
                name, "client memory", self._bytes(rows), self.client_memory,
                PastLimit.CRASH, remedy,
            )  # fmt: skip

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Load the ranking over a history of so many rows."""
        if wave.history is None:
            return wave, ()
        time = self._time(wave.history)
        numbers = {"load time": time}
        words = f"{show(value_at(time), 's')} to load"
        verdict = SurgeVerdict.STABLE
        if value_at(time) > value_at(workload.lag_after):
            verdict = SurgeVerdict.LAG
        if value_at(time) > value_at(self.time_limit):
            verdict = SurgeVerdict.FAIL
            words += f", past the limit of {show(value_at(self.time_limit), 's')}"
        if self.mode == "full_scan":
            words = f"{show(value_at(wave.history), 'row')} read: {words}"
            held = numbers["client memory"] = self._bytes(wave.history)
            words += f", {show(value_at(held), 'byte')} in the client"
            if value_at(held) > value_at(self.client_memory):
                verdict = SurgeVerdict.CRASH
                words += f", which has {show(value_at(self.client_memory), 'byte')}"
        return wave, [Outcome(name, verdict, words, numbers)]
