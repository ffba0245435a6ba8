import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing.erlang import wait_probability
from planning.models.queueing.waiting import mean_wait, overload, wait_percentile


def test_zero_load():
    assert mean_wait(0, 2, 3) == 0
    assert wait_percentile(0, 2, 3, 0.99) == 0
    idle = overload(0, 2, 3)
    assert (idle.utilisation, idle.throughput, idle.failed_share, idle.backlog_growth) == (0,) * 4


def test_one_server():
    # M/M/1: rho s / (1 - rho).
    np.testing.assert_allclose(mean_wait([0.5, 0.9], 1, 1), [1, 9], rtol=1e-13)


@pytest.mark.parametrize("rate", [2, 2.5, 2000])
def test_saturated_has_no_wait_but_a_backlog(rate):
    assert mean_wait(rate, 1, 2) == np.inf
    assert wait_percentile(rate, 1, 2, 0.5) == np.inf
    late = overload(rate, 1, 2)
    assert (late.utilisation, late.throughput, late.backlog_growth) == (1, 2, rate - 2)
    assert late.failed_share == pytest.approx(1 - 2 / rate, abs=1e-15)


def test_percentile_inverts_the_tail_of_the_wait():
    rate, servers = 18.0, 20
    quantile = np.array([0.4, 0.9, 0.99, 0.999999])
    wait = wait_percentile(rate, 1, servers, quantile)
    tail = wait_probability(rate, servers) * np.exp(-(servers - rate) * wait)
    np.testing.assert_allclose(tail[wait > 0], 1 - quantile[wait > 0], rtol=1e-9)
    assert wait[0] == 0


def test_identity_mean_wait_is_the_area_over_all_percentiles():
    middle = (np.arange(200_000) + 0.5) / 200_000
    area = wait_percentile(1.6, 1, 2, middle).mean()
    assert area == pytest.approx(float(mean_wait(1.6, 1, 2)), rel=1e-4)


@given(st.integers(1, 10_000), st.floats(0.01, 100), st.floats(1e-6, 1e6))
def test_whole_grid_neither_nan_nor_negative(servers, per_server, time):
    rate = per_server * servers / time
    stable = rate * time < servers
    for wait in (mean_wait(rate, time, servers), wait_percentile(rate, time, servers, 0.95)):
        assert (0 <= wait < np.inf) if stable else wait == np.inf
    state = overload(rate, time, servers)
    assert 0 <= state.throughput <= rate
    assert 0 <= state.failed_share < 1
    assert 0 <= state.utilisation <= 1
    assert 0 <= state.backlog_growth < np.inf
    # Conservation: what is not served piles up.
    assert state.throughput + state.backlog_growth == pytest.approx(rate)
    assert state.backlog_growth == pytest.approx(rate * state.failed_share, abs=1e-9 * rate)


def test_shapes_broadcast():
    assert mean_wait(np.ones((4, 1)), [0.1, 0.2], 3).shape == (4, 2)
    assert overload(np.ones((4, 1)), [0.1, 0.2], 3).throughput.shape == (4, 2)
    assert wait_percentile(1, 0.5, 1, [0.5, 0.9]).shape == (2,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_wait(-1, 1, 1), r"arrival_rate\(=-1\)"),
        (lambda: mean_wait(1, 0, 1), r"service_time\(=0\) must be above 0"),
        (lambda: mean_wait(1, np.inf, 1), r"service_time\(=inf\)"),
        (lambda: overload(np.inf, 1, 1), r"arrival_rate\(=inf\)"),
        (lambda: wait_percentile(1, 1, 2, 1), r"quantile\(=1\) must be below 1"),
        (lambda: wait_percentile(1, 1, 2, 95), r"quantile\(=95\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
