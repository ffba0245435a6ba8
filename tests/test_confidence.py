"""How sure: the command, its JSON and its words show the same numbers."""

from __future__ import annotations

import json

import pytest

import planning
from planning.present import confidence as words
from planning.present.confidence_views import confidence_record
from planning.questions.sampling import sample
from planning.questions.sensitivity import influences, tornado

NAME, USERS = "ten_thousand_users", 30.0


@pytest.fixture(scope="module")
def found(systems):
    return sample(systems[NAME], 500, seed=0, users=USERS)


def test_the_command_says_how_sure_it_is(cli, found):
    run = cli("assess", NAME, "--users", "30", "--draws", "500", "--seed", "0")
    assert run.returncode == 20  # the verdict of the stated numbers
    first = run.stdout.splitlines()[0]
    assert first.strip() == words.headline(found)
    percent = f"{found.probability:.0%}".replace("%", " %")
    assert first.startswith(f"{percent} chance of holding 30 users; app page response fails first")
    assert "seed 0" in run.stdout
    assert "What one input alone does" in run.stdout
    assert "Measure first" in run.stdout


def test_json_has_all_of_it(cli, found):
    run = cli("assess", NAME, "--users", "30", "--draws", "500", "--json")
    record = json.loads(run.stdout)["confidence"]
    system = found.system
    again = confidence_record(found, tornado(system), influences(system))
    assert record == json.loads(json.dumps(again))
    assert record["schema_version"] == 1
    assert record["probability"] == found.probability
    assert sum(each["share"] for each in record["breaks_first"]) == pytest.approx(1.0)
    assert {each["input"] for each in record["inputs"]} == set(found.draws)
    capacities = [record["capacity_users"][name] for name in ("p10", "p50", "p90")]
    assert capacities == sorted(capacities)


def test_csv_has_a_row_per_draw(cli):
    run = cli("assess", NAME, "--users", "30", "--draws", "40", "--csv")
    assert len(run.stdout.splitlines()) == 41
    assert run.stdout.startswith("draw,users,holds,capacity,")


@pytest.mark.parametrize(("option", "value"), [("--draws", "0"), ("--seed", "-1")])
def test_draws_out_of_range_are_a_usage_error(cli, option, value):
    run = cli("assess", NAME, "--draws", "10", option, value)
    assert run.returncode == 2
    assert option in run.stderr


def test_without_draws_nothing_is_said_of_chance(cli):
    run = cli("assess", NAME)
    assert "chance" not in run.stdout
    assert "confidence" not in json.loads(cli("assess", NAME, "--json").stdout)


def test_what_no_draw_shows_is_not_called_impossible(systems):
    few = sample(systems[NAME], 50, users=1e6)
    assert words.chance_words(few) == "No draw of 50 shows it holding 1,000,000 users"
    many = sample(systems[NAME], 50, users=0)
    assert words.chance_words(many).startswith("All 50 draws") == (many.probability == 1)


def test_what_is_set_by_hand_is_known(systems):
    path = "workload.activities.page.query_time"
    moved = systems[NAME].at({path: "200 ms"})
    assert path not in sample(moved, 20).draws
    assert path in sample(systems[NAME], 20).draws


def test_every_constraint_has_a_row_and_what_breaks_first_is_on_top(found):
    rows = list(words.chance_rows(found))
    assert len(rows) == len(found.constraints)
    assert rows[0][0] == found.breaks_first[0].name


def test_the_public_names_are_there():
    assert planning.sample is sample
    assert {"sample", "Sample"} <= set(planning.__all__)


def test_systems_side_by_side_are_those_of_a_sample_each(cli, systems):
    record = json.loads(cli("systems", "--draws", "40", "--seed", "3", "--json").stdout)
    rows = {(each["system"], each["after"]): each for each in record["chances"]}
    assert len(rows) == 2 * len(planning.system_names())
    alone = sample(systems[NAME], 40, 3)
    told = rows[NAME, "today"]
    assert told["probability"] == alone.probability
    assert told["probability_of_half"] == float(alone.holding(alone.users / 2))
    assert told["breaks_first"]["constraint"] == alone.breaks_first[0].id
    table = cli("systems", "--draws", "40", "--seed", "3").stdout
    assert all(name in table for name in planning.system_names())
    assert cli("systems", "--markdown").returncode == 2
