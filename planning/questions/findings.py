"""
What is wrong with a system whatever the number of users, the worst first.

Parts find what their own fields show; what only several parts together show (pools that
open more connections than the database takes) is found here; the rest was written into
the file by somebody who looked.
"""

from __future__ import annotations

from collections.abc import Iterator

from planning.flow.finding import Finding, Severity
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.parts.app import App
from planning.parts.database import Database
from planning.parts.pooler import Pooler
from planning.system.system import System

__all__ = ["Finding", "Severity", "findings"]


def findings(system: System) -> list[Finding]:
    """
    Return everything that is wrong with a system's configuration.

    Parameters
    ----------
    system : System
        As it is today, or after a phase; a phase puts right what it no longer finds.

    Returns
    -------
    list of Finding
        The most severe first.
    """
    found = [
        each for name, part in system.parts.items() for each in part.findings(name, system.workload)
    ]
    found += _pools(system)
    found += [
        Finding(name.replace("_", " "), Severity[flaw.severity.upper()], flaw.what, flaw.remedy)
        for name, flaw in system.findings.items()
    ]
    return sorted(found, key=lambda each: -each.severity)


def _pools(system: System) -> Iterator[Finding]:
    """Yield pools that may open more connections than the database takes: they will, one day."""
    parts = system.parts.values()
    app = next((part for part in parts if isinstance(part, App)), None)
    database = next((part for part in parts if isinstance(part, Database)), None)
    pooled = any(isinstance(part, Pooler) for part in parts)
    pool = app.pool() if app is not None else None
    if app is None or database is None or pool is None or pooled:
        return
    usable = value_at(database.usable())
    if value_at(pool) > usable:
        yield Finding(
            "pools",
            Severity.HIGH,
            f"{show(value_at(app.processes), 'process')} may open {show(value_at(pool), pool.unit)}"
            f" together, the database takes {show(usable, pool.unit)}: a pool is per process",
            "a smaller pool per process, or a pooler in transaction mode",
        )
