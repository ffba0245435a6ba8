"""
What reaches many at once: sockets, presence, chat, and pages that follow an event.

One event — a join, a message — is delivered to everyone in the room, so messages grow
with the square of the people in it; a room that is capped, or a count that is sent
now and then instead of every join, makes them grow in step with users::

    join ─▶ N viewers each: N² messages      count every 10 s ─▶ N / 10 s messages
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from planning.flow.flows import Flow
from planning.flow.work import Work
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, least, product, quotient
from planning.numbers.quantities import (
    Amount,
    Closed,
    Fraction,
    PositiveSeconds,
    Users,
    default,
)
from planning.workload.crowd import Crowd

LOOK_UPS, STORED = "chat look-ups", "chat messages"
CHANGES = "changes"
Requests = Annotated[Estimate, Amount("request")]


class Presence(Closed):
    """Who is here: told at every join, or counted now and then."""

    mode: Literal["naive", "aggregated"] = Field(
        default="naive", description="Every join told to everyone, or one count per interval"
    )
    interval: PositiveSeconds = default(
        "10 s", "a count need not be fresher", description="Aggregated: time between two counts"
    )


class Chat(Closed):
    """Messages that everyone in a room receives."""

    interval: PositiveSeconds = Field(description="Mean time between two messages of one user")
    look_ups: Requests = default(
        0, "the message carries what it needs", description="Requests of each receiver per message"
    )
    look_up: Work | None = Field(default=None, description="What one look-up costs")
    stored: Work | None = Field(default=None, description="What storing one message costs")

    def look_ups_of(self, messages: Node, audience: Node) -> Flow | None:
        """Return the requests with which receivers look up what a message lacks."""
        if self.look_up is None:
            return None
        rate = product(
            "look-ups of the receivers", "request/s",
            messages=messages, receivers=audience, each=self.look_ups,
        )  # fmt: skip
        return Flow("request", LOOK_UPS, rate, self.look_up.visit(), self.look_up.calls())


class Live(Closed):
    """Sockets that stay open, and what is sent over them."""

    sockets: Fraction = default(
        "100 %", "one socket carries all channels", description="Users with an open socket"
    )
    enters: str | None = Field(
        default=None, max_length=41, description="Part that holds them; the usual one if not given"
    )
    channels: Annotated[Estimate, Amount("channel")] = default(
        1, "one subscription", description="Channels that one socket subscribes to"
    )
    stay: PositiveSeconds = default(
        "10 min", "a short visit", low="2 min", high="60 min", description="Mean time a user stays"
    )
    room_size: Users | None = Field(
        default=None, description="People in one room; all in one where not given"
    )
    presence: Presence | None = Field(default=None, description="Who is here")
    chat: Chat | None = Field(default=None, description="Messages to the room")
    change_interval: PositiveSeconds | None = Field(
        default=None, description="Mean time between two changes delivered to one socket"
    )

    def audience(self, listening: Node) -> Node:
        """Return how many of those who listen receive what one of a room sends. [user]"""
        if self.room_size is None:
            return listening
        return least("people in one room", "user", sockets=listening, room_size=self.room_size)

    def flows(self, users: Node, present: Node, crowd: Crowd | None) -> Iterator[Flow]:
        """
        Yield sockets, joins, messages, and what chat asks of the servers.

        Parameters
        ----------
        users : Node
            Users who act. [user]
        present : Node
            Everyone with a socket: who acts and who has just come. [user]
        crowd : Crowd or None
            Who comes at once, and what is said to whom.
        """
        sockets = product("open sockets", "connection", users=present, share=self.sockets)
        yield Flow("socket", "sockets", sockets)
        if "channels" not in self.model_fields_set:
            yield from self._messages(users, sockets, crowd)
            return
        open_ = product("sockets of those who act", "connection", users=users, share=self.sockets)
        joins = quotient(
            "channel joins",
            "join/s",
            joins_of_all=product("joins of all", "join", sockets=open_, channels=self.channels),
            stay=self.stay,
        )
        yield Flow("join", "joins", joins)
        if crowd is not None and crowd.users is not None:
            yield from self._crowd_joins(crowd, crowd.users, sockets)
        yield from self._messages(users, sockets, crowd)

    def _messages(self, users: Node, sockets: Node, crowd: Crowd | None) -> Iterator[Flow]:
        """Yield what is sent over the sockets, and what chat asks of the servers."""
        if self.presence is not None:
            yield self._presence(self.presence, users, sockets)
        if self.change_interval is not None:
            rate = quotient(
                "changes delivered", "message/s", sockets=sockets, interval=self.change_interval
            )
            yield Flow("message", CHANGES, rate)
        if self.chat is not None:
            sent = quotient("messages sent", "message/s", users=users, interval=self.chat.interval)
            yield from self._chat(self.chat, sent, self.audience(sockets))
            if crowd is not None and crowd.messages is not None and crowd.viewers is not None:
                yield from self._chat(self.chat, crowd.messages, crowd.viewers, " of the crowd")

    def _presence(self, presence: Presence, users: Node, sockets: Node) -> Flow:
        if presence.mode == "aggregated":
            rate = quotient(
                "counts delivered", "message/s", sockets=sockets, interval=presence.interval
            )
            return Flow("message", "presence", rate)
        joining = quotient("users joining", "join/s", users=users, stay=self.stay)
        rate = product(
            "joins told to everyone", "message/s", joining=joining, each_to=self.audience(sockets)
        )
        return Flow("message", "presence", rate)

    def _crowd_joins(self, crowd: Crowd, users: Node, sockets: Node) -> Iterator[Flow]:
        own = product("sockets of the crowd", "connection", users=users, share=self.sockets)
        joins = product("joins of the crowd", "join", sockets=own, channels=self.channels)
        rate = crowd.rate("joins at once", "join/s", joins)
        yield Flow("join", "joins at once", rate, at_once=joins)
        if self.presence is not None and self.presence.mode == "naive":
            sent = product(
                "joins told to everyone", "message", joins=users, each_to=self.audience(sockets)
            )
            rate = crowd.rate("joins told at once", "message/s", sent)
            yield Flow("message", "presence at once", rate, at_once=sent)

    def _chat(self, chat: Chat, sent: Node, audience: Node, whose: str = "") -> Iterator[Flow]:
        rate = product("chat delivered", "message/s", messages=sent, each_to=audience)
        yield Flow("message", f"chat{whose}", rate)
        look_ups = chat.look_ups_of(sent, audience)
        if look_ups is not None:
            yield replace(look_ups, cause=f"{LOOK_UPS}{whose}")
        if chat.stored is not None:
            one = asked(1.0, "request/message", "a request per message")
            rate = product("messages stored", "request/s", messages=sent, each=one)
            visit, calls = chat.stored.visit(), chat.stored.calls()
            yield Flow("request", f"{STORED}{whose}", rate, visit, calls)


class Following(Closed):
    """Pages that follow an event: each update goes to everyone in its room."""

    room_size: Users = Field(description="People who follow one event")
    update_interval: PositiveSeconds = Field(description="Mean time between two updates")
    read: Work = Field(description="What it costs to read the page's data once")
