"""
Places that are held while something is called: pools of connections, threads, workers.

A place is held for as long as the call takes, waiting included, so a callee that slows
down fills the places in front of it. Past the last place arrivals queue, and give up
after their patience.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from planning.flow.flows import Answer, Flow, Resource, apart
from planning.models.networks import layers, pools
from planning.models.servers import connections
from planning.numbers.nodes import (
    Node,
    derive,
    difference,
    most,
    product,
    quotient,
    rounded_up,
    total,
)
from planning.parts.dealing import Dealt


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """
    One flow that holds a place.

    Attributes
    ----------
    flow : Flow
        What holds it.
    rate : Node
        How many take a place per second. [1/s]
    answer : Answer
        What is called while it is held.
    """

    flow: Flow
    rate: Node
    answer: Answer


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """
    A number of places and what holds them.

    Attributes
    ----------
    busy : Node
        Places wanted at once. [unit of the places]
    wait : Node
        Wait for one, of those who get one. [s]
    failed : Node
        Share that gives up waiting. [fraction]
    stretched : Node or None
        Extra time that a place is held because what it calls is congested; None where nothing
        that is called can be. [s]
    resources : mapping of str to Resource
        What a call waits for that takes one: the places or what they call, whichever is fuller.
    search : callable
        Finds how many places would just do. [unit of the places]
    """

    busy: Node
    wait: Node
    failed: Node
    stretched: Node | None
    resources: Mapping[str, Resource]
    search: Callable[[], Node]

    def time(self, answer: Answer) -> Node:
        """Return how long a place is held for one call. [s]"""
        return _time(answer, self.stretched)


def take(
    what: str,
    unit: str,
    held: Sequence[Held],
    places: Node,
    patience: Node,
    *,
    name: str,
    dealt: Dealt | None = None,
) -> Places:
    """
    Let flows hold places.

    Parameters
    ----------
    what : str
        What a place is, in the plural, for the trace.
    unit : str
        Unit of the places.
    held : sequence of Held
        What takes them.
    places : Node
        How many there are. [`unit`]
    patience : Node
        Longest wait for one. [s]
    name : str
        Whose places they are, to tell them from others.
    dealt : Dealt, optional
        How requests are dealt out to places that belong to processes; one queue for all if None.
    """
    rate = total(f"{what} taken per second", "1/s", {h.flow.words: h.rate for h in held})
    below = apart({name: each for h in held for name, each in h.answer.resources.items()})
    slowed = any(h.answer.time is not h.answer.idle for h in held)
    called = _called(what, held, rate, below) if slowed and below else None
    stretched = None if called is None else _stretched(what, held, rate, places, called)
    times = {h.flow.words: _time(h.answer, stretched) for h in held}
    busy = total(
        f"{what} in use",
        unit,
        {
            h.flow.words: product(
                f"{h.flow.cause} {what} in use",
                unit,
                **{h.flow.words: h.rate, "time held": times[h.flow.words]},
            )
            for h in held
        },
    )
    wait, failed = _queue(what, busy, rate, places, patience, called)
    if dealt is not None:
        wait, failed = (
            dealt.waits(f"wait for one of the {what}", busy, rate, places, patience, wait),
            dealt.fails(
                f"share that gets none of the {what}", busy, rate, places, patience, failed
            ),
        )
    used = quotient(f"share of the {what} in use", "ratio", in_use=busy, there=places)
    busy_below = {each: resource.utilisation for each, resource in below.items()}
    fullest = most("fullest", "ratio", {"the places": used, **busy_below})
    covers = frozenset([name]).union(*(each.covers for each in below.values()))
    if called is None:
        search = partial(rounded_up, f"{what} needed", unit, wanted=busy)
    else:
        search = partial(
            derive, f"{what} needed", unit, pools.places_needed,
            hold=called.idle, arrival_rate=rate, **called.resources,
        )  # fmt: skip
    resources = {name: Resource(fullest, None, covers)}
    return Places(busy, wait, failed, stretched, resources, search)


def _time(answer: Answer, stretched: Node | None) -> Node:
    """Return how long a place is held for one call. [s]"""
    if stretched is None:
        return answer.idle
    parts = {"without waiting": answer.idle, "waiting there": stretched}
    return total("time held", "s", parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Called:
    """What is called while a place is held: mean time without waiting, what can run out of it."""

    idle: Node
    resources: Mapping[str, Node | None]
    """By the names of the formulas' arguments, the first without a name of its own."""


def _called(what: str, held: Sequence[Held], rate: Node, below: Mapping[str, Resource]) -> _Called:
    resources: dict[str, Node | None] = {}
    for name, each in below.items():
        suffix = f": {name}" if resources else ""
        resources[f"utilisation{suffix}"] = each.utilisation
        resources[f"servers{suffix}"] = each.servers
    return _Called(_mean(what, held, rate, "idle", "without waiting"), resources)


def _queue(
    what: str, busy: Node, rate: Node, places: Node, patience: Node, called: _Called | None
) -> tuple[Node, Node]:
    """Return the wait for a place and the share that gives up. [s], [fraction]"""
    words = (f"wait for one of the {what}", f"share that gets none of the {what}")
    if called is None:
        wait, failed = (
            derive(
                name, unit, function,
                busy=busy, arrival_rate=rate, servers=places, wait_limit=patience,
            )
            for name, unit, function in (
                (words[0], "s", connections.pool_wait),
                (words[1], "fraction", connections.pool_failed),
            )
        )  # fmt: skip
        return wait, failed
    wait, failed = (
        derive(
            name, unit, function,
            hold=called.idle, places=places, arrival_rate=rate, wait_limit=patience,
            **called.resources,
        )
        for name, unit, function in (
            (words[0], "s", pools.called_wait),
            (words[1], "fraction", pools.called_failed),
        )
    )  # fmt: skip
    return wait, failed


def _stretched(what: str, held: Sequence[Held], rate: Node, places: Node, called: _Called) -> Node:
    """Return the extra time a place is held, mean over all that hold one. [s]"""
    slow = _mean(what, held, rate, "time", "with waiting")
    mean = derive(
        f"time one of the {what} is held",
        "s",
        layers.held_time,
        hold=called.idle,
        wait=difference("waiting in what is called", "s", with_waiting=slow, without=called.idle),
        places=places,
        arrival_rate=rate,
        **called.resources,
    )
    return difference("extra time held", "s", held=mean, without_waiting=called.idle)


def _mean(what: str, held: Sequence[Held], rate: Node, end: str, words: str) -> Node:
    """Return the mean over all calls of their time, with or without waiting. [s]"""
    used = total(
        f"{what} in use, {words}",
        "ratio",
        {
            h.flow.words: product(
                f"{h.flow.cause} {words}", "ratio", rate=h.rate, time=getattr(h.answer, end)
            )
            for h in held
        },
    )
    return quotient(f"mean time, {words}", "s", held=used, rate=rate)
