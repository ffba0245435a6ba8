"""Functions on request: cold starts against simulation, and invocations in a month."""

import numpy as np
import pytest

from planning.models.servers import serverless


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def simulated_cold_starts(request_rate, keep_alive, duration, requests, rng):
    """Share of requests that start cold when the one last used is used first."""
    cold, now, idle_since, free_at = 0, 0.0, [], []
    for gap in rng.exponential(1 / request_rate, requests):
        now += gap
        idle_since += [end for end in free_at if end <= now]
        free_at = [end for end in free_at if end > now]
        idle_since = sorted(since for since in idle_since if now - since <= keep_alive)
        if idle_since:
            idle_since.pop()
        else:
            cold += 1
        free_at.append(now + duration)
    return cold / requests


@pytest.mark.parametrize("keep_alive", [30.0, 150.0])
def test_cold_starts_of_a_rare_function_agree_with_simulation(keep_alive):
    rng = np.random.default_rng(533)
    shares = [simulated_cold_starts(1 / 60, keep_alive, 0.0, 2000, rng) for _ in range(30)]
    # 2,000 requests of which the first is always cold: a bias well inside the noise
    assert abs(z_score(shares, serverless.cold_start_share(1 / 60, keep_alive))) < 4


def test_requests_that_overlap_start_cold_more_often():
    rng = np.random.default_rng(334)
    share = simulated_cold_starts(1.0, 5.0, 2.0, 20_000, rng)
    assert share > 2 * serverless.cold_start_share(1.0, 5.0)


def test_a_function_never_called_or_not_kept_is_always_cold():
    assert serverless.cold_start_share([0, 5], [300, 0]).tolist() == [1, 1]


def test_a_function_called_all_the_time_is_never_cold_in_the_limit():
    assert serverless.cold_start_share(1e6, 3600) == 0


def test_infinite_keep_alive_is_refused():
    with pytest.raises(ValueError, match=r"keep_alive\(=inf\) must be finite"):
        serverless.cold_start_share(0, np.inf)


def test_a_request_a_second_all_month():
    assert serverless.invocations_per_month(1) == 2_628_000
    assert serverless.invocations_per_month(3, peak_to_mean=3) == 2_628_000


def test_a_peak_below_the_mean_is_refused():
    with pytest.raises(ValueError, match=r"peak_to_mean\(=0\.5\) must be at least 1"):
        serverless.invocations_per_month(1, 0.5)
