"""Connections held: pools at their edges, waits for a place."""

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing.erlang import erlang_b, wait_probability
from planning.models.queueing.finite import wait_limited
from planning.models.servers import connections
from planning.models.servers.connections import pool_full

counts = st.integers(0, 10_000)


def test_idle_pools_stay_warm_and_full_pools_open_no_more():
    opened = connections.opened_connections([0, 40, 41, 400, 401, np.inf], 4, 10, 100)
    assert opened.tolist() == [40, 40, 41, 400, 400, 400]


def test_a_pool_warmer_than_it_is_large_is_as_large_as_it_is():
    assert connections.opened_connections(0, 4, 200, 100) == 400


@pytest.mark.parametrize("places", [1, 2, 20, 500])
@pytest.mark.parametrize("load", [0.3, 0.95, 1, 1.5])
def test_pool_wait_of_whole_places_is_the_queue_with_a_wait_limit(places, load):
    rate, hold, limit = load * places / 0.05, 0.05, 2.0
    expected = wait_limited(rate, hold, places, limit).mean_wait_served
    got = connections.pool_wait(rate * hold, rate, places, limit)
    assert got == pytest.approx(float(expected), rel=1e-9)


def test_one_server():
    # M/M/1 with patience for much longer than it takes: rho s / (1 - rho).
    waits = connections.pool_wait([0.5, 0.8], [50, 80], 1, wait_limit=100)
    assert waits == pytest.approx([0.01, 0.04])


def test_half_a_place_is_one_place_half_as_fast():
    rate, hold = np.array([0.1, 0.4, 0.49, 0.5, 0.75, 5]) / 0.02, 0.02
    expected = wait_limited(rate, 2 * hold, 1, 3.0).mean_wait_served
    np.testing.assert_allclose(connections.pool_wait(rate * hold, rate, 0.5, 3.0), expected)


def test_two_places_and_a_half_are_two_places_a_quarter_faster():
    rate, hold = np.array([0.5, 2, 2.4, 2.5, 5]) / 0.02, 0.02
    expected = wait_limited(rate, hold / 1.25, 2, 3.0).mean_wait_served
    np.testing.assert_allclose(connections.pool_wait(rate * hold, rate, 2.5, 3.0), expected)


@pytest.mark.parametrize("pool", [0.1, 0.5, 1.5, 2.25, 7.9, 19.01])
def test_a_fraction_of_a_place_conserves_capacity(pool):
    # Full is where the pool is full, not where its whole part is.
    hold, limit = 0.01, 100.0
    below, above = connections.pool_wait(
        pool * np.array([0.9, 1.1]), pool * np.array([0.9, 1.1]) / hold, pool, limit
    )
    assert below < 0.02 * limit
    assert above > 0.98 * limit


@given(pool=st.floats(1.001, 60), load=st.floats(0.05, 3))
def test_a_larger_pool_waits_less(pool, load):
    # By a whole place: 1.99 places are one fast server, 2 are two slow ones, and wait longer.
    rate = load * pool / 0.05
    here, larger = connections.pool_wait(load * pool, rate, [pool, pool + 1], 2.0)
    assert larger <= here * (1 + 1e-9)


@given(pool=st.integers(1, 100), load=st.floats(0, 1e3), limit=st.floats(1e-3, 1e3))
def test_the_wait_of_the_served_lies_between_zero_and_the_limit(pool, load, limit):
    wait = connections.pool_wait(load * pool, load * pool / 0.05, pool, limit)
    assert 0 <= wait <= limit


def test_saturated_waits_approach_the_limit():
    waits = connections.pool_wait([20, 40, 2000], [200, 400, 20_000], 20, 5.0)
    assert np.all(np.diff(waits) > 0)
    assert waits[0] == pytest.approx(2.5, rel=0.05)  # at capacity: anywhere up to the limit
    assert waits[2] == pytest.approx(5, rel=1e-3)


def test_a_pool_of_twenty_times_as_many_places_for_as_many_users_waits_less():
    # Economies of scale: the same load per place.
    small, large = connections.pool_wait([16, 320], [160, 3200], [20, 400], 10)
    assert large < small / 100


def test_shapes_broadcast():
    assert connections.pool_wait(np.ones((3, 1)), 10, [1, 2], 5).shape == (3, 2)


def test_zero_load():
    assert connections.pool_wait(0, 0, 20, 5) == 0
    assert connections.pool_wait(0, 100, 20, 5) == 0
    assert connections.opened_connections(0, 4, 0, 100) == 0


@given(busy=counts, processes=counts, warm=st.integers(0, 100), spare=st.integers(0, 100))
def test_opened_connections_serve_the_busy_ones_as_far_as_the_pools_go(
    busy, processes, warm, spare
):
    pool = warm + spare
    opened = connections.opened_connections(busy, processes, warm, pool)
    most = processes * pool
    assert processes * warm <= opened <= most
    assert opened >= min(busy, most)
    assert opened in (busy, processes * warm, most)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: connections.pool_wait(1, 1, 1, 0), r"wait_limit\(=0\) must be above 0"),
        (lambda: connections.pool_wait(1, 1, 0, 1), r"servers\(=0\) must be above 0"),
        (lambda: connections.opened_connections(1, -4, 0, 100), r"processes\(=-4\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def found_full(longest, rng, arrivals=20_000, places=10, rate=20.0, mean=0.3):
    """Share of arrivals that find every place taken, where one hold in a hundred is `longest`."""
    short = (mean - 0.01 * longest) / 0.99
    free, now, full = [0.0] * places, 0.0, 0
    for gap, draw in zip(rng.exponential(1 / rate, arrivals), rng.random(arrivals), strict=True):
        now += gap
        start = max(heapq.heappop(free), now)
        full += start > now
        heapq.heappush(free, start + (longest if draw < 0.01 else short))
    return full / arrivals


@pytest.mark.parametrize("longest", [2.0, 5.0, 10.0])
def test_a_long_tail_hardly_changes_how_often_a_pool_is_full(longest):
    rng = np.random.default_rng(5)
    shares = [found_full(longest, rng) for _ in range(12)]
    told = float(pool_full(busy=6, arrival_rate=20, servers=10, wait_limit=1e3))
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    # Erlang C is of exponential holds; a tail moves it by a tenth or less.
    assert abs(np.mean(shares) - told) < 0.1 * told + 3 * error
    assert error < 0.1 * told


def test_a_pool_is_full_as_often_as_erlang_says_and_always_in_overload():
    # Erlang C of 6 erlang and 10 servers, Erlang B where nobody waits at all.
    assert pool_full(6, 20, 10, 1e3) == pytest.approx(float(wait_probability(6, 10)))
    assert pool_full(6, 20, 10, 1e-9) == pytest.approx(float(erlang_b(6, 10)), rel=1e-6)
    assert pool_full(0, 0, 10, 1) == 0
    assert pool_full(1000, 10, 10, 1) == pytest.approx(1, abs=1e-3)
