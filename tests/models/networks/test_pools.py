"""
Pools before a congested resource: exact where they say so, and how near they are elsewhere.

The yardstick is the chain of (requests in system, holders at the resource), solved by blocks
(Neuts 1981), and a simulation where requests give up, which no such chain can tell exactly.
"""

import heapq
from collections import deque
from itertools import product

import numpy as np
import pytest

from planning.models.networks.closed_networks import closed_network
from planning.models.networks.layers import closed_throughput, held_time
from planning.models.networks.pools import (
    called_failed,
    called_wait,
    places_needed,
    pool_throughput,
)
from planning.models.queueing.finite import wait_limited
from planning.models.queueing.waiting import mean_wait
from planning.models.servers.connections import pool_wait

Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; seeds are fixed
PATIENT = 1e5
SERVERS, PLACES, DELAYS = (1, 2, 4, 16), (1, 2, 5, 10, 20, 40), (0.1, 1.0, 4.0, 20.0)
LOADS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
CASES = [case for case in product(SERVERS, PLACES, DELAYS) if case[1] >= case[0]]


def exact_times(rate, delay, servers, places):
    """Mean wait for a place and mean time it is held; a second of service follows the delay."""
    size = places + 1

    def blocks(number):
        inside = min(number, places)
        up, stay, down = np.zeros((3, inside + 1, size))
        for at in range(inside + 1):
            up[at, at] = rate
            if at < inside:
                stay[at, at + 1] = (inside - at) / delay
            if at > 0:
                down[at, at - 1] = min(at, servers)
        stay[np.arange(inside + 1), np.arange(inside + 1)] = -(up + stay + down).sum(axis=1)
        return up, stay, down

    up, stay, down = blocks(size)
    factor = np.zeros((size, size))  # weights of one level from those below, by iteration of G
    first = np.zeros((size, size))
    for _ in range(20_000):
        last, first = first, np.linalg.solve(-(stay + up @ first), down)
        if np.abs(first - last).max() < 1e-14:
            break
    factor = up @ np.linalg.inv(-(stay + up @ first))
    factors, after = {size: factor}, down
    for number in range(places, 0, -1):
        _, local, falls = blocks(number)
        wide = number + 1
        here = local[:, :wide] + (factors[number + 1] @ after)[:wide, :wide]
        rises = blocks(number - 1)[0][:, :wide]
        factors[number], after = rises @ np.linalg.inv(-here), falls[:, :number]
    weights = [np.ones(1)]
    for number in range(1, size):
        weights.append(weights[-1] @ factors[number])
    left = np.linalg.inv(np.eye(size) - factor)
    beyond = (weights[-1] @ factor @ left).sum()
    total = sum(weight.sum() for weight in weights) + beyond
    waiting = (weights[-1] @ factor @ left @ left).sum() / total
    inside = sum(n * weight.sum() for n, weight in enumerate(weights)) + places * beyond
    return waiting / rate, inside / total / rate


def approximate_times(rate, delay, servers, places):
    hold, load = delay + 1, rate / servers
    held = held_time(hold, mean_wait(rate, 1, servers), places, rate, load, servers)
    return float(called_wait(hold, places, rate, load, PATIENT, servers)), float(held)


def test_the_yardstick_knows_queues_with_a_closed_form():
    # Places for all: a delay and M/M/2. One place: M/G/1, Pollaczek & Khinchine.
    waits, held = exact_times(1.5, 2.0, 2, 60)
    assert waits == pytest.approx(0, abs=1e-6)
    assert held == pytest.approx(3 + float(mean_wait(1.5, 1, 2)), rel=1e-6)
    waits, held = exact_times(0.3, 1.0, 1, 1)
    assert held == pytest.approx(2)
    assert waits == pytest.approx(0.3 * (2**2 + 1 + 1) / (2 * (1 - 0.6)))


@pytest.mark.parametrize("servers", [1, 2, 3, 8, 32])
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.3, 1.0, 4.0, 50.0])
def test_pool_throughput_is_the_exact_closed_network(servers, delay):
    places = np.append(np.arange(1, 101), 600)
    exact = closed_network(places, 1, [1.0], [servers], delay).throughput
    full = pool_throughput(1 + delay, places, servers, 1, servers)
    np.testing.assert_allclose(full, exact, rtol=1e-11)


