"""Proxies: two connections a request, idle ones beside them, and a bill in capacity units."""

from __future__ import annotations

import math

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

HEAD = """
title: Behind a proxy
workload:
  users: USERS
  target: 3000
  peak_to_mean: 1
  activities: {page: {interval: 10 s, enters: web, cpu_time: 500 ms}}
parts:
  lb: {kind: proxy, FIELDS}
  web: {kind: service, processes: 9000, cores: 9000}
events: [{name: all at once, surge: {users: 3000 users}}]
"""


def behind(fields, users=1000):
    return parse_system(HEAD.replace("FIELDS", fields).replace("USERS", str(users)))


def test_a_proxied_request_takes_two_connections():
    result = planning.assess(behind("connections: 4096"))
    # 100 requests/s of 500 ms each are 50 under way, on both sides.
    assert value_at(result.of("lb.connections").load) == pytest.approx(100)
    # 4 workers of nginx's default 1,024 carry 2,048 proxied requests at once: 40,960 users.
    assert planning.capacity(behind("connections: 4096")).users == 40_960


def test_clients_that_may_come_back_keep_theirs():
    result = planning.assess(behind("connections: 4096, keep_alive: 75 s"))
    kept = 1000 * (1 - math.exp(-75 / 10))
    assert value_at(result.of("lb.connections").load) == pytest.approx(100 + kept)


def test_a_crowd_past_the_connections_is_refused():
    system = behind("connections: 4096")
    event = assess_event(system, system.events[0])
    refused = value_at(event.number("lb.connections", "refused"))
    assert refused == pytest.approx(2 * 3000 - 4096)


UNITS = (
    "units: {monthly: $5.256/month, connection_rate: 25 connections/s, connections: 3000, "
    "traffic: 1 GB/h, rules: 1000 operations/s}"
)
# Tencent Cloud's published example: 100 new connections/s of 3 minutes each, 4 requests/s in all
# on each new one, 1,000 kB/s, ten rules beyond the free ones; 6 units, 0.0432 USD an hour.
# https://intl.cloud.tencent.com/document/product/214/41563
EXAMPLE = (
    f"requests_per_connection: 4, response_bytes: 2.5 kB, rules: 10 operations/request, {UNITS}"
)


def test_capacity_units_are_those_of_the_published_example():
    system = parse_system(
        HEAD.replace("FIELDS", EXAMPLE)
        .replace("USERS", "4000")
        .replace("cpu_time: 500 ms", "cpu_time: 45 s")
        .replace("processes: 9000, cores: 9000", "processes: 40000, cores: 40000")
    )
    result = planning.assess(system)
    units = next(each for each in result.traffic if each.name == "capacity units")
    assert value_at(units) == pytest.approx(6)
    month = value_at(result.monthly["lb capacity units"])
    assert month / 730 == pytest.approx(0.0432)
    peak = units.inputs["at_the_peak"]
    assert {name: round(value_at(node), 6) for name, node in peak.inputs.items()} == {
        "by new connections": 4, "by open connections": 6, "by bytes": 3.6, "by rules": 4,
    }  # fmt: skip


def test_bytes_of_an_activity_count_before_the_usual_ones():
    system = behind("bandwidth: 1 Gbit/s, response_bytes: 10 kB")
    assert value_at(planning.assess(system).of("lb.bandwidth").load) == pytest.approx(
        100 * 10e3 * 8
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("connections: 4096, connections_per_request: 1", "fewer than two"),
        ("connections: 1024, keep_alive: 75 s", "fewer connections than users"),
    ],
)
def test_what_is_configured_wrong_is_found(fields, words):
    assert any(words in each.what for each in planning.assess(behind(fields)).findings)


def test_units_without_bytes_are_refused():
    with pytest.raises(FileError, match="needs `response_bytes`"):
        behind(UNITS)


@pytest.mark.parametrize("surge", ["users: 3000 users", "users: 3000 users, duration: 10 s"])
def test_a_proxy_and_the_files_of_the_service_behind_it_count_the_same_sockets(surge):
    fields = "connections: 4096, connections_per_request: 1"
    text = HEAD.replace("FIELDS", fields).replace("USERS", "0").replace("users: 3000 users", surge)
    one = "processes: 1, cores: 9000, file_descriptors: 4096, open_files: 0 objects"
    system = parse_system(text.replace("processes: 9000, cores: 9000", one))
    met = assess_event(system, system.events[0])
    loads = {each.constraint.name: value_at(each.constraint.load) for each in met.outcomes}
    assert loads["lb connections"] == pytest.approx(loads["web file descriptors"])
    # One core answers two a second, so who comes over ten seconds waits: an instant is a count.
    assert (loads["lb connections"] == pytest.approx(3000)) is ("duration" not in surge)


def test_a_proxy_is_full_when_its_fullest_worker_is():
    # 100 connections, room for 30 in each of four workers: of one socket the fullest takes 58 %.
    fields = "connections: 120, workers: {count: 4, MORE}"
    shared = planning.assess(behind(fields.replace(", MORE", ""))).of("lb.fullest_worker")
    assert (value_at(shared.load), value_at(shared.limit)) == (pytest.approx(58), 30)
    assert planning.assess(behind(fields.replace(", MORE", ""))).verdict == "does not hold"
    own = planning.assess(behind(fields.replace("MORE", "own_sockets: true")))
    chance = 25 + math.sqrt(2 * 100 * math.log(4) / 4)
    assert value_at(own.of("lb.fullest_worker").load) == pytest.approx(chance)
    # Two workers cannot both have less than half.
    two = behind("connections: 120, workers: {count: 2, fullest_share: 30 %}")
    assert value_at(planning.assess(two).of("lb.fullest_worker").load) == pytest.approx(50)


def test_workers_without_connections_and_a_share_beside_chance_are_refused():
    with pytest.raises(FileError, match="`workers` needs `connections`"):
        behind("workers: {count: 4}")
    with pytest.raises(FileError, match="means nothing beside `own_sockets`"):
        behind("connections: 9, workers: {count: 4, own_sockets: true, fullest_share: 50 %}")
