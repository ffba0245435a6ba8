"""
What each upgrade buys: the system with a patch, then with the next one on top.

A phase changes fields; it does not multiply capacities. Its capacity is that of the
patched system — again a minimum over constraints — and its monthly cost is what the
patched system costs, so what a later phase keeps, replaces or drops follows from
the patch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.models.money.cost import cost_per_thousand_users
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, product, quotient, total, value_at
from planning.numbers.units import DAY
from planning.questions import frames
from planning.questions.assess import Assessment, Verdict, assess
from planning.questions.capacity import Capacity, capacity
from planning.system.patches import ladder_systems
from planning.system.phase import Phase
from planning.system.system import Cost, System

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class PhaseStep:
    """
    One step of the ladder.

    Attributes
    ----------
    name : str
        ``today``, then the phases' names.
    phase : Phase or None
        The patch; None for today.
    system : System
        The patched system.
    capacity : Capacity
        Its capacity by constraint.
    at_target : Assessment
        Its assessment at the target users.
    monthly : Node
        Its cost at its own capacity, or at the target where that is less. [USD/month]
    kept, added, replaced, dropped : tuple of str
        Costs by what the phase does with them.
    """

    name: str
    phase: Phase | None
    system: System
    capacity: Capacity
    at_target: Assessment
    monthly: Node
    kept: tuple[str, ...]
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]

    def __repr__(self) -> str:
        """Name and capacity in short."""
        return f"<{self.name}: {self.capacity!r}>"

    def to_frame(self) -> pd.DataFrame:
        """Return one row: what the phase holds and costs, computed beside claimed."""
        claimed = self.claimed_users, self.claimed_monthly
        return frames.table(
            [
                {
                    "phase": self.name,
                    "capacity": self.capacity.users,
                    "breaks_first": self.capacity.binding.id,
                    "monthly": self.monthly_stated,
                    "unit": "USD/month",
                    "one_off": self.one_off_stated,
                    "claimed_users": None if claimed[0] is None else value_at(claimed[0]),
                    "claimed_monthly": None if claimed[1] is None else value_at(claimed[1]),
                }
            ]
        )

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html

    @property
    def monthly_stated(self) -> float | None:
        """Its monthly cost; None where the system states no cost at all. [USD/month]"""
        return value_at(self.monthly) if self.at_target.monthly else None

    @property
    def one_off_stated(self) -> float | None:
        """What is paid once; None where nothing of it is stated. [USD]"""
        paid = value_at(self.one_off)
        return None if paid == 0 and "one-off cost" in self.not_stated else paid

    @property
    def holds_target(self) -> bool:
        """Whether it holds the target, and nothing severe or unknown stands beside that."""
        if self.at_target.verdict in (Verdict.FLAWED, Verdict.UNKNOWN):
            return False
        return self.capacity.users >= value_at(self.at_target.users)

    @property
    def users_billed(self) -> float:
        """Users the monthly cost is for: the capacity, at most the target. [user]"""
        return min(self.capacity.users, value_at(self.at_target.users))

    @property
    def one_off(self) -> Node:
        """What is paid once: the phase itself, and costs that start or change with it. [USD]"""
        once: dict[str, Node] = {}
        if self.phase is not None and self.phase.one_off is not None:
            once["the phase"] = self.phase.one_off
        if self.effort_cost is not None:
            once["the work"] = self.effort_cost
        for name in (*self.added, *self.replaced):
            price = self.system.costs[name].one_off
            if price is not None:
                once[name] = price
        return total("one-off cost", "USD", once)

    @property
    def not_stated(self) -> tuple[str, ...]:
        """What of the phase nobody stated: its one-off cost is at least what it says."""
        if self.phase is None:
            return ()
        named = {
            "one-off cost": self.phase.one_off,
            "effort": self.phase.effort,
            "lead time": self.phase.lead_time,
        }
        return tuple(label for label, value in named.items() if value is None)

    @property
    def effort_cost(self) -> Node | None:
        """What the work of the phase costs; None where no effort is stated. [USD]"""
        if self.phase is None or self.phase.effort is None:
            return None
        rate = self.system.day_rate
        per_second = asked(value_at(rate) / DAY, "USD/person/s", f"{rate} over a day")
        return product("price of the work", "USD", effort=self.phase.effort, rate=per_second)

    @property
    def duration(self) -> Node | None:
        """How long the people of the phase are at it; None where no effort is stated. [s]"""
        if self.phase is None or self.phase.effort is None:
            return None
        return quotient(
            "duration of the work", "s", effort=self.phase.effort, people=self.phase.people
        )

    @property
    def cost_per_thousand(self) -> Node:
        """Monthly cost per 1,000 users billed; infinite where money buys no capacity."""
        return _per_thousand(self.monthly, asked(self.users_billed, "user", "capacity or target"))

    @property
    def claimed_users(self) -> Estimate | None:
        """Users the document says this phase holds. [user]"""
        return self.phase.claim.users if self.phase and self.phase.claim else None

    @property
    def claimed_monthly(self) -> Estimate | None:
        """Monthly cost the document states. [USD/month]"""
        return self.phase.claim.monthly if self.phase and self.phase.claim else None

    @property
    def claimed_cost_per_thousand(self) -> Node | None:
        """Cost per 1,000 users by the document's own figures. [USD/month]"""
        if self.claimed_users is None or self.claimed_monthly is None:
            return None
        return _per_thousand(self.claimed_monthly, self.claimed_users)


