"""
What a dashboard shows at one moment: a system, a phase, a number of users.

Each view asks for what it needs, and what two views need is computed once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from planning.numbers.nodes import value_at
from planning.present.growth_asked import PREFIX, growth_asked
from planning.questions.assess import Assessment, assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.drawn_events import DrawnEvent, drawn_events
from planning.questions.growth.lasting import Runway
from planning.questions.growth.outlook import Outlook, outlook_of
from planning.questions.growth.runway import runway
from planning.questions.phase_chances import PhaseChances, phase_chances
from planning.questions.phases import PhaseStep, ladder
from planning.questions.requirements import Requirement, requirements
from planning.questions.sampling import Sample, sample
from planning.questions.sensitivity import Influence, Swing, influences, tornado
from planning.questions.surges import EventResult, event_matrix
from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.plan import plan
from planning.questions.upgrades.schedule import Schedule
from planning.system.patches import ladder_systems, moved_systems, phase_number, phase_system
from planning.system.system import System

# Few enough to follow a slider; the command draws more.
_DRAWS, _BASE_DRAWS, _PASSING_DRAWS = 2_000, 128, 200
_EVENT_DRAWS, _PHASE_DRAWS, _SEED = 300, 500, 0
# A schedule: its months, and the month from which the users asked about are there.
_MONTHS, _REACHED = 24, 12


@dataclass(frozen=True)
class State:
    """
    One position of all sliders.

    Attributes
    ----------
    name : str
        Name of the system, as in links and file names.
    source : str
        What it was loaded from: a shipped name, or a file.
    base : System
        The system of today, as read.
    phase : str
        Number of the phase, ``0`` for today.
    users : float
        Users asked about. [user]
    moved : mapping
        Inputs set by hand: path to value in base units.
    dropped : tuple of str
        Inputs that were set by hand and that the chosen phase sets itself, or has not.
    today : date or None
        The day from which growth is counted, where the file names none.
    """

    name: str
    source: str
    base: System
    phase: str = "0"
    users: float = 1000.0
    moved: Mapping[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    today: dt.date | None = None

    def at(self, users: float, moved: Mapping[str, float]) -> State:
        """Return the state with other users and other moves; the patched system is kept."""
        state = replace(self, users=users, moved=dict(moved))
        state.__dict__["patched"] = self.patched
        state.__dict__["unmoved"] = self.unmoved
        if "outlook" in self.__dict__:  # a history is the same wherever sliders are
            state.__dict__["outlook"] = self.outlook
        if state.moved == self.moved:  # the capacity does not depend on how many are asked about
            known = {"swings", "influences"} & self.__dict__.keys()
            state.__dict__.update({name: self.__dict__[name] for name in known})
        return state

    def at_phase(self, phase: str) -> State:
        """
        Return the state after another phase.

        What was set by hand stays, where the phase has the input as it was; what it has not, or
        sets itself, is told in ``dropped``.
        """
        before, after = self.patched.inputs, phase_system(self.base, phase).inputs
        kept = {
            path: value
            for path, value in self.moved.items()
            if path.startswith(PREFIX)
            or (path in after and path in before and after[path][0] == before[path][0])
        }
        dropped = tuple(path for path in self.moved if path not in kept)
        return replace(self, phase=phase, moved=kept, dropped=dropped)

    @property
    def phase_name(self) -> str:
        """``today`` or the phase's name."""
        number = phase_number(self.base, self.phase)
        return self.base.phases[number - 1].name if number else "today"

    @cached_property
    def patched(self) -> System:
        """The system after the phase, before anything is set by hand."""
        return phase_system(self.base, self.phase)

    @cached_property
    def system(self) -> System:
        """The system that is assessed: after the phase, with the sliders' values."""
        known = {path: value for path, value in self.moved.items() if path in self.patched.inputs}
        return self.patched.at(known) if known else self.patched

    @cached_property
    def unmoved(self) -> list[tuple[str, System]]:
        """The phases' systems before anything is set by hand."""
        return list(ladder_systems(self.base))

    @cached_property
    def climbed(self) -> list[tuple[str, System]]:
        """The phases' systems, with the sliders' values from the chosen phase on."""
        return moved_systems(self.base, self.phase, self.moved, self.unmoved)

    @cached_property
    def result(self) -> Assessment:
        """Assessment at the users asked about."""
        return assess(self.system, self.users)

    @cached_property
    def edge(self) -> Capacity:
        """Capacity of every constraint."""
        return capacity(self.system)

    @cached_property
    def steps(self) -> list[PhaseStep]:
        """All phases at the users asked about."""
        return ladder(self.base, self.users, self.climbed)

    @cached_property
    def events(self) -> dict[str, list[EventResult]]:
        """Events by phase."""
        return event_matrix(self.base, self.climbed)

    @cached_property
    def needs(self) -> list[Requirement]:
        """What the users asked about need, resource by resource."""
        return requirements(self.system, self.users)

    @cached_property
    def sample(self) -> Sample:
        """Draws of what is doubted; what is set by hand is taken as known."""
        return sample(self.system, _DRAWS, _SEED, self.users)

    @cached_property
    def surges(self) -> list[DrawnEvent]:
        """What each event does over draws, in the chosen phase with the sliders' values."""
        climbed = [(self.phase_name, self.system)]
        return drawn_events(self.base, _EVENT_DRAWS, _SEED, climbed)[self.phase_name]

    @cached_property
    def chances(self) -> PhaseChances:
        """How surely each phase holds the users asked about, all over the same draws."""
        return phase_chances(self.base, _PHASE_DRAWS, _SEED, self.users, self.climbed)

    @cached_property
    def swings(self) -> tuple[Swing, ...]:
        """What each doubted input alone does to the capacity."""
        return tornado(self.system)

    @cached_property
    def outlook(self) -> Outlook | None:
        """What the history beside the file says; None without one."""
        return outlook_of(self.base)

    @cached_property
    def runway(self) -> Runway:
        """When each limit runs out, as users grow by what the file or the sliders say."""
        asked = growth_asked(self.climbed[0][1], self.moved, self.today)
        return runway(
            asked.system,
            start=asked.start,
            headroom=asked.headroom,
            known=self.outlook,
            draws=_PASSING_DRAWS,
            seed=_SEED,
            ladder=[("today", asked.system), *self.climbed[1:]],
        )

    @cached_property
    def schedule(self) -> Schedule:
        """When to buy which of the file's upgrades, to hold the users asked about in a year."""
        now = value_at(self.base.workload.users)
        start = dt.date.today() if self.today is None else self.today
        demand = ramp(start, now, max(self.users, 1.0), _MONTHS, _REACHED)
        return plan(self.base, demand, sizes=False)

    @cached_property
    def influences(self) -> tuple[Influence, ...]:
        """What to measure first."""
        return influences(self.system, _BASE_DRAWS, _SEED)


def start_users(system: System) -> float:
    """Return the users a dashboard opens at: the target. [user]"""
    return value_at(system.workload.target)
