"""Availability: what must all be up at once, how many copies of it there are, and the promise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from planning.flow.demand import Demand
from planning.models.money import availability
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, value_at
from planning.numbers.quantities import Amount, Closed, Fraction, default, plain_names
from planning.numbers.units import MONTH
from planning.parts.base import Constraint, Part, PastLimit

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class Component(Closed):
    """Something that can be down."""

    availability: Fraction = Field(description="Share of the time that one copy is up")
    copies: Annotated[Estimate, Amount("ratio", at_least=1.0, whole=True)] = default(
        1, "no failover", description="Copies, of which one is enough"
    )


class Uptime(Part):
    """Downtime per month, against the promise."""

    rank: ClassVar[int] = 80
    kind: Literal["uptime"]
    components: dict[str, Component] = Field(
        min_length=1, max_length=20, description="What must be up at the same time"
    )
    promised: Fraction = Field(description="Availability that is promised")

    @field_validator("components")
    @classmethod
    def _plain_names(cls, named: dict[str, Component]) -> dict[str, Component]:
        return plain_names(named)

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Compare the downtime to expect with the downtime allowed; users change neither."""
        month = asked(MONTH, "s", "a month")
        up: Node | None = None
        for label, each in self.components.items():
            copied = derive(
                f"{label} up",
                "fraction",
                availability.redundant_availability,
                availability=each.availability,
                copies=each.copies,
            )
            up = copied if up is None else derive(
                f"all up to {label}",
                "fraction",
                multiplied,
                count=up,
                each=copied,
            )  # fmt: skip
        down, allowed = (
            derive(label, "s", availability.downtime, availability=share, period=month)
            for label, share in (("downtime per month", up), ("downtime allowed", self.promised))
        )
        single = [label for label, each in self.components.items() if value_at(each.copies) < 2]
        remedy = f"a second copy of {', '.join(single)}" if single else "better components"
        return demand, [Constraint(name, "downtime", down, allowed, PastLimit.DEGRADE, remedy)]
