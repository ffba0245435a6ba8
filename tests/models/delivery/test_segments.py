"""Segments: limits, viewers played one by one, and an origin that somebody saw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery.segments import origin_fetches


@given(st.floats(0, 1e7), st.floats(1, 1e5), st.floats(1, 20))
def test_no_more_than_one_per_viewer_nor_than_one_per_copy(viewers, copies, segment):
    fetches = origin_fetches(viewers, copies, segment) * segment
    assert fetches <= viewers * (1 + 1e-9) + 1e-9
    assert fetches <= copies * (1 + 1e-9)


def test_few_viewers_miss_each_time_and_many_cost_the_origin_nothing_more():
    assert origin_fetches(0, 100, 6) == 0
    assert origin_fetches(1, 1e6, 6) == pytest.approx(1 / 6, rel=1e-5)
    assert origin_fetches([1e5, 1e7], 100, 6).tolist() == pytest.approx([100 / 6] * 2)


def test_viewers_played_one_by_one_ask_for_as_many_copies():
    rng = np.random.default_rng(2)
    viewers, copies, runs = 300, 200, 400
    asked = [len(np.unique(rng.integers(0, copies, rng.poisson(viewers)))) for _ in range(runs)]
    said = float(origin_fetches(viewers, copies, 1))
    error = np.std(asked) / np.sqrt(runs)
    assert abs(np.mean(asked) - said) < 4 * error
    assert error < 0.01 * said


def test_an_origin_behind_fifty_places_was_asked_by_more_caches_than_that():
    # https://community.wowza.com/t/improving-cloudfront-cache-hit-ratio-for-http-live-streams/41501:
    # thousands of viewers, seven qualities of 8 Mbit/s together, ten-second segments, 50 edge
    # locations: 400 Mbit/s if each were one cache, and 1,000 were measured.
    mean = 8e6 / 7
    said, with_more = (
        float(origin_fetches(5000, 7 * caches, 10)) * mean * 10 for caches in (50, 125)
    )
    assert said == pytest.approx(400e6, rel=0.001)
    assert with_more == pytest.approx(1000e6, rel=0.005)


def test_a_segment_without_length_is_refused():
    with pytest.raises(ValueError, match="segment_time"):
        origin_fetches(1, 1, 0)
