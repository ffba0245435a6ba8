"""Everyone in the same second: two measured bursts, and a queue worked off one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing import burst
from planning.models.queueing.contention import crowded_throughput

counts = st.integers(0, 5_000)
rates = st.floats(0.1, 1e4)
times = st.floats(0, 100)


def at_the_pool(arrivals, hold, pool, patience):
    """Let a burst in at once and serve one at a time: how many are served, and when the last is."""
    served = 0
    for place in range(1, arrivals + 1):
        # The first `pool` are inside at once; each later one takes the place of one that is done.
        enters = max(0, place - pool) * hold
        if enters > patience:
            break
        served = place
    return served, served * hold


def test_measured_270_of_1000_with_a_pool_of_20():
    assert burst.served(1000, 1 / 0.02, inside=20, wait_limit=5) == 270


def test_measured_288_of_1000_with_a_pool_of_60():
    # 310 here, 7.6 % more than measured; 304 with the convoy of 59 waiters at 8 us, 5.7 %. Not all
    # of the pool was inside when the clock stopped, and it was one run: 10 %.
    assert burst.served(1000, 50, inside=60, wait_limit=5) == pytest.approx(288, rel=0.1)
    crowded = crowded_throughput(0.02, 8e-6, 59)
    assert burst.served(1000, crowded, inside=60, wait_limit=5) == pytest.approx(288, rel=0.06)


def test_hold_time_is_everything_and_pool_size_hardly_matters():
    base, pool, hold = burst.served(1000, [50, 50, 100], [20, 60, 20], 5)
    assert pool / base < 1.15  # three times the pool; measured 1.07
    assert hold / base > 1.9  # half the hold


@given(arrivals=counts, pool=st.integers(1, 100), ticks=st.integers(0, 500))
def test_served_and_drained_as_one_by_one(arrivals, pool, ticks):
    # In eighths of a second, so that neither loop nor formula rounds; the last one enters just as
    # the patience of the others ends.
    hold = 0.125
    served, finished = at_the_pool(arrivals, hold, pool, ticks * hold)
    assert burst.served(arrivals, 1 / hold, pool, ticks * hold) == served
    assert served * hold == finished


def test_zero_load():
    assert burst.served(0, 50, 20, 5) == 0


def test_no_patience_serves_those_inside():
    assert burst.served(1000, 50, 20, 0) == 20


def test_nothing_runs_serves_those_inside():
    assert burst.served(1000, 0, 20, 5) == 20


def test_endless_patience_serves_everyone():
    assert burst.served(1000, 50, 20, np.inf) == 1000


@given(arrivals=counts, rate=rates, inside=counts, limit=times)
def test_served_and_failed_are_the_burst(arrivals, rate, inside, limit):
    served = burst.served(arrivals, rate, inside, limit)
    assert 0 <= served <= arrivals
    if served < arrivals:
        # Until the limit the row was busy without a pause, then it finished those inside.
        assert served / rate == pytest.approx(limit + inside / rate)


@given(arrivals=counts, rate=rates, inside=counts, limit=times, more=st.floats(0.01, 100))
def test_more_of_anything_never_serves_fewer(arrivals, rate, inside, limit, more):
    base = (arrivals, rate, inside, limit)
    served = burst.served(*base)
    for place in range(4):
        changed = list(base)
        changed[place] += more
        gained = burst.served(*changed) - served
        assert gained >= 0
        if place in (0, 2):  # a gift or a place more serves at most as many more
            assert gained <= more + 1e-6


def test_shapes_broadcast():
    assert burst.served(1000, [[50], [100]], [20, 60, 80], 5).shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: burst.served(-1, 1, 1, 1), r"arrivals\(=-1\) must be at least 0"),
        (lambda: burst.served(1, 1, 1, -5), r"wait_limit\(=-5\)"),
        (lambda: burst.spare_rate(1, 1, -1, 1), r"already\(=-1\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
