"""A document of the reader's own, on the board of the audit."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from rich.console import Console

from planning.audit.plain import audit_document
from planning.present.document_audit import document_view
from planning.present.own_document import OwnDocument

TEXT = "# Plan\n\n- Pods: 80 tasks × 10 connections = 800 connections\n- Gateway: 2 × $5 = $11\n"


@pytest.fixture
def own():
    return OwnDocument()


def uploaded(own, name, content):
    own._file.value = [
        {"name": name, "type": "text/markdown", "size": len(content), "content": content,
         "last_modified": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    ]  # fmt: skip
    return own._answer.value


def test_pasted_text_gets_verdicts(own):
    own._text.value = TEXT
    own.shown.children[2].children[0].click()
    answer = own._answer.value
    assert "1 contradicted, 1 confirmed" in answer
    assert "80 tasks × 10 connections = 800 connections" in answer


def test_an_upload_gets_verdicts_under_its_own_name(own):
    answer = uploaded(own, "my plan.md", TEXT.encode())
    assert "my plan.md: 1 contradicted" in answer


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("../../etc/<script>.md", b"", "is empty"),
        ("a.md", b"\x00\x01\x02" * 100, "binary"),
        ("..", b"x" * 10_000_001, "MB"),
    ],
)
def test_what_cannot_be_read_is_said_without_a_path_of_this_machine(own, name, content, words):
    answer = uploaded(own, name, content)
    assert words in answer
    assert 'role="alert"' in answer
    assert "<script>" not in answer
    assert "/tmp" not in answer
    assert "planning" not in answer


def test_what_a_document_says_is_text(own):
    answer = uploaded(
        own, "x.md", "# <b>T</b>\n\n<img src=x onerror=y> 2 × 3 = 7 <i>tasks</i>\n".encode()
    )
    assert "<img" not in answer
    assert "<i>" not in answer


def test_what_is_too_long_to_be_read_is_said(own):
    long = "# L\n\n" + "word " * 3_000 + "10 nodes × 4 workers = 50 workers\n"
    answer = uploaded(own, "x.md", long.encode())
    assert "0 contradicted, 0 confirmed, 0 unsupported, 1 line too long to be read whole" in answer


def test_a_terminal_shows_so_many_of_a_verdict_and_says_how_many_more(tmp_path):
    path = tmp_path / "long.md"
    rows = [f"- {n} nodes × 4 workers = {4 * n} workers" for n in range(10, 410)]
    path.write_text("# L\n\n" + "\n".join([*rows, "- 5 nodes × 4 workers = 30 workers"]))
    printed = io.StringIO()
    Console(file=printed, width=120).print(document_view(audit_document(path)))
    text = printed.getvalue()
    assert "and 100 more confirmed" in text
    assert "5 nodes × 4 workers = 20 workers" in text
