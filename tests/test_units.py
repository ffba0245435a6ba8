"""Quantities at the border: what people write becomes base units, or one clear error."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.numbers.units import COUNTS, MONTH, UnitError, parse, show, show_load

ACCEPTED = [
    ("250 ms", "s", 0.25), ("250ms", "s", 0.25), ("8 µs", "s", 8e-6), ("2 h", "s", 7200),
    ("5 days", "s", 432_000), ("1 month", "s", MONTH), ("512 MB", "byte", 512e6),
    ("512 MiB", "byte", 2**29), ("1 GB", "byte", 1e9), ("1 KB", "byte", 1e3), ("8 bits", "byte", 1),
    ("1.5 Mbit/s", "bit/s", 1.5e6), ("1.5 Mbps", "bit/s", 1.5e6), ("20 kB/s", "bit/s", 160e3),
    ("$0.10/GB", "USD/byte", 1e-10), ("$25/month", "USD/month", 25), ("$300/year", "USD/month", 25),
    ("25 USD per month", "USD/month", 25), ("$30", "USD", 30), ("30", "USD", 30),
    ("70 %", "fraction", 0.7), ("0.7", "fraction", 0.7), ("10k users", "user", 10_000),
    ("1,000 users", "user", 1000), ("1 M users", "user", None), ("1M users", "user", 1e6),
    ("60", "connection", 60), ("0.1 req/s", "request/s", 0.1), ("0.1/s", "request/s", 0.1),
    ("60 requests/min", "request/s", 1), ("1e3 users", "user", 1000), (".5 s", "s", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "value"), [row for row in ACCEPTED if row[2] is not None])
def test_quantities_are_read(text, unit, value):
    assert parse(text, unit) == pytest.approx(value, rel=1e-14)


REFUSED = [
    ("10 parsec", "s", "not known"), ("5 milisec", "s", "did you mean"), ("5", "s", "no unit"),
    ("70", "byte", "no unit"), ("50 MB", "s", "is a size"), ("5 s", "byte", "is a time"),
    ("60 users", "connection", "a number of users, but connections are wanted"),
    ("5 users/s", "request/s", "is wanted"), ("€5/month", "USD/month", "only US dollars"),
    ("5 EUR/month", "USD/month", "only US dollars"), ("abc", "s", "not a quantity"),
    ("9**9**9 s", "s", "not a quantity"), ("1e999 s", "s", "too large"),
    ("", "s", "not a quantity"),
    ("5 s//s", "s", ""), ("5 (s", "s", "not a quantity"), ("1" * 500 + " s", "s", "not a quantity"),
    ("2,5 ms", "s", "not a quantity"),
    ("1000,2000", "user", "not a quantity"),
    ("5 m", "s", "not known"), ("$5/GB/s", "USD/byte", "is wanted"), ("5 s s", "s", "is wanted"),
    ("__import__('os') s", "s", "not a quantity"), ("$5 s", "s", "is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "words"), REFUSED)
def test_what_does_not_fit_is_refused_with_the_reason(text, unit, words):
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 250


PRINTED = [
    (0.25, "s", "250 ms"), (90, "s", "1.5 min"), (0, "s", "0 s"), (1.5e6, "bit/s", "1.5 Mbit/s"),
    (300e9, "byte", "300 GB"), (1e-10, "USD/byte", "$0.1/GB"), (35, "USD/month", "$35/month"),
    (0.7, "fraction", "70 %"), (1, "user", "1 user"), (10_000, "user", "10,000 users"),
    (6666.7, "query/s", "6,667 queries/s"), (math.inf, "user", "no limit"), (-5, "USD", "-$5"),
    (math.nan, "s", "unknown"), (1e-7, "s", "0.1 µs"), (0.00012, "ratio", "0.00012"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "unit", "text"), PRINTED)
def test_numbers_are_printed_for_people(value, unit, text):
    assert show(value, unit) == text


UNITS = ["s", "byte", "bit/s", "USD", "USD/month", "USD/byte", "fraction", "request/s", *COUNTS]


@given(st.sampled_from(UNITS), st.floats(1e-9, 1e12))
def test_what_is_printed_is_read_back(unit, value):
    assert parse(show(value, unit, digits=12), unit) == pytest.approx(value, rel=1e-6, abs=1e-21)


@given(st.text(max_size=80), st.sampled_from(UNITS))
def test_any_text_is_a_number_or_a_unit_error(text, unit):
    with suppress(UnitError):
        assert math.isfinite(parse(text, unit))


@pytest.mark.parametrize("noun", ["players", "devices", "visitors", "sessions", "device"])
def test_people_and_what_stands_for_them_are_users(noun):
    assert parse(f"10k {noun}", "user") == 10_000
    with pytest.raises(UnitError):
        parse(f"10k {noun}", "connection")


def test_an_unknown_noun_is_told_what_is_wanted_not_a_word_that_looks_alike():
    with pytest.raises(UnitError, match="users are wanted here, for example '20 users'"):
        parse("10k geese", "user")


@pytest.mark.parametrize("text", ["16 Gb", "16Gb", "512 Mb", "4 Gib"])
def test_bits_are_not_taken_for_bytes_without_a_word(text):
    with pytest.raises(UnitError, match="are bits, an eighth"):
        parse(text, "byte")
    assert parse("16 Gbit", "byte") == 2e9
    assert parse("20 Mb/s", "bit/s") == 20e6


def test_an_infinite_load_has_no_end_and_an_infinite_limit_is_none():
    assert show_load(math.inf, "s") == "without end"
    assert show(math.inf, "user") == "no limit"
