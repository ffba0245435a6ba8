"""Users by day and by month: rates, ceilings, targets and events, with what is doubted drawn."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import planning
from planning.questions.growth.demand import (
    DAYS_A_MONTH,
    demand_by_month,
    demand_of,
    with_growth,
)

DOUBTED = {"value": "10 %/month", "low": "5 %/month", "high": "20 %/month", "confidence": "80 %"}


@pytest.fixture(scope="module")
def system():
    return planning.load_system("ten_thousand_users")  # 500 users today


def test_a_rate_compounds_by_month(system):
    found = demand_by_month(with_growth(system, rate="10 %/month"), 24, quantile=0.5)
    np.testing.assert_allclose(found, 500 * 1.1 ** np.arange(1, 25), rtol=1e-5)


def test_the_quantiles_of_a_doubted_rate_are_those_of_its_range(system):
    """10 and 90 % of the users follow 10 and 90 % of the rates: 80 % lie between 5 and 20 %."""
    grows = with_growth(system, rate=DOUBTED)
    found = demand_by_month(grows, 12, quantile=[0.1, 0.9], seed=3)[:, -1]
    np.testing.assert_allclose(found, 500 * np.array([1.05, 1.2]) ** 12, rtol=0.02)


def test_the_same_seed_gives_the_same_and_another_does_not(system):
    grows = with_growth(system, rate=DOUBTED)
    one, again, other = (demand_by_month(grows, 6, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_without_doubt_all_quantiles_are_one(system):
    found = demand_by_month(with_growth(system, rate="4 %/month"), 6, quantile=[0.1, 0.5, 0.9])
    assert found.shape == (3, 6)
    assert np.all(found == found[0])


def test_users_may_leave(system):
    shrinks = with_growth(
        system, rate={"value": "0 %/month", "low": "-5 %/month", "high": "5 %/month"}
    )
    low, high = demand_by_month(shrinks, 12, quantile=[0.05, 0.95])[:, -1]
    assert low < 500 < high
    assert demand_by_month(with_growth(system, rate="-10 %/month"), 2)[1] == pytest.approx(
        450, 0.01
    )


def test_a_ceiling_is_never_passed_and_is_reached(system):
    found = demand_by_month(with_growth(system, rate="30 %/month", ceiling="2000"), 60)
    assert found.max() <= 2000
    assert found[-1] == pytest.approx(2000, rel=0.001)


def test_a_ceiling_below_todays_users_is_refused(system):
    with pytest.raises(ValueError, match="ceiling"):
        demand_by_month(with_growth(system, rate="5 %/month", ceiling="100"), 3)


def test_a_target_curve_is_met_on_its_dates(system):
    plan = [{"date": "2027-01-01", "users": "2000"}, {"date": "2027-07-01", "users": "10k"}]
    found = demand_of(with_growth(system, start="2026-12-01", target=plan), 300)
    users = found.at(0.5)
    first, second = (
        (dt.date(2027, 1, 1) - found.start).days,
        (dt.date(2027, 7, 1) - found.start).days,
    )
    assert users[[0, first, second, 299]] == pytest.approx([500, 2000, 10_000, 10_000])


def test_a_target_curve_that_is_past_plans_nothing(system):
    plan = [{"date": "2020-01-01", "users": "2000"}, {"date": "2026-12-01", "users": "3000"}]
    stale = with_growth(system, start="2026-12-01", target=plan)
    with pytest.raises(ValueError, match="ends on 2026-12-01, not after 2026-12-01"):
        demand_of(stale, 300)
    growing = demand_of(with_growth(stale, rate="10 %/month"), 300)
    alone = demand_of(with_growth(system, rate="10 %/month"), 300)
    np.testing.assert_array_equal(growing.courses, alone.courses)
    assert not any("target" in each for each in growing.basis)


def test_of_a_rate_and_a_target_each_day_has_the_greater(system):
    plan = [{"date": "2027-01-01", "users": "600"}]
    both = demand_of(
        with_growth(system, start="2026-12-01", target=plan, rate="10 %/month"), 400
    ).at(0.5)
    alone = demand_of(with_growth(system, rate="10 %/month"), 400).at(0.5)
    assert both[31] == pytest.approx(600)
    assert both[400] == alone[400]


def test_an_event_multiplies_its_own_days_only(system):
    event = {"name": "show", "date": "2026-12-11", "factor": 4, "duration": "2 days"}
    grows = with_growth(system, rate="10 %/month", start="2026-12-01", events=[event])
    with_it, without = (
        demand_of(grows, 40).at(0.5),
        demand_of(with_growth(grows, events=[]), 40).at(0.5),
    )
    assert np.flatnonzero(with_it != without).tolist() == [10, 11]
    assert with_it[10] == pytest.approx(4 * without[10])
    assert demand_by_month(grows, 1, 0.5)[0] == pytest.approx(4 * without[11])


def test_an_event_may_bring_users_and_their_range(system):
    event = {"name": "launch", "date": "2026-12-05",
             "users": {"value": 2000, "low": 1000, "high": 4000, "confidence": "80 %"}}  # fmt: skip
    grows = with_growth(system, rate="0 %/month", start="2026-12-01", events=[event])
    low, high = demand_of(grows, 10, seed=2).at([0.1, 0.9])[:, 4]
    assert (low, high) == pytest.approx((1500, 4500), rel=0.03)


def test_dates_need_a_day_to_count_from(system):
    with pytest.raises(ValueError, match="start"):
        demand_of(with_growth(system, target=[{"date": "2027-01-01", "users": 2000}]), 30)


def test_nothing_known_gives_no_number(system):
    with pytest.raises(ValueError, match="nothing is known of its growth"):
        demand_by_month(system, 12)


@pytest.mark.parametrize("months", [0, -1, 121, 1.5])
def test_months_outside_their_range_are_refused(system, months):
    with pytest.raises(ValueError, match="months"):
        demand_by_month(with_growth(system, rate="5 %/month"), months)


def test_the_highest_so_far_never_falls(system):
    found = demand_of(with_growth(system, rate="-10 %/month"), 90)
    assert np.all(found.so_far == 500)
    assert found.at(0.5)[-1] == pytest.approx(500 * 0.9 ** (90 / DAYS_A_MONTH))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"rate": "10 %"}, "month"),
        ({"rat": "10 %/month"}, "rate"),
        ({"start": "2026-12-01"}, "says nothing"),
        ({"history": "/etc/passwd"}, "beside this file"),
        ({"history": "../other/secret.csv"}, "beside this file"),
        ({"rate": "10 %/month", "column": "app"}, "history"),
        ({"rate": "10 %/month", "start": "0001-01-01"}, "1950"),
        ({"rate": "-95 %/month"}, "-90 %"),
        ({"target": [{"date": "2027-02-01", "users": 5}, {"date": "2027-01-01", "users": 9}]},
         "later"),
        ({"events": [{"name": "x", "date": "2027-02-01"}]}, "one of the two"),
        ({"events": [{"name": "x", "date": "2027-02-30", "factor": 2}]}, "date"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_refused_with_its_rule(tmp_path, section, words):
    import json

    text = planning.numbers.shipped.data_folder() / "systems" / "ten_thousand_users.yaml"
    file = tmp_path / "app.yaml"
    file.write_text(text.read_text() + f"\ngrowth: {json.dumps(section)}\n")
    with pytest.raises(ValueError, match="growth") as refused:
        planning.load_system(file)
    assert words in str(refused.value)


def test_a_growth_section_changes_nothing_that_the_system_holds(tmp_path, system):
    text = planning.numbers.shipped.data_folder() / "systems" / "ten_thousand_users.yaml"
    file = tmp_path / "app.yaml"
    file.write_text(text.read_text() + "\ngrowth:\n  rate: 10 %/month\n")
    grows = planning.load_system(file)
    assert grows.growth is not None
    assert grows.inputs.keys() == system.inputs.keys()
    assert planning.capacity(grows).users == planning.capacity(system).users
    assert planning.phase_system(grows, 2).growth == grows.growth
