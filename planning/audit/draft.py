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
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planning.audit.markdown import Line, lines_of, read_text
from planning.audit.parsed import MAX_LINE, REASONS, Found, Left, read_said, scan
from planning.numbers.reading import MAX_BYTES
from planning.numbers.units import COUNTS

# A draft takes half of what a claims file may have: the other half is for filling it in.
_ENTRIES, _REMARKS = MAX_BYTES // 2 - 40_000, 30_000
MAX_NUMBERS = 100_000
_MAX_LABEL = 8


@dataclass(frozen=True)
class Entry:
    """A quantity of a document: its line, a few words on what it is, and as written."""

    line: int
    says: str
    claimed: str


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
    """

    text: str
    entries: tuple[Entry, ...]
    left_out: int
    not_taken: int


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
        taken, left = _quantities(line)
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
    return Draft(text, tuple(entries), left_out, remarks.count)


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


def _quantities(line: Line) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Return a line's entries, and the text and reason of whatever else has digits in it."""
    if len(line.source) > MAX_LINE:
        return [], [(f"{line.source[:20]}…", REASONS["long"])]
    if line.kind == "hidden":
        return [], [(line.source.strip(), "in a comment, a script or the mark of a code block")]
    read = {"row": _in_row, "code": _in_code}.get(line.kind, _in_prose)
    entries: list[Entry] = []
    left: list[tuple[str, str]] = []
    for seen in read(line):
        if isinstance(seen, Entry):
            says = _printable(seen.says) or "a number"
            entries.append(Entry(seen.line, says, _printable(seen.claimed)))
        else:
            left.append(seen)
    # What markup hides is on the line as well: the number of an item, an address, a tag.
    told = Counter(
        digits
        for text in [*(entry.claimed for entry in entries), *(text for text, _ in left)]
        for digits in _DIGITS.findall(text)
    )
    hidden = Counter(_DIGITS.findall(line.source)) - told
    if hidden:
        left.append((", ".join(hidden.elements()), "in a link, a tag or other markup"))
    return entries, left


Seen = Entry | tuple[str, str]


def _sorted(found: list[Found], left: list[Left]) -> list[Found | Left]:
    return sorted([*found, *left], key=lambda each: each.start)


# Without spaces a sentence has no equals sign: `pool_size=20` is a setting wherever it stands.
_SETTING = re.compile(r"([A-Za-z_][\w.-]{0,60})=[\"']?$")

_LABELLED = re.compile(r"([^\W\d][\w /()-]{1,60}):\s{0,4}$")


def _in_prose(line: Line) -> Iterator[Seen]:
    text = line.text
    for seen in _sorted(*scan(text)):
        written = text[seen.start : seen.end]
        if isinstance(seen, Found):
            yield Entry(line.number, _label(text, seen, line.heading), _spaced(written))
            continue
        before = text[max(0, seen.start - 70) : seen.start]
        setting, named = _SETTING.search(before), _LABELLED.search(before)
        unit = _unit_of(named[1]) if named else ""
        if seen.reason != REASONS["unit"]:
            yield written, seen.reason
        elif setting:
            yield Entry(line.number, setting[1], _spaced(written))
        elif named and unit:
            yield Entry(line.number, _few(named[1]), _spaced(_with_unit(written, unit)))
        else:
            yield written, seen.reason


_COMMENT = re.compile(r"(?:^|(?<=[\s;,]))(?://|#|--|/\*|<!--)(?=.)")
_NAMED = re.compile(
    r"(?<!\w)([^\W\d][\w.$ /-]{0,60}?)[\"'`]?\s{0,20}"
    r"(?:(?<![=<>!:])[=:]|:=|\?\?|\|\|)\s{0,20}[\"'~<>≤≥$]*$"
)
_VALUE_END = re.compile(r"[\"'`]?\s*(?:[,;}\])]|$|//|#|/\*|--)")
_KEYWORDS = re.compile(
    r"^(?:(?:const|let|var|final|static|private|public|export|readonly|int|float)\s+)+"
)


