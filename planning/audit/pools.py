"""
Pools of connections that a section spreads over its lines: containers, workers in each, a pool.

Every process opens a pool of its own, so that the connections are the product of all three.
It is held against the total that the section gives and the limit that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block
from planning.audit.checks import Check
from planning.audit.languages import words
from planning.audit.sections import Spot, only, spots_of
from planning.audit.signs import Token
from planning.audit.slips import rounding_of
from planning.audit.world import World
from planning.numbers.dimensions import show_number

_HOSTS = words("container pod task instance replica server machine node host vm dyno")
_PROCESSES = words("worker process")
_EACH = re.compile(r"\b(?:each|every|per|apiece)\b")
_POOL = re.compile(
    r"\bpool(?:[_ -]?size)?(?:\s(?:of|is|has|holds|with|size))*\s?[=:]?\s?(?:up to\s)?$"
)
_OPENS = re.compile(
    r"\b(?:each|every)\s(\w{3,12})\s(?:opens|keeps|holds|has|takes|uses|needs)\s(?:up to\s)?$"
)
_EACH_ONE = re.compile(r"\s(?:each|apiece)\b")
_PER = re.compile(r"\s?(?:connections\s)?(?:per|in each|in every|for each)\s(\w+)")
_EVERY = re.compile(r"\b(?:each|every)\s(?!with\b|has\b|have\b)(\w+)\s(?:\w+\s)?(?:with\s)?an?\b")
_TOTAL = re.compile(
    r"\b(?:in total|in all|altogether|together|all told|overall)\b|\btotals?\b(?! (?:of|is))"
)
_TOTAL_OF = re.compile(r"\b(?:total(?: of| is)?|together|altogether|in all|sum)\b[^.;]{0,30}$")
_LIMIT = re.compile(
    r"\bmax_connections\s?(?:=|:|is|of|at|to|stands at)?\s?$"
    r"|\b(?:database|postgres|postgresql|mysql|it)\s(?:allows|accepts|takes)\s(?:at most\s)?$"
)
# One pool for all stands between, or the document knows that they are too many.
_SHARED = re.compile(
    r"\b(?:pg_?bouncer|pooler|proxy|supavisor|pgcat|odyssey|proxysql|shared pool|exceed\w*|"
    r"too many|more than|not enough|reject\w*|refus\w*|exhaust\w*|runs? out|instead|before|after|"
    r"now|raise|lower|reduce|from|autoscal\w*|scale\w*|peak|min\w*|max_overflow|overflow|not)\b"
)


def pools_of(section: Sequence[Block], world: World | None = None) -> Iterator[Check]:
    r"""
    Yield what the pools of a section come to, against its total and its limit.

    Parameters
    ----------
    section : sequence of Block
        Paragraphs and list items that stand together.
    world : World, optional
        The plans that the document names: a limit that the section does not write out.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> say = lambda *lines: [
    ...     (each.claimed.text, str(each.answer), each.how)
    ...     for each in pools_of(list(blocks_of("- " + "\n- ".join(lines))))]
    >>> say("3 containers", "4 workers per container", "a pool of 25 per worker",
    ...     "200 connections in total")
    [('200 connections', 'differs', '3 containers × 4 workers × 25 = 300 connections')]
    """
    whole = " ".join(block.text for block in section).lower()
    if "connection" not in whole and "pool" not in whole:
        return
    spots = spots_of(section)
    hosts = only(spots, lambda spot: _noun(spot) in _HOSTS)
    pool = only(spots, lambda spot: _owner(spot) is not None)
    if hosts is None or pool is None or _SHARED.search(whole):
        return
    inner = [spot for spot in spots if _noun(spot) in _PROCESSES or _inside(spot)]
    ways = _ways(hosts, inner, pool)
    if not ways:
        return
    terms = {factor: _said(*each) for factor, each in ways.items()}
    for spot in spots:
        if spot in {hosts, pool, *inner}:
            continue
        if _is_total(spot):
            found = _against_total(spot, terms)
            # More than the pools may have other parts, less cannot be.
            if found.answer is Answer.AGREES or found.factor > 1:
                yield found
        elif _is_limit(spot) and min(terms) > spot.token.written:
            yield _above(spot, min(terms), terms[min(terms)],
                         "the pools may open more than this limit allows")  # fmt: skip
    row = world.limit_of(whole, "max_connections") if world else None
    if row is not None and min(terms) > row.value:
        yield _above(pool, min(terms), terms[min(terms)],
                     f"{row.key} = {row}, {row.date}, {row.source}")  # fmt: skip


def _noun(spot: Spot) -> str:
    """Return what a number counts, where it is per nothing."""
    powers = spot.token.quantity.powers
    return powers[0][0] if len(powers) == 1 and powers[0][1] == 1 else ""


def _per(spot: Spot) -> str:
    """Return what a number is per, where that is a thing that is counted."""
    below = [name for name, power in spot.token.quantity.powers if power == -1]
    return below[0] if len(below) == 1 else ""


def _inside(spot: Spot) -> bool:
    """Whether a number counts the processes of each host."""
    powers = dict(spot.token.quantity.powers)
    return _per(spot) in _HOSTS and any(powers.get(name) == 1 for name in _PROCESSES)


def _owner(spot: Spot) -> str | None:
    """Return what has such a pool each, nothing where that is not said; None for other numbers."""
    token, per = spot.token, _per(spot)
    counts = [name for name, power in token.quantity.powers if power == 1]
    if counts not in ([], ["connection"]) or token.quantity.physical or token.unit == "%":
        return None
    if per and (counts or _POOL.search(spot.before)):
        return per
    opens = _OPENS.search(spot.before)
    if opens and counts:
        return opens[1].rstrip("s") if opens[1] != "process" else "process"
    if _POOL.search(spot.before) or (counts and _EACH_ONE.match(spot.after)):
        named = _PER.match(spot.after) or _EVERY.search(spot.before)
        return named[1] if named else ""
    return None


def _ways(hosts: Spot, inner: list[Spot], pool: Spot) -> dict[float, tuple[Spot, ...]]:
    """Return what the pools may come to; two where nothing says whose the pool is."""
    owner = _owner(pool) or ""
    if len(inner) > 1:
        return {}
    count, size = hosts.token.written, pool.token.written
    if not inner:
        spoken = owner == _noun(hosts) or (
            not owner
            and pool.block == hosts.block
            and bool(_EACH.search(hosts.before + pool.before + pool.after))
        )
        return {count * size: (hosts, pool)} if spoken else {}
    (processes,) = inner
    each = _per(processes) == _noun(hosts) or (
        not _per(processes)
        and bool(_EACH.match(processes.after.strip()) or _EACH.search(processes.before))
    )
    if not each:
        return {}
    all_of_them: dict[float, tuple[Spot, ...]] = {
        count * processes.token.written * size: (hosts, processes, pool)
    }
    if owner in _PROCESSES or (not owner and pool.block == processes.block):
        return all_of_them
    if owner == _noun(hosts):
        return {count * size: (hosts, pool)}
    return {} if owner else {**all_of_them, count * size: (hosts, pool)}


def _said(*spots: Spot) -> str:
    """Return a product in words, each number without what it is per."""
    return " × ".join(re.split(r"/| per ", spot.token.text)[0] for spot in spots)


def _is_total(spot: Spot) -> bool:
    if _noun(spot) != "connection":
        return False
    return bool(_TOTAL.search(spot.after[:30]) or _TOTAL_OF.search(spot.before))


def _is_limit(spot: Spot) -> bool:
    return _noun(spot) in {"connection", ""} and bool(_LIMIT.search(spot.before))


def _against_total(spot: Spot, terms: dict[float, str]) -> Check:
    claimed = spot.token
    slack = (0.1 if claimed.rough else 0.005) + rounding_of(claimed.text)
    near = [each for each in terms if abs(each / (claimed.written or 1e-300) - 1) <= slack]
    value = near[0] if near else min(terms)
    shown = f"{show_number(value)} connections"
    why = "" if near else "each process opens a pool of its own"
    answer = Answer.AGREES if near else Answer.DIFFERS
    return _check(spot, answer, shown, f"{terms[value]} = {shown}", why, value)


def _above(spot: Spot, value: float, terms: str, why: str) -> Check:
    shown = f"{show_number(value)} connections"
    return _check(spot, Answer.DIFFERS, shown, f"{terms} = {shown}", why, value)


def _check(spot: Spot, answer: Answer, shown: str, how: str, why: str, value: float) -> Check:
    claimed: Token = spot.token
    factor = value / (claimed.written or 1e-300)
    return Check(spot.line, claimed, answer, shown, how, why, "connections", factor=factor)
