import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import norm

from planning.models.queueing.erlang import (
    erlang_b,
    log_erlang_b,
    log_wait_probability,
    wait_probability,
)
from planning.models.queueing.staffing import (
    offered_load_for_blocking,
    processes_for_speedup,
    servers_for_blocking,
    servers_for_wait,
)
from planning.models.servers.scaling import usl_peak, usl_speedup

SERVERS = st.integers(1, 10_000)
LOAD_PER_SERVER = st.floats(0.01, 100)


def by_recursion(load, servers):
    blocking = 1.0
    for c in range(1, servers + 1):
        blocking = load * blocking / (c + load * blocking)
    return blocking


@pytest.mark.parametrize("servers", [1, 7, 100, 3000, 10_000])
@pytest.mark.parametrize("per_server", [0.5, 0.9, 1, 1.1, 1.36, 1.5, 3, 30, 100])
def test_erlang_b_equals_its_recursion_on_both_sides_of_underflow(servers, per_server):
    load = per_server * servers
    # rel 1e-10: at 10,000 servers the exponent is near 1e5, so 1e-16 of it is 1e-11.
    assert erlang_b(load, servers) == pytest.approx(by_recursion(load, servers), rel=1e-10)


def served_to_lost_by_recursion(load, servers):
    served = 0.0
    for c in range(1, servers + 1):
        served = c / load * (1 + served)
    return served


