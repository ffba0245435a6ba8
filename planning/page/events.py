"""
The file's events as programs: what each does in every phase, with moved inputs and other sizes.

An event is a crowd of its own kind (users, viewers, gifts, rooms) and perhaps a change of the
system. Its program has the inputs of the phase that the event does not change itself, and its own
sizes. Phases often differ in numbers alone: their programs are then one, and so is what names
their slots, a *shape*.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planning.flow.constraint import SurgeVerdict
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, value_at
from planning.numbers.program import Program
from planning.page.compile import Compiled, compiled
from planning.page.formulas import CannotCompile
from planning.page.surges import limit_record, outcome_nodes, share_served
from planning.page.tables import Table
from planning.present.ranges import WIDE
from planning.questions.reasons import reasons
from planning.questions.surges import EventResult, assess_event
from planning.system.system import Event, Surge, System

EVENT = "event."
_APART = 30.0  # how far a size may be slid from what the file says, either way


class Events:
    """
    Events of a system in every phase, and the programs that they need.

    Parameters
    ----------
    systems : sequence of System
        Today and after each phase, of one file.

    Attributes
    ----------
    records : list of mapping
        ``name``, ``sizes`` and ``phases`` of each event: verdict, share served (None where it is
        not known), why in a list, its shape (-1 where a page cannot compute it) and values of
        stated nodes.
    units : set of str
        Of the sizes.
    """

    def __init__(self, systems: Sequence[System]) -> None:
        self._shapes, self._programs = Table(), Table()
        self.units: set[str] = set()
        self.records: list[Mapping[str, Any]] = [
            {
                "name": event.name,
                "sizes": [self._size(*each) for each in sizes(event.surge).items()],
                "phases": [self._cell(system, event) for system in systems],
            }
            for event in systems[0].events
        ]

    @property
    def shapes(self) -> list[Any]:
        """What names the slots of each program, once for all that share it."""
        return self._shapes.rows

    @property
    def programs(self) -> tuple[Compiled, ...]:
        """The programs that shapes name by their place."""
        return tuple(self._programs.rows)

    def _size(self, name: str, size: Estimate) -> list[Any]:
        self.units.add(size.unit)
        value, (least, most) = value_at(size), size.bounds
        start, end = max(value / _APART, least), min(max(value * _APART, 1.0), most)
        if size.whole:
            start, end = max(1.0, math.floor(start)), math.ceil(end)
        wide = start > 0 and end / start >= WIDE
        words = Surge.model_fields[name].description or name
        ends = [least, None if math.isinf(most) else most, size.whole, size.above]
        return [name, words, size.unit, value, [start, end, wide], ends]

    def _cell(self, system: System, event: Event) -> list[Any]:
        try:
            result = assess_event(system, event)
        except ValueError as error:
            return [SurgeVerdict.UNKNOWN.name, None, [f"cannot be computed: {error}"], -1, []]
        told = [result.verdict.name, share_served(result), reasons(result)]
        if result.verdict is SurgeVerdict.UNKNOWN:
            return [*told, -1, []]
        try:
            return [*told, *self._shape(event, result)]
        except CannotCompile:
            return [*told, -1, []]

    def _shape(self, event: Event, result: EventResult) -> tuple[int, list[float]]:
        changed, own = result.result.system, list(paths_of(event.changes))
        free = {
            path: estimate
            for path, (estimate, _) in changed.inputs.items()
            if not any(f"{path}.".startswith(f"{each}.") for each in own)
        }
        asked = {f"{EVENT}{name}": size for name, size in sizes(event.surge).items()}
        lag = changed.workload.lag_after
        amounts = result.numbers
        nodes = [lag, *(node for each in result.outcomes for node in outcome_nodes(each).values())]
        nodes += [node for each in amounts.values() for node in each.values()]
        program = Program(nodes, {**free, **asked}, merge=False)
        made = compiled(program, "")
        slots = {id(node): slot for slot, node in enumerate(program.nodes)}
        stated = [slot for slot, node in enumerate(program.nodes) if not isinstance(node, Derived)]
        shape = {
            "program": self._programs.row(made),
            "size": len(program.nodes),
            "stated": stated,
            "inputs": [[path, slot] for path, slot in program.slots.items() if path not in asked],
            "sizes": [[path, slot] for path, slot in program.slots.items() if path in asked],
            "lag": slots[id(lag)],
            "limits": [limit_record(each, slots) for each in result.outcomes],
            "amounts": [
                [part, [[name, slots[id(node)], node.unit] for name, node in each.items()]]
                for part, each in amounts.items()
            ],
        }
        place = self._shapes.row(shape, json.dumps(shape))
        return place, [float(value_at(program.nodes[slot])) for slot in stated]


def sizes(surge: Surge) -> dict[str, Estimate]:
    """Return what a surge states in numbers: how many, how long, how fast, by field."""
    found = {name: getattr(surge, name) for name in type(surge).model_fields}
    return {name: each for name, each in found.items() if isinstance(each, Estimate)}


def paths_of(changes: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """
    Yield the paths that changes replace: what is no mapping, or is removed.

    >>> list(paths_of({"parts": {"app": {"cores": 4}, "cache": None}}))
    ['parts.app.cores', 'parts.cache']
    """
    for name, value in changes.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and not _number(value):
            yield from paths_of(value, f"{path}.")
        else:
            yield path


def _number(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping states a number: a plan or a kind replaces a part as a whole."""
    return not {"value", "catalog", "plan", "kind"}.isdisjoint(value)
