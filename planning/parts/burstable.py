"""
CPU credits: an instance that is sold with a share of its cores, and may save what it leaves.

A burstable instance earns credits at its baseline and spends one for each minute that a core is
busy. Past the baseline it lives on what it has saved; then it is throttled to the baseline, or
pays for the surplus where its mode is unlimited::

    cores busy
      2.0 ┤   ┌───────────┐             needs (2.0 − 0.6) × 4 h = 5.6 core hours of credits
      0.6 ┤───┘ - - - - - └──────       baseline: 30 % of 2 cores, earned all the time
          └───────────────────────> time

One credit is a core minute: ``credits: 288 core min``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    difference,
    least,
    product,
    quotient,
    rounded_up,
)
from planning.numbers.quantities import Amount, PositiveFraction, PositiveSeconds, default
from planning.numbers.units import HOUR, MONTH
from planning.parts.base import Part
from planning.workload.crowd import SECOND

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_DOCS = (
    "Amazon EC2 user guide, key concepts for burstable performance instances: T3 and T4g start "
    "with no credits, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
    "burstable-credits-baseline-concepts.html"
)
_MONTH = asked(MONTH / HOUR, "h", "a month")
_ALL = asked(1.0, "ratio", "all of it")
_FIELDS = ("credits", "peak_lasts", "surplus_price")
_REMEDY = "an instance that is not burstable, a larger one, or unlimited mode"


class Burstable(Part):
    """What a file may say of the CPU credits of a part's instances."""

    baseline: PositiveFraction | None = Field(
        default=None,
        description="Share of its cores that a burstable instance may use for ever; none: all",
    )
    credits: Annotated[Estimate, Amount("core*s")] = default(
        "0 core min", _DOCS, kind=Kind.VENDOR,
        description="CPU credits of all hosts, or of one replica, when the peak begins: at most "
        "what is earned in a day",
    )  # fmt: skip
    peak_lasts: PositiveSeconds = default(
        "1 h", "as long as a peak lasts", low="10 min", high="8 h",
        description="Time for which the peak lives on saved credits",
    )  # fmt: skip
    surplus_price: Annotated[Estimate, Amount("USD/core/h")] | None = Field(
        default=None,
        description="Price of a core hour past the baseline (unlimited mode); none: throttled",
    )

    @model_validator(mode="after")
    def _credits_of_a_baseline(self) -> Self:
        stated = [name for name in _FIELDS if name in self.model_fields_set]
        if self.baseline is None and stated:
            raise ValueError(
                f"`{stated[0]}` needs `baseline`: credits are earned at it and spent past it."
            )
        return self

    def idle_fields(self) -> frozenset[str]:
        """Credits mean nothing where no baseline is stated; a balance is free in unlimited mode."""
        if self.baseline is None:
            return super().idle_fields() | set(_FIELDS)
        unused = set() if self.surplus_price is None else {"credits", "peak_lasts"}
        return super().idle_fields() | unused

    def limit_credits(self, at: Station, busy: Node, cores: Node, balance: Node) -> None:
        """
        Limit the CPU credits that the peak spends, and the mean load that earns them back.

        Past either the instance is throttled to its baseline: the service is worse. In unlimited
        mode there is no such limit, and what the mean is above the baseline is charged. Response
        times are those of an instance that still has credits. Nothing without a baseline. Source:
        Amazon EC2 user guide, see the fields.

        Parameters
        ----------
        at : Station
            Where.
        busy : Node
            Cores busy at the peak, or with the crowd. [core]
        cores : Node
            All cores. [core]
        balance : Node
            Credits of all instances when the peak begins. [core*s]
        """
        if self.baseline is None:
            return
        earned = product("cores at the baseline", "core", cores=cores, share=self.baseline)
        mean = quotient("cores busy on the mean", "core", at_the_peak=busy,
                        peak_to_mean=at.workload.peak_to_mean)  # fmt: skip
        if self.surplus_price is not None:
            if at.crowd is None:
                over = difference("cores past the baseline", "core", mean=mean, earned=earned)
                at.monthly[f"{at.name} surplus credits"] = product(
                    "price of surplus credits", "USD/month", cores=over, month=_MONTH,
                    price=self.surplus_price,
                )  # fmt: skip
            return
        over = difference("cores past the baseline", "core", busy=busy, earned=earned)
        lasting: Node = self.peak_lasts
        if at.crowd is not None:
            lasting = at.crowd.over or SECOND
        spent = product("credits that the peak spends", "core*s", cores=over, time=lasting)
        at.limit("cpu credits", spent, balance, PastLimit.DEGRADE, _REMEDY, needed=spent)
        if at.crowd is not None:
            return
        at.tell(
            quotient("time until the credits are spent", "s", credits=balance, per_second=over),
            least("share served when they are spent", "ratio", all_of_it=_ALL,
                  rest=quotient("baseline of the load", "ratio", baseline=earned, busy=busy)),
        )  # fmt: skip
        at.limit(
            "cpu on the mean", mean, earned, PastLimit.DEGRADE, _REMEDY,
            needed=rounded_up("cores needed", "core", wanted=quotient(
                "cores wanted", "core", mean=mean, baseline=self.baseline)),
        )  # fmt: skip

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find an instance that costs nothing but its surplus."""
        yield from super().findings(name, workload)
        if self.surplus_price is not None and self.plan is None and self.paid_by is None:
            yield Finding(
                name, Severity.MEDIUM,
                "its surplus credits have a price and the instance has none: below its baseline "
                "it seems free",
                "name a `plan`, or say in `paid_by` which of the `costs` it is part of",
            )  # fmt: skip