def _per_thousand(monthly: Node, users: Node) -> Node:
    return derive(
        "cost per 1,000 users",
        "USD/month",
        cost_per_thousand_users,
        monthly_cost=monthly,
        users=users,
    )


def ladder(
    system: System,
    users: float | None = None,
    climbed: Sequence[tuple[str, System]] | None = None,
) -> list[PhaseStep]:
    """
    Climb all phases.

    Parameters
    ----------
    system : System
        As it is today.
    users : float, optional
        Users to assess each phase at; today's target by default. [user]
    climbed : sequence, optional
        The phases' systems, as from :func:`ladder_systems` or :func:`moved_systems`.

    Returns
    -------
    list of PhaseStep
        Today first.
    """
    climbed = list(ladder_systems(system)) if climbed is None else climbed
    # One target for all: a phase that plans for fewer users would look as if it held them.
    target = float(value_at(system.workload.target) if users is None else users)
    phases: list[Phase | None] = [None, *system.phases]
    befores = [system, *(patched for _, patched in climbed)]
    return [
        _step(name, phase, patched, before, target)
        for (name, patched), phase, before in zip(climbed, phases, befores, strict=False)
    ]


def _step(
    name: str, phase: Phase | None, system: System, before: System, target: float
) -> PhaseStep:
    found = capacity(system)
    billed = assess(system, min(found.users, target))
    then, now = before.costs, system.costs
    return PhaseStep(
        name=name,
        phase=phase,
        system=system,
        capacity=found,
        at_target=assess(system, target),
        monthly=billed.monthly_cost,
        kept=tuple(key for key in now if key in then and _same(then[key], now[key])),
        added=tuple(key for key in now if key not in then),
        replaced=tuple(key for key in now if key in then and not _same(then[key], now[key])),
        dropped=tuple(key for key in then if key not in now),
    )


def _same(then: Cost, now: Cost) -> bool:
    """Return whether two costs are the same; arrays of draws are compared number by number."""
    return all(_equal(getattr(then, name), getattr(now, name)) for name in type(now).model_fields)


def _equal(then: object, now: object) -> bool:
    if not isinstance(then, Estimate) or not isinstance(now, Estimate):
        return then == now
    rest = [replace(each, value=0.0, low=None, high=None) for each in (then, now)]
    ranges = (then.low, then.high) == (now.low, now.high)
    return ranges and rest[0] == rest[1] and np.array_equal(then.value, now.value)


def first_holding(steps: Sequence[PhaseStep]) -> PhaseStep | None:
    """Return the first phase that holds the target users, or None where none does."""
    return next((step for step in steps if step.holds_target), None)
