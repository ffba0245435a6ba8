"""
The machine under a service or a database: its hardware threads, and what it does without load.

Cores that are hardware threads (vCPUs) are worth less than as many cores, and what an idle
machine uses of its CPU is there for nobody (:mod:`planning.models.servers.machines`). A file
that says neither has cores, all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.models.servers import machines
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Derived, Node, asked, derive, difference, product, quotient
from planning.numbers.quantities import Amount, Closed, Fraction, default
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station

_ALL = asked(1.0, "fraction", "all of the CPU")

Requests = Annotated[Estimate, Amount("request/s")]
Queries = Annotated[Estimate, Amount("query/s")]


class CpuReadings(Closed):
    """The CPU of the machine as it was read at two loads."""

    quiet_rate: Requests = Field(description="Requests at the lower reading")
    quiet: Fraction = Field(description="Share of the CPU in use at the lower load")
    busy_rate: Requests = Field(description="Requests at the higher reading")
    busy: Fraction = Field(description="Share of the CPU in use at the higher load")

    @model_validator(mode="after")
    def _one_busier(self) -> Self:
        if self.busy_rate.value <= self.quiet_rate.value or self.busy.value < self.quiet.value:
            raise ValueError(
                f"`busy_rate` (= {self.busy_rate.value:g}/s) must be above `quiet_rate` "
                f"(= {self.quiet_rate.value:g}/s), and the CPU with it: they are two rows of one "
                "load test."
            )
        return self


class QueryReadings(CpuReadings):
    """The CPU of a database's machine as it was read at two loads."""

    quiet_rate: Queries = Field(description="Queries at the lower reading")
    busy_rate: Queries = Field(description="Queries at the higher reading")


class Machine(Part):
    """What a file may say of the processors that its work runs on."""

    threads_per_core: Annotated[Estimate, Amount("ratio", at_least=2.0, whole=True)] | None = Field(
        default=None,
        description="Hardware threads of one core, where `cores` counts hardware threads: 2 for "
        "the vCPUs of most Intel and AMD machines of a cloud; none: a core is a core",
    )
    core_yield: Annotated[Estimate, Amount("ratio", at_least=1.0)] = default(
        1.25,
        "16 to 32 % with databases, 26 % compiling, 71 % in a HTTP server that waits for memory: "
        "see planning.models.servers.machines",
        kind=Kind.MEASURED,
        low=1.15,
        high=1.7,
        description="What a core does with all its hardware threads busy over what it does with "
        "one; `cpu_time` and `query_cpu` are those of a thread that has its core alone",
    )
    idle_share: Fraction | None = Field(
        default=None,
        description="Share of the CPU in use without any load: agents, collectors, other programs; "
        "not modelled if not given",
    )
    cpu_readings: CpuReadings | None = Field(
        default=None,
        description="CPU read at two loads, in place of `idle_share`: what the requests do not "
        "explain is what the machine does anyway",
    )

    @model_validator(mode="after")
    def _idle_by_one_way(self) -> Self:
        if self.idle_share is not None and self.cpu_readings is not None:
            raise ValueError("`idle_share` and `cpu_readings` say the same: give one of the two.")
        return self

    @model_validator(mode="after")
    def _yield_of_threads(self) -> Self:
        if "core_yield" in self.model_fields_set and self.threads_per_core is None:
            raise ValueError("`core_yield` needs `threads_per_core`: of how many threads?")
        return self

    def idle_fields(self) -> frozenset[str]:
        """Return the yield of a core where a core is a core."""
        idle = set() if self.threads_per_core is not None else {"core_yield"}
        return super().idle_fields() | idle

    def worth(self, at: Station, running: Node, cores: Node) -> Node:
        """
        Return the cores' worth that is left for the work of those that run. [core]

        Parameters
        ----------
        at : Station
            Where it is shown what two readings say.
        running : Node
            Cores or hardware threads that have work at full load. [core]
        cores : Node
            Those there are. [core]
        """
        left = running
        if self.threads_per_core is not None:
            left = derive(
                "cores' worth of hardware threads", "core", machines.hardware_threads_worth,
                busy=running, threads=cores,
                threads_per_core=self.threads_per_core, core_yield=self.core_yield,
            )  # fmt: skip
        idle = self._idle(at, cores)
        if idle is None:
            return left
        rest = difference("share left for work", "fraction", all=_ALL, idle=idle)
        return product("cores left for work", "core", cores=left, share=rest)

    def wanted_of(self, at: Station, work: Node, cores: Node) -> Node:
        """Return how many of what `cores` counts would do some work, all of them busy. [core]"""
        idle = self._idle(at, cores)
        if idle is not None:
            rest = difference("share left for work", "fraction", all=_ALL, idle=idle)
            work = quotient("cores with the idle machine's", "core", work=work, share=rest)
        if self.threads_per_core is None:
            return work
        threads = product(
            "hardware threads of them", "core", cores=work, each=self.threads_per_core
        )
        return quotient(
            "hardware threads wanted", "core", of_cores=threads, core_yield=self.core_yield
        )

    def _idle(self, at: Station, cores: Node) -> Node | None:
        """Return the share that the idle machine uses; None where nobody says. [fraction]"""
        rows = self.cpu_readings
        if rows is None:
            return self.idle_share
        unit = rows.quiet_rate.unit
        demand: Derived = derive(
            "CPU of one by two readings", "s", machines.demand_from_readings, cores=cores,
            further_rate=difference("further load", unit, busy=rows.busy_rate,
                                    quiet=rows.quiet_rate),
            further_reading=difference("further CPU", "fraction", busy=rows.busy, quiet=rows.quiet),
        )  # fmt: skip
        if demand.name not in {each.name for each in at.traffic}:
            at.tell(demand)
        return derive(
            "CPU of the idle machine", "fraction", machines.idle_reading,
            cores=cores, quiet_rate=rows.quiet_rate, quiet_reading=rows.quiet, demand=demand,
        )  # fmt: skip
