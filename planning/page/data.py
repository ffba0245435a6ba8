"""
What a page is told of a system: a program per phase, and the words around its numbers.

The program computes; the record beside it says which slot is a load, a limit or a cost, what
it is called and where it came from. Findings, one-off costs and claims do not move with
sliders: they are said as the file has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from planning import __version__
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, Node, depends_on, value_at
from planning.numbers.program import Program
from planning.page.compile import Compiled, compiled
from planning.page.draws import Doubts
from planning.page.events import Events
from planning.page.growing import accruals_record, fills, growth_record, kept_times, lead_days
from planning.page.saved import saved_record
from planning.page.surges import crowd_record
from planning.page.tables import Tables
from planning.page.topics import ladders, topics_record
from planning.page.written import units_record
from planning.present.carried import TABS
from planning.present.cells import lead_time, once, traffic_titles
from planning.present.ranges import title_of
from planning.present.report import inputs_hash
from planning.questions.assess import Assessment, assess
from planning.questions.capacity import FINE, users_grid
from planning.questions.changes import Reworded, changes_of, rewordings_of
from planning.questions.phases import PhaseStep, ladder
from planning.system.system import QUESTION, System

RATE = "fraction/month"  # unit of growth


@dataclass(frozen=True)
class PageData:
    """
    A system as a page holds it.

    Attributes
    ----------
    record : mapping
        Everything but the programs, ready for JSON.
    programs : tuple of Compiled
        One per phase, today first.
    crowds : tuple of Compiled or None
        One per phase, moved by how many come at once; None where a page cannot compute that.
    events : tuple of Compiled
        Of the file's events in all phases, each once.
    """

    record: Mapping[str, Any]
    programs: tuple[Compiled, ...]
    crowds: tuple[Compiled | None, ...] = ()
    events: tuple[Compiled, ...] = ()


def page_data(system: System, changed: Sequence[str] = (), *, with_file: bool = True) -> PageData:
    """
    Return what a live page of a system holds.

    Parameters
    ----------
    system : System
        As it is today, with its phases.
    changed : sequence of str
        What was changed from its file, in words.
    with_file : bool
        Whether the text of its file is part of it.

    Raises
    ------
    CannotCompile
        If a function of one of its phases has no counterpart in JavaScript.
    """
    tables, doubted, versions = Tables(), Doubts(), dict[str, list[Estimate]]()
    phases, programs = [], []
    steps = list(ladder(system))
    for step in steps:
        result = assess(step.system, value_at(system.workload.target))
        program = program_of(result)
        reworded = rewordings_of(system, step.system)
        phase = _phase(step, result, program, tables, versions, reworded)
        programs.append(compiled(program, held=[kept for kept, *_ in phase["accruals"]]))
        asked = Program([*result.ends, result.monthly_cost], stated_inputs(result))
        phases.append({**phase, **doubted.phase(result.system, program.slots, asked.inputs)})
    events = Events([step.system for step in steps])
    units = {tables.texts.rows[row[1]] for row in tables.stated.rows} | {RATE} | events.units
    target = value_at(system.workload.target)
    for phase, beside in zip(
        phases, _beside([step.system for step in steps], phases, tables), strict=True
    ):
        phase["beside"] = beside
    movable = [[tables.texts.rows[place] for place, *_ in phase["inputs"]] for phase in phases]
    saved: Mapping[str, Any] = {"refused": "this page was made without its file"}
    if with_file:
        saved = saved_record([step.system for step in steps], movable, tables)
    crowds = [crowd_record(step.system, max(target, 1.0)) for step in steps]
    record = {
        "title": system.title,
        "summary": system.summary,
        "document": system.document,
        "file": system.origin.file,
        "target": target,
        "grid": users_grid().tolist(),
        "fine": FINE,
        "phases": phases,
        "tabs": list(TABS.items()),
        "growth": growth_record(system),
        "ladders": ladders() if any(phase["topics"]["streaming"] for phase in phases) else {},
        "doubts": doubted.record(),
        "events": events.records,
        "shapes": events.shapes,
        "crowds": [record for record, _ in crowds],
        "saved": saved,
        "made": {
            "version": __version__,
            "hash": inputs_hash(system),
            "set": list(changed),
        },
        **tables.record(),
        **units_record(units),
    }
    made = tuple(each for _, each in crowds)
    return PageData(record, tuple(programs), made, events.programs)


def program_of(result: Assessment) -> Program:
    """Return the program of everything that a page shows of an assessment."""
    assert isinstance(result.users, Estimate)  # asked, never computed
    names = {**stated_inputs(result), "users": result.users}
    return Program([*shown_nodes(result), *kept_times(result)], names, merge=False)


def stated_inputs(result: Assessment) -> dict[str, Estimate]:
    """Return what a file or a default states of an assessed system, by path."""
    return {path: estimate for path, (estimate, _) in result.system.inputs.items()}


def shown_nodes(result: Assessment) -> list[Node]:
    """Return loads, limits, backlogs, costs and traffic, in this order."""
    backlogs = [item.backlog for item in result.constraints if item.backlog is not None]
    return [*result.ends, *backlogs, *result.monthly.values(), result.monthly_cost, *result.traffic]


def _phase(
    step: PhaseStep,
    result: Assessment,
    program: Program,
    tables: Tables,
    versions: dict[str, list[Estimate]],
    reworded: Iterable[Reworded],
) -> Mapping[str, Any]:
    slots = {id(node): slot for slot, node in enumerate(program.nodes)}
    inputs = {id(each.estimate): path for path, each in result.system.inputs.items()}
    nodes: list[Any] = []
    for node in program.nodes:
        if isinstance(node, Derived):
            nodes.append([tables.shape(node), *(slots[id(each)] for each in node.inputs.values())])
        else:
            nodes.append(_leaf(node, inputs.get(id(node), ""), result.system, tables))
    return {
        "name": step.name,
        "why": step.phase.why if step.phase else "",
        "users": program.slots.get("users", -1),
        "nodes": nodes,
        "inputs": [
            [tables.text(path), slot, _version(versions, path, program.nodes[slot])]
            for path, slot in program.slots.items()
            if path not in ("users", *QUESTION)
        ],
        "constraints": [
            {
                "id": item.id,
                "name": item.name,
                "load": slots[id(item.load)],
                "limit": slots[id(item.limit)],
                "backlog": -1 if item.backlog is None else slots[id(item.backlog)],
                "past": str(item.past_limit),
                "paid": not item.technical,
                "grows": depends_on(item.load, result.users)
                or depends_on(item.limit, result.users),
                # A share that no user lowers: any search along users finds its one crossing.
                "fills": fills(result, item.load, item.limit),
                "rises": not depends_on(item.limit, result.users)
                and _rises(item.load, result.users, {}),
                "remedy": item.remedy,
            }
            for item in result.constraints
        ],
        "monthly": [[name, slots[id(node)]] for name, node in result.monthly.items()],
        "cost": program.outputs[-1 - len(result.traffic) - len(kept_times(result))],
        "traffic": [[title, slots[id(node)]] for title, node in traffic_titles(result)],
        "warn": value_at(step.system.warn_at),
        "critical": value_at(step.system.critical_at),
        "notStated": list(result.not_stated),
        "reworded": [[each.path, each.before, each.after] for each in reworded],
        "findings": [
            [each.part, each.severity.name.lower(), each.what, each.remedy, each.vanished]
            for each in result.findings
        ],
        "once": once(step),
        "lead": lead_time(step),
        "leadDays": lead_days(step.phase),
        "topics": topics_record(result, slots),
        "accruals": accruals_record(result, slots),
        "claimed": [
            None if node is None else [value_at(node), node.unit]
            for node in (step.claimed_users, step.claimed_monthly)
        ],
    }


def _beside(
    systems: Sequence[System], phases: Sequence[Mapping[str, Any]], tables: Tables
) -> Iterator[list[list[int]]]:
    """
    Yield, by phase, the inputs that its program has no use for and a comparison has.

    These are the inputs that the program of another phase has, and those that some phase changes.
    """
    used = [{tables.texts.rows[place] for place, *_ in phase["inputs"]} for phase in phases]
    wanted = dict.fromkeys(path for paths in used for path in sorted(paths))
    for before, after in pairwise(systems):
        wanted |= dict.fromkeys(each.path for each in changes_of(before, after, ranges=True))
    for system, known in zip(systems, used, strict=True):
        yield [
            [tables.text(path), _leaf(system.inputs[path].estimate, path, system, tables)]
            for path in wanted
            if path in system.inputs and path not in known and path not in QUESTION
        ]


def _leaf(node: Estimate, path: str, system: System, tables: Tables) -> int:
    """Return the place of a stated number in its table; a computed node is a list instead."""
    if not path or path in QUESTION:
        return tables.leaf(node, "", "")
    return tables.leaf(node, path, title_of(path, system.inputs[path].description))


def _rises(node: Node, users: Node, known: dict[int, bool]) -> bool:
    """Return whether more users can only raise a node: sums, products and bounds of such nodes."""
    if node is users or isinstance(node, Estimate):
        return True
    if id(node) not in known:
        inputs = list(node.inputs.values())
        # A divisor, and what is taken away, have to be the same at any number of users.
        still = inputs[1:] if node.formula.operation in ("÷", "−") else []
        known[id(node)] = not depends_on(node, users) or (
            bool(node.formula.operation)
            and not any(depends_on(each, users) for each in still)
            and all(_rises(each, users, known) for each in inputs)
        )
    return known[id(node)]


def _version(versions: dict[str, list[Estimate]], path: str, node: Node) -> int:
    """Return which of the numbers an input has had in the phases so far this one is."""
    assert isinstance(node, Estimate)  # what has a path is stated
    known = versions.setdefault(path, [])
    if node not in known:
        known.append(node)
    return known.index(node)
