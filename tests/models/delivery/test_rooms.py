"""Rooms that people fill, one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import rooms


@given(users=st.integers(0, 10**6), room_size=st.integers(1, 1000))
def test_everybody_has_a_room_and_one_room_fewer_would_not_do(users, room_size):
    whole = rooms.rooms_open(users, room_size)
    assert whole * room_size >= users
    assert users == 0 or (whole - 1) * room_size < users


def test_nobody_fills_no_room_and_a_room_of_nobody_is_refused():
    assert rooms.rooms_open(0, 50) == 0
    with pytest.raises(ValueError, match=r"room_size\(=0\) must be above 0"):
        rooms.rooms_open(10, 0)
