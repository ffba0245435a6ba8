"""
What users do, before any part of the system is involved.

A workload is a number of concurrent users and what each of them does: activities
that send requests, watching, gifting, sitting in rooms. :meth:`Workload.flows` turns a
number of users — or an array of them — into what travels to the parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from planning.flow.flows import Flow
from planning.flow.work import Activity
from planning.models.delivery import rooms
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, product, quotient, total, value_at
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Closed,
    Fraction,
    Ratio,
    Seconds,
    Users,
    default,
    plain_names,
)
from planning.workload.crowd import Crowd
from planning.workload.sockets import Following, Live

__all__ = ["Crowd", "Gifting", "Rooms", "Viewing", "Workload"]

PositiveInterval = Annotated[Estimate, Amount("s", above=0.0)]


class Viewing(Closed):
    """Watching live video."""

    share: Fraction = Field(description="Share of the concurrent users who watch")
    enters: str | None = Field(
        default=None,
        max_length=41,
        description="Part that sends them the picture; the usual one if not given",
    )


class Gifting(Closed):
    """Gifts from viewers to streamers: the write that everyone sends to the same row."""

    interval: PositiveInterval = Field(description="Mean time between two gifts of one user")
    top_share: Annotated[Estimate, Amount("fraction", above=0.0, at_most=1.0)] = Field(
        description="Share of all gifts that the most popular receiver gets"
    )


class Rooms(Closed):
    """Users gathered in rooms: streams, events, calls."""

    broadcasters: Annotated[Estimate, Amount("person", at_least=1.0, whole=True)] = default(
        1, "one host per room", description="Hosts per room"
    )
    guests: Annotated[Estimate, Amount("person", whole=True)] = default(
        0, "nobody else is on stage", description="Guests on stage per room"
    )


class Workload(Closed):
    """Who uses the system, and how."""

    users: Users = Field(description="Concurrent users today")
    target: Users = Field(description="Concurrent users to plan for")
    peak_to_mean: AtLeastOne = default(
        3,
        "evening peak over the day's mean; no published value was found",
        low=2,
        high=5,
        description="Load at the peak, which all else here is about, over the mean of the month, "
        "which bills and tables grow by",
    )
    populations: dict[str, Fraction] = Field(
        default_factory=dict,
        max_length=20,
        description="Shares of the users that activities may be done by",
    )
    activities: dict[str, Activity] = Field(
        default_factory=dict, max_length=50, description="Requests that users send again and again"
    )
    connections_per_user: Ratio | None = Field(
        default=None,
        description="Database connections that each active client keeps open itself; none where "
        "clients reach the database through servers",
    )
    viewing: Viewing | None = Field(default=None, description="Watching live video")
    gifting: Gifting | None = Field(default=None, description="Gifts to streamers")
    rooms: Rooms | None = Field(default=None, description="Rooms and their stages")
    live: Live | None = Field(default=None, description="Sockets, presence and chat")
    also_live: dict[str, Live] = Field(
        default_factory=dict,
        max_length=10,
        description="Further sockets by name, each with `enters`: those of a game beside a chat's",
    )
    also_viewing: dict[str, Viewing] = Field(
        default_factory=dict,
        max_length=10,
        description="Further viewers by name, each with `enters`: of HLS beside those in a call",
    )
    following: Following | None = Field(default=None, description="Pages that follow an event")
    lag_after: Seconds = default(
        "2 s",
        "between Nielsen's 1 s (flow of thought) and 10 s (attention), Usability Engineering "
        "1993, ch. 5",
        low="1 s",
        high="10 s",
        description="Wait that users notice as lag",
    )

    @field_validator("activities", "populations", "also_live", "also_viewing")
    @classmethod
    def _plain_names(cls, named: dict[str, Any]) -> dict[str, Any]:
        return plain_names(named)

    @model_validator(mode="after")
    def _known_populations(self) -> Workload:
        for name, activity in self.activities.items():
            if activity.by is not None and activity.by not in self.populations:
                there = ", ".join(self.populations) or "none"
                raise ValueError(
                    f"activity {name!r} is done by {activity.by!r}; `populations` has {there}."
                )
        return self

    @model_validator(mode="after")
    def _further_ones_enter_somewhere(self) -> Workload:
        taken: list[str | None] = [each.enters for each in (self.live,) if each is not None]
        for field, named in (("also_live", self.also_live), ("also_viewing", self.also_viewing)):
            for name, each in named.items():
                if each.enters is None:
                    raise ValueError(f"`{field}.{name}` needs `enters`: the part that serves it.")
        for name, live in self.also_live.items():
            if live.enters in taken:
                raise ValueError(f"two kinds of sockets enter {live.enters!r}; {name!r} is one.")
            taken.append(live.enters)
        return self

    def live_at(self, part: str) -> Live | None:
        """Return what is said of the sockets that a part holds; None where nothing is."""
        named = [each for each in (self.live, *self.also_live.values()) if each is not None]
        bound = next((each for each in named if each.enters == part), None)
        usual = self.live if self.live is not None and self.live.enters is None else None
        return bound or usual

    def heaviest(self) -> str | None:
        """Return the activity whose one request takes the most connection and CPU time."""

        def weight(name: str) -> float:
            each = self.activities[name]
            times = [each.query_time, each.cpu_time]
            query, cpu = (0.0 if node is None else value_at(node) for node in times)
            return value_at(each.queries) * query + cpu

        return max(self.activities, key=weight, default=None)

    def flows(self, users: Node, crowd: Crowd | None = None) -> Iterator[Flow]:
        """
        Yield what users ask for, before any part has touched it.

        Closed activities (with a think time) are left out: how often they come depends on how
        long they wait, see :meth:`waiting`.

        Parameters
        ----------
        users : Node
            Concurrent users who act. [user]
        crowd : Crowd, optional
            Who comes on top of them.
        """
        for name, activity in self.activities.items():
            if activity.interval is not None:
                rate = quotient(
                    f"{name} requests",
                    "request/s",
                    users=self.acting(users, activity),
                    interval=activity.interval,
                )
                yield self.request(name, rate)
        present = self.present(users, crowd)
        if self.connections_per_user is not None:
            held = product(
                "connections held by clients", "connection", users=present,
                each=self.connections_per_user,
            )  # fmt: skip
            yield Flow("connection", "clients", held)
        yield from self._watching(users, crowd)
        if self.gifting is not None:
            gifts = quotient("gifts", "gift/s", users=users, interval=self.gifting.interval)
            yield Flow("gift", "gifts", gifts)
        if self.rooms is not None and "guests" in self.rooms.model_fields_set:
            yield Flow("seat", "guests", self.rooms.guests)
        if self.following is not None:
            yield Flow("follower", "followers", present)
        yield from self._sockets(users, present, crowd)
        if crowd is not None:
            yield from self._crowd(crowd)

    def acting(self, users: Node, activity: Activity) -> Node:
        """Return the users who do an activity: all, or its population's share. [user]"""
        if activity.by is None:
            return users
        share = self.populations[activity.by]
        return product(activity.by, "user", users=users, share=share)

    def request(self, name: str, rate: Node, at_once: Node | None = None) -> Flow:
        """Return the requests of an activity as they enter."""
        activity = self.activities[name]
        return Flow(
            "request",
            name if at_once is None else f"{name} at once",
            rate,
            activity.visit(),
            activity.calls(),
            bound_for=activity.enters,
            kind="serverless" if activity.function else None,
            at_once=at_once,
        )

    def followed(self, users: Node, crowd: Crowd | None) -> Node | None:
        """Return the events that are followed; None where no page follows any. [room]"""
        if self.following is None:
            return None
        if crowd is not None and crowd.rooms is not None:
            return crowd.rooms
        return derive(
            "events followed",
            "room",
            rooms.rooms_open,
            users=self.present(users, crowd),
            room_size=self.following.room_size,
        )

    def present(self, users: Node, crowd: Crowd | None) -> Node:
        """Return everyone who is there: who acts, and who has just come. [user]"""
        if crowd is None or crowd.users is None:
            return users
        return total("users there", "user", {"already": users, "of the crowd": crowd.users})

    def _sockets(self, users: Node, present: Node, crowd: Crowd | None) -> Iterator[Flow]:
        """Yield the sockets of each kind and what is sent over them, bound for what holds them."""
        if self.live is not None:
            for flow in self.live.flows(users, present, crowd):
                yield flow if flow.carrier == "request" else _bound(flow, self.live.enters)
        # A crowd's chat messages are said once, in the chat of `live`.
        others = None if crowd is None else replace(crowd, messages=None)
        for name, live in self.also_live.items():
            for flow in live.flows(users, present, others):
                further = replace(flow, cause=f"{flow.cause} of {name}")
                yield further if flow.carrier == "request" else _bound(further, live.enters)

    def _watching(self, users: Node, crowd: Crowd | None) -> Iterator[Flow]:
        if self.viewing is not None:
            viewers = product("viewers", "viewer", users=users, share=self.viewing.share)
            yield Flow("viewer", "viewing", viewers, bound_for=self.viewing.enters)
        for name, viewing in self.also_viewing.items():
            viewers = product(f"viewers of {name}", "viewer", users=users, share=viewing.share)
            yield Flow("viewer", f"viewing of {name}", viewers, bound_for=viewing.enters)
        # To viewers who are sent messages the question is about chat, not about video.
        if crowd is not None and crowd.viewers is not None and crowd.messages is None:
            yield Flow(
                "viewer", "viewing at once", crowd.viewers, at_once=crowd.viewers,
                bound_for=None if self.viewing is None else self.viewing.enters,
            )  # fmt: skip

    def _crowd(self, crowd: Crowd) -> Iterator[Flow]:
        if crowd.requests is not None and crowd.activity is not None:
            rate = crowd.rate(f"{crowd.activity} requests at once", "request/s", crowd.requests)
            yield self.request(crowd.activity, rate, crowd.requests)
        if crowd.gifts is not None:
            rate = crowd.rate("gifts at once", "gift/s", crowd.gifts)
            yield Flow("gift", "gifts at once", rate, at_once=crowd.gifts)
        if crowd.guests is not None:
            yield Flow("seat", "guests at once", crowd.guests, at_once=crowd.guests)
        if crowd.publishers is not None:
            yield Flow("publisher", "publishers", crowd.publishers, at_once=crowd.publishers)
        if crowd.rows is not None:
            yield Flow("row", "history", crowd.rows, at_once=crowd.rows)


def _bound(flow: Flow, part: str | None) -> Flow:
    return flow if part is None else replace(flow, bound_for=part)
