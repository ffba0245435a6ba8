import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.networks.closed_networks import closed_network, load_dependent_network
from planning.models.networks.multiclass import schweitzer_network
from planning.models.queueing.erlang import erlang_b
from planning.models.queueing.finite import mmck
from planning.models.queueing.waiting import mean_wait

DEMAND = st.lists(st.floats(0, 2), min_size=1, max_size=5).filter(lambda d: max(d) > 1e-3)


def of_one_class(users, demand, think):
    """Schweitzer's approximation of one class of users."""
    return schweitzer_network([users], 1, [demand], think_time=[think])


def by_convolution(users, demand, servers, think):
    """Buzen's algorithm: normalising constants, and throughput as their ratio."""
    constant = np.array([float(n == 0) for n in range(users + 1)])
    for d, c in [*zip(demand, servers, strict=True), (think, np.inf)]:
        steps = np.minimum(np.arange(1, users + 1), c)
        alone = np.concatenate([[1.0], np.cumprod(d / steps)])
        constant = np.convolve(constant, alone)[: users + 1]
    return constant[users - 1] / constant[users]


@given(DEMAND, st.integers(1, 25), st.floats(0, 10), st.data())
def test_closed_network_equals_convolution(demand, users, think, data):
    count = st.sampled_from([1, 2, 3, 10, np.inf])
    servers = data.draw(st.lists(count, min_size=len(demand), max_size=len(demand)))
    network = closed_network(users, 1, demand, servers, think)
    expected = by_convolution(users, demand, servers, think)
    assert network.throughput == pytest.approx(expected, rel=1e-9)
    # Users are somewhere: at a station or thinking.
    somewhere = network.station_queue_length.sum() + think * network.throughput
    assert somewhere == pytest.approx(users, rel=1e-9)
    assert np.all(network.station_utilisation <= 1)


def test_identity_closed_network_is_a_finite_queue():
    # One pool and thinking users: the birth–death chain with rates (N - n) / Z.
    users, think, servers = 60, 2.0, 5
    n = np.arange(users + 1)
    steps = np.log((users - n[:-1]) / think) - np.log(np.minimum(n[1:], servers) / 0.3)
    weight = np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
    chance = weight / weight.sum()
    pool = closed_network(users, 1, [0.3], [servers], think)
    assert pool.station_queue_length[0] == pytest.approx(np.sum(n * chance), rel=1e-10)


def test_zero_load_shows_a_lone_request():
    nobody = closed_network(0, [2, 1], [0.1, 0.3], [1, 4], think_time=1)
    assert nobody.throughput == 0
    assert nobody.response_time == pytest.approx(0.5)
    assert nobody.station_queue_length.tolist() == [0, 0]


def test_one_user_never_waits():
    lone = closed_network(1, [2, 1], [0.1, 0.3], think_time=1)
    assert lone.response_time == pytest.approx(0.5, rel=1e-12)
    assert lone.throughput == pytest.approx(1 / 1.5, rel=1e-12)


def test_saturated_closed_network_runs_at_its_bottleneck():
    busy = closed_network(5000, [1, 2], [0.01, 0.05], [1, 20], think_time=5)
    assert busy.throughput == pytest.approx(100, rel=1e-9)
    assert busy.response_time == pytest.approx(5000 / 100 - 5, rel=1e-8)
    assert busy.station_utilisation[0] == pytest.approx(1)


def test_busy_pool_stays_exact_where_the_usual_recursion_breaks():
    # Taking p(0) as 1 minus the rest gives a throughput of -20 here.
    pool = closed_network(300, 1, [1.0, 0.001], [60, 1], think_time=0.5)
    assert pool.throughput == pytest.approx(60, rel=1e-9)
    assert pool.throughput <= 60
    assert pool.station_queue_length[0] == pytest.approx(300 - 60 * 0.5, abs=0.2)


@given(DEMAND, st.integers(1, 60), st.floats(0, 10))
def test_approximation_is_near_and_below_the_exact_throughput(demand, users, think):
    exact = closed_network(users, 1, demand, think_time=think).throughput
    near = of_one_class(users, demand, think)
    assert near.throughput[0] <= exact * (1 + 1e-9)
    assert near.throughput[0] >= 0.8 * exact
    somewhere = near.station_queue_length.sum() + think * near.throughput[0]
    assert somewhere == pytest.approx(users, rel=1e-9)


@given(DEMAND, st.floats(1, 1e9), st.floats(0, 1e6))
def test_approximation_whole_grid(demand, users, think):
    network = of_one_class(users, demand, think)
    assert np.all(np.isfinite(network.station_queue_length))
    assert np.all(network.station_queue_length >= 0)
    assert network.throughput[0] * max(demand) <= 1 + 1e-12


