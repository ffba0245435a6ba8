"""When it runs out, for a terminal, a page and programs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from planning.present import runway as words
from planning.present.html import table_html
from planning.present.json_records import SCHEMA_VERSION, finite
from planning.present.state import State
from planning.present.terminal import plain
from planning.questions.growth.lasting import LimitRunway, Runway
from planning.questions.growth.outlook import Outlook


def runway_view(found: Runway) -> RenderableType:
    """Return headline, basis, limits, phases and notes."""
    lines: list[RenderableType] = [
        plain(words.headline(found), "bold"),
        plain(words.basis_words(found), "dim"),
        "",
        _table(words.LIMIT_HEAD, list(words.limit_rows(found))),
        "",
        plain("How long each phase lasts, as if it were there from the first day:", "bold"),
        _table(words.PHASE_HEAD, list(words.phase_rows(found))),
    ]
    said = [plain(note, "dim") for note in words.notes(found)]
    return Group(*lines, *([""] if said else []), *said)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(head):
        table.add_column(name, justify="right" if name in {"used now", "holds"} else "left",
                         overflow="fold" if column else "ellipsis")  # fmt: skip
    for row in rows:
        table.add_row(*map(plain, row))
    return table


def runway_html(found: Runway) -> str:
    """Return headline, basis, both tables and notes for a page."""
    tone = {0: "ok", 10: "warn", 20: "bad"}[exit_code(found)]
    said = "".join(f"<p>{escape(line)}</p>" for line in words.notes(found))
    return (
        f'<div class="plan-verdict plan-{tone}" role="status" aria-live="polite">'
        f"<strong>{escape(words.headline(found))}</strong>"
        f"<span>{escape(words.basis_words(found))}</span></div>"
        + table_html("When each limit runs out", words.LIMIT_HEAD, words.limit_rows(found))
        + table_html("How long each phase lasts", words.PHASE_HEAD, words.phase_rows(found))
        + said
    )


def how_long_html(state: State) -> str:
    """Return the runway for a report; without a growth section no rate is assumed there."""
    if state.base.growth is None:
        return (
            "<p>How long it holds is not known: the file says nothing of growth. Give "
            "<code>growth: {rate: 10 %/month}</code>, a target curve or a history.</p>"
        )
    return runway_html(state.runway)


def exit_code(found: Runway) -> int:
    """
    Return 20 where something is past or too late to help, or nobody can say; 10 where it runs out.

    0 where nothing does within the horizon.
    """
    if found.past or found.late or found.severe or np.isnan(found.first.p90):
        return 20
    return 10 if found.first.p90 != np.inf else 0


def runway_record(found: Runway, name: str) -> dict[str, Any]:
    """
    Return a runway as JSON-ready data.

    A day is null where it is not within the horizon or not known; `status` says which.
    """
    users = {f"p{level * 100:g}": found.demand.at(level) for level in (0.1, 0.5, 0.9)}
    last = int(found.horizon)
    months = sorted({*range(0, last, 30), last})
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "system": name,
        "headline": words.headline(found),
        "start": words.iso(found.start),
        "horizon_days": found.horizon,
        "headroom": found.headroom,
        "basis": list(found.demand.basis),
        "demand": [
            {"day": day, "date": words.iso(found.date(day))}
            | {f"users_{key}": float(values[day]) for key, values in users.items()}
            for day in months
        ],
        "constraints": [_limit(found, each) for each in found.limits],
        "phases": [
            {
                "phase": each.name,
                "capacity_users": finite(each.capacity.users),
                "runs_out_first": None if each.first is None else each.first.id,
                "p50": _passing(found, each.p50),
                "p90": _passing(found, each.p90),
            }
            for each in found.phases
        ],
        "severe": [{"part": each.part, "what": each.what} for each in found.severe],
        "history": None if found.outlook is None else _history(found.outlook),
    }
    if found.drawn is not None:
        record["draws"] = {
            "count": int(found.drawn.days.shape[1]),
            "seed": found.drawn.seed,
            "refused": found.drawn.refused,
            "runs_out": {
                f"p{round(share * 100)}": _passing(found, float(found.drawn.day_at(share)))
                for share in (0.1, 0.5, 0.9)
            },
            "first": found.drawn.shares(),
        }
    return record


def _passing(found: Runway, day: float) -> dict[str, Any]:
    known = np.isfinite(day) and day > 0
    status = (
        "not known" if np.isnan(day)
        else "not within the horizon" if np.isinf(day)
        else "passes" if known else "past already"
    )  # fmt: skip
    return {
        "status": status,
        "day": float(day) if known else None,
        "date": words.iso(found.date(day)) if known else None,
    }


def _limit(found: Runway, each: LimitRunway) -> dict[str, Any]:
    return {
        "constraint": each.constraint.id,
        "name": each.constraint.name,
        "used": finite(each.used),
        "p50": _passing(found, each.p50),
        "p90": _passing(found, each.p90),
        "phase": None if each.phase is None else each.phase.name,
        "lead_time_days": None if np.isnan(each.lead_time) else each.lead_time,
        "order_by_day": finite(each.order_by) if not np.isnan(each.order_by) else None,
        "order_by": words.iso(found.date(each.order_by)) if not np.isnan(each.order_by) else None,
    }


def _history(known: Outlook) -> dict[str, Any]:
    test = known.test
    judged = bool(test.judged)
    return {
        "column": known.history.column,
        "first": known.history.first.isoformat(),
        "last": known.history.last.isoformat(),
        "forecasts": known.forecasts,
        "reason": test.reason or None,
        "horizon_days": test.horizon,
        "windows": len(test.windows),
        "windows_with_intervals": len(test.judged),
        "mase": finite(test.error) if test.windows else None,
        "mase_seasonal_naive": finite(test.naive_error) if test.windows else None,
        "coverage": {str(e): test.covered(e) for e in (0.8, 0.95)} if judged else None,
        "coverage_of_peak": {str(e): test.peak_covered(e) for e in (0.8, 0.95)} if judged else None,
        "oddities": [
            {"kind": each.kind, "days": each.days, "lines": list(each.lines[:50])}
            for each in known.history.oddities
        ],
    }
