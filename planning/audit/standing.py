"""
Laws between the numbers of one paragraph or list: work in flight, deliveries, caches in a row.

Each is asked only where the words name all of its numbers, and each of them once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block
from planning.audit.checks import Check
from planning.audit.sections import Spot, only, spots_of
from planning.audit.slips import rounding_of
from planning.numbers.dimensions import Quantity, show, show_number

_TIME = (("time", 1),)
_IN_FLIGHT = re.compile(
    r"^\s?(?:requests?\s|calls?\s|jobs?\s|queries\s|(?:are\s)?on average\s)?"
    r"(?:are\s)?(?:in[ -]flight|in progress|at once|at a time|at the same time)\b"
)
_FLYING = re.compile(r"\b(?:in[ -]flight|in progress)\b")
_CONCURRENT = re.compile(
    r"\bconcurrent (?:requests|calls|jobs|queries|executions|invocations)$|\bin[- ]flight requests$"
)
_LASTS = re.compile(r"^\s?(?:each\b|apiece\b|per (?:request|call|job|query|execution)\b)")
_TAKES = re.compile(
    r"\b(?:each|every|one|an?)\s(?:request|call|job|query|execution|invocation)?\s?"
    r"(?:takes|lasts|runs(?: for)?)\s(?:(?:about|around|on average|a mean of)\s)?~?$"
)
_WORK = frozenset({"request", "call", "job", "query", "execution", "invocation"})
# A tail is no mean, what is allowed is not what is in flight, one of many servers not all of them.
_OTHER = re.compile(
    r"\b(?:p[0-9]{2}|percentile|timeout|max\w*|at most|up to|peak|limit\w*|batch\w*|retr\w+|"
    r"handles?|allow\w*|accept\w*|support\w*|can|could|capacity|enough|servers?|threads?|"
    r"per (?:pod|server|instance|node|task|worker|container)|worst|slowest|before|after|from|now)\b"
)


def standing_laws(section: Sequence[Block]) -> Iterator[Check]:
    r"""
    Yield what laws say of a section: of each paragraph, then of all of a list together.

    Parameters
    ----------
    section : sequence of Block
        Paragraphs and list items that stand together.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> say = lambda text: [(each.claimed.text, str(each.answer), each.how)
    ...                     for each in standing_laws(list(blocks_of(text)))]
    >>> say("We get 2,000 requests/s of 200 ms each, so that 50 are in flight.")
    [('50', 'differs', '2,000 requests/s × 200 ms = 400 in flight')]
    """
    parts = [[block] for block in section]
    for part in [*parts, section] if len(section) > 1 else parts:
        text = " ".join(block.text for block in part).lower()
        spots: list[Spot] | None = None
        for hint, law in _LAWS:
            if hint.search(text):
                spots = spots_of(part) if spots is None else spots
                yield from law(spots, text)


def _in_flight(spots: Sequence[Spot], text: str) -> Iterator[Check]:
    """Yield Little's law: what is in flight is the rate times the time that each takes."""
    rate = only(spots, lambda spot: _is_rate(spot) and not _is_fast(spot))
    time = only(spots, lambda spot: spot.token.quantity.physical == _TIME
                and (_LASTS.match(spot.after) or _TAKES.search(spot.before)))  # fmt: skip
    held = only(spots, _is_held)
    if rate is None or time is None or held is None or _OTHER.search(text):
        return
    # Users are not in flight, their requests are; "deploy 50 at once" is of something else.
    if held.token.bare and not _FLYING.search(held.after):
        return
    if _counts(held) not in {"", *_WORK, *(name for name, _ in rate.token.quantity.powers)}:
        return
    value = rate.token.quantity.value * time.token.quantity.value
    how = f"{rate.token.text} × {time.token.text} = {show_number(value)} in flight"
    yield from _against(held, value, how, "what arrives in the time that each takes is in flight")


def _is_rate(spot: Spot) -> bool:
    quantity = spot.token.quantity
    return quantity.physical == (("time", -1),) and len(quantity.powers) == 2


def _is_fast(spot: Spot) -> bool:
    return any(name in {"byte", "message"} for name, _ in spot.token.quantity.powers)


def _is_held(spot: Spot) -> bool:
    token = spot.token
    if token.quantity.physical or token.unit == "%" or "/" in token.unit:
        return False
    return bool(_IN_FLIGHT.match(spot.after) or _CONCURRENT.search(token.text.lower()))


def _against(
    spot: Spot, value: float, how: str, why: str, shown: str = "", slack: float = 0.05
) -> Iterator[Check]:
    """Yield a claimed number against what a law makes of the others."""
    claimed = spot.token
    if not claimed.quantity.value:
        return
    factor = value / claimed.quantity.value
    slack += (0.1 if claimed.rough else 0.0) + rounding_of(claimed.text)
    near = abs(factor - 1) <= slack
    if not near and not 1e-4 < factor < 1e4:
        return
    answer = Answer.AGREES if near else Answer.DIFFERS
    computed = shown or show_number(claimed.written * factor)
    yield Check(spot.line, claimed, answer, computed, how, "" if near else why, factor=factor)


