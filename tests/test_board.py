"""Boards without a browser: sliders respect their fields, views agree, trouble is shown."""

from __future__ import annotations

import functools
import html
import re
from urllib.parse import unquote

import numpy as np
import pytest

import planning
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.page.data import page_data
from planning.present import html as words
from planning.present import plan_words
from planning.present.address import understood
from planning.present.board import Board
from planning.present.board import board as board_of
from planning.present.carried import carried
from planning.present.cells import shown
from planning.present.chart_data import bar_columns, ladder_columns, sweep_columns
from planning.present.html import inputs_html, phases_html, verdict_html
from planning.present.ranges import in_use, positions, title_of
from planning.present.runway_charts import held_columns
from planning.present.state import State
from planning.present.views import VIEWS
from planning.questions.caveats import caveats
from planning.questions.findings import findings
from planning.questions.load import parse_system
from planning.questions.reasons import reason
from planning.system.starter import starter_text

SYSTEMS = planning.system_names()


@pytest.fixture(scope="module")
def state(systems):
    """Make the state of a shipped system, as asked."""

    def made(name, **asked):
        return State(name=name, source=name, base=systems[name], **asked)

    return made


@pytest.fixture(scope="module")
def opened(state):
    """Give the state that a board opens with, one per system: what two views need is made once."""
    return functools.cache(state)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_slider_starts_where_the_file_says_and_stays_within_the_field(systems, name):
    for number in range(len(systems[name].phases) + 1):
        for path, (estimate, _) in planning.phase_system(systems[name], number).inputs.items():
            grid = positions(estimate)
            assert estimate.value in grid, path
            assert grid[0] >= estimate.bounds[0], path
            assert grid[-1] <= estimate.bounds[1], path
            assert np.all(np.diff(grid) > 0)


def test_a_range_is_the_sliders_range():
    grid = positions(Estimate(0.05, "s", low=0.02, high=0.5))
    assert (grid[0], grid[-1]) == (0.02, 0.5)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_verdict_and_the_ladder_agree_after_a_move(state, systems, name):
    path = next(p for p, (e, _) in systems[name].inputs.items() if p.endswith("query_time"))
    for phase in range(len(systems[name].phases) + 1):
        moved = state(name, phase=str(phase), users=1000.0, moved={path: 0.021})
        assert moved.steps[phase].capacity.users == moved.edge.users


TWO_QUEUES = """
title: Two queues
workload:
  users: 10
  target: 100
  activities:
    upload: {interval: 100 s, enters: videos}
    mail: {interval: 50 s, enters: letters}
parts:
  videos: {kind: queue, workers: 8, job_time: 1 s}
  letters: {kind: queue, workers: 4, job_time: 1 s}
"""


def test_what_two_parts_tell_by_one_name_says_its_part_on_a_board_and_a_page():
    system = parse_system(TWO_QUEUES)
    shown = words.traffic_html(State(name="two", source="two", base=system))
    assert "<span>Backlog growth (videos)</span>" in shown
    assert "<span>Backlog growth (letters)</span>" in shown
    assert "<span>Requests</span>" in shown  # of the whole system, and so nobody's
    (phase,) = page_data(system).record["phases"]
    titles = [title for title, _ in phase["traffic"]]
    assert {"requests", "backlog growth (videos)", "backlog growth (letters)"} <= set(titles)
    assert len(set(titles)) == len(titles)


