"""
Too many sets to assess: which of the choices are worth looking at together.

Upgrades are added one at a time, each time the one that takes most off the shortage for its
money, until what is wanted is held. Those, and the ones that came second on the way, are then
looked at in every combination. Where a budget is too small for what they cost, what lowers the
bill is looked at in turns with them. The schedule found holds what it says; that none is cheaper
is not proven.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np

from planning.questions.assess import assess
from planning.questions.upgrades.choices import Axis, Choices, Progress, Set, unheard
from planning.system.phase import Upgrade

# What is wanted where nothing is there counts as so many times too much.
_MOST = 1e6
_RUNNERS_UP = 2


@dataclass(frozen=True, order=True)
class _Move:
    """A next place on an axis: what it takes off the shortage for its money, and what is left."""

    worth: float
    axis: int
    place: int
    short: float
    cost: float


def narrowed(
    choices: Choices,
    users: float,
    months: int,
    most: int,
    progress: Progress = unheard,
    *,
    budget: float = np.inf,
) -> Choices:
    """
    Return choices of which every combination can be assessed.

    Parameters
    ----------
    choices : Choices
        Too many.
    users : float
        Most that is wanted. [user]
    months : int
        Over which one-off costs are spread. [months]
    most : int
        Sets that can be assessed.
    progress : callable
        Told how many steps are found.
    budget : float
        Most that a month may cost. [USD/month]

    Returns
    -------
    Choices
        Some of the axes; what is left out stays as it is today.
    """
    search = _Search(choices, users, months)
    today = search.paid
    ranked: list[int] = []
    second: list[int] = []
    while search.short > 0.0 and (best := search.best()) is not None:
        search.take(best)
        progress(f"{choices.count:,} sets are too many: narrowing them, step {len(ranked) + 1}")
        ranked.append(best.axis)
        second += [each.axis for each in search.known[:_RUNNERS_UP]]
    lower = search.lower() if max(today, search.paid) > budget else []
    first = [axis for axis in chain(*zip_longest(ranked, lower)) if axis is not None]
    order = dict.fromkeys((*first, *second, *range(len(choices.axes))))
    return _within(choices, list(order), most)


class _Search:
    """
    A set that grows by the best next move.

    What a move brought when it was last asked is taken for what it brings now until it is about to
    be taken (Minoux, M. (1978), Accelerated greedy algorithms, doi:10.1007/BFb0006528): most moves
    are asked once or twice.
    """

    def __init__(self, choices: Choices, users: float, months: int) -> None:
        self.choices, self.users, self.months = choices, users, months
        self.numbers = {axis.name: number for number, axis in enumerate(choices.axes)}
        self.at = list(choices.today)
        self.short, self.paid = _asked(choices, choices.today, users)
        self.known: list[_Move] = []

    def best(self) -> _Move | None:
        """Return the move that takes most off the shortage for its money; None if none does."""
        left = [each for each in self.known if self._open(each.axis, each.place)]
        while left:
            now = self._look(left[0].axis, left[0].place)
            left = sorted((each for each in (now, *left[1:]) if each is not None), reverse=True)
            if now is not None and left[0] == now:
                self.known = left[1:]
                return now
        places = [(n, at) for n, axis in enumerate(self.choices.axes) for at in self._next(n, axis)]
        found = sorted(filter(None, (self._look(*each) for each in places)), reverse=True)
        self.known = found[1:]
        return found[0] if found else None

    def take(self, move: _Move) -> None:
        """Put a move into effect."""
        self.at[move.axis] = move.place
        self.short, self.paid = move.short, move.cost

    def lower(self) -> list[int]:
        """Return the axes on which a move takes from the bill, what takes most first."""
        bills: dict[int, float] = {}
        for number, axis in enumerate(self.choices.axes):
            for place in self._next(number, axis):
                if self._open(number, place):
                    moved = (*self.at[:number], place, *self.at[number + 1 :])
                    _, cost = _asked(self.choices, moved, self.users)
                    bills[number] = min(cost, bills.get(number, self.paid))
        return sorted((each for each in bills if bills[each] < self.paid), key=bills.__getitem__)

    def _next(self, number: int, axis: Axis) -> Iterable[int]:
        return range(1, len(axis.choices)) if axis.sizes_of else (self.at[number] + 1,)

    def _open(self, number: int, place: int) -> bool:
        axis = self.choices.axes[number]
        next_ = place in self._next(number, axis) and place < len(axis.choices)
        return next_ and place != self.at[number] and _may(axis, self.numbers, self.at)

    def _look(self, number: int, place: int) -> _Move | None:
        """Return what a move brings now; None where that is nothing, or it cannot be made."""
        if not self._open(number, place):
            return None
        moved = (*self.at[:number], place, *self.at[number + 1 :])
        less, cost = _asked(self.choices, moved, self.users)
        if not less < self.short:
            return None
        axis = self.choices.axes[number]
        once = 0.0 if axis.sizes_of else axis.choices[place].once
        dollars = max(cost - self.paid + once / self.months, 0.01)
        return _Move((self.short - less) / dollars, number, place, less, cost)


def _may(axis: Axis, numbers: dict[str, int], at: list[int]) -> bool:
    """Return whether an upgrade can be in effect beside what is."""
    phase = axis.choices[-1].phase
    if not isinstance(phase, Upgrade):
        return True
    return all(at[numbers[name]] > 0 for name in phase.after) and not any(
        at[numbers[name]] for name in phase.excludes
    )


def _asked(choices: Choices, place: Set, users: float) -> tuple[float, float]:
    """
    Return how much a set is short of holding so many users, and its cost [USD/month].

    The shortage is the sum over limits of the logarithm of how many times each is passed: what
    takes one of two limits out of the way is a step, though the system holds no more by it.
    """
    try:
        result = assess(choices.system_of(place), users)
    except ValueError:
        return np.inf, np.inf
    technical = [item.technical for item in result.constraints]
    over = np.clip(result.utilisation[np.asarray(technical)], 1.0, _MOST)
    return float(np.log(over).sum()), float(np.asarray(result.monthly_cost.value))


def _within(choices: Choices, order: list[int], most: int) -> Choices:
    """Return the first axes of an order, with what they come after, as far as sets go."""
    numbers = {axis.name: number for number, axis in enumerate(choices.axes)}
    kept: list[int] = []
    count = 1
    for number in order:
        wanted = [each for each in _with_before(choices, number, numbers) if each not in kept]
        more = int(np.prod([len(choices.axes[each].choices) for each in wanted], dtype=float))
        if count * more <= most:
            kept += wanted
            count *= more
    axes = tuple(choices.axes[number] for number in sorted(kept))
    return Choices(choices.system, axes, whole=False)


def _with_before(choices: Choices, number: int, numbers: dict[str, int]) -> list[int]:
    """Return an axis with all that its upgrade comes after."""
    found, wanted = [], [number]
    while wanted:
        at = wanted.pop()
        if at in found:
            continue
        found.append(at)
        phase = choices.axes[at].choices[-1].phase
        if isinstance(phase, Upgrade):
            wanted += [numbers[name] for name in phase.after]
    return found
