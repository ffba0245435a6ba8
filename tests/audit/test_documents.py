"""The five shipped documents: every claim has a verdict, and it is the one that was expected."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from planning.audit.statements import claims_names, load_statements
from planning.audit.verdicts import Mark, audit
from planning.questions.load import system_names

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
# Numbers and statements that a first reader found in each document; more were added since.
LISTED = {
    "live_stream_limits": ("S0", 34),
    "crash_matrix": ("S1", 26),
    "ten_thousand_users": ("S2", 121),
    "hundred_events": ("S3", 92),
    "one_million_users": ("S4", 56),
}


@pytest.fixture(scope="module")
def audits():
    return {name: audit(load_statements(name), name) for name in claims_names()}


def test_each_document_has_a_claims_file_and_each_system_a_document():
    assert set(claims_names()) == set(system_names()) == set(LISTED)
    assert sum(count for _, count in LISTED.values()) == 329


@pytest.mark.parametrize("name", LISTED)
def test_every_listed_statement_is_there(audits, name):
    prefix, count = LISTED[name]
    found = {each.name for each in audits[name].results}
    assert {f"{prefix}.{number}" for number in range(1, count + 1)} <= found


@pytest.mark.parametrize("name", LISTED)
def test_the_computed_verdict_is_the_expected_one(audits, name):
    wrong = {
        each.name: (str(each.mark), each.statement.expect)
        for each in audits[name].results
        if str(each.mark) != each.statement.expect
    }
    assert wrong == {}


@pytest.mark.parametrize("name", LISTED)
def test_a_verdict_says_why(audits, name):
    for each in audits[name].results:
        if each.mark in {Mark.CONTRADICTED, Mark.ASSUMPTION}:
            assert each.reasons, each.name
        if each.mark is Mark.CONFIRMED:
            assert each.computed is not None or each.statement.within is not None, each.name
        if each.computed is not None:
            assert each.computed.how, each.name


@pytest.mark.parametrize("name", LISTED)
def test_what_decides_is_a_capacity_or_a_cost(audits, name):
    decisive = audits[name].decisive()
    assert decisive
    quantities = [each.statement.quantity or each.name for each in decisive]
    assert len(set(quantities)) == len(quantities) <= 5
    for each in decisive:
        assert each.mark is Mark.CONTRADICTED
        assert each.effect.believed != each.effect.computed


def test_the_table_of_the_readme_is_computed(audits):
    for name, found in audits.items():
        counts = " | ".join(str(found.counts()[mark]) for mark in Mark)
        assert re.search(rf"^\| `{name}` \(S\d\) \| {re.escape(counts)} \|$", README, re.MULTILINE)


def test_the_command_audits_writes_and_exits_by_what_it_found(cli, tmp_path):
    run = cli("audit", "crash_matrix", "--json", "--out", tmp_path)
    assert run.returncode == 20, run.stderr
    record = json.loads(run.stdout)
    assert record["schema_version"] == 1
    assert record["counts"]["contradicted"] == len(
        [each for each in record["claims"] if each["verdict"] == "contradicted"]
    )
    page = (tmp_path / "audit" / "crash_matrix.html").read_text("utf-8")
    assert json.loads((tmp_path / "audit" / "crash_matrix.json").read_text("utf-8")) == record
    assert "<script" not in page
    assert "http" not in re.sub(r"https?://[^\s<\"]*", "", page)
    clean = cli("audit", Path(__file__).parent / "clean.yaml")
    assert clean.returncode == 10, clean.stderr  # assumptions, and nothing wrong
    bad = cli("audit", "nothing_of_that_name")
    assert bad.returncode == 2
    assert "no such file" in bad.stderr


def test_what_a_claims_file_says_is_shown_and_not_run(cli, tmp_path):
    evil = "<script>alert(1)</script>"
    text = (
        f'document: "{evil}"\nclaims:\n'
        f'  D.1: {{line: 1, says: "{evil} [bold]", claimed: 3 s, why: "\\e[31m{evil}"}}\n'
    )
    path = tmp_path / "evil.yaml"
    path.write_text(text)
    run = cli("audit", path, "--out", tmp_path)
    assert run.returncode == 10, run.stderr
    assert "\x1b[31m" not in run.stdout
    assert "[bold]" in run.stdout
    page = (tmp_path / "audit" / "evil.html").read_text("utf-8")
    assert evil not in page
    assert "&lt;script&gt;" in page
