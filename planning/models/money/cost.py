r"""
From use to dollars: what price lists do with a quantity.

A price list bends the line from use to cost in three ways::

    included    nothing until the allowance, then a price per unit
    tiers       the first 10 TB at one price, the next 40 TB at another (graduated:
                a tier's price holds for the units in that tier alone)
    blocks      every started thousand, minute or GB is paid in full

Use and price must speak of the same unit: bytes with dollars per byte. Prices
go by the month of 730 h. "Included" is worth nothing to who does not use it,
and the price per user is at its best just below the next step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_SUPABASE = (
    "Supabase, About billing on Supabase, "
    "https://supabase.com/docs/guides/platform/billing-on-supabase"
)
_AWS_TIERS = "AWS, EC2 on-demand data transfer, https://aws.amazon.com/ec2/pricing/on-demand/"
_LIVEKIT = "LiveKit, billing, https://docs.livekit.io/deploy/admin/billing"


@formula("max(used - included, 0) * unit_price", source=_SUPABASE)
def overage_cost(used: ArrayLike, included: ArrayLike, unit_price: ArrayLike) -> Array:
    """
    Cost of what is used beyond an allowance; nothing up to and at the allowance.

    Parameters
    ----------
    used : array_like
        Use in the month, non-negative. [unit]
    included : array_like
        Allowance, non-negative. [unit]
    unit_price : array_like
        Price of one unit beyond it, non-negative. [USD/unit]

    Returns
    -------
    ndarray
        Cost. [USD]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Supabase. Manage egress usage: 250 GB included in Pro, then $0.09 per GB.
       https://supabase.com/docs/guides/platform/manage-your-usage/egress

    Examples
    --------
    >>> float(overage_cost(used=300e9, included=250e9, unit_price=0.09e-9))
    4.5
    """
    used, included, unit_price = non_negative(used=used, included=included, unit_price=unit_price)
    beyond: Array = np.maximum(used - included, 0.0)
    return beyond * unit_price


@formula(
    "the sum over tiers of the units inside the tier times the tier's price",
    source=_AWS_TIERS,
    arithmetic=False,
)
def tiered_cost(used: ArrayLike, tier_ends: ArrayLike, tier_prices: ArrayLike) -> Array:
    """
    Cost under graduated tiers: each unit is paid at the price of the tier it falls in.

    The unit exactly at a tier's end still belongs to that tier; the last tier has no end.
    No use costs nothing. A free allowance is a first tier with price 0.

    Parameters
    ----------
    used : array_like
        Use in the month, finite and non-negative, of any shape. [unit]
    tier_ends : array_like
        Ends of all tiers but the last along the last axis, above 0 and increasing. [unit]
    tier_prices : array_like
        Price in each tier along the last axis, one more than `tier_ends`. [USD/unit]

    Returns
    -------
    ndarray
        Cost, of the shape of `used`. [USD]

    Raises
    ------
    ValueError
        If an argument is negative, the ends do not increase, or the number of prices is not
        the number of ends plus one.

    References
    ----------
    .. [1] Amazon Web Services. EC2 on-demand pricing, data transfer out: first 10 TB, next
       40 TB, next 100 TB, beyond. https://aws.amazon.com/ec2/pricing/on-demand/

    Examples
    --------
    10 units at $9, the next 40 at $8.50, the rest at $7.

    >>> tiered_cost([0, 10, 11, 50, 60], tier_ends=[10, 50], tier_prices=[9, 8.5, 7]).tolist()
    [0.0, 90.0, 98.5, 430.0, 500.0]
    """
    used, tier_prices = non_negative(used=used, tier_prices=tier_prices)
    (tier_ends,) = positive(tier_ends=tier_ends)
    starts = _tier_starts(tier_ends, tier_prices)
    widths = np.append(np.diff(starts, axis=-1), np.full((*starts.shape[:-1], 1), np.inf), axis=-1)
    inside: Array = np.clip(used[..., np.newaxis] - starts, 0.0, widths)
    cost: Array = np.sum(inside * tier_prices, axis=-1)
    return cost


@formula("ceil(max(used - included, 0) / block) * block_price", source=_LIVEKIT)
def block_cost(
    used: ArrayLike, block: ArrayLike, block_price: ArrayLike, included: ArrayLike = 0.0
) -> Array:
    """
    Cost where every started block beyond the allowance is paid in full.

    Exactly full blocks start no further one; no use beyond the allowance costs nothing.

    Parameters
    ----------
    used : array_like
        Use in the month, non-negative. [unit]
    block : array_like
        Units in a block, above 0. [unit]
    block_price : array_like
        Price of a block, non-negative. [USD]
    included : array_like
        Allowance, non-negative. [unit]

    Returns
    -------
    ndarray
        Cost. [USD]

    Raises
    ------
    ValueError
        If an argument is negative or `block` is not above 0.

    References
    ----------
    .. [1] Supabase. About billing: peak connections at $10 per 1,000, messages at $2.50 per
       million. https://supabase.com/docs/guides/platform/billing-on-supabase
    .. [2] LiveKit. Billing: minutes are rounded up. https://docs.livekit.io/deploy/admin/billing

    Examples
    --------
    >>> block_cost(used=[500, 501, 1501], block=1000, block_price=10, included=500).tolist()
    [0.0, 10.0, 20.0]
    """
    used, block_price, included = non_negative(
        used=used, block_price=block_price, included=included
    )
    (block,) = positive(block=block)
    beyond: Array = np.maximum(used - included, 0.0)
    return units_needed(beyond, block) * block_price


@formula("1000 * monthly_cost / users", source="definition")
def cost_per_thousand_users(monthly_cost: ArrayLike, users: ArrayLike) -> Array:
    """
    Monthly cost per thousand users; without users infinite if it costs anything, else 0.

    Parameters
    ----------
    monthly_cost : array_like
        Cost in the month, non-negative. [USD]
    users : array_like
        Users the cost is for, non-negative; say which: concurrent, daily or monthly. [users]

    Returns
    -------
    ndarray
        Cost per thousand users. [USD]

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    Growth up a ladder of phases need not make a user cheaper.

    >>> cost_per_thousand_users([0, 35, 300, 1200], [4000, 8000, 15_000, 30_000]).tolist()
    [0.0, 4.375, 20.0, 40.0]
    """
    monthly_cost, users = non_negative(monthly_cost=monthly_cost, users=users)
    nobody = np.where(monthly_cost > 0, np.inf, 0.0)
    return np.where(users > 0, 1000.0 * monthly_cost / np.where(users > 0, users, 1.0), nobody)


def _tier_starts(tier_ends: Array, tier_prices: Array) -> Array:
    """Return where each tier starts, the first at 0; refuse ends and prices that do not match."""
    if tier_prices.ndim == 0 or tier_ends.ndim == 0:
        raise ValueError("tier_ends and tier_prices must be lists, not single numbers.")
    ends, prices = tier_ends.shape[-1], tier_prices.shape[-1]
    if prices != ends + 1:
        raise ValueError(
            f"tier_prices has {prices} prices for {ends} tier_ends and needs {ends + 1}: "
            "the last tier has a price but no end."
        )
    starts: Array = np.append(np.zeros((*tier_ends.shape[:-1], 1)), tier_ends, axis=-1)
    if np.any(np.diff(starts, axis=-1) <= 0):
        raise ValueError(f"tier_ends(={tier_ends.tolist()}) must increase: sort the tiers.")
    return starts
