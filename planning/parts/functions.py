"""
Edge and serverless functions: a limit on executions at once, on their time, and a price each.

Each running function is one execution, so slow queries inside it are paid for twice:
in time, and in places that nobody else can use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.flow.work import Work
from planning.models.money import cost
from planning.models.queueing.caps import admitted_at_cap, refused_at_cap
from planning.models.servers import latency, serverless
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, total, value_at
from planning.numbers.quantities import Amount, AtLeastOne, PositiveSeconds, default
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, turned_away

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class Functions(Part):
    """Functions that a provider starts for each request."""

    rank: ClassVar[int] = 8
    kind: Literal["functions"]
    concurrent: Annotated[Estimate, Amount("request", above=0.0)] | None = Field(
        default=None, description="Executions at the same time"
    )
    duration_limit: PositiveSeconds | None = Field(
        default=None, description="Longest execution before it is ended"
    )
    cpu_limit: PositiveSeconds | None = Field(
        default=None, description="Most CPU of one execution before it is ended"
    )
    included: Annotated[Estimate, Amount("invocation")] = default(
        0, "none are included", description="Invocations per month without extra charge"
    )
    price: Annotated[Estimate, Amount("USD/invocation")] = default(
        "$0/invocation", "not charged", description="Price of an invocation"
    )
    block: Annotated[Estimate, Amount("invocation", at_least=1.0)] = default(
        1, "charged one by one", description="Invocations that are charged together"
    )
    peak_to_mean: AtLeastOne = default(
        3,
        "evening peak over the day's mean",
        low=2,
        high=5,
        description="Peak over the month's mean",
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Count executions and pay for the invocations of the month."""
        rates = {
            activity: demand.requests[activity]
            for activity, each in workload.activities.items()
            if each.function and activity in demand.requests
        }
        if not rates:
            return demand, ()
        invocations = derive(
            "invocations per month",
            "invocation",
            serverless.invocations_per_month,
            request_rate=total("function requests", "request/s", rates),
            peak_to_mean=self.peak_to_mean,
        )
        bill = derive(
            "invocations' price",
            "USD/month",
            cost.block_cost,
            used=invocations,
            included=self.included,
            block=self.block,
            block_price=derive(
                "price of a package", "USD/month", multiplied, count=self.block, each=self.price
            ),
        )
        told = (*demand.traffic, invocations)
        demand = replace(
            demand,
            elsewhere=frozenset(rates),
            monthly={**demand.monthly, f"{name} invocations": bill},
            traffic=told,
        )
        return demand, self._constraints(name, demand, rates)

    def _constraints(
        self, name: str, demand: Demand, rates: dict[str, Node]
    ) -> Iterator[Constraint]:
        durations = {activity: _duration(activity, demand.work[activity]) for activity in rates}
        if self.concurrent is not None:
            running: dict[str, Node] = {
                activity: derive(
                    f"{activity} executions",
                    "request",
                    serverless.concurrent_executions,
                    request_rate=rate,
                    duration=durations[activity],
                )
                for activity, rate in rates.items()
            }
            yield Constraint(
                name, "executions", total("executions", "request", running), self.concurrent,
                PastLimit.REJECT, "shorter or parallel queries, or results computed before",
            )  # fmt: skip
        for activity, duration in durations.items():
            if self.duration_limit is not None:
                yield Constraint(
                    name, f"{activity} duration", duration, self.duration_limit, PastLimit.REJECT,
                    "fewer or parallel queries, or a background job",
                )  # fmt: skip
            if self.cpu_limit is not None:
                cpu = demand.work[activity].cpu_time
                yield Constraint(
                    name, f"{activity} CPU", cpu, self.cpu_limit, PastLimit.REJECT,
                    "less work per request, or a background job",
                )  # fmt: skip

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Run as many as may run at once, refuse the rest."""
        activity = workload.activities.get(wave.activity or "")
        if self.concurrent is None or wave.requests is None or not (activity and activity.function):
            return wave, ()
        refused, admitted = (
            derive(label, "request", function, arrivals=wave.requests, cap=self.concurrent)
            for label, function in (("refused", refused_at_cap), ("admitted", admitted_at_cap))
        )
        verdict, lost = turned_away(refused, wave.requests)
        words = (
            f"{show(value_at(wave.requests), 'request')} at once, "
            f"{show(value_at(self.concurrent), 'request')} may run: "
            f"{show(value_at(refused), 'request')} refused"
        )
        numbers = {"refused": refused, "share refused": lost}
        return replace(wave, requests=admitted), [Outcome(name, verdict, words, numbers)]


def _duration(activity: str, work: Work) -> Node:
    queries = derive(
        "queries of one execution",
        "s",
        latency.parallel_time,
        steps=work.queries,
        step_time=work.query_time,
        width=work.parallel,
    )
    return total(f"{activity} duration", "s", {"computing": work.cpu_time, "queries": queries})
