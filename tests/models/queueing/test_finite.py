import dataclasses

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planning.models.queueing.erlang import erlang_b, wait_probability
from planning.models.queueing.finite import mmck, wait_limited
from planning.models.queueing.waiting import mean_wait, overload

SERVERS = st.integers(1, 10_000)
LOAD_PER_SERVER = st.floats(0.01, 100)


def all_finite_and_positive(record):
    values = np.array([getattr(record, field.name) for field in dataclasses.fields(record)])
    return bool(np.all(np.isfinite(values) & (values >= 0)))


def state_by_state(load, servers, capacity):
    n = np.arange(capacity + 1)
    steps = np.log(load) - np.log(np.minimum(n[1:], servers))
    log_weight = np.concatenate([[0.0], np.cumsum(steps)])
    weight = np.exp(log_weight - log_weight.max())
    chance = weight / weight.sum()
    queue = np.sum(chance * np.maximum(n - servers, 0))
    return chance[-1], queue, np.sum(chance * n), chance[0]


@pytest.mark.parametrize("servers", [1, 2, 30, 400])
@pytest.mark.parametrize("places", [0, 1, 2, 50, 3000])
@pytest.mark.parametrize("per_server", [0.05, 0.7, 1 - 1e-9, 1, 1 + 1e-6, 1.3, 90])
def test_mmck_equals_its_chain_state_by_state(servers, places, per_server):
    load, capacity = per_server * servers, servers + places
    full = mmck(load, 1, servers, capacity)
    computed = (
        full.blocking_probability,
        full.mean_queue_length,
        full.mean_in_system,
        full.idle_probability,
    )
    # atol: where the chain itself, summed in floats, has only rounding left.
    np.testing.assert_allclose(
        computed, state_by_state(load, servers, capacity), rtol=1e-9, atol=1e-250
    )


def test_mmck_past_what_floats_tell_apart_works_at_full_rate():
    # One arrival in 1e22 is admitted: 1 minus the share refused is 0 in floats.
    full = mmck(1e22, 1, [1, 1, 7], [1, 30, 40])
    np.testing.assert_allclose(full.throughput, [1, 1, 7], rtol=1e-12)
    np.testing.assert_allclose(full.response_time, [1, 30, 40 / 7], rtol=1e-12)


@given(SERVERS, LOAD_PER_SERVER, st.integers(0, 100_000), st.floats(1e-6, 1e6))
@example(10_000, 1.0, 100_000, 1.0)
@example(1, 100.0, 100_000, 1e-6)
def test_mmck_whole_grid(servers, per_server, places, time):
    rate = per_server * servers / time
    full = mmck(rate, time, servers, servers + places)
    assert all_finite_and_positive(full)
    assert full.blocking_probability <= 1
    assert full.idle_probability <= 1
    assert full.mean_queue_length <= places * (1 + 1e-12)
    assert full.response_time >= time
    assert full.throughput <= min(rate, servers / time)
    # Little's law, over the whole system.
    in_system = full.throughput * full.response_time
    assert full.mean_in_system == pytest.approx(in_system, rel=1e-9)


def test_mmck_zero_load():
    empty = mmck(0, 2, 3, [3, 10])
    assert empty.idle_probability.tolist() == [1, 1]
    assert empty.response_time.tolist() == [2, 2]
    assert not np.any([empty.blocking_probability, empty.throughput, empty.mean_in_system])


def test_mmck_without_queue_is_erlang_b():
    load = np.array([0.1, 5, 10, 11, 1000])
    np.testing.assert_allclose(mmck(load, 1, 10, 10).blocking_probability, erlang_b(load, 10))


def test_mmck_one_server_at_saturation_has_equal_states():
    full = mmck(1, 1, 1, 9)
    assert full.blocking_probability == pytest.approx(0.1, rel=1e-14)
    assert full.mean_in_system == pytest.approx(4.5, rel=1e-14)


def test_mmck_limit_of_many_places_is_mmc_below_saturation():
    roomy = mmck(18, 1, 20, 5000)
    assert roomy.mean_queue_length == pytest.approx(18 * float(mean_wait(18, 1, 20)), rel=1e-10)
    assert roomy.blocking_probability < 1e-200


