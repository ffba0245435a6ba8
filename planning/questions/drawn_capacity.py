"""
The capacity of every draw of a system, searched for all at once.

There is no grid: from the capacity of the stated numbers each draw is followed up or down to where
it binds, by false position on logarithms, in which loads are nearly straight; past a jump, by
halving. Only the draws that are still open are run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planning.flow.constraint import FULL
from planning.numbers.nodes import Array
from planning.questions.assess import MOST_USERS
from planning.questions.drawn import DrawnSystem, Indices

# Steps outwards from the first guess, each much further, in the end to either end; and inwards.
_STEPS_OUT, _STEPS_IN = 12, 90
# Guesses that did not halve the gap, after which it is halved: loads jump there.
_PATIENCE = 3
# Where what is full all the way down may be free: from here to so many times the start. [user]
_GRID, _GRID_END, _GRID_PAST = 24, 1e4, 100.0
NOTHING, REFUSED = -1, -2


@dataclass(frozen=True, eq=False)
class DrawnCapacity:
    """
    How many users each draw holds, and what breaks first.

    Attributes
    ----------
    held : ndarray
        Whole users that each draw holds; infinite where nothing binds, 0 where it does not hold
        one, NaN where a formula refuses the draw. [user]
    binding : ndarray of int
        Index of the constraint that breaks first; ``NOTHING`` or ``REFUSED`` where there is none.
    """

    held: Array
    binding: Indices


def drawn_capacity(
    model: DrawnSystem, draws: Mapping[str, Array], count: int, start: float
) -> DrawnCapacity:
    """
    Find the capacity of every draw.

    Parameters
    ----------
    model : DrawnSystem
        The system.
    draws : mapping of str to ndarray
        Inputs by path, each of `count` draws. [their units]
    count : int
        Draws.
    start : float
        Where to begin: the capacity of the stated numbers. [user]

    Returns
    -------
    DrawnCapacity
        As :func:`planning.questions.capacity.capacity` finds them one by one.

    Notes
    -----
    A draw that is full at the start is followed down, one that is free up, to the nearest place
    where that changes. One that is full all the way down is looked at again on a grid over all
    users: a cold cache is slow for a handful of users and fast for many.
    """
    return _Search(model, draws, count, start).found()


class _Search:
    """The state of a search: a free and a full number of users for every draw."""

    def __init__(
        self, model: DrawnSystem, draws: Mapping[str, Array], count: int, start: float
    ) -> None:
        self.model, self.draws, self.count = model, draws, count
        self.start = float(np.clip(np.round(start), 1.0, MOST_USERS))
        self.low, self.high = np.full(count, np.nan), np.full(count, np.nan)
        # Logarithms of what is used at both; the zero of a line through them is the next guess.
        self.below, self.above = np.full(count, -np.inf), np.full(count, np.inf)
        # The free end as it was last asked, and the one before: past them loads may jump.
        self.last, self.before = self.below.copy(), np.full((2, count), np.nan)
        self.which = np.full(count, NOTHING, np.intp)
        self.refused = np.zeros(count, bool)
        self.moved = np.zeros(count, np.int8)  # which end moved last: 1 the full one, -1 the free

    def found(self) -> DrawnCapacity:
        every = np.arange(self.count)
        self._look(every, np.full(self.count, self.start))
        self._outwards()
        stuck = np.flatnonzero(np.isnan(self.low) & ~self.refused)
        hopeless = self.model.fixed[self.which[stuck]]
        self.low[stuck[hopeless]], self.high[stuck[hopeless]] = 0.0, 1.0
        stuck = stuck[~hopeless]
        never = np.isnan(self.high) & ~self.refused
        if stuck.size:
            self._grid(stuck)
            never[stuck] = np.isnan(self.high[stuck])
        self._inwards()
        held = np.where(never, np.inf, np.floor(self.low))
        held[self.refused] = np.nan
        which = np.where(never, NOTHING, self.which)
        which[self.refused] = REFUSED
        return DrawnCapacity(held, which)

    def _look(self, some: Indices, users: Array) -> None:
        """Ask some draws at some users, and move their free or full end there."""
        used, _ = self.model.used(users, {p: v[some] for p, v in self.draws.items()}, some)
        used = np.where(self.model.technical[:, None], used, 0.0)
        bad = np.isnan(used).any(axis=0)
        self.refused[some[bad]] = True
        over = used > FULL
        full = over.any(axis=0)
        with np.errstate(divide="ignore"):
            log = np.log(used.max(axis=0, initial=0.0))
        up, down = some[full & ~bad], some[~full & ~bad]
        # An end that stays where it is for two steps holds the line back: it counts half (the
        # Illinois rule).
        self.below[up[self.moved[up] > 0]] *= 0.5
        self.above[down[self.moved[down] < 0]] *= 0.5
        self.moved[up], self.moved[down] = 1, -1
        self.high[up], self.above[up] = users[full & ~bad], log[full & ~bad]
        # What is over at any number of users is the reason, whatever else is over here.
        hopeless = over & self.model.fixed[:, None]
        reason = np.where(hopeless.any(axis=0), np.argmax(hopeless, 0), np.argmax(over, 0))
        self.which[up] = reason[full & ~bad]
        self.before[:, down] = self.low[down], self.last[down]
        self.low[down], self.below[down] = users[~full & ~bad], log[~full & ~bad]
        self.last[down] = self.below[down]

    def _outwards(self) -> None:
        """Go from the start to where what is free is full, or what is full free."""
        factor = 2.0
        for step in range(_STEPS_OUT):
            lone = (np.isnan(self.low) != np.isnan(self.high)) & ~self.refused
            lone &= ~((self.which >= 0) & self.model.fixed[self.which])
            up, down = lone & np.isnan(self.high), lone & np.isnan(self.low)
            up &= self.low < MOST_USERS
            down &= self.high > 0
            some = np.flatnonzero(up | down)
            if not some.size:
                return
            at = np.where(up, self.low, self.high)[some]
            log = np.where(up, self.below, self.above)[some]
            # If loads were proportional to users, this is where it would be full, and a bit on.
            with np.errstate(over="ignore", invalid="ignore"):
                guess = at * np.exp(-log)
                further = np.where(up[some], guess * 1.1, guess / 1.1)
            least = np.where(up[some], at * factor, at / factor)
            ends = np.where(up[some], MOST_USERS, 0.0)
            near = np.isfinite(further) & (step < 4)
            go = np.where(up[some], np.maximum(further, at * 1.05), np.minimum(further, at / 1.05))
            users = np.where(near, go, least)
            users = np.where(step >= _STEPS_OUT - 2, ends, users)
            users = np.where(up[some], np.ceil(users), np.floor(users))
            self._look(some, np.clip(users, 0.0, MOST_USERS))
            factor **= 2

    def _inwards(self) -> None:
        """Close the gap between free and full to one user."""
        poor = np.zeros(self.count, np.int8)  # guesses that did not even halve the gap
        for step in range(_STEPS_IN):
            # Past a billion users the arithmetic rounds to more than one.
            with np.errstate(invalid="ignore"):
                gap = self.high - self.low
                some = np.flatnonzero((gap > np.maximum(1.0, self.low * 1e-9)) & ~self.refused)
            if not some.size:
                return
            low, high = self.low[some], self.high[some]
            # By turns just below and just above the guess: a good one closes the gap in two.
            guess = self._crossing(some) + step % 2
            guessed = np.isfinite(guess) & (poor[some] < _PATIENCE) & (gap[some] > 2.0)
            halfway = np.where(
                high > 4 * low, np.sqrt(np.maximum(low, 1.0) * high), (low + high) / 2
            )
            users = np.floor(np.where(guessed, guess, halfway))
            self._look(some, np.clip(users, np.floor(low) + 1, np.ceil(high) - 1))
            with np.errstate(invalid="ignore"):
                slow = (self.high - self.low)[some] > gap[some] / 2
            poor[some] += (guessed & slow).astype(np.int8)

    def _crossing(self, some: Indices) -> Array:
        """
        Return where a line through two points crosses a full limit, on logarithms.

        Through the free and the full end; where loads jump between them (past saturation), through
        the last two free ones, which know nothing of the jump.
        """
        near = self.above[some] < 1.0
        first = np.where(near, self.low[some], self.before[0, some])
        second = np.where(near, self.high[some], self.low[some])
        one = np.where(near, self.below[some], self.before[1, some])
        other = np.where(near, self.above[some], self.last[some])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = one / (one - other)
            log = np.log(np.maximum(first, 1e-3)) * (1 - share) + np.log(second) * share
            return np.asarray(np.exp(log))

    def _grid(self, some: Indices) -> None:
        """Look at draws on a grid over all users: each constraint binds once it has been free."""
        count = len(self.model.constraints)
        free = np.zeros((count, some.size), bool)
        done = np.zeros(some.size, bool)
        technical = self.model.technical[:, None]
        before = np.zeros(some.size)
        last = min(MOST_USERS, max(_GRID_END, _GRID_PAST * self.start))
        for users in (0.0, *np.unique(np.round(np.geomspace(1.0, last, _GRID)))):
            used, _ = self.model.used(
                np.full(some.size, users), {p: v[some] for p, v in self.draws.items()}, some
            )
            over = (used > FULL) & technical
            # Full now after having been free; or full here and for ever, which is seen at the end.
            first = (over & free).any(axis=0) & ~done
            self.high[some[first]] = users
            self.low[some[first]] = before[first]
            self.which[some[first]] = np.argmax(over & free, axis=0)[first]
            done |= first
            free |= ~over
            before = np.where(done, before, users)
        always = ~(free | ~technical).all(axis=0)
        index = some[always]
        self.low[index], self.high[index] = 0.0, 1.0
        self.which[index] = np.argmax(~free & technical, axis=0)[always]
        rest = some[~always & ~done]
        self.low[rest], self.high[rest] = MOST_USERS, np.nan
        # A few of many: halving each with its own constraint is not worth a faster way.
        self._halve(some[~always & done])

    def _halve(self, some: Indices) -> None:
        for _ in range(64):
            gap = self.high[some] - self.low[some]
            open_ = some[gap > np.maximum(1.0, self.low[some] * 1e-9)]
            if not open_.size:
                return
            users = np.floor((self.low[open_] + self.high[open_]) / 2)
            used, _ = self.model.used(users, {p: v[open_] for p, v in self.draws.items()}, open_)
            full = used[self.which[open_], np.arange(open_.size)] > FULL
            self.high[open_[full]] = users[full]
            self.low[open_[~full]] = users[~full]
