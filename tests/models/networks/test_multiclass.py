"""Several classes: approximations held against exact mean value analysis of every mix of users."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.models.networks.closed_networks import closed_network
from planning.models.networks.multiclass import linearizer_network, schweitzer_network
from planning.models.networks.small_multiclass import exact_multiclass_network

BOTH = pytest.mark.parametrize("network", [schweitzer_network, linearizer_network])
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seed is fixed


def exact(users, demand, think):
    """Exact mean value analysis (Reiser & Lavenberg 1980): throughput and residence times."""
    classes, places = np.shape(demand)
    totals = np.zeros((*(np.asarray(users) + 1), places))
    for mix in itertools.product(*(range(n + 1) for n in users)):
        rate, residence = np.zeros(classes), np.zeros((classes, places))
        for c in range(classes):
            if mix[c]:
                fewer = tuple(n - (c == k) for k, n in enumerate(mix))
                residence[c] = demand[c] * (1 + totals[fewer])
                rate[c] = mix[c] / (think[c] + residence[c].sum())
        totals[mix] = rate @ residence
    return rate, residence


def random_networks(number):
    rng = np.random.default_rng(1982)
    while number:
        classes, places = rng.integers(1, 4), rng.integers(1, 5)
        users = rng.integers(1, (30, 10, 6)[classes - 1] + 1, classes)
        demand = rng.exponential(1, (classes, places)) ** rng.choice([1, 3])
        yield users, demand, rng.choice([0.0, 1.0, 10.0], classes)
        number -= 1


ALLEN = ([5, 10, 5], [[0.5, 0.04, 0.06], [0.4, 0.2, 0.3], [1.2, 0.05, 0.06]], [20, 30, 0])


def test_the_exact_yardstick_gives_allens_example():
    # Allen, Probability, Statistics & Queueing Theory, example 6.3.4; values of PDQ 7.0, exact.
    rate, residence = exact(ALLEN[0], np.array(ALLEN[1]), ALLEN[2])
    assert rate == pytest.approx([0.209977, 0.297997, 0.646510], abs=2e-6)
    assert residence.sum(axis=1) == pytest.approx([3.812108, 3.557425, 7.733829], abs=1e-5)


def test_the_exact_yardstick_gives_lazowskas_example():
    # Lazowska et al. (1984), p. 142.
    rate, residence = exact([1, 1], np.array([[1, 3], [2, 4]]), [0, 0])
    assert rate == pytest.approx([3 / 19, 2 / 19])
    assert residence.tolist() == [[pytest.approx(4 / 3), 5], [2.5, 7]]


def test_exact_network_equals_the_recursion_mix_by_mix():
    for users, demand, think in random_networks(60):
        rate, residence = exact(users, demand, think)
        network = exact_multiclass_network(users, 1, demand, think_time=think)
        np.testing.assert_allclose(network.throughput, rate, rtol=1e-12)
        np.testing.assert_allclose(network.station_residence_time, residence, rtol=1e-12)
        held = network.station_queue_length.sum(axis=-1) + network.throughput * think
        np.testing.assert_allclose(held, users, rtol=1e-12)


def test_exact_network_of_one_class_is_the_closed_network():
    stations = ([2, 1, 1], [0.1, 0.3, 0.4], [1, 1, np.inf])
    several = exact_multiclass_network([[0], [1], [30]], *stations, think_time=2)
    one = closed_network([0, 1, 30], *stations, think_time=2)
    for field in ("throughput", "response_time", "station_queue_length", "station_utilisation"):
        of_all = getattr(several, field)
        single = of_all[:, 0] if of_all.ndim > 1 else of_all
        np.testing.assert_allclose(single, getattr(one, field), rtol=1e-12, err_msg=field)


def test_exact_network_of_many_cases_at_once():
    users = np.array([[3, 0], [0, 2], [2, 4]])
    demand = np.array([[[1.0, 3], [2, 4]], [[0.1, 0.2], [0.3, 0]], [[1, 1], [2, 0.5]]])
    many = exact_multiclass_network(users, 1, demand, think_time=[1, 5])
    for case, present in enumerate(users):
        single = exact_multiclass_network(present, 1, demand[case], think_time=[1, 5])
        np.testing.assert_allclose(many.throughput[case], single.throughput, rtol=1e-12)
        np.testing.assert_allclose(many.response_time[case], single.response_time, rtol=1e-12)
    # A class without users says what one of it would find: at zero load, nobody.
    nobody = exact_multiclass_network([0, 0], 1, demand[0])
    assert nobody.throughput.tolist() == [0, 0]
    assert nobody.response_time.tolist() == [4, 6]
    lone = exact_multiclass_network([0, 1], 1, demand[0])
    after = exact_multiclass_network([1, 1], 1, demand[0])
    assert lone.response_time[0] == pytest.approx(after.response_time[0])


@pytest.mark.parametrize(
    ("users", "message"),
    [
        ([1.5, 1], r"users\(=1.5\) must be whole"),
        ([1e6, 1e6], r"users\(=1e\+06, 1e\+06\) make .* use linearizer_network"),
    ],
)
def test_exact_network_refuses_what_it_cannot_work_out(users, message):
    with pytest.raises(ValueError, match=message):
        exact_multiclass_network(users, 1, [[1, 2], [3, 4]])


def test_the_linearizer_is_near_allens_example():
    near = linearizer_network(ALLEN[0], 1, ALLEN[1], think_time=ALLEN[2])
    assert near.throughput == pytest.approx([0.209977, 0.297997, 0.646510], rel=2e-5)
    assert near.response_time == pytest.approx([3.812108, 3.557425, 7.733829], rel=3e-5)


def test_schweitzer_gives_lazowskas_example():
    # Lazowska et al. (1984), 7.4, as in the tests of GNU Octave's queueing 1.2, qncmmvaap.
    pair = schweitzer_network([1, 1], [1, 1], [[1, 3], [2, 4]])
    assert pair.throughput == pytest.approx([0.154, 0.104], abs=1e-3)
    assert pair.station_queue_length.ravel() == pytest.approx(
        [0.192, 0.808, 0.248, 0.752], abs=1e-3
    )
    assert pair.response_time == pytest.approx([6.508, 9.614], abs=5e-3)


def test_chandy_and_neuses_example():
    # Eight users with a delay of 8 s meet one who never leaves; values as in the tests of the
    # layered queueing network solver, whose iterations stop early: hence 2e-3.
    eight = ([8, 1], [[1, 1], [0, 1]], [[8, 1], [0, 1]], [np.inf, 1])
    schweitzer = schweitzer_network(*eight).station_queue_length
    linearizer = linearizer_network(*eight).station_queue_length
    assert schweitzer[0] == pytest.approx([5.108, 2.892], abs=2e-3)
    assert linearizer[0] == pytest.approx([5.231, 2.769], abs=2e-3)
    assert schweitzer[1] == pytest.approx([0, 1])
    assert exact([8, 1], np.array([[1.0], [1.0]]), [8, 0])[0][0] * 8 == pytest.approx(
        5.227, abs=5e-4
    )


def test_both_are_near_the_exact_throughput_and_the_linearizer_is_nearer():
    schweitzer, linearizer = [], []
    for users, demand, think in random_networks(150):
        rate, _ = exact(users, demand, think)
        one = schweitzer_network(users, 1, demand, think_time=think).throughput / rate - 1
        two = linearizer_network(users, 1, demand, think_time=think).throughput / rate - 1
        schweitzer.append(np.abs(one).max())
        linearizer.append(np.abs(two).max())
    assert np.max(schweitzer) < 0.28
    assert np.max(linearizer) < 0.025
    assert np.median(linearizer) < 2e-3 < np.median(schweitzer) < 0.03


def test_throughput_agrees_with_a_simulated_shared_server():
    # One server shared by all present, two classes who think: a Markov chain, 300 copies of it.
    rng = np.random.default_rng(1975)
    users, demand, think = np.array([3, 4]), np.array([0.5, 1.0]), np.array([4.0, 2.0])
    present = np.zeros((300, 2))
    clock, served = np.zeros(300), np.zeros((300, 2))
    for event in range(6000):
        if event == 1000:
            clock[:], served[:] = 0, 0
        crowd = np.maximum(present.sum(axis=1, keepdims=True), 1)
        rates = np.hstack([(users - present) / think, present / crowd / demand])
        total = rates.sum(axis=1)
        # The mean time to the next event serves as well as a drawn one, and with less noise.
        clock += 1 / total
        which = (rng.random(300) * total > np.cumsum(rates, axis=1).T).sum(axis=0)
        change = np.eye(2)[which % 2] * np.where(which < 2, 1, -1)[:, None]
        present += change
        served += np.maximum(-change, 0)
    seen = served / clock[:, None]
    rate, _ = exact(users, demand[:, None], think)
    error = (seen.mean(axis=0) - rate) / (seen.std(axis=0, ddof=1) / np.sqrt(300))
    assert np.all(np.abs(error) < Z_LIMIT)
    near = linearizer_network(users, 1, demand[:, None], think_time=think)
    assert near.throughput == pytest.approx(rate, rel=5e-3)


def by_halving(users, demand, think):
    """Schweitzer's throughput of one class, where users are think X + sum of X D / (1 - f X D)."""
    low, high = 0.0, min(users / (think + demand.sum()), 1.0 / demand.max())
    for _ in range(100):
        middle = (low + high) / 2.0
        work = middle * demand
        held = middle * think + np.sum(work / (1.0 - (users - 1.0) / users * work))
        low, high = (middle, high) if held < users else (low, middle)
    return high


