"""
What one request costs: a record for files, and the same as it travels.

In a file the usual case is short: an activity says how many queries it sends and what
each takes. Where a part calls several others, ``calls`` says so part by part::

    web:  {kind: service, calls: {main: {checkout: {count: 9, time: 8 ms, writes: 60 %}},
                                  mail: {checkout: 1}}}
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from planning.flow.flows import Calling, Visit
from planning.numbers.estimate import Estimate
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    Bytes,
    Closed,
    Fraction,
    PositiveSeconds,
    Ratio,
    Seconds,
    default,
)

Queries = Annotated[Estimate, Amount("query")]
Tokens = Annotated[Estimate, Amount("token")]


class Work(Closed):
    """What one request costs: queries, the connections they hold, and CPU."""

    queries: Queries = default(0, "none is stated", description="Database queries per request")
    query_time: Seconds | None = Field(
        default=None, description="Time a query holds a database connection"
    )
    query_cpu: Seconds | None = Field(
        default=None, description="Database CPU per query, where it is known"
    )
    cpu_time: Seconds | None = Field(
        default=None, description="Server CPU per request, where it is known"
    )
    parallel: AtLeastOne = default(
        1, "one query after the other", description="Queries of one request sent at the same time"
    )
    cacheable: Fraction = default(
        "100 %", "every read may be cached", description="Share of queries a cache may answer"
    )
    writes: Fraction | None = Field(
        default=None,
        description="Share of queries that write: no cache and no replica takes those; where it "
        "is not stated, the database's `read_share` says what replicas take",
    )

    @model_validator(mode="after")
    def _timed(self) -> Work:
        if "queries" in self.model_fields_set and self.query_time is None:
            raise ValueError("`queries` needs `query_time`: how long one holds a connection.")
        return self

    def visit(self) -> Visit:
        """Return what one request costs where it is served."""
        return Visit(cpu=self.cpu_time)

    def calls(self) -> tuple[Calling, ...]:
        """Return the queries of one request, bound for the usual database."""
        if "queries" not in self.model_fields_set or self.query_time is None:
            return ()
        visit = Visit(
            time=self.query_time,
            cpu=self.query_cpu,
            writes=self.writes,
            cacheable=self.cacheable,
        )
        return (Calling(None, "query", self.queries, visit, self.parallel),)


class Activity(Work):
    """A kind of request that users send again and again: a page, a feed, a poll."""

    interval: PositiveSeconds | None = Field(
        default=None, description="Mean time between two requests of one user, answered or not"
    )
    think_time: Seconds | None = Field(
        default=None,
        description="Time between an answer and the next request of a user who waits for it; "
        "0 s for the virtual users of a load test. In place of `interval`",
    )
    function: bool = Field(
        default=False, description="Whether it runs in an edge or serverless function"
    )
    enters: str | None = Field(
        default=None, max_length=41, description="Part that serves it; the usual one if not given"
    )
    bytes: Bytes | None = Field(
        default=None,
        description="Bytes that one request loads, images and scripts with it: what a CDN serves "
        "and a proxy passes on; not stated: the part that needs it says it",
    )
    by: str | None = Field(
        default=None, max_length=41, description="Population that does it; everyone if not given"
    )
    response_objective: PositiveSeconds | None = Field(
        default=None,
        description="Mean response time that its users accept, where it is not that of the service "
        "that it enters: a question to a language model may take longer than a page",
    )

    @model_validator(mode="after")
    def _paced(self) -> Activity:
        if (self.interval is None) == (self.think_time is None):
            raise ValueError(
                "give `interval` (a request every so often, answered or not) or `think_time` "
                "(the next request so long after the answer), one of the two."
            )
        return self

    def visit(self) -> Visit:
        """Return what one request costs where it is served, and the bytes that it loads."""
        return Visit(cpu=self.cpu_time, size=self.bytes)


class Call(Closed):
    """What a part asks of another for one request: how often, and what each costs there."""

    count: Ratio = default(1, "one per request", description="Calls per request")
    time: Seconds | None = Field(
        default=None, description="Time one takes there (and holds a connection), CPU included"
    )
    cpu: Seconds | None = Field(default=None, description="CPU one takes there")
    parallel: AtLeastOne = default(
        1, "one after the other", description="Calls of one request sent at the same time"
    )
    cacheable: Fraction = default(
        "100 %", "every read may be cached", description="Share of them that a cache may answer"
    )
    writes: Fraction | None = Field(default=None, description="Share of them that write")
    bytes: Bytes | None = Field(default=None, description="Bytes that one brings or keeps there")
    input_tokens: Tokens | None = Field(
        default=None, description="Tokens of the question to a model, context included"
    )
    output_tokens: Tokens | None = Field(default=None, description="Tokens of a model's answer")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """Read a bare number as the count."""
        if isinstance(given, Call) or (isinstance(given, dict) and "value" not in given):
            return given
        return {"count": given}

    def calling(self, to: str) -> Calling:
        """Return the call as it travels, bound for a part."""
        visit = Visit(
            self.time, self.cpu, self.writes, self.cacheable,
            self.bytes, self.input_tokens, self.output_tokens,
        )  # fmt: skip
        return Calling(to, None, self.count, visit, self.parallel)


# Called part to activity (or kind of job) to call.
Calls = dict[str, dict[str, Call]]
