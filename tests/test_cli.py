"""The command as people and scripts meet it: output, exit codes, hostile names."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from planning.questions.load import system_names
from planning.system.starter import starter_text

FIELDS = {"schema_version", "system", "phase", "users", "verdict", "binding", "constraints"}
CONSTRAINT_FIELDS = {
    "name", "part", "unit", "load", "limit", "utilisation", "capacity_users", "past_limit", "why",
    "sources",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(cli, tmp_path_factory):
    folder = tmp_path_factory.mktemp("my shop")  # a path with a space
    assert cli("new", "my_shop", cwd=folder).returncode == 0
    return folder / "my_shop.yaml"


@pytest.mark.parametrize(
    ("users", "code", "verdict"),
    # 497 connections, a warning from 80 % of them, critical from 95 %.
    [
        (397, 0, "holds"),
        (398, 10, "warning"),
        (472, 10, "warning"),
        (473, 10, "critical"),
        (497, 10, "critical"),
        (498, 20, "does not hold"),
    ],
)
def test_assess_says_and_exits_with_the_verdict(cli, users, code, verdict):
    run = cli("assess", "live_stream_limits", "--users", users, "--json")
    assert (run.returncode, json.loads(run.stdout)["verdict"]) == (code, verdict)


def test_assess_json_has_its_fields_and_sources(cli):
    found = json.loads(cli("assess", "ten_thousand_users", "--users", "10k", "--json").stdout)
    assert set(found) >= FIELDS
    assert found["schema_version"] == 1
    assert found["binding"] == "app pool"
    for constraint in found["constraints"]:
        assert set(constraint) >= CONSTRAINT_FIELDS
        assert constraint["utilisation"] == pytest.approx(constraint["load"] / constraint["limit"])
    pool = next(item for item in found["constraints"] if item["name"] == "app pool")
    stated = {source["input"]: source for source in pool["sources"]}
    hold = stated["workload.activities.page.query_time"]
    assert (hold["value"], hold["low"], hold["high"], hold["kind"]) == (0.5, 0.1, 1.0, "document")
    assert hold["source"].startswith("S2 issue 5")


def test_the_table_says_what_breaks_first_and_why(cli):
    run = cli("assess", "ten_thousand_users", "--users", 10_000, "--why")
    assert "DOES NOT HOLD" in run.stdout
    assert "Breaks first: app page response at 28 users" in run.stdout
    assert "[workload.activities.page.query_time, ten_thousand_users.yaml:" in run.stdout
    assert "Baccelli" in run.stdout


@pytest.mark.parametrize("phase", ["4", "Phase 4", "phase 4: scale"])
def test_a_phase_is_chosen_by_number_or_name(cli, phase):
    run = cli("assess", "ten_thousand_users", "--phase", phase, "--json")
    assert json.loads(run.stdout)["phase"] == "Phase 4: scale"


def test_phases_prints_computed_beside_claimed(cli):
    run = cli("phases", "ten_thousand_users", "--json")
    rows = json.loads(run.stdout)["phases"]
    assert [row["claimed_cost_per_1000_users_usd"] for row in rows[1:]] == pytest.approx(
        [0, 4.375, 20, 40]
    )
    assert run.returncode == 20  # no phase holds the target


def test_events_prints_the_matrix(cli):
    run = cli("events", "live_stream_limits")
    assert run.returncode == 20
    for words in ("CRASH", "BLOCK", "103 connections refused", "14 people turned away", "300 GB"):
        assert words in run.stdout


@pytest.mark.parametrize("command", [["assess"], ["phases"], ["events"]])
def test_every_command_works_on_a_users_own_file(cli, shop, command):
    assert cli(*command, shop).returncode in {0, 10, 20}


def test_systems_lists_what_is_shipped(cli):
    assert {line.split()[0] for line in cli("systems").stdout.splitlines()} == set(system_names())


@pytest.mark.parametrize(
    "command",
    [
        "systems",
        "assess",
        "compare",
        "events",
        "phases",
        "plan",
        "report",
        "serve",
        "new",
        "schema",
    ],
)
def test_every_command_has_help_with_an_example(cli, command):
    assert f"planning {command}" in cli(command, "--help").stdout.partition("Example:")[2]


def test_schema_accepts_the_shipped_systems_and_refuses_a_misspelt_field(cli):
    import jsonschema
    from ruamel.yaml import YAML

    from planning.numbers.shipped import data_folder

    schema = json.loads(cli("schema").stdout)
    check = jsonschema.Draft202012Validator(schema)
    for name in system_names():
        data = YAML(typ="safe").load((data_folder() / "systems" / f"{name}.yaml").read_text())
        assert not list(check.iter_errors(data))
        data["parts"]["database"]["max_conections"] = 5
        assert list(check.iter_errors(data))


def test_new_never_overwrites(cli, shop):
    before = shop.read_text()
    run = cli("new", "my_shop", cwd=shop.parent)
    assert (run.returncode, "exists already" in run.stderr) == (2, True)
    assert shop.read_text() == before


@pytest.mark.parametrize("name", ["../evil", "a b", "", "x" * 100, "-x/y"])
def test_new_refuses_what_is_no_plain_name(cli, tmp_path, name):
    run = cli("new", "--", name, cwd=tmp_path)
    assert run.returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "ten_thousand_user"], ["assess", "ten_thousand_users", "--users", "many"],
        ["assess", "ten_thousand_users", "--users", "-5"],
        ["assess", "ten_thousand_users", "--phase", "9"],
        ["assess", "ten_thousand_users", "--users", "10 MB"], ["nonsense"], ["assess"],
        ["report", "ten_thousand_users", "--users", ","], ["serve", "--port", "99999999"],
    ],
)  # fmt: skip
def test_bad_usage_exits_2_without_a_traceback(cli, arguments):
    run = cli(*arguments)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.strip()


def test_a_near_miss_of_a_name_is_answered_with_the_name(cli):
    assert "did you mean 'ten_thousand_users'?" in cli("assess", "ten_thousand_user").stderr


PLACES = ("title: {}\n", "- name: {}\n    why", "- name: {}\n    surge", "source: {}}}")


@pytest.mark.parametrize("place", range(4), ids=["title", "phase", "event", "source"])
def test_names_from_a_file_cannot_move_the_terminal_or_forge_a_line(cli, tmp_path, place):
    text = starter_text(title="Shop", file="x.yaml")
    old = ("Shop", "Twice the servers", "A campaign goes out", '"a click every 10 s"')[place]
    hostile = '"\\e[2J\\e]0;x\\a[red]<script>\\u202e\\nVERDICT: HOLDS"'
    assert PLACES[place].format(old) in text
    path = tmp_path / "x.yaml"
    path.write_text(text.replace(PLACES[place].format(old), PLACES[place].format(hostile)))
    for command in (["assess", path, "--why", "--phase", "1"], ["phases", path], ["events", path]):
        run = cli(*command)
        assert run.returncode in {0, 10, 20}, run.stderr
        assert not {"\x1b", "\x07", "\u202e"} & set(run.stdout)
        assert not [line for line in run.stdout.splitlines() if line.startswith("VERDICT")]


CLEAN = Path(__file__).parent / "audit" / "clean.yaml"


def process(*arguments, **settings):
    """Run the command as people do, in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-m", "planning", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, **settings,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ["assess", "live_stream_limits", "--users", "397"]),
        (1, ["audit", CLEAN, "--out", "FILE"]),
        (2, ["assess", "ten_thousand_user"]),
        (10, ["assess", "live_stream_limits", "--users", "473", "--json"]),
        (20, ["assess", "live_stream_limits", "--users", "498"]),
    ],
)
def test_a_process_exits_and_prints_as_the_command_does_here(cli, tmp_path, code, arguments):
    file = tmp_path / "a file where a folder is wanted"
    file.touch()
    arguments = [file if each == "FILE" else each for each in arguments]
    run, here = process(*arguments), cli(*arguments)
    assert run.returncode == here.returncode == code
    assert (run.stdout, run.stderr) == (here.stdout, here.stderr)
    assert "Traceback" not in run.stderr


