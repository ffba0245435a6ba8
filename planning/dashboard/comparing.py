"""
Two served systems side by side: ``/planning/compare?first=KEY&second=KEY&users=N``.

The address may come from anyone: a key is one of those that are served, and users are counted as
everywhere. Without a second key the page asks which.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tornado.web import authenticated

from planning.dashboard.contents import Contents, SystemEntry
from planning.dashboard.frame import Page
from planning.dashboard.limits import MOST, said
from planning.dashboard.making import elsewhere
from planning.numbers.units import parse
from planning.present.compare_page import comparison_html, side_labels
from planning.present.theme import STATIC
from planning.questions.assess import MOST_USERS
from planning.questions.compare import compare


def comparable(contents: Contents) -> dict[str, SystemEntry]:
    """Return the systems that can be compared, by key, in the order in which they are shown."""
    there = sorted(contents.systems, key=lambda each: not each.own)
    return {each.key: each for each in there if each.load is not None}


def users_said(text: str) -> float | None:
    """
    Return users as people write them; None where nothing is said. [user]

    Raises
    ------
    ValueError
        If it is no number of users, or out of range.

    Examples
    --------
    >>> users_said("10k"), users_said(" ")
    (10000.0, None)
    >>> users_said("-5")
    Traceback (most recent call last):
    ...
    ValueError: '-5' users: write a number from 0 to 1,000,000,000,000.
    """
    if not text.strip():
        return None
    count = parse(text.strip(), "user")
    if not 0 <= count <= MOST_USERS:
        raise ValueError(f"{text.strip()!r} users: write a number from 0 to {MOST_USERS:,.0f}.")
    return count


def choosing(
    contents: Contents, first: str = "", second: str = "", users: str = ""
) -> dict[str, Any]:
    """
    Return what ``comparing.html.j2`` needs.

    Parameters
    ----------
    contents : Contents
        What is served.
    first, second : str
        Keys that are chosen already; others are chosen where they are not served.
    users : str
        What was said of them.
    """
    there = comparable(contents)
    titles = [each.title for each in there.values()]
    names = {
        key: each.title if titles.count(each.title) == 1 else f"{each.title} ({key})"
        for key, each in there.items()
    }
    one = first if first in there else next((key for key in there if key != second), "")
    other = second if second in there else next((key for key in there if key != one), "")
    chosen = {"first": one, "second": other, "users": users[:40]}
    return {"compared": chosen, "choices": names, "largest": said(MOST["compare"])}


def style() -> str:
    """Return what a comparison looks like, besides the frame: tables, then pairs of bars."""
    return "".join((STATIC / name).read_text("utf-8") for name in ("board.css", "compare.css"))


class Compared(Page):
    """Two systems side by side, or the question which two."""

    @authenticated
    async def get(self) -> None:
        """Answer with the comparison, with a form where one is missing, or with what is wrong."""
        first, second, users = (
            self.get_query_argument(name, "") for name in ("first", "second", "users")
        )
        contents = self.dashboard.contents()
        there = comparable(contents)
        shown = {
            "style": style(),
            **choosing(contents, first, second, users),
        }
        self.set_header("Cache-Control", "no-cache")
        strange = next((key for key in (first, second) if key and key not in there), None)
        if strange is not None:
            self.set_status(404)
            wrong = f"There is no system {strange[:60]!r} here; choose two of these."
            self.finish(self.page("compare.html.j2", title="No such system", wrong=wrong, **shown))
            return
        if not (first and second):
            self.finish(self.page("compare.html.j2", title="Compare two systems", **shown))
            return
        try:
            title, body = await elsewhere(lambda: side_by_side(there[first], there[second], users))
        except ValueError as error:  # users that nobody counts so, and what a formula refuses
            self.set_status(422)
            title = "These two cannot be compared"
            self.finish(self.page("compare.html.j2", title=title, wrong=str(error), **shown))
            return
        self.finish(self.page("compare.html.j2", title=title, body=body, **shown))


def side_by_side(first: SystemEntry, second: SystemEntry, users: str) -> tuple[str, str]:
    """
    Return the title and the body of a page that shows two systems.

    Parameters
    ----------
    first, second : SystemEntry
        Which; each can be read.
    users : str
        Users to ask both about, as people write them; the second's target where empty.

    Raises
    ------
    ValueError
        If `users` is no number of them, or one of the two cannot be computed.
    """
    assert first.load is not None  # both come from `comparable`
    assert second.load is not None
    labels = side_labels((first.title, first.key), (second.title, second.key))
    found = compare(first.load(), second.load(), users_said(users), labels)
    addresses = tuple(
        f"systems/{quote(each.key)}#users={found.users:.15g}" if each.page else ""
        for each in (first, second)
    )
    return " beside ".join(labels), comparison_html(found, (addresses[0], addresses[1]))