@given(
    st.floats(1, 1e4),
    st.lists(st.floats(0, 2), min_size=1, max_size=5).filter(lambda d: max(d) > 1e-3),
    st.floats(0, 10),
)
def test_one_class_is_one_equation_in_throughput(users, demand, think):
    several = schweitzer_network([users], 1, [demand], think_time=[think])
    expected = by_halving(users, np.array(demand), think)
    assert several.throughput[0] == pytest.approx(expected, rel=1e-8)


@BOTH
def test_one_user_in_all_never_waits(network):
    lone = network([1, 0], [[2, 1], [1, 1]], [[0.1, 0.3], [0.1, 0.1]], think_time=[1, 1])
    assert lone.response_time[0] == pytest.approx(0.5, rel=1e-12)
    assert lone.throughput == pytest.approx([1 / 1.5, 0], rel=1e-12)


@BOTH
def test_a_class_without_users_has_the_times_that_one_of_it_would_have(network):
    demand, think = [[0.5, 0.2], [0.1, 0.4]], [2.0, 1.0]
    without = network([6, 0], 1, demand, think_time=think)
    alone = network([6], 1, demand[:1], think_time=think[:1])
    assert without.throughput == pytest.approx([float(alone.throughput[0]), 0])
    assert without.station_queue_length[1].tolist() == [0, 0]
    found = alone.station_queue_length[0]
    np.testing.assert_allclose(
        without.station_residence_time[1], np.array(demand[1]) * (1 + found), rtol=0.02
    )


