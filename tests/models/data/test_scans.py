"""Scans that grow with the history, and prepared sums that do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import scans
from planning.models.data.storage import table_rows

rates = st.floats(1e-2, 1e8)
limits = st.floats(1e-3, 1e4)


@given(limits, rates, rates)
def test_at_the_age_until_the_scan_takes_just_the_limit(limit, scan_rate, row_rate):
    age = scans.history_until(limit, scan_rate, row_rate)
    rows = table_rows(row_rate, age)
    assert scans.scan_time(rows, scan_rate) == pytest.approx(limit)
    assert rows == pytest.approx(scans.rows_within(limit, scan_rate))


@given(st.floats(0, 1e12), rates)
def test_rows_within_the_scan_time_are_the_rows(rows, scan_rate):
    time = scans.scan_time(rows, scan_rate)
    assert scans.rows_within(time, scan_rate) == pytest.approx(rows)


@given(st.floats(1, 1e6), limits, rates)
def test_the_speed_up_is_1_where_both_take_as_long(groups, lookup, scan_rate):
    prepared = scans.aggregated_time(groups, lookup)
    rows = scans.rows_within(prepared, scan_rate)
    assert scans.speed_up([rows, 2 * rows], scan_rate, prepared) == pytest.approx([1, 2])


def test_a_history_that_nobody_writes_never_passes_the_limit():
    assert scans.history_until(2, 5e6, [0, 100]).tolist() == [np.inf, 100_000]


def test_no_time_at_all_is_passed_at_once():
    assert scans.history_until(0, 5e6, 100) == 0


def test_an_empty_table_is_read_in_no_time():
    assert scans.scan_time(0, 5e6) == 0
    assert scans.speed_up(0, 5e6, 1e-3) == 0


def test_ages_broadcast():
    assert scans.history_until([[1], [2]], 5e6, [0, 50, 100]).shape == (2, 3)


def test_what_is_returned_counts_on_the_wire_and_in_memory():
    assert scans.result_bytes([0, 1e6], 120).tolist() == [0, 120e6]
    assert scans.client_memory([0, 1e6], 500).tolist() == [0, 500e6]


def test_objects_of_a_real_language_take_what_the_formula_says():
    import sys

    rows = [{"id": 10**6 + n, "kind": "gift", "amount": 10.5 + n} for n in range(100)]
    each = sys.getsizeof(rows[0]) + sys.getsizeof(rows[0]["id"]) + sys.getsizeof(rows[0]["amount"])
    total = sum(
        sys.getsizeof(r) + sys.getsizeof(r["id"]) + sys.getsizeof(r["amount"]) for r in rows
    )
    assert scans.client_memory(len(rows), each) == total
    assert each > 3 * (8 + 4 + 8)  # a few times the bytes on the wire


def test_a_scan_without_speed_is_refused():
    with pytest.raises(ValueError, match=r"scan_rate\(=0\) must be above 0"):
        scans.scan_time(10, 0)
    with pytest.raises(ValueError, match=r"aggregated_time\(=0\) must be above 0"):
        scans.speed_up(10, 10, 0)
