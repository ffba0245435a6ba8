"""Retries: two queues in the limit, equilibria by brute force, and storms simulated."""

import heapq
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.models.queueing._storms import mean_tries
from planning.models.queueing.erlang import erlang_b, log_wait_probability
from planning.models.queueing.finite import wait_limited
from planning.models.queueing.retries import (
    attempt_failure,
    collapse_arrival_rate,
    retry_equilibria,
    safe_arrival_rate,
    storm_arrival_rate,
)

servers_ = st.integers(1, 500)
limits = st.floats(0.01, 100)
retries_ = st.integers(0, 12)
shares = st.floats(0, 1)


def attempts(rate, failing, retries):
    return rate * mean_tries(np.asarray(failing), np.asarray(retries))


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


@given(st.floats(0, 1e6), shares, retries_)
def test_attempts_are_the_sum_of_their_generations(rate, failing, retries):
    summed = rate * sum(failing**k for k in range(retries + 1))
    assert attempts(rate, failing, retries) == pytest.approx(summed)


def test_attempts_where_none_and_where_all_fail():
    assert attempts(100, [0, 1], 3).tolist() == [100, 400]
    assert attempts(100, [0, 0.5, 1], 0).tolist() == [100, 100, 100]


@given(servers_, st.floats(0, 5), limits)
def test_no_wasted_work_is_a_queue_that_is_left(servers, per_server, limit):
    load = per_server * servers
    expected = wait_limited(load, 1, servers, limit).failed_share
    assert attempt_failure(load, 1, servers, limit, 0) == pytest.approx(expected, rel=1e-9)


@given(servers_, st.floats(0.01, 0.999), limits)
def test_all_work_wasted_is_the_tail_of_an_endless_queue(servers, per_server, limit):
    load = per_server * servers
    expected = np.exp(log_wait_probability(load, servers) - (servers - load) * limit)
    assert attempt_failure(load, 1, servers, limit, 1) == pytest.approx(expected, rel=1e-9)


def test_no_attempts_no_failures_and_no_patience_is_erlang_b():
    assert attempt_failure(0, 1, 5, [0, 1], [[0], [1]]).tolist() == [[0, 0], [0, 0]]
    assert attempt_failure(4, 1, 5, 0, 0) == pytest.approx(erlang_b(4, 5))


def test_all_attempts_fail_where_the_wasted_ones_fill_the_servers():
    assert attempt_failure([50, 51, 500], 1, 5, 1, [0.1, 0.1, 1]).tolist() == [1, 1, 1]
    assert attempt_failure(49.999, 1, 5, 1, 0.1) < 1


@given(servers_, limits, shares)
def test_failures_grow_with_load_and_with_waste(servers, limit, wasted):
    load = np.linspace(0, 3 * servers, 40)
    failing = attempt_failure(load, 1, servers, limit, wasted)
    assert np.all(np.diff(failing) >= -1e-9)
    assert np.all((failing >= 0) & (failing <= 1))
    worse = attempt_failure(load, 1, servers, limit, min(1.0, wasted + 0.1))
    assert np.all(worse >= failing - 1e-9)


def first_come_first_served(arrivals, service, servers, limit, wasted, backlog=0.0):
    """Yield whether each arrival gives up; (time, tag) come from a heap that others may fill."""
    free = [backlog] * servers
    while arrivals:
        now, tag = heapq.heappop(arrivals)
        start = max(now, free[0])
        late = start - now > limit
        if not late or wasted():
            heapq.heapreplace(free, start + service())
        yield now, tag, late


@pytest.mark.parametrize(
    ("load", "wasted"), [(2.5, 0.0), (2.7, 0.5), (3.3, 0.5), (2.5, 1.0), (4, 0.2)]
)
def test_failures_agree_with_simulation(load, wasted):
    rng = np.random.default_rng(1981)
    servers, limit, number = 3, 1.5, 3000
    samples = []
    for _ in range(30):
        arrivals = [(at, None) for at in np.cumsum(rng.exponential(1 / load, number)).tolist()]
        service = iter(rng.exponential(1, number).tolist()).__next__
        stays = iter((rng.random(number) < wasted).tolist()).__next__
        queue = first_come_first_served(arrivals, service, servers, limit, stays)
        late = [gave_up for _, _, gave_up in queue]
        samples.append(np.mean(late[300:]))
    assert abs(z_score(samples, attempt_failure(load, 1, servers, limit, wasted))) < 4


