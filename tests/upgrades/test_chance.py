"""Schedules that hold with a chance, against every schedule drawn by itself."""

from __future__ import annotations

import numpy as np
import pytest

from planning.questions.sampling import sample
from planning.questions.upgrades.chance import Chances
from planning.questions.upgrades.choices import choices_of
from planning.questions.upgrades.demand import MonthlyDemand
from planning.questions.upgrades.plan import plan, waited
from tests.upgrades.systems import START, brute, random_demand, random_shop, shop

DRAWS = 40
FASTER = "  - {name: pool, changes: {parts: {app: {pool_size: 12}}}, one_off: $100}\n"
CORES = (
    "  - {name: cores, changes: {parts: {app: {cores: 4, processes: 4}}, "
    "costs: {hosts: {monthly: $70/month}}}}\n"
)


@pytest.mark.parametrize("seed", range(25))
def test_no_schedule_that_is_as_sure_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    system, demand = random_shop(rng, doubted=True), random_demand(rng)
    wanted = float(rng.choice([0.6, 0.9]))
    found = plan(system, demand, headroom=0.0, sizes=False, probability=wanted, draws=DRAWS, seed=1)

    def surely(patched, users):
        return sample(patched, DRAWS, 1, users).probability >= wanted

    _, unheld, total = brute(found.choices, demand, 0.0, np.inf, surely)
    assert len(found.unheld) == unheld
    if unheld == 0:
        assert found.total == pytest.approx(total, abs=1e-6)
        assert found.chance.min() >= wanted


def test_the_chance_of_a_set_is_that_of_its_own_system() -> None:
    choices = choices_of(shop(FASTER + CORES, doubted=True), sizes=False)
    chances = Chances(choices, 0.9, 200, 3)
    for place in np.ndindex(*choices.shape):
        for users in (200.0, 400.0, 700.0):  # the second is asked of draws that are there already
            alone = sample(choices.system_of(place), 200, 3, users)
            found = chances.of(place, users)
            assert found.holds == alone.probability
            if found.holds < 1:
                worst = min(alone.by_constraint, key=alone.by_constraint.get)
                assert found.constraint == worst


def test_the_first_that_is_not_sure_is_found() -> None:
    choices = choices_of(shop(FASTER, doubted=True), sizes=False)
    chances = Chances(choices, 0.8, 100, 0)
    users = np.arange(100.0, 900.0, 25.0)
    unsure = [each for each in users if not chances.enough((0,), each)]
    assert chances.first_unsure((0,), users) == unsure[0]
    assert chances.first_unsure((0,), users[users < unsure[0]]) is None


def test_what_is_surer_is_bought_sooner_and_costs_no_less() -> None:
    system = shop(FASTER + CORES, doubted=True)
    users = np.linspace(200, 1200, 8)
    demand = MonthlyDemand(START, users, users, "stated")
    by_numbers = plan(system, demand, headroom=0.0, sizes=False)
    surer = plan(system, demand, headroom=0.0, sizes=False, probability=0.9, draws=200)
    assert by_numbers.held
    assert by_numbers.chance is None
    assert surer.held
    assert surer.total > by_numbers.total
    assert surer.steps[0].month < by_numbers.steps[0].month
    for step in surer.steps:
        assert surer.chance_of(step) >= 0.9
    assert waited(surer).chances is surer.chances


def test_a_month_that_holds_by_its_numbers_alone_is_named_with_its_chance() -> None:
    system = shop(FASTER, doubted=True)
    users = np.array([100.0, 520.0])
    demand = MonthlyDemand(START, users, users, "stated")
    assert plan(system, demand, headroom=0.0, sizes=False).held
    (month,) = plan(system, demand, headroom=0.0, sizes=False, probability=0.99, draws=200).unheld
    assert month.month == 1
    assert 0 < month.chance < 0.99
    assert month.constraint


@pytest.mark.parametrize("wanted", [0.0, 1.0, 90.0])
def test_a_chance_that_is_none_is_refused(wanted: float) -> None:
    demand = MonthlyDemand(START, np.array([1.0]), np.array([1.0]), "stated")
    with pytest.raises(ValueError, match="between 0 and 1"):
        plan(shop(CORES), demand, probability=wanted)
