"""
The quantities of one line of a document: of prose, of a table's row, of code.

What a number is depends on where it stands. In prose it needs its unit; in a table the
heads give it one; in code the value of a name is a setting and no claim, and so is
``pool_size=20`` in a sentence. Numbers of headings are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from planning.audit.headers import counted_by, head_of, millicores, priced, with_heads
from planning.audit.labels import few, label_of, spaced
from planning.audit.languages import with_points, words
from planning.audit.markdown import Line
from planning.audit.pairs import seen_in
from planning.audit.parsed import MAX_LINE, Found, read_said
from planning.audit.tokens import REASONS, Left


@dataclass(frozen=True)
class Entry:
    """A quantity of a document: its line, a few words on what it is, and as written."""

    line: int
    says: str
    claimed: str


@dataclass(frozen=True)
class Setting(Entry):
    """A value that is given to a name."""


Remark = tuple[str, str]
Seen = Entry | Remark
_DIGITS = re.compile(r"[0-9]+")


def quantities(line: Line, comma: bool = False) -> tuple[list[Entry], list[Remark], list[Entry]]:
    """
    Return a line's entries, what else has digits in it with the reason, and its settings.

    Parameters
    ----------
    line : Line
        A line of a document.
    comma : bool
        Whether the document writes decimals with a comma.
    """
    if len(line.source) > MAX_LINE:
        return [], [(f"{line.source[:20]}…", REASONS["long"])], []
    if line.kind == "hidden":
        remark = (line.source.strip(), "in a comment, a script or the mark of a code block")
        return [], [remark], []
    if comma:
        line = line._replace(
            text=with_points(line.text), cells=tuple(with_points(cell) for cell in line.cells)
        )
    read = {"row": _in_row, "code": _in_code, "heading": _in_heading}.get(line.kind, _in_prose)
    entries: list[Entry] = []
    left: list[Remark] = []
    settings: list[Entry] = []
    for seen in read(line, comma):
        if isinstance(seen, Entry):
            says = _printable(seen.says) or "a number"
            entry = Entry(seen.line, says, _printable(seen.claimed))
            if isinstance(seen, Setting):
                settings.append(entry)
                left.append((entry.claimed, REASONS["setting"]))
            else:
                entries.append(entry)
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
    return entries, left, settings


def _printable(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _in_heading(line: Line, comma: bool) -> Iterator[Seen]:
    """Yield the quantities of a table's heads; a heading itself names and claims nothing."""
    if line.cells:
        for cell in line.cells:
            for seen, written in seen_in(cell, capitals=comma):
                if isinstance(seen, Left) or len(cell.split()) <= 1:
                    reason = seen.reason if isinstance(seen, Left) else REASONS["in a heading"]
                    yield written, reason
                else:
                    yield Entry(line.number, few(cell), spaced(written))
        return
    for seen, written in seen_in(line.text):
        yield written, seen.reason if isinstance(seen, Left) else REASONS["in a heading"]


# Without spaces a sentence has no equals sign: `pool_size=20` is a setting wherever it stands.
_SETTING = re.compile(r"([A-Za-z_][\w.-]{0,60})\s?(=|:)\s?[\"']?$")
_EQUALS = re.compile(r"([A-Za-z_][\w.-]{0,60})=[\"']?$")
# What only a program is called: snake_case, dotted.names, camelCase.
_IDENTIFIER = re.compile(
    r"[\w.-]{0,60}?(?:[a-z0-9]_[a-z0-9]|[A-Z0-9]_[A-Z0-9]|[a-z]\.[a-z]|[a-z][A-Z])[\w.-]{0,60}"
)

# What may stand between a labelled number and the end of its clause: "Connections: 60 max (pool)".
_CLOSED = re.compile(
    r"\s*(?:(?:max(?:imum)?|min(?:imum)?|total|peak|avg|average|active|online|máximo|mínimo"
    r"|simultáneas|maximal)(?!\w))?[\s.]*(?:(?![*×÷/+→>=^-])[^\w\s]|$|//|/\*|--)"
)
# "Search QPS > 5,000" says of what, as "Search QPS: 5,000" does.
_COMPARED = re.compile(r"((?:[^\W\d]\w{0,30} ){0,2}[^\W\d]\w{0,30})\s{0,2}$")
# "peak QPS of 5,000", "IOPS 16,000 provisioned", "DAU is ~3M".
_RATE_BEFORE = re.compile(
    r"\b(QPS|RPS|TPS|IOPS|DAU|MAU|CCU|VUs)\b:?(?:\s(?:of|is|=|≈))?\s{0,2}(?:about |around )?$"
)
_SIGNS = frozenset("<>≤≥")
_LABELLED = re.compile(r"([^\W\d][\w /()-]{1,60}):\s{0,4}$")


def _in_prose(line: Line, comma: bool) -> Iterator[Seen]:
    text = line.text
    for seen, written in seen_in(text, capitals=comma):
        before = text[max(0, seen.start - 70) : seen.start]
        setting = _SETTING.search(before)
        if (
            setting
            and _IDENTIFIER.fullmatch(setting[1])
            and not (
                setting[2] == ":" and _DIGITS.search(setting[1])  # "db.m6g.large: 4 vCPU"
            )
        ):
            if isinstance(seen, Found) or seen.reason == REASONS["unit"]:
                yield Setting(line.number, setting[1], spaced(written))
            else:
                yield written, seen.reason
            continue
        named = _LABELLED.search(text[max(0, seen.start - 70) : seen.start])
        if isinstance(seen, Found):
            written = priced(written, seen, named[1]) if named else written
            yield Entry(line.number, label_of(text, seen, line.heading), spaced(written))
            continue
        equals = _EQUALS.search(before)
        unit = head_of(named[1]).unit if named else ""
        compared = _COMPARED.search(before) if written[:1] in _SIGNS else None
        compared = compared or _RATE_BEFORE.search(before)
        if compared and (above := counted_by(compared[1])):
            named, unit = compared, above
        if seen.reason != REASONS["unit"]:
            yield written, seen.reason
        elif equals:
            yield Setting(line.number, equals[1], spaced(written))
        elif named and unit and (named is compared or _CLOSED.match(text, seen.end)):
            yield from _named(line.number, named[1], written, unit)
        else:
            yield written, seen.reason


