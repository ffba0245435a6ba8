"""When limits run out: to the day where it is known, and no day where it is not."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import planning
from planning.models.growth.trajectories import accumulated
from planning.present import runway as words
from planning.present.runway_views import exit_code, runway_html, runway_record
from planning.questions.growth.courses import DAYS_A_MONTH
from planning.questions.growth.demand import with_growth
from planning.questions.growth.growing import GrowingSystem
from planning.questions.growth.runway import runway
from planning.questions.load import parse_system

START = dt.date(2026, 12, 1)
DAY = 86_400.0

LIMITED = """
title: Shop
workload:
  users: 100 users
  target: 1000 users
  peak_to_mean: 2
  activities:
    page: {interval: 10 s, queries: 1, query_time: 10 ms, query_cpu: 1 ms, cpu_time: 10 ms}
parts:
  gate: {kind: rate_limit, requests: 100 requests/s}
  app: {kind: service, processes: 900, cores: 900}
  database: {kind: database, cores: 4, max_connections: 100, memory: 8 GB}
phases:
  - name: Wider
    changes: {parts: {gate: {requests: 1000 requests/s}}}
    lead_time: 30 days
"""

FILLING = """
title: Log
workload:
  users: 1000 users
  target: 2000 users
  peak_to_mean: 2
  activities:
    page: {interval: 10 s, queries: 1, query_time: 1 ms, query_cpu: 0.1 ms, cpu_time: 1 ms}
parts:
  database: {kind: database, cores: 64, max_connections: 1000, memory: 64 GB}
  storage:
    kind: storage
    disk: 200 GB
    row_limit: 1000000 rows/s
    tables:
      views: {interval: 10 s}
phases:
  - name: Larger disk
    changes: {parts: {storage: {disk: 2 TB}}}
    lead_time: 10 days
