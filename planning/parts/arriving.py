"""
Connections that arrive at a part: from pools, from clients, from queries, from requests.

A pool or a client holds its connections whether it uses them or not. A query that nobody
pools for opens one for as long as it runs, and a request one until it is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.numbers.nodes import Node, least, most, product, total

if TYPE_CHECKING:
    from planning.flow.flows import Flow
    from planning.parts.station import Station


def arriving(at: Station) -> Node:
    """Return the connections that arrive, by who brings them. [connection]"""
    causes: dict[str, Node] = {
        flow.cause: flow.rate for flow in at.flows("connection") if flow.cause != "clients"
    }
    held = [flow.rate for flow in at.flows("connection") if flow.cause == "clients"]
    used: dict[str, Node] = {}
    for flow in at.flows("query", "transaction", "operation"):
        if not flow.pooled:
            time = at.answer_to(flow).time
            used[flow.words] = product(
                f"{flow.cause} connections in use", "connection",
                **{flow.words: flow.rate, "time held": time},
            )  # fmt: skip
            if flow.at_once is not None:
                used[flow.words] = _wanted(at, used[flow.words], flow.at_once, held=bool(held))
    direct: dict[str, Node] = {}
    if used:
        direct["in use"] = total("connections in use", "connection", used)
    if held:
        direct["held by clients"] = held[0]
    if direct:
        causes["of clients"] = most("connections of the clients", "connection", direct)
    return total("connections", "connection", causes)


def _wanted(at: Station, in_use: Node, at_once: Node, *, held: bool) -> Node:
    """Return the connections that a crowd's queries want. [connection]"""
    # Nobody comes after those of an instant, and each asks one query after the other: however
    # long they wait, they want no more connections than they are.
    if at.crowd is not None and at.crowd.over is None:
        if not held:
            return at_once
        return least("connections wanted", "connection", in_use=in_use, at_once=at_once)
    if held:
        return in_use
    return most("connections wanted", "connection", {"in use": in_use, "at once": at_once})


def under_way(at: Station, flow: Flow) -> Node:
    """
    Return the connections that clients have open for requests, streams or sockets. [connection]

    A stream or socket is one. Requests are as many as come in one instant, or by Little's law.
    """
    if flow.carrier != "request":
        return total(f"open {flow.cause}", "connection", {flow.words: flow.rate})
    if (come := at.instant(flow)) is not None:
        return total(f"{flow.cause} together", "connection", {flow.words: come})
    return product(
        f"{flow.cause} requests under way", "connection",
        **{flow.words: flow.rate, "response time": at.answer_to(flow).time},
    )  # fmt: skip