@settings(max_examples=25)
@given(st.floats(0.02, 3), st.integers(1, 100), limits, retries_, shares)
def test_equilibria_balance(per_server, servers, limit, retries, wasted):
    rate = per_server * servers
    found = retry_equilibria(rate, 1, servers, limit, retries, wasted)
    failing = attempt_failure(found.attempt_rate, 1, servers, limit, wasted)
    np.testing.assert_allclose(failing, found.fail_probability, atol=1e-9)
    # Where attempts fail from one float to the next, a balance is as exact as they are.
    steep = attempt_failure(found.attempt_rate * (1 + 1e-11), 1, servers, limit, wasted)
    slack = 1e-9 + 2 * retries**2 * np.abs(steep - failing)
    brought = attempts(rate, failing, retries)
    assert np.all(np.abs(brought - found.attempt_rate) <= slack * found.attempt_rate)
    assert np.all(np.diff(found.attempt_rate) >= -1e-9 * rate)
    assert found.attempt_rate[0] >= rate * (1 - 1e-9)
    assert found.attempt_rate[2] <= rate * (1 + retries) * (1 + 1e-9)
    assert found.metastable == (found.count == 3)
    np.testing.assert_allclose(found.failed_share, failing ** (retries + 1), atol=1e-8)


def changes_of_sign(rate, servers, limit, retries, wasted):
    ends = rate * (1 - 1e-6), rate * (1 + retries) * (1 + 1e-6)
    attempted = np.linspace(*ends, 20_001)
    failing = attempt_failure(attempted, 1, servers, limit, wasted)
    return np.sum(np.diff(np.sign(attempts(rate, failing, retries) - attempted)) != 0)


@pytest.mark.parametrize("servers", [1, 5, 50])
@pytest.mark.parametrize("limit", [0.1, 1, 8])
@pytest.mark.parametrize(("retries", "wasted"), [(1, 1), (3, 0.3), (3, 1), (8, 0.7), (3, 0)])
def test_equilibria_are_all_that_brute_force_finds(servers, limit, retries, wasted):
    rates = servers * np.array([0.1, 0.3, 0.45, 0.6, 0.8, 0.93, 1.1])
    found = retry_equilibria(rates, 1, servers, limit, retries, wasted)
    counted = [changes_of_sign(rate, servers, limit, retries, wasted) for rate in rates]
    assert found.count.tolist() == counted


def test_without_retries_the_one_equilibrium_is_the_arrival_rate():
    rates = np.array([0, 0.5, 1, 3.0])
    found = retry_equilibria(rates, 1, 1, 2, 0, [[0], [1]])
    np.testing.assert_allclose(found.attempt_rate, np.broadcast_to(rates[:, None], (2, 4, 3)))
    assert np.all(found.count == 1)
    assert storm_arrival_rate(1, 1, 2, 0, [0, 1]).tolist() == [np.inf, np.inf]


@settings(max_examples=25)
@given(servers_, limits, retries_)
def test_without_wasted_work_there_is_one_equilibrium(servers, limit, retries):
    rates = servers * np.linspace(0, 3, 20)
    assert np.all(retry_equilibria(rates, 1, servers, limit, retries, 0).count == 1)
    assert storm_arrival_rate(1, servers, limit, retries, 0) == np.inf
    assert collapse_arrival_rate(1, servers, limit, retries, 0) == np.inf


def test_nothing_asked_nothing_attempted():
    found = retry_equilibria(0, 1, 5, 1, 3, 1)
    assert found.attempt_rate.tolist() == [0, 0, 0]
    assert found.fail_probability.tolist() == [0, 0, 0]


def test_past_capacity_there_is_only_a_storm():
    found = retry_equilibria([6, 60], 1, 5, 10, 3, 1)
    assert found.count.tolist() == [1, 1]
    np.testing.assert_allclose(found.attempt_rate, [[24] * 3, [240] * 3])
    assert np.all(found.failed_share == 1)


def test_the_example_of_bronson_and_others():
    # HotOS '21, 2.1: good for 300 queries/s, one retry after 1 s. 280/s are served, but after an
    # outage stay at 560/s, until there are fewer than 150/s.
    database = {"service_time": 0.1, "servers": 30, "wait_limit": 1, "retries": 1}
    found = retry_equilibria(280, **database, wasted_share=1)
    assert found.metastable
    assert found.attempt_rate[[0, 2]] == pytest.approx([280, 560])
    assert found.failed_share[[0, 2]] == pytest.approx([0, 1], abs=1e-6)
    assert storm_arrival_rate(**database, wasted_share=1) == pytest.approx(150)


