"""Replicas: the queue of replay against simulation, below and past saturation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import replication

RUNS = 40
rates = st.floats(min_value=0, max_value=1e4)
times = st.floats(min_value=1e-6, max_value=1e-2)


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def replay_times(scv, mean, shape, rng):
    if scv == 0:
        return np.full(shape, mean)
    return rng.gamma(1 / scv, mean * scv, shape)


def simulated_lags(write_rate, replay_time, scv, commits, rng):
    """Time from commit to visible, without the delay, of `commits` commits in each of the runs."""
    replays = replay_times(scv, replay_time, (RUNS, commits), rng)
    gaps = rng.exponential(1 / write_rate, (RUNS, commits))
    # Lindley's recursion: a wait is how far the walk stands above its lowest point so far.
    walk = np.cumsum(replays[:, :-1] - gaps[:, 1:], axis=1)
    walk = np.concatenate([np.zeros((RUNS, 1)), walk], axis=1)
    return walk - np.minimum.accumulate(walk, axis=1) + replays


@pytest.mark.parametrize("scv", [0, 1, 4])
@pytest.mark.parametrize("write_rate", [300, 700])
def test_lag_agrees_with_simulation(write_rate, scv):
    rng = np.random.default_rng([2016, scv, write_rate])
    lags = simulated_lags(write_rate, 1e-3, scv, 20_000, rng)[:, 2_000:].mean(axis=1)
    expected = replication.replication_lag(write_rate, 1e-3, delay=0, replay_scv=scv)
    assert abs(z_score(lags, expected)) < 4


def test_lag_past_saturation_grows_as_in_simulation():
    rng = np.random.default_rng(1982)
    write_rate, replay_time, commits = 1250, 1e-3, 20_000
    lags = simulated_lags(write_rate, replay_time, 1, commits, rng)
    # the lag of the last commit over the time at which it becomes visible
    gained = lags[:, -1] / (commits * replay_time)
    assert abs(z_score(gained, replication.lag_growth(write_rate, replay_time))) < 4


@given(rate=rates, time=times)
def test_exponential_replay_lags_as_m_m_1(rate, time):
    busy = rate * time
    if busy < 0.999:
        lag = replication.replication_lag(rate, time, 0.25)
        assert lag == pytest.approx(0.25 + time / (1 - busy))


def test_without_writes_the_lag_is_that_of_one_commit():
    assert replication.replication_lag(0, 0.002, 0.003, [0, 1, 50]).tolist() == [0.005] * 3


def test_lag_is_infinite_from_saturation_on():
    assert replication.replication_lag([1000, 2000], 0.001, 0.01).tolist() == [np.inf] * 2


def test_bulk_updates_among_small_ones_lag_more():
    lags = replication.replication_lag(500, 1e-3, 0, [0, 1, 100])
    assert lags.round(6).tolist() == [0.0015, 0.002, 0.0515]


@pytest.mark.parametrize("name", ["write_rate", "replay_time", "delay", "replay_scv"])
@pytest.mark.parametrize("bad", [-1, np.nan])
def test_lag_names_what_is_wrong(name, bad):
    arguments = {"write_rate": 1, "replay_time": 0.1, "delay": 0, "replay_scv": 1, name: bad}
    with pytest.raises(ValueError, match=name):
        replication.replication_lag(**arguments)


def test_infinite_rates_and_times_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        replication.replication_lag(1, np.inf, np.inf)
    with pytest.raises(ValueError, match=r"replay_time\(=inf\)"):
        replication.lag_growth(0, np.inf)


@given(rate=rates, time=times)
def test_the_lag_grows_exactly_where_replay_is_more_than_busy(rate, time):
    busy = rate * time
    growth = replication.lag_growth(rate, time)
    assert (growth > 0) == (busy > 1)
    assert 0 <= growth < 1


def test_shapes_broadcast():
    column = np.ones((3, 1))
    assert replication.replication_lag(column, 0.1, 0, [0, 1]).shape == (3, 2)
    assert replication.lag_growth(column, [0.1, 2]).shape == (3, 2)
