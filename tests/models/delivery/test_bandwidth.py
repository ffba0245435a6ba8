"""Bits on the wire: published volumes, and means of peaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import bandwidth

amounts = st.floats(min_value=1e-3, max_value=1e9)


def test_a_thousand_viewer_hours_of_300_gb_are_two_thirds_of_a_megabit():
    volume = bandwidth.transferred_bytes(viewers=1000, duration=3600, bitrate=0.6667e6)
    assert volume == pytest.approx(300e9, rel=1e-4)


@given(viewers=amounts, hours=amounts, megabits=amounts)
def test_gigabytes_are_viewers_times_hours_times_megabits_times_045(viewers, hours, megabits):
    volume = bandwidth.transferred_bytes(viewers, hours * 3600, megabits * 1e6)
    assert volume / 1e9 == pytest.approx(viewers * hours * megabits * 0.45)


@pytest.mark.parametrize(("megabits", "gigabytes"), [(1.416, 637.2), (1.7, 765.0)])
def test_720p_is_not_300_gb(megabits, gigabytes):
    volume = bandwidth.transferred_bytes(1000, 3600, megabits * 1e6)
    assert volume / 1e9 == pytest.approx(gigabytes)


def test_a_month_is_730_hours():
    assert bandwidth.MONTH == 2_628_000
    assert bandwidth.transferred_bytes(100, bandwidth.MONTH, 1e6) / 1e9 == 32_850


@given(peak=amounts, sleep=st.floats(min_value=1, max_value=100))
def test_a_day_of_peak_and_silence_has_the_mean_of_its_peak(peak, sleep):
    hours_awake = 24 / sleep
    delivered = bandwidth.transferred_bytes(peak, hours_awake * 3600, 1e6)
    mean = bandwidth.mean_from_peak(peak, sleep)
    assert bandwidth.transferred_bytes(mean, 24 * 3600, 1e6) == pytest.approx(delivered)


def test_an_audience_that_never_sleeps_is_always_at_its_peak():
    assert bandwidth.mean_from_peak([0, 900], 1).tolist() == [0, 900]


def test_a_peak_below_the_mean_is_refused():
    with pytest.raises(ValueError, match=r"peak_to_mean\(=0\.5\) must be at least 1"):
        bandwidth.mean_from_peak(900, 0.5)
