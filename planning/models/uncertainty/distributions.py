r"""
From a range and a confidence to a distribution that has the quantiles it was asked for.

Somebody who says "between 20 and 500 ms, 90 % sure" states two quantiles::

    P(X < low) = P(X > high) = (1 - confidence) / 2

and the fit has both, or it is refused with what it misses by. A range that begins or ends where
its field does (0, or a fraction of 1) is certain there, and all doubt lies at the other end.
Five shapes: the lognormal, normal, uniform and beta have as many parameters as there are ends, so
the best single value does not move them; in a PERT it is the mode, and in a beta with a certain
end it has half of what lies in the range below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, root
from scipy.special import betainc, ndtri

from planning.models._guards import Array
from planning.models.formula import formula
from planning.models.uncertainty._distribution import Distribution, truncated
from planning.models.uncertainty._shapes import SHAPES

# What a fit may miss an asked quantile by, as a share of it.
TOLERANCE = 0.01

_PERT_WEIGHT = 4.0
_SOLVED = 1e-7


@formula(
    "quantile at (1 - confidence)/2 = low, quantile at (1 + confidence)/2 = high",
    source="O'Hagan et al. (2006), Uncertain Judgements, ch. 6",
    arithmetic=False,
)
def fitted(
    shape: str,
    low: float,
    high: float,
    value: float,
    confidence: float,
    least: float = 0.0,
    most: float = np.inf,
) -> Distribution:
    """
    Fit a distribution to a range, so that it has the quantiles asked for within 1 %.

    A lognormal is cut at `least` and `most`, which moves no quantile between them. A normal is
    truncated there, and its parameters are those that have the quantiles all the same.

    Parameters
    ----------
    shape : str
        One of :data:`SHAPES`. [name]
    low, high : float
        The range, low below high. [unit of the quantity]
    value : float
        The best single value, within the range. [unit of the quantity]
    confidence : float
        Probability that the truth lies in the range; 1 makes the ends of a PERT, uniform or beta
        certain. [fraction]
    least, most : float
        What the quantity can be at all. [unit of the quantity]

    Returns
    -------
    Distribution
        Its ``quantile`` gives draws from numbers between 0 and 1.

    Raises
    ------
    ValueError
        If `shape` is unknown, or no distribution of that shape has the quantiles; the message
        says by how much it misses, and what to give instead.

    References
    ----------
    .. [1] O'Hagan, A. et al. (2006), Uncertain Judgements: Eliciting Experts' Probabilities,
       Wiley, ch. 6 (fitting to quantiles).
    .. [2] Malcolm, D. G. et al. (1959), Application of a Technique for Research and Development
       Program Evaluation, Oper. Res. 7(5), 646-669 (PERT).

    Examples
    --------
    >>> hold = fitted("lognormal", low=0.02, high=0.5, value=0.05, confidence=0.9)
    >>> hold.quantile([0.05, 0.5, 0.95]).round(4).tolist()
    [0.02, 0.1, 0.5]
    """
    if shape not in SHAPES:
        raise ValueError(f"shape {shape!r} is not one of {', '.join(SHAPES)}.")
    numbers = (low, high, value, confidence, least, most)
    return _fitted(shape, *map(float, numbers))


Levels = tuple[float, float]


@lru_cache(maxsize=4096)  # every phase of a system asks for the same fits
def _fitted(
    shape: str, low: float, high: float, value: float, confidence: float, least: float, most: float
) -> Distribution:
    asked = _asked(shape, low, high, confidence, least, most)
    found = _MAKERS[shape](low, high, value, asked, least, most)
    _refuse_a_miss(found, low, high, asked, least, most)
    return found


def _asked(
    shape: str, low: float, high: float, confidence: float, least: float, most: float
) -> Levels:
    """Return the probabilities below `low` and below `high`."""
    if shape in {"lognormal", "normal"}:  # what lies beyond an end of the field is cut
        if not 0 < confidence < 1:
            raise ValueError(
                f"confidence(={confidence:g}) must be below 1: a {shape} has no certain ends; "
                "shape pert or uniform has."
            )
        return (1 - confidence) / 2, (1 + confidence) / 2
    outside = (low > least) + (high < most)
    share = (1 - confidence) / outside if outside else 0.0
    return share if low > least else 0.0, 1 - share if high < most else 1.0


def _lognormal(
    low: float, high: float, value: float, asked: Levels, least: float, most: float
) -> Distribution:
    if low <= 0:
        raise ValueError(
            f"low(={low:g}) must be above 0: a lognormal never gets there; shape pert does."
        )
    z = ndtri(asked[1])
    middle, spread = (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / (2 * z)
    return Distribution("lognormal", (float(middle), float(spread)), least, most)


def _normal(
    low: float, high: float, value: float, asked: Levels, least: float, most: float
) -> Distribution:
    scale = high - low
    middle, spread = (low + high) / 2, scale / (2 * ndtri(asked[1]))

    def miss(tried: Array) -> Array:
        with np.errstate(all="ignore"):
            ends = truncated(np.array(asked), tried[0] * scale, _exp(tried[1]), least, most)
            return np.nan_to_num((ends - (low, high)) / scale, nan=9.0, posinf=9.0, neginf=-9.0)

    solved = root(miss, [middle / scale, np.log(spread)]).x
    return Distribution("normal", (float(solved[0] * scale), float(_exp(solved[1]))), least, most)


def _uniform(
    low: float, high: float, value: float, asked: Levels, least: float, most: float
) -> Distribution:
    slope = (high - low) / (asked[1] - asked[0])
    ends = low - slope * asked[0], high + slope * (1 - asked[1])
    return Distribution("uniform", (0.0, 0.0), max(ends[0], least), min(ends[1], most))


def _pert(
    low: float, high: float, value: float, asked: Levels, least: float, most: float
) -> Distribution:
    scale = high - low

    def ends(tried: Array) -> tuple[float, float]:
        left, right = low - scale * _exp(tried[0]), high + scale * _exp(tried[1])
        return left if asked[0] > 0 else low, right if asked[1] < 1 else high

    def miss(tried: Array) -> Array:
        left, right = ends(tried)
        found = _pert_of(left, value, right)
        short = (found.quantile(np.array(asked)) - (low, high)) / scale
        # An end that is certain has nothing to be solved for.
        return np.where([asked[0] > 0, asked[1] < 1], short, np.array(tried) + 1.0)

    if asked == (0.0, 1.0):
        return _pert_of(low, value, high)
    left, right = ends(_solved(miss, ([-2.0, -2.0], [-4.0, -1.0], [-1.0, -4.0])))
    # Beyond what the field allows: cut, and then refused for what it misses.
    return _pert_of(max(left, least), value, min(right, most))


def _solved(miss: Callable[[Array], Array], starts: Iterable[ArrayLike]) -> Array:
    """Return the first solution found from some starts, or what comes nearest to one."""
    best, least = np.zeros(2), np.inf
    for start in starts:
        tried = root(miss, start).x
        worst = float(np.max(np.abs(miss(tried))))
        if worst < least:
            best, least = tried, worst
        if least < _SOLVED:
            break
    return best


def _pert_of(least: float, mode: float, most: float) -> Distribution:
    width = most - least
    first = 1 + _PERT_WEIGHT * (mode - least) / width
    second = 1 + _PERT_WEIGHT * (most - mode) / width
    return Distribution("pert", (float(first), float(second)), float(least), float(most))


def _beta_fit(
    low: float, high: float, value: float, asked: Levels, least: float, most: float
) -> Distribution:
    if not np.isfinite(most):
        raise ValueError(
            "a beta needs a quantity with two ends, a fraction; shape pert has no need."
        )
    left, middle, right = ((each - least) / (most - least) for each in (low, value, high))
    if asked[0] == 0 and asked[1] == 1:
        return _pert_of(low, value, high)
    points, levels, half = [left, right], list(asked), (asked[0] + asked[1]) / 2
    if asked[0] == 0:
        points, levels = [middle, right], [half, asked[1]]
    elif asked[1] == 1:
        points, levels = [left, middle], [asked[0], half]
    # A best value at the certain end itself: the density falls from there on.
    if points[0] <= 0:
        exponents = 1.0, float(np.log1p(-asked[1]) / np.log1p(-right))
    elif points[1] >= 1:
        exponents = float(np.log(asked[0]) / np.log(left)), 1.0
    elif points[0] == points[1]:
        exponents = _through(points[0], asked)
    else:
        exponents = _two_quantiles(points, levels)
    return Distribution("beta", exponents, least, most)


def _through(point: float, asked: Levels) -> tuple[float, float]:
    """Return exponents of a beta with one quantile, half of it at the certain end's side of 1."""
    level = asked[1] if asked[0] == 0 else asked[0]
    if asked[0] == 0:
        return 1.0, float(np.log1p(-level) / np.log1p(-point))
    return float(np.log(level) / np.log(point)), 1.0


