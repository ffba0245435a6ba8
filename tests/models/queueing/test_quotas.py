"""Quotas: what is refused, tried again and waited for, against counting and limits."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.queueing import quotas


@pytest.mark.parametrize("retries", [0, 1, 3, 6])
@pytest.mark.parametrize("demand", [1.2, 2.0, 10.0])
def test_tries_less_refusals_are_the_quota_whatever_the_retries(demand, retries):
    refused = quotas.refused_share(demand, retries)
    tries = demand * quotas.tries_per_call(refused, retries)
    assert tries * (1 - refused) == pytest.approx(1.0)  # in quotas
    assert refused ** (retries + 1) == pytest.approx(1 - 1 / demand)  # fails in the end


def test_within_the_quota_nothing_is_refused_or_waited_for():
    refused = quotas.refused_share([0, 0.5, 1], 3)
    assert refused.tolist() == [0, 0, 0]
    assert quotas.tries_per_call(refused, 3).tolist() == [1, 1, 1]
    assert quotas.back_off_time(refused, 3, 1.0).tolist() == [0, 0, 0]


def test_three_retries_at_twice_the_quota_try_more_than_three_times_as_often_as_is_answered():
    # By hand: p = 0.5^(1/4) = 0.8409; 1 + p + p² + p³ = 3.1427; waits 0.8409 + 2·0.7071 + 4·0.5946.
    refused = quotas.refused_share(2, 3)
    assert quotas.tries_per_call(refused, 3) == pytest.approx(3.1427, abs=1e-4)
    assert quotas.back_off_time(refused, 3, 1.0) == pytest.approx(4.6335, abs=1e-3)


def test_calls_that_are_played_one_by_one_wait_as_long():
    rng = np.random.default_rng(5)
    calls, refused, retries = 200_000, 0.7, 4
    waits = np.zeros(calls)
    tries = np.ones(calls)
    still = rng.random(calls) < refused
    for attempt in range(retries):
        waits[still] += 2.0**attempt
        tries[still] += 1
        still &= rng.random(calls) < refused
    for played, said in (
        (waits, quotas.back_off_time(refused, retries, 1.0)),
        (tries, quotas.tries_per_call(refused, retries)),
    ):
        z = (played.mean() - float(said)) / (played.std() / np.sqrt(calls))
        assert abs(z) < 4


@pytest.mark.parametrize("bad", [{"demand": -1, "retries": 1}, {"demand": 1, "retries": -1}])
def test_negative_numbers_are_refused(bad):
    with pytest.raises(ValueError, match="at least 0"):
        quotas.refused_share(**bad)
