"""A budget: a load that grows with users, and a limit; a verdict of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.numbers.nodes import total
from planning.numbers.quantities import DollarsPerMonth
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station


class Budget(Part):
    """What may be spent in a month, on everything."""

    order: ClassVar[int] = 90
    stands_alone: ClassVar[bool] = True
    kind: Literal["budget"]
    monthly: DollarsPerMonth = Field(description="Most that may be spent per month")

    @model_validator(mode="after")
    def _no_plan(self) -> Budget:
        if self.plan is not None:
            raise ValueError("a budget has no plan: a plan's price is what is paid, not the most.")
        return self

    def stocks(self, at: Station) -> None:
        """
        Add up what every part and every fixed cost comes to.

        Limits it. Where nobody states any cost there is nothing to hold against the budget.
        """
        if not at.scene.monthly:
            return
        spent = total("monthly cost", "USD/month", at.scene.monthly)
        remedy = "a cheaper plan, fewer bytes per user, or more money"
        at.limit("per month", spent, self.monthly, PastLimit.PAY, remedy)
