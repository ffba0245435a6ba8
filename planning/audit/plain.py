"""
A document audited as it is, with nothing filled in: all that it makes checkable itself.

Each number that a draft finds gets a verdict: from an equation or a phrase that the document
writes, from its table, from a law that always holds, or from the same figure computed
elsewhere in it. What nothing supports is listed as such, what most else rests on first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block, blocks_of
from planning.audit.checks import Check, check, differs
from planning.audit.draft import Draft, Entry, draft
from planning.audit.equations import Equation, Node, equations_of, operands
from planning.audit.laws import laws_of
from planning.audit.markdown import read_text
from planning.audit.phrases import phrases_of
from planning.audit.statements import Input, Statement, Statements
from planning.audit.tables import checks_of_table, sums_of
from planning.audit.signs import Token, european, tokens_of
from planning.audit.verdicts import Audit, Audited, Computed, Mark
from planning.numbers.dimensions import Quantity, unit_name

_MARKS = {
    Answer.AGREES: Mark.CONFIRMED,
    Answer.DIFFERS: Mark.CONTRADICTED,
    Answer.UNLIKE: Mark.FINDING,
}
_STATED = "stated, and nothing in the document supports it"
_TOGETHER = re.compile(r"\\b(?:in all|in total|together|altogether|overall)\\b", re.IGNORECASE)


def audit_document(path: str | Path) -> Audit:
    """
    Audit a document with nothing filled in.

    Parameters
    ----------
    path : str or Path
        A Markdown document of at most 10 MB.

    Returns
    -------
    Audit
        A verdict on each number that the document computes itself, an assumption for each that
        nothing in it supports.

    Raises
    ------
    FileError
        If the document is missing, no regular file, too large, empty or binary.
    """
    path = Path(path)
    return audited(path.name, read_text(path), draft(path))


def audited(name: str, text: str, drafted: Draft) -> Audit:
    """
    Return the audit of a text, given what a draft has found in it.

    Parameters
    ----------
    name : str
        What the document is called.
    text : str
        The document.
    drafted : Draft
        Its numbers.
    """
    checks = list(checks_of(text))
    results = _results(checks, drafted)
    claims = {each.name: each.statement for each in results}
    title = re.search(r"^\\s{0,3}#\\s+(.{1,200})$", text[:20_000], re.MULTILINE)
    statements = Statements.model_construct(
        document=name[:200], title=title[1].strip() if title else "", system=None, claims=claims
    )
    return Audit(Path(name).stem, statements, tuple(results))


def checks_of(text: str) -> list[Check]:
    """Return all that a document makes checkable, one check a number, by line."""
    decimal_comma = european(text)
    kept: dict[tuple[int, str], Check] = {}
    counted: Token | None = None
    listed: list[tuple[int, str]] = []
    for block in blocks_of(text):
        found = list(_of_block(block, decimal_comma, counted))
        if block.kind == "text" and block.lines[0].kind != "heading":
            listed.append((block.lines[0].number, block.text))
        else:
            found += sums_of(listed, decimal_comma)
            listed = []
        for each in found:
            _keep(kept, each)
        if block.kind == "text":
            counted = _last_counted(block.text, decimal_comma) or counted
    for each in sums_of(listed, decimal_comma):
        _keep(kept, each)
    return sorted(kept.values(), key=lambda each: (each.line, each.claimed.start))


def _keep(kept: dict[tuple[int, str], Check], each: Check) -> None:
    """Keep one check a number: the first, unless it differs and another way agrees."""
    key = (each.line, _digits(each.claimed.text))
    known = kept.get(key)
    if known is None or (known.answer is not Answer.AGREES and each.answer is Answer.AGREES):
        kept[key] = each


def _of_block(block: Block, decimal_comma: bool, counted: Token | None) -> Iterator[Check]:
    if block.kind == "table":
        yield from checks_of_table(block, decimal_comma)
        for line in block.lines[:2000]:
            for cell in line.cells:
                yield from _of_text(cell, lambda _, number=line.number: number, decimal_comma, None)
            row = " | ".join(f"= {cell}" if _TOGETHER.search(cell) else cell for cell in line.cells)
            if "= " in row:
                yield from _in_words(row.replace("| =", "="), lambda _, n=line.number: n,
                                     decimal_comma, None)  # fmt: skip
    elif block.kind == "code":
        for line, piece in zip(block.lines, block.pieces, strict=True):
            yield from _of_text(piece, lambda _, n=line.number: n, decimal_comma, counted)
        lines = [(line.number, line.text) for line in block.lines]
        yield from sums_of(lines, decimal_comma)
    else:
        yield from _of_text(block.text, block.line_at, decimal_comma, counted)