"""


def shop(rate="10 %/month", text=LIMITED, **growth):
    return with_growth(parse_system(text), rate=rate, start=str(START), **growth)


def of(found, name):
    return next(each for each in found.limits if each.constraint.id == name)


@pytest.mark.parametrize("monthly", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("headroom", [0.0, 0.2, 0.5])
def test_a_known_crossing_is_found_to_the_day(monthly, headroom):
    """100 requests/s at a page per 10 s are 1,000 users; 100 of them grow at a rate."""
    found = runway(shop(f"{monthly * 100:g} %/month"), horizon=3650, headroom=headroom)
    exact = DAYS_A_MONTH * math.log(1000 * (1 - headroom) / 100) / math.log(1 + monthly)
    gate = of(found, "gate.requests")
    assert gate.p50 == gate.p90 == math.ceil(exact)
    assert found.date(gate.p50) == START + dt.timedelta(days=math.ceil(exact))


def test_the_day_before_still_holds_and_that_day_does_not():
    system = shop()
    day = of(runway(system, headroom=0.0), "gate.requests").p50
    users = [100 * 1.1 ** (each / DAYS_A_MONTH) for each in (day - 1, day)]
    used = [planning.assess(system, each).of("gate.requests").utilisation for each in users]
    assert used[0] <= 1 < used[1]


def test_a_doubted_rate_has_a_p90_before_its_p50_and_both_are_known():
    rate = {"value": "10 %/month", "low": "5 %/month", "high": "20 %/month", "confidence": "80 %"}
    found = runway(shop(rate), headroom=0.0)
    gate = of(found, "gate.requests")
    fast, middle = (DAYS_A_MONTH * math.log(10) / math.log(1 + each) for each in (0.2, 0.1))
    assert gate.p90 == pytest.approx(fast, rel=0.02)
    assert gate.p50 == pytest.approx(middle, rel=0.02)


def test_order_by_is_the_p90_day_less_the_lead_time_of_the_phase_that_moves_it():
    gate = of(runway(shop()), "gate.requests")
    assert gate.phase is not None
    assert gate.phase.name == "Wider"
    assert gate.order_by == gate.p90 - 30


def test_a_phase_that_does_not_move_a_limit_is_not_ordered_for_it():
    database = of(runway(shop(horizon=None)), "database.cpu")
    assert database.phase is None
    assert math.isnan(database.order_by) or database.p90 == math.inf


def test_a_lead_time_that_nobody_stated_gives_no_order_by_day():
    found = runway(shop(text=LIMITED.replace("    lead_time: 30 days\n", "")))
    gate = of(found, "gate.requests")
    assert math.isfinite(gate.p90)
    assert math.isnan(gate.order_by)
    assert words.order_words(found, gate) == "no lead time stated"


def test_what_is_past_already_and_what_is_far_have_words_and_no_date():
    past = runway(shop(text=LIMITED.replace("100 requests/s", "5 requests/s")))
    gate = of(past, "gate.requests")
    assert (gate.p50, gate.p90, gate.order_by) == (0, 0, -30)
    assert words.when(past, gate.p50) == "past already"
    assert words.order_words(past, gate) == "at least 30 days ago"
    far = runway(shop("0 %/month"))
    assert words.when(far, of(far, "gate.requests").p90) == "not within 1,095 days"
    assert words.order_words(far, of(far, "gate.requests")) == "no need"
    assert "Nothing runs out" in words.headline(far)
    for found in (past, far):
        frame = found.to_frame().set_index("constraint").loc["gate.requests"]
        assert not isinstance(frame["p90_date"], dt.date)


def test_without_a_start_days_are_counted_and_no_dates_given():
    found = runway(with_growth(parse_system(LIMITED), rate="10 %/month"))
    gate = of(found, "gate.requests")
    assert found.date(gate.p90) is None
    assert words.when(found, gate.p90) == f"in {gate.p90:,.0f} days"


def test_exit_codes_are_those_of_assess():
    past = runway(shop(text=LIMITED.replace("100 requests/s", "5 requests/s")))
    soon = runway(shop("900 %/month"))  # runs out before the phase can be there
    later, never = runway(shop()), runway(shop("0 %/month"))
    assert [exit_code(each) for each in (past, soon, later, never)] == [20, 20, 10, 0]
    assert soon.past == ()


LOST = """
title: Lost
workload:
  users: 10 users
  target: 10 users
  activities:
    page: {interval: 10 s, queries: 3, query_time: 10 ms}
parts:
  gate: {kind: rate_limit, requests: 100 requests/s}
