"""Quantities carry what they measure: the same numbers in other units get the same verdict."""

from __future__ import annotations

import math
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.audit.nouns import in_base, known
from planning.audit.statements import validate_statements
from planning.audit.verdicts import Mark, audit
from planning.numbers.dimensions import (
    DimensionError,
    Quantity,
    describe,
    noun,
    one,
    several,
    show,
    unit_name,
)
from planning.numbers.reading import parse_document
from planning.numbers.units import COUNTS, to_base

# Ways to write one unit: all of a row measure the same.
WAYS = {
    "time": ("s", "ms", "min", "h", "days", "weeks", "months", "years"),
    "size": ("B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "bits", "Mbit", "Gbit"),
    "speed": ("bit/s", "kbit/s", "Mbit/s", "Mbps", "KB/s", "MB/s", "GB/day", "GB/month"),
    "money": ("USD", "cents"),
    "cost": ("USD/month", "USD/h", "USD/day", "USD/year"),
    "price": ("USD/GB", "USD/MB", "USD/TB"),
    "rate": ("requests/s", "requests/min", "requests/h", "requests/day"),
    "count": ("players",),
    "held": ("GB-seconds", "GB-hours", "MB-seconds"),
}
# Formula, what its inputs measure, and what comes out.
FORMULAS = [
    ("a * b", ("speed", "time"), "size"),
    ("a / b", ("size", "speed"), "time"),
    ("a * b", ("size", "time"), "held"),
    ("a * b", ("cost", "time"), "money"),
    ("a * b", ("size", "price"), "money"),
    ("a * b", ("speed", "price"), "cost"),
    ("a * b", ("rate", "size"), "speed"),
    ("a + b", ("time", "time"), "time"),
    ("max(a, b)", ("cost", "cost"), "cost"),
    ("a * b", ("rate", "time"), "count"),
    ("ceil(a / b)", ("rate", "rate"), "count"),
    ("sqrt(a * b)", ("size", "size"), "size"),
]


def verdict(formula, inputs, claimed):
    given_as = ", ".join(f'{name}: "{text}"' for name, text in inputs.items())
    text = (
        "document: T\nclaims:\n"
        f'  T.1: {{line: 1, says: it, claimed: "{claimed}", '
        f'arithmetic: "{formula}", inputs: {{{given_as}}}}}\n'
    )
    return audit(validate_statements(parse_document(text, "t.yaml"))).results[0]


def written(value, unit):
    return f"{value / one(unit).value:.14g} {unit}"


@given(st.data(), st.sampled_from(FORMULAS), st.sampled_from([1.0, 1.01, 1.3, 8.0, 730.0]))
def test_the_same_numbers_in_other_units_get_the_same_verdict(data, formula, off):
    expression, measures, result = formula
    first, second = (data.draw(st.floats(1.0, 1000.0)) for _ in range(2))
    names = {
        name: each * one(WAYS[measure][0]).value
        for name, each, measure in zip("ab", (first, second), measures, strict=True)
    }
    # Whole to 12 digits, as documented: the units written carry 14.
    scope = {"max": max, "ceil": lambda each: math.ceil(float(f"{each:.12g}")), "sqrt": math.sqrt}
    true = eval(expression, scope, names) * off  # the formulas above, over floats
    marks, factors = set(), set()
    for _ in range(3):
        inputs = {
            name: written(value, data.draw(st.sampled_from(WAYS[measure])))
            for (name, value), measure in zip(names.items(), measures, strict=True)
        }
        found = verdict(expression, inputs, written(true, data.draw(st.sampled_from(WAYS[result]))))
        marks.add(found.mark)
        reason = found.reasons[0].partition(": ")[0] if found.reasons else ""
        factors.add("".join(re.findall(r", \S+ (?:% \w+|times \w+)$", reason)))
    assert marks == {Mark.CONFIRMED if off < 1.02 else Mark.CONTRADICTED}
    assert len(factors) == 1


@pytest.mark.parametrize(
    "unit",
    ["s", "byte", "bit/s", "USD", "USD/month", "USD/byte", "USD/user/month", "ratio", "request/s",
     "message/user/s", "byte/user", "1/s", "core*s", "s/query", "1/user", *COUNTS],
)  # fmt: skip
def test_a_base_unit_is_named_as_everywhere_else(unit):
    assert unit_name(one(unit)) == unit
    assert to_base(unit) == (1.0, unit)


@given(st.sampled_from([unit for ways in WAYS.values() for unit in ways]))
def test_a_closed_unit_is_what_the_border_says_it_is(unit):
    written_so = unit.replace("players", "users").replace("-", "*")
    factor, base = to_base(written_so)
    assert one(written_so).value == pytest.approx(factor * one(base).value, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "second"),
    [("USD", "USD/month"), ("GB", "Mbit/s"), ("s", "bytes"), ("EUR", "USD"), ("s", "users")],
)
def test_unlike_things_do_not_add(first, second):
    with pytest.raises(DimensionError, match="do not add"):
        one(first) + one(second)
    with pytest.raises(DimensionError, match="do not add"):
        one(first).larger(one(second))


@pytest.mark.parametrize("name", ["pod", "GPU", "batch", "query", "box", "partition", "cache"])
def test_a_noun_has_one_name_in_singular_and_plural(name):
    assert noun(name) == noun(several(name)) == name


def test_two_nouns_do_not_cancel_and_one_does():
    assert unit_name(one("users") / one("connections")) == "user/connection"
    assert (one("users/pod") * one("pods")).powers == one("users").powers
    assert show(Quantity(20, one("users/connection").powers)) == "20 users/connection"


def test_nothing_is_nothing_in_every_unit():
    assert Quantity(0).larger(one("GB")) == one("GB")


@pytest.mark.parametrize("unit", ["GB", "s", "USD"])
def test_what_is_whole_in_one_unit_only_is_not_rounded(unit):
    with pytest.raises(DimensionError, match="whole number"):
        one(unit).rounded(math.ceil)
    with pytest.raises(DimensionError, match="has no unit"):
        one(unit).to_the(0.5)


@given(st.text(max_size=110))
def test_any_text_is_a_unit_or_one_error(text):
    with suppress(DimensionError):
        found = one(text)
        assert math.isfinite(found.value)
        assert describe(found)
        assert show(found)


FILES = ("ms", "h", "week", "kB", "MiB", "Gbit", "Mbps", "%", "cents", "vCPU", "queries", "Mtokens",
         "rps", "requests/min", "$/GB", "USD/user/month")  # fmt: skip
DOCUMENTS = ("GBps", "MBps", "megabits", "Gi", "tpm", "qpm", "wks", "DAU", "kb", "iops", "millisec")


@pytest.mark.parametrize("unit", FILES + DOCUMENTS)
def test_a_unit_is_the_same_in_a_file_a_claim_and_an_equation(unit):
    factor, base = to_base(unit) if unit in FILES else in_base(known(unit))
    found, wanted = one(unit), one(base)
    assert found.powers == wanted.powers
    assert found.value == pytest.approx(factor * wanted.value, rel=1e-12)
