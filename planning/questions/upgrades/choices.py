"""
What could be bought: upgrades, phases, and the sizes of every plan, as axes of a grid.

A *set* is a place on all axes::

    phases     today, phase 1, phase 2 …            each on top of those before
    upgrade    not in effect, in effect             one axis each
    sizes      as it is, micro, small, medium …     one axis for all parts on one plan

The system of a set is the file's, patched: what it holds comes from assessing that,
never from adding up what each of its upgrades brings by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from planning.numbers.nodes import Array, value_at
from planning.numbers.reading import Location
from planning.numbers.units import DAY
from planning.questions.upgrades.sizes import resized, size_groups
from planning.system.patches import apply_changes, ladder_systems
from planning.system.phase import Phase, Upgrade
from planning.system.system import System

Set = tuple[int, ...]
# Told in words how far a search is.
Progress = Callable[[str], None]
# A change of size is free, but none is made without need: that it costs a tenth of a cent says so.
_CHANGE_OF_SIZE = 1e-3


def unheard(text: str) -> None:
    """Tell nobody how far a search is."""


@dataclass(frozen=True, eq=False)
class Choice:
    """
    A place on an axis.

    Attributes
    ----------
    name : str
        What people call it.
    changes : mapping
        Patch, on top of the place before it on an axis of phases.
    once : float
        What is paid once for it. [USD]
    lead : float
        From decision to effect. [s]
    at : tuple
        Where its changes stand in the file.
    phase : Phase or None
        The upgrade or phase behind it; None for a size and for what is there.
    plan : str
        Plan of the catalogue, of a size; empty for the one in use.
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    once: float = 0.0
    lead: float = 0.0
    at: Location = ()
    phase: Phase | None = None
    plan: str = ""

    @property
    def not_stated(self) -> tuple[str, ...]:
        """What of it nobody stated, so that it is counted as nothing."""
        if self.phase is None:
            return ()
        once = self.phase.one_off is None and self.phase.effort is None
        return tuple(
            words
            for words, missing in (
                # Indexes cost work alone: a month is missed only where no money is named at all.
                ("monthly cost", once and not _priced(self.changes)),
                ("one-off cost", once),
                ("lead time", self.phase.lead_time is None),
            )
            if missing
        )


@dataclass(frozen=True, eq=False)
class Axis:
    """
    What can be chosen independently of the rest.

    Attributes
    ----------
    name : str
        What people call it.
    choices : tuple of Choice
        The first is what there is today.
    sizes_of : tuple of str
        Parts that a size is of; empty for phases and upgrades.
    """

    name: str
    choices: tuple[Choice, ...]
    sizes_of: tuple[str, ...] = ()

    @property
    def moves(self) -> Array:
        """Price of a move from one place (row) to another; infinite backwards. [USD]"""
        count = len(self.choices)
        if self.sizes_of:
            return np.asarray(np.where(np.eye(count, dtype=bool), 0.0, _CHANGE_OF_SIZE))
        paid = np.array([*accumulate(each.once for each in self.choices)])
        there, back = np.meshgrid(np.arange(count), np.arange(count))
        return np.where(there >= back, paid[None, :] - paid[:, None], np.inf)

    @property
    def leads(self) -> Array:
        """Time until each place can be in effect: phases are done one after the other. [s]"""
        return np.array([*accumulate(each.lead for each in self.choices)])


