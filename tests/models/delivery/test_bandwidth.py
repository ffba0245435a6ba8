"""Bits on the wire: published volumes, inverses, and rooms that must fit a node."""

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


@given(viewers=amounts, duration=amounts, bitrate=amounts)
def test_bitrate_for_bytes_undoes_transferred_bytes(viewers, duration, bitrate):
    volume = bandwidth.transferred_bytes(viewers, duration, bitrate)
    assert bandwidth.bitrate_for_bytes(volume, viewers, duration) == pytest.approx(bitrate)


def test_a_month_is_730_hours():
    assert bandwidth.MONTH == 2_628_000
    assert bandwidth.bytes_per_month(7, 8e6) == bandwidth.transferred_bytes(7, 2_628_000, 8e6)


def test_egress_over_a_time_is_the_volume():
    egress = bandwidth.viewer_egress(viewers=120, bitrate=2.5e6)
    assert egress * 60 / 8 == bandwidth.transferred_bytes(120, 60, 2.5e6)


def test_origin_egress_at_the_ends_of_the_hit_ratio():
    assert bandwidth.origin_egress(8e9, [0, 1]).tolist() == [8e9, 0]


def test_a_percentage_for_a_hit_ratio_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"hit_ratio\(=95\).*70 % is 0\.7"):
        bandwidth.origin_egress(8e9, 95)


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
