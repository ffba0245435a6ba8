"""
The waiting formulas against a simulation, by z-score over independent replications.

Replications advance side by side: row r of ``busy_until`` holds, sorted, how long from now each
server of replication r still has to work (Kiefer & Wolfowitz 1955).
"""

import numpy as np
import pytest

from planning.models.queueing.finite import wait_limited
from planning.models.queueing.general import mean_wait_constant_service
from planning.models.queueing.waiting import mean_wait

REPLICATIONS, WARM_UP, ARRIVALS = 400, 2_000, 8_000
# Two-sided chance of a false alarm per comparison: 6e-5, with fixed seeds never twice different.
Z_LIMIT = 4.0


def simulate(rate, servers, limit, seed, exponential=True):
    """Return per replication: mean wait of the served, and share that gave up."""
    rng = np.random.default_rng(seed)
    busy_until = np.zeros((REPLICATIONS, servers))
    waited, served = np.zeros(REPLICATIONS), np.zeros(REPLICATIONS)
    for arrival in range(WARM_UP + ARRIVALS):
        wait = busy_until[:, 0].copy()
        joins = wait <= limit
        work = rng.standard_exponential(REPLICATIONS) if exponential else 1.0
        busy_until[:, 0] += np.where(joins, work, 0.0)
        if arrival >= WARM_UP:
            waited += np.where(joins, wait, 0.0)
            served += joins
        busy_until -= rng.standard_exponential((REPLICATIONS, 1)) / rate
        np.maximum(busy_until, 0.0, out=busy_until)
        busy_until.sort(axis=1)
    return waited / served, 1.0 - served / ARRIVALS


def z_score(replications, expected):
    spread = replications.std(ddof=1) / np.sqrt(len(replications))
    return (replications.mean() - float(expected)) / spread


def test_mean_wait_of_exponential_service():
    waits, _ = simulate(rate=2.4, servers=3, limit=np.inf, seed=1)
    assert abs(z_score(waits, mean_wait(2.4, 1, 3))) < Z_LIMIT


def test_mean_wait_of_constant_service():
    waits, _ = simulate(rate=2.4, servers=3, limit=np.inf, seed=2, exponential=False)
    assert abs(z_score(waits, mean_wait_constant_service(2.4, 1, 3))) < Z_LIMIT


@pytest.mark.parametrize(("rate", "limit"), [(2.7, 0.5), (3.0, 1.0), (6.0, 0.7)])
def test_wait_limit_below_at_and_past_saturation(rate, limit):
    waits, failed = simulate(rate, servers=3, limit=limit, seed=3)
    formula = wait_limited(rate, 1, 3, limit)
    assert abs(z_score(failed, formula.failed_share)) < Z_LIMIT
    assert abs(z_score(waits, formula.mean_wait_served)) < Z_LIMIT
