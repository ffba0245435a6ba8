"""
Laws that hold whatever a document says: downtime of an uptime, percentiles that rise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from planning.audit.agreeing import Answer
from planning.audit.checks import Check
from planning.audit.signs import Token, tokens_of
from planning.audit.slips import rounding_of
from planning.numbers.dimensions import Quantity, one, show

_PERCENTILE = re.compile(r"^p([0-9]{2}(?:\.[0-9]{1,2})?)$", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:downtime|outage|unavailab|offline|ausfall|caída|inactividad)", re.IGNORECASE
)
_LINES = Callable[[int], int]


def laws_of(text: str, line_at: _LINES) -> Iterator[Check]:
    """
    Yield what general laws say of a text.

    Parameters
    ----------
    text : str
        A paragraph, plain.
    line_at : callable
        The line of a place in it.

    Examples
    --------
    >>> say = lambda text: [(each.claimed.text, str(each.answer), each.how)
    ...                     for each in laws_of(text, lambda at: 1)]
    >>> say("99.95% (at most 21.9 minutes of downtime a month)")
    [('21.9 minutes', 'agrees', '(1 − 99.95%) × 730 h = 21.9 min')]
    >>> say("p95 is 300 ms and p99 is 250 ms")
    [('250 ms', 'differs', 'p95 is 300 ms, and p99 cannot be less')]
    """
    lower = text.lower()
    down, ranked = bool(_DOWN.search(lower)), lower.count("p9") + lower.count("p50") > 1
    if not (down and "%" in text) and not ranked:
        return
    tokens = tokens_of(text)
    if down:
        yield from _downtime(tokens, text, line_at)
    if ranked:
        yield from _percentiles(tokens, line_at)


def _downtime(tokens: Sequence[Token], text: str, line_at: _LINES) -> Iterator[Check]:
    """Yield the downtime per month or year that stands beside an availability."""
    shares = [each for each in tokens if each.unit == "%" and 90 <= each.written < 100]
    times = [each for each in tokens if each.kind == "number"
             and each.quantity.physical in {(("time", 1),), ()} and "time" in dict(
                 one(each.unit.partition("/")[0] or "ratio").powers)]  # fmt: skip
    for claimed in times:
        share = next((each for each in reversed(shares) if each.end <= claimed.start), None)
        if share is None:
            continue
        after = text[claimed.end : claimed.end + 40].lower()
        period, name = _period(claimed.unit.partition("/")[2] or after)
        between = text[share.end : claimed.start]
        if period is None or len(between) > 60 or ". " in between:
            continue
        head = one(claimed.unit.partition("/")[0])
        down = (1 - share.quantity.value) * period.value
        factor = down / (claimed.written * head.value)
        # A month has 28 to 31 days, and availability is written with few digits.
        slack = 0.04 + rounding_of(claimed.text)
        answer = Answer.AGREES if abs(factor - 1) <= slack else Answer.DIFFERS
        if answer is Answer.DIFFERS and not 1 / 200 < factor < 200:
            continue
        computed = show(Quantity(down, (("time", 1),)))
        how = f"(1 − {share.text}) × {name} = {computed}"
        yield Check(line_at(claimed.start), claimed, answer, computed, how,
                    "" if answer is Answer.AGREES else "the downtime that this uptime leaves",
                    "downtime", factor=factor)  # fmt: skip


def _period(after: str) -> tuple[Quantity | None, str]:
    for words, unit, name in (
        (("month", "monat", " mes"), "month", "730 h"),
        (("year", "jahr", " año"), "year", "8,760 h"),
        (("week",), "week", "168 h"),
    ):
        if any(word in after for word in words):
            return one(unit), name
    return None, ""


def _percentiles(tokens: Sequence[Token], line_at: _LINES) -> Iterator[Check]:
    """Yield percentiles of one quantity that fall."""
    found: list[tuple[float, str, Token, int]] = []
    for at, token in enumerate(tokens):
        match = _PERCENTILE.match(token.text)
        if match is None:
            continue
        number = next((each for each in tokens[at + 1 : at + 4] if each.kind == "number"), None)
        if number is not None and number.quantity.physical == (("time", 1),):
            found.append((float(match[1]), token.text, number, at))
    for (low, name, first, _), (high, other, second, at) in pairwise(found):
        # Only neighbours: "startup p95 2 s, API p99 250 ms" goes on to something else.
        between = [each for each in tokens[:at] if each.start >= first.end]
        close = all(each.kind != "word" or each.text.lower() == "and" for each in between)
        factor = first.quantity.value / (second.quantity.value or 1e-300)
        if close and low < high and factor > 1:
            how = f"{name} is {first.text}, and {other} cannot be less"
            yield Check(line_at(second.start), second, Answer.DIFFERS, f"at least {first.text}",
                        how, "a higher percentile is lower", other, factor=factor)  # fmt: skip
