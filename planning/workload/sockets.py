"""
What reaches many at once: sockets, presence, chat, and pages that follow an event.

One event — a join, a message — is delivered to everyone in the room, so messages grow
with the square of the people in it; a room that is capped, or a count that is sent
now and then instead of every join, makes them grow in step with users::

    join ─▶ N viewers each: N² messages      count every 10 s ─▶ N / 10 s messages
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from planning.flow.demand import Demand
from planning.flow.work import Work
from planning.models.delivery import fanout
from planning.models.servers.connections import multiplied, request_rate
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, total
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Closed,
    Fraction,
    PositiveSeconds,
    Users,
    default,
)

LOOK_UPS, STORED = "chat look-ups", "chat messages"
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

    def asks(self, messages: Node, audience: Node) -> Node:
        """Return the requests with which receivers look up what a message lacks. [request/s]"""
        return derive(
            "look-ups of the receivers",
            "request/s",
            fanout.look_up_requests,
            messages=messages,
            viewers=audience,
            look_ups=self.look_ups,
        )


class Live(Closed):
    """Sockets that stay open, and what is sent over them."""

    sockets: Fraction = default(
        "100 %", "one socket carries all channels", description="Users with an open socket"
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
    peak_to_mean: AtLeastOne = default(
        3,
        "evening peak over the day's mean",
        low=2,
        high=5,
        description="Peak over the month's mean",
    )

    def audience(self, listening: Node) -> Node:
        """Return how many of those who listen receive what one of a room sends. [user]"""
        if self.room_size is None:
            return listening
        return derive(
            "people in one room",
            "user",
            fanout.room_audience,
            users=listening,
            room_size=self.room_size,
        )

    def add_to(self, demand: Demand) -> Demand:
        """Return the demand with sockets, joins, messages and what chat asks of the database."""
        users = demand.users
        sockets = derive("open sockets", "connection", multiplied, count=users, each=self.sockets)
        joins = derive(
            "channel joins",
            "join/s",
            fanout.channel_joins,
            users=sockets,
            channels_per_user=self.channels,
            stay=self.stay,
        )
        demand = replace(demand, sockets=sockets, joins=joins, traffic=(*demand.traffic, sockets))
        messages: dict[str, Node] = {}
        if self.presence is not None:
            messages["presence"] = self._presence(self.presence, users, sockets)
        if self.change_interval is not None:
            messages["changes"] = derive(
                "changes delivered",
                "message/s",
                request_rate,
                users=sockets,
                interval=self.change_interval,
            )
        if self.chat is not None:
            demand, messages["chat"] = self._chat(self.chat, demand, sockets)
        if not messages:
            return demand
        delivered = total("messages delivered", "message/s", messages)
        return replace(demand, messages=delivered, traffic=(*demand.traffic, delivered))

    def _presence(self, presence: Presence, users: Node, sockets: Node) -> Node:
        if presence.mode == "aggregated":
            return derive(
                "counts delivered",
                "message/s",
                fanout.aggregated_updates,
                viewers=sockets,
                interval=presence.interval,
            )
        joining = derive(
            "users joining", "message/s", request_rate, users=users, interval=self.stay
        )
        return derive(
            "joins told to everyone",
            "message/s",
            fanout.delivered_messages,
            messages=joining,
            audience=self.audience(sockets),
        )

    def _chat(self, chat: Chat, demand: Demand, sockets: Node) -> tuple[Demand, Node]:
        sent = derive(
            "messages sent", "message/s", request_rate, users=demand.users, interval=chat.interval
        )
        audience = self.audience(sockets)
        if chat.look_up is not None:
            asking = chat.asks(sent, audience)
            demand = demand.with_requests(LOOK_UPS, asking, chat.look_up)
        if chat.stored is not None:
            storing = derive(
                "messages stored",
                "request/s",
                request_rate,
                users=demand.users,
                interval=chat.interval,
            )
            demand = demand.with_requests(STORED, storing, chat.stored)
        return demand, derive(
            "chat delivered",
            "message/s",
            fanout.delivered_messages,
            messages=sent,
            audience=audience,
        )


class Following(Closed):
    """Pages that follow an event: each update goes to everyone in its room."""

    room_size: Users = Field(description="People who follow one event")
    update_interval: PositiveSeconds = Field(description="Mean time between two updates")
    read: Work = Field(description="What it costs to read the page's data once")
