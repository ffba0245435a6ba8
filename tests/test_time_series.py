"""Time series: disk with and without compression, the open chunk, rows and scans per second."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Sensors
workload:
  users: USERS
  target: 1000
  peak_to_mean: MEAN
  activities: {reading: {interval: 1 s, enters: web, cpu_time: 0 s}}
parts:
  web: {kind: service, processes: 100, cores: 2, POOL calls: {series: {reading: CALL}}}
  series: {kind: time_series, SERIES}
events: [{name: all at once, surge: {users: 400000 users}}]
"""
WHOLE = "row_bytes: 240 B, disk: 10 TB, retention: 90 days, rows: 100, query_span: 1 h, cores: 4"


def series(fields, call="1", users=1000, mean=1, pool=""):
    text = TEXT.replace("SERIES", fields).replace("CALL", call).replace("POOL", pool)
    return parse_system(text.replace("USERS", f"{users!r}").replace("MEAN", str(mean)))


def load(result, name):
    return value_at(result.of(name).load)


def test_fifty_million_rows_compressed_are_a_tenth():
    # A published table of 50 million rows: 12 GB plain (240 bytes each), 1.2 GB compressed.
    rate, day = 50e6 / 86400, "row_bytes: 240 B, disk: 1 TB, retention: 1 day, chunk: 1 s,"
    plain = planning.assess(series(f"{day} compression: 1", users=rate))
    assert load(plain, "series.disk") == pytest.approx(12e9, rel=1e-3)
    packed = planning.assess(series(f"{day} compress_after: 1 s", users=rate))
    assert load(packed, "series.disk") == pytest.approx(1.2e9, rel=1e-3)


def test_the_newest_chunks_stay_plain_and_the_last_one_stays_too_long():
    fields = (
        "row_bytes: 100 B, disk: 1 TB, retention: 30 days, chunk: 7 days, compress_after: 1 day"
    )
    result = planning.assess(series(fields, mean=2))
    # 50 kB/s on the mean: 8 days plain, 29 more at a tenth.
    assert load(result, "series.disk") == pytest.approx(500 * 100 * 86400 * (8 + 29 / 10))


def test_without_a_retention_it_grows_to_the_horizon():
    result = planning.assess(series("row_bytes: 100 B, disk: 1 TB, compression: 1"))
    assert load(result, "series.disk") == pytest.approx(1000 * 100 * 86400 * 365)
    assert any("kept for ever" in each.what for each in result.findings)


@pytest.mark.parametrize(
    ("daily", "chunk", "fits"),
    [("2", "7 days", True), ("10", "7 days", False), ("10", "1 day", True)],
)
def test_the_open_chunk_is_the_one_that_the_documentation_recommends(daily, chunk, fits):
    # On 64 GB a week where 2 GB come a day, a day where 10 GB come:
    # https://help.aliyun.com/document_detail/116302.html
    users = float(daily) * 1e9 / 86400 / 100
    fields = f"row_bytes: 100 B, disk: 10 TB, memory: 64 GB, chunk: {chunk}"
    open_chunk = planning.assess(series(fields, users=users)).of("series.open_chunk")
    assert (open_chunk.utilisation <= 1) == fits


def test_a_hundred_gigabytes_are_loaded_in_an_hour():
    # F. Coelho: 225,000 rows a second of five values, "100 GB ingested per hour".
    edge = planning.capacity(series("row_bytes: 123 B, disk: 100 PB"))
    assert (edge.users, edge.binding.id) == (225_000, "series.rows")
    assert edge.users * 123 * 3600 == pytest.approx(100e9, rel=0.01)


def test_queries_scan_what_came_in_their_span_of_time():
    # 500 calls/s append a row; 500 read 2 % of an hour's 1.8 million: 36,000 rows, 36 ms.
    fields = "row_bytes: 100 B, disk: 1 TB, query_span: 1 h, series_share: 2 %, cores: 20"
    result = planning.assess(series(fields, "{count: 1, writes: 50 %}"))
    assert load(result, "series.scans") == pytest.approx(500 * 0.036)
    flow = result.scene.stations["series"].flows("query")[0]
    assert value_at(result.scene.answer_of(flow).time) == pytest.approx(0.018)  # half append


def test_a_full_scan_takes_as_long_as_was_measured():
    # Published: 50 million compressed rows read in 52 s, on one core.
    users = 50e6 / 3600
    fields = "row_bytes: 240 B, disk: 100 TB, query_span: 1 h, cores: 1"
    call = "{count: 1, writes: {value: 0.9999999}}"
    result = planning.assess(series(fields, call, users=users))
    scan = load(result, "series.scans") / (users * 1e-7)
    assert scan == pytest.approx(52, rel=0.05)


def test_pools_meet_its_connections():
    result = planning.assess(
        series(f"{WHOLE}, max_connections: 100", pool="pool_size: 2, pool_warm: 2,")
    )
    assert load(result, "series.connections") == 200
    assert result.verdict == "does not hold"


def test_a_crowd_is_appended_later():
    system = series("row_bytes: 100 B, disk: 1 TB, ingest: 100k rows/s", users=0)
    event = assess_event(system, system.events[0])
    assert value_at(event.number("series.rows", "drain")) == pytest.approx(4.0)
    assert not any("disk" in each.constraint.id for each in event.outcomes)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("row_bytes: 9 B, disk: 1 TB", "kept for ever"),
        ("row_bytes: 9 B, disk: 1 TB, retention: 1 day", "before they are compressed"),
        ("row_bytes: 9 B, disk: 1 TB", "appends one row"),
        ("row_bytes: 9 B, disk: 1 TB, rows: 100", "is not modelled"),
    ],
)
def test_what_is_configured_wrong_is_found(fields, words):
    assert any(words in each.what for each in planning.assess(series(fields)).findings)


def test_a_store_that_says_all_of_it_has_nothing_to_mend():
    assert not planning.assess(series(WHOLE)).findings


def test_what_a_query_reads_needs_who_reads_it():
    with pytest.raises(FileError, match="go together"):
        series("row_bytes: 9 B, disk: 1 TB, query_span: 1 h")
