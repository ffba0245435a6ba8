"""
What the doubt comes from: which input moves the capacity, and which to measure first.

Two answers. A *tornado* moves one input at a time to its low and its high end and leaves the others
as stated: what could this one do? The *indices of Sobol'* share out the variance of the logarithm
of capacity over all draws: how much narrower would the answer be if this one were known? That
is the order in which to measure. Inputs that go together are measured together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planning.models.uncertainty import points
from planning.models.uncertainty.sensitivity import first_order, total_order
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.questions.assess import MOST_USERS
from planning.questions.capacity import capacity
from planning.questions.doubts import doubts, draws_of, groups
from planning.questions.drawn import DrawnSystem
from planning.questions.drawn_capacity import drawn_capacity
from planning.system.system import System


@dataclass(frozen=True, slots=True)
class Swing:
    """
    What one input does to the capacity from one end of its range to the other.

    Attributes
    ----------
    path : str
        The input.
    estimate : Estimate
        As stated, with its range.
    description : str
        What its field is for.
    at_low, at_high : float
        Capacity with this input at its ends, all others as stated; NaN where a formula refuses it.
        [user]
    point : float
        Capacity of the stated numbers. [user]
    """

    path: str
    estimate: Estimate
    description: str
    at_low: float
    at_high: float
    point: float

    @property
    def least(self) -> float:
        """Least capacity of the three; a refused one is passed over. [user]"""
        return float(np.nanmin([self.at_low, self.at_high, self.point]))

    @property
    def greatest(self) -> float:
        """Greatest capacity of the three. [user]"""
        return float(np.nanmax([self.at_low, self.at_high, self.point]))

    @property
    def width(self) -> float:
        """Users between the two; infinite where nothing binds at one of them. [user]"""
        return 0.0 if self.greatest == self.least else self.greatest - self.least


@dataclass(frozen=True, slots=True)
class Influence:
    """
    How much of the answer's variance one input brings, or several that go together.

    Attributes
    ----------
    paths : tuple of str
        The input, or those that go together.
    estimates : tuple of Estimate
        As stated, with their ranges.
    descriptions : tuple of str
        What their fields are for.
    first : float
        Share of the variance that goes when it is known. [fraction]
    total : float
        Share that stays while all others are known. [fraction]
    """

    paths: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    descriptions: tuple[str, ...]
    first: float
    total: float


def tornado(system: System) -> tuple[Swing, ...]:
    """
    Return what each doubted input does to the capacity, the widest first.

    Parameters
    ----------
    system : System
        With single numbers as inputs.

    Returns
    -------
    tuple of Swing
        Inputs that move nothing by themselves are left out.

    Examples
    --------
    >>> import planning
    >>> widest = tornado(planning.load_system("ten_thousand_users"))[0]
    >>> widest.path, widest.at_low, widest.point, widest.at_high
    ('workload.activities.page.query_time', 129.0, 28.0, 0.0)
    """
    model, doubted = _model(system)
    if not doubted:
        return ()
    point = capacity(system).users
    ends = {
        path: (float(each.low or 0.0), float(each.high or 0.0)) for path, each in doubted.items()
    }
    swings = [
        Swing(path, doubted[path], system.inputs[path].description, *held, point)
        for path, held in _at_ends(model, ends, point).items()
    ]
    return tuple(sorted((e for e in swings if e.width > 0), key=lambda each: -each.width))


def effects(system: System, ends: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """
    Return how far each of some inputs alone moves the capacity, from one end to the other.

    Parameters
    ----------
    system : System
        With single numbers as inputs.
    ends : mapping of str to pair of float
        Of each input, such as those of its slider. [its unit]

    Returns
    -------
    dict
        Logarithm of the greatest capacity over the least, both at least one user and at most
        `MOST_USERS`; 0 for what moves nothing, or what the capacity does not depend on. [ratio]

    Examples
    --------
    >>> import planning
    >>> system = planning.load_system("ten_thousand_users")
    >>> found = effects(system, {"parts.app.cores": (1.0, 64.0), "warn_at": (0.5, 0.9)})
    >>> found["warn_at"]
    0.0
    """
    model = DrawnSystem.of(system, value_at(system.workload.target))
    known = {path: each for path, each in ends.items() if path in model.program.inputs}
    found = dict.fromkeys(ends, 0.0)
    point = capacity(system).users
    for path, held in _at_ends(model, known, point).items():
        three = np.clip([*held, point], 1.0, MOST_USERS)
        three = three[~np.isnan(three)]  # an end that a formula refuses is no effect
        found[path] = float(np.log(three.max() / three.min()))
    return found


def _at_ends(
    model: DrawnSystem, ends: Mapping[str, tuple[float, float]], point: float
) -> dict[str, tuple[float, float]]:
    """Return the capacity with each input alone at its low and at its high end. [user]"""
    count, draws = 2 * len(ends), {}
    for row, (path, both) in enumerate(ends.items()):
        draws[path] = np.full(count, value_at(model.system.inputs[path].estimate))
        draws[path][2 * row : 2 * row + 2] = both
    held = drawn_capacity(model, draws, count, point).held if ends else np.empty(0)
    return {p: (float(held[2 * row]), float(held[2 * row + 1])) for row, p in enumerate(ends)}


def influences(system: System, n: int = 512, seed: int = 0) -> tuple[Influence, ...]:
    """
    Return how much of the doubt about the capacity each input brings, the most first.

    Parameters
    ----------
    system : System
        With single numbers as inputs.
    n : int
        Base draws; a power of two is best. The system is asked n times for each input. [draw]
    seed : int
        At least 0. [whole number]

    Returns
    -------
    tuple of Influence
        By the share of variance that goes when the input is known; the first is worth measuring
        first. Those that bring nothing are left out: all of them where the capacity does not vary.

    Notes
    -----
    The answer is the logarithm of the capacity, at least one user and at most `MOST_USERS`, so that
    twice as many counts the same anywhere. Draws that a formula refuses in one of their forms are
    left out.
    """
    model, doubted = _model(system)
    if not doubted:
        return ()
    paths = list(doubted)
    together = groups(system, paths)
    even = points.sobol(n, 2 * len(paths), np.random.default_rng(seed))
    first, second = even[:, : len(paths)], even[:, len(paths) :]
    blocks = [first, second]
    for group in together:
        mixed = first.copy()
        mixed[:, group] = second[:, group]
        blocks.append(mixed)
    # Points of a group move together, so that what is correlated is exchanged as one.
    draws = draws_of(system, doubted, np.concatenate(blocks))
    held = drawn_capacity(model, draws, n * len(blocks), capacity(system).users).held
    answers = np.log(np.clip(held, 1.0, MOST_USERS)).reshape(len(blocks), n)
    kept = answers[:, ~np.isnan(answers).any(axis=0)]
    if not kept.size:
        return ()
    in_all = total_order(kept[0], kept[1], kept[2:])
    # An input alone brings no more than with the others; what is above that is noise.
    alone = np.minimum(first_order(kept[0], kept[1], kept[2:]), in_all)
    found = [
        _influence(system, doubted, paths, *each)
        for each in zip(together, alone, in_all, strict=True)
    ]
    moving = (each for each in found if each.total > 0)
    return tuple(sorted(moving, key=lambda each: (-each.first, -each.total)))


def _influence(
    system: System,
    doubted: dict[str, Estimate],
    paths: list[str],
    group: tuple[int, ...],
    first: float,
    total: float,
) -> Influence:
    names = tuple(paths[index] for index in group)
    return Influence(
        names,
        tuple(doubted[name] for name in names),
        tuple(system.inputs[name].description for name in names),
        float(first),
        float(total),
    )


def _model(system: System) -> tuple[DrawnSystem, dict[str, Estimate]]:
    """Return a system as a program, and the doubted inputs that its answer depends on."""
    model = DrawnSystem.of(system, value_at(system.workload.target))
    return model, {p: each for p, each in doubts(system).items() if p in model.program.inputs}
