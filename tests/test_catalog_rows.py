"""The catalogue's rows are well-formed, readable and agree with one another; no value is copied."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from pathlib import Path

import pytest

from planning.numbers.units import UnitError, parse

FOLDER = Path(__file__).resolve().parents[1] / "data" / "catalog"
COLUMNS = ["key", "value", "low", "high", "unit", "source", "date", "confidence", "note"]

# What the last word of a key means, by base unit. A word in two lines counts different things in
# different plans (bytes kept, bytes sent, invocations); the row's unit says which.
WORDS = {
    # fields of parts, and entries of a bill
    "USD/byte": "egress_price price",
    "USD/byte/month": "price",
    "USD/byte/s": "compute_price",
    "USD/connection/month": "connection_price",
    "USD/h": "hourly",
    "USD/invocation": "price",
    "USD/message": "message_price",
    "USD/month": "compute_credit monthly",
    "USD/object": "price",
    "USD/operation": "read_price write_price",
    "USD/participant/min": "minute_price",
    "USD/request": "read_price request_price write_price",
    "USD/token": "cached_price input_price output_price",
    "USD/user/month": "per_user",
    "bit/s": "bitrate throughput",
    "byte": "disk included included_egress memory message_size",
    "byte*s": "included_compute",
    "byte/s": "partition_throughput throughput",
    "channel": "channels_per_connection",
    "connection": "connections included_connections max_clients max_connections pool_size reserved",
    "core": "cores",
    "invocation": "included",
    "join/s": "joins",
    "message": "included_messages",
    "message/s": "messages",
    "object": "included",
    "operation/s": "document_writes iops operations",
    "participant*min": "included_minutes",
    "query/s": "operations",
    "request": "concurrent",
    "request/s": "reads requests writes",
    "s": "cpu_limit duration_limit retention",
    "thread": "threads",
    "token/s": "input_quota output_quota tokens",
    "user": "included_users",
    "viewer": "node_viewers",
}
OTHER_WORDS = {
    "USD*s/byte/month": "throughput_price",
    "USD*s/operation/month": "iops_price",
    "USD/byte": "origin_price",
    "USD/byte/h": "memory_hourly",
    "USD/byte/month": "memory_price",
    "USD/byte/s": "memory_second_price",
    "USD/command": "command_price",
    "USD/core/h": "core_hourly surplus_price",
    "USD/core/month": "core_price",
    "USD/core/s": "core_second_price",
    "USD/min/month": "storage_price",
    "USD/month": "credit",
    "USD/operation": "read_price write_price",
    "USD/partition/h": "partition_hourly",
    "USD/record": "record_price",
    "bit/s": "network network_burst",
    "byte": "memory_used transfer up_to",
    "byte*s": "up_to",
    "byte/connection": "memory_per_connection",
    "byte/core": "memory_per_core",
    "byte/h": "traffic",
    "byte/s": "broker_throughput egress memory_bandwidth read_throughput",
    "channel": "channels monthly_channels",
    "command": "commands",
    "connection": "clients connection_block server_connections",
    "connection/s": "connection_rate",
    "core": "cores_used credit_rate idle_cores",
    "core*s": "credit_limit",
    "environment": "environments",
    "environment/s": "environment_rate",
    "event/s": "changes",
    "fraction": "baseline broadcaster_share concurrent_broadcaster_share concurrent_to_daily "
    "concurrent_to_monthly daily_to_monthly loyal_share pool_share "
    "top_viewers_share utilisation",
    "invocation": "block",
    "job": "in_flight",
    "message": "message_block",
    "message/s": "presence_messages",
    "min": "transcode_minutes",
    "object": "open_files",
    "operation/s": "flush_rate max_iops reads rules writes",
    "participant": "publishers subscribers",
    "partition": "partition_limit recommended_partitions",
    "person/day": "daily_visitors",
    "query/s": "throughput",
    "ratio": "disk_ratio queueing_cost relative_throughput",
    "record/s": "records",
    "request": "included_requests requests",
    "request/s": "daily_requests throughput",
    "s": "cpu_per_query duration latency latency_p95 latency_p99 read_latency think_time "
    "wait_limit write_latency",
    "stream": "streams",
    "transaction/s": "throughput",
    "user": "daily_users monthly_users",
    "viewer": "viewers",
    "viewer/channel": "viewers_per_channel",
}

SIZES = ["nano", "micro", "small", "medium", "large", "xl", "2xl", "4xl", "8xl", "12xl", "16xl"]
# Plans that stop, or ask for another plan, where the others bill.
FREE = {"free", "build", "hobby"}
BILLED_BY = {
    "included": "price",
    "included_compute": "compute_price",
    "included_connections": "connection_price",
    "included_egress": "egress_price",
    "included_messages": "message_price",
    "included_minutes": "minute_price",
    "included_requests": "request_price",
    "included_users": "per_user",
}


def read_rows():
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            for line, cells in enumerate(csv.DictReader(stream), 2):
                yield path, line, cells


TABLE = list(read_rows())
ROWS = {cells["key"]: cells for _, _, cells in TABLE}


def base_units(key):
    word = key.rpartition(".")[2]
    tables = (*WORDS.items(), *OTHER_WORDS.items())
    return [unit for unit, words in tables if word in words.split()]


def amount(key, column="value"):
    """A row's number in base units; its end of a range, or its value where there is none."""
    cells = ROWS[key]
    text = f"{cells[column] or cells['value']} {cells['unit']}"
    for unit in base_units(key):
        try:
            return parse(text, unit)
        except UnitError:
            continue
    raise AssertionError(f"{key}: {text!r} is in none of {base_units(key)}")


