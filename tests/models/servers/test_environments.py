"""Environments of a function: limits, a published simulation, and one of our own."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.servers.environments import cold_share, environments_kept
from planning.models.servers.serverless import cold_start_share


def simulated(rng, request_rate, duration, keep_alive, requests):
    """Send requests to the environment that was started last of those idle."""
    now, there, cold, lived = 0.0, [], 0, 0.0
    for gap in rng.exponential(1 / request_rate, requests):
        now += gap
        kept = [each for each in there if each[1] + keep_alive > now]
        lived += sum(each[1] + keep_alive - each[0] for each in there if each not in kept)
        idle = [each for each in kept if each[1] <= now]
        until = now + rng.exponential(duration)
        if idle:
            max(idle)[1] = until
        else:
            cold += 1
            kept.append([now, until])
        there = kept
    lived += sum(now - each[0] for each in there)
    return lived / now, cold / requests


def test_what_a_published_simulation_found():
    # SimFaaS (Mahmoudi and Khazaei 2021), the run printed in the README of
    # https://github.com/pacslab/simfaas: a million seconds of 0.9 requests/s, 1.991 s each (2.244 s
    # cold), kept for ten minutes. 1,213 of 898,469 started cold, which chance moves by 3 %; there
    # were 7.6612 environments, of which 1.7879 ran.
    assert float(environments_kept(0.9, 1.991, 600)) == pytest.approx(7.6612, rel=0.015)
    assert float(cold_share(0.9, 1.991, 600)) == pytest.approx(1213 / 898_469, rel=0.08)


@pytest.mark.parametrize(
    ("request_rate", "duration", "keep_alive"),
    [(0.9, 2.0, 600.0), (0.1, 1.0, 60.0), (5.0, 1.0, 60.0)],
)
def test_environments_are_those_of_a_simulation(request_rate, duration, keep_alive):
    runs = [
        simulated(np.random.default_rng(seed), request_rate, duration, keep_alive, 20_000)
        for seed in range(8)
    ]
    kept, cold = np.array(runs).T
    error = kept.std(ddof=1) / np.sqrt(len(kept))
    found = float(environments_kept(request_rate, duration, keep_alive))
    # Gaps of what overflows are burstier than exponential: that is worth two in a hundred.
    assert abs(found - kept.mean()) < 4 * error + 0.02 * found
    assert float(cold_share(request_rate, duration, keep_alive)) == pytest.approx(
        cold.mean(), rel=0.3
    )


def test_nothing_is_kept_without_a_keep_alive():
    rates = np.array([0.0, 0.5, 20.0, 5000.0])
    np.testing.assert_allclose(environments_kept(rates, 2.0, 0.0), rates * 2.0, rtol=1e-9)
    np.testing.assert_allclose(cold_share(rates[:3], 2.0, 0.0), 1.0, rtol=1e-9)


def test_seldom_and_short_is_the_simple_formula():
    rates = np.array([1e-4, 1e-3, 1e-2])
    simple = cold_start_share(rates, 300.0)
    np.testing.assert_allclose(cold_share(rates, 1e-4, 300.0), simple, rtol=1e-4)
    np.testing.assert_allclose(environments_kept(rates, 1e-4, 300.0), 1 - simple, rtol=1e-3)


def test_a_large_function_is_a_small_one_drawn_larger():
    below, above = environments_kept([149.999, 150.001], 2.0, 600.0)
    assert above == pytest.approx(below, rel=1e-4)
    assert float(environments_kept(15_000, 2.0, 600.0)) == pytest.approx(31_400, rel=0.05)


def test_what_never_answers_keeps_every_environment():
    assert environments_kept([0.0, 1.0], np.inf, 600.0).tolist() == [0.0, np.inf]


def test_more_is_kept_the_longer_it_is_kept():
    kept = environments_kept(3.0, 1.0, np.geomspace(1, 1e5, 30))
    assert np.all(np.diff(kept) > 0)
    assert np.all(np.diff(cold_share(3.0, 1.0, np.geomspace(1, 1e5, 30))) < 0)
