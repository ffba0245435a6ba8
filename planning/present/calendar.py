"""
Order-by days and the days on which limits pass, as a calendar file.

iCalendar (RFC 5545), which every calendar program reads. The same runway gives the same file: ids
and stamps come from what it says, not from the clock, so that a newer file replaces an older one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from planning.present import runway as words
from planning.questions.growth.lasting import LimitRunway, Runway

if TYPE_CHECKING:
    from icalendar import Event


def calendar_text(found: Runway) -> str:
    """
    Return a calendar with an all-day entry per limit that passes and per phase to order.

    Raises
    ------
    ValueError
        If nobody said when the runway starts: there are no dates then.
    """
    from icalendar import Calendar  # few want one

    if found.start is None:
        raise ValueError("a calendar needs dates: give --start, the day of today's users.")
    calendar = Calendar()
    calendar.add("prodid", "-//planning//runway//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{found.system.title}: runway")
    for each in found.technical:
        for entry in _entries(found, each):
            calendar.add_component(entry)
    return str(calendar.to_ical().decode("utf-8"))


def _entries(found: Runway, each: LimitRunway) -> Iterator[Event]:
    """Yield what a limit puts into the calendar; nothing where it has no date."""
    if not np.isfinite(each.p90) or found.start is None:
        return
    name = each.constraint.name
    told = (
        f"{name}: P90 demand passes what may be used {words.when(found, each.p90)}, P50 demand "
        f"{words.when(found, each.p50)}. {words.basis_words(found)}"
    )
    passes = found.date(max(each.p90, 0.0)) or found.start
    summary = f"{found.system.title}: {name} runs out"
    if each.p90 == 0:
        summary = f"{found.system.title}: {name} is past already"
    yield _entry(found.start, passes, summary, told, f"{each.constraint.id}.passes")
    if each.phase is None or not np.isfinite(each.order_by):
        return
    order = found.date(max(each.order_by, 0.0)) or found.start
    late = f" (should have begun {words.order_words(found, each)})" if each.order_by < 0 else ""
    summary = f"{found.system.title}: last day to begin {each.phase.name} for {name}{late}"
    yield _entry(found.start, order, summary, told, f"{each.constraint.id}.order")


def _entry(stamp: dt.date, day: dt.date, summary: str, description: str, name: str) -> Event:
    from icalendar import Event

    entry = Event()
    entry.add("uid", f"{name}@planning")
    entry.add("dtstamp", dt.datetime.combine(stamp, dt.time(), tzinfo=dt.UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + dt.timedelta(days=1))
    entry.add("summary", summary)
    entry.add("description", description)
    entry.add("transp", "TRANSPARENT")
    return entry
