"""Public incidents: what the product says of each, now and at the first time."""

from __future__ import annotations

import math
import re

import pytest

from planning.evidence.comparing import (
    MEDIAN_ERROR,
    RIGHT_SHARE,
    compare,
    compare_all,
    summary,
)
from planning.evidence.incidents import incident_names, load_incident
from planning.numbers.estimate import Kind
from planning.numbers.units import parse
from planning.questions.assess import Verdict, assess
from planning.system.patches import phase_system

NAMES = incident_names()
HOST = re.compile(r"\b[\w-]+\.(com|org|io|net)\b")


@pytest.fixture(scope="module")
def found():
    return {each.incident.name: each for each in compare_all()}


def firsts(one):
    """What was said at first of each number that has an answer, in base units."""
    answered = [each for each in one.predictions if each.predicted is not None]
    said = one.incident.reported.first_answer.numbers
    assert len(said) == len(answered), "a first answer has a number for each that is computed"
    return [(each, parse(number, each.unit)) for each, number in zip(answered, said, strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_mended_is_answered_as_at_first(found, name):
    one = found[name]
    known = one.incident.reported
    if known.mended is None:
        assert bool(one.right) is (known.first_answer.right if one.right is not None else False)
        for each, first in firsts(one):
            assert each.predicted == pytest.approx(first, rel=6e-3), each.outcome.what


@pytest.mark.parametrize("name", NAMES)
def test_what_was_mended_is_answered_otherwise_and_no_worse(found, name):
    one = found[name]
    known = one.incident.reported
    if known.mended is not None:
        moved = [each for each, first in firsts(one) if abs(each.predicted / first - 1) > 6e-3]
        assert moved or one.right is not known.first_answer.right, "nothing changed since"
        assert one.right is not False or not known.first_answer.right
        before = [abs(first / each.reported - 1) for each, first in firsts(one)]
        after = [abs(each.error) for each, _ in firsts(one)]
        assert not after or sum(after) <= sum(before) + 6e-3


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_modelled_is_a_miss_and_never_right(found, name):
    one = found[name]
    if one.incident.reported.not_modelled is not None:
        assert one.right is False
        assert not one.incident.reported.first_answer.right


@pytest.mark.parametrize("name", NAMES)
def test_what_held_is_not_called_right_by_a_limit_beside_one_that_fails(found, name):
    incident = found[name].incident
    for outcome in incident.reported.outcomes if found[name].right else ():
        asked = outcome.asked or incident.reported.asked
        if outcome.verdict == "holds" and asked.event is None:
            phase = None if asked.phase is None else str(asked.phase)
            system = phase_system(incident.system, phase).at(asked.set)
            assert assess(system, asked.users).verdict is not Verdict.FAILS, outcome.what


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_an_incident_names_its_thread_or_is_assumed(name):
    incident = load_incident(name)
    for path, each in incident.system.inputs.items():
        estimate = each.estimate
        if estimate.place is not None and estimate.place.line is not None:
            assert estimate.source != "no source given", path
            assert "without a source" not in estimate.source, path
            assert (
                estimate.kind is Kind.ASSUMED
                or estimate.row is not None
                or HOST.search(estimate.source)
            ), path


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_an_incident_is_one_that_the_command_takes(cli, name):
    from planning.numbers.shipped import data_folder

    run = cli("assess", data_folder() / "incidents" / name / "system.yaml")
    assert run.returncode in {0, 10, 20}, run.stderr


def test_the_targets_are_measured(found):
    counts = summary(found.values())
    sizes = sorted(
        abs(each.error)
        for one in found.values() for each in one.predictions if each.error is not None
    )  # fmt: skip
    assert counts.numbers == len(sizes)
    assert counts.median == sizes[len(sizes) // 2]
    assert counts.within == sum(size <= MEDIAN_ERROR for size in sizes)
    assert counts.right == sum(one.right is True for one in found.values())
    seen = [
        abs(each.error)
        for one in found.values() for each in one.predictions
        if each.error is not None and each.outcome.kind == "measured"
    ]  # fmt: skip
    assert (counts.measured, counts.median_measured) == (len(seen), sorted(seen)[len(seen) // 2])
    # The arithmetic of the threads' own authors must not hide how far off what was seen is.
    middle = max(counts.median, counts.median_measured)
    assert counts.reached == (
        counts.right >= RIGHT_SHARE * counts.judged and middle <= MEDIAN_ERROR
    )


def written(folder, reported, system="db: {kind: database, max_connections: 100}"):
    (folder / "system.yaml").write_text(
        "title: T\nworkload:\n  users: 50 users\n  target: 50 users\n  connections_per_user: 2\n"
        f"parts:\n  {system}\n"
    )
    (folder / "reported.yaml").write_text(reported)
    return folder


REPORTED = """\
title: A case
source: https://example.org/1
date: 2026-01-01
facts: [One sentence.]
asked: {users: 50 users}
outcomes:
  - {what: refused, verdict: fails, constraint: db.connections, statistic: load, reported: 80 connections}
first_answer: {outcome: It fails., commit: 1234567, right: true, numbers: [100 connections]}
"""  # noqa: E501


def test_an_error_is_predicted_over_reported_less_one(tmp_path):
    one = compare(load_incident(written(tmp_path, REPORTED)))
    (each,) = one.predictions
    assert (each.predicted, each.reported, each.verdict) == (100.0, 80.0, "fails")
    assert each.error == pytest.approx(0.25)
    assert one.right is True


def test_a_verdict_that_is_not_the_reported_one_is_wrong(tmp_path):
    held = REPORTED.replace("verdict: fails", "verdict: holds")
    assert compare(load_incident(written(tmp_path, held))).right is False


def test_inputs_are_set_as_they_were_just_then(tmp_path):
    more = REPORTED.replace("users}", 'users, set: {parts.db.max_connections: "200"}}')
    assert compare(load_incident(written(tmp_path, more))).right is False


def test_what_is_not_modelled_counts_as_a_number_without_end(tmp_path):
    text = (
        REPORTED.replace("constraint: db.connections, statistic: load, ", "")
        + "not_modelled: It has no part for that.\n"
    )
    counts = summary([compare(load_incident(written(tmp_path, text)))])
    assert (counts.judged, counts.right, counts.numbers, counts.within) == (1, 0, 1, 0)
    assert math.isinf(counts.median)
    assert not counts.reached


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: A case", "titel: A case", r"yaml:1: titel: unknown field; did you mean 'title'"),
        ("https://example.org/1", "a friend", r"yaml:2: source: 'a friend' is no address"),
        ("verdict: fails", "verdict: perhaps", r"yaml:7: outcomes\.0\.verdict"),
        ("80 connections", "80 users", r"yaml:7: outcomes\.0: '80 users' is a number of users"),
        ("db.connections", "db.connexions", r"yaml:7: outcomes\.0: no constraint"),
        ("users: 50 users", "users: many", r"yaml:5: asked: 'many' is not a quantity"),
        ("80 connections", "0 connections", "a reported number of 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, words):
    with pytest.raises(ValueError, match=words):
        compare(load_incident(written(tmp_path, REPORTED.replace(old, new))))


@pytest.mark.parametrize(
    ("statistic", "constraint", "reported", "predicted"),
    [
        ("limit", "db.connections", "97 connections", 97),
        ("share", "db.connections", "1.1", 100 / 97),
        ("needed", "db.connections", "103 connections", 103),
        ("capacity", "db.connections", "48 users", 48),
        ("capacity", None, "48 users", 48),
        ("monthly", None, "$25/month", 25),
    ],
)  # fmt: skip
def test_each_statistic_is_the_number_of_the_answer(
    tmp_path, statistic, constraint, reported, predicted
):
    # 50 users with 2 connections each, of 100 less 3 reserved, at $25 a month
    what = f"constraint: {constraint}, " if constraint else ""
    text = REPORTED.replace(
        "constraint: db.connections, statistic: load, reported: 80 connections",
        f"{what}statistic: {statistic}, reported: {reported}",
    )
    folder = written(tmp_path, text)
    with (folder / "system.yaml").open("a") as system:
        system.write("costs: {db: {monthly: $25/month}}\n")
    (each,) = compare(load_incident(folder)).predictions
    assert each.predicted == pytest.approx(predicted)
    assert each.error == pytest.approx(predicted / each.reported - 1)


@pytest.mark.parametrize(
    ("statistic", "words"),
    [("backlog", "has no backlog"), ("response", "is no time: its load is in connection")],
)
def test_a_number_that_a_limit_does_not_have_is_refused(tmp_path, statistic, words):
    text = REPORTED.replace("statistic: load", f"statistic: {statistic}")
    with pytest.raises(ValueError, match=words):
        compare(load_incident(written(tmp_path, text)))


def test_an_outcome_of_another_situation_is_asked_there(tmp_path):
    text = REPORTED.replace(
        "first_answer:",
        "  - {what: held, verdict: holds, asked: {users: 10 users}}\nfirst_answer:",
    )
    one = compare(load_incident(written(tmp_path, text)))
    assert [each.verdict for each in one.predictions] == ["fails", "holds"]
    assert one.right is True


SURGE = "events: [{name: All at once, surge: {activity: act, users: USERS}}]\n"
CROWD = """\
title: A case
source: https://example.org/1
date: 2026-01-01
facts: [One sentence.]
asked: {users: 1 user, event: All at once}
outcomes: [{what: carried, verdict: holds, constraint: web.threads}]
first_answer: {outcome: It holds., commit: 1234567, right: true}
"""
WEB = """\
title: T
workload:
  users: 1
  target: 1
  activities: {act: {interval: 1 s, queries: 1, query_time: 100 ms, cpu_time: 1 ms, enters: web}}
parts:
  web: {kind: service, processes: 2, threads: 1, cores: 2, pool_size: 10, thread_wait_limit: 5 s,
    response_objective: 10 s}
  db: {kind: database, max_connections: 100}
"""


def crowd(folder, users, reported=CROWD):
    (folder / "system.yaml").write_text(WEB + SURGE.replace("USERS", f"{users} users"))
    (folder / "reported.yaml").write_text(reported)
    return compare(load_incident(folder))


def test_what_comes_at_once_holds_where_it_is_served_and_not_where_it_waits_too_long(tmp_path):
    # Two workers serve 20 a second and clients wait 5 s: 100 are served and a few inside.
    assert [crowd(tmp_path, n).right for n in (40, 90, 110, 400)] == [True, True, False, False]


def test_an_event_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"yaml:5: asked: no event 'All day' .* 'All at once'"):
        crowd(tmp_path, 40, CROWD.replace("event: All at once", "event: All day"))
    with pytest.raises(ValueError, match=r"the crowd does not come to web.nothing; it meets .*web"):
        crowd(tmp_path, 40, CROWD.replace("web.threads", "web.nothing"))


def test_a_percentile_beside_a_mean_is_no_answer_and_is_one_of_a_response(tmp_path):
    from planning.present.incidents import rows

    text = CROWD.replace(", event: All at once", "").replace(
        "constraint: web.threads",
        "constraint: web.act_response, statistic: response, percentile: 95, reported: 1 s",
    )
    one = crowd(tmp_path, 40, text)
    ((*_, reported, predicted, error, _),) = rows([one])
    assert (reported, error) == ("holds, 1 s (p95)", "no answer")
    assert predicted.endswith(" (no percentile)")
    counts = summary([one])
    assert (counts.numbers, counts.within, counts.median) == (1, 0, math.inf)
    with pytest.raises(ValueError, match="`percentile` is of a response"):
        crowd(tmp_path, 40, text.replace("response, percentile", "load, percentile"))


def test_the_chart_has_every_number_that_was_answered_and_a_band_around_them(found):
    from planning.present.incidents_board import band, points

    drawn = points(found.values())
    numbers = [
        (each.reported, each.predicted)
        for one in found.values() for each in one.predictions
        if each.predicted and each.reported and each.outcome.percentile is None
    ]  # fmt: skip
    assert list(zip(drawn["reported"], drawn["predicted"], strict=True)) == numbers
    ends = band(drawn)
    assert ends["reported"][0] < min(map(min, numbers))
    assert ends["reported"][1] > max(map(max, numbers))
    assert ends["low"] == pytest.approx([0.75 * end for end in ends["reported"]])
    assert ends["high"] == pytest.approx([1.25 * end for end in ends["reported"]])


def test_a_title_cannot_break_the_table(tmp_path):
    from planning.present.incidents import incidents_markdown

    text = REPORTED.replace("A case", "A | B [c](d)")
    one = compare(load_incident(written(tmp_path, text)))
    row = incidents_markdown([one], summary([one])).splitlines()[2]
    assert row.startswith("| [A \\| B \\[c\\](d)](https://example.org/1) |")


def test_an_unknown_incident_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match=f"did you mean '{NAMES[0]}'"):
        load_incident(NAMES[0][:-2])


def test_the_command_prints_what_json_says(cli, found):
    import json

    record = json.loads(cli("incidents", "--json").stdout)
    assert [each["name"] for each in record["incidents"]] == NAMES
    assert record["right"] == summary(found.values()).right
    table = cli("incidents", "--markdown").stdout
    assert all(one.incident.reported.title in table for one in found.values())
    assert cli("incidents", "--markdown", "--json").returncode == 2
    assert cli("incidents").returncode == (0 if record["reached"] else 20)
