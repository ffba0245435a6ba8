r"""
Autoscaling: how long a crowd meets the old number of instances.

An autoscaler sees a metric late, waits until it has been high for some periods, starts
instances, and waits again before the next step::

    instances
      4 ┤                          ┌────── most
      3 ┤                ┌─────────┘
      2 ┤────────────────┘<cool-down>
        └┬───────────────┬───────────────> time
     overload        reaction

Until the reaction the overload meets what was there. A surge shorter than it is never helped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed, units_that_fit

_COOLDOWN = (
    "AWS, Scaling cooldowns for Amazon EC2 Auto Scaling, "
    "https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html"
)


@formula(
    "min(ceil(max(wanted - start_instances, 0) / step), 1) * reaction"
    " + max(ceil(max(wanted - start_instances, 0) / step) - 1, 0) * cool_down",
    source=_COOLDOWN,
)
def time_to_instances(
    wanted: ArrayLike,
    start_instances: ArrayLike,
    step: ArrayLike,
    reaction: ArrayLike,
    cool_down: ArrayLike,
) -> Array:
    """
    Time until at least `wanted` instances serve; 0 if they already do.

    The first step serves at the reaction, the next a cool-down later. More than the autoscaler
    may run never come: compare `wanted` with that first.

    Parameters
    ----------
    wanted : array_like
        Instances wanted, finite and non-negative. [count]
    start_instances : array_like
        Instances before the overload, finite and non-negative. [count]
    step : array_like
        Instances added at a time, above 0. [count]
    reaction : array_like
        Time until the first step serves, finite and non-negative. [s]
    cool_down : array_like
        Time from one step to the next, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Time since the overload began. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Amazon Web Services. Scaling cooldowns for Amazon EC2 Auto Scaling.
       https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html

    Examples
    --------
    From 2 to 20, one a minute, when the first comes after four and a half.

    >>> float(time_to_instances(20, start_instances=2, step=1, reaction=270, cool_down=60)) / 60
    21.5
    """
    wanted, start_instances, reaction, cool_down = finite(
        wanted=wanted, start_instances=start_instances, reaction=reaction, cool_down=cool_down
    )
    (step,) = positive(step=step)
    steps = units_needed(np.maximum(wanted - start_instances, 0.0), step)
    return np.minimum(steps, 1.0) * reaction + np.maximum(steps - 1.0, 0.0) * cool_down


@formula(
    "max(min(peak, trigger + growth * reaction) / min(there, most), "
    "min(peak, trigger + growth * (reaction + cool_down * floor(max(rising - reaction, 0)"
    " / cool_down)))"
    " / min(there + step * floor(max(rising - reaction, 0) / cool_down), most), "
    "peak / min(there + step * (1 + floor(max(rising - reaction, 0) / cool_down)), most))",
    source=_COOLDOWN,
)
def busiest_while_growing(
    peak: ArrayLike,
    trigger: ArrayLike,
    growth: ArrayLike,
    rising: ArrayLike,
    there: ArrayLike,
    step: ArrayLike,
    reaction: ArrayLike,
    cool_down: ArrayLike,
    most: ArrayLike,
) -> Array:
    """
    Greatest ratio of instances wanted to those there, while the load grows and instances start.

    The load grows evenly to its peak; the first step serves a reaction after the trigger, the next
    each a cool-down later. Just before a step the ratio is greatest, and between the first and the
    last of them it goes one way: so the first, the last before the peak and the next after it
    are all that has to be looked at.

    Parameters
    ----------
    peak : array_like
        Instances that the peak keeps busy, finite and non-negative. [count]
    trigger : array_like
        Instances that are busy when the autoscaler notices, finite and non-negative. [count]
    growth : array_like
        Instances that are wanted more with each second, finite and non-negative. [count/s]
    rising : array_like
        Time from the trigger to the peak; 0 where the peak is below the trigger. [s]
    there : array_like
        Instances before the load grows, above 0. [count]
    step : array_like
        Instances started at a time, finite and non-negative. [count]
    reaction : array_like
        Time from the trigger until the first step serves, finite and non-negative. [s]
    cool_down : array_like
        Time from one step to the next, above 0. [s]
    most : array_like
        Instances that may run, above 0. [count]

    Returns
    -------
    ndarray
        Wanted over there at the busiest moment: above 1 some of the load is not served. [ratio]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Amazon Web Services. Scaling cooldowns for Amazon EC2 Auto Scaling.
       https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html

    Examples
    --------
    From 2 busy to 10 in four minutes, one more a minute, the first after three: 8 are wanted of 2.

    >>> float(busiest_while_growing(
    ...     10, trigger=2, growth=2 / 60, rising=240, there=2, step=1, reaction=180,
    ...     cool_down=60, most=20))
    4.0
    """
    peak, trigger, growth, step, reaction = finite(
        peak=peak, trigger=trigger, growth=growth, step=step, reaction=reaction
    )
    (rising,) = non_negative(rising=rising)
    there, cool_down, most = positive(there=there, cool_down=cool_down, most=most)
    steps = units_that_fit(np.maximum(rising - reaction, 0.0), cool_down)
    first = np.minimum(peak, trigger + growth * reaction) / np.minimum(there, most)
    last = np.minimum(peak, trigger + growth * (reaction + cool_down * steps)) / np.minimum(
        there + step * steps, most
    )
    after = peak / np.minimum(there + step * (1.0 + steps), most)
    return np.maximum(np.maximum(first, last), after)
