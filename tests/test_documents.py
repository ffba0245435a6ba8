"""Documents are called by their titles wherever people read: a label like “S2” is no name."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from planning.present.documents import document_title, documented, documented_line
from planning.present.html import inputs_html, why_html
from planning.present.report import heading
from planning.present.sliders import sliders_for
from planning.present.state import State
from planning.present.terminal import assessment_view
from planning.questions.load import load_system, system_names

TITLE = "Scalability analysis: can this project handle 10K+ concurrent users?"


def test_words_without_a_label_stay_as_they_are() -> None:
    assert documented("S3 buckets", "Plan for S3") == "S3 buckets"
    assert documented("S2 issue 5, not S21 nor S3", PLAN) == "“Plan” issue 5, not S21 nor S3"
    # What a title has in it is text, not a pattern.
    assert documented("S2: x", r"A \1 plan (S2)") == r"“A \1 plan”: x"
    assert document_title("A plan (draft)") == "A plan (draft)"


SOURCES = {
    "S2": "“Plan”",
    "S2: 4 vCPU server": "“Plan”: 4 vCPU server",
    "S2, table 3, and S2 lines 5 to 7": "“Plan”, table 3, and “Plan” lines 5 to 7",
    "the days of S2 phase 1 (S2 section 3)": "the days of “Plan” phase 1 (“Plan” section 3)",
    "a guess; S2 states none": "a guess; “Plan” states none",
    "S2's own density": "“Plan”'s own density",
    # A product of that name, and what only begins with it.
    "S2 Standard in eu-west-1": "S2 Standard in eu-west-1",
    "AWS price list: S2 Standard, S2 requests": "AWS price list: S2 Standard, S2 requests",
    "kept in S2; XS2 issue 1": "kept in S2; XS2 issue 1",
    "S21 issue 1": "S21 issue 1",
}
LINES = {
    "S2 table = 5 kB": "S2 table = 5 kB",
    "S2 table = 5 kB (document: S2, scenario)": "S2 table = 5 kB (document: “Plan”, scenario)",
    "S2 issue = 5/s (1/s to 9/s, assumed: S2 says 5)": (
        "S2 issue = 5/s (1/s to 9/s, assumed: “Plan” says 5)"
    ),
    "price = $1/GB (vendor: S2 Standard)": "price = $1/GB (vendor: S2 Standard)",
}
PLAN = "Plan (S2)"


@pytest.mark.parametrize("source", SOURCES)
def test_a_label_is_the_document_where_it_stands_for_one(source: str) -> None:
    assert documented(source, PLAN) == SOURCES[source]


@pytest.mark.parametrize("line", LINES)
def test_names_in_a_derivation_are_names(line: str) -> None:
    assert documented_line(line, PLAN) == LINES[line]


@pytest.mark.parametrize("name", system_names())
def test_no_shipped_source_says_a_label(name: str) -> None:
    system = load_system(name)
    label = re.search(r"\b[A-Z]\d\b(?=\)$)", system.document)
    for path, (estimate, _) in system.inputs.items():
        told = documented(estimate.source, system.document)
        assert label is None or not re.search(rf"\b{label[0]}\b", told), path


@pytest.fixture(scope="module")
def state() -> State:
    system = load_system("ten_thousand_users")
    return State(system.title, "ten_thousand_users", system, users=10_000.0)


def test_boards_reports_and_terminal_say_the_title(state: State) -> None:
    system = state.base
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(assessment_view(state.result, state.edge, "today", derivation=True))
    (slider,) = (
        each
        for each in sliders_for(system, ["workload"], lambda: None)
        if each.path == "workload.activities.page.query_time"
    )
    shown = {
        "inputs": inputs_html(state),
        "why": why_html(state),
        "terminal": console.export_text(),
        "slider": slider.box.children[-1].value,
        "report": str(heading("ten_thousand_users", 10_000.0).data),
    }
    for place, words in shown.items():
        assert not re.search(r"\bS2\b", words), place
    for place in ("inputs", "why", "terminal", "slider"):
        assert f"“{TITLE}”" in shown[place], place