def ladder(pattern, steps):
    """The same attribute of plans that follow one another."""
    return [amount(pattern.format(step)) for step in steps]


def rising(numbers):
    return all(after >= before for before, after in itertools.pairwise(numbers))


def plans():
    """Attributes by plan."""
    found = {}
    for key in ROWS:
        plan, _, attribute = key.rpartition(".")
        found.setdefault(plan, set()).add(attribute)
    return found


# Each row by itself


def test_there_are_rows_and_every_table_has_the_same_columns():
    assert TABLE
    for path in FOLDER.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as stream:
            assert next(csv.reader(stream)) == COLUMNS, path.name


def test_no_cell_is_missing_or_left_over():
    for path, line, cells in TABLE:
        assert None not in cells, f"{path.name}:{line} has too many cells"
        assert None not in cells.values(), f"{path.name}:{line} has too few cells"
        assert all(text == text.strip() for text in cells.values()), f"{path.name}:{line}"


def test_a_key_occurs_once():
    keys = [cells["key"] for _, _, cells in TABLE]
    assert sorted(keys) == sorted(set(keys))


def test_a_key_is_dotted_words_and_lies_in_the_file_of_its_first():
    for path, line, cells in TABLE:
        key = cells["key"]
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+){2,}", key), f"{path.name}:{line}: {key}"
        assert key.split(".")[0] == path.stem, f"{key} belongs into another file"


def test_a_plan_is_no_row():
    assert not set(plans()) & set(ROWS)


def test_a_number_is_plain():
    for path, line, cells in TABLE:
        for column in ("value", "low", "high"):
            text = cells[column]
            optional = column != "value" and not text
            assert optional or re.fullmatch(r"\d+(\.\d+)?", text), f"{path.name}:{line}: {text!r}"


def test_the_last_word_of_a_key_has_a_base_unit_that_reads_the_row():
    for key in ROWS:
        assert base_units(key), f"{key}: say what the last word means"
        assert amount(key) >= 0


def test_no_word_is_left_over():
    said = " ".join((*WORDS.values(), *OTHER_WORDS.values())).split()
    assert set(said) <= {key.rpartition(".")[2] for key in ROWS}


