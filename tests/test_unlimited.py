"""A number that nobody states is no zero: what is asked of a part and limits nothing is found."""

from __future__ import annotations

import pytest

import planning
from planning.flow.finding import Severity
from planning.questions.load import parse_system
from planning.questions.remedies import remedy

FILE = """\
title: T
workload:
  users: 1000 users
  target: 1000 users
  activities:
    page: {{interval: 10 s{activity}}}
parts:
  web: {{kind: service, processes: 2, cores: 2{web}}}
{parts}
"""
DATABASE = "  db: {kind: database, max_connections: 100, cores: 2}"
STORE = "  x: {kind: document_store, document_writes: 1/s, hot_share: 10 %}"


def assess(activity="", web="", parts=""):
    return planning.assess(parse_system(FILE.format(activity=activity, web=web, parts=parts)))


def said(result, part, words):
    return [each for each in result.findings if each.part == part and words in each.what]


@pytest.mark.parametrize(
    ("activity", "web", "parts", "part", "words", "severe"),
    [
        ("", ", calls: {db: {page: {time: 5 ms, cpu: 1 ms}}}", DATABASE, "web",
         "the CPU of page is not stated and counts as nothing: this service never", True),
        ("", ", threads: 4, calls: {db: {page: {time: 5 ms, cpu: 1 ms}}}", DATABASE, "web",
         "the CPU of page is not stated and counts as nothing: its cores never", False),
        (", cpu_time: 1 ms", ", calls: {db: {page: 3}}", DATABASE, "db",
         "how long queries of page take is not stated", True),
        (", cpu_time: 1 ms", ", calls: {db: {page: {time: 5 ms}}}", DATABASE, "db",
         "its cores are stated, and not the CPU that a query takes", False),
        (", cpu_time: 1 ms", ", calls: {x: {page: 1}}", STORE, "x",
         "whether page write is not stated: the most popular document is never written", True),
        (", cpu_time: 1 ms", ", calls: {x: {page: 1}}",
         "  x: {kind: object_store, stored: 1 TB, price: $0.02/GB/month}", "x",
         "its bytes have a price and its requests have none", False),
        (", cpu_time: 1 ms", "", "  door: {kind: rate_limit}", "door",
         "this rate limit states no requests for the requests that pass it", True),
    ],
)  # fmt: skip
def test_what_is_not_stated_is_found(activity, web, parts, part, words, severe):
    result = assess(activity, web, parts)
    found = said(result, part, words)
    assert [each.severity for each in found] == [Severity.HIGH if severe else Severity.MEDIUM]
    assert (result.verdict == "not known") is severe


@pytest.mark.parametrize(
    ("activity", "web", "parts"),
    [
        # Zero is an answer where somebody said zero.
        (", cpu_time: 0 s", ", calls: {db: {page: {time: 5 ms, cpu: 1 ms}}}", DATABASE),
        (", cpu_time: 1 ms", ", calls: {x: {page: {writes: 1 %}}}", STORE),
        (", cpu_time: 1 ms", ", calls: {x: {page: 1}}",
         "  x: {kind: object_store, stored: 1 TB, price: $0.02/GB/month,"
         " read_price: $0/request, write_price: $0/request}"),
    ],
)  # fmt: skip
def test_the_same_files_with_the_number_are_sound(activity, web, parts):
    result = assess(activity, web, parts)
    assert [each.what for each in result.findings if each.severity > Severity.LOW] == []
    assert result.verdict == "holds"


def test_a_plan_of_tiers_charges_requests_too():
    # CloudFront, United States: $0.085/GB and $0.01 per 10,000 HTTPS requests; a third of 100
    # pages/s over a month of 730 h is 87.6 million pages of 11 requests each.
    cdn = "  edge: {kind: cdn, plan: cdn.cloudfront, origin: web, hit_ratio: 100 %, objects: 10, "
    result = assess(", cpu_time: 1 ms", "", cdn + "page_bytes: 1 kB}")
    requests = 100 / 3 * 730 * 3600 * 11
    assert result.monthly["edge requests"].value == pytest.approx(requests * 1e-6, rel=1e-6)
    assert not said(result, "edge", "requests have none")


def test_clients_may_ask_a_store_themselves():
    # 1000 users every 10 s are 100 operations/s, 1 % of them to one document that takes 1/s.
    text = (
        "title: App\nworkload: {users: 1000 users, target: 1000 users, activities: "
        "{like: {interval: 10 s, enters: store, QUERIESwrites: 100 %}}}\n"
        "parts: {store: {kind: document_store, document_writes: 1/s, hot_share: 1 %}}\n"
    )
    case = parse_system(text.replace("QUERIES", "queries: 1, query_time: 50 ms, "))
    result = planning.assess(case)
    hot = next(each for each in result.constraints if each.what == "one document")
    assert float(hot.load.value) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="takes no requests; say in `queries`"):
        parse_system(text.replace("QUERIES", ""))


