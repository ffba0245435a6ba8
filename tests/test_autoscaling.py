"""Autoscaling: load that grows faster than processes start, held to a simulation by the clock."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.models.servers.autoscaling import busiest_while_growing
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: A service that grows
workload:
  users: USERS
  target: 1000
  peak_to_mean: 4
  activities: {act: {interval: 1 s, cpu_time: 10 ms}}
parts:
  web: {kind: service, processes: 20, cores: 20, SCALING}
events: [{name: all at once, surge: {users: 1000 users}}]
"""


def service(scaling, users=1000, more=""):
    text = TEXT.replace("SCALING", f"autoscaling: {{{scaling}}}{more}")
    return parse_system(text.replace("USERS", str(users)))


def load(result, name):
    return value_at(result.of(name).load)


def by_the_clock(peak, trigger, growth, there, step, reaction, cool_down, most):
    """Walk through the growth second by second."""
    worst, running, next_step = 0.0, there, reaction
    for second in np.arange(0.0, 4 * 3600, 0.25):
        wanted = min(peak, trigger + growth * second)
        if second >= next_step:
            worst = max(worst, min(peak, trigger + growth * next_step) / min(running, most))
            running, next_step = running + step, next_step + cool_down
        worst = max(worst, wanted / min(running, most))
    return worst


@pytest.mark.parametrize("seed", range(12))
def test_the_busiest_moment_is_the_one_of_a_simulation(seed):
    rng = np.random.default_rng(seed)
    there = float(rng.integers(1, 10))
    peak, growth = there * rng.uniform(1.0, 8.0), there * rng.uniform(0.0005, 0.02)
    trigger = there * rng.uniform(0.4, 0.9)
    numbers = {
        "step": float(rng.integers(1, 4)),
        "reaction": float(rng.integers(30, 400)),
        "cool_down": float(rng.integers(30, 400)),
        "most": peak * rng.uniform(0.8, 2.0),
    }
    rising = (peak - trigger) / growth
    found = busiest_while_growing(peak, trigger, growth, rising, there, **numbers)
    walked = by_the_clock(peak, trigger, growth, there, **numbers)
    assert float(found) == pytest.approx(walked, rel=2e-3)


def test_a_load_that_does_not_grow_is_served_by_what_is_there():
    assert float(busiest_while_growing(3, 4, 0, 0, 5, 1, 180, 60, 20)) == pytest.approx(0.6)


def test_the_same_peak_in_an_hour_is_followed_and_in_ten_minutes_is_not():
    # 10 busy at the peak, 2.5 on the mean: 3 run, and are noticed when all three are busy.
    slow, fast = (planning.assess(service(f"least: 2, rise: {rise}")) for rise in ("1 h", "10 min"))
    # 7.5 more in 600 s: at 180 s 5.25 are wanted of 3, at the last step before the peak 9.75 of 9.
    assert load(fast, "web.growth") == pytest.approx(5.25 / 3)
    assert fast.verdict == "does not hold"
    # In an hour 7.5 × 180 / 3600 = 0.375 more than three.
    assert load(slow, "web.growth") == pytest.approx(3.375 / 3)
    reserve = planning.assess(service("least: 2, rise: 1 h", more=", target_utilisation: 60 %"))
    # Noticed at 60 % of the five that the mean wants then: nobody waits.
    assert load(reserve, "web.growth") == pytest.approx(3.375 / 5)


def test_more_at_rest_bear_more():
    scaling = "least: LEAST, rise: 10 min"
    few, many = (
        planning.capacity(service(scaling.replace("LEAST", least))) for least in ("2", "10")
    )
    assert few.users < many.users <= 2000
    assert few.binding.id == "web.growth"


def test_the_most_is_the_limit_of_all():
    result = planning.assess(service("least: 20, rise: 1 h"), 2400)
    assert load(result, "web.growth") == pytest.approx(24 / 20)
    assert load(result, "web.cpu") == pytest.approx(24)


def test_a_crowd_meets_the_least_and_is_told_when_all_run():
    system = service("least: 2, rise: 1 h, step: 6", users=0)
    event = assess_event(system, system.events[0])
    assert not any(each.constraint.id == "web.growth" for each in event.outcomes)
    assert value_at(event.number("web", "full size after")) == 180 + 2 * 60


def test_without_a_rise_all_are_there():
    assert "web.growth" not in {
        each.id for each in planning.assess(service("least: 2")).constraints
    }
