"""Kinds of parts: what each adds to a system, and what a surge does to it."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.models.data import popularity
from planning.models.servers import scaling
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import SurgeVerdict, assess_event

HEAD = """\
title: Small
workload:
  users: 1000
  target: 10k
  activities:
    page: {interval: 10 s, queries: 1, query_time: 10 ms, cpu_time: 20 ms, function: FUNCTION}
"""
APP = "  app: {kind: app, processes: 4, cores: 4, pool_size: 10EXTRA}\n"


def system(parts, *, function=False, more=""):
    return parse_system(HEAD.replace("FUNCTION", str(function).lower()) + "parts:\n" + parts + more)


def told(subject, name, users=None):
    """What a part says of the flow beside its limits."""
    result = planning.assess(subject, users)
    return value_at(next(each for each in result.traffic if each.name == name))


def found(subject, name, users=None):
    result = planning.assess(subject, users)
    return next(each for each in result.constraints if each.name == name)


def test_processes_that_share_a_lock_add_up_to_less():
    extra = ", contention: 10 %, coherency: 1 %"
    limit = value_at(found(system(APP.replace("EXTRA", extra)), "app cpu").limit)
    assert limit == pytest.approx(float(scaling.usl_speedup(4, 0.10, 0.01)))
    assert limit < 4


def test_a_surge_meets_only_the_processes_that_run_already():
    autoscaling = ", autoscaling: {least: 1, reaction: 2 min, step: 1, cool_down: 1 min}"
    events = "events:\n  - {name: all, surge: {users: 1000 users}}\n"
    rested = system(APP.replace("EXTRA", autoscaling), more=events)
    whole = system(APP.replace("EXTRA", ""), more=events)
    results = [assess_event(each, each.events[0]) for each in (rested, whole)]
    drains = [value_at(each.number("app.cpu", "drain")) for each in results]
    assert drains[0] > drains[1]
    # the second process after 2 min, the fourth two cool-downs later
    assert value_at(results[0].number("app", "full size after")) == 120 + 2 * 60


def test_functions_run_instead_of_servers_and_are_charged_by_the_started_block():
    functions = (
        "  edge: {kind: functions, concurrent: 4 requests, price: $0.000002/invocation,"
        " block: 1000000 invocations, included: 2000000 invocations}\n"
    )
    subject = system(functions + APP.replace("EXTRA", ""), function=True)
    # 100 requests/s of 30 ms are three at once
    assert value_at(found(subject, "edge executions").load) == pytest.approx(100 * 0.03)
    result = planning.assess(subject)
    # Nothing reaches the servers: that is said, and nobody calls it green.
    assert "app cpu" not in [each.name for each in result.constraints]
    assert any("nothing reaches this service" in each.what for each in result.findings)
    assert result.verdict == "not known"
    month = 100 / 3 * 730 * 3600  # an evening peak of three
    blocks = np.ceil((month - 2e6) / 1e6)
    assert value_at(result.monthly["edge invocations"]) == pytest.approx(2 * blocks)


def test_a_burst_of_functions_beyond_the_limit_is_refused():
    subject = system(
        "  edge: {kind: functions, concurrent: 400 requests}\n" + APP.replace("EXTRA", ""),
        function=True,
        more="events:\n  - {name: all, surge: {users: 1000 users}}\n",
    )
    outcome = assess_event(subject, subject.events[0]).outcomes[0]
    assert value_at(outcome.numbers["refused"]) == 600
    assert outcome.verdict is SurgeVerdict.CRASH


def test_a_door_counts_by_address_and_by_second_and_passes_on_what_it_admits():
    door = (
        "  door: {kind: gateway, requests: 300 requests/s, requests_per_address: 50 requests/s,"
        " users_per_address: 30}\n"
    )
    subject = system(
        door + APP.replace("EXTRA", ""),
        more="events:\n  - {name: school, surge: {users: 1000 users, addresses: 2}}\n",
    )
    per_address = found(subject, "door requests per address")
    assert value_at(per_address.load) == pytest.approx(30 / 10)
    result = assess_event(subject, subject.events[0])
    # 500 of each address, 50 admitted: what the door refuses never reaches the servers.
    assert value_at(result.number("door.requests_per_address", "refused")) == 450
    assert value_at(result.number("app.cpu", "served")) == pytest.approx(100)


DATABASE = "  database: {kind: database, max_connections: 100, cores: 2EXTRA}\n"


def test_replicas_lag_as_writes_fill_the_single_replay():
    extra = (
        ", replicas: 1, read_share: 50 %, replay_time: 1 ms, replica_delay: 10 ms, lag_within: 1 s"
    )
    subject = system(DATABASE.replace("EXTRA", extra))
    # 50 writes/s of 1 ms: M/M/1 waits 1 ms × 0.05 / 0.95
    lag = value_at(found(subject, "database replica lag", 1000).load)
    assert lag == pytest.approx(0.010 + 0.001 + 0.001 * 0.05 / 0.95, rel=1e-6)
    assert np.isinf(value_at(found(subject, "database replica lag", 30_000).load))
    # A quarter more writes than the replay carries: 12 minutes behind after an hour.
    assert told(subject, "replay busy", 25_000) == pytest.approx(1.25)
    assert told(subject, "lag gained per second", 25_000) * 3600 == pytest.approx(12 * 60)
    assert told(subject, "lag gained per second", 20_000) == 0


TABLE = """\
title: Table
workload: {users: 1, target: 1, peak_to_mean: 1}
parts:
  storage:
    kind: storage
    disk: 1 TB
    horizon: HORIZON
    tables:
      numbers: {interval: 1 s, payload: 4 B, indexes: 1MORE}
