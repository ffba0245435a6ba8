"""
A number as it is written, with its scale: ``1,500``, ``1.5k``, ``2 million``, ``12만``.

Letters are ambiguous, so what follows decides: ``2B users`` are two billion and ``20 B`` are
bytes, ``5m users`` are five million and ``5m`` is five minutes.
"""

from __future__ import annotations

import re

from planning.audit import languages
from planning.audit.nouns import known, several_of

NUMBER = re.compile(
    r"(?:[0-9]{1,3}(?:[,_'’\u00a0\u202f\u2009][0-9]{3})+(?![0-9])|[0-9]{1,30}+(?![0-9]))"
    r"(?:\.[0-9]{1,30}+(?![0-9]))?(?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z_]))?"
    r"|\.[0-9]{1,30}+(?![0-9])(?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z_]))?"
)
_SCALE_WORDS = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
                "trillion": 1e12, "millones": 1e6, "millón": 1e6, "millionen": 1e6, "mio": 1e6,
                "mrd": 1e9, "mil": 1e6, "milliarden": 1e9, "millions": 1e6,
                "tausend": 1e3}  # fmt: skip
SCALE_WORD = re.compile(
    rf"[ \u00a0-]?({'|'.join(sorted(_SCALE_WORDS, key=len, reverse=True))})\.?(?:\sde(?=\s))?"
    r"(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_SCALE = re.compile(r"([kKM])(?![A-Za-z0-9_])")
_MONEY_SCALE = re.compile(r"([kKmMbB])(?![A-Za-z0-9_])")
_SCALE_LETTERS = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9}
# "5m users": a small m is a million only where something is counted.
_SMALL_M = re.compile(r"m\s(?=[A-Za-z]{3})")
_KOREAN_MORE = re.compile(r"\s?([0-9]{1,4})\s?(천|백|만)")


def product(number: float, factor: float) -> float:
    """Return a product with 15 digits: 70 % is 0.7, not 0.7000000000000001."""
    return number if factor == 1 else float(f"{number * factor:.15g}")


def scaled_at(text: str, at: int, money: bool) -> tuple[float, int, float]:
    """Read a number with its scale: the product, where it ends, and the scale itself."""
    match = NUMBER.match(text, at)
    number, end = 1.0, at
    if match:
        number, end = float(re.sub(r"[,_'’\s]", "", match[0])), match.end()
    letter = (_MONEY_SCALE if money else _SCALE).match(text, end)
    word = SCALE_WORD.match(text, end)
    other = languages.SCALE.match(text, end) if match else None
    scale = 1.0
    if letter:
        scale, end = _SCALE_LETTERS[letter[1]], letter.end()
    elif word:
        scale, end = _SCALE_WORDS[word[1].lower()], word.end()
    elif other:
        scale, end = languages.SCALES[other[0].strip()], other.end()
        more = _KOREAN_MORE.match(text, end)
        if more and languages.SCALES[more[2]] < scale:
            number += float(more[1]) * languages.SCALES[more[2]] / scale
            end = more.end()
    elif text.startswith("B ", end) and _counts(word_at(text, end + 2)):
        scale, end = 1e9, end + 1
    elif (small := _SMALL_M.match(text, end)) and several_of(word_at(text, small.end())):
        scale, end = 1e6, end + 1
    return product(number, scale), end, scale


def _counts(word: str) -> bool:
    return several_of(word) or known(word) is not None


PHRASE_WORD = re.compile(rf"[^\W\d_{languages.CJK_SIGNS}]\w{{0,39}}(?:[-'’.+&]\w{{1,39}}){{0,4}}")


def word_at(text: str, at: int) -> str:
    """Return the word that begins at a place of a text, or nothing."""
    word = PHRASE_WORD.match(text, at)
    return word[0] if word else ""
