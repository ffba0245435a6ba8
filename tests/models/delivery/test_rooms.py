"""Tests of planning.models.delivery.rooms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import rooms

amounts = st.floats(min_value=1e-3, max_value=1e9)


def test_the_livekit_benchmark_sends_531_megabytes_a_second():
    egress = rooms.sfu_egress(publishers=1, subscribers=3000, bitrate=1416e3)
    assert egress / 8 == pytest.approx(531e6)


def test_a_meeting_of_n_forwards_n_times_n_minus_1_streams():
    people = np.arange(1, 151)
    pairs = [sum(a != b for a in range(n) for b in range(n)) for n in people]
    assert rooms.sfu_forwarded_streams(people, people - 1).tolist() == pairs


def test_one_layer_with_all_the_shares_is_its_bitrate():
    ladder = [145e3, 365e3, 730e3, 1.1e6, 2e6, 3e6]  # Apple's HLS ladder
    assert rooms.mean_bitrate(ladder, np.eye(6)).tolist() == ladder


@given(st.lists(st.floats(min_value=0.01, max_value=1), min_size=3, max_size=3))
def test_mean_bitrate_lies_between_the_layers_and_below_the_upload(weights):
    layers = np.array([160e3, 450e3, 1.7e6])
    mean = rooms.mean_bitrate(layers, np.array(weights) / sum(weights))
    assert layers.min() <= mean * (1 + 1e-12)
    assert mean <= layers.max() * (1 + 1e-12)
    assert mean < rooms.publisher_upload(layers)


def test_publisher_upload_of_livekits_720p_simulcast():
    assert rooms.publisher_upload([[160e3, 450e3, 1.7e6]]).tolist() == [2.31e6]


@pytest.mark.parametrize("shares", [[0.5, 0.4], [[0.5, 0.5], [0.5, 0.4]]])
def test_shares_that_do_not_sum_to_one_are_refused(shares):
    with pytest.raises(ValueError, match=r"shares must sum to 1, not 0\.9: divide"):
        rooms.mean_bitrate([1e6, 2e6], shares)


def test_shares_outside_zero_to_one_are_refused():
    with pytest.raises(ValueError, match=r"shares\(=1\.5\)"):
        rooms.mean_bitrate([1e6, 2e6], [1.5, 0])
    with pytest.raises(ValueError, match=r"shares\(=-0\.5\)"):
        rooms.mean_bitrate([1e6, 2e6], [-0.5, 0.5])


def test_a_negative_layer_is_refused():
    with pytest.raises(ValueError, match=r"bitrates\(=-1\)"):
        rooms.publisher_upload([1e6, -1])


def test_a_room_or_a_node_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"room_load\(=0\)"):
        rooms.sfu_nodes_for_rooms(1, 0, 10)
    with pytest.raises(ValueError, match=r"node_capacity\(=0\)"):
        rooms.sfu_nodes_for_rooms(1, 10, 0)


def test_nodes_at_the_border_of_a_node():
    assert rooms.sfu_nodes([0, 9.99e9, 10e9, 10.01e9, 20e9], 10e9).tolist() == [0, 1, 1, 2, 2]


def test_nodes_by_packets_reproduce_the_benchmark_node():
    packets, at = 560_962, 0.92
    assert rooms.sfu_nodes(packets, packets / at, at) == 1
    assert rooms.sfu_nodes(packets * 1.001, packets / at, at) == 2


def test_no_target_is_no_node():
    with pytest.raises(ValueError, match="target_utilisation"):
        rooms.sfu_nodes(1e9, 10e9, 0)


def test_a_room_larger_than_a_node_never_fits():
    assert rooms.sfu_nodes_for_rooms([1, 10], 10.1, 10).tolist() == [np.inf, np.inf]


def test_no_rooms_need_no_node_however_large():
    assert rooms.sfu_nodes_for_rooms(0, 10.1, 10) == 0


@given(
    count=st.integers(1, 500),
    room=st.floats(min_value=0.1, max_value=9),
    node=st.floats(min_value=10, max_value=100),
)
def test_rooms_in_one_piece_need_at_least_the_nodes_of_rooms_in_crumbs(count, room, node):
    whole = rooms.sfu_nodes_for_rooms(count, room, node)
    assert whole >= rooms.sfu_nodes(count * room, node)
    fitting = np.floor(node / room * (1 + 1e-12))  # 10 / 0.1 is 100, whatever the last bit says
    assert whole * fitting >= count > (whole - 1) * fitting


def test_started_minutes_at_the_border():
    started = rooms.started_participant_minutes(3, [0, 1, 59, 60, 61, 120])
    assert started.tolist() == [0, 3, 3, 3, 6, 6]


@given(participants=st.integers(0, 10_000), duration=st.floats(min_value=1e-3, max_value=1e6))
def test_rounding_up_costs_at_most_a_minute_per_connection(participants, duration):
    exact = rooms.participant_minutes(participants, duration)
    started = rooms.started_participant_minutes(participants, duration)
    assert exact * (1 - 1e-12) <= started <= exact + participants


def test_a_thousand_viewer_hours_are_sixty_thousand_minutes():
    assert rooms.participant_minutes(1000, 3600) == 60_000