"""


def table(more="", horizon="1000000 s"):
    return parse_system(TABLE.replace("HORIZON", horizon).replace("MORE", more))


def test_a_table_is_as_large_as_measured():
    # PostgreSQL 15.18: a million integers with their primary key, pg_total_relation_size.
    size = value_at(found(table(", index_key: 4 B"), "storage disk").load)
    assert size == pytest.approx(58_777_600, rel=0.005)
    stated = value_at(found(table(", index_entry: 0 B"), "storage disk").load)
    assert 0.6 * size < stated < 0.65 * size


def test_an_index_entry_is_stated_or_follows_from_its_key():
    with pytest.raises(ValueError, match="state one of the two"):
        table(", index_key: 4 B, index_entry: 20 B")


@pytest.mark.parametrize(("retention", "partition"), [(7, 30), (7, 1), (7, 2)])
def test_partitions_keep_rows_for_the_retention_and_a_partition_more(retention, partition):
    # Start of the oldest partition that a job, running all the time, has not dropped.
    now = np.random.default_rng(30).uniform(100, 10_000, 100_000)
    age = now - np.floor((now - retention) / partition) * partition
    subject = table(f", retention: {retention} days, partition: {partition} days", "365 days")
    longest = value_at(subject.parts["storage"].kept("numbers")) / 86_400
    assert retention <= age.min()
    assert longest - partition / 1000 < age.max() <= longest


def test_a_disk_that_nobody_empties_is_full_when_predicted():
    full = told(table(", index_key: 4 B"), "time until the disk is full")
    again = table(", index_key: 4 B", horizon=f"{full} s")
    assert value_at(found(again, "storage disk").load) == pytest.approx(1e12)
    assert np.isinf(told(table(", retention: 1 day"), "time until the disk is full"))


def test_a_restarted_cache_fills_as_simulated():
    rng = np.random.default_rng(7)
    cache = "  cache: {kind: cache, objects: 400, keys: 2000, popularity: 1}\n"
    warm = told(system(cache + APP.replace("EXTRA", "")), "time until an empty cache is full", 100)
    weights = 1 / np.arange(1.0, 2001)
    rates = 10 * weights / weights.sum()  # 100 users, one query each per 10 s
    samples = np.sort(rng.exponential(1 / rates, (100, 2000)), axis=1)[:, 399]
    assert abs(samples.mean() - warm) / (samples.std(ddof=1) / 10) < 4


def test_a_pooler_passes_on_less_the_more_clients_are_connected():
    pooler = (
        "  pooler: {kind: pooler, mode: transaction, max_clients: 10000, pool_size: 50,"
        " peak_rate: 1000 queries/s, half_clients: 1000}\n"
    )
    text = HEAD.replace("FUNCTION", "false").replace(
        "  activities:", "  connections_per_user: 1\n  activities:"
    )
    subject = parse_system(text + "parts:\n" + pooler)
    limits = [value_at(found(subject, "pooler queries", users).limit) for users in (0, 1000, 3000)]
    assert limits == pytest.approx([1000, 500, 250])


def test_a_media_server_carries_what_its_cores_and_its_line_carry():
    text = """\
title: Video
workload: {users: 1000, target: 5000, viewing: {share: 100 %}}
parts:
  sfu: {kind: media, bitrate: 2 Mbit/s, price: $0/GB, nodes: 2, node_cores: 4,
        viewers_per_core: 200, node_bandwidth: 1 Gbit/s}
