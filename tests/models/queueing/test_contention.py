"""
One hot row: what was measured, and a simulated row whose waiters slow it down.

The measured numbers are pgbench against PostgreSQL 15.18, one receiver, one call per gift and a
2 ms flush. They come from single runs on a machine whose CPU limit drifted between runs, so they
are held to stated bands; what is exact or simulated is held to rounding error or a z-score.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing import contention
from planning.models.queueing.waiting import mean_wait

CLIENTS = np.array([1, 2, 16, 64, 200])
MEASURED = np.array([429, 439, 406, 332, 238])
HOLD, CONVOY = 1 / 429, 8e-6

rates = st.floats(0.1, 2000)
holds = st.floats(1e-4, 1)
convoys = st.floats(0, 1e-4)
limits = st.integers(0, 500)
REPLICATIONS, WARM_UP, SERVED = 200, 1_000, 4_000
# Two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed.
Z_LIMIT = 4.0


def simulate(rate, hold, convoy, seed):
    """
    Follow the row from one lock to the next; per replication: mean hold, mean wait, last line.

    A hold is exponential, and its mean is set by those who wait when it begins.
    """
    rng = np.random.default_rng(seed)
    waiters, holds, waited = (np.zeros(REPLICATIONS) for _ in range(3))
    for gift in range(WARM_UP + SERVED):
        mean = hold + convoy * waiters
        took = mean * rng.standard_exponential(REPLICATIONS)
        came = rng.poisson(rate * took)
        if gift >= WARM_UP:
            holds += mean
            # Those waiting wait through all of it, those who come through half of it on average.
            waited += (waiters + came / 2) * took
        # The next holder is no waiter; without any, the row idles until one comes.
        waiters = np.maximum(waiters + came - 1, 0)
    return holds / SERVED, waited / SERVED, waiters


def z_score(replications, expected):
    spread = replications.std(ddof=1) / np.sqrt(len(replications))
    return (replications.mean() - float(expected)) / spread


@pytest.mark.parametrize(
    ("statements", "hot_position", "round_trips"),
    [(4, 2, 3), (4, 1, 4), (4, 3, 2)],
    ids=["deduct, ADD, ledger, stats", "hot rows first", "hot rows last"],
)
def test_the_order_of_statements_sets_the_round_trips(statements, hot_position, round_trips):
    assert contention.round_trips_held(statements, hot_position) == round_trips


def test_a_single_statement_is_held_through_its_commit():
    assert contention.round_trips_held(1, 1) == 1


def test_a_stored_procedure_does_not_care_how_far_away_the_client_is():
    near, far = contention.hold_time(0, [1e-4, 0.1], commit_flush=2e-3, statement_time=6e-4)
    assert near == far == pytest.approx(2.3e-3)


def test_from_far_away_the_order_of_statements_is_nearly_all():
    ceilings = 1 / contention.hold_time([4, 3, 2, 0], 0.02, 2e-3, 6e-4)
    assert np.all(np.diff(ceilings) > 0)
    assert ceilings[0] / ceilings[2] == pytest.approx(2 / 4, rel=0.03)
    assert ceilings[3] > 18 * ceilings[2]


def test_a_hot_position_past_the_statements_is_refused():
    with pytest.raises(
        ValueError, match=r"hot_position\(=5\) must be one of the statements 1 to 4"
    ):
        contention.round_trips_held(4, [2, 5])
    with pytest.raises(ValueError, match=r"hot_position\(=0\)"):
        contention.round_trips_held(4, 0)


def test_measured_throughput_at_1_to_200_clients():
    # 12 %: eta is known as "about 8 us", and half a microsecond is 3 % at 200 clients; the hold is
    # one run's. Worst is +7 % at 200 clients: 8 us is on the low side of these runs.
    predicted = contention.crowded_throughput(HOLD, CONVOY, CLIENTS - 1)
    np.testing.assert_allclose(predicted, MEASURED, rtol=0.12)


def test_without_a_convoy_the_measurement_at_200_clients_is_missed_by_far():
    assert contention.crowded_throughput(HOLD, 0, 199) > 1.7 * MEASURED[-1]


def fitted():
    """Hold and eta by least squares on the measured time per transaction."""
    convoy, hold = np.polyfit(CLIENTS - 1, 1 / MEASURED, 1)
    return hold, convoy


def test_a_fitted_convoy_is_a_straight_line_of_9_to_10_microseconds():
    hold, convoy = fitted()
    assert 9e-6 < convoy < 10e-6
    predicted = contention.crowded_throughput(hold, convoy, CLIENTS - 1)
    np.testing.assert_allclose(predicted, MEASURED, rtol=0.04)


def test_a_pooler_gains_by_keeping_waiters_out():
    # Other runs, not used in the fit: 200 clients direct 431 tps, through a pool of 20 2,237.
    # 12 % as above; only eta is carried over, 180 waiters fewer.
    _, convoy = fitted()
    hold = 1 / 2237 - 19 * convoy
    assert contention.crowded_throughput(hold, convoy, 199) == pytest.approx(431, rel=0.12)


def test_nobody_waiting():
    assert contention.crowded_throughput(HOLD, CONVOY, 0) == 1 / HOLD


@given(hold=holds, convoy=convoys, share=st.floats(0.01, 0.999))
def test_the_crowded_hold_is_a_fixed_point_below_the_stable_rate(hold, convoy, share):
    rate = share * contention.stable_row_throughput(hold, convoy)
    crowded = contention.crowded_hold_time(rate, hold, convoy, 1e12)
    load = rate * crowded
    assert load < 1
    waiters = load**2 / (1 - load)
    assert crowded == pytest.approx(hold + convoy * waiters, rel=1e-9)
    # The same line by the waits it causes (Little), and by the queue it is said to be.
    wait = contention.lock_wait(rate, crowded, 1e12)
    assert rate * wait == pytest.approx(waiters, rel=1e-9)
    assert wait == pytest.approx(float(mean_wait(rate, crowded, 1)), rel=1e-9)


@given(hold=holds, convoy=st.floats(1e-7, 1e-4), share=st.floats(0.01, 0.99))
def test_of_two_fixed_points_it_is_the_one_reached_from_an_empty_row(hold, convoy, share):
    rate = share * float(contention.stable_row_throughput(hold, convoy))
    reached = hold
    for _ in range(5_000):
        load = rate * reached
        reached = hold + convoy * load**2 / (1 - load)
    assert contention.crowded_hold_time(rate, hold, convoy, 1e12) == pytest.approx(
        reached, rel=1e-6
    )


@pytest.mark.parametrize("convoy", [1e-6, 8e-6, 1e-4])
def test_past_the_stable_rate_no_hold_is_a_fixed_point(convoy):
    stable = contention.stable_row_throughput(HOLD, convoy)
    for rate, has_one in ((stable * 0.999, True), (stable * 1.001, False)):
        trial = np.linspace(HOLD, 1 / rate, 2_000_001)[:-1]
        load = rate * trial
        short = HOLD + convoy * load**2 / (1 - load) > trial
        assert np.all(short[1:]) != has_one


def test_saturated_runs_away_to_the_waiters_the_pool_allows():
    stable = contention.stable_row_throughput(HOLD, CONVOY)
    below, above = contention.crowded_hold_time(
        stable * np.array([0.999, 1.001]), HOLD, CONVOY, 200
    )
    assert below < HOLD + 10e-6 * 20
    assert above == HOLD + CONVOY * 200
    assert contention.lock_wait(stable * 1.001, above, 200) == pytest.approx(200 * above)
    # Capacity is lost: the row is now slower than the rate that it would have carried.
    assert 1 / above < 0.7 * stable


@given(hold=holds, convoy=convoys, limit=limits)
def test_hold_and_wait_never_fall_as_the_load_grows(hold, convoy, limit):
    rate = np.linspace(0, 3 / hold, 301)
    crowded = contention.crowded_hold_time(rate, hold, convoy, limit)
    slack = 1 + 1e-12
    assert np.all(crowded[:-1] <= crowded[1:] * slack)
    assert np.all((hold <= crowded * slack) & (crowded <= (hold + convoy * limit) * slack))
    wait = contention.lock_wait(rate, crowded, limit)
    assert np.all(wait[:-1] <= wait[1:] * slack)
    assert np.all(wait <= limit * crowded * slack)
    assert wait[-1] == pytest.approx(limit * (hold + convoy * limit))


@given(rate=rates, hold=holds, limit=limits)
def test_zero_convoy_leaves_the_hold_at_any_load(rate, hold, limit):
    assert contention.crowded_hold_time(rate, hold, 0, limit) == pytest.approx(hold, rel=1e-12)
    assert contention.stable_row_throughput(hold, 0) == 1 / hold


def test_no_room_to_wait_is_no_wait_and_no_convoy():
    assert contention.crowded_hold_time([10, 1e6], HOLD, CONVOY, 0).tolist() == [HOLD, HOLD]
    assert contention.lock_wait([10, 1e6], HOLD, 0).tolist() == [0, 0]


def test_one_server():
    loads = np.array([0.1, 0.5, 0.9, 0.99])
    expected = mean_wait(loads / HOLD, HOLD, 1)
    np.testing.assert_allclose(contention.lock_wait(loads / HOLD, HOLD, 1e9), expected, rtol=1e-12)


@pytest.mark.parametrize("load", [1, 1.0001, 50])
def test_saturated_waits_as_long_as_the_line_is(load):
    assert mean_wait(load, 1, 1) == np.inf
    assert contention.lock_wait(load, 1, waiter_limit=60) == 60


# The closed form is a mean field: it feeds the mean line back, not the line of the moment. Against
# the exact chain of this simulation, at the measured eta/hold, it is below by
#   load 0.3   0.4   0.5   0.6   0.7   0.75
#   wait 0.3 % 0.5 % 0.9 % 1.7 % 3.7 % 6 %    (and what the convoy adds to the hold by as much),
# so up to 0.5 the bias is within about one standard error of these runs. There the wait sees little
# of the convoy; it is the hold that tells eta. Were the hold set by those who wait at every moment
# of it and not when it begins, waits would be below by 1, 1.3, 2, 3, 5 and 9 %.
@pytest.mark.parametrize(("load", "seed"), [(0.3, 1), (0.4, 2), (0.5, 3)])
def test_crowded_hold_and_wait_agree_with_a_simulated_row(load, seed):
    rate = load / HOLD
    held, waited, _ = simulate(rate, HOLD, CONVOY, seed)
    crowded = contention.crowded_hold_time(rate, HOLD, CONVOY, 1e9)
    assert abs(z_score(held, crowded)) < Z_LIMIT
    assert abs(z_score(waited, contention.lock_wait(rate, crowded, 1e9))) < Z_LIMIT
    # The comparison can tell a convoy of this size from none.
    assert abs(z_score(held, HOLD)) > 10 * Z_LIMIT


def test_near_the_stable_rate_the_mean_field_waits_a_little_too_short():
    rate = 0.75 / HOLD
    _, waited, _ = simulate(rate, HOLD, CONVOY, seed=4)
    crowded = contention.crowded_hold_time(rate, HOLD, CONVOY, 1e9)
    assert 1.02 < waited.mean() / contention.lock_wait(rate, crowded, 1e9) < 1.15


def test_past_the_stable_rate_a_simulated_row_runs_away_though_it_is_not_saturated():
    rate = 0.95 / HOLD
    assert contention.stable_row_throughput(HOLD, CONVOY) < rate < 1 / HOLD
    _, _, with_convoy = simulate(rate, HOLD, CONVOY, seed=5)
    _, _, without = simulate(rate, HOLD, 0, seed=5)
    assert np.median(without) < 0.95**2 / 0.05 < 500 < np.median(with_convoy)
