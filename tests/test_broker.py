"""Brokers: partitions, lag, retention and disk, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Events
workload:
  users: 20k users
  target: 20k users
  peak_to_mean: 2
  activities: {event: {interval: 1 s, enters: web, cpu_time: 0.1 ms}}
parts:
  web: {kind: service, processes: 8, cores: 8, calls: {log: {event: 1}}}
  log: {kind: broker, record_bytes: 1 kB, BROKER}
events: [{name: all at once, surge: {users: 40k users}}]
"""


def log(broker):
    return parse_system(TEXT.replace("BROKER", broker))


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


def test_partitions_are_those_of_the_published_rule():
    # Rao (2015): at least max(t/p, t/c). 20 MB/s, 5 MB/s a partition takes, 3 MB/s a reader reads:
    # max(4, 6.67), so seven.
    readers = "readers: {all: {members: 20, time: 0.3333333 ms}}"
    system = log(f"partitions: 6, partition_throughput: 5 MB/s, {readers}")
    result = planning.assess(system)
    assert value_at(result.of("log.partition_bytes").needed) == 4
    assert value_at(result.of("log.readers_of_all").needed) == 7
    assert result.verdict == "does not hold"
    assert (
        planning.assess(system.at({"parts.log.partitions": 7.0})).verdict == "critical"
    )  # 95 % used


def test_two_million_records_a_second_are_the_bytes_that_were_measured():
    # Kreps, J. (2014), Benchmarking Apache Kafka: 2,024,032 records/s of 100 bytes are 193.0 MB/s,
    # in MB of 2**20 bytes.
    text = TEXT.replace("interval: 1 s", "interval: 9.8813 ms").replace("1 kB", "100 B")
    result = planning.assess(parse_system(text.replace("BROKER", "partitions: 6, copies: 3")))
    assert told(result, "bytes appended") / 2**20 == pytest.approx(193.0, abs=0.1)
    assert told(result, "bytes written") / 2**20 == pytest.approx(3 * 193.0, abs=0.3)


def test_small_records_fill_shards_that_count_them_before_their_bytes_do():
    # https://github.com/awsdocs/amazon-cloudfront-developer-guide/issues/63: 50,000 records/s of
    # 500 B are 25 MB/s, 25 shards of 1 MB/s; at 1,000 records of each shard 50 are needed.
    fields = "partitions: 29, partition_throughput: 1 MB/s, partition_records: 1000 records/s"
    text = TEXT.replace("20k users", "50k users").replace("1 kB", "500 B")
    result = planning.assess(parse_system(text.replace("BROKER", fields)))
    assert value_at(result.of("log.partition_bytes").needed) == 25
    counted = result.of("log.partition_records")
    assert (value_at(counted.load), value_at(counted.limit)) == (50_000, 29_000)
    assert value_at(counted.needed) == 50
    assert value_at(counted.backlog) == 21_000
    assert result.binding is counted


def test_a_slow_group_lags_until_it_loses_records():
    result = planning.assess(log("partitions: 20, readers: {all: {members: 12, time: 1 ms}}"))
    readers = result.of("log.readers_of_all")
    assert value_at(readers.load) == pytest.approx(20)  # 20,000 a second of 1 ms
    assert value_at(readers.limit) == 12
    assert value_at(readers.backlog) == pytest.approx(8000)
    assert told(result, "lag of all after the overload") == pytest.approx(8000 * 3600)
    # It reads 60 %, so the oldest unread record is 40 % as old as the overload; 7 days after 17.5.
    assert told(result, "age of what all reads then") == pytest.approx(0.4 * 3600)
    assert told(result, "time until all loses records unread") == pytest.approx(17.5 * 86400)


def test_readers_that_fetch_before_each_record_do_not_keep_up_where_the_work_alone_fits():
    # 20,000 records/s of 1 ms are 20 readers exactly; a fetch of 0.1 ms for each makes it 22.
    just, over = (
        planning.assess(log(f"partitions: 40, readers: {{all: {{members: 20, time: 1 ms{more}}}}}"))
        for more in ("", ", fetch_time: 0.1 ms")
    )
    assert just.verdict != "does not hold"
    assert value_at(over.of("log.readers_of_all").load) == pytest.approx(22)
    assert value_at(over.of("log.readers_of_all").backlog) == pytest.approx(20_000 * (1 - 20 / 22))
    assert over.verdict == "does not hold"


