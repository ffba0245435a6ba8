"""
How sure we are, in words and as rows: the terminal, the page and the workbook say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planning.numbers.estimate import SOURCED_CONFIDENCE, UNSOURCED_CONFIDENCE, Estimate
from planning.numbers.units import show
from planning.present.ranges import title_of
from planning.questions.sampling import Sample
from planning.questions.sensitivity import Influence, Swing

CHANCE_HEAD = ("constraint", "chance to hold", "breaks first")
TORNADO_HEAD = ("input", "from", "to", "capacity at low", "at high")
MEASURE_HEAD = ("measure", "now believed", "narrows by", "how")

# Levels of capacity that are shown: the careful answer, the middle, the good case.
LEVELS = (0.1, 0.5, 0.9)
_COSTLY = 0.9
_MOST_MEASURED = 10

_HOW = {
    "s": "time it under the load of an ordinary hour, a few hundred times",
    "byte": "weigh it on a running machine, or count rows and their bytes",
    "fraction": "count both kinds in a day's log",
    "USD/month": "read the last invoice, or ask for an offer",
    "core": "look the size up at the vendor's; then load it until it is full",
    "connection": "ask the server for its setting, and count the open ones at the peak",
}
_HOW_ELSE = "count it in a day's log, or in a load test"


def chance_words(found: Sample) -> str:
    """
    Return the chance to hold as the start of a sentence.

    What no draw shows is not impossible, so none and all are told as draws.
    """
    so_many = f"holding {show(found.users, 'user')}"
    count = int(found.holds.sum())
    if count == 0:
        return f"No draw of {found.count:,} shows it {so_many}"
    if count == found.count:
        return f"All {found.count:,} draws show it {so_many}"
    return f"{percent(found.probability)} chance of {so_many}"


def first_words(found: Sample) -> str:
    """Return what breaks first in most draws, and in how many of ten cases."""
    first = found.breaks_first[0]
    if first.id == "nothing":
        return "no limit is ever reached" if first.share == 1 else f"{first.name} most often"
    if first.id == "refused":
        return f"most draws make no system ({first.name})"
    return f"{first.name} fails first {_of_ten(first.share)}"


def headline(found: Sample) -> str:
    """Return the answer in one line: the chance, and what fails first."""
    return f"{chance_words(found)}; {first_words(found)}."


def capacity_words(found: Sample) -> str:
    """Return the spread of capacity, and where the answer of the stated numbers lies in it."""
    low, *others = found.capacity_at(LEVELS)
    careful = f"less than {held(low)}" if low >= 1.0 else "nobody"
    middle, good = map(held, others)
    point = f"the stated numbers alone say {held(found.point.users)}, with "
    share = found.below_point
    return (
        f"Capacity: {middle} in the middle case; 1 in 10 draws holds {careful}, 1 in 10 "
        f"more than {good}; {point}{percent(share)} of the draws below that."
    )


def cost_words(found: Sample) -> str:
    """Return the mean cost and the one that nine of ten draws stay below; nothing without any."""
    mean, high = found.cost, float(found.cost_at(_COSTLY))
    if not np.isfinite(mean) or (mean == 0 and high == 0):
        return ""
    words = (
        f"Cost: {show(mean, 'USD/month')} expected, at most {show(high, 'USD/month')} in 9 of 10 "
        f"draws, at {show(found.users, 'user')}"
    )
    if found.within_budget is not None:
        words += f"; within the budget in {percent(found.within_budget)}"
    return f"{words}."


def basis_words(found: Sample) -> str:
    """Return what was drawn, and what ranges are worth, so that the default is seen."""
    if not found.doubted:
        return "No input that matters here has a range: give low and high to those you doubt."
    confidences = [each.confidence for each in found.doubted.values()]
    levels = sorted(set(confidences), reverse=True)
    by_level = ", ".join(f"{percent(one)} for {confidences.count(one)}" for one in levels)
    sourced, guessed = percent(SOURCED_CONFIDENCE), percent(UNSOURCED_CONFIDENCE)
    return (
        f"{len(found.doubted)} inputs drawn {found.count:,} times, seed {found.seed}. A range "
        f"holds the truth with a confidence of {by_level}: {sourced} where it names a source and "
        f"{guessed} where it does not, unless the file says otherwise."
    )


def chance_rows(found: Sample) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`CHANCE_HEAD` per constraint, what breaks first most often on top."""
    chances = found.by_constraint
    first = {each.id: each.share for each in found.breaks_first}
    rows = sorted(found.constraints, key=lambda each: (-first.get(each.id, 0.0), chances[each.id]))
    for item in rows:
        yield item.name, percent(chances[item.id]), percent(first.get(item.id, 0.0))
    for each in found.breaks_first:
        if each.id in {"nothing", "refused"}:
            yield each.name, "", percent(each.share)


def tornado_rows(swings: Sequence[Swing]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`TORNADO_HEAD` per input, the widest first."""
    for each in swings:
        name = title_of(each.path, each.description)
        yield name, *ends(each.estimate), held(each.at_low), held(each.at_high)


def measure_rows(found: Sequence[Influence]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`MEASURE_HEAD` per input, what narrows the answer most first."""
    for each in found[:_MOST_MEASURED]:
        names = [title_of(*pair) for pair in zip(each.paths, each.descriptions, strict=True)]
        ranges = [" to ".join(ends(estimate)) for estimate in each.estimates]
        how = how_to_measure(each.estimates[0].unit)
        yield " and ".join(names), "; ".join(ranges), percent(each.first), how


def how_to_measure(unit: str) -> str:
    """Return what gives a number of some unit, for people who have the system at hand."""
    return _HOW.get(unit, _HOW_ELSE)


def ends(estimate: Estimate) -> tuple[str, str]:
    """Print both ends of a range."""
    low, high = (np.nan if end is None else end for end in (estimate.low, estimate.high))
    return show(float(low), estimate.unit), show(float(high), estimate.unit)


def held(users: float) -> str:
    """Print a capacity: without end where nothing binds, and refused where it is none."""
    if np.isnan(users):
        return "refused"
    return "any number of users" if np.isinf(users) else show(float(users), "user")


def _of_ten(share: float) -> str:
    """
    Say a share of the draws as people count cases.

    >>> _of_ten(0.91), _of_ten(1.0), _of_ten(0.98), _of_ten(0.04)
    ('in 9 of 10 cases', 'in all cases', 'in nearly all cases', 'in 4 % of the cases')
    """
    tenths = round(share * 10)
    if share == 1:
        return "in all cases"
    if tenths == 10:
        return "in nearly all cases"
    return f"in {tenths} of 10 cases" if tenths else f"in {percent(share)} of the cases"


def percent(share: float) -> str:
    """
    Print a chance; what is not quite none or all is not told as none or all.

    >>> percent(0.8714), percent(0.0004), percent(0.9999), percent(0.0)
    ('87 %', 'under 0.1 %', 'over 99.9 %', '0 %')
    """
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    # Draws know no tenths of a percent, except at the ends.
    return show(round(share, 2) if 0.01 <= share <= 0.99 else round(share, 3), "fraction")
