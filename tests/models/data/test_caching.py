"""Caches: the renewal model against simulation, its limits, and ages that add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import caching

rates = st.floats(min_value=1e-3, max_value=1e3)


def simulated_cache(rate, ttl, reads, rng):
    """Hit ratio and mean age seen by Poisson reads of one key."""
    fetched, hits, age = -np.inf, 0, 0.0
    for now in np.cumsum(rng.exponential(1 / rate, reads)):
        if now - fetched < ttl:
            hits, age = hits + 1, age + now - fetched
        else:
            fetched = now
    return hits / reads, age / reads


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


@pytest.mark.parametrize(("rate", "ttl"), [(0.1, 5.0), (1.0, 1.0), (2.0, 10.0)])
def test_hit_ratio_and_age_agree_with_simulation(rate, ttl):
    rng = np.random.default_rng(20_030_330)
    hits, ages = zip(*(simulated_cache(rate, ttl, 2000, rng) for _ in range(30)), strict=True)
    hit_ratio = caching.ttl_hit_ratio(rate, ttl)
    # 2,000 reads that begin with a miss: at most 1/2000 of bias, well inside the noise
    assert abs(z_score(hits, hit_ratio)) < 4
    assert abs(z_score(ages, hit_ratio * caching.staleness_mean([ttl]))) < 4


@pytest.mark.parametrize("ttl", [0, 30])
def test_a_key_not_read_or_not_kept_never_hits(ttl):
    assert caching.ttl_hit_ratio(0, ttl) == 0
    assert caching.ttl_hit_ratio(ttl, 0) == 0


def test_a_key_read_all_the_time_always_hits_in_the_limit():
    assert caching.ttl_hit_ratio(1e12, 3600) == pytest.approx(1, abs=1e-15)


def test_ninety_percent_at_thirty_seconds_needs_0_3_reads_a_second():
    assert caching.ttl_hit_ratio(0.3, 30) == pytest.approx(0.9)


@given(rate=rates, ttl=rates)
def test_the_origin_is_asked_once_per_ttl_and_mean_gap(rate, ttl):
    asked = caching.origin_rate(rate, caching.ttl_hit_ratio(rate, ttl))
    assert asked == pytest.approx(1 / (ttl + 1 / rate), rel=1e-6)


def test_origin_rate_at_the_ends_of_the_hit_ratio():
    assert caching.origin_rate(1000, [0, 1]).tolist() == [1000, 0]


def test_keys_that_are_alike_hit_as_one_of_them():
    assert caching.ttl_hit_ratio_over_keys([0.3] * 7, 30) == caching.ttl_hit_ratio(0.3, 30)


def test_a_popularity_in_between_hits_in_between():
    zipf = 10 / np.arange(1, 1001) / np.sum(1 / np.arange(1, 1001))
    hit = caching.ttl_hit_ratio_over_keys(zipf, 60)
    assert caching.ttl_hit_ratio_over_keys(np.full(1000, 0.01), 60) < hit
    assert hit < caching.ttl_hit_ratio(10, 60)


def test_keys_nobody_reads_hit_nothing():
    assert caching.ttl_hit_ratio_over_keys([0, 0], 60) == 0


def test_keys_read_less_than_once_a_second_hit_as_their_reads_say():
    assert caching.ttl_hit_ratio_over_keys([0.01, 0.0], 100) == 0.5


def test_negative_reads_and_ages_are_refused():
    with pytest.raises(ValueError, match=r"request_rates\(=-1\)"):
        caching.ttl_hit_ratio_over_keys([1, -1], 60)
    with pytest.raises(ValueError, match=r"ttls\(=-1\)"):
        caching.staleness_worst([1, -1])


@pytest.mark.parametrize(
    ("clients", "ttl", "rate"), [(1e6, 300, 3333.33), (1e6, 60, 16_666.7), (1e6, 900, 1111.11)]
)
def test_a_million_clients_refetch(clients, ttl, rate):
    assert caching.refresh_rate(clients, ttl) == pytest.approx(rate, rel=1e-5)


def test_a_client_that_never_waits_is_refused():
    with pytest.raises(ValueError, match=r"ttl\(=0\) must be above 0"):
        caching.refresh_rate(10, 0)


def test_a_poller_of_ten_seconds_behind_a_cache_of_thirty_is_forty_behind():
    assert caching.staleness_worst([10, 30]) == 40


def test_chains_stack_along_the_last_axis():
    assert caching.staleness_worst([[300, 300, 300], [10, 30, 0]]).tolist() == [900, 40]
    assert caching.staleness_worst([]) == 0


def test_mean_age_of_two_layers_agrees_with_simulation():
    rng = np.random.default_rng(9111)
    now, edge, client = rng.uniform(1e4, 2e4, (3, 20_000))
    client_fetched = now - (now - client) % 20  # each layer refreshes by a clock of its own
    edge_fetched = client_fetched - (client_fetched - edge) % 60
    ages = now - edge_fetched
    assert abs(z_score(ages, caching.staleness_mean([60, 20]))) < 4
    assert ages.max() <= caching.staleness_worst([60, 20])


def test_objects_in_thirty_megabytes():
    assert caching.objects_that_fit(30 * 1024**2, 2048) == 15_360


def test_an_object_a_byte_too_large_does_not_fit():
    assert caching.objects_that_fit([99, 100, 199, 200], 100).tolist() == [0, 1, 1, 2]
