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
from dataclasses import dataclass
from typing import Any

import numpy as np

from planning.flow.constraint import FULL, utilisation
from planning.numbers.nodes import Array, value_at
from planning.questions.drawn import DrawnSystem
from planning.questions.upgrades.choices import Choices, Set, resized
from planning.system.patches import apply_changes, tree_of
from planning.system.system import System

# What a program is made of, and the inputs that are no part of it but added up.
_PROGRAM = ("workload", "parts")
_FIXED = (".monthly", ".credit", ".one_off")
# A number, and who says so.
_Said = tuple[float, str]
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
    """

    model: DrawnSystem
    values: Mapping[str, Array]
    prices: Mapping[str, Array]
    fixed: float


class Grid:
    """
    All sets of some choices, ready to be asked about users.

    Parameters
    ----------
    choices : Choices
        What could be bought.
    users : float
        About how many users it will be asked; the program is the same for all. [user]

    Attributes
    ----------
    programs : mapping of tuple to _Program
        By the places on the axes that change the program; 0 on all others.
    numeric : tuple of int
        The axes that change numbers alone.
    refused : dict of tuple to str
        Sets that make no system, with the words of the error.
    """

    def __init__(self, choices: Choices, users: float) -> None:
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
        self.programs = dict(self._compiled())

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
            shape = _shape(base)
            for axis in numeric:
                if not self._same(base, place, axis, shape):
                    return tuple(each for each in numeric if each != axis)
        return numeric

    def _same(self, base: System, place: Set, axis: int, shape: object) -> bool:
        """Return whether each choice of an axis keeps the shape of a system, and makes one."""
        patched = []
        try:
            for each in self._moved(base, axis):
                if _shape(each) != shape:
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
            moved = [self._patched[place, axis] for axis in self.numeric]
            values = _along(_values(base), [[_values(each) for each in axis] for axis in moved])
            fixed = _prices(base)
            prices = _along(fixed, [[_prices(each) for each in axis] for axis in moved])
            counted = sum(fixed[name][0] for name in prices if name in fixed)
            try:
                model = DrawnSystem.of(base, self._users)
            except ValueError as error:
                self.refused[place] = str(error)
                continue
            yield place, _Program(model, values, prices, counted)

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


def _along(base: Mapping[str, _Said], moved: list[list[dict[str, _Said]]]) -> dict[str, Array]:
    """
    Return the numbers that axes move, each along its axes; where two state one, the last does.

    Parameters
    ----------
    base : mapping
        Numbers as they are, each with who says so.
    moved : list of list of mapping
        For each axis, the numbers at each of its places but the first.
    """
    found: dict[str, Array] = {}
    for axis, places in enumerate(moved):
        for name in dict.fromkeys(name for each in (base, *places) for name in each):
            stated = [np.nan, *(_stated(base.get(name), each.get(name)) for each in places)]
            if np.all(np.isnan(stated)):
                continue
            along = [1] * len(moved)
            along[axis] = -1
            values = np.reshape(stated, along)
            there, _ = base.get(name, (0.0, ""))
            before = found.get(name, np.full((1,) * len(moved), there))
            found[name] = np.where(np.isnan(values), before, values)
    return found


def _stated(before: _Said | None, now: _Said | None) -> float:
    """Return a number where it is said anew, 0 where it is gone, and NaN where it is as before."""
    if now == before:
        return np.nan
    return 0.0 if now is None else now[0]


def _values(system: System) -> dict[str, _Said]:
    """Return the inputs of a system that its program may depend on, by path."""
    by_use = {name for name, cost in system.costs.items() if cost.per_user is not None}
    found = {}
    for path, (estimate, _) in system.inputs.items():
        section, name, *_ = (*path.split("."), "")
        if section != "costs" or (name in by_use and not path.endswith(_FIXED)):
            found[path] = (value_at(estimate), estimate.source)
    return found


def _prices(system: System) -> dict[str, _Said]:
    """Return what is paid every month whatever the use, by the name of the cost. [USD/month]"""
    found = {}
    for name, cost in system.costs.items():
        if cost.monthly is not None:
            credit = 0.0 if cost.credit is None else value_at(cost.credit)
            found[name] = (max(value_at(cost.monthly) - credit, 0.0), cost.monthly.source)
    return found


def _shape(system: System) -> tuple[Any, frozenset[str]]:
    """Return what a system says without its numbers and fixed prices, and where it has numbers."""
    tree = tree_of(system)
    return {name: _bare(tree[name]) for name in _PROGRAM}, frozenset(_values(system))


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _bare(child) for name, child in node.items() if name != "plan"}
    if isinstance(node, list):
        return [_bare(child) for child in node]
    if isinstance(node, str | bool) or node is None:
        return node
    return type(node).__name__
