"""
A Markdown document as lines that know what they are: prose, heading, code or table row.

An audit needs one thing above all, the line on which a number stands. So this reads
line by line, as Markdown's block structure allows, and keeps no tree: fences, tables,
headings and what HTML hides are told apart, the rest is prose. It takes linear time
and little memory, which a parser that builds a tree of ten megabytes of table does not.

Files come as they are: with marks of byte order, with the line ends of any system, or
read in the wrong encoding and saved again (``â‰¥`` for ``≥``), which ftfy puts right.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from planning.audit.inline import cells_of, html_cells, is_cell, plain
from planning.numbers.reading import FileError

MAX_BYTES = 10_000_000
Kind = Literal["prose", "heading", "code", "row", "hidden"]


class Line(NamedTuple):
    """
    A line of a document.

    Attributes
    ----------
    number : int
        From 1.
    kind : str
        ``hidden`` is what a reader of the document does not see: comments and scripts.
    source, text : str
        As it stands in the file; and without markup, where there is any.
    heading : str
        The text of the heading it stands under.
    cells, columns : tuple of str
        Of a table's row: its cells and the cells of the table's first row.
    language : str
        Of code: what its fence says it is, in small letters; ``front`` for the settings before
        the document.
    """

    number: int
    kind: Kind
    source: str
    text: str
    heading: str = ""
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    language: str = ""


def read_text(path: Path) -> str:
    """
    Read a document of any common encoding, with one kind of line end.

    Raises
    ------
    FileError
        If it is missing, no regular file, larger than 10 MB, empty, binary, or in an encoding
        that is neither UTF-8, UTF-16 with a mark, nor Windows-1252.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileError(f"{path}: there is no such file.") from None
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: cannot be read ({error}).") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path} is a directory; name a Markdown file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{path} is not a regular file.")
    if status.st_size > MAX_BYTES:
        raise FileError(
            f"{path} has {status.st_size / 1e6:,.1f} MB; a document has at most 10 MB, split it."
        )
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error}).") from None
    text = _decoded(raw, path).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise FileError(f"{path} is empty; there is nothing to audit.")
    controls = len(_CONTROLS.findall(text))
    if "\0" in text or controls > 10 + len(text) // 1000:
        raise FileError(f"{path} is a binary file; save the document as Markdown text.")
    return text


_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _decoded(raw: bytes, path: Path) -> str:
    named = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    for encoding in [named] if named else ["utf-8", "cp1252"]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    what = f"said to be {named.upper()}, which it is not" if named else "a binary file"
    raise FileError(f"{path} is {what}; save the document as UTF-8 text.")


_BROKEN = re.compile(r"[ÂÃâåæð][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]")


def repaired(line: str) -> str:
    """
    Return a line whose UTF-8 was once read in another encoding as it was meant.

    >>> repaired("waits â‰¥ 5 â€“ 7 ms")
    'waits ≥ 5 – 7 ms'
    """
    if not _BROKEN.search(line):
        return line
    try:
        # All of it was read as Windows-1252: the usual case, and ten times as fast.
        return line.encode("cp1252").decode("utf-8").replace("\n", " ")
    except UnicodeError:
        pass
    import ftfy  # here: most documents need no repair

    return ftfy.fix_encoding(line).replace("\n", " ")


