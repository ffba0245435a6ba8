"""A few words on what a number is: those before it, under the heading where they are too few."""

from __future__ import annotations

import re

from planning.audit.parsed import Found

MAX_LABEL = 8
_GROUPED = re.compile(r"(?<=[0-9])[\u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")


def spaced(text: str) -> str:
    """Return a text with single spaces, and commas for the thin ones between thousands."""
    return " ".join(_GROUPED.sub(",", text).split())


_STOP = re.compile(r"(?<=[^\W\d])[.!?;]\s|(?<=\))[.;]\s")
_NOT_A_WORD = re.compile(r"^[^\w%$]+|[^\w%+)]+$")


def label_of(text: str, seen: Found, heading: str) -> str:
    """Return the few words before a number, under the heading where they are too few."""
    before = text[max(0, seen.start - 200) : seen.start]
    before = before[before.find(" ") + 1 :] if seen.start > 200 else before
    before = _STOP.split(before)[-1]
    words = _plain_words(before)
    if len(words) >= 3:
        return " ".join(words[-MAX_LABEL:])
    above = _plain_words(heading)[: MAX_LABEL - len(words)]
    if above and " ".join(above) != " ".join(words):
        return " / ".join(" ".join(part) for part in (above, words) if part)
    words = words or _plain_words(text[seen.end : seen.end + 60])[:4]
    return " ".join(words)


_LEADING = re.compile(r"^\s*+(?:[#>*+-]++\s++|[0-9]{1,4}[.)]\s++|\[[ xX]\]\s++)++")


def _plain_words(text: str) -> list[str]:
    bare = (_NOT_A_WORD.sub("", word) for word in _LEADING.sub("", text).split())
    return [word[:40] if "(" in word else word[:40].rstrip(")") for word in bare if word]


def few(text: str, most: int = MAX_LABEL) -> str:
    """Return the first few words of a text."""
    return " ".join(text.split()[:most])[:120]
