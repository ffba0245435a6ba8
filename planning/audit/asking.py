"""
Questions of a claim, put to a system: one place where an audit meets the models.

An audit has one :class:`Questions`; what a question may take is in :mod:`planning.audit.taking`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from planning.audit.statements import Ask
from planning.audit.taking import Answer, Results, input_at, of_flow, taken
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.numbers.units import parse
from planning.questions.assess import Assessment, assess
from planning.questions.load import load_system
from planning.system.patches import apply_changes, phase_system
from planning.system.system import System

# Where nothing is there the used share is infinite; solving needs a number.
_FULLEST = 1e12


class Questions:
    """
    The questions of one audit.

    Systems are loaded once and results made once for all of them; both live as long as the audit
    and are no input of the next one.
    """

    def __init__(self) -> None:
        self._results = Results()
        self._loaded: dict[str, System] = {}
        self._systems: dict[tuple[str, str | int | None, str], System] = {}

    def _asked(self, ask: Ask, system: str | None) -> System:
        """Return the system that a question is put to, in its phase and with its changes."""
        name = ask.system or system
        if name is None:
            raise ValueError("a question needs a system: name it in the question or in the file.")
        key = (name, ask.phase, json.dumps(ask.changes, sort_keys=True))
        if key not in self._systems:
            if name not in self._loaded:
                self._loaded[name] = load_system(name)
            found = phase_system(self._loaded[name], ask.phase)
            self._systems[key] = apply_changes(found, ask.changes) if ask.changes else found
        return self._systems[key]

    def answer(
        self,
        ask: Ask,
        system: str | None,
        moved: Mapping[str, ArrayLike] | None = None,
    ) -> Answer:
        """
        Put a question to a system.

        Parameters
        ----------
        ask : Ask
            The question.
        system : str, optional
            Name of the system, where the question names none.
        moved : mapping, optional
            Inputs to set, path to value or draws in base units; for solving. [the input's unit]

        Raises
        ------
        ValueError
            If the question cannot be put: no such system, phase, event, constraint or input.
        """
        return taken(self._results, *self._prepared(ask, system, moved), ask.take)

    def _prepared(
        self, ask: Ask, system: str | None, moved: Mapping[str, ArrayLike] | None
    ) -> tuple[System, float]:
        """Return the system a question is put to, and the users it is asked about."""
        asked = self._asked(ask, system)
        values: dict[str, ArrayLike] = {
            path: parse(text, input_at(asked, path).unit) for path, text in ask.given.items()
        }
        values |= moved or {}
        if values:
            asked = asked.at(values, "as the claim has it")
        users = value_at(asked.workload.target)
        if ask.users is not None:
            users = parse(ask.users, "user")
        return asked, users

    def input_of(self, ask: Ask, system: str | None, path: str) -> Estimate:
        """Return an input of the system that a question is put to, with its range and source."""
        return input_at(self._asked(ask, system), path)

    def swept(self, ask: Ask, system: str | None, path: str, values: Array) -> Array:
        """
        Put a question to a system for many values of one input.

        Parameters
        ----------
        ask, system
            As for :func:`answer`.
        path : str
            The input.
        values : ndarray
            Its values. [the input's unit]

        Returns
        -------
        ndarray
            The answers; NaN where a value is refused. Loads, limits and costs of all values are one
            assessment; a capacity is searched value by value.
        """
        if _verb(ask) in {"load", "limit", "used", "requests", "queries", "traffic", "monthly"}:
            try:
                result = assess(*self._prepared(ask, system, {path: values}))
                return np.broadcast_to(_node(result, ask.take), values.shape)
            except ValueError:
                pass  # one value spoils them all: ask one by one
        return np.array([self._one(ask, system, path, float(value)) for value in values])

    def room_left(
        self, ask: Ask, system: str | None, path: str, values: Array, users: float
    ) -> Array:
        """
        Return 1 less the used share at a number of users, for many values of one input.

        A capacity is above a number of users just where nothing is full at that number, so a
        question for a capacity is solved without searching for capacities.

        Parameters
        ----------
        ask, system, path, values
            As for :func:`swept`, with a question for ``capacity`` or ``capacity of CONSTRAINT``.
        users : float
            The capacity that is claimed. [user]

        Returns
        -------
        ndarray
            Positive where there is room, NaN where a value is refused. [fraction]
        """
        try:
            asked, _ = self._prepared(ask, system, {path: values})
            result = assess(asked, users)
        except ValueError:
            if values.size == 1:
                return np.array([math.nan])
            each = [
                self.room_left(ask, system, path, values[i : i + 1], users)
                for i in range(values.size)
            ]
            return np.concatenate(each)
        name = ask.take.removeprefix("capacity").removeprefix(" of ").strip()
        used = result.of(name).utilisation if name else result.utilisation.max(axis=0)
        return np.broadcast_to(1.0 - np.minimum(used, _FULLEST), values.shape)

    def _one(self, ask: Ask, system: str | None, path: str, value: float) -> float:
        try:
            found = self.answer(ask, system, {path: value}).value
        except ValueError:
            return math.nan
        return math.nan if isinstance(found, str) else float(found)


def _verb(ask: Ask) -> str:
    return ask.take.strip().partition(" ")[0]


def asks_for_capacity(ask: Ask) -> bool:
    """Return whether a question is for a number of users that something holds."""
    return _verb(ask) == "capacity"


def _node(result: Assessment, take: str) -> Array:
    """Return all values of what a question takes from one assessment."""
    verb, _, rest = take.strip().partition(" ")
    name = rest.removeprefix("of ").strip()
    if verb not in {"load", "limit", "used"}:
        return np.asarray(of_flow(result, verb, name).value, dtype=float)
    item = result.of(name)
    if verb == "used":
        return item.utilisation
    return np.asarray((item.load if verb == "load" else item.limit).value, dtype=float)
