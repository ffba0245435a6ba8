"""
What users do, before any part of the system is involved.

A workload is a number of concurrent users and what each of them does: activities
that send requests, watching, gifting, sitting in rooms. :meth:`Workload.demand`
turns a number of users — or an array of them — into rates.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

import numpy as np
from pydantic import Field, field_validator

from planning.estimate import Estimate
from planning.models.connections import concurrency, multiplied, request_rate
from planning.parts.base import Demand
from planning.quantities import (
    Amount,
    AtLeastOne,
    Closed,
    Fraction,
    Ratio,
    Seconds,
    Users,
    default,
)
from planning.trace import Derived, Node, derive, total, value_at
from planning.units import plural

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
PositiveInterval = Annotated[Estimate, Amount("s", above=0.0)]
QueriesPerRequest = Annotated[Estimate, Amount("query")]

Named = TypeVar("Named")


def plain_names(named: dict[str, Named]) -> dict[str, Named]:
    """Return `named`, refusing keys that are no plain words: they become paths and labels."""
    for name in named:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"name {name[:40]!r} must be lower-case letters, digits and _, as in 'app'."
            )
    return named


class Activity(Closed):
    """A kind of request that users send again and again: a page, a feed, a poll."""

    interval: PositiveInterval = Field(description="Mean time between two requests of one user")
    queries: QueriesPerRequest = Field(description="Database queries per request")
    query_time: Seconds = Field(description="Time a query holds a database connection")
    query_cpu: Seconds = default(
        "0 s",
        "not stated: the database's CPU is not modelled",
        description="Database CPU per query",
    )
    cpu_time: Seconds = default(
        "0 s", "not stated: the server's CPU is not modelled", description="Server CPU per request"
    )
    parallel: AtLeastOne = default(
        1, "one query after the other", description="Queries of one request sent at the same time"
    )
    cacheable: Fraction = default(
        "100 %", "every read may be cached", description="Share of queries a cache may answer"
    )


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

    def demand(self, users: Node) -> Demand:
        """
        Return what `users` ask for, before any part has touched it.

        Parameters
        ----------
        users : Node
            Concurrent users; a number or an array. [user]
        """
        requests = {
            name: derive(
                f"{name} requests",
                "request/s",
                request_rate,
                users=users,
                interval=activity.interval,
            )
            for name, activity in self.activities.items()
        }
        queries = {
            name: derive(
                f"{name} queries",
                "query/s",
                multiplied,
                count=requests[name],
                each=activity.queries,
            )
            for name, activity in self.activities.items()
        }
        held = None
        if np.any(np.asarray(self.connections_per_user.value) > 0):
            held = derive(
                "connections held by clients",
                "connection",
                multiplied,
                count=users,
                each=self.connections_per_user,
            )
        viewers = gifts = None
        if self.viewing:
            viewers = derive("viewers", "viewer", multiplied, count=users, each=self.viewing.share)
        if self.gifting:
            gifts = derive(
                "gifts", "gift/s", request_rate, users=users, interval=self.gifting.interval
            )
        return Demand(
            users=users, requests=requests, queries=queries, held=held, viewers=viewers, gifts=gifts
        )

    def busy_connections(self, demand: Demand) -> Derived:
        """Return the connections in use: what the queries hold, and every other cause."""
        causes = {
            plural_query(name): derive(
                f"{name} connections in use",
                "connection",
                concurrency,
                arrival_rate=rate,
                hold_time=self.activities[name].query_time,
            )
            for name, rate in demand.queries.items()
        }
        return total("connections in use", "connection", {**causes, **demand.connections})


def plural_query(name: str) -> str:
    """Return the label of an activity's queries in a sum, e.g. ``page queries``."""
    return f"{name} {plural('query')}"
