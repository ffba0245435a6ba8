"""Functions on request: cold starts against simulation, and what is billed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.servers import serverless

rates = st.floats(min_value=0, max_value=1e4)


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


def test_several_instances_of_simfaas():
    # README of simfaas 0.2.1: 0.9 requests/s in 1e6 s, 1.991 s warm and 2.244 s cold, kept for
    # 600 s: 1,213 of 898,469 start cold, and 1.7879 run at once
    cold_share = 1213 / 898_469
    mean = serverless.mean_duration_with_cold_starts(1.991, 2.244 - 1.991, cold_share)
    running = serverless.concurrent_executions(898_469 / 1e6, mean)
    assert running == pytest.approx(1.7879, rel=0.002)
    assert serverless.cold_start_share(0.9, 600) < 1e-200


def test_a_function_never_called_or_not_kept_is_always_cold():
    assert serverless.cold_start_share([0, 5], [300, 0]).tolist() == [1, 1]


def test_a_function_called_all_the_time_is_never_cold_in_the_limit():
    assert serverless.cold_start_share(1e6, 3600) == 0


def test_infinite_keep_alive_is_refused():
    with pytest.raises(ValueError, match=r"keep_alive\(=inf\) must be finite"):
        serverless.cold_start_share(0, np.inf)


@given(rate=rates, duration=st.floats(0, 100), cold=st.floats(0, 100), share=st.floats(0, 1))
def test_cold_starts_run_instances_of_their_own(rate, duration, cold, share):
    mean = serverless.mean_duration_with_cold_starts(duration, cold, share)
    running = serverless.concurrent_executions(rate, mean)
    warm = serverless.concurrent_executions(rate, duration)
    starting = serverless.concurrent_executions(rate * share, cold)
    assert running == pytest.approx(warm + starting)


def test_aws_example_of_a_hundred_requests_of_half_a_second():
    assert serverless.concurrent_executions(100, 0.5) == 50


def test_no_requests_run_and_invoke_nothing():
    assert serverless.concurrent_executions(0, 10) == 0
    assert serverless.invocations_per_month(0, 4) == 0
    assert serverless.compute_byte_seconds(0, 1, 1e9) == 0


def test_no_cold_start_leaves_the_duration_and_all_cold_add_all_of_it():
    assert serverless.mean_duration_with_cold_starts(0.1, 9, [0, 1]).tolist() == [0.1, 9.1]


def test_a_request_a_second_all_month():
    assert serverless.invocations_per_month(1) == 2_628_000
    assert serverless.invocations_per_month(3, peak_to_mean=3) == 2_628_000


def test_a_peak_below_the_mean_is_refused():
    with pytest.raises(ValueError, match=r"peak_to_mean\(=0\.5\) must be at least 1"):
        serverless.invocations_per_month(1, 0.5)


def test_the_vendors_gigabyte_seconds_have_gigabytes_of_2_to_the_30():
    # AWS, Lambda pricing, example 1: 1,500,000 GB-s, $18.34 beyond 400,000 of them
    used = serverless.compute_byte_seconds(3e6, 1, 512 * 2**20)
    assert used / 2**30 == 1_500_000
    assert (used / 2**30 - 400_000) * 0.00001667 == pytest.approx(18.34, abs=0.005)
    assert used / 1e9 == pytest.approx(1_610_613, abs=1)
