"""
Which word after a number is its unit, and which is what it counts.

Units are a closed list (:mod:`planning.numbers.units` and its spellings here); what is counted is
open: "6 GPUs", "4,000 open tickets", "72 partitions". No grammar of English is needed for
that. The counted noun is the first plural among the next few words, and the words end at a
preposition, a conjunction, a verb or a sign. What then is no noun is a plural-looking verb
("Redis 7 publishes"), so the common ones are listed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from planning.audit.languages import STOP_WORDS, UNIT_WORDS
from planning.audit.languages import words as words
from planning.numbers.dimensions import ALSO, CODES, CURRENCIES, DimensionError, one, unit_name
from planning.numbers.units import COUNTS, UnitError, plural, spelling, to_base


@lru_cache(maxsize=8192)
def in_base(unit: str) -> tuple[float, str]:
    """
    Return the factor from a unit to its base unit, and that base unit; any noun is a unit.

    Raises
    ------
    UnitError
        If it cannot be read as a unit at all.

    Examples
    --------
    >>> in_base("GB/player"), in_base("€/h")
    ((1000000000.0, 'byte/player'), (730.0, 'EUR/month'))
    """
    if any(digit in unit for digit in "0123456789") and not re.match(r"1(?:/|$)", unit):
        raise UnitError(
            f"{unit[:40]!r} is not a unit; write for example 'ms', 'GB' or 'requests/s'."
        )
    if "millicore" in unit:
        factor, name = in_base(unit.replace("millicores", "core").replace("millicore", "core"))
        return factor / 1000, name
    try:
        return to_base(unit)
    except UnitError:
        try:
            found = one(unit)
            name = unit_name(found)
            return float(f"{found.value / one(name).value:.15g}"), name
        except (DimensionError, ZeroDivisionError, OverflowError) as error:
            raise UnitError(str(error)) from None


# Only as they stand: "Gi" is a unit, and "gi" is none.
_EXACTLY = words("MS kb mb gb tb pb Gi Mi Ki Ti ns")
# A thousandth of a byte is a slip for a million, and nobody plans in kiloseconds.
_NOT_MEANT = re.compile(r"[mµ](b|B|||bps)|[kKMGTP]s|[µm]_.*")
_ROMAN = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=8192)
def known(word: str) -> str | None:
    """
    Return how this project spells a unit or a count that a word stands for, or None.

    >>> known("requests"), known("RPS"), known("mb"), known("Stunden"), known("€"), known("pods")
    ('requests', 'rps', 'MB', 'h', 'EUR', None)
    """
    if word in CURRENCIES:
        return CURRENCIES[word]
    if word in CODES:
        return word
    word = word.replace("μ", "µ")
    forms = [ALSO.get(word)] if word in _EXACTLY else [word, ALSO.get(word)]
    if len(word) >= 3 or word.lower() in {"ip", "hz", "vu"}:
        forms += [ALSO.get(word.lower()), word.lower()]
    forms.append(UNIT_WORDS.get(word.lower()))
    for form in forms:
        if form and not _NOT_MEANT.fullmatch(form):
            if form in _OPEN or form in _UNITS or form in COUNTS or spelling(form) != form:
                return form
            if "/" in form:
                return form
    return None


# Understood without being in the vocabulary of files.
_OPEN = words("GPU ns millicore")
_UNITS = words("s min h day week month year bit byte USD fraction percent erlang ratio bps")


# The words after a number end here: articles, prepositions, conjunctions, pronouns, verbs.
_STOPS = words(
    "a an the of to in on at for with without and or nor but per by from as is are was were be "
    "been being has have had will would can could should must may might shall do does did not "
    "no yes this that these those it its they them their we us our you your he she his her i my "
    "who whose which what where when while why how if then than so because since before after "
    "until during above below over under into onto out off up down about around between among "
    "within through across against along behind beside besides beyond despite except inside "
    "outside near toward towards upon via versus vs vs. plus minus times only also just even "
    "still yet again now today tomorrow yesterday always never often already almost instead "
    "otherwise perhaps thus hence therefore however each every all both half either neither "
    "some any many much more most less least fewer few enough other others another such same "
    "ones once twice here there too very i.e. e.g. etc etc. ie eg incl incl. excl bis onwards "
    "ago later earlier p50 p90 p95 p99 "
    # verbs of the third person that are hardly ever counted
    "runs holds takes needs gives makes means becomes remains exceeds equals handles serves "
    "allows requires supports publishes saves comes goes leaves brings works falls rises grows "
    "lasts stays includes contains lets seems says fits covers provides sends receives expects "
    "consumes raises carries keeps gets puts adds drops ends begins starts stops shows tells "
    "uses costs transcodes sees does knows thinks wants likes looks finds pays buys sells waits "
    "arrives reaches happens depends belongs follows appears turns helps yields lives dies "
    "halves doubles triples loses wins beats meets suffices "
).union(STOP_WORDS)  # fmt: skip
# Ends in s and is no plural, or is none that is counted.
_NOT_PLURAL = words(
    "as was his us bus gas plus minus always perhaps thus redis kubernetes postgres nginx aws "
    "gcs https dns tls sms gps ios os dos eks ecs rds sqs sns cors access process success "
    "business status alias bias basis analysis series js css less does news lens class loss "
    "pass address express progress ingress egress wireless serverless stateless headless "
    "jenkins windows aurora kinesis athena emits details others yours ours theirs sometimes "
    "towards afterwards besides nowadays p95s sales dynamics statistics analytics logistics "
    "graphics costs prices fees totals values results notes remarks savings revenues sums "
)
_PLURALS = words(
    "people children men women mice indices vertices criteria media feet teams caches matches "
    "series addresses processes accesses businesses buses gases classes passes"
)
_PLAIN = re.compile(r"[A-Z]?[^\W\d_A-Z]{2,30}s|[A-Z]{2,6}s")
_QUALIFIERS = words(
    "concurrent simultaneous active total open live idle parallel max maximum min minimum direct "
    "individual separate new online registered daily monthly weekly hourly db database sql http "
    "https api sse websocket redis postgres tcp client server app read write backend frontend peak "
    "average avg mean additional extra more other"
)


def stops(word: str) -> bool:
    """Whether the words after a number end before this one."""
    if word[:2].isupper() and word[-1] == "s":
        return False  # "1,000 PUTs" are counted
    return word.lower().rstrip(".") in _STOPS


def qualifies(word: str) -> bool:
    """Whether a word says which ones are meant and not what is counted: "500 open connections"."""
    return word.lower() in _QUALIFIERS


@lru_cache(maxsize=8192)
def several_of(word: str) -> bool:
    """
    Whether a word looks like the plural of something that is counted.

    >>> [several_of(each) for each in ("GPUs", "queries", "people", "Redis", "maxReplicas", "AWS")]
    [True, True, True, False, False, False]
    """
    lower = word.lower()
    if lower in _PLURALS:
        return True
    if lower in _NOT_PLURAL or stops(word) or not _PLAIN.fullmatch(word.rpartition("-")[2]):
        return False
    return word[:2].isupper() or not lower.endswith(("ss", "us", "is"))


_UNIT_WORDS = (
    *("ms", "seconds", "minutes", "hours", "days", "weeks", "months", "years", "milliseconds"),
    *("millisec", "microseconds", "MB", "GB", "kilobytes", "megabytes", "gigabytes", "bytes"),
    *("Mbit", "percent", "dollars"),
)


@lru_cache(maxsize=4096)
def nearest(word: str, counts: bool = True) -> str | None:
    """
    Return the unit that a word may be a slip for, or None.

    Parameters
    ----------
    word : str
        A word that is no unit.
    counts : bool
        Whether the project's own counts are looked at as well, and not only times and sizes.

    Examples
    --------
    >>> nearest("secnds"), nearest("pods"), nearest("conections")
    ('seconds', None, 'connections')
    """
    if not counts:
        return next(iter(get_close_matches(word[:40].lower(), _UNIT_WORDS, 1, 0.86)), None)
    each = [*_UNIT_WORDS, *COUNTS, *map(plural, COUNTS)]
    return next(iter(get_close_matches(word[:40].lower(), each, 1, 0.7)), None)


@lru_cache(maxsize=4096)
def countable(word: str) -> bool:
    """
    Whether a word may be counted at all: a noun in one script that is no slip for a unit.

    >>> countable("banana"), countable("secnds"), countable("Ks"), countable("of")
    (True, False, False, False)
    """
    return bool(
        1 < len(word) <= 40
        and _ROMAN.fullmatch(word)
        and not stops(word)
        and not _NOT_MEANT.fullmatch(word)
        and nearest(word, counts=False) is None
        and known(word) is None
    )
