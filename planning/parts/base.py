"""
What a part is: a flow comes in, constraints and what is asked of other parts go out.

Every kind of part is one file. It declares the carriers it takes and gives and its place
in the usual order, and says in three methods what happens as the flow passes
(:mod:`planning.parts.station`)::

    rates   what reaches it per second, what it sends on, which rates run out
    times   how long one takes here, with the waiting of all that it calls
    stocks  how much is there at once: connections, places, memory

Each says in its docstring what it takes, gives and limits, and what happens past the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from planning.flow.finding import Finding
from planning.flow.flows import Calling, Flow
from planning.flow.work import Calls
from planning.numbers.catalog import Row, shipped_catalog
from planning.numbers.quantities import Planned
from planning.numbers.units import plural

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload


_Name = Annotated[str, Field(max_length=41)]


class Part(Planned):
    """Base of every kind of part."""

    order: ClassVar[int] = 50
    takes: ClassVar[tuple[str, ...]] = ()
    gives: ClassVar[tuple[str, ...]] = ()
    gate: ClassVar[bool] = False
    # Whether it takes only what names it or its kind: not every request is a function.
    by_name: ClassVar[bool] = False
    # Whether it has a load of its own, so that nothing needs to reach it.
    stands_alone: ClassVar[bool] = False
    kind: Any

    paid_by: str | None = Field(
        default=None,
        max_length=41,
        description="Cost that the price of its plan is part of, where none names the same plan",
    )

    @property
    def kind_name(self) -> str:
        """Its kind, as the file has it."""
        return str(self.kind)

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that it calls by name."""
        return ()

    def called_for(self) -> Iterator[tuple[str, str]]:
        """Yield each part that it calls by name, and what must come here for that to happen."""
        yield from ()

    @property
    def refers(self) -> Mapping[str, str]:
        """Parts whose load it takes part in without being called, by the field that names them."""
        return {}

    @property
    def guards(self) -> tuple[str, ...] | None:
        """The parts that a gate stands in front of; all behind it where None."""
        return None

    @property
    def users(self) -> tuple[str, ...] | None:
        """The parts that go through a gate; all where None."""
        return None

    @property
    def price_of_plan(self) -> str | None:
        """What its plan costs a month, for people; None without a plan or where it has no price."""
        if self.plan is None:
            return None
        rows = shipped_catalog().plan(self.plan)
        row = rows.get("monthly") or rows.get("hourly")
        return None if not isinstance(row, Row) or row.value == 0 else str(row)

    def idle_fields(self) -> frozenset[str]:
        """Return the fields that mean nothing in its mode: they are no inputs."""
        return frozenset()

    def rates(self, at: Station) -> None:
        """Take what arrives, send on what it causes, limit rates. Default: let all through."""

    def times(self, at: Station) -> None:
        """Say how long one of what arrives takes. Default: what is stated of it, no waiting."""

    def stocks(self, at: Station) -> None:
        """Count what is there at once, and limit it. Default: nothing."""

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """
        Return what is asked of this part and has no limit here, and the field that would say one.

        Default: all that arrives, where it leads to no limit, no cost and nothing further on.
        """
        if not at.arriving or at.sent or at.constraints or at.monthly:
            return None
        carriers = dict.fromkeys(edge.flow.carrier for edge in at.arriving)
        return " and ".join(plural(each) for each in carriers), "limit"

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Return what is wrong with this part whatever the load."""
        return ()


class Caller(Part):
    """A part that calls others by name."""

    calls: Calls = Field(
        default_factory=dict,
        max_length=40,
        description="What it asks of other parts: part, then activity, then how often and at "
        "what cost there",
    )

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that it calls by name."""
        return tuple(self.calls)

    def called_for(self) -> Iterator[tuple[str, str]]:
        """Yield each part that it calls, and the activity for which it does."""
        return ((callee, cause) for callee, each in self.calls.items() for cause in each)

    def calls_of(self, flow: Flow) -> list[Calling]:
        """Return what one of an arriving flow asks of others: its own calls and the file's."""
        cause = flow.cause.removesuffix(" at once")
        named = [
            each[cause].calling(callee) for callee, each in self.calls.items() if cause in each
        ]
        return [*flow.calls, *named]


class Gate(Part):
    """A part that stands in front of others and lets through what is bound for them."""

    gate: ClassVar[bool] = True

    in_front_of: _Name | tuple[_Name, ...] | None = Field(
        default=None,
        description="The parts it stands in front of, by name; all behind it if not given",
    )
    used_by: tuple[str, ...] | None = Field(
        default=None,
        max_length=40,
        description="Parts that go through it, others call past it; all go through it if not given",
    )

    @property
    def users(self) -> tuple[str, ...] | None:
        """Parts that go through it; None where all do."""
        return self.used_by

    @property
    def guards(self) -> tuple[str, ...] | None:
        """The parts that it stands in front of; all behind it where None."""
        return (self.in_front_of,) if isinstance(self.in_front_of, str) else self.in_front_of
