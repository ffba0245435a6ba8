"""
The audit of a document with nothing filled in: for a terminal, a pull request and a page.

Everything a document says is shown as text: no markup of its own gets through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planning.audit.verdicts import Audit, Audited, Mark
from planning.present.audit_words import TONES
from planning.present.terminal import plain

_COLOURS = {Mark.CONFIRMED: "green", Mark.CONTRADICTED: "red", Mark.FINDING: "yellow"}
_FIRST = 12
_MOST_ROWS = 300  # of one verdict


def judged(found: Audit) -> list[Audited]:
    """Return the statements that something in the document speaks for or against, by line."""
    return [each for each in found.results if each.computed is not None or each.unlike]


def unsupported(found: Audit) -> list[Audited]:
    """Return what nothing supports: what most else rests on first, money before the rest."""
    bare = [each for each in found.results if each.mark is Mark.ASSUMPTION]

    def weight(each: Audited) -> tuple[int, bool, int]:
        claimed = each.statement.claimed or ""
        return -each.rests, "$" not in claimed and "€" not in claimed, each.statement.first_line

    return sorted(bare, key=weight)


def headline(found: Audit) -> str:
    """Return the counts in one line."""
    counts = found.counts()
    words = [f"{counts[Mark.CONTRADICTED]} contradicted", f"{counts[Mark.CONFIRMED]} confirmed"]
    if counts[Mark.FINDING]:
        words.append(f"{counts[Mark.FINDING]} measure something else than they claim")
    words.append(f"{counts[Mark.ASSUMPTION]} unsupported")
    if found.left_out:
        words.append(f"{found.left_out:,} more that are not listed")
    if found.long_lines:
        lines = "1 line" if found.long_lines == 1 else f"{found.long_lines:,} lines"
        words.append(f"{lines} too long to be read whole")
    if found.left_from is not None:
        words.append(f"nothing read from line {found.left_from:,} on")
    return f"{found.statements.document}: {', '.join(words)}"


def words_of(each: Audited) -> str:
    """Return the arithmetic of a verdict in words, and what speaks against the claim."""
    if each.mark is Mark.CONFIRMED or not each.reasons:
        return each.computed.how if each.computed is not None else ""
    return "; ".join(each.reasons)


def document_view(found: Audit) -> RenderableType:
    """Return verdicts by line with their arithmetic, then what is unsupported."""
    table = Table(box=None, pad_edge=False, show_header=True, header_style="bold")
    table.add_column("line", justify="right")
    for name in ("verdict", "claimed", "arithmetic"):
        table.add_column(name, overflow="fold")
    listed, more = _listed(judged(found))
    for each in listed:
        table.add_row(
            str(each.statement.first_line), Text(str(each.mark), _COLOURS[each.mark]),
            plain(each.statement.claimed or ""), plain(words_of(each)),
        )  # fmt: skip
    lines: list[RenderableType] = [plain(headline(found), "bold"), ""]
    if table.row_count:
        lines += [table, *(plain(f"  {words}") for words in more), ""]
    bare = unsupported(found)
    if bare:
        lines.append(plain(f"Unsupported, {len(bare)}: nothing in the document computes them."))
        lines += [plain(f"  line {_line(each)}: {_named(each)}") for each in bare[:_FIRST]]
        if len(bare) > _FIRST:
            lines.append(plain(f"  and {len(bare) - _FIRST} more"))
    return Group(*lines)


def _listed(rows: list[Audited]) -> tuple[list[Audited], list[str]]:
    """Return the rows that a terminal shows, and what is left out: nobody reads ten thousand."""
    shown: list[Audited] = []
    more: list[str] = []
    for mark in Mark:
        of_it = [each for each in rows if each.mark is mark]
        shown += of_it[:_MOST_ROWS]
        if len(of_it) > _MOST_ROWS:
            more.append(f"and {len(of_it) - _MOST_ROWS:,} more {mark}; --json has all of them")
    return sorted(shown, key=_line), more


def _line(each: Audited) -> int:
    return each.statement.first_line


def _named(each: Audited) -> str:
    rests = f" ({each.rests} rest on it)" if each.rests else ""
    return f"{each.statement.claimed} — {each.statement.says}{rests}"


def document_markdown(found: Audit) -> str:
    """
    Return an audit as Markdown for a pull request: headline, what is wrong, the rest folded.

    Parameters
    ----------
    found : Audit
        The audit of a document.

    Returns
    -------
    str
        Markdown in which what the document says stands as code or is escaped.
    """
    pieces = [f"**{_escaped(headline(found))}**", ""]
    wrong = [each for each in judged(found) if each.mark is not Mark.CONFIRMED]
    right = [each for each in judged(found) if each.mark is Mark.CONFIRMED]
    if wrong:
        pieces += [*_rows(wrong), ""]
    if right:
        pieces += _folded(f"{len(right)} confirmed", _rows(right))
    bare = unsupported(found)
    if bare:
        items = [f"- line {_line(each)}: {_escaped(_named(each))}" for each in bare[:200]]
        pieces += _folded(f"{len(bare)} unsupported, what most rests on first", items)
    return "\n".join(pieces).rstrip() + "\n"


def document_html(found: Audit) -> str:
    """
    Return an audit as HTML: headline, verdicts by line, what is unsupported folded away.

    Parameters
    ----------
    found : Audit
        The audit of a document.

    Returns
    -------
    str
        HTML in which what the document says is text.
    """
    pieces = [f"<h2>{escape(headline(found))}</h2>"]
    rows = "".join(
        f"<tr><td>{_line(each)}</td>"
        f'<td><span class="plan-chip plan-{TONES[each.mark]}">{each.mark}</span></td>'
        f"<td>{escape(each.statement.claimed or '')}</td><td>{escape(words_of(each))}</td></tr>"
        for each in judged(found)
    )
    if rows:
        heads = ("Line", "Verdict", "Claimed", "Arithmetic")
        head = "".join(f"<th scope=col>{name}</th>" for name in heads)
        pieces.append(
            '<div class="plan-scroll plan-audit" tabindex="0" role="region" aria-label="Verdicts">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    bare = unsupported(found)
    if bare:
        items = "".join(f"<li>line {_line(each)}: {escape(_named(each))}</li>" for each in bare)
        pieces.append(
            f"<details><summary>{len(bare)} unsupported: nothing in the document computes them, "
            f"what most rests on first</summary><ol>{items}</ol></details>"
        )
    return "".join(pieces)


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]


def _rows(found: Iterable[Audited]) -> list[str]:
    rows = ["| line | verdict | claimed | computed | arithmetic |", "|--:|---|---|---|---|"]
    for each in found:
        computed = str(each.computed) if each.computed is not None else ""
        cells = (str(_line(each)), str(each.mark), each.statement.claimed or "", computed,
                 words_of(each))  # fmt: skip
        rows.append(f"| {' | '.join(map(_escaped, cells))} |")
    return rows


_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$!@])")


def _escaped(text: str) -> str:
    """Return text whose signs mean nothing in Markdown or HTML, on one line."""
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return _SIGNS.sub(r"\\\1", shown).replace("\\<", "&lt;").replace("\\>", "&gt;")