def test_pool_throughput_of_any_size():
    full = pool_throughput(0.05, [0.5, 4, 1e6, 1e15, 1e24], 100, 0.25, 4)
    assert full == pytest.approx([10, 80, 400, 400, 400])
    many = pool_throughput(1.0, [1e9, 1e12, 2e12], 1e12, 1.0, 1e9)
    assert many == pytest.approx([1e9, 1e12, 1e12], rel=1e-4)
    fractions = pool_throughput(0.05, np.linspace(0.1, 40, 400), 100, 0.25, 4)
    assert np.all(np.diff(fractions) >= -1e-9)


@pytest.mark.parametrize("servers", [1, 4, 32])
@pytest.mark.parametrize("load", [0.02, 0.5, 0.95, 0.9999])
@pytest.mark.parametrize("hold", [0.001, 0.05, 2.0])
def test_the_places_needed_pass_all_that_comes_and_one_fewer_does_not(hold, load, servers):
    places = places_needed(hold, 400, load, servers)
    assert pool_throughput(hold, places, 400, load, servers) >= 400 * (1 - 1e-9)
    assert places == 1 or pool_throughput(hold, places - 1, 400, load, servers) < 400
    assert places >= 400 * hold


def test_no_number_of_places_passes_more_than_what_lies_below_can_do():
    assert places_needed(0.05, [0, 400, 400], [0.5, 1, 1.5]).tolist() == [0, np.inf, np.inf]
    assert places_needed([0.05, 0.0501], 400, 0).tolist() == [20, 21]  # Little's law
    assert places_needed(0.05, [[10], [20]], [0, 0.5, 0.9]).shape == (2, 3)
    with pytest.raises(ValueError, match=r"utilisation\(=-1\)"):
        places_needed(0.05, 400, -1)


def test_where_nothing_below_runs_out_holders_are_independent():
    rate = np.array([0.0, 19, 24, 80])
    wait = called_wait(0.1, 2, rate, 0, 0.3)
    failed = called_failed(0.1, 2, rate, 0, 0.3)
    queue = wait_limited(rate, 0.1, 2, 0.3)
    np.testing.assert_allclose(wait, queue.mean_wait_served, rtol=1e-9)
    np.testing.assert_allclose(failed, queue.failed_share, rtol=1e-9)
    # And a resource far too fast to matter changes nothing.
    near = called_wait(0.1, 2, rate, rate * 1e-9, 0.3)
    np.testing.assert_allclose(near, queue.mean_wait_served, rtol=1e-6)


@pytest.mark.parametrize("places", [1, 3, 20])
def test_a_pool_before_one_server_and_no_delay_changes_only_where_they_wait(places):
    for rate in (0.2, 0.8, 0.99):
        waits, held = approximate_times(rate, 0.0, 1, places)
        assert waits + held == pytest.approx(1 / (1 - rate), rel=1e-5)
        # Of M/M/1, those who find all places taken wait for one.
        assert waits == pytest.approx(rate**places / (1 - rate), rel=1e-5)


def test_response_is_near_the_exact_chain():
    # Found, by load: greatest error of all cases, and of pools from five and twice the servers.
    # A pool of one is the worst: its two stages vary less than the exponential time assumed.
    found = {
        0.3: (0.082, 0.023),
        0.5: (0.143, 0.024),
        0.7: (0.213, 0.039),
        0.8: (0.251, 0.078),
        0.9: (0.291, 0.150),
        0.95: (0.312, 0.208),
    }
    errors = {load: {} for load in LOADS}
    for case in CASES:
        servers, places, delay = case
        most = closed_network(places, 1, [1.0], [servers], delay).throughput
        for load in LOADS:
            exact = exact_times(load * most, delay, servers, places)
            near = approximate_times(load * most, delay, servers, places)
            assert near[1] == pytest.approx(exact[1], rel=0.036)
            errors[load][case] = abs(sum(near) / sum(exact) - 1)
    for load, (of_all, of_usual) in found.items():
        usual = [e for case, e in errors[load].items() if case[1] >= max(5, 2 * case[0])]
        assert max(errors[load].values()) <= of_all
        assert max(usual) <= of_usual
        assert np.median(list(errors[load].values())) < 0.03
        worst = max(errors[load], key=errors[load].get)
        assert worst[1] == 1


