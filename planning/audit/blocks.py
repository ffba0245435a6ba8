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

from planning.audit.languages import decimal_comma, with_points
from planning.audit.latex import without_latex
from planning.audit.markdown import Line, lines_of

_ITEM = re.compile(
    r"[ \t>]{0,40}(?:[-*+•‣]|[0-9]{1,4}[.)]|[a-zA-Z][.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?"
)
_MOST_LINES = 40
_LONGEST = 9_000
# A line shorter than this was not wrapped, unless the next begins with a sign.
_WRAPPED = 50
_GOES_ON = re.compile(r"\s*(?:[=≈×+*/÷→]|[a-z])")


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
    comma : bool
        Whether its numbers are written with a decimal comma; what it says has points.
    """

    kind: str
    lines: tuple[Line, ...]
    comma: bool = False

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """What each line says, without bullets, its formulas written out."""
        said = (_said(line) for line in self.lines)
        return tuple(with_points(each) if self.comma else each for each in said)

    def cells(self, line: Line) -> tuple[str, ...]:
        """Return the cells of a row, its numbers with points."""
        return tuple(map(with_points, line.cells)) if self.comma else line.cells

    @cached_property
    def text(self) -> str:
        """All lines as one text; a short line ends what it says."""
        text = ""
        for at, piece in enumerate(self.pieces):
            ends = at and len(self.pieces[at - 1]) < _WRAPPED and not _GOES_ON.match(piece)
            text += ("\n" if ends else " ") + piece if at else piece
        return text

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


_RAISED = re.compile(r"\^\{([0-9]{1,3})\}")
_LOW = re.compile(r"_\{[^{}]{0,40}\}")


def _said(line: Line) -> str:
    text = line.text
    if "{" in text or "\\" in text:
        text = _LOW.sub("", _RAISED.sub(r"^\1", without_latex(text)))
    item = _ITEM.match(text) if line.kind == "prose" else None
    return text[item.end() :] if item else text.lstrip("> ")


def blocks_of(text: str) -> Iterator[Block]:
    r"""
    Yield the blocks of a Markdown document.

    Examples
    --------
    >>> for block in blocks_of("We need 5\npods.\n\n- a\n- b\n\n| A | B |\n|---|---|\n| 1 | 2 |"):
    ...     print(block.kind, [line.number for line in block.lines], block.pieces[0])
    text [1, 2] We need 5
    text [4] a
    text [5] b
    table [7, 9] A | B
    """
    comma = decimal_comma(text)
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
            yield Block(kind, tuple(kept), comma)
            kept, size = [], 0
        kind = its
        kept.append(line)
        size += len(line.source)
    if kept:
        yield Block(kind, tuple(kept), comma)
