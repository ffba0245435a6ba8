"""
Incidents, reported beside predicted: rows, words, JSON, a table in Markdown.

Terminal, README, workbook and JSON show the same rows, made here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planning.evidence.comparing import MEDIAN_ERROR, RIGHT_SHARE, Compared, Prediction, Summary
from planning.numbers.units import show
from planning.present.json_records import SCHEMA_VERSION
from planning.present.terminal import plain

HEAD = ("incident", "what", "reported", "predicted", "error", "")
_NO_ANSWER = "not modelled"
Row = tuple[str, str, str, str, str, str]


def rows(found: Iterable[Compared]) -> list[Row]:
    """Return a row an outcome: incident, what, reported, predicted, error, right or wrong."""
    return [_row(one, each) for one in found for each in one.predictions]


def _row(one: Compared, each: Prediction) -> Row:
    outcome = each.outcome
    what = ", ".join(word for word in (outcome.statistic, outcome.constraint) if word)
    number = _shown(each.reported, each.unit)
    if each.unlike:
        number = f"{number} (p{outcome.percentile:g})"
    reported = [outcome.verdict, number]
    if outcome.reported is not None and each.reported is None:
        reported = [outcome.verdict, outcome.reported.value]  # in a unit that nothing here has
    answer = _shown(each.predicted, each.unit)
    predicted = [each.verdict, f"{answer} (no percentile)" if each.unlike else answer]
    if (each.numeric and each.predicted is None) or not any(predicted):
        predicted = [each.verdict, _NO_ANSWER]
    return (
        one.incident.name, what or "system",
        ", ".join(word for word in reported if word),
        ", ".join(word for word in predicted if word),
        error_words(each.error), _mark(one, each),
    )  # fmt: skip


def _shown(value: float | None, unit: str) -> str | None:
    """Return a number with a digit more than elsewhere: it is held against another one."""
    return None if value is None else show(value, unit, 4)


def _mark(one: Compared, each: Prediction) -> str:
    if one.incident.reported.not_modelled is not None:
        return "miss"
    return "" if each.right is None else "right" if each.right else "wrong"


def error_words(error: float | None) -> str:
    """
    Return an error in per cent; empty without a number.

    >>> error_words(-0.123), error_words(0.0), error_words(float("inf")), error_words(None)
    ('−12 %', '0 %', 'no answer', '')
    """
    if error is None:
        return ""
    if math.isinf(error):
        return "no answer"
    share = round(100 * error)
    return f"{'−' if share < 0 else '+' if share > 0 else ''}{abs(share)} %"


def headline(counts: Summary) -> str:
    """Return the counts in a sentence or two."""
    words = (
        f"Outcome right in {counts.right} of {counts.judged} incidents"
        f" ({counts.first_right} at the first answer, {counts.not_modelled} not modelled)."
        f" Median error of {counts.measured} measured numbers {_share(counts.median_measured)},"
        f" of all {counts.numbers} {_share(counts.median)}; {counts.within} are within"
        f" {_share(MEDIAN_ERROR)}."
    )
    met = "is met" if counts.reached else "is missed"
    aim = f"{_share(RIGHT_SHARE)} right and a median error of {_share(MEDIAN_ERROR)}"
    return f"{words} What is aimed at, {aim}, {met}."


def _share(share: float) -> str:
    return "without end" if math.isinf(share) else f"{share:.0%}".replace("%", " %")


def incidents_view(found: Sequence[Compared], counts: Summary) -> RenderableType:
    """Return the table and the counts for a terminal; a single incident with all that is known."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in HEAD:
        table.add_column(name, justify="right" if name == "error" else "left", overflow="fold")
    for row in rows(found):
        colour = {"right": "green", "wrong": "red", "miss": "red"}.get(row[-1], "")
        table.add_row(*map(plain, row[:-1]), Text(row[-1], colour))
    parts: list[RenderableType] = [table, "", plain(headline(counts), "bold")]
    parts += [plain(f"  {name}: {words}", "dim") for name, words in _unanswered(found)]
    if len(found) == 1:
        parts = [*(plain(line) for line in _story(found[0])), "", table]
    return Group(*parts)


def _story(one: Compared) -> list[str]:
    """Return what is known of an incident, line by line."""
    known = one.incident.reported
    first = "; ".join(known.first_answer.numbers)
    lines = [f"{known.title} ({known.date})", *known.source, "", *known.facts, ""]
    lines += [each.what for each in known.outcomes]
    lines += ["", f"Today the whole system: {one.said}."]
    lines += [f"First answer ({known.first_answer.commit}): {known.first_answer.outcome} {first}"]
    if known.mended:
        lines.append(f"Since then: {known.mended}")
    if known.not_modelled:
        lines.append(f"Not modelled: {known.not_modelled}")
    return lines


def _unanswered(found: Iterable[Compared]) -> list[tuple[str, str]]:
    """Return what is not modelled, by the name of the incident."""
    reasons = ((one.incident.name, one.incident.reported.not_modelled) for one in found)
    return [(name, words) for name, words in reasons if words is not None]


def incidents_markdown(found: Sequence[Compared], counts: Summary) -> str:
    """Return the table of the README, its sources as links, and what has no answer."""
    lines = [
        "| incident | reported | predicted | error | outcome |",
        "|---|---|---|---|---|",
        *(_markdown_row(one) for one in found),
        "",
        headline(counts),
    ]
    if unanswered := _unanswered(found):
        lines += ["", "What it has no answer to:", ""]
        lines += [f"- `{name}`: {words}" for name, words in unanswered]
    return "\n".join(lines)


def _markdown_row(one: Compared) -> str:
    known = one.incident.reported
    cells = list(zip(*rows([one]), strict=True))
    reported, predicted, error = ("; ".join(filter(None, cells[place])) for place in (2, 3, 4))
    mark = {None: "", True: "right", False: "miss" if known.not_modelled else "wrong"}[one.right]
    title = re.sub(r"([\\\[\]|])", r"\\\1", known.title)
    return f"| [{title}]({known.source[0]}) | {reported} | {predicted} | {error} | {mark} |"


def incidents_record(found: Sequence[Compared], counts: Summary) -> dict[str, Any]:
    """Return incidents and counts as JSON-ready data; null where there is no answer or no end."""
    return {
        "schema_version": SCHEMA_VERSION,
        "right": counts.right,
        "judged": counts.judged,
        "first_right": counts.first_right,
        "not_modelled": counts.not_modelled,
        "numbers": counts.numbers,
        "measured": counts.measured,
        "within": counts.within,
        "median_error": _finite(counts.median),
        "median_error_measured": _finite(counts.median_measured),
        "reached": counts.reached,
        "incidents": [_record(one) for one in found],
    }


def _record(one: Compared) -> dict[str, Any]:
    known = one.incident.reported
    return {
        "name": one.incident.name,
        "title": known.title,
        "source": known.source,
        "date": known.date,
        "right": one.right,
        "answer": one.said,
        "outcomes": [
            {
                "what": each.outcome.what,
                "constraint": each.outcome.constraint,
                "statistic": each.outcome.statistic,
                "kind": each.outcome.kind,
                "percentile": each.outcome.percentile,
                "verdict_reported": each.outcome.verdict,
                "verdict_predicted": each.verdict,
                "unit": each.unit,
                "reported": each.reported,
                "low": each.low,
                "high": each.high,
                "predicted": None if each.predicted is None else _finite(each.predicted),
                "error": None if each.error is None else _finite(each.error),
            }
            for each in one.predictions
        ],
        "first_answer": known.first_answer.model_dump(),
        "mended": known.mended,
        "not_modelled": known.not_modelled,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
