"""What nobody stated is no zero: costs of a plan in words, on charts and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from planning.present import plan_words as words
from planning.present.plan_views import plan_record
from planning.present.roadmap_charts import bill_columns
from planning.present.roadmap_views import details_html
from planning.questions.capacity import capacity
from planning.questions.load import parse_system
from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.frontier import frontier, nearest
from planning.questions.upgrades.plan import as_phases, plan, waited
from planning.questions.upgrades.schedule import Schedule
from planning.system.patches import apply_changes
from tests.upgrades.systems import START

SHOP = """
title: Shop
workload:
  users: 500 users
  target: 1500 users
  activities:
    page: {interval: 10 s, queries: 5, query_time: 20 ms, query_cpu: 2 ms, cpu_time: 10 ms}
parts:
  app: {kind: service, processes: 1, cores: 1, pool_size: 10}
  database: {kind: database, cores: 4, max_connections: 100}
"""
WIDER = "{parts: {app: {cores: 4, processes: 2, pool_size: 20}}COSTS}"


def scheduled(text: str = "", costs: str = "", **named: float) -> Schedule:
    """Return the plan of a shop whose one upgrade holds what comes; `costs` are the upgrade's."""
    upgrades = f"upgrades:\n  - {{name: wider, changes: {WIDER.replace('COSTS', costs)}}}\n"
    system = parse_system(SHOP + text + upgrades)
    return plan(system, ramp(START, 500.0, 1500.0, 6, 3), headroom=0.0, **named)


def said(found: Schedule) -> list[str]:
    """Return all sentences and cells with a cost."""
    offers = frontier(found)
    return [
        words.headline(found),
        *(line for step in found.steps for line in words.step_lines(step)),
        words.waiting_words(found, waited(found)),
        words.more_words(None, 50.0, found),
        *(row[0] for row in words.offer_rows(offers)),
        *bill_columns(found)["label"],
    ]


def record(found: Schedule) -> dict:
    """Return its JSON, as programs read it."""
    made = plan_record(found, frontier(found), waited(found), as_phases(found), "shop")
    return json.loads(json.dumps(made))


def test_where_no_cost_is_stated_none_is_said():
    found = scheduled()
    assert found.held
    assert found.steps
    told = said(found)
    # What somebody asks about is no cost of the system's.
    assert not [line for line in told if "$" in line.replace("$50 a month more", "")]
    assert "no cost stated" in words.headline(found)
    made = record(found)
    assert made["total"] is made["waiting_a_month"]["total"] is None
    assert {each["monthly"] for each in (*made["months"], *made["steps"], *made["offers"])} == {
        None
    }


def test_a_zero_that_is_stated_is_one():
    found = scheduled("costs: {hobby: {monthly: $0/month}}\n")
    assert "6 months cost $0" in words.headline(found)
    made = record(found)
    assert made["total"] == 0.0
    assert {each["monthly"] for each in made["months"]} == {0.0}
    assert made["costs_not_stated"] == []


def test_an_item_without_a_price_makes_the_rest_the_least():
    found = scheduled("costs: {base: {monthly: $25/month}, mail: {}}\n")
    assert "6 months cost at least $150" in words.headline(found)
    assert "price of mail" in words.not_stated_words(found)
    assert {row[0] for row in words.offer_rows(frontier(found))} == {"at least $25"}
    assert record(found)["costs_not_stated"] == ["mail"]


def test_months_without_any_cost_are_named_beside_the_others():
    found = scheduled(costs=", costs: {hosts: {monthly: $40/month}}")
    (step,) = found.steps
    assert next(iter(words.step_lines(step))).startswith("no cost stated → $40 a month")
    before = sum(not each.priced for each in found.bills)
    assert 0 < before == step.month
    assert f"at least ${40 * (6 - before)}" in words.headline(found)
    assert f"price of {before} months" in words.not_stated_words(found)
    assert [each["monthly"] for each in record(found)["months"]] == [None] * before + [40.0] * (
        6 - before
    )


def test_a_budget_beside_no_cost_at_all_is_refused():
    with pytest.raises(ValueError, match="states no cost"):
        scheduled(budget=300.0)
    assert scheduled(costs=", costs: {hosts: {monthly: $40/month}}", budget=300.0).held


@pytest.mark.parametrize("budget", [0.0, -5.0, np.nan])
def test_a_budget_is_more_than_nothing(budget):
    with pytest.raises(ValueError, match="must be more than 0"):
        scheduled("costs: {base: {monthly: $25/month}}\n", budget=budget)


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ("", ("monthly cost", "one-off cost", "lead time")),
        (", costs: {hosts: {monthly: $40/month}}", ("one-off cost", "lead time")),
    ],
)
def test_an_upgrade_that_names_no_money_says_so(more, missing):
    (step,) = scheduled("costs: {base: {monthly: $25/month}}\n", more).steps
    assert step.added[0].not_stated == missing


def test_what_holds_by_its_numbers_alone_is_named_with_its_finding():
    many = WIDER.replace("processes: 2, pool_size: 20", "processes: 4, pool_size: 40")
    text = f"{SHOP}upgrades:\n  - {{name: many, changes: {many.replace('COSTS', '')}}}\n"
    found = plan(parse_system(text), ramp(START, 500.0, 1500.0, 6, 3), headroom=0.0)
    assert not found.held
    (line,) = words.refused_lines(found)
    assert line.startswith("many: pools: pools may open 160 connections")
    assert record(found)["refused"][0]["choices"] == ["many"]


