"""Rows and index entries against what PostgreSQL wrote to disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data.row_size import btree_entry_bytes, heap_row_bytes

# PostgreSQL 15.18, pg_relation_size / rows after vacuum of 20,000 to 1,000,000 rows.
MEASURED_ROWS = {
    4: 36.2496,  # integer
    9: 44.2860,  # integer, 'hans'
    69: 101.1439,  # bigint, two uuid, timestamptz, text of 20
    312: 341.3606,  # bigint, text of 300
    1420: 1638.4,  # bigint, text of 1408
}
MEASURED_ENTRIES = {4: 22.487, 8: 22.528, 16: 31.621}  # CREATE INDEX on a filled table


@pytest.mark.parametrize(("payload", "measured"), MEASURED_ROWS.items())
def test_rows_are_as_large_as_measured(payload, measured):
    assert heap_row_bytes(payload) == pytest.approx(measured, rel=5e-4)


@pytest.mark.parametrize(("key", "measured"), MEASURED_ENTRIES.items())
def test_entries_are_as_large_as_measured_less_the_upper_levels(key, measured):
    assert btree_entry_bytes(key) < measured
    assert btree_entry_bytes(key) == pytest.approx(measured, rel=0.015)


def test_keys_at_random_take_a_quarter_more_and_keys_that_repeat_less_than_half():
    # Inserted one after another: version 4 UUIDs; 500,000 bigints of 1,000 values.
    assert 1.2 < 39.436 / btree_entry_bytes(16) < 1.3
    assert 9.880 / btree_entry_bytes(8) < 0.5


def test_a_row_without_values():
    # 291 is also what the source calls MaxHeapTuplesPerPage.
    assert heap_row_bytes(0) == pytest.approx(8192 / 291)


def test_values_out_of_line_took_15_percent_more():
    assert 28_033_024 / 5000 / heap_row_bytes(8 + 4800) == pytest.approx(1.15, abs=0.02)


def test_185_rows_of_an_integer_and_a_name_fit_a_page():
    # https://dbaglobe.com/2021/10/how-to-estimate-postgressql-table-size.html
    assert 8192 / heap_row_bytes(9) == pytest.approx(185)


@given(st.integers(0, 2000))
def test_a_page_holds_whole_rows(payload):
    row = 24 + 4 + -(-payload // 8) * 8
    rows = (8192 - 24) // row
    assert heap_row_bytes(payload) == pytest.approx(8192 / rows)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_values_never_take_less(one, other):
    small, large = heap_row_bytes(np.sort([one, other]))
    assert small <= large
    assert heap_row_bytes(one) >= one + 28
    assert np.diff(btree_entry_bytes(np.sort([one, other]))) >= 0


def test_negative_sizes_are_refused():
    with pytest.raises(ValueError, match=r"payload_bytes\(=-1\) must be at least 0"):
        heap_row_bytes(-1)
    with pytest.raises(ValueError, match=r"key_bytes\(=-1\) must be at least 0"):
        btree_entry_bytes(-1)
