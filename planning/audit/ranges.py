"""
Equations between ranges: "10–20 users × 5 connections = 50–100 connections".

A product or a sum of what rises rises, so its low end follows from the low ends and its high
end from the high ends. Differences and quotients cross, and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from planning.audit.agreeing import Answer
from planning.audit.checks import Check, check
from planning.audit.equations import Equation, Node, equations_of, operands
from planning.audit.signs import Token

_NUMBER = r"[0-9]{1,12}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,9})?"
_RANGE = re.compile(
    rf"(?<![\w.,/–-])(?P<money>[$€£]?)(?P<low>{_NUMBER})(?P<scale>[kKM]?)[-–—]"
    rf"(?P<again>[$€£]?)(?P<high>{_NUMBER})(?P<its>[kKM]?)(?![\w.]*[-–—/][0-9])(?!\.?[0-9])"
)


def ranges_of(text: str, line: int) -> Iterator[tuple[int, Check]]:
    """
    Yield the equations of a text whose claims are ranges, with where each claim stands.

    Parameters
    ----------
    text : str
        Plain text.
    line : int
        Its line; where the text has several, the place says which.

    Examples
    --------
    >>> [(each.claimed.text, str(each.answer), each.computed)
    ...  for _, each in ranges_of("10–20 users × 5 = 50–120 users", 1)]
    [('50–120 users', 'differs', '50 users to 100 users')]
    """
    spans = list(_RANGE.finditer(text)) if "=" in text or "→" in text else []
    if len(spans) < 2:
        return
    highs = {each.claimed.end: each for each in equations_of(_RANGE.sub(_high, text))}
    for low in equations_of(_RANGE.sub(_low, text)):
        high = highs.get(low.claimed.end)
        claimed = next((each for each in spans if _within(each, low.claimed)), None)
        if high is None or claimed is None or not low.sure or not _rises(low.expression):
            continue
        if not any(_within(span, each) for span in spans for each in operands(low.expression)):
            continue
        written = text[claimed.start() : low.claimed.end].strip()
        found = _both(low, high, written, line)
        if found is not None:
            yield claimed.start(), found


def _low(match: re.Match[str]) -> str:
    # The ends keep the place of the range, so that both readings stand at the same places.
    low = f"{match['money']}{match['low']}{match['scale'] or match['its']}"
    return low.rjust(len(match[0]))


def _high(match: re.Match[str]) -> str:
    return f"{match['money']}{match['high']}{match['its']}".rjust(len(match[0]))


def _within(span: re.Match[str], token: Token) -> bool:
    return span.start() <= token.start < span.end()


def _rises(node: Node) -> bool:
    """Whether an expression only multiplies and adds."""
    if isinstance(node, Token):
        return True
    return len(node) == 3 and node[0] in "*+" and _rises(node[1]) and _rises(node[2])


def _both(low: Equation, high: Equation, written: str, line: int) -> Check | None:
    first, last = check(low, line), check(high, line)
    if isinstance(low.expression, Token) or first is None or last is None:
        return None
    if Answer.UNLIKE in {first.answer, last.answer}:
        return None
    worse = first if first.answer is Answer.DIFFERS else last
    return replace(worse, claimed=worse.claimed._replace(text=written), expression=None,
                   computed=f"{first.computed} to {last.computed}",
                   how=f"{first.how}, {last.how}")  # fmt: skip
