"""Autoscaling: a controller simulated second by second, and a queue that it lets grow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.servers import autoscaling
from planning.models.servers.compute import scale_out_time

times = st.floats(0, 1e5)
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seed is fixed


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


@pytest.mark.parametrize(
    ("start", "step", "period", "periods", "start_time", "cool_down", "most"),
    [(2, 1, 60, 3, 90, 60, 20), (1, 4, 15, 1, 30, 15, 10), (3, 2, 60, 1, 0, 300, 100)],
)
def test_instances_agree_with_a_controller_followed_second_by_second(
    start, step, period, periods, start_time, cool_down, most
):
    seconds = np.arange(1801)
    reaction = autoscaling.reaction_time(period, periods, start_time)
    formula = autoscaling.instances_after(seconds, start, step, reaction, cool_down, most)
    followed = controlled(1800, start, step, period, periods, start_time, cool_down, most)
    np.testing.assert_array_equal(formula, followed)
    for wanted in range(start + 1, int(followed.max()) + 1):
        first = autoscaling.time_to_instances(wanted, start, step, reaction, cool_down)
        assert first == np.argmax(followed >= wanted)


def test_a_schedule_has_no_reaction():
    assert autoscaling.reaction_time(60, 0, 0) == 0


def test_before_the_reaction_the_crowd_meets_the_old_number():
    assert autoscaling.instances_after([0, 269.999], 2, 1, 270, 60, 20).tolist() == [2, 2]


def test_the_limit_holds_even_below_the_start():
    assert autoscaling.instances_after([0, 1e9], 5, 1, 270, 60, 3).tolist() == [3, 3]
    assert autoscaling.instances_after(270 + 60 * 999, 5, 1, 270, 60, np.inf) == 1005


def test_without_a_cool_down_all_come_at_the_reaction():
    assert autoscaling.instances_after([269, 270, 271], 2, 1, 270, 0, 20).tolist() == [2, 20, 20]
    assert autoscaling.time_to_instances([3, 20], 2, 1, 270, 0).tolist() == [270, 270]


def test_a_step_that_rounding_puts_a_moment_late_has_come():
    time = 0.7 + 0.1 + 0.1 + 0.1  # 0.9999999999999999
    assert autoscaling.instances_after(time, 1, 1, 0.7, 0.1, 99) == 5
    assert autoscaling.instances_after(0.3, 1, 1, 0.1 + 0.2, 60, 99) == 2


@given(
    wanted=st.integers(0, 500),
    start=st.integers(0, 500),
    step=st.integers(1, 20),
    reaction=times,
    cool_down=st.floats(1e-3, 1e4),
)
def test_one_is_the_inverse_of_the_other(wanted, start, step, reaction, cool_down):
    time = autoscaling.time_to_instances(wanted, start, step, reaction, cool_down)
    there = autoscaling.instances_after(time, start, step, reaction, cool_down, np.inf)
    assert there >= wanted
    if time > 0:
        before = autoscaling.instances_after(
            max(time - 1e-6 * (time + cool_down), 0), start, step, reaction, cool_down, np.inf
        )
        assert before < wanted or time < 2e-6 * cool_down


def test_instances_that_serve_already_take_no_time():
    assert autoscaling.time_to_instances([0, 1, 2], 2, 1, 270, 60).tolist() == [0, 0, 0]


@given(start=st.integers(0, 99), target=st.integers(0, 99), step=st.integers(1, 9), wait=times)
def test_a_reaction_of_one_cool_down_is_the_plain_scale_out_time(start, target, step, wait):
    detailed = autoscaling.time_to_instances(target, start, step, wait, wait)
    assert detailed == pytest.approx(scale_out_time(start, target, step, wait))


def test_the_backlog_agrees_with_a_simulated_queue():
    # Two servers, twice the work they can do: departures are a Poisson process while both work.
    rng = np.random.default_rng(1982)
    rate, capacity, reaction = 40.0, 20.0, 100.0
    start = 500  # so many wait already that no server is ever idle
    came = rng.poisson(rate * reaction, 400)
    done = rng.poisson(capacity * reaction, 400)
    assert np.all(start + came > done)
    error = came - done - autoscaling.backlog_before_scaling(rate, capacity, reaction)
    assert abs(error.mean() / (error.std(ddof=1) / 20)) < Z_LIMIT


def test_catching_up_agrees_with_a_simulated_queue():
    # The first passage to 0 of a random walk with drift takes backlog / drift on average.
    rng = np.random.default_rng(1982)
    backlog, rate, capacity = 60, 8.0, 10.0
    took = []
    for _ in range(400):
        events = 20_000
        gaps = rng.exponential(1 / (rate + capacity), events)
        waiting = backlog + np.cumsum(np.where(rng.random(events) < rate / 18, 1, -1))
        assert waiting.min() <= 0
        took.append(gaps[: np.argmax(waiting <= 0) + 1].sum())
    expected = float(autoscaling.catch_up_time(backlog, rate, capacity))
    assert abs((np.mean(took) - expected) / (np.std(took, ddof=1) / 20)) < Z_LIMIT


def test_enough_capacity_builds_no_backlog():
    assert autoscaling.backlog_before_scaling(300, [300, 400, np.inf], 270).tolist() == [0, 0, 0]


def test_capacity_that_does_not_exceed_arrivals_never_catches_up():
    assert autoscaling.catch_up_time(10, 500, [0, 499, 500]).tolist() == [np.inf] * 3
    assert autoscaling.catch_up_time(0, 500, 499) == np.inf


def test_where_nothing_waits_there_is_nothing_to_catch_up():
    assert autoscaling.catch_up_time(0, 500, [500, 501, np.inf]).tolist() == [0, 0, 0]


@given(rate=st.floats(1, 1e4), short=st.floats(1, 1e4), extra=st.floats(0.1, 10), reaction=times)
def test_falling_behind_and_catching_up_are_one_triangle(rate, short, extra, reaction):
    backlog = autoscaling.backlog_before_scaling(rate + short, rate, reaction)
    caught_up = autoscaling.catch_up_time(backlog, rate + short, rate + short * (1 + extra))
    assert caught_up == pytest.approx(reaction / extra, rel=1e-6)


def test_arrays_broadcast():
    assert autoscaling.catch_up_time([[1], [2]], 5, [6, 7, 5]).tolist() == [
        [1, 0.5, np.inf],
        [2, 1, np.inf],
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: autoscaling.instances_after(np.inf, 2, 1, 270, 60, 20), r"time\(=inf\)"),
        (lambda: autoscaling.time_to_instances(np.inf, 2, 1, 270, 60), r"wanted\(=inf\)"),
        (lambda: autoscaling.catch_up_time(-1, 1, 2), r"backlog\(=-1\) must be at least 0"),
        (lambda: autoscaling.catch_up_time(1, np.inf, 2), r"arrival_rate\(=inf\) must be finite"),
        (lambda: autoscaling.catch_up_time(1, 1, np.nan), r"capacity\(=nan\)"),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
