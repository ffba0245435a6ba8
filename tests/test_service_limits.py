"""Limits of one process, and what must hold with a zone less, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Limits
workload:
  users: 20000
  target: 20000
  activities: {page: {interval: 20 s, cpu_time: 10 ms}}
  LIVE
parts:
  web: {kind: service, processes: 20, cores: 20, FIELDS}
events: [{name: all at once, surge: {users: 20000 users}}]
"""


def web(fields, live=""):
    return parse_system(TEXT.replace("FIELDS", fields).replace("LIVE", live))


def load(result, name):
    return value_at(result.of(name).load)


def test_sockets_share_the_heap_of_their_processes():
    # socket.io documentation, memory usage: 9.3 kB of V8 heap per connection.
    fields = "heap_limit: 100 MB, memory_per_process: 60 MB, memory_per_stream: 9.3 kB"
    result = planning.assess(web(fields, "live: {sockets: 100 %}"))
    assert load(result, "web.heap") == pytest.approx(60e6 + 1000 * 9300)
    assert result.of("web.heap").past_limit == "crash"
    edge = planning.capacity(web(fields, "live: {sockets: 100 %}"))
    assert value_at(planning.assess(web(fields, "live: {sockets: 100 %}"), edge.users)
                    .of("web.heap").load) <= 100e6  # fmt: skip


def test_the_default_of_a_thousand_files_is_reached_by_as_many_sockets():
    # ulimit -n is 1,024 where nobody raised it; 50 are open at rest and 20 are the pool's.
    fields = "file_descriptors: 1024, pool_size: 20"
    result = planning.assess(web(fields, "live: {sockets: 100 %}"))
    # 1,000 sockets a process, and 1,000 requests/s of 10 ms over twenty of them.
    under_way = result.of("web.file_descriptors").load
    assert value_at(under_way) == pytest.approx(50 + 20 + 1000 + 0.5, abs=0.1)
    assert result.verdict == "does not hold"
    edge = planning.capacity(web(fields, "live: {sockets: 100 %}"))
    assert edge.binding.id == "web.file_descriptors"
    assert edge.users == pytest.approx(954 * 20, rel=0.002)


def test_a_crowd_opens_a_socket_each():
    system = web("file_descriptors: 1024")
    event = assess_event(system, system.events[0])
    # 20,000 at once over twenty processes: 1,000 each, 1,050 with the files; 26 too many.
    assert value_at(event.number("web.file_descriptors", "refused")) == pytest.approx(26)


@pytest.mark.parametrize(("zones", "users"), [(2, 20_000), (3, 26_666), (4, 30_000)])
def test_what_is_left_of_the_zones_must_carry_the_peak(zones, users):
    # Twenty cores of 10 ms a page carry 2,000 a second, 40,000 users; a zone less, their share.
    edge = planning.capacity(web(f"zones: {zones}"))
    assert (edge.users, edge.binding.id) == (users, "web.cpu_with_a_zone_less")


def test_threads_must_do_with_a_zone_less_as_well():
    result = planning.assess(web("zones: 2, threads: 4"))
    assert value_at(result.of("web.threads_with_a_zone_less").limit) == 40


def test_nothing_stated_is_not_asked():
    names = {each.id for each in planning.assess(web("threads: 4")).constraints}
    assert names == {"web.cpu", "web.threads"}


POOL = """
title: A pool
workload:
  users: 20
  target: 20
  activities: {ingest: {interval: 1 s, queries: 1, query_time: 300 ms, cpu_time: 0.1 ms}}
parts:
  web: {kind: service, processes: 1, cores: 2, pool_size: SIZE, pool_full_share: 1 %}
  db: {kind: database, max_connections: 100}
"""


def test_a_pool_of_which_six_in_ten_are_wanted_is_full_one_time_in_ten():
    # Erlang C: 10.13 % of 20 a second find ten places taken that are held for 300 ms each.
    ten = planning.assess(parse_system(POOL.replace("SIZE", "10")))
    assert load(ten, "web.pool") == pytest.approx(6)
    assert load(ten, "web.full_pool") == pytest.approx(0.1013, abs=1e-4)
    assert ten.verdict == "does not hold"
    # 25, as were taken after such a fault, are full hardly ever.
    large = planning.assess(parse_system(POOL.replace("SIZE", "25")))
    assert load(large, "web.full_pool") < 1e-6
    assert large.verdict != "does not hold"


def test_a_thread_for_each_peer_limits_the_processes_and_more_of_them_break_all():
    # 20 processes: 19 peers with two threads each beside 10 of their own.
    fields = "peers: {threads_each: 2, own_threads: 10, thread_limit: LIMIT}"
    fits = planning.assess(web(fields.replace("LIMIT", "48")))
    assert load(fits, "web.peer_threads") == pytest.approx(48)
    assert fits.verdict != "does not hold"
    more = web(fields.replace("LIMIT", "48")).at({"parts.web.processes": 21.0})
    added = planning.assess(more)
    assert load(added, "web.peer_threads") == pytest.approx(50)
    assert added.verdict == "does not hold"
    assert added.of("web.peer_threads").past_limit == "crash"


def test_a_rollout_has_the_peers_of_old_and_new():
    fields = "replicas: 4, deploy_surge: 100 %, peers: {own_threads: 0, thread_limit: 100}"
    result = planning.assess(web(fields))
    assert load(result, "web.peer_threads") == pytest.approx(79)
    assert load(result, "web.peer_threads_while_deploying") == pytest.approx(159)


def test_peers_whose_threads_nobody_limits_are_not_known_to_hold():
    assert planning.assess(web("peers: {}")).verdict == "not known"
