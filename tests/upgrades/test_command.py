"""`planning plan`: its words, its JSON and its exit code are those of the schedule."""

from __future__ import annotations

import json

import pytest

from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.plan import plan
from tests.upgrades.systems import SHOP, START

NAME = "ten_thousand_users"
ASKED = (
    "plan",
    NAME,
    "--target",
    "1900",
    "--headroom",
    "0",
    "--start",
    "2027-01-01",
    "--months",
    "6",
)


@pytest.fixture(scope="module")
def found(systems):
    demand = ramp(START, 500.0, 1900.0, 6, 5)
    return plan(systems[NAME], demand, headroom=0.0, probability=0.6, draws=100, seed=2)


def test_json_has_the_schedule_and_its_chances(cli, found):
    run = cli(*ASKED, "--probability", "60%", "--draws", "100", "--seed", "2", "--json")
    assert run.returncode == (0 if found.held else 20)
    record = json.loads(run.stdout)
    assert record["total"] == pytest.approx(found.total)
    assert record["chance"] == {"wanted": 0.6, "draws": 100, "seed": 2}
    assert [each["chance"] for each in record["months"]] == found.chance.tolist()
    assert [each["chance"] for each in record["steps"]] == list(map(found.chance_of, found.steps))
    held = {each["date"] for each in record["months"] if each["chance"] >= 0.6}
    assert held.isdisjoint(each["date"] for each in record["not_held"])


def test_the_words_say_how_sure_each_step_is(cli, found):
    run = cli(*ASKED, "--probability", "60%", "--draws", "100", "--seed", "2")
    assert run.stdout.count("with a chance of") >= 1 + len(found.steps)
    assert "100 draws" in run.stdout


def test_by_numbers_alone_no_chance_is_told(cli):
    run = cli(*ASKED)
    assert "chance" not in run.stdout
    record = json.loads(cli(*ASKED, "--json").stdout)
    assert record["chance"] is None
    assert {each["chance"] for each in record["months"]} == {None}


def test_a_schedule_that_holds_exits_0(cli, tmp_path):
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    run = cli("plan", "shop.yaml", "--target", "600", "--headroom", "0", cwd=tmp_path)
    assert run.returncode == 0
    assert "it holds 600 users" in run.stdout


@pytest.mark.parametrize(
    "options",
    [
        ["--probability", "0"],
        ["--probability", "150%"],
        ["--probability", "50%", "--draws", "0"],
        ["--start", "soon"],
        ["--by", "2001-01-01"],
        ["--budget", "much"],
    ],
)
def test_bad_usage_is_one_line(cli, options):
    run = cli("plan", NAME, *options)
    assert run.returncode == 2
    assert run.stderr
    assert "Traceback" not in run.stderr


def test_least_regret_is_told_in_words_and_json(cli):
    run = cli(*ASKED, "--regret", "--json")
    told = json.loads(run.stdout)["regret"]
    assert told["draws"] == 50
    assert told["compared"] > 1
    assert told["months_mean"] <= told["months_p90"]
