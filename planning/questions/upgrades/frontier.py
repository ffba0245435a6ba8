"""
What more money would buy: of all sets, those that no other holds more for less.

Each offer is a set that was built and assessed; sets with a severe finding are none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.questions.assess import Verdict, assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.upgrades.choices import Choice, Progress, Set, unheard
from planning.questions.upgrades.levels import last_held, levels_to
from planning.questions.upgrades.schedule import Bill, Schedule

# Offers people look at; where there are more, the last is the one that holds most.
_MOST = 24


@dataclass(frozen=True, eq=False)
class Offer:
    """
    A set, with what it holds and costs.

    Attributes
    ----------
    place : tuple of int
        The set.
    chosen : tuple of Choice
        What is bought for it, from today.
    capacity : Capacity
        What it holds, and what breaks first then.
    monthly : float
        Cost with the users it holds, at most those that are wanted. [USD/month]
    once : float
        What is paid once, from today. [USD]
    bill : Bill
        What of the monthly cost somebody stated.
    """

    place: Set
    chosen: tuple[Choice, ...]
    capacity: Capacity
    monthly: float
    once: float
    bill: Bill


def frontier(
    found: Schedule, users: float | None = None, progress: Progress = unheard
) -> tuple[Offer, ...]:
    """
    Return the offers that are best for their money, the cheapest first.

    Parameters
    ----------
    found : Schedule
        Its sets are those on offer.
    users : float, optional
        Users wanted: what is held beyond them is worth nothing more; those of the last month by
        default. [user]
    progress : callable
        Told how many offers are found.
    """
    wanted = float(found.demand.users[-1]) if users is None else users
    levels = np.unique(np.append(levels_to(wanted), wanted))
    answers = found.grid.ask(levels)
    holds = last_held(answers.used, levels)
    monthly = np.take_along_axis(
        answers.monthly, np.searchsorted(levels, holds)[None].clip(max=len(levels) - 1), axis=0
    )[0]
    offers: list[Offer] = []
    choices = found.choices
    best, possible = -1.0, np.isfinite(monthly)
    most = min(wanted, float(holds[possible].max(initial=0.0)))
    for flat in np.lexsort((-holds.ravel(), monthly.ravel())):
        place = tuple(int(at) for at in np.unravel_index(flat, holds.shape))
        if not possible[place] or holds[place] <= best:
            continue
        if len(offers) == _MOST - 1 and holds[place] < most:
            continue
        system = choices.system_of(place)
        verdict = assess(system, max(float(holds[place]), 1.0)).verdict
        if verdict in (Verdict.FLAWED, Verdict.UNKNOWN):
            continue
        best = float(holds[place])
        held = capacity(system)
        billed = assess(system, min(held.users, wanted))
        cost = float(np.asarray(billed.monthly_cost.value))
        moves = zip(choices.axes, choices.today, place, strict=True)
        once = sum(float(axis.moves[a, b]) for axis, a, b in moves if not axis.sizes_of)
        bill = Bill(bool(billed.monthly), billed.not_stated)
        offers.append(Offer(place, choices.changed(choices.today, place), held, cost, once, bill))
        progress(f"what money holds: {len(offers)} offers of {choices.count:,} sets")
        if len(offers) == _MOST or best >= wanted:
            break
    return _cheapest_first(offers)


def nearest(offers: tuple[Offer, ...], users: float, budget: float) -> Offer | None:
    """
    Return the cheapest offer that holds so many users for so much a month.

    Where none does, the one within the budget that holds most; None where none is within it.

    Parameters
    ----------
    offers : tuple of Offer
        As :func:`frontier` returns them: the cheapest first, each holding more than those before.
    users : float
        Users wanted. [user]
    budget : float
        Most it may cost. [USD/month]
    """
    paid = [each for each in offers if each.monthly <= budget]
    enough = (each for each in paid if each.capacity.users >= users)
    return next(enough, paid[-1] if paid else None)


def more(offers: tuple[Offer, ...], now: float, budget: float) -> Offer | None:
    """
    Return the offer that holds most for so much a month, if it holds more than `now`.

    Parameters
    ----------
    offers : tuple of Offer
        As :func:`frontier` returns them.
    now : float
        Users held already. [user]
    budget : float
        Most it may cost. [USD/month]
    """
    paid = [each for each in offers if each.monthly <= budget and each.capacity.users > now]
    return max(paid, key=lambda each: each.capacity.users, default=None)


def _cheapest_first(offers: list[Offer]) -> tuple[Offer, ...]:
    """Return offers by cost, without those that hold no more than a cheaper one after all."""
    kept: list[Offer] = []
    for each in sorted(offers, key=lambda offer: (offer.monthly, -offer.capacity.users)):
        if not kept or each.capacity.users > kept[-1].capacity.users:
            kept.append(each)
    return tuple(kept)
