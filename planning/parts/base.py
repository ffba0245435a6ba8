"""
What a part is: a workload flows in, constraints and what is left for the next part flow out.

::

    workload ─▶ cache ─▶ gifts ─▶ app ─▶ pooler ─▶ database ─▶ media, delivery ─▶ budget
      users      fewer     lock     pool    server     limit        bit/s, $         $/month
    requests/s  queries    waits   opened  connections

:class:`Demand` is what flows in steady state and :class:`Wave` what flows in a
surge; both are frozen, a part hands on a changed copy. :class:`Constraint` is the
one idea of the project: a load, a limit, and what happens past the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from planning.models.burst import share
from planning.models.connections import wanted_connections
from planning.quantities import Planned
from planning.trace import Array, Derived, Node, derive, total, value_at

if TYPE_CHECKING:
    from planning.workload import Workload


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
class Demand:
    """
    What N users ask of the parts, on its way down.

    Attributes
    ----------
    users : Node
        Concurrent users. [user]
    requests : mapping
        Requests by activity. [request/s]
    queries : mapping
        Queries that reach the database, by activity. [query/s]
    hits, hit_time : mapping, Node or None
        Share of an activity's queries that a cache answers [fraction], and its time [s].
    connections : mapping
        Connections in use, by cause, beyond what the queries hold. [connection]
    held : Node or None
        Connections that clients keep open whether they use them or not. [connection]
    opened : Node or None
        Connections that pools and poolers open at the database. [connection]
    viewers, gifts, transactions : Node or None
        Viewers [viewer], gifts [gift/s], and the transactions that write them [transaction/s].
    monthly : mapping
        Costs by cause. [USD/month]
    traffic : tuple of Derived
        What is worth telling of the flow, limit or not: requests, connections, gigabytes.
    """

    users: Node
    requests: Mapping[str, Node] = field(default_factory=dict)
    queries: Mapping[str, Node] = field(default_factory=dict)
    hits: Mapping[str, Node] = field(default_factory=dict)
    hit_time: Node | None = None
    connections: Mapping[str, Node] = field(default_factory=dict)
    held: Node | None = None
    opened: Node | None = None
    viewers: Derived | None = None
    gifts: Derived | None = None
    transactions: Node | None = None
    monthly: Mapping[str, Node] = field(default_factory=dict)
    traffic: tuple[Derived, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """
    What arrives in one instant, on its way down.

    Attributes
    ----------
    users : Node or None
        People who come at once. [user]
    connections : Node or None
        Connections wanted of the next part at once. [connection]
    requests : Node or None
        Requests fired at once. [request]
    activity : str or None
        Which activity the requests are; the heaviest where the event does not say.
    hit_ratio : Node or None
        Share of the requests' queries that a cache answers. [fraction]
    gifts, viewers, guests : Node or None
        Gifts to one receiver [gift], viewers watching [viewer], guests who ask for the stage of
        one room [person].
    duration : Node or None
        How long the viewers watch. [s]
    """

    users: Node | None = None
    connections: Node | None = None
    requests: Node | None = None
    activity: str | None = None
    hit_ratio: Node | None = None
    gifts: Node | None = None
    viewers: Node | None = None
    guests: Node | None = None
    duration: Node | None = None


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


def turned_away(failed: Node, arrivals: Node) -> tuple[SurgeVerdict, Node]:
    """Return STABLE, FAIL or CRASH by the share of arrivals that fails, and that share."""
    lost = derive("share turned away", "fraction", share, part=failed, whole=arrivals)
    fraction = value_at(lost)
    if fraction >= CRASH_SHARE:
        return SurgeVerdict.CRASH, lost
    return (SurgeVerdict.FAIL if fraction > 0 else SurgeVerdict.STABLE), lost


def arriving_connections(demand: Demand, busy: Node) -> Node:
    """Return the connections that clients and pools bring: no cause hides another."""
    if demand.opened is None:
        # Nobody pools, so every connection in use is one that a client opened.
        if demand.held is None:
            return busy
        return derive(
            "connections of the clients",
            "connection",
            wanted_connections,
            held=demand.held,
            busy=busy,
        )
    if demand.held is None:
        return demand.opened
    return total(
        "connections", "connection", {"of the pools": demand.opened, "of clients": demand.held}
    )
