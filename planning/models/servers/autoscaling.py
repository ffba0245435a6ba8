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

from planning.models._guards import Array, finite, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

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
