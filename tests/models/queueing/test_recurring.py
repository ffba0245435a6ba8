"""Runs on a schedule: the fixed point against runs played one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.queueing import recurring


def played(start, work, interval, runs=4000):
    """The last run of many: each takes up what has come since the start of the one before."""
    last_start, last_time = 0.0, start + work * interval
    for _ in range(runs):
        due = last_start + interval
        begins = max(due, last_start + last_time)
        last_time = start + work * (begins - last_start)
        last_start = begins
    return last_time


@pytest.mark.parametrize("work", [0.0, 0.3, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("start", [0.0, 30.0, 400.0])
def test_the_fixed_point_is_what_runs_come_to(start, work):
    said = float(recurring.run_time(start, work, 300.0))
    assert said == pytest.approx(played(start, work, 300.0), rel=1e-6)


def test_more_work_than_time_never_ends():
    assert np.isinf(recurring.run_time(30.0, [1.0, 1.5], 300.0)).all()


def test_work_that_just_fits_without_a_start_just_fits():
    assert recurring.run_time(0.0, 1.0, 300.0) == 300.0


def test_nothing_to_do_takes_the_start():
    assert recurring.run_time(12.0, 0.0, 300.0) == 12.0


def test_an_interval_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        recurring.run_time(1.0, 1.0, 0.0)
