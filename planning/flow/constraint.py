"""
The one idea: a load, a limit, and what happens past the limit.

Everything that can run out is a :class:`Constraint`, whatever it is a limit of. What
happens past it decides what a crowd does there (:mod:`planning.flow.surge`): a limit
that rejects turns the excess away, one that queues serves it later, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from planning.numbers.nodes import Array, Node

# A load that equals its limit fits; arithmetic in another order may miss equality by 1e-15.
FULL = 1.0 + 1e-9


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
    """What a crowd does, from harmless to fatal; UNKNOWN where part of it is not modelled."""

    STABLE = 0
    LAG = 1
    DEGRADED = 2
    BLOCK = 3
    FAIL = 4
    CRASH = 5
    UNKNOWN = 6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Constraint:
    """
    Something that can run out.

    Attributes
    ----------
    part, what : str
        Where, and what it is a limit of.
    load, limit : Node
        In the same unit.
    past_limit : PastLimit
        What happens to the load that does not fit.
    remedy : str
        What helps.
    backlog : Node or None
        How fast work piles up where it queues past the limit. [unit of the load]
    patience : Node or None
        Longest wait in its queue. [s]
    places : Node or None
        How many of a crowd are inside at once where it queues: these are served in any case.
    worst : SurgeVerdict
        The most that a crowd can do here; a busy row is no crash of the system.
    needed : Node or None
        How many would just do, where the limit comes of a number to buy: cores, workers,
        connections, bytes.
    search : callable or None
        Finds that number where it takes a search, which only those who ask for it wait for.
    arriving : Node or None
        How many of a crowd queue here, where they are no flow of the part. [count]
    busy : Node or None
        What arrives over what it can do, where the load grows otherwise than in a straight line
        with it, as the number in a batch does. [ratio]
    alone : Node or None
        The load with nobody else there, where that is more than none: a response time without
        any waiting. [unit of the load]
    """

    part: str
    what: str
    load: Node
    limit: Node
    past_limit: PastLimit
    remedy: str
    backlog: Node | None = None
    patience: Node | None = None
    places: Node | None = None
    worst: SurgeVerdict = SurgeVerdict.CRASH
    needed: Node | None = None
    search: Callable[[], Node] | None = None
    arriving: Node | None = None
    busy: Node | None = None
    alone: Node | None = None

    def __repr__(self) -> str:
        """Name, load and limit in short."""
        return f"<{self.name}: {self.load!r} of {self.limit!r}, past it {self.past_limit}>"

    @property
    def name(self) -> str:
        """Part and resource for people, e.g. ``database connections``."""
        return f"{self.part} {self.what}"

    @property
    def id(self) -> str:
        """Part and resource for files and programs, e.g. ``app.page_response``."""
        return f"{self.part}.{re.sub(r'[^a-z0-9]+', '_', self.what.lower()).strip('_')}"

    @property
    def unit(self) -> str:
        """Base unit of load and limit."""
        return self.load.unit

    @property
    def technical(self) -> bool:
        """Whether it limits users; a budget limits money, and has a verdict of its own."""
        return self.past_limit is not PastLimit.PAY

    @property
    def enough(self) -> Node | None:
        """How many would just do at this load; None where no number to buy is the limit."""
        return self.needed if self.search is None else self.search()

    @property
    def utilisation(self) -> Array:
        """Load over limit: 0 where nothing is wanted, infinite where nothing is there."""
        return utilisation(self.load.value, self.limit.value)


def utilisation(load: object, limit: object) -> Array:
    """Return load over limit: 0 where nothing is wanted, infinite where nothing is there."""
    wanted, there = np.broadcast_arrays(np.asarray(load, float), np.asarray(limit, float))
    none = np.array(np.where(wanted > 0, np.inf, 0.0))
    # Without end of without end: what nobody limits is not used up.
    used: Array = np.divide(wanted, there, out=none, where=(there > 0) & np.isfinite(there))
    return np.where(np.isinf(there), 0.0, used)
