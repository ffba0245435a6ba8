"""Stores in memory and stores paid in units: against published figures, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: A store
workload:
  users: USERS
  target: 1000
  peak_to_mean: 2
  activities: {act: {interval: 1 s, enters: web, cpu_time: 0.1 ms}}
parts:
  web: {kind: service, processes: 2, cores: 2, POOL calls: {store: {act: CALL}}}
  store: {STORE}
events: [{name: all at once, surge: {users: 4000 users}}]
"""


def store(fields, call="1", users=1000, pool=""):
    text = TEXT.replace("STORE", fields).replace("CALL", call).replace("POOL", pool)
    return parse_system(text.replace("USERS", str(users)))


def load(result, name):
    return value_at(result.of(name).load)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


# In memory


def test_a_million_small_strings_take_what_the_documentation_says():
    # Redis documentation, FAQ: about 85 MB.
    system = store("kind: memory_store, memory: 1 GB, keys: 1M, key_bytes: 20 B")
    assert load(planning.assess(system), "store.memory") == pytest.approx(85e6, rel=0.01)


def test_a_key_laid_out_takes_what_redis_used_for_it():
    # Measured: Redis 6.2.14, 130,000 keys of 31 B with values of 300 B, 408.07 B each, of which
    # 8.07 B are the table; while it grows half as much again.
    fields = "kind: memory_store, memory: 1 GB, keys: 130000, key_bytes: 31 B, value_bytes: 300 B"
    used = load(planning.assess(store(fields)), "store.memory")
    assert used == pytest.approx(130_000 * (408.066 + 8.066 / 2), rel=1e-4)
    # 100,000 keys that expire: 132.976 B each, two tables of 10.486 B.
    fields = fields.replace("130000", "100000").replace("31 B", "20 B").replace("300 B", "20 B")
    used = load(planning.assess(store(f"{fields}, expiring: 100 %")), "store.memory")
    assert used == pytest.approx(100_000 * (132.976 + 10.486), rel=1e-4)
    shards = load(planning.assess(store(f"{fields}, shards: 2")), "store.memory")
    assert shards == pytest.approx(load(planning.assess(store(fields)), "store.memory"), rel=0.02)


def test_memory_that_is_kept_from_keys_holds_none():
    fields = "kind: memory_store, memory: 100 MB, keys: 1M, key_bytes: 20 B"
    assert planning.assess(store(fields)).verdict != "does not hold"
    kept = planning.assess(store(f"{fields}, reserved: 25 %"))
    assert value_at(kept.of("store.memory").limit) == pytest.approx(75e6)
    assert kept.verdict == "does not hold"


def test_an_overhead_beside_a_layout_is_refused_and_entries_without_one():
    fields = "kind: memory_store, memory: 1 GB, keys: 1M, key_bytes: 20 B"
    with pytest.raises(FileError, match="means nothing beside `value_bytes`"):
        store(f"{fields}, value_bytes: 3 B, key_overhead: 65 B")
    with pytest.raises(FileError, match="`expiring` needs `value_bytes`"):
        store(f"{fields}, expiring: 50 %")


def test_sixty_thousand_clients_are_still_served_fifty_thousand_commands():
    # Redis documentation, benchmarks: half of the throughput at 30,000 clients; at 60,000 it
    # "was still able to sustain 50000 q/s". 180,180 a second is its SET with 50 clients.
    fields = "kind: memory_store, operations: 180180 queries/s, connections: 65000"
    few, many = (
        value_at(planning.assess(store(fields, pool=f"pool_size: {size}, pool_warm: {size},"))
                 .of("store.commands").limit)
        for size in (15_000, 30_000)
    )  # fmt: skip
    assert few == pytest.approx(180_180 / 2)
    assert many == pytest.approx(50_000, rel=0.25)


def test_pools_of_all_processes_meet_its_clients():
    fields = "kind: memory_store, connections: 30"
    result = planning.assess(store(fields, pool="pool_size: 20, pool_warm: 20,"))
    assert load(result, "store.clients") == 40
    assert result.verdict == "does not hold"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("kind: memory_store, connections: 30", "store.clients"),
        ("kind: document_store, max_connections: 30", "store.connections"),
    ],
)
def test_full_pools_of_replicas_meet_its_clients_whatever_the_load(fields, name):
    # 3 replicas (4 while deploying) × 2 processes × a pool of 5, though nearly none is in use
    pool = "replicas: 3, deploy_surge: 25 %, pool_size: 5,"
    result = planning.assess(store(fields, pool=pool), 1)
    assert load(result, name) < 1
    assert load(result, f"{name}_with_full_pools") == 30
    assert load(result, f"{name}_while_deploying") == 40
    assert result.verdict == "does not hold"


