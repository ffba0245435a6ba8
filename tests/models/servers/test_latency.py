"""Pages of several steps: limits, and a simulated pool of workers."""

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.servers import latency

steps_of_a_page = st.integers(1, 200)


def simulated_page(durations, width):
    """Time to finish `durations` with `width` workers, each taking the next when it is free."""
    workers = [0.0] * width
    for duration in durations:
        heapq.heappush(workers, heapq.heappop(workers) + duration)
    return max(workers)


@given(steps=steps_of_a_page, width=st.integers(1, 200))
def test_equal_steps_take_the_time_of_simulated_workers(steps, width):
    assert latency.parallel_time(steps, 2, width) == simulated_page([2] * steps, width)


def test_a_width_below_one_is_refused():
    with pytest.raises(ValueError, match=r"width\(=0\) must be at least 1"):
        latency.parallel_time(3, 1, 0)


@given(st.floats(min_value=0, max_value=1))
def test_page_time_is_linear_in_the_hit_ratio(hit_ratio):
    slow, fast, page = latency.page_time(4, np.array([0, 1, hit_ratio]), 0.001, 0.05)
    assert page == pytest.approx(slow + hit_ratio * (fast - slow))


@given(steps=steps_of_a_page, spare=st.integers(0, 100))
def test_width_one_is_in_a_row_and_a_width_beyond_the_steps_gains_nothing(steps, spare):
    assert latency.parallel_time(steps, 0.05, 1) == pytest.approx(steps * 0.05)
    assert latency.parallel_time(steps, 0.05, steps + spare) == 0.05
    assert latency.parallel_time(0, 0.05, steps) == 0


def test_page_time_at_the_ends_of_the_hit_ratio():
    assert latency.page_time(5, [0, 1], 0.001, 0.05) == pytest.approx([0.25, 0.005])
