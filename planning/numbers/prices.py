"""
What a file may say where a price stands: one number, or a schedule of tiers::

    price:
      tiers:
        - {up_to: 1 TB, price: $0/GB}
        - {up_to: 10 TB, price: $0.085/GB}
        - {price: $0.08/GB}                 # all the rest

or the plans of the catalogue that are its tiers, ``{catalog: cdn.cloudfront}``. A ``kind`` and
``source`` beside ``tiers`` hold for all their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from planning.numbers.catalog import Catalog, Schedule, shipped_catalog
from planning.numbers.estimate import Estimate
from planning.numbers.quantities import Amount
from planning.numbers.tariff import MOST_TIERS, Tariff, Tier

_TIER_KEYS = ("up_to", "price")
_SHARED_KEYS = ("kind", "source")  # said once for all numbers of a schedule


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
            self._tier(place, stated, shared, file, catalog, wrong)
            for place, stated in enumerate(given["tiers"])
        ]
        if wrong:
            raise ValidationError.from_exception_data("tiers", wrong)
        return Tariff(tuple(tiers))

    def _tier(
        self,
        place: int,
        stated: Any,
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
                    input=stated,
                    ctx={"error": ValueError(message)},
                )
            )

        if not isinstance(stated, dict):
            refuse(f"{stated!r:.40} is no tier; write {{up_to: 10 TB, price: $0.085/GB}}.")
            stated = {"price": 0}
        for key in stated:
            if key not in _TIER_KEYS:
                refuse(_unknown(key, _TIER_KEYS, "a tier"), str(key))
        if stated.get("price") is None:
            refuse("a tier needs its `price`; a free one says $0.", "price")
        for name, amount in (("up_to", self.end), ("price", self)):
            number = stated.get(name)
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


def _unknown(key: Any, known: tuple[str, ...], where: str) -> str:
    near = get_close_matches(str(key), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
    return f"unknown field {str(key)[:40]!r} in {where}; {hint}"


PricePerByte = Annotated[Estimate | Tariff, Price("USD/byte", "byte")]
PricePerUser = Annotated[Estimate | Tariff, Price("USD/user/month", "user")]
PriceOfSpace = Annotated[Estimate | Tariff, Price("USD/byte/month", "byte")]
PricePerByteSecond = Annotated[Estimate | Tariff, Price("USD/byte/s", "byte*s")]
PricePerRequest = Annotated[Estimate | Tariff, Price("USD/request", "request")]
PricePerToken = Annotated[Estimate | Tariff, Price("USD/token", "token")]
PricePerCommand = Annotated[Estimate | Tariff, Price("USD/command", "command")]
PricePerOperation = Annotated[Estimate | Tariff, Price("USD/operation", "operation")]
PricePerMinute = Annotated[Estimate | Tariff, Price("USD/participant/min", "participant*min")]
