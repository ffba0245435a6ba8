"""
Results in words and tables, as HTML.

Every name and source comes from a file that anyone may have written, so everything
that is not ours is escaped here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from planning.flow.finding import Finding
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cells import (
    LADDER_HEAD,
    NEEDS_HEAD,
    VERDICT_TONES,
    VERDICT_WORDS,
    backlog,
    budget_words,
    headline_findings,
    ladder_rows,
    monthly,
    needs_rows,
    own_prices,
    share_used,
    shown,
    shown_load,
    traffic_titles,
    verdict_sentence,
    without_empty,
)
from planning.present.documents import documented, documented_line
from planning.present.json_records import claimed_verdict
from planning.present.ranges import in_use
from planning.present.state import State
from planning.questions.assess import Assessment
from planning.questions.caveats import caveats
from planning.questions.findings import Severity
from planning.questions.reasons import reason
from planning.questions.remedies import remedy
from planning.questions.surges import SurgeVerdict

_SURGE_TONE = {
    SurgeVerdict.STABLE: "ok",
    SurgeVerdict.LAG: "warn",
    SurgeVerdict.DEGRADED: "warn",
    SurgeVerdict.BLOCK: "warn",
    SurgeVerdict.FAIL: "bad",
    SurgeVerdict.CRASH: "bad",
    SurgeVerdict.UNKNOWN: "bad",
}


_SEVERITY_TONE = {
    Severity.LOW: "ok",
    Severity.MEDIUM: "warn",
    Severity.HIGH: "bad",
    Severity.CRITICAL: "bad",
}


def verdict_html(state: State) -> str:
    """Return the verdict at the users asked about: the first thing a reader looks for."""
    result, edge = state.result, state.edge
    users = show(state.users, "user")
    binding = result.binding
    used = share_used(float(binding.utilisation))
    state_of_it = f"is at {used} of its limit"
    if value_at(binding.limit) == 0:
        state_of_it = "has nothing to carry it"
    first = ""
    if edge.binding.name != binding.name:
        first = f" Already at {show(edge.users, 'user')}, {edge.binding.name} is full."
        if edge.users >= state.users:
            first = f" Growing, {edge.binding.name} is full first."
    return (
        f'<div class="plan-verdict plan-{VERDICT_TONES[result.verdict]}" role="status" '
        f'aria-live="polite"><strong>{escape(verdict_sentence(result))}</strong>'
        f"<span>{escape(binding.name)} {state_of_it}: "
        f"{escape(shown_load(binding.load))} of {escape(shown(binding.limit))}."
        f"{escape(backlog(binding))}{escape(first)} {escape(own_prices(state.system))}"
        f"{escape(_severe(result))} {escape(budget_words(result))}</span></div>"
        + tiles(
            ("Holds up to", show(edge.users, "user")),
            ("Breaks first", edge.binding.name),
            ("Past it", str(edge.binding.past_limit)),
            (f"Cost at {users}", monthly(result)),
        )
    )


def _severe(result: Assessment) -> str:
    """Return the findings that are part of the verdict, as sentences."""
    return "".join(f" {words}." for words in headline_findings(result)[:3])


def tiles(*facts: tuple[str, str]) -> str:
    """Return facts as labelled tiles."""
    inside = "".join(
        f"<div><span>{escape(label)}</span><strong>{escape(value)}</strong></div>"
        for label, value in facts
    )
    return f'<div class="plan-facts">{inside}</div>'


def traffic_html(state: State) -> str:
    """Return what is worth showing, limit or not: requests, connections, gigabytes, hit ratios."""
    facts = [(title, shown(node)) for title, node in traffic_titles(state.result)]
    return tiles(*((title[:1].upper() + title[1:], value) for title, value in facts))


def missing_html(name: str, there: Sequence[str]) -> str:
    """Return what to show where the address asks for a system that is not here."""
    links = ", ".join(f'<a href="?system={escape(each)}">{escape(each)}</a>' for each in there)
    return (
        '<div class="plan-verdict plan-bad" role="alert">'
        f"<strong>There is no system {escape(repr(name[:60]))} here</strong>"
        f"<span>These are: {links}. A file of your own is served by `planning serve FILE`.</span>"
        "</div>"
    )


def dropped_html(state: State) -> str:
    """Return which inputs set by hand the chosen phase sets itself; nothing where none are."""
    if not state.dropped:
        return ""
    names = ", ".join(escape(path) for path in state.dropped)
    return (
        '<p class="plan-legend" role="status">Set by hand before, and set by '
        f"{escape(state.phase_name)} itself, or not in it: {names}.</p>"
    )


def trouble_html(error: Exception) -> str:
    """Return what to show where numbers cannot be computed: they would be the old ones."""
    return (
        '<div class="plan-verdict plan-bad" role="alert"><strong>This cannot be computed</strong>'
        f"<span>{escape(str(error)[:500])} The numbers below are those from before.</span></div>"
    )


def why_html(state: State) -> str:
    """Return what breaks first, its remedy, and the whole derivation to fold out."""
    result, edge = state.result, state.edge
    binding = next(item for item in result.constraints if item.name == edge.binding.name)
    document = state.system.document
    lines = "\n".join(escape(documented_line(line, document)) for line in result.explain(binding))
    return (
        f'<div class="plan-why"><p>Why {escape(binding.name)}: {escape(result.why(binding))}.</p>'
        f"<p>To move this limit: {escape(remedy(binding))}.</p>"
        "<details><summary>Where every number comes from</summary>"
        f'<pre tabindex="0">{lines}</pre></details></div>'
    )


def requirements_html(state: State) -> str:
    """Return what the users asked about need, beside what there is and what the document says."""
    caption = f"What {show(state.users, 'user')} need, {state.phase_name}"
    return table_html(caption, NEEDS_HEAD, needs_rows(state.needs))


def phases_html(state: State) -> str:
    """Return the upgrade ladder: computed beside claimed, and what happens to each cost."""
    caption = f"What each phase buys, towards {show(state.users, 'user')}"
    return table_html(caption, LADDER_HEAD, ladder_rows(state.steps))


def events_html(state: State) -> str:
    """Return the events by phase as a matrix of verdicts, with today's reasons."""
    phases = list(state.events)
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in ("event", "document", *phases))
    rows = []
    for results in zip(*state.events.values(), strict=True):
        cells = "".join(
            f'<td><span class="plan-chip plan-{_SURGE_TONE[result.verdict]}" '
            f'title="{escape(reason(result))}">{result.verdict.name}</span></td>'
            for result in results
        )
        claim = escape(claimed_verdict(results[0]) or "–")
        why = f"<small>{escape(reason(results[0]))}</small>"
        rows.append(
            f"<tr><th scope=row>{escape(results[0].event.name)}{why}</th>"
            f"<td>{claim}</td>{cells}</tr>"
        )
    caption = "If it happens at once: verdict today and after each phase"
    matrix = _scrolled(caption, f"<tr>{head}</tr>", "".join(rows))
    return f'{matrix}<p class="plan-legend">{escape(VERDICT_WORDS)}</p>'


