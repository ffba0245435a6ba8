"""Pages of several steps: limits, exact harmonic numbers, and a simulated pool of workers."""

import heapq
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing.waiting import mean_wait
from planning.models.servers import latency

steps_of_a_page = st.integers(1, 200)


def harmonic(n):
    return float(sum(Fraction(1, k) for k in range(1, n + 1)))


def simulated_page(durations, width):
    """Time to finish `durations` with `width` workers, each taking the next when it is free."""
    workers = [0.0] * width
    for duration in durations:
        heapq.heappush(workers, heapq.heappop(workers) + duration)
    return max(workers)


def test_five_to_seven_queries_in_a_row():
    assert latency.sequential_time([5, 7], 0.05) == pytest.approx([0.25, 0.35])


@given(steps=steps_of_a_page)
def test_width_one_is_in_a_row(steps):
    row = latency.sequential_time(steps, 0.05)
    assert latency.parallel_time(steps, 0.05, 1) == row
    assert latency.expected_parallel_time(steps, 0.05, 1) == pytest.approx(row)


@given(steps=steps_of_a_page, width=st.integers(1, 200))
def test_equal_steps_take_the_time_of_simulated_workers(steps, width):
    assert latency.parallel_time(steps, 2, width) == simulated_page([2] * steps, width)


@given(steps=steps_of_a_page, spare=st.integers(0, 100))
def test_a_width_beyond_the_steps_gains_nothing(steps, spare):
    assert latency.parallel_time(steps, 0.05, steps + spare) == 0.05
    slowest = latency.expected_slowest_time(steps, 0.05)
    assert latency.expected_parallel_time(steps, 0.05, steps + spare) == pytest.approx(slowest)


def test_no_steps_take_no_time_and_no_connection():
    assert latency.sequential_time(0, 1) == 0
    assert latency.parallel_time(0, 1, 4) == 0
    assert latency.expected_slowest_time(0, 1) == 0
    assert latency.expected_parallel_time(0, 1, 4) == 0
    assert latency.connections_per_page(0, 4) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 10, 50, 1000])
def test_slowest_of_n_is_the_exact_harmonic_number(n):
    assert latency.expected_slowest_time(n, 1) == pytest.approx(harmonic(n), rel=2e-14, abs=0)


def test_slowest_of_very_many_grows_like_the_logarithm():
    assert latency.expected_slowest_time(1e9, 1) == pytest.approx(np.log(1e9) + np.euler_gamma)


@given(st.floats(min_value=0, max_value=1e4))
def test_harmonic_numbers_step_by_their_recurrence_between_whole_numbers(n):
    one_more = latency.expected_slowest_time(n + 1, 1)
    assert one_more - latency.expected_slowest_time(n, 1) == pytest.approx(1 / (n + 1), abs=1e-12)


@pytest.mark.parametrize(("steps", "width"), [(1, 1), (7, 4), (4, 4), (30, 5)])
def test_exponential_steps_agree_with_simulated_workers(steps, width):
    rng = np.random.default_rng([steps, width])
    pages = [simulated_page(rng.exponential(0.05, steps), width) for _ in range(4000)]
    error = np.std(pages, ddof=1) / np.sqrt(len(pages))
    assert abs(np.mean(pages) - latency.expected_parallel_time(steps, 0.05, width)) < 4 * error


def test_the_realistic_time_is_never_below_a_fair_share_of_the_work():
    steps, width = np.meshgrid(np.arange(1, 60), np.arange(1, 60))
    expected = latency.expected_parallel_time(steps, 1, width)
    assert np.all(expected >= steps / width * (1 - 1e-12))
    assert np.all(expected <= steps * (1 + 1e-12))


def test_a_page_in_parallel_holds_a_connection_per_running_step():
    assert latency.connections_per_page([1, 3, 9], 4).tolist() == [1, 3, 4]


def test_a_width_below_one_is_refused():
    with pytest.raises(ValueError, match=r"width\(=0\) must be at least 1"):
        latency.parallel_time(3, 1, 0)


@pytest.mark.parametrize("model", [latency.expected_slowest_time, latency.expected_parallel_time])
@pytest.mark.parametrize("name", ["steps", "step_time"])
def test_negative_steps_and_times_are_refused(model, name):
    arguments = {"steps": 3, "step_time": 1, name: -1}
    if model is latency.expected_parallel_time:
        arguments["width"] = 2
    with pytest.raises(ValueError, match=rf"{name}\(=-1\)"):
        model(**arguments)


def test_page_time_at_the_ends_of_the_hit_ratio():
    times = latency.page_time(5, [0, 1], 0.001, 0.05)
    assert times == pytest.approx([latency.sequential_time(5, t) for t in (0.05, 0.001)])


@given(st.floats(min_value=0, max_value=1))
def test_page_time_is_linear_in_the_hit_ratio(hit_ratio):
    slow, fast, page = latency.page_time(4, np.array([0, 1, hit_ratio]), 0.001, 0.05)
    assert page == pytest.approx(slow + hit_ratio * (fast - slow))


def test_response_time_without_a_wait_is_the_service_and_saturated_is_endless():
    assert latency.response_time([0, np.inf], 0.05).tolist() == [0.05, np.inf]


@pytest.mark.parametrize("load", [0.1, 0.5, 0.99])
def test_response_time_of_one_server_is_the_service_over_what_is_idle(load):
    # M/M/1: s / (1 - rho).
    wait = mean_wait(load / 0.05, 0.05, 1)
    assert latency.response_time(wait, 0.05) == pytest.approx(0.05 / (1 - load))
