"""Tests of planning.models.queueing.spreading."""

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


def test_zero_load():
    assert contention.crowded_hold_time(0, HOLD, CONVOY, 200) == HOLD
    assert contention.lock_wait(0, HOLD, 200) == 0


def test_a_spread_gift_holds_its_connection_for_24_milliseconds():
    # Five round trips of 4 ms, 1 ms of its own, and one and a half flushes of 2 ms.
    assert spreading.transaction_time(5, 4e-3, 2e-3, 1e-3) == pytest.approx(24e-3)


@given(statements=st.integers(1, 20), data=st.data(), trip=st.floats(0, 0.1), own=st.floats(0, 0.1))
def test_the_row_is_never_held_longer_than_the_connection(statements, data, trip, own):
    held = contention.round_trips_held(statements, data.draw(st.integers(1, statements)))
    hold = contention.hold_time(held, trip, 2e-3, own)
    assert hold <= spreading.transaction_time(statements + 1, trip, 2e-3, own)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: contention.crowded_hold_time(1, 1, -1, 1), r"convoy\(=-1\)"),
        (lambda: contention.crowded_hold_time(1, 0, 1, 1), r"hold_time\(=0\)"),
        (lambda: contention.lock_wait(-1, 1, 1), r"arrival_rate\(=-1\)"),
        (lambda: contention.lock_wait(1, 0, 1), r"crowded_hold_time\(=0\)"),
        (lambda: contention.stable_row_throughput(1, float("nan")), r"convoy\(=nan\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