def _in_code(line: Line) -> Iterator[Seen]:
    """Numbers with a unit anywhere, and bare ones where a name is given a value."""
    text = line.text
    comment = _COMMENT.search(text)
    code_ends = comment.start() if comment else len(text)
    found, left = scan(text, bare=True)
    first = ""
    for seen in _sorted(found, left):
        written = text[seen.start : seen.end]
        if isinstance(seen, Left):
            yield written, seen.reason
            continue
        inside = seen.start < code_ends
        before = text[max(0, seen.start - 100) : seen.start]
        named = _NAMED.search(before) if inside else None
        name = _KEYWORDS.sub("", named[1]).strip() if named else ""
        if named and _DIGITS.search(before[: named.start()]):
            # "100 events × 50 KB = 5 MB": the words before say more than the last of them.
            name = name if seen.bare else ""
        first = first or name
        if re.fullmatch(r"\$[0-9]", written):
            yield written, "a placeholder"
        elif seen.bare and not (len(name) > 1 and _VALUE_END.match(text, seen.end)):
            yield written, "in code, without a unit"
        elif name:
            yield Entry(line.number, _few(name), _spaced(written))
        elif not inside and (first or _name_of(text[:code_ends])):
            label = f"{first or _name_of(text[:code_ends])} (comment)"
            yield Entry(line.number, _few(label), _spaced(written))
        else:
            yield Entry(line.number, _label(text, seen, line.heading), _spaced(written))


_ASSIGNED = re.compile(r"^[\s{-]*(?:\w+\s+){0,3}?[\"']?([A-Za-z_][\w.]{0,60})[\"']?\s*[:=](?!=)")


def _name_of(code: str) -> str:
    match = _ASSIGNED.match(code[:200])
    return match[1] if match else ""


def _in_row(line: Line) -> Iterator[Seen]:
    about = line.cells[0] if line.cells else ""
    for at, cell in enumerate(line.cells):
        column = line.columns[at] if at < len(line.columns) else ""
        # The numbers of a few words are values; those of a sentence need their unit.
        short = at > 0 and len(cell.split()) <= 4
        for seen in _sorted(*scan(cell, bare=short)):
            written = cell[seen.start : seen.end]
            if isinstance(seen, Left):
                yield written, seen.reason
                continue
            unit = _unit_of(column) or (_unit_of(about) if at else "")
            if seen.bare and unit:
                written = _with_unit(written, unit)
            row = _few(about if at else cell, 6)
            says = f"{row} / {_few(column)}" if column else row
            yield Entry(line.number, says, _spaced(written))


_IN_UNIT = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,30}?)\s*[)\]]|(?:,|\sin)\s+(\S{1,12})$")


@lru_cache(maxsize=1024)
def _unit_of(label: str) -> str:
    """Return the unit that the head of a row or a column gives to its numbers, or nothing."""
    label = label[:120].strip()
    match = _IN_UNIT.search(label)
    if match:
        unit = (match[1] or match[2]).replace("$", "USD")
        if _is_unit(unit):
            return unit
    words = _IN_UNIT.sub("", label).split()
    for count in range(min(4, len(words)), 0, -1):
        unit = " ".join(words[-count:])
        if _is_unit(unit) and read_said(f"1 {unit}").unit.partition("/")[0] in COUNTS:
            return unit
    return ""


def _is_unit(unit: str) -> bool:
    try:
        return read_said(f"1 {unit}").unit != "ratio"
    except ValueError:
        return False


def _with_unit(written: str, unit: str) -> str:
    try:
        said = read_said(f"{written} {unit}")
    except ValueError:
        return written
    return said.text


_GROUPED = re.compile(r"(?<=[0-9])[\u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")


def _spaced(text: str) -> str:
    return " ".join(_GROUPED.sub(",", text).split())


_STOP = re.compile(r"(?<=[^\W\d])[.!?;]\s|(?<=\))[.;]\s")
_NOT_A_WORD = re.compile(r"^[^\w%$]+|[^\w%+)]+$")


def _label(text: str, seen: Found, heading: str) -> str:
    """Return the few words before a number, under the heading where they are too few."""
    before = text[max(0, seen.start - 200) : seen.start]
    before = before[before.find(" ") + 1 :] if seen.start > 200 else before
    before = _STOP.split(before)[-1]
    words = _plain_words(before)
    if len(words) >= 3:
        return " ".join(words[-_MAX_LABEL:])
    above = _plain_words(heading)[: _MAX_LABEL - len(words)]
    if above and " ".join(above) != " ".join(words):
        return " / ".join(" ".join(part) for part in (above, words) if part)
    words = words or _plain_words(text[seen.end : seen.end + 60])[:4]
    return " ".join(words)


_LEADING = re.compile(r"^\s*(?:[#>*+-]+\s+|[0-9]{1,4}[.)]\s+|\[[ xX]\]\s+)+")


def _plain_words(text: str) -> list[str]:
    bare = (_NOT_A_WORD.sub("", word) for word in _LEADING.sub("", text).split())
    return [word[:40] if "(" in word else word[:40].rstrip(")") for word in bare if word]


def _few(text: str, most: int = _MAX_LABEL) -> str:
    return " ".join(text.split()[:most])[:120]
