"""Phases over shared draws: chances, better than and regret against draw by draw."""

from __future__ import annotations

import json

import numpy as np
import pytest

from planning.present.phase_chances import headline, phase_chances_record, rows
from planning.questions.load import parse_system
from planning.questions.phase_chances import phase_chances
from planning.questions.sampling import sample

RATE = "parts.gate.requests"
FILE = """
title: Limited
workload:
  users: 100 users
  target: 1000 users
  activities: {page: {interval: {value: 10 s, low: 5 s, high: 20 s, source: a log}}}
parts:
  gate: {kind: rate_limit, requests: 100 requests/s}
  app: {kind: service, processes: 4, cores: 1000}
costs: {host: {monthly: $10/month}}
phases:
  - name: twice
    changes: {parts: {gate: {requests: 200 requests/s}}, costs: {host: {monthly: $30/month}}}
  - {name: dearer, changes: {costs: {host: {monthly: $50/month}}}}
"""


@pytest.fixture(scope="module")
def found():
    return phase_chances(parse_system(FILE), 4_000, seed=1)


def test_today_is_the_sample_of_the_same_seed(found):
    alone = sample(parse_system(FILE), 4_000, seed=1)
    assert found.samples[0].probability == alone.probability
    np.testing.assert_array_equal(found.samples[0].capacity, alone.capacity)


def test_twice_the_limit_holds_twice_the_users_in_every_draw(found):
    np.testing.assert_allclose(found.held[1], 2 * found.held[0], atol=1.0)
    np.testing.assert_array_equal(found.held[1], found.held[2])


def test_better_and_regret_are_those_of_the_closed_form(found):
    today, twice, _ = (each.probability for each in found.samples)
    assert today == pytest.approx(0.5, abs=0.01)  # the median interval is the stated one
    # Twice is better where today does not hold, and dearer where both do.
    assert found.better[1, 0] == pytest.approx(1 - today)
    assert found.better[0, 1] == pytest.approx(today)
    # The same for more money is never better, and always worse.
    assert (found.better[2, 1], found.better[1, 2]) == (0.0, 1.0)
    np.testing.assert_array_equal(np.diag(found.better), 0.0)
    # $20 too much where today's $10 would do; $20 more than that for the dearer one, which also
    # pays $20 above the cheapest wherever only the second phase holds.
    assert found.overpaid[0] == 0.0
    assert found.overpaid[1] == pytest.approx(20 * today)
    assert found.overpaid[2] == pytest.approx(40 * today + 20 * (twice - today))
    assert found.short[1] == found.short[2] == 0.0
    missing = np.minimum(found.held[1], 1000) - np.minimum(found.held[0], 1000)
    assert found.short[0] == pytest.approx(missing.mean())
    assert found.first_likely(0.4) == "today"
    assert found.first_likely(twice) == "twice"
    assert found.first_likely(1.1) is None


def test_no_phase_has_no_regret_but_the_best_of_each_draw(systems):
    many = phase_chances(systems["live_stream_limits"], 300, users=300)
    best = np.minimum(many.held, 300).max(axis=0)
    for row in range(len(many.names)):
        short = best - np.minimum(many.held[row], 300)
        assert many.short[row] == pytest.approx(short.mean())
        assert short.min() >= 0
    assert np.all(many.better + many.better.T <= 1 + 1e-12)


def test_command_record_and_words_say_the_same(cli, tmp_path, found):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    run = cli("phases", path, "--draws", "4000", "--seed", "1", "--json")
    record = json.loads(run.stdout)["confidence"]
    assert record == json.loads(json.dumps(phase_chances_record(found, 1)))
    assert [each["phase"] for each in record["phases"]] == ["today", "twice", "dearer"]
    text = cli("phases", path, "--draws", "4000", "--seed", "1").stdout
    assert headline(found) in text
    for row in rows(found):
        assert any(row[0] in line and row[1] in line for line in text.splitlines())
    table = cli("phases", path, "--draws", "50", "--csv").stdout.splitlines()
    assert table[0].startswith("phase,users,chance")
    assert len(table) == 4
    assert "confidence" not in json.loads(cli("phases", path, "--json").stdout)
    assert cli("phases", path, "--draws", "0").returncode == 2
    assert "twice" in found._repr_html_()


def test_a_cost_that_nobody_stated_is_nothing_overpaid():
    text = FILE.partition("costs:")[0] + (
        "phases:\n  - {name: twice, changes: {parts: {gate: {requests: 200 requests/s}}}}\n"
    )
    bare = phase_chances(parse_system(text), 100)
    assert np.isnan(bare.overpaid).all()
    assert all(row[3] == row[4] == row[6] == "" for row in rows(bare))
    assert phase_chances_record(bare, 0)["phases"][0]["overpaid_monthly_usd"] is None
