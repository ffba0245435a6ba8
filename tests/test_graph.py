"""Systems of other shapes: each the smallest form of a public case, with the answer worked out."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.findings import findings
from planning.questions.load import parse_system
from planning.questions.reasons import reason
from planning.questions.surges import assess_event

CALL = "    call: {interval: 2 s, queries: 3, query_time: 20 ms}\n"


def system(parts, *, activities=CALL, users=50, more=""):
    head = f"title: Case\nworkload:\n  users: {users} users\n  target: {users} users\n"
    acts = f"  activities:\n{activities}" if activities else ""
    return parse_system(f"{head}{acts}{more}parts:\n{parts}")


def load(result, name):
    return value_at(result.of(name).load)


def test_sockets_that_no_service_for_them_holds_fill_the_servers_memory():
    node = (
        "  node: {kind: service, processes: 1, cores: 1, memory: 1.4 GB,"
        " memory_per_stream: 100 kB}\n"
    )
    case = system(node, activities="", users=15_000, more="  live: {sockets: 100 %}\n")
    assert load(planning.assess(case), "node.memory") == 15_000 * 100e3
    assert planning.assess(case).verdict == "does not hold"
    assert planning.capacity(case).users == 14_000


@pytest.mark.parametrize(("limit", "verdict"), [(100, "flawed"), (250, "holds")])
def test_pools_that_may_open_more_than_the_database_takes_are_part_of_the_verdict(limit, verdict):
    case = system(
        "  services: {kind: service, processes: 4, cores: 4, pool_size: 50}\n"
        f"  database: {{kind: database, max_connections: {limit}}}\n"
    )
    assert planning.assess(case).verdict == verdict


TWO = (
    "  web: {kind: service, processes: 2, cores: 2, pool_size: 20}\n"
    "  worker: {kind: service, processes: 8, cores: 2, pool_size: 10}\n"
    "  database: {kind: database, max_connections: 100}\n"
)


def test_two_services_share_one_database_and_both_their_pools_count():
    case = system(TWO, activities=CALL + CALL.replace("call:", "work:").replace(
        "20 ms", "20 ms, enters: worker"))  # fmt: skip
    result = planning.assess(case)
    assert value_at(result.of("web.pool").limit) == 40
    assert value_at(result.of("worker.pool").limit) == 80
    assert load(result, "database.connections") == pytest.approx(2 * 50 / 2 * 3 * 0.020)
    (pools,) = (each for each in result.findings if each.part == "pools")
    assert "120 connections together" in pools.what


def test_a_part_that_nothing_reaches_leaves_nothing_to_call_green():
    result = planning.assess(system(TWO))
    assert result.verdict == "not known"
    assert [each.part for each in result.findings if each.vanished] == ["worker"]


def test_what_is_wanted_and_taken_by_no_part_is_named_and_not_green():
    parts = "  database: {kind: database, max_connections: 100}\n"
    case = system(parts, more="  viewing: {share: 50 %}\n")
    result = planning.assess(case)
    assert result.verdict == "not known"
    (lost,) = (each for each in result.findings if each.vanished)
    assert "no part takes its viewers (25 viewers)" in lost.what
    media = "  video: {kind: media, bitrate: 1 Mbit/s, price: $0/GB}\n"
    assert (
        planning.assess(system(parts + media, more="  viewing: {share: 50 %}\n")).verdict == "holds"
    )


def test_a_function_holds_a_connection_per_environment():
    call = (
        "    call: {interval: 5 s, queries: 1, query_time: 10 ms, cpu_time: 490 ms,"
        " function: true}\n"
    )
    case = system(
        "  functions: {kind: serverless, concurrent: 100}\n"
        "  database: {kind: database, max_connections: 50}\n",
        activities=call,
        users=1000,
    )
    result = planning.assess(case)
    assert load(result, "database.connections") == pytest.approx(1000 / 5 * 0.5)
    assert value_at(result.of("database.connections").limit) == 47
    assert result.verdict == "does not hold"
    http = parse_system_with(case, "connections_per_environment", 0.0)
    assert planning.assess(http).verdict != "does not hold"


@pytest.mark.parametrize(("allowed", "served"), [(50, 50), (5000, 1000)])
@pytest.mark.parametrize("instant", [True, False])
def test_who_is_refused_by_functions_does_not_load_the_database(allowed, served, instant):
    over = "" if instant else ", duration: 10 s"
    case = system(
        f"  functions: {{kind: serverless, concurrent: {allowed}}}\n"
        "  database: {kind: database, max_connections: 100, cores: 2}\n"
        f"events:\n  - {{name: rush, surge: {{users: 1000 users, already: 0{over}}}}}\n",
        activities="    call: {interval: 10 s, queries: 2, query_time: 5 ms, query_cpu: 5 ms,"
        " cpu_time: 10 ms, function: true}\n",
    )
    met = assess_event(case, case.events[0])
    cpu = next(each.constraint for each in met.outcomes if each.constraint.name == "database cpu")
    # Two queries of 5 ms each. Who comes over ten seconds is never there at once: 1000 / 10 arrive
    # a second, and as many calls a second are made by those who are there in the end.
    calls = served if instant else 1000 / 10 + 1000 / 10
    assert value_at(cpu.load) == pytest.approx(calls * 2 * 0.005)


def parse_system_with(case, field, value):
    return case.at({f"parts.functions.{field}": value})


def test_jobs_pile_up_when_workers_are_too_few():
    case = system(
        "  jobs: {kind: queue, workers: 8, job_time: 1.7 s}\n",
        activities="    job: {interval: 1 min}\n",
        users=640,
    )
    result = planning.assess(case)
    workers = result.of("jobs.workers")
    assert value_at(workers.load) == pytest.approx(640 / 60 * 1.7)
    assert value_at(workers.backlog) * 60 == pytest.approx(357.6, abs=0.1)
    assert value_at(workers.needed) == 19
    told = {node.name: value_at(node) for node in result.traffic}
    assert told["jobs done at most"] == pytest.approx(8 / 1.7)
    assert told["backlog after the overload"] == pytest.approx(21_459, abs=1)
    # After an hour the workers are at what came in the first 26 minutes of it.
    assert told["age of the oldest job then"] == pytest.approx(3600 * (1 - 8 / (640 / 60 * 1.7)))
    assert planning.capacity(case).users == int(8 / 1.7 * 60)


@pytest.mark.parametrize(("users", "seconds"), [(50, 2.0), (100, 4.0)])
def test_users_who_wait_for_their_answer_slow_themselves_down(users, seconds):
    read = "    read: {think_time: 0 s, queries: 1, query_time: 5 ms, cpu_time: 120 ms}\n"
    case = system(
        "  api: {kind: service, processes: 3, cores: 3, pool_size: 20, response_objective: 2 s}\n"
        "  database: {kind: database, max_connections: 200}\n",
        activities=read,
        users=users,
    )
    result = planning.assess(case)
    rate, response = value_at(result.requests["read"]), load(result, "api.read_response")
    assert rate == pytest.approx(25, rel=0.002)
    assert response == pytest.approx(seconds, rel=0.002)
    assert rate * response == pytest.approx(users)  # Little's law
    assert value_at(result.of("api.cpu").load) < 3


def test_an_interval_shorter_than_the_answer_is_told():
    read = "    read: {interval: 1 ms, queries: 1, query_time: 5 ms, cpu_time: 120 ms}\n"
    parts = (
        "  api: {kind: service, processes: 3, cores: 3}\n"
        "  database: {kind: database, max_connections: 200}\n"
    )
    case = system(parts, activities=read)
    (told,) = (each for each in planning.assess(case).findings if each.part == "read")
    assert "think_time" in told.remedy


def test_the_shop_breaks_at_its_workers_and_ask_holds_its_threads():
    case = parse_system(SHOP)
    result = planning.assess(case)
    edge = planning.capacity(case)
    assert edge.binding.id == "jobs.workers"
    assert edge.users == pytest.approx(3200, rel=0.005)
    threads = result.of("web.threads").load
    held = {name: value_at(node) for name, node in threads.inputs.items()}
    assert held["ask requests"] == pytest.approx(20_000 / 1800 * 4, rel=1e-4)
    assert value_at(result.of("jobs.workers").backlog) == pytest.approx(14, abs=0.1)


SHOP = """
title: Acme shop
workload:
  users: 20k users
  target: 20k users
  activities:
    browse: {interval: 40 s, enters: web}
    checkout: {interval: 20 min, enters: web}
    ask: {interval: 30 min, enters: web}
