"""
What a crowd does at a limit: the physics of `past_limit`, on arrays.

A crowd is assessed twice: those who are there already, and everyone together. What the
two differ by is the crowd's, and what happens to its excess is what the limit says::

    reject, block   refused                         (at once)
    queue           served, later; failed past the wait limit; drained after a while
    slow            late              degrade   worse              crash   down for all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.flow.constraint import FULL, Constraint, PastLimit, SurgeVerdict
from planning.models.queueing import burst
from planning.numbers.nodes import Array, Node, asked, derive, difference, least, quotient

# Where most are turned away the service is down for them, and their retries keep it there.
CRASH_SHARE = 0.5
_NO_TIME = asked(0.0, "s", "all come in one instant")
_NO_PATIENCE = asked(1e9, "s", "no wait limit is stated")
_NO_PLACES = asked(0.0, "ratio", "nobody is inside before the queue")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Outcome:
    """
    What a crowd does to one limit.

    Attributes
    ----------
    constraint : Constraint
        The limit, met by everyone together.
    verdicts : ndarray of int
        A :class:`~planning.flow.constraint.SurgeVerdict` per case.
    numbers : mapping of str to Node
        How many are refused, served, late, by name.
    """

    constraint: Constraint
    verdicts: Array
    numbers: Mapping[str, Node]

    def __repr__(self) -> str:
        """Where and how bad in short."""
        return f"<{self.constraint.id}: {self.verdict.name}>"

    @property
    def part(self) -> str:
        """Where it happens."""
        return self.constraint.part

    @property
    def verdict(self) -> SurgeVerdict:
        """The worst over all cases."""
        return SurgeVerdict(int(np.max(self.verdicts)))


def met(
    constraint: Constraint,
    calm: Constraint | None,
    arrivals: Node | None,
    rate: Node | None,
    over: Node | None,
    lag_after: Node,
) -> Outcome:
    """
    Return what a crowd does to one limit.

    Parameters
    ----------
    constraint : Constraint
        The limit, with everyone there.
    calm : Constraint or None
        The same limit before the crowd came; None where it did not exist.
    arrivals : Node or None
        How many come; None where all are there already, as in rooms. [count]
    rate : Node or None
        How many of them come per second. [count/s]
    over : Node or None
        Time over which they come; in one instant where None. [s]
    lag_after : Node
        Wait that is noticed. [s]
    """
    if constraint.past_limit is PastLimit.QUEUE:
        if arrivals is None or rate is None:
            return _overloaded(constraint)
        return _queued(constraint, calm, arrivals, rate, over, lag_after)
    full = constraint.utilisation > FULL
    if constraint.past_limit in (PastLimit.REJECT, PastLimit.BLOCK):
        return _refused(constraint, calm)
    worse = {
        PastLimit.SLOW: SurgeVerdict.LAG,
        PastLimit.DEGRADE: SurgeVerdict.DEGRADED,
        PastLimit.CRASH: SurgeVerdict.CRASH,
        PastLimit.PAY: SurgeVerdict.STABLE,
    }[constraint.past_limit]
    verdicts = np.where(full, int(worse), int(SurgeVerdict.STABLE))
    return Outcome(constraint, verdicts, {constraint.what: constraint.load})


def _refused(constraint: Constraint, calm: Constraint | None) -> Outcome:
    """Turn away what does not fit; those who are in already stay in."""
    refused = difference("refused", constraint.unit, wanted=constraint.load, fits=constraint.limit)
    own: Node = constraint.load
    if calm is not None:
        own = difference("of the crowd", constraint.unit, all=constraint.load, already=calm.load)
    turned = least("refused of the crowd", constraint.unit, refused=refused, come=own)
    lost = quotient("share turned away", "fraction", refused=turned, come=own)
    away = np.asarray(turned.value) > 0
    verdicts = np.where(away, int(SurgeVerdict.BLOCK), int(SurgeVerdict.STABLE))
    if constraint.past_limit is PastLimit.REJECT:
        # Equality that rounding missed is no refusal.
        over = constraint.utilisation > FULL
        verdicts = _by_share(lost, over & away, constraint.worst)
    numbers = {"refused": turned, "share refused": lost, "admitted": constraint.limit}
    return Outcome(constraint, verdicts, numbers)


def _overloaded(constraint: Constraint) -> Outcome:
    """Lose what exceeds the limit for as long as they stay."""
    excess = difference("excess", constraint.unit, wanted=constraint.load, limit=constraint.limit)
    lost = quotient("share lost", "fraction", excess=excess, wanted=constraint.load)
    carried = least("carried", constraint.unit, wanted=constraint.load, limit=constraint.limit)
    verdicts = _by_share(lost, constraint.utilisation > FULL, constraint.worst)
    numbers = {"arriving": constraint.load, "carried": carried, "share failed": lost}
    return Outcome(constraint, verdicts, numbers)


def _queued(
    constraint: Constraint,
    calm: Constraint | None,
    arrivals: Node,
    rate: Node,
    over: Node | None,
    lag_after: Node,
) -> Outcome:
    """Serve what comes one after the other; who waits too long fails."""
    carried = derive(
        "of them carried",
        rate.unit,
        burst.spare_rate,
        arrival_rate=rate,
        load=constraint.load,
        already=_NOTHING if calm is None else calm.load,
        limit=constraint.limit,
    )
    served = derive(
        "served",
        arrivals.unit,
        burst.served,
        arrivals=arrivals,
        service_rate=carried,
        inside=constraint.places or _NO_PLACES,
        wait_limit=constraint.patience or _NO_PATIENCE,
        duration=over or _NO_TIME,
    )
    failed = difference("failed", arrivals.unit, come=arrivals, served=served)
    lost = quotient("share failed", "fraction", failed=failed, come=arrivals)
    drain: Node = quotient("time until served", "s", served=served, carried=carried)
    if over is not None:
        drain = difference("time to drain after the last came", "s", busy=drain, coming=over)
    late = np.asarray(drain.value) > np.asarray(lag_after.value)
    verdicts = _by_share(lost, np.asarray(failed.value) > 0, constraint.worst)
    verdicts = np.where((verdicts == 0) & late, int(SurgeVerdict.LAG), verdicts)
    numbers = {
        "served": served, "failed": failed, "share failed": lost, "drain": drain,
        "carried": carried,
    }  # fmt: skip
    return Outcome(constraint, verdicts, numbers)


_NOTHING = asked(0.0, "ratio", "nothing before the crowd came")


def _by_share(lost: Node, any_lost: NDArray[np.bool_], worst: SurgeVerdict) -> Array:
    """Return STABLE, FAIL or CRASH by the share that is lost, and no more than `worst`."""
    share = np.asarray(lost.value, float)
    found = np.where(share >= CRASH_SHARE, int(SurgeVerdict.CRASH), int(SurgeVerdict.FAIL))
    return np.where(any_lost, np.minimum(found, int(worst)), int(SurgeVerdict.STABLE))
