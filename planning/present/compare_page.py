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
from planning.numbers.units import show
from planning.present.cards import Card, card_html
from planning.present.cells import VERDICT_TONES, held_users, monthly, share_used, verdict_sentence
from planning.present.chart_data import scale_end
from planning.present.compare_chart import Chart, held_words
from planning.present.compare_views import breaks_first, change_rows, unknown
from planning.present.html import findings_table, table_html
from planning.questions.assess import Verdict
from planning.questions.compare import Comparison, Side

_ENOUGH = {Verdict.HOLDS, Verdict.WARNING, Verdict.CRITICAL}
# Below it a limit has room in both, and is folded away.
_ROOMY = 0.1


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
    known = [side for side in (one, other) if not unknown(side)]
    if len(known) == 2:
        yield _most_held(*sorted(known, key=lambda side: side.edge.users))
    for side in known if len(known) == 1 else ():
        some = "Nothing limits {}" if math.isinf(side.edge.users) else "{} holds {} at most"
        yield f"{some.format(side.label, held_words(side.edge.users))}."
    # A lower bound is no price to take from another.
    stated = not (one.result.not_stated or other.result.not_stated)
    apart = other.monthly - one.monthly
    if stated and math.isfinite(apart) and apart:
        dear, cheap = (other, one) if apart > 0 else (one, other)
        yield f"{dear.label} costs {show(abs(apart), 'USD/month')} more than {cheap.label}."


def _most_held(less: Side, more: Side) -> str:
    """Return what the two hold at most, in a sentence: none and any number have their own."""
    few, many = less.edge.users, more.edge.users
    if many < 1:
        return "Neither holds even one user."
    if math.isinf(many):
        if math.isinf(few):
            return "Nothing limits either of them."
        return f"Nothing limits {more.label}; {less.label} holds {held_words(few)} at most."
    if few == many:
        return f"At most, both hold {held_words(many)}."
    return f"{more.label} holds {held_words(many)} at most, {less.label} {held_words(few)}."


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _card(side: Side, users: float, address: str) -> str:
    result, edge = side.result, side.edge
    asked = show(users, "user")
    fullest = f"{result.binding.name}, {share_used(float(result.binding.utilisation))}"
    facts = (
        ("Holds up to", held_users(result, edge.users, "any number")),
        ("Breaks first", breaks_first(side)),
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
    chart = Chart(found, scale_end(np.array(used)))
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
    worded = sum(bool(each.before and each.after) for each in found.reworded)
    count = _differ(len(both) - worded, worded)
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


def _differ(inputs: int, wordings: int) -> str:
    """
    Count what differs.

    >>> _differ(1, 0), _differ(3, 1)
    ('1 input differs', '3 inputs and 1 wording differ')
    """
    counts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((inputs, "input"), (wordings, "wording"))
        if count
    ]
    return f"{' and '.join(counts)} {'differs' if inputs + wordings == 1 else 'differ'}"
