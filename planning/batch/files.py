"""The files of a report: written whole or not at all, read back with care."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from numbers import Real
from pathlib import Path
from typing import Any

from planning.present.json_records import SCHEMA_VERSION

NOTEBOOK, PAGE, RESULT = "report.ipynb", "report.html", "result.json"
# What the index shows of a result, and of a run that failed: text, or a number that may be missing.
_TEXTS = ("system", "verdict", "breaks_first")
_NUMBERS = ("capacity_users", "monthly_cost_usd")


def write(path: Path, text: str) -> None:
    """
    Write a file whole or not at all: a reader never sees half a report.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is missing.
    text : str
        What it is to hold.

    Raises
    ------
    OSError
        If there is no room, or no permission; it names the file, and nothing is left behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def forget(folder: Path) -> None:
    """Remove an earlier run's files: an old page beside a failed run would be believed."""
    for name in (NOTEBOOK, PAGE, RESULT):
        (folder / name).unlink(missing_ok=True)


def results(out: Path) -> Iterator[dict[str, Any]]:
    """
    Yield every result below a folder, earlier runs included, with its place.

    A file that is not one of ours, or holds something else than we write, is passed over.
    """
    for path in sorted(out.glob(f"*/*/{RESULT}")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue  # somebody else's file, or one that is just being written
        if isinstance(found, dict) and _is_ours(found):
            yield {**found, "folder": path.parent.relative_to(out).as_posix()}


def _is_ours(found: Mapping[str, Any]) -> bool:
    if found.get("schema_version") != SCHEMA_VERSION or not _is_number(found.get("users")):
        return False
    if "error" in found:
        return isinstance(found.get("system"), str)
    return all(isinstance(found.get(name), str) for name in _TEXTS) and all(
        name in found and (found[name] is None or _is_number(found[name])) for name in _NUMBERS
    )


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and float(value) == value
