"""Answers go into the file at their place, and nothing else of it changes."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import stat
from pathlib import Path

import pytest

import planning
from planning.numbers.reading import FileError, parse_document
from planning.numbers.rewriting import rewritten, text_of, write_over
from planning.numbers.shipped import data_folder
from planning.questions.interview import Interview, answer_of
from planning.questions.load import parse_system
from planning.questions.sampling import sample

FILE = """\
title: Limited  # by one gate
workload:
  users: 100 users
  target: 1000 users
  activities:
    # how often a page is asked for
    page: {interval: {value: 10 s, low: 5 s, high: 20 s}}
parts:
  gate:
    kind: rate_limit
    requests:
      value: 100 requests/s  # the vendor's page
      low: 50 requests/s
      high: 200 requests/s

costs: {}
"""
RATE, INTERVAL = "parts.gate.requests", "workload.activities.page.interval"
TODAY = dt.date.today().isoformat()
AT = ("a", "b")
NEW = {"value": "2 s", "source": "who: a log"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {b: 1 s}\n", 'a: {b: NEW}\n'),
        ("a:\n  b: 1 s # why\n  c: 3\n", 'a:\n  b: NEW # why\n  c: 3\n'),
        ("a: {b: {value: 1 s, low: 0 s}}", 'a: {b: NEW}'),
        ("a: {b: {low: 0 s, value: 1 s}}", 'a: {b: NEW}'),
        ("a: {b: {catalog: x.y, low: 0 s}}", 'a: {b: NEW}'),
        (
            "a:\n  b:\n    low: 0 s # x\n    value: 1 s # y\n    source: old\n\n  # z\n  c: 3\n",
            'a:\n  b:\n    value: 2 s # y\n    source: "who: a log"\n\n  # z\n  c: 3\n',
        ),
        (
            "a:\n  b:\n    value: 1 s\n    source: >-\n      an old\n      source\n# z\nc: 3\n",
            'a:\n  b:\n    value: 2 s\n    source: "who: a log"\n# z\nc: 3\n',
        ),
        ("a:\n  c: 3 # x\nd: 4\n", 'a:\n  c: 3 # x\n  b: NEW\nd: 4\n'),
        ("a:\n  c:\n    d: 4\n", 'a:\n  b: NEW\n  c:\n    d: 4\n'),
        ("d: 4\n", 'd: 4\na: {b: NEW}\n'),
        ("a: {}\n", 'a: {b: NEW}\n'),
        ("a:\n  b:\n  c: 3\n", 'a:\n  b: NEW\n  c: 3\n'),
        ("a:\r\n  c: 3\r\n", 'a:\r\n  c: 3\r\n  b: NEW\r\n'),
        ("\ufeffa: {b: 1 s}\n", '\ufeffa: {b: NEW}\n'),
    ],
)  # fmt: skip
def test_a_number_is_replaced_and_the_rest_stays(before, after):
    after = after.replace("NEW", '{value: 2 s, source: "who: a log"}')
    assert rewritten(before, AT, NEW) == after
    read = parse_document(after.removeprefix("\ufeff"), "x").data
    assert read["a"]["b"] == NEW


def test_a_place_that_is_no_mapping_is_refused():
    with pytest.raises(FileError, match="a is no mapping"):
        rewritten("a: 3\n", AT, NEW)


@pytest.mark.parametrize("name", planning.system_names())
def test_any_doubted_input_of_a_shipped_file_can_be_written(name):
    text = (data_folder() / "systems" / f"{name}.yaml").read_text(encoding="utf-8")
    system = parse_system(text)
    doubted = [p for p, each in system.inputs.items() if each.estimate.doubted]
    assert doubted
    for path in doubted[::12]:
        estimate = system.inputs[path].estimate
        number = {"value": f"{estimate.value:.17g} {estimate.unit}", "source": "asked: today"}
        if ".tiers." in path:
            continue
        again = parse_system(rewritten(text, tuple(path.split(".")), number))
        now = again.inputs[path].estimate
        assert (now.value, now.source, now.doubted) == (estimate.value, "asked: today", False)
        others = {p: e.estimate for p, e in again.inputs.items() if p != path}
        assert others == {p: e.estimate for p, e in system.inputs.items() if p != path}


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n", encoding="utf-8")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left on device"):
        write_over(path, "a: 2\n", "a: 1\n")
    assert path.read_text(encoding="utf-8") == "a: 1\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_a_link_and_permissions_stay_and_a_change_by_others_is_not_lost(tmp_path):
    path, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_over(link, "a: 2\n", text_of(link))
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "a: 2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with pytest.raises(FileError, match="changed by somebody else"):
        write_over(path, "a: 3\n", "a: 1\n")
    assert path.read_text(encoding="utf-8") == "a: 2\n"


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("80 ms to 200 ms", "80 ms", "200 ms"),
        ("80-200 ms", "80 ms", "200 ms"),
        ("1k – 2k users", "1k users", "2k users"),
        ("1e-3 s .. 2e-3 s", "1e-3 s", "2e-3 s"),
        ("60 to 70", "60", "70"),
        ("$80/month to $90/month", "$80/month", "$90/month"),
    ],
)
def test_a_range_is_read_as_people_type_it(typed, low, high):
    found = answer_of("1", typed, "", dt.date(2026, 1, 2))
    assert (found["low"], found["high"]) == (low, high)
    # Nobody says so: the range is a guess, and the date shows when it was made.
    assert found["confidence"] == "60 %"
    assert found["source"] == "answered 2026-01-02, no source named"


def test_the_question_with_most_influence_comes_first_and_its_answer_narrows(tmp_path):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    asked = Interview(path, draws=4_000)
    # Both are doubted by the same factor and move the capacity alike: half of the variance each.
    assert {each.path for each in asked.open()} == {RATE, INTERVAL}
    assert all(each.narrows == pytest.approx(0.5, abs=0.1) for each in asked.open())
    done = asked.answer(INTERVAL, {"value": "20 s", "source": "a log"})
    assert done.before == pytest.approx(0.5, abs=0.02)
    assert done.after == asked.chance == sample(planning.load_system(path), 4_000).probability
    assert done.after > 0.7
    assert [each.path for each in asked.open()] == [RATE]
    asked.skip(RATE)
    assert asked.open() == ()


def test_an_answer_that_the_field_refuses_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    asked = Interview(path, draws=100)
    for wrong, rule in [
        ({"value": "-3 s"}, "interval"),
        ({"value": "3 apples"}, "apples"),
        ({"value": "3 s", "low": "4 s", "high": "5 s"}, "low ≤ value ≤ high"),
        ({"value": "3 s", "colour": "red"}, "colour"),
        ({"value": True}, "must be a number or text"),
    ]:
        with pytest.raises(FileError, match=rule):
            asked.answer(INTERVAL, wrong)
    assert path.read_text(encoding="utf-8") == FILE
    assert not asked.answers


def typing(monkeypatch, *lines):
    left = list(lines)

    def typed(_):
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("builtins.input", typed)


def test_the_terminal_asks_again_writes_and_says_what_it_did(cli, tmp_path, monkeypatch):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    typing(monkeypatch, "nonsense", "", "", "100 s", "90-120 s", "measured: a log of Monday")
    run = cli("ask", path, "--draws", "1000")
    assert run.returncode == 0, run.stderr
    assert "once more" in run.stdout
    assert f"wrote {path}:" in run.stdout
    assert "That is firm" in run.stdout.splitlines()[-1]
    written = path.read_text(encoding="utf-8")
    assert f'kind: measured, source: "a log of Monday, {TODAY}"' in written
    assert written.splitlines()[0] == FILE.splitlines()[0]


def test_who_skips_or_ends_writes_nothing(cli, tmp_path, monkeypatch):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    for lines in (["q"], ["", ""], ["10 s", "q"], []):
        typing(monkeypatch, *lines)
        run = cli("ask", path, "--draws", "500")
        assert run.returncode == 10
        assert "Nothing was written" in run.stdout
    assert path.read_text(encoding="utf-8") == FILE


def test_what_is_passed_over_is_named_in_the_end(cli, tmp_path, monkeypatch):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    typing(monkeypatch, "", "")
    both = cli("ask", path, "--draws", "500").stdout.splitlines()
    kept = "2 questions were passed over; their inputs are as before"
    assert both[-1] == f"{kept}: {RATE}, {INTERVAL}."
    assert both[-2].endswith("not firm; no other question is left that would narrow it.")
    # The one that is answered is not passed over; one that is never reached is not, either.
    typing(monkeypatch, "", "10", "", "")
    one = cli("ask", path, "--draws", "500").stdout.splitlines()[-1]
    (asked,) = (name for name in (RATE, INTERVAL) if name in one)
    assert one == f"1 question was passed over; its input is as before: {asked}."
    typing(monkeypatch, "q")
    assert "passed over" not in cli("ask", path, "--draws", "500").stdout


def test_answers_from_a_file_stop_when_the_verdict_is_firm(cli, tmp_path):
    path, answers = tmp_path / "limited.yaml", tmp_path / "answers.yaml"
    path.write_text(FILE, encoding="utf-8")
    answers.write_text(
        f"{INTERVAL}: {{value: 100 s, source: a log}}\n{RATE}: 5000 requests/s\n", encoding="utf-8"
    )
    run = cli("ask", path, "--draws", "1000", "--answers", answers, "--json")
    record = json.loads(run.stdout)
    assert run.returncode == 0
    assert record["firm"]
    assert record["chance_before"] == pytest.approx(0.5, abs=0.03)
    assert len(record["written"]) == 1  # either of them is enough
    assert record["written"][0]["chance_after"] == record["chance"] >= 0.95
    assert record["written"][0]["input"] in {INTERVAL, RATE}
    again = cli("ask", path, "--draws", "1000", "--answers", answers)
    assert "not needed, and not written" in again.stdout
    assert again.stdout.startswith("   not needed")


def test_json_without_answers_lists_the_questions_and_writes_nothing(cli, tmp_path):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    record = json.loads(cli("ask", path, "--draws", "500", "--json").stdout)
    assert {each["input"] for each in record["open"]} == {RATE, INTERVAL}
    assert all(each["how"] and each["now"]["low"] for each in record["open"])
    assert path.read_text(encoding="utf-8") == FILE


def test_what_comes_along_is_not_written_into(cli, tmp_path):
    for name in ("ten_thousand_users", "-"):
        run = cli("ask", name)
        assert run.returncode == 2
        assert "a file of your own" in run.stderr
    answers = tmp_path / "answers.yaml"
    answers.write_text("parts.gate.speed: 3\n", encoding="utf-8")
    path = Path(tmp_path) / "limited.yaml"
    path.write_text(FILE, encoding="utf-8")
    run = cli("ask", path, "--answers", answers)
    assert run.returncode == 2
    assert "parts.gate.speed" in run.stderr


PHASES = """phases:
  - name: wider gate
    changes: {parts: {gate: {requests: {value: 400 requests/s, low: 350 requests/s, \
high: 450 requests/s}}}}
"""


def test_after_a_phase_its_system_is_asked_and_todays_file_written(cli, tmp_path):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE + PHASES, encoding="utf-8")
    users = 3200.0
    today, later = (Interview(path, users, 2000, after=each) for each in (None, "wider"))
    assert (today.phase, later.phase) == ("today", "wider gate")
    assert later.chance > today.chance
    assert {each.path for each in today.open()} == {RATE, INTERVAL}
    # What the phase states anew would not move by an answer about today.
    assert [each.path for each in later.open()] == [INTERVAL]
    done = later.answer(INTERVAL, {"value": "10 s", "source": "measured"})
    assert done.after == later.chance > done.before
    assert planning.load_system(str(path)).workload.activities["page"].interval.value == 10.0
    asked = ("ask", str(path), "--users", "3200", "--draws", "500", "--json")
    record = json.loads(cli(*asked, "--after", "1").stdout)
    assert record["phase"] == "wider gate"
    assert json.loads(cli(*asked).stdout)["phase"] == "today"


def test_a_phase_that_is_none_is_refused_in_one_line(cli, tmp_path):
    path = tmp_path / "limited.yaml"
    path.write_text(FILE + PHASES, encoding="utf-8")
    run = cli("ask", str(path), "--after", "nowhere", "--json")
    assert run.returncode == 2
    assert "wider gate" in run.stderr
    assert run.stderr.count("\n") == 1
