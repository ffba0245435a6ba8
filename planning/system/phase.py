"""
Upgrades: named patches with what they cost, how long they take and what the document says.

A phase stands on top of the phases before it; an upgrade stands by itself, and says what
must be there before and what it shuts out.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from planning.numbers.estimate import Estimate
from planning.numbers.quantities import (
    Amount,
    Closed,
    Dollars,
    DollarsPerMonth,
    Seconds,
    Users,
    default,
)


class Claim(Closed):
    """What the planning document says, to be shown beside what is computed."""

    users: Users | None = Field(default=None, description="Users it is said to hold")
    monthly: DollarsPerMonth | None = Field(default=None, description="Monthly cost it states")
    verdict: str | None = Field(default=None, description="Verdict it states for an event")


class Phase(Closed):
    """An upgrade: a named patch on the system, on top of the phases before it."""

    name: str = Field(min_length=1, max_length=120, description="What people call it")
    why: str = Field(default="", max_length=2000, description="What it is for")
    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="Fields to change, nested as in the system; null removes a part or a cost",
    )
    one_off: Dollars | None = Field(default=None, description="Paid once, besides the work")
    lead_time: Seconds | None = Field(default=None, description="From decision to effect")
    effort: Annotated[Estimate, Amount("person*s")] | None = Field(
        default=None, description="Work it takes, in days of one person"
    )
    people: Annotated[Estimate, Amount("person", at_least=1.0)] = default(
        1, "one does it", description="People who work on it"
    )
    claim: Claim | None = Field(default=None, description="What the document says of it")


class Upgrade(Phase):
    """Something that could be bought or built: a named patch that stands by itself."""

    after: list[str] = Field(
        default_factory=list,
        max_length=40,
        description="Upgrades that must be in effect before it, by name",
    )
    excludes: list[str] = Field(
        default_factory=list,
        max_length=40,
        description="Upgrades that it cannot be together with, by name",
    )
