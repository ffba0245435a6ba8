"""What a document says is read as an interval; what it prints it reads back; all else is told."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planning.audit.parsed import MAX_LINE, Said, base_unit, find_said, read_said, scan
from planning.numbers.units import COUNTS, DAY, MONTH, UnitError, to_base

INF = math.inf

READ = [
    ("500", 500, 500, "ratio"), ("1,000", 1000, 1000, "ratio"), ("10K", 1e4, 1e4, "ratio"),
    ("10K+", 1e4, INF, "ratio"), ("2M", 2e6, 2e6, "ratio"), ("1_000", 1000, 1000, "ratio"),
    ("500-1,000 users", 500, 1000, "user"), ("500–1000", 500, 1000, "ratio"),
    ("5 to 7 queries", 5, 7, "query"), ("between 5 and 7 queries", 5, 7, "query"),
    ("<100ms", -INF, 0.1, "s"), (">90%", 0.9, INF, "fraction"), ("≤ 20", -INF, 20, "ratio"),
    (">= 20", 20, INF, "ratio"), ("at least 3", 3, INF, "ratio"), ("up to 5 s", -INF, 5, "s"),
    ("more than 2 days", 2 * DAY, INF, "s"), ("sub-100ms", -INF, 0.1, "s"),
    ("13x", 13, 13, "ratio"), ("13 x", 13, 13, "ratio"), ("2×", 2, 2, "ratio"),
    ("99%+", 0.99, INF, "fraction"), ("90 percent", 0.9, 0.9, "fraction"),
    ("10K+ users", 1e4, INF, "user"), ("5 users or more", 5, INF, "user"),
    ("$0.10/GB", 1e-10, 1e-10, "USD/byte"), ("$25/month", 25, 25, "USD/month"),
    ("25 USD per month", 25, 25, "USD/month"), ("USD 25 a month", 25, 25, "USD/month"),
    ("$1,000-1,200/mo", 1000, 1200, "USD/month"), ("$1K - $1.2K/mo", 1000, 1200, "USD/month"),
    ("$5/user/month", 5, 5, "USD/user/month"), ("$300/year", 25, 25, "USD/month"),
    ("$1.5B", 1.5e9, 1.5e9, "USD"), ("$0.40 per million requests", 4e-7, 4e-7, "USD/request"),
    ("1-2 weeks", 7 * DAY, 14 * DAY, "s"), ("30-second", 30, 30, "s"), ("1 mo", MONTH, MONTH, "s"),
    ("2.5 Mbit/s", 2.5e6, 2.5e6, "bit/s"), ("2.5 Mbps", 2.5e6, 2.5e6, "bit/s"),
    ("50 MB/s", 400e6, 400e6, "bit/s"), ("512MB", 512e6, 512e6, "byte"),
    ("512 MiB", 2**29, 2**29, "byte"), ("512MB-1GB", 512e6, 1e9, "byte"),
    ("100 Kb", 12_500, 12_500, "byte"), ("1 vCPU", 1, 1, "core"), ("4 vCPUs", 4, 4, "core"),
    ("5-10K users", 5000, 10_000, "user"), ("500-1K users", 500, 1000, "user"),
    ("2 billion users", 2e9, 2e9, "user"), ("2B users", 2e9, 2e9, "user"), ("20 B", 20, 20, "byte"),
    ("500 concurrent active users", 500, 500, "user"), ("20 max connections", 20, 20, "connection"),
    ("100 requests per 10 seconds", 10, 10, "request/s"), ("100/s", 100, 100, "1/s"),
    ("60 requests per minute per IP", 1, 1, "request/address/s"), ("5 qps", 5, 5, "query/s"),
    ("20 ms per query", 0.02, 0.02, "s/query"), ("50KB/event", 50e3, 50e3, "byte/event"),
    ("500 bananas", 500, 500, "banana"), ("6 GPUs", 6, 6, "GPU"), ("512 mb", 512e6, 512e6, "byte"),
    ("4,000 open support tickets", 4000, 4000, "ticket"), ("1 broker", 1, 1, "broker"),
    ("3M DAU", 3e6, 3e6, "user"), ("12 pods/node", 12, 12, "pod/node"), ("$100+", 100, INF, "USD"),
    ("€5/month", 5, 5, "EUR/month"), ("5 EUR", 5, 5, "EUR"), ("£20-30", 20, 30, "GBP"),
    ("A$5", 5, 5, "AUD"), ("5 € per user", 5, 5, "EUR/user"), ("₩620,000", 620e3, 620e3, "KRW"),
    ("¥1.2M/year", 1e5, 1e5, "JPY/month"), ("2.8 ¢/GB", 2.8e-11, 2.8e-11, "USD/byte"),
    ("1.5Gi", 1.5 * 2**30, 1.5 * 2**30, "byte"), ("30 Hz", 30, 30, "1/s"), ("5m", 300, 300, "s"),
    ("400 ns", 4e-7, 4e-7, "s"), ("500 millicores", 0.5, 0.5, "core"),
    ("5m users", 5e6, 5e6, "user"), ("48 kbit/s per player", 48e3, 48e3, "bit/player/s"),
    ("21,600 GB-seconds a day", 250e6, 250e6, "byte"), ("8 GPU-hours", 28800, 28800, "GPU*s"),
    ("$0.60/1M input tokens", 6e-7, 6e-7, "USD/token"), ("$2 per million", 2e-6, 2e-6, "USD"),
    ("2 GB of logs per day", 2e9 / DAY * 8, 2e9 / DAY * 8, "bit/s"),
    ("$5/M", 5e-6, 5e-6, "USD"), ("$0.60/M tokens", 6e-7, 6e-7, "USD/token"),
    ("$3/1K", 3e-3, 3e-3, "USD"), ("850 $ / mo", 850, 850, "USD/month"), ("10 mil DAU", 1e7, 1e7,
     "user"), ("8 peak hours", 28_800, 28_800, "s"), ("20 MB RAM per VU", 20e6, 20e6, "byte/user"),
    ("12만 명", 12e4, 12e4, "명"), ("2만 5천 명", 25e3, 25e3, "명"), ("10건/초", 10, 10, "건/s"),
    ("초당 120KB", 960e3, 960e3, "bit/s"), ("30ms 이하", -INF, 0.03, "s"), ("5배", 5, 5, "ratio"),
    ("7.7 pagos por segundo", 7.7, 7.7, "pago/s"), ("82.06 €/mes", 82.06, 82.06, "EUR/month"),
    ("12–18 Sekunden", 12, 18, "s"),
    ("1.77 Mbit/s je Zuschauer", 1.77e6, 1.77e6, "bit/zuschauer/s"),
    ("hasta 400 conexiones", -INF, 400, "conexione"), ("0.02 €/GB und Monat", 2e-11, 2e-11,
     "EUR/byte/month"),
    ("-5 s", -5, -5, "s"), ("-5 to -3 s", -5, -3, "s"), (".5 s", 0.5, 0.5, "s"),
    ("1e-10 USD/byte", 1e-10, 1e-10, "USD/byte"), ("$0.05 per vCPU-hour", 0.05 / 3600, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high", "unit"), READ)
def test_quantities_are_read(text, low, high, unit):
    said = read_said(text)
    if unit is None:
        assert said.unit == "USD/core/month"
        assert said.single == pytest.approx(low * MONTH, rel=1e-12)
        return
    assert (said.low, said.high, said.unit) == (
        pytest.approx(low, rel=1e-14), pytest.approx(high, rel=1e-14), unit
    )  # fmt: skip
    assert not said.approximate
    assert said.text == text


@pytest.mark.parametrize("text", ["~50", "about 50", "≈ 50", "approx. 50", "circa 50", "around 50"])
def test_what_is_meant_roughly_is_marked(text):
    assert read_said(text) == Said(50, 50, "ratio", approximate=True)


def test_a_range_may_be_meant_roughly():
    assert read_said("~50 - 100 gifts per second") == Said(50, 100, "gift/s", approximate=True)


REFUSED = [
    ("500 of them", "unit 'of' is not known"), ("5 milisec", "'milisec' is not known"),
    ("5 gigabites", "did you mean 'gigabytes'"), ("5 secnds", "did you mean 'seconds'"),
    ("HK$5/month", "the currency HK$ is not known"), ("", "no number"),
    ("many users", "no number"), ("30 * 1000", "'* 1000' after the number"),
    ("1:30", "after the number"), ("v1.2.3", "before the number"), ("1000-500 users", "backwards"),
    ("<5+", "open at both ends"), ("1e999 users", "too large"), ("1e-90 s", "too small"),
    ("9" * 31, "too many"), ("5 " * 150, "at most 200"), ("2,5 ms", "after the number"),
    ("5 Ks", "'Ks' is not known"), ("5 user-facing", "not known"), ("5 s extra", "not known"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_no_quantity_is_refused_with_the_reason(text, words):
    with pytest.raises(ValueError, match=r".") as caught:
        read_said(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 250


def test_the_number_of_an_open_end_is_that_end():
    assert read_said("10K+").single == 10_000
    assert read_said("<100ms").single == 0.1
    assert read_said("50-100").single == 75


@pytest.mark.parametrize(
    ("low", "high", "unit"),
    [(2, 1, "s"), (-INF, INF, "s"), (math.nan, 1, "s"), (1e30, 1e31, "s"), (1, 1, "ms"),
     (INF, INF, "s"), (1, 1, "bananas")],
)  # fmt: skip
def test_what_could_not_be_said_cannot_be_made(low, high, unit):
    with pytest.raises(ValueError, match=r"."):
        Said(low, high, unit)


PRINTED = [
    ("10,000 users", "10K users"), ("250 ms", "0.25 s"), ("0.010 s", "10 ms"),
    ("< 0.100 s", "<0.1 s"),
    ("$0.10/GB", "$0.1/GB"), ("70 percent", "70%"), ("500 to 1000", "0.5-1K"), ("10K+", ">10K"),
    ("about 5 GB", "~5 GB"), ("1 user", "1 user"), ("5 per second", "5/s"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), PRINTED)
def test_the_shortest_text_is_printed(text, shown):
    assert str(read_said(text)) == shown


UNITS = ["s", "byte", "bit/s", "USD", "USD/month", "USD/byte", "USD/user/month", "fraction",
         "ratio", "request/s", "message/user/s", "byte/user", "1/s", "core*s", "s/query",
         "USD/core/month", "1/user", "USD/byte/month", "erlang", *COUNTS]  # fmt: skip
VALUES = (
    st.floats(1e-15, 1e20) | st.floats(-1e9, -1e-9) | st.integers(-1000, 10**9) | st.just(0)
    | st.decimals(0, 10_000, places=2).map(float)
)  # fmt: skip


@given(st.sampled_from(UNITS), VALUES, VALUES, st.sampled_from(["one", "range", "<", ">"]),
       st.booleans())  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_what_is_printed_is_read_back(unit, first, second, kind, approximate):
    low, high = min(first, second), max(first, second)
    low = -INF if kind == "<" else low
    high = INF if kind == ">" else low if kind == "one" else high
    said = Said(low, high, base_unit(unit), approximate)
    assert read_said(str(said)) == said


PIECES = st.lists(
    st.sampled_from(
        ["5", "1,000", "0.1", ".", "-", "–", " ", "$", "€", "K", "%", "users", "ms", "/", " per ",
         "to", "~", "<", ">=", "+", "x", "s", "GB", "user-", "1e9", "_", ":", "(", "#", "v1.2",
         "million", "about ", "up to ", "2026-01-02", "^", "²", "٣", "µ", "\u00a0", "B ", "a ",
         "\n"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.text(max_size=220) | PIECES)
@settings(max_examples=400, deadline=None)
@example("5 s//s")
@example("5 per 0 users")
def test_any_text_is_a_quantity_or_a_value_error(text):
    try:
        said = read_said(text)
    except ValueError:
        return
    assert read_said(str(said)) == said
    assert not math.isnan(said.single)


@given(st.text(max_size=220) | PIECES, st.booleans())
@settings(max_examples=400, deadline=None)
@example("5$5$5", True)
def test_spans_are_sorted_and_apart_and_hold_every_digit(line, bare):
    found, left = scan(line, bare)
    assert find_said(line, bare) == found
    for spans in (found, left, sorted([*found, *left], key=lambda span: span[:2])):
        assert all(0 <= span[0] < span[1] <= len(line) for span in spans)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
    told = {at for span in [*found, *left] for at in range(span[0], span[1])}
    assert all(at in told for at, sign in enumerate(line) if sign in "0123456789")
    assert all(each.said.text == line[each.start : each.end] for each in found)


FOUND = [
    ("Each of 500 concurrent users sends ~20 requests/s.",
     ["500 concurrent users", "~20 requests/s"]),
    ("1. With 20 connections", ["20 connections"]),
    ("1.1 Requests take 5 ms", ["5 ms"]),
    ("## 3 Users wait 2 s", ["2 s"]),
    ("It costs $5/month, or $0.10/GB ($50 in all).", ["$5/month", "$0.10/GB", "$50"]),
    ("from 100 to 200 ms", ["100 to 200 ms"]),
    ("10K users × 10 queries/page = 100K DB queries/second",
     ["10K users", "10 queries/page", "100K DB queries/second"]),
    ("hit rate >90% (was <70%), 13x faster, 99%+ uptime", [">90%", "<70%", "13x", "99%+"]),
    ("a 30-second cache and a 7-day window", ["30-second", "7-day"]),
    ("sub-100ms latency", ["sub-100ms"]), ("US$5/month", ["US$5/month"]),
    ("(~5 GB), [200 ms]; 3 days: 4 users", ["~5 GB", "200 ms", "3 days", "4 users"]),
    ("€5/month or €500-1,000, 12 speakers", ["€5/month", "€500-1,000", "12 speakers"]),
    ("from 1,008 req/s to 470 req/s", ["1,008 req/s", "470 req/s"]),
    ("1,200 gateways / 60 s = 20 msg/s", ["1,200 gateways", "60 s", "20 msg/s"]),
    ("80 GB × 0.9 - 64 GB = 8 GB", ["80 GB", "64 GB", "8 GB"]),
    ("pauses of 180 ms every 9 s", ["180 ms", "9 s"]),
    ("Redis 7 publishes 22k messages, EMQX 5 node", ["22k messages"]),
    ("2,048 reads/writes, 20 user-facing pages", ["2,048 reads", "20 user-facing pages"]),
    ("5 nodes x $0.504/hr x 730 hr", ["5 nodes", "$0.504/hr", "730 hr"]),
    ("24 app servers x 20 worker threads", ["24 app servers", "20 worker threads"]),
    ("2.5 Mbps each", ["2.5 Mbps"]), ("60초이다, 4.4건/초,", ["60초", "4.4건/초"]),
    ("fan-out 3x (1500 MB/s), 1× 2 vCPU", ["3x", "1500 MB/s", "2 vCPU"]),
    ("costs $0.40 / 1M = 3", ["$0.40"]),
    ("1 Redis instance with 16 GB", ["1 Redis instance", "16 GB"]),
    ("1 GB-2 GB", ["1 GB-2 GB"]), ("5 ms - 10 users", ["5 ms", "10 users"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "texts"), FOUND)
def test_quantities_are_found_in_prose(line, texts):
    assert [found.said.text for found in find_said(line)] == texts


NOT_QUANTITIES = [
    ("1. First", "list item"), ("**1.1 Caches**", "heading"), ("### 2.3 Caches", "heading"),
    ("on 2026-01-02 or 2026/01/02", "date"), ("views_2026_01", "name"), ("in 2026_01", "date"),
    ("12 March 2026", "date"), ("at 10:30", "time"), ("from 5 pm", "time"), ("v1.2.3", "name"),
    ("1.2.3", "version"), ("10.0.0.1", "version"), ("0x1F", "hexadecimal"), ("#1234", "issue"),
    ("colour #ff0012", "hexadecimal"), ("see https://a.test/500ms?x=20%", "name"),
    ("init_20270303.sql", "name"), ("01_users.sql", "name"), ("4xx", "name"), ("1080p", "name"),
    ("the N+1 problem", "name"), ("24/7", "part of a whole"), ("2^20", "power"), ("10⁶", "power"),
    ("the 7th", "ordinal"), ("555-123-4567", "code"), ("1 000 users", "set apart"),
    ("2,5 ms", "decimal comma"), ("HK$5/month", "not known"), ("in 2026 users will", "a year"),
    ("ports 7777-7877/udp", "a port"), ("Tier 2 customers", "reference"),
    ("Next.js 20 services", "a version"), ("2단계", "no unit"), ("2026년", "no unit"),
    ("30 * 1000", "calculation"), ("phase 2", "reference"), ("only 6", "no unit"),
    ("12 of them", "no unit"), ("50-20 users", "backwards"), ("7" * 40 + " users", "too many"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "reason"), NOT_QUANTITIES)
def test_what_is_no_quantity_is_left_with_the_reason(line, reason):
    found, left = scan(line)
    assert not found
    assert reason in left[0].reason


def test_numbers_without_unit_count_where_asked_for():
    assert not find_said("max 200, min 5-10")
    assert [found.said.text for found in find_said("max 200, min 5-10", bare=True)] == [
        "200",
        "5-10",
    ]
    assert all(found.bare for found in find_said("max 200, min 5-10", bare=True))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1-", "1,", "<", "$1 ", "a", "a1-", "1/", "1 per ", "~", "1:1 "]
)
def test_what_is_beyond_ten_thousand_characters_is_told(piece):
    _, left = scan(piece * 3 * MAX_LINE, bare=True)
    assert any("10,000 characters" in each.reason for each in left)


def test_base_units_are_those_of_the_project():
    assert to_base("KB/s") == (8000.0, "bit/s")
    assert [base_unit(text) for text in ("", "x", "%", "cents/GB", "USD/participant/min")] == [
        "ratio", "ratio", "fraction", "USD/byte", "USD/participant/month",
    ]  # fmt: skip
    assert base_unit("bananas") == "banana"
    for unit in ("s**s", "5", "m" * 161):
        with pytest.raises(UnitError):
            base_unit(unit)