def test_json_fits_an_ascii_terminal():
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = process("assess", "ten_thousand_users", "--users", "28", "--json", env=ascii_only)
    assert (run.returncode, run.stderr) == (10, "")
    assert json.loads(run.stdout)["users"] == 28


def test_an_input_is_moved_for_one_question(cli):
    path = "workload.activities.page.query_time"
    run = cli("assess", "ten_thousand_users", "--users", 100, "--set", f"{path}=50 ms")
    assert run.returncode == 0, run.stdout
    assert "at 149 users" in run.stdout
    wrong = cli("assess", "ten_thousand_users", "--set", f"{path}=50 MB")
    assert wrong.returncode == 2
    assert f"{path}: '50 MB' is a size" in wrong.stderr
    assert "write PATH=VALUE" in cli("assess", "ten_thousand_users", "--set", path).stderr


def test_csv_holds_what_the_json_holds(cli):
    rows = list(csv.DictReader(cli("assess", "ten_thousand_users", "--csv").stdout.splitlines()))
    told = json.loads(cli("assess", "ten_thousand_users", "--json").stdout)["constraints"]
    assert [row["constraint"] for row in rows] == [each["id"] for each in told]
    assert [float(row["load"]) for row in rows] == [each["load"] for each in told]
    phases = list(csv.DictReader(cli("phases", "ten_thousand_users", "--csv").stdout.splitlines()))
    assert [float(row["capacity"]) for row in phases] == [28, 693, 741, 2100, 6300]


