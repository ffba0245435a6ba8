"""MySQL, shards and replicas as parts of their own, against manuals and worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Two databases
workload:
  users: 1000
  target: 1000
  activities: {act: {interval: 1 s, enters: web}}
parts:
  web: {kind: service, processes: 10, cores: 2, POOL calls: {main: {act: MAIN}COPY}}
  main: {kind: database, DATABASE}
REPLICA
events: [{name: all at once, surge: {users: 400 users}}]
"""
CALL = "{count: 1, time: 10 ms, cpu: 1 ms, writes: 20 %}"


def system(database, call=CALL, pool="", copy="", replica=""):
    text = TEXT.replace("DATABASE", database).replace("MAIN", call).replace("POOL", pool)
    text = text.replace("COPY", f", copy: {{act: {copy}}}" if copy else "")
    return parse_system(text.replace("REPLICA", f"  copy: {{{replica}}}" if replica else ""))


def load(result, name):
    return value_at(result.of(name).load)


# MySQL


def test_mysql_lets_151_connections_in_and_reserves_none_of_them():
    # MySQL manual: 151 unless configured, and one more for an administrator.
    result = planning.assess(system("engine: mysql"))
    assert value_at(result.of("main.connections").limit) == 151
    event = assess_event(result.system, result.system.events[0])
    assert value_at(event.number("main.connections", "refused")) == 400 - 151


def test_the_memory_of_full_mysql_is_the_published_sum():
    # MySQL 5.6 by default (http://datalbi.com/article.php?id=9): 151 × 1,184 KiB of buffers.
    fields = "engine: mysql, memory: 4 GB"
    result = planning.assess(system(fields, "{count: 1, time: 1 s}"))
    pool = 0.7 * 4e9
    assert load(result, "main.memory") - pool == pytest.approx(151 * 1184 * 1024, rel=0.02)
    assert any("buffer pool" in line for line in result.explain(result.of("main.memory")))


def test_what_a_file_or_its_plan_states_goes_before_the_engine():
    stated = planning.assess(system("engine: mysql, max_connections: 60, reserved: 2"))
    assert value_at(stated.of("main.connections").limit) == 58
    plan = system("engine: mysql, plan: supabase.compute.micro")
    assert plan.parts["main"].max_connections.row is not None


def test_postgresql_still_asks_for_its_connections():
    with pytest.raises(FileError, match="max_connections"):
        system("cores: 2")


# Shards


def test_four_shards_carry_four_times_what_one_does():
    one = planning.capacity(system("max_connections: 500, cores: 2"))
    four = planning.capacity(system("max_connections: 500, cores: 2, shards: 4"))
    assert (one.users, four.users) == (2000, 8000)
    found = planning.assess(system("max_connections: 500, shards: 4")).findings
    assert any("evenly loaded" in each.what for each in found)


def test_the_hottest_shard_decides():
    hot = system("max_connections: 500, cores: 2, shards: 4, busiest_share: 40 %")
    edge = planning.capacity(hot)
    assert (edge.users, edge.binding.id) == (5000, "main.cpu")
    # The busiest of four has no less than a quarter, whatever the file says.
    cold = system("max_connections: 500, cores: 2, shards: 4, busiest_share: 5 %")
    assert planning.capacity(cold).users == 8000


def test_every_shard_meets_the_full_pools():
    pool = "replicas: 4, pool_size: 20, pool_warm: 20,"
    fields = "max_connections: 903, shards: 4"
    result = planning.assess(system(fields, pool=pool))
    assert load(result, "main.connections_with_full_pools") == 4 * 10 * 20


def test_a_crowd_is_spread_over_shards():
    shards = system("max_connections: 103, shards: 4")
    event = assess_event(shards, shards.events[0])
    connections = next(each for each in event.outcomes if each.constraint.id == "main.connections")
    assert connections.verdict.name == "STABLE"  # a hundred for each, and a hundred usable


# A replica as a part of its own


COPY = "kind: database, max_connections: 500, cores: 2, replica_of: main"


def test_a_replica_answers_its_reads_and_replays_all_writes_of_its_primary():
    # 200 writes/s of 4 ms keep the replay busy at 80 %: M/M/1, 4 / 0.2 = 20 ms, and 10 ms of way.
    replica = f"{COPY}, replay_time: 4 ms, lag_within: 25 ms"
    result = planning.assess(
        system("max_connections: 500, cores: 2", copy="{count: 3, time: 5 ms, cpu: 0.5 ms}",
               replica=replica)
    )  # fmt: skip
    assert load(result, "main.cpu") == pytest.approx(1)
    assert load(result, "copy.cpu") == pytest.approx(1.5)
    assert load(result, "copy.replica_lag") == pytest.approx(0.03)
    assert result.binding.id == "copy.replica_lag"
    assert "copy.writes_to_a_replica" not in {each.id for each in result.constraints}


def test_a_replica_refuses_writes():
    result = planning.assess(
        system("max_connections: 500", copy="{count: 1, time: 5 ms, writes: 1 %}", replica=COPY)
    )
    assert load(result, "copy.writes_to_a_replica") == pytest.approx(10)
    assert result.verdict == "does not hold"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (f"{COPY}, replicas: 2", "exclude each other"),
        (COPY.replace("main", "mian"), "there is no other part 'mian'"),
        (COPY.replace("main", "copy"), "there is no other part 'copy'"),
        (f"{COPY}, busiest_share: 5 %", "needs `shards`"),
    ],
)
def test_what_contradicts_itself_is_refused(fields, words):
    with pytest.raises(FileError, match=words):
        system("max_connections: 500", copy="1", replica=fields)
