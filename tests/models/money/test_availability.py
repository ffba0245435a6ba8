"""Availability: published nines, limits, and parts that fail in a simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.money import availability

DAY = 86_400
parts = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("share", "per_month"),
    [(0.95, 36 * 3600), (0.99, 7.2 * 3600), (0.999, 43.2 * 60), (0.9999, 4.32 * 60)],
)
def test_nines_over_thirty_days(share, per_month):
    # Site Reliability Engineering, appendix A
    assert availability.downtime(share, 30 * DAY) == pytest.approx(per_month)


def test_always_up_and_never_up():
    assert availability.downtime([0, 1], 60).tolist() == [60, 0]


@given(parts)
def test_series_is_no_better_than_the_worst_and_parallel_no_worse_than_the_best(shares):
    assert availability.series_availability(shares) <= min(shares)
    assert availability.parallel_availability(shares) >= max(shares) - 1e-12


@given(parts)
def test_parallel_is_series_of_being_down(shares):
    down = availability.series_availability(1 - np.array(shares))
    assert availability.parallel_availability(shares) == pytest.approx(1 - down)


def test_no_parts_in_series_are_up_and_in_parallel_down():
    assert availability.series_availability([]) == 1
    assert availability.parallel_availability([]) == 0


def test_two_servers_on_one_database_are_no_better_than_the_database():
    servers = availability.parallel_availability([0.99, 0.99])
    assert availability.series_availability([servers, 0.999]) == pytest.approx(0.9999 * 0.999)


def test_parts_lie_along_the_last_axis():
    shares = [[0.5, 0.5], [1, 0]]
    assert availability.series_availability(shares).tolist() == [0.25, 0]
    assert availability.parallel_availability(shares).tolist() == [0.75, 1]


def test_parts_that_fail_independently_agree():
    shares = np.array([0.9, 0.7, 0.8])
    up = np.random.default_rng(7).random((100_000, 3)) < shares
    for observed, expected in [
        (up.all(axis=1), availability.series_availability(shares)),
        (up.any(axis=1), availability.parallel_availability(shares)),
    ]:
        assert abs(observed.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 100_000)


def test_nines_in_percent_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"availability\(=99\.9\).*70 % is 0\.7"):
        availability.downtime(99.9, 60)
    for model in (availability.series_availability, availability.parallel_availability):
        with pytest.raises(ValueError, match=r"availabilities\(=99\.9\).*70 % is 0\.7"):
            model([0.5, 99.9])
