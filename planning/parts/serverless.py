"""
Edge and serverless functions: a limit on executions at once, on their time, and a price each.

Each running function is one execution in an environment of its own, so slow queries inside
it are paid for twice: in time, and in places that nobody else can use. How many environments
there are, and what they hold, is said in :mod:`planning.parts.environments`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Flow, Resource, apart
from planning.models.money import cost
from planning.models.servers import latency, serverless
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, least, product, quotient, rounded_up, total
from planning.numbers.prices import PricePerByteSecond
from planning.numbers.quantities import Amount, Bytes, PositiveSeconds, default
from planning.numbers.tariff import bill
from planning.numbers.units import MONTH
from planning.parts.environments import Environments

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ONE = asked(1.0, "ratio", "one call")


class Serverless(Environments):
    """Functions that a provider starts for each request."""

    order: ClassVar[int] = 31
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("request",)
    gives: ClassVar[tuple[str, ...]] = (
        "query", "operation", "job", "record", "request", "connection",
    )  # fmt: skip
    kind: Literal["serverless"]
    duration_limit: PositiveSeconds | None = Field(
        default=None, description="Longest execution before it is ended"
    )
    cpu_limit: PositiveSeconds | None = Field(
        default=None, description="Most CPU of one execution before it is ended"
    )
    included: Annotated[Estimate, Amount("invocation")] = default(
        0, "none are included", description="Invocations per month without extra charge"
    )
    price: Annotated[Estimate, Amount("USD/invocation")] | None = Field(
        default=None, description="Price of an invocation; not charged by the call if not given"
    )
    block: Annotated[Estimate, Amount("invocation", at_least=1.0)] = default(
        1, "charged one by one", description="Invocations that are charged together"
    )
    memory: Bytes | None = Field(default=None, description="Memory set for each function")
    compute_price: PricePerByteSecond | None = Field(
        default=None, description="Price of memory times duration; not charged if not given"
    )
    included_compute: Annotated[Estimate, Amount("byte*s")] = default(
        "0 GB s", "none is included", description="Memory times duration per month without charge"
    )

    @model_validator(mode="after")
    def _memory_that_is_paid(self) -> Serverless:
        if self.compute_price is not None and self.memory is None:
            raise ValueError("`compute_price` needs `memory`: what is charged is their product.")
        return self

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return its executions, where nobody says how many the account may run at once."""
        if self.allowed() is None and at.arriving:
            return "executions", "concurrent"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Take requests, send what each asks of others, and pay for the invocations of the month.

        Takes requests. Gives queries, operations, jobs and requests; of a crowd that comes in one
        instant only those of the executions that are allowed, for who is refused calls nobody.
        """
        if not at.flows():
            return
        share = self._admitted(at)
        for flow in at.flows():
            admitted = None if flow.at_once is None else share
            for call in self.calls_of(flow):
                at.call(flow, call, pooled=True, admitted=admitted)
        invocations = derive(
            "invocations per month",
            "invocation",
            serverless.invocations_per_month,
            request_rate=at.rate("function requests", "request"),
            peak_to_mean=at.workload.peak_to_mean,
        )
        at.tell(invocations)
        if self.price is not None:
            package = product("price of a package", "USD/month", calls=self.block, each=self.price)
            at.monthly[f"{at.name} invocations"] = derive(
                "invocations' price",
                "USD/month",
                cost.block_cost,
                used=invocations,
                included=self.included,
                block=self.block,
                block_price=package,
            )

    def _admitted(self, at: Station) -> Node | None:
        """Return the share of a crowd in one instant that is not refused; None where all may be."""
        come = {flow.words: there for flow in at.flows() if (there := at.instant(flow)) is not None}
        allowed = self.allowed()
        if allowed is None or not come:
            return None
        wanted = total("executions at once", "request", come)
        fits = quotient("share that may run", "ratio", limit=allowed, wanted=wanted)
        return least("share admitted", "ratio", all_of_it=_ONE, **{"may run": fits})

    def times(self, at: Station) -> None:
        """
        Add up how long each execution runs, waiting for what it calls, and pay for that time.

        Limits executions at once, their duration and their CPU: past them they are refused or
        ended. A mean duration holds the mean of cold starts; who starts cold waits for all of one.
        Source: Little's law, AWS Lambda documentation (concurrency = requests/s × duration).
        """
        running: dict[str, Node] = {}
        paid: dict[str, Node] = {}
        for flow in at.flows():
            answer = self._answer(at, flow)
            at.answer(flow, answer)
            running[flow.words] = product(
                f"{flow.cause} executions", "request",
                **{flow.words: flow.rate, "duration": answer.time},
            )  # fmt: skip
            paid[flow.words] = running[flow.words]
            if (come := at.instant(flow)) is not None:
                running[flow.words] = come
            if self.duration_limit is not None:
                remedy = "fewer or parallel queries, or a background job"
                what = f"{flow.cause} duration"
                at.limit(what, answer.time, self.duration_limit, PastLimit.REJECT, remedy)
            if self.cpu_limit is not None and flow.visit.cpu is not None:
                remedy = "less work per request, or a background job"
                what = f"{flow.cause} CPU"
                at.limit(what, flow.visit.cpu, self.cpu_limit, PastLimit.REJECT, remedy)
        if not running:
            return
        self._bill_compute(at, paid)
        executions = total("executions", "request", running)
        at.scene.pools[at.name] = {None: executions}
        if (allowed := self.allowed()) is not None:
            remedy = "shorter or parallel queries, or results computed before"
            needed = rounded_up("executions needed", "request", wanted=executions)
            at.limit("executions", executions, allowed, PastLimit.REJECT, remedy, needed=needed)

    def _bill_compute(self, at: Station, paid: dict[str, Node]) -> None:
        """Pay for the memory of executions over the month."""
        if self.compute_price is None or self.memory is None:
            return
        mean = quotient(
            "mean executions", "request", at_the_peak=total("executions", "request", paid),
            peak_to_mean=at.workload.peak_to_mean,
        )  # fmt: skip
        month = asked(MONTH, "s", "a month")
        used = product(
            "memory times duration per month", "byte*s", executions=mean, memory=self.memory,
            month=month,
        )  # fmt: skip
        at.monthly[f"{at.name} compute"] = bill(
            "compute bill", "USD/month", used, self.compute_price, self.included_compute
        )

    def _answer(self, at: Station, flow: Flow) -> Answer:
        """Return how long one execution runs: its CPU and its calls."""
        slow: dict[str, Node] = {}
        calm: dict[str, Node] = {}
        if flow.visit.cpu is not None:
            slow["computing"] = calm["computing"] = flow.visit.cpu
        if self.cold_start is not None and not self.idle_environments:
            slow["cold starts"] = calm["cold starts"] = product(
                "cold starts on the mean", "s", share=self.cold_share(flow), each=self.cold_start
            )  # fmt: skip
        resources: dict[str, Resource] = {}
        for edge in at.sent:
            if not at.caused(edge, flow) or edge.call is None:
                continue
            answer = at.below(edge)
            resources |= answer.resources
            for times, step in ((slow, answer.time), (calm, answer.idle)):
                if answer.hits is not None:
                    step = derive(
                        "query, from cache or not", "s", latency.page_time, steps=_ONE,
                        hit_ratio=answer.hits, hit_time=answer.hit_time, miss_time=step,
                    )  # fmt: skip
                times[edge.flow.words] = derive(
                    f"{edge.flow.carrier} calls of one execution",
                    "s",
                    latency.parallel_time,
                    steps=edge.call.count,
                    step_time=step,
                    width=edge.call.parallel,
                )
        if self.cold_start is not None and self.idle_environments:
            warm = total(f"{flow.cause} duration when warm", "s", slow)
            slow["cold starts"] = calm["cold starts"] = product(
                "cold starts on the mean", "s", share=self.cold_share(flow, warm),
                each=self.cold_start,
            )  # fmt: skip
        return Answer(
            total(f"{flow.cause} duration", "s", slow),
            total(f"{flow.cause} duration without waiting", "s", calm),
            apart(resources),
        )

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find functions that cost nothing, neither by the call nor by their time nor by a plan."""
        if self.plan is None and self.price is None and self.compute_price is None:
            yield Finding(
                name, Severity.MEDIUM,
                "its executions have no price: the monthly cost is at least what it says",
                "say `price` or `compute_price`, name a `plan`, or say $0/invocation",
            )  # fmt: skip
