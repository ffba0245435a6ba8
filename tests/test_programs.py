"""A system is a program: its nodes, run again with other numbers, equal a fresh assessment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import planning
from planning.numbers.nodes import asked, product
from planning.numbers.program import Program
from planning.numbers.shipped import data_folder
from planning.questions.assess import assess
from planning.system.patches import ladder_systems

NAMES = [
    "crash_matrix",
    "hundred_events",
    "live_stream_limits",
    "one_million_users",
    "ten_thousand_users",
]

TRACES = Path(__file__).parent / "traces"


def program_of(system):
    result = assess(system, 100.0)
    ends = [node for item in result.constraints for node in (item.load, item.limit)]
    inputs = {path: estimate for path, (estimate, _) in system.inputs.items()}
    return Program([*ends, result.monthly_cost], {"users": result.users, **inputs})


def fresh(system, users):
    result = assess(system, users)
    ends = [node for item in result.constraints for node in (item.load, item.limit)]
    return [np.asarray(node.value) for node in [*ends, result.monthly_cost]]


@pytest.mark.parametrize("name", NAMES)
def test_replaying_equals_assessing_for_every_phase_users_and_inputs(systems, name):
    rng = np.random.default_rng(7)
    for _, system in ladder_systems(systems[name]):
        program = program_of(system)
        for users in (0.0, 3.0, 1e4, 1e6):
            pairs = zip(program.run({"users": users}), fresh(system, users), strict=True)
            for again, now in pairs:
                np.testing.assert_allclose(again, now, rtol=1e-9)
        # Fractions, shares and whole numbers stay as they are: doubled they would be refused.
        free = [
            path
            for path, (estimate, _) in system.inputs.items()
            if estimate.unit not in {"fraction", "ratio"} and not estimate.whole
            if estimate.bounds[1] == np.inf and np.ndim(estimate.value) == 0 and estimate.value > 0
        ]
        for path in rng.choice(free, size=min(8, len(free)), replace=False):
            value = system.inputs[path].value * rng.choice([0.5, 2.0])
            if value < system.inputs[path].estimate.bounds[0]:
                continue  # at least one of something
            moved = system.at({path: value})
            pairs = zip(program.run({"users": 1e4, path: value}), fresh(moved, 1e4), strict=True)
            for again, now in pairs:
                np.testing.assert_allclose(again, now, rtol=1e-9, err_msg=path)


def test_a_program_says_what_it_depends_on(systems):
    program = program_of(systems["ten_thousand_users"])
    assert {"users", "workload.activities.page.query_time"} <= set(program.inputs)
    assert "nothing.of.the.kind" not in program.inputs
    same = program.run({"nothing.of.the.kind": 1.0})
    assert [value.tolist() for value in same] == [value.tolist() for value in program.run({})]


def test_a_verdict_survives_a_sweep_of_one_program(systems):
    system = systems["ten_thousand_users"]
    users = np.geomspace(1, 1e6, 50)
    swept = program_of(system).run({"users": users})
    assert np.shape(swept[0]) in {(), users.shape}
    one = program_of(system).run({"users": users[20]})
    np.testing.assert_allclose(np.broadcast_to(swept[0], users.shape)[20], one[0], rtol=1e-12)
    assert planning.assess(system, users).verdicts.shape == users.shape


# A small system of each kind, some of kinds in other modes, and the examples with most of them.
SMALL = sorted(
    [
        *TRACES.glob("*.yaml"),
        *(TRACES.parent / "programs").glob("*.yaml"),
        *(data_folder() / "examples").glob("*.yaml"),
    ]
)


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.stem)
def test_every_kind_is_a_program(file):
    system = planning.load_system(file)
    program = program_of(system)
    for users in (0.0, 3.0, 1e4, 1e8):
        again, now = program.run({"users": users}), fresh(system, users)
        for one, other in zip(again, now, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9)
            assert not np.any(np.isnan(other))
    free = [
        path
        for path, (estimate, _) in system.inputs.items()
        if estimate.unit not in {"fraction", "ratio"} and not estimate.whole
        if estimate.bounds[1] == np.inf and estimate.value > 0 and ".tiers." not in path
    ]
    for path in free:
        value = system.inputs[path].value * 1.25
        moved = fresh(system.at({path: value}), 1e4)
        for one, other in zip(program.run({"users": 1e4, path: value}), moved, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, err_msg=path)


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.stem)
def test_a_sweep_of_every_kind_is_its_numbers_one_by_one(file):
    system = planning.load_system(file)
    users = np.array([0, 1, 4321, 1e6])
    together = assess(system, users).utilisation
    apart = [assess(system, each).utilisation for each in users]
    np.testing.assert_allclose(together, np.stack(apart, axis=-1), rtol=1e-12)


def test_the_same_asked_twice_is_one_step_unless_both_are_to_be_told():
    leaf, other = asked(3.0, "1", "a test"), asked(2.0, "1", "a test")
    pair = [product(name, "1", one=leaf, two=other) for name in ("first", "second")]
    merged, apart = (Program(pair, {"it": leaf}, merge=merge) for merge in (True, False))
    assert (len(merged.steps), len(apart.steps)) == (1, 2)
    assert merged.outputs == (2, 2)
    assert [apart.nodes[slot] for slot in apart.outputs] == pair
    for program in (merged, apart):
        assert [float(each) for each in program.run({"it": 5.0})] == [10.0, 10.0]