def test_more_readers_than_partitions_read_no_faster():
    result = planning.assess(log("partitions: 4, readers: {all: {members: 12, time: 1 ms}}"))
    assert value_at(result.of("log.readers_of_all").limit) == 4
    assert any("the rest are idle" in each.what for each in result.findings)


def test_a_key_that_everybody_writes_has_one_reader():
    fields = "partitions: 40, busiest_share: 10 %, readers: {all: {members: 40, time: 1 ms}}"
    result = planning.assess(log(fields))
    busiest = result.of("log.busiest_partition_for_all")
    assert value_at(busiest.load) == pytest.approx(2)  # 2,000 a second of 1 ms
    assert planning.capacity(log(fields)).binding.id == busiest.id
    assert planning.capacity(log(fields)).users == 10_000


@pytest.mark.parametrize(
    ("fields", "binding", "users"),
    [
        # A record of 1 kB a second from each user, half of them to one partition.
        ("partition_throughput: 5 MB/s", "log.busiest_partition_bytes", 10_000),
        ("partition_throughput: 50 MB/s, partition_records: 1000 records/s",
         "log.busiest_partition_records", 2000),
        ("partition_throughput: 50 MB/s", "web.cpu", 80_000),
    ],
)  # fmt: skip
def test_a_key_that_everybody_writes_has_one_partition(fields, binding, users):
    edge = planning.capacity(log(f"partitions: 40, busiest_share: 50 %, {fields}"))
    assert (edge.binding.id, edge.users) == (binding, users)


def test_seven_days_of_three_copies_fill_the_disk():
    result = planning.assess(
        log("partitions: 4, disk: 20 TB, price: $0.10/GB/month, retention: 7 days")
    )
    # 20 MB/s at the peak, 10 on the mean, for 604,800 s, three times: 18.1 TB.
    assert value_at(result.of("log.disk").load) == pytest.approx(10e6 * 604_800 * 3)
    assert value_at(result.monthly["log disk"]) == pytest.approx(2000)


def test_what_a_reader_calls_takes_its_time_and_reaches_the_database():
    readers = (
        "readers: {all: {members: 30, time: 0.2 ms,"
        " calls: {db: {event: {count: 2, time: 0.4 ms}}}}}"
    )
    text = TEXT.replace("events:", "  db: {kind: database, max_connections: 100}\nevents:")
    result = planning.assess(parse_system(text.replace("BROKER", f"partitions: 30, {readers}")))
    assert value_at(result.of("log.readers_of_all").load) == pytest.approx(20_000 * 1e-3)
    assert value_at(result.queries["event"]) == pytest.approx(40_000)


def test_a_crowd_is_read_later():
    system = log("partitions: 4, readers: {all: {members: 4, time: 0.1 ms}}")
    event = assess_event(system, system.events[0])
    # 40,000 records, four readers of 10,000 a second each.
    assert value_at(event.number("log.readers_of_all", "drain")) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("partitions: 4, copies: 1", "one copy"),
        ("partitions: 4", "nobody reads this log"),
        ("partitions: 4", "no disk is stated"),
    ],
)
def test_what_is_configured_wrong_is_found(fields, words):
    assert any(words in each.what for each in planning.assess(log(fields)).findings)


def test_a_log_with_a_disk_and_readers_has_nothing_to_mend():
    right = "partitions: 4, disk: 10 TB, PRICE readers: {all: {members: 4, time: 0.1 ms}}"
    assert not planning.assess(log(right.replace("PRICE", "price: $0.1/GB/month,"))).findings
    (free,) = planning.assess(log(right.replace("PRICE", ""))).findings
    assert "kept at no price" in free.what


def test_a_price_of_disk_needs_the_disk():
    with pytest.raises(FileError, match="`price` needs `disk`"):
        log("partitions: 4, price: $0.1/GB/month")
