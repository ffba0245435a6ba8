"""The files of a report, read back with care."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from numbers import Real
from pathlib import Path
from typing import Any

from planning.present.json_records import SCHEMA_VERSION

NOTEBOOK, PAGE, RESULT = "report.ipynb", "report.html", "result.json"
# What the index shows of a result, and of a run that failed: text, or a number that may be missing.
_TEXTS = ("system", "verdict", "breaks_first")
_NUMBERS = ("capacity_users", "monthly_cost_usd")


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
