"""What moves the capacity: against sums whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.questions.load import parse_system
from planning.questions.sensitivity import influences, tornado

RATE, INTERVAL = "parts.gate.requests", "workload.activities.page.interval"
LIMITED = """
title: Limited
workload:
  users: 100 users
  target: 1000 users
  activities:
    page: {interval: {value: 10 s, low: 5 s, high: 20 s, source: a log}}
parts:
  gate:
    kind: rate_limit
    requests: {value: 100 requests/s, low: HALF, high: 200 requests/s, source: a log}
"""


@pytest.mark.parametrize("low", [50.0, 100.0])
def test_shares_of_a_product_are_those_of_its_logarithm(low):
    system = parse_system(LIMITED.replace("HALF", f"{low:g} requests/s"))
    # The capacity is interval × rate: its logarithm is a sum of two normals.
    spread = {INTERVAL: np.log(4.0), RATE: np.log(200.0 / low)}
    known = {path: each**2 / sum(s**2 for s in spread.values()) for path, each in spread.items()}
    found = influences(system, n=2048)
    assert {each.paths[0]: each.first for each in found} == pytest.approx(known, abs=0.03)
    assert {each.paths[0]: each.total for each in found} == pytest.approx(known, abs=0.03)
    if low == 100.0:
        assert [each.paths[0] for each in found] == [INTERVAL, RATE]


def test_inputs_that_go_together_are_measured_together():
    said = f"\ntogether: [{{inputs: [{RATE}, {INTERVAL}], rank_correlation: 0.5}}]\n"
    system = parse_system(LIMITED.replace("HALF", "50 requests/s") + said)
    (found,) = influences(system, n=256)
    assert set(found.paths) == {RATE, INTERVAL}
    assert found.first == pytest.approx(1.0, abs=0.05)
    assert found.total == pytest.approx(1.0, abs=0.05)


def test_a_tornado_is_the_capacity_at_either_end():
    system = parse_system(LIMITED.replace("HALF", "80 requests/s"))
    found = tornado(system)
    assert [(e.path, e.at_low, e.point, e.at_high, e.width) for e in found] == [
        (INTERVAL, 500.0, 1000.0, 2000.0, 1500.0),
        (RATE, 800.0, 1000.0, 2000.0, 1200.0),
    ]


@pytest.mark.parametrize("name", ["ten_thousand_users", "one_million_users"])
def test_a_tornado_is_what_sliders_would_show(systems, name):
    system = systems[name]
    for swing in tornado(system):
        for end, held in ((swing.estimate.low, swing.at_low), (swing.estimate.high, swing.at_high)):
            assert planning.capacity(system.at({swing.path: end})).users == held


def test_the_same_seed_gives_the_same_order(systems):
    system = systems["ten_thousand_users"]
    first, again, other = (influences(system, 64, seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_what_is_not_doubted_moves_nothing():
    text = LIMITED.replace("HALF", "100 requests/s").replace("high: 200", "high: 100")
    system = parse_system(text.replace("low: 5 s, high: 20 s", "low: 10 s, high: 10 s"))
    assert tornado(system) == influences(system, 8) == ()
