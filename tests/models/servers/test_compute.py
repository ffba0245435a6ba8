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
