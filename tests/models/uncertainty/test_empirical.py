"""Quantiles of samples: their own positions, limits, and right on median whatever is measured."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planning.models.uncertainty.empirical import sample_quantile


def test_it_is_definition_eight():
    rng = np.random.default_rng(0)
    for size in (1, 2, 7, 100):
        samples = np.sort(rng.lognormal(size=size))
        levels = rng.random(200)
        known = np.quantile(samples, levels, method="median_unbiased")
        np.testing.assert_allclose(sample_quantile(samples, levels), known, rtol=1e-12)


def test_one_sample_is_certain_and_ends_are_the_extremes():
    np.testing.assert_array_equal(sample_quantile([3.0], [0.0, 0.5, 1.0]), 3.0)
    samples = [1.0, 5.0, 6.0]
    assert sample_quantile(samples, [1e-9, 1 - 1e-9]).tolist() == [1.0, 6.0]


def test_half_of_repeated_measurements_lie_below_the_true_quantile():
    rng = np.random.default_rng(1)
    rounds = 2_000
    for level, truth in ((0.1, stats.expon.ppf(0.1)), (0.8, stats.expon.ppf(0.8))):
        found = [sample_quantile(np.sort(rng.exponential(size=20)), level) for _ in range(rounds)]
        below = np.sum(np.array(found) < truth)
        z = (below - rounds / 2) / np.sqrt(rounds / 4)
        assert abs(z) < 4, (level, below)


@pytest.mark.parametrize(("samples", "rule"), [([], "at least one"), ([2.0, 1.0], "ascending")])
def test_what_is_no_sorted_sample_is_refused(samples, rule):
    with pytest.raises(ValueError, match=rule):
        sample_quantile(samples, 0.5)
