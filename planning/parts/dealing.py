"""
How requests reach the processes of a service: from one queue, or dealt out as they come.

What was dealt out waits for its own process although another may be idle, so it waits longer,
by :mod:`planning.models.queueing.dispatch`. How much all together carry stays the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from planning.models.queueing import dispatch
from planning.models.servers import connections
from planning.numbers.nodes import Node, derive, most, quotient

Dispatch = Literal["shared", "random", "round_robin", "least_connections"]

_BETWEEN: dict[str, Callable[..., Any]] = {
    "round_robin": dispatch.in_turn_share,
    "least_connections": dispatch.fewest_first_share,
}


@dataclass(frozen=True, slots=True, eq=False)
class Dealt:
    """
    Requests dealt out to servers with a queue each.

    Attributes
    ----------
    mode : str
        By what: chance, turn, or fewest connections.
    queues : Node
        How many servers have a queue. [process]
    """

    mode: Dispatch
    queues: Node

    def waits(
        self, name: str, busy: Node, rate: Node, servers: Node, patience: Node, shared: Node
    ) -> Node:
        """
        Return the wait for a server, where `shared` is the wait in one queue. [s]

        Parameters
        ----------
        name : str
            What is waited for, for the trace.
        busy : Node
            Servers wanted at once. [erlang]
        rate : Node
            Requests that want one. [1/s]
        servers : Node
            How many there are, over all queues. [count]
        patience : Node
            Longest wait. [s]
        shared : Node
            Wait with one queue. [s]
        """
        return self._dealt(connections.pool_wait, "s", name, busy, rate, servers, patience, shared)

    def fails(
        self, name: str, busy: Node, rate: Node, servers: Node, patience: Node, shared: Node
    ) -> Node:
        """Return the share that gives up, where `shared` is that of one queue. [fraction]"""
        return self._dealt(
            connections.pool_failed, "fraction", name, busy, rate, servers, patience, shared
        )

    def _dealt(
        self, function: Callable[..., Any], unit: str, name: str,
        busy: Node, rate: Node, servers: Node, patience: Node, shared: Node,
    ) -> Node:  # fmt: skip
        """Return what `function` says of one queue among several, or a place towards that."""
        of_each = {
            "busy": quotient("wanted of each", busy.unit, wanted=busy, queues=self.queues),
            "arrival_rate": quotient("arrivals at each", "1/s", rate=rate, queues=self.queues),
            "servers": quotient("servers of each", servers.unit, there=servers, queues=self.queues),
        }
        chance = derive(
            f"{name}, a queue each at random", unit, function, **of_each, wait_limit=patience
        )
        # Where the holders wait for what they call, one queue may look worse than chance.
        chance = most(f"{name}, dealt out at random", unit, {"a queue each": chance, "one": shared})
        if self.mode not in _BETWEEN:
            return chance
        share = derive(
            "way from one queue to pure chance", "fraction", _BETWEEN[self.mode],
            utilisation=quotient("utilisation", "ratio", busy=busy, servers=servers),
            servers=self.queues,
        )  # fmt: skip
        return derive(
            f"{name}, dealt out", unit, dispatch.wait_between,
            shared=shared, at_random=chance, share=share,
        )  # fmt: skip
