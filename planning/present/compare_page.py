"""
Two systems side by side, as the body of a page.

A card for each, every limit of either as a pair of bars on one scale, then what differs. The two
stand beside each other as equals: nothing here is before or after. It needs no script, and every
text of a file stays text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from planning.flow.constraint import Constraint
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cards import Card, card_html
from planning.present.cells import VERDICT_TONES, monthly, share_used, verdict_sentence
from planning.present.chart_data import LEAST_BAR, scale_end
from planning.present.compare_views import change_rows
from planning.present.html import findings_table, table_html
from planning.questions.assess import Verdict
from planning.questions.compare import Comparison, Side

_ENOUGH = {Verdict.HOLDS, Verdict.WARNING, Verdict.CRITICAL}
# Below it a limit has room in both, and is folded away.
_ROOMY = 0.1
# What is nearly empty is seen all the same. [%]
_SHORTEST = 0.8
# Where a mark would cover its neighbour, it has no words. [%]
_APART = 15.0


def side_labels(*sides: tuple[str, str]) -> tuple[str, str]:
    """
    Return what the two are called.

    Parameters
    ----------
    *sides : tuple of (str, str)
        Title and name of a file of each; the name is said where the titles are the same.

    Examples
    --------
    >>> side_labels(("Shop", "shop"), ("Arena", "arena"))
    ('Shop', 'Arena')
    >>> side_labels(("Shop", "shop"), ("Shop", "my_shop.yaml"))
    ('Shop (shop)', 'Shop (my_shop.yaml)')
    """
    (one, first), (other, second) = sides
    return (f"{one} ({first})", f"{other} ({second})") if one == other else (one, other)


def comparison_html(found: Comparison, addresses: tuple[str, str] = ("", "")) -> str:
    """
    Return two systems side by side.

    Parameters
    ----------
    found : Comparison
        The two, labelled by what they are called.
    addresses : tuple of str
        Where the live page of each is; empty where there is none.
    """
    cards = "".join(
        _card(side, found.users, address)
        for side, address in zip((found.before, found.after), addresses, strict=True)
    )
    return (
        f'<p class="planning-lead">{escape(" ".join(difference(found)))}</p>'
        f'<ul class="planning-cards plan-two">{cards}</ul>'
        f"{_limits(found)}{_differing(found)}"
    )


def difference(found: Comparison) -> Iterator[str]:
    """Yield which of the two holds the users, which holds more, and which costs more."""
    one, other = found.before, found.after
    asked = show(found.users, "user")
    verdicts = {one.result.verdict, other.result.verdict}
    if verdicts <= _ENOUGH:
        yield f"Both hold {asked}."
    elif verdicts == {Verdict.FAILS}:
        yield f"Neither holds {asked}."
    else:
        yield f"{one.label}: {_small(verdict_sentence(one.result))}."
        yield f"{other.label}: {_small(verdict_sentence(other.result))}."
    less, more = sorted((one, other), key=lambda side: side.edge.users)
    if less.edge.users == more.edge.users:
        yield f"At most, both hold {_held(more.edge.users)}."
    else:
        yield (
            f"{more.label} holds {_held(more.edge.users)} at most, "
            f"{less.label} {_held(less.edge.users)}."
        )
    # A lower bound is no price to take from another.
    stated = not (one.result.not_stated or other.result.not_stated)
    apart = other.monthly - one.monthly
    if stated and math.isfinite(apart) and apart:
        dear, cheap = (other, one) if apart > 0 else (one, other)
        yield f"{dear.label} costs {show(abs(apart), 'USD/month')} more than {cheap.label}."


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _held(users: float) -> str:
    """
    Print a capacity inside a sentence.

    >>> _held(0.0), _held(28.0), _held(float("inf"))
    ('nobody', '28 users', 'any number')
    """
    if math.isinf(users):
        return "any number"
    return "nobody" if users < 1 else show(users, "user")


def _card(side: Side, users: float, address: str) -> str:
    result, edge = side.result, side.edge
    asked = show(users, "user")
    fullest = f"{result.binding.name}, {share_used(float(result.binding.utilisation))}"
    facts = (
        ("Holds up to", _held(edge.users)),
        ("Breaks first", "nothing" if math.isinf(edge.users) else edge.binding.name),
        (f"Costs at {asked}", monthly(result)),
        (f"Fullest at {asked}", fullest),
    )
    shown = Card(verdict_sentence(result), VERDICT_TONES[result.verdict], facts)
    return card_html(shown, title=side.label, address=address, summary=side.system.summary)


def _limits(found: Comparison) -> str:
    """Return how full every limit is: those of both, then those of one, the fullest first."""
    sides = (found.before, found.after)
    limits = [{item.id: item for item in side.result.constraints} for side in sides]
    pairs = [
        (shift.name, [of_side.get(shift.id) for of_side in limits], (shift.before, shift.after))
        for shift in found.shifts
    ]
    pairs.sort(key=lambda pair: -_fullest(pair[1]))
    used = [float(item.utilisation) for _, items, _ in pairs for item in items if item is not None]
    chart = _Chart(found, scale_end(np.array(used)))
    tight = [pair for pair in pairs if _fullest(pair[1]) >= _ROOMY]
    groups = (
        ("Limits of both", (True, True)),
        (f"Only in {sides[0].label}", (True, False)),
        (f"Only in {sides[1].label}", (False, True)),
    )
    body = []
    for title, wanted in groups:
        rows = "".join(
            chart.row(*pair)
            for pair in tight
            if tuple(item is not None for item in pair[1]) == wanted
        )
        if rows:
            body.append(f"<h3>{escape(title)}</h3>{chart.list(rows)}")
    if roomy := [pair for pair in pairs if _fullest(pair[1]) < _ROOMY]:
        rows = "".join(chart.row(*pair) for pair in roomy)
        have = "have" if len(roomy) > 1 else "has"
        body.append(
            f"<details><summary>{len(roomy)} more {have} room: under 10 % used</summary>"
            f"{chart.list(rows)}</details>"
        )
    keys = "".join(
        f'<span><i class="plan-key plan-{place}"></i>{escape(side.label)}</span>'
        for place, side in zip(("first", "second"), sides, strict=True)
    )
    return (
        f"<h2>How full each limit is at {escape(show(found.users, 'user'))}</h2>"
        f'<p class="plan-keys">{keys}</p>{"".join(body)}'
    )


def _fullest(items: Sequence[Constraint | None]) -> float:
    return max(float(item.utilisation) for item in items if item is not None)


class _Chart:
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
            f"holds {escape(_held(users))}</span>"
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


def _differing(found: Comparison) -> str:
    """Return the inputs and the words that differ, and what is wrong in one of the two only."""
    one, other = found.before.label, found.after.label
    rows = list(change_rows(found))
    there = [
        *((bool(each.before), bool(each.after)) for each in found.reworded),
        *((each.before is not None, each.after is not None) for each in found.moved),
    ]
    both, only_one, only_other = (
        [row for row, sides in zip(rows, there, strict=True) if sides == wanted]
        for wanted in ((True, True), (True, False), (False, True))
    )
    wrong = findings_table(f"Only in {one}", found.went) + findings_table(
        f"Only in {other}", found.came
    )
    if wrong:
        wrong = f'<h2>Wrong whatever the load</h2><div class="plan-stacked">{wrong}</div>'
    count = f"{len(both)} {'input differs' if len(both) == 1 else 'inputs differ'}"
    head = ("input", one, other, "who says so of the second")
    tables = f'<div class="plan-differ">{table_html(f"{count} that both state", head, both)}</div>'
    for label, mine, column in ((one, only_one, 1), (other, only_other, 2)):
        if mine:
            table = table_html(
                f"Only in {label}",
                ("input", "value", "who says so"),
                [(row[0], row[column], row[3]) for row in mine],
            )
            tables += (
                f"<details><summary>{len(mine)} more only in {escape(label)}</summary>"
                f'<div class="plan-stacked">{table}</div></details>'
            )
    if found.same:
        tables = "<p>Nothing that counts differs.</p>"
    return f"{wrong}<h2>What differs</h2>{tables}"
