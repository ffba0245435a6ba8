"""
A line of a document as tokens of arithmetic: numbers with their units, signs, and words.

A number takes the words behind it that say what it counts ("10 max connections",
"$0.045 per GB", "86,400 s"); digits in names, dates and versions are no numbers. Looking
is bounded: every character is read once, with a few words ahead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from planning.audit.languages import COUNTERS, UNIT_WORDS, words
from planning.audit.nouns import qualifies, stops
from planning.numbers.dimensions import CURRENCIES, DimensionError, Quantity, one

MAX_LINE = 10_000


class Token(NamedTuple):
    """
    A piece of a line.

    Attributes
    ----------
    kind : str
        ``number``, ``sign`` (of an operation), ``equals``, ``open``, ``close``, ``word``, ``stop``.
    text : str
        As written; a sign of an operation in one spelling: ``* / + - ^``.
    start, end : int
        Where it stands in the line.
    quantity : Quantity
        Of a number: what it is in coherent units.
    written : float
        Of a number: as written, without its unit.
    unit : str
        Of a number: its unit, empty where it has none.
    rough : bool
        Whether it was written with ``~`` or "about".
    """

    kind: str
    text: str
    start: int
    end: int
    quantity: Quantity = Quantity(0.0)
    written: float = 0.0
    unit: str = ""
    rough: bool = False

    @property
    def bare(self) -> bool:
        """Whether it is a number without a unit."""
        return self.kind == "number" and not self.unit


_DIGITS = (
    r"(?:[0-9]{1,3}(?:[,_'’\u00a0\u202f\u2009][0-9]{3})++(?![0-9])|[0-9]{1,24})(?:\.[0-9]{1,20})?"
)
_PIECE = r"""
      (?P<date>(?:19|20)[0-9]{{2}}[-/.][0-9]{{1,2}}(?:[-/.][0-9]{{1,2}})?(?![0-9])
        |[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?|[0-9]++(?:\.[0-9]++){{2,}}+|[0-9]++(?:st|nd|rd|th)\b)
    | (?P<number>(?P<money>(?:(?:US|A|C)?\$|[€£¥₹₩₽]|(?:USD|EUR|GBP)\s)\s?)?
        (?P<digits>{digits}|\.[0-9]{{1,20}})
        (?P<exponent>[eE][-+]?[0-9]{{1,2}}(?![0-9A-Za-z]))?)
    | (?P<equals>==?>|--?>|=|≈|≅|≃|→|⇒|⟶|➜)
    | (?P<compare><=|>=|[<>≤≥])
    | (?P<sign>[×✕∙·*÷/+^√]|[-−–])
    | (?P<open>[(\[⌈⌊]) | (?P<close>[)\]⌉⌋])
    | (?P<rough>[~∼])
    | (?P<short>(?:i\.e\.|e\.g\.|d\.h\.|approx\.|ca\.)(?![\w.]))
    | (?P<word>[^\W\d_](?:[\w'’]|[.@-](?=\w))*+)
    | (?P<stop>\S|\n)
"""
_PIECES = re.compile(_PIECE.format(digits=_DIGITS), re.VERBOSE)
_SIGNS = {"×": "*", "✕": "*", "∙": "*", "·": "*", "÷": "/", "−": "-", "–": "-"}
_ROUGH = words(
    "about around roughly approximately approx approx. ca ca. circa some nearly almost etwa rund "
    "unos aprox aprox. ungefähr environ env. 약"
)
# Words that begin another thought: what is before them is the unit, what is behind is not.
_ENDS = words(
    "of at for with and to so is are that makes gives or in on from each every the by when if "
    "then which until over x equals yields total was were takes need needs this these it we "
    "i.e. e.g. as than plus minus times divided multiplied instead per but not only more less out "
    "all into hence thus therefore und oder also sind ist je pro con y o son es de del por en "
    "mit zu bei"
)
_SCALE = re.compile(
    r"\s?(?:(?P<letter>[kKMBGTm]|Mio|Mrd|mn|bn)(?![A-Za-z0-9])"
    r"|(?P<word>(?i:hundred|thousand|million|billion|trillion|millones|millionen|mil))(?![A-Za-z])"
    r"|(?P<east>[천만억千万億]))"
)
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "mio": 1e6, "mrd": 1e9, "mn": 1e6, "bn": 1e9,
           "g": 1e9, "t": 1e12,
           "hundred": 100.0, "thousand": 1e3, "mil": 1e3, "million": 1e6, "billion": 1e9,
           "trillion": 1e12, "천": 1e3, "千": 1e3, "만": 1e4, "万": 1e4, "억": 1e8, "億": 1e8,
           "millones": 1e6, "millionen": 1e6}  # fmt: skip
_UNIT_WORD = re.compile(r"%|[¢€£$]|[^\W\d_]++(?:[-·][^\W\d_]++)*+(?![\w]|\.[a-z])")
_PER = re.compile(
    r"\s?/\s?(?=[^\W\d_(])|\s(?:per|a|an|pro|je|por)\s(?=[^\W\d_])|/(?=[0-9]{1,3}[ kKM])"
    r"|\sper\s(?=[0-9])",
    re.IGNORECASE,
)
_TIMES = words("second minute hour day week month year sec min hr")
_PER_NUMBER = re.compile(
    r"(?:([0-9][0-9,.]{0,12})\s?(?:([kKM]|million|thousand|billion)(?![A-Za-z]))?"
    r"|(million|thousand|billion)(?![A-Za-z]))\s?"
)


@lru_cache(maxsize=32)
def tokens_of(line: str) -> tuple[Token, ...]:
    """
    Return the tokens of a line; beyond 10,000 characters nothing is read.

    Parameters
    ----------
    line : str
        Plain text: without markup, its formulas written out.

    Examples
    --------
    >>> [token.text for token in tokens_of("Pods: 80 tasks × 10 max connections = 800/s")]
    ['Pods', ':', '80 tasks', '*', '10 max connections', '=', '800/s']
    """
    line = line[:MAX_LINE]
    if _RAISED.search(line):
        line = _RAISED.sub(lambda each: "^" + each[0].translate(_FLAT), line)
    found: list[Token] = []
    at, rough = 0, False
    while (piece := _PIECES.search(line, at)) is not None:
        kind, start, end = piece.lastgroup or "", piece.start(), piece.end()
        kind = "number" if piece["number"] else "word" if kind == "short" else kind
        at = end
        if kind == "number" and not _is_name(line, piece):
            token = _number(line, piece, rough)
            if _RANGE.match(line, token.end):
                # "5-10 users" is no number that an equation could be held to.
                token = Token("stop", line[start : _run_end(line, token.end + 1)], start,
                              _run_end(line, token.end + 1))  # fmt: skip
            found.append(token)
            at = token.end
        elif kind in {"number", "date"}:
            at = max(end, _run_end(line, end))
            found.append(Token("word", line[start:at], start, at))
        elif kind == "rough" or (kind == "word" and piece[0].lower() in _ROUGH):
            rough = True
            continue
        elif kind == "sign":
            found.append(_sign(line, piece))
        elif kind == "equals" and piece[0] == "=" and _joins(line, start):
            found.append(Token("stop", "=", start, end))
        elif kind == "close":
            found.append(Token(kind, piece[0], start, end))
            unit, at = _unit_at(line, end, "")
            if unit and _measures(unit.partition("/")[0] or "ratio"):
                # "(1.6 + 2.1) GB": what stands behind the bracket is the unit of its sum.
                found.append(Token("sign", "*", end, end))
                found.append(Token("number", unit, end, at, _one(unit), 1.0, unit))
            else:
                at = end
        elif kind == "word" and piece[0] in {"x", "X"} and _before_number(line, end):
            found.append(Token("sign", "*", start, end))
        else:
            kind = "stop" if kind == "compare" else kind
            found.append(Token(kind, piece[0], start, end, rough=piece[0] in "≈≅≃"))
        rough = False
    return tuple(found)


def _run_end(line: str, at: int) -> int:
    match = _RUN.match(line, at)
    return match.end() if match else at


_RAISED = re.compile(r"(?<=[0-9)])[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")
_FLAT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RANGE = re.compile(r"[-–—‑][~$€£]?[0-9]")
_RUN = re.compile(r"[\w.-]*\w")


def _is_name(line: str, piece: re.Match[str]) -> bool:
    """Whether digits are part of a name, a version or a list number."""
    start, end = piece.start("digits"), piece.end()
    before, after = line[max(0, piece.start() - 2) : piece.start()], line[end : end + 2]
    if piece["money"]:
        return False
    if (
        before[-1:] in {"_", "#"}
        or before[-1:].isalpha()
        or (before[-1:] in {".", "-"} and before[:1].isalnum() and start == piece.start())
    ):
        return True
    return after[:1] == "_" or (after[:1] == "." and after[1:].isdigit())


def _before_number(line: str, at: int) -> bool:
    return re.match(r"\s?(?:[~(]|\$|€|£)?\s?[0-9]", line[at : at + 4]) is not None


def _joins(line: str, at: int) -> bool:
    """Whether an equals sign stands within a name and its value: ``year=2024/month=01``."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return before.isalpha() and not after.isspace()


def _sign(line: str, piece: re.Match[str]) -> Token:
    start, end, sign = piece.start(), piece.end(), _SIGNS.get(piece[0], piece[0])
    before, after = line[max(0, start - 1) : start], line[end : end + 1]
    # A dash between two digits is a range, one within words joins them.
    if sign == "-" and before.strip() and before != ")":
        return Token("stop", piece[0], start, end)
    if sign == "-" and after.strip() and not before.strip() and (after.isalpha()):
        return Token("stop", piece[0], start, end)
    return Token("sign", sign, start, end)


def _number(line: str, piece: re.Match[str], rough: bool) -> Token:
    digits = re.sub(r"[_'’\s]", "", piece["digits"])
    digits = digits.replace(",", "")
    value, at = float(digits + (piece["exponent"] or "")), piece.end()
    money = CURRENCIES.get((piece["money"] or "").strip()[-1:], (piece["money"] or "").strip())
    scale = _scale(line, at, bool(money))
    if scale:
        value, at = float(f"{value * scale[0]:.15g}"), scale[1]
    if line.startswith(("x ", "×", "x)", "x,", "X "), at) and not _before_number(line, at + 1):
        at += 1
    unit, at = _unit_at(line, at, money)
    try:
        each = _one(unit)
    except DimensionError:
        each, unit = Quantity(1.0), ""
    quantity = Quantity(float(f"{value * each.value:.15g}"), each.powers)
    return Token("number", line[piece.start() : at].strip(), piece.start(), at, quantity,
                 value, unit, rough)  # fmt: skip


def _scale(line: str, at: int, money: bool) -> tuple[float, int] | None:
    match = _SCALE.match(line, at)
    if match is None:
        return None
    name = (match["letter"] or match["word"] or match["east"]).lower()
    spaced = line[at : at + 1].isspace()
    letter = match["letter"] or ""
    if letter in "BGT" and not money and _MANY.match(line, match.end()):
        return _SCALES[name], match.end()
    # "310 B" are bytes and "5 m" no millions; of money both are scales.
    if len(letter) == 1 and letter in "BGTm" and (spaced or not money):
        return None
    # "200 M / 10" is a number, "200 M" before a word may be anything.
    if len(letter) == 1 and spaced and not _SIGN_NEXT.match(line, match.end()):
        return None
    return _SCALES[name], match.end()


# "3.65B rows" and "1G records" are counted; "64B of header" are bytes.
_MANY = re.compile(r" (?!bytes|bits)[a-z]{3,20}s\b")
_SIGN_NEXT = re.compile(r"\s{0,2}(?:[*×/+=)÷→≈]|$)")


def _unit_at(line: str, at: int, money: str) -> tuple[str, int]:
    """Return the unit behind a number, and where it ends."""
    unit, end = (money, at) if money else _noun(line, at)
    for _ in range(3):
        begun = unit or line[end : end + 1] == "/" or line[end : end + 5].lower() == " per "
        per = _PER.match(line, end) if begun else None
        if per is None:
            break
        begin = per.end()
        number = _PER_NUMBER.match(line, begin)
        below, after = (
            _noun(" " + line[: number.end()], number.end() + 1, line)
            if number
            else _noun(line, begin, attached=True)
        )
        spoken = per[0].strip().lower() in {"a", "an", "je", "por", "pro"}
        if below in {"M", "K", "k", "MM"} and not number:
            below = f"1{below[:1]}"  # "$3/M" is a price of a million of them
        if not below or (spoken and below.lower().rstrip("s") not in _TIMES):
            break
        many = f"{number[1] or '1'}{number[2] or number[3] or ''} " if number else ""
        unit, end = f"{unit or '1'}/{many}{below}", after
    if unit.startswith("1/"):
        unit = unit[1:]
    return unit, end


def _noun(text: str, at: int, line: str = "", attached: bool = False) -> tuple[str, int]:
    """Return the noun of a phrase of at most four words, and where the phrase ends."""
    text, at = (line, at - 1) if line else (text, at)
    end, kept = at, ""
    for count in range(1 if attached else 4):
        begin = end + (text[end : end + 1] in " \u00a0\u202f\u2009" and bool(text[end : end + 1]))
        hyphen = count == 0 and text[begin : begin + 1] == "-" and begin == end
        word = _UNIT_WORD.match(text, begin + hyphen)
        ends = word is not None and (word[0].lower() in _ENDS or stops(word[0]))
        if word is None or (ends and not (attached and count == 0)):
            break
        if word[0] in {"x", "X"} or (
            word[0] == "$" or (word[0] in "€£" and text[word.end() : word.end() + 1].isdigit())
        ):
            break
        if kept and _measures(word[0]):
            break
        kept, end = word[0], word.end()
        # "18k daily players" are players.
        if _measures(kept) and not qualifies(kept):
            break
    return kept, end


_UNIT_NAME = re.compile(r"[^\W\d_]{1,40}|¢")


@lru_cache(maxsize=4096)
def _one(unit: str) -> Quantity:
    """Return one of a unit in any language that the draft of a document reads."""
    return one(_UNIT_NAME.sub(lambda each: _spelled(each[0]), unit))


def _spelled(word: str) -> str:
    spelled = UNIT_WORDS.get(word.lower()) or COUNTERS.get(word, word)
    return "cents" if word == "¢" else spelled


@lru_cache(maxsize=4096)
def _measures(word: str) -> bool:
    """Whether a word is a unit of time, size, money or a share, and no noun."""
    try:
        found = _one(word)
    except DimensionError:
        return False
    return bool(found.physical) or not found.powers