"""


def test_what_no_part_takes_never_runs_out_and_nobody_can_say():
    found = runway(shop(text=LOST))
    assert found.first.p90 == math.inf  # nothing reaches the gate
    assert exit_code(found) == 20
    assert "not known: page: no part takes its queries" in words.headline(found)
    assert "plan-bad" in runway_html(found)
    assert [each["part"] for each in runway_record(found, "lost")["severe"]] == ["page", "gate"]


def test_where_nothing_limits_users_no_day_is_known():
    only = LOST.replace(
        "gate: {kind: rate_limit, requests: 100 requests/s}",
        "money: {kind: budget, monthly: $10/month}\ncosts: {host: {monthly: $1/month}}",
    )
    with pytest.raises(ValueError, match="nothing in it limits users"):
        runway(shop(text=only))


def test_draws_that_a_formula_refuses_are_neither_passed_nor_held():
    found = runway(shop(), draws=10)
    assert found.drawn is not None
    days = found.drawn.days.copy()
    days[:, :2], days[:, 2:5], days[:, 5:] = 7.0, np.nan, np.inf
    drawn = replace(found.drawn, days=days)
    assert drawn.refused == 3
    shares = [0.1, 0.4, 0.9]
    assert [str(each) for each in drawn.day_at(shares)] == ["7.0", "nan", "inf"]
    assert drawn.chance(1000.0) == pytest.approx(0.2)
    assert "half: not known" in words.drawn_words(replace(found, drawn=replace(
        drawn, days=np.where(np.isinf(days), np.nan, days))))  # fmt: skip


def test_limits_are_sorted_by_what_runs_out_first():
    found = runway(shop())
    days = [each.p90 for each in found.technical]
    assert days == sorted(days)
    assert found.first.constraint.id == "gate.requests"


def test_phases_last_as_long_as_their_own_limits():
    found = runway(shop(), headroom=0.0, horizon=3650)
    today, wider = found.phases
    ten_times = DAYS_A_MONTH * math.log(10) / math.log(1.1)
    assert today.first is not None
    assert today.first.id == "gate.requests"
    assert wider.p50 > today.p50
    assert today.p50 == math.ceil(ten_times)


def bytes_a_row(system):
    """From a plain assessment: the disk holds what a year of constant users writes."""
    load = planning.assess(system, 1000).of("storage.disk").load.value
    return float(load) / (1000 / 10 / 2 * 365 * DAY)


def test_a_table_fills_by_the_area_under_the_users_to_the_day():
    system = shop("10 %/month", text=FILLING)
    growth = math.log(1.1) / (DAYS_A_MONTH * DAY)
    rate, row = 1000 / 10 / 2, bytes_a_row(system)
    rows = 200e9 * 0.8 / row
    exact = math.log1p(rows * growth / rate) / growth / DAY
    disk = of(runway(system, horizon=3650), "storage.disk")
    assert abs(disk.p50 - exact) <= 1.0
    # Today's users for ever would take longer, the last day's users for ever less.
    constant = rows / rate / DAY
    assert disk.p50 < constant
    assert runway(shop("0 %/month", text=FILLING), horizon=3650).first.p50 == math.ceil(constant)


def test_rows_that_are_there_today_are_counted():
    system = shop("0 %/month", text=FILLING)
    row = bytes_a_row(system)
    there = 100e9 / row
    full = shop(
        "0 %/month",
        text=FILLING.replace("10 s}\nphases", f"10 s, there: {there:.0f} rows}}\nphases"),
    )
    rate = 1000 / 10 / 2 * row * DAY
    assert of(runway(full), "storage.disk").p50 == math.ceil(60e9 / rate)
    assert runway(system).unfilled == ("storage views",)
    assert runway(full).unfilled == ()


def test_what_is_kept_for_a_while_settles_below_todays_rate_times_that_while():
    text = FILLING.replace("10 s}\nphases", "10 s, retention: 90 days}\nphases")
    growing, steady = (
        GrowingSystem.of(shop(rate, text=text), 1000.0) for rate in ("10 %/month", "0 %/month")
    )
    days = np.arange(400)
    users = (1000 * 1.1 ** (days / DAYS_A_MONTH))[None, :]
    growth = math.log(1.1) / (DAYS_A_MONTH * DAY)
    used = growing.used(users, users, growth)
    row = [item.id for item in growing.constraints].index("storage.disk")
    flat = steady.used(users, users, 0.0)[row, 0, -1]
    expected = (1 - math.exp(-growth * 90 * DAY)) / growth / (90 * DAY)
    constant = planning.assess(shop(text=text), users[0, -1]).of("storage.disk").utilisation
    assert used[row, 0, -1] / constant == pytest.approx(expected, rel=1e-4)
    assert flat == pytest.approx(used[row, 0, -1], rel=1e-4)  # its window lies within the course
    assert used[row, 0, 0] < steady.used(users, users, 0.0)[row, 0, 0]


def test_a_ranking_reads_the_rows_of_its_period_not_of_todays_users():
    text = FILLING.partition("  storage:")[0] + """
  ranking: {kind: table_scan, interval: 60 s, period: 365 days, scan_rate: 1000000 rows/s,
            client_memory: 1 TB}
