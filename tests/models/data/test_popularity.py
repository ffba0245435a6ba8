"""Zipf popularity: the quadrature against the direct sum, Che against simulation, cold starts."""

import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import gamma, zeta

from planning.models.data.popularity import (
    cold_hit_ratio,
    lru_hit_ratio,
    warm_up_time,
    zipf_ttl_hit_ratio,
)

KEYS = [1, 2, 63, 64, 65, 100, 1000, 100_000, 1_000_000]
EXPONENTS = [0, 0.6, 0.8, 1, 1.2, 2, 5]
REQUESTS = np.logspace(-2, 12, 29)

requests = st.floats(1e-3, 1e9)
exponents = st.floats(0, 3)


def zipf(keys, exponent):
    popularity = np.arange(1.0, keys + 1) ** -float(exponent)
    return popularity / popularity.sum()


def ttl_hit_ratio(rate, ttl):
    """Hit ratio of one key: after each fetch `rate * ttl` reads hit, on average."""
    return rate * ttl / (1 + rate * ttl)


def distinct_keys(rate, keys, exponent, time):
    """Mean number of keys asked for by then, one by one."""
    return -np.sum(np.expm1(-rate * time * zipf(keys, exponent)))


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_quadrature_equals_the_direct_sum(keys, exponent):
    popularity = zipf(keys, exponent)
    for asked in REQUESTS[:: 1 if keys < 1e5 else 7]:
        direct = np.sum(popularity * ttl_hit_ratio(asked * popularity, 1))
        assert zipf_ttl_hit_ratio(asked, keys, exponent, 1) == pytest.approx(direct, abs=2e-6)
        known = -np.expm1(-asked * popularity)
        cold = cold_hit_ratio(asked, keys, exponent, 1)
        assert cold == pytest.approx(np.sum(popularity * known), abs=2e-6)


@pytest.mark.parametrize("keys", [1, 40, 64, 65, 300, 1000, 9000])
@pytest.mark.parametrize("exponent", [0, 0.5, 1, 1.7, 3])
@pytest.mark.parametrize(
    "model",
    [
        lambda asked, keys, s: zipf_ttl_hit_ratio(asked, keys, s, 1),
        lambda asked, keys, s: cold_hit_ratio(asked, keys, s, 1),
        lambda asked, keys, s: lru_hit_ratio(asked, keys, s),
    ],
)
def test_few_ranks_alone_are_as_good_as_beside_a_billion(model, keys, exponent):
    # Beside a billion keys all are worked out with as many ranks as those need.
    asked = np.append(np.geomspace(0.5, 5000, 12), 1.0)
    beside = model(asked, np.append(np.full(12, keys), 10**9), exponent)
    assert model(asked[:-1], keys, exponent) == pytest.approx(beside[:-1], abs=1e-11)


def test_many_cases_are_those_one_by_one():
    rate, exponent = np.geomspace(0.1, 1e5, 300), np.array([[0.6], [0.9], [1.4]])
    many = zipf_ttl_hit_ratio(rate, 2000, exponent, 3)
    assert many.shape == (3, 300)
    for row, column in ((0, 0), (1, 250), (2, 299)):
        one = zipf_ttl_hit_ratio(rate[column], 2000, exponent[row, 0], 3)
        assert many[row, column] == pytest.approx(one, abs=1e-11)


def test_a_billion_keys_follow_the_zeta_function():
    # Of endless keys with s = 2 the head has 1 / zeta(2); 1e9 keys are endless enough.
    top = 1 / zeta(2)
    share = zipf_ttl_hit_ratio(1e-9, 1e9, 2, 1) / 1e-9
    assert share == pytest.approx(zeta(4) * top**2, rel=1e-6)  # few reads: x_k is p_k λT


def test_ten_thousand_request_rates_cost_less_than_50_ms():
    rates = np.logspace(0, 6, 10_000)
    zipf_ttl_hit_ratio(rates, 1e9, 0.9, 60)
    before = time.process_time()
    for _ in range(3):
        zipf_ttl_hit_ratio(rates, 1e9, 0.9, 60)
    assert (time.process_time() - before) / 3 < 0.05


def test_arguments_broadcast():
    rates = np.array([[1.0], [10.0]])
    keys = np.array([10, 100, 1000])
    exponent = np.array([0.5, 1.0, 1.5])
    for model in (zipf_ttl_hit_ratio, cold_hit_ratio):
        got = model(rates, keys, exponent, 60)
        each = [
            [model(r, k, s, 60) for k, s in zip(keys, exponent, strict=True)] for r in (1.0, 10.0)
        ]
        np.testing.assert_allclose(got, each, rtol=1e-12)
    places = np.array([[3.0], [9.0]])
    got = lru_hit_ratio(places, keys, exponent)
    each = [[lru_hit_ratio(c, *pair) for pair in zip(keys, exponent, strict=True)] for c in (3, 9)]
    np.testing.assert_allclose(got, each, rtol=1e-9)
    assert warm_up_time(rates, 5, keys, exponent).shape == (2, 3)