@settings(max_examples=25)
@given(st.integers(5, 500), limits, st.integers(1, 12), st.floats(1e-3, 1e3))
def test_a_storm_of_wasted_work_needs_the_capacity_over_the_attempts(servers, limit, retries, time):
    lowest = storm_arrival_rate(time, servers, limit * time, retries, 1)
    assert lowest == pytest.approx(servers / time / (1 + retries))


def test_a_few_servers_with_one_retry_and_no_patience_have_no_storm():
    lowest = storm_arrival_rate(1, [1, 2, 3], 0.03, [[1], [2]], 1)
    assert lowest.tolist() == [[np.inf] * 3, pytest.approx([1 / 3, 2 / 3, 1])]


@pytest.mark.parametrize("retries", [1, 3, 10])
@pytest.mark.parametrize("wasted", [0.02, 0.3, 0.9])
def test_with_long_limits_a_storm_is_what_fluid_makes_it(retries, wasted):
    # Where the wait hovers at the limit, c = x (1 - p) + wasted x p: x attempts, p failing.
    failing = np.linspace(0, 1, 100_001)
    attempted = 10 / (1 - (1 - wasted) * failing)
    lowest = np.min(attempted / np.sum(failing ** np.arange(retries + 1)[:, None], axis=0))
    assert storm_arrival_rate(1, 10, 1e5, retries, wasted) == pytest.approx(lowest, rel=1e-4)
    assert lowest < 10  # however little is wasted
    assert collapse_arrival_rate(1, 10, 1e5, retries, wasted) == pytest.approx(10, rel=1e-3)


@settings(max_examples=25)
@given(st.integers(1, 200), st.floats(0.5, 50), st.integers(1, 12), st.floats(0.05, 1))
def test_metastable_between_storm_and_collapse(servers, limit, retries, wasted):
    system = (1, servers, limit, retries, wasted)
    storm, collapse = storm_arrival_rate(*system), collapse_arrival_rate(*system)
    if np.isinf(storm):
        rates = servers * np.linspace(0.05, 2, 30)
        assert not np.any(retry_equilibria(rates, *system).metastable)
        return
    assert storm < min(collapse, servers)
    beside = [storm * 0.9999, storm * 1.0001, collapse * 0.9999, collapse * 1.0001]
    if beside[1] < beside[2]:
        found = retry_equilibria(beside, *system)
        assert found.metastable.tolist() == [False, True, True, False]


def share_failed_at_the_end(rate, servers, limit, retries, wasted, backlog, rng):
    """Run requests that retry after a backoff; the share of late attempts in the last quarter."""
    end, backoff = 3000.0, 25.0
    arrivals = [(at, 0) for at in np.sort(rng.uniform(0, end, rng.poisson(rate * end))).tolist()]
    plenty = int(rate * end * (retries + 2))
    service = iter(rng.exponential(1, plenty).tolist()).__next__
    stays = iter((rng.random(plenty) < wasted).tolist()).__next__
    wait = iter(rng.exponential(backoff, plenty).tolist()).__next__
    seen = late_ones = 0
    for now, tried, late in first_come_first_served(
        arrivals, service, servers, limit, stays, backlog
    ):
        if now > end:
            break
        if late and tried < retries:
            heapq.heappush(arrivals, (now + limit + wait(), tried + 1))
        if now > 0.75 * end:
            seen, late_ones = seen + 1, late_ones + late
    return late_ones / seen


@pytest.mark.parametrize(
    ("wasted", "per_storm", "backlog", "storm"),
    [
        (1.0, 1.25, 300, True),  # above the storm rate an overload lasts
        (1.0, 1.25, 0, False),  # where the same load from a calm start stays calm
        (1.0, 0.8, 300, False),  # below it an overload ends
        (0.6, 1.15, 300, True),
        (0.6, 1.15, 0, False),
        (0.6, 0.85, 300, False),
    ],
)
def test_storms_last_above_the_storm_rate_and_end_below(wasted, per_storm, backlog, storm):
    servers, limit, retries = 5, 5.0, 3
    rate = per_storm * storm_arrival_rate(1, servers, limit, retries, wasted)
    found = retry_equilibria(rate, 1, servers, limit, retries, wasted)
    assert found.metastable == (per_storm > 1)
    rng = np.random.default_rng(2021)
    failed = [
        share_failed_at_the_end(rate, servers, limit, retries, wasted, backlog, rng)
        for _ in range(6)
    ]
    expected = found.fail_probability[2 if storm else 0]
    assert np.all(np.array(failed) > 0.5) if storm else np.all(np.array(failed) < 0.15)
    assert np.mean(failed) == pytest.approx(expected, abs=0.06)


