"""Demand and waves on their way through the parts: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.flow.flows import Resource, apart
from planning.numbers.nodes import asked, value_at
from planning.questions.load import parse_system
from planning.questions.surges import SurgeVerdict, assess_event
from planning.system.starter import starter_text

SHOP = starter_text(title="Shop", file="shop.yaml")
DIRECT = """
title: Direct
workload:
  users: 10 users
  target: 100 users
  connections_per_user: 0.001
  activities:
    page: {interval: 10 s, queries: 1, query_time: 500 ms, cpu_time: 10 ms}
parts:
  database: {kind: database, max_connections: 100}
"""


def found(system, name, users):
    result = planning.assess(system, users)
    return next(item for item in result.constraints if item.name == name)


def event(system, number=0):
    return assess_event(system, system.events[number])


def test_held_connections_and_pools_both_reach_the_database():
    both = parse_system(SHOP.replace("  activities:", "  connections_per_user: 1\n  activities:"))
    arriving = found(both, "database connections", 10_000)
    pools = value_at(found(both, "app pool", 10_000).limit)
    assert value_at(arriving.load) == 10_000 + pools
    assert planning.assess(both, 10_000).verdict == "does not hold"


def test_connections_in_use_are_never_fewer_than_littles_law_says():
    system = parse_system(DIRECT)
    assert value_at(found(system, "database connections", 10_000).load) == 500


def test_a_pooler_in_session_mode_keeps_a_server_connection_per_client():
    session = DIRECT.replace("0.001", "1") + (
        "  pooler: {kind: pooler, mode: session, max_clients: 1000, pool_size: 97}\n"
    )
    assert planning.capacity(parse_system(session)).of("pooler server connections") == 97
    transaction = parse_system(session.replace("session", "transaction"))
    # A request each 10 s of 500 ms: 0.05 connections per user.
    assert planning.capacity(transaction).of("pooler server connections") == 97 / 0.05


def test_an_app_without_a_pool_meets_its_cpu_in_a_surge():
    app = DIRECT.replace("0.001", "0") + "  app: {kind: app, processes: 1, cores: 1}\n"
    surge = "events:\n  - {name: rush, surge: {users: 100k users}}\n"
    result = event(parse_system(app + surge))
    # 100 requests/s for 10 s and one inside: 1,001 served.
    served = next(o for o in result.outcomes if o.part == "app").numbers["served"]
    assert value_at(served) == pytest.approx(1001)
    assert result.verdict is SurgeVerdict.CRASH


def test_the_order_of_activities_does_not_change_a_surge():
    page = "    page: {interval: 10 s, queries: 10, query_time: 500 ms}\n"
    ping = "    ping: {interval: 1 s, queries: 1, query_time: 1 ms}\n"
    start = SHOP.index("    page:\n")
    end = SHOP.index("\nparts:")
    both = [SHOP[:start] + text + SHOP[end:] for text in (page + ping, ping + page)]
    results = [event(parse_system(text)) for text in both]
    assert results[0].verdict == results[1].verdict
    assert all(result.result.scene.crowd.activity == "page" for result in results)
    named = both[0].replace(
        "surge: {users: 2000 users}", "surge: {users: 2000 users, activity: ping}"
    )
    assert event(parse_system(named)).result.scene.crowd.activity == "ping"


def test_a_cache_spares_the_pool_in_a_surge():
    cold = SHOP.replace("hit_ratio: 60 %", "hit_ratio: 0 %").replace(
        "cpu_time: 20 ms", "cpu_time: 0 s"
    )
    warm = cold.replace("hit_ratio: 0 %", "hit_ratio: 50 %")
    drains = [value_at(event(parse_system(t)).outcomes[0].numbers["drain"]) for t in (cold, warm)]
    assert drains[0] == pytest.approx(2 * drains[1])


def test_users_and_rooms_add_up_in_a_surge_and_hosts_are_counted(systems):
    system = systems["live_stream_limits"]
    two_hosts = system.at({"workload.rooms.broadcasters": 2.0})
    surge = system.events[6].surge  # 100 broadcasters with 6 guests
    more = surge.model_copy(update={"users": system.events[0].surge.users})  # and 600 users
    changed = system.events[6].model_copy(update={"surge": more})
    refused = assess_event(two_hosts, changed).number("database", "refused")
    assert value_at(refused) == 100 * (2 + 6) + 600 - 497


def test_half_a_core_is_half_as_fast():
    app = DIRECT.replace("0.001", "0").replace("query_time: 500 ms", "query_time: 0 s")
    app += "  app: {kind: app, processes: 1, cores: 0.5, response_objective: 10 s}\n"
    near_full = 4990  # 499 requests/s × 10 ms on half a core would need ten times as much
    assert found(parse_system(app), "app cpu", 499).utilisation == pytest.approx(0.998)
    response = found(parse_system(app), "app page response", 499)
    # M/M/1 with 20 ms service at ρ = 0.998 waits 20 ms × 499 ≈ 10 s, cut by the wait limit of 10 s.
    assert 1 < value_at(response.load) < 10
    assert planning.capacity(parse_system(app)).of("app cpu") == 500 < near_full


def test_a_ledger_still_writes_and_its_backlog_is_said(systems):
    system = systems["live_stream_limits"]
    from planning.system.patches import apply_changes

    changes = {"parts": {"gifts": {"mode": "ledger", "post_batch": "10 gifts"}}}
    ledger = apply_changes(system, changes)
    posted = found(ledger, "gifts posted by the job", 6_000)
    assert value_at(posted.load) == 10  # a gift each 10 min
    assert value_at(posted.limit) == 1  # 10 every 10 s
    assert value_at(posted.backlog) == 9
    assert value_at(planning.assess(ledger, 6_000).connections["gifts"]) > 0
    assert planning.capacity(ledger).of("gifts over all receivers") < np.inf


def test_what_is_the_same_at_any_number_of_users_is_no_warning_and_binds_only_past_its_limit(
    systems,
):
    system = systems["live_stream_limits"]
    full = system.at({"workload.rooms.guests": 6.0})
    assert planning.assess(full, 10).verdict == "holds"
    over = system.at({"workload.rooms.guests": 7.0})
    assert planning.assess(over, 10).binding.name == "stage seats"
    assert planning.assess(over, 10).verdict == "does not hold"


@pytest.mark.parametrize("limit", [12_345_678, 987_654_321])
def test_a_large_capacity_is_exact(limit):
    text = DIRECT.replace("0.001", "1").replace("query_time: 500 ms", "query_time: 0 s")
    text = text.replace("max_connections: 100", f"max_connections: {limit}, reserved: 0")
    assert planning.capacity(parse_system(text)).users == limit


def test_resources_that_stand_for_the_same_are_one_and_the_others_stay_apart():
    used = {
        name: asked(value, "ratio", "given")
        for name, value in {"a": 0.5, "b": 0.8, "c": 0.3}.items()
    }
    cpu = Resource(used["a"], None, frozenset(["cpu"]))
    # Places in front of that CPU, and a second database.
    pool = Resource(used["b"], None, frozenset(["pool", "cpu"]))
    other = Resource(used["c"], None, frozenset(["other"]))
    kept = apart({"cpu": cpu, "pool": pool, "other": other})
    assert list(kept) == ["cpu", "other"]
    assert value_at(kept["cpu"].utilisation) == 0.8
    assert kept["cpu"].covers == {"pool", "cpu"}
    assert kept["other"] is other
    # What overlaps with both makes one of all three.
    both = Resource(used["c"], None, frozenset(["pool", "other"]))
    (together,) = apart({"cpu": pool, "other": other, "both": both}).values()
    assert together.covers == {"pool", "cpu", "other"}
