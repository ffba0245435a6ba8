"""
A document audited as it is, with nothing filled in: all that it makes checkable itself.

Each number that a draft finds gets a verdict: from an equation or a phrase that the document
writes, from its table, from a law that always holds, or from the same figure computed
elsewhere in it. What nothing supports is listed as such, what most else rests on first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from planning.audit.agreeing import Answer, of_units
from planning.audit.blocks import Block, blocks_of
from planning.audit.checks import Check, check
from planning.audit.draft import Draft, draft
from planning.audit.equations import Equation, equations_of, operands
from planning.audit.filled import filled_draft
from planning.audit.gains import gains_of
from planning.audit.judged import judged
from planning.audit.laws import laws_of
from planning.audit.markdown import read_text
from planning.audit.numerals import digits_of
from planning.audit.parsed import MAX_LINE
from planning.audit.phrases import changes_of, phrases_of
from planning.audit.pools import pools_of
from planning.audit.ranges import ranges_of
from planning.audit.readings import computed
from planning.audit.rivals import Said, bills_of, rivals_of, said_in
from planning.audit.sections import MOST_BLOCKS
from planning.audit.signs import Token, tokens_of
from planning.audit.standing import standing_laws
from planning.audit.statements import Statements
from planning.audit.tables import checks_of_table
from planning.audit.totals import sums_of
from planning.audit.verdicts import Audit
from planning.audit.world import World

_TOGETHER = re.compile(r"\b(?:in all|in total|together|altogether)\b", re.IGNORECASE)
_MOST_ROWS = 2000
MAX_NUMBERS = 60_000  # what takes a few seconds


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


def claims_of_document(path: str | Path) -> str:
    """
    Return a claims file for a document: each number, filled in where the document computes it.

    Parameters
    ----------
    path : str or Path
        A Markdown document of at most 10 MB.

    Raises
    ------
    FileError
        As :func:`audit_document`.
    """
    path = Path(path)
    return filled_draft(draft(path), checks_of(readable(read_text(path))[0]))


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
    whole, left_from = readable(text)
    checks = checks_of(whole)
    results = judged(checks, drafted)
    claims = {each.name: each.statement for each in results}
    title = re.search(r"^ {0,3}#\s+(.{1,200})$", text[:20_000], re.MULTILINE)
    statements = Statements.model_construct(
        document=name[:200], title=title[1].strip() if title else "", system=None, claims=claims
    )
    return Audit(
        Path(name).stem,
        statements,
        tuple(results),
        drafted=True,
        left_from=left_from,
        left_out=drafted.left_out,
        long_lines=sum(len(line) > MAX_LINE for line in whole.splitlines()),
    )


def readable(text: str) -> tuple[str, int | None]:
    """
    Return as much of a text as is audited, and the line that the rest begins on.

    Returns
    -------
    str and int or None
        All of it and None, unless it has more than 60,000 numbers.
    """
    if len(text) < MAX_NUMBERS:
        return text, None
    for count, match in enumerate(re.finditer(r"[0-9]+", text)):
        if count == MAX_NUMBERS:
            end = text.rfind("\n", 0, match.start()) + 1
            return text[:end], text.count("\n", 0, end) + 1
    return text, None


def checks_of(text: str) -> list[Check]:
    r"""
    Return all that a document makes checkable, one check a number, by line.

    Examples
    --------
    >>> for each in checks_of("We have 80 tasks × 10 connections = 800.\n\nThat is 5 × 3 = 16."):
    ...     print(each.line, each.answer, each.how)
    1 agrees 80 tasks × 10 connections = 800
    3 differs 5 × 3 = 15
    """
    kept: dict[tuple[int, str], Check] = {}
    counted: Token | None = None
    section: list[Block] = []
    said: list[Said] = []
    sentences: list[tuple[int, str]] = []
    totals: list[Check] = []
    world = World(text)
    for block in blocks_of(text):
        found = [*_of_block(block, counted), *world.checks(block)]
        if block.kind == "text" and block.lines[0].kind != "heading":
            section.append(block)
        else:
            found += _of_section(section, world)
            section = []
        for each in found:
            _keep(kept, each)
        totals += [each for each in found if each.total]
        if block.kind == "text":
            counted = _last_counted(block.text) or counted
            said += said_in(block) if block.lines[0].kind != "heading" else ()
            sentences += _sentences(block)
    for each in [*_of_section(section, world), *bills_of(sentences, totals)]:
        _keep(kept, each)
    for each in rivals_of(said, list(kept.values())):
        _keep(kept, each)
    return sorted(kept.values(), key=lambda each: (each.line, each.claimed.start))


def _keep(kept: dict[tuple[int, str], Check], each: Check) -> None:
    """Keep one check a number: the first, unless it differs and another agrees, or outweighs it."""
    key = (each.line, digits_of(each.claimed.text))
    known = kept.get(key)
    better = each.answer is Answer.AGREES and not (known and known.weighs)
    if known is None or each.weighs or (better and known.answer is not Answer.AGREES):
        kept[key] = each


_END = re.compile(r"[.!?;](?=\s|$)|\n")


def _sentences(block: Block) -> Iterator[tuple[int, str]]:
    at = 0
    for match in [*_END.finditer(block.text), None]:
        end = match.end() if match else len(block.text)
        if any(sign in _MONEY for sign in block.text[at:end]):
            yield block.line_at(at + _leading(block.text[at:end])), block.text[at:end]
        at = end


_MONEY = frozenset("$€£¥₹₩")


def _leading(text: str) -> int:
    """Return where the first amount of a text stands."""
    return next((at for at, sign in enumerate(text) if sign in _MONEY), 0)


def _of_block(block: Block, counted: Token | None) -> Iterator[Check]:
    if block.kind == "table":
        yield from checks_of_table(block)
        for line in block.lines[:_MOST_ROWS]:
            yield from _of_row(block.cells(line), line.number)
    elif block.kind == "code":
        for line, piece in zip(block.lines, block.pieces, strict=True):
            yield from _of_text(piece, _at(line.number), counted)
        yield from sums_of(
            [(line.number, each) for line, each in zip(block.lines, block.pieces, strict=True)]
        )
    else:
        yield from _of_text(block.text, block.line_at, counted)


def _of_section(section: list[Block], world: World) -> Iterator[Check]:
    """Yield what the paragraphs and list items between two headings say together."""
    yield from sums_of([(block.lines[0].number, block.text) for block in section])
    parts = [section] if len(section) <= MOST_BLOCKS else [[block] for block in section]
    for part in parts if section else ():
        yield from pools_of(part, world)
        yield from standing_laws(part)
        yield from gains_of(part)


def _at(number: int) -> Callable[[int], int]:
    return lambda _: number


def _of_row(cells: tuple[str, ...], number: int) -> Iterator[Check]:
    for cell in cells:
        yield from _of_text(cell, _at(number), None)
    for cell, following in pairwise(cells):
        if _TOGETHER.search(following):
            # "8 workers of 512 MiB | 4,096 MB in all": the next cell says what comes out.
            yield from _in_words(f"{cell} = {following}", _at(number), None)


def _of_text(text: str, line_at: Callable[[int], int], counted: Token | None) -> Iterator[Check]:
    for equation in equations_of(text):
        found = check(equation, line_at(equation.claimed.start))
        if found is not None:
            yield found
    for at, each in ranges_of(text, 0):
        yield replace(each, line=line_at(at))
    for equation in changes_of(text):
        found = check(equation, line_at(equation.claimed.start))
        if found is not None:
            yield found
    yield from _in_words(text, line_at, counted)
    yield from laws_of(text, line_at)


def _in_words(text: str, line_at: Callable[[int], int], counted: Token | None) -> Iterator[Check]:
    for equation, certain in phrases_of(text, counted):
        found = check(equation, line_at(equation.claimed.start))
        if found is not None and _believed(equation, found, certain):
            yield found


def _believed(equation: Equation, found: Check, certain: bool) -> bool:
    """Whether what the words were taken to mean is more than one reading of many."""
    claimed, tokens = found.claimed, operands(equation.expression)
    typed = all(token.unit for token in tokens)
    value = computed(equation.expression)
    powers = claimed.quantity.powers
    same = value is not None and typed and bool(powers) and value.powers == powers
    shares = any(token.unit == "%" for token in tokens)
    if found.answer is Answer.AGREES:
        figures = len(digits_of(claimed.text).replace(".", "").strip("0"))
        return certain or bool(claimed.quantity.physical) or same or figures >= 3 or shares
    if found.answer is Answer.UNLIKE:
        return False
    physical = value is not None and value.physical == claimed.quantity.physical
    # Of many readings, one that a slip of units explains exactly is no coincidence.
    exact = typed and physical and bool(claimed.quantity.physical) and of_units(found.why)
    # Users per page and pages make users: where all units come out, little else can be meant.
    # An amount of money may rest on hours that nobody writes; a number of servers does not.
    meant = same and not shares and not claimed.quantity.physical and _cancels(tokens)
    close = 0.05 < found.factor < 20
    return (certain and close) or exact or (meant and close and not equation.claimed.rough)


def _cancels(tokens: list[Token]) -> bool:
    """Whether a unit of one number stands below the line of another."""
    return any(power < 0 for token in tokens for _, power in token.quantity.powers)


def _last_counted(text: str) -> Token | None:
    """Return the last number of a text that counts something: what "of them" speaks of."""
    found = [token for token in tokens_of(text[-400:]) if token.kind == "number" and token.unit
             and not token.quantity.physical and token.unit != "%"]  # fmt: skip
    return found[-1] if found else None