def test_without_wasted_work_an_overload_ends_at_nine_tenths_of_capacity():
    rng = np.random.default_rng(0)
    failed = [share_failed_at_the_end(4.5, 5, 5.0, 3, 0.0, 300, rng) for _ in range(6)]
    expected = retry_equilibria(4.5, 1, 5, 5.0, 3, 0).fail_probability[0]
    assert abs(z_score(failed, expected)) < 4


def test_ten_thousand_arrival_rates_cost_less_than_a_second():
    rates = np.linspace(0, 500, 10_000)
    before = time.process_time()
    found = retry_equilibria(rates, 0.1, 30, 1, 3, 1)
    assert time.process_time() - before < 1
    assert found.attempt_rate.shape == (10_000, 3)


def test_a_fraction_of_a_server_leaves_the_capacity_as_it_is():
    assert storm_arrival_rate(0.1, [12, 12.5, 0.5], 1, 3) == pytest.approx([30, 31.25, 1.25])
    np.testing.assert_allclose(
        attempt_failure(30, 0.1, [2.5, 0.5], 1, 0),
        wait_limited(30, [0.1 * 2 / 2.5, 0.1 / 0.5], [2, 1], 1).failed_share,
    )


def test_a_retry_budget_is_a_fraction_of_a_retry():
    assert attempts(100, [0, 1], 0.2).tolist() == [100, 120]
    assert storm_arrival_rate(0.1, 30, 1, 0.2) == pytest.approx(250)


def test_unless_cancelled_abandoned_work_is_done():
    assert storm_arrival_rate(1, 5, 10, 3) == storm_arrival_rate(1, 5, 10, 3, 1)
    one, other = retry_equilibria(2, 1, 5, 10, 3), retry_equilibria(2, 1, 5, 10, 3, 1)
    assert one.attempt_rate.tolist() == other.attempt_rate.tolist()


def test_arguments_broadcast():
    rates = np.array([[20.0], [100.0]])
    retries = np.array([0, 1, 3])
    found = retry_equilibria(rates, 0.1, 12, 1, retries, [1, 0.5, 1])
    for i, rate in enumerate(rates[:, 0]):
        for j, (r, w) in enumerate(zip(retries, [1, 0.5, 1], strict=True)):
            one = retry_equilibria(rate, 0.1, 12, 1, r, w)
            np.testing.assert_allclose(found.attempt_rate[i, j], one.attempt_rate, rtol=1e-9)
            assert found.count[i, j] == one.count
            assert found.metastable[i, j] == one.metastable
    assert storm_arrival_rate(0.1, [[1], [12]], 1, retries, 1).shape == (2, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arrival_rate": -1}, r"arrival_rate\(=-1\) must be at least 0"),
        ({"service_time": 0}, r"service_time\(=0\) must be above 0"),
        ({"servers": 0}, r"servers\(=0\) must be above 0"),
        ({"wait_limit": np.inf}, r"wait_limit\(=inf\) must be finite"),
        ({"retries": np.inf}, r"retries\(=inf\) must be finite"),
        ({"retries": -1}, r"retries\(=-1\) must be at least 0"),
        ({"wasted_share": 1.5}, r"wasted_share\(=1.5\) must be a fraction"),
    ],
)
def test_what_is_no_system_is_refused(change, message):
    system = {
        "arrival_rate": 1,
        "service_time": 1,
        "servers": 2,
        "wait_limit": 1,
        "retries": 1,
        "wasted_share": 1,
    }
    with pytest.raises(ValueError, match=message):
        retry_equilibria(**{**system, **change})


@pytest.mark.parametrize("retries_allowed", [1, 2, 5])
def test_the_safe_rate_is_the_storm_rate_of_the_worst_case(retries_allowed):
    safe = safe_arrival_rate(0.1, 30, retries_allowed)
    worst = storm_arrival_rate(0.1, 30, 5, retries_allowed, wasted_share=1)
    assert float(safe) == pytest.approx(float(worst), rel=1e-3)
    some = storm_arrival_rate(0.1, 30, 5, retries_allowed, wasted_share=0.5)
    assert float(some) >= float(safe)