def test_one_thread_runs_commands_and_a_busy_one_is_waited_for():
    result = planning.assess(store("kind: memory_store, operations: 2000 queries/s, time: 1 ms"))
    # M/M/1 at a half: as long in the queue as in service, 0.5 ms, beside the way of 1 ms.
    flow = next(each for each in result.scene.stations["store"].flows("operation"))
    assert value_at(result.scene.answer_of(flow).time) == pytest.approx(1.5e-3)
    assert planning.capacity(store("kind: memory_store, operations: 2000 queries/s")).users == 2000


def test_commands_may_be_paid_one_by_one():
    # Upstash: 0.20 USD per 100,000.
    result = planning.assess(store("kind: memory_store, command_price: $0.000002/command"))
    assert value_at(result.monthly["store commands"]) == pytest.approx(500 * 2.628e6 * 2e-6)


@pytest.mark.parametrize(
    ("fields", "past"), [("evicts: true", "degrade"), ("holds: sessions", "reject")]
)
def test_full_memory_refuses_or_evicts(fields, past):
    whole = f"kind: memory_store, memory: 1 MB, keys_per_user: 1, key_bytes: 2 kB, {fields}"
    memory = planning.assess(store(whole)).of("store.memory")
    assert value_at(memory.load) == pytest.approx(1000 * 2065)
    assert memory.past_limit == past


def test_a_crowd_at_one_thread_is_served_late():
    system = store("kind: memory_store, operations: 1000 queries/s", users=0)
    event = assess_event(system, system.events[0])
    assert value_at(event.number("store.commands", "drain")) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("holds: jobs, evicts: true", "they vanish"),
        ("memory: 1 GB, keys: 5", "every write fails"),
        ("memory: 1 GB", "not the keys that fill it"),
        ("keys: 1M", "not the memory that they fill"),
        ("memory: 1 GB, keys_per_user: 2 objects/user", "without their own bytes"),
    ],
)
def test_a_memory_store_that_is_configured_wrong_is_found(fields, words):
    found = planning.assess(store(f"kind: memory_store, {fields}")).findings
    assert any(words in each.what for each in found)


def test_a_store_of_twenty_megabytes_refuses_the_next_kilobyte():
    # Redis 8 with `maxmemory 20mb` refused the 15,201st value of 1 KiB, and went on answering
    # reads: https://dev.to/acemeridian/redis-oom-command-not-allowed-set-maxmemory-policy-2nhn
    # An allocator rounds 1,024 bytes and a header up to its class of 1,280.
    fields = "kind: memory_store, holds: sessions, memory: 20 MiB, keys_per_user: 1, "
    edge = planning.capacity(store(f"{fields} key_bytes: 1280 B, operations: 99k queries/s"))
    assert edge.binding.id == "store.memory"
    assert edge.users == pytest.approx(15_200, rel=0.03)


EVICTING = "kind: memory_store, evicts: true, keys: 1M, key_bytes: 935 B"


def test_what_is_evicted_lowers_the_hit_ratio():
    # Che's approximation: places for a hundredth of the keys answer 58.5 % of requests (Zipf 1).
    kept = f"{EVICTING}, memory: 10 MB, popularity: 1"
    result = planning.assess(store(kept))
    assert told(result, "hit ratio of what is kept") == pytest.approx(0.585, abs=1e-3)
    assert result.of("store.memory").past_limit == "degrade"
    content = planning.assess(store(f"{kept}, least_hit_ratio: 50 %"))
    assert load(content, "store.misses") == pytest.approx(0.415, abs=1e-3)
    assert content.verdict != "does not hold"  # a full cache is no fault
    assert planning.assess(store(f"{kept}, least_hit_ratio: 60 %")).verdict == "does not hold"
    whole = planning.assess(store(f"{EVICTING}, memory: 2 GB, popularity: 1"))
    assert told(whole, "hit ratio of what is kept") == 1


def test_shards_share_commands_and_memory_but_not_a_hot_key():
    shard = "kind: memory_store, operations: 500 queries/s, memory: 1 MB, shards: 4"
    even = planning.assess(store(f"{shard}, holds: sessions, keys: 1500, key_bytes: 2 kB"))
    assert load(even, "store.commands") == 250
    assert value_at(even.of("store.memory").limit) == 4e6
    assert any("evenly loaded" in each.what for each in even.findings)
    assert planning.capacity(store(shard)).users == 2000
    assert planning.capacity(store(f"{shard}, busiest_share: 50 %")).users == 1000


