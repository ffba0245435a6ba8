"""
Tiers: a price that depends on how much is used, and the bill along them.

A schedule is graduated, as price lists have it: a tier's price holds for the units in that
tier alone, and a free allowance is a first tier at $0. How a file says it, see
:mod:`planning.numbers.prices`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from planning.models.formula import FormulaText, formula_of
from planning.models.money import cost
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, Derived, Node, derive, product
from planning.numbers.units import show

MOST_TIERS = 40


@dataclass(frozen=True, slots=True)
class Tier:
    """
    Units at one price.

    Attributes
    ----------
    up_to : Estimate or None
        Use at which the tier ends, counted from nothing; None for the last. [unit]
    price : Estimate
        Price of a unit in it. [USD/unit]
    """

    up_to: Estimate | None
    price: Estimate


@dataclass(frozen=True, slots=True)
class Tariff:
    """
    Graduated tiers, the cheapest use first.

    Raises
    ------
    ValueError
        If there are fewer than two tiers, one but the last has no end, the last has one, or a
        tier ends before the one below it, its range included.
    """

    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        number = len(self.tiers)
        if not 2 <= number <= MOST_TIERS:
            raise ValueError(
                f"{number} tiers are no schedule: give 2 to {MOST_TIERS}, or the price itself."
            )
        for place, tier in enumerate(self.tiers[:-1], 1):
            if tier.up_to is None:
                raise ValueError(
                    f"tier {place} of {number} has no end: all but the last need `up_to`."
                )
        if (end := self.tiers[-1].up_to) is not None:
            raise ValueError(
                f"the last tier ends at {_shown(end)}, and what is used past it has no price: "
                "leave `up_to` out of the last tier."
            )
        for place, (below, above) in enumerate(pairwise(self.ends), 2):
            if np.any(_most(below) >= _least(above)):
                raise ValueError(
                    f"tier {place} ends at {_shown(above)}, which is not past the "
                    f"{_shown(below)} of tier {place - 1}: each tier ends past the one before it."
                )

    @property
    def ends(self) -> tuple[Estimate, ...]:
        """Ends of all tiers but the last. [unit]"""
        return tuple(tier.up_to for tier in self.tiers if tier.up_to is not None)

    def inputs(self) -> Iterator[tuple[tuple[str, ...], Estimate, str]]:
        """Yield each number with its place in the schedule and what it is for."""
        for place, tier in enumerate(self.tiers):
            for name, words in (("up_to", "End of tier"), ("price", "Price in tier")):
                number = getattr(tier, name)
                if number is not None:
                    yield ("tiers", str(place), name), number, f"{words} {place + 1}"

    def replaced(self, path: tuple[str, ...], number: Estimate) -> Tariff:
        """
        Return the schedule with one number in place of another.

        Raises
        ------
        ValueError
            If a tier would end before the one below it.
        """
        _, place, name = path
        tiers = list(self.tiers)
        if name == "up_to":
            tiers[int(place)] = replace(tiers[int(place)], up_to=number)
        else:
            tiers[int(place)] = replace(tiers[int(place)], price=number)
        return Tariff(tuple(tiers))

    def __repr__(self) -> str:
        """Tiers in short."""
        return f"<{_words(self).format_map(_Shown(self))}>"


def bill(
    name: str, unit: str, used: Node, price: Estimate | Tariff, included: Node | None = None
) -> Derived:
    """
    Return what use costs, at one price or along a schedule of tiers, as a node.

    Parameters
    ----------
    name : str
        What the bill is called on screen.
    unit : str
        Its base unit.
    used : Node
        Use in the month. [unit of use]
    price : Estimate or Tariff
        Price past what is included. [USD/unit of use]
    included : Node, optional
        Units without charge, which come off before tiers are counted; none by default.
    """
    if isinstance(price, Estimate):
        if included is None:
            return product(name, unit, used=used, price=price)
        return derive(name, unit, cost.overage_cost, used=used, included=included, unit_price=price)
    inputs: dict[str, Node] = {"used": used}
    if included is not None:
        inputs["included"] = included
    for place, tier in enumerate(price.tiers, 1):
        if tier.up_to is not None:
            inputs[f"tier_{place}_up_to"] = tier.up_to
        inputs[f"tier_{place}_price"] = tier.price
    source = formula_of(cost.tiered_cost).source
    text = FormulaText(_words(price), source, arithmetic=False)
    value = charged(**{key: node.value for key, node in inputs.items()})
    return Derived(name, value, unit, text, inputs, charged)


def charged(used: ArrayLike, included: ArrayLike = 0.0, **tiers: ArrayLike) -> Array:
    """Return the bill from ends and prices that are each a number or draws of their own."""
    beyond = np.maximum(np.subtract(used, included), 0.0)
    ends, prices = (
        np.stack(np.broadcast_arrays(*(v for k, v in tiers.items() if k.endswith(word))), axis=-1)
        for word in ("up_to", "price")
    )
    return cost.tiered_cost(beyond, ends, prices)


def _words(tariff: Tariff) -> str:
    """Return the schedule as a sentence with places for its numbers, so that it stays true."""
    steps = [
        f"{'first' if place == 1 else 'up to'} {{tier_{place}_up_to}} at {{tier_{place}_price}}"
        for place in range(1, len(tariff.tiers))
    ]
    return ", ".join([*steps, f"the rest at {{tier_{len(tariff.tiers)}_price}}"])


class _Shown(dict[str, str]):
    """The numbers of a schedule for the places of its sentence."""

    def __init__(self, tariff: Tariff) -> None:
        super().__init__(
            (f"tier_{int(path[1]) + 1}_{path[2]}", _shown(number))
            for path, number, _ in tariff.inputs()
        )


def _shown(number: Estimate) -> str:
    return show(float(np.mean(number.value)), number.unit)


def _least(number: Estimate) -> Array:
    value = np.asarray(number.value, dtype=float)
    return value if number.low is None else np.minimum(value, number.low)


def _most(number: Estimate) -> Array:
    value = np.asarray(number.value, dtype=float)
    return value if number.high is None else np.maximum(value, number.high)
