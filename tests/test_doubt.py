"""What a file may say of its doubts: how sure, what shape, what goes together."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.doubt import distribution_of, drawn, shape_of
from planning.numbers.estimate import SOURCED_CONFIDENCE, UNSOURCED_CONFIDENCE, Estimate
from planning.numbers.quantities import Amount
from planning.numbers.reading import FileError, parse_document
from planning.numbers.shipped import data_folder
from planning.questions.load import checked

TIME = "query_time: {value: 500 ms, low: 100 ms, high: 1 s,"
PATH = "workload.activities.page.query_time"


def changed(before, after):
    text = (data_folder() / "systems" / "ten_thousand_users.yaml").read_text("utf-8")
    assert before in text
    return checked(parse_document(text.replace(before, after, 1), "shop.yaml"))


def test_a_range_says_how_sure_it_is_and_how_it_is_distributed():
    system = changed(TIME, f"{TIME} confidence: 80 %, shape: normal,")
    estimate = system.inputs[PATH].estimate
    assert (estimate.confidence, estimate.shape) == (0.8, "normal")
    np.testing.assert_allclose(
        distribution_of(estimate).quantile([0.1, 0.9]), [0.1, 1.0], rtol=0.01
    )


def test_what_names_no_source_is_a_guess():
    amount = Amount("s")
    sourced = amount.read({"value": "1 s", "low": "0.5 s", "high": "2 s", "source": "a log"})
    bare = amount.read({"value": "1 s", "low": "0.5 s", "high": "2 s"})
    assert sourced.confidence == SOURCED_CONFIDENCE == 0.9
    assert bare.confidence == amount.read("1 s").confidence == UNSOURCED_CONFIDENCE < 0.9


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("confidence: 80", "must be above 0 and at most 1"),
        ("confidence: 1", "say so with shape pert or uniform"),
        ("confidence: much", "confidence: "),
        ("shape: pret", "did you mean 'pert'"),
        ("shape: gauss", "known are lognormal"),
    ],
)
def test_a_slip_is_told_with_file_and_line(said, rule):
    with pytest.raises(FileError, match=rule) as told:
        changed(TIME, f"{TIME} {said},")
    assert str(told.value).startswith("shop.yaml:18: ")


def test_a_shape_without_a_range_is_refused():
    with pytest.raises(FileError, match="give low and high beside it"):
        changed(TIME, "query_time: {value: 500 ms, shape: pert,")


def test_a_range_that_no_such_distribution_has_is_refused_with_the_miss():
    wide = "query_time: {value: 500 ms, low: 1 ms, high: 1 s, shape: uniform,"
    with pytest.raises(FileError, match=r"where 0\.001 is asked, .*% off"):
        changed(TIME, wide)


def test_a_row_of_the_catalogue_may_be_doubted_in_the_same_words():
    number = Amount("connection").read(
        {"catalog": "supabase.compute.12xl.max_connections", "low": 60, "confidence": "70 %"}
    )
    assert (number.low, number.confidence, number.shape) == (60.0, 0.7, "")


def test_what_goes_together_is_checked():
    pair = "workload.activities.page.query_time, workload.activities.page.query_cpu"

    def said(inputs, rank):
        return f"together: [{{inputs: [{inputs}], rank_correlation: {rank}}}]\nparts:"

    assert changed("parts:", said(pair, 0.7)).together[0].rank_correlation == 0.7
    for inputs, rank, rule in (
        (pair.replace("query_cpu", "query_cqu"), 0.7, "did you mean 'workload.*query_cpu'"),
        (pair, 1.7, "must be less than 1"),
        ("workload.activities.page.query_cpu, parts.app.pool_size", 0.5, "has no range"),
    ):
        with pytest.raises(FileError, match=rule):
            changed("parts:", said(inputs, rank))


def test_what_contradicts_itself_is_told_before_anything_is_drawn():
    three = [f"workload.activities.page.{name}" for name in ("query_time", "query_cpu", "cpu_time")]
    with pytest.raises(FileError, match="together: rank correlations contradict each other"):
        changed(
            "parts:",
            f"together: [{{inputs: [{', '.join(three)}], rank_correlation: -0.8}}]\nparts:",
        )


@pytest.mark.parametrize(
    ("low", "unit", "bounds", "shape"),
    [
        (0.2, "fraction", (0.0, 1.0), "beta"),
        (0.2, "s", (0.0, np.inf), "lognormal"),
        (0.0, "s", (0.0, np.inf), "pert"),
    ],
)
def test_unit_and_range_choose_the_shape(low, unit, bounds, shape):
    assert shape_of(Estimate(0.5, unit, low=low, high=0.9, bounds=bounds)) == shape


def test_draws_never_leave_the_bounds_of_their_field(systems):
    points = np.concatenate(([1e-12, 1 - 1e-12], np.random.default_rng(3).random(500)))
    seen = 0
    for name in planning.system_names():
        system = systems[name]
        for path, (estimate, _) in system.inputs.items():
            if estimate.doubted:
                found = drawn(estimate, points)
                least, most = estimate.bounds
                assert np.all((found >= least) & (found <= most)), path
                assert not estimate.whole or np.all(found == np.round(found)), path
                # What its field would refuse, `at` refuses.
                system.at({path: found})
                seen += 1
    assert seen > 100


def test_a_number_that_nobody_doubts_has_no_distribution():
    with pytest.raises(ValueError, match="nobody doubts it"):
        distribution_of(Estimate(1.0, "s"))
