"""Weights of who is served at once, who waits and who gives up, by how often all are busy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.models._guards import Array
from planning.models.queueing._series import truncated_exponential_mean


class Patience(NamedTuple):
    """How arrivals fare (arrays of one shape; the first three sum to one)."""

    at_once: Array
    """Share that does not wait."""
    waits: Array
    """Share that waits and is served."""
    gives_up: Array
    """Share that waits in vain."""
    mean_of_waits: Array
    """Mean wait of those who wait and are served [s]."""


def patience(blocking: Array, load: Array, count: Array, time: Array, limit: Array) -> Patience:
    """
    Baccelli & Hébuterne's weights; `blocking` is the share that would be lost without a queue.

    While all are busy work is done at ``count / time``; `load` is the rate of arrivals times
    `time`.
    """
    slack = np.abs(count - load)
    times = np.minimum(limit / time, np.finfo(float).max / np.maximum(slack, 1.0) / 2)
    exponent = slack * times
    fading = np.exp(-exponent)
    within = -np.expm1(-exponent) / np.where(slack > 0, slack, 1.0)
    # Weights of V = 0, 0 < V <= T, V > T; past saturation all divided by exp(-theta T).
    stable = load <= count
    at_once = (1.0 - blocking) * np.where(stable, 1.0, fading)
    waits = blocking * count * np.where(slack > 0, within, times)
    gives_up = blocking * np.where(stable, fading, 1.0)
    total = at_once + waits + gives_up
    mean = limit * truncated_exponential_mean(np.where(stable, exponent, -exponent))
    return Patience(at_once / total, waits / total, gives_up / total, mean)
