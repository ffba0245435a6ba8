"""
A history of daily peak users, read from a CSV with all its holes in sight.

The first column has dates as 2026-11-26, a line per day, each other column a product. What is
odd (gaps, blanks, zeros, days twice, days out of order) is reported with its lines; nothing of it
is filled in here. What cannot be a date or a number is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from planning.numbers.nodes import Array
from planning.numbers.reading import FileError, read_text
from planning.system.growth import sensible

MOST_BYTES = 5_000_000
_MOST_ROWS, _MOST_COLUMNS, _LONGEST_LINE = 40_000, 200, 20_000
_MOST_USERS = 1e11
_BLANK = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_DELIMITERS = ",;\t"
_SHOWN = 4  # of the lines of one kind, the rest is counted


@dataclass(frozen=True)
class Oddity:
    """
    Something about a history that its reader has to know.

    Attributes
    ----------
    kind : str
        ``gap``, ``blank``, ``zero``, ``twice``, ``contradiction``, ``order`` or ``before``.
    days : int
        Days that it is about.
    lines : tuple of int
        Of the file, from 1.
    words : str
        What, where, and what is made of it.
    """

    kind: str
    days: int
    lines: tuple[int, ...]
    words: str


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """
    Daily peaks of one product.

    Attributes
    ----------
    name, column : str
        The file, and the column read.
    first : date
        The first day with users.
    users : ndarray
        A value per day from the first to the last that was counted; NaN where nothing was, where
        two lines contradict each other, and where 0 stands. [user]
    oddities : tuple of Oddity
        What is to be known of them.
    """

    name: str
    column: str
    first: dt.date
    users: Array
    oddities: tuple[Oddity, ...]

    def __repr__(self) -> str:
        """Span and holes in short."""
        return f"<{self.column}: {self.first} to {self.last}, {self.unseen} days not counted>"

    @property
    def last(self) -> dt.date:
        """The last day that was counted."""
        return self.first + dt.timedelta(days=self.users.size - 1)

    @property
    def unseen(self) -> int:
        """Days between the first and the last without a number."""
        return int(np.isnan(self.users).sum())


def read_history(path: Path, column: str | None = None) -> History:
    """
    Read a CSV of dates and daily peak users.

    Parameters
    ----------
    path : Path
        At most 5 MB of UTF-8, with a header, comma, semicolon or tab between columns.
    column : str, optional
        Header of the column; the second one by default.

    Raises
    ------
    FileError
        With file, line, value and remedy: what is no date or number, is below 0, has no header, is
        too large, or holds no users at all.
    """
    text = read_text(path, MOST_BYTES, "a history")
    return parse_history(text, path.name, column)


def parse_history(text: str, name: str, column: str | None = None) -> History:
    """Read the text of a CSV as :func:`read_history` does; `name` stands for the file in errors."""
    rows = _rows(text, name)
    _, header = next(rows, (1, []))
    at = _column(header, name, column)
    found: dict[dt.date, list[tuple[int, float]]] = {}
    order: list[tuple[int, dt.date]] = []
    for line, cells in rows:
        if len(cells) <= at:
            raise FileError(
                f"{name}:{line}: {len(cells)} columns where the header has {len(header)}; a value "
                "is missing, or a comma stands in a number."
            )
        day = _date(cells[0], name, line)
        found.setdefault(day, []).append((line, _users(cells[at], name, line)))
        order.append((line, day))
    return _history(found, order, name, header[at].strip())


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line numbers and cells, empty lines left out; refuse what no spreadsheet writes."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileError(f"{name}:{line}: a NUL byte; this is no CSV in UTF-8.")
    lines = text.splitlines()
    if len(lines) > _MOST_ROWS:
        raise FileError(f"{name} has {len(lines):,} lines; a century of days has {_MOST_ROWS:,}.")
    if too_long := next((n for n, each in enumerate(lines, 1) if len(each) > _LONGEST_LINE), None):
        raise FileError(f"{name}:{too_long}: a line of more than {_LONGEST_LINE:,} characters.")
    head = lines[0] if lines else ""
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileError(f"{name}:{line}: no CSV ({error}); quotes must be closed.") from None
        if len(cells) > _MOST_COLUMNS:
            raise FileError(f"{name}:{line}: {len(cells)} columns, of at most {_MOST_COLUMNS}.")
        if any(cell.strip() for cell in cells):
            yield line, cells


def _column(header: Sequence[str], name: str, wanted: str | None) -> int:
    names = [cell.strip() for cell in header]
    if len(names) < 2:
        raise FileError(
            f"{name}:1: a header with a date and a column of users is wanted, such as 'date,users'."
        )
    try:
        dt.date.fromisoformat(names[0])
    except ValueError:
        pass
    else:
        raise FileError(f"{name}:1: the first line is a header, such as 'date,users'; it is data.")
    if wanted is None:
        return 1
    if wanted not in names[1:]:
        there = ", ".join(repr(each[:40]) for each in names[1:8])
        raise FileError(f"{name}:1: no column {wanted[:40]!r}; there are {there}.")
    if names.count(wanted) > 1:
        raise FileError(f"{name}:1: two columns are called {wanted[:40]!r}; rename one.")
    return names.index(wanted)


def _date(cell: str, name: str, line: int) -> dt.date:
    text = cell.strip()
    try:
        if len(text) != 10:
            raise ValueError("not as 2026-11-26")
        return sensible(dt.date.fromisoformat(text))
    except ValueError as error:
        raise FileError(
            f"{name}:{line}: {text[:40]!r} is no date as 2026-11-26 ({error})."
        ) from None


def _users(cell: str, name: str, line: int) -> float:
    text = cell.strip()
    if text.lower() in _BLANK:
        return float("nan")
    try:
        # Underscores and other numerals are Python's, not a spreadsheet's.
        users = float(text) if text.isascii() and "_" not in text else float("nan")
    except ValueError:
        users = float("nan")
    if not np.isfinite(users):
        raise FileError(
            f"{name}:{line}: {text[:40]!r} is no number of users; write digits only, without "
            "separators or units."
        )
    if not 0 <= users <= _MOST_USERS:
        raise FileError(
            f"{name}:{line}: {users:g} users; there are 0 or more, at most 100 billion."
        )
    return users


def _history(
    found: dict[dt.date, list[tuple[int, float]]],
    order: Sequence[tuple[int, dt.date]],
    name: str,
    column: str,
) -> History:
    counted = sorted(day for day, seen in found.items() if any(v > 0 for _, v in seen))
    if not counted:
        raise FileError(f"{name}: column {column[:40]!r} has no users on any day.")
    first, last = counted[0], counted[-1]
    users = np.full((last - first).days + 1, np.nan)
    blank, zero, same, unlike = [list[int]() for _ in range(4)]
    before = [n for day, seen in found.items() if day < first or day > last for n, _ in seen]
    for day, seen in found.items():
        if not first <= day <= last:
            continue
        lines, values = [n for n, _ in seen], {v for _, v in seen if not np.isnan(v)}
        if len(values) > 1:
            unlike += lines
        elif not values:
            blank += lines
        else:
            same += lines[1:]
            zero += lines if values == {0.0} else []
            users[(day - first).days] = values.pop() or np.nan
    late = [n for (_, one), (n, other) in pairwise(order) if other < one]
    notes = [
        _noted("before", before, f"days without users before {first} or after {last}: left out"),
        _noted("blank", blank, "days are blank: not counted, the forecast bridges them"),
        _noted("zero", zero, "days have 0 users: taken as not counted, an outage is no demand"),
        _noted("twice", same, "days are there twice with the same users: taken once"),
        _noted("contradiction", unlike, "lines contradict each other of a day: none is taken"),
        _noted("order", late, "days stand before an earlier one: sorted"),
        *_gaps(sorted(day for day in found if first <= day <= last), found),
    ]
    return History(name, column, first, users, tuple(each for each in notes if each.days))


def _noted(kind: str, lines: Sequence[int], words: str) -> Oddity:
    shown = ", ".join(f"{each}" for each in sorted(lines)[:_SHOWN])
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    which = "line" if len(lines) == 1 else "lines"
    return Oddity(kind, len(lines), tuple(sorted(lines)), f"{words} ({which} {shown}{more})")


def _gaps(
    days: Sequence[dt.date], found: dict[dt.date, list[tuple[int, float]]]
) -> Iterator[Oddity]:
    """Yield days that no line speaks of, the longest gaps by name."""
    holes = [(b - a, a, b) for a, b in pairwise(days) if (b - a).days > 1]
    for wide, before, after in sorted(holes, reverse=True)[:_SHOWN]:
        missing, line = wide.days - 1, found[after][0][0]
        span = f"{before + dt.timedelta(days=1)} to {after - dt.timedelta(days=1)}"
        words = f"{missing} days are missing, {span}: the forecast bridges them (line {line})"
        yield Oddity("gap", missing, (line,), words)
    if rest := sorted(holes, reverse=True)[_SHOWN:]:
        missing = sum(wide.days - 1 for wide, *_ in rest)
        lines = tuple(found[after][0][0] for *_, after in rest)
        words = f"{missing} more days are missing, in {len(rest)} gaps: the forecast bridges them"
        yield Oddity("gap", missing, lines, words)
