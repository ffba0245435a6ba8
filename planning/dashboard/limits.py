"""
What a visitor may hand in, and how much of it.

Sizes are those of the readers themselves; this only says them before something is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planning.audit.markdown import MAX_BYTES as MOST_DOCUMENT
from planning.numbers.reading import MAX_BYTES as MOST_SYSTEM
from planning.system.starter import starter_text
from planning.system.ten_questions import LONGEST, QUESTIONS

# A form is text and a file, each up to the limit, and the lines between them.
MOST = {
    "system": MOST_SYSTEM,
    "document": MOST_DOCUMENT,
    "questions": 10_000,
    "compare": MOST_SYSTEM,
}
BETWEEN = 10_000  # [byte]
SECONDS = 30.0  # [s] until an answer is given up
MEMORY = 4_000_000_000  # [byte] of addresses; what numpy reserves at its start is a tenth of it
AT_ONCE, WAITING = 2, 8


def said(size: int) -> str:
    """
    Print a size.

    >>> said(256_000), said(10_000_000)
    ('256 kB', '10 MB')
    """
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} kB"


def asking(text: str = "", given: Mapping[str, str] | None = None) -> dict[str, Any]:
    """
    Return what ``asking.html.j2`` needs.

    Parameters
    ----------
    text : str
        A system file that was refused, to be mended; the starter without one.
    given : mapping, optional
        Answers that were refused, by the name of their question.
    """
    return {
        "asks": {kind: said(most) for kind, most in MOST.items()},
        "text": text,
        "questions": QUESTIONS,
        "longest": LONGEST,
        "given": given or {},
        "starter": starter_text("My shop", "my_shop.yaml"),
    }
