"""The cheapest schedule against every schedule, each of its sets built and assessed by itself."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.assess import assess
from planning.questions.load import load_system, parse_system, system_names
from planning.questions.upgrades.choices import choices_of
from planning.questions.upgrades.demand import MonthlyDemand, as_it_grows, ramp
from planning.questions.upgrades.frontier import frontier, more
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.narrowing import narrowed
from planning.questions.upgrades.plan import as_phases, plan, waited
from planning.system.system import System
from tests.upgrades.systems import SHOP, START, brute, random_demand, random_shop, shop


def shop_demand(*users: float) -> MonthlyDemand:
    return MonthlyDemand(START, np.array(users), np.array(users), "stated")


@pytest.mark.parametrize("seed", range(60))
def test_no_schedule_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    system, demand = random_shop(rng), random_demand(rng)
    headroom = float(rng.choice([0.0, 0.2]))
    budget = float(rng.choice([np.inf, 80.0, 40.0, 30.0]))  # as it is it costs $35
    found = plan(system, demand, headroom=headroom, budget=budget, sizes=False)
    over, unheld, total = brute(found.choices, demand, headroom, budget)
    assert len(found.over_budget) == over
    assert len(found.unheld) == unheld
    if unheld == 0:
        # Of schedules that do not hold the nearest is taken, which may cost more than the least.
        assert found.total == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("name", system_names())
def test_every_set_is_what_its_own_system_says(name: str) -> None:
    system = load_system(name)
    choices = choices_of(system)
    users = np.geomspace(10.0, 1e5, 7)
    answers = Grid(choices, 1000.0).ask(users)
    rng = np.random.default_rng(0)
    for _ in range(12):
        place = tuple(int(rng.integers(size)) for size in choices.shape)
        result = assess(choices.system_of(place), users)
        every = (slice(None), *place)
        np.testing.assert_allclose(answers.used[every], result.used, rtol=1e-9)
        cost = np.broadcast_to(np.asarray(result.monthly_cost.value), users.shape)
        np.testing.assert_allclose(answers.monthly[every], cost, rtol=1e-9, atol=1e-9)


FASTER = (
    "  - {name: pool, changes: {parts: {app: {pool_size: 12}}}, one_off: $100, "
    "lead_time: 40 days}\n"
)
CORES = (
    "  - {name: cores, changes: {parts: {app: {cores: 4, processes: 4}}, "
    "costs: {hosts: {monthly: $70/month}}}, lead_time: 5 days}\n"
)


def test_nothing_is_bought_before_its_lead_time_is_over() -> None:
    found = plan(shop(CORES), shop_demand(100, 100, 1500, 1500), headroom=0.0, sizes=False)
    assert found.held
    (step,) = found.steps
    assert step.month == 2
    assert (step.date - step.order_by) == dt.timedelta(days=5)
    early = plan(shop(CORES), shop_demand(1500, 1500), headroom=0.0, sizes=False)
    assert [each.month for each in early.unheld] == [0]


def test_what_comes_after_another_waits_for_it() -> None:
    second = CORES.replace("lead_time: 5 days", "lead_time: 5 days, after: [pool]")
    choices = choices_of(shop(FASTER + second), sizes=False)
    assert not choices.allowed()[0, 1]
    assert choices.leads()[1][1] / 86_400 == pytest.approx(45)


def test_what_excludes_another_is_never_beside_it() -> None:
    other = CORES.replace("lead_time: 5 days", "excludes: [pool]")
    assert not choices_of(shop(FASTER + other), sizes=False).allowed()[1, 1]


def test_a_budget_that_is_too_small_is_named_with_its_month() -> None:
    free = plan(shop(CORES), shop_demand(100, 1500), headroom=0.0, sizes=False)
    assert free.held
    tight = plan(shop(CORES), shop_demand(100, 1500), headroom=0.0, budget=50.0, sizes=False)
    assert [each.month for each in tight.unheld] == [1]
    assert not tight.held


@pytest.mark.parametrize("seed", range(30))
def test_no_month_costs_more_than_the_budget(seed: int) -> None:
    rng = np.random.default_rng(seed)
    system = random_shop(rng, paid_by_use=bool(rng.integers(2)))
    users = np.sort(rng.integers(100, 3000, size=12)).astype(float)
    demand = MonthlyDemand(START, users, users, "drawn")
    as_it_is = float(plan(system, demand, sizes=False).grid.ask(users[-1:]).monthly.ravel()[0])
    budget = as_it_is + float(rng.integers(0, 60))
    found = plan(system, demand, budget=budget, sizes=bool(rng.integers(2)))
    # Nothing bought is within the budget, so that a schedule above it has no excuse.
    assert found.over_budget == ()
    assert found.monthly.max() <= budget + 1e-9
    # What is not held for want of money is held by something dearer, now or later.
    for each in found.unheld:
        assert (each.constraint == "budget") == (each.dear_from is not None)
        assert each.constraint != "budget" or each.used > 1.0


def test_what_is_bought_stays_so_its_later_bills_count() -> None:
    lines = (
        "  - {name: cores, changes: {parts: {app: {cores: 4, processes: 4}}, "
        "costs: {hosts: {per_user: $0.05/user/month}}}}\n"
    )
    system, demand = shop(lines), shop_demand(100, 1100, 1500)
    assert plan(system, demand, headroom=0.0, sizes=False).held
    # 35 + 0.05 × 1,100 = $90 in the second month, 35 + 0.05 × 1,500 = $110 in the third.
    found = plan(system, demand, headroom=0.0, sizes=False, budget=100.0)
    assert found.over_budget == ()
    assert not found.steps
    assert [each.month for each in found.unheld] == [1, 2]
    assert {each.dear_from for each in found.unheld} == {demand.date(2)}
    np.testing.assert_allclose([each.used for each in found.unheld], 1.1)


def test_a_budget_below_what_cannot_be_changed_is_broken_as_rarely_as_can_be() -> None:
    lines = "  - {name: small, changes: {costs: {base: {monthly: $5/month}}}, lead_time: 40 days}\n"
    found = plan(shop(lines), shop_demand(*[100.0] * 4), headroom=0.0, sizes=False, budget=20.0)
    # $35 until the lead time is over, $15 from then on.
    assert found.over_budget == (0, 1)
    assert found.monthly.tolist() == [35.0, 35.0, 15.0, 15.0]
    assert [each.month for each in found.unheld] == [0, 1]
    assert {(each.constraint, each.used, each.dear_from) for each in found.unheld} == {
        ("budget", 1.75, None)
    }


def test_headroom_is_kept_free() -> None:
    system = shop(CORES)
    demand = shop_demand(*np.linspace(100, 1500, 12))
    tight = plan(system, demand, headroom=0.0, sizes=False).steps[0]
    roomy = plan(system, demand, headroom=0.3, sizes=False).steps[0]
    assert roomy.month < tight.month


def test_every_size_of_a_plan_can_be_bought() -> None:
    lines = (
        "  - {name: cores, changes: {parts: {app: {cores: 64, processes: 16, pool_size: 10}}}}\n"
    )
    found = plan(shop(lines), shop_demand(100, 8000), headroom=0.0)
    assert found.held
    assert any("supabase.compute" in choice.plan for step in found.steps for choice in step.added)
    # Its price is in the bill: the plan's own, in place of the one before.
    last = found.choices.system_of(found.places[-1])
    assert last.costs["compute"].plan == last.parts["database"].plan
    assert found.monthly[-1] == pytest.approx(25 + value_at(last.costs["compute"].monthly))


def test_a_set_with_a_severe_finding_is_not_taken_for_one_that_holds() -> None:
    # Pools of 8 × 40 connections against the 57 usable ones of Micro.
    lines = "  - {name: pools, changes: {parts: {app: {pool_size: 40, processes: 8, cores: 8}}}}\n"
    found = plan(shop(lines), shop_demand(100, 1500), headroom=0.0, sizes=False)
    assert not found.held
    assert any("pools may open" in words for words in found.refused.values())


def test_waiting_never_makes_it_better() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = plan(random_shop(rng), random_demand(rng), headroom=0.0, sizes=False)
        later = waited(found)
        assert len(later.unheld) >= len(found.unheld)
        if len(later.unheld) == len(found.unheld) == 0:
            assert later.total >= found.total - 1e-6


def test_the_frontier_is_what_money_holds_at_most() -> None:
    system = shop(FASTER + CORES)
    found = plan(system, shop_demand(100, 4000), headroom=0.0, sizes=False)
    offers = frontier(found)
    costs = [each.monthly for each in offers]
    held = [each.capacity.users for each in offers]
    assert costs == sorted(costs)
    assert held == sorted(held)
    for each in offers:
        system_of = found.choices.system_of(each.place)
        assert assess(system_of, each.capacity.users).used <= 1.0
        assert assess(system_of, each.capacity.users + 1).used > 1.0
    assert more(offers, held[0], costs[-1]) is offers[-1]
    assert more(offers, held[-1], np.inf) is None


def test_the_files_own_phases_stand_beside_it() -> None:
    system: System = load_system("ten_thousand_users")
    found = plan(system, ramp(START, 500, 2000, 24, 12), headroom=0.0)
    phases = as_phases(found)
    assert phases is not None
    assert phases.total > found.total
    assert len(phases.unheld) >= len(found.unheld)
    assert as_phases(plan(shop(CORES), shop_demand(100.0), sizes=False)) is None


@pytest.mark.parametrize("probability", [None, 0.6])
def test_phases_are_the_same_beside_upgrades(probability: float | None) -> None:
    phases = CORES.replace("  - {", "phases:\n  - {")
    demand = shop_demand(100, 1200, 1500)
    sure = {"probability": probability, "draws": 200}
    bare = plan(parse_system(SHOP + phases), demand, budget=90.0, headroom=0.1, **sure)
    beside = plan(shop(FASTER + phases), demand, budget=90.0, headroom=0.1, **sure)
    assert beside.choices.axes[0].name == "pool"
    own, other = as_phases(bare), as_phases(beside)
    assert own is not None
    assert other is not None
    assert own.steps
    assert other.total == own.total
    assert [each.month for each in other.unheld] == [each.month for each in own.unheld]


def test_a_ramp_reaches_its_target_in_its_month() -> None:
    demand = ramp(START, 100, 1000, 5, 2)
    np.testing.assert_allclose(demand.users, [100, 100 * 10**0.5, 1000, 1000, 1000])
    assert demand.date(12) == dt.date(2028, 1, 1)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (CORES + CORES, "two upgrades are called 'cores'"),
        (CORES.replace("lead_time", "after: [pol], lead_time"), "pol"),
        (FASTER + CORES.replace("lead_time", "after: [pol], lead_time"), "did you mean 'pool'"),
    ],
)
def test_a_slip_is_said(lines: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shop(lines)


def test_of_too_many_sets_the_promising_are_looked_at_and_that_is_said() -> None:
    lines = FASTER + "".join(
        CORES.replace("cores,", f"c{n},", 1).replace("$70", f"${70 + n}").replace("hosts", f"h{n}")
        for n in range(16)
    )
    demand = shop_demand(100, 1300)
    found = plan(shop(lines), demand, headroom=0.0, sizes=False)
    assert not found.proven
    assert found.choices.count <= 3000
    # The cheapest that does is among them, as it is where all can be assessed.
    few = plan(shop(FASTER + CORES), demand, headroom=0.0, sizes=False)
    assert few.proven
    assert found.held == few.held
    assert found.total == few.total


def test_what_lowers_a_bill_above_the_budget_is_looked_at_too() -> None:
    lines = "".join(
        CORES.replace("cores,", f"c{n},", 1).replace("$70", f"${70 + n}").replace("hosts", f"h{n}")
        for n in range(4)
    )
    lines += "  - {name: cheaper, changes: {costs: {base: {monthly: $5/month}}}}\n"
    choices = choices_of(shop(lines), sizes=False)
    kept = {
        budget: {axis.name for axis in narrowed(choices, 1300.0, 12, 4, budget=budget).axes}
        for budget in (np.inf, 200.0, 100.0)
    }
    assert "cheaper" not in kept[np.inf]
    assert kept[200.0] == kept[np.inf]  # what holds costs $105: it can be paid
    assert kept[100.0] == {"c0", "cheaper"}


def test_growth_of_the_file_is_what_is_planned_for() -> None:
    system = planning.with_growth(shop(), rate="10 %/month")
    demand = as_it_grows(system, START, 12)
    np.testing.assert_allclose(demand.users[1:] / demand.users[:-1], 1.1, rtol=0.01)
    assert demand.users[0] == pytest.approx(500 * 1.1, rel=0.01)
