"""
What a surge does, asked of many draws: served how far, and STABLE in how many of them.

An event is the same crowd through the same parts; here its inputs, and the ranges of the surge
itself, are draws::

    draws of the system in the event ──> outcome at each limit ──> verdict, share served, per draw

Every draw is counted. One that a formula refuses has no verdict, and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.flow.surge import Outcome
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array
from planning.numbers.program import Program
from planning.questions import frames
from planning.questions.breaking import Share
from planning.questions.doubts import doubts
from planning.questions.drawn import CHUNK, MOST_REFUSED
from planning.questions.shared_draws import SharedDraws
from planning.questions.surges import EventResult, SurgeVerdict, assess_event
from planning.system.patches import apply_changes, ladder_systems
from planning.system.system import Event, Surge, System

if TYPE_CHECKING:
    import pandas as pd

REFUSED = -1
# What a limit did not serve, by what its outcome calls it.
_LOST = ("share failed", "share refused")


@dataclass(frozen=True, eq=False, repr=False)
class DrawnEvent:
    """
    What an event does over draws.

    Attributes
    ----------
    point : EventResult
        With the stated numbers.
    verdicts : ndarray of int
        A :class:`~planning.flow.constraint.SurgeVerdict` per draw; ``REFUSED`` where a formula
        refuses the draw.
    served : ndarray
        Share of the crowd that the limit which serves least lets through, per draw; NaN where a
        formula refuses it, or part of the event is not modelled. [fraction]
    decides : tuple of Share
        Which limit brings the verdict in what share of the draws, the most frequent first; draws in
        which all is STABLE have none.
    doubted : mapping of str to Estimate
        What was drawn, by path.
    refused : mapping of int to str
        Why a formula refuses a draw, by its index.
    """

    point: EventResult
    verdicts: NDArray[np.int8]
    served: Array
    decides: tuple[Share, ...]
    doubted: Mapping[str, Estimate]
    refused: Mapping[int, str]

    def __repr__(self) -> str:
        """Name and shares in short."""
        return f"<{self.event.name}: {self.shares}>"

    @property
    def event(self) -> Event:
        """What happened."""
        return self.point.event

    @property
    def count(self) -> int:
        """Draws, those that a formula refuses among them."""
        return self.verdicts.size

    @property
    def shares(self) -> dict[str, float]:
        """Share of the draws per verdict that occurs, from harmless to fatal; adds up to 1."""
        names = {int(each): each.name for each in SurgeVerdict} | {REFUSED: "refused"}
        found = {name: float(np.mean(self.verdicts == each)) for each, name in names.items()}
        return {name: share for name, share in found.items() if share > 0}

    @property
    def stable(self) -> float:
        """Share of the draws in which all are served at once. [fraction]"""
        return float(np.mean(self.verdicts == int(SurgeVerdict.STABLE)))

    def served_at(self, share: ArrayLike) -> Array:
        """
        Return what is served at most in a share of the draws: 0.1 gives the careful answer.

        NaN where no draw has an answer. [fraction]
        """
        known = self.served[~np.isnan(self.served)]
        if not known.size:
            return np.full(np.shape(share), np.nan)
        return np.asarray(np.quantile(known, np.asarray(share, float), method="lower"))

    def to_frame(self) -> pd.DataFrame:
        """Return a row per draw: its verdict, and the share that is served."""
        names = {int(each): each.name for each in SurgeVerdict} | {REFUSED: "refused"}
        return frames.table_of(
            {
                "event": [self.event.name] * self.count,
                "draw": np.arange(self.count),
                "verdict": [names[int(each)] for each in self.verdicts],
                "served": self.served,
            }
        )

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html


def drawn_event(system: System, event: Event, draws: SharedDraws) -> DrawnEvent:
    """
    Assess one event over draws of everything that is doubted.

    Parameters
    ----------
    system : System
        With single numbers as inputs, perhaps of a phase.
    event : Event
        Its surge, whose ranges are drawn as well, and what it changes.
    draws : SharedDraws
        Made once for all events and phases that are compared.

    Raises
    ------
    ValueError
        If a range has no distribution, or very many draws make no system.
    """
    changed = apply_changes(system, event.changes) if event.changes else system
    calm = event.model_copy(update={"changes": {}})
    point = assess_event(changed, calm)
    doubted = _doubted(changed, calm, point)
    values = draws.of(changed, doubted)
    asked = _Asked(changed, calm, values, draws.count)
    for start in range(0, draws.count, CHUNK):
        asked.ask(np.arange(start, min(start + CHUNK, draws.count)))
    found = replace(point, event=event)
    return DrawnEvent(
        found, asked.verdicts, asked.served, asked.decides(), doubted, asked.refused
    )  # fmt: skip


def drawn_events(
    system: System,
    n: int = 1_000,
    seed: int = 0,
    climbed: Iterable[tuple[str, System]] | None = None,
) -> dict[str, list[DrawnEvent]]:
    """
    Assess every event over the same draws, today and after each phase.

    Parameters
    ----------
    system : System
        As it is today.
    n : int
        Draws. [draw]
    seed : int
        At least 0; the same seed gives the same answer.
    climbed : iterable, optional
        The phases' systems, as from :func:`planning.system.patches.moved_systems`.

    Returns
    -------
    dict
        Results in the order of the events, by the phase's name.

    Examples
    --------
    >>> import planning
    >>> today = drawn_events(planning.load_system("live_stream_limits"), n=200)["today"]
    >>> stage = today[2]
    >>> stage.event.name, list(stage.shares)
    ('One streamer, 6 guests', ['STABLE', 'DEGRADED'])
    """
    draws = SharedDraws(n, seed)
    return {
        name: [drawn_event(patched, event, draws) for event in system.events]
        for name, patched in (ladder_systems(system) if climbed is None else climbed)
    }


def _doubted(system: System, event: Event, point: EventResult) -> dict[str, Estimate]:
    """Return the inputs with ranges that the event's outcomes depend on, the surge's among them."""
    surge = {
        f"events.{event.name}.surge.{name}": each
        for name in type(event.surge).model_fields
        if isinstance(each := getattr(event.surge, name), Estimate) and each.doubted
    }
    named = doubts(system) | surge
    nodes = [
        node
        for each in point.outcomes
        for node in (each.constraint.load, each.constraint.limit, *each.numbers.values())
    ]
    # How late is late decides as well, and is no node of an outcome.
    used = Program([*nodes, system.workload.lag_after], named).inputs
    return {path: each for path, each in named.items() if path in used}


class _Asked:
    """The draws of one event, asked in pieces; those that no formula takes are found by halving."""

    def __init__(
        self, system: System, event: Event, values: Mapping[str, Array], count: int
    ) -> None:
        self._system, self._event, self._values = system, event, values
        self.verdicts = np.full(count, REFUSED, np.int8)
        self.served = np.full(count, np.nan)
        self.refused: dict[int, str] = {}
        self._deciding: dict[str, tuple[str, int]] = {}

    def ask(self, some: NDArray[np.intp]) -> None:
        try:
            found = self._assessed(some)
        except ValueError as error:
            if some.size > 1:
                self.ask(some[: some.size // 2])
                self.ask(some[some.size // 2 :])
                return
            if len(self.refused) >= MOST_REFUSED:
                raise ValueError(
                    f"more than {MOST_REFUSED} draws make no system in {self._event.name!r}, the "
                    f"last because {error} Narrow the ranges of what it names."
                ) from None
            self.refused[int(some[0])] = str(error)
            return
        self.verdicts[some] = found.verdicts
        if not found.unknown:
            self.served[some] = _served(found.outcomes, some.size)
        self._count(found.outcomes, some.size)

    def _assessed(self, some: NDArray[np.intp]) -> EventResult:
        """Return the event of some draws as one event of arrays."""
        moved = {path: values[some] for path, values in self._values.items()}
        inputs = {path: each for path, each in moved.items() if path in self._system.inputs}
        surge = self._event.surge
        numbers = {path.rpartition(".")[2]: each for path, each in moved.items()
                   if path not in inputs}  # fmt: skip
        event = self._event.model_copy(update={"surge": _moved(surge, numbers)})
        return assess_event(self._system.at(inputs, note=None), event)

    def _count(self, outcomes: tuple[Outcome, ...], size: int) -> None:
        """Count the draws in which a limit has the worst verdict, the first of several in a tie."""
        if not outcomes:
            return
        rows = np.stack([np.broadcast_to(each.verdicts, (size,)) for each in outcomes])
        worst = rows.argmax(axis=0)
        hit = rows.max(axis=0) > int(SurgeVerdict.STABLE)
        for index, each in enumerate(outcomes):
            many = int(np.sum(hit & (worst == index)))
            before = self._deciding.get(each.constraint.id, ("", 0))[1]
            self._deciding[each.constraint.id] = each.constraint.name, before + many

    def decides(self) -> tuple[Share, ...]:
        """Return which limit decides in what share of all draws."""
        found = [
            Share(name, key, many / self.verdicts.size)
            for key, (name, many) in self._deciding.items()
            if many
        ]
        return tuple(sorted(found, key=lambda each: -each.share))


def _moved(surge: Surge, numbers: Mapping[str, Array]) -> Surge:
    """Return a surge with draws in place of some of its numbers."""
    return surge.model_copy(
        update={name: getattr(surge, name).at(each) for name, each in numbers.items()}
    )


def _served(outcomes: tuple[Outcome, ...], size: int) -> Array:
    """Return what the limit that serves least lets through, per draw. [fraction]"""
    served = np.ones(size)
    for outcome in outcomes:
        for name in _LOST:
            if name in outcome.numbers:
                lost = np.asarray(outcome.numbers[name].value, float)
                served = np.minimum(served, 1.0 - np.clip(lost, 0.0, 1.0))
    return served
