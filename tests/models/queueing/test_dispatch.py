"""Requests dealt out: the ends, the exact chain of the fewest connections, and simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from planning.models.queueing import dispatch
from planning.models.queueing.erlang import wait_probability
from planning.models.servers.connections import pool_failed, pool_wait

utilisations = st.floats(0, 3)
servers = st.integers(1, 400)
WAYS = (dispatch.in_turn_share, dispatch.fewest_first_share)
REPLICATIONS, WARM_UP, ARRIVALS = 400, 3_000, 9_000
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


def wait(way, used, number):
    """Wait of a way to deal out, in service times, without a limit."""
    shared = wait_probability(used * number, number) / (number * (1 - used))
    return float(dispatch.wait_between(shared, used / (1 - used), way(used, number)))


def chain_of_the_fewest(number, used, widest):
    """Mean wait where each goes to a shortest queue: the exact chain, queues sorted by length."""
    longest = 60
    states = [
        s
        for s in itertools.combinations_with_replacement(range(longest), number)
        if s[-1] - s[0] <= widest
    ]
    place = {state: index for index, state in enumerate(states)}
    rows, columns, rates = [], [], []
    for state, index in place.items():
        moves = [(state.count(state[0]) - 1, 1, used * number)]
        moves += [(state.index(n), -1, state.count(n)) for n in set(state) if n]
        for which, step, rate in moves:
            moved = list(state)
            moved[which] += step
            to = place.get(tuple(moved))
            if to is not None:
                rows += [to, index]
                columns += [index, index]
                rates += [rate, -rate]
    matrix = coo_matrix((rates, (rows, columns)), shape=(len(states),) * 2).tolil()
    matrix[0, :] = 1.0
    chance = spsolve(matrix.tocsc(), np.eye(1, len(states))[0])
    return chance @ [sum(state) for state in states] / (used * number) - 1.0


def simulated(way, used, number, seed, limit=np.inf):
    """Mean wait of the served and share that gave up, per replication; service is exponential."""
    rng = np.random.default_rng(seed)
    ends = np.full((REPLICATIONS, number, 40), -np.inf)  # when the latest at each server are done
    free, now = np.zeros((REPLICATIONS, number)), np.zeros(REPLICATIONS)
    waited, served = np.zeros(REPLICATIONS), np.zeros(REPLICATIONS)
    every = np.arange(REPLICATIONS)
    for arrival in range(WARM_UP + ARRIVALS):
        now += rng.standard_exponential(REPLICATIONS) / (used * number)
        if way == "turn":
            chosen = np.full(REPLICATIONS, arrival % number)
        else:
            there = np.sum(ends > now[:, None, None], axis=2) + rng.random(free.shape) / 2
            chosen = np.argmin(there, axis=1)
        delay = np.maximum(free[every, chosen] - now, 0.0)
        joins = delay <= limit
        end = now + delay + rng.standard_exponential(REPLICATIONS)
        free[every, chosen] = np.where(joins, end, free[every, chosen])
        if way == "fewest":
            ends[every, chosen, arrival % 40] = end
        if arrival >= WARM_UP:
            waited += np.where(joins, delay, 0.0)
            served += joins
    return waited / served, 1.0 - served / ARRIVALS


@pytest.mark.parametrize("way", WAYS)
def test_one_server_no_load_and_saturation(way):
    assert way([0.5, 0.0], servers=[1, 4]).tolist() == [0.0, 0.0]
    assert way(0.7, servers=1.9) == 0.0
    assert way([1.0, 5.0], servers=4).tolist() == [0.5 * (way is WAYS[0])] * 2


@given(used=utilisations, number=servers)
def test_fewest_connections_wait_least_and_turns_less_than_chance(used, number):
    fewest, turn = (float(way(used, number)) for way in reversed(WAYS))
    assert 0.0 <= fewest <= turn + 1e-9
    assert turn <= 0.5 + 1e-6


def test_the_ends_of_what_lies_between():
    assert dispatch.wait_between(2, 10, share=[0, 1, 0.25]).tolist() == [2, 10, 4]


def test_in_turn_before_two_servers_has_a_root_in_closed_form():
    # (1 + s / 2r)^-2 = 1 - s with s = 1 - sigma: s^2 + (4r - 1) s + 4r(r - 1) = 0, but for s = 0.
    used = np.array([0.3, 0.6, 0.9])
    left = (1 - 4 * used + np.sqrt((4 * used - 1) ** 2 + 16 * used * (1 - used))) / 2
    waits = [wait(dispatch.in_turn_share, each, 2) for each in used]
    assert waits == pytest.approx((1 - left) / left, rel=1e-9)


def test_in_turn_agrees_with_simulation():
    waits, _ = simulated("turn", 0.8, 6, seed=1)
    spread = waits.std(ddof=1) / np.sqrt(REPLICATIONS)
    assert abs(waits.mean() - wait(dispatch.in_turn_share, 0.8, 6)) < Z_LIMIT * spread


@pytest.mark.parametrize("used", [0.3, 0.5, 0.7, 0.9])
def test_fewest_connections_agree_with_the_exact_chain_they_were_not_fitted_to(used):
    exact = chain_of_the_fewest(3, used, widest=9)
    assert wait(dispatch.fewest_first_share, used, 3) == pytest.approx(exact, rel=0.025)


def test_fewest_connections_of_eight_agree_with_simulation_they_were_not_fitted_to():
    waits, _ = simulated("fewest", 0.85, 8, seed=2)
    spread = waits.std(ddof=1) / np.sqrt(REPLICATIONS)
    said = wait(dispatch.fewest_first_share, 0.85, 8)
    assert abs(waits.mean() - said) < Z_LIMIT * spread + 0.015 * said


def test_a_wait_limit_in_turn_lies_between_the_ends_as_without_one():
    # The place between the ends is that without a limit: past saturation the wait is too high.
    for used, within in ((0.8, 0.03), (1.2, 0.17)):
        rate, number, limit = used * 4, 4, 3.0
        share = dispatch.in_turn_share(used, number)
        waits, failed = simulated("turn", used, number, seed=3, limit=limit)
        one = (used * number, rate, number, limit)
        each = (used, rate / number, 1, limit)
        said = dispatch.wait_between(pool_wait(*one), pool_wait(*each), share)
        given_up = dispatch.wait_between(pool_failed(*one), pool_failed(*each), share)
        assert float(said) == pytest.approx(waits.mean(), rel=within)
        assert float(given_up) == pytest.approx(failed.mean(), abs=0.02)


# Measured on Linux, one by one over loopback, 150 s each: four processes that accept, sleep for an
# exponential time of 40 ms and answer; requests come at random. Mean wait in service times: one
# socket for all, one each with SO_REUSEPORT, one each and the client chooses.
MEASURED = {
    0.5: {"one": 0.125, "reuseport": 1.145, "random": 1.009, "turn": 0.441, "fewest": 0.220},
    0.7: {"one": 0.353, "reuseport": 2.791, "random": 2.324, "turn": 1.298, "fewest": 0.576},
    0.8: {"one": 0.897, "reuseport": 5.100, "random": 4.676, "turn": 2.413, "fewest": 1.082},
}
CONNECTING = 0.035  # of a service time, before a process has the request; seen at no load


@pytest.mark.parametrize("used", MEASURED)
def test_processes_with_sockets_of_their_own_wait_as_measured(used):
    measured = MEASURED[used]
    one = wait(lambda used, number: 0.0, used, 4)
    assert measured["one"] == pytest.approx(one + CONNECTING, rel=0.15)
    chance = used / (1 - used)
    assert chance == pytest.approx(measured["random"], rel=0.15)
    assert chance == pytest.approx(measured["reuseport"], rel=0.22)
    turn = wait(dispatch.in_turn_share, used, 4)
    assert turn == pytest.approx(measured["turn"] - CONNECTING, rel=0.07)
    fewest = wait(dispatch.fewest_first_share, used, 4)
    assert fewest == pytest.approx(measured["fewest"] - CONNECTING, rel=0.18)
    assert 5 * one < min(measured["reuseport"], measured["random"])


@pytest.mark.parametrize("way", WAYS)
def test_bad_values_are_named(way):
    with pytest.raises(ValueError, match=r"utilisation\(=-1\)"):
        way(-1, servers=2)
    with pytest.raises(ValueError, match=r"servers\(=0\) must be above 0"):
        way(0.5, servers=0)
    with pytest.raises(ValueError, match=r"servers\(=inf\) must be finite"):
        way(0.5, servers=np.inf)
