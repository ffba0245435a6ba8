"""Draws against closed forms and against the same question asked one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import planning
from planning.present.confidence import cost_words
from planning.present.confidence_views import confidence_record
from planning.questions.doubts import doubts, draws_of, groups, rank_matrix
from planning.questions.drawn import DrawnSystem
from planning.questions.drawn_capacity import REFUSED, drawn_capacity
from planning.questions.load import parse_system
from planning.questions.sampling import sample

# Requests = users / interval, of 100 allowed: 100 intervals of users are held.
LIMITED = """
title: Limited
workload:
  users: 100 users
  target: 1000 users
  activities:
    page: {interval: {value: 10 s, low: 5 s, high: 20 s, source: a log, confidence: 90 %}}
parts:
  gate:
    kind: rate_limit
    requests: {value: 100 requests/s, low: 50 requests/s, high: 200 requests/s, source: a log}
"""
RATE, INTERVAL = "parts.gate.requests", "workload.activities.page.interval"
SPREAD = np.log(4) / (2 * stats.norm.ppf(0.95))  # of the logarithm of either
CAPACITY = stats.lognorm(np.sqrt(2) * SPREAD, scale=1000)  # their product


@pytest.fixture(scope="module")
def limited():
    return parse_system(LIMITED)


def test_the_chance_and_the_capacities_are_those_of_the_closed_form(limited):
    for users in (300.0, 1000.0, 2500.0):
        known = CAPACITY.sf(users)
        found = [sample(limited, 2_000, seed, users).probability for seed in range(20)]
        error = np.std(found, ddof=1) / np.sqrt(len(found))
        assert abs(np.mean(found) - known) < 4 * error + 1e-4
        assert error < 0.01
    drawn = sample(limited, 20_000, seed=4)
    levels = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(drawn.capacity_at(levels), CAPACITY.ppf(levels), rtol=0.02)
    assert drawn.below_point == pytest.approx(0.5, abs=0.02)
    grid = np.array([100.0, 700.0, 5000.0])
    np.testing.assert_allclose(drawn.holding(grid), CAPACITY.sf(grid), atol=0.01)


def test_the_same_seed_gives_the_same_answer_and_zero_is_a_seed(limited):
    first, again, other = (sample(limited, 300, seed) for seed in (0, 0, 1))
    assert first.probability == again.probability
    for path, values in first.draws.items():
        np.testing.assert_array_equal(values, again.draws[path])
        assert not np.array_equal(values, other.draws[path])
    assert first.seed == 0


@pytest.mark.parametrize("name", planning.system_names())
def test_draws_answer_what_each_would_answer_alone(systems, name):
    system = systems[name]
    found = sample(system, 60, seed=3)
    drawn = system.at(found.draws, note=None)
    used = planning.assess(drawn, found.users).utilisation
    np.testing.assert_allclose(found.used, np.broadcast_to(used, found.used.shape), rtol=1e-9)
    held = np.broadcast_to(planning.capacity(drawn).by_draw, (60,))
    np.testing.assert_array_equal(found.capacity, held)


@pytest.mark.parametrize("name", planning.system_names())
def test_every_draw_is_accounted_for_and_none_leaves_its_bounds(systems, name):
    found = sample(systems[name], 400, seed=0)
    assert sum(each.share for each in found.breaks_first) == pytest.approx(1.0, abs=1e-12)
    assert found.holding(found.users) == found.probability
    for path, values in found.draws.items():
        estimate = found.doubted[path]
        assert np.all((values >= estimate.bounds[0]) & (values <= estimate.bounds[1]))
        assert not estimate.whole or np.all(values == np.round(values))
    assert not {"workload.users", "workload.target"} & set(found.draws)
    frame = found.to_frame()
    assert len(frame) == 400
    assert set(found.draws) < set(frame.columns)
    assert frame.holds.mean() == found.probability
    assert "breaks_first" in found._repr_html_()


@pytest.mark.parametrize("name", planning.system_names())
def test_slices_of_the_spread_hold_every_draw_that_binds(systems, name):
    found = sample(systems[name], 300)
    slices = found.spread(20)
    shares = {}
    for each in slices:
        shares[each.name] = shares.get(each.name, 0.0) + each.share
    first = {e.name: e.share for e in found.breaks_first if e.id not in {"nothing", "refused"}}
    assert shares == pytest.approx(first)
    assert all(each.low < each.high for each in slices)


def test_a_draw_that_no_formula_takes_is_counted_and_named(limited):
    class Picky:
        inputs = ("rate",)

        def __init__(self, program):
            self.program = program

        def run(self, values):
            if np.any(np.asarray(values[RATE]) > 190):
                raise ValueError("rate is too good to be true.")
            return self.program.run(values)

    model = DrawnSystem.of(limited, 1000.0)
    model.program = Picky(model.program)
    rates = np.append(np.linspace(60, 180, 97), [191.0, 195.0, 300.0])
    draws = {RATE: rates}
    used, cost = model.used(np.full(100, 1000.0), draws, np.arange(100))
    assert sorted(model.refused) == [97, 98, 99]
    assert np.isnan(used[:, 97:]).all()
    assert np.isnan(cost[97:]).all()
    assert not np.isnan(used[:, :97]).any()
    found = drawn_capacity(model, draws, 100, start=1000.0)
    np.testing.assert_array_equal(found.held[:97], np.floor(rates[:97] * 10 + 1e-9))
    assert found.binding[97:].tolist() == [REFUSED] * 3
    assert np.isnan(found.held[97:]).all()


def test_more_refused_draws_than_an_accident_are_an_error(limited):
    class Broken:
        def run(self, values):
            raise ValueError("no.")

    model = DrawnSystem.of(limited, 1000.0)
    model.program = Broken()
    with pytest.raises(ValueError, match="Narrow the ranges"):
        model.used(np.full(500, 1.0), {}, np.arange(500))


def test_what_goes_together_is_drawn_together():
    rank = 0.8
    said = f"\ntogether: [{{inputs: [{RATE}, {INTERVAL}], rank_correlation: {rank}}}]\n"
    system = parse_system(LIMITED + said)
    found = [sample(system, 2_000, seed) for seed in range(20)]
    ranks = [stats.spearmanr(*each.draws.values()).statistic for each in found]
    error = np.std(ranks, ddof=1) / np.sqrt(len(ranks))
    assert abs(np.mean(ranks) - rank) < 4 * error + 1e-3
    # High together, capacities spread more: the chance of 2,500 is that of a wider lognormal.
    pearson = 2 * np.sin(np.pi / 6 * rank)
    wide = stats.lognorm(SPREAD * np.sqrt(2 + 2 * pearson), scale=1000)
    chances = [each.holding(2_500.0) for each in found]
    assert np.mean(chances) == pytest.approx(wide.sf(2_500), abs=0.005)
    assert wide.sf(2_500) > CAPACITY.sf(2_500) + 0.03


def test_entries_that_say_two_things_of_a_pair_are_refused():
    inputs = f"{RATE}, {INTERVAL}"
    entry = "{{inputs: [{}], rank_correlation: {}}}"
    system = parse_system(
        f"{LIMITED}\ntogether: [{entry.format(inputs, 0.5)}, {entry.format(inputs, 0.6)}]\n"
    )
    with pytest.raises(ValueError, match=r"0\.5 in one entry and with 0\.6"):
        sample(system, 10)


def test_groups_are_what_hangs_together_by_any_chain(systems):
    system = systems["ten_thousand_users"]
    paths = list(doubts(system))
    assert groups(system, paths) == [(index,) for index in range(len(paths))]
    np.testing.assert_array_equal(rank_matrix(system, paths), np.eye(len(paths)))
    with pytest.raises(ValueError, match="nobody doubts it"):
        draws_of(system, {"workload.users": planning.Estimate(1.0, "user")}, np.full((1, 1), 0.5))


@pytest.mark.parametrize(
    ("n", "seed", "rule"), [(0, 0, "n"), (10**7, 0, "n"), (10, -1, "seed"), (1.5, 0, "n")]
)
def test_draws_and_seeds_out_of_range_are_refused(limited, n, seed, rule):
    with pytest.raises(ValueError, match=rf"^{rule}\(="):
        sample(limited, n, seed)


@pytest.mark.parametrize(("costs", "mean"), [("", None), ("costs: {host: {monthly: $7/month}}", 7)])
def test_a_cost_that_nobody_stated_is_no_zero(costs, mean):
    found = sample(parse_system(LIMITED + costs), 50)
    told = confidence_record(found, (), ())["monthly_cost_usd"]
    assert told == {"mean": mean, "p90": mean}
    assert bool(cost_words(found)) == (mean is not None)
