"""One implementation for a number, a sweep and draws; capacity is where a constraint binds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planning
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import value_at
from planning.questions.findings import findings
from planning.questions.load import parse_system
from planning.system.starter import starter_text

NAMES = [(name, phase) for name in planning.system_names() for phase in (0, 1, 2, 3)]
SHOP = parse_system(starter_text(title="Shop", file="shop.yaml"))


@pytest.mark.parametrize(("name", "phase"), NAMES)
def test_a_sweep_is_its_numbers_one_by_one(systems, name, phase):
    system = planning.phase_system(systems[name], phase)
    users = np.array([0, 1, 7, 100, 4321, 1e6])
    together = planning.assess(system, users).utilisation
    apart = [planning.assess(system, each).utilisation for each in users]
    np.testing.assert_allclose(together, np.stack(apart, axis=1), rtol=1e-12)


@pytest.mark.parametrize(("name", "phase"), NAMES)
def test_draws_are_their_numbers_one_by_one(systems, name, phase):
    system = planning.phase_system(systems[name], phase)
    rng = np.random.default_rng(0)
    ranged = {p: e for p, (e, _) in system.inputs.items() if e.low is not None and not e.whole}
    draws = {path: rng.uniform(e.low, e.high, 5) for path, e in ranged.items()}
    together = planning.assess(system.at(draws, note=None), 5000).utilisation
    for index in range(5):
        one = system.at({path: values[index] for path, values in draws.items()}, note=None)
        np.testing.assert_allclose(
            together[:, index], planning.assess(one, 5000).utilisation, rtol=1e-12
        )


@pytest.mark.parametrize(("name", "phase"), NAMES)
def test_at_the_capacity_it_fits_and_with_one_more_it_does_not(systems, name, phase):
    system = planning.phase_system(systems[name], phase)
    edge = planning.capacity(system)
    for row, users in enumerate(edge.by_constraint):
        if 0 < users < 1e7:
            at, past = planning.assess(system, [users, users + 1]).utilisation[row]
            assert at <= 1 + 1e-9 < past, edge.constraints[row].name


@pytest.mark.parametrize(("cpu", "users"), [(142, 7), (160, 6), (190, 5), (499, 2)])
def test_a_handful_of_users_is_counted_to_the_last_one(cpu, users):
    # 7 x 142 ms is less than a second of the one core, and 8 x 142 ms is more.
    system = parse_system(
        "{title: Small, workload: {users: 1, target: 5, activities: {page: {interval: 1 s, "
        f"cpu_time: {cpu} ms}}}}}}, "
        "parts: {app: {kind: service, processes: 1, cores: 1, threads: 1000}}}"
    )
    assert planning.capacity(system).users == users


@given(st.floats(0, 1e12))
@settings(max_examples=50, deadline=None)
def test_no_number_of_users_gives_nan_or_a_negative(systems, users):
    for name in planning.system_names():
        used = planning.assess(systems[name], users).utilisation
        assert np.all(used >= 0)
        assert not np.any(np.isnan(used))


def test_zero_users_hold():
    assert planning.assess(SHOP, 0).verdict == "holds"


@pytest.mark.parametrize("users", [-1, np.nan, np.inf, [1, -1]])
def test_users_below_zero_or_not_finite_are_refused(users):
    with pytest.raises(ValueError, match=r"users\(=.*must be 0 or more"):
        planning.assess(SHOP, users)


def test_a_moved_input_says_that_it_was_moved():
    moved = SHOP.at({"parts.database.max_connections": 23.0})
    estimate = moved.parts["database"].max_connections
    assert (estimate.value, estimate.kind) == (23.0, Kind.ASKED)
    assert "set by hand" in estimate.source
    assert SHOP.parts["database"].max_connections.value == 90
    # The copy's paths are its own, so a trace of it still finds the input.
    result = planning.assess(moved, 10)
    limit = next(item for item in result.constraints if item.name == "database connections")
    assert "parts.database.max_connections" in result.sources(limit)


def test_a_path_that_is_no_input_is_refused():
    with pytest.raises(ValueError, match="is not an input"):
        SHOP.at({"parts.database.max": 1.0})


def test_a_budget_is_a_constraint_like_any_other():
    tight = SHOP.at({"parts.budget.monthly": 74.0})
    assert planning.capacity(tight).of("budget per month") == 0
    assert (
        planning.capacity(SHOP.at({"parts.budget.monthly": 75.0})).of("budget per month") == np.inf
    )


def test_a_budget_is_not_kept_because_no_cost_is_stated():
    text = starter_text(title="Shop", file="shop.yaml")
    bare = parse_system(text[: text.index("\ncosts:")])
    result = planning.assess(bare, 1)
    assert not result.monthly
    assert [each.part for each in result.findings if each.vanished] == ["budget"]
    assert (result.verdict, planning.assess(SHOP, 1).verdict) == ("not known", "holds")
    assert [each.part for each in findings(bare) if each.vanished] == ["budget"]
    assert not [each for each in findings(SHOP) if each.vanished]


def test_included_quota_and_overage_per_user_reach_the_budget():
    text = starter_text(title="Shop", file="x").replace(
        "hosting: {monthly: $50/month}",
        "hosting: {monthly: $50/month, per_user: $0.05/user/month, included_users: 1000 users}",
    )
    shop = parse_system(text)
    cost = [value_at(planning.assess(shop, n).monthly_cost) for n in (999, 1000, 1001, 2000)]
    assert cost == pytest.approx([75, 75, 75.05, 125])
    assert planning.capacity(shop).of("budget per month") == 1000 + (500 - 75) / 0.05


def test_every_trace_reaches_an_input_with_a_source(systems):
    for name in planning.system_names():
        result = planning.assess(systems[name], 1000)
        for constraint in result.constraints:
            sources = result.sources(constraint)
            assert sources, constraint.name
            assert all(isinstance(leaf, Estimate) and leaf.source for leaf in sources.values())
            assert any(path in line for path in sources for line in result.explain(constraint))


def test_every_number_of_the_shipped_systems_says_where_it_came_from(systems):
    for name in planning.system_names():
        for path, (estimate, info) in systems[name].inputs.items():
            assert estimate.source != "no source given", path
            assert info.description, path


def test_users_may_be_an_input_and_none_at_all_are_refused():
    system = planning.load_system("ten_thousand_users")
    target = system.workload.target
    assert planning.assess(system, target).verdicts == planning.assess(system, 10_000).verdicts
    with pytest.raises(ValueError, match="one number or more"):
        planning.assess(system, [])
