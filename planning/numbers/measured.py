"""
Samples of a number, in a system file or in a table beside it.

They are of the number itself (its mean in each of many hours, a day's peak), not of single
requests: what is drawn is the number.

A file may name ``samples: hours.csv`` with a ``column``; the table is read when the file is, so
that what is built from it holds numbers alone. A system file may come from anyone: it reads tables
in its own folder only, of bounded size, and no complaint repeats what stands in one.
"""

from __future__ import annotations

import csv
import math
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planning.numbers.reading import FileError, Location, beside
from planning.numbers.units import COUNTS, example, parse

MOST_SAMPLES = 10_000
MOST_BYTES = 2_000_000
_KEY, _COLUMN = "samples", "column"


def with_samples(
    data: Mapping[str, Any], file: str
) -> tuple[dict[str, Any], list[tuple[Location, str]]]:
    """
    Return a file's data with the numbers of its tables in place of their names.

    Parameters
    ----------
    data : mapping
        As read; it is left as it is.
    file : str
        Path of the file, beside which the tables lie.

    Returns
    -------
    data, problems
        Problems are pairs of a place in the file and what is wrong there.
    """
    problems: list[tuple[Location, str]] = []

    def walk(node: Any, at: Location) -> Any:
        if isinstance(node, list):
            return [walk(child, (*at, index)) for index, child in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get(_KEY), str):
            try:
                return _read(node, Path(file))
            except ValueError as error:
                problems.append(((*at, _KEY), str(error)))
                return node
        return {key: walk(child, (*at, key)) for key, child in node.items()}

    return {key: walk(child, (key,)) for key, child in data.items()}, problems


def _read(number: Mapping[str, Any], file: Path) -> dict[str, Any]:
    name, column = number[_KEY], number.get(_COLUMN)
    if column is not None and not isinstance(column, str):
        raise FileError("column must be the name of one, as text.")
    said = {key: value for key, value in number.items() if key != _COLUMN}
    where = f"{name}, column {column}" if column else name
    said.setdefault("source", where)
    return said | {_KEY: column_of(_table(file, name), column)}


def samples_of(given: Mapping[str, Any], unit: str) -> list[float]:
    """
    Return samples in a base unit and in ascending order.

    Parameters
    ----------
    given : mapping
        With ``samples``, a list of numbers or of text with units; ``unit`` is that of bare numbers.
    unit : str
        The base unit wanted.

    Raises
    ------
    ValueError
        If there are none or too many, or one is no number of that unit; the message says which.

    Examples
    --------
    >>> samples_of({"samples": [120, "0.1 s", 80], "unit": "ms"}, "s")
    [0.08, 0.1, 0.12]
    """
    listed = given[_KEY]
    if not isinstance(listed, list) or not listed:
        raise ValueError(f"{_KEY} must be a list of numbers, or the name of a CSV table.")
    if len(listed) > MOST_SAMPLES:
        raise ValueError(f"{len(listed):,} samples are too many; at most {MOST_SAMPLES:,}.")
    named = given.get("unit")
    if named is None and any(not isinstance(each, str) for each in listed):
        named = unit if unit in {*COUNTS, "fraction", "ratio", "USD"} else None
        if named is None:
            raise ValueError(f"bare samples need their unit, as in unit: {_unit_of(unit)}.")
    factor = 1.0 if named is None or named == unit else parse(f"1 {named}", unit)
    found = []
    for number, each in enumerate(listed, 1):
        if isinstance(each, bool) or not isinstance(each, int | float | str):
            raise ValueError(f"sample {number} is no number.")
        try:
            amount = parse(each, unit) if isinstance(each, str) else each * factor
        except ValueError:
            raise ValueError(f"sample {number} is no number of {unit}.") from None
        if not math.isfinite(amount):
            raise ValueError(f"sample {number} is not finite.")
        found.append(float(amount))
    return sorted(found)


def _unit_of(unit: str) -> str:
    return example(unit).strip("'").partition(" ")[2] or unit


def _table(file: Path, name: str) -> Path:
    """Return a table beside a file, if it is a small regular file."""
    path = beside(file, name)
    try:
        status = path.stat()
    except OSError:
        raise FileError("there is no such table beside the system file.") from None
    if not stat.S_ISREG(status.st_mode):
        raise FileError("the table is not a regular file.")
    if status.st_size > MOST_BYTES:
        raise FileError(f"the table is larger than {MOST_BYTES / 1e6:g} MB; keep one column of it.")
    return path


def column_of(path: Path, column: str | None) -> list[float]:
    """
    Return the numbers of a column of a CSV table with a header.

    Parameters
    ----------
    path : Path
        In UTF-8, with commas or semicolons. Empty cells are passed over.
    column : str or None
        Its name; None where the table has one column only.

    Raises
    ------
    FileError
        With the line, and never with what stands there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise FileError("the table cannot be read as UTF-8.") from None
    head = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if ";" in head else ",", strict=True)
    try:
        names = [each.strip() for each in next(rows, [])]
        if column is None and len(names) > 1:
            raise FileError(f"the table has {len(names)} columns; say which with column.")
        if column is not None and column not in names:
            raise FileError("the table has no column of that name.")
        if column is not None and names.count(column) > 1:
            raise FileError("the table has several columns of that name; rename all but one.")
        index = 0 if column is None else names.index(column)
        found = [_cell(row, index, rows.line_num) for row in rows if any(row)]
    except csv.Error:
        raise FileError(f"line {rows.line_num} of the table is no CSV.") from None
    numbers = [each for each in found if each is not None]
    if not numbers:
        raise FileError("the column has no number.")
    if len(numbers) > MOST_SAMPLES:
        raise FileError(f"the column has {len(numbers):,} numbers; at most {MOST_SAMPLES:,}.")
    return numbers


def _cell(row: list[str], index: int, line: int) -> float | None:
    text = row[index].strip() if index < len(row) else ""
    if not text:
        return None
    try:
        # Underscores and other numerals are Python's, not a spreadsheet's.
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FileError(f"line {line} of the table has no finite number in that column.")
    return number