parts:
  web:
    kind: service
    processes: 8
    threads: 8
    cores: 4
    pool_size: 8
    calls:
      main: {browse: {count: 4, time: 6 ms, cpu: 1 ms}, checkout: {count: 9, time: 8 ms, cpu: 2 ms}}
      jobs: {checkout: 1}
      assistant: {ask: {count: 1, time: 4 s}}
  jobs: {kind: queue, workers: 8, job_time: 3 s, calls: {main: {checkout: {count: 2, time: 5 ms}}}}
  assistant: {kind: service, processes: 100, cores: 100}
  cache: {kind: cache, hit_ratio: 85 %}
  main: {kind: database, max_connections: 100, cores: 2}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("jobs: {checkout: 1}", "job: {checkout: 1}", "there is no part 'job' to call"),
        ("jobs: {checkout: 1}", "web: {checkout: 1}", "a part cannot call itself"),
        ("enters: web}\n    ask", "enters: wep}\n    ask", "there is no part 'wep'"),
        ("enters: web}\n    ask", "enters: main}\n    ask", "takes no requests"),
        (
            "assistant: {kind: service, processes: 100, cores: 100}",
            "assistant: {kind: service, processes: 1, cores: 1, calls: {web: {ask: 1}}}",
            "calls go in a circle: ",
        ),
    ],
)
def test_wiring_that_cannot_be_is_one_clear_error_with_its_line(old, new, words):
    with pytest.raises(FileError) as caught:
        parse_system(SHOP.replace(old, new), "shop.yaml")
    (line,) = str(caught.value).splitlines()
    assert words in line
    assert line.startswith("shop.yaml:")