# What a reader has to find in each view in words ...
WORDS = {
    "verdict": lambda s: [s.result.binding.name, s.edge.binding.name],
    "traffic": lambda s: [shown(node) for node in s.result.traffic],
    "why": lambda s: [s.edge.binding.name, s.edge.binding.remedy, *leaves(s)],
    "needs": lambda s: [row.name for row in s.needs],
    "phases": lambda s: [step.capacity.binding.name for step in s.steps],
    "events": lambda s: [reason(one) for one in s.events["today"]],
    "findings": lambda s: [
        part for each in findings(s.system) for part in (each.what, each.remedy)
    ],
    "caveats": lambda s: [each.row.key for each in caveats(s.result)],
    "chance": lambda s: [
        *(each.name for each in s.sample.constraints),
        f"seed {s.sample.seed}",
        *(each.name for each in s.sample.breaks_first),
    ],
    "phase chances": lambda s: [*s.chances.names],
    "surges": lambda s: [each.event.name for each in s.surges] or ["No events are declared"],
    "measure": lambda s: (
        [
            title_of(*pair)
            for each in s.influences[:10]
            for pair in zip(each.paths, each.descriptions, strict=True)
        ]
        or ["Nothing that is doubted moves the capacity"]
    ),
    "runway": lambda s: [
        *(each.constraint.name for each in s.runway.limits),
        *(each.name for each in s.runway.phases),
        "the file says nothing of its growth",
    ],
    "how long": lambda s: ["the file says nothing of growth"],
    "what to buy": lambda s: [
        *(step.date.isoformat() for step in s.schedule.steps),
        *(choice.name for step in s.schedule.steps for choice in step.added),
        plan_words.headline(s.schedule),
    ],
    "inputs": lambda s: [path for path, (one, _) in s.system.inputs.items() if in_use(one)],
}
# ... and what each chart draws: a dataset, a column of it, and the values this has to have.
DRAWN = {
    "bars": ("bars", "constraint", lambda s: bar_names(s.result.constraints)),
    "capacity": ("curve", "constraint", lambda s: [each.name for each in s.edge.constraints]),
    "ladder": ("ladder", "phase", lambda s: [step.name for step in s.steps]),
    "cost": ("cost", "phase", lambda s: [step.name for step in s.steps]),
    "chance curve": (
        "asked",
        "mark",
        lambda s: (
            {"asked"}
            | ({"stated numbers"} if s.edge.users >= 1 else set())
            | ({"target"} if s.users != s.system.workload.target.value else set())
        ),
    ),
    "spread": (
        "spread",
        "first",
        lambda s: [
            each.name for each in s.sample.breaks_first if each.id not in {"nothing", "refused"}
        ],
    ),
    "tornado": (
        "swings",
        "input",
        lambda s: [title_of(e.path, e.description) for e in s.swings[:12]],
    ),
    "timeline": (
        "passing",
        "limit",
        lambda s: [e.constraint.name for e in s.runway.technical if np.isfinite(e.p90)][:12],
    ),
    "fan": ("held", "label", lambda s: held_columns(s.runway)["label"]),
    "matrix": (
        "events",
        "reason",
        lambda s: [reason(one) for row in s.events.values() for one in row],
    ),
}


def bar_names(constraints):
    """Names of the limits used to 10 % or more; of the rest their number, where there are two."""
    names = {float(c.utilisation): c.name for c in constraints}
    tight = [c.name for c in constraints if c.utilisation >= 0.1] or [names[max(names)]]
    rest = [c.name for c in constraints if c.name not in tight]
    return tight + (rest if len(rest) < 2 else [f"{len(rest)} more below 10 %"])


def leaves(shown):
    """Paths of the inputs that the binding constraint rests on."""
    name = shown.edge.binding.name
    return shown.result.sources(next(c for c in shown.result.constraints if c.name == name))


def words_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_every_view_is_expected_to_show_something():
    assert WORDS.keys() | DRAWN.keys() == VIEWS.keys()


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("view", WORDS)
def test_every_view_in_words_says_every_systems_own(opened, name, view):
    asked = opened(name)
    text, wanted = words_of(VIEWS[view](asked, False).shown.value), WORDS[view](asked)
    assert wanted or text == ""
    assert [each for each in wanted if each not in text] == []
    assert not re.search(r"\bnan\b|\bNone\b|object at 0x", text)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("view", DRAWN)
