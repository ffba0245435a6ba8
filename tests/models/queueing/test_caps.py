"""Caps: one by one at the door, and an audience behind one address."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.queueing import caps

counts = st.integers(0, 300)


def at_the_door(arrivals, cap, already):
    """Let arrivals in one by one; count the refused, and say who was first."""
    inside, refused = already, []
    for index in range(1, arrivals + 1):
        if inside < cap:
            inside += 1
        else:
            refused.append(index)
    return len(refused), refused[0] if refused else None


@given(arrivals=counts, cap=counts, already=counts)
def test_caps_agree_with_a_doorkeeper(arrivals, cap, already):
    refused, first = at_the_door(arrivals, cap, already)
    assert caps.refused_at_cap(arrivals, cap, already) == refused
    assert caps.admitted_at_cap(arrivals, cap, already) == arrivals - refused
    if first is not None:
        assert caps.first_refused_index(cap, already) == first


def test_six_hundred_clients_at_five_hundred_connections_with_three_reserved():
    assert caps.refused_at_cap(600, 500, 3) == 103


def test_the_seventh_on_a_stage_of_six_is_refused():
    assert caps.first_refused_index(6) == 7


def test_a_cap_of_zero_refuses_the_first():
    assert caps.first_refused_index(0) == 1
    assert caps.admitted_at_cap(10, 0) == 0


def test_an_infinite_cap_refuses_nobody():
    assert caps.refused_at_cap(1e9, np.inf) == 0
    assert caps.first_refused_index(np.inf) == np.inf


def test_a_lowered_cap_refuses_all_and_evicts_none():
    assert caps.admitted_at_cap(5, 10, already=20) == 0
    assert caps.refused_at_cap(5, 10, already=20) == 5


def test_half_a_place_is_no_place():
    assert caps.first_refused_index(6.9) == 7


def test_150_viewers_on_one_venue_network_lose_140():
    assert caps.refused_by_address(150, 10) == 140
    assert caps.admitted_by_address(150, 10) == 10


@given(clients=counts, cap=counts, addresses=st.integers(1, 40))
def test_addresses_agree_with_a_doorkeeper_at_each(clients, cap, addresses):
    at_each = np.bincount(np.arange(clients) % addresses, minlength=addresses)
    admitted = np.minimum(at_each, cap).sum()
    assert caps.admitted_by_address(clients, cap, addresses) == admitted
    assert caps.refused_by_address(clients, cap, addresses) == clients - admitted


@given(clients=counts, cap=st.integers(1, 50))
def test_the_addresses_needed_refuse_nobody_and_one_less_refuses_some(clients, cap):
    addresses = caps.addresses_needed(clients, cap)
    assert caps.refused_by_address(clients, cap, addresses) == 0
    if addresses > 0:
        assert caps.refused_by_address(clients, cap, addresses - 1) > 0


def test_a_cap_of_nothing_cannot_be_spread_around():
    with pytest.raises(ValueError, match=r"cap_per_address\(=0\) must be above 0"):
        caps.addresses_needed(150, 0)
