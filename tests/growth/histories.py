"""Synthetic histories for the tests of growth."""

from __future__ import annotations

import numpy as np

from planning.models.growth.scores import seasonal_naive

WEEK = np.array([0.0, 0.02, 0.05, 0.05, 0.1, 0.3, 0.25])


def walk(days, seed, step=0.01, noise=0.02, growth=0.0):
    """Users whose logarithm wanders, with a weekly pattern and some noise on top."""
    rng = np.random.default_rng(seed)
    level = np.log(10_000) + np.cumsum(rng.normal(growth, step, days))
    return np.exp(level + WEEK[np.arange(days) % 7] + rng.normal(0, noise, days))


def again(logs, ahead):
    """Last week again: a forecast that costs nothing, for what is true of any."""
    return seasonal_naive(logs, 7, ahead)