def test_every_chart_draws_every_systems_own(opened, name, view):
    asked = opened(name)
    dataset, column, wanted = DRAWN[view]
    columns = VIEWS[view](asked, False).shown.frame[dataset]["columns"]
    drawn = columns[column]
    # What has no rows, as a tornado that moves nothing, has no words either.
    assert set([] if drawn == {"f8": b""} else drawn) == set(wanted(asked))
    for values in columns.values():
        numbers = np.frombuffer(values["f8"]) if isinstance(values, dict) else np.array([])
        assert np.all(np.isfinite(numbers))


def test_series_hold_what_the_assessment_holds(state):
    shown = state("ten_thousand_users", users=10_000.0)
    bars = bar_columns(shown.result)
    assert bars["constraint"][0] == shown.result.binding.name
    assert bars["label"][0].startswith("334×")
    curve = sweep_columns(shown.system, shown.edge, shown.users)
    assert len(curve["users"]) == len(curve["used"]) == len(curve["constraint"])
    steps = ladder_columns(shown.steps)
    assert list(dict.fromkeys(steps["phase"])) == [step.name for step in shown.steps]
    assert len(set(steps["row"])) == len(steps["rank"]) == max(steps["rank"]) + 1


def test_numbers_in_words_are_those_of_the_assessment(state):
    shown = state("ten_thousand_users", users=10_000.0)
    assert "Does not hold 10,000 users" in verdict_html(shown)
    assert "334×" in verdict_html(shown)
    assert "6,300 users" in phases_html(shown)
    assert "workload.activities.page.query_time" in inputs_html(shown)


def test_a_file_of_ones_own_can_be_chosen_again(tmp_path):
    path = tmp_path / "my_shop.yaml"
    path.write_text(starter_text(title="My shop", file=path.name))
    board = Board(str(path), inputs=["workload"], views=["verdict"])
    board._system.value = "live_stream_limits"
    assert board.state.base.title == "Live stream limits"
    board._system.value = "my_shop"
    assert board.state.base.title == "My shop"
    assert board._trouble.value == ""


def test_what_cannot_be_computed_is_said_and_not_swallowed():
    board = Board("live_stream_limits", inputs=["parts.gifts"], views=["verdict"])
    slider = next(each for each in board._sliders if each.path == "parts.gifts.hot_position")
    before = board.views[0].shown.value
    slider.box  # noqa: B018 - made when first shown
    slider._slider.value = slider._slider.max  # the 20th of 4 statements
    assert "cannot be computed" in board._trouble.value
    assert "hot_position(=20)" in board._trouble.value
    assert board.views[0].shown.value == before
    slider._slider.value = slider._start
    assert board._trouble.value == ""


def test_an_unknown_view_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no view 'verdct'; there are verdict"):
        Board("live_stream_limits", inputs=[], views=["verdct"])


@pytest.mark.parametrize(
    "query",
    [
        "system=../../etc/passwd",
        "system=live_stream_limits%00",
        "users=1e999",
        "users=-5",
        "users=10 MB",
        "phase=99",
        "phase=%31%00",
        "phase=²",
        "&&&=",
        "a" * 9999,
    ],
)
def test_an_address_asks_for_nothing_that_is_not_there(query):
    asked = understood(query, "ten_thousand_users")
    assert asked.pop("missing", None) == (
        unquote(query[7:]) if query.startswith("system=") else None
    )
    assert asked == {"system": "ten_thousand_users"}


@pytest.mark.parametrize("name", ["my_shop", "<img src=x onerror=alert(1)>"])
def test_a_system_that_is_not_here_is_told_and_no_other_shown(name):
    shown = board_of("ten_thousand_users", inputs=[], views=["verdict"], missing=name)
    assert "There is no system" in shown.data
    assert "live_stream_limits" in shown.data
    assert "Does not hold" not in shown.data
    assert "<img" not in shown.data
    assert ".plan-verdict {" in shown.data  # without a board's style two sentences run together


