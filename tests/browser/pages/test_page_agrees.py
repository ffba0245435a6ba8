"""A live page and Python agree on every number shown, for every shipped system and phase."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import planning
from planning.numbers.nodes import explain, value_at
from planning.page.data import page_data, shown_nodes
from planning.page.document import script_of
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.load import parse_system
from planning.questions.phases import ladder
from planning.system.patches import ladder_systems, moved_systems

RTOL = 1e-9
DRAWS = 3
TRACES = sorted((Path(__file__).parent.parent.parent / "traces").glob("*.yaml"))

ASK = """(asks) => asks.map(([phase, moves, users]) => {
  const told = (machine, values, slot, deep = 0) =>
    explain(machine, values, slot).map(([depth, words]) => "  ".repeat(depth + deep) + words);
  try {
    const machine = new Machine(phase, new Map(moves)), items = machine.phase.constraints;
    const { values, used, verdict, binding } = machine.assess(users), cost = machine.phase.cost;
    const slots = [
      ...items.flatMap((item) => [item.load, item.limit]),
      ...items.filter((item) => item.backlog >= 0).map((item) => item.backlog),
      ...machine.phase.monthly.map(([, slot]) => slot), cost,
      ...machine.phase.traffic.map(([, slot]) => slot),
    ];
    const lines = items.flatMap((item) => [
      ...told(machine, values, item.load), "limit:", ...told(machine, values, item.limit, 1),
    ]);
    const numbers = slots.map((slot) => values[slot]), costs = told(machine, values, cost);
    const { held, users: most, affordable } = capacity(machine), id = items[binding].id;
    return { numbers, used: [...used], verdict, binding: id, lines, costs, held, most, affordable };
  } catch (error) {
    return { refused: error.message };
  }
})"""


def opened(page: Page, system: Any, folder: Path) -> None:
    script = script_of(page_data(system), ("engine/show.js", "engine/engine.js"))
    path = folder / "system.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())


def random_moves(system: Any, rng: np.random.Generator, most: int) -> dict[str, float]:
    """Return some inputs at other values that their fields allow."""
    free = [
        path
        for path, (estimate, _) in system.inputs.items()
        if path not in ("workload.users", "workload.target", "warn_at", "critical_at", "day_rate")
        and value_at(estimate) > 0
    ]
    moves = {}
    for path in rng.choice(free, size=min(most, len(free)), replace=False):
        estimate = system.inputs[path].estimate
        value = float(np.clip(estimate.value * rng.choice([0.3, 0.8, 1.3, 3.0]), *estimate.bounds))
        moves[str(path)] = float(round(value)) if estimate.whole else value
    return moves


def check(system: Any, users: float, moves: dict[str, float], there: dict[str, Any]) -> bool:
    """Fail where the page says something else; return whether there was anything to compare."""
    refusal = ""
    try:
        moved = system.at(moves)
        result, edge = assess(moved, users), capacity(moved)
    except ValueError as error:
        refusal = str(error)
    # Schedules of tiers are checked as a whole by Python, and in the page where they are used.
    assert bool(refusal) == ("refused" in there) or "tier" in refusal, (refusal, there, moves)
    if refusal:
        return False
    # Of a default that is set by hand a part may tell more than of the same left out of the file.
    known = {node.name for node in assess(system, users).traffic}
    more = {id(node) for node in result.traffic if node.name not in known}
    numbers = [value_at(node) for node in shown_nodes(result) if id(node) not in more]
    np.testing.assert_allclose(there["numbers"], numbers, rtol=RTOL, err_msg=str(moves))
    np.testing.assert_allclose(there["used"], result.utilisation, rtol=RTOL, err_msg=str(moves))
    assert (there["verdict"], there["binding"]) == (str(result.verdict), result.binding.id)
    assert there["held"] == edge.by_constraint.tolist(), moves
    assert (there["most"], there["affordable"]) == (edge.users, edge.affordable)
    lines = [line for item in result.constraints for line in result.explain(item)]
    assert there["lines"] == lines
    assert there["costs"] == explain(result.monthly_cost)
    return True


@pytest.mark.parametrize("name", planning.system_names())
def test_every_phase_at_random_inputs_and_users(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    opened(page, systems[name], tmp_path)
    rng = np.random.default_rng(17)
    phases = list(ladder_systems(systems[name]))
    asks: list[tuple[int, dict[str, float], float]] = []
    for index, (_, system) in enumerate(phases):
        for users in (0.0, 1.0, *np.round(10 ** rng.uniform(0.5, 7, DRAWS)).tolist()):
            asks.append((index, random_moves(system, rng, 6) if users > 1 else {}, users))
    found = page.evaluate(ASK, [[i, list(moves.items()), users] for i, moves, users in asks])
    compared = sum(
        check(phases[index][1], users, moves, there)
        for (index, moves, users), there in zip(asks, found, strict=True)
    )
    assert compared > len(asks) * 2 / 3


@pytest.mark.parametrize("path", TRACES, ids=[path.stem for path in TRACES])
def test_every_kind_of_part(page: Page, path: Path, tmp_path: Path) -> None:
    system = planning.load_system(path)
    opened(page, system, tmp_path)
    rng = np.random.default_rng(5)
    asks = [({}, 300.0), *((random_moves(system, rng, 4), 1e4) for _ in range(DRAWS))]
    found = page.evaluate(ASK, [[0, list(moves.items()), users] for moves, users in asks])
    pairs = zip(asks, found, strict=True)
    compared = [check(system, users, moves, there) for (moves, users), there in pairs]
    assert any(compared)


# Threads wait for two databases; of three kinds of users two wait for their answers.
SEVERAL = """
title: Two databases
workload:
  users: 1000 users
  target: 1000 users
  activities:
    page: {interval: 30 s, cpu_time: 2 ms, enters: web}
    report: {think_time: 20 s, cpu_time: 5 ms, enters: web}
    look: {think_time: 10 s, cpu_time: 1 ms, enters: web}