def _two_quantiles(points: list[float], levels: list[float]) -> tuple[float, float]:
    """Return the exponents of the beta that has two quantiles; there is one such beta."""
    x, z = np.array(points), ndtri(np.array(levels))
    odds = np.log(x) - np.log1p(-x)
    spread = (odds[1] - odds[0]) / (z[1] - z[0])
    mean = 1 / (1 + np.exp(-(odds[0] - spread * z[0])))
    # The logit of a beta varies by about 1/(ν m (1 - m)) when ν, the sum of exponents, is large.
    strength = max(1 / (spread**2 * mean * (1 - mean)), 0.3)

    def miss(tried: Array) -> Array:
        with np.errstate(all="ignore"):
            chance = betainc(_exp(tried[0]), _exp(tried[1]), x)
            short = ndtri(np.clip(chance, 1e-300, 1 - 1e-16)) - z
            return np.asarray(np.nan_to_num(short, nan=9.0))

    starts = [
        np.log([strength * factor * mean, strength * factor * (1 - mean)])
        for factor in (1.0, 0.4, 2.5)
    ]
    best = _solved(miss, starts)
    if np.max(np.abs(miss(best))) > _SOLVED:
        best = _nested(x, np.array(levels), np.log(strength))
    return float(_exp(best[0])), float(_exp(best[1]))


