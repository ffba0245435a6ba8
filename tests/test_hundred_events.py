"""S3: the figures of the hundred events, computed from its system file."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.surges import SurgeVerdict, event_matrix

(
    SCENARIO, UNCAPPED, POPULAR, VENUE, FULL, FULL_UNCAPPED, OWN_COSTS, OWN_COSTS_FULL, LOAD_TEST,
) = range(9)  # fmt: skip


@pytest.fixture(scope="module")
def system(systems):
    return systems["hundred_events"]


@pytest.fixture(scope="module")
def today(system):
    return event_matrix(system)["today"]


def number(result, part, name):
    return value_at(result.number(part, name))


def used(system, name, users):
    result = planning.assess(system, users)
    return next(float(each.utilisation) for each in result.constraints if each.name == name)


def test_a_hundred_events_are_5100_users_and_100_requests_in_flight_are_too_few(system, today):
    assert value_at(system.workload.users) == 100 * (50 + 1)
    assert number(today[SCENARIO], "limits", "refused") == pytest.approx(5000 - 100, abs=1)
    # Half a request more: those who are there open pages, too.
    assert today[SCENARIO].verdict is SurgeVerdict.CRASH
    assert planning.capacity(system).users == 99
    assert planning.capacity(system).binding.name == "limits requests in flight"
    assert today[UNCAPPED].verdict is SurgeVerdict.STABLE


def test_150_viewers_are_100_streams_and_50_polls_with_data_up_to_40_s_old(today):
    popular = today[POPULAR]
    assert number(popular, "streams", "streams") == 100
    assert number(popular, "streams", "without a stream") == 50
    assert number(popular, "streams", "polls") == 5
    assert number(popular, "cache", "oldest on a stream") == 30
    assert number(popular, "cache", "oldest for a poller") == 10 + 30
    assert popular.verdict is SurgeVerdict.DEGRADED


def test_one_venue_has_one_address_and_140_of_150_are_refused(today):
    assert number(today[VENUE], "limits.requests_in_flight_per_address", "refused") == 140
    assert today[VENUE].verdict is SurgeVerdict.CRASH


@pytest.mark.parametrize(("event", "megabytes"), [(OWN_COSTS, 5 + 5 + 200), (OWN_COSTS_FULL, 230)])
def test_memory_by_the_documents_own_unit_costs(today, event, megabytes):
    assert number(today[event], "app", "memory") == pytest.approx(megabytes * 1e6)


def test_memory_by_realistic_unit_costs(today):
    # 60 + 90 + 20 × 0.5 + 100 × 0.05 + 5,000 × 0.02 MB; twice the events and four times the streams
    assert number(today[UNCAPPED], "app", "memory") == pytest.approx(265e6)
    assert number(today[FULL_UNCAPPED], "app", "memory") == pytest.approx(570e6)
    assert today[FULL_UNCAPPED].verdict is SurgeVerdict.CRASH


def test_memory_warns_at_80_percent_and_is_critical_at_95(system):
    uncapped = planning.phase_system(system, 1).at(
        {"parts.streams.rooms": 1e4, "parts.cache.objects": 1e4, "parts.app.retries": 0.0}
    )
    by_memory = {}
    for users in range(10_000, 20_000, 50):
        share = used(uncapped, "app memory", users)
        level = 0 if share <= 0.8 else 1 if share <= 0.95 else 2 if share <= 1 else 3
        by_memory.setdefault(level, planning.assess(uncapped, users).verdict)
    assert list(by_memory.values()) == ["holds", "warning", "critical", "does not hold"]


def test_the_hit_ratio_is_low_where_more_events_are_followed_than_kept(system):
    assert used(system, "cache misses", 10_000) == 0  # 200 events of 50, all kept
    assert used(system, "cache misses", 15_000) < 1
    assert used(system, "cache misses", 16_000) > 1  # under 70 % of 320 events' reads hit
    told = {node.name: value_at(node) for node in planning.assess(system, 5100).traffic}
    reads = 5100 / 120  # a page each two minutes; per event 0.42/s, times 30 s is 12.5 in a life
    per_event = reads / 102
    assert told["hit ratio"] == pytest.approx(per_event * 30 / (1 + per_event * 30), rel=0.02)


def test_the_load_test_makes_12000_users_and_6000_at_once(today):
    test = today[LOAD_TEST]
    assert number(test, "load test", "created") == 12_000
    assert number(test, "load test", "at once") == 6000
    assert number(test, "load test", "per room") == 60
    assert number(test, "load test", "spread") == pytest.approx(7.7, abs=0.05)
    assert number(test, "streams", "without a stream") == 0  # so the fallback was never tried


def test_retries_keep_an_overload_alive_from_a_quarter_of_the_capacity(system):
    storm = next(
        each for each in planning.assess(system).constraints if each.name == "app retry storm"
    )
    # one query of 50 ms each 120 s, two of 10 ms each 510 s
    rate, busy = 1 / 120 + 2 / 510, 0.05 / 120 + 2 * 0.01 / 510
    assert value_at(storm.limit) == pytest.approx(20 / (busy / rate) / (1 + 3), rel=1e-3)


def test_what_the_document_plans_next(system):
    steps = planning.ladder(system)
    assert [step.capacity.binding.name for step in steps] == [
        "limits requests in flight",
        "streams events",
        "app memory",
        "app score response",
        "app score response",
    ]
    assert steps[1].capacity.users == 200 * 50
    # Microservices add no database: what they wait for is the same two cores.
    held = [step.capacity.of("database cpu") for step in steps[3:]]
    assert held[0] == held[1] == 287_005
    assert steps[4].capacity.users == pytest.approx(steps[3].capacity.users, rel=0.01)


def test_fifty_servers_have_fifty_pools(system):
    from planning.questions.findings import findings

    found = [each for each in findings(planning.phase_system(system, 3)) if each.part == "pools"]
    assert "may open 1,000 connections together" in found[0].what
