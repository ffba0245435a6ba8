"""Indices of Sobol' against functions whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.uncertainty.points import sobol
from planning.models.uncertainty.sensitivity import first_order, total_order


def answers(function, inputs, count=2**14, seed=0):
    points = sobol(count, 2 * inputs, np.random.default_rng(seed))
    a, b = points[:, :inputs], points[:, inputs:]
    mixed = []
    for i in range(inputs):
        swapped = a.copy()
        swapped[:, i] = b[:, i]
        mixed.append(function(swapped))
    return function(a), function(b), np.array(mixed)


def ishigami(points, a=7.0, b=0.1):
    x, y, z = (np.pi * (2 * points - 1)).T
    return np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x)


def test_ishigami():
    # Ishigami and Homma (1990); Saltelli et al. (2008), p. 179.
    a, b = 7.0, 0.1
    alone = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0
    both = b**2 * np.pi**8 * 8 / 225
    variance = sum(alone) + both
    known = np.array(alone) / variance
    total = np.array([alone[0] + both, alone[1], both]) / variance
    found = answers(ishigami, 3)
    np.testing.assert_allclose(first_order(*found), known, atol=0.01)
    np.testing.assert_allclose(total_order(*found), total, atol=0.01)
    np.testing.assert_allclose(known, [0.3139, 0.4424, 0.0], atol=1e-4)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=1e-4)


def test_the_product_of_sobol():
    # Sobol' g function: V_i = 1 / (3 (1 + a_i)^2), T_i = V_i prod_{j != i} (1 + V_j) / V
    weights = np.array([0.0, 1.0, 9.0])

    def g(points):
        return np.prod((np.abs(4 * points - 2) + weights) / (1 + weights), axis=1)

    parts = 1 / (3 * (1 + weights) ** 2)
    variance = np.prod(1 + parts) - 1
    total = parts * np.prod(1 + parts) / (1 + parts) / variance
    found = answers(g, 3)
    np.testing.assert_allclose(first_order(*found), parts / variance, atol=0.01)
    np.testing.assert_allclose(total_order(*found), total, atol=0.01)


def test_an_answer_that_does_not_vary_has_no_doubt_to_share():
    found = np.ones(8), np.ones(8), np.ones((3, 8))
    assert first_order(*found).tolist() == [0.0] * 3
    assert total_order(*found).tolist() == [0.0] * 3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shares_of_a_sum_add_up_to_one(seed):
    found = answers(lambda points: points @ np.array([1.0, 2.0, 4.0]), 3, 2**10, seed)
    np.testing.assert_allclose(first_order(*found), np.array([1, 4, 16]) / 21, atol=0.02)
    assert total_order(*found).sum() == pytest.approx(1.0, abs=0.02)
