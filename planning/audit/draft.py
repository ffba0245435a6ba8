"""
A first claims file from a document: every number with a unit, ready to be filled in.

Reading a planning document for its numbers is dull, and what is overlooked is never
audited. So a draft lists each quantity with its line and a few words on what it is,
and leaves room for how it is computed. What looked like a number and was not taken is
listed after it, by line and with the reason: nothing is dropped without a word.

A label is a few words: in a table its row and column, in code the name that the number
is given to, in prose the words before the number and the heading above.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from planning.audit.languages import decimal_comma
from planning.audit.lines import Entry, quantities
from planning.audit.markdown import lines_of, read_text
from planning.numbers.reading import MAX_BYTES

# A draft takes half of what a claims file may have: the other half is for filling it in.
_ENTRIES, _REMARKS = MAX_BYTES // 2 - 40_000, 30_000
MAX_NUMBERS = 100_000


@dataclass(frozen=True)
class Draft:
    """
    A drafted claims file.

    Attributes
    ----------
    text : str
        YAML, to be completed.
    entries : tuple of Entry
        What it holds, in the order of the document.
    left_out : int
        Numbers that it had no room for; `text` says so at its end.
    not_taken : int
        What looked like a number and is none; `text` lists it by line, as far as there is room.
    settings : tuple of Entry
        Values that code or prose gives to a name, as ``pool_size = 20``: inputs and no claims.
    """

    text: str
    entries: tuple[Entry, ...]
    left_out: int
    not_taken: int
    settings: tuple[Entry, ...] = ()


def draft_claims(path: str | Path) -> str:
    """
    Draft a claims file from a Markdown document.

    Parameters
    ----------
    path : str or Path
        The document: at most 10 MB, in UTF-8, UTF-16 with a mark, or Windows-1252.

    Returns
    -------
    str
        YAML that :func:`planning.numbers.reading.parse_document` reads: the document's name and
        title, and under ``claims`` one entry for each quantity. A comment at the end says what was
        not taken and why, and how much there was no room for.

    Raises
    ------
    FileError
        If the document is missing, no regular file, too large, empty or binary.
    """
    return draft(path).text


def draft(path: str | Path) -> Draft:
    """
    Draft a claims file as :func:`draft_claims` does, and return what it holds beside the text.

    Raises
    ------
    FileError
        If the document is missing, no regular file, too large, empty or binary.
    """
    path = Path(path)
    document = read_text(path)
    written, remarks = _Written(), _Remarks()
    entries: list[Entry] = []
    settings: list[Entry] = []
    comma = decimal_comma(document)
    looked_at, left_out = 0, 0
    full: int | None = None
    title = ""
    for line in lines_of(document):
        if not title and line.kind == "heading" and not line.columns:
            title = line.text.lstrip("#").strip()
        numbers = len(_DIGITS.findall(line.source))
        if not numbers:
            continue
        looked_at += numbers
        if full is not None or looked_at > MAX_NUMBERS:
            full = full or line.number
            left_out += numbers
            continue
        taken, left, given = quantities(line, comma)
        settings.extend(given)
        for at, entry in enumerate(taken):
            if not written.add(entry):
                full, left_out = line.number, left_out + len(taken) - at
                break
            entries.append(entry)
        remarks.add(line.number, left)
    text = _header(path.name, title or path.stem, len(entries))
    text += written.text() + remarks.text()
    if full is not None:
        text += (
            f"\n# Left out: {left_out:,} numbers from line {full:,} on. There is no room for more"
            f"\n# in a claims file, or there are over {MAX_NUMBERS:,} numbers; split the text.\n"
        )
    return Draft(text, tuple(entries), left_out, remarks.count, tuple(settings))


_DIGITS = re.compile(r"[0-9]+")


def _header(name: str, title: str, count: int) -> str:
    return (
        f"# {count:,} quantities, as the document says them. For each, say how it is computed:\n"
        "# `inputs` names the numbers it rests on, `arithmetic` is a formula over them:\n"
        '#   inputs: {users: "12,000 users", share: D.7}   # a number, or another claim\n'
        '#   arithmetic: "users * share"\n'
        "# Or `row` names a row of the catalogue, or `ask` puts a question to a `system`.\n"
        "# The same words in `quantity` make two claims on one thing that must agree.\n"
        f"document: {_quoted(name[:200])}\n"
        f"title: {_quoted(title[:200])}\n"
        f"claims:{'' if count else ' {}'}\n"
    )


class _Written:
    """The entries as YAML, as many as there is room for."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0

    def add(self, entry: Entry) -> bool:
        piece = (
            f"  D.{len(self.pieces) + 1}:\n"
            f"    line: {entry.line}\n"
            f"    says: {_quoted(entry.says)}\n"
            f"    claimed: {_quoted(entry.claimed)}\n"
            "    # inputs: {}\n"
            '    # arithmetic: ""\n'
        )
        self.size += len(piece.encode())
        if self.size > _ENTRIES:
            return False
        self.pieces.append(piece)
        return True

    def text(self) -> str:
        return "".join(self.pieces)


class _Remarks:
    """What was not taken, by line, as far as there is room; all of it is counted."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size, self.count, self.told = 0, 0, 0

    def add(self, number: int, left: list[tuple[str, str]]) -> None:
        if not left:
            return
        self.count += len(left)
        by_reason: dict[str, list[str]] = {}
        for text, reason in left:
            by_reason.setdefault(reason, []).append(_shortened(text))
        said = "; ".join(f"{', '.join(texts)} ({why})" for why, texts in by_reason.items())
        piece = f"#   line {number}: {said}\n"
        self.size += len(piece.encode())
        if self.size <= _REMARKS:
            self.pieces.append(piece)
            self.told += len(left)

    def text(self) -> str:
        if not self.count:
            return ""
        rest = self.count - self.told
        more = f"#   and {rest:,} more, for which there is no room here.\n" if rest else ""
        return "\n# Not taken, and why:\n" + "".join(self.pieces) + more


def _quoted(text: str) -> str:
    return json.dumps(_printable(text), ensure_ascii=False)


def _shortened(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _printable(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