"""
    subject = parse_system(text)
    edge = planning.capacity(subject)
    assert edge.of("sfu servers") == 2 * 4 * 200
    assert edge.of("sfu egress") == 2 * 1e9 / 2e6
    assert edge.binding.name == "sfu egress"
    # The line carries 500 viewers of each server, the cores 800.
    assert [told(subject, "media servers needed", users) for users in (0, 500, 501)] == [0, 1, 2]


def test_viewers_beyond_the_cap_of_their_event_poll():
    text = """\
title: Followed
workload:
  users: 300
  target: 300
  following: {room_size: 150, update_interval: 10 s, read: {queries: 1, query_time: 1 ms}}
parts:
  streams: {kind: sse, streams_per_room: 100, poll_interval: 10 s, write_time: 20 µs,
            update_within: 1 s}
  app: {kind: service, processes: 1, cores: 1}
"""
    subject = parse_system(text)
    assert told(subject, "streams open") == 2 * 100
    assert told(subject, "viewers without a stream") == 2 * 50
    assert told(subject, "requests") == pytest.approx(100 / 10)
    assert value_at(found(subject, "streams update").load) == pytest.approx(100 * 20e-6)
    # Few users do not fill an event, and all of them have a stream.
    assert told(subject, "streams open", 60) == 60
    assert told(subject, "viewers without a stream", 60) == 0


def test_a_burst_on_an_empty_cache_finds_what_others_of_the_burst_have_fetched():
    cache = "  cache: {kind: cache, ttl: 60 s, keys: 100, popularity: 0}\n"
    subject = system(
        cache + APP.replace("EXTRA", ""),
        more="events:\n  - {name: all, surge: {users: 1000 users}}\n",
    )
    outcome = assess_event(subject, subject.events[0]).outcomes[0]
    ratio = float(popularity.cold_hit_ratio(1000, 100, 0, 1))
    assert 0.9 < ratio < 1
    # Four cores of 20 ms carry 200 requests/s; the pool of 40 with few misses carries far more.
    assert value_at(outcome.numbers["drain"]) == pytest.approx(1000 / 200)


def test_a_phase_costs_the_work_it_takes(systems):
    step = planning.ladder(systems["ten_thousand_users"])[2]
    assert value_at(step.duration) == 5 * 86_400
    assert value_at(step.one_off) == pytest.approx(5 * 600)


def test_uptime_is_that_of_all_components_with_their_copies():
    text = """\
title: Up
workload: {users: 10, target: 10}
parts:
  uptime:
    kind: uptime
    promised: 99.9 %
    components:
      web: {availability: 99 %, copies: 2}
      database: {availability: 99.95 %}
"""
    down = found(parse_system(text), "uptime downtime")
    up = (1 - 0.01**2) * 0.9995
    assert value_at(down.load) == pytest.approx((1 - up) * 730 * 3600)
    assert value_at(down.limit) == pytest.approx(0.001 * 730 * 3600)


def test_a_cold_cache_does_not_hide_the_edge_of_many_users():
    cache = "  cache: {kind: cache, ttl: 60 s, keys: 1}\n"
    subject = system(cache + APP.replace("EXTRA", ", response_objective: 25 ms"))
    assert planning.assess(subject, 1000).verdict != "does not hold"
    assert planning.capacity(subject).of("app page response") > 1000


def test_null_keeps_a_field_empty_that_the_plan_would_fill():
    text = """\
title: Sockets
workload: {users: 10, target: 10, live: {}}
parts: {live: {kind: realtime, plan: supabase.realtime.pro}}
phases:
  - {name: no limit on joins, changes: {parts: {live: {joins: null}}}}
"""
    subject = parse_system(text)
    assert subject.parts["live"].joins is not None
    assert planning.phase_system(subject, 1).parts["live"].joins is None
    assert planning.phase_system(subject, 1).parts["live"].messages is not None


def test_a_plan_may_come_with_a_phase():
    text = HEAD.replace("FUNCTION", "false") + (
        "parts:\n  database: {kind: database, max_connections: 10}\n"
        "phases:\n  - {name: grow, changes: {parts: {database: {plan: supabase.compute.small}}}}\n"
    )
    database = planning.phase_system(parse_system(text), 1).parts["database"]
    assert database.max_connections.value == 10  # what the file says goes before a plan
    assert database.cores.value == 2


def crowd_number(text, part, name):
    subject = parse_system(text)
    return value_at(assess_event(subject, subject.events[0]).number(part, name))


def test_a_crowd_of_one_instant_wants_no_more_connections_than_it_is():
    clients = "  connections_per_user: 1\n  activities:"
    head = HEAD.replace("FUNCTION", "false").replace("  activities:", clients)
    pooler = "parts: {pooler: {kind: pooler, max_clients: 600, pool_size: 1}}\n"
    text = head + pooler + "events: [{name: all, surge: {users: 1000 users}}]\n"
    # Each query waits for the one server connection; the thousand are a thousand all the same.
    assert crowd_number(text, "pooler.clients", "refused") == 1000 - 600
    assert crowd_number(text, "pooler.clients", "share refused") == pytest.approx(0.4)


def test_a_crowd_of_one_instant_waits_in_the_queue_and_nobody_follows_it():
    text = """\
