"""
What a page needs to save the system file with inputs moved: its text, and where to write what.

A page cannot read YAML. So Python finds, for every input of every phase, the edits that
``planning ask`` would make, and leaves two signs in them for what only the page knows::

    cores: {value: 8, source: an invoice}  # two machines       the file
            edits: 8 -> VALUE, an invoice -> SOURCE              the page is told
    cores: {value: 16, source: "set by hand ..."}  # two machines  what it saves

What a file leaves to a default is put among the fields it belongs to. A move made in a phase is
written into that phase's own changes, so that the phases before it stay as they were. The number of
users that a page is asked about is no move of a phase: it becomes the file's target, from today on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from planning.numbers.edits import (
    Edit,
    Opening,
    Words,
    composed,
    edits_of,
    node_at,
    opening_of,
    place_in_list,
)
from planning.numbers.estimate import SOURCED_CONFIDENCE, Estimate, Kind
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError, Location
from planning.numbers.rewriting import rewritten
from planning.numbers.units import COUNTS
from planning.page.tables import Tables
from planning.system.system import System

# No file has such a character: YAML refuses it.
VALUE, SOURCE = Words("\x01"), Words("\x02")
# Every file states it, so there is always a place to write it.
TARGET = "workload.target"
_DOUBT = ("low", "high", "confidence", "shape")
_BARE = frozenset({*COUNTS, "fraction", "ratio"})


def saved_record(
    systems: Sequence[System], inputs: Sequence[Sequence[str]], tables: Tables
) -> Mapping[str, Any]:
    """
    Return a file's text and its edits, or ``refused``: why there is nothing to save.

    Parameters
    ----------
    systems : sequence of System
        Today and after each phase. What `System.at` moved is written into the text.
    inputs : sequence of sequence of str
        Paths that the page may move, by phase.
    tables : Tables
        Of the page, for texts.

    Returns
    -------
    mapping
        ``text``; ``phases``: by phase and input either ``[opening, depth]`` (put it among the
        fields there, under the last so many steps of its path), ``[[edits within its range],
        [edits past it]]``, or a text: why it cannot be written; ``doubts``: what a number says of
        its range where it is written anew; ``openings``; ``target``: its place in the table of
        stated numbers, and its edits; ``after``: by phase, where the next one is put, or why it
        cannot be. Places are in UTF-16 units, as a page counts them.
    """
    if not systems[0].origin.text:
        return {"refused": "the system was made by a program and read from no file"}
    try:
        text = text_with_moves(systems[0])
    except FileError as error:
        return {"refused": str(error)}
    root, places = composed(text), _Places(text)
    openings: dict[Opening, int] = {}

    def entry(number: int, path: str) -> Any:
        system = systems[number]
        estimate = system.inputs[path].estimate
        try:
            if path == "workload.peak_to_mean" and system.advice:
                raise FileError("the file says it in an earlier way: see `planning check`.")
            return _entry(text, root, location_of(path, number), estimate)
        except FileError as error:
            return str(error)

    def told(found: Any) -> Any:
        if isinstance(found, str):
            return tables.text(found)
        if isinstance(found[0], Opening):
            opening, rest = found
            return [openings.setdefault(opening, len(openings)), rest]
        return [[places.edit(each) for each in edits] for edits in found]

    def doubt(number: int, path: str) -> int:
        said = _doubt(systems[number].inputs[path].estimate)
        return tables.text("".join(f", {name}: {words}" for name, words in said.items()))

    target = systems[0].inputs[TARGET].estimate
    phases = [[told(entry(number, path)) for path in paths] for number, paths in enumerate(inputs)]
    return {
        "text": text,
        "phases": phases,
        "doubts": [[doubt(number, path) for path in paths] for number, paths in enumerate(inputs)],
        "target": [tables.leaf(target, "", ""), told(entry(0, TARGET))],
        "openings": [[*places.pair(o), o.head, o.between, o.tail] for o in openings],
        "after": [places.slot(text, root, number) for number in range(len(systems))],
        "newline": "\r\n" if "\r\n" in text else "\n",
    }


def location_of(path: str, phase: int) -> Location:
    """
    Return where an input is written, so that it holds from a phase on.

    >>> location_of("parts.app.cores", 2)
    ('phases', 1, 'changes', 'parts', 'app', 'cores')
    """
    own: Location = tuple(path.split("."))
    return ("phases", phase - 1, "changes", *own) if phase else own


def written_number(value: float, unit: str) -> Words:
    """
    Return a number as a file says it in its base unit.

    >>> written_number(0.05, "s"), written_number(8.0, "core"), written_number(0.2, "1/s")
    ('0.05 s', '8', '0.2/s')
    """
    digits = repr(float(value)).removesuffix(".0")
    if unit in _BARE:
        return Words(digits)
    return Words(f"{digits}/s" if unit == "1/s" else f"{digits} {unit}")


def text_with_moves(system: System) -> str:
    """
    Return the text of today's file with what was set by hand since it was read.

    Raises
    ------
    FileError
        If the file has no place for it.
    """
    text = system.origin.text
    for path, (estimate, _) in system.inputs.items():
        if estimate.kind is Kind.ASKED:
            _whole(node_at(composed(text), location_of(path, 0))[1])
            value = written_number(value_at(estimate), estimate.unit)
            number = {"value": value, **_doubt(estimate), "source": estimate.source}
            text = rewritten(text, location_of(path, 0), number)
    return text


def _doubt(estimate: Estimate) -> dict[str, str | float]:
    """Return what is said of a range, as far as a file would have to say it."""
    if estimate.low is None or estimate.high is None:
        return {}
    said: dict[str, str | float] = {
        "low": written_number(estimate.low, estimate.unit),
        "high": written_number(estimate.high, estimate.unit),
    }
    if estimate.confidence != SOURCED_CONFIDENCE:
        said["confidence"] = Words(repr(estimate.confidence))
    if estimate.shape:
        said["shape"] = estimate.shape
    return said


def _whole(rest: Location) -> None:
    """Refuse to put one tier of a schedule where the file has none."""
    if any(str(step).isdecimal() for step in rest):
        raise FileError("the file does not state it tier by tier; edit the file by hand.")


def _entry(text: str, root: Any, location: Location, estimate: Estimate) -> Any:
    node, rest = node_at(root, location)
    doubt = _doubt(estimate)
    if rest:
        _whole(rest)
        return opening_of(text, node), len(rest)
    outside = {"value": VALUE, "source": SOURCE}
    inside = {"value": VALUE, **doubt, "source": SOURCE}
    found = [edits_of(text, node, inside, _DOUBT)]
    return [*found, edits_of(text, node, outside)] if doubt else found


def _after(text: str, root: Any, number: int) -> tuple[Edit, str | None]:
    """
    Return where a phase is put that comes after another, and how deep it stands.

    The edit's words hold a sign where the phase goes; None instead of spaces means in brackets.
    """
    node, rest = node_at(root, ("phases",))
    if not rest:
        return place_in_list(text, node, number, VALUE)
    opening = opening_of(text, node)
    if root.flow_style:
        return opening.edit([f"phases: [{VALUE}]"]), None
    # At the end of the file, where people look for phases.
    line = "\r\n" if "\r\n" in text else "\n"
    end = len(text.rstrip())
    return Edit(end, len(text), f"{line}phases:{line}- {VALUE}{line}"), "  "


class _Places:
    """Places in a text as JavaScript counts: what is past the first 65,536 signs counts twice."""

    def __init__(self, text: str) -> None:
        self.double = [place for place, sign in enumerate(text) if ord(sign) > 0xFFFF]

    def of(self, place: int) -> int:
        return place + bisect_left(self.double, place)

    def pair(self, each: Edit | Opening) -> tuple[int, int]:
        return self.of(each.start), self.of(each.end)

    def edit(self, each: Edit) -> list[Any]:
        return [*self.pair(each), each.words]

    def slot(self, text: str, root: Any, number: int) -> list[Any] | str:
        try:
            edit, indent = _after(text, root, number)
        except FileError as error:
            return str(error)
        return [*self.edit(edit), indent]
