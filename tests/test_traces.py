"""
What a person reads who asks why: the derivations of one small system per kind, word for word.

A formula borrowed from another concept, a wrong unit or a name that says nothing is not
wrong by a number, so no other test sees it. ``traces/KIND.yaml`` is a system with one part
of the kind; ``traces/KIND.txt`` is what it says, read by eye before it was kept. After a
change of words on purpose write the file anew and read it::

    python tests/test_traces.py KIND ...
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import planning
from planning.numbers.nodes import Derived, Node, arithmetic
from planning.numbers.units import show
from planning.parts import kinds
from planning.questions.assess import Assessment
from planning.system.system import Event

TRACES = Path(__file__).parent / "traces"


def line(node: Node) -> str:
    return arithmetic(node) if isinstance(node, Derived) else str(node)


def section(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {each}" for each in lines), ""] if lines else []


def reading(result: Assessment) -> str:
    """Return every number and price in a line, and every limit down to its sources."""
    limits = [
        f"{each.name}: {line(each.load)}; limit {show(float(each.limit.value), each.limit.unit)}"
        for each in result.constraints
    ]
    prices = [f"{cause}: {line(node)}" for cause, node in result.monthly.items()]
    others = [each for each in result.constraints if each is not result.binding]
    whys = [section(f"Why {each.name}", result.explain(each)) for each in [result.binding, *others]]
    return "\n".join(
        [
            *section("What can run out", limits),
            *section("What is told of the flow", [line(node) for node in result.traffic]),
            *section("What it costs", prices),
            *(each for why in whys for each in why),
            *(each for event in result.system.events for each in crowd(result.system, event)),
        ]
    )


def crowd(system: planning.System, event: Event) -> list[str]:
    """Return what a crowd does to each limit, in a line per number."""
    lines: list[str] = []
    met = planning.assess_event(system, event)
    for outcome in met.outcomes:
        lines.append(f"{outcome.constraint.name}: {outcome.verdict.name}")
        lines += [f"  {name}: {line(node)}" for name, node in outcome.numbers.items()]
    return section(f"What happens: {event.name}", lines)


def system_of(kind: str) -> planning.System:
    return planning.load_system(str(TRACES / f"{kind}.yaml"))


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_is_read_as_it_was_when_somebody_read_it(kind: str) -> None:
    system = system_of(kind)
    assert {part.kind_name for part in system.parts.values()} == {kind}
    expected = (TRACES / f"{kind}.txt").read_text(encoding="utf-8")
    assert reading(planning.assess(system)) == expected


def test_every_kind_and_nothing_else_has_a_trace() -> None:
    for ending in ("yaml", "txt"):
        assert {path.stem for path in TRACES.glob(f"*.{ending}")} == set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_no_trace_speaks_the_language_of_the_code(kind: str) -> None:
    for each in reading(planning.assess(system_of(kind))).splitlines():
        if not each.strip().startswith("formula from"):
            words = re.sub(r" \(.*\)| \[.*\]", "", each)  # sources and places
            assert not re.search(r"\w_\w|\*|`|\bnan\b", words), each


if __name__ == "__main__":
    for name in sys.argv[1:] or kinds():
        text = reading(planning.assess(system_of(name)))
        (TRACES / f"{name}.txt").write_text(text, encoding="utf-8")