def test_what_is_set_by_hand_stays_from_phase_to_phase_or_is_told(systems):
    interval, time = "workload.activities.page.interval", "workload.activities.page.query_time"
    state = State("s", "ten_thousand_users", systems["ten_thousand_users"])
    moved = state.at(1000.0, {interval: 10.0, time: 0.2})
    after = moved.at_phase("1")  # which sets the query's time itself
    assert after.moved == {interval: 10.0}
    assert after.dropped == (time,)
    assert value_at(after.system.inputs[interval][0]) == 10.0
    assert time in words.dropped_html(after)
    assert words.dropped_html(moved) == ""


@pytest.mark.parametrize("users", [0.0, 0.5, 1e12])
def test_a_board_is_made_at_the_ends_of_what_may_be_asked(users):
    made = board_of("ten_thousand_users", users=users, inputs=[], views=["verdict", "capacity"])
    assert made.state.users == users
    assert understood(f"users={users}", "ten_thousand_users")["users"] == users


INTERVAL = "workload.activities.page.interval"
QUERY = "workload.activities.page.query_time"


def test_an_address_carries_what_was_set_by_hand_and_names_what_is_not_here():
    query = f"users=7&phase=1&tab=surge&crowd=9&{INTERVAL}=20.5&parts.nothing=1&{QUERY}=-1"
    asked = understood(query, "ten_thousand_users")
    assert asked == {
        "system": "ten_thousand_users",
        "users": 7.0,
        "phase": "1",
        "moved": {INTERVAL: 20.5},
        "strange": ("parts.nothing", QUERY),
    }
    # What was moved in a system that is not here is no move of the one in its place.
    assert "moved" not in understood(f"system=nothing&{INTERVAL}=20", "ten_thousand_users")


def test_a_number_that_an_address_cuts_off_is_no_number():
    tail = f"&{INTERVAL}=20"
    whole = "none=" + "x" * (8_000 - len("none=") - len(tail)) + tail
    assert understood(whole, "ten_thousand_users")["moved"] == {INTERVAL: 20.0}
    # One character too many: 20 would be read as 2.
    assert "moved" not in understood(f"x{whole}", "ten_thousand_users")


def test_a_state_is_said_as_it_is_read(state):
    moved = {INTERVAL: 1 / 3, QUERY: 1e-7}
    said = carried(state("ten_thousand_users", users=12_345_678.0, moved=moved), "sure")
    asked = understood(said, "ten_thousand_users")
    assert asked["users"] == 12_345_678.0
    assert asked["moved"] == moved
    assert "tab=sure" in said


def test_a_board_keeps_moves_it_has_no_slider_for_to_the_last_digit():
    moved = {INTERVAL: 20.123456789, QUERY: 0.05123456789}
    made = board_of(
        "ten_thousand_users",
        inputs=[INTERVAL],
        views=["verdict"],
        moved=moved,
        strange=["parts.<b>"],
        tab="surge",
        pages="../pages/",
    )
    made._moved()  # as after a move of another slider
    assert made.state.moved == moved
    (slider,) = made._sliders
    assert slider.value == moved[INTERVAL]
    assert "Set by hand as well, without a slider here: page: Time a query" in made._note.value
    assert "not here, or not allowed: parts.&lt;b&gt;" in made._note.value
    assert 'href="../pages/ten_thousand_users#users=10000&amp;phase=0&amp;tab=surge&amp;' in (
        made._way.value
    )
    made._switch("ten_thousand_users")
    assert made.state.moved == {}
    assert made._note.value == ""


def test_a_tab_that_no_live_page_has_is_refused():
    with pytest.raises(ValueError, match="no tab 'prices' on a live page; there are verdict"):
        Board("live_stream_limits", inputs=[], views=["verdict"], tab="prices")
