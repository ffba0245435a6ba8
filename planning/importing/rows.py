"""
What the catalogue knows of a class or a size that a file names, and what so many of it cost.

A cloud's own name (``db.t3.large``, ``cache.m6g.xlarge``) is a plan of the catalogue once its
signs are gone: ``aws.rds.t3_large``. Prices by the hour are for 730 of them a month.
"""

from __future__ import annotations

import re

from planning.importing.found import Paid
from planning.numbers.catalog import Row, shipped_catalog

_HOURS = 730  # of a month, as price lists have it
_LONGEST = 60  # [character] of any name of a size


def plan_of(prefix: str, size: object) -> str | None:
    """
    Return the plan of a size; None where the catalogue has none.

    Examples
    --------
    >>> plan_of("aws.ec2", "t3.large")
    'aws.ec2.t3_large'
    >>> plan_of("aws.ec2", "x9.huge") is None
    True
    """
    if not isinstance(size, str) or not size or len(size) > _LONGEST:
        return None
    plan = f"{prefix}.{re.sub(r'[^a-z0-9]+', '_', size.lower())}"
    return plan if rows_of(plan) else None


def rows_of(plan: str) -> dict[str, Row]:
    """Return the rows of a plan by attribute; none for what is no plan."""
    return {row.attribute: row for row in shipped_catalog().rows.values() if row.plan == plan}


def row_of_plan(plan: tuple[str, str] | None, attribute: str) -> Row | None:
    """Return a row of the plan that something names; None where it names none, or it has none."""
    return None if plan is None else rows_of(plan[0]).get(attribute)


def price_row(key: str) -> Row | None:
    """Return the row that prices a plan, or the row of that key itself; None without a price."""
    rows = rows_of(key)
    return shipped_catalog().rows.get(key) or rows.get("monthly") or rows.get("hourly")


def monthly(paid: Paid) -> float:
    """
    Return what something costs a month. [USD/month]

    Examples
    --------
    Two hours' prices, for 730 hours:

    >>> round(monthly(Paid("web", "aws.ec2.t3_large", "plan.json:3", 2)), 2)
    121.47
    """
    row = price_row(paid.key)
    if row is None:
        return 0.0
    return paid.count * row.value * (_HOURS if row.unit.endswith("/h") else 1)