def test_operations_without_a_pool_hold_a_connection_each_while_they_run():
    # 100 operations/s of 20 ms are two at a time (Little's law).
    calls = ", calls: {x: {page: {time: 20 ms}}}"
    result = assess(", cpu_time: 1 ms", calls, "  x: {kind: document_store, max_connections: 50}")
    there = next(each for each in result.constraints if each.id == "x.connections")
    assert float(there.load.value) == pytest.approx(2.0)


def test_nothing_that_can_run_out_says_whether_nothing_comes_or_nothing_is_stated():
    text = (
        "title: App\nworkload: {users: 10 users, target: 10 users, activities: "
        "{like: {interval: 10 s, queries: 1, query_time: 50 ms}}}\n"
        "parts: {store: {kind: document_store, stored: 1 GB}}\n"
    )
    with pytest.raises(ValueError, match="no limit of what it asks of store"):
        planning.assess(parse_system(text))


def test_an_activity_may_have_a_response_objective_of_its_own():
    # The model takes 6 s whatever the load: more cores do not help, another objective does.
    model = "  llm: {kind: external_api, requests: 1000/s, time: 6 s, request_price: $0/request}"
    web = ", response_objective: 1 s, calls: {llm: {page: 1}}"
    strict = assess(", cpu_time: 1 ms", web, model).binding
    assert strict.what == "page response"
    assert "6 s pass without any waiting" in remedy(strict)
    own = ", cpu_time: 1 ms, response_objective: 10 s"
    assert assess(own, web, model).verdict == "holds"
    assert assess(own.replace("10 s", "5 s"), web, model).binding.what == "page response"


def test_an_objective_that_no_service_keeps_is_not_green():
    text = (
        "title: F\nworkload: {users: 10 users, target: 10 users, activities: {call: {interval: "
        "10 s, cpu_time: 10 ms, function: true, response_objective: 1 s}}}\n"
        "parts: {f: {kind: serverless, concurrent: 100, price: $0/invocation}}\n"
    )
    result = planning.assess(parse_system(text))
    assert said(result, "call", "limits nothing")
    assert result.verdict == "not known"


@pytest.mark.parametrize(("pool", "clients", "said_so"), [(98, 500, True), (97, 500, False),
                                                          (200, 90, False)])  # fmt: skip
def test_a_pooler_that_opens_more_than_the_database_takes_is_found(pool, clients, said_so):
    # 100 connections, of which 3 are reserved; a pooler opens no more than its clients may ask for.
    parts = f"  p: {{kind: pooler, max_clients: {clients}, pool_size: {pool}}}\n{DATABASE}"
    query = ", cpu_time: 1 ms, queries: 1, query_time: 5 ms, query_cpu: 1 ms"
    result = assess(query, ", pool_size: 5", parts)
    assert bool(said(result, "pools", f"p {pool} connections")) is said_so
    assert (result.verdict == "holds") is not said_so


@pytest.mark.parametrize(
    ("parts", "words", "mended"),
    [
        ("  x: {kind: memory_store}", "neither its memory is stated",
         "  x: {kind: memory_store, memory: 1 GB, keys: 1000, key_bytes: 1 kB, evicts: true}"),
        ("  x: {kind: model_server, input_tokens: 10, output_tokens: 10, prefill: 100000/s,"
         " token_time: 1 ms, shared_token_time: 0 ms, hourly: $1/h}",
         "how many tokens its KV-cache holds",
         "  x: {kind: model_server, input_tokens: 10, output_tokens: 10, prefill: 100000/s,"
         " token_time: 1 ms, shared_token_time: 0 ms, hourly: $1/h, cache_tokens: 100000}"),
    ],
)  # fmt: skip
def test_what_is_not_modelled_is_told(parts, words, mended):
    calls = ", calls: {x: {page: 1}}"
    assert said(assess(", cpu_time: 1 ms", calls, parts), "x", words)
    assert not said(assess(", cpu_time: 1 ms", calls, mended), "x", words)


def test_functions_whose_idle_environments_are_left_out_say_so():
    text = (
        "title: F\nworkload: {users: 10 users, target: 10 users, activities: {call: {interval: "
        "10 s, cpu_time: 10 ms, function: true, queries: 1, query_time: 5 ms, query_cpu: 1 ms}}}\n"
        "parts:\n  f: {kind: serverless, concurrent: 100, price: $0/invocationIDLE}\n" + DATABASE
    )
    idle = ", idle_environments: true, keep_alive: 10 min, cold_start: 200 ms"
    bare, whole = (planning.assess(parse_system(text.replace("IDLE", x))) for x in ("", idle))
    assert said(bare, "f", "keep theirs")
    assert not said(whole, "f", "keep theirs")
    assert bare.verdict == "holds"
