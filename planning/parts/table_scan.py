"""
A ranking over a growing history: read it all, or keep sums.

Reading every row of a period takes longer with each day; a table of sums is as fast
after years as on the first day::

    time to load                     full scan = rows / scan rate
        |          ___---‾‾‾  limit
        |    __--‾‾________________  sums
        +-----------------------------> age of the history
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, product, quotient
from planning.numbers.quantities import Amount, Bytes, PositiveSeconds, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station


class TableScan(Part):
    """A leaderboard, a statement, a report: something computed from all rows of a period."""

    order: ClassVar[int] = 56
    takes: ClassVar[tuple[str, ...]] = ("row",)
    stands_alone: ClassVar[bool] = True
    kind: Literal["table_scan"]
    mode: Literal["full_scan", "sums"] = Field(
        default="full_scan", description="Read every row, or a table of sums"
    )
    interval: PositiveSeconds = Field(description="Mean time between two rows of one user")
    period: PositiveSeconds = Field(description="Time that the ranking looks back")
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

    def rates(self, at: Station) -> None:
        """
        Compare the load of the whole period with patience and with memory.

        Takes rows that a crowd wants read, or counts those that users wrote over the period.
        Limits the time to load (ended past it) and the memory of the client (which then crashes).
        Source: PostgreSQL documentation, Using EXPLAIN: a scan costs in proportion to its rows; and
        Retrieving Query Results in Single-Row Mode: otherwise a client collects the whole result.
        """
        crowd = at.flows("row")
        if at.crowd is not None:
            for flow in crowd:
                self._limits(at, flow.rate)
                at.numbers["load time"] = self._time(flow.rate)
                if self.mode == "full_scan":
                    at.numbers["client memory"] = self._bytes(flow.rate)
                remedy = "keep sums per receiver and period, and read those"
                limit = at.workload.lag_after
                at.limit(
                    "wait for the ranking", self._time(flow.rate), limit, PastLimit.SLOW, remedy
                )
            return
        peak = quotient("rows written at the peak", "row/s", users=at.users, interval=self.interval)
        written = quotient(
            "rows written", "row/s", at_the_peak=peak, peak_to_mean=at.workload.peak_to_mean
        )
        rows = at.kept(
            "rows of the period", "row", self.period, written=written, period=self.period
        )
        if self.mode == "full_scan":
            within = product(
                "rows read within the limit", "row",
                time_limit=self.time_limit, scan_rate=self.scan_rate,
            )  # fmt: skip
            at.tell(
                quotient(
                    "time until the ranking is too slow",
                    "s",
                    rows_within_the_limit=within,
                    written=written,
                )
            )
        self._limits(at, rows)

    def _time(self, rows: Node) -> Node:
        if self.mode == "sums":
            return self.sums_time
        return quotient("time to load", "s", rows=rows, scan_rate=self.scan_rate)

    def _bytes(self, rows: Node) -> Node:
        return product("memory of the client", "byte", rows=rows, each=self.row_bytes)

    def _limits(self, at: Station, rows: Node) -> None:
        remedy = "keep sums per receiver and period, and read those"
        at.limit("load time", self._time(rows), self.time_limit, PastLimit.REJECT, remedy)
        if self.mode == "full_scan":
            used = self._bytes(rows)
            at.limit("client memory", used, self.client_memory, PastLimit.CRASH, remedy)
