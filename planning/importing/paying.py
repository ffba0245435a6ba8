"""
What is paid for, as the costs of one system file.

So many of one plan under one name are one cost. Where there are more costs than a file may have,
those of one plan are put together whatever they are called, so that none is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planning.importing.found import Found, Paid
from planning.importing.sources import plain_word
from planning.numbers.reading import FileError

MOST_COSTS = 100  # of a system file


def costs_of(paid: Iterable[Paid], named: Mapping[str, Found]) -> dict[str, Paid]:
    """
    Return what is paid for by plain names that are unique; so many of one plan are one cost.

    A part's own plan keeps the part's name, so that the two are seen to be one.
    """
    together: dict[tuple[str, str], Paid] = {}
    for each in paid:
        before = together.get((each.name, each.key))
        count = each.count + (before.count if before else 0.0)
        together[each.name, each.key] = replace(before or each, count=count)
    parts = {
        (each.name, each.plan[0]): name for name, each in named.items() if each.plan is not None
    }
    if len(together) > MOST_COSTS:
        together = _by_plan(together, set(parts))
    costs = {parts[at]: each for at, each in together.items() if at in parts}
    for at, each in together.items():
        if at in parts:
            continue
        word = plain_word(each.name) or "cost"
        name, count = word, 2
        while name in costs:
            name, count = f"{word}_{count}", count + 1
        costs[name] = each
    return costs


def _by_plan(
    together: dict[tuple[str, str], Paid], own: set[tuple[str, str]]
) -> dict[tuple[str, str], Paid]:
    """
    Return one cost for all that is paid by one plan, but what is a part's own.

    Raises
    ------
    FileError
        If there are still more than a system file may have.
    """
    fewer: dict[tuple[str, str], Paid] = {}
    for at, each in together.items():
        name = each.name if at in own else each.key.removeprefix("aws.")
        before = fewer.get((name, each.key))
        count = each.count + (before.count if before else 0.0)
        fewer[name, each.key] = replace(before or each, name=name, count=count)
    if len(fewer) > MOST_COSTS:
        raise FileError(
            f"{len(fewer)} prices; a system file has at most {MOST_COSTS} costs: import fewer "
            "resources at once."
        )
    return fewer
