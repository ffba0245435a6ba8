"""What surges do over draws, in words and rows: terminal, page and programs say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from planning.present import confidence as words
from planning.present.html import table_html
from planning.present.json_records import estimate_record, finite
from planning.present.state import State
from planning.present.terminal import plain
from planning.questions.drawn_events import DrawnEvent

HEAD = ("event", "phase", "stated numbers", "over draws", "served", "decided by")
LEVELS = (0.1, 0.5, 0.9)


def drawn_words(found: DrawnEvent) -> str:
    """Return what an event does over draws, such as ``served 40–75 %, STABLE in 3 of 10 draws``."""
    said = served_words(found)
    return f"{said}, {verdict_words(found)}" if said else verdict_words(found)


def verdict_words(found: DrawnEvent) -> str:
    """Return in how many draws which verdict is given, such as ``STABLE in 3 of 10 draws``."""
    told, said = list[str](), set[str]()
    for name, share in found.shares.items():
        words_of = _of_draws(share)
        for unit in (" of 10 draws", " of the draws"):
            if words_of.endswith(unit):
                # Of what is counted is said once.
                words_of = words_of.removesuffix(unit) if unit in said else words_of
                said.add(unit)
        told.append(f"{name} {words_of}")
    return ", ".join(told)


def served_words(found: DrawnEvent) -> str:
    """Return the share served between the careful and the good case; nothing where unknown."""
    low, _, high = found.served_at(LEVELS)
    if np.isnan(low):
        return ""
    ends = [words.percent(float(each)) for each in (low, high)]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0].removesuffix(' %')}–{ends[1]}"
    return f"served {span}"


def decided_words(found: DrawnEvent) -> str:
    """Return which limit decides most often, and how often; nothing where none does."""
    if not found.decides:
        return ""
    first = found.decides[0]
    return f"{first.name} ({words.percent(first.share)})"


def rows(matrix: Mapping[str, Sequence[DrawnEvent]]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`HEAD` per event and phase; a phase that changes nothing is left out."""
    for results in zip(*matrix.values(), strict=True):
        before = None
        for phase, found in zip(matrix, results, strict=True):
            served = served_words(found).removeprefix("served ")
            told = (verdict_words(found), served, decided_words(found))
            if told != before:
                name = found.event.name if before is None else ""
                yield name, phase, found.point.verdict.name, *told
            before = told


def drawn_events_view(
    matrix: Mapping[str, Sequence[DrawnEvent]], title: str, seed: int
) -> RenderableType:
    """Return the table for a terminal, with what was drawn."""
    table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
    for name in HEAD:
        table.add_column(name)
    for row in rows(matrix):
        table.add_row(*map(plain, row))
    first = next(iter(matrix.values()))[0]
    return Group(
        plain(f"{title}: events over {first.count:,} draws, seed {seed}", "bold"), table, _NOTE
    )


_NOTE = (
    "served: what the limit that serves least lets through, from the careful to the good case (1 "
    "in 10 draws is below, 1 in 10 above). A phase that changes nothing is left out."
)


def surges_html(state: State) -> str:
    """Return what surges do over draws, for a page; nothing to see where no event is declared."""
    found = state.surges
    if not found:
        return "<p>No events are declared: add <code>events:</code> to the file.</p>"
    head = (HEAD[0], *HEAD[2:])
    told = [(row[0], *row[2:]) for row in rows({state.phase_name: found})]
    note = f"<p>{found[0].count:,} draws. {escape(_NOTE.rpartition(' A phase')[0])}</p>"
    return table_html("Everyone at once, over draws", head, told) + note


def drawn_events_record(matrix: Mapping[str, Sequence[DrawnEvent]], seed: int) -> dict[str, Any]:
    """Return events over draws as JSON-ready data; null where nothing is known."""
    first = next(iter(matrix.values()))[0]
    return {
        "draws": first.count,
        "seed": seed,
        "phases": [
            {
                "phase": phase,
                "events": [
                    {
                        "name": found.event.name,
                        "words": drawn_words(found),
                        "verdict_of_stated_numbers": found.point.verdict.name,
                        "share_by_verdict": found.shares,
                        "served": {
                            f"p{round(level * 100)}": finite(float(found.served_at(level)))
                            for level in LEVELS
                        },
                        "decided_by": [
                            {"constraint": each.id, "name": each.name, "share": each.share}
                            for each in found.decides
                        ],
                        "refused": sorted(set(found.refused.values())),
                        "inputs": [
                            {"input": path, **estimate_record(each)}
                            for path, each in found.doubted.items()
                        ],
                    }
                    for found in results
                ],
            }
            for phase, results in matrix.items()
        ],
    }


def _of_draws(share: float) -> str:
    """
    Say a share of the draws as people count.

    >>> _of_draws(0.31), _of_draws(1.0), _of_draws(0.97), _of_draws(0.004)
    ('in 3 of 10 draws', 'in all draws', 'in 97 % of the draws', 'in 0.4 % of the draws')
    """
    tenths = round(share * 10)
    if share == 1:
        return "in all draws"
    if tenths in (0, 10):
        return f"in {words.percent(share)} of the draws"
    return f"in {tenths} of 10 draws"
