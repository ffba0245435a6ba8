"""What one request costs the servers, and how often users send it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.numbers.estimate import Estimate
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Closed,
    Fraction,
    PositiveSeconds,
    Seconds,
    default,
)

Queries = Annotated[Estimate, Amount("query")]


class Work(Closed):
    """What one request costs: queries, the connections they hold, and CPU."""

    queries: Queries = Field(description="Database queries per request")
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


class Activity(Work):
    """A kind of request that users send again and again: a page, a feed, a poll."""

    interval: PositiveSeconds = Field(description="Mean time between two requests of one user")
    function: bool = Field(
        default=False, description="Whether it runs in an edge or serverless function"
    )
