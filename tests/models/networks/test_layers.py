"""Layers in closed form: held against exact mean value analysis, limits and finite queues."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planning.models.networks.closed_networks import closed_network
from planning.models.networks.layers import (
    any_failed,
    closed_throughput,
    crowded_share,
    held_time,
    place_wait,
)
from planning.models.networks.multiclass import schweitzer_network
from planning.models.networks.pools import pool_throughput
from planning.models.queueing.finite import mmck
from planning.models.queueing.waiting import mean_wait
from planning.models.servers.connections import pool_failed, pool_wait

IDLE = [0.0, 0.05, 0.3, 1.0, 2.31, 3.0, 10.0, 50.0, 300.0]
USERS = np.array([1, 2, 3, 5, 10, 20, 50, 100, 300, 1000])
POSITIVE = st.floats(1e-6, 1e6)


def test_crowded_share_is_schweitzers_approximation():
    for idle in IDLE:
        near = schweitzer_network(USERS[:, None], 1, [[1.0]], think_time=[idle])
        np.testing.assert_allclose(crowded_share(USERS, idle), near.throughput[:, 0], rtol=1e-12)


def test_crowded_share_is_at_most_the_exact_one_and_at_worst_7_percent_below_it():
    errors = []
    for idle in IDLE:
        exact = closed_network(USERS, 1, [1.0], think_time=idle).throughput
        errors.append(crowded_share(USERS, idle) / exact - 1)
    assert np.max(errors) < 1e-12
    # Found by a finer grid to be the worst of all: five customers, 2.31 elsewhere.
    assert np.min(errors) == pytest.approx(-0.0681, abs=1e-4)
    assert np.median(np.abs(errors)) < 1.5e-4


def test_limits_of_a_crowd():
    assert crowded_share([0, np.inf], 3).tolist() == [0, 1]
    assert crowded_share(0.25, 3) == pytest.approx(0.25 / 4)
    assert crowded_share(1, [0, 3, 1e300]) == pytest.approx([1, 0.25, 1e-300])
    assert crowded_share([1, 7, 1e24], 0) == pytest.approx(1)
    # Far below saturation nobody waits, far above it the station never rests.
    assert crowded_share([10, 1e6], 1e4) == pytest.approx([10 / 10_001, 1], rel=0.011)


@given(st.floats(0, 1e30), st.floats(0, 1e30))
@example(1e24, 1e24)
def test_a_crowd_keeps_a_share_and_more_keep_more(inside, idle):
    share = crowded_share([inside, inside * 1.01], idle)
    assert 0 <= share[0] <= share[1] * (1 + 1e-12) <= 1 + 1e-12
    assert share[0] <= inside / (1 + idle) * (1 + 1e-12)


def test_closed_throughput_of_fifty_and_a_hundred_users():
    # By hand: z = 2.125, 2n / (n + z + sqrt((n - z)^2 + 4z)) of 25/s.
    assert closed_throughput(50, 0.125, 25) == pytest.approx(
        25 * 100 / (52.125 + np.sqrt(47.875**2 + 8.5))
    )
    assert closed_throughput([50, 100], 0.125, 25) == pytest.approx([24.98, 25], abs=0.01)


def test_closed_throughput_of_several_servers_is_below_the_exact_one_by_23_percent_at_worst():
    errors = {}
    for servers in (1, 2, 3, 4, 8, 16, 32):
        for think in (0.05, 0.3, 1, 3, 10, 50):
            for users in np.array([1, 1.5, 2, 3, 5, 10, 20]) * servers:
                users = int(users)
                exact = closed_network(users, 1, [1.0], [servers], think).throughput
                near = closed_throughput(users, 1 + think, servers)
                errors[servers, think, users] = float(near / exact - 1)
    worst = min(errors, key=errors.get)
    # The worst: as many users as servers, hardly any thinking, and the split thinks they queue.
    assert worst == (3, 0.05, 3)
    assert errors[worst] == pytest.approx(-0.232, abs=1e-3)
    assert max(errors.values()) < 1e-12
    assert np.median(np.abs(list(errors.values()))) < 0.02


@given(st.floats(0, 1e24), POSITIVE, st.floats(0, 1e24))
def test_closed_throughput_keeps_below_both_asymptotes(users, cycle, capacity):
    rate = closed_throughput(users, cycle, capacity)
    assert 0 <= rate <= min(users / cycle, capacity) * (1 + 1e-12)


def test_closed_throughput_without_bounds():
    assert closed_throughput(np.inf, 2, 25) == 25
    assert closed_throughput([0, 10, np.inf], 2, np.inf).tolist() == [0, 5, np.inf]
    assert closed_throughput(10, 2, 0) == 0
    assert closed_throughput(1e200, 1e200, 1e200) == pytest.approx(1)


def test_held_time_at_zero_load_is_the_hold():
    assert held_time(0.1, 0.0, 20, 0, 0) == 0.1
    assert held_time([0.0, 0.1], np.inf, 20, 0, 0).tolist() == [0, 0.1]


def test_held_time_is_all_of_the_wait_where_nothing_runs_out_or_there_are_places_for_all():
    assert held_time(0.1, 0.03, 20, 50, 0) == pytest.approx(0.13)
    assert held_time(0.1, 0.03, np.inf, 50, 0.5) == pytest.approx(0.13)
    assert held_time(0.1, 0.03, 1e6, 50, 0.5) == pytest.approx(0.13, rel=1e-6)
    assert held_time(0.1, np.inf, np.inf, 50, 1.5) == np.inf


@pytest.mark.parametrize("servers", [1, 2, 7])
@pytest.mark.parametrize("places", [0.4, 1, 2.5, 20, 1000])
def test_past_saturation_places_over_held_time_is_what_the_pool_can_do(places, servers):
    for load in (1.0, 1.5, 300.0):
        rate = 100.0 * load
        held = held_time(0.1, np.inf, places, rate, load, servers)
        can = pool_throughput(0.1, places, rate, load, servers)
        if rate >= can:
            assert places / held == pytest.approx(float(can), rel=1e-12)
        assert can <= min(places / 0.1, 100) * (1 + 1e-12)
    if places == 1000:
        assert can == pytest.approx(100)


@pytest.mark.parametrize("servers", [1, 2, 16])
@pytest.mark.parametrize("places", [1, 5, 40, 400])
@pytest.mark.parametrize("hold", [0.0, 0.01, 0.05, 2.0])
def test_held_time_is_continuous_and_never_falls_with_load(hold, places, servers):
    load = np.concatenate([np.linspace(1e-6, 0.99, 2000), np.linspace(0.99, 1.2, 4001)])
    rate = 100.0 * load
    wait = mean_wait(rate, servers / 100.0, servers)
    held = held_time(hold, wait, places, rate, load, servers)
    base = max(hold, servers / 100.0)
    steps = np.diff(held)
    # Rounding, and the line across the load of one that bridges 0 / 0.
    assert steps.min() > -2e-4 * base
    # Among places for all it would rise without bound; here no step is a jump.
    assert steps.max() < 0.02 * held[-1]
    assert held[0] == pytest.approx(hold, rel=1e-2, abs=1e-6)


@given(POSITIVE, POSITIVE, POSITIVE, st.floats(0, 1e6), st.floats(0.1, 100))
def test_held_time_lies_between_hold_and_all_places_taken(hold, places, rate, load, servers):
    held = held_time(hold, np.inf if load >= 1 else load, places, rate, load, servers)
    can = pool_throughput(hold, places, rate, load, servers)
    assert held >= hold * (1 - 1e-12)
    if load > 0:
        assert held <= max(places / can, hold) * (1 + 1e-12)


@pytest.mark.parametrize("servers", [1, 3, 40])
@pytest.mark.parametrize("places", [1, 3, 40, 1000])
@pytest.mark.parametrize("load", [0.1, 0.9, 1.0, 1.1, 20.0])
def test_place_wait_is_the_finite_queues(servers, places, load):
    busy = load * servers
    full = mmck(busy / 0.05, 0.05, servers, max(places, servers))
    expected = float(full.mean_queue_length / full.throughput)
    wait = place_wait(busy, busy / 0.05, servers, places)
    assert wait == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert wait <= max(places - servers, 0) / servers * 0.05 + 1e-12


def test_place_wait_of_one_server_and_one_more_place_by_hand():
    # States 0, 1, 2 weigh 1, r, r^2: of those admitted r / (1 + r) find the server busy.
    r = 3.0
    assert place_wait(r, 10 * r, 1, 2) == pytest.approx(0.1 * r / (1 + r))


def test_place_wait_without_load_and_with_endless_places():
    assert place_wait(0, 0, 4, [4, 20, np.inf]).tolist() == [0, 0, 0]
    assert place_wait(3.2, 320, 4, np.inf) == pytest.approx(float(mean_wait(320, 0.01, 4)))
    assert place_wait([4, 40], [400, 4000], 4, np.inf).tolist() == [np.inf, np.inf]
    # In overload the last place is nearly always the one that gets free.
    assert place_wait(1e22, 1e22, 4, 20) == pytest.approx(16 / 4)


def test_a_fraction_of_a_server_carries_its_fraction():
    half = place_wait(0.3, 30, 0.5, np.inf)
    assert half == pytest.approx(float(mean_wait(30, 0.02, 1)))
    more = place_wait(3, 30, 4.5, np.inf)
    assert more == pytest.approx(float(mean_wait(30, 0.1 * 4 / 4.5, 4)))


def test_who_waits_and_who_gives_up_are_of_one_queue():
    rate = np.array([0.0, 19, 40, 400])
    failed = pool_failed(rate / 10, rate, 2, 0.3)
    assert failed[0] == 0
    # What is served fits the places: rate x share x hold.
    busy = rate[1:] * (1 - failed[1:]) / 10
    assert np.all(busy <= 2 * (1 + 1e-12))
    assert busy[-1] == pytest.approx(2, rel=1e-3)
    assert pool_failed(4, 40, 2, 1e9) == pytest.approx(0.5)
    assert pool_wait(4, 40, 2, 1e-9) == pytest.approx(0, abs=1e-9)
    assert pool_failed(4, 40, 2, 1e-9) == pytest.approx(8 / 13)  # Erlang's loss of 4 erlang


def test_any_failed():
    assert any_failed([0, 0.3, 1], 0).tolist() == [0, 0, 0]
    assert any_failed([0, 0.3, 1], 1).tolist() == [0, pytest.approx(0.3), 1]
    assert any_failed(0.5, 3) == pytest.approx(7 / 8)
    assert any_failed(1, 1e24) == 1
    assert any_failed(1e-18, 10) == pytest.approx(1e-17)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: crowded_share(-1, 0), r"inside\(=-1\)"),
        (lambda: crowded_share(1, np.inf), r"idle_ratio\(=inf\)"),
        (lambda: closed_throughput(1, 0, 1), r"cycle_time\(=0\)"),
        (lambda: closed_throughput(1, np.inf, 1), r"cycle_time\(=inf\)"),
        (lambda: held_time(-1, 0, 1, 1, 1), r"hold\(=-1\)"),
        (lambda: held_time(1, -1, 1, 1, 1), r"wait\(=-1\)"),
        (lambda: held_time(1, 0, 0, 1, 1), r"places\(=0\)"),
        (lambda: held_time(1, 0, 1, np.inf, 1), r"arrival_rate\(=inf\)"),
        (lambda: held_time(1, 0, 1, 1, -1), r"utilisation\(=-1\)"),
        (lambda: held_time(1, 0, 1, 1, 1, 0), r"servers\(=0\)"),
        (lambda: place_wait(1, 1, 0, 1), r"servers\(=0\)"),
        (lambda: place_wait(1, 1, 1, 0), r"places\(=0\)"),
        (lambda: place_wait(np.inf, 1, 1, 1), r"busy\(=inf\)"),
        (lambda: pool_failed(1, 1, 0, 1), r"servers\(=0\)"),
        (lambda: any_failed(1.5, 1), r"failed\(=1.5\)"),
        (lambda: any_failed(0.5, np.inf), r"steps\(=inf\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
