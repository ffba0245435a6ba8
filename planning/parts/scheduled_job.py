"""
A job that runs on a schedule (cron, Celery beat, a nightly batch): runs, overlap, backlog.

Every so often a run takes up all that has come since the last one. As users grow a run gets
longer; once it takes longer than the interval, runs are skipped or overlap, and what waits
gets older::

    every 5 min ─▶ start 30 s, then 8 at a time, 2 s each: 130 s for 400 items, 330 s for 1,200
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Calling, Flow
from planning.models.queueing import recurring
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    most,
    product,
    quotient,
    rounded_up,
    total,
    value_at,
)
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.numbers.units import HOUR, MONTH
from planning.parts.base import Caller
from planning.workload.crowd import SECOND

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

OWN = "run"  # the name by which `calls` speak of items that come with the users themselves
_SENT = asked(0.0, "s", "an item is left for the next run, not waited for")
_MONTH = asked(MONTH / HOUR, "h", "a month")
_ONE = asked(1.0, "ratio", "all the time")


class ScheduledJob(Caller):
    """A job that runs every so often and works off what has come."""

    order: ClassVar[int] = 34
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("job", "request")
    gives: ClassVar[tuple[str, ...]] = ("query", "operation", "job", "record", "request")
    kind: Literal["scheduled_job"]
    interval: PositiveSeconds = Field(description="Time between two runs that are due")
    start_time: Seconds = default(
        "0 s", "none is stated", description="Time of a run that finds nothing to do"
    )
    item_time: Seconds = Field(description="Time for one item, without what it calls")
    parallel: Annotated[Estimate, Amount("worker", at_least=1.0, whole=True)] = default(
        1, "one item after the other", description="Items that a run works on at the same time"
    )
    items_per_user: Annotated[Estimate, Amount("job/user")] | None = Field(
        default=None,
        description="Items of each run per concurrent user, beside those that are sent to it",
    )
    most_items: Annotated[Estimate, Amount("job", above=0.0)] | None = Field(
        default=None, description="Items that one run takes up at most; all there are if not given"
    )
    overlap: Literal["wait", "together"] = Field(
        default="wait",
        description="Where a run is due and the last one still runs: it waits, or both run",
    )
    max_age: PositiveSeconds | None = Field(
        default=None, description="Longest time an item may wait until it is done"
    )
    hourly: Annotated[Estimate, Amount("USD/h")] | None = Field(
        default=None, description="Price of an hour that a run lasts; paid elsewhere if not given"
    )

    @property
    def stands_alone(self) -> bool:  # type: ignore[override]
        """Whether it has items of its own, so that nothing needs to be sent to it."""
        return self.items_per_user is not None

    def called_for(self) -> Iterator[tuple[str, str]]:
        """Yield each part that it calls, and what must come here for it: not its own items."""
        own = OWN if self.items_per_user is not None else None
        return ((callee, cause) for callee, cause in super().called_for() if cause != own)

    def rates(self, at: Station) -> None:
        """
        Collect items, and ask of other parts what a run needs there while it lasts.

        Takes jobs and requests that name it. Gives queries, operations, jobs and requests, at the
        pace of a run: what is called feels a run as long as it lasts, not its mean over the day.
        """
        items = self._items(at)
        if not items:
            return
        rate = total("items", "job/s", items)
        for cause, own in items.items():
            calls = self._calls(cause)
            if not calls:
                continue
            share = quotient("share of the items", "ratio", own=own, all=rate)
            pace = product(f"{cause} items a second of a run", "job/s",
                           pace=self._pace(at, rate, calls), share=share)  # fmt: skip
            running = Flow("job", cause, pace)
            for call in calls:
                at.call(running, call)

    def _items(self, at: Station) -> dict[str, Node]:
        """Return the items that come per second, by cause. [job/s]"""
        found: dict[str, Node] = {}
        for flow in at.flows():
            found[flow.cause] = flow.rate
        if self.items_per_user is not None:
            each = product("items of a run", "job", users=at.users, each=self.items_per_user)
            found[OWN] = quotient("items by time", "job/s", of_a_run=each, interval=self.interval)
        return found

    def _calls(self, cause: str) -> list[Calling]:
        name = cause.removesuffix(" at once")
        return [each[name].calling(to) for to, each in self.calls.items() if name in each]

    def _pace(self, at: Station, rate: Node, calls: list[Calling]) -> Node:
        """Return the items a run works off per second, and no more than it finds. [job/s]"""
        steps: dict[str, Node] = {"the item itself": self.item_time}
        for call in calls:
            if call.visit.time is not None:
                steps[f"at {call.to}"] = product(
                    f"calls of {call.to}", "s", count=call.count, time=call.visit.time
                )
        each = total("time of an item without waiting", "s", steps)
        able = quotient("items a second", "job/s", at_a_time=self.parallel, time=each)
        there = product("items that a run finds", "job", rate=rate, interval=self.interval)
        found = quotient("found, within a second", "job/s", items=there, second=SECOND)
        return least("pace of a run", "job/s", able=able, found=found)

    def times(self, at: Station) -> None:
        """
        Say how long a run takes, how many items a run finds, and how old they get.

        Limits items per second: past them the backlog grows. Limits the run by the interval: past
        it runs are late, or overlap and take the same items. Source:
        :mod:`planning.models.queueing.recurring`.
        """
        for flow in at.flows():
            at.answer(flow, Answer(_SENT, _SENT))
        items = self._items(at)
        if not items:
            return
        rate = total("items", "job/s", items)
        busy = total(
            "workers wanted", "worker",
            {
                f"on {cause}": product(f"workers on {cause}", "worker", items=own,
                                       time=self._time(at, cause))
                for cause, own in items.items()
            },
        )  # fmt: skip
        mean = quotient("mean time of an item", "s", workers=busy, rate=rate)
        self._limit_items(at, rate, mean, busy)
        work = quotient("share of the time that items take", "ratio", wanted=busy,
                        at_a_time=self.parallel)  # fmt: skip
        run = derive(
            "time of a run", "s", recurring.run_time, start=self.start_time, work=work,
            interval=self.interval,
        )  # fmt: skip
        apart = most("time between two starts", "s", {"interval": self.interval, "run": run})
        age = total("age of the oldest item when done", "s", {"waiting": apart, "run": run})
        at.tell(run, product("items that a run finds", "job", rate=rate, since=apart), age)
        late = PastLimit.SLOW if self.overlap == "wait" else PastLimit.DEGRADE
        remedy = "more at a time, shorter items, or several runs that share the items"
        at.limit("run", run, self.interval, late, remedy)
        if self.max_age is not None:
            at.limit("age of items", age, self.max_age, PastLimit.SLOW, remedy + ", more often")
        if self.hourly is not None and at.crowd is None:
            share = quotient(
                "share of the time that it runs", "ratio", run=run, every=self.interval
            )
            running = least("share of the time", "ratio", runs=share, always=_ONE)
            at.monthly[f"{at.name} runs"] = product(
                "price of the runs", "USD/month", share=running, month=_MONTH, hourly=self.hourly
            )

    def _limit_items(self, at: Station, rate: Node, mean: Node, busy: Node) -> None:
        """Limit the items that runs without end work off, or that they take up."""
        able = quotient("items worked off at most", "job/s", at_a_time=self.parallel, time=mean)
        remedy = "more at a time, or shorter or fewer items"
        if self.most_items is not None:
            taken = quotient("taken up by runs", "job/s", each=self.most_items, every=self.interval)
            able = least("items worked off at most", "job/s", worked_off=able, taken_up=taken)
            remedy = "more items per run, runs more often, or more at a time"
        growth = difference("backlog growth", "job/s", arriving=rate, done=able)
        needed = rounded_up("at a time needed", "worker", wanted=busy)
        at.limit(
            "items", rate, able, PastLimit.QUEUE, remedy, backlog=growth,
            needed=needed if self.most_items is None else None,
        )  # fmt: skip

    def _time(self, at: Station, cause: str) -> Node:
        """Return how long one item keeps its place, with all that it calls. [s]"""
        steps: dict[str, Node] = {"the item itself": self.item_time}
        for edge in at.sent:
            if edge.call is not None and edge.flow.cause == cause:
                steps[f"at {edge.to}"] = product(
                    f"calls of {edge.to}", "s", count=edge.call.count, time=at.below(edge).time
                )
        return total(f"time of an item of {cause}", "s", steps)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find runs that may take the same items twice, and a start longer than the interval."""
        if self.overlap == "together":
            yield Finding(
                name, Severity.MEDIUM,
                "runs may overlap: without a lock two of them take the same items",
                "a lock, or concurrencyPolicy: Forbid, and `overlap: wait`",
            )  # fmt: skip
        if value_at(self.start_time) >= value_at(self.interval):
            yield Finding(
                name, Severity.HIGH,
                "a run takes longer to start than the time until the next: none is ever on time",
                "a longer interval, or a process that stays up",
            )  # fmt: skip
