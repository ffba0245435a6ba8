"""A number with its doubt: low ≤ value ≤ high, or it is refused."""

from __future__ import annotations

import numpy as np
import pytest

from planning.numbers.estimate import Estimate


@pytest.mark.parametrize(("low", "high"), [(2, 3), (0, 0.5), (3, 2)])
def test_a_value_outside_its_range_is_refused(low, high):
    with pytest.raises(ValueError, match="low ≤ value ≤ high"):
        Estimate(1.0, "s", low=low, high=high)


def test_one_end_alone_is_refused():
    with pytest.raises(ValueError, match="both or neither"):
        Estimate(1.0, "s", low=0.5)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -1])
def test_certainty_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        Estimate(1.0, "s", low=0.5, high=2, confidence=confidence)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        Estimate(value, "s")


def test_moving_out_of_the_range_drops_it():
    estimate = Estimate(1.0, "s", low=0.5, high=2)
    assert estimate.at(1.5).low == 0.5
    assert estimate.at(5.0).low is None
    assert estimate.at(np.array([0.1, 5.0])).low == 0.5
