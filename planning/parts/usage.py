"""
What a part is paid for: a month of what reaches it at the peak, and the bytes it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planning.flow.finding import Finding, Severity
from planning.numbers.nodes import Derived, Node, asked, product, quotient, value_at
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


def requests_and_price(
    name: str, price: object | None, **by_request: object | None
) -> Iterator[Finding]:
    """
    Yield what is wrong where bytes are charged and requests are not.

    Parameters
    ----------
    name : str
        Of the part.
    price : object or None
        What bytes cost; None where the file says none, and has another finding for it.
    **by_request : object or None
        What requests cost, by the field that says so. A price of zero is a price.
    """
    free = [field for field, each in by_request.items() if each is None]
    if price is not None and free:
        yield Finding(
            name, Severity.MEDIUM,
            "its bytes have a price and its requests have none: the monthly cost is at least what "
            "it says",
            f"say {' and '.join(f'`{field}`' for field in free)}, or $0/request where it is free",
        )  # fmt: skip


def bytes_and_price(name: str, stored: Node, price: object | None) -> Iterator[Finding]:
    """
    Yield what is wrong where only one of the bytes kept and their price is stated.

    Parameters
    ----------
    name : str
        Of the part.
    stored : Node
        Bytes kept, on the mean. [byte]
    price : object or None
        What they cost; None where the file says none. A price of zero is a price.
    """
    if value_at(stored) > 0 and price is None:
        yield Finding(
            name, Severity.MEDIUM,
            "bytes are kept at no price: the monthly cost is too low",
            "say `price`, or $0/GB/month if somebody else pays",
        )  # fmt: skip
    if value_at(stored) == 0 and price is not None:
        yield Finding(
            name, Severity.MEDIUM,
            "a price of storage is stated, but nothing is kept",
            "say `stored`",
        )  # fmt: skip
