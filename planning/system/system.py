"""
A system: a workload, the parts it meets, what they cost, and the plans for growth.

This is what a file in ``data/systems/`` may say. Everything is frozen and closed:
a field that is not here is an error that names the nearest one. Nothing is
computed in this room; :mod:`planning.questions` does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Any, Literal

from numpy.typing import ArrayLike
from pydantic import Field, PrivateAttr, field_validator, model_validator

from planning.flow.graph import Graph
from planning.numbers.catalog import shipped_catalog
from planning.numbers.estimate import Estimate, Place
from planning.numbers.prices import PricePerUser
from planning.numbers.quantities import (
    Amount,
    Bytes,
    Closed,
    Cores,
    Dollars,
    DollarsPerMonth,
    Planned,
    PositiveFraction,
    PositiveSeconds,
    Users,
    WholeConnections,
    default,
    plain_names,
)
from planning.numbers.reading import Location
from planning.parts import AnyPart
from planning.system.earlier import renewed
from planning.system.growth import Growth
from planning.system.inputs import Input, allowed, inputs_below, with_input
from planning.system.phase import Claim, Phase, Upgrade
from planning.workload.workload import Workload

# Inputs that are the question: how many users there are, and how many there should be.
QUESTION = ("workload.users", "workload.target")


@dataclass(frozen=True)
class Origin:
    """
    The file a system comes from.

    Attributes
    ----------
    file : str
        Its name.
    lines : mapping
        Line on which each value starts, by its place in the file.
    folder : str
        Where it lies, and what it names beside itself; empty where it was read from no file.
    text : str
        What it says, to the last comment; empty where there is none.
    """

    file: str = ""
    lines: Mapping[Location, int] = field(default_factory=dict, repr=False)
    folder: str = field(default="", repr=False)
    text: str = field(default="", repr=False)

    def line_of(self, location: Location) -> int | None:
        """Return the line of a value that the file states itself; None for any other."""
        return self.lines.get(location)


class Cost(Planned):
    """Something that is paid for."""

    monthly: DollarsPerMonth | None = Field(default=None, description="Per month")
    one_off: Dollars | None = Field(default=None, description="Once, when it starts")
    per_user: PricePerUser | None = Field(
        default=None, description="Per concurrent user and month past the included ones"
    )
    included_users: Users = default(
        0, "none are included", description="Users without extra charge"
    )
    credit: DollarsPerMonth | None = Field(
        default=None, description="Taken off the monthly price, as far as it goes"
    )


class Surge(Closed):
    """What arrives at once. Give what the event is about; the rest stays away."""

    users: Annotated[Estimate, Amount("user")] | None = Field(
        default=None, description="Users who open the app in the same second"
    )
    broadcasters: Annotated[Estimate, Amount("person", whole=True)] | None = Field(
        default=None, description="Hosts who go live at once, each with `guests`"
    )
    activity: str | None = Field(
        default=None, description="What the users do at once; the heaviest activity if not given"
    )
    guests: Annotated[Estimate, Amount("person", whole=True)] | None = Field(
        default=None, description="Guests who ask for the stage of one room"
    )
    gifts: Annotated[Estimate, Amount("gift")] | None = Field(
        default=None, description="Gifts to one receiver in the same second"
    )
    viewers: Annotated[Estimate, Amount("viewer")] | None = Field(
        default=None, description="Viewers who watch"
    )
    duration: PositiveSeconds | None = Field(
        default=None, description="How long they watch, or how long users arrive"
    )
    rooms: Annotated[Estimate, Amount("room")] | None = Field(
        default=None, description="Rooms or events that go on at once, each with `room_size`"
    )
    room_size: Users | None = Field(
        default=None, description="People in each of them; in one if `rooms` is not given"
    )
    addresses: Annotated[Estimate, Amount("address", at_least=1.0)] | None = Field(
        default=None, description="Network addresses they come from: 1 for a venue"
    )
    arrival_rate: Annotated[Estimate, Amount("user/s")] | None = Field(
        default=None, description="Users who arrive per second, as in a load test"
    )
    stay: PositiveSeconds | None = Field(
        default=None, description="How long each of them stays; 10 min if not given"
    )
    already: Users | None = Field(
        default=None, description="Users who are there already, and go on with what they do"
    )
    messages: Annotated[Estimate, Amount("message/s")] | None = Field(
        default=None, description="Chat messages per second to a room of `viewers`"
    )
    publishers: Annotated[Estimate, Amount("person", whole=True)] | None = Field(
        default=None, description="Viewers who ask to publish"
    )
    history: Annotated[Estimate, Amount("row")] | None = Field(
        default=None, description="Rows that a ranking has to read"
    )

    @model_validator(mode="after")
    def _arriving(self) -> Surge:
        if self.arrival_rate is not None and self.duration is None:
            raise ValueError("`arrival_rate` needs `duration`: for how long do they come?")
        if self.arrival_rate is not None and self.users is not None:
            raise ValueError("give `users` or `arrival_rate`, one of the two.")
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if not given - {"activity", "duration", "stay", "addresses", "already"}:
            raise ValueError(
                "a surge needs what comes: users, arrival_rate, rooms, viewers, gifts, ..."
            )
        return self


class Event(Closed):
    """Everyone at once: a surge, with whatever is changed in the system for it."""

    name: str = Field(min_length=1, max_length=120, description="What people call it")
    surge: Surge = Field(description="What comes at once")
    changes: dict[str, Any] = Field(default_factory=dict, description="As in a phase")
    claim: Claim | None = Field(default=None, description="What the document says of it")


class Flaw(Closed):
    """Something wrong that no part can see: written by hand, put right by a phase."""

    severity: Literal["low", "medium", "high", "critical"] = Field(
        description="How bad it is: from `high` on the verdict is not HOLDS"
    )
    what: str = Field(min_length=1, max_length=400, description="What is wrong, what follows")
    remedy: str = Field(min_length=1, max_length=400, description="What to do")
    source: str = Field(default="", max_length=400, description="Who found it, where")


class Need(Closed):
    """One line of a document's gap table: what it says the target needs."""

    constraint: str = Field(description="Name of the constraint it speaks of")
    connections: WholeConnections | None = Field(default=None, description="Connections it says")
    cores: Cores | None = Field(default=None, description="Cores it says")
    memory: Bytes | None = Field(default=None, description="Memory it says")
    requests: Annotated[Estimate, Amount("request/s")] | None = Field(
        default=None, description="Requests per second it says"
    )

    def stated(self) -> Estimate | None:
        """Return the number it states, whichever resource it is about."""
        numbers = (self.connections, self.cores, self.memory, self.requests)
        return next((number for number in numbers if number is not None), None)


