"""What to buy, and when, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from planning.present import plan_words as words
from planning.present.json_records import SCHEMA_VERSION, finite
from planning.present.terminal import plain
from planning.questions.upgrades.frontier import Offer, more, nearest
from planning.questions.upgrades.regret import Regret
from planning.questions.upgrades.schedule import Bill, Schedule, Step


def plan_view(
    found: Schedule,
    offers: Sequence[Offer],
    later: Schedule | None,
    phases: Schedule | None,
    extra: float,
) -> RenderableType:
    """
    Return a schedule, ready to print.

    Parameters
    ----------
    found : Schedule
        The cheapest.
    offers : sequence of Offer
        What money buys.
    later : Schedule or None
        The cheapest if nothing is decided for a month; None where that is not told.
    phases : Schedule or None
        The file's own phases.
    extra : float
        What more a month is asked about. [USD/month]
    """
    lines: list[RenderableType] = [plain(words.headline(found), "bold")]
    lines += [plain(f"Demand: {found.demand.words}.", "dim"), ""]
    for step in found.steps:
        lines.append(plain(words.step_title(step), "bold"))
        lines += [plain(f"    {line}") for line in words.step_lines(step, found.chance_of(step))]
    if found.unheld:
        lines += ["", plain("Not held:", "bold red")]
        lines += [plain(f"    {line}") for line in words.unheld_lines(found)]
    if over := words.budget_words(found):
        lines.append(plain(over))
    if refused := list(words.refused_lines(found)):
        lines += ["", plain(words.REFUSED_HEAD)]
        lines += [plain(f"    {line}") for line in refused]
    lines.append("")
    if later is not None:
        lines.append(plain(words.waiting_words(found, later)))
    lines.append(plain(words.nearest_words(found, offers)))
    lines.append(plain(words.more_words(_more(found, offers, extra), extra, found)))
    if phases is not None:
        lines.append(plain(words.phases_words(found, phases)))
    lines.append(plain(words.proof(found), "dim"))
    if missing := words.not_stated_words(found):
        lines.append(plain(missing))
    if found.chances is not None:
        lines.append(plain(words.chance_words(found.chances), "dim"))
    if offers:
        lines += ["", plain("What money a month holds, of all that is on offer:", "bold")]
        lines.append(_table(words.OFFER_HEAD, list(words.offer_rows(offers))))
    return Group(*lines)


def _more(found: Schedule, offers: Sequence[Offer], extra: float) -> Offer | None:
    return more(tuple(offers), found.last.users, float(found.monthly[-1]) + extra)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in head:
        table.add_column(name, overflow="fold", justify="left" if " " not in name else "right")
    for row in rows:
        table.add_row(*map(plain, row))
    return table


def plan_record(
    found: Schedule,
    offers: Sequence[Offer],
    later: Schedule | None,
    phases: Schedule | None,
    name: str,
) -> dict[str, Any]:
    """
    Return a schedule as JSON-ready data; as for :func:`plan_view`.

    A cost is null where none is stated, and the least it can be where `costs_not_stated` names any.
    """
    today = found.choices.today
    near = nearest(tuple(offers), float(found.demand.users[-1]), found.budget)
    return {
        "schema_version": SCHEMA_VERSION,
        "system": name,
        "headline": words.headline(found),
        "held": found.held,
        "proven": found.proven,
        "sets": found.choices.count,
        "headroom": found.headroom,
        "budget": finite(found.budget),
        "demand": found.demand.words,
        "total": _stated(found.total, found.bill),
        "once": found.once,
        "costs_not_stated": list(found.bill.missing),
        "over_budget": [found.demand.date(month).isoformat() for month in found.over_budget],
        "chance": None
        if found.chances is None
        else {
            "wanted": found.chances.wanted,
            "draws": found.chances.draws,
            "seed": found.chances.seed,
        },
        "steps": [_step(each) | {"chance": found.chance_of(each)} for each in found.steps],
        "months": [
            {
                "date": found.demand.date(month).isoformat(),
                "users": float(users),
                "monthly": _stated(float(found.monthly[month]), found.bills[month]),
                "chance": None if found.chance is None else float(found.chance[month]),
            }
            for month, users in enumerate(found.demand.users)
        ],
        "not_held": [
            {
                "date": each.date.isoformat(),
                "users": each.users,
                "constraint": each.constraint,
                "used": finite(each.used),
                "chance": each.chance,
                "why": each.why,
                "dear_from": None if each.dear_from is None else each.dear_from.isoformat(),
            }
            for each in found.unheld
        ],
        "refused": [
            {
                "choices": [each.name for each in found.choices.changed(today, place)],
                "why": why,
            }
            for place, why in found.refused.items()
        ],
        "not_stated": [{"choice": choice, "what": what} for choice, what in found.not_stated],
        "waiting_a_month": None
        if later is None
        else {"total": _stated(later.total, later.bill), "months_not_held": len(later.unheld)},
        "phases_as_written": None
        if phases is None
        else {"total": _stated(phases.total, phases.bill), "months_not_held": len(phases.unheld)},
        "nearest": None if near is None else [choice.name for choice in near.chosen],
        "offers": [
            {
                "monthly": _stated(each.monthly, each.bill),
                "once": each.once,
                "holds": finite(each.capacity.users),
                "breaks_first": each.capacity.binding.id,
                "choices": [choice.name for choice in each.chosen],
            }
            for each in offers
        ],
    }


def regret_record(judged: Regret | None) -> dict[str, Any]:
    """Return the regret of a schedule as JSON-ready data; nothing where it was not asked."""
    if judged is None:
        return {"regret": None}
    return {
        "regret": {
            "draws": judged.draws,
            "seed": judged.seed,
            "compared": judged.compared,
            "as_good": judged.as_good,
            "months_mean": judged.mean_months,
            "months_p90": judged.high_months,
            "cost_mean": None if np.isnan(judged.mean_cost) else judged.mean_cost,
            "cost_p90": None if np.isnan(judged.high_cost) else judged.high_cost,
        }
    }


def _stated(amount: float, bill: Bill) -> float | None:
    """Return a cost; null where none is stated: that is no zero."""
    return amount if bill.priced else None


def _step(step: Step) -> dict[str, Any]:
    return {
        "date": step.date.isoformat(),
        "decide_by": step.order_by.isoformat(),
        "choices": [choice.name for choice in step.added],
        "once": step.once,
        "monthly_before": _stated(step.monthly_before, step.bill_before),
        "monthly": _stated(step.monthly, step.bill),
        "holds_before": finite(step.before.users),
        "holds": finite(step.after.users),
        "breaks_first": step.after.binding.id,
        "finding": step.trouble,
        "changes": [text for each in step.changes if (text := words.changed_words(each))],
        "moves": [
            {"constraint": constraint, "before": finite(then), "after": finite(now)}
            for constraint, then, now in step.moved
        ],
    }
