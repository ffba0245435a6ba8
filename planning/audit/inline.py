"""
A piece of Markdown or HTML as it is read: without markup, and a row of a table as its cells.

Tags go, links leave their words, formulas become what people would type; what ends a cell or
a paragraph becomes a bar, so that numbers of two cells are not read as one.
"""

from __future__ import annotations

import html
import re

from planning.audit.latex import without_latex

MAX_CELLS = 200
_QUOTE = re.compile(r"[ \t>]{0,40}+")
_ROW = re.compile(
    r"\s{0,20}(?:</?t(?:able|head|body)\b[^<>]{0,200}>\s{0,9}){0,3}<tr\b", re.IGNORECASE
)
_CELL = re.compile(r"<td\b", re.IGNORECASE)
_CELLS = re.compile(r"<t[dh]\b[^<>]{0,200}>", re.IGNORECASE)


def is_cell(source: str) -> bool:
    """Whether a line of HTML has a cell that is no head."""
    return _CELL.search(source) is not None


def html_cells(source: str) -> tuple[str, ...]:
    """Return the cells of a line that is a row of an HTML table, or none if it is no row."""
    if "<" not in source or not _ROW.match(source):
        return ()
    parts = _CELLS.split(source, MAX_CELLS)[1:]
    return tuple(plain(part.partition("</t")[0]).strip() for part in parts) if parts[1:] else ()


_BAR = re.compile(r"(?<!\\)\|")


def cells_of(row: str) -> tuple[str, ...]:
    """Return the cells of a table's row without markup; at most 200."""
    inner = row[_QUOTE.match(row).end() :].strip()  # type: ignore[union-attr]  # it always matches
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(plain(cell).strip() for cell in _BAR.split(inner, MAX_CELLS))


_COMMENT = re.compile(r"<!--(?:(?!-->).)*+-->")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*+>(?:(?!</\1).)*+</\1[^<>]*+>", re.IGNORECASE)
_ADDRESS = re.compile(r"<[a-z]{2,12}:[^<>\s]*+>", re.IGNORECASE)
_RAISED = re.compile(r"<sup\b[^<>]*+>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:b|i|u|s|a|em|strong|code|span|sub|sup|small|mark|kbd|font)(?:\s[^<>]*+)?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*+(?:\s[^<>]*+)?/?>")
_LINK = re.compile(r"!?\[([^\[\]]*+)\](?:\([^()]*+(?:\([^()]*+\)[^()]*+)?\)|\[[^\[\]]*+\])")
_DEFINITION = re.compile(r"\s{0,3}\[[^\[\]]++\]:\s*\S+.*$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Stars between two words or numbers multiply.
_STARS = re.compile(r"(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|~~")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,2}(?=[^\W_])|(?<=[^\W_])_{1,2}(?!\w)")
_HTML = re.compile(r"<[A-Za-z/!]")
# What ends a cell or a line parts words as well: "55 queries/s" and "12 ms" are two cells.
_PARTS = re.compile(r"</(?:t[dh]|p|li|h[1-6])\s*>", re.IGNORECASE)


def plain(text: str) -> str:
    """
    Return a piece of Markdown as it is read: without tags, links and emphasis.

    Examples
    --------
    >>> plain("**Max:** &lt;`100`<br/>ms, see [the 2 tests](https://a.test/50ms) 2 * 3*4")
    'Max: <100 ms, see the 2 tests 2 * 3*4'
    """
    if _HTML.search(text):
        text = _SCRIPT.sub(" ", _COMMENT.sub(" ", text))
        text = _INLINE.sub("", _RAISED.sub("^", _ADDRESS.sub(" ", text)))
        text, parts = _PARTS.subn(" | ", text)
        text = _TAG.sub(" ", text.rstrip(" |") if parts else text)
    if "[" in text:
        text = _LINK.sub(r"\1", "" if _DEFINITION.match(text) else text)
    if "&" in text:
        text = html.unescape(text).replace("\n", " ").replace("\r", " ")
    if "\\" in text or "$" in text:
        text = without_latex(text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "*" in text or "~" in text:
        text = _STARS.sub("", text)
    if "_" in text:
        text = _UNDERSCORES.sub("", text)
    return text.replace("`", "")
