"""A document with ten planted errors, and the same one put right: all ten found, none invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planning.audit.statements import load_statements
from planning.audit.verdicts import Mark, audit

HERE = Path(__file__).parent

# The error, the statements it makes contradicted, and what the first reason has to say of each.
PLANTED = {
    "durations that contradict each other": {
        "T.4": ("T.14 (line 49)", "2 h"),
        "T.14": ("T.4 (line 10)", "90 min"),
    },
    "a percentage of the wrong base": {"T.5": ("25 %", "evening / today")},
    "MiB added up as MB": {"T.6": ("4.29 GB", "512 MiB")},
    "a limit of another plan": {"T.7": ("supabase.compute.micro.max_connections", "60 conn")},
    "a pool of one process for all": {"T.8": ("40 connections", "processes × pool")},
    "a requirement rounded down": {"T.9": ("5 nodes", "ceil")},
    "Mbit taken for MB": {"T.10": ("8 times less", "4 Mbit/s")},
    "gains multiplied": {"T.11": ("it is 2,", "min(")},
    "a total that drifted": {"T.12": ("$195", "mail")},
    "minutes left out of a price": {"T.13": ("120 times", "length / minute")},
}
FOUND = {name: words for errors in PLANTED.values() for name, words in errors.items()}


@pytest.fixture(scope="module", params=["planted", "clean"])
def document(request):
    statements = load_statements(HERE / f"{request.param}.yaml")
    text = (HERE / f"{request.param}.md").read_text(encoding="utf-8")
    return audit(statements), text.splitlines()


@pytest.fixture(scope="module")
def planted():
    return {each.name: each for each in audit(load_statements(HERE / "planted.yaml")).results}


def test_there_are_ten_errors():
    assert len(PLANTED) == 10


def test_what_is_planted_is_contradicted_and_nothing_else(planted):
    found = {name for name, each in planted.items() if each.mark is Mark.CONTRADICTED}
    assert found == set(FOUND)


@pytest.mark.parametrize("name", FOUND)
def test_each_is_found_for_its_own_reason(planted, name):
    reason = planted[name].reasons[0]
    for words in FOUND[name]:
        assert words in reason


def test_the_clean_twin_raises_none():
    result = audit(load_statements(HERE / "clean.yaml"))
    assert result.counts() == {
        Mark.CONFIRMED: 10,
        Mark.CONTRADICTED: 0,
        Mark.ASSUMPTION: 5,
        Mark.FINDING: 1,
    }


def test_every_verdict_is_the_expected_one(document):
    result, _ = document
    assert {each.name: each.mark for each in result.results} == {
        each.name: each.statement.expect for each in result.results
    }


def test_every_number_stands_on_its_line(document):
    result, lines = document
    for each in result.results:
        number = re.search(r"[\d.,]*\d", each.statement.claimed or "")
        if number is not None:
            assert number[0] in lines[each.statement.first_line - 1]
