"""Tables: Little's law and partition drops against simulation, and disks that fill."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data import storage
from planning.models.data.row_size import btree_entry_bytes, heap_row_bytes

DAY = 86_400.0

times = st.floats(1, 1e9)
rates = st.floats(1e-3, 1e6)


def z_score(samples, expected):
    return (np.mean(samples) - expected) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def start_of_oldest(now, retention, partition):
    """Start of the oldest partition that a job, running all the time, has not dropped."""
    return np.floor((now - retention) / partition) * partition


@pytest.mark.parametrize(("retention", "partition"), [(7.0, 30.0), (7.0, 1.0), (0.0, 7.0)])
def test_partitions_keep_rows_between_the_retention_and_a_partition_more(retention, partition):
    now = np.random.default_rng(30).uniform(100, 10_000, 100_000)
    age = now - start_of_oldest(now, retention, partition)
    least, most = retention, storage.kept_time(retention, partition)
    assert least <= age.min() < least + partition / 1000
    assert most - partition / 1000 < age.max() <= most
    assert abs(z_score(age, (least + most) / 2)) < 4


def test_seven_days_in_monthly_partitions_are_7_to_37():
    assert storage.kept_time(7 * DAY, 30 * DAY) == 37 * DAY


def test_without_partitions_rows_go_at_the_retention():
    assert storage.kept_time(7 * DAY, 0) == 7 * DAY


@pytest.mark.parametrize(("retention", "partition"), [(7.0, 30.0), (7.0, 1.0), (7.0, 2.0)])
def test_partitions_that_hold_rows_are_never_more_than_counted(retention, partition):
    now = np.random.default_rng(31).uniform(100, 10_000, 100_000)
    oldest = start_of_oldest(now, retention, partition) / partition
    with_rows = np.floor(now / partition) - oldest + 1
    counted = storage.partition_count(storage.kept_time(retention, partition), partition)
    assert with_rows.max() + 1 == counted  # and the next one, made ahead


def test_rounding_makes_no_partition():
    assert storage.partition_count(0.7, 0.1) == 8  # 0.7 / 0.1 is 6.999...
    assert storage.partition_count(0.6, 0.2) == 4  # 0.6 / 0.2 is 2.999...
    assert storage.partition_count(0.3, 0.1) == 4  # 0.3 / 0.1 is 2.999...


def test_nothing_kept_is_the_partition_made_ahead():
    assert storage.partition_count(0, DAY) == 1


def test_table_rows_and_deletes_agree_with_simulation():
    rng = np.random.default_rng(1961)
    rate, kept, end = 5.0, 40.0, 200.0
    held, deleted = [], []
    for _ in range(300):
        written = rng.uniform(0, end, rng.poisson(rate * end))
        held.append(np.sum(written > end - kept))
        deleted.append(np.sum((written + kept > 100) & (written + kept <= 200)) / 100)
    assert abs(z_score(held, storage.table_rows(rate, kept))) < 4
    assert abs(z_score(deleted, rate)) < 4


@given(st.floats(0, 1e9), times, st.floats(1, 100))
def test_rows_of_a_day_are_the_users_times_their_rows(users, interval, peak_to_mean):
    rate = storage.row_rate(users, interval, peak_to_mean)
    assert storage.rows_per_day(rate) == pytest.approx(users * DAY / interval / peak_to_mean)
    assert storage.row_rate(users, interval, 1) == pytest.approx(users / interval)
    assert storage.rows_per_day(rate) == pytest.approx(storage.table_rows(rate, DAY))


def test_no_users_write_no_rows():
    assert storage.row_rate(0, 10, 1) == 0


def test_a_mean_above_the_peak_is_refused():
    with pytest.raises(ValueError, match=r"peak_to_mean\(=0.5\) must be at least 1"):
        storage.row_rate(10, 10, 0.5)


def test_a_table_is_as_large_as_measured():
    # PostgreSQL 15.18: a million integers with their primary key, pg_total_relation_size.
    computed = storage.table_bytes(1e6, heap_row_bytes(4), 1, btree_entry_bytes(4))
    assert computed == pytest.approx(58_777_600, rel=0.005)


def test_an_empty_table_and_one_without_indexes():
    assert storage.table_bytes(0, 100, 3, 20) == 0
    assert storage.table_bytes(10, 100, 0, 20) == 1000


def test_index_writes_without_an_index_are_the_rows():
    assert storage.index_writes(100, [0, 1, 4]).tolist() == [100, 200, 500]


def test_a_full_disk_is_full_now_even_if_nothing_grows():
    assert storage.time_until_full(100, [100, 150], [[1], [0]]).tolist() == [[0, 0], [0, 0]]


def test_a_disk_never_fills_where_nothing_grows():
    assert storage.time_until_full(100, 50, 0) == np.inf


@given(rates, st.floats(1, 1e4), st.floats(1e6, 1e15))
def test_a_table_that_keeps_all_fills_the_disk_when_predicted(rate, row, disk):
    full = storage.time_until_full(disk, 0, rate * row)
    rows = storage.table_rows(rate, full)
    assert storage.table_bytes(rows, row, 0, 0) == pytest.approx(disk)
