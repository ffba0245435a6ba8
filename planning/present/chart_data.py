"""
What charts draw: results as columns of numbers.

No arithmetic of the plan happens here; a column is a result of
:mod:`planning.questions.assess` or :mod:`planning.questions.phases`, cut to what a chart can show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from planning.numbers.nodes import value_at
from planning.numbers.units import COUNTS, show, show_load
from planning.present.cells import monthly_of, per_thousand, share_used
from planning.questions.assess import MOST_USERS, Assessment, assess
from planning.questions.capacity import Capacity
from planning.questions.phases import PhaseStep
from planning.questions.reasons import reason
from planning.questions.surges import EventResult
from planning.system.system import System

Columns = dict[str, Any]

_POINTS = 90
# A log axis has no zero, and what is a thousand times over its limit need not be told apart.
_LEAST, _MOST = 1e-3, 1e3
# Heights of words on the marks, one below the other: their users may be close. [px]
_LEVELS = [8.0, 22.0, 36.0]
# Lines with a colour and a name; more cannot be told apart.
_NAMED = 5
# Bars are on a log scale from 1 % to a power of ten that holds the longest, at least to 10×.
LEAST_BAR, _SHORTEST_BAR, _SCALE_END = 0.01, 0.011, 10.0
_ROOMY = 0.1  # below it, limits share one bar
HAS_ROOM, NEAR, OVER = "has room", "near its limit", "over its limit"


def user_range(system: System, edge: Capacity, users: float) -> tuple[float, float]:
    """Return the ends of a users axis that shows today, the target, the edge and the question."""
    marks = [value_at(system.workload.users), value_at(system.workload.target), users]
    marks += [each for each in edge.by_constraint if 0 < each < 1e9]
    positive = [each for each in marks if each > 0] or [1.0]
    return max(1.0, min(positive) / 4), min(max(positive) * 4, MOST_USERS)


def sweep_columns(system: System, edge: Capacity, users: float) -> Columns:
    """
    Return utilisation against users, constraint by constraint, for a line chart.

    Those that break first come first, and only they are `named`.
    """
    low, high = user_range(system, edge, users)
    grid = np.unique(np.round(np.geomspace(low, high, _POINTS)))
    used = np.clip(assess(system, grid).utilisation, _LEAST, _MOST)
    first = np.lexsort((-used[:, -1], edge.by_constraint))
    names = [edge.constraints[row].name for row in first]
    return {
        "users": np.tile(grid, len(names)),
        "used": used[first].ravel(),
        "constraint": np.repeat(names, grid.size),
        "named": np.repeat(np.arange(len(names)) < _NAMED, grid.size),
    }


def mark_columns(system: System, edge: Capacity, users: float) -> Columns:
    """Return the users worth a mark on the axis: the question, and the system's edge."""
    target = value_at(system.workload.target)
    marks = [(users, "asked"), (edge.users, "edge")]
    marks += [(target, "target")] if target != users else []
    shown = [(at, name) for at, name in marks if 0 < at < np.inf]
    return {
        "users": [at for at, _ in shown],
        "mark": [name for _, name in shown],
        "level": _LEVELS[: len(shown)],
    }


def bar_columns(result: Assessment) -> Columns:
    """
    Return utilisation per constraint, the fullest first, with labels for people.

    Limits below 10 % share a row, as long as the fullest of them; the fullest limit of all always
    has a row of its own, and so has one that would be folded alone.
    """
    warn = value_at(result.system.warn_at)
    rows = sorted(result.constraints, key=lambda item: -float(item.utilisation))
    used = [float(item.utilisation) for item in rows]
    shown = max(1, sum(each >= _ROOMY for each in used))
    if len(rows) - shown < 2:
        shown = len(rows)
    names = [item.name for item in rows[:shown]]
    shares = [share_used(each) for each in used[:shown]]
    details = [
        of_limit(value_at(item.load), value_at(item.limit), item.unit) for item in rows[:shown]
    ]
    if folded := rows[shown:]:
        names.append(f"{len(folded)} more below 10 %")
        shares.append(f"at most {share_used(used[shown])}")
        details.append(f"the fullest: {folded[0].name}")
    drawn = np.array(used[: len(names)])
    end = scale_end(drawn)
    return {
        "constraint": names,
        "used": np.clip(drawn, _SHORTEST_BAR, end),
        "end": np.full(len(names), end),
        "rank": np.arange(len(names), dtype=float),
        "state": [OVER if each > 1 else NEAR if each > warn else HAS_ROOM for each in drawn],
        "share": shares,
        "detail": details,
        "label": [" · ".join(pair) for pair in zip(shares, details, strict=True)],
    }


def scale_end(used: np.ndarray) -> float:
    """
    Return where a log scale of used shares ends: the next power of ten, 10× at least.

    An infinite share, of a limit that is zero, reaches the end whatever it is.

    >>> scale_end(np.array([0.2, 4.0])), scale_end(np.array([333.4, np.inf]))
    (10.0, 1000.0)
    """
    largest = max([_SCALE_END, *used[np.isfinite(used)]])
    return float(10.0 ** np.ceil(np.log10(largest) - 1e-9))


def of_limit(load: float, limit: float, unit: str) -> str:
    """
    Print a load and its limit, a count's unit only once.

    >>> of_limit(6667, 20, "connection"), of_limit(4.2e9, 1e9, "byte")
    ('6,667 of 20 connections', '4.2 GB of 1 GB')
    """
    whole = show(limit, unit)
    noun = whole.partition(" ")[2]
    part = show_load(load, unit)
    # Scaled units differ between load and limit; what a person counts does not.
    if unit.partition("/")[0] in COUNTS and noun:
        part = part.partition(" ")[0]
    return f"{part} of {whole}"


def ladder_columns(steps: Sequence[PhaseStep]) -> Columns:
    """Return capacity by phase, computed and as the document claims it, two rows per phase."""
    names, users, kinds, labels = [], [], [], []
    for step in steps:
        rows = [("computed", min(step.capacity.users, 1e12), step.capacity.binding.name)]
        if step.claimed_users is not None:
            rows.append(("document", value_at(step.claimed_users), "claimed"))
        for kind, held, note in rows:
            names.append(step.name)
            users.append(max(held, 1.0))
            kinds.append(kind)
            labels.append(f"{show(held, 'user')} · {note}")
    ranks = np.arange(len(names), dtype=float)
    places = [f"{each}, {kind}" for each, kind in zip(names, kinds, strict=True)]
    return {
        "phase": names,
        "row": places,
        "users": users,
        "kind": kinds,
        "rank": ranks,
        "label": labels,
    }


def cost_columns(steps: Sequence[PhaseStep]) -> Columns:
    """Return the monthly cost by phase, with the cost per 1,000 users as its label."""
    monthly = [value_at(step.monthly) for step in steps]
    return {
        "phase": [step.name for step in steps],
        "monthly": monthly,
        "rank": np.arange(len(steps), dtype=float),
        "label": [
            "not stated"
            if step.monthly_stated is None
            else f"{monthly_of(step)} · {per_thousand(step.cost_per_thousand)} per 1,000 users"
            for step in steps
        ],
    }


def event_columns(matrix: Mapping[str, Sequence[EventResult]]) -> Columns:
    """Return the verdict of every event in every phase, a row each, with its reason."""
    rows = [
        (phase, float(step), result.event.name, float(rank), result.verdict.name, reason(result))
        for step, (phase, results) in enumerate(matrix.items())
        for rank, result in enumerate(results)
    ]
    names = ("phase", "step", "event", "rank", "verdict", "reason")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