title: Jobs
workload: {users: 1000, target: 1000, activities: {upload: {interval: 100 s}}}
parts: {jobs: {kind: queue, workers: 8, job_time: 1 s, max_backlog: 500 jobs}}
events:
  - {name: all, surge: {users: 1000 users}}
"""
    assert crowd_number(text, "jobs.backlog", "refused") == 1000 - 8 - 500
    spread = text.replace("users: 1000 users", "users: 36000 users, duration: 1 h")
    # Ten a second come and stay 10 min, and 6,000 who are there upload 60 a second more.
    assert crowd_number(spread, "jobs.backlog", "refused") == (10 + 60 - 8) * 3600 - 500


def test_guests_of_every_day_do_not_count_as_turned_away():
    text = """\
title: Stage
workload: {users: 100, target: 100, rooms: {guests: 6}}
parts: {stage: {kind: seats, seats: 6}}
events:
  - {name: guests, surge: {guests: 20}}
"""
    assert crowd_number(text, "stage.seats", "refused") == 14
    assert crowd_number(text, "stage.seats", "share refused") == pytest.approx(14 / 20)


def test_a_pooler_computes_on_no_more_cores_than_it_has_processes():
    pooler = (
        "  pooler: {kind: pooler, max_clients: 10000, pool_size: 50, processes: 2, "
        "cpu_per_query: 20 us CORES}\n"
    )
    text = (
        "title: Pooled\n"
        "workload: {users: 10, target: 100, activities: "
        "{page: {interval: 1 s, queries: 2, query_time: 1 ms}}}\nparts:\n"
    )
    # 2 queries a second of 20 µs each: 40 µs a user, so 25,000 users fill a core.
    for cores, edge in (("", 50_000), (", own_cores: 1", 25_000), (", own_cores: 8", 50_000)):
        system = parse_system(text + pooler.replace("CORES", cores))
        assert planning.capacity(system).of("pooler cpu") == pytest.approx(edge)
    with pytest.raises(FileError, match="`own_cores` needs `cpu_per_query`"):
        parse_system(text + pooler.replace("cpu_per_query: 20 us CORES", "own_cores: 1"))


FUNCTIONS = """\
title: Functions
workload: {users: 10, target: 100, peak_to_mean: 4, activities:
  {page: {interval: 1 s, cpu_time: 100 ms, function: true}}}
parts:
  edge: {kind: serverless, concurrent: 1000, memory: 500 MB, MORE}
"""


def test_functions_pay_for_memory_times_duration_past_what_is_included():
    more = "compute_price: $0.00002/GB/s, included_compute: 100000 GB s"
    result = planning.assess(parse_system(FUNCTIONS.replace("MORE", more)), 100)
    # 10 at once at the peak, 2.5 on the mean, of 0.5 GB, for 2,628,000 s: 3,285,000 GB s.
    assert value_at(result.monthly["edge compute"]) == pytest.approx(3_185_000 * 0.00002)
    tiers = "{tiers: [{up_to: 100000 GB s, price: $0/GB/s}, {price: $0.00002/GB/s}]}"
    tiered = parse_system(FUNCTIONS.replace("MORE", f"compute_price: {tiers}"))
    bill = planning.assess(tiered, 100).monthly["edge compute"]
    assert value_at(bill) == pytest.approx(3_185_000 * 0.00002)
    with pytest.raises(FileError, match="`compute_price` needs `memory`"):
        parse_system(FUNCTIONS.replace("memory: 500 MB, MORE", "compute_price: $1/GB/s"))


def test_a_function_that_is_rarely_called_starts_cold():
    more = "cold_start: 2 s, keep_alive: 5 min, duration_limit: 10 s"
    rare = FUNCTIONS.replace("MORE", more).replace("interval: 1 s", "interval: 1 h")
    once, often = (
        value_at(found(parse_system(rare), "edge page duration", users).load) for users in (1, 1e6)
    )
    assert once == pytest.approx(0.1 + 2 * np.exp(-300 / 3600))
    assert often == pytest.approx(0.1)
    without = parse_system(rare.replace("cold_start: 2 s, ", ""))
    assert value_at(found(without, "edge page duration", 1).load) == pytest.approx(0.1)
