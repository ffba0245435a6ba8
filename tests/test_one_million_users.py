"""S4: the figures of the plan for a million users, computed from its system file."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.findings import findings
from planning.questions.surges import SurgeVerdict, event_matrix

MILLION = 1_000_000


@pytest.fixture(scope="module")
def system(systems):
    return systems["one_million_users"]


@pytest.fixture(scope="module")
def steps(system):
    return planning.ladder(system)


def told(step, name):
    return next(value_at(node) for node in step.at_target.traffic if node.name == name)


def load(step, name):
    return next(value_at(item.load) for item in step.at_target.constraints if item.name == name)


def test_fewer_tables_are_fewer_channels_and_not_fewer_sockets(steps):
    for step in (steps[0], steps[3]):
        assert load(step, "realtime connections") == MILLION  # 200,000 is what the document says
    assert load(steps[0], "realtime channels per client") == 4
    assert load(steps[3], "realtime channels per client") == 2
    assert load(steps[3], "realtime messages") == load(steps[0], "realtime messages") / 4


def test_a_plan_of_10000_connections_binds_today_and_after_each_phase(steps):
    assert {step.capacity.binding.name for step in steps} == {"realtime connections"}
    assert {step.capacity.users for step in steps} == {10_000}
    after = [step.capacity.runner_up for step in steps]
    assert {item.name for item, _ in after} == {"pooler clients", "functions executions"}
    # Caching, fewer queries and precomputing move what breaks next; polling takes some of it back.
    users = [held for _, held in after]
    assert users[0] < users[1] < users[2] > users[3] < users[4] == users[5] < users[6] < MILLION


def test_a_feed_asks_five_queries_and_then_two(system):
    rates = [
        value_at(planning.assess(planning.phase_system(system, phase), MILLION).queries["feed"])
        for phase in (0, 2)
    ]
    assert rates == pytest.approx([5 * MILLION / 30, 2 * MILLION / 30])


def test_three_caches_of_five_minutes_make_trending_fifteen_minutes_old(steps):
    assert told(steps[1], "oldest answer") == 3 * 300
    assert told(steps[1], "hit ratio") > 0.99


def test_precomputing_costs_queries_that_the_document_does_not_count(system):
    fourth = planning.assess(planning.phase_system(system, 4), MILLION)
    assert value_at(fourth.requests["refresh"]) == pytest.approx(MILLION / 900)
    assert value_at(fourth.queries["refresh"]) == pytest.approx(6 * MILLION / 900)


def test_egress_by_quality_with_its_price(system):
    today = event_matrix(system)["today"][2:]
    found = [
        tuple(value_at(result.number("video", name)) for name in ("bytes", "bill"))
        for result in today
    ]
    terabytes = [0.73 * 450, 3 * 450, 6 * 450]  # Mbit/s × 0.45 GB/h, a million times
    assert [bytes_ / 1e12 for bytes_, _ in found] == pytest.approx(terabytes)
    assert [bill for _, bill in found] == pytest.approx([each * 30 for each in terabytes])


def test_the_views_table_with_and_without_retention(steps):
    # A view a minute at the peak, a third of it on average, for a year; then seven days and a month
    assert told(steps[0], "video_views per day") == pytest.approx(MILLION / 60 / 3 * 86_400)
    ratio = load(steps[0], "storage disk") / load(steps[2], "storage disk")
    assert ratio == pytest.approx(365 / (7 + 30))
    words = " ".join(each.what for each in findings(planning.phase_system(steps[0].system, 2)))
    assert "rows stay 7 days to 37 days" in words


def test_the_cost_that_the_document_leaves_out(steps):
    video = value_at(steps[0].at_target.monthly["video egress"])
    gigabytes = 0.8 * MILLION / 3 * 3e6 / 8 * 730 * 3600 / 1e9
    assert video == pytest.approx((gigabytes - 250) * 0.03)
    total = value_at(steps[0].at_target.monthly_cost)
    assert video / total > 0.95
    assert value_at(steps[5].at_target.monthly_cost) < total / 20


def test_everyone_at_once_crashes_today_and_after_every_phase(system):
    for results in event_matrix(system).values():
        assert [each.verdict for each in results[:2]] == [SurgeVerdict.CRASH] * 2


def test_the_disk_is_full_after_months_without_retention_and_never_with_it(steps):
    held, year = load(steps[0], "storage disk"), 365 * 86_400
    assert told(steps[0], "time until the disk is full") == pytest.approx(16e12 / held * year)
    assert told(steps[2], "time until the disk is full") == float("inf")