def test_independent_holders_would_be_far_off_the_exact_chain():
    # Why there is called_wait beside pool_wait: the same held time, but holders who share a core.
    rate, delay, places = 0.95, 0.1, 5
    waits, held = exact_times(rate, delay, 1, places)
    independent = float(pool_wait(rate * held, rate, places, PATIENT))
    assert independent + held < 0.5 * (waits + held)
    assert sum(approximate_times(rate, delay, 1, places)) == pytest.approx(waits + held, rel=0.01)


def simulate(rate, delay, servers, places, limit, seed, arrivals=3_000, warm_up=500):
    """Mean wait of the served, and share that gave up, of one run; services take a second."""
    rng = np.random.default_rng(seed)
    coming, at_work, at_server = 0, 1, 2
    events = [(rng.exponential(1 / rate), coming)]
    line, queue = deque(), 0
    inside = busy = seen = served = gave_up = 0
    waited = 0.0
    while seen < warm_up + arrivals or line:
        now, kind = heapq.heappop(events)
        if kind == coming:
            seen += 1
            if seen < warm_up + arrivals:
                heapq.heappush(events, (now + rng.exponential(1 / rate), coming))
            line.append((now, seen > warm_up))
        elif kind == at_work:
            queue += 1
        else:
            inside, busy = inside - 1, busy - 1
        while line and (now - line[0][0] > limit or inside < places):
            since, counts = line.popleft()
            if now - since > limit:
                gave_up += counts
                continue
            served, waited = served + counts, waited + counts * (now - since)
            inside += 1
            heapq.heappush(events, (now + delay * rng.standard_exponential(), at_work))
        while queue and busy < servers:
            queue, busy = queue - 1, busy + 1
            heapq.heappush(events, (now + rng.standard_exponential(), at_server))
    return waited / served, gave_up / arrivals


def z_scores(case, limit, expected, runs=40):
    results = np.array([simulate(*case, limit, seed) for seed in range(runs)])
    spread = results.std(axis=0, ddof=1) / np.sqrt(runs)
    return (results.mean(axis=0) - np.array(expected, dtype=float)) / spread


# Without a delay one server, and with a delay a pool that is always full, are exact.
@pytest.mark.parametrize(
    ("rate", "delay", "servers", "places", "limit"),
    [(0.9, 0.0, 1, 3, 4.0), (1.5, 0.0, 1, 5, 3.0), (2.0, 0.0, 2, 2, 2.0)],
)
def test_who_waits_and_who_gives_up_by_simulation(rate, delay, servers, places, limit):
    arguments = (1 + delay, places, rate, rate / servers, limit, servers)
    expected = called_wait(*arguments), called_failed(*arguments)
    case = (rate, delay, servers, places)
    assert np.all(np.abs(z_scores(case, limit, expected)) < Z_LIMIT)
    # The simulation can tell: a tenth more of either would be noticed.
    assert np.all(np.abs(z_scores(case, limit, np.multiply(expected, 1.1))) > Z_LIMIT)


@pytest.mark.parametrize(("servers", "places", "delay"), [(1, 4, 3.0), (2, 5, 1.0), (4, 6, 0.5)])
def test_throughput_of_a_full_pool_by_simulation(servers, places, delay):
    rate, limit = 20.0 * servers, 30.0
    full = pool_throughput(1 + delay, places, rate, rate / servers, servers)
    case = (rate, delay, servers, places)
    failed = called_failed(1 + delay, places, rate, rate / servers, limit, servers)
    assert failed == pytest.approx(1 - full / rate, rel=1e-6)
    _, score = z_scores(case, limit, (0, failed))
    assert abs(score) < Z_LIMIT
    # Power: one fast server in place of two or four is told apart, and so is Schweitzer.
    single = closed_throughput(places, 1 + delay, servers)
    _, score = z_scores(case, limit, (0, 1 - single / rate))
    assert abs(score) > Z_LIMIT


@pytest.mark.parametrize("rate", [0.7, 0.9, 1.2])
def test_with_a_delay_who_gives_up_is_near_the_simulation(rate):
    delay, servers, places, limit = 2.0, 1, 6, 10.0
    runs = [simulate(rate, delay, servers, places, limit, seed) for seed in range(40)]
    waits, failed = np.mean(runs, axis=0)
    hold, load = 1 + delay, rate / servers
    near = called_wait(hold, places, rate, load, limit, servers)
    assert near == pytest.approx(waits, rel=0.15)
    assert called_failed(hold, places, rate, load, limit, servers) == pytest.approx(
        failed, rel=0.15, abs=0.01
    )
