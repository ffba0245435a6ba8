"""How sure the answers of several systems are, side by side: a table for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.console import RenderableType
from rich.table import Table

from planning.numbers.units import show
from planning.present import confidence as words
from planning.present.json_records import finite
from planning.present.terminal import plain
from planning.questions.sampling import Sample, sample
from planning.system.patches import phase_system
from planning.system.system import System

HEAD = (
    "system", "after", "target", "chance to hold it", "half of it", "holds, in 8 of 10 draws",
    "breaks first",
)  # fmt: skip
_TODAY, _LAST = "today", "the last phase"
Drawn = tuple[str, str, Sample]


def both_ends(system: System, name: str, n: int, seed: int) -> Iterator[Drawn]:
    """Yield a sample of a system today, and after its last phase if it has any, at its target."""
    target = float(np.max(system.workload.target.value))
    for after, number in ((_TODAY, 0), (_LAST, len(system.phases))):
        if after == _TODAY or number:
            yield name, after, sample(phase_system(system, number), n, seed, target)


def rows(found: Sequence[Drawn]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`HEAD` per sample."""
    for name, after, each in found:
        low, high = (words.held(float(one)) for one in each.capacity_at([0.1, 0.9]))
        first = each.breaks_first[0]
        yield (
            name if after == _TODAY else "",
            after,
            show(each.users, "user") if after == _TODAY else "",
            words.percent(each.probability),
            words.percent(float(each.holding(each.users / 2))),
            f"{low.removesuffix(' users')} to {high}",
            f"{first.name}, in {words.percent(first.share)}",
        )


def chances_view(found: Sequence[Drawn]) -> RenderableType:
    """Return the table for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in HEAD:
        table.add_column(name)
    for row in rows(found):
        table.add_row(*map(plain, row))
    return table


def chances_markdown(found: Sequence[Drawn]) -> str:
    """Return the table as Markdown, in which system names are code."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    for name, *rest in rows(found):
        cells = (f"`{name}`" if name else "", *(each.replace("|", r"\|") for each in rest))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def chances_record(found: Sequence[Drawn]) -> list[dict[str, Any]]:
    """Return the table as JSON-ready data; null where nothing binds."""
    return [
        {
            "system": name,
            "after": after,
            "users": each.users,
            "draws": each.count,
            "seed": each.seed,
            "probability": each.probability,
            "probability_of_half": float(each.holding(each.users / 2)),
            "capacity_users": {
                f"p{level}": finite(float(each.capacity_at(level / 100))) for level in (10, 50, 90)
            },
            "breaks_first": {"constraint": first.id, "name": first.name, "share": first.share},
        }
        for name, after, each in found
        for first in each.breaks_first[:1]
    ]
