"""
A document as blocks of text that belong together, each character with its line.

A sentence runs over line ends, so what a paragraph says is read as one text; a table is its
rows, a block of code its lines. List items and headings stand alone.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planning.audit.formulas import has_formula, said_plainly
from planning.audit.markdown import Line, lines_of, plain

_ITEM = re.compile(
    r"[ \t>]{0,40}(?:[-*+•‣]|[0-9]{1,4}[.)]|[a-zA-Z][.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?"
)
_MOST_LINES = 40
_LONGEST = 9_000


@dataclass(frozen=True)
class Block:
    """
    A paragraph, a list item, a heading, a block of code or a table.

    Attributes
    ----------
    kind : str
        ``text``, ``code`` or ``table``.
    lines : tuple of Line
        Its lines; of a table the header is the first.
    """

    kind: str
    lines: tuple[Line, ...]

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """What each line says, without bullets, its formulas written out."""
        return tuple(_said(line) for line in self.lines)

    @cached_property
    def text(self) -> str:
        """All lines as one text."""
        return " ".join(self.pieces)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for piece in self.pieces:
            starts.append(at)
            at += len(piece) + 1
        return starts

    def line_at(self, at: int) -> int:
        """Return the number of the line that a place of :attr:`text` stands on."""
        return self.lines[bisect.bisect_right(self._starts, at) - 1].number


def _said(line: Line) -> str:
    text = line.text
    if has_formula(line.source) and line.kind != "row":
        text = plain(said_plainly(line.source)) if line.kind == "prose" else said_plainly(text)
    item = _ITEM.match(text) if line.kind == "prose" else None
    return text[item.end() :] if item else text.lstrip("> ")


def blocks_of(text: str) -> Iterator[Block]:
    r"""
    Yield the blocks of a Markdown document.

    Examples
    --------
    >>> for block in blocks_of("We need\n5 pods.\n\n- a\n- b\n\n| A | B |\n|---|---|\n| 1 | 2 |"):
    ...     print(block.kind, [line.number for line in block.lines], block.text)
    text [1, 2] We need 5 pods.
    text [4] a
    text [5] b
    table [7, 9] A | B | 1 | 2 |
    """
    kept: list[Line] = []
    kind, size = "", 0
    for line in lines_of(text):
        if line.kind == "hidden":
            continue
        its = "table" if line.columns else "code" if line.kind == "code" else "text"
        starts = line.kind == "heading" or (its == "text" and bool(_ITEM.match(line.text)))
        apart = bool(kept) and (
            its != kind
            or starts
            or (its != "table" and line.number != kept[-1].number + 1)
            or (its != "table" and kept[-1].kind == "heading")
            or (its != "table" and (len(kept) >= _MOST_LINES or size > _LONGEST))
        )
        if apart:
            yield Block(kind, tuple(kept))
            kept, size = [], 0
        kind = its
        kept.append(line)
        size += len(line.source)
    if kept:
        yield Block(kind, tuple(kept))