def test_jobs_that_wait_for_workers_fill_the_memory():
    text = TEXT.replace("calls: {store: {act: CALL}}", "calls: {jobs: {act: 1}, store: {act: 3}}")
    text = text.replace("events:", "  jobs: {kind: queue, workers: 500, job_time: 1 s}\nevents:")
    fields = "kind: memory_store, holds: jobs, memory: 1 GB, jobs_of: jobs, job_bytes: 1 kB"
    text = text.replace("POOL", "").replace("USERS", "1000").replace("STORE", fields)
    system = parse_system(text)
    # 500 jobs/s too many for the hour of a peak.
    assert load(planning.assess(system), "store.memory") == pytest.approx(500 * 3600 * 1e3)
    event = assess_event(system, system.events[0])
    memory = next(each for each in event.outcomes if each.constraint.id == "store.memory")
    assert value_at(memory.constraint.load) == pytest.approx(4000 * 1e3)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("jobs_of: web", "`jobs_of` and `job_bytes` go together"),
        ("jobs_of: jops, job_bytes: 1 kB", "there is no other part 'jops'"),
        ("busiest_share: 5 %", "needs `shards`"),
        ("least_hit_ratio: 5 %", "needs `popularity`"),
    ],
)
def test_a_field_of_memory_that_means_nothing_is_refused(fields, words):
    with pytest.raises(FileError, match=words):
        store(f"kind: memory_store, {fields}")


# In units

TABLE = "kind: key_value_store, write_price: $0.000000625/operation, "


@pytest.mark.parametrize(
    ("users", "fields", "read", "written"),
    [
        # https://learningbro.com/courses/aws-rds-and-databases/lessons/
        # dynamodb-read-write-capacity-and-on-demand-mode, its three scenarios
        (500, "item_bytes: 3 kB, write_share: 0 %, strong_share: 100 %", 500, 0),
        (200, "item_bytes: 9 kB, write_share: 0 %", 300, 0),
        (100, "item_bytes: 2 kB, write_share: 100 %", 0, 200),
    ],
)
def test_units_are_those_of_the_published_scenarios(users, fields, read, written):
    result = planning.assess(store(f"{TABLE} read_units: 9999 operations/s, {fields}", users=users))
    assert told(result, "read units") == pytest.approx(read)
    assert told(result, "write units") == pytest.approx(written)


def test_one_item_of_twenty_kilobytes_is_read_six_hundred_times_a_second():
    # Amazon DynamoDB developer guide: 5 units a read, 3,000 a partition.
    fields = "item_bytes: 20 kB, write_share: 0 %, strong_share: 100 %, busiest_share: 100 %"
    assert planning.capacity(store(f"{TABLE} read_price: $0/operation, {fields}")).users == 600


def test_a_call_may_say_what_it_writes_and_how_much():
    fields = f"{TABLE} read_price: $0.000000125/operation, item_bytes: 1 kB, write_share: 0 %"
    result = planning.assess(store(fields, "{count: 2, writes: 50 %, bytes: 3 kB}"))
    assert told(result, "write units") == pytest.approx(2000 * 0.5 * 3)
    assert told(result, "read units") == pytest.approx(2000 * 0.5 * 0.5)
    assert value_at(result.monthly["store writes"]) == pytest.approx(1500 * 2.628e6 * 0.625e-6)


def test_a_crowd_past_the_units_is_refused():
    fields = "kind: key_value_store, item_bytes: 1 kB, write_share: 100 %"
    system = store(f"{fields}, read_price: $0/operation, write_units: 1000 operations/s", users=0)
    event = assess_event(system, system.events[0])
    assert value_at(event.number("store.write_units", "share refused")) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            f"{TABLE} item_bytes: 1 kB, write_share: 0 %, read_units: 9k operations/s, "
            "stored: 1 GB",
            "bytes are kept at no price",
        ),
        (f"{TABLE} item_bytes: 500 kB, write_share: 0 %", "larger than 400 KB"),
    ],
)
def test_a_table_that_is_configured_wrong_is_found(fields, words):
    assert any(words in each.what for each in planning.assess(store(fields)).findings)


def test_a_table_is_provisioned_or_on_demand():
    with pytest.raises(FileError, match="exclude each other"):
        store(f"{TABLE} item_bytes: 1 kB, write_share: 0 %, write_units: 5 operations/s")