def test_hot_documents_take_only_so_many_writes():
    case = system(
        "  store: {kind: document_store, operations: 1000 operations/s, write_share: 50 %,\n"
        "          document_writes: 1 operation/s, hot_share: 10 %}\n",
        activities="    like: {interval: 10 s, queries: 2, query_time: 10 ms}\n",
        users=100,
    )
    result = planning.assess(case)
    assert load(result, "store.operations") == 20
    assert load(result, "store.one_document") == pytest.approx(1.0)
    assert planning.capacity(case).binding.id == "store.one_document"


def test_a_busy_database_fills_the_pool_in_front_of_it_first():
    page = (
        "    page: {interval: 1 s, queries: 1, query_time: 20 ms, query_cpu: 10 ms,"
        " cpu_time: 1 ms}\n"
    )
    case = system(
        "  app: {kind: service, processes: 1, cores: 1, pool_size: 20}\n"
        "  database: {kind: database, max_connections: 100, cores: 1}\n",
        activities=page,
    )
    calm, busy, full = (planning.assess(case, users) for users in (10, 95, 300))
    assert load(calm, "app.pool") == pytest.approx(0.21, rel=0.02)
    # M/M/1 at 95 %: a query of 20 ms waits 190 ms more for the core.
    assert load(busy, "app.pool") > 6 * 95 * 0.020
    assert float(full.of("app.pool").utilisation) > 2.5
    edge = planning.capacity(case)
    assert edge.of("app.pool") <= edge.of("database.cpu") == 100
    assert edge.of("app.pool") > 95


