"""Tests of planning.models.queueing.spreading."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing import contention, spreading

HOLD = 1 / 430  # [s] a single-call gift with a 2 ms flush, fitted to the measured throughputs
CONVOY = 9.6e-6  # [s] the same fit

rates = st.floats(0.1, 2000)
holds = st.floats(1e-4, 1)
convoys = st.floats(0, 1e-4)
limits = st.integers(0, 500)


def test_measured_batches_of_10_and_of_100_up_to_the_cpu():
    # 10 %: the hold is a single gift's, and ten gifts are a little more work.
    gifts = spreading.batched_throughput([10, 100, 1000], HOLD, cpu_limit=38_000)
    np.testing.assert_allclose(gifts, [4_200, 38_000, 38_000], rtol=0.1)


def test_the_row_alone_would_carry_more_than_the_cpu_at_100_in_a_batch():
    row = spreading.batched_throughput([10, 100], HOLD, np.inf)
    assert row[0] < 38_000 < row[1]


def test_a_batch_of_one_is_a_gift():
    assert spreading.batched_throughput(1, HOLD, 1e9) == contention.row_throughput(HOLD)
    assert spreading.transactions(7, 1) == 7


@given(gifts=st.floats(0, 1e6), size=st.integers(1, 1000), hold=holds)
def test_batches_carry_their_gifts(gifts, size, hold):
    assert spreading.transactions(gifts, size) * size == pytest.approx(gifts)
    row = contention.row_throughput(hold)
    carried = spreading.batched_throughput(size, hold, np.inf)
    assert spreading.transactions(carried, size) == pytest.approx(row)


def test_zero_load():
    assert contention.crowded_hold_time(0, HOLD, CONVOY, 200) == HOLD
    assert contention.lock_wait(0, HOLD, 200) == 0
    assert spreading.transactions(0, 100) == 0
    assert spreading.spread_throughput(0, 0.01, 1000) == 0


def test_uniform_receivers_share_equally():
    assert spreading.zipf_top_share(100, 0) == pytest.approx(1 / 100)


def test_one_receiver_takes_all():
    assert spreading.zipf_top_share(1, 0.7) == 1
    assert spreading.skewed_throughput(429, 1) == 429


def test_zipf_of_a_thousand_receivers_is_the_harmonic_number():
    # H(1000) = 7.485470860550345 (OEIS A001008 / A002805).
    assert spreading.zipf_top_share(1000, 1) == pytest.approx(1 / 7.485470860550345, rel=1e-14)


@given(receivers=st.integers(2, 500), exponent=st.floats(0.1, 3))
def test_more_receivers_help_and_more_skew_hurts(receivers, exponent):
    top = spreading.zipf_top_share(receivers, exponent)
    assert 1 / receivers < top < 1
    assert spreading.zipf_top_share(receivers + 1, exponent) < top
    assert spreading.zipf_top_share(receivers, exponent + 0.1) > top
    total = spreading.skewed_throughput(100, top)
    assert total * top == pytest.approx(100)
    assert total <= 100 * receivers


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"top_share\(=0\) must be above 0"):
        spreading.skewed_throughput(100, 0)


def test_spread_receivers_share_flushes_and_stop_at_the_cpu():
    time = spreading.transaction_time(5, 4e-3, 2e-3, 1e-3)
    assert spreading.spread_throughput([12, 24, 48], time, 1_500) == pytest.approx(
        [500, 1000, 1500]
    )


@given(statements=st.integers(1, 20), data=st.data(), trip=st.floats(0, 0.1), own=st.floats(0, 0.1))
def test_the_row_is_never_held_longer_than_the_connection(statements, data, trip, own):
    held = contention.round_trips_held(statements, data.draw(st.integers(1, statements)))
    hold = contention.hold_time(held, trip, 2e-3, own)
    assert hold <= spreading.transaction_time(statements + 1, trip, 2e-3, own)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: contention.row_throughput(0), r"hold_time\(=0\) must be above 0"),
        (lambda: contention.crowded_hold_time(1, 1, -1, 1), r"convoy\(=-1\)"),
        (lambda: contention.crowded_hold_time(1, 0, 1, 1), r"hold_time\(=0\)"),
        (lambda: contention.lock_wait(-1, 1, 1), r"arrival_rate\(=-1\)"),
        (lambda: contention.lock_wait(1, 0, 1), r"crowded_hold_time\(=0\)"),
        (lambda: spreading.transactions(1, 0.5), r"batch_size\(=0\.5\) must be at least 1"),
        (lambda: spreading.zipf_top_share(0, 1), r"receivers\(=0\) must be at least 1"),
        (lambda: contention.stable_row_throughput(1, float("nan")), r"convoy\(=nan\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
