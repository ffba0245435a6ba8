"""A fitted distribution has the quantiles it was asked for, or is refused with what it misses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planning.models.uncertainty._shapes import SHAPES
from planning.models.uncertainty.distributions import TOLERANCE, fitted


def ranges(count, seed=11):
    """Random ranges over many orders of size, with a value inside or at an end."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        low = 10 ** rng.uniform(-6, 6)
        high = low * 10 ** rng.uniform(0.02, 3)
        value = rng.choice([low, high, rng.uniform(low, high)])
        yield low, high, float(value), rng.uniform(0.5, 0.99)


@pytest.mark.parametrize("shape", ["lognormal", "normal", "pert", "uniform"])
def test_the_asked_quantiles_hold_over_random_ranges_or_the_miss_is_printed(shape):
    fits, refused = 0, []
    for low, high, value, confidence in ranges(1000):
        try:
            found = fitted(shape, low, high, value, confidence)
        except ValueError as error:
            refused.append(str(error))
            continue
        fits += 1
        ends = found.quantile([(1 - confidence) / 2, (1 + confidence) / 2])
        np.testing.assert_allclose(ends, [low, high], rtol=TOLERANCE)
        assert np.all(np.diff(found.quantile(np.linspace(0.001, 0.999, 50))) >= 0)
        assert found.quantile([0.0, 1.0])[0] >= 0.0
    assert fits > 100
    assert all("% off" in words for words in refused)
    assert shape != "lognormal" or not refused


def test_a_beta_has_the_asked_quantiles_for_every_range_of_a_fraction():
    rng = np.random.default_rng(5)
    for low, high in np.sort(1 / (1 + np.exp(-rng.normal(0, 2.5, (1500, 2)))), axis=1):
        if high - low < 1e-3:
            continue
        confidence = rng.uniform(0.3, 0.99)
        value = rng.choice([low, high, rng.uniform(low, high)])
        found = fitted("beta", low, high, value, confidence, 0.0, 1.0)
        ends = found.quantile([(1 - confidence) / 2, (1 + confidence) / 2])
        np.testing.assert_allclose(ends, [low, high], rtol=TOLERANCE)


@pytest.mark.parametrize("value", [0.0, 0.05, 0.3])
@pytest.mark.parametrize(
    ("shape", "confidence"), [("beta", 0.3), ("beta", 0.9), ("pert", 0.9), ("uniform", 0.9)]
)
def test_a_range_from_the_end_of_its_field_has_all_its_doubt_at_the_other(shape, value, confidence):
    found = fitted(shape, 0.0, 0.3, value, confidence, 0.0, 1.0)
    assert float(found.quantile(confidence)) == pytest.approx(0.3, rel=TOLERANCE)
    mirrored = fitted(shape, 0.7, 1.0, 1.0 - value, confidence, 0.0, 1.0)
    assert float(mirrored.quantile(1 - confidence)) == pytest.approx(0.7, rel=TOLERANCE)


def test_a_range_over_the_whole_field_is_no_error():
    found = fitted("beta", 0.0, 1.0, 0.2, 0.9, 0.0, 1.0)
    assert found.quantile([0.0, 1.0]).tolist() == [0.0, 1.0]


def test_full_confidence_makes_the_ends_certain():
    uniform = fitted("uniform", 1.0, 10.0, 3.0, 1.0)
    assert uniform.quantile([0.0, 0.5, 1.0]).tolist() == [1.0, 5.5, 10.0]
    assert fitted("pert", 1.0, 10.0, 3.0, 1.0).quantile([0.0, 1.0]).tolist() == [1.0, 10.0]
    with pytest.raises(ValueError, match="below 1"):
        fitted("lognormal", 1.0, 10.0, 3.0, 1.0)


def test_a_pert_is_the_beta_of_its_textbook():
    pert = fitted("pert", 1.0, 9.0, 3.0, 1.0)
    levels = np.linspace(0.01, 0.99, 21)
    # mean (least + 4 mode + most) / 6, exponents 1 + 4 (mode - least) / (most - least)
    known = stats.beta(1 + 4 * 2 / 8, 1 + 4 * 6 / 8, loc=1, scale=8)
    np.testing.assert_allclose(pert.quantile(levels), known.ppf(levels), rtol=1e-12)
    assert known.mean() == pytest.approx((1 + 4 * 3 + 9) / 6)


def test_shapes_agree_with_their_closed_forms():
    levels = np.linspace(0.001, 0.999, 101)
    spread = np.log(25) / (2 * stats.norm.ppf(0.95))
    np.testing.assert_allclose(
        fitted("lognormal", 0.02, 0.5, 0.05, 0.9).quantile(levels),
        stats.lognorm(spread, scale=0.1).ppf(levels), rtol=1e-9,
    )  # fmt: skip
    far = fitted("normal", 90.0, 110.0, 100.0, 0.9)  # 0 is 16 deviations away
    deviation = 10 / stats.norm.ppf(0.95)
    np.testing.assert_allclose(
        far.quantile(levels), stats.norm(100, deviation).ppf(levels), rtol=1e-6
    )
    near = fitted("normal", 1.0, 10.0, 5.0, 0.9)
    mean, deviation = near.parameters
    cut = stats.truncnorm(-mean / deviation, np.inf, loc=mean, scale=deviation)
    np.testing.assert_allclose(near.quantile(levels), cut.ppf(levels), rtol=1e-6)


def test_many_quantiles_of_a_beta_are_those_of_a_few():
    rng = np.random.default_rng(2)
    points = rng.uniform(1e-6, 1 - 1e-6, 20_000)
    for exponents in ((0.05, 0.4), (0.9, 30.0), (2.0, 3.0), (400.0, 12.0)):
        low, high = stats.beta(*exponents).ppf([0.05, 0.95])
        found = fitted("beta", low, high, high, 0.9, 0.0, 1.0)
        np.testing.assert_allclose(found.parameters, exponents, rtol=1e-4)
        one_by_one = np.concatenate([found.quantile(part) for part in np.split(points, 20)])
        # An exponent of 0.05 puts quantiles at 1e-120, where a straight line is no longer one.
        kept = one_by_one > 1e-9
        np.testing.assert_allclose(found.quantile(points)[kept], one_by_one[kept], rtol=1e-3)


def test_what_no_shape_has_is_refused_with_the_miss():
    with pytest.raises(ValueError, match=r"its quantile at 5\.0% is .* where 1 is asked, .*% off"):
        fitted("uniform", 1.0, 100.0, 10.0, 0.9)
    with pytest.raises(ValueError, match="must be above 0: a lognormal"):
        fitted("lognormal", 0.0, 1.0, 0.5, 0.9)
    with pytest.raises(ValueError, match="two ends"):
        fitted("beta", 1.0, 2.0, 1.5, 0.9)
    with pytest.raises(ValueError, match="'gamma' is not one of"):
        fitted("gamma", 1.0, 2.0, 1.5, 0.9)
    assert "gamma" not in SHAPES
