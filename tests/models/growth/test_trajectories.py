"""Trajectories, crossings and scores against closed forms, limits and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.growth.crossings import first_crossing, latest_start
from planning.models.growth.scores import (
    conformal_quantile,
    coverage,
    scaled_error,
    seasonal_naive,
)
from planning.models.growth.trajectories import (
    accumulated,
    compound,
    equivalent_time,
    saturating,
    through_points,
)


def test_saturating_compound_growth_solves_the_logistic_equation():
    """u' = g u (1 - u/K), by differences of a fine grid."""
    time, growth, ceiling = np.linspace(0, 40, 400_001), 0.3, 5000.0
    users = saturating(100 * np.exp(growth * time), 100.0, ceiling)
    slope = np.gradient(users, time)[1:-1]
    expected = (growth * users * (1 - users / ceiling))[1:-1]
    np.testing.assert_allclose(slope, expected, rtol=1e-5, atol=1e-3)


def test_a_far_ceiling_bends_nothing_and_none_below_the_start_is_taken():
    grown = compound(100.0, 1.1, np.arange(24.0))
    np.testing.assert_allclose(saturating(grown, 100.0, 1e15), grown, rtol=1e-9)
    with pytest.raises(ValueError, match="ceiling"):
        saturating(grown, 100.0, 99.0)


def test_growth_of_a_factor_of_one_is_none():
    assert np.all(compound(7.0, 1.0, np.arange(5.0)) == 7.0)


def test_a_curve_meets_its_points_and_grows_evenly_between_them():
    at, users = [0.0, 10.0, 40.0], [50.0, 200.0, 100.0]
    found = through_points(np.arange(-5.0, 50.0), at, users)
    assert found[[5, 15, 45]] == pytest.approx(users)
    ratio = found[6:16] / found[5:15]
    assert ratio == pytest.approx(ratio[0])
    assert (found[0], found[-1]) == pytest.approx((50.0, 100.0))
    with pytest.raises(ValueError, match="ascend"):
        through_points([1.0], [0.0, 0.0], [1.0, 2.0])


@pytest.mark.parametrize("window", [0.0, 10.0, 90.0])
@pytest.mark.parametrize("growth", [-0.01, 0.0, 0.02])
def test_what_is_kept_under_steady_growth_has_a_closed_form(window, growth):
    """(1 - exp(-g w)) / g, before the first time as well as after it."""
    time = np.linspace(0, 200, 20_001)
    users = 10 * np.exp(growth * time)
    exact = window if growth == 0 else (1 - np.exp(-growth * window)) / growth
    found = equivalent_time(time, users, window, growth)
    np.testing.assert_allclose(found, exact, rtol=1e-6)


def test_each_trajectory_has_its_own_window():
    time = np.arange(100.0)
    users = np.vstack([np.full(100, 5.0), np.full(100, 7.0)])
    found = equivalent_time(time, users, [3.0, 30.0])
    assert np.all(found[0] == pytest.approx(3.0))
    assert np.all(found[1] == pytest.approx(30.0))


def test_the_area_of_a_line_is_exact_on_any_steps():
    time = np.sort(np.random.default_rng(1).uniform(0, 10, 50))
    found = accumulated(time, 3 + 2 * time)
    exact = 3 * (time - time[0]) + time**2 - time[0] ** 2
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_a_crossing_on_a_line_is_exact_and_the_edges_are_named():
    time = np.array([0.0, 4.0, 10.0])
    assert first_crossing(time, 0.5 + time / 10) == pytest.approx(5.0)
    assert first_crossing(time, np.full(3, 1.0)) == np.inf  # what fits exactly is held
    assert first_crossing(time, np.array([1.1, 0.5, 0.5])) == 0.0
    assert first_crossing(time, np.array([0.5, np.inf, np.inf])) == 4.0
    assert first_crossing(time, np.full(3, np.nan)) == np.inf


def test_an_order_by_day_may_be_past_and_an_unknown_lead_time_gives_none():
    found = latest_start([10.0, 10.0, np.inf, 0.0], [3.0, np.nan, 3.0, 3.0])
    assert found[[0, 2, 3]].tolist() == [7.0, np.inf, -3.0]
    assert np.isnan(found[1])
    with pytest.raises(ValueError, match="lead_time"):
        latest_start(10.0, -1.0)


def test_the_naive_forecast_of_a_pure_season_is_perfect_and_scales_to_nothing():
    season = np.tile([1.0, 5.0, 9.0], 20)
    assert seasonal_naive(season, 3, 7).tolist() == [1.0, 5.0, 9.0, 1.0, 5.0, 9.0, 1.0]
    assert np.isnan(scaled_error(season[:3], season[:3], season, 3))


def test_the_naive_forecast_one_season_ahead_has_an_error_of_one_on_the_mean():
    """By definition: over the history itself MASE of the naive forecast is 1."""
    values = np.random.default_rng(2).normal(100, 10, 70)
    assert scaled_error(values[7:], values[:-7], values, 7) == pytest.approx(1.0)


def test_days_that_were_not_seen_do_not_count():
    assert scaled_error([np.nan, 4.0], [9.0, 3.0], [1.0, np.nan, 3.0, 5.0], 1) == pytest.approx(0.5)
    assert coverage([np.nan], 0.0, 1.0) != coverage([np.nan], 0.0, 1.0)


@pytest.mark.parametrize("count", [9, 19, 39])
def test_the_next_error_is_within_the_bounds_as_often_as_is_promised(count):
    """By z-score over 4,000 samples of exchangeable errors, of a skewed distribution."""
    rng = np.random.default_rng(count)
    errors = rng.lognormal(size=(4000, count + 1))
    bounds = np.array([conformal_quantile(row[:-1], [0.1, 0.9]) for row in errors])
    for share, inside in (
        (0.1, errors[:, -1] <= bounds[:, 0]),
        (0.9, errors[:, -1] <= bounds[:, 1]),
    ):
        z = (inside.mean() - share) / np.sqrt(share * (1 - share) / inside.size)
        assert abs(z) < 3.5


def test_bounds_beyond_what_was_seen_lie_beyond_it():
    low, high = conformal_quantile([-1.0, 0.0, 1.0], [0.01, 0.99])
    assert low < -1.0
    assert high > 1.0
    with pytest.raises(ValueError, match="errors"):
        conformal_quantile([], 0.5)
