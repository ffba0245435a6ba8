"""Scheduled jobs: runs that end in time, runs that do not, and what waits, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Jobs
workload:
  users: 1200
  target: 2400
  activities: {upload: {interval: 10 min, enters: web, cpu_time: 1 ms}}
parts:
  web: {kind: service, processes: 1, cores: 1, calls: {resize: {upload: 1}}}
  resize: {kind: scheduled_job, interval: 5 min, JOB}
  db: {kind: database, max_connections: 100}
events: [{name: all at once, surge: {users: 1200 users}}]
"""


def job(fields, users=None):
    system = parse_system(TEXT.replace("JOB", fields))
    return system if users is None else planning.assess(system, users)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


def load(result, name):
    return value_at(result.of(name).load)


def test_a_run_takes_its_start_and_what_has_come_since_the_last():
    result = job("start_time: 30 s, item_time: 2 s, parallel: 8", 1200)
    # 2 uploads a second, 600 in five minutes, 8 at a time for 2 s each: 150 s after 30 s of start.
    assert load(result, "resize.run") == pytest.approx(180)
    assert told(result, "items that a run finds") == pytest.approx(600)
    assert told(result, "age of the oldest item when done") == pytest.approx(300 + 180)


def test_a_run_past_its_interval_finds_more_each_time_until_it_settles():
    # 3.8 a second need 95 % of the time: T = 30 + 0.95 T, ten minutes, twice the interval.
    result = job("start_time: 30 s, item_time: 2 s, parallel: 8", 2280)
    assert load(result, "resize.run") == pytest.approx(600)
    assert result.of("resize.run").past_limit == "slow down"
    assert planning.capacity(job("start_time: 30 s, item_time: 2 s, parallel: 8")).users == 2160


def test_an_hourly_job_of_65_minutes_is_past_its_hour_and_one_of_three_runs_every_three():
    # mozilla/addons-server issue 13885: every 60 min, needs 65. Tivix/django-cron issue 140: every
    # minute, takes three, "actually behaves like running every 3 min".
    hourly = TEXT.replace("interval: 5 min", "interval: 60 min")
    late = planning.assess(
        parse_system(hourly.replace("JOB", "start_time: 65 min, item_time: 0 s"))
    )
    used = late.of("resize.run").utilisation
    assert used == pytest.approx(65 / 60)
    minute = TEXT.replace("interval: 5 min", "interval: 1 min")
    often = planning.assess(
        parse_system(minute.replace("JOB", "start_time: 3 min, item_time: 0 s"))
    )
    age = next(each for each in often.traffic if each.name == "age of the oldest item when done")
    assert value_at(age.inputs["waiting"]) == pytest.approx(180)
    assert any("none is ever on time" in each.what for each in late.findings)


def test_what_a_run_leaves_piles_up():
    result = job("item_time: 0.1 s, most_items: 300", 1200)
    items = result.of("resize.items")
    assert value_at(items.limit) == pytest.approx(1)  # 300 in 300 s
    assert value_at(items.backlog) == pytest.approx(1)  # of two that come


def test_a_run_is_felt_by_the_database_at_its_own_pace_not_at_its_mean():
    calls = "calls: {db: {upload: {count: 3, time: 20 ms}}}"
    result = job(f"item_time: 40 ms, parallel: 4, {calls}", 1200)
    # An item takes 100 ms, four at a time: 40 items and 120 queries a second while it lasts.
    assert value_at(result.queries["upload"]) == pytest.approx(120)
    assert load(result, "resize.run") == pytest.approx(600 * 0.1 / 4)


def test_items_of_its_own_need_nobody_to_send_them():
    alone = TEXT.replace(", calls: {resize: {upload: 1}}", "").replace(
        "interval: 5 min", "interval: 24 h"
    )
    fields = "item_time: 30 s, parallel: 2, items_per_user: 1 job/user, hourly: $0.10/h"
    result = planning.assess(parse_system(alone.replace("JOB", fields)))
    assert load(result, "resize.run") == pytest.approx(1200 * 30 / 2)
    assert value_at(result.monthly["resize runs"]) == pytest.approx(18_000 / 86_400 * 730 * 0.10)
    assert not any(each.vanished and each.part == "resize" for each in result.findings)


def test_runs_without_end_are_no_error_and_cost_the_whole_month():
    result = job("item_time: 8 s, parallel: 8, hourly: $1/h", 1200)
    assert load(result, "resize.run") == float("inf")
    assert value_at(result.monthly["resize runs"]) == pytest.approx(730)
    assert result.verdict == "does not hold"


def test_a_crowd_waits_for_as_many_runs_as_it_takes():
    system = job("item_time: 1 s, parallel: 4")
    event = assess_event(system, system.events[0])
    assert value_at(event.number("resize.items", "drain")) == pytest.approx(300)  # 1,200 of 4/s


def test_runs_that_overlap_are_found():
    found = job("item_time: 1 s, overlap: together", 10).findings
    assert any("the same items" in each.what for each in found)
