"""A document with nothing filled in: what it computes itself is computed, and nothing else is."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.audit.agreeing import Answer
from planning.audit.draft import draft
from planning.audit.plain import MAX_NUMBERS, audit_document, checks_of, readable
from planning.audit.statements import load_statements
from planning.audit.verdicts import Mark, audit
from planning.numbers.dimensions import one
from planning.present.document_audit import document_markdown, headline, unsupported

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.md"))


def answers(text):
    return [(each.line, str(each.answer), each.computed) for each in checks_of(text)]


TRUE = [
    "Pods: 80 tasks × 10 max connections = 800 connections",
    "Gateway: $0.045/hour × 730 hours = ~$33/month",
    "20,000 users ÷ 1,000 connections = 20 users per connection",
    "40,000 players, one answer every 20 s = 2,000/s",
    "160 × (30/120) = 40",
    "5 GB × $0.045/GB = $0.23",
    "100 messages/s × 1 KB = 800 kbit/s",
    "5 Mbit/s × 4 × 1 day = 216 GB",
    "26 requests/s × 55 KB × $0.09/GB = $338/month",
    "730 h × $0.017/h = $12.41",
    "1,000,000 invocations × 0.4 GB × 1 s = 400,000 GB-seconds",
    "12 tasks × 730 h = 8,760 task-hours",
    "410 × 22 KB = 9 MB/s ≈ 72 Mbps",
    "3.8 Mbit/s × 390 s / 8 = 185 MB",
    "65,000 × 310 B × 86,400 s × 7 d × 3 = 36.6 TB",
    "12 MB/s × 8 = 96 Mbit/s",
    "$25/month × 12 = $300/year",
    "410 / 45 = 9.1, that is 10 tasks",
    "80 GB × 0.9 - 64 GB = 8 GB",
    "A day brings 1,400 × (1.6 + 2.1) GB = 5.2 TB",
    "3,000 users / (2 s + 0.112 s) = 1,420 req/s",
    "733 × 86,400 × 420 B × 0.35 (day and night) = 9.3 GB/day",
    "$850 + $3,200 + $6,000 = $10,050 per month",
    "100 GB + 20 % = 120 GB",
    "12 % of 20,000 visitors makes 2,400 visitors",
    "24 servers with 20 connections each, that is 480 connections",
    "13.2 MB/s → ~106 Mbit/s",
    "A connection takes 38 KB of heap, so 4,000 connections are 152 MB; the rest is buffers.",
    "The hot row is locked for 35 ms, so no more than ~28 orders per second can pass.",
    "We keep 4,920 users, and each makes one request every 12 s, i.e. 410 requests per second.",
    "8K → 15K users (1.9x)",
    "200 ms → 150 ms, 25 % less",
    "99.95% leaves at most 21.9 minutes of downtime a month",
    r"$\lambda = \frac{180{,}000 \times 6}{86{,}400} = 12.5 \text{ requests/s}$",
    r"So $\lceil 37.5 / 6 \rceil = 7$ replicas",
    "Speicher: 12 × 7,9 GB = 94,8 GB, 1,5 s und 2,5 s",
    "6대 × 20개 = 120개",
    "280 × ₩168 = ₩47,040 → ₩38,203",
    "267만 명 × $10 × 12 = $320.4M",
    "5 billion pages × 100 kB × 12 months × 5 years = 30 PB",
    "50,000,000 / 10,000 = 5,000 seconds = 83 minutes",
    "1B × 100 = 100 GB per day, and 24 × 10^9 × 6 = 144 GB",
    "Idle: 15 min × $0.15 = $2.25",
    "5 × 256 MB = 1.25 GB",
    "1M hotels × 365 days × 100 bytes = 36.5 GB",
    "200K tokens × $3.75/M = $0.75",
    "$60K ÷ 2B messages/month = $0.00003/message",
    "4 hours × 12 incidents = 48 person-hours/year",
    "50,000 × 1440 minutes/day × 50 bytes = 3.6 GB/day",
    "1000 cars ÷ 30 per minute = 33 minutes",
    "5-10 users × 3 = 15-30 users",
    "$5–$10 × 12 = $60–$120",
    "10–20K users × 5 requests/s per user = 50–100K requests/s",
]


@pytest.mark.parametrize("line", TRUE)
def test_what_is_true_is_confirmed(line):
    found = checks_of(line)
    assert found
    assert {each.answer for each in found} == {Answer.AGREES}


SALE = "The public sale lasts {} and is closed after that.\n\nNobody knows more.\n\n{}"
BILL = "The total monthly cost is {}/month.\n\n| Part | Cost |\n|---|---|\n| A | $20/mo |\n"
ROWS = "| Part | Size | Price | Cost/month |\n|---|---|---|---|\n| A | 500 GB | $0.25/GB | $125 |\n"
POOLS = "- 3 containers\n- 4 workers per container\n- each worker has a pool of 25\n- {}\n"
GROWTH = (
    "| Month | Growth | Users |\n|---|---|---|\n| Jan | | 1,000 |\n| Feb | +10% | 1,100 |\n"
    "| Mar | +10% | {} |\n| Apr | +20% | 1,452 |\n"
)
GAINS = (
    "| Phase | Gain | Users |\n|---|---|---|\n| now | | 1K |\n| pool | 2x | 2K |\n"
    "| cache | 4x | 8K |\n| shards | 2x | {} |\n"
)
RUNNING = "| Month | Cumulative users |\n|---|---|\n| Jan | 500 |\n| Feb | 1,200 |\n| Mar | {} |\n"
SUMS = (
    "| Month | New users | Cumulative users |\n|---|---|---|\n| Jan | 500 | 500 |\n"
    "| Feb | 300 | 800 |\n| Mar | 200 | {} |\n| Apr | 900 | 1,900 |\n"
)
# What kind of slip, the document with it, the same put right.
PLANTED = {
    "a product": ("80 tasks × 10 connections = 640", "80 tasks × 10 connections = 800"),
    "a difference": ("80 GB × 0.9 - 64 GB = 16 GB", "80 GB × 0.9 - 64 GB = 8 GB"),
    "bits for bytes": (
        "500 viewers × 4 Mbit/s = 2,000 MB/s",
        "500 viewers × 4 Mbit/s = 250 MB/s",
    ),
    "bits for bytes in words": (
        "The preview takes 4 Mbit/s. With 500 viewers that is 2,000 MB/s.",
        "The preview takes 4 Mbit/s. With 500 viewers that is 250 MB/s.",
    ),
    "MiB for MB": ("8 workers × 512 MiB = 4,096 MB", "8 workers × 512 MiB = 4,096 MiB"),
    "GB for Gbit": ("16 ports × 10 Gbit/s = 160 GB/s", "16 ports × 10 Gbit/s = 160 Gbit/s"),
    "an hour for a month": (
        "3 servers × $0.05/hour = $0.15/month",
        "3 servers × $0.05/hour = $109.50/month",
    ),
    "a second for a day": (
        "20 msg/s × 95 B × 86,400 s = 1.9 KB/day",
        "20 msg/s × 95 B × 86,400 s = 164 MB/day",
    ),
    "a thousand for a million": (
        "18,000 requests/s × 4 KB = 72 GB/s",
        "18,000 requests/s × 4 KB = 72 MB/s",
    ),
    "a rate for a size": (
        "4 streams × 5 Mbit/s = 20 Mbit",
        "4 streams × 5 Mbit/s = 20 Mbit/s",
    ),
    "the wrong share": (
        "12 % of 20,000 visitors makes 4,200 visitors",
        "12 % of 20,000 visitors makes 2,400 visitors",
    ),
    "a rate from an interval": (
        "40,000 players, one answer every 20 s = 20,000/s",
        "40,000 players, one answer every 20 s = 2,000/s",
    ),
    "a pool of one for all": (
        "24 servers with 20 connections each, that is 240 connections",
        "24 servers with 20 connections each, that is 480 connections",
    ),
    "rounded down": (
        "We need 2,350 requests/s / 500 requests/s = 4 servers",
        "We need 2,350 requests/s / 500 requests/s = 5 servers",
    ),
    "rounded down in words": (
        "One server takes 500 requests/s per server. The peak is 2,350 requests/s, so it needs "
        "4 servers.",
        "One server takes 500 requests/s per server. The peak is 2,350 requests/s, so it needs "
        "5 servers.",
    ),
    "a conversion": ("13.2 MB/s = 13.2 Mbit/s", "13.2 MB/s = 105.6 Mbit/s"),
    "a factor": ("8K → 15K users (4x)", "8K → 15K users (1.9x)"),
    "a saving": ("200 ms → 150 ms, 50 % less", "200 ms → 150 ms, 25 % less"),
    "downtime": (
        "99.9 % leaves 4.4 minutes of downtime a month",
        "99.9 % leaves 43.8 minutes of downtime a month",
    ),
    "percentiles": ("p50 10 ms, p95 400 ms, p99 300 ms", "p50 10 ms, p95 300 ms, p99 400 ms"),
    "percentiles of a table": (
        "| Page | p50 | p99 |\n|---|---|---|\n| Home | 90 ms | 80 ms |",
        "| Page | p50 | p99 |\n|---|---|---|\n| Home | 80 ms | 90 ms |",
    ),
    "a fraction in LaTeX": (
        r"$\frac{180{,}000 \times 6}{86{,}400} = 125 \text{ requests/s}$",
        r"$\frac{180{,}000 \times 6}{86{,}400} = 12.5 \text{ requests/s}$",
    ),
    "a total": (
        "| Part | Cost |\n|---|---|\n| A | $19 |\n| B | $15 |\n| Total | $39 |",
        "| Part | Cost |\n|---|---|\n| A | $19 |\n| B | $15 |\n| Total | $34 |",
    ),
    "a total in code": (
        "```text\nserver  60 USD\nmail    25 USD\ntotal   95 USD\n```",
        "```text\nserver  60 USD\nmail    25 USD\ntotal   85 USD\n```",
    ),
    "a total of bullets": (
        "- Server: $60/month\n- Mail: $25/month\n- Total: $95/month\n",
        "- Server: $60/month\n- Mail: $25/month\n- Total: $85/month\n",
    ),
    "a row of a table": (
        ROWS + "| B | 800 GB | $0.10/GB | $80 |\n| C | 300 GB | $0.50/GB | $510 |",
        ROWS + "| B | 800 GB | $0.10/GB | $80 |\n| C | 300 GB | $0.50/GB | $150 |",
    ),
    "two values": (
        SALE.format("90 min", "The public sale lasts 2 h."),
        SALE.format("90 min", "The public sale lasts 1.5 h."),
    ),
    "a headline": (
        BILL.format("$35") + "| B | $38/mo |\n| Total | $58/mo |",
        BILL.format("$58") + "| B | $38/mo |\n| Total | $58/mo |",
    ),
    "a plan's limit": (
        "We are on Supabase.\n\nA Micro database instance of Supabase opens 90 connections.",
        "We are on Supabase.\n\nA Micro database instance of Supabase opens 60 connections.",
    ),
    "pools over a list": (
        POOLS.format("100 connections in total"),
        POOLS.format("300 connections in total"),
    ),
    "pools over paragraphs": (
        "We run 3 pods. Every pod has a pool of 40 connections.\n\nTogether they hold "
        "40 connections.",
        "We run 3 pods. Every pod has a pool of 40 connections.\n\nTogether they hold "
        "120 connections.",
    ),
    "pools over a limit": (
        POOLS.format("max_connections = 200"),
        POOLS.format("max_connections = 400"),
    ),
    "pools over a plan's limit": (
        "We are on Supabase, compute add-on Micro.\n\n4 pods, each with a pool of 30.",
        "We are on Supabase, compute add-on Micro.\n\n4 pods, each with a pool of 10.",
    ),
    "requests in flight": (
        "We get 2,000 requests/s of 200 ms each, so that 50 are in flight.",
        "We get 2,000 requests/s of 200 ms each, so that 400 are in flight.",
    ),
    "requests in flight over a list": (
        "- 2,000 requests/s\n- each request takes 200 ms\n- 50 concurrent requests",
        "- 2,000 requests/s\n- each request takes 200 ms\n- 400 concurrent requests",
    ),
    "delivered for sent": (
        "A room sends 5 messages/s to 1,000 members; 500 messages/s are delivered.",
        "A room sends 5 messages/s to 1,000 members; 5,000 messages/s are delivered.",
    ),
    "caches in a row": (
        "The CDN caches for 60 s, the browser for 30 s: a page is at most 60 s old.",
        "The CDN caches for 60 s, the browser for 30 s: a page is at most 90 s old.",
    ),
    "a growth column": (
        GROWTH.format("1,310"),
        GROWTH.format("1,210"),
    ),
    "a gain of each phase": (
        GAINS.format("12K"),
        GAINS.format("16K"),
    ),
    "a running sum that falls": (
        RUNNING.format("900"),
        RUNNING.format("1,400"),
    ),
    "a running sum": (
        SUMS.format("1,600"),
        SUMS.format("1,000"),
    ),
    "a range": ("10–20 users × 5 = 50–120 users", "10–20 users × 5 = 50–100 users"),
    "gains multiplied": (
        "- The gain is 2x × 4x = 8x\n- Capacity: 1K → 2K → 4K users",
        "- The gain is 2x × 4x = 8x\n- Capacity: 1K → 2K → 8K users",
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_slip_is_found_and_its_clean_twin_is_not(kind):
    wrong, right = PLANTED[kind]
    assert {each.answer for each in checks_of(wrong)} & {Answer.DIFFERS, Answer.UNLIKE}
    assert all(each.answer is Answer.AGREES for each in checks_of(right))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("$40 + $5/month = $45", "an amount of money and a cost per time do not add"),
        ("$40 + $5/month = $45/month", "an amount of money and a cost per time do not add"),
        ("$30 + $10 + $5/month = $45", "an amount of money and a cost per time do not add"),
        ("40 GB - 5 GB/s = 35 GB", "a size and a data rate do not add"),
        ("10 s + 5 GB = 15", "a time and a size do not add"),
    ],
)
def test_unlike_things_added_are_a_finding_with_the_reason(line, why, tmp_path):
    path = tmp_path / "plan.md"
    path.write_text(f"# Plan\n\nThe bill: {line}.\n", encoding="utf-8")
    (found,) = (each for each in audit_document(path).results if each.computed is not None)
    assert (found.mark, found.unlike) == (Mark.FINDING, True)
    assert found.statement.claimed == line.rpartition("= ")[2]
    assert why in found.reasons[0]


@pytest.mark.parametrize(
    "line", ["$40 + $5/month = $100", "40 GB + 5 = 45 GB", "$40/month + $5/month = $45/month"]
)
def test_what_may_be_added_some_other_way_is_no_finding(line):
    assert all(each.answer is Answer.AGREES for each in checks_of(f"The bill: {line}."))


@pytest.mark.parametrize(
    "line", ["80 users + 20 GB = 100", "5 ms × 3 GB = 15 GB", "80 requests × 10 ms = 800 GB"]
)
def test_units_that_do_not_fit_confirm_nothing(line):
    assert checks_of(line) == []


@pytest.mark.parametrize(
    ("line", "answer", "computed"),
    [
        ("10 minutos × 3 = 30 min", Answer.AGREES, "30 min"),
        ("10 minutos × 3 = 40 min", Answer.DIFFERS, "30 min"),
        ("30 peticiones/segundo × 2 KB = 60 MB/s", Answer.DIFFERS, "60 kB/s"),
        ("55만 원 + 62만 원 = 117만원", Answer.AGREES, "₩1,170,000"),
        ("86¢ × 100 agents = $8,600", Answer.DIFFERS, "$86"),
        ("18k daily players × 5 = 90k players", Answer.AGREES, "90,000 players"),
    ],
)
def test_an_equation_reads_the_units_that_a_draft_reads(line, answer, computed):
    (found,) = checks_of(line)
    assert (found.answer, found.computed) == (answer, computed)


@pytest.mark.parametrize(
    "line",
    ["5 GB × 60 = 5 GB", "$5 × 30 = $5", "7 GB × 7 = 7 GB", "100 requests/s × 60 = 100 requests"],
)  # fmt: skip
def test_a_number_that_converts_nothing_is_not_left_out(line):
    assert [each.answer for each in checks_of(line)] == [Answer.DIFFERS]


def test_there_are_more_than_fifteen_kinds_and_most_twins_are_confirmed():
    assert len(PLANTED) > 15
    confirmed = [kind for kind, (_, right) in PLANTED.items() if checks_of(right)]
    # What does not fall or is said alike twice is no number that was computed.
    silent = {
        "percentiles", "percentiles of a table", "two values",
        "pools over a limit", "pools over a plan's limit",
        "a running sum that falls",
    }  # fmt: skip
    assert set(PLANTED) - set(confirmed) == silent


SILENT = [
    "RF=3, `acks=all`, port = 5432, v1.2.3 = latest",
    "512 MB → 4 GB, 2 → 4 replicas, 500 → 10,000 users",
    "1 token = 4 bytes; 1 user = 5 requests/s",
    "pool × processes = 40, A × 5 = 20",
    "10-20 GB - 5 GB = 5-18 GB, 2-3 tasks per 10-20 users, 2024-2025 = 3-4",
    "| What | Rooms | Users |\n|---|---|---|\n| Total | 10-15 | 50 |",
    "On 2026-02-11 = day 3 we had 5 of 7 nodes",
    "The 3 nodes have 4 disks and 16 GB each",
    "5 pods × 3 GB disks, so 2 nodes fail",
    "10K users = 500 active connections",
    "The budget increases 50% ($4M → $6M/month), memory 640MB → 2GB (10× unique users)",
    "Read QPS 58K, 90% cache hit → 5.8K DB reads",
    "p3/year=2024/month=01/day=15 and 2x + 5 = 13",
    "10 sets = 40 GPUs, EOQ = √(2×2400×50/2) = 245 units",
    "10 engineers × $350K = $290K/month, 8.76 ÷ 12 ≈ 43 minutes",
    "1B rows with 10 columns × 8 bytes = 80GB raw",
    "startup p95 < 2 seconds, API p99 < 250 ms",
    "$1.15/hr instead of $3.83/hr = 70% savings",
    "0 × 5 = 7 s",
    "| Task | A | B | C |\n|---|---|---|---|\n| x | 88.9% | 90.3% | 93.4% |\n"
    "| y | 80% | 90% | 72% |\n| z | 70% | 50% | 35% |",
    "*Total: 24 chapters + 5 appendices = ~280 pages*",
    "- **Before:** Quarterly planning takes 2 weeks\n- **After:** Quarterly planning takes 2 days",
    "### Starter kit - Unit cost is $18\n\n### Advanced kit - Unit cost is $42",
    "- 100 at $199/month\n- 10 at $999/month\n- Total: ~$30K/month potential",
    "Applying 41+42+43 = same as snapshot at 43",
    "- Active: 500 users\n- Peak: 900 users\n- Total users: 5,000 users",
    # One pool for all, two services, a limit that is known to be too low, a pool of nobody.
    POOLS.format("PgBouncer keeps 40 connections in total"),
    POOLS.format("5 containers for jobs") + "- 300 connections in total",
    POOLS.format("max_connections = 200 is not enough"),
    "- 3 pods\n- a pool of 30\n- 60 connections in total",
    "- 3 pods\n- 4 workers\n- a pool of 30\n- 60 connections in total",
    "- 3 containers\n- 4 workers per container\n- 25 threads per worker\n- 50 connections in total",
    # A limit, a tail, one of many servers, users and no requests, some of the members, a purge.
    "We get 2,000 requests/s of 200 ms each, at most 1,000 are in flight.",
    "We get 2,000 requests/s, p99 200 ms each, and 90 are in flight.",
    "We get 2,000 requests/s of 200 ms each, 50 in flight per pod.",
    "We get 2,000 requests/s of 200 ms each and deploy 50 at once.",
    "We get 500 requests/s; each request takes 100 ms. We allow 200 concurrent requests.",
    "We get 500 requests/s; each request takes 100 ms. One server does 20 concurrent requests.",
    "- 4 pods, each with a pool of 10\n- the jobs keep 20 connections\n- 60 connections in total",
    "10,000 users make 500 requests/s of 200 ms each, 10,000 users at once.",
    "A room sends 5 messages/s to 1,000 members; 500 messages/s are delivered to those online.",
    "A room sends 5 messages/s to 200 members. The bot gets 5 messages/s delivered by webhook.",
    "A room sends 5 messages/s to 200 members; 50 messages/s are delivered by push, the rest not.",
    "A room gets 5 messages/s, has 1,000 members, and 5 messages/s are received by the hub.",
    "The CDN caches for 60 s and is purged, the browser for 30 s: at most 30 s old.",
    "The CDN caches for 60 s, the browser for 30 s: a page is at most 5 min old.",
    "- Capacity: 1K → 4K users\n- Memory: 8 GB → 16 GB, twice",
    # Growth of something else, and sums that may fall.
    "| Region | Growth | Users |\n|---|---|---|\n| A | 10% | 70 |\n| B | 20% | 900 |\n"
    "| C | 5% | 350 |",
    "| Year | Growth | Reach | Sales |\n|---|---|---|---|\n| 1 | | 103 | $5.00 |\n"
    "| 2 | 50% | 155 | $7.50 |\n| 3 | 50% | 233 | $11.25 |\n| 4 | 50% | 420 | $22.00 |",
    "| Month | Cumulative cash |\n|---|---|\n| Jan | $500 |\n| Feb | $200 |",
    "| What | Nodes | Memory |\n|---|---|---|\n| A | 2 | 4 GB |\n| B | 30 | 32 GB |\n"
    "| Total | – | 968 GB |",
]


@pytest.mark.parametrize("line", SILENT)
def test_what_is_no_equation_gets_no_verdict(line):
    assert answers(line) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_true_documents_raise_no_alarm_and_some_support(path):
    found = audit_document(path)
    wrong = [each for each in found.results if each.mark in {Mark.CONTRADICTED, Mark.FINDING}]
    assert [(each.statement.line, each.statement.claimed) for each in wrong] == []
    assert found.counts()[Mark.CONFIRMED] >= 2


WAYS = {
    "size": ("B", "KB", "MB", "GB", "KiB", "MiB", "Mbit"),
    "time": ("s", "min", "hours", "days"),
    "speed": ("bit/s", "Mbit/s", "MB/s", "GB/day"),
    "cost": ("USD/hour", "USD/month", "USD/day"),
    "rate": ("requests/s", "requests/min", "requests/day"),
    "money": ("USD",),
}
LAWS = [
    ("*", ("speed", "time"), "size"), ("*", ("rate", "size"), "speed"),
    ("/", ("size", "speed"), "time"), ("*", ("cost", "time"), "money"),
    ("*", ("rate", "size"), "speed"),
]  # fmt: skip


@given(st.data(), st.sampled_from(LAWS), st.sampled_from([1.0, 1.3, 0.6]))
@settings(deadline=None)
def test_an_equation_is_right_or_wrong_in_any_units(data, law, off):
    sign, measures, result = law
    texts, values = [], []
    for measure in measures:
        unit = data.draw(st.sampled_from(WAYS[measure]))
        number = data.draw(st.integers(11, 9999))
        texts.append(f"{number:,} {unit}")
        values.append(number * one(unit).value)
    true = values[0] * values[1] if sign == "*" else values[0] / values[1]
    unit = data.draw(st.sampled_from(WAYS[result]))
    claimed = true * off / one(unit).value
    # A document would write neither of these, and no reader could say what they are.
    if not 1e-3 < claimed < 1e12:
        return
    digits = max(0, 5 - math.floor(math.log10(claimed)))
    line = f"{texts[0]} {'×' if sign == '*' else '/'} {texts[1]} = {claimed:,.{digits}f} {unit}"
    (found,) = checks_of(line)
    assert found.answer is (Answer.AGREES if off == 1.0 else Answer.DIFFERS), line


PIECES = st.lists(
    st.sampled_from(
        ["5", " × ", "= ", "3 GB", " / ", "(", ")", "→ ", "12 %", " of ", "20 s", " every ", "$7/h",
         "\n", "| ", "|---|---|\n", "- ", "```\n", "\\frac{1}{2}", "total ", ", that is ",
         "≈ ", "^", "each", "p99 ", "1,5 ", "10 MB/s", "0", "per month", "k", "99.9 % downtime "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(PIECES | st.text(max_size=300))
@settings(max_examples=400, deadline=None)
def test_any_text_is_audited_or_left_alone(text):
    for each in checks_of(text):
        assert math.isfinite(each.factor) or each.claimed.quantity.value == 0
        assert 1 <= each.line <= text.count("\n") + 1
        assert each.how


def test_a_figure_that_is_repeated_is_confirmed_with_the_line_that_computes_it(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text("80 tasks × 10 connections = 800 connections\n\nWe allow 800 connections.\n")
    found = audit_document(path)
    repeated = next(each for each in found.results if each.statement.line == 3)
    assert repeated.mark is Mark.CONFIRMED
    assert "computed on line 1" in repeated.computed.how


def test_a_figure_that_is_also_contradicted_is_confirmed_by_no_repetition(tmp_path):
    path = tmp_path / "plan.md"
    lines = ["5 × 10 GB = 50 GB", "6 × 10 GB = 50 GB", "The disk has 50 GB."]
    path.write_text("\n\n".join(lines), encoding="utf-8")
    marks = [
        each.mark for each in audit_document(path).results if each.statement.claimed == "50 GB"
    ]
    assert marks == [Mark.CONFIRMED, Mark.CONTRADICTED, Mark.ASSUMPTION]


def test_what_most_rests_on_is_the_first_of_the_unsupported(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text("We keep 7 days.\n\nTraffic: 100 messages/s × 1 KB = 100 KB/s\n")
    found = audit_document(path)
    assert [each.statement.claimed for each in unsupported(found)] == [
        "100 messages/s", "1 KB", "7 days"
    ]  # fmt: skip
    assert headline(found) == "plan.md: 0 contradicted, 1 confirmed, 3 unsupported"


def test_a_document_with_too_many_numbers_says_where_reading_ended():
    text = "5 s\n" * (MAX_NUMBERS + 10)
    kept, line = readable(text)
    assert line == MAX_NUMBERS + 1
    assert kept.count("\n") == MAX_NUMBERS
    assert readable("5 s\n") == ("5 s\n", None)


PLAN = """# Plan

