"""
Every set of choices assessed, for many numbers of users at once.

Choices that change numbers alone leave the program as it is (a system is a program): their
numbers stand along axes of their own, and numpy computes each node over the axes that it
depends on and no more. What changes the program — a part comes, a mode is another — is
assessed program by program::

    phases, modes, new parts      one program each
    sizes, larger numbers         axes of every program
    fixed monthly prices          added up beside it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from planning.flow.constraint import FULL, utilisation
from planning.numbers.nodes import Array
from planning.questions.doubts import doubts
from planning.questions.drawn import DrawnSystem
from planning.questions.upgrades.choices import Choices, Progress, Set, unheard
from planning.questions.upgrades.numbers import (
    FIXED,
    Told,
    along,
    prices,
    shape_of,
    stated_value,
    values,
)
from planning.questions.upgrades.sizes import resized
from planning.system.patches import apply_changes
from planning.system.system import System

# Cells (users × sets) of one run: intermediate arrays stay small.
_MOST_CELLS = 60_000


@dataclass(frozen=True, eq=False)
class Answers:
    """
    What came of every set.

    Attributes
    ----------
    used : ndarray
        Share of the fullest limit that grows with users, or is passed. Shape (users, *axes);
        infinite where a set makes no system. [ratio]
    monthly : ndarray
        Cost, of the same shape; infinite where a set makes no system. [USD/month]
    """

    used: Array
    monthly: Array


@dataclass(frozen=True, eq=False)
class _Program:
    """
    One program, and the numbers that its axes move.

    Attributes
    ----------
    model : DrawnSystem
        The program.
    values, prices : mapping of str to ndarray
        Inputs by path, and fixed monthly prices by the cost's name. Shape (*numeric axes), 1 along
        those that do not move it. [their units; USD/month]
    fixed : float
        What the program has counted of those `prices` that stand in its place. [USD/month]
    base : System
        What was made a program.
    """

    model: DrawnSystem
    values: Mapping[str, Array]
    prices: Mapping[str, Array]
    fixed: float
    base: System


class Grid:
    """
    All sets of some choices, ready to be asked about users.

    Parameters
    ----------
    choices : Choices
        What could be bought.
    users : float
        About how many users it will be asked; the program is the same for all. [user]
    progress : callable
        Told how many programs are made.

    Attributes
    ----------
    programs : mapping of tuple to _Program
        By the places on the axes that change the program; 0 on all others.
    numeric : tuple of int
        The axes that change numbers alone.
    refused : dict of tuple to str
        Sets that make no system, with the words of the error.
    """

    def __init__(self, choices: Choices, users: float, progress: Progress = unheard) -> None:
        self.choices = choices
        self.refused: dict[Set, str] = {}
        self._users = users
        self._patched: dict[tuple[Set, int], list[System]] = {}
        numeric = tuple(range(len(choices.axes)))
        while True:
            kept = self._numeric(numeric)
            if kept == numeric:
                break
            numeric = kept
            self._patched.clear()
        self.numeric = numeric
        self.programs: dict[Set, _Program] = {}
        for place, program in self._compiled():
            self.programs[place] = program
            progress(f"{choices.count:,} sets: program {len(self.programs)} is made")

    def _structural(self, numeric: tuple[int, ...]) -> Iterator[Set]:
        """Yield the places on the axes that change the program."""
        allowed = self.choices.allowed()
        shape = [1 if at in numeric else size for at, size in enumerate(self.choices.shape)]
        for place in np.ndindex(*shape):
            index = tuple(slice(None) if at in numeric else each for at, each in enumerate(place))
            if allowed[index].any():
                yield place

    def _numeric(self, numeric: tuple[int, ...]) -> tuple[int, ...]:
        """Return which of some axes change numbers alone, whatever else is chosen."""
        for place in self._structural(numeric):
            base = self._base(place)
            if base is None:
                continue
            shape = shape_of(base)
            for axis in numeric:
                if not self._same(base, place, axis, shape):
                    return tuple(each for each in numeric if each != axis)
        return numeric

    def _same(self, base: System, place: Set, axis: int, shape: object) -> bool:
        """Return whether each choice of an axis keeps the shape of a system, and makes one."""
        patched = []
        try:
            for each in self._moved(base, axis):
                if shape_of(each) != shape:
                    return False
                patched.append(each)
        except ValueError:
            return False
        self._patched[place, axis] = patched
        return True

    def _base(self, place: Set) -> System | None:
        """Return the system of a place on the axes that change the program."""
        try:
            return self.choices.system_of(place)
        except ValueError as error:
            self.refused[place] = str(error)
            return None

    def _moved(self, base: System, axis: int) -> Iterator[System]:
        """Yield a system with each choice of an axis but the first."""
        chosen = self.choices.axes[axis]
        moved = base
        for choice in chosen.choices[1:]:
            if chosen.sizes_of:
                yield resized(base, chosen.sizes_of, choice.plan)
            else:
                moved = apply_changes(moved, choice.changes, choice.at)
                yield moved

    def _compiled(self) -> Iterator[tuple[Set, _Program]]:
        for place in self._structural(self.numeric):
            base = self._base(place)
            if base is None:
                continue
            moved, paid = self._numbers(base, place, stated_value)
            fixed = prices(base, stated_value)
            counted = sum(fixed[name][0] for name in paid if name in fixed)
            try:
                model = DrawnSystem.of(base, self._users)
            except ValueError as error:
                self.refused[place] = str(error)
                continue
            yield place, _Program(model, moved, paid, counted, base)

    def _numbers(
        self, base: System, place: Set, told: Told
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return the inputs and the fixed prices that axes move, by path and by cost."""
        moved = [self._patched[place, axis] for axis in self.numeric]
        return (
            along(values(base, told), [[values(each, told) for each in axis] for axis in moved]),
            along(prices(base, told), [[prices(each, told) for each in axis] for axis in moved]),
        )

    def systems(self) -> Iterator[System]:
        """Yield the systems whose numbers the sets are made of."""
        for place, program in self.programs.items():
            yield program.base
            for axis in self.numeric:
                yield from self._patched[place, axis]

    def drawn(self, told: Told) -> Grid:
        """
        Return the same sets with other numbers in place of those that are doubted.

        Parameters
        ----------
        told : callable
            Path and estimate to a value. [the input's unit]
        """
        other = copy(self)
        other.refused = dict(self.refused)
        other.programs = {}
        one = (1,) * len(self.numeric)
        for place, program in self.programs.items():
            moved, paid = self._numbers(program.base, place, told)
            for path, estimate in doubts(program.base).items():
                section, name, *_ = (*path.split("."), "")
                # A fixed price that axes move is added up beside the program.
                beside = section == "costs" and name in paid and path.endswith(FIXED)
                if path in program.model.program.inputs and path not in moved and not beside:
                    moved[path] = np.full(one, told(path, estimate))
            other.programs[place] = replace(program, values=moved, prices=paid)
        return other

    def ask(self, users: Array) -> Answers:
        """
        Assess every set.

        Parameters
        ----------
        users : ndarray
            One-dimensional. [user]
        """
        shape = (len(users), *self.choices.shape)
        used, monthly = np.full(shape, np.inf), np.full(shape, np.inf)
        size = int(np.prod([self.choices.shape[axis] for axis in self.numeric], dtype=int))
        step = max(_MOST_CELLS // max(size, 1), 1)
        for place, program in self.programs.items():
            at = tuple(slice(None) if a in self.numeric else n for a, n in enumerate(place))
            for start in range(0, len(users), step):
                part = slice(start, start + step)
                full, cost = self._run(program, users[part], place)
                used[(part, *at)], monthly[(part, *at)] = full, cost
        allowed = self.choices.allowed()
        return Answers(np.where(allowed, used, np.inf), np.where(allowed, monthly, np.inf))

    def _run(self, program: _Program, users: Array, place: Set) -> tuple[Array, Array]:
        """Return used share and cost, shape (users, *numeric axes)."""
        sizes = [self.choices.shape[axis] for axis in self.numeric]
        who = users.reshape(-1, *[1] * len(sizes))
        try:
            used, cost = _shares(program, who, program.values, (len(users), *sizes))
            return used, cost + sum(program.prices.values())
        except ValueError:
            pass  # some set in it is refused: each is asked by itself, so that the others answer
        used = np.full((len(users), *sizes), np.inf)
        cost = used.copy()
        for index in np.ndindex(*sizes):
            here = {path: _cell(value, index) for path, value in program.values.items()}
            every = (slice(None), *index)
            try:
                used[every], cost[every] = _shares(program, users, here, users.shape)
                cost[every] += sum(_cell(price, index) for price in program.prices.values())
            except ValueError as error:
                numbers = dict(zip(self.numeric, index, strict=True))
                refused = tuple(numbers.get(at, each) for at, each in enumerate(place))
                self.refused[refused] = str(error)
        return used, cost


def _shares(
    program: _Program, users: Array, values: Mapping[str, Array], shape: tuple[int, ...]
) -> tuple[Array, Array]:
    """Run a program: the share of what is fullest, and the cost without fixed prices."""
    model = program.model
    found = model.program.run({**values, "users": users})
    worst = np.zeros(shape)
    for number, (load, limit) in enumerate(zip(found[:-1:2], found[1:-1:2], strict=True)):
        if model.technical[number]:
            share = utilisation(load, limit)
            # What is the same for any number of users counts where it is passed.
            counted = np.where(share > FULL, share, 0.0) if model.fixed[number] else share
            worst = np.maximum(worst, counted)
    return worst, np.broadcast_to(found[-1] - program.fixed, shape)


def _cell(values: Array, index: tuple[int, ...]) -> Array:
    pairs = zip(index, values.shape, strict=True)
    return np.asarray(values[tuple(at if size > 1 else 0 for at, size in pairs)])
