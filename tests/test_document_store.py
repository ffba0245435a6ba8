"""Document stores: a published bill, a hot document, the ramp, a server's cache and tickets."""

from __future__ import annotations

import pytest

import planning
from planning.models.data.document_stores import ramp_time, storage_cache
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Documents
workload:
  users: USERS
  target: 1000
  peak_to_mean: 2
  activities: {act: {interval: 1 s, enters: web, cpu_time: 0.1 ms}}
parts:
  web: {kind: service, processes: 2, cores: 2, POOL calls: {store: {act: CALL}}}
  store: {kind: document_store, STORE}
events: [{name: all at once, surge: {users: 4000 users}}]
"""


def store(fields, call="{count: 1, time: 5 ms}", users=1000, pool=""):
    text = TEXT.replace("STORE", fields).replace("CALL", call).replace("POOL", pool)
    return parse_system(text.replace("USERS", f"{users!r}"))


def load(result, name):
    return value_at(result.of(name).load)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


# Paid by the document


def test_the_bill_is_the_one_of_the_vendors_example():
    # Cloud Firestore pricing example of 2018: 100 M reads, 50 M writes, 5 M deletes, 100 GiB;
    # free 1.5 M, 0.6 M, 0.6 M (the daily quota of 30 days) and 1 GiB; 166.72 USD in all.
    # https://github.com/ccckmit/misavo/wiki/Firebase
    users = 155e6 / (730 * 3600) * 2
    fields = (
        f"write_share: {{value: {55 / 155}}}, delete_share: {{value: {5 / 55}}}, stored: 100 GiB,"
        " read_price: {tiers: [{up_to: 1.5M operations, price: 0}, {price: $0.0000006/operation}]},"
        " write_price: {tiers: [{up_to: 600k operations, price: 0},"
        " {price: $0.0000018/operation}]},"
        " delete_price: {tiers: [{up_to: 600k operations, price: 0},"
        " {price: $0.0000002/operation}]},"
        " price: {tiers: [{up_to: 1 GiB, price: $0/GiB/month}, {price: $0.18/GiB/month}]}"
    )
    cost = planning.assess(store(fields, users=users)).monthly
    for what, dollars in (("reads", 59.10), ("writes", 88.92), ("deletes", 0.88),
                          ("storage", 17.82)):  # fmt: skip
        assert value_at(cost[f"store {what}"]) == pytest.approx(dollars, abs=0.005), what


def test_a_query_is_charged_for_each_document_that_it_reads():
    fields = "write_share: 0 %, documents_read: 20, read_price: $0.0000006/operation"
    cost = planning.assess(store(f"{fields}, write_price: $0/operation")).monthly
    assert value_at(cost["store reads"]) == pytest.approx(500 * 20 * 730 * 3600 * 6e-7)


def test_one_document_takes_one_write_a_second():
    # Firestore quotas: 1 sustained write per second to a document; a counter of all users.
    fields = "write_share: 100 %, hot_share: 100 %, document_writes: 1 operation/s"
    edge = planning.capacity(store(fields, "{count: 0.1, time: 5 ms}"))
    assert (edge.users, edge.binding.id) == (10, "store.one_document")


def test_a_ramp_reaches_what_the_vendor_says_after_ninety_minutes():
    # Best practices: 740 thousand operations per second after 90 minutes.
    assert float(ramp_time(500 * 1.5**18, 500, 0.5, 300)) == 90 * 60
    assert round(500 * 1.5**18) == 738_946


def test_what_the_first_rate_carries_needs_no_ramp():
    assert ramp_time([0, 500, 501, 750], 500, 0.5, 300).tolist() == [0, 0, 300, 300]
    system = store("operations: 10k operations/s, ramp_start: 500 operations/s", users=4000)
    result = planning.assess(system)
    assert told(result, "time to ramp up to this load") == 6 * 300  # 500 × 1.5⁶ = 5,695
    assert any("a launch" in each.what for each in result.findings)


# On a server of its own


def test_the_cache_is_that_of_the_manual():
    # 4 GB of memory leave 1.5 GB, 1.25 GB the least, 256 MB.
    assert (storage_cache([4 * 2**30, 1.25 * 2**30]) / 2**20).tolist() == [1536, 256]


def test_what_is_in_use_past_the_cache_comes_from_the_disk():
    server = store("memory: 4 GiB, working_set: 1 GiB, working_set_per_user: 512 KiB")
    edge = planning.capacity(server)
    assert edge.users == 1024  # 512 MiB left for users
    assert edge.binding.id == "store.working_set"


def test_connections_take_memory_beside_the_cache():
    pool = "pool_size: 1000, pool_warm: 1000,"
    result = planning.assess(store("memory: 4 GiB, working_set: 1 GiB", pool=pool))
    assert load(result, "store.memory") == pytest.approx(1.5 * 2**30 + 2000e6)
    crowded = planning.assess(store("memory: 2 GiB, working_set: 100 MB", pool=pool))
    assert load(crowded, "store.memory") > 2 * 2**30
    assert crowded.verdict == "does not hold"


def test_tickets_are_taken_by_littles_law_and_waited_for():
    call = "{count: 1, time: 100 ms}"
    result = planning.assess(store("tickets: 128", call))
    assert load(result, "store.tickets") == pytest.approx(100)  # 1,000/s of 100 ms
    flow = result.scene.stations["store"].flows("operation")[0]
    assert value_at(result.scene.answer_of(flow).time) > 0.1
    assert planning.capacity(store("tickets: 128", call)).users == 1280
    system = store("tickets: 128, wait_limit: 1 s", call, users=0)
    event = assess_event(system, system.events[0])
    # 128 at once and 1,280 in the second that others wait.
    assert value_at(event.number("store.tickets", "served")) == pytest.approx(1408)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("write_share: 50 %, read_price: $0.0000006/operation", "writes cost nothing"),
        ("operations: 9k operations/s, stored: 1 GB", "bytes are kept at no price"),
        ("memory: 4 GB", "not the documents and indexes in use"),
    ],
)
def test_a_store_that_is_half_described_is_found(fields, words):
    assert any(words in each.what for each in planning.assess(store(fields)).findings)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("read_price: $0.0000006/operation", "needs `write_share`"),
        ("working_set: 1 GB", "needs `memory`"),
        ("ramp_step: 1 min", "needs `ramp_start`"),
        ("wait_limit: 1 s", "needs `tickets`"),
    ],
)
def test_a_field_that_means_nothing_is_refused(fields, words):
    with pytest.raises(FileError, match=words):
        store(fields)
