r"""
A pool whose holders share stations: one in closed form; several are in `_stations`.

With one server that does C a second and a cycle without waiting of h, let z = Ch - 1. Of n
holders the station then passes on :math:`X_n = C (1 - B(n, z))`, B Erlang's loss formula (the
machine repair problem). If requests come at a rate of rho C and those that find all places taken
are lost, n are inside with weight :math:`w_n = \rho^n \sum_{j \le n} z^j / j!`. Its sum over all
n is a difference of two such sums, each Erlang's formula again, so that all are taken exactly by

.. math:: \frac{w_N}{w_0 + \dots + w_N} = \frac{(1 - \rho) q}{1 - \rho q}, \qquad
          q = B(N, \rho z) / B(N, z).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._guards import Array, finite, positive
from planning.models.networks._stations import Stations, full_pool
from planning.models.queueing._losses import log_lost
from planning.models.queueing._parts import whole_servers
from planning.models.queueing.waiting import mean_wait

# Stands for no delay at all, whose logarithm no sum survives.
_NO_DELAY = 1e-12
# Stands for a hold of no time at all, which no division survives. [s]
_NO_TIME = 1e-200


@dataclass(frozen=True, slots=True, eq=False)
class CalledPool:
    """A pool whose holders share stations (arrays of one shape; nonsense where not loaded)."""

    loaded: NDArray[np.bool_]
    """Whether anything arrives."""
    limited: NDArray[np.bool_]
    """Whether a station can run out."""
    rate: Array
    """Arrivals [1/s]; 1 where not loaded."""
    hold: Array
    """Time a place is held if nobody waits, above 0 [s]."""
    throughput: Array
    """With all places taken [1/s]."""
    blocking: Array
    """Share of arrivals that would be lost if none could wait for a place."""
    usual_wait: Array
    """Wait with endless places, one station taken as one fast server; inf from saturation [s]."""
    held: Array
    """Time a place is held, those without one waiting for it [s]."""


def called_pool(
    hold: ArrayLike,
    places: ArrayLike,
    arrival_rate: ArrayLike,
    utilisation: ArrayLike,
    servers: ArrayLike,
    others: Mapping[str, ArrayLike],
) -> CalledPool:
    """
    Describe a pool by the arguments of :func:`planning.models.networks.layers.held_time`.

    Raises
    ------
    ValueError
        If an argument is outside its range, or not of a station.
    """
    global _last
    uses, counts = _stations(utilisation, servers, others)
    checked = finite(hold=hold, arrival_rate=arrival_rate) + positive(places=places)
    finite(places=places)
    asked = [*checked, *uses, *counts]
    before, answer = _last
    if answer is None or len(asked) != len(before) or not all(map(np.array_equal, asked, before)):
        answer = _called_pool(checked, uses, counts)
        _last = [array.copy() for array in asked], answer
    return answer


# What was asked last, and its answer: how long a place is held and how long one waits for it are
# asked of the same pool one after the other, and each takes all of it.
_last: tuple[list[Array], CalledPool | None] = ([], None)


def _called_pool(checked: list[Array], uses: list[Array], counts: list[Array]) -> CalledPool:
    shape = np.broadcast_shapes(*(array.shape for array in (*checked, *uses, *counts)))
    time, rate, number = (np.broadcast_to(array, shape) for array in checked)
    use, many = np.empty((2, len(uses), *shape))
    for row, (each, servers_there) in enumerate(zip(uses, counts, strict=True)):
        use[row] = each
        many[row] = np.maximum(servers_there, 1.0)
    loaded = rate > 0
    rate, time = np.where(loaded, rate, 1.0), np.maximum(time, _NO_TIME)
    with np.errstate(divide="ignore", over="ignore"):
        capacity = rate / use
        limits = loaded & np.isfinite(time * capacity) & np.isfinite(capacity)
    limited = np.any(limits, axis=0)
    shared = Stations(np.where(limits, use, 0.0), many)
    if len(use) == 1:
        capacity = np.where(limited, capacity[0], 1.0 / time)
        full, blocking, inside, usual = _one_station(number, time, rate, capacity, shared)
    else:
        full, blocking, inside = full_pool(number, time, rate, shared)
        usual = _usual_wait(rate, shared)
    if not np.all(limited):
        full = np.where(limited, full, number / time)
        blocking = np.where(limited, blocking, np.exp(log_lost(rate * time, number)))
    relative = rate / full
    steady = relative < 1.0
    all_taken = blocking / np.where(steady, 1.0 - relative * (1.0 - blocking), 1.0)
    crowded = steady & limited & (blocking < 1.0)
    with_free = (inside - number * blocking) / np.where(crowded, 1.0 - blocking, 1.0)
    mean = (1.0 - all_taken) * with_free + all_taken * number
    held = np.where(crowded, mean / rate, time)
    held = np.where(steady, np.clip(held, time, number / full), number / full)
    return CalledPool(
        loaded=loaded,
        limited=limited,
        rate=rate,
        hold=time,
        throughput=full,
        blocking=blocking,
        usual_wait=usual,
        held=held,
    )


def _stations(
    utilisation: ArrayLike, servers: ArrayLike, others: Mapping[str, ArrayLike]
) -> tuple[list[Array], list[Array]]:
    """Return utilisations and servers, those of `others` by their names behind the colon."""
    uses, counts = finite(utilisation=utilisation), positive(servers=servers)
    names = {key.partition(": ")[2]: None for key in others}
    for name in names:
        uses += finite(**{f"utilisation: {name}": others.get(f"utilisation: {name}", np.nan)})
        counts += positive(**{f"servers: {name}": others.get(f"servers: {name}", 1.0)})
    known = {f"{what}: {name}" for what in ("utilisation", "servers") for name in names}
    if unknown := [key for key in others if key not in known]:
        raise ValueError(f"{unknown[0]!r} must be 'utilisation: NAME' or 'servers: NAME'.")
    finite(servers=servers)
    return uses, counts


def _one_station(
    places: Array, hold: Array, rate: Array, capacity: Array, shared: Stations
) -> tuple[Array, Array, Array, Array]:
    """Return what `full_pool` does, and the wait with endless places, in closed form."""
    use, servers = shared.use[0], shared.servers[0]
    idle = np.maximum(hold * capacity - 1.0, _NO_DELAY)
    log_idle = log_lost(idle, places)
    single = -np.expm1(log_idle)  # utilisation of one server as fast as all, exactly
    full = shared_throughput(places, hold, capacity, servers, single)
    # Several servers as one as fast as all, at the load that is as near to what the pool can do.
    blocking, inside = crowd(places, idle, log_idle, rate / full * single)
    with np.errstate(divide="ignore"):
        usual = np.where(use < 1.0, use / np.maximum(1.0 - use, 0.0), np.inf) / capacity
    return full, blocking, inside, usual


def _usual_wait(rate: Array, shared: Stations) -> Array:
    """Return the wait at all stations with endless places, M/M/c. [s]"""
    wait = np.zeros(rate.shape)
    for use, servers in zip(shared.use, shared.servers, strict=True):
        part = whole_servers(use * servers, rate, servers)
        wait += np.where(use > 0, mean_wait(part.rate, part.time, part.number), 0.0)
    return wait


def shared_throughput(
    places: Array, hold: Array, capacity: Array, servers: Array, single_share: Array
) -> Array:
    r"""
    Throughput of holders who share `servers`, exactly (all whole, one shape).

    `single_share` is the utilisation of one server as fast as all, which is at most as much.

    The weight of n inside is that of fewer than c of them at the station, a binomial share of
    :math:`h^n / n!`, and that of c or more, which are one server's. Each part alone says how
    fast n pass; their mean, weighted with the parts, is the throughput.
    """
    from scipy import special

    most = np.minimum(places / hold, capacity)
    service = servers / capacity
    beyond = np.maximum(places - servers, 0.0)  # holders that cannot all be in service
    crowded = (beyond > 0) & (service < hold)
    busy_share = np.where(crowded, service / hold, 0.5)
    idle = np.where(crowded, (hold - service) * capacity, 1.0)
    left = np.where(crowded, beyond, 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        few = special.betainc(left + 1.0, servers, 1.0 - busy_share)
        few_before = special.betainc(left, servers, 1.0 - busy_share)
        many = special.gammaincc(left + 1.0, idle)
        many_before = special.gammaincc(left, idle)
        log_ratio = (
            _log_steps(places, left, hold, capacity, servers) + idle + np.log(many) - np.log(few)
        )
        weight = np.exp(-np.logaddexp(0.0, log_ratio))
        slow = np.where(few > 0, places / hold * few_before / few, 0.0)
        fast = np.where(many > 0, capacity * many_before / many, 0.0)
        mixed = weight * slow + (1.0 - weight) * fast
    # Of astronomic numbers the parts are lost in rounding; one fast server is then as good.
    single = np.minimum(capacity * single_share, most)
    mixed = np.where(np.isfinite(mixed), np.clip(mixed, single, most), single)
    return np.where(crowded, mixed, most)


def _log_steps(places: Array, left: Array, hold: Array, capacity: Array, servers: Array) -> Array:
    """Logarithm of ``c**c / c! * capacity**-n * n! / hold**n``."""
    from scipy import special

    factorials = special.gammaln(places + 1.0) - special.gammaln(servers + 1.0)
    return np.asarray(
        special.xlogy(servers, servers) + factorials - places * np.log(hold * capacity)
    )


def crowd(places: Array, idle: Array, log_idle: Array, load: Array) -> tuple[Array, Array]:
    """
    Chance that all places are taken where what finds none is lost, and mean number inside.

    Parameters
    ----------
    places, idle, log_idle, load : ndarray
        Whole places; time elsewhere over time at the station, and the logarithm of Erlang B of it;
        arrival rate over capacity, above 0.
    """
    # Both are smooth where load is capacity, but divide zero by zero: a line bridges the gap.
    gap = 1e-3 / np.sqrt(1.0 + places)
    inside_gap = np.abs(load - 1.0) < gap
    low = _off_capacity(places, idle, log_idle, np.where(inside_gap, 1.0 - gap, load))
    if not np.any(inside_gap):
        return low
    high = _off_capacity(places, idle, log_idle, np.where(inside_gap, 1.0 + gap, load))
    part = np.where(inside_gap, (load - 1.0 + gap) / (2.0 * gap), 0.0)
    full, inside = ((1.0 - part) * a + part * b for a, b in zip(low, high, strict=True))
    return full, inside


def _off_capacity(places: Array, idle: Array, log_idle: Array, load: Array) -> tuple[Array, Array]:
    log_loss = log_lost(load * idle, places)
    log_q = log_loss - log_idle
    below = load < 1.0
    # Divided by the larger of 1 and q, lest it overflow.
    small = np.exp(-np.abs(log_q))
    one, q = np.where(below, 1.0, small), np.where(below, small, 1.0)
    rest = one - load * q
    full = (1.0 - load) * q / rest
    elsewhere = load * idle * -np.expm1(log_loss)
    inside = (elsewhere * one - (places + 1.0) * load * q) / rest + load / (1.0 - load)
    return np.clip(full, 0.0, 1.0), np.clip(inside, 0.0, places)