def test_a_fraction_of_a_key_is_rounded_down():
    for keys in (1.7, 64.5, 1000.9):
        assert zipf_ttl_hit_ratio(1, keys, 1, 60) == zipf_ttl_hit_ratio(1, int(keys), 1, 60)
        assert lru_hit_ratio(1, keys, 1) == lru_hit_ratio(1, int(keys), 1)
    assert warm_up_time(1, 1000, 1000.9, 1) == np.inf


def test_one_key_is_a_cache_of_one_key():
    rates = np.array([0.0, 0.3, 5.0])
    np.testing.assert_allclose(zipf_ttl_hit_ratio(rates, 1, 1, 30), ttl_hit_ratio(rates, 30))


def simulated_ttl(rate, ttl, reads, rng):
    """Hit ratio that Poisson reads of one key see."""
    fetched, hits = -np.inf, 0
    for now in np.cumsum(rng.exponential(1 / rate, reads)):
        if now - fetched < ttl:
            hits += 1
        else:
            fetched = now
    return hits / reads


@pytest.mark.parametrize(("rate", "ttl"), [(0.1, 5.0), (1.0, 1.0), (2.0, 10.0)])
def test_the_hit_ratio_of_one_key_agrees_with_simulation(rate, ttl):
    rng = np.random.default_rng(20_030_330)
    hits = [simulated_ttl(rate, ttl, 2000, rng) for _ in range(30)]
    # 2,000 reads that begin with a miss: at most 1/2000 of bias, well inside the noise
    assert abs(z_score(hits, zipf_ttl_hit_ratio(rate, 1, 1, ttl))) < 4


@pytest.mark.parametrize(("rate", "ttl"), [(0, 60), (100, 0)])
def test_nothing_read_or_kept_hits_nothing(rate, ttl):
    assert zipf_ttl_hit_ratio(rate, 1000, 1, ttl) == 0


def test_everything_hits_in_the_limit():
    assert zipf_ttl_hit_ratio(1e15, 1000, 1, 3600) == pytest.approx(1, abs=1e-9)
    assert cold_hit_ratio(1e15, 1000, 1, 3600) == pytest.approx(1, abs=1e-9)


@given(requests, st.integers(1, 10**9), exponents)
@example(1e9, 10**9, 0.0)
def test_more_reads_hit_more_and_no_share_passes_one(asked, keys, exponent):
    ratio = zipf_ttl_hit_ratio([asked, 2 * asked], keys, exponent, 1)
    assert 0 < ratio[0] <= ratio[1] <= 1
    assert zipf_ttl_hit_ratio(asked, keys, exponent, 1) <= ttl_hit_ratio(asked, 1) * (1 + 1e-9)


@given(st.integers(2, 10**9), exponents, st.floats(0.001, 0.999))
def test_lru_lies_between_the_share_of_places_and_the_best_fixed_choice(keys, exponent, share):
    places = max(1.0, np.floor(share * keys))
    hit = lru_hit_ratio(places, keys, exponent)
    assert 0 <= hit <= 1
    assert hit >= places / keys * (1 - 1e-6)  # a cache that ignores popularity
    if keys <= 1e5:
        assert hit <= np.sum(zipf(keys, exponent)[: int(places)]) + 1e-6


def test_keys_all_alike_hit_in_proportion_to_the_places():
    np.testing.assert_allclose(lru_hit_ratio([1, 250, 999], 1000, 0), [0.001, 0.25, 0.999])


def test_lru_is_1_where_all_keys_fit_and_0_for_no_place():
    assert lru_hit_ratio([1000, 5000, np.inf], 1000, 1).tolist() == [1, 1, 1]
    assert lru_hit_ratio(0, [1, 1000], 1).tolist() == [0, 0]


def simulated_lru(popularity, places, asked, rng):
    """Hit ratio of a stationary LRU cache over `asked` independent requests."""
    last_use = rng.exponential(1 / popularity)  # the newest uses of a stationary past
    held = dict.fromkeys(np.argsort(last_use)[:places][::-1].tolist())
    hits = 0
    for key in rng.choice(len(popularity), asked, p=popularity).tolist():
        if key in held:
            hits += 1
            del held[key]
        else:
            del held[next(iter(held))]
        held[key] = None
    return hits / asked


@pytest.mark.parametrize(
    ("keys", "places", "exponent"),
    [(100, 30, 0.8), (1000, 50, 1.2), (1000, 200, 0.8), (10_000, 1000, 1)],
)
def test_lru_agrees_with_simulation(keys, places, exponent):
    rng = np.random.default_rng(2012)
    popularity = zipf(keys, exponent)
    samples = [simulated_lru(popularity, places, 4000, rng) for _ in range(25)]
    assert abs(z_score(samples, lru_hit_ratio(places, keys, exponent))) < 4


