"""Availability: published nines, limits, and copies that fail in a simulation."""

import numpy as np
import pytest

from planning.models.money import availability

DAY = 86_400


@pytest.mark.parametrize(
    ("share", "per_month"),
    [(0.95, 36 * 3600), (0.99, 7.2 * 3600), (0.999, 43.2 * 60), (0.9999, 4.32 * 60)],
)
def test_nines_over_thirty_days(share, per_month):
    # Site Reliability Engineering, appendix A
    assert availability.downtime(share, 30 * DAY) == pytest.approx(per_month)


def test_always_up_and_never_up():
    assert availability.downtime([0, 1], 60).tolist() == [60, 0]


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_copies_that_fail_independently_agree(copies):
    up = np.random.default_rng(7).random((100_000, copies)) < 0.7
    expected = availability.redundant_availability(0.7, copies)
    error = np.sqrt(expected * (1 - expected) / 100_000)
    assert abs(up.any(axis=1).mean() - expected) < 4 * error


def test_nines_in_percent_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"availability\(=99\.9\).*70 % is 0\.7"):
        availability.downtime(99.9, 60)