def test_a_file_may_come_through_a_pipe(tmp_path):
    text = starter_text(title="Shop", file="x.yaml")
    command = [sys.executable, "-m", "planning", "assess", "-", "--users", "100"]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    bad = text.replace("pool_size: 10", "pool_sise: 10")
    run = subprocess.run(command, input=bad, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("planning: <stdin>:")


BARE = """title: Bare
workload:
  users: 10
  target: 100
  activities: {page: {interval: 10 s, cpu_time: 5 ms}}
parts: {web: {kind: service, processes: 4, cores: 4}}
phases: [{name: more, changes: {parts: {web: {cores: 8}}}}]
"""


def test_a_cost_that_nobody_stated_is_no_zero_anywhere(cli, tmp_path):
    (tmp_path / "bare.yaml").write_text(BARE)
    run = json.loads(cli("assess", "bare.yaml", "--json", cwd=tmp_path).stdout)
    assert run["monthly_cost_usd"] is None
    rows = json.loads(cli("phases", "bare.yaml", "--json", cwd=tmp_path).stdout)["phases"]
    named = ("monthly_cost_usd", "cost_per_1000_users_usd", "one_off_usd")
    assert [rows[1][name] for name in named] == [None, None, None]
    lines = cli("phases", "bare.yaml", "--csv", cwd=tmp_path).stdout.splitlines()
    table = list(csv.DictReader(lines))
    assert (table[1]["monthly"], table[1]["one_off"]) == ("", "")
    assert "$0" not in cli("phases", "bare.yaml", cwd=tmp_path).stdout.splitlines()[3]


@pytest.mark.parametrize("path", ["workload.users", "workload.target"])
def test_how_many_come_is_no_input_to_set(cli, tmp_path, path):
    (tmp_path / "bare.yaml").write_text(BARE)
    run = cli("assess", "bare.yaml", "--set", f"{path}=5k", cwd=tmp_path)
    assert run.returncode == 2
    assert "by --users" in run.stderr


def test_check_reads_standard_input_and_calls_nothing_sound_that_vanishes():
    command = [sys.executable, "-m", "planning", "check", "-"]
    sound = subprocess.run(command, input=BARE, text=True, capture_output=True, check=False)
    assert (sound.returncode, "all sound" in sound.stdout) == (0, True)
    lost = BARE.replace("  activities:", "  viewing: {share: 50 %}\n  activities:")
    found = subprocess.run(command, input=lost, text=True, capture_output=True, check=False)
    assert (found.returncode, "not sound" in found.stdout) == (20, True)
    assert "no part takes its viewers" in found.stdout


def test_two_formats_at_once_are_refused(cli):
    run = cli("assess", "crash_matrix", "--json", "--csv")
    assert run.returncode == 2
    assert "exclude each other" in run.stderr
