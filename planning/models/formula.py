"""
A formula that can show itself.

Every model in this package is a pure function of numbers. ``@formula`` adds
the line a reader wants to see beside the result — the equation in the
function's own parameter names — and the source it comes from::

    @formula("arrival_rate * hold_time", source="Little (1961)")
    def concurrency(arrival_rate, hold_time): ...

The text is not decoration: where it is arithmetic, the tests evaluate it and
compare it with the function, so text and code cannot drift apart. Formulas
that are not one line of arithmetic (a series, a fixed point) say so in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class FormulaText:
    """
    What a formula says.

    Attributes
    ----------
    text : str
        The equation, or words where it is none.
    source : str
        Where it comes from; empty for an operation, which needs none.
    arithmetic : bool
        Whether `text` can be evaluated.
    operation : str
        Sign of a sum, product, quotient or bound of any numbers; empty for a formula.
    """

    text: str
    source: str
    arithmetic: bool
    operation: str = ""


def formula(text: str, *, source: str, arithmetic: bool = True) -> Callable[[Function], Function]:
    """
    Attach an equation and its source to a model function.

    Parameters
    ----------
    text : str
        The equation, in the function's parameter names and ``+ - * / ** min max``.
        With ``arithmetic=False``, words.
    source : str
        Where the equation comes from: author, title, page, DOI or URL.
    arithmetic : bool
        Whether `text` can be evaluated; the tests then hold the function to it.

    Raises
    ------
    ValueError
        If `text` or `source` is empty.

    Examples
    --------
    >>> @formula("2 * x", source="doubling")
    ... def double(x):
    ...     return x + x
    >>> formula_of(double).text
    '2 * x'
    """
    if not text.strip() or not source.strip():
        raise ValueError(f"formula(text={text!r}, source={source!r}): both must say something.")

    def attach(function: Function) -> Function:
        # A function has attributes, but its type has not.
        function.__formula__ = FormulaText(text, source, arithmetic)  # type: ignore[attr-defined]
        return function

    return attach


def formula_of(function: Callable[..., Any]) -> FormulaText:
    """
    Return the equation attached to a model function.

    Raises
    ------
    ValueError
        If `function` was not marked with ``@formula``.
    """
    attached = getattr(function, "__formula__", None)
    if not isinstance(attached, FormulaText):
        raise ValueError(
            f"{function!r} carries no formula: mark it with @formula(text, source=...)."
        )
    return attached
