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

Until the reaction the overload meets what was there, and the backlog grows; it is worked off
only by capacity beyond the arrivals. A surge shorter than the reaction is never helped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_ALARM = (
    "AWS, Using Amazon CloudWatch alarms, Evaluating an alarm, "
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
)
_COOLDOWN = (
    "AWS, Scaling cooldowns for Amazon EC2 Auto Scaling, "
    "https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html"
)
_NEWELL = (
    "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid approximation)"
)


@formula("metric_period * periods + start_time", source=_ALARM)
def reaction_time(metric_period: ArrayLike, periods: ArrayLike, start_time: ArrayLike) -> Array:
    """
    Time from the begin of an overload until the first new instance serves.

    The first period that counts is one that is high throughout; what is left of the period in
    which the overload begins comes on top, up to one more. A schedule that scales before the
    crowd comes has no periods and no start time: 0.

    Parameters
    ----------
    metric_period : array_like
        Time over which the metric is averaged, non-negative. [s]
    periods : array_like
        Periods in a row that must be high, non-negative. [count]
    start_time : array_like
        Time to start an instance until it passes its health check, non-negative. [s]

    Returns
    -------
    ndarray
        Time. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Amazon Web Services. Using Amazon CloudWatch alarms: period, evaluation periods and
       datapoints to alarm.
       https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html

    Examples
    --------
    Three minutes of metrics and a minute and a half to start.

    >>> float(reaction_time(metric_period=60, periods=3, start_time=90)) / 60
    4.5
    """
    metric_period, periods, start_time = non_negative(
        metric_period=metric_period, periods=periods, start_time=start_time
    )
    return metric_period * periods + start_time


@formula(
    "min(start_instances + step * max(floor((time - reaction) / cool_down) + 1, 0), most)",
    source=_COOLDOWN,
)
def instances_after(
    time: ArrayLike,
    start_instances: ArrayLike,
    step: ArrayLike,
    reaction: ArrayLike,
    cool_down: ArrayLike,
    most: ArrayLike,
) -> Array:
    """
    Instances that serve, some time after an overload began that does not end.

    The first step serves from `reaction` on, the next a `cool_down` later. Without a cool-down
    all come at the reaction: `most` of them. A time within rounding error of a step has it.

    Parameters
    ----------
    time : array_like
        Time since the overload began, finite and non-negative. [s]
    start_instances : array_like
        Instances before it, finite and non-negative. [count]
    step : array_like
        Instances added at a time, finite and above 0. [count]
    reaction : array_like
        Time until the first step serves, finite and non-negative. [s]
    cool_down : array_like
        Time from one step to the next, finite and non-negative. [s]
    most : array_like
        Instances the autoscaler may run, non-negative; it holds even where it is below
        `start_instances`, and is infinite where there is none. [count]

    Returns
    -------
    ndarray
        Instances, at most `most`. [count]

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
    >>> instances_after([0, 269, 270, 330, 3600], 2, 1, reaction=270, cool_down=60, most=4).tolist()
    [2.0, 2.0, 3.0, 4.0, 4.0]
    """
    time, start_instances, reaction, cool_down = finite(
        time=time, start_instances=start_instances, reaction=reaction, cool_down=cool_down
    )
    (step,) = positive(step=step)
    finite(step=step)
    (most,) = non_negative(most=most)
    # Sums of times carry rounding errors that grow with the times, not with their difference.
    reached = time - reaction >= -8 * np.finfo(float).eps * time
    rests = cool_down > 0
    gap = np.where(rests, cool_down, 1.0)
    waits = np.maximum(time - reaction, 0.0) / gap
    near = np.abs(waits - np.rint(waits)) * gap <= 8 * np.finfo(float).eps * time
    later = np.where(rests, np.where(near, np.rint(waits), np.floor(waits)), np.inf)
    steps = np.where(reached, later + 1.0, 0.0)
    return np.minimum(start_instances + step * steps, most)


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

    The inverse of `instances_after`, without its limit: more than the autoscaler may run never
    come, so compare `wanted` with that first. Where the reaction takes one cool-down this is
    :func:`planning.models.servers.compute.scale_out_time`.

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


@formula("max(arrival_rate - capacity, 0) * reaction", source=_NEWELL)
def backlog_before_scaling(
    arrival_rate: ArrayLike, capacity: ArrayLike, reaction: ArrayLike
) -> Array:
    """
    Work that piles up before the first new instance serves.

    A fluid: what comes beyond the capacity waits, all of it. 0 where the capacity suffices;
    where work is refused or gives up, that much of it is failures instead.

    Parameters
    ----------
    arrival_rate : array_like
        Requests per second during the overload, finite and non-negative. [request/s]
    capacity : array_like
        Requests per second that the old instances complete, non-negative. [request/s]
    reaction : array_like
        Time until the first step serves, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Requests waiting at the reaction. [request]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Newell, G. F. (1982). Applications of Queueing Theory, 2nd ed., ch. 2: cumulative
       arrivals minus cumulative departures.

    Examples
    --------
    >>> float(backlog_before_scaling(arrival_rate=500, capacity=300, reaction=270))
    54000.0
    """
    arrival_rate, reaction = finite(arrival_rate=arrival_rate, reaction=reaction)
    (capacity,) = non_negative(capacity=capacity)
    return np.maximum(arrival_rate - capacity, 0.0) * reaction


@formula(
    "backlog / (capacity - arrival_rate); infinite where capacity does not exceed arrival_rate",
    source=_NEWELL,
    arithmetic=False,
)
def catch_up_time(backlog: ArrayLike, arrival_rate: ArrayLike, capacity: ArrayLike) -> Array:
    """
    Time that more capacity takes to work a backlog off, while new work goes on arriving.

    Parameters
    ----------
    backlog : array_like
        Requests waiting, finite and non-negative. [request]
    arrival_rate : array_like
        Requests per second still coming, finite and non-negative. [request/s]
    capacity : array_like
        Requests per second completed from now on, non-negative. [request/s]

    Returns
    -------
    ndarray
        Time until nothing waits: infinite where capacity does not exceed the arrivals, since the
        backlog then stays or grows; 0 where nothing waits and capacity is no less than them. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Newell, G. F. (1982). Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    A surplus as large as the shortfall was takes as long to catch up as it took to fall behind.

    >>> catch_up_time(backlog=54_000, arrival_rate=500, capacity=[500, 600, 700]).tolist()
    [inf, 540.0, 270.0]
    """
    backlog, arrival_rate = finite(backlog=backlog, arrival_rate=arrival_rate)
    (capacity,) = non_negative(capacity=capacity)
    spare = capacity - arrival_rate
    endless = (spare < 0) | ((spare == 0) & (backlog > 0))
    return np.where(endless, np.inf, backlog / np.where(spare > 0, spare, 1.0))
