"""A schedule of upgrades, for a page."""

from __future__ import annotations

from html import escape

from planning.present import plan_words as words
from planning.present.html import table_html
from planning.present.state import State
from planning.questions.upgrades.frontier import frontier
from planning.questions.upgrades.plan import as_phases, waited
from planning.questions.upgrades.schedule import Schedule

STEP_HEAD = ("in effect", "decide by", "bought", "per month", "once", "holds", "breaks first then")


def what_to_buy_html(state: State) -> str:
    """
    Return the schedule for a report.

    Of the file's own upgrades; ``planning plan`` looks at every size of a plan as well.
    """
    if not state.base.upgrades and not state.base.phases:
        return (
            "<p>What to buy is not known: the file offers nothing. Give <code>phases</code> or "
            "<code>upgrades</code>; <code>planning plan</code> tries the sizes of its plans.</p>"
        )
    found = state.schedule
    return headline_html(found) + details_html(found)


def headline_html(found: Schedule) -> str:
    """Return what comes of it, and where the demand comes from."""
    tone = "ok" if found.held else "bad"
    return (
        f'<div class="plan-verdict plan-{tone}" role="status" aria-live="polite">'
        f"<strong>{escape(words.headline(found))}</strong>"
        f"<span>{escape(found.demand.words)}.</span></div>"
    )


def details_html(found: Schedule) -> str:
    """Return the steps and why, months not held, offers, waiting, and the document's phases."""
    parts = [table_html("What to buy, and when", STEP_HEAD, [_row(found, n) for n in
                        range(len(found.steps))])]  # fmt: skip
    for step in found.steps:
        lines = "".join(f"<li>{escape(line)}</li>" for line in words.step_lines(step))
        parts.append(
            f"<details><summary>Why {escape(words.step_title(step))}</summary><ul>{lines}</ul>"
            "</details>"
        )
    if found.unheld:
        lines = "".join(f"<li>{escape(line)}</li>" for line in words.unheld_lines(found))
        parts.append(f"<p>Not held:</p><ul>{lines}</ul>")
    if over := words.budget_words(found):
        parts.append(f"<p>{escape(over)}</p>")
    if found.refused:
        lines = "".join(f"<li>{escape(line)}</li>" for line in words.refused_lines(found))
        parts.append(f"<p>{words.REFUSED_HEAD}</p><ul>{lines}</ul>")
    offered = frontier(found)
    said = [words.waiting_words(found, waited(found)), words.nearest_words(found, offered)]
    phases = as_phases(found)
    if phases is not None:
        said.append(words.phases_words(found, phases))
    said.append(words.not_stated_words(found))
    parts += [f"<p>{escape(line)}</p>" for line in said if line]
    offers = table_html("What money a month holds", words.OFFER_HEAD,
                        words.offer_rows(offered))  # fmt: skip
    return "".join([*parts, offers])


def _row(found: Schedule, number: int) -> tuple[str, ...]:
    step = found.steps[number]
    return (
        step.date.isoformat(),
        step.order_by.isoformat(),
        ", ".join(choice.name for choice in step.added),
        words.bill_words(step.monthly, step.bill),
        words.dollars(step.once) if step.once else "",
        words.users_words(step.after.users),
        step.after.binding.name,
    )