def findings_html(state: State) -> str:
    """Return what is wrong whatever the load, the worst first; nothing where nothing is."""
    return findings_table("Wrong whatever the load", state.result.findings)


def findings_table(caption: str, found: Sequence[Finding]) -> str:
    """Return findings as a table below its caption; nothing where there are none."""
    if not found:
        return ""
    rows = "".join(
        f'<tr><td><span class="plan-chip plan-{_SEVERITY_TONE[each.severity]}">'
        f"{each.severity.name.lower()}</span></td><th scope=row>{escape(each.part)}</th>"
        f"<td>{escape(each.what)}</td><td>{escape(each.remedy)}</td></tr>"
        for each in found
    )
    return _scrolled(
        caption,
        "<tr><th scope=col>severity</th><th scope=col>where</th><th scope=col>what</th>"
        "<th scope=col>remedy</th></tr>",
        rows,
    )


def caveats_html(state: State) -> str:
    """Return what the numbers rest on that is old, doubtful or the user's own."""
    rows = (
        (each.row.key, str(each.row), each.reason, ", ".join(each.used_by))
        for each in caveats(state.result)
    )
    head = ("row of the catalogue", "value", "why to look again", "used by")
    return table_html("To look at again, in the catalogue", head, rows)


def _scrolled(caption: str, head: str, rows: str) -> str:
    """Return a table of cells that are escaped already, in a region that scrolls by itself."""
    return (
        f'<div class="plan-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    )


def inputs_html(state: State) -> str:
    """Return every stated input with its range, kind and source."""
    return table_html(
        "Every input, its range and its source",
        ("input", "value", "range", "kind", "source"),
        (
            (
                path,
                show(value_at(estimate), estimate.unit),
                ""
                if estimate.low is None or estimate.high is None
                else f"{show(estimate.low, estimate.unit)} to {show(estimate.high, estimate.unit)}",
                str(estimate.kind),
                documented(estimate.source, state.system.document),
            )
            for path, (estimate, _) in state.system.inputs.items()
            if in_use(estimate)
        ),
    )


def table_html(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are escaped; the first column heads its row."""
    head, rows = without_empty(head, list(rows))
    if not rows:
        return ""
    top = "".join(f"<th scope=col>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr><th scope=row>{escape(row[0])}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return _scrolled(caption, f"<tr>{top}</tr>", body)