"""  # fmt: skip
    system = shop("10 %/month", text=text)
    users = 1000 * 1.1 ** (np.arange(800) / DAYS_A_MONTH)
    growth = math.log(1.1) / (DAYS_A_MONTH * DAY)
    growing = GrowingSystem.of(system, 1000.0)
    row = [item.id for item in growing.constraints].index("ranking.load_time")
    used = growing.used(users[None, :], users[None, :], growth)[row, 0]
    area = accumulated(np.arange(800) * DAY, users / 60 / 2)
    rows = area[-1] - area[800 - 366]
    assert used[-1] == pytest.approx(rows / 1e6 / 8, rel=1e-3)


def test_users_of_every_day_are_those_of_a_plain_assessment():
    system = planning.load_system("ten_thousand_users")
    growing = GrowingSystem.of(system, 500.0)
    users = np.array([[500.0, 700.0, 2000.0]])
    found = growing.used(users, users, 0.0)
    assert growing.accruals == ()
    for place, count in enumerate(users[0]):
        plain = planning.assess(system, count).utilisation
        np.testing.assert_allclose(found[:, 0, place], plain, rtol=1e-9)


def test_draws_of_a_certain_system_pass_on_the_day_of_the_numbers():
    found = runway(shop(), draws=50, headroom=0.0)
    assert found.drawn is not None
    assert np.abs(found.drawn.day_at([0.1, 0.9]) - found.first.p50).max() <= 1
    assert found.drawn.chance(found.first.p50 + 1) == 1.0
    assert found.drawn.shares() == {"gate.requests": 1.0}


def test_draws_of_a_doubted_limit_spread_as_it_does():
    text = LIMITED.replace(
        "requests: 100 requests/s",
        "requests: {value: 100 requests/s, low: 50 requests/s, high: 200 requests/s, "
        "confidence: 80 %}",
    )
    found = runway(shop(text=text), draws=2000, headroom=0.0)
    assert found.drawn is not None
    early, late = found.drawn.day_at([0.1, 0.9])
    exact = [DAYS_A_MONTH * math.log(each / 10) / math.log(1.1) for each in (50, 200)]
    assert (early, late) == pytest.approx(exact, rel=0.02)
    again = runway(shop(text=text), draws=2000, headroom=0.0).drawn
    assert again is not None
    assert np.array_equal(again.days, found.drawn.days)


def test_a_budget_is_used_whole_and_is_no_limit_of_users():
    found = runway(shop())
    assert all(each.constraint.technical for each in found.technical)


@pytest.mark.parametrize("headroom", [-0.1, 1.0, 2.0])
def test_headroom_outside_its_range_is_refused(headroom):
    with pytest.raises(ValueError, match="headroom"):
        runway(shop(), headroom=headroom)


def test_nothing_known_of_growth_gives_no_runway():
    with pytest.raises(ValueError, match="nothing is known of its growth"):
        runway(parse_system(LIMITED))


def test_table_page_and_json_tell_the_same_dates():
    found = runway(shop())
    gate = of(found, "gate.requests")
    date = str(found.date(gate.p90))
    record = runway_record(found, "shop")
    first = record["constraints"][0]
    assert first["p90"] == {"status": "passes", "day": gate.p90, "date": date}
    assert first["order_by"] == str(found.date(gate.order_by))
    assert date in runway_html(found)
    assert any(date in cell for row in words.limit_rows(found) for cell in row)
    assert date in record["headline"]
    assert {each["p90"]["status"] for each in record["constraints"]} <= {
        "passes", "past already", "not within the horizon", "not known"
    }  # fmt: skip


def test_the_readme_says_how_long_the_five_systems_last():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = text.partition("| system | users today |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]
    assert {row[0] for row in rows} == set(planning.system_names())
    for name, users, past, lasts, first in rows:
        system = planning.load_system(name)
        found = runway(with_growth(system, rate="10 %/month"))
        last = found.phases[-1]
        assert users == f"{system.workload.users.value:,.0f}"
        assert int(past) == len(found.past)
        assert lasts == words.when(found, last.p50).removeprefix("in ")
        assert first == (last.first.name if last.first else "none")


@pytest.mark.parametrize("name", planning.system_names())
def test_every_shipped_system_has_a_runway(name):
    found = runway(with_growth(planning.load_system(name), rate="10 %/month"), horizon=365)
    assert len(found.limits) == len(planning.assess(found.system).constraints)
    assert [each.name for each in found.phases] == [
        "today", *(phase.name for phase in found.system.phases)
    ]  # fmt: skip
    assert runway_record(found, name)["system"] == name
