"""Surges over draws against the same surge asked one by one, and against a closed form."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from planning.present.drawn_events import drawn_words, rows
from planning.present.state import State
from planning.questions import drawn_events as room
from planning.questions.doubts import doubts
from planning.questions.drawn_events import REFUSED, drawn_event, drawn_events
from planning.questions.load import parse_system
from planning.questions.sampling import sample
from planning.questions.shared_draws import SharedDraws
from planning.questions.surges import SurgeVerdict, assess_event

# Each who rushes in sends one request; what is above the rate of a second is refused.
GATE = """
title: Gate
workload:
  users: 1 user
  target: 100 users
  activities: {page: {interval: 100 s}}
parts:
  gate:
    kind: rate_limit
    requests: {value: 100 requests/s, low: 50 requests/s, high: 200 requests/s, source: a log}
  app: {kind: service, processes: 4, cores: 1000}
events:
  - {name: rush, surge: {users: {value: 100 users, low: 80 users, high: 125 users, source: a log}}}
"""
RATE = "parts.gate.requests"


@pytest.mark.parametrize("name", ["live_stream_limits", "hundred_events"])
def test_each_draw_has_the_verdict_it_would_have_alone(systems, name):
    system = systems[name]
    draws = SharedDraws(25, 3)
    for event in system.events[1::4]:
        found = drawn_event(system, event, draws)
        values = draws.of(system, doubts(system))
        for index in range(0, 25, 6):
            alone = system.at({p: float(each[index]) for p, each in values.items()}, note=None)
            assert found.verdicts[index] == assess_event(alone, event).verdict
        assert sum(found.shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert sum(each.share for each in found.decides) == pytest.approx(
            1.0 - found.stable - found.shares.get("UNKNOWN", 0.0), abs=1e-12
        )
        assert np.all((found.served >= 0) & (found.served <= 1))


def test_what_is_served_and_how_often_all_are_is_that_of_the_closed_form():
    system = parse_system(GATE)
    (found,) = drawn_events(system, 20_000, seed=2)["today"]
    # Rate over crowd, both lognormal: one in which it is at least 1 serves all.
    z = stats.norm.ppf(0.95)
    spread = np.hypot(np.log(4) / (2 * z), np.log(125 / 80) / (2 * z))
    ratio = stats.lognorm(spread, scale=1.0)
    assert set(found.doubted) == {
        RATE, "events.rush.surge.users", "workload.lag_after"
    }  # fmt: skip
    assert found.stable == pytest.approx(ratio.sf(1.0), abs=0.02)
    careful = float(found.served_at(0.1))
    assert careful == pytest.approx(ratio.ppf(0.1), rel=0.03)


def test_phases_share_their_draws(systems):
    matrix = drawn_events(systems["live_stream_limits"], 200, seed=1)
    same = list(zip(*matrix.values(), strict=True))
    # A phase that changes nothing of an event changes none of its draws.
    stage = same[2]
    for later in stage[1:]:
        np.testing.assert_array_equal(stage[0].verdicts, later.verdicts)
    again = drawn_events(systems["live_stream_limits"], 200, seed=1)["today"][0]
    np.testing.assert_array_equal(again.verdicts, matrix["today"][0].verdicts)


def test_shared_draws_are_those_of_a_sample(systems):
    system = systems["ten_thousand_users"]
    found = sample(system, 300, seed=5)
    again = SharedDraws(300, 5).of(system, found.doubted)
    for path, values in found.draws.items():
        np.testing.assert_array_equal(values, again[path])
    common = SharedDraws(40, 0)
    first = common.points(["a", "b"])
    both = common.points(["b", "c", "a"])
    np.testing.assert_array_equal(both[:, [2, 0]], first)
    assert common.points([]).shape == (40, 0)


def test_a_draw_that_no_formula_takes_is_counted_and_named(monkeypatch):
    system = parse_system(GATE)
    real = room.assess_event

    def picky(given, event):
        if np.any(np.asarray(given.inputs[RATE].value) > 180):
            raise ValueError("rate is too good to be true.")
        return real(given, event)

    monkeypatch.setattr(room, "assess_event", picky)
    draws = SharedDraws(400, 0)
    found = drawn_event(system, system.events[0], draws)
    bad = draws.of(system, doubts(system))[RATE] > 180
    assert 0 < bad.sum() < 100
    np.testing.assert_array_equal(found.verdicts == REFUSED, bad)
    assert sorted(found.refused) == np.flatnonzero(bad).tolist()
    assert found.shares["refused"] == np.mean(bad)
    assert np.isnan(found.served[bad]).all()


def test_command_json_and_workbook_say_the_same(cli, systems):
    name = "live_stream_limits"
    found = drawn_events(systems[name], 300, seed=0)
    record = json.loads(cli("events", name, "--draws", "300", "--json").stdout)["confidence"]
    assert (record["draws"], record["seed"]) == (300, 0)
    told = record["phases"][0]["events"][0]
    assert told["share_by_verdict"] == found["today"][0].shares
    assert told["words"] == drawn_words(found["today"][0])
    assert told["served"]["p10"] <= told["served"]["p50"] <= told["served"]["p90"]
    assert told["decided_by"][0]["constraint"] == "database.connections"
    text = cli("events", name, "--draws", "300").stdout
    for row in rows({"today": found["today"]}):
        assert any(row[0] in line and row[4] in line for line in text.splitlines())
    assert "confidence" not in json.loads(cli("events", name, "--json").stdout)
    state = State(name=name, source=name, base=systems[name], phase="0", users=100.0)
    assert state.surges[0].shares == found["today"][0].shares


def test_draws_out_of_range_are_refused(cli):
    run = cli("events", "live_stream_limits", "--draws", "0")
    assert run.returncode == 2
    assert "--draws 0" in run.stderr


def test_the_frame_has_a_row_per_draw(systems):
    found = drawn_events(systems["live_stream_limits"], 50)["today"][0]
    frame = found.to_frame()
    assert len(frame) == 50
    assert (frame.verdict == SurgeVerdict.STABLE.name).mean() == found.stable
    assert "verdict" in found._repr_html_()