def test_a_cache_spares_reads_and_no_write():
    text = (
        "  app: {kind: service, processes: 1, cores: 1}\n"
        "  cache: {kind: cache, hit_ratio: 90 %}\n"
        "  database: {kind: database, max_connections: 100, replicas: 1, read_share: 80 %,\n"
        "             replay_time: 1 ms, lag_within: 1 s}\n"
    )
    bare = text.replace("  cache: {kind: cache, hit_ratio: 90 %}\n", "")
    with_cache, without = (planning.assess(system(each)) for each in (text, bare))
    assert load(with_cache, "database replica lag") == load(without, "database replica lag")


def test_a_plan_whose_price_is_in_no_cost_is_told():
    case = system("  database: {kind: database, plan: supabase.compute.4xl}\n")
    result = planning.assess(case)
    assert result.verdict == "flawed"
    assert "is in no cost" in next(each.what for each in result.findings if each.part == "database")


LAUNCH = """
title: Launch
workload:
  users: 100
  target: 100
  activities: {page: {interval: 10 s, queries: 1, query_time: 5 ms, cpu_time: 10 ms}}
parts:
  app: {kind: service, processes: 1, cores: 1, pool_size: 10}
  database: {kind: database, max_connections: 100}
events:
  - {name: spot, surge: {arrival_rate: 1000 users/s, duration: 1 min}}
  - {name: an hour, surge: {users: 2000 users, duration: 1 h}}
  - {name: a second, surge: {users: 50 users}}
  - {name: on top, surge: {users: 50 users, already: 2000 users}}
  - {name: gifts, surge: {gifts: 10 gifts}}
"""


def test_who_comes_over_a_time_meets_every_limit_with_those_who_are_there():
    case = parse_system(LAUNCH)
    spot, hour, second, on_top, gifts = (assess_event(case, event) for event in case.events)
    # 60,000 people at a page each 10 s, and 1,000 a second of new ones, on 100 pages a second.
    assert spot.verdict.name == "CRASH"
    assert value_at(spot.number("app.cpu", "share failed")) > 0.9
    assert hour.verdict.name == "STABLE"  # 0.6 a second and the 333 who are there at a time
    assert second.verdict.name == "STABLE"
    assert value_at(second.number("app.cpu", "drain")) == pytest.approx(0.5)
    assert on_top.verdict.name in {"FAIL", "CRASH"}  # those who are there take all of it
    assert gifts.verdict.name == "UNKNOWN"
    assert gifts.unknown == ("gifts at once gifts",)


def test_events_and_capacities_take_draws():
    case = parse_system(LAUNCH)
    draws = np.linspace(0.005, 0.02, 7)
    drawn = case.at({"workload.activities.page.cpu_time": draws})
    edge = planning.capacity(drawn)
    one_by_one = [
        planning.capacity(case.at({"workload.activities.page.cpu_time": each})).users
        for each in draws
    ]
    assert edge.by_draw.tolist() == one_by_one
    result = assess_event(drawn, case.events[0])
    assert result.verdicts.shape in {(), draws.shape}
    assert result.number("app.cpu", "share failed").value.shape == draws.shape


def test_a_crowd_is_refused_what_piles_up_while_it_comes_and_no_more():
    case = system(
        "  jobs: {kind: queue, workers: 4, max_backlog: 100 jobs, job_time: 1 s}\n"
        "events:\n  - {name: rush, surge: {users: 1000, duration: 60 s, stay: 1 s}}\n",
        activities="    job: {interval: 1 h}\n",
        users=100,
    )
    result = assess_event(case, case.events[0])
    refused = value_at(result.number("jobs.backlog", "refused"))
    there = 1000 * 1 / 60  # those who stay still send a job an hour each
    assert refused == pytest.approx((1000 / 60 + there / 3600 - 4) * 60 - 100)
    full = system(
        "  web: {kind: service, processes: 1, cores: 1}\n"
        "events:\n  - {name: rush, surge: {users: 10, already: 200}}\n",
        activities="    call: {interval: 1 s, cpu_time: 10 ms}\n",
        users=100,
    )
    assert "never done (0 requests/s carried)" in reason(assess_event(full, full.events[0]))


