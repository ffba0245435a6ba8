"""The live page as a widget, without a browser: traits, what is refused, what is too much."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from traitlets import TraitError

import planning
from planning.page import live as room
from planning.page.formulas import CannotCompile

QUERY = "workload.activities.page.query_time"
INTERVAL = "workload.activities.page.interval"


@pytest.fixture
def shown(systems):
    return planning.live(systems["ten_thousand_users"], users=25)


def test_verdict_and_capacity_are_those_of_the_system(shown, systems):
    system = systems["ten_thousand_users"]
    for phase in range(len(system.phases) + 1):
        for users in (1.0, 5_000.0):
            with shown.hold_trait_notifications():
                shown.phase, shown.users, shown.moved = phase, users, {INTERVAL: 20.0}
            asked = planning.phase_system(system, phase).at({INTERVAL: 20.0})
            assert shown.capacity == planning.capacity(asked).users
            assert shown.verdict == str(planning.assess(asked, users).verdict)


def test_several_traits_at_once_are_one_change(shown):
    seen = []
    shown.observe(lambda change: seen.append(change["new"]), "capacity")
    with shown.hold_trait_notifications():
        shown.phase, shown.moved = 4, {INTERVAL: 20.0}
    assert seen == [shown.capacity]


def test_a_move_is_read_with_its_unit_and_what_the_file_has_is_none(shown):
    shown.moved = {QUERY: "50 ms", INTERVAL: shown.state.base.inputs[INTERVAL].value}
    assert shown.moved == {QUERY: 0.05}
    assert shown.capacity == 149.0


def test_what_a_phase_has_otherwise_is_dropped_with_it(shown):
    shown.moved = {QUERY: 0.2, INTERVAL: 10.0}
    shown.phase = 1  # which sets the query's time itself
    assert shown.moved == {INTERVAL: 10.0}
    assert shown.state.dropped == (QUERY,)


def test_what_the_page_moved_anew_in_another_phase_is_no_old_move(shown):
    # A kernel that was busy hears of both at once.
    shown.moved = {QUERY: 0.2}
    shown.set_state({"phase": 1, "moved": {QUERY: 0.3}})
    assert (shown.phase, shown.moved) == (1, {QUERY: 0.3})


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("users", -1.0, "must be 0 to 1e\\+12"),
        ("users", math.nan, "must be 0 to"),
        ("phase", 9, "no phase '9'; there are 0 'today', 1 "),
        ("moved", {QUERY.replace("page", "pege"): 1.0}, "did you mean 'workload.activities.page"),
        ("moved", {QUERY: -1.0}, "query_time: -1 must be at least 0 s"),
        ("moved", {QUERY: [0.1, 0.2]}, "must be one number"),
        ("moved", {QUERY: math.inf}, "must be a finite number"),
        ("tab", "prices", "tab"),
        ("crowd", -1, "crowd\\(=-1\\) must be 0 to"),
        ("capacity", 1.0, "read-only"),
        ("verdict", "holds", "read-only"),
    ],
)
def test_what_is_not_allowed_is_said_and_changes_nothing(shown, trait, value, words):
    before = {name: getattr(shown, name) for name in ("users", "phase", "moved", "tab", "crowd")}
    with pytest.raises(TraitError, match=words):
        setattr(shown, trait, value)
    assert {name: getattr(shown, name) for name in before} == before
    assert (shown.verdict, shown.capacity) == ("warning", 28.0)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"phase": "nothing"}, "no phase 'nothing'"),
        ({"moved": {"parts.x": 1}}, "'parts.x' is not an input"),
        ({"tab": "prices"}, "tab\\(='prices'\\) must be one of verdict, "),
        ({"height": 0}, "height\\(=0\\) must be at least 1"),
        ({"users": -1}, "users\\(=-1\\) must be 0"),
    ],
)
def test_a_start_that_is_not_there_is_refused(systems, asked, words):
    with pytest.raises((ValueError, TraitError), match=words):
        planning.live(systems["ten_thousand_users"], **asked)


def test_what_no_formula_can_compute_has_no_old_number(shown, monkeypatch):
    def refuse(*_):
        raise ValueError("pool(=0) must be above 0.")

    monkeypatch.setattr("planning.present.state.assess", refuse)
    shown.users = 30.0
    assert shown.verdict == "cannot be computed: pool(=0) must be above 0."
    assert math.isnan(shown.capacity)


def test_a_system_that_no_page_computes_has_its_reason_and_the_kernels_verdict(
    systems, monkeypatch
):
    def refuse(*_, **__):
        raise CannotCompile("no counterpart of <odd>.")

    monkeypatch.setattr(room, "page_html", refuse)
    shown = planning.live(systems["ten_thousand_users"], users=25)
    assert shown.document == ""
    assert "No live page: no counterpart of &lt;odd&gt;." in shown.words
    assert "Holds 25 users, with little room" in shown.words
    shown.users = 500.0
    assert "Does not hold 500 users" in shown.words


def test_its_text_is_short_and_its_document_is_the_live_page(shown):
    assert repr(shown) == "<live page of 'Ten thousand users': warning; capacity 28 users>"
    assert shown.document.startswith("<!doctype html>")
    assert len(shown.document) < 1_500_000


def test_importing_planning_brings_no_widgets():
    code = "import sys, planning; print({'anywidget', 'ipywidgets'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
