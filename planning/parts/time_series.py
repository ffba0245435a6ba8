"""
A store of time series (TimescaleDB and the like): rows appended, compressed by the chunk, scanned.

Rows come at the load's pace and go into the chunk of their time; old chunks are compressed, and
dropped after the retention. What is asked reads a span of time, most of it compressed::

    20k rows/s ─▶ [ open chunk, in memory │ plain │ compressed 10 : 1 … retention ] ─▶ scanned

The open chunk has to fit in a quarter of the memory, or its indexes are read back from the disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Flow
from planning.models.data import time_series
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    product,
    quotient,
    rounded_up,
    total,
    value_at,
)
from planning.numbers.prices import PriceOfSpace
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Bytes,
    Cores,
    Fraction,
    PositiveFraction,
    PositiveSeconds,
    default,
)
from planning.numbers.tariff import bill
from planning.numbers.units import DAY
from planning.parts.arriving import arriving
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Rows = Annotated[Estimate, Amount("row/s", above=0.0)]
_CARRIERS = ("query", "transaction")
_SIZING = (
    "Tiger Data documentation, size hypertable chunks: 25 % of main memory, 7 days by default, "
    "https://www.tigerdata.com/docs/learn/hypertables/sizing-hypertable-chunks"
)
_COMPRESSION = (
    "Tiger Data documentation, about compression: by more than 90 %; measure your own, "
    "https://www.tigerdata.com/docs/use-timescale/latest/compression/about-compression"
)
_LOADING = (
    "225,000 rows a second of five values on 4 vCPUs: F. Coelho (2019), "
    "https://blog.coelho.net/data-loading-performance-of-postgres-and-timescaledb/"
)
_ALL = asked(1.0, "fraction", "all of them")
_DAY = asked(DAY, "s", "a day")


class TimeSeries(Part):
    """A store that rows are appended to, by time."""

    order: ClassVar[int] = 54
    takes: ClassVar[tuple[str, ...]] = (*_CARRIERS, "connection")
    kind: Literal["time_series"]
    row_bytes: Annotated[Estimate, Amount("byte", above=0.0)] = Field(
        description="Bytes of one row with its index entries, before compression"
    )
    rows: Annotated[Estimate, Amount("row", above=0.0)] = default(
        1, "one row each", description="Rows that one call appends: the size of its batch"
    )
    write_share: Fraction = default(
        "100 %", "appended to unless a call says otherwise",
        description="Share of the calls that append rows, where a call states no `writes`",
    )  # fmt: skip
    ingest: Rows = default(
        "225000 rows/s", _LOADING, kind=Kind.MEASURED, low="80000 rows/s", high="320000 rows/s",
        description="Rows appended per second, in batches",
    )  # fmt: skip
    disk: Bytes = Field(description="Space for the series")
    compression: AtLeastOne = default(
        10, _COMPRESSION, kind=Kind.VENDOR, low=3, high=20,
        description="Bytes of a chunk before compression over those after it; 1: none",
    )  # fmt: skip
    compress_after: PositiveSeconds = default(
        "7 days", "as long as rows are still corrected", low="1 h", high="30 days",
        description="Age of its last row at which a chunk is compressed",
    )  # fmt: skip
    chunk: PositiveSeconds = default(
        "7 days", _SIZING, kind=Kind.VENDOR, description="Span of time of one chunk"
    )
    retention: PositiveSeconds | None = Field(
        default=None, description="Age after which rows may go, chunk by chunk; none: never"
    )
    horizon: PositiveSeconds = default("365 days", "a year ahead", description="Time to plan for")
    price: PriceOfSpace | None = Field(
        default=None, description="Price of the space; not charged by size if not given"
    )
    memory: Bytes | None = Field(default=None, description="Memory of the server")
    open_share: PositiveFraction = default(
        "25 %", _SIZING, kind=Kind.VENDOR,
        description="Share of the memory that the chunks being written may take",
    )  # fmt: skip
    query_span: PositiveSeconds | None = Field(
        default=None, description="Span of time that one query reads; not modelled if not given"
    )
    series_share: PositiveFraction = default(
        "100 %", "all series of that time",
        description="Share of the rows of that time that it has to read",
    )  # fmt: skip
    cores: Cores | None = Field(default=None, description="Cores that scan")
    scan_rate: Rows = default(
        "1M rows/s", "50 million compressed rows scanned in 52 s on one core; measure your own",
        kind=Kind.ASSUMED, low="300k rows/s", high="10M rows/s",
        description="Compressed rows that one core reads and adds up per second",
    )  # fmt: skip
    max_connections: Annotated[Estimate, Amount("connection", above=0.0)] | None = Field(
        default=None, description="Connections that the server accepts"
    )

    @model_validator(mode="after")
    def _span_and_cores(self) -> TimeSeries:
        if (self.query_span is None) != (self.cores is None):
            raise ValueError(
                "`query_span` and `cores` go together: how much a query reads, and who reads it."
            )
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return what means nothing where no queries, memory or forgetting are stated."""
        idle: set[str] = set() if self.query_span else {"series_share", "scan_rate"}
        if self.memory is None:
            idle |= {"open_share"}
        return super().idle_fields() | idle

    def rates(self, at: Station) -> None:
        """
        Append rows, and let the disk fill to the horizon or the retention.

        Takes queries and transactions. Limits rows per second (past it they queue), the disk (past
        it nothing is written), and the open chunk by its share of the memory: past it writes read
        the indexes back from the disk.
        """
        if not at.flows(*_CARRIERS):
            return
        peak = total(
            "rows appended", "row/s",
            {flow.words: self._appended(flow) for flow in at.flows(*_CARRIERS)},
        )  # fmt: skip
        remedy = "larger batches, fewer indexes, a larger server, or one shard more"
        at.limit("rows", peak, self.ingest, PastLimit.QUEUE, remedy)
        if at.crowd is not None:
            return
        mean = quotient("rows appended on the mean", "row/s", at_the_peak=peak,
                        peak_to_mean=at.workload.peak_to_mean)  # fmt: skip
        written = product("bytes appended", "byte/s", rows=mean, each=self.row_bytes)
        at.tell(product("rows per day", "row", appended=mean, a_day=_DAY))
        plain = total("rows are plain for", "s", {"age": self.compress_after, "chunk": self.chunk})
        size = derive(
            "disk in use at the horizon", "byte", time_series.kept_bytes, byte_rate=written,
            plain_time=plain, kept_time=self._kept(), compression=self.compression,
        )  # fmt: skip
        remedy = "a shorter retention, sums instead of rows, compression sooner, or a larger disk"
        at.limit("disk", size, self.disk, PastLimit.REJECT, remedy, needed=size)
        if self.price is not None:
            taken = least("space taken", "byte", wanted=size, disk=self.disk)
            at.monthly[f"{at.name} space"] = bill("price of the space", "USD/month", taken,
                                                  self.price)  # fmt: skip
        if self.memory is not None:
            room = product("memory for open chunks", "byte", memory=self.memory,
                           share=self.open_share)  # fmt: skip
            chunk = product("open chunk", "byte", appended=written, span=self.chunk)
            remedy = "shorter chunks, fewer indexes, or more memory"
            at.limit("open chunk", chunk, room, PastLimit.DEGRADE, remedy)

    def _writes(self, flow: Flow) -> Node:
        return flow.visit.writes or self.write_share

    def _appended(self, flow: Flow) -> Node:
        return product(
            f"{flow.cause} rows", "row/s",
            **{flow.words: flow.rate, "share that appends": self._writes(flow), "each": self.rows},
        )  # fmt: skip

    def _kept(self) -> Node:
        """Return how long rows stay, at most to the horizon. [s]"""
        if self.retention is None:
            return self.horizon
        stays = total("rows kept for", "s", {"retention": self.retention, "chunk": self.chunk})
        return least("kept at the horizon", "s", rows_stay=stays, horizon=self.horizon)

    def times(self, at: Station) -> None:
        """
        Let queries scan the rows of their span of time, as many as came in it on the mean.

        Limits the cores that scan: past them queries queue. A call that states its `time` keeps
        it. Source: utilisation law, Denning & Buzen 1978, doi:10.1145/356733.356735.
        """
        flows = at.flows(*_CARRIERS)
        if self.query_span is None or self.cores is None or not flows:
            return
        peak = total("rows appended", "row/s", {flow.words: self._appended(flow) for flow in flows})
        mean = quotient("rows appended on the mean", "row/s", at_the_peak=peak,
                        peak_to_mean=at.workload.peak_to_mean)  # fmt: skip
        each = product("rows that a query reads", "row", appended=mean, span=self.query_span,
                       share=self.series_share)  # fmt: skip
        scan = quotient("time to scan them", "s", rows=each, rate=self.scan_rate)
        busy: dict[str, Node] = {}
        for flow in flows:
            reads = difference("share that reads", "fraction", all=_ALL, appends=self._writes(flow))
            busy[flow.words] = product(
                f"cores that scan for {flow.cause}", "core",
                **{flow.words: flow.rate, "share that reads": reads, "time of each": scan},
            )  # fmt: skip
            if flow.visit.time is None:
                mean_time = product(f"{flow.cause} time", "s", share_that_reads=reads, each=scan)
                at.answer(flow, Answer(mean_time, mean_time))
        scanning = total("cores that scan", "core", busy)
        remedy = "sums kept ahead (continuous aggregates), a shorter span, or more cores"
        needed = rounded_up("cores needed", "core", busy=scanning)
        at.limit("scans", scanning, self.cores, PastLimit.QUEUE, remedy, needed=needed)

    def stocks(self, at: Station) -> None:
        """Count connections. Takes connections; past the server's number they are refused."""
        if self.max_connections is None:
            return
        there = arriving(at)
        remedy = "a pooler, smaller pools, or rows in larger batches"
        needed = rounded_up("connections needed", "connection", wanted=there)
        at.limit(
            "connections", there, self.max_connections, PastLimit.REJECT, remedy, needed=needed
        )

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find rows that nobody drops or never compresses, single rows, and queries unstated."""
        if self.retention is None:
            yield Finding(
                name, Severity.MEDIUM,
                "rows are kept for ever: the disk only fills",
                "say how long rows are needed, and drop whole chunks after that",
            )  # fmt: skip
        elif value_at(self.retention) < value_at(self.compress_after):
            yield Finding(
                name, Severity.LOW,
                "rows are dropped before they are compressed: the disk holds them plain",
                "compress sooner, or say `compression: 1`",
            )  # fmt: skip
        if value_at(self.rows) == 1:
            yield Finding(
                name, Severity.LOW,
                "each call appends one row: the rows a second it takes are those of large batches",
                "gather rows and append hundreds at a time, or state `ingest` for single rows",
            )  # fmt: skip
        if self.query_span is None:
            yield Finding(
                name, Severity.LOW,
                "what its queries read is not stated: how long they scan is not modelled",
                "say `query_span` and `cores`, and `series_share` where a query needs few series",
            )  # fmt: skip
