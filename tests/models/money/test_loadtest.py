"""Load tests: how many are there at once, and how unevenly they fill rooms."""

import numpy as np
import pytest

from planning.models.money import loadtest


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


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


def test_a_hundred_a_second_for_two_minutes_that_stay_one():
    # 12,000 were created; no more than 6,000 were ever there.
    assert loadtest.peak_concurrency(100, stay=60, duration=120) == 6_000
    assert loadtest.peak_concurrency(100, stay=3600, duration=120) == 12_000
    assert loadtest.peak_concurrency(100, stay=60, duration=0) == 0


def test_a_hundred_rooms_of_sixty_never_meet_a_cap_of_a_hundred():
    deviation = loadtest.users_per_room_deviation(6000, 100)
    assert deviation == pytest.approx(7.71, abs=0.01)
    rooms = np.random.default_rng(284).multinomial(6000, np.full(100, 0.01), size=2000)
    assert rooms.max() < 100
    # one room of each run: the others are not independent of it
    squares = (rooms[:, 0] - 60) ** 2
    assert abs(z_score(squares, deviation**2)) < 4


def test_one_room_holds_all_of_them():
    assert loadtest.users_per_room_deviation(500, 1) == 0


def test_infinite_users_are_refused():
    with pytest.raises(ValueError, match=r"concurrency\(=inf\)"):
        loadtest.users_per_room_deviation(np.inf, 1)
