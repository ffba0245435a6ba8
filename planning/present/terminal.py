"""
Results as tables for a terminal.

Names come from files that anyone may have written: they are shown as plain text,
never as markup, and control characters (which could move a terminal's cursor or
hide a line) are made visible.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from planning.audit.verdicts import Audit, Mark
from planning.numbers.catalog import Row
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cells import (
    AUDIT_HEAD,
    LADDER_HEAD,
    NEEDS_HEAD,
    VERDICT_WORDS,
    audit_row,
    backlog,
    budget_words,
    caveat_rows,
    decisive_row,
    headline_findings,
    ladder_rows,
    monthly,
    needs_rows,
    own_prices,
    share_used,
    shown,
    shown_load,
    unfilled,
    without_empty,
)
from planning.present.documents import documented_line
from planning.present.json_records import claimed_verdict
from planning.questions.assess import Assessment, Verdict
from planning.questions.capacity import Capacity
from planning.questions.caveats import caveats
from planning.questions.findings import Severity
from planning.questions.phases import PhaseStep
from planning.questions.reasons import reason
from planning.questions.remedies import remedy
from planning.questions.requirements import Requirement
from planning.questions.surges import EventResult, SurgeVerdict
from planning.system.system import System

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_COLOURS = {
    Verdict.HOLDS: "green",
    Verdict.WARNING: "yellow",
    Verdict.CRITICAL: "bright_red",
    Verdict.FLAWED: "red",
    Verdict.UNKNOWN: "red",
    Verdict.FAILS: "red",
}
_SURGE_COLOURS = {
    SurgeVerdict.STABLE: "green",
    SurgeVerdict.LAG: "yellow",
    SurgeVerdict.DEGRADED: "yellow",
    SurgeVerdict.BLOCK: "magenta",
    SurgeVerdict.FAIL: "red",
    SurgeVerdict.CRASH: "bold red",
    SurgeVerdict.UNKNOWN: "bold yellow",
}


_MARK_COLOURS = {
    Mark.CONFIRMED: "green",
    Mark.CONTRADICTED: "red",
    Mark.ASSUMPTION: "yellow",
    Mark.FINDING: "dim",
}
_SEVERITY_COLOURS = {
    Severity.LOW: "dim",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}


def plain(text: str, style: str = "") -> Text:
    """Return text from a file for the terminal: no markup, control characters visible."""
    return Text(_CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text), style=style)


def assessment_view(
    result: Assessment, edge: Capacity, phase: str, *, derivation: bool = False
) -> RenderableType:
    """
    Return headline, constraints by utilisation and the reason, ready to print.

    Parameters
    ----------
    result, edge : Assessment, Capacity
        Of one system, at one number of users.
    phase : str
        Name of the phase, for the headline.
    derivation : bool
        Whether to print the whole derivation of the binding constraint, to its sources.
    """
    binding, colour = result.binding, _COLOURS[result.verdict]
    headline = Text.assemble(
        plain(result.system.title, "bold"),
        plain(f", {phase}, at {shown(result.users)}: "),
        (str(result.verdict).upper(), f"bold {colour}"),
    )
    first = next(item for item in result.constraints if item.name == edge.binding.name)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("constraint", "load", "limit", "used", "", "holds up to", "past it"):
        table.add_column(title, justify="right" if title in {"load", "limit", "used"} else "left")
    rows = zip(result.constraints, edge.by_constraint, strict=True)
    for item, users in sorted(rows, key=lambda row: -float(row[0].utilisation)):
        used = float(item.utilisation)
        style = (
            "red" if used > 1 else "yellow" if used > value_at(result.system.warn_at) else "green"
        )
        table.add_row(
            plain(item.name, "bold" if item is binding else ""),
            shown_load(item.load),
            shown(item.limit),
            Text(share_used(used), style),
            Text(_bar(used), style),
            show(users, "user"),
            str(item.past_limit),
        )
    lines: list[RenderableType] = [headline]
    lines += [plain(f"  {words}", "red") for words in headline_findings(result)]
    lines += ["", table, ""]
    lines.append(
        Text.assemble(
            "Breaks first: ",
            plain(edge.binding.name, "bold"),
            f" at {show(edge.users, 'user')}. Remedy: {remedy(first)}.",
        )
    )
    lines.append(plain(f"Why {first.name}: {result.why(first)}.{backlog(first)}"))
    lines.append(plain(f"Cost: {monthly(result)} at {shown(result.users)}"))
    if words := budget_words(result):
        lines.append(plain(f"Budget: {words}.", "" if result.within_budget else "red"))
    if derivation:
        lines += [
            "",
            *(
                plain(documented_line(line, result.system.document))
                for line in result.explain(first)
            ),
        ]
    return Group(*lines, *_footnotes(result))


def _bar(used: float, width: int = 16) -> str:
    full = round(min(used, 1.0) * width)
    return "█" * full + "░" * (width - full) + ("▶" if used > 1 else " ")


def _footnotes(result: Assessment) -> list[RenderableType]:
    """Return findings and caveats, the worst first, a line each."""
    lines: list[RenderableType] = []
    if found := result.findings:
        lines += ["", "Wrong whatever the load:"]
        lines += [
            Text.assemble(
                (f"  {each.severity.name.lower():<9}", _SEVERITY_COLOURS[each.severity]),
                plain(f"{each.part}: {each.what}. Remedy: {each.remedy}."),
            )
            for each in found
        ]
    if doubtful := caveats(result):
        lines += ["", "What it rests on, to look at again:"]
        lines += [plain(f"  {words}") for words in caveat_rows(doubtful)]
    return lines


def audits_view(audits: Sequence[Audit]) -> RenderableType:
    """Return the verdicts by document."""
    table = _table(("document", *map(str, Mark)), "Audit: statements by verdict")
    for each in audits:
        counts = each.counts()
        table.add_row(plain(each.statements.document), *(str(counts[mark]) for mark in Mark))
    totals = [sum(each.counts()[mark] for each in audits) for mark in Mark]
    table.add_row(Text("all", "bold"), *(Text(str(count), "bold") for count in totals))
    return table


def audit_view(found: Audit) -> RenderableType:
    """Return every statement of a document with its verdict, and what decides at the end."""
    table = _table(AUDIT_HEAD, found.statements.document)
    for each in found.results:
        name, line, says, claimed, computed, mark, reasons = audit_row(each)
        table.add_row(
            plain(name), line, plain(says), plain(claimed), plain(computed),
            Text(mark, _MARK_COLOURS[each.mark]), plain(reasons),
        )  # fmt: skip
    counts = ", ".join(f"{count} {mark}" for mark, count in found.counts().items())
    lines: list[RenderableType] = [table, "", plain(counts), plain(unfilled(found), "yellow")]
    if decisive := found.decisive():
        lines += ["", Text("Read these first:", "bold")]
        for number, each in enumerate(decisive, 1):
            head, effect, reason = decisive_row(each)
            lines.append(Text.assemble(f"  {number}. ", plain(f"{head} {effect}. {reason}")))
    return Group(*lines)


def catalog_view(rows: Sequence[Row], today: dt.date) -> RenderableType:
    """Return rows of the catalogue as a table; a single one with all that is known of it."""
    if len(rows) == 1:
        return _explained(rows[0], today)
    table = _table(("row", "value", "known on", "confidence", "doubt"), "Catalogue")
    for row in rows:
        doubts = "; ".join(row.doubts(today))
        table.add_row(row.key, str(row), row.date, row.confidence, plain(doubts, "yellow"))
    return Group(table, "", f"{len(rows)} rows. One alone is shown with its source and note.")


def _explained(row: Row, today: dt.date) -> RenderableType:
    low, high = row.low, row.high
    span = (
        "" if low is None or high is None else f" ({show(low, row.unit)} to {show(high, row.unit)})"
    )
    lines = [
        Text.assemble((row.key, "bold"), plain(f" = {row}{span}")),
        plain(f"{row.kind}, known on {row.date}, confidence {row.confidence}: {row.source}"),
        plain(row.note),
        plain("; ".join(row.doubts(today)), "yellow"),
        plain(f"in a system file: {{catalog: {row.key}}}, or plan: {row.plan}", "dim"),
    ]
    return Group(*(line for line in lines if line.plain))


def events_view(
    matrix: Mapping[str, Sequence[EventResult]],
    title: str,
    system: System | None = None,
    *,
    reasons: bool = True,
) -> RenderableType:
    """Return the matrix of events by phase, and perhaps what happens today, event by event."""
    table = Table(
        box=None,
        pad_edge=False,
        header_style="dim",
        title=plain(title, "bold"),
        title_justify="left",
    )
    table.add_column("event")
    table.add_column("document")
    for phase in matrix:
        table.add_column(plain(phase), overflow="fold", max_width=16)
    for results in zip(*matrix.values(), strict=True):
        table.add_row(
            plain(results[0].event.name),
            plain(claimed_verdict(results[0]) or "", "dim"),
            *(Text(result.verdict.name, _SURGE_COLOURS[result.verdict]) for result in results),
        )
    today = next(iter(matrix.values()))
    prices = plain("" if system is None else own_prices(system), "yellow")
    if not reasons:
        return Group(table, prices)
    lines = [
        Text.assemble("  ", plain(r.event.name, "bold"), " — ", plain(reason(r))) for r in today
    ]
    return Group(table, prices, plain(VERDICT_WORDS, "dim"), "", "Today:", *lines)


def phases_view(steps: Sequence[PhaseStep], title: str) -> RenderableType:
    """Return the upgrade ladder, computed beside what the document claims."""
    target = value_at(steps[0].at_target.users)
    head, rows = without_empty(LADDER_HEAD, list(ladder_rows(steps)))
    table = _table(head, title)
    for step, row in zip(steps, rows, strict=True):
        style = "green" if step.capacity.users >= target else "red"
        name, holds, *rest = row
        table.add_row(plain(name), Text(holds, style), *map(plain, rest))
    note = f"Target {show(target, 'user')}; cost at what each phase holds."
    return Group(table, "", note, plain(own_prices(steps[0].system), "yellow"))


def requirements_view(needs: Sequence[Requirement], users: float) -> RenderableType:
    """Return the gap table at a number of users."""
    head, rows = without_empty(NEEDS_HEAD, list(needs_rows(needs)))
    table = _table(head, f"What {show(users, 'user')} need")
    for row in rows:
        table.add_row(*map(plain, row))
    return table


def _table(head: Sequence[str], title: str) -> Table:
    words = {
        "phase",
        "resource",
        "breaks first",
        "then",
        "costs",
        "row",
        "doubt",
        "document",
        "claim",
        "what",
        "claimed",
        "computed",
        "verdict",
        "why",
    }
    table = Table(
        box=None,
        pad_edge=False,
        header_style="dim",
        title=plain(title, "bold"),
        title_justify="left",
    )
    for column in head:
        table.add_column(column, justify="left" if column in words else "right")
    return table


def print_view(view: RenderableType) -> None:
    """Print a view; where the output is no terminal, wide enough that nothing is cut."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=200)
    console.print(view)
