"""What to buy, and when, in sentences: the words that a terminal and a page share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from planning.numbers.units import show
from planning.present.cells import share_used
from planning.questions.changes import Moved
from planning.questions.upgrades.chance import Chances
from planning.questions.upgrades.frontier import Offer, nearest
from planning.questions.upgrades.regret import Regret
from planning.questions.upgrades.schedule import Bill, Schedule, Step, Unheld

OFFER_HEAD = ("per month", "once", "holds", "breaks first then", "bought")
# Limits and inputs that a step names; more are counted.
_MOST_MOVED, _MOST_CHANGED = 4, 8
_MOST_REFUSED = 3
_JUST_ABOVE = 1.01
REFUSED_HEAD = "Not taken, though it holds by its numbers:"


def headline(found: Schedule) -> str:
    """Return what comes of it in one sentence."""
    system, demand = found.choices.system, found.demand
    who = show(float(demand.users.max()), "user")
    room = f" with {show(found.headroom, 'fraction')} of every limit free" if found.headroom else ""
    money = f" for at most {dollars(found.budget)} a month" if np.isfinite(found.budget) else ""
    if found.chances is not None:
        room += f" with a chance of at least {percent(found.chances.wanted)}"
    if found.held:
        last = len(demand.users)
        done = f"{_count(len(found.steps), 'step')} and it holds" if found.steps else "it holds"
        cost = " cost" if found.bill.priced else ":"
        return (
            f"{system.title}: {done} {who}{room}{money}; {last} months{cost} {total_words(found)}"
        )
    first = found.unheld[0]
    none = "no schedule" if found.proven else f"no schedule of the {_looked_at(found)}"
    return (
        f"{system.title}: {none} holds {who} in every month{room}{money}; "
        f"the first that is not held is {month_name(first.date)}, {because(first)}"
    )


def proof(found: Schedule) -> str:
    """Return how sure it is that no schedule is cheaper."""
    if found.choices.count == 1:
        return "There is nothing to choose from: no upgrade, no phase and no plan with other sizes."
    count = f"{found.choices.count:,} sets"
    if found.proven:
        return f"No schedule is cheaper: all {count} were assessed."
    return (
        f"The cheapest of {count} that looked most promising; there were too many to assess all, "
        "so a cheaper one may exist."
    )


def because(each: Unheld) -> str:
    """Return why a month is not held."""
    if each.constraint == "budget":
        return _budget_because(each)
    if each.chance is not None:
        first = f", {each.constraint} is passed most often" if each.constraint else ""
        return f"holds by its numbers, with a chance of {percent(each.chance)}{first}"
    if each.why and each.used <= 1.0:
        return f"holds by its numbers, but {each.why}"
    if np.isinf(each.used):
        return f"{each.constraint} is wanted, and nothing is there that could take it"
    return f"{each.constraint} at {share_used(each.used)} of what may be used"


def _budget_because(each: Unheld) -> str:
    # Rounded it would read as just within it.
    little = each.used < _JUST_ABOVE
    share = "a little more than the budget" if little else f"{share_used(each.used)} of the budget"
    if each.dear_from is None:
        return f"the bill is {share}"
    if each.dear_from == each.date:
        return f"the cheapest that holds costs {share}"
    when = month_name(each.dear_from)
    return f"the cheapest that holds is within the budget at first, and costs {share} in {when}"


def budget_words(found: Schedule) -> str:
    """Return in which months the budget cannot be kept; empty where it is kept in all."""
    if not (over := found.over_budget):
        return ""
    first = over[0]
    bill = bill_words(float(found.monthly[first]), found.bills[first])
    bought = found.choices.changed(found.choices.today, found.places[first])
    what = ", ".join(choice.name for choice in bought) or "the system as it is"
    none = "no schedule" if found.proven else f"no schedule of the {_looked_at(found)}"
    return (
        f"The budget of {dollars(found.budget)} a month is not kept in {len(over)} of "
        f"{len(found.monthly)} months, and {none} keeps it in more: in "
        f"{month_name(found.demand.date(first))} {what} costs {bill}."
    )


def unheld_lines(found: Schedule) -> Iterator[str]:
    """Yield the months that are not held, those in a row with one reason together."""
    for _, run in groupby(found.unheld, key=_reason):
        months = list(run)
        first, last = months[0], months[-1]
        when = month_name(first.date)
        if len(months) > 1:
            when += f" to {month_name(last.date)}"
        yield f"{when}, {show(last.users, 'user')}: {because(last)}"


def _reason(each: Unheld) -> tuple[object, ...]:
    at_once = None if each.dear_from is None else each.dear_from == each.date
    return each.constraint, each.why, at_once


def refused_lines(found: Schedule) -> Iterator[str]:
    """Yield the sets that hold by their numbers and were not taken, and why."""
    for place, why in list(found.refused.items())[:_MOST_REFUSED]:
        bought = ", ".join(each.name for each in found.choices.changed(found.choices.today, place))
        yield f"{bought or 'as it is'}: {why}"
    if (more := len(found.refused) - _MOST_REFUSED) > 0:
        yield f"and {more} more"


def step_title(step: Step) -> str:
    """Return when a step is, and what it buys."""
    bought = ", ".join(choice.name for choice in step.added)
    return f"{step.date:%Y-%m-%d}  {bought}"


def step_lines(step: Step, chance: float | None = None) -> Iterator[str]:
    """Yield what a step costs, changes and moves, and how sure it is, a sentence each."""
    if step.order_by < step.date:
        yield f"decide by {step.order_by:%Y-%m-%d}"
    once = f", {dollars(step.once)} once" if step.once else ""
    unstated = sorted({what for choice in step.added for what in choice.not_stated})
    missing = f" ({_and(unstated)} not stated)" if unstated else ""
    ends = (
        bill_words(step.monthly_before, step.bill_before),
        bill_words(step.monthly, step.bill),
    )
    if step.bill_before.priced or step.bill.priced:
        yield f"{ends[0]} → {ends[1]} a month{once}{missing}"
    else:
        yield f"no cost stated{once}{missing}"
    before, after = step.before.users, step.after.users
    fewer = "; fewer, since it also changes what is promised or asked" if after < before else ""
    yield (
        f"holds {show(before, 'user')} → {show(after, 'user')}{fewer}; "
        f"next to break: {step.after.binding.name}"
    )
    if chance is not None:
        yield f"holds its months with a chance of {percent(chance)} or more"
    if step.trouble:
        yield f"wrong whatever the load: {step.trouble}"
    changed = [words for each in step.changes if (words := changed_words(each))]
    if changed:
        yield f"changes {_listed(changed, _MOST_CHANGED)}"
    moved = [f"{name} {show(then, 'user')} → {show(now, 'user')}" for name, then, now in step.moved]
    if moved:
        yield f"moves {_listed(moved, _MOST_MOVED)}"


def changed_words(each: Moved) -> str:
    """Return an input's change in words; empty for prices, which the cost says."""
    if each.path.startswith("costs."):
        return ""
    name = each.path.removeprefix("parts.").removeprefix("workload.").removeprefix("activities.")
    ends = [
        "none" if one is None else show(float(np.mean(one.value)), one.unit)
        for one in (each.before, each.after)
    ]
    return f"{name} {ends[0]} → {ends[1]}"


