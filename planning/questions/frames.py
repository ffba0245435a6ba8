"""
Results as tables: one row per constraint and case, units beside the values.

pandas is imported when a table is asked for, never before. The tables are tidy: what is
known of a row stands in its columns, so that they can be filtered, joined and drawn::

    planning.assess(system, [1_000, 10_000]).to_frame()
    planning.to_frame(planning.ladder(system))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from planning.flow.constraint import Constraint
from planning.flow.finding import Finding
from planning.flow.surge import Outcome
from planning.numbers.catalog import Catalog
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, value_at
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a frame, columns in the order in which they first appear."""
    import pandas as pd

    return pd.DataFrame(list(rows))


def table_of(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return columns of one length as a frame."""
    import pandas as pd

    return pd.DataFrame(dict(columns))


def constraint_rows(
    users: Node, constraints: Iterable[Constraint], verdicts: np.ndarray[Any, Any]
) -> Iterator[Row]:
    """Yield a row per constraint and case, with load, limit and what is used of it."""
    for item in constraints:
        load, limit, who = np.broadcast_arrays(item.load.value, item.limit.value, users.value)
        used = np.broadcast_to(item.utilisation, load.shape)
        words = np.broadcast_to(verdicts, load.shape)
        for case in np.ndindex(load.shape):
            yield {
                "case": case[0] if len(case) == 1 else (case or 0),
                "users": float(who[case]),
                "constraint": item.id,
                "part": item.part,
                "load": float(load[case]),
                "limit": float(limit[case]),
                "unit": item.unit,
                "utilisation": float(used[case]),
                "past_limit": str(item.past_limit),
                "verdict": str(words[case]),
            }


def capacity_rows(constraints: Iterable[Constraint], held: np.ndarray[Any, Any]) -> Iterator[Row]:
    """Yield a row per constraint and draw, with the users it holds."""
    for item, users in zip(constraints, held, strict=True):
        for case in np.ndindex(np.shape(users)):
            yield {
                "case": case[0] if len(case) == 1 else (case or 0),
                "constraint": item.id,
                "part": item.part,
                "capacity": float(users[case]),
                "unit": "user",
                "past_limit": str(item.past_limit),
                "remedy": item.remedy,
            }


def outcome_rows(event: str, outcomes: Iterable[Outcome]) -> Iterator[Row]:
    """Yield a row per limit that a crowd meets and number of what it does there."""
    for outcome in outcomes:
        for name, node in outcome.numbers.items():
            yield {
                "event": event,
                "constraint": outcome.constraint.id,
                "part": outcome.part,
                "verdict": outcome.verdict.name,
                "number": name,
                "value": value_at(node),
                "unit": node.unit,
            }


def finding_rows(findings: Iterable[Finding]) -> Iterator[Row]:
    """Yield a row per finding."""
    for each in findings:
        yield {
            "part": each.part,
            "severity": each.severity.name.lower(),
            "what": each.what,
            "remedy": each.remedy,
            "vanished": each.vanished,
        }


def input_rows(inputs: Mapping[str, Estimate]) -> Iterator[Row]:
    """Yield a row per input of a system, with its range and its source."""
    for path, each in inputs.items():
        yield {
            "input": path,
            "value": value_at(each),
            "low": each.low,
            "high": each.high,
            "unit": each.unit,
            "kind": str(each.kind),
            "source": each.source,
        }


def catalog_rows(catalog: Catalog) -> Iterator[Row]:
    """Yield a row per number of a catalogue, with its source and how far it is believed."""
    fields = ("key", "value", "low", "high", "unit", "source", "date", "confidence", "note")
    for row in catalog.rows.values():
        yield {name: getattr(row, name) for name in fields}


def to_frame(results: Any) -> pd.DataFrame:
    """
    Return results as one table.

    Parameters
    ----------
    results : result, iterable of results, or mapping of str to results
        What has ``to_frame`` (an assessment, a capacity, an event, a phase's step, a requirement),
        findings, a catalogue (its rows), a system (its inputs), or several of one kind; of a
        mapping the keys become a column ``of``.

    Returns
    -------
    pandas.DataFrame
        Tidy, units beside the values.

    Raises
    ------
    TypeError
        If something has no table.
    """
    import pandas as pd

    if hasattr(results, "to_frame"):
        found: pd.DataFrame = results.to_frame()
        return found
    if isinstance(results, Finding):
        return table(finding_rows([results]))
    if isinstance(results, System):
        return table(input_rows({path: each.estimate for path, each in results.inputs.items()}))
    if isinstance(results, Catalog):
        return table(catalog_rows(results))
    if isinstance(results, Mapping):
        frames = {name: to_frame(each) for name, each in results.items()}
        kept = [frame.assign(of=name) for name, frame in frames.items() if len(frame)]
        return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
    if isinstance(results, Iterable) and not isinstance(results, str):
        frames_of = [to_frame(each) for each in results]
        return pd.concat(frames_of, ignore_index=True) if frames_of else pd.DataFrame()
    raise TypeError(f"{type(results).__name__} has no table; give a result or several of them.")