parts:
  web:
    kind: service
    processes: 10
    threads: 12
    cores: 8
    pool_size: 100
    response_objective: 10 s
    calls:
      left: {page: {count: 1, time: 9 ms, cpu: 9 ms}, report: {count: 2, time: 12 ms, cpu: 8 ms}}
      right: {page: {count: 1, time: 9 ms, cpu: 9 ms}, look: {count: 1, time: 5 ms, cpu: 4 ms}}
  left: {kind: database, max_connections: 200, cores: 1}
  right: {kind: database, max_connections: 200, cores: 2}
"""


def test_several_resources_below_a_pool_and_several_kinds_of_users_who_wait(
    page: Page, tmp_path: Path
) -> None:
    system = parse_system(SEVERAL)
    programs = page_data(system).programs
    assert "throughput_among([[" in programs[0].moving
    assert re.search(r"called_wait\(.*, \[v\[\d+\], ", programs[0].moving)
    opened(page, system, tmp_path)
    rng = np.random.default_rng(7)
    asks = [
        *(({}, float(users)) for users in (0, 1, 300, 2000)),
        *((random_moves(system, rng, 4), 10 ** rng.uniform(1, 5)) for _ in range(6)),
    ]
    found = page.evaluate(ASK, [[0, list(moves.items()), users] for moves, users in asks])
    pairs = zip(asks, found, strict=True)
    compared = [check(system, users, moves, there) for (moves, users), there in pairs]
    assert sum(compared) > len(asks) / 2


@pytest.mark.parametrize("name", planning.system_names())
def test_moves_hold_from_the_chosen_phase_on_as_in_python(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    base = systems[name]
    opened(page, base, tmp_path)
    rng = np.random.default_rng(23)
    chosen, users = len(base.phases) // 2, 5000.0
    climbed = list(ladder_systems(base))
    paths = [path for path in climbed[chosen][1].inputs if path.endswith(("interval", "cpu_time"))]
    moves = {
        path: value
        for path, value in random_moves(climbed[chosen][1], rng, 40).items()
        if path in paths
    }
    steps = ladder(base, users, moved_systems(base, chosen, moves))
    found = page.evaluate(
        """([moves, chosen, users]) => DATA.phases.map((_, i) => {
             const found = phaseAt(i, chosen, new Map(moves)), step = phaseStep(found, users);
             return [found.edge.users, step.enough, step.billed, step.monthly, step.perThousand];
           })""",
        [list(moves.items()), chosen, users],
    )
    assert moves
    there = [(step.capacity.users, step.holds_target) for step in steps]
    assert [(users, enough) for users, enough, *_ in found] == there
    wanted = [
        [step.users_billed, value_at(step.monthly), value_at(step.cost_per_thousand)]
        for step in steps
    ]
    np.testing.assert_allclose([row[2:] for row in found], wanted, rtol=RTOL)
