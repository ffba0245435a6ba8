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
    # 20 connections / (1 page / 7.5 s × 10 queries × 500 ms) by Little's law.
    assert edge.of("app pool") == 30
    # Queueing for the pool makes pages slower than 10 s a little before it is full.
    assert 20 <= edge.users < 30
    assert edge.binding.name == "app page response"


def test_one_process_at_10_ms_holds_750_users(system):
    assert planning.capacity(system).of("app cpu") == 750


def test_ten_thousand_users_need_resource_by_resource(system):
    needed = {row.name: row for row in requirements(system)}
    assert value_at(needed["requests"].needed) == pytest.approx(10_000 / 7.5)
    assert value_at(needed["app pool"].needed) == pytest.approx(10_000 / 7.5 * 10 * 0.5)
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
    phase_1 = planning.phase_system(system, 1)
    assert planning.capacity(phase_1).binding.name == "app cpu"
    faster = phase_1.at({"workload.activities.page.query_cpu": 1e-5, "parts.app.pool_size": 1000.0})
    assert planning.capacity(faster).users == planning.capacity(phase_1).users == 750


def test_no_phase_reaches_ten_thousand_users(steps):
    assert [step.capacity.binding.name for step in steps[1:]] == [
        "app cpu", "app page response", "app cpu", "app cpu",
    ]  # fmt: skip
    assert [round(step.capacity.users) for step in steps] == [28, 750, 741, 2100, 6300]
    assert first_holding(steps) is None


def test_four_workers_on_one_core_are_no_faster(system):
    phase_1 = planning.phase_system(system, 1)
    edge = planning.capacity(phase_1)
    assert phase_1.parts["app"].processes.value == 4
    assert edge.of("app cpu") == 750


def test_four_pools_of_100_meet_57_connections(system):
    refused = planning.event_matrix(system)["Phase 1: quick wins"][0].outcomes[-1]
    assert value_at(refused.numbers["refused"]) == 400 - 57


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