class Together(Closed):
    """Numbers that are high together (or one low where the other is high) when they are doubted."""

    inputs: list[str] = Field(
        min_length=2, max_length=40, description="Paths of inputs; every two of them depend"
    )
    rank_correlation: float = Field(
        gt=-1.0, lt=1.0, description="Spearman's: above 0 both are high, below 0 one or the other"
    )
    source: str = Field(default="", max_length=400, description="Why, or where it was measured")


class System(Closed):
    """The whole of a system file."""

    title: str = Field(min_length=1, max_length=120, description="Its name, for people")
    summary: str = Field(default="", max_length=4000, description="What it is, for people")
    document: str = Field(default="", max_length=200, description="The planning document behind it")
    warn_at: PositiveFraction = default(
        "80 %",
        "queues grow quickly past it",
        low="70 %",
        high="90 %",
        description="Utilisation from which a constraint is a warning",
    )
    critical_at: PositiveFraction = default(
        "95 %",
        "no room is left for a bad minute",
        low="90 %",
        high="98 %",
        description="Utilisation from which a constraint is critical",
    )
    day_rate: Annotated[Estimate, Amount("USD/person/day")] = default(
        "$600/person/day",
        "a developer's day with overheads; your own payroll says better",
        low="$200/person/day",
        high="$1200/person/day",
        description="Price of a person's day",
    )
    workload: Workload = Field(description="Who uses it, and how")
    parts: dict[str, AnyPart] = Field(
        min_length=1, max_length=40, description="What it is made of: a part of some kind by name"
    )
    costs: dict[str, Cost] = Field(
        default_factory=dict, max_length=100, description="What is paid for, beside the parts"
    )
    phases: list[Phase] = Field(
        default_factory=list, max_length=40, description="Upgrades, each on top of those before"
    )
    upgrades: list[Upgrade] = Field(
        default_factory=list,
        max_length=40,
        description="What could be bought, each by itself: `planning plan` finds the cheapest way",
    )
    events: list[Event] = Field(
        default_factory=list, max_length=200, description="Everyone at once: what is asked of it"
    )
    growth: Growth | None = Field(default=None, description="How the users grow, as far as known")
    prices: dict[str, Any] = Field(
        default_factory=dict,
        max_length=2000,
        description="Rows of the catalogue to replace by numbers of your own",
    )
    findings: dict[str, Flaw] = Field(
        default_factory=dict, max_length=100, description="What is wrong beyond the numbers"
    )
    needs: list[Need] = Field(default_factory=list, description="The document's gap table")
    together: list[Together] = Field(
        default_factory=list, max_length=100, description="Which doubts go together"
    )
    _advice: tuple[str, ...] = PrivateAttr(default=())
    _origin: Origin = PrivateAttr(default_factory=lambda: Origin())

    @classmethod
    def build(
        cls, data: Mapping[str, Any], origin: Origin | None = None, at: Location = ()
    ) -> System:
        """
        Validate plain data with the catalogue at hand; its ``prices`` go before the shipped rows.

        Parameters
        ----------
        data : mapping
            As a system file has it.
        origin : Origin, optional
            The file it comes from, with its lines.
        at : tuple, optional
            Place in that file of what is new in it: a phase's changes; the whole file by default.

        Raises
        ------
        CatalogError
            If a price is refused.
        pydantic.ValidationError
            If the data is no valid system.
        """
        data, advice = renewed(data)
        prices = data.get("prices")
        catalog = shipped_catalog().with_prices(prices if isinstance(prices, dict) else {})
        origin = origin or Origin()
        system = cls.model_validate(data, context={"file": origin.file, "catalog": catalog})
        system._advice = tuple(advice)
        system._origin = origin
        for path, (estimate, _) in system.inputs.items():
            place = tuple(int(step) if step.isdecimal() else step for step in path.split("."))
            line = origin.line_of((*at, *place))
            if line is None and "tiers" in place:  # of the catalogue: where the file names it
                line = origin.line_of((*at, *place[: place.index("tiers")]))
            estimate.put(Place(path, origin.file, line))
        return system

    @property
    def origin(self) -> Origin:
        """The file it was read from."""
        return self._origin

    @field_validator("parts", "costs", "findings")
    @classmethod
    def _plain_names(cls, named: dict[str, Any]) -> dict[str, Any]:
        return plain_names(named)

    @field_validator("phases")
    @classmethod
    def _one_phase_of_a_name(cls, phases: list[Phase]) -> list[Phase]:
        names = ["today", *(phase.name for phase in phases)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two phases are called {twice!r}; 'today' is one already.")
        return phases

    @model_validator(mode="after")
    def _upgrades_name_each_other(self) -> System:
        names = [each.name for each in self.upgrades]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two upgrades are called {twice!r}.")
        for each in self.upgrades:
            for other in (*each.after, *each.excludes):
                if other == each.name:
                    what = "comes after" if other in each.after else "excludes"
                    raise ValueError(f"upgrade {other[:60]!r} {what} itself.")
                if other not in names:
                    near = get_close_matches(other, names, n=1)
                    hint = f"did you mean {near[0]!r}?" if near else "there is none of that name."
                    raise ValueError(
                        f"upgrade {each.name[:60]!r} comes after or excludes {other[:60]!r}; {hint}"
                    )
        return self

    def __repr__(self) -> str:
        """Title and size in short; `inputs` lists every number."""
        parts = f"{len(self.parts)} parts, {len(self.phases)} phases, {len(self.events)} events"
        return f"<System {self.title!r}: {parts}>"

    @cached_property
    def graph(self) -> Graph:
        """The ways between its parts."""
        return Graph(self.parts)

    @property
    def advice(self) -> tuple[str, ...]:
        """What its file says in an earlier way, and how it is written now."""
        return self._advice

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """Every number of workload, parts and costs by path, with its field."""
        return dict(inputs_below(self, ()))

    def at(self, values: Mapping[str, ArrayLike], note: str | None = "set by hand") -> System:
        """
        Return the system with some inputs moved to other values.

        Parameters
        ----------
        values : mapping of str to array_like
            Path of an input (as in :attr:`inputs`) to its new value: a number or an array of
            draws in base units, or text with a unit such as ``"8 cores"``. [the input's unit]
        note : str, optional
            Why, for the trace.

        Raises
        ------
        ValueError
            If a path names no input, or a value is outside what its field allows; the message
            says path, value and rule.
        """
        moved: System = self
        for path, value in values.items():
            if path not in self.inputs:
                near = get_close_matches(path, list(self.inputs), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "see System.inputs."
                raise ValueError(f"{path[:80]!r} is not an input of {self.title!r}; {hint}")
            estimate = self.inputs[path].estimate
            number = allowed(path, estimate, value)
            moved = with_input(moved, tuple(path.split(".")), estimate.at(number, note))
        return moved
