"""
To add a kind: one file and one line. The promise of the README, kept by doing it.

And what shows each kind that is there: a figure, a crowd, a finding, a chapter of the reference.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import planning
from planning.parts import kinds

KIND = '''\
"""A printer: documents that come are printed one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.quantities import Amount
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station


class Printer(Part):
    """A printer."""

    order: ClassVar[int] = 34
    takes: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["printer"]
    speed: Annotated[Estimate, Amount("request/s", above=0.0)] = Field(description="Documents/s")

    def rates(self, at: Station) -> None:
        """Print what comes; past its speed documents queue."""
        rate = at.rate("documents", "request")
        at.limit("documents", rate, self.speed, PastLimit.QUEUE, "a second printer")
'''
FILE = """\
title: Office
workload: {users: 100, target: 100, activities: {print: {interval: 50 s}}}
parts: {laser: {kind: printer, speed: 1 request/s}}
events: [{name: monday, surge: {users: 30 users}}]
"""


def test_a_new_kind_is_one_file_and_one_line(tmp_path):
    source = Path(planning.__file__).parent
    package = tmp_path / "planning"
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
    for data in ("data", "workbooks"):
        (tmp_path / data).symlink_to(source.parent / data)
    (package / "parts" / "printer.py").write_text(KIND, encoding="utf-8")
    registry = package / "parts" / "__init__.py"
    text = registry.read_text(encoding="utf-8")
    assert text.count("    | Pooler\n") == 1
    text = text.replace("    | Pooler\n", "    | Pooler\n    | Printer\n")
    text = text.replace(
        "from planning.parts.queue",
        "from planning.parts.printer import Printer\nfrom planning.parts.queue",
    )  # the one line, and its import
    registry.write_text(text, encoding="utf-8")
    (tmp_path / "office.yaml").write_text(FILE, encoding="utf-8")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "planning", *arguments], cwd=tmp_path, capture_output=True,
            text=True, check=False, env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        )  # fmt: skip

    assessed = run("assess", "office.yaml")
    assert assessed.returncode == 20, assessed.stderr
    assert "laser documents  2 requests/s  1 request/s" in " ".join(assessed.stdout.split("   "))
    assert '"printer"' in run("schema").stdout
    assert "LAG" in run("events", "office.yaml").stdout
    new = run("new", "shop")
    assert new.returncode == 0
    assert "printer" in (tmp_path / "shop.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Shown:
    """
    The tests that show a kind, as ``file::name`` in this folder.

    Attributes
    ----------
    figure, published : str
        A number that it must give, and who published or measured it.
    surge : str
        A crowd at it; empty where nothing of a crowd reaches it.
    finding : str
        What is found where its file is wrong; empty where the file is refused instead.
    """

    figure: str
    published: str
    surge: str
    finding: str


P = "test_published::"
IDLE = P + "test_a_part_that_nothing_reaches_is_named_and_not_green"
WRITES = P + "test_a_crowd_of_writes_is_refused_past_what_a_store_takes"
LIMITLESS = "test_unlimited::test_what_is_not_stated_is_found"
SHOWN = {
    "availability": Shown(
        P + "test_six_services_are_up_as_long_as_the_published_product",
        "Azure, reliable web app pattern: six services together 99.720 %", "", "",
    ),
    "broker": Shown(
        "test_broker::test_two_million_records_a_second_are_the_bytes_that_were_measured",
        "Kreps 2014, Benchmarking Apache Kafka: 193.0 MB/s",
        "test_broker::test_a_crowd_is_read_later",
        "test_broker::test_what_is_configured_wrong_is_found",
    ),
    "budget": Shown(
        "test_assessment::test_a_budget_is_a_constraint_like_any_other",
        "prices of the starter's plans, added up by hand", "",
        "test_assessment::test_a_budget_is_not_kept_because_no_cost_is_stated",
    ),
    "cache": Shown(
        P + "test_a_cache_of_ninety_percent_lets_ten_times_as_much_through_as_one_of_ninety_nine",
        "cachee.ai: 1,000 and 100 of 10,000 requests/s",
        "test_parts::test_a_burst_on_an_empty_cache_finds_what_others_of_the_burst_have_fetched",
        IDLE,
    ),
    "cdn": Shown(
        "test_cdn::test_the_whole_schedule_of_a_cdn_costs_less_than_its_first_tier",
        "Amazon CloudFront, price list by tiers",
        P + "test_a_crowd_of_pages_past_the_requests_of_a_cdn_is_refused",
        "test_cdn::test_what_is_configured_wrong_is_found",
    ),
    "database": Shown(
        "test_engines::test_the_memory_of_full_mysql_is_the_published_sum",
        "datalbi.com: 151 connections of MySQL 5.6 are 151 × 1,184 KiB",
        "test_parts::test_a_crowd_of_one_instant_wants_no_more_connections_than_it_is",
        LIMITLESS,
    ),
    "document_store": Shown(
        "test_document_store::test_the_bill_is_the_one_of_the_vendors_example",
        "Google, Firestore pricing example", WRITES,
        "test_document_store::test_a_store_that_is_half_described_is_found",
    ),
    "external_api": Shown(
        "test_external_api::test_three_tries_of_all_treble_the_traffic_far_past_the_quota",
        "Beyer et al., Site Reliability Engineering, ch. 21",
        "test_external_api::test_a_crowd_has_the_window_of_the_quota_to_fit",
        "test_external_api::test_what_is_configured_wrong_is_found",
    ),
    "hot_row": Shown(
        "test_live_stream_limits::"
        "test_hold_of_10_to_20_ms_gives_50_to_100_gifts_per_second_per_receiver",
        "the planning document on live streams",
        "test_live_stream_limits::"
        "test_a_thousand_gifts_at_once_are_partly_served_late_and_partly_failed",
        IDLE,
    ),
    "key_value_store": Shown(
        "test_stores::test_one_item_of_twenty_kilobytes_is_read_six_hundred_times_a_second",
        "Amazon DynamoDB developer guide: 5 units a read, 3,000 a partition", WRITES,
        "test_stores::test_a_table_that_is_configured_wrong_is_found",
    ),
    "media": Shown(
        "test_media_rooms::test_a_room_where_all_speak_says_one_where_one_does",
        "mediasoup: CPU of rooms of 75 to 8,000 people",
        P + "test_viewers_past_what_media_servers_forward_see_worse_pictures",
        "test_media_rooms::test_servers_sized_by_another_kind_of_room_are_found",
    ),
    "memory_store": Shown(
        "test_stores::test_a_million_small_strings_take_what_the_documentation_says",
        "Redis FAQ: a million small strings are about 85 MB",
        "test_stores::test_a_crowd_at_one_thread_is_served_late",
        "test_stores::test_a_memory_store_that_is_configured_wrong_is_found",
    ),
    "model_server": Shown(
        "test_model_server::test_a_full_batch_serves_what_was_measured",
        "ai.wmx.dev: sweep of Qwen2.5-0.5B on an L4",
        "test_model_server::test_a_crowd_is_served_batch_by_batch_and_gives_up_after_the_limit",
        "test_model_server::test_a_request_that_has_no_room_is_found",
    ),
    "object_store": Shown(
        "test_cdn::test_ten_million_downloads_and_a_million_uploads_cost_what_a_price_list_says",
        "devnotes.tech: 1 M PUT $5.00, 10 M GET $4.00",
        "test_cdn::test_a_prefix_slows_a_crowd_down_and_more_of_them_do_not", LIMITLESS,
    ),
    "pooler": Shown(
        "models/servers/test_pooling::test_the_law_predicts_2000_clients_from_fewer",
        "Kokotov 2025: PgBouncer with 50 to 2,000 clients",
        P + "test_functions_that_start_at_once_are_clients_of_the_pooler_each",
        "test_unlimited::test_a_pooler_that_opens_more_than_the_database_takes_is_found",
    ),
    "proxy": Shown(
        "test_proxy::test_a_proxied_request_takes_two_connections",
        "nginx: worker_connections count both sides",
        "test_proxy::test_a_crowd_past_the_connections_is_refused",
        "test_proxy::test_what_is_configured_wrong_is_found",
    ),
    "queue": Shown(
        P + "test_nine_jobs_a_second_wait_as_long_as_in_the_published_queue",
        "ETH Zurich, ASL 2017: M/M/2 with a response of 1.053 s",
        "test_django_shop::test_a_newsletter_is_served_late_and_asks_nothing_of_the_model", IDLE,
    ),
    "rate_limit": Shown(
        "test_hundred_events::test_one_venue_has_one_address_and_140_of_150_are_refused",
        "the planning document on a hundred events",
        "test_parts::test_a_door_counts_by_address_and_by_second_and_passes_on_what_it_admits",
        LIMITLESS,
    ),
    "scheduled_job": Shown(
        "test_scheduled_job::"
        "test_an_hourly_job_of_65_minutes_is_past_its_hour_and_one_of_three_runs_every_three",
        "mozilla/addons-server 13885, Tivix/django-cron 140",
        "test_scheduled_job::test_a_crowd_waits_for_as_many_runs_as_it_takes",
        "test_scheduled_job::test_runs_that_overlap_are_found",
    ),
    "seats": Shown(
        "test_live_stream_limits::test_six_guests_fit_and_twenty_are_blocked_with_14_refused",
        "the planning document on live streams",
        "test_live_stream_limits::test_six_guests_fit_and_twenty_are_blocked_with_14_refused",
        IDLE,
    ),
    "serverless": Shown(
        P + "test_three_million_calls_of_a_second_cost_what_the_vendors_example_says",
        "AWS Lambda pricing, example 1: $18.34 and $0.40",
        "test_parts::test_a_burst_of_functions_beyond_the_limit_is_refused",
        "test_graph::test_functions_and_messages_without_a_limit_are_not_green",
    ),
    "service": Shown(
        "test_server_physics::test_second_threads_of_two_machines_follow_from_a_third",
        "Arao 2013: SLOB on a desktop and two Exadata machines",
        "test_parts::test_a_crowd_of_one_instant_waits_in_the_queue_and_nobody_follows_it",
        LIMITLESS,
    ),
    "sse": Shown(
        "test_hundred_events::"
        "test_150_viewers_are_100_streams_and_50_polls_with_data_up_to_40_s_old",
        "the planning document on a hundred events",
        P + "test_followers_who_come_at_once_wait_for_the_last_write", IDLE,
    ),
    "storage": Shown(
        "test_parts::test_a_table_is_as_large_as_measured",
        "PostgreSQL 15.18: a million integers are 58,777,600 bytes", "",
        P + "test_a_table_that_only_grows_is_found",
    ),
    "table_scan": Shown(
        P + "test_a_hundred_thousand_rows_are_read_in_a_time_that_was_measured",
        "PostgreSQL wiki: 465.6 ms; Smith and Thomas: 74.6 ms",
        P + "test_a_hundred_thousand_rows_are_read_in_a_time_that_was_measured", "",
    ),
    "time_series": Shown(
        "test_time_series::test_a_full_scan_takes_as_long_as_was_measured",
        "50 million compressed rows read in 52 s on one core",
        "test_time_series::test_a_crowd_is_appended_later",
        "test_time_series::test_what_is_configured_wrong_is_found",
    ),
    "websocket": Shown(
        "test_table_changes::test_the_defaults_say_rows_that_did_not_make_them",
        "Supabase, benchmarks of Realtime",
        "test_table_changes::test_those_who_come_at_once_push_it_past_its_ceiling",
        "test_graph::test_joins_without_a_quota_are_not_green",
    ),
}  # fmt: skip


def _function(named: str) -> str:
    """Return the source of a test by its file and name; an error where it is not there."""
    file, name = named.split("::")
    text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
    found = [
        each for each in ast.parse(text).body
        if isinstance(each, ast.FunctionDef) and each.name == name
    ]  # fmt: skip
    assert len(found) == 1, f"{named} is not there"
    return ast.get_source_segment(text, found[0]) or ""


def test_every_kind_and_nothing_else_is_shown():
    assert list(SHOWN) == sorted(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_has_a_figure_a_crowd_a_finding_and_a_chapter(kind):
    shown = SHOWN[kind]
    assert shown.published
    assert "assert" in _function(shown.figure)
    if shown.surge:
        assert re.search(r"crowd|event|surge|burst|refused|matrix|at_once", _function(shown.surge))
    else:  # nothing of a crowd is counted there
        assert kinds()[kind].stands_alone or not kinds()[kind].takes
    if shown.finding:
        assert re.search(r"finding|said|found|not known", _function(shown.finding))
    else:  # what could be left out is required
        needed = [
            name for name, field in kinds()[kind].model_fields.items()
            if field.is_required() and name != "kind"
        ]  # fmt: skip
        assert needed
    reference = Path(planning.__file__).parent.parent / "REFERENCE.md"
    assert f"\n## {kind}\n" in reference.read_text(encoding="utf-8")