OFFERS = """costs: {base: {monthly: $25/month}}
upgrades:
  - name: two
    changes: {parts: {app: {cores: 2, processes: 2, pool_size: 10}},
      costs: {hosts: {monthly: $40/month}}}
  - name: four
    changes: {parts: {app: {cores: 4, processes: 4, pool_size: 10}},
      costs: {hosts: {monthly: $100/month}}}
    excludes: [two]
"""


@pytest.mark.parametrize(
    ("budget", "bought", "enough"),
    [(500.0, "four", True), (124.9, "two", False), (64.9, None, False), (24.0, None, None)],
)
def test_the_cheapest_that_holds_it_or_what_comes_nearest(budget, bought, enough):
    system = parse_system(SHOP + OFFERS)
    found = plan(system, ramp(START, 500.0, 3000.0, 3, 1), headroom=0.0, budget=budget)
    offers = frontier(found)
    near = nearest(offers, 3000.0, budget)
    line = words.nearest_words(found, offers)
    dearer = (
        "The cheapest that holds them at any price, without room to spare: four, at $125 a month."
    )
    assert line.endswith(dearer) is (enough is not True)
    assert found.monthly.max() <= max(budget, 25.0)  # as it is it costs $25
    if enough is None:
        assert near is None
        assert line == f"Nothing within $24 a month comes near 3,000 users. {dearer}"
        told = (
            "The budget of $24 a month is not kept in 3 of 3 months, and no schedule keeps it in "
            "more: in January 2027 the system as it is costs $25."
        )
        assert words.budget_words(found) == told
        assert f"<p>{told}</p>" in details_html(found)
        assert record(found)["over_budget"] == [
            found.demand.date(month).isoformat() for month in range(3)
        ]
        return
    assert words.budget_words(found) == ""
    assert record(found)["over_budget"] == []
    names = [choice.name for choice in near.chosen]
    assert names == ([] if bought is None else [bought])
    # By hand: the system with that upgrade alone.
    upgrade = next((each.changes for each in system.upgrades if each.name == bought), {})
    holds = capacity(apply_changes(system, upgrade, ())).users
    assert near.capacity.users == holds
    assert (holds >= 3000.0) is enough
    within = f"Nothing within {words.dollars(budget)} a month holds 3,000 users"
    start = "The cheapest that holds 3,000 users" if enough else within
    assert line.startswith(start)
    assert (bought or "the system as it is") in line
    assert record(found)["nearest"] == names


def test_of_many_offers_the_one_that_holds_most_is_kept(monkeypatch):
    monkeypatch.setattr("planning.questions.upgrades.frontier._MOST", 2)
    system = parse_system(SHOP + OFFERS)
    found = plan(system, ramp(START, 500.0, 3000.0, 3, 1), headroom=0.0, budget=64.9)
    offers = frontier(found)
    assert [[choice.name for choice in each.chosen] for each in offers] == [[], ["four"]]
    assert "at any price, without room to spare: four" in words.nearest_words(found, offers)


def test_of_what_was_not_looked_at_nothing_is_said(monkeypatch):
    monkeypatch.setattr("planning.questions.upgrades.plan.MOST_SETS", 3)
    monkeypatch.setattr("planning.questions.upgrades.plan._MOST_NARROWED", 2)
    system = parse_system(SHOP + OFFERS)
    found = plan(system, ramp(START, 500.0, 1e6, 3, 1), headroom=0.0, budget=24.0)
    assert not found.proven
    assert "no schedule of the 2 sets looked at holds 1,000,000 users" in words.headline(found)
    assert "and no schedule of the 2 sets looked at keeps it in more" in words.budget_words(found)
    assert words.nearest_words(found, frontier(found)) == (
        "Of the 2 sets looked at, nothing within $24 a month comes near 1,000,000 users. "
        "Of the 2 sets looked at, nothing on offer does for more money either."
    )


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        (124.9, "the cheapest that holds costs a little more than the budget"),
        (100.0, "the cheapest that holds costs 125 % of the budget"),
        (24.0, "the bill is 104 % of the budget"),
    ],
)
def test_what_the_budget_keeps_from_being_held_says_so(budget, why):
    system = parse_system(SHOP + OFFERS)
    found = plan(system, ramp(START, 500.0, 3000.0, 3, 1), headroom=0.0, budget=budget)
    assert {each.constraint for each in found.unheld} == {"budget"}
    assert why in next(words.unheld_lines(found))
    assert why in words.headline(found)
    dear = {each["dear_from"] for each in record(found)["not_held"]}
    assert (None in dear) is why.startswith("the bill")
    assert dear <= {None, *(each["date"] for each in record(found)["months"])}


def test_why_most_months_are_not_held_is_grouped_as_they_are_listed():
    found = plan(
        parse_system(SHOP + OFFERS), ramp(START, 500.0, 3000.0, 3, 1), headroom=0.0, budget=100.0
    )
    month = found.unheld[-1]
    assert month.dear_from == month.date
    later = replace(month, dear_from=found.demand.date(2), date=found.demand.date(0))
    listed = replace(found, unheld=(month, later, month))
    assert len(list(words.unheld_lines(listed))) == 3
    told = words.phases_words(found, listed)
    assert f"Of those that are not held, 2: {words.because(month)}." in told


def test_nothing_that_holds_it_at_any_price_is_said():
    system = parse_system(SHOP + OFFERS)
    found = plan(system, ramp(START, 500.0, 1e6, 3, 1), headroom=0.0, budget=100.0)
    assert {each.constraint for each in found.unheld}.isdisjoint({"budget"})
    assert words.nearest_words(found, frontier(found)).endswith(
        "Nothing on offer does for more money either."
    )
