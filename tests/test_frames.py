"""Results as tables: what they hold is what the results hold, and pandas comes only then."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import planning
from planning.numbers.catalog import shipped_catalog
from planning.questions.requirements import requirements
from planning.questions.surges import event_matrix


def test_an_assessment_is_a_row_per_constraint_and_case(systems):
    result = planning.assess(systems["ten_thousand_users"], [100, 10_000])
    frame = result.to_frame()
    assert len(frame) == 2 * len(result.constraints)
    for index, item in enumerate(result.constraints):
        rows = frame[frame.constraint == item.id]
        assert rows.users.tolist() == [100, 10_000]
        assert rows.utilisation.tolist() == result.utilisation[index].tolist()
        assert set(rows.unit) == {item.unit}
    assert frame.groupby("case").verdict.first().tolist() == result.verdicts.tolist()


def test_draws_are_cases_of_a_capacity(systems):
    system = systems["ten_thousand_users"]
    drawn = system.at({"workload.activities.page.query_time": np.array([0.1, 0.5, 1.0])})
    frame = planning.capacity(drawn).to_frame()
    least = frame.groupby("case").capacity.min()
    assert least.tolist() == planning.capacity(drawn).by_draw.tolist()
    assert least.is_monotonic_decreasing


def test_several_results_become_one_table(systems):
    system = systems["ten_thousand_users"]
    steps = planning.ladder(system)
    assert planning.to_frame(steps).capacity.tolist() == [each.capacity.users for each in steps]
    events = planning.to_frame(event_matrix(system))
    assert set(events.of) == {step.name for step in steps}
    assert {"served", "failed", "refused"} <= set(events.number)
    needs = requirements(system)
    assert planning.to_frame(needs).resource.tolist() == [row.name for row in needs]
    found = planning.assess(systems["crash_matrix"]).findings
    assert planning.to_frame(found).severity.tolist()[:2] == ["critical", "critical"]
    with pytest.raises(TypeError, match="int has no table"):
        planning.to_frame(3)


def test_a_notebook_shows_tables_with_names_escaped(systems):
    system = systems["ten_thousand_users"].model_copy(update={"title": "<b>x</b>"})
    result = planning.assess(system)
    assert "<table" in result._repr_html_()
    assert "<b>" not in result._repr_html_()
    assert "<table" in planning.capacity(system)._repr_html_()


def test_only_public_names_are_offered():
    assert sorted([*planning.__all__, "__version__"]) == dir(planning)
    code = "import sys, planning; print('pandas' in sys.modules, dir(planning)[0])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split()[0] == "False"


def test_the_catalogue_and_the_inputs_of_a_system_are_frames_too():
    system = planning.load_system("ten_thousand_users")
    inputs = planning.to_frame(system).set_index("input")
    assert inputs.loc["parts.app.pool_size", ["value", "unit"]].tolist() == [20, "connection"]
    rows = planning.to_frame(shipped_catalog()).set_index("key")
    assert set(rows.index) == set(shipped_catalog().rows)
    assert rows.loc["supabase.compute.micro.max_connections", "source"].startswith("http")


def test_events_and_phases_show_as_tables():
    system = planning.load_system("ten_thousand_users")
    event = planning.assess_event(system, system.events[0])
    assert "<table" in event._repr_html_()
    assert "<table" in planning.ladder(system)[0]._repr_html_()
