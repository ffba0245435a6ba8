"""
What breaks first, counted over draws: every draw has one answer, and all are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planning.flow.constraint import Constraint
from planning.questions.drawn_capacity import NOTHING, REFUSED, DrawnCapacity


@dataclass(frozen=True, slots=True)
class Share:
    """
    In how many draws something breaks first.

    Attributes
    ----------
    name : str
        The constraint's name; or that nothing binds, or why a formula refuses the draws.
    id : str
        The constraint's id; ``nothing`` or ``refused`` where it is none.
    share : float
        Of all draws. [fraction]
    """

    name: str
    id: str
    share: float


@dataclass(frozen=True, slots=True)
class Slice:
    """
    The draws with a capacity between two ends, in which one thing breaks first.

    Attributes
    ----------
    low, high : float
        Ends of the slice. [user]
    name : str
        What breaks first.
    share : float
        Of all draws. [fraction]
    """

    low: float
    high: float
    name: str
    share: float


def shares(
    constraints: Sequence[Constraint], found: DrawnCapacity, refused: Mapping[int, str]
) -> tuple[Share, ...]:
    """
    Return what breaks first in what share of the draws.

    Parameters
    ----------
    constraints : sequence of Constraint
        What can break, by the index that the draws know.
    found : DrawnCapacity
        What breaks first in each draw.
    refused : mapping of int to str
        Why a formula refuses a draw, by its index.

    Returns
    -------
    tuple of Share
        The most frequent first; with those in which nothing binds and the refused, by reason, they
        add up to 1.
    """
    which, count = found.binding, len(found.binding)
    rows = [
        Share(item.name, item.id, float(np.mean(which == index)))
        for index, item in enumerate(constraints)
    ]
    rows.append(Share("nothing binds", "nothing", float(np.mean(which == NOTHING))))
    words: dict[str, int] = {}
    for draw in np.flatnonzero(which == REFUSED):
        text = refused[int(draw)]
        words[text] = words.get(text, 0) + 1
    rows += [Share(f"refused: {text}", "refused", many / count) for text, many in words.items()]
    return tuple(sorted((e for e in rows if e.share > 0), key=lambda each: -each.share))


def spread(
    constraints: Sequence[Constraint], found: DrawnCapacity, slices: int
) -> tuple[Slice, ...]:
    """
    Return how capacities are spread, in slices of equal ratio, by what breaks first.

    Draws that hold less than one user are in the first slice; those in which nothing binds, or
    that a formula refuses, in none.
    """
    bound = np.isfinite(found.held)
    if not bound.any():
        return ()
    users = np.maximum(found.held, 1.0)
    least, most = users[bound].min(), users[bound].max()
    ends = np.geomspace(least, max(most, least * 1.01) * (1 + 1e-9), slices + 1)
    rows = []
    for index, item in enumerate(constraints):
        counts = np.histogram(users[bound & (found.binding == index)], ends)[0]
        for at in np.flatnonzero(counts):
            share = float(counts[at] / users.size)
            rows.append(Slice(float(ends[at]), float(ends[at + 1]), item.name, share))
    return tuple(rows)
