"""
The types of the numbers in a system file.

``Seconds``, ``Bytes``, ``Fraction`` … are pydantic field types whose values are
:class:`~planning.numbers.estimate.Estimate`. In a file a number is either short, ``250 ms``,
or says all it knows::

    hold_time: {value: 250 ms, low: 100 ms, high: 1 s, kind: document, source: "S2, line 327"}
    hit_ratio: {value: 80 %, low: 50 %, high: 95 %, confidence: 80 %, shape: beta}
    load_time: {samples: hours.csv, column: p50_ms, unit: ms}

or refers to a row of the catalogue, ``{catalog: supabase.plan.pro.monthly}``.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from planning.models.uncertainty._shapes import SHAPES
from planning.models.uncertainty.empirical import sample_quantile
from planning.numbers.catalog import Catalog, Row, shipped_catalog
from planning.numbers.estimate import SOURCED_CONFIDENCE, UNSOURCED_CONFIDENCE, Estimate, Kind
from planning.numbers.measured import samples_of
from planning.numbers.units import COUNTS, example, parse, show

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_SAMPLE_LEVELS = ((1 - SOURCED_CONFIDENCE) / 2, 0.5, (1 + SOURCED_CONFIDENCE) / 2)
Named = TypeVar("Named")
_KEYS = ("value", "low", "high", "confidence", "shape", "kind", "source", "samples")
_SAMPLE_KEYS = ("samples", "unit", "value", "kind", "source")
_ROW_KEYS = ("catalog", "low", "high", "confidence", "shape", "why")


class Closed(BaseModel):
    """A frozen, closed model: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Amount:
    """
    Annotation that makes a field a quantity in one base unit.

    Parameters
    ----------
    unit : str
        Base unit the value is kept in.
    at_least, at_most : float, optional
        Bounds, included. [`unit`]
    above : float, optional
        Bound, excluded. [`unit`]
    whole : bool
        Whether only whole numbers make sense.
    """

    def __init__(
        self,
        unit: str,
        *,
        at_least: float = 0.0,
        at_most: float | None = None,
        above: float | None = None,
        whole: bool = False,
    ) -> None:
        self.unit, self.at_least, self.at_most = unit, at_least, at_most
        self.above, self.whole = above, whole

    def read(self, given: Any, file: str = "", catalog: Catalog | None = None) -> Estimate:
        """
        Turn what a file says into an estimate.

        Parameters
        ----------
        given : Any
            A number, text, mapping, row of the catalogue or estimate.
        file : str
            Where it stands; the source of a number that names none.
        catalog : Catalog, optional
            What a reference looks up; the shipped one by default.

        Raises
        ------
        ValueError
            With value, rule and remedy.
        """
        if isinstance(given, Estimate):
            if given.unit != self.unit:
                raise ValueError(
                    f"a number in {given.unit!r} cannot stand for one in {self.unit!r}."
                )
            return given
        if isinstance(given, Row):
            return self._from_row(given)
        if isinstance(given, dict) and "catalog" in given:
            return self._referred(given, catalog or shipped_catalog())
        if isinstance(given, dict) and "samples" in given:
            return self._from_samples(given, file)
        if isinstance(given, dict):
            return self._from_mapping(given, file)
        source = _unsourced(file)
        return Estimate(
            self._number(given),
            self.unit,
            source=source,
            whole=self.whole,
            bounds=self._bounds,
            above=self.above is not None,
        )

    def _referred(self, given: dict[str, Any], catalog: Catalog) -> Estimate:
        """Read a row, with the file's own range where it doubts more than the vendor does."""
        if unknown := [key for key in given if key not in _ROW_KEYS]:
            raise ValueError(
                f"{unknown[0]!r} does not go with `catalog`: a row has its value and source; "
                "give low and high, how sure they are, or why this row."
            )
        row = catalog.row(str(given["catalog"]))
        number = self._from_row(row)
        elsewhere = row.low is not None and "low" not in given and "high" not in given
        sure, shape = _doubt(given | ({"low": row.low} if elsewhere else {}), sourced=True)
        number = replace(number, confidence=sure, shape=shape)
        # A range in the file is about the shipped number, not about a price of one's own.
        if row.replaced is None and ("low" in given or "high" in given):
            value = self._number(row.quantity(row.value))
            low, high = (self._number(given[e]) if e in given else value for e in ("low", "high"))
            number = replace(number, low=low, high=high)
        why = given.get("why")
        return replace(number, source=f"{why}; {number.source}") if why else number

    def _from_row(self, row: Row) -> Estimate:
        try:
            value = self._number(row.quantity(row.value))
            low, high = (
                None if end is None else self._number(row.quantity(end))
                for end in (row.low, row.high)
            )
        except ValueError as error:
            raise ValueError(f"row {row.key} of the catalogue: {error}") from None
        return Estimate(
            value,
            self.unit,
            low=low,
            high=high,
            confidence=SOURCED_CONFIDENCE,
            kind=Kind(row.kind),
            source=f"{row.key}, {row.date}, {row.source}",
            whole=self.whole,
            bounds=self._bounds,
            above=self.above is not None,
            row=row,
        )

    def _from_mapping(self, given: dict[str, Any], file: str) -> Estimate:
        for key in given:
            if key not in _KEYS:
                near = get_close_matches(str(key), _KEYS, n=1)
                hint = (
                    f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(_KEYS)}."
                )
                raise ValueError(f"unknown field {key!r} in a number{hint}")
        if given.get("value") is None:
            raise ValueError(f"a number needs a value, such as {example(self.unit)}.")
        kind = str(given.get("kind", Kind.ASSUMED))
        kinds = [str(each) for each in Kind if each is not Kind.ASKED]
        if kind not in kinds:
            raise ValueError(f"kind {kind!r} is not one of {', '.join(kinds)}.")
        if kind != Kind.ASSUMED and not given.get("source"):
            raise ValueError(f"a number that is {kind} needs a source: who says so, where, when.")
        sure, shape = _doubt(given, sourced=bool(given.get("source")))
        source = given.get("source", _unsourced(file))
        if not isinstance(source, str):
            raise ValueError(f"source {source!r} must be text.")
        low, high = given.get("low"), given.get("high")
        return Estimate(
            self._number(given["value"]),
            self.unit,
            low=None if low is None else self._number(low),
            high=None if high is None else self._number(high),
            confidence=sure,
            shape=shape,
            kind=Kind(kind),
            source=source,
            whole=self.whole,
            bounds=self._bounds,
            above=self.above is not None,
        )

    def _from_samples(self, given: dict[str, Any], file: str) -> Estimate:
        """Read measured samples: their quantiles at 5 % and 95 % are its range."""
        if unknown := [key for key in given if key not in _SAMPLE_KEYS]:
            raise ValueError(
                f"{str(unknown[0])[:40]!r} does not go with `samples`: they are its range and its "
                f"shape; known are {', '.join(_SAMPLE_KEYS)}."
            )
        found = samples_of(given, self.unit)
        for each in (found[0], found[-1]):
            self._number(f"{each!r} {self.unit}")
        if self.whole and any(each != round(each) for each in found):
            raise ValueError("samples must be whole numbers.")
        low, middle, high = sample_quantile(found, _SAMPLE_LEVELS).tolist()
        plain = {"value": f"{round(middle) if self.whole else middle!r} {self.unit}"}
        plain |= {key: given[key] for key in ("value", "kind", "source") if given.get(key)}
        plain.setdefault("kind", str(Kind.MEASURED if "source" in plain else Kind.ASSUMED))
        number = self._from_mapping(plain, file)
        return replace(
            number, low=low, high=high, confidence=SOURCED_CONFIDENCE, samples=tuple(found)
        )

    @property
    def rule(self) -> str:
        """
        What it refuses, in words; empty where it takes any number that is not negative.

        >>> Amount("process", at_least=1.0, whole=True).rule
        'at least 1 process, whole'
        """
        low, high = self._bounds
        said = []
        if self.above is not None:
            said.append(f"above {show(low, self.unit)}")
        elif low > 0:
            said.append(f"at least {show(low, self.unit)}")
        if math.isfinite(high):
            said.append(f"at most {show(high, self.unit)}")
        return ", ".join((*said, "whole") if self.whole else said)

    @property
    def _bounds(self) -> tuple[float, float]:
        least = self.at_least if self.above is None else self.above
        return least, math.inf if self.at_most is None else self.at_most

    def _number(self, given: Any) -> float:
        if given is None:
            raise ValueError(f"there is no value; write for example {example(self.unit)}.")
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise ValueError(
                f"{given!r} is not a quantity; write for example {example(self.unit)}."
            )
        number = parse(repr(given) if isinstance(given, float) else str(given), self.unit)
        if number < self.at_least:
            raise ValueError(f"{given!r} must be at least {show(self.at_least, self.unit)}.")
        if self.at_most is not None and number > self.at_most:
            hint = " (70 % or 0.7, not 70)" if self.unit == "fraction" else ""
            raise ValueError(f"{given!r} must be at most {show(self.at_most, self.unit)}{hint}.")
        if self.above is not None and number <= self.above:
            raise ValueError(f"{given!r} must be above {show(self.above, self.unit)}.")
        if self.whole and number != round(number):
            raise ValueError(f"{given!r} must be a whole number.")
        return number

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate through :meth:`read`."""

        def read(given: Any, info: ValidationInfo) -> Estimate:
            context = info.context or {}
            return self.read(given, context.get("file", ""), context.get("catalog"))

        return core_schema.with_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe both ways of writing a number, for editors."""
        plain: list[dict[str, Any]] = [
            {"type": "string", "examples": [example(self.unit).strip("'")]}
        ]
        if self.unit in {*COUNTS, "fraction", "ratio", "USD"}:
            plain.append({"type": "integer" if self.whole else "number", "minimum": self.at_least})
        fields: dict[str, Any] = {name: {"anyOf": plain} for name in ("value", "low", "high")}
        fields["confidence"] = {"type": ["number", "string"]}
        fields["shape"] = {"enum": list(SHAPES)}
        fields["kind"] = {"enum": [str(kind) for kind in Kind if kind is not Kind.ASKED]}
        fields["source"] = {"type": "string"}
        full = {
            "type": "object", "properties": fields, "required": ["value"],
            "additionalProperties": False,
        }  # fmt: skip
        sampled = {
            "type": "object", "required": ["samples"], "additionalProperties": False,
            "properties": {
                "samples": {"type": ["array", "string"], "items": {"type": ["number", "string"]}},
                "unit": {"type": "string"}, "column": {"type": "string"},
                **{name: fields[name] for name in ("value", "kind", "source")},
            },
        }  # fmt: skip
        row = {
            "type": "object", "required": ["catalog"], "additionalProperties": False,
            "properties": {
                "catalog": {"type": "string"}, "why": {"type": "string"},
                **{name: fields[name] for name in ("low", "high", "confidence", "shape")},
            },
        }  # fmt: skip
        return {"anyOf": [*plain, full, sampled, row]}


