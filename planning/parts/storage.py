"""
Tables that grow: rows are written for ever, unless somebody drops them.

Retention by partition drops a partition only when its last row is old enough, so what
is kept is the retention *plus* one partition: seven days kept from monthly partitions
are seven to thirty-seven.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.models.data import row_size
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
    value_at,
)
from planning.numbers.prices import PriceOfSpace
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Closed,
    PositiveSeconds,
    default,
    plain_names,
)
from planning.numbers.tariff import bill
from planning.numbers.units import DAY, show
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_DAY = asked(DAY, "s", "a day")
_ROW = asked(1.0, "ratio", "the row")


class Table(Closed):
    """A table that users write to."""

    interval: PositiveSeconds = Field(description="Mean time between two rows of one user")
    payload: Bytes = default(
        "60 B", "a few identifiers and a time", low="30 B", high="200 B",
        description="Data of one row, without the database's own header",
    )  # fmt: skip
    indexes: Annotated[Estimate, Amount("ratio")] = default(
        2, "the key and one more", description="Indexes on it"
    )
    index_entry: Bytes = default(
        "40 B", "two identifiers and the entry's header", low="16 B", high="64 B",
        description="One entry of an index",
    )  # fmt: skip
    index_key: Bytes | None = Field(
        default=None, description="Indexed columns of one index, from which its entry follows"
    )
    retention: PositiveSeconds | None = Field(
        default=None, description="Age after which rows may go; none: never"
    )
    there: Annotated[Estimate, Amount("row")] | None = Field(
        default=None, description="Rows that are there today, of a table that nobody empties"
    )
    partition: PositiveSeconds | None = Field(
        default=None, description="Span of one partition, where old rows are dropped with it"
    )

    @model_validator(mode="after")
    def _one_entry(self) -> Table:
        if self.index_key is not None and "index_entry" in self.model_fields_set:
            raise ValueError("`index_entry` follows from `index_key`: state one of the two.")
        if self.there is not None and self.retention is not None:
            raise ValueError(
                "`there` is of a table that only grows: with a `retention` its rows go again."
            )
        return self


class Storage(Part):
    """The disk, and the tables on it."""

    order: ClassVar[int] = 55
    stands_alone: ClassVar[bool] = True
    kind: Literal["storage"]
    tables: dict[str, Table] = Field(min_length=1, max_length=40, description="What is written")
    disk: Bytes = Field(description="Space for these tables")
    horizon: PositiveSeconds = default("365 days", "a year ahead", description="Time to plan for")
    included: Bytes = default("0 GB", "nothing is included", description="Space without charge")
    price: PriceOfSpace | None = Field(
        default=None,
        description="Price of space past what is included; not charged by size if not given",
    )
    row_limit: Annotated[Estimate, Amount("row/s", above=0.0)] = default(
        "20000 rows/s",
        "single-row inserts with two indexes on a small server; measure your own",
        kind=Kind.ASSUMED,
        low="3000 rows/s",
        high="80000 rows/s",
        description="Rows and index entries that the disk and the log take per second",
    )

    @field_validator("tables")
    @classmethod
    def _plain_names(cls, named: dict[str, Table]) -> dict[str, Table]:
        return plain_names(named)

    def rates(self, at: Station) -> None:
        """
        Let every table grow to the horizon, and count what is written per second.

        A table grows by the mean rate, although the disk must take the peak; rows kept are rate ×
        time kept (Little's law). Limits the disk (past it nothing is written) and rows and index
        entries per second (past it writes queue). Source: PostgreSQL documentation, 73.6 Database
        Page Layout; 11.1 Indexes: every index is written with every row.
        """
        peaks = {
            table: quotient(f"{table} at the peak", "row/s", users=at.users, interval=each.interval)
            for table, each in self.tables.items()
        }
        rates = {
            table: quotient(
                f"{table} written", "row/s",
                at_the_peak=peak, peak_to_mean=at.workload.peak_to_mean,
            )
            for table, peak in peaks.items()
        }  # fmt: skip
        sizes = {table: self._size(at, table, rate) for table, rate in rates.items()}
        whole = total("disk in use at the horizon", "byte", sizes)
        daily = [
            product(f"{table} per day", "row", written=rate, a_day=_DAY)
            for table, rate in rates.items()
        ]
        at.tell(*daily, self._until_full(rates, sizes))
        if self.price is not None:
            at.monthly[f"{at.name} space"] = bill(
                "space past the included",
                "USD/month",
                least("space taken", "byte", wanted=whole, disk=self.disk),
                self.price,
                self.included,
            )
        remedy = "drop old rows with their partitions, keep sums instead of rows, or a larger disk"
        at.limit("disk", whole, self.disk, PastLimit.REJECT, remedy, needed=whole)
        writes = total(
            "rows and index entries",
            "row/s",
            {
                table: product(
                    f"{table} written at the peak", "row/s",
                    rows=peaks[table],
                    entries_each=total("entries", "ratio", {"row": _ROW, "indexes": each.indexes}),
                )
                for table, each in self.tables.items()
            },
        )  # fmt: skip
        remedy = "fewer indexes, rows in batches, or counts kept in memory and written now and then"
        at.limit("writes", writes, self.row_limit, PastLimit.QUEUE, remedy)

    def _until_full(self, rates: Mapping[str, Node], sizes: Mapping[str, Node]) -> Derived:
        """Return the time until tables that nobody empties have filled the disk. [s]"""
        emptied = {
            name: size for name, size in sizes.items() if self.tables[name].retention is not None
        }
        growing = {
            name: self._bytes(name, rate, "byte/s")
            for name, rate in rates.items()
            if self.tables[name].retention is None
        }
        there = {
            f"{name} there today": self._bytes(name, each.there, "byte")
            for name, each in self.tables.items()
            if each.there is not None
        }
        used = total("tables that are emptied", "byte", emptied | there)
        return quotient(
            "time until the disk is full", "s",
            free=difference("space for tables that only grow", "byte", disk=self.disk, used=used),
            growth=total("growth", "byte/s", growing),
        )  # fmt: skip

    def kept(self, table: str) -> Node:
        """Return how long rows of a table stay, at most to the horizon. [s]"""
        stays = self._stays(table)
        if stays is None:
            return self.horizon
        return least("kept at the horizon", "s", rows_stay=stays, horizon=self.horizon)

    def _stays(self, table: str) -> Node | None:
        """Return how long rows of a table stay, however far is planned; None if for ever. [s]"""
        each = self.tables[table]
        if each.retention is None or each.partition is None:
            return each.retention
        parts = {"retention": each.retention, "partition": each.partition}
        return total("rows kept for", "s", parts)

    def _size(self, at: Station, table: str, rate: Node) -> Derived:
        rows = at.kept("rows kept", "row", self._stays(table), written=rate, kept=self.kept(table))
        if (there := self.tables[table].there) is not None:
            rows = total("rows", "row", {"there today": there, "written since": rows})
        return self._bytes(table, rows, "byte")

    def _bytes(self, table: str, rows: Node, unit: str) -> Derived:
        """Return the space of rows of a table with their index entries, or of rows per second."""
        each = self.tables[table]
        heap = derive(
            "one row on disk", "byte", row_size.heap_row_bytes, payload_bytes=each.payload
        )
        entry: Node = each.index_entry
        if each.index_key is not None:
            entry = derive(
                "one index entry", "byte", row_size.btree_entry_bytes, key_bytes=each.index_key
            )
        entries = product("index entries of a row", "byte", indexes=each.indexes, entry=entry)
        whole = total("a row with its index entries", "byte", {"row": heap, "entries": entries})
        return product(f"{table} on disk", unit, rows=rows, each=whole)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find tables that nobody empties, and partitions too coarse for their retention."""
        for table, each in self.tables.items():
            if each.retention is None:
                yield Finding(
                    f"{name} {table}",
                    Severity.MEDIUM,
                    "rows are kept for ever: the table only grows",
                    "say how long rows are needed, and drop whole partitions after that",
                )
            elif each.partition is not None and value_at(each.partition) > value_at(each.retention):
                least, most = value_at(each.retention), value_at(self.kept(table))
                yield Finding(
                    f"{name} {table}",
                    Severity.MEDIUM,
                    f"partitions of {show(value_at(each.partition), 's')} cannot be dropped after "
                    f"{show(least, 's')}: rows stay {show(least, 's')} to {show(most, 's')}",
                    f"partitions of at most {show(least, 's')}, a day each at best",
                )
