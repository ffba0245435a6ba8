"""Availability: what must all be up at once, how many copies of it there are, and the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from planning.flow.constraint import PastLimit
from planning.models.money import availability
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import asked, derive, product
from planning.numbers.quantities import Amount, Closed, Fraction, default, plain_names
from planning.numbers.units import MONTH
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station


class Component(Closed):
    """Something that can be down."""

    availability: Fraction = Field(description="Share of the time that one copy is up")
    copies: Annotated[Estimate, Amount("ratio", at_least=1.0, whole=True)] = default(
        1, "no failover", description="Copies, of which one is enough"
    )


class Availability(Part):
    """Downtime per month, against the promise."""

    order: ClassVar[int] = 80
    stands_alone: ClassVar[bool] = True
    kind: Literal["availability"]
    components: dict[str, Component] = Field(
        min_length=1, max_length=20, description="What must be up at the same time"
    )
    promised: Fraction = Field(description="Availability that is promised")

    @field_validator("components")
    @classmethod
    def _plain_names(cls, named: dict[str, Component]) -> dict[str, Component]:
        return plain_names(named)

    def rates(self, at: Station) -> None:
        """
        Compare the downtime to expect with the downtime allowed; users change neither.

        Source: Trivedi, Probability and Statistics, 2nd ed. 2016, series and parallel systems.
        """
        month = asked(MONTH, "s", "a month")
        up = product(
            "all up at once",
            "fraction",
            **{
                label: derive(
                    f"{label} up",
                    "fraction",
                    availability.redundant_availability,
                    availability=each.availability,
                    copies=each.copies,
                )
                for label, each in self.components.items()
            },
        )
        down, allowed = (
            derive(label, "s", availability.downtime, availability=share, period=month)
            for label, share in (("downtime per month", up), ("downtime allowed", self.promised))
        )
        remedy = "a second copy of what has one, or better components"
        at.limit("downtime", down, allowed, PastLimit.DEGRADE, remedy)
