"""Two systems side by side: what changed is found, and what it did is what assessing says."""

from __future__ import annotations

import json

import pytest

from planning.present.compare_views import change_rows, compare_record, headline
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.changes import changes_of, rewordings_of
from planning.questions.compare import compare
from planning.questions.load import parse_system, system_names
from planning.system.patches import ladder_systems
from planning.system.starter import starter_text

NAME = "ten_thousand_users"


@pytest.mark.parametrize("name", system_names())
def test_a_system_differs_in_nothing_from_itself(systems, name):
    found = compare(systems[name], systems[name])
    assert found.same
    assert all(each.before == each.after for each in found.shifts)


@pytest.mark.parametrize("name", system_names())
def test_both_sides_say_what_assessing_them_says(systems, name):
    climbed = [system for _, system in ladder_systems(systems[name])]
    found = compare(climbed[0], climbed[-1], 500.0)
    for side, system in ((found.before, climbed[0]), (found.after, climbed[-1])):
        alone, edge = assess(system, 500.0), capacity(system)
        assert (side.result.verdict, side.edge.users) == (alone.verdict, edge.users)
    known = {item.id for side in (found.before, found.after) for item in side.edge.constraints}
    assert {each.id for each in found.shifts} == known
    afterwards = [each.after for each in found.shifts if each.after is not None]
    assert afterwards == sorted(afterwards)


def test_every_number_that_is_moved_is_found_with_who_says_so(systems):
    system = systems[NAME]
    moves = {"parts.app.pool_size": 40, "workload.activities.page.query_time": 0.25}
    found = compare(system, system.at(moves))
    assert {each.path: float(each.after.value) for each in found.moved} == moves
    assert not found.reworded
    rows = {path: (before, after) for path, before, after, _ in change_rows(found)}
    assert rows["parts.app.pool_size"] == ("20 connections", "40 connections")


def test_a_plan_and_a_part_are_words():
    base = (
        "title: A\nworkload:\n  users: 10 users\n  target: 20 users\n  activities:\n"
        "    page: {interval: 10 s, cpu_time: 10 ms}\n"
        "parts:\n  app: {kind: service, processes: 1, cores: 1}\n"
    )
    before = parse_system(base)
    after = parse_system(base + "  database: {kind: database, plan: supabase.compute.micro}\n")
    said = {each.path: (each.before, each.after) for each in rewordings_of(before, after)}
    assert said["parts.database.kind"] == ("", "database")
    assert said["parts.database.plan"] == ("", "supabase.compute.micro")
    new = {each.path for each in changes_of(before, after) if each.before is None}
    assert "parts.database.cores" in new


def test_a_range_that_is_narrowed_is_a_change_for_a_reader_and_none_for_a_schedule():
    text = (
        "title: A\nworkload:\n  users: 10 users\n  target: 20 users\n  activities:\n"
        "    page: {interval: 10 s, cpu_time: {value: 10 ms, low: 5 ms, high: 40 ms}}\n"
        "parts:\n  app: {kind: service, processes: 1, cores: 1}\n"
    )
    before, after = parse_system(text), parse_system(text.replace("high: 40 ms", "high: 20 ms"))
    assert changes_of(before, after) == ()
    found = compare(before, after)
    assert not found.same
    ((path, then, now, _),) = change_rows(found)
    assert path == "workload.activities.page.cpu_time"
    assert "5 ms to 40 ms" in then
    assert "5 ms to 20 ms" in now


def test_findings_come_and_go(systems):
    climbed = dict(ladder_systems(systems[NAME]))
    names = list(climbed)
    there = compare(climbed[names[0]], climbed[names[2]])
    back = compare(climbed[names[2]], climbed[names[0]])
    assert there.came == back.went
    assert there.came
    assert {each.part for each in there.came} >= {"database", "pooler"}


def test_the_command_compares_two_phases_and_exits_with_the_second(cli, systems):
    run = cli("compare", NAME, "--against", "2", "--users", "20", "--json")
    record = json.loads(run.stdout)
    climbed = [system for _, system in ladder_systems(systems[NAME])]
    labels = ("today", systems[NAME].phases[1].name)
    again = compare(climbed[0], climbed[2], 20.0, labels)
    assert record == json.loads(json.dumps(compare_record(again)))
    assert run.returncode == 20  # a severe finding came with it
    assert cli("compare", NAME, "--phase", "2", "--users", "20").returncode == 0
    words = cli("compare", NAME, "--against", "2", "--users", "20").stdout.splitlines()
    assert words[0].strip() == headline(again)
    assert any("who says so" in line for line in words)


def test_a_file_is_compared_with_its_past(cli, tmp_path):
    text = starter_text("my_shop", "my_shop.yaml")
    assert "query_time: 10 ms" in text
    (tmp_path / "then.yaml").write_text(text, encoding="utf-8")
    now = text.replace("query_time: 10 ms", "query_time: 40 ms")
    (tmp_path / "now.yaml").write_text(now, encoding="utf-8")
    run = cli("compare", "then.yaml", "now.yaml", cwd=tmp_path)
    assert run.returncode in {0, 10, 20}
    assert "10 ms" in run.stdout
    assert "40 ms" in run.stdout
    record = json.loads(cli("compare", "then.yaml", "now.yaml", "--json", cwd=tmp_path).stdout)
    assert len(record["inputs"]) == 1
    assert [record[side]["label"] for side in ("before", "after")] == ["then", "now"]


@pytest.mark.parametrize("arguments", [[NAME], ["-", "-"], [NAME, "--against", "9"]])
def test_what_cannot_be_compared_is_said(cli, arguments):
    run = cli("compare", *arguments)
    assert run.returncode == 2
    assert run.stderr.startswith("planning: ")
