"""Autoscaling: a controller followed second by second."""

import numpy as np
import pytest

from planning.models.servers import autoscaling


def controlled(seconds, start, step, period, periods, start_time, cool_down, most):
    """Follow an autoscaler through an overload that begins at 0 and stays: instances serving."""
    serving, ordered, free_at, arriving = start, start, 0, []
    history = []
    for now in range(seconds + 1):
        high = now >= period * periods
        if high and now >= free_at and ordered < most:
            added = min(step, most - ordered)
            arriving.append((now + start_time, added))
            ordered, free_at = ordered + added, now + cool_down
        serving += sum(count for at, count in arriving if at == now)
        history.append(serving)
    return np.array(history)


def test_instances_that_serve_already_take_no_time():
    assert autoscaling.time_to_instances([0, 1, 2], 2, 1, 270, 60).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("start", "step", "period", "periods", "start_time", "cool_down", "most"),
    [(2, 1, 60, 3, 90, 60, 20), (1, 4, 15, 1, 30, 15, 10), (3, 2, 60, 1, 0, 300, 100)],
)
def test_each_number_is_reached_when_a_controller_reaches_it(
    start, step, period, periods, start_time, cool_down, most
):
    followed = controlled(1800, start, step, period, periods, start_time, cool_down, most)
    reaction = period * periods + start_time
    for wanted in range(start + 1, int(followed.max()) + 1):
        first = autoscaling.time_to_instances(wanted, start, step, reaction, cool_down)
        assert first == np.argmax(followed >= wanted)


def test_without_a_cool_down_all_come_at_the_reaction():
    assert autoscaling.time_to_instances([3, 20], 2, 1, 270, 0).tolist() == [270, 270]


def test_two_to_twenty_containers_one_a_minute_take_eighteen_minutes():
    assert autoscaling.time_to_instances(20, 2, 1, 60, 60) == 18 * 60


def test_endless_instances_are_refused_by_name():
    with pytest.raises(ValueError, match=r"wanted\(=inf\)"):
        autoscaling.time_to_instances(np.inf, 2, 1, 270, 60)