_SENT = frozenset({"message", "event", "update", "post", "notification"})
_RECEIVERS = frozenset({"member", "user", "subscriber", "client", "device", "viewer", "recipient",
                        "follower", "listener", "player"})  # fmt: skip
_TO = re.compile(
    r"\b(?:to|among|reach(?:es)?|in a (?:room|group|channel) of)\s(?:all\s)?(?:its\s)?$"
)
_DELIVERED = re.compile(r"^\s?(?:are\s|is\s)?(?:deliver(?:ed|ies)|received|fanned out)\b")
_FILTERED = re.compile(
    r"\b(?:rest|push|email|late|online|offline|active|some|filter\w*|batch\w*|sampl\w*|%|per cent)"
)


def _delivered(spots: Sequence[Spot], text: str) -> Iterator[Check]:
    """Yield what is delivered of what is sent: one for each that it is sent to."""
    claimed = only(spots, _is_delivered)
    sent = only(spots, lambda spot: _is_sent(spot) and not _is_delivered(spot))
    members = only(spots, lambda spot: _counts(spot) in _RECEIVERS and _TO.search(spot.before))
    if claimed is None or sent is None or members is None or _FILTERED.search(text):
        return
    # What another sentence delivers may be something else.
    first, last = sorted((sent.token.end, claimed.token.end))
    if any(spot.block for spot in spots) or ". " in text[first:last] or "\n" in text[first:last]:
        return
    value = sent.token.quantity.value * members.token.written
    shown = f"{show_number(value)}/s"
    # Who sends a message may be the one that does not get it.
    slack = 0.05 + 1 / max(members.token.written, 1.0)
    how = f"{sent.token.text} × {members.token.text} = {shown}"
    yield from _against(claimed, value, how, "each of them gets every message", shown, slack)


def _counts(spot: Spot) -> str:
    powers = spot.token.quantity.powers
    return powers[0][0] if len(powers) == 1 and powers[0][1] == 1 else ""


def _is_sent(spot: Spot) -> bool:
    return _is_rate(spot) and any(name in _SENT for name, _ in spot.token.quantity.powers)


def _is_delivered(spot: Spot) -> bool:
    if spot.token.quantity.physical != (("time", -1),):
        return False
    names = {name for name, _ in spot.token.quantity.powers}
    return bool(names & {"delivery", "delivered"}) or bool(_DELIVERED.match(spot.after))


_CACHE = re.compile(r"\b(cdn|browser|proxy|edge|redis|memcached|varnish|nginx|gateway|dns)\b")
_OLD = re.compile(r"^\s?(?:old|stale|out of date|behind)\b")
_AT_MOST = re.compile(r"\b(?:at most|no more than|never more than|up to|maximum)\s$")
_PURGED = re.compile(
    r"\b(?:purg\w+|invalidat\w+|revalidat\w*|swr|bypass\w*|no-cache|shared|age header|expires?|"
    r"without|instead|or|remaining)\b"
)


def _stale(spots: Sequence[Spot], text: str) -> Iterator[Check]:
    """Yield how old an answer may be behind caches in a row: as old as all of them together."""
    claimed = only(spots, lambda spot: _is_time(spot) and _OLD.match(spot.after))
    caches = [(found[-1], spot) for spot in spots
              if _is_time(spot) and (found := _CACHE.findall(spot.before))]  # fmt: skip
    names = {name for name, _ in caches}
    if claimed is None or not _AT_MOST.search(claimed.before) or _PURGED.search(text):
        return
    others = [spot for spot in spots if _is_time(spot) and spot is not claimed]
    if not 2 <= len(caches) == len(names) == len(others):
        return
    value = sum(spot.token.quantity.value for _, spot in caches)
    shown = show(Quantity(value, _TIME), claimed.token.text)
    how = f"{' + '.join(spot.token.text for _, spot in caches)} = {shown}"
    if value < claimed.token.quantity.value * 0.95:
        return  # more is promised than is needed
    yield from _against(claimed, value, how, "each cache may take what the one before holds", shown)


def _is_time(spot: Spot) -> bool:
    return spot.token.quantity.physical == _TIME and len(spot.token.quantity.powers) == 1


_LAWS = (
    (
        re.compile(r"in[ -]flight|in progress|at once|at a time|at the same time|concurrent"),
        _in_flight,
    ),
    (re.compile(r"deliver|received|fanned"), _delivered),
    (re.compile(r"\b(?:old|stale|behind|out of date)\b"), _stale),
)
