"""What a live page saves: the file's own text with the moves written in, and the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from test_page_agrees import random_moves

import planning
from planning.numbers.nodes import value_at
from planning.numbers.units import parse
from planning.page.data import page_data
from planning.page.document import script_of
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.load import parse_system
from planning.system.patches import ladder_systems, moved_systems

FOLDER = Path(__file__).parent.parent.parent
TRACES = [path for kind in ("traces", "programs") for path in (FOLDER / kind).glob("*.yaml")]
SAVE = """(asks) => asks.map(([moves, phase, name]) => {
  const moved = new Map(moves);
  return name ? fileWithPhase(moved, phase, name) : fileWithMoves(moved, phase);
})"""


def opened(page: Page, system: Any, folder: Path) -> None:
    """Open what saves, without what shows."""
    script = script_of(
        page_data(system), ("engine/show.js", "engine/engine.js", "controls/save.js")
    )
    path = folder / "system.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>", "utf-8")
    page.goto(path.as_uri())


def movable(system: Any) -> list[set[str]]:
    """Return the inputs that a page may move, by phase."""
    record = page_data(system).record
    return [{record["texts"][each[0]] for each in phase["inputs"]} for phase in record["phases"]]


def same(found: Any, wanted: Any, users: float) -> None:
    """Fail where two systems differ in a number that a page shows."""
    here, there = assess(found, users), assess(wanted, users)
    np.testing.assert_allclose(here.utilisation, there.utilisation, rtol=1e-12)
    assert str(here.verdict) == str(there.verdict)
    assert value_at(here.monthly_cost) == pytest.approx(value_at(there.monthly_cost), rel=1e-12)
    assert capacity(found).by_constraint.tolist() == capacity(wanted).by_constraint.tolist()


def check_saved(page: Page, system: Any, seed: int, most: int = 6) -> int:
    """Save moves in every phase, as the file and as a phase; return how many were written."""
    rng = np.random.default_rng(seed)
    ladder = list(ladder_systems(system))
    asks: list[tuple[int, dict[str, float], str]] = []
    for number, paths in enumerate(movable(system)):
        moves = random_moves(ladder[number][1], rng, most)
        # As a page has them: typed, slid and in its address, numbers have 15 digits.
        moves = {path: float(f"{value:.15g}") for path, value in moves.items() if path in paths}
        asks += [(number, moves, ""), (number, moves, "By hand")]
    found = page.evaluate(SAVE, [[list(moves.items()), n, name] for n, moves, name in asks])
    written = 0
    for (number, moves, name), saved in zip(asks, found, strict=True):
        refused = {each.partition(":")[0] for each in saved["refused"]}
        kept = {path: value for path, value in moves.items() if path not in refused}
        try:
            wanted = moved_systems(system, number, kept)[number][1]
            assess(wanted, 3000.0)
        except ValueError:
            continue  # the page refuses such moves before they can be saved
        back = parse_system(saved["words"], "saved.yaml")
        steps = list(ladder_systems(back))
        after = steps[number + bool(name)][1]
        for path in wanted.inputs:
            one, other = after.inputs[path].estimate, wanted.inputs[path].estimate
            assert one.value == other.value, path
            if path in kept:
                assert (one.low, one.high) == (other.low, other.high), path
                assert one.source.startswith("set by hand on "), path
                assert other.low is None or one.confidence == other.confidence, path
        same(after, wanted, 3000.0)
        # The phases before it are as they were.
        for (_, was), (_, now) in zip(ladder[:number], steps[:number], strict=True):
            assert {p: e.estimate.value for p, e in now.inputs.items()} == {
                p: e.estimate.value for p, e in was.inputs.items()
            }
        assert [each for each, _ in steps if each != "By hand"] == [each for each, _ in ladder]
        written += len(kept)
    return written


@pytest.mark.parametrize("name", planning.system_names())
def test_a_saved_file_has_the_numbers_of_the_page(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    opened(page, systems[name], tmp_path)
    assert check_saved(page, systems[name], 3, 80) > 20
    assert check_saved(page, systems[name], 4) > 5


@pytest.mark.parametrize("path", TRACES, ids=[path.stem for path in TRACES])
def test_every_kind_of_part_can_be_saved(page: Page, path: Path, tmp_path: Path) -> None:
    system = planning.load_system(path)
    opened(page, system, tmp_path)
    assert check_saved(page, system, 5, 12) > 0


HEAD = """title: Small
workload: {users: 50, target: 100, activities: {ask: {interval: 10 s, cpu_time: 20 ms}}}
"""
PARTS = "parts: {app: {kind: service, processes: 2, cores: 2}}\n"
LAYOUTS = {
    "no phases": HEAD + PARTS,
    "no line break at the end": (HEAD + PARTS).rstrip(),
    "no phase in brackets": f"{HEAD}phases: []\n{PARTS}",
    "in brackets": HEAD + PARTS + "phases: [{name: a, changes: {parts: {app: {cores: 4}}}}, "
    "{name: b}]  # two\n",
    "indented": HEAD + PARTS + "phases:\n    - name: a\n      # more\n      changes:\n"
    "        parts:\n          app: {cores: 4}\n\n    - name: b\n# the end\n",
    "before the parts": f"{HEAD}phases:\n- name: a\n  why: >\n    it is\n    slow\n"
    f"- name: b\n{PARTS}",
    "one line": "{title: Small, workload: {users: 50, target: 100, activities: {ask: "
    "{interval: 10 s, cpu_time: 20 ms}}}, parts: {app: {kind: service, processes: 2, cores: 2}}}",
    "one line with phases": "{title: 'S', workload: {users: 50, target: 100, activities: {ask: "
    "{interval: 10 s, cpu_time: 20 ms}}}, parts: {app: {kind: service, processes: 2, cores: 2}}, "
    "phases: [{name: a}]}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line", ["\n", "\r\n"], ids=["unix", "windows"])
def test_every_layout_of_a_file(page: Page, layout: str, line: str, tmp_path: Path) -> None:
    text = LAYOUTS[layout].replace("\n", line)
    system = parse_system(text, "small.yaml")
    opened(page, system, tmp_path)
    assert check_saved(page, system, 7, 8) > 0
    (untouched,) = page.evaluate(SAVE, [[[], 0, ""]])
    assert untouched["words"] == text


TARGETS = (
    "target: 100,",
    "target: {value: 100 users, kind: document, source: the plan},  # by spring",
    "target: {value: 0.1k users, low: 50, high: 400, confidence: 50 %},",
)
ASKED = """(asks) => asks.map(([users, name]) => {
  const moves = new Map([["parts.app.cores", 3]]);
  return name ? fileWithPhase(moves, 0, name, users) : fileWithMoves(moves, 0, users);
})"""


@pytest.mark.parametrize("target", TARGETS)
def test_the_users_asked_about_become_the_target(page: Page, target: str, tmp_path: Path) -> None:
    text = LAYOUTS["indented"].replace("target: 100,", f"{target}\n ")
    system = parse_system(text, "small.yaml")
    opened(page, system, tmp_path)
    asks = [(users, name) for users in (0.0, 250.0, 28.5, 1e6, 100.0) for name in ("", "By hand")]
    was = system.workload.target
    for (users, name), saved in zip(asks, page.evaluate(ASKED, asks), strict=True):
        assert saved["refused"] == []
        back = parse_system(saved["words"], "saved.yaml")
        found = back.workload.target
        assert value_at(found) == users
        assert found.source.startswith("set by hand on ") == (users != 100.0)
        kept = was.low is not None and was.low <= users <= was.high
        assert (found.low, found.high) == ((was.low, was.high) if kept else (None, None))
        assert ("# by spring" in saved["words"]) == ("# by spring" in text)
        # Nothing but the move is another number, and it comes after the target as without one.
        moved = {path: each.value for path, each in back.inputs.items()}
        moved |= {"workload.target": 100.0, "parts.app.cores": 2.0}
        assert moved == {path: each.value for path, each in system.inputs.items()}
        cores = dict(ladder_systems(back))[name or "today"].inputs["parts.app.cores"].value
        assert cores == 3.0


def test_numbers_are_written_so_that_they_read_back_exactly(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    system = systems["one_million_users"]
    opened(page, system, tmp_path)
    units = sorted(unit for unit, *_ in page_data(system).record["units"])
    rng = np.random.default_rng(2)
    asks = [
        (unit, float(f"{value:.{digits}g}"))
        for unit in units
        for digits in (1, 3, 15)
        for value in 10 ** rng.uniform(-9, 14, 12)
    ]
    asks += [(unit, value) for unit in units for value in (0.0, 1.0, 60.0, 3600.0, 86400.0, 1e9)]
    words = page.evaluate("asks => asks.map(([unit, value]) => writtenNumber(value, unit))", asks)
    for (unit, value), text in zip(asks, words, strict=True):
        assert parse(text, unit) == value, (text, unit)
    short = {("s", 0.05): "50 ms", ("s", 7200.0): "2 h", ("fraction", 0.7): "70 %",
             ("core", 1.0): "1 core", ("core", 8.0): "8 cores", ("USD/month", 5.0): "$5/month",
             ("byte", 5e8): "500 MB"}  # fmt: skip
    told = page.evaluate(
        "asks => asks.map(([unit, value]) => writtenNumber(value, unit))", list(short)
    )
    assert told == list(short.values())
