"""Streams and polling: simulated viewers, and identities that nobody is lost between the two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import caching
from planning.models.delivery import streams

sizes = st.floats(0, 1e6)
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


def z_score(samples, expected):
    return (np.mean(samples) - float(expected)) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def test_requests_in_flight_agree_with_simulation():
    rng = np.random.default_rng(1961)
    viewers, rate, time = 40, 200.0, 0.05
    seen = []
    for _ in range(2000):
        # Look at one moment: who came within the last ten mean times and has not left.
        ago = rng.uniform(0, 10 * time, rng.poisson(rate * 10 * time))
        seen.append(viewers + np.sum(rng.exponential(time, len(ago)) > ago))
    assert abs(z_score(seen, streams.concurrent_requests(viewers, rate, time))) < Z_LIMIT


def test_without_streams_it_is_littles_law():
    assert streams.concurrent_requests(0, 2000, 0.05) == 100


def test_every_stream_is_a_request_in_flight():
    assert streams.concurrent_requests(20_000, 0, 0.05) / 100 == 200


@given(rooms=sizes, room_size=sizes, cap=sizes)
def test_nobody_is_lost_between_streams_and_polls(rooms, room_size, cap):
    streamed = streams.streamed_viewers(rooms, room_size, cap)
    overflow = streams.overflow_viewers(rooms, room_size, cap)
    assert streamed + overflow == pytest.approx(rooms * room_size)
    assert streamed <= rooms * cap


def test_150_viewers_of_one_event_are_100_streams_and_50_pollers():
    assert streams.streamed_viewers(1, 150, 100) == 100
    assert streams.overflow_viewers(1, 150, 100) == 50
    assert caching.refresh_rate(streams.overflow_viewers(1, [150, 200], 100), 10).tolist() == [
        5,
        10,
    ]


def test_up_to_the_cap_nobody_polls():
    assert streams.overflow_viewers(7, [0, 99, 100], 100).tolist() == [0, 0, 0]


def test_without_a_cap_all_stream_and_with_a_cap_of_0_all_poll():
    assert streams.streamed_viewers(7, 150, [np.inf, 0]).tolist() == [1050, 0]
    assert streams.overflow_viewers(7, 150, [np.inf, 0]).tolist() == [0, 1050]


def test_a_mean_room_below_the_cap_hides_the_rooms_above_it():
    sizes_of_rooms = np.array([20, 40, 180])
    assert streams.overflow_viewers(3, sizes_of_rooms.mean(), 100) == 0
    assert streams.overflow_viewers(1, sizes_of_rooms, 100).sum() == 80


def test_poll_ages_agree_with_simulation():
    rng = np.random.default_rng(9111)
    interval, cached = 10.0, 30.0
    now, poller, cache = rng.uniform(1e4, 2e4, (3, 20_000))
    polled = now - (now - poller) % interval  # each follows a clock of its own
    fetched = polled - (polled - cache) % cached
    ages = now - fetched
    worst = streams.poll_staleness_worst(interval, cached)
    assert abs(z_score(ages, streams.poll_staleness_mean(interval, cached))) < Z_LIMIT
    assert 0.95 * worst < ages.max() <= worst


@given(interval=sizes, cached=sizes)
def test_polls_are_two_layers_of_a_chain_of_caches(interval, cached):
    worst = streams.poll_staleness_worst(interval, cached)
    assert worst == pytest.approx(caching.staleness_worst([interval, cached]))
    mean = streams.poll_staleness_mean(interval, cached)
    assert mean == pytest.approx(caching.staleness_mean([interval, cached]))


def test_ten_second_polling_behind_a_cache_of_thirty_is_forty_behind():
    assert streams.poll_staleness_worst(10, 30) == 40


def test_where_every_write_clears_the_cache_only_the_interval_counts():
    assert streams.poll_staleness_worst(10, 0) == 10


def test_a_push_is_as_old_as_what_it_was_read_from():
    assert streams.push_staleness([0, 30], 0.1).tolist() == [0.1, 30.1]


def test_a_poll_all_the_time_is_a_push_in_the_limit():
    assert streams.poll_staleness_worst(0, 30) == streams.push_staleness(30, 0)


def test_the_seventh_tab_of_a_browser_hangs():
    # MDN, EventSource: 6 per browser and domain over HTTP/1.1, 100 over HTTP/2.
    assert streams.streams_per_browser([5, 6, 7], 6).tolist() == [5, 6, 6]
    assert streams.streams_per_browser(7, 100) == 7