@BOTH
def test_without_any_users_times_are_those_of_a_lone_request(network):
    nobody = network([0, 0], [[2, 1], [1, 1]], [[0.1, 0.3], [0.1, 0.1]])
    assert nobody.throughput.tolist() == [0, 0]
    assert nobody.response_time == pytest.approx([0.5, 0.2])


@BOTH
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whole_grid_users_are_somewhere_and_no_station_passes_its_limit(network, data):
    classes, places = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    some = data.draw(st.sampled_from([10, 1e3, 1e6]))
    users = np.array(data.draw(st.lists(st.floats(0, some), min_size=classes, max_size=classes)))
    row = st.lists(st.sampled_from([0, 1e-3, 0.3, 0.301, 1, 50]), min_size=places, max_size=places)
    demand = np.array(data.draw(st.lists(row, min_size=classes, max_size=classes)), dtype=float)
    servers = data.draw(st.lists(st.sampled_from([1, 1, np.inf]), min_size=places, max_size=places))
    think = np.where(demand.sum(axis=1) > 0, data.draw(st.sampled_from([0, 1, 100])), 1.0)
    whole = network(users, 1, demand, servers, think)
    somewhere = whole.station_queue_length.sum(axis=-1) + think * whole.throughput
    np.testing.assert_allclose(somewhere, users, rtol=1e-8, atol=1e-9)
    assert np.all(whole.station_utilisation.sum(axis=0) <= 1 + 1e-9)
    assert np.all(whole.station_residence_time >= demand * (1 - 1e-2))


def test_a_station_past_its_limit_holds_back_those_who_visit_it():
    # The bare method uses 1.0006 of this station.
    users, demand, think = [4, 1, 5], [[0.33], [14.05], [0.32]], [10, 0, 1]
    held = linearizer_network(users, 1, demand, think_time=think)
    assert held.station_utilisation.sum() <= 1 + 1e-12
    rate, _ = exact(users, np.array(demand), think)
    assert held.throughput == pytest.approx(rate, rel=0.02)