# 99 | 100 is where Stirling's series begins; the continued fraction begins where the logarithm of
# the last state passes -600, between the factors 1.3 and 1.5 of 10,000 servers.
@pytest.mark.parametrize("servers", [1, 2, 5, 99, 100, 101, 1000, 10_000, 100_000])
@pytest.mark.parametrize(
    "per_server", [0.9, 0.99, 1, 1.01, 1.1, 1.105, 1.11, 1.3, 1.4, 1.5, 3, 100, 1e6]
)
def test_logarithm_equals_its_recursion_on_both_sides_of_both_switches(servers, per_server):
    load = per_server * servers
    expected = -np.log1p(served_to_lost_by_recursion(load, servers))
    assert log_erlang_b(load, servers) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    lost = -np.expm1(expected)
    assert 1 - erlang_b(load, servers) == pytest.approx(lost, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("servers", [1e9, 1e12, 1e15, 1e20, 1e24])
def test_limit_of_astronomic_numbers_is_the_normal_distribution(servers):
    # Halfin & Whitt (1981): B * sqrt(c) is the normal density over the tail, at the load's
    # distance from c in standard deviations. What is left falls like 1 / sqrt(c).
    for distance in (-3.0, 0.0, 3.0, 30.0, 40.0, 100.0):
        load = servers + distance * np.sqrt(servers)
        off = (load - servers) / np.sqrt(servers)  # rounded as the load is
        expected = norm.logpdf(off) - norm.logsf(off) - np.log(servers) / 2
        assert log_erlang_b(load, servers) == pytest.approx(
            expected, abs=1.1 * (10 + abs(distance)) / np.sqrt(servers) + 1e-9
        )


def test_next_to_no_load_has_a_logarithm():
    # All but the last term of the sum vanish beside 1: log(a**c / c!).
    expected = 1000 * np.log(1e-12) - gammaln(1001)
    assert log_erlang_b(1e-12, 1000) == pytest.approx(expected, rel=1e-13)


def test_astronomic_overload_loses_all_but_what_fits():
    assert erlang_b(2e20, 1e20) == pytest.approx(0.5, rel=1e-12)
    assert erlang_b(1e24, 1e20) == pytest.approx(1 - 1e-4, rel=1e-12)
    assert wait_probability([1e20, 0.5e20], 1e20).tolist() == [1, 0]


@given(SERVERS, LOAD_PER_SERVER)
def test_identity_one_more_server(servers, per_server):
    load = per_server * servers
    blocking = erlang_b(load, servers)
    expected = load * blocking / (servers + 1 + load * blocking)
    assert erlang_b(load, servers + 1) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(SERVERS, LOAD_PER_SERVER)
def test_whole_grid_gives_probabilities(servers, per_server):
    load = per_server * servers
    lost, waits = float(erlang_b(load, servers)), float(wait_probability(load, servers))
    assert 0 <= lost <= waits <= 1
    assert -np.inf < log_erlang_b(load, servers) <= log_wait_probability(load, servers) <= 0
    # What is lost is at least what cannot be served.
    assert lost >= (1 - 1 / per_server) * (1 - 1e-9)


def test_zero_load():
    assert erlang_b(0, [1, 10_000]).tolist() == [0, 0]
    assert wait_probability(0, [1, 10_000]).tolist() == [0, 0]
    assert servers_for_blocking(0, 0.01) == servers_for_wait(0, 0.01) == 1


def test_one_server():
    load = np.array([0.1, 0.5, 0.99])
    np.testing.assert_allclose(erlang_b(load, 1), load / (1 + load), rtol=1e-13)
    np.testing.assert_allclose(wait_probability(load, 1), load, rtol=1e-13)


def test_saturated_everybody_waits():
    assert wait_probability([2, 2.5, 200], 2).tolist() == [1, 1, 1]


def test_deep_overload_loses_all_but_what_fits():
    # 100 servers, 10,000 erlang: where scipy alone gives NaN.
    assert erlang_b(10_000, 100) == pytest.approx(by_recursion(10_000, 100), rel=1e-13)


def test_shapes_broadcast():
    assert erlang_b(np.ones((3, 1)), np.arange(1, 5)).shape == (3, 4)
    assert offered_load_for_blocking([1, 2], [[0.1], [0.2], [0.0]]).shape == (3, 2)
    assert servers_for_wait([[1.0], [2.0]], [0.1, 0.2, 0.3]).shape == (2, 3)


@given(SERVERS, st.floats(1e-9, 0.999))
def test_offered_load_for_blocking_inverts_erlang_b(servers, blocking):
    load = offered_load_for_blocking(servers, blocking)
    assert erlang_b(load, servers) == pytest.approx(blocking, rel=1e-9)


@given(st.floats(0, 20_000), st.floats(1e-9, 1))
def test_servers_for_blocking_is_the_fewest_that_suffice(load, blocking):
    servers = int(servers_for_blocking(load, blocking))
    assert log_erlang_b(load, servers) <= np.log(blocking)
    assert servers == 1 or log_erlang_b(load, servers - 1) > np.log(blocking)


@given(st.floats(0, 20_000), st.floats(1e-9, 1))
def test_servers_for_wait_is_the_fewest_that_suffice(load, wait):
    servers = int(servers_for_wait(load, wait))
    assert servers > load
    assert log_wait_probability(load, servers) <= np.log(wait)
    fewer = servers - 1
    assert fewer < max(1, load) or fewer == load or log_wait_probability(load, fewer) > np.log(wait)


@given(st.floats(0.1, 60), st.floats(0, 0.2), st.floats(0, 0.01))
def test_processes_for_speedup_are_the_fewest_that_suffice(speedup, contention, coherency):
    processes = float(processes_for_speedup(speedup, contention, coherency))
    peak = float(usl_peak(contention, coherency))
    if np.isinf(processes):
        most = usl_speedup(np.clip([np.floor(peak), np.ceil(peak)], 1, 1e12), contention, coherency)
        assert np.max(most) < speedup
        return
    assert usl_speedup(processes, contention, coherency) >= speedup * (1 - 1e-9)
    assert processes == 1 or usl_speedup(processes - 1, contention, coherency) < speedup


def test_limit_of_nothing_blocked():
    assert offered_load_for_blocking(10, 0) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_b(-1, 1), r"offered_load\(=-1\)"),
        (lambda: erlang_b(np.inf, 1), r"offered_load\(=inf\)"),
        (lambda: erlang_b(np.nan, 1), r"offered_load\(=nan\)"),
        (lambda: wait_probability(1, 0), r"servers\(=0\)"),
        (lambda: wait_probability(1, 2.5), r"servers\(=2.5\) must be a whole number"),
        (lambda: wait_probability(1, np.inf), r"servers\(=inf\) must be a whole number"),
        (lambda: servers_for_blocking(1, 0), r"blocking_probability\(=0\) must be above 0"),
        (lambda: servers_for_wait(1, 0), r"wait_probability\(=0\) must be above 0"),
        (lambda: offered_load_for_blocking(1, 1), r"blocking_probability\(=1\) must be below 1"),
        (lambda: offered_load_for_blocking(1, 50), r"blocking_probability\(=50\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
