"""What a part is used for in a month, from what reaches it at the peak: the basis of a bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.numbers.nodes import Derived, Node, asked, product, quotient
from planning.numbers.units import MONTH

if TYPE_CHECKING:
    from planning.parts.station import Station


def of_month(at: Station, name: str, unit: str, peak: Node) -> Derived:
    """
    Return what a month comes to.

    Parameters
    ----------
    at : Station
        Where; its workload says how far the peak is above the mean.
    name, unit : str
        Of the result.
    peak : Node
        Per second at the peak. [`unit`/s]
    """
    mean = quotient(
        f"mean of {name}", f"{unit}/s", at_the_peak=peak, peak_to_mean=at.workload.peak_to_mean
    )
    return product(name, unit, mean=mean, month=asked(MONTH, "s", "a month"))