WEB = "  web: {kind: service, processes: 2, cores: 2}\n"
DATABASE = "  database: {kind: database, max_connections: 100%s}\n"
CPU = "    call: {interval: 2 s, queries: 3, query_time: 20 ms, query_cpu: 1 ms, cpu_time: 1 ms}\n"


@pytest.mark.parametrize(
    ("parts", "more", "words"),
    [
        (WEB + DATABASE % "", "", "this database states no cores for the CPU of its queries"),
        (
            WEB + DATABASE % ", cores: 2",
            "  live: {sockets: 100 %}\n",
            "states no memory for its open sockets",
        ),
        (
            WEB + "  documents: {kind: document_store}\n",
            "",
            "this document store states no limit for queries",
        ),
    ],
)
def test_what_is_wanted_of_a_part_without_a_limit_is_named_and_not_green(parts, more, words):
    result = planning.assess(system(parts, activities=CPU, more=more))
    assert result.verdict == "not known"
    (found,) = (each for each in result.findings if each.vanished)
    assert words in found.what


def test_functions_and_messages_without_a_limit_are_not_green():
    functions = (
        "    page: {interval: 2 s, cpu_time: 1 ms}\n"
        "    call: {interval: 2 s, cpu_time: 1 ms, function: true}\n"
    )
    free, limited = (
        system(f"{WEB}  fn: {{kind: serverless{more}}}\n", activities=functions)
        for more in ("", ", concurrent: 100")
    )
    assert planning.assess(free).verdict == "not known"
    assert "states no concurrent" in " ".join(each.what for each in findings(free))
    assert "states no concurrent" not in " ".join(each.what for each in findings(limited))


def test_a_system_that_nobody_uses_is_told_to_hold_nothing():
    text = (
        "title: Empty\nworkload: {users: USERS, target: TARGET, "
        "activities: {page: {interval: 10 s, cpu_time: 1 ms}}}\n"
        "parts: {web: {kind: service, processes: 1, cores: 1}}\n"
    )
    for users, target, said in ((0, 0, True), (0, 100, False), (100, 0, False)):
        case = parse_system(text.replace("USERS", str(users)).replace("TARGET", str(target)))
        assert any("nobody uses it" in each.what for each in findings(case)) is said


def test_a_population_that_does_nothing_is_not_green():
    text = (
        "title: Two\nworkload: {users: 100, target: 100, populations: {a: SHARE, b: 20 %}, "
        "activities: {page: {interval: 10 s, cpu_time: 1 ms, by: a}WHO}}\n"
        "parts: {web: {kind: service, processes: 1, cores: 1}}\n"
    )
    case = parse_system(text.replace("SHARE", "80 %").replace("WHO", ""))
    assert planning.assess(case).verdict == "not known"
    assert "these 20 % of all users" in findings(case)[0].what
    both = text.replace("WHO", ", post: {interval: 10 s, cpu_time: 1 ms, by: b}")
    assert planning.assess(parse_system(both.replace("SHARE", "80 %"))).verdict == "holds"
    twice = findings(parse_system(both.replace("SHARE", "90 %")))
    assert [each.what for each in twice] == [
        "they come to 110 % of all users: some are counted twice"
    ]


