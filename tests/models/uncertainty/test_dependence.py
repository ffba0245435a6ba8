"""Rank correlations come out as asked, points fill their space, and a seed is a seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planning.models.uncertainty.dependence import normal_correlation, together
from planning.models.uncertainty.points import latin, sobol


@pytest.mark.parametrize("rank", [-0.95, -0.5, 0.0, 0.3, 0.9])
def test_the_rank_correlation_is_the_asked_one_within_sampling_error(rank):
    count, rounds = 2_000, 30
    found = []
    for seed in range(rounds):
        points = np.random.default_rng(seed).random((count, 2))
        pair = together(points, [[1.0, rank], [rank, 1.0]])
        found.append(stats.spearmanr(pair[:, 0], pair[:, 1]).statistic)
    error = np.std(found, ddof=1) / np.sqrt(rounds)
    assert abs(np.mean(found) - rank) < 4 * error
    # The test could tell Pearson's from Spearman's: 0.9 would come out as 0.891.
    assert rank != 0.9 or 4 * error < abs(normal_correlation(rank) - rank)


def test_columns_stay_even_and_the_first_unchanged():
    points = latin(5_000, 3, np.random.default_rng(1))
    matrix = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.1], [-0.3, 0.1, 1.0]])
    found = together(points, matrix)
    np.testing.assert_allclose(found[:, 0], points[:, 0], atol=1e-12)
    for column in found.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_correlations_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="contradict each other"):
        together([[0.5] * 3], [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(ValueError, match="between -1 and 1"):
        normal_correlation(1.5)


@pytest.mark.parametrize("make", [latin, sobol])
def test_the_same_seed_gives_the_same_points_and_zero_is_one(make):
    first, again, other = (make(64, 4, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.all((first > 0) & (first < 1))
    # One point in each of 64 slices, input by input.
    assert np.all(np.sort(np.floor(first * 64), axis=0) == np.arange(64)[:, None])
    with pytest.raises(ValueError, match="at least 1"):
        make(0, 1, np.random.default_rng(0))
    assert make(3, 0, np.random.default_rng(0)).shape == (3, 0)
