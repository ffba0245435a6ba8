"""The head of a report: which system, asked at how many users, when, by what, from which inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from planning import __version__
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.documents import document_title
from planning.present.ranges import title_of
from planning.questions.changes import changes_of
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system
from planning.system.system import System

if TYPE_CHECKING:
    from IPython.display import HTML


# How a number without a source of its own ends, after the name of its file.
BARE = ", without a source"


def heading(
    system: str,
    users: float,
    library: Library = SHIPPED,
    *,
    static: bool = False,
    made: date | None = None,
    changed: Sequence[str] = (),
) -> HTML:
    """
    Return the head of a report.

    Parameters
    ----------
    system : str
        A name or a file.
    users : float
        What it is asked at. [user]
    library : Library
        What names and prices mean.
    static : bool
        Whether it stands at the top of a page of its own, not below a notebook's title.
    made : datetime.date, optional
        When it is made; today if not given.
    changed : sequence of str
        What was changed from the file before it was made, as from :func:`change_words`.
    """
    from IPython.display import HTML

    loaded = load_system(system, library)
    tag = "h1" if static else "h2"
    document = f" Document: {escape(document_title(loaded.document))}." if loaded.document else ""
    prices = len(loaded.prices)
    own = f", with {prices} own {'price' if prices == 1 else 'prices'}" if prices else ""
    facts = (
        f"Made on {(made or date.today()):%d %B %Y} by planning {__version__}",
        f"inputs as {escape(loaded.origin.file or system)} has them{own}",
        f"their hash <code>{inputs_hash(loaded)}</code>",
    )
    moved = "".join(f"<li>{escape(each)}</li>" for each in changed)
    apart = f"<p><strong>Changed from the file:</strong></p><ul>{moved}</ul>" if moved else ""
    return HTML(
        f"<{tag}>{escape(loaded.title)} at {escape(show(users, 'user'))}</{tag}>"
        f"<p>{escape(loaded.summary)}{document}</p><p><small>{' · '.join(facts)}</small></p>"
        f"{apart}"
    )


def inputs_hash(system: System) -> str:
    """
    Return a short hash of all that a system states: two reports with the same one asked the same.

    Where a number stands in its file does not count, nor do comments or the order of fields; its
    value, range, source and price do.

    Parameters
    ----------
    system : System
        As it is today, with its phases and events.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    content = json.dumps(_without_places(json.loads(system.model_dump_json())), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def change_words(before: System, after: System) -> list[str]:
    """
    Return what was changed from a file, an input each, in words.

    Parameters
    ----------
    before, after : System
        As the file has it, and as it is now.

    Examples
    --------
    >>> system = load_system("ten_thousand_users")
    >>> change_words(system, system.at({"parts.app.pool_size": 40}))
    ['app: Most database connections of one process: 20 connections → 40 connections']
    """
    found = []
    for each in changes_of(before, after):
        words = [
            "none" if one is None else show(value_at(one.estimate), one.unit)
            for one in (each.before, each.after)
        ]
        known = each.after or each.before
        title = title_of(each.path, known.description if known else "")
        found.append(f"{title}: {' → '.join(words)}")
    return found


def _without_places(data: Any) -> Any:
    """Return plain data without the files and lines that its numbers were read from."""
    if isinstance(data, dict):
        # A number without a source names its file as one.
        return {
            key: "" if key == "source" and str(each).endswith(BARE) else _without_places(each)
            for key, each in data.items()
            if key != "place"
        }
    if isinstance(data, list):
        return [_without_places(each) for each in data]
    return data
