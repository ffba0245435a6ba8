"""
An audit in words, bars and tables, as HTML.

Claims come from files that anyone may have written: everything that is not ours is
escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from planning.audit.verdicts import Audit, Audited, Mark
from planning.present.cells import AUDIT_HEAD, audit_row, decisive_row

TONES = {
    Mark.CONFIRMED: "ok",
    Mark.CONTRADICTED: "bad",
    Mark.ASSUMPTION: "warn",
    Mark.FINDING: "note",
}
MEANINGS = {
    Mark.CONFIRMED: "computed, and it agrees",
    Mark.CONTRADICTED: "arithmetic, another claim or a vendor's limit says otherwise",
    Mark.ASSUMPTION: "nothing stated supports it; what would have to be true is said",
    Mark.FINDING: "no number",
}


def summary_html(audits: Mapping[str, Audit]) -> str:
    """Return the verdicts by document as bars, with the numbers in them."""
    bars = "".join(_bar(each) for each in audits.values())
    legend = " · ".join(
        f'<span class="plan-chip plan-{TONES[mark]}">{mark}</span> {escape(MEANINGS[mark])}'
        for mark in Mark
    )
    return f'<div class="plan-stacks">{bars}</div><p class="plan-legend">{legend}</p>'


def _bar(audit: Audit) -> str:
    counts = audit.counts()
    words = ", ".join(f"{count} {mark}" for mark, count in counts.items())
    parts = "".join(
        f'<span class="plan-{TONES[mark]}" style="flex-grow:{count}" title="{count} {mark}">'
        f"{count}</span>"
        for mark, count in counts.items()
        if count
    )
    name = escape(audit.statements.document)
    return (
        f'<div class="plan-stack"><span>{name}</span>'
        f'<div role="img" aria-label="{name}: {words}">{parts}</div></div>'
    )


def decisive_html(audits: Iterable[Audit]) -> str:
    """Return, document by document, the contradictions that change the decision."""
    found = []
    for audit in audits:
        rows = [decisive_row(each) for each in audit.decisive()]
        if rows:
            items = "".join(
                f"<li><strong>{escape(head)}</strong> {escape(effect)}<br>"
                f"<small>{escape(reason)}</small></li>"
                for head, effect, reason in rows
            )
            found.append(f"<h3>{escape(audit.statements.document)}</h3><ol>{items}</ol>")
    if not found:
        return ""
    return f'<div class="plan-why"><h2>Read these first</h2>{"".join(found)}</div>'


def table_html(audits: Iterable[Audit], mark: Mark | None = None) -> str:
    """Return the statements as a table, of one verdict or of all."""
    rows = "".join(
        _row(each) for audit in audits for each in audit.results if mark in {None, each.mark}
    )
    if not rows:
        return "<p>No statement has this verdict.</p>"
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in AUDIT_HEAD)
    return (
        '<div class="plan-scroll plan-audit" tabindex="0" role="region" aria-label="Statements">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(each: Audited) -> str:
    name, line, says, claimed, computed, _, reasons = audit_row(each)
    how = escape(each.computed.how) if each.computed is not None else ""
    unfold = f"<details><summary>{escape(computed)}</summary>{how}</details>" if how else computed
    chip = f'<span class="plan-chip plan-{TONES[each.mark]}">{each.mark}</span>'
    return (
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(line)}</td><td>{escape(says)}</td>"
        f"<td>{escape(claimed)}</td><td>{unfold}</td><td>{chip}</td>"
        f"<td>{escape(reasons)}</td></tr>"
    )
