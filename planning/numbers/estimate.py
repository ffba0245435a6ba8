"""
An input with its range, its confidence and where it came from.

No number in a plan is bare. An :class:`Estimate` says what was believed (value),
how sure that is (low, high and the confidence that the truth lies between), and
who said so (kind and source). ``value`` may be one number or an array of draws:
a sampled system is still a system, and every formula broadcasts over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models.uncertainty._shapes import SHAPES, WITH_ENDS
from planning.numbers.catalog import Row
from planning.numbers.units import show

# What a range is worth where nobody says how sure they are. One that names its source is taken as
# a 90 % range. One that names none is a guess, and guesses are too narrow: people's 98 % ranges
# held the truth in 57 of 100 cases (Alpert and Raiffa, in Kahneman, Slovic and Tversky, Judgment
# under Uncertainty, 1982, ch. 21).
SOURCED_CONFIDENCE, UNSOURCED_CONFIDENCE = 0.9, 0.6


class Kind(StrEnum):
    """Where a number came from, from the firmest to the softest."""

    MEASURED = "measured"
    VENDOR = "vendor"
    DOCUMENT = "document"
    ASSUMED = "assumed"
    # The number a question is asked for (users, a slider's position): nobody claims it.
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a number stands.

    Attributes
    ----------
    path : str
        In the system, such as ``workload.activities.page.interval``.
    file : str
        Name of the file that states it; empty where it was not read from one.
    line : int or None
        Line in that file, of a phase's own changes where it comes with a phase; None for a default.
    """

    path: str
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{self.path}, {where}" if self.file and self.line is not None else self.path


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """
    A number with its doubt and its source.

    Parameters
    ----------
    value : float or ndarray
        The best single value, or draws of it. [`unit`]
    unit : str
        Base unit.
    low, high : float, optional
        Ends of the range believed in; both or neither. [`unit`]
    confidence : float
        Probability that the truth lies in [low, high]; 1 for certain ends, with a shape that has
        them. By default that of a number without a source. [fraction]
    shape : str
        Of its distribution: a name from :mod:`planning.models.uncertainty`; empty for the one
        that suits its unit and range.
    kind : Kind
        Measured, vendor, document, assumed or asked.
    source : str
        Who says so: a URL, a page, a line of a document, a reason.
    whole : bool
        Whether only whole numbers make sense (processes, connections).
    bounds : tuple of float
        Least and most that its field allows, for sliders. [`unit`]
    above : bool
        Whether the least itself is refused.
    row : Row, optional
        The row of the catalogue it was taken from.
    samples : tuple of float
        Measured values of it in ascending order, drawn in place of a shape; low and high are then
        their quantiles at 5 % and 95 %. [`unit`]
    place : Place, optional
        Where it stands in a system and its file; set when the system is built, kept through
        patches, moves and pickling. Two numbers that differ in place alone are equal.

    Raises
    ------
    ValueError
        If not low ≤ value ≤ high, only one end is given, confidence is outside (0, 1], the shape is
        unknown, or the confidence is 1 and the shape has no certain ends.

    Examples
    --------
    >>> hold = Estimate(0.05, "s", low=0.02, high=0.5, source="typical OLTP query")
    >>> str(hold)
    '50 ms (20 ms to 500 ms, assumed: typical OLTP query)'
    """

    value: float | NDArray[np.float64]
    unit: str
    low: float | None = None
    high: float | None = None
    confidence: float = UNSOURCED_CONFIDENCE
    kind: Kind = Kind.ASSUMED
    source: str = "no source given"
    whole: bool = False
    bounds: tuple[float, float] = (0.0, math.inf)
    above: bool = False
    row: Row | None = None
    shape: str = ""
    samples: tuple[float, ...] = ()
    place: Place | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        # What was searched for may be infinite: no number suffices. What is stated never is.
        endless = self.kind is Kind.ASKED and not np.any(np.isnan(self.value))
        if not (endless or np.all(np.isfinite(self.value))):
            raise ValueError(f"value(={self.value}) must be a finite number.")
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high go together: give both or neither.")
        if self.shape and self.shape not in SHAPES:
            near = get_close_matches(self.shape, SHAPES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(SHAPES)}."
            raise ValueError(f"unknown shape {self.shape[:40]!r} of a number{hint}")
        if not 0 < self.confidence <= 1:
            raise ValueError(f"confidence(={self.confidence:g}) must be above 0 and at most 1.")
        if self.confidence == 1 and self.shape not in WITH_ENDS:
            raise ValueError(
                "confidence(=1) must be below 1: nobody is certain of a range; where its ends are "
                f"certain, say so with shape {' or '.join(WITH_ENDS)}."
            )
        # Draws may fall outside: the range holds the truth with `confidence`, not certainty.
        if self.low is None or self.high is None or isinstance(self.value, np.ndarray):
            return
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"low ≤ value ≤ high is broken: low {show(self.low, self.unit)}, value "
                f"{show(self.value, self.unit)}, high {show(self.high, self.unit)}."
            )

    def at(self, value: ArrayLike, note: str | None = None) -> Estimate:
        """
        Return this estimate moved to another value: a slider's position or draws.

        Parameters
        ----------
        value : array_like
            New value. [`unit`]
        note : str, optional
            Why; the moved number is no longer what its source said. Its range is dropped where
            the value left it.

        Raises
        ------
        ValueError
            If the value is not finite.
        """
        moved: float | NDArray[np.float64] = np.asarray(value, dtype=float)
        if not np.all(np.isfinite(moved)):
            raise ValueError(f"value(={moved}) must be a finite number.")
        if np.ndim(moved) == 0:
            moved = float(moved)
            inside = (
                self.low is not None and self.high is not None and self.low <= moved <= self.high
            )
        else:
            inside = True
        return replace(
            self,
            value=moved,
            low=self.low if inside else None,
            high=self.high if inside else None,
            kind=self.kind if note is None else Kind.ASKED,
            source=self.source if note is None else f"{note} (was: {self.source})",
            row=self.row if note is None else None,
            samples=self.samples if note is None else (),
        )

    @property
    def doubted(self) -> bool:
        """Whether somebody said how far off the number may be."""
        return self.low is not None and self.low != self.high

    def put(self, place: Place) -> None:
        """
        Say where the number stands, once, while the system that holds it is built.

        A number that has a place keeps it.
        """
        if self.place is None:
            # Frozen for everyone else: nothing has seen the number before it is built in.
            object.__setattr__(self, "place", place)

    def __repr__(self) -> str:
        """Number, range and source in short."""
        size = np.size(self.value)
        return f"<{self}>" if size == 1 else f"<{size} values in {self.unit}, {self.kind}>"

    def __str__(self) -> str:
        shown = show(float(np.mean(self.value)), self.unit)
        span = ""
        if self.low is not None and self.high is not None and self.low < self.high:
            span = f"{show(self.low, self.unit)} to {show(self.high, self.unit)}, "
            span += f"{len(self.samples):,} samples, " if self.samples else ""
        return f"{shown} ({span}{self.kind}: {self.source})"
