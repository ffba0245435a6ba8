"""Memory: sums of populations, the measured backend, and the user who does not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.servers import memory

PLACES = {
    "processes": "per_process",
    "connections": "per_connection",
    "users": "per_user",
    "objects": "per_object",
}


def test_what_is_not_named_takes_nothing():
    assert memory.working_set() == 0
    assert memory.working_set(7e6) == 7e6


@pytest.mark.parametrize(("count", "size"), PLACES.items())
def test_each_population_adds_its_number_times_its_size(count, size):
    assert memory.working_set(100, **{count: 3, size: 5}) == 115
    assert memory.working_set(100, **{count: 3}) == 100


def test_populations_add_up():
    separately = [
        memory.working_set(**{c: 2, s: 10.0**i}) for i, (c, s) in enumerate(PLACES.items())
    ]
    together = dict.fromkeys(PLACES, 2) | {s: 10.0**i for i, s in enumerate(PLACES.values())}
    assert memory.working_set(**together) == sum(separately) == 2222


def test_ten_thousand_socketio_clients_as_its_chart_shows():
    assert memory.working_set(5e6, connections=10_000, per_connection=9.3e3) == 98e6


def test_users_broadcast_to_a_working_set_each():
    sets = memory.working_set(1e6, users=[0, 10, 100], per_user=1e3)
    assert sets.tolist() == [1e6, 1.01e6, 1.1e6]


@pytest.mark.parametrize("name", [*PLACES, *PLACES.values(), "base"])
def test_a_negative_amount_is_refused_by_name(name):
    with pytest.raises(ValueError, match=rf"{name}\(=-1\)"):
        memory.working_set(**{name: -1})


def test_backends_default_to_what_was_measured_and_not_to_ten_megabytes():
    assert memory.backend_memory(1, 0) == 1.3e6
    assert 2e6 <= memory.backend_memory(0, 1) <= 3e6


def test_backends_of_another_size_can_be_said():
    assert memory.backend_memory(80, 20, per_idle=1, per_busy=10) == 280


def test_utilisation_at_and_past_the_edge():
    assert memory.memory_utilisation([0, 512e6, 1024e6], 512e6).tolist() == [0, 1, 2]


def test_a_host_without_memory_is_refused():
    with pytest.raises(ValueError, match=r"memory\(=0\) must be above 0"):
        memory.memory_utilisation(1, 0)


def test_twenty_thousand_users_on_512_mb_are_25_6_kb_each():
    assert memory.users_within_memory(512e6, 0, 25.6e3) == 20_000


def test_a_base_that_does_not_fit_leaves_no_user():
    assert memory.users_within_memory(512e6, [512e6, 513e6], 1).tolist() == [0, 0]


def test_users_who_take_nothing_are_without_end_where_the_base_fits():
    assert memory.users_within_memory(512e6, [512e6, 513e6], 0).tolist() == [np.inf, 0]


@given(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(1, 10**6))
def test_the_users_within_memory_fit_and_one_more_does_not(total, base, per_user):
    users = memory.users_within_memory(total, base, per_user)
    assert memory.working_set(base, users=users + 1, per_user=per_user) > total
    assert users == 0 or memory.working_set(base, users=users, per_user=per_user) <= total
