"""One media server: LiveKit's benchmarks, and whichever of processor and card is less."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import media_nodes, rooms

# https://docs.livekit.io/transport/self-hosting/benchmark.md, one node of 16 vCPU
LIVESTREAM = {"subscribers": 3000, "cores": 16, "utilisation": 0.92}
AUDIO_ROOM = {"subscribers": 3000, "cores": 16, "utilisation": 0.80}
LARGE_MEETING = {"subscribers": 150, "cores": 16, "utilisation": 0.85}
BITRATE = 531e6 * 8 / 3000

amounts = st.floats(min_value=0, max_value=1e6)
shares = st.floats(min_value=0.01, max_value=1)


@pytest.mark.parametrize("benchmark", [LIVESTREAM, AUDIO_ROOM, LARGE_MEETING])
def test_a_benchmarks_own_node_carries_what_it_carried(benchmark):
    per_core = media_nodes.subscribers_per_busy_core(**benchmark)
    carried = media_nodes.node_subscribers_by_cpu(16, per_core, benchmark["utilisation"])
    assert carried == benchmark["subscribers"]


def test_188_subscribers_per_core_are_those_of_a_core_at_92_percent():
    busy = media_nodes.subscribers_per_busy_core(**LIVESTREAM)
    assert busy == pytest.approx(203.8, abs=0.1)
    # taking 188 for a busy core would count the idle 8 % twice
    assert media_nodes.node_subscribers_by_cpu(16, 3000 / 16, 0.92) == 2760


def test_subscribers_per_core_belong_to_one_kind_of_room():
    per_core = [
        float(media_nodes.subscribers_per_busy_core(**kind))
        for kind in (AUDIO_ROOM, LIVESTREAM, LARGE_MEETING)
    ]
    assert per_core == pytest.approx([234.4, 203.8, 11.0], abs=0.05)


def test_in_the_livestream_benchmark_the_processor_binds_on_ten_gigabits():
    per_core = media_nodes.subscribers_per_busy_core(**LIVESTREAM)
    assert media_nodes.node_subscribers(16, per_core, 10e9, BITRATE, 0.92) == 3000
    assert media_nodes.node_subscribers_by_egress(10e9, BITRATE, 0.92) == 6497


def test_on_one_gigabit_the_card_binds():
    assert media_nodes.node_subscribers(16, 203.8, 1e9, BITRATE) == 706


def test_the_benchmarks_egress_is_that_of_its_subscribers():
    egress = rooms.sfu_egress(1, 3000, BITRATE)
    assert media_nodes.node_subscribers_by_egress(egress, BITRATE) == 3000


@given(cores=amounts, per_core=amounts, card=amounts, rate=st.floats(1e-3, 1e6), target=shares)
def test_both_limits_are_kept_and_one_more_would_break_one(cores, per_core, card, rate, target):
    carried = media_nodes.node_subscribers(cores, per_core, card, rate, target)
    busy, sent = cores * per_core * target, card * target / rate
    assert carried <= min(busy, sent) * (1 + 1e-12)
    assert carried + 1 > min(busy, sent) * (1 - 1e-12)


@given(load=st.integers(1, 10**6), per_core=st.floats(1, 1000), target=shares)
def test_nodes_for_a_load_agree_with_rooms(load, per_core, target):
    carried = media_nodes.node_subscribers_by_cpu(16, per_core, target)
    if carried >= 1:
        nodes = rooms.sfu_nodes(load, carried)
        assert (nodes - 1) * carried < load
        assert load <= nodes * carried


def test_nothing_is_carried_where_not_even_one_fits_or_nothing_may_be_used():
    assert media_nodes.node_subscribers_by_cpu([0, 0.5, 16], 1, [1, 1, 0]).tolist() == [0, 0, 0]
    assert media_nodes.node_subscribers_by_egress([0, 9, 10], 10, 1).tolist() == [0, 0, 1]


def test_streams_of_nothing_are_refused():
    with pytest.raises(ValueError, match=r"bitrate\(=0\) must be above 0"):
        media_nodes.node_subscribers(16, 200, 1e9, 0)


def test_shapes_broadcast():
    column = np.ones((3, 1))
    assert media_nodes.node_subscribers(column, 10, [1e9, 2e9], 1e6).shape == (3, 2)
