"""
Limits of two systems as pairs of bars.

All stand on one logarithmic scale with a line at full. The words beside the bars say all that the
bars show.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from planning.flow.constraint import Constraint
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cells import share_used
from planning.present.chart_data import LEAST_BAR
from planning.questions.compare import Comparison, Side

# What is nearly empty is seen all the same. [%]
_SHORTEST = 0.8
# Where a mark would cover its neighbour, it has no words. [%]
_APART = 15.0


def held_words(users: float) -> str:
    """
    Print a capacity inside a sentence.

    Parameters
    ----------
    users : float
        Infinite where nothing binds. [user]

    Examples
    --------
    >>> held_words(0.0), held_words(28.0), held_words(float("inf"))
    ('nobody', '28 users', 'any number')
    """
    if math.isinf(users):
        return "any number"
    return "nobody" if users < 1 else show(users, "user")


class Chart:
    """
    Pairs of bars on one logarithmic scale, from 1 % to `most`.

    Attributes
    ----------
    sides : tuple of Side
        Whose bars stand in a row, from top to bottom.
    most : float
        Where the scale ends. [fraction]
    """

    def __init__(self, found: Comparison, most: float) -> None:
        self.sides = (found.before, found.after)
        self.most = most

    def place(self, share: float) -> float:
        """Return where a share stands. [% of the width]"""
        if share <= LEAST_BAR:
            return 0.0
        share = min(share, self.most)
        return 100 * math.log(share / LEAST_BAR) / math.log(self.most / LEAST_BAR)

    def ticks(self) -> list[tuple[float, str]]:
        """Return the shares that the scale names: full, a tenth, and what has room to be read."""
        found = [(1.0, "full"), (0.1, "10 %")]
        tick = self.most
        while tick >= 10:
            if all(abs(self.place(tick) - self.place(other)) > _APART for other, _ in found):
                found.append((tick, f"{show(tick, 'ratio')}×"))
            tick /= 10
        return found

    def marks(self) -> str:
        """Return a line across a row for every tick; the one at full is the limit."""
        lines = []
        for tick, _ in self.ticks():
            at, kind = f"{self.place(tick):.2f}%", "plan-full" if tick == 1 else "plan-tick"
            lines.append(f'<line class="{kind}" x1="{at}" x2="{at}" y1="0" y2="100%"/>')
        return "".join(lines)

    def list(self, rows: str) -> str:
        """Return rows below their scale."""
        words = []
        for tick, name in self.ticks():
            at = self.place(tick)
            end = ' text-anchor="end"' if at > 92 else ' text-anchor="middle"'
            # On a telephone there is room for the first two and the last.
            kind = ' class="plan-between"' if 1 < tick < self.most else ""
            words.append(f'<text x="{at:.2f}%" y="12"{end}{kind}>{name}</text>')
        axis = (
            f'<li class="plan-pair plan-axis" aria-hidden="true"><svg>{"".join(words)}</svg></li>'
        )
        return f'<ul class="plan-pairs">{axis}{rows}</ul>'

    def row(
        self, name: str, items: Sequence[Constraint | None], held: Sequence[float | None]
    ) -> str:
        """Return a limit: its name, a bar for each system that has it, and what they say."""
        there = [
            (place, side, float(item.utilisation), users)
            for place, side, item, users in zip(
                ("first", "second"), self.sides, items, held, strict=True
            )
            if item is not None and users is not None
        ]
        bars = "".join(
            f'<rect class="plan-{place}" x="0" y="{4 + 20 * line}" height="12" rx="2" '
            f'width="{max(self.place(used), _SHORTEST):.2f}%"/>'
            for line, (place, _, used, _) in enumerate(there)
        )
        words = "".join(
            f'<span><b class="{_tone(used, side)}">{escape(share_used(used))}</b> '
            f'<span class="planning-unseen">{escape(side.label)}, </span>'
            f"holds {escape(held_words(users))}</span>"
            for _, side, used, users in there
        )
        # The words beside the bars say all that the bars show.
        return (
            f'<li class="plan-pair"><span>{escape(name)}</span>'
            f'<svg aria-hidden="true" height="{20 * len(there)}">{self.marks()}{bars}</svg>'
            f"<div>{words}</div></li>"
        )


def _tone(used: float, side: Side) -> str:
    if used > 1:
        return "plan-over"
    return "plan-near" if used > value_at(side.system.warn_at) else "plan-roomy"