def test_a_call_for_an_activity_that_never_comes_is_named_and_not_green():
    parts = WEB.replace("cores: 2}", "cores: 2, calls: {database: {%s: {time: 5 ms}}}}")
    own = "    call: {interval: 2 s, cpu_time: 1 ms}\n"
    right, wrong = (
        planning.assess(system(parts % name + DATABASE % "", activities=own))
        for name in ("call", "cal")
    )
    assert right.verdict == "holds"
    assert wrong.verdict == "not known"
    assert any("it calls database for 'cal'" in each.what for each in wrong.findings)


JOB = (
    "  it: {kind: scheduled_job, interval: 5 min, item_time: 1 ms, items_per_user: 1 job/user, "
    "calls: {database: {NAME: {time: 5 ms}}}}\n"
)
LOG = (
    "  it: {kind: broker, partitions: 4, record_bytes: 1 kB, readers: {all: {members: 4, "
    "time: 1 ms, calls: {database: {NAME: {time: 5 ms}}}}}}\n"
)


@pytest.mark.parametrize(
    ("parts", "enters", "right"),
    [(LOG, "it", "call"), (JOB, "it", "call"), (JOB, "it", "run"), (WEB + JOB, "web", "run")],
)
def test_calls_of_jobs_and_readers_are_held_against_what_comes(parts, enters, right):
    activity = f"    call: {{interval: 10 s, cpu_time: 1 ms, enters: {enters}}}\n"
    for name, never in ((right, False), ("slip", True)):
        case = system(parts.replace("NAME", name) + DATABASE % "", activities=activity)
        said = [each.what for each in findings(case)]
        assert any("which never comes here" in each for each in said) is never


def test_what_enters_at_a_gate_goes_on_to_what_is_behind_it():
    gate = "  gw: {kind: rate_limit, requests: 1000 requests/s%s}\n"
    calls = "    call: {interval: 2 s, cpu_time: 10 ms, enters: gw}\n"
    one = planning.assess(system(gate % "" + WEB, activities=calls))
    assert one.verdict == "holds"
    assert load(one, "gw.requests") == load(one, "web.cpu") / 0.01 == 25
    # Of two services the gate stands in front of both, and an activity says which it is for.
    both = calls.replace("enters: gw", "enters: web") + calls.replace("call", "post").replace(
        "enters: gw", "enters: api"
    )
    api = WEB.replace("web", "api")
    two = planning.assess(system(gate % ", in_front_of: [web, api]" + WEB + api, activities=both))
    assert two.verdict == "holds"
    assert load(two, "gw.requests") == 50
    past = planning.assess(system(gate % ", in_front_of: [api]" + WEB + api, activities=both))
    assert load(past, "gw.requests") == 25
    with pytest.raises(FileError, match="in_front_of: there is no part 'wbe'"):
        system(gate % ", in_front_of: [wbe, api]" + WEB + api, activities=both)


def test_a_budget_is_kept_only_where_somebody_states_a_cost():
    budget = WEB + "  money: {kind: budget, monthly: $100/month}\n"
    calls = "    call: {interval: 2 s, cpu_time: 1 ms}\n"
    free = system(budget, activities=calls)
    assert planning.assess(free).budget is None
    assert planning.assess(free).verdict == "not known"
    assert [each.part for each in findings(free) if "no cost is stated" in each.what] == ["money"]
    paid = system(budget + "costs: {app: {monthly: $30/month}}\n", activities=calls)
    assert value_at(planning.assess(paid).budget.load) == 30
    assert not [each for each in findings(paid) if "no cost is stated" in each.what]


ACTIVITY = "    call: {interval: 10 s, cpu_time: 1 ms}\n"
KINDS_OF_OTHERS = "  web: {kind: service, processes: 2, cores: 2, calls: {it: {call: %s}}}\n"
TABLE = "kind: key_value_store, item_bytes: 1 kB, write_share: 50 %"


