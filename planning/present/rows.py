"""
Rows of a bar chart: words above each bar, never across its end, at any width.

Names and numbers stand beside each other on a wide page, the numbers below on a narrow one::

    database connections            6,667 of 20 connections   334×
    ████████████████████████████████████████████
"""

from __future__ import annotations

from typing import Any

import altair as alt

ROW = 48  # of a row with its words [px]
_NARROW = "width < 520"  # [px] where a name and its number no longer fit beside each other
_NUMBER = 92  # [px] kept free for the number at the right


def row_axis(field: str) -> alt.Y:
    """Return the vertical place of rows by their column ``rank``, without labels of its own."""
    # "min": where layers share an axis, Vega-Lite sorts only by an aggregate.
    order = alt.EncodingSortField("rank", op="min", order="ascending")
    return alt.Y(f"{field}:N", sort=order, title=None, axis=None)


def row_bars(base: alt.Chart, **look: Any) -> alt.Chart:
    """Return the bars of rows, with room for words above and below."""
    bars: alt.Chart = base.mark_bar(height=12, yOffset=2, **look)
    return bars


def row_words(
    base: alt.Chart, name: str, detail: str, number: str | None = None
) -> list[alt.Chart]:
    """
    Return the words of rows.

    Parameters
    ----------
    base : altair.Chart
        With the vertical place of rows, see :func:`row_axis`.
    name : str
        Column that stands above the bar, at the left.
    detail : str
        Column that stands above the bar at the right, on a narrow page below it.
    number : str, optional
        Column that stands at the right end above the bar, on pages of all widths.

    Returns
    -------
    list of altair.Chart
        Layers, to be drawn above the bars.
    """
    free = 0 if number is None else _NUMBER
    words = [
        base.mark_text(align="left", dy=-14, color="theme:text", fontWeight=600).encode(
            x=alt.value(0), text=f"{name}:N"
        ),
        base.mark_text(
            align=alt.expr(f"{_NARROW} ? 'left' : 'right'"),
            dy=alt.expr(f"{_NARROW} ? 17 : -14"),
            color="theme:muted",
        ).encode(x=alt.value(alt.expr(f"{_NARROW} ? 0 : width - {free}")), text=f"{detail}:N"),
    ]
    if number is not None:
        words.append(
            base.mark_text(align="right", dy=-14, color="theme:text", fontWeight=600).encode(
                x=alt.value(alt.expr("width")), text=f"{number}:N"
            )
        )
    return words
