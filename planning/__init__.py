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
    from planning.assessment import Assessment, Verdict, assess
    from planning.edge import Capacity, capacity
    from planning.estimate import Estimate, Kind
    from planning.events import assess_event, event_matrix
    from planning.library import load_system, system_names
    from planning.parts.base import Constraint, Outcome
    from planning.patches import phase_system
    from planning.phases import PhaseStep, ladder
    from planning.system import System

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Capacity",
    "Constraint",
    "Estimate",
    "Kind",
    "Outcome",
    "PhaseStep",
    "System",
    "Verdict",
    "assess",
    "assess_event",
    "capacity",
    "event_matrix",
    "ladder",
    "load_system",
    "phase_system",
    "system_names",
]

_ROOMS = {
    "assessment": ("Assessment", "Verdict", "assess"),
    "edge": ("Capacity", "capacity"),
    "estimate": ("Estimate", "Kind"),
    "events": ("assess_event", "event_matrix"),
    "library": ("load_system", "system_names"),
    "parts.base": ("Constraint", "Outcome"),
    "patches": ("phase_system",),
    "phases": ("PhaseStep", "ladder"),
    "system": ("System",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planning' has no attribute {name!r}")
    return getattr(import_module(f"planning.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
