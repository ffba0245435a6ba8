"""Documents are called by their titles wherever people read: a label like “S2” is no name."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from planning.present.documents import document_title, documented
from planning.present.html import inputs_html, why_html
from planning.present.report import heading
from planning.present.sliders import sliders_for
from planning.present.state import State
from planning.present.terminal import assessment_view
from planning.questions.load import load_system

TITLE = "Scalability analysis: can this project handle 10K+ concurrent users?"


def test_words_without_a_label_stay_as_they_are() -> None:
    assert documented("S3 buckets", "Plan for S3") == "S3 buckets"
    assert documented("S2 issue 5, not S21 nor S3", "Plan (S2)") == "“Plan” issue 5, not S21 nor S3"
    # What a title has in it is text, not a pattern.
    assert documented("S2: x", r"A \1 plan (S2)") == r"“A \1 plan”: x"
    assert document_title("A plan (draft)") == "A plan (draft)"


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
