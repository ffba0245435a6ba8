"""Replicas of a part, and old and new at once while a new version is rolled out."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.assess import Verdict
from planning.questions.load import parse_system

HEAD = """\
title: Rollout
workload:
  users: 100
  target: 1000
  activities: {page: {interval: 10 s, queries: 1, query_time: 5 ms, cpu_time: 10 ms}}
parts:
"""
APP = "  app: {kind: service, processes: 2, cores: 4, memory: 2 GB, pool_size: 10MORE}\n"
DATABASE = "  db: {kind: database, max_connections: 203}\n"


def system(app, others=DATABASE):
    return parse_system(HEAD + APP.replace("MORE", app) + others)


def numbers(subject, name):
    found = planning.assess(subject).of(name)
    return value_at(found.load), value_at(found.limit)


def test_what_is_said_of_one_replica_counts_for_all():
    by_replica = planning.assess(system(", replicas: 3, memory_per_process: 100 MB"))
    over_all = parse_system(
        HEAD + "  app: {kind: service, processes: 6, cores: 12, memory: 6 GB, pool_size: 10,"
        " memory_per_process: 100 MB}\n" + DATABASE
    )
    together = planning.assess(over_all)
    for name in ("app cpu", "app pool", "app memory", "db connections"):
        one, other = by_replica.of(name), together.of(name)
        assert value_at(one.load) == pytest.approx(value_at(other.load))
        assert value_at(one.limit) == pytest.approx(value_at(other.limit))


def test_full_pools_count_whatever_the_load():
    # 6 replicas × 2 processes × 10 connections, of 203 less 3 reserved
    result = planning.assess(system(", replicas: 6"), [0, 1, 1000])
    found = result.of("db connections with full pools")
    assert (value_at(found.load), value_at(found.limit)) == (120, 200)
    names = [each.name for each in result.constraints]
    assert "db connections while deploying" not in names


@pytest.mark.parametrize(
    ("surge", "connections"),
    [("0 %", 120), ("1 %", 140), ("25 %", 160), ("50 %", 180), ("100 %", 240)],
)
def test_new_replicas_of_a_rollout_are_rounded_up(surge, connections):
    # 6 replicas: 1 % is one more, 25 % is 1.5 and so 2 more; each has 2 pools of 10
    subject = system(f", replicas: 6, deploy_surge: {surge}")
    assert numbers(subject, "db connections while deploying") == (connections, 200)


def test_a_part_of_a_replica_that_rounding_left_is_no_replica_more():
    # 1 of 6 written as a share: its product with 6 may miss 1 by the last digit
    subject = system(", replicas: 6, deploy_surge: 0.16666666666666669")
    assert numbers(subject, "db connections while deploying") == (140, 200)


def test_a_deploy_that_does_not_fit_fails_while_the_rest_holds():
    subject = system(", replicas: 6, deploy_surge: 100 %")
    result = planning.assess(subject)
    assert result.verdict is Verdict.FAILS
    assert result.binding.name == "db connections while deploying"
    fits = planning.assess(system(", replicas: 6, deploy_surge: 50 %"))
    assert fits.verdict is Verdict.HOLDS


def test_services_that_share_a_database_are_added_up():
    worker = (
        "  worker: {kind: service, replicas: 4, processes: 1, cores: 1, pool_size: 5,"
        " calls: {db: {page: {count: 1, time: 1 ms}}}}\n"
    )
    app = ", replicas: 2, deploy_surge: 50 %, calls: {worker: {page: 1}}"
    subject = system(app, worker + DATABASE)
    # 2 × 2 × 10 + 4 × 5; while deploying one more app and, as nothing is said, no more workers
    assert numbers(subject, "db connections with full pools") == (60, 200)
    assert numbers(subject, "db connections while deploying") == (80, 200)


def test_a_pool_without_replicas_counts_beside_those_with():
    worker = (
        "  worker: {kind: service, processes: 4, cores: 1, pool_size: 5,"
        " calls: {db: {page: {count: 1, time: 1 ms}}}}\n"
    )
    subject = system(", replicas: 2, calls: {worker: {page: 1}}", worker + DATABASE)
    assert numbers(subject, "db connections with full pools") == (60, 200)


def test_nothing_is_limited_where_nobody_counts_replicas():
    names = [each.name for each in planning.assess(system("")).constraints]
    assert not [name for name in names if "full pools" in name or "deploying" in name]


POOLER = "  bouncer: {kind: pooler, max_clients: 100, pool_size: 20MORE}\n"


def test_a_pooler_bounds_what_reaches_the_database():
    subject = system(", replicas: 6, deploy_surge: 100 %", POOLER.replace("MORE", "") + DATABASE)
    assert numbers(subject, "bouncer clients with full pools") == (120, 100)
    assert numbers(subject, "bouncer clients while deploying") == (240, 100)
    assert numbers(subject, "db connections with full pools") == (20, 200)
    assert numbers(subject, "db connections while deploying") == (20, 200)


def test_replicas_of_a_pooler_add_up_their_pools():
    # 6 poolers that accept 1,500 clients each, in front of a database of 5,000
    bouncer = "  bouncer: {kind: pooler, mode: session, max_clients: 1500, pool_size: 2800, "
    database = "  db: {kind: database, max_connections: 5000, reserved: 5}\n"
    subject = system("", bouncer + "replicas: 6}\n" + database)
    assert numbers(subject, "bouncer clients")[1] == 9000
    assert numbers(subject, "db connections with full pools") == (9000, 4995)
    capped = system("", bouncer + "replicas: 4, deploy_surge: 25 %}\n" + database)
    assert numbers(capped, "db connections with full pools") == (6000, 4995)
    assert numbers(capped, "db connections while deploying") == (7500, 4995)


def test_a_pooler_opens_no_more_than_its_clients_may_hold():
    pooler = "  bouncer: {kind: pooler, max_clients: 1000, pool_size: 500}\n"
    subject = system(", replicas: 6, deploy_surge: 50 %", pooler + DATABASE)
    assert numbers(subject, "db connections with full pools") == (120, 200)
    assert numbers(subject, "db connections while deploying") == (180, 200)


def test_a_surge_of_no_replicas_is_refused():
    with pytest.raises(FileError, match="`deploy_surge` needs `replicas`"):
        system(", deploy_surge: 25 %")


def test_a_crowd_is_asked_about_what_it_opens_itself():
    text = HEAD + APP.replace("MORE", ", replicas: 6, deploy_surge: 100 %") + DATABASE
    subject = parse_system(text + "events: [{name: all, surge: {users: 10 users}}]\n")
    result = planning.assess_event(subject, subject.events[0])
    assert result.verdict.name == "STABLE"


def test_who_is_not_among_the_users_of_a_pooler_goes_past_it():
    worker = (
        "  worker: {kind: service, processes: 4, cores: 1, pool_size: 5,"
        " calls: {db: {page: {count: 1, time: 1 ms}}}}\n"
    )
    pooler = POOLER.replace("MORE", ", used_by: [app]")
    subject = system(", replicas: 6, calls: {worker: {page: 1}}", worker + pooler + DATABASE)
    assert numbers(subject, "bouncer clients with full pools") == (120, 100)
    assert numbers(subject, "db connections with full pools") == (20 + 20, 200)
    both = system(
        ", replicas: 6, calls: {worker: {page: 1}}", worker + POOLER.replace("MORE", "") + DATABASE
    )
    assert numbers(both, "db connections with full pools") == (20, 200)


def test_a_user_of_a_pooler_that_is_not_there_is_refused():
    with pytest.raises(FileError, match="used_by: there is no part 'ap'"):
        system("", POOLER.replace("MORE", ", used_by: [ap]") + DATABASE)
