"""
A queue with workers: jobs that are done later, so many at a time.

While jobs come faster than workers finish them the backlog grows, and with it the age of
the oldest job; nothing fails until somebody notices::

    10.7 jobs/s ─▶ [ backlog, +6.0 a second ] ─▶ 8 workers of 1.7 s: 4.7 jobs/s
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.flows import Answer, Flow
from planning.models.queueing import jobs
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    product,
    quotient,
    rounded_up,
    total,
)
from planning.numbers.program import smallest
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.parts.base import Caller

if TYPE_CHECKING:
    from planning.parts.station import Station

_NOBODY = asked(0.0, "worker", "no work is done by nobody")
_SENT = asked(0.0, "s", "a job is sent, not waited for")
Workers = Annotated[Estimate, Amount("worker", at_least=1.0, whole=True)]


class Queue(Caller):
    """Jobs in a queue, and the workers that take them."""

    order: ClassVar[int] = 33
    takes: ClassVar[tuple[str, ...]] = ("job", "request")
    gives: ClassVar[tuple[str, ...]] = (
        "query", "operation", "job", "record", "request", "connection",
    )  # fmt: skip
    kind: Literal["queue"]
    workers: Workers = Field(description="Jobs that are worked on at the same time")
    job_time: Seconds = Field(description="Time a worker takes for one job, without what it calls")
    max_age: PositiveSeconds | None = Field(
        default=None, description="Longest time a job may wait before it is done"
    )
    max_backlog: Annotated[Estimate, Amount("job", above=0.0)] | None = Field(
        default=None, description="Jobs that the queue holds; more are refused"
    )
    after: PositiveSeconds = default(
        "1 h", "as long as a peak lasts", low="10 min", high="8 h",
        description="Time of overload after which backlog and age are told",
    )  # fmt: skip

    def rates(self, at: Station) -> None:
        """
        Take jobs, and ask of other parts what each job needs there.

        Takes jobs; a request that nobody else serves is one. Gives queries, operations, requests.
        """
        for flow in at.flows():
            for call in self.calls_of(flow):
                at.call(flow, call)

    def times(self, at: Station) -> None:
        """
        Work on jobs: each holds a worker for its own time and all that it calls.

        Limits workers: past them jobs queue, and the backlog grows for as long as that lasts; and
        the wait and the backlog where a limit is stated. Source: M/M/c, Erlang; past saturation
        conservation of jobs.
        """
        if not at.flows():
            return
        held = {flow.words: self._held(at, flow) for flow in at.flows()}
        rate = total("jobs", "job/s", {flow.words: flow.rate for flow in at.flows()})
        busy = total(
            "workers wanted", "worker",
            {
                flow.words: product(
                    f"workers on {flow.cause}", "worker",
                    **{flow.words: flow.rate, "time of each": held[flow.words]},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        mean = quotient("mean time of a job", "s", workers=busy, rate=rate)
        done = quotient("jobs done at most", "job/s", workers=self.workers, time=mean)
        growth = difference("backlog growth", "job/s", arriving=rate, done=done)
        remedy = "more workers, shorter or fewer jobs"
        # A crowd says itself how long it comes.
        lasting: Node = self.after
        if at.crowd is not None and at.crowd.over is not None:
            lasting = at.crowd.over
        needed = rounded_up("workers needed", "worker", wanted=busy)
        at.limit(
            "workers", busy, self.workers, PastLimit.QUEUE, remedy,
            backlog=growth, places=self.workers, needed=needed,
        )  # fmt: skip
        backlog = product("backlog after the overload", "job", growth=growth, time=lasting)
        age = derive(
            "age of the oldest job then", "s", jobs.oldest_age,
            arrival_rate=rate, service_rate=done, time=lasting,
        )  # fmt: skip
        drain = quotient("time to work it off without arrivals", "s", backlog=backlog, done=done)
        at.tell(rate, done, growth, backlog, age, drain, needed)
        if self.max_age is not None:
            wait = derive(
                "age of the oldest job", "s", jobs.job_age, arrival_rate=rate,
                service_time=mean, workers=self.workers, time=lasting,
            )  # fmt: skip
            search = partial(smallest, wait, self.max_age, self.workers, _NOBODY)
            at.limit("age of jobs", wait, self.max_age, PastLimit.SLOW, remedy, search=search)
        if self.max_backlog is not None:
            at.limit(
                "backlog", self._there(at, backlog), self.max_backlog, PastLimit.REJECT, remedy
            )
        for flow in at.flows():
            # Whoever sends a job does not wait for it.
            at.answer(flow, Answer(_SENT, _SENT))

    def _there(self, at: Station, backlog: Node) -> Node:
        """Return the jobs that wait: after an overload, or when a crowd has come at once. [job]"""
        come = {flow.words: there for flow in at.flows() if (there := at.instant(flow)) is not None}
        if not come:
            return backlog
        there = total("jobs at once", "job", come)
        return difference("jobs that wait at once", "job", there=there, workers=self.workers)

    def _held(self, at: Station, flow: Flow) -> Node:
        """Return how long one job of a kind keeps a worker. [s]"""
        steps: dict[str, Node] = {"the job itself": self.job_time}
        for edge in at.sent:
            if edge.call is not None and at.caused(edge, flow):
                steps[edge.flow.words] = product(
                    f"{edge.flow.words} of one job", "s",
                    calls=edge.call.count, time=at.below(edge).time,
                )  # fmt: skip
        return total(f"{flow.cause} time", "s", steps)
