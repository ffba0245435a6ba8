"""Workers that accept for themselves, against counts of others and against drawing lots."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.servers.accepting import fullest_by_chance

# mosip-infra issue 1920: connections of nginx's eight workers, each with a socket of its own.
OWN_SOCKETS = (171, 142, 169, 153, 167, 139, 142, 156)


def test_the_fullest_of_eight_is_as_full_as_counted():
    told = fullest_by_chance(sum(OWN_SOCKETS), len(OWN_SOCKETS))
    assert told == pytest.approx(max(OWN_SOCKETS), rel=0.06)


@pytest.mark.parametrize(("connections", "workers"), [(2_000, 2), (5_000, 8), (80_000, 64)])
def test_lots_seldom_give_a_worker_more_and_on_the_mean_little_less(connections, workers):
    rng = np.random.default_rng(7)
    drawn = rng.multinomial(connections, np.full(workers, 1 / workers), size=4_000).max(axis=1)
    told = fullest_by_chance(connections, workers)
    assert np.mean(drawn > told) < 0.25
    assert 0.95 * told < drawn.mean() < told
    # Not the even share: nearly every draw has a fuller worker than that.
    assert np.mean(drawn > 1.001 * connections / workers) > 0.9


def test_one_worker_has_all_and_no_worker_more_than_there_are():
    assert fullest_by_chance([0, 7, 1e6], 1).tolist() == [0, 7, 1e6]
    assert fullest_by_chance([0, 1], 100).tolist() == [0, pytest.approx(0.01 + 0.3035, abs=1e-3)]
    assert np.all(fullest_by_chance(np.arange(50), 8) <= np.arange(50))


def test_less_than_a_worker_is_refused():
    with pytest.raises(ValueError, match="workers"):
        fullest_by_chance(10, 0.5)
    with pytest.raises(ValueError, match="connections"):
        fullest_by_chance(-1, 2)
