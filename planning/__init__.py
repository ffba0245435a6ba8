"""
Capacity planning: what runs out first as users grow, why, and what it costs.

Everything that can run out is a *constraint*: a load that grows with users, a
limit, and what happens past the limit. A *system* is a workload plus parts,
read from a YAML file; one function assesses it for one number of users, a sweep
of them or an array of draws alike::

    import planning

    system = planning.load_system("ten_thousand_users")
    result = planning.assess(system, users=10_000)
    print(result.binding.name, planning.capacity(system).users)

The names below are imported when they are first used, so that ``import planning``
stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.flow.constraint import Constraint
    from planning.flow.surge import Outcome
    from planning.numbers.estimate import Estimate, Kind
    from planning.page.live import live
    from planning.questions.assess import Assessment, Verdict, assess
    from planning.questions.capacity import Capacity, capacity
    from planning.questions.frames import to_frame
    from planning.questions.growth.demand import demand_by_month, with_growth
    from planning.questions.growth.lasting import Runway
    from planning.questions.growth.runway import runway
    from planning.questions.load import load_system, system_names
    from planning.questions.phases import PhaseStep, ladder
    from planning.questions.sampling import Sample, sample
    from planning.questions.surges import assess_event, event_matrix
    from planning.system.patches import phase_system
    from planning.system.system import System

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Capacity",
    "Constraint",
    "Estimate",
    "Kind",
    "Outcome",
    "PhaseStep",
    "Runway",
    "Sample",
    "System",
    "Verdict",
    "assess",
    "assess_event",
    "capacity",
    "demand_by_month",
    "event_matrix",
    "ladder",
    "live",
    "load_system",
    "phase_system",
    "runway",
    "sample",
    "system_names",
    "to_frame",
    "with_growth",
]

_ROOMS = {
    "numbers.estimate": ("Estimate", "Kind"),
    "flow.constraint": ("Constraint",),
    "flow.surge": ("Outcome",),
    "page.live": ("live",),
    "questions.assess": ("Assessment", "Verdict", "assess"),
    "questions.capacity": ("Capacity", "capacity"),
    "questions.frames": ("to_frame",),
    "questions.growth.demand": ("demand_by_month", "with_growth"),
    "questions.growth.lasting": ("Runway",),
    "questions.growth.runway": ("runway",),
    "questions.load": ("load_system", "system_names"),
    "questions.phases": ("PhaseStep", "ladder"),
    "questions.sampling": ("Sample", "sample"),
    "questions.surges": ("assess_event", "event_matrix"),
    "system.patches": ("phase_system",),
    "system.system": ("System",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planning' has no attribute {name!r}")
    return getattr(import_module(f"planning.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
