"""
Parts against figures that somebody else worked out or measured, and crowds at each of them.

What other files show of a kind is named in :mod:`tests.test_kinds`; here is what they leave.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import planning
from planning.numbers.nodes import value_at
from planning.parts import kinds
from planning.questions.load import parse_system

HEAD = """\
title: Published
workload: {{users: {users}, target: {users}, peak_to_mean: 1, {workload}}}
parts:
{parts}
"""
PAGES = "activities: {page: {interval: 10 s, cpu_time: 1 ms}}"
QUERIES = "activities: {page: {interval: 10 s, cpu_time: 1 ms, queries: 1, query_time: 10 ms}}"
DATABASE = "  db: {kind: database, max_connections: 500, cores: 8}\n"


def case(parts, workload=PAGES, *, users=1000, surge=""):
    text = HEAD.format(users=users, workload=workload, parts=parts)
    return parse_system(text + (f"events: [{{name: all, surge: {{{surge}}}}}]\n" if surge else ""))


def crowd(parts, workload=PAGES, *, users=1000, surge="users: 1000 users, already: 0 users"):
    system = case(parts, workload, users=users, surge=surge)
    return planning.assess_event(system, system.events[0])


def test_three_million_calls_of_a_second_cost_what_the_vendors_example_says():
    # AWS Lambda pricing, example 1 (https://aws.amazon.com/lambda/pricing/, as of 2019): 512 MB,
    # of which 1,024 are a GB,
    # 3 million calls of 1 s: $18.34 for compute and $0.40 for calls, past what is free.
    each = 1000 * 730 * 3600 / 3e6
    call = f"activities: {{call: {{interval: {each} s, cpu_time: 1 s, function: true}}}}"
    result = planning.assess(
        case("  f: {kind: serverless, plan: aws.lambda.x86, memory: 512 MiB}\n", call)
    )
    assert value_at(result.monthly["f invocations"]) == pytest.approx(0.40)
    assert value_at(result.monthly["f compute"]) == pytest.approx(18.34, abs=0.01)


def test_six_services_are_up_as_long_as_the_published_product():
    # Azure, reliable web app pattern for Java, sla-calculation.md: Front Door, Entra ID and Key
    # Vault 99.99 %, App Service 99.95 %, Redis and PostgreSQL 99.9 %: combined 99.720 %.
    shares = (99.99, 99.99, 99.95, 99.9, 99.9, 99.99)
    parts = ", ".join(f"c{at}: {{availability: {each} %}}" for at, each in enumerate(shares))
    up = f"  up: {{kind: availability, promised: 99.9 %, components: {{{parts}}}}}\n"
    down = planning.assess(case(up)).of("up.downtime")
    assert value_at(down.load) == pytest.approx((1 - 0.99720) * 730 * 3600, rel=2e-3)
    assert planning.assess(case(up)).verdict == "does not hold"


@pytest.mark.parametrize(("hits", "misses"), [("90 %", 1000), ("99 %", 100)])
def test_a_cache_of_ninety_percent_lets_ten_times_as_much_through_as_one_of_ninety_nine(
    hits, misses
):
    # cachee.ai, from 85 to 99 percent (14 March 2026): of 10,000 requests/s 1,000 and 100.
    parts = "  web: {kind: service, processes: 10, cores: 10}\n"
    parts += f"  c: {{kind: cache, hit_ratio: {hits}}}\n"
    result = planning.assess(case(parts + DATABASE, QUERIES, users=100_000))
    # Queries of 10 ms, by Little's law.
    assert value_at(result.of("db.connections").load) == pytest.approx(misses * 0.01)


def test_nine_jobs_a_second_wait_as_long_as_in_the_published_queue():
    # ETH Zurich, ASL 2017, "mmx queues": M/M/2 with λ = 9/s and μ = 5/s has a response of 1.053 s.
    job = "activities: {job: {interval: 1 s}}"
    jobs = "  jobs: {kind: queue, workers: 2, job_time: 200 ms, max_age: 1 min}\n"
    result = planning.assess(case(jobs, job, users=9))
    assert value_at(result.of("jobs.age_of_jobs").load) + 0.2 == pytest.approx(1.053, abs=1e-3)


@pytest.mark.parametrize("measured", [0.465642, 0.0746])
def test_a_hundred_thousand_rows_are_read_in_a_time_that_was_measured(measured):
    # PostgreSQL wiki, Slow Counting: 465.6 ms; Smith & Thomas, PostgreSQL 10 High Performance,
    # "Full table scans": 74.6 ms. Nothing is stated here but how many rows there are.
    scan = "  scan: {kind: table_scan, interval: 1 h, period: 1 day}\n"
    system = case(scan, surge="history: 100000 rows, already: 0 users")
    result = planning.assess_event(system, system.events[0])
    rate = system.inputs["parts.scan.scan_rate"][0]
    assert value_at(result.number("scan", "load time")) == pytest.approx(1e5 / rate.value)
    assert 1e5 / rate.high < measured < 1e5 / rate.low


def test_a_crowd_of_pages_past_the_requests_of_a_cdn_is_refused():
    # 1,000 pages of 10 requests each want 10,000, the plan takes 4,000 a second.
    edge = (
        "  edge: {kind: cdn, hit_ratio: 90 %, objects: 9, page_bytes: 1 MB, price: $0/GB,"
        " requests: 4000/s, origin: bucket}\n  bucket: {kind: object_store}\n"
        "  web: {kind: service, processes: 10, cores: 10}\n"
    )
    assert value_at(crowd(edge).number("edge.requests", "refused")) == 6000


@pytest.mark.parametrize(
    ("part", "refused"),
    [
        ("kind: document_store, operations: 500/s", ("operations", 500)),
        ("kind: document_store, document_writes: 1/s, hot_share: 1 %", ("one_document", 9)),
        ("kind: key_value_store, item_bytes: 1 kB, write_share: 100 %, write_units: 400/s,"
         " read_units: 1/s", ("write_units", 600)),
    ],
)  # fmt: skip
def test_a_crowd_of_writes_is_refused_past_what_a_store_takes(part, refused):
    like = (
        "activities: {like: {interval: 10 s, enters: it, queries: 1, query_time: 50 ms,"
        " writes: 100 %}}"
    )
    what, many = refused
    assert value_at(crowd(f"  it: {{{part}}}\n", like).number(f"it.{what}", "refused")) == many


def test_functions_that_start_at_once_are_clients_of_the_pooler_each():
    parts = "  f: {kind: serverless, concurrent: 5000}\n"
    parts += "  p: {kind: pooler, max_clients: 200, pool_size: 20}\n"
    work = QUERIES.replace("10 ms}", "10 ms, query_cpu: 1 ms, function: true}")
    assert value_at(crowd(parts + DATABASE, work).number("p.clients", "refused")) == 800


def test_viewers_past_what_media_servers_forward_see_worse_pictures():
    media = "  m: {kind: media, bitrate: 1 Mbit/s, price: $0/GB, nodes: 1, node_viewers: 100}\n"
    result = crowd(media, "viewing: {share: 5 %}", surge="viewers: 250 viewers")
    assert result.verdict.name == "DEGRADED"
    assert value_at(result.number("m.servers", "servers")) == 250


def test_followers_who_come_at_once_wait_for_the_last_write():
    streams = (
        "  s: {kind: sse, streams_per_room: 1000, poll_interval: 10 s, write_time: 20 ms,"
        " update_within: 1 s}\n  app: {kind: service, processes: 1, cores: 1}\n"
    )
    follow = "following: {room_size: 150, update_interval: 10 s, read: {cpu_time: 1 ms}}"
    result = crowd(streams, follow, users=30, surge="users: 120 users, already: 0 users")
    assert value_at(result.number("s.update", "update")) == pytest.approx(120 * 0.02)
    assert result.verdict.name != "STABLE"


def test_a_table_that_only_grows_is_found():
    table = "  disk: {kind: storage, disk: 1 TB, tables: {t: {interval: 1 min, payload: 9 B%s}}}\n"
    web = "  web: {kind: service, processes: 10, cores: 10}\n"
    growing, emptied = (
        planning.assess(case(web + table % more)).findings for more in ("", ", retention: 30 days")
    )
    assert [each.part for each in growing if "rows are kept for ever" in each.what] == ["disk t"]
    assert not [each for each in emptied if "rows are kept for ever" in each.what]


TRACES = Path(__file__).parent / "traces"
# Who stands in front of all that comes is always reached.
DOORS = ("cdn", "proxy", "rate_limit")
REACHED = [
    kind for kind, part in kinds().items()
    if part.takes and not part.stands_alone and kind not in DOORS
]  # fmt: skip


@pytest.mark.parametrize("kind", REACHED)
def test_a_part_that_nothing_reaches_is_named_and_not_green(kind):
    whole = yaml.safe_load((TRACES / f"{kind}.yaml").read_text(encoding="utf-8"))
    part = next(iter(whole["parts"].values()))
    alone = {
        name: each for name, each in part.items()
        if name not in {"calls", "origin", "in_front_of", "used_by", "jobs_of", "replica_of"}
    }  # fmt: skip
    text = yaml.safe_dump({
        "title": "Idle",
        "workload": {"users": 10, "target": 10, "activities": {
            "page": {"interval": "10 s", "cpu_time": "1 ms", "enters": "front"}}},
        "parts": {"front": {"kind": "service", "processes": 1, "cores": 1}, "idle": alone},
    })  # fmt: skip
    result = planning.assess(parse_system(text))
    said = [each for each in result.findings if each.part == "idle" and each.vanished]
    assert any("nothing reaches this" in each.what for each in said)
    assert result.verdict in {"not known", "does not hold"}


def test_a_crowd_of_one_instant_has_no_more_requests_in_flight_than_it_is():
    parts = (
        "  door: {kind: rate_limit, concurrent: 50}\n"
        "  app: {kind: service, processes: 1, cores: 1, pool_size: 5, pool_wait_limit: 10 s}\n"
        + DATABASE
    )
    workload = QUERIES.replace("cpu_time: 1 ms", "cpu_time: 100 ms")
    found = crowd(parts, workload, surge="users: 300 users, already: 0 users")
    (door,) = (each for each in found.outcomes if each.constraint.id == "door.requests_in_flight")
    # Not their rate of one second times a response of ten, which would be 3,000 of 300 people.
    assert value_at(door.constraint.load) == 300
