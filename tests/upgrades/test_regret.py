"""Regret against the best schedule of each draw, found by trying every schedule of it."""

from __future__ import annotations

import numpy as np
import pytest

from planning.present.plan_words import regret_words
from planning.questions.assess import assess
from planning.questions.doubts import doubts
from planning.questions.load import load_system, system_names
from planning.questions.upgrades.choices import choices_of
from planning.questions.upgrades.demand import MonthlyDemand
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.plan import plan
from planning.questions.upgrades.regret import DrawnNumbers, least_regret, regret
from tests.upgrades.systems import START, brute, held_and_cost, random_demand, random_shop, shop

QUERY, USE = "workload.activities.page.query_time", "costs.mail.per_user"


def in_draw(system, common, draw):
    """A system with everything that is doubted as it is in a draw."""
    told = common.of(draw)
    return system.at({path: told(path, each) for path, each in doubts(system).items()})


@pytest.mark.parametrize("name", system_names())
def test_a_set_in_a_draw_is_what_its_own_drawn_system_says(name: str) -> None:
    choices = choices_of(load_system(name))
    grid = Grid(choices, 1000.0)
    common = DrawnNumbers(grid, 6, 0)
    users = np.geomspace(10.0, 1e5, 5)
    rng = np.random.default_rng(1)
    for draw in range(6):
        answers = grid.drawn(common.of(draw)).ask(users)
        for _ in range(3):
            place = tuple(int(rng.integers(size)) for size in choices.shape)
            result = assess(in_draw(choices.system_of(place), common, draw), users)
            every = (slice(None), *place)
            np.testing.assert_allclose(answers.used[every], result.used, rtol=1e-9)
            cost = np.broadcast_to(np.asarray(result.monthly_cost.value), users.shape)
            np.testing.assert_allclose(answers.monthly[every], cost, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("budget", [np.inf, 80.0, 40.0])
@pytest.mark.parametrize("seed", range(8))
def test_regret_is_what_trying_every_schedule_of_each_draw_says(seed: int, budget: float) -> None:
    rng = np.random.default_rng(seed)
    system, demand = random_shop(rng, doubted=True, paid_by_use=True), random_demand(rng)
    found = plan(system, demand, headroom=0.0, budget=budget, sizes=False)
    judged = regret(found, draws=4, seed=seed)
    common = DrawnNumbers(found.grid, 4, seed)
    for draw in range(4):
        told = common.of(draw)
        query = system.inputs[QUERY].estimate
        use = system.inputs[USE].estimate
        drawn = system.at({QUERY: told(QUERY, query), USE: told(USE, use)})
        choices = choices_of(drawn, sizes=False)
        least_over, unheld, total = brute(choices, demand, 0.0, budget)
        ours, over, paid = held_and_cost(choices, found.places, demand, 0.0, budget)
        most = len(demand.users) - unheld
        assert judged.months[draw] == max(most - ours, over - least_over)
        if ours == len(demand.users):
            assert judged.cost[draw] == pytest.approx(paid - total, abs=1e-6)


def test_no_schedule_that_was_compared_has_less_regret() -> None:
    lines = (
        "  - {name: cores, changes: {parts: {app: {cores: 4, processes: 4}}, "
        "costs: {hosts: {monthly: $70/month}}}}\n"
    )
    users = np.linspace(300, 900, 6)
    demand = MonthlyDemand(START, users, users, "stated")
    found = plan(shop(lines, doubted=True), demand, headroom=0.0, sizes=False)
    assert not found.steps  # by the numbers it holds as it is: 987 users
    chosen, least = regret(found, 30), least_regret(found, 30)
    assert chosen.mean_months > 0.5
    assert least.mean_months < chosen.mean_months
    assert least.schedule.steps
    assert least.compared >= 2
    # Judged by itself it has the regret that it was chosen for.
    again = regret(least.schedule, 30)
    np.testing.assert_array_equal(again.months, least.months)
    np.testing.assert_array_equal(again.cost, least.cost)


OFFERED = (
    "  - {name: cores, changes: {parts: {app: {cores: 4, processes: 4}}, "
    "costs: {hosts: {monthly: {value: $70/month, low: $20/month, high: $90/month, "
    "source: an offer}}}}}\n"
)


def test_months_above_the_budget_are_regretted() -> None:
    users = np.array([300.0, 1200.0, 1200.0])
    demand = MonthlyDemand(START, users, users, "stated")
    found = plan(shop(OFFERED), demand, headroom=0.0, budget=110.0, sizes=False)
    assert found.held  # for $35 + $70 a month in the last two months
    judged, common = regret(found, 20), DrawnNumbers(found.grid, 20, 0)
    path = "costs.hosts.monthly"
    offer = found.choices.system_of(found.places[-1]).inputs[path].estimate
    prices = np.array([common.of(draw)(path, offer) for draw in range(20)])
    assert 0 < np.sum(prices > 75.0) < 20
    # The best keeps what there is where the offer is too dear, and holds no more than that.
    np.testing.assert_array_equal(judged.months, np.where(prices > 75.0, 2, 0))
    assert np.isnan(judged.cost[prices > 75.0]).all()
    assert (judged.cost[prices <= 75.0] == 0.0).all()


def test_of_least_regret_is_nothing_that_breaks_the_budget() -> None:
    users = np.linspace(300, 900, 6)
    demand = MonthlyDemand(START, users, users, "stated")
    found = plan(shop(OFFERED, doubted=True), demand, headroom=0.0, budget=90.0, sizes=False)
    assert not found.steps  # with the cores the bill is $105, by the numbers
    least = least_regret(found, 30)
    assert regret(found, 30).compared >= 2  # in draws with a better offer they are bought
    assert least.compared == 1
    assert "1 schedule was compared" in regret_words(least)
    assert least.mean_months > 0.5
    assert least.schedule.monthly.max() <= 90.0


def test_nothing_doubted_is_nothing_to_regret() -> None:
    users = np.array([100.0, 200.0])
    found = plan(shop(), MonthlyDemand(START, users, users, "stated"), headroom=0.0, sizes=False)
    judged = regret(found, 5)
    assert (judged.as_good, judged.mean_months, judged.mean_cost) == (1.0, 0.0, 0.0)


def test_the_same_seed_gives_the_same_regret() -> None:
    rng = np.random.default_rng(3)
    system, demand = random_shop(rng, doubted=True), random_demand(rng)
    found = plan(system, demand, headroom=0.0, sizes=False)
    one, two, other = (regret(found, 20, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.months, two.months)
    assert (
        DrawnNumbers(found.grid, 20, 0).points[QUERY].tolist()
        != DrawnNumbers(found.grid, 20, 1).points[QUERY].tolist()
    )
    assert other.draws == 20


@pytest.mark.parametrize(("draws", "words"), [(0, "at least 1"), (10_000_000, "too many")])
def test_too_few_and_too_many_draws_are_refused(draws: int, words: str) -> None:
    users = np.array([100.0, 200.0])
    found = plan(shop(), MonthlyDemand(START, users, users, "stated"), headroom=0.0, sizes=False)
    with pytest.raises(ValueError, match=words):
        regret(found, draws)
