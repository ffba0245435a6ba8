"""
What a part is: a workload flows in, constraints and what is left for the next part flow out.

::

    workload ─▶ realtime, push ─▶ gateway ─▶ cache ─▶ gifts ─▶ app ─▶ pooler ─▶ database ─▶ …
      users      sockets, streams   caps     fewer     lock    pools   server      limit
    requests/s   messages, polls            queries    waits   opened  connections
                                             … ─▶ storage, history ─▶ media, stage ─▶ budget

:class:`Demand` is what flows in steady state and :class:`Wave` what flows in a
surge; both are frozen, a part hands on a changed copy. :class:`Constraint` is the
one idea of the project: a load, a limit, and what happens past the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from planning.flow.demand import Demand, Wave
from planning.flow.finding import Finding
from planning.models.queueing.burst import share
from planning.numbers.nodes import Array, Node, derive, value_at
from planning.numbers.quantities import Planned

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class PastLimit(StrEnum):
    """What happens to the load that does not fit."""

    REJECT = "reject"
    QUEUE = "queue"
    SLOW = "slow down"
    BLOCK = "block"
    DEGRADE = "degrade"
    CRASH = "crash"
    PAY = "pay"


class SurgeVerdict(IntEnum):
    """What a surge does, from harmless to fatal."""

    STABLE = 0
    LAG = 1
    DEGRADED = 2
    BLOCK = 3
    FAIL = 4
    CRASH = 5


# Where most are turned away the service is down for them, and their retries keep it there.
CRASH_SHARE = 0.5

# A load that equals its limit fits; arithmetic in another order may miss equality by 1e-15.
FULL = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """
    Something that can run out.

    ``load`` and ``limit`` are nodes in the same unit; :attr:`utilisation` is their quotient.
    ``backlog`` says how fast work piles up where it queues past the limit. [unit of the load]
    """

    part: str
    what: str
    load: Node
    limit: Node
    past_limit: PastLimit
    remedy: str
    backlog: Node | None = None

    @property
    def name(self) -> str:
        """Part and resource, e.g. ``database connections``."""
        return f"{self.part} {self.what}"

    @property
    def unit(self) -> str:
        """Base unit of load and limit."""
        return self.load.unit

    @property
    def utilisation(self) -> Array:
        """Load over limit: 0 where nothing is wanted, infinite where nothing is there."""
        load, limit = np.asarray(self.load.value, float), np.asarray(self.limit.value, float)
        load, limit = np.broadcast_arrays(load, limit)
        none = np.array(np.where(load > 0, np.inf, 0.0))
        used: Array = np.divide(load, limit, out=none, where=limit > 0)
        return used


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a surge does to one part: a verdict, the sentence that says why, and its numbers."""

    part: str
    verdict: SurgeVerdict
    reason: str
    numbers: Mapping[str, Node]


class Part(Planned):
    """
    Base of every kind of part.

    A kind says where it stands in the flow (``rank``), turns demand into constraints
    (:meth:`load`), and says what a surge does to it (:meth:`react`).
    """

    rank: ClassVar[int] = 50

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Return the demand as it leaves this part, and what can run out in it."""
        return demand, ()

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Return the wave as it leaves this part, and what it did here."""
        return wave, ()

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Return what is wrong with this part whatever the load."""
        return ()


def turned_away(failed: Node, arrivals: Node) -> tuple[SurgeVerdict, Node]:
    """Return STABLE, FAIL or CRASH by the share of arrivals that fails, and that share."""
    lost = derive("share turned away", "fraction", share, part=failed, whole=arrivals)
    fraction = value_at(lost)
    if fraction >= CRASH_SHARE:
        return SurgeVerdict.CRASH, lost
    return (SurgeVerdict.FAIL if fraction > 0 else SurgeVerdict.STABLE), lost