- Pods: 80 tasks × 10 connections = 800 connections
- Traffic: 18,000 requests/s × 4 KB = 72 GB/s
- Disk: 3 nodes × 0.5 TB = 1.5 TB, of <b>many</b> | kinds

The [cache](x) keeps 7 days `of` logs.
"""


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text(PLAN)
    return path


def test_the_command_audits_a_document_as_it_is(cli, plan):
    run = cli("audit", plan)
    assert run.returncode == 20, run.stderr
    assert "1 contradicted, 2 confirmed" in run.stdout
    assert "18,000 requests/s × 4 KB = 72 MB/s" in run.stdout
    assert "MB for GB" in run.stdout


@pytest.mark.parametrize(
    ("fail_on", "code"), [("contradicted", 20), ("assumption", 20), ("never", 0)]
)
def test_what_fails_a_build_is_said(cli, plan, fail_on, code):
    assert cli("audit", plan, "--fail-on", fail_on).returncode == code
    clean = plan.with_name("clean.md")
    clean.write_text(PLAN.replace("72 GB/s", "72 MB/s"))
    expected = 10 if fail_on == "assumption" else 0
    assert cli("audit", clean, "--fail-on", fail_on).returncode == expected


def test_json_and_markdown_say_the_same(cli, plan):
    record = json.loads(cli("audit", plan, "--json").stdout)
    assert record["schema_version"] == 1
    assert record["counts"]["contradicted"] == 1
    text = cli("audit", plan, "--format", "markdown").stdout
    assert text.startswith("**plan.md: 1 contradicted, 2 confirmed")
    for each in record["claims"]:
        if each["verdict"] == "contradicted":
            assert f"| {each['line']} | contradicted | {each['claimed']} | 72 MB/s |" in text


def test_markdown_of_a_document_is_text_in_a_pull_request(tmp_path):
    path = tmp_path / "evil.md"
    path.write_text("# <script>\n\n| <img src=x> `a` | Cost |\n|---|---|\n| [x](y) @me | $5 |\n")
    text = document_markdown(audit_document(path))
    assert "<img" not in text
    assert "<script" not in text
    assert "](y)" not in text
    assert " @me" not in text


def test_a_claims_file_is_filled_in_with_what_the_document_computes(cli, plan):
    run = cli("audit", "--new", plan, cwd=plan.parent)
    assert run.returncode == 0, run.stderr
    claims = load_statements(plan.with_name("plan.claims.yaml"))
    pods = next(each for each in claims.claims.values() if each.claimed == "800 connections")
    assert pods.arithmetic == "a * b"
    assert pods.inputs["a"].source.startswith("claim D.")
    assert audit(claims).counts()[Mark.CONTRADICTED] == 1
    assert audit(claims).counts()[Mark.CONFIRMED] == 2


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_filled_claims_file_never_says_otherwise(path, tmp_path):
    from planning.audit.plain import claims_of_document
    from planning.audit.statements import validate_statements
    from planning.numbers.reading import parse_document

    text = claims_of_document(path)
    found = audit(validate_statements(parse_document(text, "claims")))
    assert len(found.results) == len(draft(path).entries)
    assert found.counts()[Mark.CONTRADICTED] == 0
    assert found.counts()[Mark.CONFIRMED] >= 1
