"""Writing later: a buffer and a scheduled job, run on a clock beside the formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import ledger

rates = st.floats(0, 1e4)
intervals = st.floats(0.01, 1e4)
never = np.inf


def run_the_job(arrivals_per_second, batch_size, interval, seconds):
    """Entries come once a second, the job runs every `interval` seconds: posted, and left over."""
    backlog = posted = 0
    for second in range(1, seconds + 1):
        backlog += arrivals_per_second
        if second % interval == 0:
            batch = min(backlog, batch_size)
            backlog, posted = backlog - batch, posted + batch
    return posted, backlog


def test_unscheduled_posts_nothing_and_everything_piles_up():
    assert ledger.posting_rate(1000, never) == 0
    assert ledger.backlog_growth(50, ledger.posting_rate(1000, never)) == 50
    assert ledger.mean_staleness(never) == np.inf


def test_never_flushed_writes_nothing_and_risks_everything():
    assert ledger.flush_writes(1, never) == 0
    assert ledger.loss_window(200, never) == np.inf


@given(rate=rates, spare=st.floats(0, 1e4))
def test_a_job_that_keeps_up_leaves_no_backlog(rate, spare):
    assert ledger.backlog_growth(rate, rate + spare) == 0


@given(rate=rates, batch=st.integers(0, 10_000), interval=intervals)
def test_what_is_not_posted_piles_up(rate, batch, interval):
    capacity = float(ledger.posting_rate(batch, interval))
    growth = ledger.backlog_growth(rate, capacity)
    assert growth + min(rate, capacity) == pytest.approx(rate)


@given(
    rate=st.integers(0, 50),
    batch=st.integers(0, 500),
    interval=st.integers(1, 20),
)
def test_posted_and_left_over_agree_with_a_job_on_a_clock(rate, batch, interval):
    runs = 100
    seconds = runs * interval
    posted, backlog = run_the_job(rate, batch, interval, seconds)
    growth = ledger.backlog_growth(rate, ledger.posting_rate(batch, interval))
    assert backlog == pytest.approx(growth * seconds, abs=1e-6)
    assert posted == pytest.approx((rate - growth) * seconds, abs=1e-6)


def test_a_job_just_fast_enough_and_just_too_slow():
    growth = ledger.backlog_growth(100, ledger.posting_rate([999, 1000, 1001], 10))
    assert growth == pytest.approx([0.1, 0, 0])


def test_zero_load():
    assert ledger.flush_writes(0, 5) == 0
    assert ledger.loss_window(0, 5) == 0
    assert ledger.backlog_growth(0, 0) == 0
    assert ledger.posting_rate(0, 10) == 0


def test_written_at_once_is_fresh_and_nothing_is_at_risk():
    assert ledger.mean_staleness(0) == 0
    assert ledger.loss_window(200, 0) == 0


@pytest.mark.parametrize("interval", [0.5, 5, 60])
def test_staleness_is_the_mean_age_over_readers_at_random_times(interval):
    reads = np.random.default_rng(1).uniform(0, 10_000 * interval, 100_000)
    ages = reads % interval
    error = ages.std(ddof=1) / np.sqrt(ages.size)
    assert abs(ages.mean() - ledger.mean_staleness(interval)) < 4 * error


@given(rate=rates, interval=intervals)
def test_half_of_what_may_be_lost_is_what_is_unseen_on_average(rate, interval):
    # Little: those not yet written are the rate times the mean time until they are.
    unseen = rate * ledger.mean_staleness(interval)
    assert 2 * unseen == pytest.approx(float(ledger.loss_window(rate, interval)))


@given(receivers=st.integers(1, 1000), rate=st.floats(1, 1e4), interval=intervals)
def test_a_flush_writes_no_more_than_its_receivers_and_carries_all_they_got(
    receivers, rate, interval
):
    flushes = 1 / interval
    writes = ledger.flush_writes(receivers, interval)
    assert writes == pytest.approx(receivers * flushes)
    assert ledger.loss_window(rate, interval) * flushes == pytest.approx(rate)


def test_a_longer_interval_trades_writes_for_loss_and_age():
    short, long = 1, 30
    assert ledger.flush_writes(10, long) < ledger.flush_writes(10, short)
    assert ledger.loss_window(200, long) > ledger.loss_window(200, short)
    assert ledger.mean_staleness(long) > ledger.mean_staleness(short)


def test_shapes_broadcast():
    assert ledger.backlog_growth(np.ones((3, 1)), [0, 1]).shape == (3, 2)
    assert ledger.posting_rate(1000, [1, 10, never]).tolist() == [1000, 100, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ledger.flush_writes(1, 0), r"flush_interval\(=0\) must be above 0"),
        (lambda: ledger.flush_writes(-1, 5), r"receivers\(=-1\)"),
        (lambda: ledger.posting_rate(1, 0), r"interval\(=0\) must be above 0"),
        (lambda: ledger.posting_rate(-1, 1), r"batch_size\(=-1\)"),
        (lambda: ledger.mean_staleness(-1), r"interval\(=-1\) must be at least 0"),
        (lambda: ledger.loss_window(1, -1), r"flush_interval\(=-1\)"),
        (lambda: ledger.backlog_growth(1, -1), r"posting_rate\(=-1\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
