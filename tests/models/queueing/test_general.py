import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.models.queueing.general import (
    mean_wait_constant_service,
    mean_wait_general_service,
    mean_wait_single_server,
)
from planning.models.queueing.waiting import mean_wait


def test_zero_load():
    assert mean_wait_constant_service(0, 1, [1, 5]).tolist() == [0, 0]
    assert mean_wait_general_service(0, 1, 5, [0, 0.5, 1, 4]).tolist() == [0, 0, 0, 0]
    assert mean_wait_single_server(0, 1, 3) == 0


@pytest.mark.parametrize("rate", [5, 5.1, 500])
def test_saturated(rate):
    assert mean_wait_constant_service(rate, 1, 5) == np.inf
    assert mean_wait_general_service(rate, 1, 5, [0, 0.5, 1, 4]).tolist() == [np.inf] * 4
    assert mean_wait_single_server(rate, 1, 0) == np.inf


@given(st.floats(0.01, 0.99), st.floats(0, 20))
def test_one_server_reduces_to_pollaczek_khinchine(load, scv):
    single = float(mean_wait_single_server(load, 1, scv))
    assert mean_wait_general_service(load, 1, 1, scv) == pytest.approx(single, rel=1e-12)
    assert single == pytest.approx(load * (1 + scv) / 2 / (1 - load), rel=1e-12)


@pytest.mark.parametrize("servers", [2, 10, 1000])
def test_constant_service_limit_near_saturation_is_half_of_exponential(servers):
    rate = servers * (1 - 1e-9)
    share = mean_wait_constant_service(rate, 1, servers) / mean_wait(rate, 1, servers)
    assert share == pytest.approx(0.5, abs=1e-4)


def test_constant_service_is_continuous_into_one_server():
    # The series, not the closed form, seen from two servers: waits fall with servers.
    waits = mean_wait_constant_service(0.8 * np.arange(1, 6), 1, np.arange(1, 6))
    assert np.all(np.diff(waits) < 0)


def test_constant_service_lies_between_half_and_all_of_exponential():
    servers, load = np.meshgrid([2, 10, 100], [0.3, 0.5, 0.8, 0.95])
    share = mean_wait_constant_service(load * servers, 1, servers) / mean_wait(
        load * servers, 1, servers
    )
    assert np.all((share > 0.5) & (share < 1))


def test_allen_cunneen_would_miss_a_quarter_of_constant_service():
    share = 0.5 * mean_wait(5, 1, 10) / mean_wait_constant_service(5, 1, 10)
    assert share == pytest.approx(0.76, abs=0.01)


def test_scv_one_is_exponential_and_scv_zero_constant():
    ends = mean_wait_general_service(8, 1, 10, [0, 1])
    np.testing.assert_allclose(
        ends, [mean_wait_constant_service(8, 1, 10), mean_wait(8, 1, 10)], rtol=1e-13
    )


@settings(deadline=None)
@given(st.integers(1, 10_000), st.floats(0.01, 100), st.floats(0, 50), st.floats(1e-6, 1e6))
def test_whole_grid_neither_nan_nor_negative(servers, per_server, scv, time):
    rate = per_server * servers / time
    wait = float(mean_wait_general_service(rate, time, servers, scv))
    assert 0 <= wait < np.inf if rate * time < servers else wait == np.inf
    ceiling = mean_wait(rate, time, servers) * max(1.0, (1 + scv) / 2)
    # Below 1e-290 s floats themselves lose their digits.
    assert wait <= ceiling * (1 + 1e-9) + 1e-290 * time


def test_shapes_broadcast():
    assert mean_wait_general_service(np.ones((3, 1)), 1, 2, [0.5, 2]).shape == (3, 2)
    assert mean_wait_single_server(np.ones((3, 1)), 0.1, [0.5, 2]).shape == (3, 2)
    assert mean_wait_constant_service(np.ones((3, 1)), 1, [2, 3]).shape == (3, 2)


def test_bad_values_are_named():
    with pytest.raises(ValueError, match=r"service_scv\(=-1\)"):
        mean_wait_general_service(1, 1, 2, -1)
