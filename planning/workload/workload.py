"""
What users do, before any part of the system is involved.

A workload is a number of concurrent users and what each of them does: activities
that send requests, watching, gifting, sitting in rooms. :meth:`Workload.demand`
turns a number of users — or an array of them — into rates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator

from planning.flow.demand import Demand
from planning.flow.work import Activity, Work
from planning.models.delivery import fanout
from planning.models.servers.connections import multiplied, request_rate
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, value_at
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
from planning.workload.sockets import Following, Live

PositiveInterval = Annotated[Estimate, Amount("s", above=0.0)]


class Viewing(Closed):
    """Watching live video."""

    share: Fraction = Field(description="Share of the concurrent users who watch")
    peak_to_mean: AtLeastOne = default(
        "3",
        "evening peak over the day's mean",
        low=2,
        high=5,
        description="Viewers at the peak over their mean of the month",
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
    activities: dict[str, Activity] = Field(
        default_factory=dict, max_length=50, description="Requests that users send again and again"
    )
    connections_per_user: Ratio = default(
        0,
        "clients reach the database through servers",
        description="Database connections each active client keeps open itself",
    )
    viewing: Viewing | None = Field(default=None, description="Watching live video")
    gifting: Gifting | None = Field(default=None, description="Gifts to streamers")
    rooms: Rooms | None = Field(default=None, description="Rooms and their stages")
    live: Live | None = Field(default=None, description="Sockets, presence and chat")
    following: Following | None = Field(default=None, description="Pages that follow an event")
    lag_after: Seconds = default(
        "2 s",
        "between Nielsen's 1 s (flow of thought) and 10 s (attention), Usability Engineering "
        "1993, ch. 5",
        low="1 s",
        high="10 s",
        description="Wait that users notice as lag",
    )

    @field_validator("activities")
    @classmethod
    def _plain_names(cls, named: dict[str, Activity]) -> dict[str, Activity]:
        return plain_names(named)

    def heaviest(self) -> str | None:
        """Return the activity whose one request takes the most connection and CPU time."""

        def weight(name: str) -> float:
            each = self.activities[name]
            queries, time, cpu = (
                value_at(node) for node in (each.queries, each.query_time, each.cpu_time)
            )
            return queries * time + cpu

        return max(self.activities, key=weight, default=None)

    def work_of(self, name: str | None) -> Work | None:
        """Return what one request of an activity costs; None where there is no such activity."""
        return None if name is None else self.activities.get(name)

    def own_queries(self, users: Node) -> Demand:
        """Return the requests and queries of the activities alone, before any cache."""
        demand = Demand(users=users)
        for name, activity in self.activities.items():
            rate = derive(
                f"{name} requests",
                "request/s",
                request_rate,
                users=users,
                interval=activity.interval,
            )
            demand = demand.with_requests(name, rate, activity)
        return demand

    def demand(self, users: Node) -> Demand:
        """
        Return what `users` ask for, before any part has touched it.

        Parameters
        ----------
        users : Node
            Concurrent users; a number or an array. [user]
        """
        demand = self.own_queries(users)
        if np.any(np.asarray(self.connections_per_user.value) > 0):
            held = derive(
                "connections held by clients",
                "connection",
                multiplied,
                count=users,
                each=self.connections_per_user,
            )
            demand = replace(demand, held=held)
        if self.viewing:
            viewers = derive("viewers", "viewer", multiplied, count=users, each=self.viewing.share)
            demand = replace(demand, viewers=viewers)
        if self.gifting:
            gifts = derive(
                "gifts", "gift/s", request_rate, users=users, interval=self.gifting.interval
            )
            demand = replace(demand, gifts=gifts)
        if self.following:
            rooms = derive(
                "events followed",
                "room",
                fanout.rooms_open,
                users=users,
                room_size=self.following.room_size,
            )
            demand = replace(demand, rooms=rooms)
        return self.live.add_to(demand) if self.live else demand
