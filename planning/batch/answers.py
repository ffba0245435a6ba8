"""
The numbers of a system's reports: what does not depend on the growth target is worked out once.

Reports at twenty growth targets share one file, one capacity of every constraint and one
matrix of events; only the assessment, the ladder's verdicts and the needs differ.
"""

from __future__ import annotations

import threading
from typing import Any

from planning import __version__
from planning.present.json_records import (
    assessment_record,
    events_record,
    phases_record,
    requirements_record,
)
from planning.present.report import inputs_hash
from planning.questions.assess import assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.library import Library
from planning.questions.load import load_system
from planning.questions.phases import ladder
from planning.questions.requirements import requirements
from planning.questions.surges import event_matrix
from planning.system.patches import ladder_systems
from planning.system.system import System

_Known = tuple[System, list[tuple[str, System]], Capacity, dict[str, Any]]


class Answers:
    """
    A system's answers at any growth target, for several threads.

    Parameters
    ----------
    system : str
        A shipped name or a file.
    library : Library
        What names and prices mean.
    name : str
        What the records call it.
    """

    def __init__(self, system: str, library: Library, name: str) -> None:
        self._system, self._library, self._name = system, library, name
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def at(self, users: float) -> dict[str, Any]:
        """
        Return the contents of ``result.json``.

        Parameters
        ----------
        users : float
            Growth target. [user]

        Raises
        ------
        FileError
            If the file cannot be used; each report says so, and so it is read again for each.
        """
        with self._lock:
            if self._known is None:
                self._known = self._shared()
        system, climbed, held, shared = self._known
        return {
            **assessment_record(assess(system, users), held, self._name),
            **shared,
            "phases": phases_record(ladder(system, users, climbed), self._name)["phases"],
            "requirements": requirements_record(requirements(system, users)),
        }

    def _shared(self) -> _Known:
        system = load_system(self._system, self._library)
        climbed = list(ladder_systems(system))
        shared = {
            "version": __version__,
            "inputs_hash": inputs_hash(system),
            "phases": [],  # here for its place in the file
            "events": events_record(event_matrix(system, climbed), self._name)["phases"],
        }
        return system, climbed, capacity(system), shared
