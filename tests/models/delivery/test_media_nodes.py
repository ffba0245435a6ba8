"""Media servers: LiveKit's benchmarks, and servers that come whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import media_nodes

# https://docs.livekit.io/transport/self-hosting/benchmark.md, one node of 16 vCPU
BENCHMARKS = {"audio": (3000, 0.80), "livestream": (3000, 0.92), "meeting": (150, 0.85)}
PER_BUSY_CORE = {kind: people / (16 * busy) for kind, (people, busy) in BENCHMARKS.items()}

shares = st.floats(min_value=0.01, max_value=1)


@pytest.mark.parametrize("kind", BENCHMARKS)
def test_a_benchmarks_own_node_carries_what_it_carried(kind):
    people, busy = BENCHMARKS[kind]
    assert media_nodes.node_subscribers_by_cpu(16, PER_BUSY_CORE[kind], busy) == people


def test_188_subscribers_per_core_are_those_of_a_core_at_92_percent():
    assert PER_BUSY_CORE["livestream"] == pytest.approx(203.8, abs=0.1)
    # taking 188 for a busy core would count the idle 8 % twice
    assert media_nodes.node_subscribers_by_cpu(16, 3000 / 16, 0.92) == 2760


@given(load=st.integers(1, 10**6), per_core=st.floats(1, 1000), target=shares)
def test_the_servers_carry_the_load_and_one_fewer_would_not(load, per_core, target):
    carried = media_nodes.node_subscribers_by_cpu(16, per_core, target)
    if carried >= 1:
        nodes = media_nodes.nodes_needed(load, carried)
        assert (nodes - 1) * carried < load <= nodes * carried


def test_nothing_is_carried_where_not_even_one_fits_or_nothing_may_be_used():
    assert media_nodes.node_subscribers_by_cpu([0, 0.5, 16], 1, [1, 1, 0]).tolist() == [0, 0, 0]


def test_no_subscribers_need_no_server_and_a_server_of_nothing_is_refused():
    assert media_nodes.nodes_needed([0, 9.99, 10, 10.01, 20], 10).tolist() == [0, 1, 1, 2, 2]
    with pytest.raises(ValueError, match=r"node_viewers\(=0\) must be above 0"):
        media_nodes.nodes_needed(1, 0)
