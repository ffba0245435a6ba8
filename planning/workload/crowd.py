"""
Who comes at once: the other way of asking a system.

A crowd is counted, not paced: so many people, requests, gifts in one instant, or spread
over a time. It meets the same parts and limits as everyday load does, on top of the
people who are there already.
"""

from __future__ import annotations

from dataclasses import dataclass

from planning.numbers.nodes import Node, asked, quotient

SECOND = asked(1.0, "s", "the second in which they come")


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """
    What comes at once; what is None is no part of it.

    Attributes
    ----------
    users : Node or None
        People who come in one instant. [user]
    arriving : Node or None
        People who come, in one instant or over the time. [user]
    activity : str or None
        What each of them does on arrival.
    requests : Node or None
        Requests they fire. [request]
    over : Node or None
        Time over which they come; in one instant where None. [s]
    present : Node or None
        People there already, who go on with what they do. [user]
    rooms, room_size : Node or None
        They are in so many rooms of so many people each. [room], [user]
    addresses : Node or None
        Network addresses that all come from. [address]
    gifts : Node or None
        Gifts to one receiver. [gift]
    viewers : Node or None
        Viewers who watch, or who receive `messages`. [viewer]
    watched : Node or None
        How long they watch. [s]
    messages : Node or None
        Chat messages to them. [message/s]
    guests, publishers : Node or None
        Guests who ask for a stage's seats; viewers who ask to publish. [person]
    rows : Node or None
        Rows that a ranking has to read. [row]
    """

    users: Node | None = None
    arriving: Node | None = None
    activity: str | None = None
    requests: Node | None = None
    over: Node | None = None
    present: Node | None = None
    rooms: Node | None = None
    room_size: Node | None = None
    addresses: Node | None = None
    gifts: Node | None = None
    viewers: Node | None = None
    watched: Node | None = None
    messages: Node | None = None
    guests: Node | None = None
    publishers: Node | None = None
    rows: Node | None = None

    def rate(self, name: str, unit: str, count: Node) -> Node:
        """Return how fast a number of the crowd comes: within a second where it is an instant."""
        return quotient(name, unit, count=count, time=self.over or SECOND)