# What may stand before a block: quotes, bullets, the number of an item.
_OUTER = r"(?:[ \t]|>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]){0,40}+"
_FENCE = re.compile(rf"{_OUTER}(`{{3,}}+(?=[^`]*$)|~{{3,}}+)[ \t]{{0,9}}\{{?\.?([\w+#-]{{0,30}})")
_HEADING = re.compile(r"[ \t>]{0,20}+(#{1,6})(?:[ \t]|$)")
_HTML_HEADING = re.compile(r"\s{0,9}<h([1-6])\b", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_DELIMITER = re.compile(r"[ \t>]{0,40}+\|?(?:[ \t]*+:?-++:?[ \t]*+(?:\||$))++[ \t]*+$")
_HIDING = re.compile(r"[ \t]{0,3}+<(!--|script(?=[\s>])|style(?=[\s>]))", re.IGNORECASE)
_ENDS = {"!--": "-->", "script": "</script", "style": "</style"}
_FRONT_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")


def lines_of(text: str) -> Iterator[Line]:
    r"""
    Yield the lines of a Markdown document, blank ones left out.

    Examples
    --------
    >>> for line in lines_of("# Load\n\n| What | Now |\n|---|---|\n| Users | **500** |"):
    ...     print(line.number, line.kind, line.text, line.cells)
    1 heading # Load ()
    3 heading What | Now ('What', 'Now')
    5 row | Users | **500** | ('Users', '500')
    """
    sources = text.split("\n")
    fence, hidden, language, front = "", "", "", _front_matter(sources)
    heading, columns = "", ()  # type: tuple[str, tuple[str, ...]]
    skip = 0
    for number, raw in enumerate(sources, 1):
        if number <= skip or not raw.strip():
            columns = columns if number <= skip else ()
            continue
        source = repaired(raw)
        if number <= front:
            yield Line(number, "code", source, source, language="front")
            continue
        if fence:
            if _closes(source, fence):
                fence = ""
            else:
                yield Line(number, "code", source, source, heading, language=language)
            continue
        if hidden:
            end = source.lower().find(hidden)
            rest = source[end:].partition(">")[2] if end >= 0 else ""
            yield Line(number, "hidden", source.removesuffix(rest), "", heading)
            hidden = hidden if end < 0 else ""
            if not rest.strip():
                continue
            source = rest
        hiding = _HIDING.match(source)
        if hiding:
            closing = _ENDS[hiding[1].lower()]
            if source.lower().find(closing, hiding.end()) < 0:
                yield Line(number, "hidden", source, "", heading)
                hidden = closing
                continue
        opened = _FENCE.match(source)
        if opened:
            fence, columns, language = opened[1], (), opened[2].lower()
            yield Line(number, "hidden", source, "", heading)
            continue
        title = _HEADING.match(source)
        following = sources[number] if number < len(sources) else ""
        if title:
            heading = plain(source[title.end() :].strip().rstrip("#")).strip()
            columns = ()
            yield Line(number, "heading", source, f"{title[1]} {heading}", _unnumbered(heading))
            heading = _unnumbered(heading)
        elif _HTML_HEADING.match(source):
            heading, columns = plain(source).strip(), ()
            yield Line(number, "heading", source, heading, _unnumbered(heading))
            heading = _unnumbered(heading)
        elif cells := html_cells(source):
            head = not columns or not is_cell(source)
            columns = cells if head else columns
            kind: Kind = "heading" if head else "row"
            yield Line(number, kind, source, " | ".join(cells), heading, cells, columns)
        elif columns and "|" in source:
            yield Line(number, "row", source, source, heading, cells_of(source), columns)
        elif "|" in source and _is_table(source, following):
            columns = cells_of(source)
            skip = number + 1
            yield Line(number, "heading", source, " | ".join(columns), heading, columns, columns)
        elif _UNDERLINE.match(following) and not _UNDERLINE.match(source):
            heading = plain(source).strip()
            columns = ()
            yield Line(number, "heading", source, heading, _unnumbered(heading))
            heading = _unnumbered(heading)
        else:
            columns = ()
            yield Line(number, "prose", source, plain(source), heading)


def _front_matter(sources: list[str]) -> int:
    """Return how many lines of settings stand before the document, as many tools put there."""
    if not sources or sources[0].rstrip() != "---":
        return 0
    ends = (at for at, line in enumerate(sources[1:200], 2) if _FRONT_END.match(line))
    return next(ends, 0)


def _closes(source: str, fence: str) -> bool:
    inner = source.lstrip(" \t>").rstrip()
    return len(inner) >= len(fence) and inner == fence[0] * len(inner)


def _is_table(header: str, following: str) -> bool:
    if len(following) > 4000 or "-" not in following or not _DELIMITER.match(following):
        return False
    dashes = following.strip(" \t>").strip("|").count("|") + 1
    return dashes == len(cells_of(header))


_NUMBERING = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[.):]?|[A-Z][.)])\s+(?=\S)")


def _unnumbered(heading: str) -> str:
    return _NUMBERING.sub("", heading, count=1)
