"""Connections kept open: limits, and users played one by one."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.servers import sockets


def test_who_asks_rarely_keeps_one_for_the_keep_alive_and_who_asks_often_for_ever():
    assert sockets.kept_open(1e6, 1.0, 75) == pytest.approx(75, rel=1e-4)
    assert sockets.kept_open(10, 1e3, 75) == pytest.approx(10)


def test_nobody_and_nothing_kept():
    assert sockets.kept_open([0, 5], [0, 0], 75).tolist() == [0, 0]
    assert sockets.kept_open(5, 1, 0) == 0


def test_users_played_one_by_one_are_open_as_often():
    rng = np.random.default_rng(3)
    users, interval, keep = 4000, 60.0, 75.0
    # Time since a user's last request, looked at in a random instant, is exponential as well.
    seen = rng.exponential(interval, size=(50, users)) < keep
    counts = seen.sum(axis=1)
    said = float(sockets.kept_open(users, users / interval, keep))
    assert abs(counts.mean() - said) < 4 * counts.std() / np.sqrt(len(counts))


def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        sockets.kept_open(-1, 1, 1)