def test_a_range_has_two_ends_and_holds_the_value():
    for key, cells in ROWS.items():
        assert bool(cells["low"]) == bool(cells["high"]), f"{key}: both ends or none"
        assert amount(key, "low") <= amount(key) <= amount(key, "high"), key


def test_a_share_is_at_most_one():
    for key, cells in ROWS.items():
        if cells["unit"] == "fraction":
            assert amount(key, "high") <= 1, key


def test_a_date_is_a_day_a_month_or_a_year_and_not_to_come():
    for key, cells in ROWS.items():
        match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", cells["date"])
        assert match, f"{key}: {cells['date']!r}"
        year, month, day = (int(part or 1) for part in match.groups())
        assert dt.date(2000, 1, 1) <= dt.date(year, month, day) <= dt.date.today(), key


def test_a_source_is_a_public_page():
    for key, cells in ROWS.items():
        assert re.fullmatch(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", cells["source"]), key
        assert not re.search(r"localhost|127\.0|//[\d.]+/", cells["source"]), key


def test_no_cell_names_a_path_of_a_machine():
    for key, cells in ROWS.items():
        assert not re.search(r"(^|\s)[~/]\w|[A-Z]:\\|file:", " ".join(cells.values())), key


def test_confidence_is_one_of_three_and_a_note_is_short():
    for key, cells in ROWS.items():
        assert cells["confidence"] in {"high", "medium", "low"}, key
        assert 1 <= len(cells["note"].split()) <= 30, key


# Rows beside one another


@pytest.mark.parametrize(
    "attribute",
    [
        "cores",
        "memory",
        "max_connections",
        "max_clients",
        "monthly",
        "hourly",
        "iops",
        "throughput",
    ],
)
def test_a_larger_supabase_compute_has_no_less(attribute):
    assert rising(ladder(f"supabase.compute.{{}}.{attribute}", SIZES))


@pytest.mark.parametrize("size", SIZES)
def test_a_supabase_compute_costs_its_hours(size):
    monthly = amount(f"supabase.compute.{size}.monthly")
    hours = 730 * amount(f"supabase.compute.{size}.hourly")
    # The vendor rounds, often down: to 5 USD below 100, to 10 USD above.
    assert monthly == pytest.approx(hours, abs=10.0 if monthly > 100 else 5.0)


@pytest.mark.parametrize("size", SIZES)
def test_a_pooler_takes_more_clients_than_its_database(size):
    plan = f"supabase.compute.{size}"
    assert amount(f"{plan}.max_clients") > amount(f"{plan}.max_connections")


def test_the_compute_credit_covers_the_smallest_paid_compute():
    for plan in ("pro", "team"):
        assert amount(f"supabase.plan.{plan}.compute_credit") >= amount(
            "supabase.compute.micro.monthly"
        )


def test_no_compute_needs_more_than_the_largest_disk_gives():
    largest = amount("supabase.disk.io2.max_iops")
    assert max(ladder("supabase.compute.{}.iops", SIZES)) <= largest


@pytest.mark.parametrize("attribute", ["price", "iops_price"])
def test_the_faster_disk_costs_more(attribute):
    gp3, io2 = ladder(f"supabase.disk.{{}}.{attribute}", ["gp3", "io2"])
    assert io2 > gp3


@pytest.mark.parametrize(
    "attribute",
    [
        "connections",
        "joins",
        "messages",
        "channels_per_connection",
        "presence_messages",
        "message_size",
        "included_connections",
        "included_messages",
    ],
)
def test_a_dearer_realtime_plan_allows_no_less(attribute):
    steps = ["free", "pro", "pro_no_cap", "team"]
    assert rising(ladder(f"supabase.realtime.{{}}.{attribute}", steps))


def test_a_spend_cap_stops_connections_where_they_would_be_billed():
    capped = amount("supabase.realtime.pro.connections")
    assert capped == amount("supabase.realtime.pro.included_connections")


def test_presence_is_part_of_the_messages():
    for plan in ("free", "pro", "pro_no_cap", "team"):
        presence = amount(f"supabase.realtime.{plan}.presence_messages")
        assert presence <= amount(f"supabase.realtime.{plan}.messages")


@pytest.mark.parametrize("service", ["storage", "egress_cached", "functions"])
def test_a_dearer_supabase_plan_includes_no_less(service):
    assert rising(ladder(f"supabase.{service}.{{}}.included", ["free", "pro", "team"]))


def test_a_dearer_supabase_plan_costs_more_and_includes_more_users():
    for attribute in ("monthly", "included_users"):
        assert rising(ladder(f"supabase.plan.{{}}.{attribute}", ["free", "pro", "team"]))


def test_what_a_cdn_serves_is_cheaper_than_what_the_origin_sends():
    for plan in ("pro", "team"):
        cached = amount(f"supabase.egress_cached.{plan}.price")
        assert cached < amount(f"supabase.storage.{plan}.egress_price")


def test_a_change_feed_serves_fewer_changes_to_more_clients():
    pattern = re.compile(r"supabase\.measured\.postgres_changes_(\w+)_(\d+)\.changes")
    feeds = {}
    for match in filter(None, map(pattern.fullmatch, ROWS)):
        feeds.setdefault(match[1], []).append((int(match[2]), amount(match[0])))
    assert feeds
    for feed in feeds.values():
        assert rising([changes for _, changes in sorted(feed, reverse=True)])


def test_livekit_plans_grow_and_their_units_get_cheaper():
    for attribute in ("monthly", "included", "included_minutes"):
        assert rising(ladder(f"livekit.plan.{{}}.{attribute}", ["build", "ship", "scale"]))
    for attribute in ("price", "minute_price"):
        assert rising(ladder(f"livekit.plan.{{}}.{attribute}", ["scale", "ship"]))


def test_what_livekit_sent_went_to_its_viewers():
    room = "livekit.measured.livestream"
    viewers = amount(f"{room}.subscribers")
    assert 8 * amount(f"{room}.egress") == pytest.approx(
        viewers * amount(f"{room}.bitrate"), rel=0.01
    )
    assert amount(f"{room}.node_viewers") == viewers


@pytest.mark.parametrize("family", ["livekit", "hls"])
def test_a_taller_picture_takes_more_bits(family):
    pattern = re.compile(rf"bitrate\.{family}\.h(\d+)\.bitrate")
    rates = sorted((int(m[1]), amount(m[0])) for m in filter(None, map(pattern.fullmatch, ROWS)))
    assert len(rates) > 2
    assert all(after > before for (_, before), (_, after) in itertools.pairwise(rates))


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        ("cdn.bunny.volume_{}.price", ["first_500tb", "500tb_1pb", "1_2pb"]),
        (
            "cdn.cloudfront.{}.price",
            [
                "first_10tb", "next_40tb", "next_100tb", "next_350tb", "next_524tb", "next_4pb",
                "over_5pb",
            ],
        ),
        *(
            (
                f"cdn.cloudfront_{region}.{{}}.price",
                [
                    "first_10tb", "next_40tb", "next_100tb", "next_350tb", "next_524tb",
                    "next_4pb", "over_5pb",
                ],
            )
            for region in (
                "europe", "africa_middle_east", "south_america", "japan", "australia", "asia",
                "india",
            )
        ),
        ("aws.egress.{}.price", ["first_10tb", "next_40tb", "next_100tb", "over_150tb"]),
    ],
)  # fmt: skip
def test_a_byte_gets_cheaper_with_volume(pattern, steps):
    prices = ladder(pattern, steps)
    assert all(after < before for before, after in itertools.pairwise(prices))