def _named(number: int, name: str, written: str, unit: str) -> Iterator[Seen]:
    text = f"{written} {unit}"
    try:
        read_said(text)
    except ValueError:
        yield written, REASONS["unit"]
    else:
        yield Entry(number, few(name), spaced(text))


_COMMENT = re.compile(r"(?:^|(?<=[\s;,]))(?://|#|--|/\*|<!--)(?=.)")
_NAMED = re.compile(
    r"(?<!\w)([^\W\d][\w.$ /()-]{0,60}?)[\"'`]?\s{0,20}"
    r"(?:(?<![=<>!:])[=:]|:=|\?\?|\|\|)\s{0,40}[\"'~<>≤≥$]*$"
)
_KEYWORDS = re.compile(
    r"^(?:(?:const|let|var|final|static|private|public|export|readonly|int|float)\s++)++"
)
# "- response time > 3s" stands in many a block of YAML and is a sentence all the same.
_SYNTAX = re.compile(r"[{};=\[\]]|\w\(|<\w")
# Languages in which people write sums and results, and not programs.
_TEXT_LANGUAGES = words(
    "text txt plain plaintext none output math latex console md markdown log ascii"
) | {""}


def _in_code(line: Line, comma: bool) -> Iterator[Seen]:
    """Yield claims of sums and results, and of comments; in a program names have settings."""
    text = line.text
    if line.language == "front":
        for seen, written in seen_in(text):
            yield written, seen.reason if isinstance(seen, Left) else REASONS["setting"]
        return
    program = line.language not in _TEXT_LANGUAGES
    comment = _COMMENT.search(text)
    code_ends = comment.start() if comment else len(text)
    first = ""
    for seen, written in seen_in(text, bare=True, capitals=comma and not program):
        if isinstance(seen, Left):
            yield written, seen.reason
            continue
        inside = seen.start < code_ends
        before = text[max(0, seen.start - 100) : seen.start]
        named = _NAMED.search(before) if inside else None
        name = _KEYWORDS.sub("", named[1]).strip() if named else ""
        own = name
        if named and _DIGITS.search(before[: named.start()]):
            # "100 events × 50 KB = 5 MB": the words before say more than the last of them.
            name = name if seen.bare else ""
        first = first or name
        yield from _value(line, seen, written, inside, program, name or own, first or name)


# A program's values are written `45s` and `70%`; "15 minutes" and "$8.45" are for people.
_IN_WORDS = re.compile(r"[0-9kKM+]\s[^\W\d_]|[$€£¥₩₹]")


def _value(
    line: Line, seen: Found, written: str, inside: bool, program: bool, name: str, first: str
) -> Iterator[Seen]:
    """Yield what a number in code is: a setting, a claim, or neither."""
    ends = bool(_CLOSED.match(line.text, seen.end))
    if program and re.fullmatch(r"\$[0-9]", written):
        yield written, "a placeholder"
    elif not inside:
        label = f"{first} (comment)" if first else label_of(line.text, seen, line.heading)
        if seen.bare:
            yield written, "in code, without a unit"
        else:
            yield Entry(line.number, few(label), spaced(written))
    elif (
        name
        and len(name) > 1
        and ends
        and (program or _IDENTIFIER.fullmatch(name))
        and not _IN_WORDS.search(written)
    ):
        yield Setting(line.number, few(name), spaced(written))
    elif seen.bare and name and ends and not program and (unit := head_of(name).unit):
        yield from _named(line.number, name, written, unit)
    elif seen.bare or (program and _SYNTAX.search(line.text)):
        yield written, "in code, without a unit" if seen.bare else "in code"
    elif name:
        yield Entry(line.number, few(name), spaced(priced(written, seen, name)))
    else:
        yield Entry(line.number, label_of(line.text, seen, line.heading), spaced(written))


def _in_row(line: Line, comma: bool) -> Iterator[Seen]:
    about = line.cells[0] if line.cells else ""
    for at, cell in enumerate(line.cells):
        column = line.columns[at] if at < len(line.columns) else ""
        # The numbers of a few words are values; those of a sentence need their unit.
        short = len(cell.split()) <= 4
        row = few(about if at else cell, 6)
        says = f"{row} / {few(column)}" if column else row
        cores = millicores(cell, about, column) if at else ""
        if cores:
            yield Entry(line.number, says, cores)
            continue
        for seen, written in seen_in(cell, bare=short, capitals=comma):
            if isinstance(seen, Left):
                yield written, seen.reason
                continue
            if at or (seen.bare and written == cell.strip()):
                # "| $U$ | active users | 180k |": what stands beside says more than a symbol.
                beside = line.cells[at - 1] if at > 1 else ""
                claimed = with_heads(written, seen, cell, column, about)
                if claimed == written and beside and not _DIGITS.search(beside):
                    claimed = with_heads(written, seen, cell, "", beside)
            else:
                claimed = written
            setting = _EQUALS.search(cell[: seen.start])
            if setting and _IDENTIFIER.fullmatch(setting[1]):
                yield Setting(line.number, setting[1], spaced(written))
            elif seen.bare and claimed == written:
                yield written, REASONS["unit"]
            else:
                yield Entry(line.number, says, spaced(claimed))
