"""
What travels an edge of the graph, and what comes back.

Down goes a :class:`Flow`: a carrier, its cause, how much of it, and what one of it costs
where it arrives. Up comes an :class:`Answer`: how long one took, and what could run out
on the way::

    caller ── Flow: 133 queries/s of `page`, 8 ms each ──▶ callee
           ◀── Answer: 9.3 ms, 12 % more than without waiting ──
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planning.numbers.nodes import Node, most
from planning.numbers.units import plural


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """
    What one of a flow costs where it arrives; None where nothing is stated.

    Attributes
    ----------
    time : Node or None
        Time it takes there without any waiting, CPU included. [s]
    cpu : Node or None
        CPU it takes there. [s]
    writes : Node or None
        Share that writes. [fraction]
    cacheable : Node or None
        Share that a cache may answer. [fraction]
    size : Node or None
        Bytes that it brings. [byte]
    input_tokens, output_tokens : Node or None
        Tokens that a model reads and writes for it. [token]
    """

    time: Node | None = None
    cpu: Node | None = None
    writes: Node | None = None
    cacheable: Node | None = None
    size: Node | None = None
    input_tokens: Node | None = None
    output_tokens: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Calling:
    """
    What one of a flow asks of other parts.

    Attributes
    ----------
    to : str or None
        The part it is bound for; the usual one of its carrier where none is named.
    carrier : str or None
        What is sent; what the named part takes first where none is said.
    count : Node
        How many per visit.
    visit : Visit
        What each costs there.
    parallel : Node
        How many are under way at the same time. [ratio]
    """

    to: str | None
    carrier: str | None
    count: Node
    visit: Visit
    parallel: Node


@dataclass(frozen=True, slots=True, eq=False)
class Most:
    """
    The most connections that some pools may open, whatever the load.

    Attributes
    ----------
    full : Node
        Where every pool is full. [connection]
    deploying : Node or None
        The same while replicas of the old version and of the new run at once; None where no file
        says how many are started beside the old ones. [connection]
    stated : bool
        Whether the file says how many replicas there are, so that their sum is a limit to hold.
    """

    full: Node
    deploying: Node | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Flow:
    """
    So much of one carrier, for one cause.

    Attributes
    ----------
    carrier, cause : str
        What it is, and what users do that brings it about.
    rate : Node
        How much: per second, or as it stands for a stock. [unit of the carrier]
    visit : Visit
        What one of it costs where it arrives.
    calls : tuple of Calling
        What one of it makes the part that serves it ask of others.
    bound_for : str or None
        The part that shall serve it; parts in front of that one let it through.
    kind : str or None
        The kind of part that shall serve it, where no part is named.
    pooled : bool
        Whether somebody on the way holds the connection that it needs.
    origin : Node or None
        Its rate before any cache answered a share of it; None where none did.
    at_once : Node or None
        How many of it come in one instant, where a crowd does.
    response : Node or None
        Its response time where that follows from how many users wait for it. [s]
    most : Most or None
        The most of it that there may be whatever the load, where pools bound it.
    """

    carrier: str
    cause: str
    rate: Node
    visit: Visit = field(default_factory=Visit)
    calls: tuple[Calling, ...] = ()
    bound_for: str | None = None
    kind: str | None = None
    pooled: bool = False
    origin: Node | None = None
    at_once: Node | None = None
    response: Node | None = None
    most: Most | None = None

    def __repr__(self) -> str:
        """Cause, carrier and rate in short."""
        return f"<{self.words}: {self.rate!r}>"

    @property
    def words(self) -> str:
        """Cause and carrier for people, e.g. ``page queries``."""
        return f"{self.cause} {plural(self.carrier)}"


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A flow on its way from one part to another; ``to`` is None where nobody takes it."""

    flow: Flow
    to: str | None
    call: Calling | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """
    Requests that run together and slow each other down, a batch on each copy.

    Attributes
    ----------
    alone : Node
        Time of one that has a copy for itself. [s]
    demand : Node
        What each further one adds to the time of all. [s]
    copies : Node
        Copies, each with a batch of its own. [replica]
    """

    alone: Node
    demand: Node
    copies: Node


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """
    Something that a call waits for when it is busy.

    Attributes
    ----------
    utilisation : Node
        How busy it is. [ratio]
    servers : Node or None
        How many it serves at a time; None where it is not one thing, taken for one fast server.
    covers : frozenset of str
        Names of all that it stands for: of places, what is called while they are held.
    batch : Batch or None
        How those who are there slow each other down; None where one waits until another is done.
    """

    utilisation: Node
    servers: Node | None
    covers: frozenset[str]
    batch: Batch | None = None


def apart(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """Return resources by name of which no two stand for the same: what overlaps is one thing."""
    found: dict[str, Resource] = {}
    for name, new in resources.items():
        same = {each: old for each, old in found.items() if old.covers & new.covers}
        if not same:
            found[name] = new
            continue
        first, *more = same
        for each in more:
            del found[each]
        together = {each: old.utilisation for each, old in same.items()} | {name: new.utilisation}
        covers = frozenset().union(new.covers, *(old.covers for old in same.values()))
        found[first] = Resource(most("fullest of one way", "ratio", together), None, covers)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """
    What a part says to one of a flow.

    Attributes
    ----------
    time : Node
        Mean time until it is answered, with all waiting, of those that are answered. [s]
    idle : Node
        The same without any waiting. [s]
    resources : mapping of str to Resource
        What it waits for one after the other, by name; empty where nothing can run out.
    failed : Node or None
        Share that gives up waiting; None where nobody does. [fraction]
    hits : Node or None
        Share that a cache answers, so that it needs no connection; None without a cache.
    hit_time : Node or None
        Time of those. [s]
    """

    time: Node
    idle: Node
    resources: Mapping[str, Resource] = field(default_factory=dict)
    failed: Node | None = None
    hits: Node | None = None
    hit_time: Node | None = None
