"""
Places that are held while something is called: pools of connections, threads, workers.

A place is held for as long as the call takes, waiting included, so a callee that slows
down fills the places in front of it. Past the last place arrivals queue, and give up
after their patience.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planning.flow.flows import Answer, Flow
from planning.models.networks import layers
from planning.models.servers import connections
from planning.numbers.nodes import (
    Node,
    derive,
    difference,
    most,
    product,
    quotient,
    total,
)


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
    busiest : Node
        Utilisation of the places or of what they call, whichever is fuller. [ratio]
    """

    busy: Node
    wait: Node
    failed: Node
    stretched: Node | None
    busiest: Node

    def time(self, answer: Answer) -> Node:
        """Return how long a place is held for one call. [s]"""
        if self.stretched is None:
            return answer.idle
        return total(
            "time held", "s", {"without waiting": answer.idle, "waiting there": self.stretched}
        )


def take(what: str, unit: str, held: Sequence[Held], places: Node, patience: Node) -> Places:
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
    """
    rate = total(f"{what} taken per second", "1/s", {h.flow.words: h.rate for h in held})
    below = [h.answer.busiest for h in held if h.answer.busiest is not None]
    slowed = any(h.answer.time is not h.answer.idle for h in held)
    stretched: Node | None = None
    if slowed and below:
        stretched = _stretched(what, held, rate, places, below)
    busy = total(
        f"{what} in use",
        unit,
        {
            h.flow.words: product(
                f"{h.flow.cause} {what} in use",
                unit,
                **{
                    h.flow.words: h.rate,
                    "time held": h.answer.idle
                    if stretched is None
                    else total(
                        "time held",
                        "s",
                        {"without waiting": h.answer.idle, "waiting there": stretched},
                    ),
                },
            )
            for h in held
        },
    )
    wait, failed = (
        derive(
            words, out, function, busy=busy, arrival_rate=rate, pool_size=places,
            wait_limit=patience,
        )
        for words, out, function in (
            (f"wait for one of the {what}", "s", connections.pool_wait),
            (f"share that gets none of the {what}", "fraction", connections.pool_failed),
        )
    )  # fmt: skip
    used = quotient(f"share of the {what} in use", "ratio", in_use=busy, there=places)
    there = {"places": used, **{f"called {i}": node for i, node in enumerate(below)}}
    return Places(busy, wait, failed, stretched, most("fullest", "ratio", there))


def _stretched(
    what: str, held: Sequence[Held], rate: Node, places: Node, below: Sequence[Node]
) -> Node:
    """Return the extra time a place is held, mean over all that hold one. [s]"""
    idle, slow = (
        quotient(
            f"mean time, {words}",
            "s",
            held=total(
                f"{what} in use, {words}",
                "ratio",
                {
                    h.flow.words: product(
                        f"{h.flow.cause} {words}", "ratio", rate=h.rate, time=getattr(h.answer, end)
                    )
                    for h in held
                },
            ),
            rate=rate,
        )
        for words, end in (("without waiting", "idle"), ("with waiting", "time"))
    )
    full = most("fullest of what is called", "ratio", {str(i): n for i, n in enumerate(below)})
    mean = derive(
        f"time one of the {what} is held",
        "s",
        layers.held_time,
        hold=idle,
        wait=difference("waiting in what is called", "s", with_waiting=slow, without=idle),
        places=places,
        arrival_rate=rate,
        utilisation=full,
    )
    return difference("extra time held", "s", held=mean, without_waiting=idle)
