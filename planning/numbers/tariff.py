"""
A price that depends on how much is used: one number, or a schedule of tiers.

A schedule is graduated, as price lists have it: a tier's price holds for the units in that
tier alone, and a free allowance is a first tier at $0::

    price:
      tiers:
        - {up_to: 1 TB, price: $0/GB}
        - {up_to: 10 TB, price: $0.085/GB}
        - {price: $0.08/GB}                 # all the rest

or the plans of the catalogue that are its tiers, ``{catalog: cdn.cloudfront}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from planning.models.formula import FormulaText, formula_of
from planning.models.money import cost
from planning.numbers.catalog import Catalog, Schedule, shipped_catalog
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, Derived, Node, derive, product
from planning.numbers.quantities import Amount
from planning.numbers.units import show

MOST_TIERS = 40
_TIER_KEYS = ("up_to", "price")
_SHARED_KEYS = ("kind", "source")  # said once for all numbers of a schedule


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


class Price(Amount):
    """
    Annotation that makes a field a price per unit, or a schedule of them.

    Parameters
    ----------
    unit : str
        Base unit of the price.
    used : str
        Base unit of what is paid for, in which tiers end.
    """

    def __init__(self, unit: str, used: str) -> None:
        super().__init__(unit)
        self.end = Amount(used, above=0.0)

    def read_price(self, given: Any, file: str, catalog: Catalog) -> Estimate | Tariff:
        """
        Turn what a file says into a price.

        Raises
        ------
        ValueError
            With value, rule and remedy; a pydantic one, with the place in it, for a schedule.
        """
        if isinstance(given, Tariff):
            return given
        if isinstance(given, Schedule):
            return self._of_catalog(given)
        if isinstance(given, dict) and "tiers" in given:
            return self._written(given, file, catalog)
        if isinstance(given, dict) and isinstance(key := given.get("catalog"), str):
            schedule = catalog.schedule(key)
            if schedule is not None and key not in catalog.rows:
                if other := [name for name in given if name not in {"catalog", "why"}]:
                    raise ValueError(
                        f"{other[0]!r} does not go with a schedule of the catalogue: its tiers "
                        "have their values and sources; write `tiers:` out to doubt one."
                    )
                return self._of_catalog(schedule)
        return self.read(given, file, catalog)

    def _of_catalog(self, schedule: Schedule) -> Tariff:
        tiers = [
            Tier(None if end is None else self.end.read(end), self.read(price))
            for end, price in schedule.tiers
        ]
        if schedule.included is not None:
            free = self.end.read(schedule.included)
            nothing = Estimate(0.0, self.unit, kind=free.kind, source=free.source)
            tiers.insert(0, Tier(free, nothing))
        return Tariff(tuple(tiers))

    def _written(self, given: Mapping[str, Any], file: str, catalog: Catalog) -> Tariff:
        for key in given:
            if key not in ("tiers", *_SHARED_KEYS):
                raise ValueError(_unknown(key, ("tiers", *_SHARED_KEYS), "a schedule of tiers"))
        if not isinstance(given["tiers"], list):
            raise ValueError("`tiers` is a list: a line `- {up_to: 10 TB, price: $0.085/GB}` each.")
        shared = {key: given[key] for key in _SHARED_KEYS if key in given}
        wrong: list[InitErrorDetails] = []
        tiers = [
            self._tier(place, said, shared, file, catalog, wrong)
            for place, said in enumerate(given["tiers"])
        ]
        if wrong:
            raise ValidationError.from_exception_data("tiers", wrong)
        return Tariff(tuple(tiers))

    def _tier(
        self,
        place: int,
        said: Any,
        shared: Mapping[str, Any],
        file: str,
        catalog: Catalog,
        wrong: list[InitErrorDetails],
    ) -> Tier:
        """Read one tier; what is wrong in it goes to `wrong`, with its place."""
        found: dict[str, Estimate | None] = {"up_to": None, "price": None}

        def refuse(message: str, *field: str) -> None:
            wrong.append(
                InitErrorDetails(
                    type="value_error",
                    loc=("tiers", place, *field),
                    input=said,
                    ctx={"error": ValueError(message)},
                )
            )

        if not isinstance(said, dict):
            refuse(f"{said!r:.40} is no tier; write {{up_to: 10 TB, price: $0.085/GB}}.")
            said = {"price": 0}
        for key in said:
            if key not in _TIER_KEYS:
                refuse(_unknown(key, _TIER_KEYS, "a tier"), str(key))
        if said.get("price") is None:
            refuse("a tier needs its `price`; a free one says $0.", "price")
        for name, amount in (("up_to", self.end), ("price", self)):
            number = said.get(name)
            if number is None:
                continue
            if shared and not isinstance(number, dict):
                number = {"value": number, **shared}
            try:
                found[name] = amount.read(number, file, catalog)
            except ValueError as error:
                refuse(str(error), name)
        price = found["price"] or Estimate(0.0, self.unit)
        return Tier(found["up_to"], price)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate through :meth:`read_price`."""

        def read(given: Any, info: ValidationInfo) -> Estimate | Tariff:
            context = info.context or {}
            catalog = context.get("catalog") or shipped_catalog()
            return self.read_price(given, context.get("file", ""), catalog)

        return core_schema.with_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe a number and a schedule of tiers, for editors."""
        number = super().__get_pydantic_json_schema__(schema, handler)
        end = self.end.__get_pydantic_json_schema__(schema, handler)
        tier = {
            "type": "object", "required": ["price"], "additionalProperties": False,
            "properties": {"up_to": end, "price": number},
        }  # fmt: skip
        tiers = {
            "type": "object", "required": ["tiers"], "additionalProperties": False,
            "properties": {
                "tiers": {"type": "array", "items": tier, "minItems": 2, "maxItems": MOST_TIERS},
                "kind": {"type": "string"}, "source": {"type": "string"},
            },
        }  # fmt: skip
        return {"anyOf": [number, tiers]}


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
    value = _charged(**{key: node.value for key, node in inputs.items()})
    return Derived(name, value, unit, text, inputs, _charged)


def _charged(used: ArrayLike, included: ArrayLike = 0.0, **tiers: ArrayLike) -> Array:
    """Return the bill from ends and prices that are each a number or draws of their own."""
    beyond = np.maximum(np.subtract(used, included), 0.0)
    ends, prices = (
        np.stack(np.broadcast_arrays(*(v for k, v in tiers.items() if k.endswith(word))), axis=-1)
        for word in _TIER_KEYS
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


def _unknown(key: Any, known: tuple[str, ...], where: str) -> str:
    near = get_close_matches(str(key), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
    return f"unknown field {str(key)[:40]!r} in {where}; {hint}"


def _shown(number: Estimate) -> str:
    return show(float(np.mean(number.value)), number.unit)


def _least(number: Estimate) -> Array:
    value = np.asarray(number.value, dtype=float)
    return value if number.low is None else np.minimum(value, number.low)


def _most(number: Estimate) -> Array:
    value = np.asarray(number.value, dtype=float)
    return value if number.high is None else np.maximum(value, number.high)


PricePerByte = Annotated[Estimate | Tariff, Price("USD/byte", "byte")]
PricePerUser = Annotated[Estimate | Tariff, Price("USD/user/month", "user")]
PriceOfSpace = Annotated[Estimate | Tariff, Price("USD/byte/month", "byte")]
PricePerMinute = Annotated[Estimate | Tariff, Price("USD/participant/min", "participant*min")]
