"""Two systems side by side: in words, as tables, and for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from planning.flow.finding import Finding
from planning.numbers.estimate import Estimate
from planning.numbers.units import show
from planning.present.cells import held_users, monthly
from planning.present.documents import documented
from planning.present.json_records import (
    SCHEMA_VERSION,
    estimate_record,
    findings_record,
    finite,
)
from planning.present.terminal import plain
from planning.questions.compare import Comparison, Shift, Side
from planning.system.inputs import Input

CHANGE_HEAD = ("changed", "before", "after", "who says so")
SHIFT_HEAD = ("limit", "held before", "holds after")


def headline(found: Comparison) -> str:
    """Return what the change did in one sentence."""
    before, after = found.before, found.after
    title = after.system.title
    if before.system.title != title:
        title = f"{before.system.title} and {title}"
    verdicts = _both(str(before.result.verdict), str(after.result.verdict), "as before")
    return (
        f"{title}, {before.label} → {after.label}, at {show(found.users, 'user')}: {verdicts}; "
        f"capacity {_both(_capacity(before), _capacity(after), 'as before')}"
    )


def did_lines(found: Comparison) -> Iterator[str]:
    """Yield what breaks first and what it costs, before and after, a sentence each."""
    before, after = found.before, found.after
    first, then = breaks_first(before), breaks_first(after)
    yield f"Breaks first: {_both(first, then, 'as before')}."
    yield f"Cost: {_both(monthly(before.result), monthly(after.result), 'as before')}."
    if found.same:
        yield "Nothing that counts differs."


def breaks_first(side: Side) -> str:
    """Return what is full first as users grow; not known where not all wanted has a limit."""
    if unknown(side):
        return "not known"
    return "nothing" if math.isinf(side.edge.users) else side.edge.binding.name


def unknown(side: Side) -> bool:
    """Whether nobody can say how many a side holds: no limit is reached, and not all has one."""
    return held_users(side.result, side.edge.users) == "not known"


def change_rows(found: Comparison) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row of :data:`CHANGE_HEAD` per input and wording that differs."""
    for words in found.reworded:
        yield words.path, words.before or "none", words.after or "none", ""
    for each in found.moved:
        side = found.before if each.after is None else found.after
        source = each.after or each.before
        assert source is not None  # one of the two is there, or it would not differ
        doubted = (
            each.before is not None
            and each.after is not None
            and bool(np.array_equal(each.before.value, each.after.value))
        )
        then, now = (_input(one, whole=doubted) for one in (each.before, each.after))
        yield each.path, then, now, _source(source.estimate, side.system.document)


def shift_rows(found: Comparison) -> Iterator[tuple[str, str, str]]:
    """Yield a row of :data:`SHIFT_HEAD` per limit that holds another number of users."""
    for each in found.shifts:
        if each.before != each.after:
            yield each.name, _held(each.before), _held(each.after)


def finding_lines(found: Comparison) -> Iterator[str]:
    """Yield the findings that came, then those that went."""
    yield from (f"new: {_finding(each)}" for each in found.came)
    yield from (f"gone: {_finding(each)}" for each in found.went)


def compare_view(found: Comparison) -> RenderableType:
    """Return a comparison, ready to print."""
    lines: list[RenderableType] = [plain(headline(found), "bold")]
    lines += [plain(line) for line in did_lines(found)]
    if changed := list(change_rows(found)):
        lines += ["", _table(CHANGE_HEAD, changed)]
    if shifted := list(shift_rows(found)):
        lines += ["", _table(SHIFT_HEAD, shifted)]
    same = sum(each.before == each.after for each in found.shifts)
    if same and shifted:
        lines.append(plain(f"{same} more limits hold as many as before.", "dim"))
    if findings := list(finding_lines(found)):
        lines += ["", plain("Wrong whatever the load:")]
        lines += [plain(f"  {line}") for line in findings]
    return Group(*lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(plain, row))
    return table


def compare_record(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON-ready data; null for no limit, and for what is not there."""
    return {
        "schema_version": SCHEMA_VERSION,
        "headline": headline(found),
        "users": found.users,
        "before": _side(found.before),
        "after": _side(found.after),
        "same": found.same,
        "inputs": [
            {
                "path": each.path,
                "before": None if each.before is None else estimate_record(each.before.estimate),
                "after": None if each.after is None else estimate_record(each.after.estimate),
            }
            for each in found.moved
        ],
        "words": [
            {"path": each.path, "before": each.before or None, "after": each.after or None}
            for each in found.reworded
        ],
        "constraints": [_shift(each) for each in found.shifts],
        "findings_came": findings_record(found.came),
        "findings_went": findings_record(found.went),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "title": side.system.title,
        "verdict": str(side.result.verdict),
        "binding": side.result.binding.name,
        "capacity_users": finite(side.edge.users),
        "breaks_first": side.edge.binding.name,
        "monthly_cost_usd": None if math.isnan(side.monthly) else finite(side.monthly),
        "costs_not_stated": list(side.result.not_stated),
        "within_budget": None if side.result.budget is None else side.result.within_budget,
    }


def _shift(each: Shift) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "there": {"before": each.before is not None, "after": each.after is not None},
        "capacity_users": {
            "before": None if each.before is None else finite(each.before),
            "after": None if each.after is None else finite(each.after),
        },
    }


def _both(before: str, after: str, same: str) -> str:
    return f"{after}, {same}" if before == after else f"{before} → {after}"


def _capacity(side: Side) -> str:
    return held_users(side.result, side.edge.users, "without limit")


def _users(users: float) -> str:
    return "without limit" if math.isinf(users) else show(users, "user")


def _held(users: float | None) -> str:
    return "not there" if users is None else _users(users)


def _input(each: Input | None, *, whole: bool) -> str:
    """Print an input, `whole` with its range where that is what differs."""
    if each is None:
        return "none"
    estimate = each.estimate
    value = show(float(np.mean(each.value)), each.unit)
    if not whole or estimate.low is None or estimate.high is None:
        return value
    ends = f"{show(estimate.low, each.unit)} to {show(estimate.high, each.unit)}"
    return f"{value} ({ends}, {show(estimate.confidence, 'fraction')} sure)"


def _source(estimate: Estimate, document: str) -> str:
    source = estimate.source
    return documented(source if len(source) <= 60 else f"{source[:59]}…", document)


def _finding(each: Finding) -> str:
    return f"{each.severity.name.lower()}: {each.part}: {each.what}"