@pytest.mark.parametrize(("places", "bound"), [(1, 0.025), (10, 0.003)])
def test_a_tiny_cache_hits_a_little_more_than_che_says(places, bound):
    rng = np.random.default_rng(1)
    popularity = zipf(20, 1.5)
    if places == 1:  # the last request was for the same key
        exact = np.sum(popularity**2)
    else:
        exact = np.mean([simulated_lru(popularity, places, 4000, rng) for _ in range(25)])
    assert abs(exact - lru_hit_ratio(places, 20, 1.5)) < bound


@pytest.mark.parametrize("exponent", [1.5, 2.0, 3.0])
def test_misses_over_the_tail_are_what_jelenkovic_proved(exponent):
    # Jelenković (1999), Annals of Applied Probability 9(2), 430-464: endless keys, many places,
    # P[miss] / P[rank > places] -> (1 - 1/s) * Gamma(1 - 1/s)**s, from 1 up to e**0.577.
    places = 2000
    miss = 1 - lru_hit_ratio(places, 1e12, exponent)
    tail = zeta(exponent, places + 1) / zeta(exponent)
    published = (1 - 1 / exponent) * gamma(1 - 1 / exponent) ** exponent
    assert miss / tail == pytest.approx(published, rel=2e-3)


def test_a_cold_start_agrees_with_simulation():
    rng = np.random.default_rng(39)
    keys, exponent, rate, seconds = 2000, 0.9, 50.0, 20.0
    popularity = zipf(keys, exponent)
    hits = []
    for _ in range(200):
        asked = rng.choice(keys, rng.poisson(rate * seconds), p=popularity)
        hits.append(popularity[np.unique(asked)].sum())
    assert abs(z_score(hits, cold_hit_ratio(rate, keys, exponent, seconds))) < 4


def test_a_cold_cache_knows_nothing_at_once():
    assert cold_hit_ratio([1000, 0], 10, 1, [0, 3600]).tolist() == [0, 0]


@given(st.integers(2, 10**9), exponents, st.floats(0.001, 0.9), st.floats(0.1, 1e6))
def test_a_warm_cache_is_full_and_hits_as_lru_does(keys, exponent, share, rate):
    places = share * keys
    warm = warm_up_time(rate, places, keys, exponent)
    if keys <= 1e5:
        assert distinct_keys(rate, keys, exponent, warm) == pytest.approx(places, rel=2e-5)
    steady = lru_hit_ratio(places, keys, exponent)
    assert cold_hit_ratio(rate, keys, exponent, warm) == pytest.approx(steady, rel=1e-6)


def test_warm_up_time_agrees_with_simulation():
    # The mean time to `places` keys is not exactly the time to `places` mean keys; with 400
    # places the difference drowns in the noise.
    rng = np.random.default_rng(7)
    keys, exponent, places, rate = 2000, 1.0, 400, 10.0
    popularity = zipf(keys, exponent)
    first_use = np.sort(rng.exponential(1 / (rate * popularity), (100, keys)), axis=1)
    warm = warm_up_time(rate, places, keys, exponent)
    assert abs(z_score(first_use[:, places - 1], warm)) < 4


def test_warming_up_takes_no_time_for_no_places_and_for_ever_for_all_keys():
    assert warm_up_time([0, 10], 0, 100, 1).tolist() == [0, 0]
    assert warm_up_time(10, [100, 200], 100, 1).tolist() == [np.inf, np.inf]
    assert warm_up_time(0, 5, 100, 1) == np.inf


def test_extreme_popularity_stays_finite():
    hit = lru_hit_ratio([1, 5e8, 999_999_999], 10**9, [[0], [5], [50]])
    assert np.all((hit >= 0) & (hit <= 1))
    assert np.all(np.isfinite(warm_up_time(1, [1, 5e8], 10**9, [[0], [5], [50]])))


@pytest.mark.parametrize("model", [zipf_ttl_hit_ratio, cold_hit_ratio])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 10, 1, 60), r"request_rate\(=-1\) must be at least 0"),
        ((1, 0, 1, 60), r"keys\(=0\) must be at least 1"),
        ((1, np.inf, 1, 60), r"keys\(=inf\) must be finite"),
        ((1, 10, -1, 60), r"exponent\(=-1\) must be at least 0"),
        ((1, 10, 1, -60), r"(ttl|time)\(=-60\) must be at least 0"),
        ((np.inf, 10, 1, 60), r"request_rate\(=inf\) must be finite"),
    ],
)
def test_what_is_no_popularity_is_refused(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        model(*arguments)


def test_negative_places_are_refused():
    with pytest.raises(ValueError, match=r"objects\(=-1\) must be at least 0"):
        lru_hit_ratio(-1, 10, 1)
    with pytest.raises(ValueError, match=r"objects\(=-1\) must be at least 0"):
        warm_up_time(1, -1, 10, 1)
