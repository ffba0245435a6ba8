"""Processor time: whole processes, idle cores and the autoscaler's clock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.servers import compute

counts = st.integers(1, 10_000)


@given(amount=st.integers(0, 10**9), unit=counts)
def test_units_needed_carry_the_amount_and_one_less_does_not(amount, unit):
    units = compute.units_needed(amount, unit)
    assert units == -(-amount // unit)
    assert compute.units_that_fit(amount, unit) == amount // unit


@given(whole=counts, tenths=st.integers(1, 99))
def test_rounding_error_neither_adds_nor_loses_a_unit(whole, tenths):
    unit = tenths / 10
    assert compute.units_needed(whole * unit, unit) == whole
    assert compute.units_that_fit(sum([unit] * 5), unit) == 5


def test_the_slightest_amount_starts_a_unit():
    assert compute.units_needed([0, 1e-16, 1, 1 + 1e-12], 1).tolist() == [0, 1, 1, 2]


def test_infinite_amounts_need_infinite_units():
    assert compute.units_needed(np.inf, 3) == np.inf
    assert compute.units_that_fit(np.inf, 3) == np.inf


def test_a_unit_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"unit\(=0\) must be above 0"):
        compute.units_needed(1, 0)


def test_utilisation_is_the_cores_needed_over_the_cores_usable():
    assert compute.cpu_cores_needed(250, 0.01) == 2.5
    assert compute.cpu_utilisation(250, 0.01, processes=4, cores=8) == 2.5 / 4


def test_past_saturation_utilisation_exceeds_one():
    assert compute.cpu_utilisation(250, 0.01, processes=1, cores=8) == 2.5


def test_more_processes_than_cores_or_cores_than_processes_add_nothing():
    rates = compute.usable_request_rate([[1], [4], [8]], [1, 4, 8], 0.01)
    assert rates.tolist() == [[100, 100, 100], [100, 400, 400], [100, 400, 800]]


def test_a_cluster_of_four_workers_on_four_cores_is_four_processes():
    one, four = compute.usable_request_rate([1, 4], 4, 0.004)
    assert four == 4 * one


def test_no_process_carries_nothing():
    assert compute.usable_request_rate(0, 4, 0.01) == 0


@given(
    rate=st.floats(min_value=0.1, max_value=1e5),
    cpu_time=st.floats(min_value=1e-5, max_value=1),
    target=st.floats(min_value=0.05, max_value=1),
)
def test_the_processes_needed_carry_the_rate_and_one_less_does_not(rate, cpu_time, target):
    processes = compute.processes_needed(rate, cpu_time, target)
    carried = compute.usable_request_rate([processes, processes - 1], np.inf, cpu_time, target)
    assert carried[0] >= rate * (1 - 1e-12)
    assert carried[1] < rate


def test_no_request_needs_no_process():
    assert compute.processes_needed(0, 0.01) == 0


def test_seven_busy_cores_are_seven_processes_and_not_eight():
    assert 0.07 * 100 > 7
    assert compute.processes_needed(100, 0.07) == 7


@pytest.mark.parametrize("target", [0, 1.5, 70])
def test_a_target_that_cannot_be_met_is_refused(target):
    with pytest.raises(ValueError, match="target_utilisation"):
        compute.processes_needed(100, 0.07, target)


def test_a_thousand_users_per_process_is_10_ms_every_10_s():
    assert compute.users_per_process(1 / 10, 0.01) == 1000


def test_a_user_who_fills_more_than_a_process_does_not_fit():
    assert compute.users_per_process(101, 0.01) == 0


@given(users=counts, target=st.floats(min_value=0.1, max_value=1))
def test_the_users_per_process_are_carried_and_one_more_is_not(users, target):
    rate, cpu_time = 0.2, target / 0.2 / (users + 0.5)
    fitting = compute.users_per_process(rate, cpu_time, target)
    assert compute.cpu_utilisation(fitting * rate, cpu_time, 1, 1) <= target
    assert compute.cpu_utilisation((fitting + 1) * rate, cpu_time, 1, 1) > target


def test_two_to_twenty_containers_one_a_minute_take_eighteen_minutes():
    assert compute.scale_out_time(2, 20, 1, 60) == 18 * 60


def test_the_last_step_may_be_smaller_than_the_others():
    assert compute.scale_out_time(2, [2, 3, 7, 8], 5, 60).tolist() == [0, 60, 60, 120]


def test_scaling_in_takes_no_time():
    assert compute.scale_out_time(20, 2, 1, 300) == 0


def test_without_replicas_or_reads_the_primary_keeps_its_load():
    assert compute.primary_load(10, 0.8, 0) == 10
    assert compute.primary_load(10, 0, 7) == 10


def test_replicas_without_end_leave_the_writes():
    assert compute.primary_load(10, 0.8, 1e12) == pytest.approx(2)


@given(load=st.integers(1, 100), replicas=st.integers(0, 50), share=st.floats(0, 1))
def test_primary_and_replicas_carry_all_the_load(load, replicas, share):
    primary = compute.primary_load(load, share, replicas)
    writes = load * (1 - share)
    # Each replica reads as much as the primary does.
    assert writes + (replicas + 1) * (primary - writes) == pytest.approx(load)
