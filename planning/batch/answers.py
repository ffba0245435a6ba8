"""
The numbers of a system's reports: what does not depend on the growth target is worked out once.

Reports at twenty growth targets share one file, one capacity of every constraint and one
matrix of events; only the assessment, the ladder's verdicts and the needs differ.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from planning import __version__
from planning.batch.beside import asked_system
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
from planning.questions.phases import ladder
from planning.questions.requirements import requirements
from planning.questions.surges import event_matrix
from planning.system.patches import ladder_systems
from planning.system.system import System

_Known = tuple[System, list[str], list[tuple[str, System]], Capacity, dict[str, Any]]


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
    settings : mapping of str to str
        Inputs set to other values than the file has, by path.
    """

    def __init__(
        self, system: str, library: Library, name: str, settings: Mapping[str, str]
    ) -> None:
        self._asked, self._name = (system, library, settings), name
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
        system, _, climbed, held, shared = self._worked_out()
        return {
            **assessment_record(assess(system, users), held, self._name),
            **shared,
            "phases": phases_record(ladder(system, users, climbed), self._name)["phases"],
            "requirements": requirements_record(requirements(system, users)),
        }

    @property
    def changed(self) -> list[str]:
        """What differs from the file, in words."""
        return self._worked_out()[1]

    @property
    def altered(self) -> System | None:
        """The system where it differs from its file; None where it does not."""
        system, changed, *_ = self._worked_out()
        return system if changed else None

    def _worked_out(self) -> _Known:
        with self._lock:
            if self._known is None:
                self._known = self._shared()
            return self._known

    def _shared(self) -> _Known:
        system, changed = asked_system(*self._asked)
        climbed = list(ladder_systems(system))
        shared = {
            "version": __version__,
            "inputs_hash": inputs_hash(system),
            "changed_from_file": changed,
            "phases": [],  # here for its place in the file
            "events": events_record(event_matrix(system, climbed), self._name)["phases"],
        }
        return system, changed, climbed, capacity(system), shared