def offer_rows(offers: Sequence[Offer]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield what each sum of money a month holds at most."""
    for each in offers:
        yield (
            bill_words(each.monthly, each.bill),
            dollars(each.once) if each.once else "",
            show(each.capacity.users, "user"),
            each.capacity.binding.name,
            ", ".join(choice.name for choice in each.chosen) or "nothing",
        )


def waiting_words(found: Schedule, later: Schedule) -> str:
    """Return what waiting a month costs."""
    more = len(later.unheld) - len(found.unheld)
    unheld = f" and leaves {_count(more, 'more month')} not held" if more > 0 else ""
    if not (found.bill.priced or found.once or later.once):
        rest = unheld.removeprefix(" and ") or "leaves no more months not held"
        return f"Deciding a month later {rest}; no cost is stated."
    saved = later.total - found.total
    money = f"costs {dollars(saved)} more" if saved >= 0 else f"saves {dollars(-saved)}"
    return f"Deciding a month later {money}{unheld}."


def nearest_words(found: Schedule, offers: Sequence[Offer]) -> str:
    """Return what is cheapest of all that holds the last month's users, or comes nearest to it."""
    wanted = float(found.demand.users[-1])
    who = show(wanted, "user")
    best = nearest(tuple(offers), wanted, found.budget)
    if best is not None and best.capacity.users >= wanted:
        return f"The cheapest that holds {who}, without room to spare: {_offered(best)}."
    limited = np.isfinite(found.budget)
    within = f" within {dollars(found.budget)} a month" if limited else " on offer"
    nothing = _nothing(found, within)
    near = f"{nothing} comes near {who}"
    if best is not None:
        first = best.capacity.binding.name
        near = (
            f"{nothing} holds {who}; nearest comes {_offered(best)}: it holds "
            f"{show(best.capacity.users, 'user')}, then {first} breaks"
        )
    if not limited:
        return f"{near}."
    dearer = nearest(tuple(offers), wanted, np.inf)
    if dearer is None or dearer.capacity.users < wanted:
        return f"{near}. {_nothing(found, ' on offer')} does for more money either."
    return (
        f"{near}. The cheapest that holds them at any price, without room to spare: "
        f"{_offered(dearer)}."
    )


def _nothing(found: Schedule, which: str) -> str:
    """Begin a sentence on what nothing does: where sets were left out, of those looked at."""
    return f"Nothing{which}" if found.proven else f"Of the {_looked_at(found)}, nothing{which}"


def _looked_at(found: Schedule) -> str:
    return f"{found.choices.count:,} sets looked at"


def _offered(offer: Offer) -> str:
    """Return what is bought for an offer, and at what price."""
    bought = ", ".join(choice.name for choice in offer.chosen) or "the system as it is"
    bill = bill_words(offer.monthly, offer.bill)
    return f"{bought}, at {bill} a month" if offer.bill.priced else f"{bought}, {bill}"


def more_words(offer: Offer | None, extra: float, found: Schedule) -> str:
    """Return what so much more a month would buy, past the last month's set."""
    if not found.bills[-1].priced:
        return f"What {dollars(extra)} a month more would hold nobody can say: no cost is stated."
    if offer is None:
        return f"{dollars(extra)} a month more would hold nobody more than {_holding(found)}."
    bought = ", ".join(choice.name for choice in offer.chosen)
    return (
        f"{dollars(extra)} a month more would hold {show(offer.capacity.users, 'user')} in place "
        f"of {_holding(found)}: {bought}, at {bill_words(offer.monthly, offer.bill)} a month."
    )


def phases_words(found: Schedule, phases: Schedule) -> str:
    """Return the document's own phases beside the schedule."""
    held = len(phases.monthly) - len(phases.unheld)
    why = f" {_mostly(phases)}." if phases.unheld else ""
    ours = len(found.monthly) - len(found.unheld)
    return (
        f"The file's own phases, each as soon as it is ready: {held} of {len(phases.monthly)} "
        f"months held for {total_words(phases)}; this schedule: {ours} for "
        f"{total_words(found)}.{why}"
    )


def _mostly(found: Schedule) -> str:
    """Return why most of the months that are not held are not."""
    reasons = [_reason(each) for each in found.unheld]
    most = max(dict.fromkeys(reasons), key=reasons.count)
    last = [each for each in found.unheld if _reason(each) == most][-1]
    return f"Of those that are not held, {reasons.count(most)}: {because(last)}"


def not_stated_words(found: Schedule) -> str:
    """Return what of the schedule nobody stated."""
    listed = [f"{what} of {name}" for name, what in found.not_stated]
    listed += [f"price of {name}" for name in found.bill.missing]
    return f"Not stated, so counted as nothing: {_listed(listed, 12)}." if listed else ""


def chance_words(asked: Chances) -> str:
    """Return what a chance is a share of."""
    return (
        f"Chances: the share of {asked.draws:,} draws of what is doubted in which no limit is "
        f"passed, seed {asked.seed}; headroom is asked of the stated numbers."
    )


def regret_words(judged: Regret) -> str:
    """Return the regret of a schedule in sentences."""
    words = (
        f"Regret over {judged.draws} draws of what is doubted, each against its own cheapest "
        f"schedule: it holds as many months in {percent(judged.as_good)} of them; "
        f"{judged.mean_months:.2g} months fewer on average, at most {judged.high_months:.0f} in 9 "
        "of 10."
    )
    if np.isfinite(judged.schedule.budget):
        words += " A month above the budget counts as one that is not held."
    if np.isfinite(judged.mean_cost):
        words += (
            f" Where it holds as many it costs {dollars(judged.mean_cost)} more on average, at "
            f"most {dollars(judged.high_cost)} in 9 of 10."
        )
    were = "was" if judged.compared == 1 else "were"
    return f"{words} {_count(judged.compared, 'schedule')} {were} compared, seed {judged.seed}."


def month_name(date: dt.date) -> str:
    """Return the month of a day."""
    return f"{date:%B %Y}"


def dollars(amount: float) -> str:
    """Print money; cents where there is little of it."""
    return show(round(amount, 2), "USD")


def bill_words(amount: float, bill: Bill) -> str:
    """Print a cost; what nobody stated is no zero, and what leaves items out is the least."""
    if not bill.priced:
        return "no cost stated"
    return f"at least {dollars(amount)}" if bill.missing else dollars(amount)


def total_words(found: Schedule) -> str:
    """Print what all months and steps cost together."""
    if found.bill.priced or not found.once:
        return bill_words(found.total, found.bill)
    return f"{dollars(found.once)} once, no monthly cost stated"


def users_words(users: float) -> str:
    """Print a capacity."""
    return "any number" if np.isinf(users) else show(users, "user")


def percent(share: float) -> str:
    """Print a chance; what is nearly sure is not called sure."""
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return show(round(share, 2), "fraction")


def _holding(found: Schedule) -> str:
    return show(found.last.users, "user")


def _listed(words: Sequence[str], most: int) -> str:
    more = len(words) - most
    return "; ".join(words[:most]) + (f"; and {more} more" if more > 0 else "")


def _and(words: Sequence[str]) -> str:
    return " and ".join(each for each in (", ".join(words[:-1]), words[-1]) if each)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