class Planned(Closed):
    """
    What a plan of the catalogue can fill.

    Every row of the plan whose attribute is a field here stands in for the field where the file
    gives no number of its own.
    """

    plan: str | None = Field(
        default=None, max_length=120, description="Plan of the catalogue that fills missing fields"
    )

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("plan"), str):
            return given
        catalog = (info.context or {}).get("catalog") or shipped_catalog()
        rows = catalog.plan(given["plan"])
        # A price list by the hour is one by the month of 730 hours.
        if "hourly" in rows and "monthly" not in rows:
            rows = {**rows, "monthly": rows["hourly"]}
        fields = {name: row for name, row in rows.items() if name in cls.model_fields}
        if not fields:
            raise ValueError(
                f"plan {given['plan']!r} says nothing that is used here: it has {', '.join(rows)}."
            )
        missing = {name: row for name, row in fields.items() if name not in given}
        return {**given, **missing}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Let editors accept a plan in place of the fields that it may fill."""
        found: dict[str, Any] = handler(schema)
        wanted = handler.resolve_ref_schema(found)
        required = wanted.pop("required", [])
        if "kind" in required:
            wanted["required"] = ["kind"]
        wanted["anyOf"] = [{"required": required}, {"required": ["plan"]}]
        return found


def _doubt(given: dict[str, Any], *, sourced: bool) -> tuple[float, str]:
    """Return how sure a range is and how it is distributed; what names no source is a guess."""
    shape = given.get("shape", "")
    if not isinstance(shape, str):
        raise ValueError(f"shape {str(shape)[:40]!r} must be one of {', '.join(SHAPES)}.")
    about = next((key for key in ("confidence", "shape") if given.get(key) is not None), None)
    if about and given.get("low") is None and given.get("high") is None:
        raise ValueError(f"{about} is about a range: give low and high beside it.")
    if (said := given.get("confidence")) is None:
        return SOURCED_CONFIDENCE if sourced else UNSOURCED_CONFIDENCE, shape
    try:
        return parse(str(said), "fraction"), shape
    except ValueError as error:
        raise ValueError(f"confidence: {error}") from None


def _unsourced(file: str) -> str:
    return f"{file}, without a source" if file else "no source given"


Seconds = Annotated[Estimate, Amount("s")]
PositiveSeconds = Annotated[Estimate, Amount("s", above=0.0)]
Bytes = Annotated[Estimate, Amount("byte")]
BitRate = Annotated[Estimate, Amount("bit/s")]
Fraction = Annotated[Estimate, Amount("fraction", at_most=1.0)]
PositiveFraction = Annotated[Estimate, Amount("fraction", above=0.0, at_most=1.0)]
Ratio = Annotated[Estimate, Amount("ratio")]
AtLeastOne = Annotated[Estimate, Amount("ratio", at_least=1.0)]
Dollars = Annotated[Estimate, Amount("USD")]
DollarsPerMonth = Annotated[Estimate, Amount("USD/month")]
DollarsPerByte = Annotated[Estimate, Amount("USD/byte")]
Users = Annotated[Estimate, Amount("user")]
Connections = Annotated[Estimate, Amount("connection")]
WholeConnections = Annotated[Estimate, Amount("connection", whole=True)]
Processes = Annotated[Estimate, Amount("process", at_least=1.0, whole=True)]
Cores = Annotated[Estimate, Amount("core", above=0.0)]
People = Annotated[Estimate, Amount("person", whole=True)]


def default(
    value: str | float,
    source: str,
    *,
    kind: Kind = Kind.ASSUMED,
    low: str | float | None = None,
    high: str | float | None = None,
    description: str | None = None,
) -> Any:
    """Return a pydantic field whose default is a sourced number, validated like a file's."""
    number: dict[str, Any] = {"value": value, "kind": str(kind), "source": source}
    if low is not None and high is not None:
        number |= {"low": low, "high": high}
    return Field(default=number, validate_default=True, description=description)


def plain_names(named: dict[str, Named]) -> dict[str, Named]:
    """Return `named`, refusing keys that are no plain words: they become paths and labels."""
    for name in named:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"name {name[:40]!r} must be lower-case letters, digits and _, as in 'app'."
            )
    return named
