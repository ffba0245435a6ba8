"""Load tests: what they create, what is there at once, and how little a clean run proves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.money import loadtest

amounts = st.floats(min_value=1e-3, max_value=1e6)
shares = st.floats(min_value=1e-6, max_value=0.999)


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def test_a_hundred_a_second_for_two_minutes_that_stay_one():
    assert loadtest.users_created(100, 120) == 12_000
    assert loadtest.peak_concurrency(100, stay=60, duration=120) == 6_000


def test_5000_at_once_contradict_that_test():
    assert loadtest.stay_for(5000, 100) == 50
    assert loadtest.arrival_rate_for(5000, 60) == pytest.approx(83.3, abs=0.1)


def test_a_test_shorter_than_the_stay_has_all_it_created():
    assert loadtest.peak_concurrency(100, 3600, 120) == loadtest.users_created(100, 120)


def test_no_time_creates_nobody():
    assert loadtest.users_created(100, 0) == 0
    assert loadtest.peak_concurrency(100, 60, 0) == 0
    assert loadtest.stay_for(0, 100) == 0
    assert loadtest.arrival_rate_for(0, 60) == 0


@given(rate=amounts, stay=amounts, factor=st.floats(1, 100))
def test_rate_and_stay_are_found_back_from_the_concurrency(rate, stay, factor):
    concurrency = loadtest.peak_concurrency(rate, stay, stay * factor)
    assert loadtest.arrival_rate_for(concurrency, stay) == pytest.approx(rate)
    assert loadtest.stay_for(concurrency, rate) == pytest.approx(stay)


@given(rate=amounts, stay=amounts, duration=amounts)
def test_never_more_at_once_than_created(rate, stay, duration):
    at_once = loadtest.peak_concurrency(rate, stay, duration)
    assert at_once <= loadtest.users_created(rate, duration)


@pytest.mark.parametrize("duration", [5.0, 40.0])
def test_users_at_once_agree_with_simulation(duration):
    rng = np.random.default_rng(1961)
    rate, stay, present = 20, 10.0, []
    for _ in range(400):
        came = rng.uniform(0, duration, rng.poisson(rate * duration))
        present.append(np.sum(came > duration - stay))
    assert abs(z_score(present, loadtest.peak_concurrency(rate, stay, duration))) < 4


def test_stays_that_differ_have_fewer_at_once_until_the_longest_has_passed():
    rng = np.random.default_rng(1906)
    rate, stay, duration, present = 50, 10.0, 12.0, []
    for _ in range(400):
        came = rng.uniform(0, duration, rng.poisson(rate * duration))
        present.append(np.sum(came + rng.exponential(stay, came.size) > duration))
    assert z_score(present, loadtest.peak_concurrency(rate, stay, duration)) < -10
    # the mean of min(stay, duration) for exponential stays
    assert abs(z_score(present, rate * stay * (1 - np.exp(-duration / stay)))) < 4


def test_a_hundred_rooms_of_sixty_never_meet_a_cap_of_a_hundred():
    mean = loadtest.users_per_room(6000, 100)
    deviation = loadtest.users_per_room_deviation(6000, 100)
    assert mean == 60
    assert deviation == pytest.approx(7.71, abs=0.01)
    rooms = np.random.default_rng(284).multinomial(6000, np.full(100, 0.01), size=2000)
    assert rooms.max() < 100
    # one room of each run: the others are not independent of it
    squares = (rooms[:, 0] - mean) ** 2
    assert abs(z_score(rooms[:, 0], mean)) < 4
    assert abs(z_score(squares, deviation**2)) < 4


def test_one_room_holds_all_of_them():
    assert loadtest.users_per_room(500, 1) == 500
    assert loadtest.users_per_room_deviation(500, 1) == 0


def test_infinite_users_are_refused():
    with pytest.raises(ValueError, match=r"concurrency\(=inf\)"):
        loadtest.users_per_room_deviation(np.inf, 1)
    with pytest.raises(ValueError, match=r"rooms\(=0\.5\) must be at least 1"):
        loadtest.users_per_room(10, 0.5)


def test_three_quarters_of_20000_were_never_tested():
    assert loadtest.untested_share(5000, 20_000) == 0.75


def test_a_test_beyond_the_claim_leaves_nothing_untested():
    assert loadtest.untested_share([20_000, 1e9], 20_000).tolist() == [0, 0]
    assert loadtest.untested_share(0, 20_000) == 1


@pytest.mark.parametrize("share", [0.01, 0.001, 1e-5])
def test_the_rule_of_three(share):
    assert loadtest.requests_to_see(share, 0.95) == pytest.approx(3 / share, rel=0.01)


@given(share=shares, confidence=shares)
def test_so_many_successes_would_be_surprising_and_one_fewer_would_not(share, confidence):
    requests = loadtest.requests_to_see(share, confidence)
    # in logarithms: the chance itself rounds to one for the smallest shares
    assert requests * np.log1p(-share) <= np.log1p(-confidence) * (1 - 1e-12)
    assert (requests - 1) * np.log1p(-share) > np.log1p(-confidence) * (1 + 1e-12)


def test_a_share_that_should_be_excluded_passes_as_rarely_as_said():
    rng = np.random.default_rng(1983)
    requests = loadtest.requests_to_see(0.01, 0.9)
    clean = rng.binomial(int(requests), 0.01, 20_000) == 0
    assert abs(z_score(clean, 0.99**requests)) < 4
    assert 0.99**requests <= 0.1


def test_no_confidence_takes_no_request():
    assert loadtest.requests_to_see(0.01, 0) == 0


@pytest.mark.parametrize(
    ("share", "confidence", "words"),
    [
        (0, 0.95, r"error_share\(=0\) must be above 0"),
        (1, 0.95, r"error_share\(=1\) must be below 1"),
        ([0.1, 0.2], [0.95, 1], r"confidence\(=1\) must be below 1: ask for"),
    ],
)
def test_certainty_is_refused(share, confidence, words):
    with pytest.raises(ValueError, match=words):
        loadtest.requests_to_see(share, confidence)