def test_mmck_limit_of_many_places_is_overload_past_saturation():
    roomy, late = mmck(30, 1, 20, 5000), overload(30, 1, 20)
    assert roomy.throughput == pytest.approx(float(late.throughput), rel=1e-12)
    assert roomy.blocking_probability == pytest.approx(float(late.failed_share), rel=1e-12)


@given(SERVERS, LOAD_PER_SERVER, st.floats(0, 1e9), st.floats(1e-6, 1e6))
@example(100, 1.0, 5.0, 1.0)
@example(1, 100.0, 1e9, 1e-6)
@example(1, 1 - 1e-12, 1e9, 1.0)
def test_wait_limited_whole_grid(servers, per_server, limit, time):
    rate = per_server * servers / time
    state = wait_limited(rate, time, servers, limit)
    assert all_finite_and_positive(state)
    assert state.failed_share <= state.wait_probability <= 1 + 1e-12
    assert state.mean_wait_served <= limit * (1 + 1e-12)
    assert state.throughput <= min(rate, servers / time) * (1 + 1e-12)
    assert state.backlog <= rate * limit * (1 + 1e-12)
    # Conservation: served and failed are all.
    assert state.throughput + rate * state.failed_share == pytest.approx(rate, rel=1e-9)
    # Little's law for the queue: the served wait their mean, the others the limit.
    waiting = state.throughput * state.mean_wait_served + rate * state.failed_share * limit
    assert state.backlog == pytest.approx(waiting, rel=1e-9, abs=1e-300)


def test_wait_limit_none_at_all_is_erlang_b():
    load = np.array([0, 0.1, 19, 20, 21, 2000])
    lost = wait_limited(load, 1, 20, 0).failed_share
    np.testing.assert_allclose(lost, erlang_b(load, 20), rtol=1e-12)


def test_wait_limit_far_away_is_erlang_c_below_saturation():
    patient = wait_limited(18, 1, 20, 1e4)
    assert patient.wait_probability == pytest.approx(float(wait_probability(18, 20)), rel=1e-12)
    assert patient.mean_wait_served == pytest.approx(float(mean_wait(18, 1, 20)), rel=1e-12)
    assert patient.failed_share == 0


def test_wait_limit_far_away_is_overload_past_saturation():
    patient, late = wait_limited(30, 1, 20, 1e4), overload(30, 1, 20)
    assert patient.failed_share == pytest.approx(float(late.failed_share), rel=1e-12)
    assert patient.throughput == pytest.approx(float(late.throughput), rel=1e-12)


def test_wait_limit_saturated_is_continuous():
    around = wait_limited([20 - 1e-9, 20, 20 + 1e-9], 1, 20, 3)
    for field in dataclasses.fields(around):
        values = getattr(around, field.name)
        np.testing.assert_allclose(values, values[1], rtol=1e-8, err_msg=field.name)


def test_wait_limit_zero_load():
    idle = wait_limited(0, 1, 3, 2)
    assert not np.any([getattr(idle, field.name) for field in dataclasses.fields(idle)])


def test_wait_limit_one_server_equals_integrated_density():
    rate, limit = 1.7, 0.8
    v = (np.arange(200_000) + 0.5) * limit / 200_000
    # Unnormalised: P(V=0) = 1, density rate * exp((rate - 1) v) up to the limit, then exp(-v).
    density = rate * np.exp((rate - 1) * v)
    inside = density.mean() * limit
    beyond = rate * np.exp((rate - 1) * limit)
    state = wait_limited(rate, 1, 1, limit)
    assert state.failed_share == pytest.approx(beyond / (1 + inside + beyond), rel=1e-8)
    wait = (v * density).mean() * limit / (1 + inside)
    assert state.mean_wait_served == pytest.approx(wait, rel=1e-8)


def test_shapes_broadcast():
    assert mmck(np.ones((3, 1)), 1, 1, [2, 4]).throughput.shape == (3, 2)
    assert wait_limited(np.ones((3, 1)), 1, 1, [2, 4]).throughput.shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mmck(1, 1, 5, 4), r"capacity\(=4\) must be at least servers \(=5\)"),
        (lambda: mmck(1, 1, 5, np.inf), r"capacity\(=inf\)"),
        (lambda: wait_limited(1, 1, 5, -1), r"wait_limit\(=-1\)"),
        (lambda: wait_limited(1, 1, 5, np.inf), r"wait_limit\(=inf\)"),
        (lambda: wait_limited(1, 0, 5, 1), r"service_time\(=0\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