def test_a_price_per_byte_is_of_this_world():
    for key in ROWS:
        if key.endswith((".price", ".egress_price")) and "GB" in ROWS[key]["unit"]:
            assert 1e9 * amount(key) < 1, f"{key}: over a dollar per gigabyte"


def test_what_is_included_has_a_price_beyond():
    for plan, attributes in plans().items():
        if FREE & set(plan.split(".")):
            continue
        for attribute in attributes & set(BILLED_BY):
            assert BILLED_BY[attribute] in attributes, f"{plan}.{attribute}: and beyond?"


def test_a_fargate_task_costs_its_cores_and_memory():
    task = "aws.fargate.task_1vcpu_2gb"
    cores = amount(f"{task}.cores") * amount("aws.fargate.rate.core_hourly")
    memory = amount(f"{task}.memory") * amount("aws.fargate.rate.memory_hourly")
    assert amount(f"{task}.hourly") == pytest.approx(cores + memory)
    assert amount(f"{task}.monthly") == pytest.approx(730 * (cores + memory), rel=0.001)


@pytest.mark.parametrize("attribute", ["connections", "operations", "memory"])
def test_a_larger_redis_plan_allows_more(attribute):
    steps = ["30mb", "250mb", "1gb", "2_5gb", "5gb", "12gb"]
    assert rising(ladder(f"redis.cloud.essentials_{{}}.{attribute}", steps))