@pytest.mark.parametrize(
    ("part", "call", "stated", "words"),
    [
        ("kind: external_api, time: 4 s", "1", "requests: 900/s", "states no requests for calls"),
        ("kind: external_api, requests: 900/s, concurrent: 9", "1", "time: 1 ms", "states no time"),
        (f"{TABLE}, read_units: 9k operations/s", "1", "write_price: $0.000001/operation",
         "states no write_units for writes"),
        (f"{TABLE}, write_units: 9k operations/s", "1", "read_units: 9k operations/s",
         "states no read_units for reads"),
    ],
)  # fmt: skip
def test_what_somebody_else_runs_is_not_green_for_want_of_a_limit(part, call, stated, words):
    calls = KINDS_OF_OTHERS % call
    free, limited = (
        planning.assess(system(f"{calls}  it: {{{part}{more}}}\n", activities=ACTIVITY))
        for more in ("", f", {stated}")
    )
    assert free.verdict == "not known"
    assert words in " ".join(each.what for each in free.findings if each.vanished)
    assert limited.verdict == "holds"


def test_a_table_that_nobody_writes_needs_no_limit_of_writes():
    reads = TABLE.replace("50 %", "0 %") + ", read_units: 9k operations/s"
    parts = f"{KINDS_OF_OTHERS % '1'}  it: {{{reads}}}\n"
    assert planning.assess(system(parts, activities=ACTIVITY)).verdict == "holds"


def test_a_proxy_without_connections_is_not_green_unless_its_use_is_paid_for():
    for more, verdict in (
        ("", "not known"),
        (", connections: 4096", "holds"),
        (", request_price: $0.000001/request", "holds"),
    ):
        parts = f"{WEB}  lb: {{kind: proxy{more}}}\n"
        assert planning.assess(system(parts, activities=ACTIVITY)).verdict == verdict


def test_joins_without_a_quota_are_not_green():
    parts = WEB + "  rt: {kind: websocket, connections: 5000, messages: 90k messages/s%s}\n"
    live = "  live: {channels: 2, stay: 10 min, room_size: 10, chat: {interval: 1 min}}\n"
    free, limited = (
        planning.assess(system(parts % more, activities=ACTIVITY, more=live))
        for more in ("", ", joins: 500 joins/s")
    )
    assert free.verdict == "not known"
    assert "states no joins for joins" in " ".join(each.what for each in free.findings)
    assert limited.verdict == "holds"


@pytest.mark.parametrize(
    ("part", "price"),
    [
        ("kind: external_api, time: 1 s, requests: 9/s", "request_price: $0/request"),
        ("kind: serverless, concurrent: 9", "price: $0/invocation"),
    ],
)
def test_what_costs_nothing_for_want_of_a_price_is_told_and_what_is_free_is_not(part, price):
    for more, said in (("", True), (f", {price}", False)):
        parts = f"{KINDS_OF_OTHERS % '1'}  it: {{{part}{more}}}\n"
        found = findings(system(parts, activities=ACTIVITY))
        assert any("no price" in each.what for each in found) is said


def test_idle_environments_keep_their_connections_too():
    # The example of SimFaaS (see tests/models/servers/test_environments.py): 0.9 calls/s of 2 s
    # run in 1.8 environments, and 7.7 are there.
    call = "    call: {interval: 100 s, queries: 1, query_time: 2 s, function: true}\n"
    parts = "  functions: {kind: serverless, concurrent: 100, cold_start: 300 ms, IDLE}\n"
    parts += "  database: {kind: database, max_connections: 50}\n"
    found = {}
    for idle in ("true", "false"):
        each = parts.replace("IDLE", f"idle_environments: {idle}")
        found[idle] = planning.assess(system(each, activities=call, users=90))
    assert load(found["false"], "database.connections") == pytest.approx(1.8, rel=0.01)
    assert load(found["true"], "database.connections") == pytest.approx(7.7, rel=0.02)
    few = parts.replace("concurrent: 100", "concurrent: 5").replace(
        "IDLE", "idle_environments: true"
    )
    assert load(planning.assess(system(few, activities=call, users=90)),
                "database.connections") == 5  # fmt: skip