def test_load_dependent_station_reduces_to_several_servers():
    speedup = [[1, 1, 1], [1, 2, 3]]
    given_rates = load_dependent_network([1, 7, 40], 1, [0.1, 0.5], speedup, think_time=1)
    servers = closed_network([1, 7, 40], 1, [0.1, 0.5], [1, 3], think_time=1)
    for field in ("throughput", "station_queue_length", "station_utilisation"):
        np.testing.assert_allclose(
            getattr(given_rates, field), getattr(servers, field), rtol=1e-10, err_msg=field
        )


def test_load_dependent_lock_that_waiters_slow_loses_throughput():
    n = np.arange(1, 201)
    lock = load_dependent_network(n, 1, [0.0023], [1 / (1 + 0.0035 * (n - 1))])
    np.testing.assert_allclose(lock.throughput, 1 / (0.0023 * (1 + 0.0035 * (n - 1))), rtol=1e-9)


def test_sweep_of_users_equals_single_calls():
    swept = closed_network([0, 3, 11], [1, 2], [0.1, 0.3], [1, 4], 0.5)
    for place, users in enumerate([0, 3, 11]):
        single = closed_network(users, [1, 2], [0.1, 0.3], [1, 4], 0.5)
        assert swept.throughput[place] == pytest.approx(float(single.throughput))
        np.testing.assert_allclose(swept.station_queue_length[place], single.station_queue_length)


def test_draws_broadcast_against_a_sweep_of_users():
    demand = np.array([[0.1, 0.3], [0.2, 0.1], [0.05, 0.3]])
    users = np.array([[1], [5], [9], [20]])
    many = closed_network(users, 1, demand, think_time=[0.0, 1.0, 2.0])
    assert many.throughput.shape == (4, 3)
    assert many.station_queue_length.shape == (4, 3, 2)
    single = closed_network(9, 1, demand[1], think_time=1.0)
    assert many.throughput[2, 1] == pytest.approx(float(single.throughput))
    pools = closed_network(users, 1, demand, [2, 3], [[0.0, 1.0, 2.0]])
    assert pools.station_queue_length.shape == (4, 3, 2)
    single = closed_network(20, 1, demand[2], [2, 3], 2.0)
    np.testing.assert_allclose(pools.station_queue_length[3, 2], single.station_queue_length)


def test_station_without_demand_changes_nothing():
    with_it = closed_network(9, [0, 1, 1], [1, 0.5, 0], [3, 4, 2])
    without = closed_network(9, 1, [0.5], [4])
    assert with_it.throughput == pytest.approx(float(without.throughput))
    assert with_it.station_queue_length.tolist() == [0, pytest.approx(9), 0]


def test_limit_of_many_thinking_users_is_an_open_network():
    # Jackson: fed from outside at 20/s each station is an M/M/1 by itself.
    users, think, time = 200_000, 10_000.0, np.array([0.03, 0.01])
    crowd = of_one_class(users, time, think)
    outside = np.sum(mean_wait(users / think, time, 1) + time)
    assert crowd.response_time[0] == pytest.approx(outside, rel=1e-3)


def test_limit_of_a_pool_with_as_many_servers_as_users_is_a_delay():
    pool = closed_network(8, 1, [0.4, 0.1], [8, 1])
    delay = closed_network(8, 1, [0.4, 0.1], [np.inf, 1])
    assert pool.throughput == pytest.approx(float(delay.throughput), rel=1e-12)


def test_identity_closed_pair_is_a_loss_system():
    # N users cycling between c servers and one source: the source is M/M/c/N seen from outside.
    full = mmck(4.0, 1.0, 3, 6)
    pair = closed_network(6, 1, [0.25, 1.0], [1, 3])
    assert pair.throughput == pytest.approx(float(full.throughput), rel=1e-12)
    none = closed_network(3, 1, [0.25, 1.0], [1, 3])
    assert none.throughput == pytest.approx(4 * (1 - float(erlang_b(4, 3))), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: closed_network(1.5, 1, [1]), r"users\(=1.5\) must be whole"),
        (lambda: closed_network(-1, 1, [1]), r"users\(=-1\)"),
        (lambda: closed_network(3, 1, [0, 0]), r"think_time\(=0\) must be above 0"),
        (lambda: closed_network(3, 1, [1], [2.5]), r"servers\(=2.5\) must be a whole number"),
        (lambda: closed_network(3, 1, [1, 1], [[1, 2], [1, 3]]), r"same in all cases"),
        (lambda: load_dependent_network(3, 1, [1], [1, 2]), r"speedup\(shape=\(2,\)\)"),
        (lambda: load_dependent_network(3, 1, [1], [[2, 4]]), r"begins with 1"),
        (lambda: load_dependent_network(3, 1, [1], [[1, 0]]), r"speedup\(=0\)"),
        (lambda: closed_network(3, [-1], [1]), r"visits\(=-1\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
