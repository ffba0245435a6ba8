"""
What one check of a document found: a number, what it should be, and how that was computed.
"""

from __future__ import annotations

from dataclasses import dataclass

from planning.audit.agreeing import Answer, Checked, checked, in_words
from planning.audit.equations import Equation, Node
from planning.audit.signs import Token


@dataclass(frozen=True)
class Check:
    """
    A number of a document held against something.

    Attributes
    ----------
    line : int
        Where it stands, from 1.
    claimed : Token
        The number.
    answer : Answer
        Whether it agrees.
    computed : str
        What it should be, in its own unit.
    how : str
        The arithmetic in words.
    why : str
        What explains a difference, or which other line says so.
    says : str
        What the number is, where the check knows.
    expression : Node or None
        What it was computed from, where that is an expression over numbers of the document.
    factor : float
        Computed over claimed.
    slipped : bool
        Whether `why` is a slip that explains the difference exactly.
    total : bool
        Whether it is the total of a table or a list.
    weighs : bool
        Whether it stands even where the arithmetic that the number is written with agrees.
    """

    line: int
    claimed: Token
    answer: Answer
    computed: str
    how: str
    why: str = ""
    says: str = ""
    expression: Node | None = None
    factor: float = 1.0
    slipped: bool = False
    total: bool = False
    weighs: bool = False


def check(equation: Equation, line: int, says: str = "") -> Check | None:
    """Return what became of an equation, or None where nothing certain can be said of it."""
    found = checked(equation)
    return None if found is None else made(equation, found, line, says)


def made(equation: Equation, found: Checked, line: int, says: str = "") -> Check:
    """Return the check of an equation that has been computed."""
    return Check(
        line,
        equation.claimed,
        found.answer,
        found.computed,
        in_words(equation, found),
        found.why,
        says,
        equation.expression,
        found.factor,
        found.answer is Answer.DIFFERS and bool(found.why),
    )
