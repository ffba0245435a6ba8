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
        ["--budget", "much"],
    ],
)
def test_bad_usage_is_one_line(cli, options):
    run = cli("plan", NAME, *options)
    assert run.returncode == 2
    assert run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--by", "2001-01-01"], "lies before the start"),
        (["--start", "2027-01-01", "--by", "2026-12-25"], "lies before the start"),
        (["--by", "2099-01-01"], "plan for less than 120"),
        (["--start", "9999-12-01"], "must be between 1950-01-01 and 2199-12-31"),
        (["--budget", "0"], "must be more than 0"),
        (["--budget=-$5"], "must be more than 0"),
        (["--extra=-5"], "must be more than 0"),
        (["--extra", "0"], "must be more than 0"),
        (["--target", "0"], "must be at least 1 user"),
        (["--target", "1e13"], "at most 1e+12"),
    ],
)
def test_what_cannot_be_planned_is_one_line_that_says_why(cli, options, said):
    run = cli("plan", NAME, *options)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_where_the_file_says_how_it_grows_a_day_needs_a_target(cli, tmp_path):
    text = f"{SHOP}growth: {{rate: 10 %/month}}\n"
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    asked = ("plan", "shop.yaml", "--start", "2027-01-01", "--by", "2027-06-01")
    run = cli(*asked, cwd=tmp_path)
    assert (run.returncode, "--by needs --target" in run.stderr) == (2, True)
    run = cli(*asked, "--target", "600", "--headroom", "0", cwd=tmp_path)
    assert run.returncode == 0


def test_fewer_users_than_today_are_called_fewer(cli):
    run = cli("plan", NAME, "--target", "10", "--months", "2", "--headroom", "0")
    assert "500 users today, the same share fewer every month to 10 users" in run.stdout


UPGRADE = "  - {{name: {}, changes: {{parts: {{app: {{pool_size: 20}}}}}}{}}}\n"


@pytest.mark.parametrize(
    ("upgrades", "said"),
    [
        ((("a", ", after: [a]"),), "'a' comes after itself"),
        ((("a", ", excludes: [a]"),), "'a' excludes itself"),
        ((("a", ", after: [b]"), ("b", ", after: [a]")), "comes after itself"),
        ((("a", ", after: [b]"), ("b", ", after: [c]"), ("c", ", after: [a]")), "after itself"),
        ((("a", ", after: [b], excludes: [b]"), ("b", "")), "'a' comes after 'b' and excludes it"),
        (
            (("a", ", after: [b]"), ("b", ", after: [c]"), ("c", ", excludes: [a]")),
            "'a' comes after 'c' and excludes it",
        ),
        ((("a", ", after: [bb]"), ("bbb", "")), "did you mean 'bbb'"),
        ((("a", ", after: [nowhere]"), ("b", "")), "there is none of that name"),
        ((("a", ""), ("a", "")), "two upgrades are called 'a'"),
        ((("a", ", one_off: -5"),), "must be at least $0"),
    ],
)
def test_upgrades_that_contradict_each_other_are_refused(cli, tmp_path, upgrades, said):
    text = "upgrades:\n" + "".join(UPGRADE.format(name, more) for name, more in upgrades)
    (tmp_path / "shop.yaml").write_text(SHOP + text, encoding="utf-8")
    run = cli("plan", "shop.yaml", cwd=tmp_path)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_where_there_is_nothing_to_choose_that_is_said(cli, tmp_path):
    text = SHOP.replace(
        "plan: supabase.compute.micro}\ncosts", "cores: 2, max_connections: 60}\ncosts"
    )
    text = text.replace("compute: {plan: supabase.compute.micro}", "compute: {monthly: $10/month}")
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    run = cli("plan", "shop.yaml", "--target", "600", "--headroom", "0", cwd=tmp_path)
    assert "There is nothing to choose from" in run.stdout


def test_least_regret_is_told_in_words_and_json(cli):
    run = cli(*ASKED, "--regret", "--json")
    told = json.loads(run.stdout)["regret"]
    assert told["draws"] == 50
    assert told["compared"] > 1
    assert told["months_mean"] <= told["months_p90"]
