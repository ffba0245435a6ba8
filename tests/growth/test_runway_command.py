"""`planning runway`, its calendar, and its board, as people use them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import icalendar
import pytest
from histories import walk
from typer.testing import CliRunner

from planning.cli import app
from planning.cli.options import UsageError
from planning.numbers.shipped import data_folder
from planning.page.growing import growth_record
from planning.present import runway_charts as charts
from planning.present.board import Board
from planning.present.growth_asked import growth_inputs
from planning.questions.load import load_system
from planning.system.growth import ASSUMED_RATE

NAME = "ten_thousand_users"
ASKED = ("--users", "20", "--rate", "10%/month", "--start", "2026-12-01")
RUN = CliRunner()


def runway(*options, name=NAME):
    return RUN.invoke(app, ["runway", name, *options])


def told(*options, name=NAME):
    return json.loads(runway(*options, "--json", name=name).stdout)


def test_table_csv_and_json_agree():
    table, text = runway(*ASKED), runway(*ASKED, "--csv").stdout
    record = told(*ASKED)
    first = next(iter(csv.DictReader(io.StringIO(text))))
    assert table.exit_code == 10
    assert record["constraints"][0]["p90"]["date"] == first["p90_date"] == "2027-01-28"
    assert record["constraints"][0]["order_by"] == first["order_by"] == "2027-01-26"
    assert record["headline"] in table.stdout.replace("\n", " ")


def test_the_days_are_those_that_arithmetic_says():
    """66.8 % of 20 connections at 20 users: 80 % are used at 23.95 users, on day 57.5."""
    record = told(*ASKED)["constraints"][0]
    assert (record["constraint"], record["p90"]["day"]) == ("app.pool", 58.0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--rate", "10%/month"), 20),
        (("--rate", "0%/month", "--users", "5"), 0),
        (ASKED, 10),
        (("--rate", "10%/month", "--headroom", "0%", "--users", "5"), 10),
    ],
)
def test_exit_codes(options, code):
    assert runway(*options).exit_code == code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "nothing is known of its growth"),
        (("--rate", "10"), "--rate: .*month"),
        (("--rate", "10 s"), "--rate"),
        (("--rate", "10%/month", "--start", "1/2/2027"), "--start"),
        (("--rate", "10%/month", "--horizon", "40 years"), "--horizon"),
        (("--rate", "10%/month", "--headroom", "120%"), "--headroom"),
        (("--rate", "10%/month", "--json", "--csv"), "exclude"),
        (("--history", "no.csv"), "no such file"),
        (("--ceiling", "5000"), "says nothing"),
        (("--rate", "10%/month", "--ceiling", "5"), "ceiling"),
    ],
)
def test_bad_usage_is_one_clear_line(options, words):
    done = runway(*options)
    assert isinstance(done.exception, ValueError | UsageError)
    assert re.search(words, str(done.exception))
    assert "\n" not in str(done.exception)


def test_the_calendar_has_what_the_table_says(tmp_path):
    file = tmp_path / "runway.ics"
    assert runway(*ASKED, "--ics", str(file)).exit_code == 10
    raw = file.read_bytes()
    assert b"\r\n" in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    entries = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    by_id = {str(each["uid"]): each for each in entries}
    assert len(by_id) == len(entries)
    assert by_id["app.pool.passes@planning"].decoded("dtstart") == dt.date(2027, 1, 28)
    order = by_id["app.pool.order@planning"]
    assert order.decoded("dtstart") == dt.date(2027, 1, 26)
    assert order.decoded("dtend") == dt.date(2027, 1, 27)
    assert "Phase 1" in str(order["summary"])
    # What does not pass within the horizon has no day in a calendar.
    assert not any("database.memory" in name for name in by_id)
    again = tmp_path / "again.ics"
    runway(*ASKED, "--ics", str(again))
    assert again.read_bytes() == raw


def test_names_from_files_cannot_add_lines_to_a_calendar(tmp_path):
    text = (data_folder() / "systems" / f"{NAME}.yaml").read_text()
    text = text.replace("Phase 1: quick wins", r"x\nBEGIN:VALARM\r\nEND:VEVENT, y; z")
    (tmp_path / "s.yaml").write_text(text)
    file = tmp_path / "s.ics"
    assert runway(*ASKED, "--ics", str(file), name=str(tmp_path / "s.yaml")).exit_code == 10
    assert b"\nBEGIN:VALARM" not in file.read_bytes()
    assert len(icalendar.Calendar.from_ical(file.read_bytes()).walk("VALARM")) == 0


def test_a_history_that_does_not_forecast_is_said_and_gives_no_dates(tmp_path):
    first, users = dt.date(2026, 1, 1), walk(120, 1)
    rows = [f"{first + dt.timedelta(days=day)},{each:.0f}" for day, each in enumerate(users)]
    rows[30] = rows[29]
    file = tmp_path / "peaks.csv"
    file.write_text("\n".join(["date,users", *rows]))
    alone = runway("--history", str(file))
    assert "does not forecast" in str(alone.exception)
    record = told("--history", str(file), *ASKED)
    assert record["history"]["forecasts"] is False
    assert "too few" in record["history"]["reason"]
    assert {each["kind"] for each in record["history"]["oddities"]} == {"twice", "gap"}
    assert record["basis"] == ["growth of 10 %/month (assumed: no source given)"]


def test_draws_are_counted_and_repeatable():
    one, again = (told(*ASKED, "--draws", "100", "--seed", "4")["draws"] for _ in range(2))
    assert one == again
    assert one["count"] == 100
    assert sum(one["first"].values()) <= 1


def test_boards_and_pages_assume_the_same_rate():
    system = load_system(NAME)
    assert system.growth is None
    estimate, _ = growth_inputs(system)["growth.rate"]
    assert estimate.value == growth_record(system)["rate"] == ASSUMED_RATE
    assert not growth_record(system)["stated"]


def test_a_board_follows_its_growth_sliders():
    board = Board(NAME, ["growth"], ["runway", "timeline", "fan"])
    assert [slider.path for slider in board._sliders] == list(growth_inputs(board.state.base))
    slow, fast = (
        board.state.at(1.0, {"growth.users": 20.0, "growth.rate": rate}).runway.first.p90
        for rate in (0.02, 0.2)
    )
    assert slow > fast
    tight, wide = (
        board.state.at(1.0, {"growth.users": 20.0, "growth.headroom": free}).runway.first.p90
        for free in (0.0, 0.3)
    )
    assert tight > wide
    later = board.state.at(1.0, {"growth.start": 100 * 86400.0}).runway.start
    assert later == dt.date.today() + dt.timedelta(days=100)


def test_charts_show_the_days_of_the_table():
    state = Board(NAME, ["growth"], []).state.at(1.0, {"growth.users": 20.0})
    found = state.runway
    passing = charts.passing_columns(found)
    assert passing["limit"][0] == found.first.constraint.name
    first = dt.datetime.fromtimestamp(passing["from"][0] / 1000, tz=dt.UTC).date()
    assert first == found.date(found.first.p90)
    assert passing["from"] == sorted(passing["from"])
    fan = charts.fan_columns(found)
    assert all(fan["low"] <= fan["middle"])
    assert all(fan["middle"] <= fan["high"])
    held = charts.held_columns(found)
    assert held["users"] == sorted(each.capacity.users for each in found.phases)


def test_a_report_assumes_no_growth_that_nobody_stated():
    board = Board(NAME, [], ["how long"], static=True)
    assert "not known" in board.views[0].shown.data


def test_a_history_that_ended_long_ago_is_said_to_have(tmp_path):
    first = dt.date(2020, 1, 1)
    rows = [f"{first + dt.timedelta(days=day)},500" for day in range(70)]
    file = tmp_path / "old.csv"
    file.write_text("\n".join(["date,users", *rows]))
    done = runway("--history", str(file), *ASKED)
    assert "the history ends on 2020-03-10" in done.stderr
