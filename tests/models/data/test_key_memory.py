"""What keys take against what Redis said it used, and the limits of each step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.data.key_memory import size_class, string_bytes, table_bytes, value_outside

# Measured: Redis 6.2.14 with jemalloc 5.1.0, used_memory per key over an empty one, of keys set
# one after the other: keys, bytes of the name and of the value, share with a time to live.
MEASURED = {
    (100_000, 8, 0, 0): 74.499,
    (100_000, 16, 32, 0): 114.486,
    (200_000, 20, 44, 0): 122.486,
    (150_000, 20, 45, 0): 133.985,
    (100_000, 40, 100, 0): 210.489,
    (130_000, 31, 300, 0): 408.066,
    (100_000, 12, 1000, 0): 1090.504,
    (100_000, 20, 20, 1): 132.976,
}
ENTRY, OBJECT = 24, 16


def key(name, value, expiring=0.0):
    inside = size_class(OBJECT + 4 + min(value, 44))
    outside = OBJECT + size_class(string_bytes(value))
    kept = outside if value_outside(value) else inside
    return size_class(string_bytes(name)) + kept + ENTRY * (1 + expiring)


@pytest.mark.parametrize(("case", "measured"), MEASURED.items())
def test_keys_take_what_redis_says_once_the_old_table_is_gone(case, measured):
    keys, name, value, expiring = case
    tables = table_bytes(keys) * (1 + expiring) * 2 / 3
    assert key(name, value, expiring) + tables / keys == pytest.approx(measured, abs=0.02)


def test_both_tables_are_there_while_keys_move():
    # Measured: 262,200 keys, 56 more than a power of two, took 16 B each for tables of twice as
    # many pointers, and 8 B for the old ones; with 262,144 keys 8 B were all.
    assert table_bytes(262_200) / 262_200 == pytest.approx(24, rel=1e-3)
    assert table_bytes(262_144) / 262_144 * 2 / 3 == pytest.approx(8)


def test_classes_are_those_of_the_manual():
    small = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448,
             512, 640, 768, 896, 1024, 1280]  # fmt: skip
    found = np.unique(size_class(np.arange(1, 1281)))
    assert found.tolist() == small


def test_nothing_takes_nothing_and_a_class_is_its_own_class():
    assert size_class(0) == 0
    assert np.array_equal(size_class([2.0**29, 2.0**40]), [2.0**29, 2.0**40])


@given(st.integers(1, 10**9))
def test_a_class_is_large_enough_and_at_most_a_quarter_too_large(size):
    handed_out = size_class(size)
    assert size <= handed_out <= max(1.25 * size, size + 7)


def test_a_string_just_long_enough_has_a_longer_header():
    lengths = [31, 32, 255, 256, 65_535, 65_536]
    assert (string_bytes(lengths) - lengths).tolist() == [2, 4, 4, 6, 6, 10]


def test_an_empty_table_has_four_pointers_and_a_table_doubles_past_a_power_of_two():
    assert table_bytes(0) == 12 * 4
    powers = 2 ** np.arange(2, 29)
    assert np.array_equal(table_bytes(powers + 1), 2 * table_bytes(powers))


@pytest.mark.parametrize("formula", [size_class, string_bytes, table_bytes, value_outside])
def test_less_than_nothing_is_refused(formula):
    with pytest.raises(ValueError, match="must be"):
        formula(-1)
