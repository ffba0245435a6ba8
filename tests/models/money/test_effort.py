"""Effort: cost and calendar, chains of tasks, and three-point estimates."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.money import effort

DAY = 86_400.0
amounts = st.floats(min_value=0, max_value=1e6)


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


@st.composite
def projects(draw):
    """Tasks that wait for earlier ones only, and then in any order."""
    tasks = draw(st.integers(1, 6))
    times = draw(st.lists(st.floats(0, 100), min_size=tasks, max_size=tasks))
    flat = draw(st.lists(st.booleans(), min_size=tasks**2, max_size=tasks**2))
    waits = np.tril(np.reshape(flat, (tasks, tasks)), -1)
    order = draw(st.permutations(range(tasks)))
    return np.array(times)[order], waits[np.ix_(order, order)]


def longest_chain(times, waits):
    """The longest of all chains, by trying every order of every subset."""
    tasks = range(len(times))
    chains = (c for length in range(1, len(times) + 1) for c in permutations(tasks, length))
    return max(
        sum(times[list(chain)])
        for chain in chains
        if all(waits[later, earlier] for earlier, later in pairwise(chain))
    )


def test_six_person_days_at_600_dollars_a_day():
    assert effort.effort_cost(6 * DAY, 600 / DAY) == pytest.approx(3600)


def test_cost_does_not_mind_the_length_of_a_day_but_the_mixture():
    working = 8 * 3600
    assert effort.effort_cost(6 * working, 600 / working) == pytest.approx(3600)
    assert effort.effort_cost(6 * working, 600 / DAY) == pytest.approx(1200)


def test_no_effort_costs_nothing_and_takes_no_time():
    assert effort.effort_cost(0, 1) == 0
    assert effort.duration(0, 2, 0.5) == 0


@given(work=amounts, people=st.floats(0.5, 100), focus=st.floats(0.01, 1))
def test_people_times_focused_time_is_the_effort(work, people, focus):
    assert effort.duration(work, people, focus) * people * focus == pytest.approx(work)


def test_focus_of_half_of_a_week_in_days_and_in_hours():
    in_days = effort.duration(5 * DAY, 1, 0.5 * 5 / 7)
    in_hours = effort.duration(40 * 3600, 1, 0.5 * 5 / 7 * 8 / 24)
    assert in_days == pytest.approx(14 * DAY)
    assert in_hours == pytest.approx(in_days)


def test_no_people_or_no_focus_is_refused():
    with pytest.raises(ValueError, match=r"people\(=0\) must be above 0"):
        effort.duration(1, 0)
    with pytest.raises(ValueError, match=r"focus\(=0\) must be above 0"):
        effort.duration(1, 1, 0)


def test_tasks_stack_along_the_last_axis():
    times = [[1, 2, 3], [4, 0, 0]]
    assert effort.sequential_duration(times).tolist() == [6, 4]
    assert effort.parallel_duration(times).tolist() == [3, 4]


def test_no_tasks_take_no_time():
    assert effort.sequential_duration([]) == 0
    assert effort.parallel_duration([]) == 0
    assert effort.critical_path([], np.zeros((0, 0))) == 0


def test_the_mean_of_the_longest_is_more_than_the_longest_mean():
    draws = np.random.default_rng(1959).exponential(1.0, (20_000, 2))
    assert abs(z_score(effort.parallel_duration(draws), 1.5)) < 4


@given(projects())
def test_the_critical_path_is_the_longest_chain(project):
    times, waits = project
    assert effort.critical_path(times, waits) == pytest.approx(longest_chain(times, waits))


@given(times=st.lists(amounts, min_size=1, max_size=8))
def test_without_dependencies_all_run_at_once_and_in_a_chain_one_by_one(times):
    chain = np.eye(len(times), k=-1)
    at_once = effort.critical_path(times, np.zeros_like(chain))
    assert at_once == effort.parallel_duration(times)
    in_a_row = effort.critical_path(times, chain)
    assert in_a_row == pytest.approx(float(effort.sequential_duration(times)))


def test_a_house_waits_for_walls_and_walls_for_the_ground():
    #         ground walls roof garden
    waits = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0]]
    assert effort.critical_path([[2, 3, 1, 2], [2, 3, 1, 9]], waits).tolist() == [6, 11]


@pytest.mark.parametrize(
    "waits", [[[1, 0], [0, 0]], [[0, 1], [1, 0]]], ids=["on itself", "on each other"]
)
def test_a_circle_is_refused(waits):
    with pytest.raises(ValueError, match=r"dependencies\(=\[0.*must not form a circle"):
        effort.critical_path([1, 2], waits)


@pytest.mark.parametrize(("times", "size"), [([1, 2, 3], 2), (1.0, 1)])
def test_dependencies_of_another_size_are_refused(times, size):
    with pytest.raises(ValueError, match="must be a square of the length of durations"):
        effort.critical_path(times, np.zeros((size, size)))


def test_negative_times_are_refused():
    for call in (effort.sequential_duration, effort.parallel_duration):
        with pytest.raises(ValueError, match=r"durations\(=-1\)"):
            call([1, -1])
    with pytest.raises(ValueError, match=r"durations\(=-1\)"):
        effort.critical_path([-1], [[0]])


@pytest.mark.parametrize("points", [(2, 4, 12), (0, 5, 10), (1, 1, 3)])
def test_pert_mean_is_that_of_its_beta_distribution(points):
    low, likely, high = points
    rng = np.random.default_rng([1959, *points])
    left, right = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    draws = low + (high - low) * rng.beta(left, right, 20_000)
    assert abs(z_score(draws, effort.pert_mean(low, likely, high))) < 4


def test_pert_deviation_is_a_convention_below_the_beta_distributions():
    beta = np.sqrt(1 / 28)  # of the beta distribution with both shapes 3
    assert beta == pytest.approx(0.189, abs=1e-3)
    assert effort.pert_deviation(0, 1) / beta == pytest.approx(0.882, abs=1e-3)


def test_three_equal_points_are_their_own_mean():
    assert effort.pert_mean(3, 3, 3) == 3
    assert effort.pert_deviation(3, 3) == 0


@given(points=st.lists(amounts, min_size=3, max_size=3).map(sorted))
def test_pert_mean_lies_between_the_points(points):
    assert points[0] <= effort.pert_mean(*points) * (1 + 1e-12)
    assert effort.pert_mean(*points) <= points[2] * (1 + 1e-12)


def test_points_out_of_order_are_refused_by_name():
    with pytest.raises(ValueError, match=r"low\(=5\) must be at most likely\(=4\): swap"):
        effort.pert_mean([1, 5], 4, 12)
    with pytest.raises(ValueError, match=r"likely\(=4\) must be at most high\(=3\)"):
        effort.pert_mean(1, 4, [12, 3])
    with pytest.raises(ValueError, match=r"low\(=2\) must be at most high\(=1\)"):
        effort.pert_deviation(2, 1)
