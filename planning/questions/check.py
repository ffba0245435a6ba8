"""
Is everything in a file sound: every phase, every event after every phase, the gap table.

Loading a file builds the system of today, in milliseconds. This question builds all the
others that the file describes and asks each of them once, so that a slip in a phase is found
before somebody chooses that phase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from operator import itemgetter
from typing import Any

import numpy as np
from pydantic import ValidationError

from planning.numbers.doubt import distribution_of
from planning.numbers.nodes import value_at
from planning.numbers.reading import Location
from planning.numbers.units import plural
from planning.questions.assess import assess
from planning.questions.doubts import doubts, draws_of
from planning.questions.requirements import check_needs
from planning.questions.surges import assess_event
from planning.system.complaints import complaint
from planning.system.patches import CHANGEABLE, apply_changes, ladder_systems, tree_of
from planning.system.phase import Phase
from planning.system.system import Event, System

# More than anyone reads, and seconds of work: the next is a mistake or an attack.
MOST_PAIRS = 2000


def wrong_ways(system: System) -> Iterator[tuple[Location, str]]:
    """Yield what is wrong with the wiring and the size of a file, by place in it."""
    yield from system.graph.wrong()
    for at, enters, carrier in _entrances(system):
        part = system.parts.get(enters)
        if part is None:
            yield at, f"there is no part {enters!r}; there are {', '.join(system.parts)}."
        elif carrier not in part.takes:
            kind = part.kind_name
            # A database or a store takes what clients ask of it themselves.
            if carrier == "request" and "query" in part.takes:
                if "queries" in system.workload.activities[str(at[2])].model_fields_set:
                    continue
                hint = (
                    "; say in `queries` and `query_time` what clients ask of it themselves, or in "
                    f"`calls` of a service what that asks of {enters}."
                )
            else:
                hint = "."
            yield at, f"{enters!r} is a {kind}, which takes no {plural(carrier)}{hint}"
    yield from _circle(system)
    pairs = (len(system.phases) + 1) * len(system.events)
    if pairs > MOST_PAIRS:
        yield (
            ("events",),
            f"{len(system.events)} events today and after {len(system.phases)} phases are "
            f"{pairs:,} questions; at most {MOST_PAIRS:,} are asked of one file.",
        )


def _entrances(system: System) -> Iterator[tuple[Location, str, str]]:
    """Yield where the file names a part that users meet first, the part, and what it must take."""
    workload = system.workload
    for field, named, carrier in (
        ("activities", workload.activities, "request"),
        ("also_live", workload.also_live, "socket"),
        ("also_viewing", workload.also_viewing, "viewer"),
    ):
        for name, each in named.items():
            if each.enters is not None:
                yield ("workload", field, name, "enters"), each.enters, carrier
    for field, one, carrier in (
        ("live", workload.live, "socket"), ("viewing", workload.viewing, "viewer"),
    ):  # fmt: skip
        if one is not None and one.enters is not None:
            yield ("workload", field, "enters"), one.enters, carrier


def _circle(system: System) -> Iterator[tuple[Location, str]]:
    if any(system.graph.wrong()):
        return
    try:
        system.graph.order()
    except ValueError as error:
        named = [name for name in system.parts if f" {name} " in f" {error} "]
        at: Location = ("parts", named[0], "calls") if named else ("parts",)
        yield at, str(error)


def check(system: System) -> list[tuple[Location, str]]:
    """
    Build and ask everything a file describes.

    Parameters
    ----------
    system : System
        As it is today.

    Returns
    -------
    list
        What is wrong, by place in the file; empty where all is sound.
    """
    problems = list(_patches(system, system.phases, "phases", cumulative=True))
    if problems:
        return problems
    for name, patched in ladder_systems(system):
        problems = [
            (location, f"{message} (after {name!r})" if name != "today" else message)
            for location, message in _patches(patched, system.events, "events", cumulative=False)
        ]
        if problems:
            return problems
    problems = list(_upgrades(system))
    return problems or check_needs(system) + list(_events(system)) + list(_doubts(system))


def _upgrades(system: System) -> Iterator[tuple[Location, str]]:
    """Yield upgrades that make no system, each on top of what must be there before it."""
    named = {each.name: (index, each) for index, each in enumerate(system.upgrades)}
    for index, each in enumerate(system.upgrades):
        before: dict[str, None] = {}
        wanted = list(each.after)
        while wanted:
            name = wanted.pop()
            if name == each.name:
                yield ("upgrades", index, "after"), f"{name!r} comes after itself."
                return
            if name not in before:
                before[name] = None
                wanted += named[name][1].after
        # What shuts out, by either of the two, what must be there before could never be bought.
        for name in before:
            if name in each.excludes or each.name in named[name][1].excludes:
                yield ("upgrades", index), f"{each.name!r} comes after {name!r} and excludes it."
                return
        base = system
        for at, other in sorted((named[name] for name in before), key=itemgetter(0)):
            base = apply_changes(base, other.changes, ("upgrades", at, "changes"))
        for location, message in _patches(base, [each], "upgrades", cumulative=False):
            yield (("upgrades", index, *location[2:]), message)
            return


def _doubts(system: System) -> Iterator[tuple[Location, str]]:
    """Yield ranges that no distribution of their shape has, and what is said to go together."""
    known: set[str] = set()
    doubted: set[str] = set()
    refused: set[str] = set()
    for _, patched in ladder_systems(system):
        for path, (estimate, _) in patched.inputs.items():
            known.add(path)
            if not estimate.doubted:
                continue
            doubted.add(path)
            try:
                distribution_of(estimate)
            except ValueError as error:
                if path not in refused:
                    refused.add(path)
                    yield tuple(path.split(".")), str(error)
    for index, each in enumerate(system.together):
        for number, path in enumerate(each.inputs):
            at: Location = ("together", index, "inputs", number)
            if path not in known:
                near = get_close_matches(path, list(known), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "`planning assess` lists inputs."
                yield at, f"{path[:80]!r} is not an input; {hint}"
            elif path not in doubted:
                yield at, f"{path} has no range, so it goes with nothing; give low and high."
    if system.together and not refused:
        try:
            for _, patched in ladder_systems(system):
                known_doubts = doubts(patched)
                draws_of(patched, known_doubts, np.full((1, len(known_doubts)), 0.5))
        except ValueError as error:
            yield ("together",), str(error)


def _events(system: System) -> Iterator[tuple[Location, str]]:
    """Yield the events that cannot be asked, or of which nothing is modelled."""
    for index, event in enumerate(system.events):
        named = event.surge.activity
        if named is not None and named not in system.workload.activities:
            known = ", ".join(system.workload.activities) or "none"
            at: Location = ("events", index, "surge", "activity")
            yield at, f"no activity {named!r}; there are {known}."
            continue
        try:
            result = assess_event(system, event)
        except ValueError as error:
            yield ("events", index), str(error)
            continue
        if result.unknown:
            words = ", ".join(result.unknown)
            yield ("events", index, "surge"), f"no part takes its {words}: add one, or take it out."


def _patches(
    system: System, patches: Sequence[Phase | Event], field: str, *, cumulative: bool
) -> Iterator[tuple[Location, str]]:
    current = system
    for index, patch in enumerate(patches):
        at: Location = (field, index, "changes")
        idle = list(_idle(tree_of(current), patch.changes))
        if idle:
            yield from (((*at, *path), message) for path, message in idle)
            return
        if not patch.changes and not cumulative:
            continue
        try:
            patched = apply_changes(current, patch.changes)
            assess(patched, value_at(system.workload.target))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                location, message = complaint(detail)
                yield (*at, *location), message
            return
        except ValueError as error:
            yield at, str(error)
            return
        current = patched if cumulative else current


def _idle(tree: Any, changes: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    """Yield the changes that would do nothing, most likely by a slip of the pen."""
    for name, change in changes.items():
        if name not in CHANGEABLE:
            yield (name,), f"a patch changes {', '.join(CHANGEABLE)}; not {name!r}."
        elif isinstance(change, dict) and isinstance(tree.get(name), dict):
            for child, value in change.items():
                if value is None and child not in tree[name]:
                    near = get_close_matches(str(child), list(tree[name]), n=1)
                    hint = f"did you mean {near[0]!r}?" if near else "there is nothing to remove."
                    yield (name, child), f"{name} has no {child!r}; {hint}"
                elif name == "costs" and child not in tree[name]:
                    # A new cost is welcome; one that is nearly an old one would be paid twice.
                    near = get_close_matches(str(child), list(tree[name]), n=1, cutoff=0.85)
                    if near:
                        message = f"costs have no {child!r}; did you mean {near[0]!r}?"
                        yield (name, child), message
