"""
When it runs out, in words and as rows: the terminal, the page, the calendar and JSON say the same.

A day without a date is never given one: what is past already, what does not pass within the
horizon, and what is not known each have their own words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from planning.numbers.units import DAY, show
from planning.present.cells import share_used
from planning.questions.growth.lasting import LimitRunway, PhaseRunway, Runway
from planning.questions.growth.outlook import Outlook

LIMIT_HEAD = ("limit", "used now", "P50 passes", "P90 passes", "moved by", "order by")
PHASE_HEAD = ("phase", "holds", "P50 passes", "P90 passes", "runs out first")
TEST_HEAD = ("back-test", "value", "wanted")

PAST, UNKNOWN, NONE = "past already", "not known", "none"


def span(days: float) -> str:
    """Print a number of days."""
    return show(float(days) * DAY, "s")


def when(found: Runway, day: float) -> str:
    """
    Print a day on which demand passes: a date where there is one, days where nobody said when.

    Parameters
    ----------
    found : Runway
        Says when it starts and how far it looks.
    day : float
        0 for already, infinite for not within the horizon, NaN for not known. [day]
    """
    if np.isnan(day):
        return UNKNOWN
    if np.isinf(day):
        return f"not within {span(found.horizon)}"
    if day <= 0:
        return PAST
    date = found.date(day)
    return f"in {span(day)}" if date is None else date.isoformat()


def order_words(found: Runway, each: LimitRunway) -> str:
    """Return by when to begin the phase that moves a limit, or why there is no such day."""
    if each.p90 == np.inf:
        return "no need"
    if np.isnan(each.p90):
        return UNKNOWN
    if each.phase is None:
        return "no phase moves it"
    if np.isnan(each.lead_time):
        return "no lead time stated"
    if each.order_by < 0:  # since when it is past already is not known
        least = "at least " if each.p90 == 0 else ""
        return f"{least}{span(-each.order_by)} ago"
    date = found.date(each.order_by)
    return f"in {span(each.order_by)}" if date is None else date.isoformat()


def headline(found: Runway) -> str:
    """Return what runs out first, when, and by when to act, as one sentence."""
    first = found.first
    if first.p90 == np.inf:
        lost = [each for each in found.severe if each.vanished]
        if lost:
            return f"When it runs out is not known: {lost[0].part}: {lost[0].what}."
        return f"Nothing runs out within {span(found.horizon)}."
    name = first.constraint.name
    if np.isnan(first.p90):
        return f"When {name} runs out is not known: a formula refuses its numbers."
    if first.p90 == 0:
        others = len(found.past) - 1
        more = f", and {others} other limits" if others else ""
        said = f"{name} is past what may be used already{more}"
    elif first.p50 == first.p90:
        said = f"{name} runs out first: {when(found, first.p90)}"
    else:
        said = (
            f"{name} runs out first: {when(found, first.p90)} if growth is high (P90), "
            f"{when(found, first.p50)} as expected (P50)"
        )
    return f"{said}; {_act(found, first)}."


def _act(found: Runway, first: LimitRunway) -> str:
    words = order_words(found, first)
    if first.phase is None or np.isnan(first.lead_time):
        return words
    name = first.phase.name
    if first.order_by < 0:
        return f"{name} takes {span(first.lead_time)}, so it should have begun {words}"
    return f"order {name} by {words}" if found.start else f"order {name} {words}"


def basis_words(found: Runway) -> str:
    """Return what the demand rests on, and what may be used."""
    since = "" if found.start is None else f" from {found.start}"
    users = found.demand.at(0.5)[0]
    one = "" if found.demand.courses.shape[0] > 1 else " Nothing of it has a range: P90 is P50."
    return (
        f"{show(users, 'user')}{since}; {'; '.join(found.demand.basis)}. May be used: "
        f"{show(1 - found.headroom, 'fraction')} of each limit.{one}"
    )


def notes(found: Runway) -> Iterator[str]:
    """Yield what a reader has to know beside the table."""
    for each in found.severe:
        yield f"Wrong whatever the load: {each.part}: {each.what}. Remedy: {each.remedy}."
    if found.outlook is not None:
        yield outlook_words(found.outlook)
        yield from (f"History: {each.words}." for each in found.outlook.history.oddities)
    if found.unfilled:
        yield (
            f"Counted from no rows on the first day, since `there` is not stated: "
            f"{', '.join(found.unfilled)}."
        )
    later = [each for each in found.technical if each.before and np.isfinite(each.order_by)]
    if later:
        name = later[0].phase.name if later[0].phase else ""
        yield f"Order-by days count a phase's own lead time; {name} comes on top of earlier ones."
    if found.drawn is not None:
        yield drawn_words(found)


def drawn_words(found: Runway) -> str:
    """Return the spread over draws of the system's own ranges."""
    assert found.drawn is not None
    early, middle, late = found.drawn.day_at([0.1, 0.5, 0.9])
    first = next(iter(found.drawn.shares().items()), None)
    names = {each.constraint.id: each.constraint.name for each in found.limits}
    share = "" if first is None else (
        f"; {names[first[0]]} runs out first in {show(round(first[1], 2), 'fraction')}"
    )  # fmt: skip
    refused = f"; {found.drawn.refused} draws make no system" if found.drawn.refused else ""
    return (
        f"With the system's own ranges, of {found.drawn.days.shape[1]:,} draws one in ten has run "
        f"out: {when(found, early)}; half: {when(found, middle)}; nine in ten: "
        f"{when(found, late)}{share}{refused}."
    )


def outlook_words(known: Outlook) -> str:
    """Return whether a history forecasts, and by what it was judged."""
    test = known.test
    if not test.windows:
        return f"{known.history.column}: the history does not forecast: {test.reason}."
    figures = (
        f"error {test.error:.2f} against {test.naive_error:.2f} of last week again (MASE), in "
        f"{len(test.windows)} windows of {test.horizon} days"
    )
    if test.judged:
        figures += (
            f"; 80 and 95 % intervals held {test.covered(0.8):.1%} and {test.covered(0.95):.1%} of "
            f"the days, {test.peak_covered(0.8):.1%} and {test.peak_covered(0.95):.1%} of the peaks"
        )
    if known.forecasts:
        return f"{known.history.column} forecasts: {figures}."
    return f"{known.history.column}: the history does not forecast: {test.reason} ({figures})."


def limit_rows(found: Runway) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`LIMIT_HEAD` per limit, what runs out first on top."""
    for each in found.limits:
        yield (
            each.constraint.name,
            share_used(each.used),
            when(found, each.p50),
            when(found, each.p90),
            NONE if each.phase is None else each.phase.name,
            order_words(found, each),
        )


def phase_rows(found: Runway) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`PHASE_HEAD` per phase, as if it were there from the first day."""
    for each in found.phases:
        yield (each.name, holds(each), when(found, each.p50), when(found, each.p90), _first(each))


def _first(each: PhaseRunway) -> str:
    return NONE if each.first is None else each.first.name


def holds(each: PhaseRunway) -> str:
    """Print the users that a phase holds with its limits used whole."""
    users = each.capacity.users
    return "any number of users" if np.isinf(users) else show(users, "user")


def iso(date: dt.date | None) -> str | None:
    """Return a date as text for programs."""
    return None if date is None else date.isoformat()
