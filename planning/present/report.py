"""The head of a report: what was asked, of which system."""

from __future__ import annotations

from html import escape

from IPython.display import HTML

from planning.numbers.units import show
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system


def heading(system: str, users: float, library: Library = SHIPPED) -> HTML:
    """Return the head of a report on a system (a name or a file) at a number of users."""
    loaded = load_system(system, library)
    document = f" Document: {escape(loaded.document)}." if loaded.document else ""
    return HTML(
        f"<h2>{escape(loaded.title)} at {escape(show(users, 'user'))}</h2>"
        f"<p>{escape(loaded.summary)}{document}</p>"
    )
