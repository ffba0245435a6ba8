"""S2: what the ten-thousand-users document gets when its own numbers are computed."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.phases import first_holding
from planning.questions.requirements import requirements


@pytest.fixture(scope="module")
def system(systems):
    return systems["ten_thousand_users"]


@pytest.fixture(scope="module")
def steps(system):
    return planning.ladder(system)


def test_twenty_connections_of_5_s_each_hold_30_users_today(system):
    edge = planning.capacity(system)
    # 20 connections / (1 page / 7.5 s × 10 queries × 500 ms) are 30 by Little's law; queries that
    # wait for the one core of the database take a little longer than their 500 ms.
    assert edge.of("app pool") == 29
    # Queueing for the pool makes pages slower than 10 s a little before it is full.
    assert 20 <= edge.users < 30
    assert edge.binding.name == "app page response"


def test_one_process_at_10_ms_holds_750_users(system):
    assert planning.capacity(system).of("app cpu") == 750


def test_ten_thousand_users_need_resource_by_resource(system):
    needed = {row.name: row for row in requirements(system)}
    assert value_at(needed["requests"].needed) == pytest.approx(10_000 / 7.5)
    assert value_at(needed["app pool"].needed) == pytest.approx(10_000 / 7.5 * 10 * 0.5, rel=0.003)
    assert value_at(needed["app cpu"].needed) == pytest.approx(13.333, rel=1e-3)
    assert value_at(needed["app memory"].needed) == pytest.approx(4.2e9)
    # The document's gap table stands beside, with its 200 connections and 8 cores.
    assert needed["app pool"].documented.value == 200
    assert needed["app cpu"].documented.value == 8
    assert needed["app cpu"].factor == pytest.approx(13.333, rel=1e-3)
    assert needed["app memory"].documented.value == 4e9


def test_requests_at_the_documents_intervals_are_1000_to_2000_per_second(system):
    for interval, rate in ((10, 1000), (5, 2000)):
        moved = system.at({"workload.activities.page.interval": interval})
        assert value_at(requirements(moved)[0].needed) == rate


def test_a_faster_step_behind_the_bottleneck_buys_nothing(system):
    quick = {"workload.activities.page.query_cpu": 1e-5}
    phase_1 = planning.phase_system(system, 1).at(quick)
    assert planning.capacity(phase_1).binding.name == "app cpu"
    wider = phase_1.at({"parts.app.pool_size": 1000.0})
    assert planning.capacity(wider).users == planning.capacity(phase_1).users == 750


def test_pools_fill_as_the_database_they_wait_for_saturates(system):
    phase_1 = planning.capacity(planning.phase_system(system, 1))
    # 1,000 queries/s of 1 ms on one core at 750 users: at 92 % of it a query waits 12 ms, so that
    # the four pools of 100 open more than the 57 connections there are.
    assert phase_1.binding.name == "database connections"
    rate = phase_1.users / 7.5 * 10
    assert rate * (0.050 + 0.001 * (rate / 1000) / (1 - rate / 1000)) == pytest.approx(57, rel=0.02)


def test_no_phase_reaches_ten_thousand_users(steps):
    assert [step.capacity.binding.name for step in steps[1:]] == [
        "database connections", "app page response", "app cpu", "app cpu",
    ]  # fmt: skip
    assert [round(step.capacity.users) for step in steps] == [28, 693, 741, 2100, 6300]
    assert first_holding(steps) is None


def test_four_workers_on_one_core_are_no_faster(system):
    phase_1 = planning.phase_system(system, 1)
    edge = planning.capacity(phase_1)
    assert phase_1.parts["app"].processes.value == 4
    assert edge.of("app cpu") == 750


def test_four_pools_of_100_meet_57_connections(system):
    crowd = planning.event_matrix(system)["Phase 1: quick wins"][0]
    assert value_at(crowd.number("database.connections", "refused")) == 400 - 57


def test_monthly_cost_adds_up_and_keeps_what_no_phase_drops(steps):
    assert [value_at(step.monthly) for step in steps] == [0, 0, 35, 250, 1135.25]
    assert "cdn" in steps[4].kept  # the document's own list forgets it: 1,099
    assert steps[2].replaced == ("supabase",)
    assert steps[2].added == ("redis",)
    assert all(step.dropped == () for step in steps)


def test_cost_per_1000_users_by_the_documents_own_figures(steps):
    found = [value_at(step.claimed_cost_per_thousand) for step in steps[1:]]
    assert found == pytest.approx([0, 4.375, 20, 40])


def test_cost_per_1000_users_by_computed_capacity_is_higher(steps):
    assert value_at(steps[4].cost_per_thousand) == pytest.approx(1135.25 / 6.3)