def test_saturated_classes_share_the_bottleneck():
    busy = linearizer_network([3000, 2000], 1, [[0.01, 0.002], [0.02, 0.001]], think_time=[5, 5])
    assert busy.station_utilisation[:, 0].sum() == pytest.approx(1, abs=1e-3)
    assert busy.response_time[1] == pytest.approx(2 * busy.response_time[0], rel=0.02)


def test_a_delay_station_is_think_time_and_nobody_waits_there():
    delay = linearizer_network([5, 9], 1, [[0.2, 3], [0.5, 1]], [1, np.inf], think_time=[1, 0])
    think = linearizer_network([5, 9], 1, [[0.2], [0.5]], think_time=[4, 1])
    np.testing.assert_allclose(delay.throughput, think.throughput, rtol=1e-12)
    assert delay.station_residence_time[:, 1].tolist() == [3, 1]
    assert delay.station_utilisation[:, 1].tolist() == [0, 0]
    np.testing.assert_allclose(delay.station_queue_length[:, 1], delay.throughput * [3, 1])


@BOTH
def test_visits_and_service_time_count_as_their_product(network):
    visited = network([5, 9], [[2, 4], [1, 0]], [[0.1, 0.05], [0.5, 7]], think_time=1)
    once = network([5, 9], 1, [[0.2, 0.2], [0.5, 0]], think_time=1)
    np.testing.assert_allclose(visited.throughput, once.throughput, rtol=1e-12)
    np.testing.assert_allclose(
        visited.station_throughput, visited.throughput[:, None] * [[2, 4], [1, 0]]
    )
    np.testing.assert_allclose(
        visited.station_response_time[0] * [2, 4], visited.station_residence_time[0]
    )
    assert visited.station_response_time[1, 1] == 7  # never visited: what a visit would take


@BOTH
def test_draws_broadcast_against_a_sweep_of_users(network):
    rng = np.random.default_rng(7)
    demand = rng.exponential(0.1, (4, 2, 3))
    users = np.array([[1, 1], [10, 5], [100, 50]])[:, None, :]
    many = network(users, 1, demand, [1, 1, np.inf], think_time=[1.0, 2.0])
    assert many.throughput.shape == (3, 4, 2)
    assert many.station_queue_length.shape == (3, 4, 2, 3)
    single = network([10, 5], 1, demand[2], [1, 1, np.inf], think_time=[1.0, 2.0])
    np.testing.assert_allclose(many.throughput[1, 2], single.throughput, rtol=1e-9)
    np.testing.assert_allclose(
        many.station_queue_length[1, 2], single.station_queue_length, rtol=1e-9
    )


@BOTH
def test_the_order_of_classes_and_stations_does_not_matter(network):
    users, demand, think = np.array([3, 8]), np.array([[0.2, 0.6], [0.5, 0.1]]), np.array([1, 4.0])
    one = network(users, 1, demand, think_time=think)
    other = network(users[::-1], 1, demand[::-1, ::-1], think_time=think[::-1])
    np.testing.assert_allclose(other.throughput[::-1], one.throughput, rtol=1e-9)
    np.testing.assert_allclose(
        other.station_queue_length[::-1, ::-1], one.station_queue_length, rtol=1e-9
    )


@BOTH
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([-1, 2], 1, [[1], [1]]), r"users\(=-1\) must be at least 0"),
        (([np.inf, 2], 1, [[1], [1]]), r"users\(=inf\) must be finite"),
        (([1, 2], 1, [[1], [0]]), r"think_time\(=0\) must be above 0"),
        (([1, 2], 1, [[1], [-1]]), r"service_time\(=-1\)"),
        (([1, 2], [[-1], [1]], [[1], [1]]), r"visits\(=-1\)"),
        (([1, 2], 1, [[1], [1]], [2]), r"servers must be 1 or inf here"),
        (([1, 2], 1, [[1], [1]], [[1], [1]]), r"servers\(shape=\(2, 1\)\) must be one per station"),
    ],
)
def test_bad_values_are_named(network, arguments, message):
    with pytest.raises(ValueError, match=message):
        network(*arguments)


def test_a_search_without_end_raises(monkeypatch):
    monkeypatch.setattr("numpy.linalg.solve", lambda slope, missing: 0 * missing)
    monkeypatch.setattr("planning.models.networks.multiclass._STEPS", 8)
    with pytest.raises(ArithmeticError, match="queues did not converge"):
        schweitzer_network([10, 25], 1, [[1, 0.09], [0.1, 0.9]], think_time=[0, 30])
