"""
The words of a unit, read from the place where a number ends: ``ms``, ``open tickets per day``.

A number with its scale comes first (``1.5k``, ``2 million``, ``12만``), then a noun phrase or
a currency, then what it is per, up to four times. Nothing here searches: each pattern is
matched at one place, and at most a few words are looked at.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from planning.audit import languages
from planning.audit.nouns import countable, in_base, known, qualifies, several_of, stops
from planning.audit.scales import NUMBER, PHRASE_WORD, SCALE_WORD, scaled_at, word_at
from planning.numbers.dimensions import CODES, CURRENCIES
from planning.numbers.units import COUNTS


class Unit(NamedTuple):
    """A unit as this project spells it, with a number that it is per, and where it ends."""

    text: str
    divisor: float
    end: int


_CURRENCY = re.compile(
    rf"\s?(?:(?P<sign>[{''.join(sign for sign in CURRENCIES if sign != '$')}])"
    rf"|(?P<dollar>(?:(?<=[0-9kKM])|(?<=[0-9kKM]\s))\$)(?![0-9$]|\s?[0-9])|(?P<code>{'|'.join(sorted(CODES))})(?![A-Za-z0-9]))"
)
_PER_MANY = re.compile(r"[kKM](?![A-Za-z0-9])")
_SPACE = re.compile(r"[ \u00a0\u202f\u2009\t]{0,2}")
# In English "Pro" is the name of a plan.
_PER = re.compile(r"\s?/\s?|\s+[Pp]er\s+|\s+(?:por|pro|je)\s+(?=\w)")
_EACH = re.compile(r"\s+(?:an?|each|every|al|a la|im|par|und)\s+", re.IGNORECASE)
_EVERY = re.compile(
    r"\s(monthly|hourly|daily|weekly|yearly|annually|mensuales|monatlich|jährlich)(?!\w|\s[a-z]+s\b)"
)
_EVERY_TIME = {"monthly": "month", "hourly": "h", "daily": "day", "weekly": "week",
               "yearly": "year", "annually": "year", "mensuales": "month", "monatlich": "month",
               "jährlich": "year"}  # fmt: skip
# "257 hours of video per day", "20 MB RAM per VU": what it is an amount of comes between.
_OF = re.compile(
    r"\s+(?:of\s+[A-Za-z-]{2,20}(?:\s[A-Za-z-]{2,20})?|RAM|VRAM|memory|heap|disk|storage|data|CPU"
    r"|bandwidth|traffic|egress)(?=\s+(?:per|an?)\s|\s?/\s?[A-Za-z])"
)
_JOIN = re.compile(r"[-*·](?=[A-Za-z])")
# "1 Node.js process" is no node.
_WORD = re.compile(
    rf"[%¢]|[^\W\d_{languages.CJK_SIGNS}]{{1,24}}(?![^\W{languages.CJK_SIGNS}]|\.[a-z])|(?<=[0-9kKM])×"
)


def unit_at(text: str, at: int, money: str, one: bool, loose: str) -> Unit:
    """
    Read as much of a unit as is known; its text is empty and it ends at `at` if nothing is.

    Parameters
    ----------
    text : str
        Where a number stands, which ends at `at`.
    at : int
        Where its unit begins.
    money : str
        The currency that stands before the number, or nothing.
    one : bool
        Whether the number is one, after which a noun has no plural.
    loose : str
        Which nouns will do beside plurals: none, those in ``capitals``, or ``any``.
    """
    name, end = (money, at) if money else _noun_at(text, at, one, loose=loose)
    written, divisor = name, 1.0
    if written:
        held = _OF.match(text, end) if "/" not in written and _physical(written) else None
        end = held.end() if held else end
    for _ in range(4):
        per = _PER.match(text, end)
        each = None if per else (_EACH.match(text, end) if written else None)
        per = per or each
        every = _EVERY.match(text, end) if written and not per else None
        if every:
            return Unit(f"{written}/{_EVERY_TIME[every[1]]}", divisor, every.end())
        if per is None or (
            not written and text[per.start() : per.end()].strip() not in {"/", "per"}
        ):
            break
        begin, number = per.end(), 1.0
        attached = not text[per.start() : per.end()].startswith(" ")
        # "1,200 gateways / 60 s" is a quotient of two numbers, "$0.60/1M tokens" a price.
        digits = None
        if written and not each and (attached or "/" not in per[0]):
            digits = NUMBER.match(text, begin)
        letter = _PER_MANY.match(text, begin) if written in CODES and attached else None
        if letter:
            number, begin = {"k": 1e3, "K": 1e3, "M": 1e6}[letter[0]], letter.end()
        elif digits or SCALE_WORD.match(text, begin):
            number, begin, _ = scaled_at(text, begin, False)
        if number != 1:
            begin = _SPACE.match(text, begin).end()  # type: ignore[union-attr]  # it always matches
        counted = bool(digits) or number != 1
        below, after = _below_at(text, begin, counted, slash="/" in per[0])
        if each is not None and (not below or in_base(below)[1] != "s"):
            break
        many = number > 1 if letter or not digits else number >= 1000 and written in CODES
        if not below and many and (letter or digits or per[0].strip() == "per"):
            # "$2.56 per million", "$5/M" say how many, and what is before them of what.
            return Unit(written, divisor * number, begin - text[begin - 1].isspace())
        if not below or number == 0:
            break
        written, divisor, end = f"{written}/{below}", divisor * number, after
    return Unit(written, divisor, end) if written else Unit("", 1.0, at)


def _physical(name: str) -> bool:
    return in_base(name)[1] in {"s", "byte"}


def _below_at(text: str, at: int, counted: bool, slash: bool) -> tuple[str, int]:
    """Read what something is per: a time, a size, or any noun."""
    time = languages.COUNTED_TIME.match(text, at)
    if time:
        return languages.COUNTED_TIMES[time[0]], time.end()
    counter = languages.COUNTER.match(text, at)
    if counter:
        return languages.COUNTERS[counter["noun"]], counter.end()
    name, end = _noun_at(text, at, one=not counted, attached=True)
    if not name and counted:
        name, end = _phrase_at(text, at, at - 1, False, "", False)
    if name:
        return name, end
    word = PHRASE_WORD.match(text, at)
    if word is None:
        return "", at
    local = languages.PER_WORDS.get(word[0].lower())
    if local and not slash:
        return local, word.end()
    # "per API key", "per open ticket": an abbreviation or a qualifier is followed by its noun.
    more = (
        PHRASE_WORD.match(text, word.end() + 1)
        if text[word.end() : word.end() + 1] == " "
        else None
    )
    if (
        more
        and (word[0].isupper() or qualifies(word[0]))
        and more[0][0].islower()
        and countable(more[0])
    ):
        return more[0], more.end()
    # "3,000 reads/writes" are not reads per write.
    if countable(word[0]) and (counted or not (slash and several_of(word[0]))):
        return word[0], word.end()
    return "", at


def _noun_at(
    text: str, at: int, one: bool, loose: str = "", attached: bool = False
) -> tuple[str, int]:
    """Read a unit word such as ``ms``, ``-second``, ``concurrent users`` or ``vCPU-hours``."""
    if not attached:
        money = _CURRENCY.match(text, at)
        if money:
            sign = money["sign"] or money["dollar"]
            return CURRENCIES[sign] if sign else money["code"], money.end()
        counter = languages.COUNTER.match(text, at)
        if counter and not (
            languages.NO_COUNT.match(text, at)
            or (
                counter["noun"] in {"년", "年"}
                and re.match("(?:19|20)[0-9]{2}$", text[at - 4 : at])
            )
        ):
            return languages.COUNTERS[counter["noun"]], counter.end()
    begin = at if attached else _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it always matches
    hyphen = text[begin : begin + 1] == "-" and begin == at
    begin += hyphen
    spaced = begin > at
    word = _WORD.match(text, begin)
    name = known(word[0]) if word else None
    if word and name and not _not_here(text, word, name, spaced, hyphen, attached, one):
        joint = _JOIN.match(text, word.end())
        if joint is None:
            return name, word.end()
        more = _WORD.match(text, joint.end())
        other = known(more[0]) if more else None
        if more and other and "/" not in name + other:
            return f"{name}{'/' if attached else '*'}{other}", more.end()
        if in_base(name)[1] == "s":
            return name, word.end()  # "a 30-second-long pause" is a time
    if hyphen:
        return "", at
    return _phrase_at(text, begin, at, one, loose, attached)


def _not_here(
    text: str, word: re.Match[str], name: str, spaced: bool, hyphen: bool, attached: bool, one: bool
) -> bool:
    """Whether a known word is not the unit of the number before it."""
    end = word.end()
    if hyphen and len(word[0]) < 3:
        return True
    if attached and "/" in name:
        return True
    if spaced and not hyphen and word[0] in {"us", "d"}:
        # "1 d" is a day before a sign, and the letter of something else before a word.
        return word[0] == "us" or bool(re.match(r"[\s'’]{0,2}[^\W\d]", text[end : end + 3]))
    if name == "x":
        if re.match(r"\s*[0-9$€£]|\(", text[end : end + 4]):
            return True
        model = re.match(r"\s+([A-Za-z]+[0-9]|[a-z]+\s[a-z]+s\b)", text[end : end + 30])
        return bool(spaced and word[0] in {"x", "X", "×"} and model)
    if not (attached or one) and name in COUNTS and name != "core" and not several_of(word[0]):
        # "12 user sessions" are sessions: the singular before a plural only says which.
        following = word_at(text, end + 1) if text[end : end + 1] == " " else ""
        return bool(following) and several_of(following) and not stops(following)
    return False


def _phrase_at(
    text: str, begin: int, at: int, one: bool, loose: str, attached: bool
) -> tuple[str, int]:
    """Read the noun at the end of up to four words: "open support tickets", "GPU-hours"."""
    if begin == at and not attached:
        return "", at
    seen: list[tuple[str, int]] = []
    where, ended = begin, False
    for count in range(4):
        word = PHRASE_WORD.match(text, where)
        if word is None or stops(word[0]):
            ended = word is None or word[0] == "per"
            break
        end = word.end()
        held = _held_at(text, word, attached)
        if held:
            return held
        name, following = known(word[0]), word_at(text, end + 1)
        if name and count and in_base(name)[1].partition("/")[0] not in {*COUNTS, "GPU"}:
            if count == 1 and seen[0][0].lower() in _KINDS_OF_TIME and in_base(name)[1] == "s":
                return name, end
            break
        if name and (several_of(word[0]) or attached or one or count):
            if several_of(word[0]) or not several_of(following):
                return ("", at) if "/" in name and attached else (name, end)
        elif not attached and several_of(word[0]) and countable(word[0]):
            return word[0], end
        if attached and not qualifies(word[0]):
            return "", at
        seen.append((word[0], end))
        if text[end : end + 1] != " ":
            ended = True
            break
        where = end + 1
    return _singular(seen, ended, one, loose) or ("", at)


_KINDS_OF_TIME = frozenset(
    {"peak", "business", "working", "calendar", "full", "consecutive", "busy"}
)


def _singular(
    seen: list[tuple[str, int]], ended: bool, one: bool, loose: str
) -> tuple[str, int] | None:
    """Return the noun among words of which none is a plural, or None."""
    if loose == "capitals" and not one:
        return next((each for each in seen if each[0][0].isupper() and countable(each[0])), None)
    if not seen or not (one or loose):
        return None
    # "1 sustained write per second" against "1 broker failing under load".
    # A name is not what is counted: "1 Redis instance with 16 GB".
    named = len(seen) > 1 and seen[0][0][0].isupper() and not seen[1][0][0].isupper()
    noun = seen[-1] if ended else seen[1] if named else seen[0]
    return noun if countable(noun[0]) else None


def _held_at(text: str, word: re.Match[str], attached: bool) -> tuple[str, int] | None:
    """Read something held for a time, as GPU-hours are, or None."""
    held = _HELD.fullmatch(word[0])
    if held is None:
        return None
    first, time = known(held[1]) or held[1], known(held[2])
    if not time or in_base(time)[1] != "s" or "/" in first:
        return None
    if not known(held[1]) and not countable(held[1]):
        return None
    return f"{first}{'/' if attached else '*'}{time}", word.end()


_HELD = re.compile(r"([^\W\d_]{2,20})-([A-Za-z]{1,8})")
