"""Price lists: every border one unit either side, published prices, and nobody to pay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.money import cost

GB, TB = 1e9, 1e12
AWS_ENDS = np.array([10, 50, 150]) * TB
AWS_PRICES = np.array([0.09, 0.085, 0.07, 0.05]) / GB

use = st.floats(min_value=0, max_value=1e6)


def unit_by_unit(used, ends, prices):
    """Price each unit on its own: the plain meaning of graduated tiers."""
    return sum(
        next((p for e, p in zip(ends, prices, strict=False) if unit <= e), prices[-1])
        for unit in range(1, used + 1)
    )


def test_overage_at_the_allowance_and_one_unit_either_side():
    costs = cost.overage_cost([0, 249, 250, 251], 250, 0.09)
    assert costs.tolist() == [0, 0, 0, 0.09]


def test_supabase_egress_of_300_gb_in_pro():
    assert cost.overage_cost(300 * GB, 250 * GB, 0.09 / GB) == pytest.approx(4.5)


@pytest.mark.parametrize("used", [0, 1, 9, 10, 11, 49, 50, 51, 60])
def test_tiers_at_every_border_and_one_unit_either_side(used):
    ends, prices = [10, 50], [9.0, 8.0, 5.0]
    assert cost.tiered_cost(used, ends, prices) == unit_by_unit(used, ends, prices)


def test_tiers_take_any_shape_of_use():
    used = np.arange(24).reshape(2, 3, 4) * 3
    costs = cost.tiered_cost(used, [10, 50], [9, 8, 5])
    assert costs.shape == used.shape
    assert costs.ravel().tolist() == [unit_by_unit(u, [10, 50], [9, 8, 5]) for u in used.ravel()]


def test_tiers_take_draws_of_prices_against_draws_of_use():
    used, prices = np.array([5.0, 20.0]), np.array([[1, 2], [10, 20]])
    assert cost.tiered_cost(used, [10], prices).tolist() == [5, 100 + 200]


def test_aws_egress_of_its_published_tiers():
    costs = cost.tiered_cost(np.array([0, 10, 50, 150, 151]) * TB, AWS_ENDS, AWS_PRICES)
    assert costs == pytest.approx([0, 900, 4300, 11_300, 11_350])


def test_a_byte_more_never_jumps_under_graduated_tiers():
    below = cost.tiered_cost(AWS_ENDS - 1, AWS_ENDS, AWS_PRICES)
    above = cost.tiered_cost(AWS_ENDS + 1, AWS_ENDS, AWS_PRICES)
    assert (above - below).max() < 3 * AWS_PRICES.max()  # 2 bytes, and rounding of the sum


@given(used=use, included=use, price=st.floats(min_value=0, max_value=100))
def test_an_allowance_is_a_first_tier_that_is_free(used, included, price):
    if included > 0:
        tiers = cost.tiered_cost(used, [included], [0, price])
        assert tiers == pytest.approx(cost.overage_cost(used, included, price))


def test_one_tier_is_a_flat_price():
    assert cost.tiered_cost([0, 7], [], [3]).tolist() == [0, 21]


@pytest.mark.parametrize(
    ("ends", "prices", "message"),
    [
        ([10, 50], [9, 8], "2 prices for 2 tier_ends and needs 3"),
        ([50, 10], [9, 8, 7], "must increase: sort"),
        ([10, 10], [9, 8, 7], "must increase"),
        ([0, 10], [9, 8, 7], r"tier_ends\(=0\) must be above 0"),
        ([10], [9, -1], r"tier_prices\(=-1\)"),
        (10, 9, "lists, not single numbers"),
    ],
)
def test_price_lists_that_cannot_be_are_refused(ends, prices, message):
    with pytest.raises(ValueError, match=message):
        cost.tiered_cost(5, ends, prices)


def test_blocks_at_every_border_and_one_unit_either_side():
    costs = cost.block_cost([0, 499, 500, 501, 1499, 1500, 1501], 1000, 10, 500)
    assert costs.tolist() == [0, 0, 0, 10, 10, 10, 20]


def test_a_byte_over_a_terabyte_starts_another_gigabyte():
    costs = cost.block_cost([TB - 1, TB, TB + 1], GB, 1)
    assert costs.tolist() == [1000, 1000, 1001]


def test_rounding_error_starts_no_block():
    assert cost.block_cost(0.07 * 100, 1, 1) == 7  # 7.000000000000001


@given(used=use, block=st.floats(min_value=0.5, max_value=1e4), included=use)
def test_blocks_cost_at_least_the_overage_and_less_than_a_block_more(used, block, included):
    blocks = cost.block_cost(used, block, block, included)
    exact = cost.overage_cost(used, included, 1)
    assert exact * (1 - 1e-12) <= blocks <= exact + block * (1 + 1e-12)


def test_cost_per_thousand_users_of_the_five_phases():
    ladder = cost.cost_per_thousand_users([0, 35, 300, 1200], [4000, 8000, 15_000, 30_000])
    assert ladder.tolist() == [0, 4.375, 20, 40]


def test_without_users_a_cost_is_infinite_and_no_cost_is_zero():
    assert cost.cost_per_thousand_users([35, 0], 0).tolist() == [np.inf, 0]


def test_one_user_and_less_than_one_on_average_still_carry_the_cost():
    assert cost.cost_per_thousand_users(35, [1, 0.5]).tolist() == [35_000, 70_000]
