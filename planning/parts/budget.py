"""A budget is a constraint like any other: a load that grows with users, and a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand
from planning.numbers.nodes import total
from planning.numbers.quantities import DollarsPerMonth
from planning.parts.base import Constraint, Part, PastLimit

if TYPE_CHECKING:
    from planning.workload.workload import Workload


class Budget(Part):
    """What may be spent in a month, on everything."""

    rank: ClassVar[int] = 90
    kind: Literal["budget"]
    monthly: DollarsPerMonth = Field(description="Most that may be spent per month")

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Add up what every part and every fixed cost comes to."""
        spent = total("monthly cost", "USD/month", demand.monthly)
        return demand, [
            Constraint(
                name,
                "per month",
                spent,
                self.monthly,
                PastLimit.PAY,
                "a cheaper plan, fewer bytes per user, or more money",
            )
        ]