def test_a_larger_upstash_plan_costs_more():
    for attribute in ("memory", "monthly"):
        steps = ["250mb", "1gb", "50gb", "100gb"]
        assert rising(ladder(f"redis.upstash.fixed_{{}}.{attribute}", steps))


def test_pipelining_pays():
    single, pipelined = ladder("redis.measured.{}.operations", ["set", "set_pipelined"])
    assert pipelined > single


@pytest.mark.parametrize("attribute", ["cores", "memory", "monthly"])
def test_a_larger_render_instance_has_more(attribute):
    steps = ["starter", "standard", "pro", "pro_plus"]
    assert rising(ladder(f"hosting.render.{{}}.{attribute}", steps))


def test_a_heavier_framework_serves_fewer_requests():
    steps = ["express_middleware", "express", "fastify", "http"]
    assert rising(ladder("node.measured.{}.throughput", steps))


def test_littles_law_holds_where_a_run_gives_all_three():
    runs = [
        plan
        for plan, attributes in plans().items()
        if {"clients", "throughput", "latency"} <= attributes
    ]
    assert runs
    for run in runs:
        in_flight = amount(f"{run}.throughput") * amount(f"{run}.latency")
        assert in_flight == pytest.approx(amount(f"{run}.clients"), rel=0.01), run


def test_memory_of_all_connections_is_the_memory_used():
    for server in ("centrifugo_million", "centrifugo_tuned"):
        each = amount(f"socket.measured.{server}.memory_per_connection")
        used = amount(f"socket.measured.{server}.memory_used")
        connections = amount("socket.measured.centrifugo_million.connections")
        assert used == pytest.approx(connections * each, rel=0.15)


def test_tuning_saves_memory():
    idle, tuned = ladder("socket.measured.centrifugo_{}.memory_per_connection", ["idle", "tuned"])
    assert tuned < idle


def test_viewers_per_channel_is_their_quotient():
    site = "behaviour.measured.twitch"
    quotient = amount(f"{site}.viewers") / amount(f"{site}.channels")
    assert quotient == pytest.approx(amount(f"{site}.viewers_per_channel"), rel=0.01)


def test_shares_of_an_audience_are_their_quotients():
    audience = "behaviour.measured.twitch_audience"
    daily, monthly = amount(f"{audience}.daily_users"), amount(f"{audience}.monthly_users")
    at_once = amount("behaviour.measured.twitch.viewers")
    for share, part, whole in (
        ("daily_to_monthly", daily, monthly),
        ("concurrent_to_daily", at_once, daily),
        ("concurrent_to_monthly", at_once, monthly),
        ("broadcaster_share", amount(f"{audience}.monthly_channels"), monthly),
    ):
        assert amount(f"{audience}.{share}") == pytest.approx(part / whole, rel=0.02), share
