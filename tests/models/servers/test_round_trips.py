"""What round trips cost the database: measured rows, of which two say the others."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.servers.round_trips import query_cpu_with_round_trip

# PostgreSQL 18.4, one row by its key: CPU time of the backend [µs] per message that brings so many
# queries; medians of eight runs in random order, 12,000 queries each.
TOGETHER = np.array([1, 2, 3, 5, 10, 20, 50])
PER_MESSAGE = np.array([20.8, 32.1, 43.3, 65.3, 120.0, 219.9, 524.3])


def test_the_fewest_and_the_most_together_foretell_those_between():
    matrix = np.stack([np.ones(2), TOGETHER[[0, -1]]], axis=1)
    trip, query = np.linalg.solve(matrix, PER_MESSAGE[[0, -1]])
    said = TOGETHER * query_cpu_with_round_trip(query, trip, TOGETHER)
    assert np.max(np.abs(said / PER_MESSAGE - 1)) < 0.065
    assert (trip, query) == pytest.approx((10.5, 10.3), abs=0.3)


def test_one_cost_per_query_is_twice_what_was_measured_of_many_together():
    alone = PER_MESSAGE[0]
    assert alone * 50 / PER_MESSAGE[-1] > 1.9


def test_without_a_round_trip_and_with_endless_queries_in_it_only_the_query_is_left():
    assert query_cpu_with_round_trip(3.0, [0, 5.0], [1, np.inf]).tolist() == [3.0, 3.0]


def test_less_than_one_query_is_refused():
    with pytest.raises(ValueError, match=r"queries_per_round_trip\(=0.5\) must be at least 1"):
        query_cpu_with_round_trip(1, 1, 0.5)