def _nested(x: Array, levels: Array, strength: float) -> Array:
    """Find the same by halving: for every sum of exponents the mean with the first quantile."""

    def exponents(logged: float) -> Array:
        total = _exp(logged)

        def first(odds: float) -> float:
            mean = 1 / (1 + _exp(-odds))
            return float(betainc(total * mean, total * (1 - mean), x[0]) - levels[0])

        mean = 1 / (1 + _exp(-float(brentq(first, -35, 35))))
        return np.log([total * mean, total * (1 - mean)])

    def second(logged: float) -> float:
        a, b = np.exp(exponents(logged))
        return float(betainc(a, b, x[1]) - levels[1])

    low, high = strength - 1.0, strength + 1.0
    for _ in range(30):
        if second(low) < 0:
            break
        low -= 1.0
    for _ in range(30):
        if second(high) > 0:
            break
        high += 1.0
    return exponents(float(brentq(second, low, high)))


def _exp(power: float) -> float:
    return float(np.exp(np.clip(power, -60.0, 60.0)))


_MAKERS: dict[str, Callable[[float, float, float, Levels, float, float], Distribution]] = {
    "lognormal": _lognormal,
    "normal": _normal,
    "uniform": _uniform,
    "pert": _pert,
    "beta": _beta_fit,
}


def _refuse_a_miss(
    found: Distribution, low: float, high: float, asked: Levels, least: float, most: float
) -> None:
    for level, wanted in zip(asked, (low, high), strict=True):
        if level in (0.0, 1.0):
            continue
        there = float(found.quantile(level))
        miss = abs(there - wanted) / abs(wanted) if wanted else abs(there) / (high - low)
        if not miss <= TOLERANCE:
            within = (
                f" within {least:g} and {most:g}" if np.isfinite(most) else f" from {least:g} up"
            )
            raise ValueError(
                f"no {found.shape}{within} has the range {low:g} to {high:g}: its quantile at "
                f"{level:.1%} is {there:.4g} where {wanted:g} is asked, {miss:.1%} off; give "
                "another shape, or for certain ends shape pert or uniform with confidence 100 %."
            )