@dataclass(frozen=True, eq=False)
class Choices:
    """
    All that can be chosen for a system.

    Attributes
    ----------
    system : System
        As it is today.
    axes : tuple of Axis
        In the order in which their patches are applied.
    whole : bool
        Whether these are all; false where some were left out, as too many to look at together.
    troubles : dict of tuple to str
        Severe finding of each set that was looked at; empty where it has none.
    """

    system: System
    axes: tuple[Axis, ...]
    whole: bool = True
    troubles: dict[Set, str] = field(default_factory=dict, repr=False)
    _built: dict[Set, System] = field(default_factory=dict, repr=False)

    @property
    def shape(self) -> Set:
        """Places on each axis."""
        return tuple(len(axis.choices) for axis in self.axes)

    @property
    def count(self) -> int:
        """Sets there are, those that exclude each other among them."""
        return int(np.prod(self.shape, dtype=float)) if self.axes else 1

    @property
    def today(self) -> Set:
        """The set in effect today."""
        return (0,) * len(self.axes)

    def changed(self, before: Set, after: Set) -> tuple[Choice, ...]:
        """Return what comes into effect between two sets, in the order of its patches."""
        found: list[Choice] = []
        for axis, start, end in zip(self.axes, before, after, strict=True):
            if axis.sizes_of and start != end:
                found.append(axis.choices[end])
            elif not axis.sizes_of:
                found += axis.choices[start + 1 : end + 1]
        return tuple(found)

    def system_of(self, place: Set) -> System:
        """
        Return the system with all patches of a set.

        Raises
        ------
        ValueError
            If a patch makes no valid system.
        """
        if place not in self._built:
            patched = self.system
            for axis, at in zip(self.axes, place, strict=True):
                for choice in axis.choices[1 : at + 1] if not axis.sizes_of else ():
                    patched = apply_changes(patched, choice.changes, choice.at)
            for axis, at in zip(self.axes, place, strict=True):
                if axis.sizes_of and at:
                    patched = resized(patched, axis.sizes_of, axis.choices[at].plan)
            self._built[place] = patched
        return self._built[place]

    def allowed(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which sets can be, by ``after`` and ``excludes``. Shape: the axes'."""
        grid = np.indices(self.shape, sparse=True)
        place = {axis.name: number for number, axis in enumerate(self.axes)}
        good = np.ones(self.shape, bool)
        for number, axis in enumerate(self.axes):
            phase = axis.choices[-1].phase
            if isinstance(phase, Upgrade):
                for name in phase.after:
                    good &= (grid[number] == 0) | (grid[place[name]] > 0)
                for name in phase.excludes:
                    if name in place:  # what was left out is not in effect
                        good &= (grid[number] == 0) | (grid[place[name]] == 0)
        return good

    def leads(self) -> tuple[Array, ...]:
        """
        Return the time until each place on each axis can be in effect. [s]

        What comes after other upgrades is begun when they are done.
        """
        own = {axis.name: axis.leads for axis in self.axes}
        phases = {axis.name: axis.choices[-1].phase for axis in self.axes}

        def until(name: str, seen: tuple[str, ...] = ()) -> Array:
            phase = phases[name]
            before = [
                until(other, (*seen, name))[-1]
                for other in (phase.after if isinstance(phase, Upgrade) else ())
                if other not in seen
            ]
            lead = own[name].copy()
            lead[1:] += max(before, default=0.0)
            return lead

        return tuple(until(axis.name) for axis in self.axes)


def choices_of(system: System, *, sizes: bool = True) -> Choices:
    """
    Return what could be bought for a system.

    Parameters
    ----------
    system : System
        Its ``upgrades``; its phases where it states none.
    sizes : bool
        Whether every other size of a plan's family is a choice as well.
    """
    axes: list[Axis] = []
    if system.upgrades:
        for index, upgrade in enumerate(system.upgrades):
            there = Choice("not in effect")
            axes.append(Axis(upgrade.name, (there, _choice(system, upgrade, "upgrades", index))))
        contexts = [system, *_with_all(system)]
    else:
        contexts = [each for _, each in ladder_systems(system)]
        axes += phases_of(system).axes
    if sizes:
        axes += [_size_axis(parts, plans) for parts, plans in size_groups(contexts)]
    return Choices(system, tuple(axes))


def _priced(changes: Mapping[str, Any]) -> bool:
    """Return whether a patch says anything of money: a cost, a plan, a price."""
    return any(
        name in ("costs", "plan", "price")
        or name.endswith("_price")
        or (isinstance(each, Mapping) and _priced(each))
        for name, each in changes.items()
    )


def phases_of(system: System) -> Choices:
    """Return a system's phases as all there is to choose from, whatever upgrades it states."""
    steps = [_choice(system, each, "phases", at) for at, each in enumerate(system.phases)]
    return Choices(system, (Axis("phases", (Choice("today"), *steps)),) if steps else ())


def _choice(system: System, phase: Phase, section: str, index: int) -> Choice:
    once = 0.0 if phase.one_off is None else value_at(phase.one_off)
    if phase.effort is not None:
        once += value_at(phase.effort) / DAY * value_at(system.day_rate)
    lead = 0.0 if phase.lead_time is None else value_at(phase.lead_time)
    return Choice(phase.name, phase.changes, once, lead, (section, index, "changes"), phase)


def _with_all(system: System) -> Iterator[System]:
    """Yield the system with every upgrade that its file lets stand on those before it."""
    patched = system
    for index, upgrade in enumerate(system.upgrades):
        if set(upgrade.excludes).isdisjoint(each.name for each in system.upgrades[:index]):
            patched = apply_changes(patched, upgrade.changes, ("upgrades", index, "changes"))
            yield patched


def _size_axis(parts: tuple[str, ...], plans: list[str]) -> Axis:
    label = " and ".join(parts)
    options = (Choice(f"{label}: {plan}", plan=plan) for plan in plans)
    return Axis(f"{label} size", (Choice(f"{label}: the size the file says"), *options), parts)
