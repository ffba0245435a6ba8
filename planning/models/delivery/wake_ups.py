r"""
Waking up: why one packet among few costs more than one among many.

A server that forwards packets sleeps while nothing is there. The first packet after a pause
wakes it (interrupt, system call, switch of context); those that came meanwhile are handled on
the same trip. So the dearer the wake-up, the more a reading at low load overstates the cost at
the peak::

    busy = rate × item + rate × (1 − busy) × wake        an arrival in every pause wakes it once

which solved for the busy share is the first formula here. It is 1 exactly where the items alone
fill the core: waking up takes nothing from what a core can carry.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula


@formula(
    "max(rate * item_time, rate * (item_time + wake_time) / (1 + rate * wake_time))",
    source="Welch, P. D. (1964), M/G/1 whose first customer of a busy period is exceptional, "
    "Oper. Res. 12(5), 736–752, doi:10.1287/opre.12.5.736",
)
def busy_share(rate: ArrayLike, item_time: ArrayLike, wake_time: ArrayLike) -> Array:
    r"""
    Busy share of a core that sleeps when nothing is there and is woken by the first arrival.

    At low load each item pays for its own wake-up, ``rate * (item_time + wake_time)``; the
    busier the core, the more items share one. From ``rate * item_time = 1`` on the core never
    sleeps and what is wanted of it is ``rate * item_time``, above 1. Nothing arrives: 0.

    Parameters
    ----------
    rate : array_like
        Items that arrive at one core, non-negative. [1/s]
    item_time : array_like
        CPU of an item handled with others, non-negative. [s]
    wake_time : array_like
        CPU of waking up, on top of the first item's, non-negative; 0 for a server that never
        sleeps. [s]

    Returns
    -------
    ndarray
        Busy share; above 1 where more is wanted than one core does. [ratio]

    Raises
    ------
    ValueError
        If an argument is negative.

    Notes
    -----
    An arrival finds the core asleep with probability :math:`1 - \rho` (Poisson arrivals), hence
    :math:`\rho = \lambda s + \lambda (1 - \rho) w`. Two measured rows give both times.

    References
    ----------
    .. [1] Welch, P. D. (1964). On a Generalized M/G/1 Queuing Process in Which the First Customer
       of Each Busy Period Receives Exceptional Service. Operations Research 12(5), 736-752.
       https://doi.org/10.1287/opre.12.5.736

    Examples
    --------
    Ten times the packets, four times the CPU.

    >>> busy_share([2_000, 20_000], item_time=40e-6, wake_time=60e-6).round(3).tolist()
    [0.179, 0.909]
    """
    rate, item_time, wake_time = non_negative(rate=rate, item_time=item_time, wake_time=wake_time)
    steady = rate * item_time
    woken = rate * (item_time + wake_time) / (1 + rate * wake_time)
    share: Array = np.maximum(steady, woken)
    return share
