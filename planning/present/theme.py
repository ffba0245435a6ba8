"""
One palette for pages and charts, in a light and a dark scheme.

A chart names colours by their *role* (``"theme:accent"``, ``"theme:bad"``)
and the scheme in force decides what that is::

    alt.Chart(...).mark_line(color="theme:accent")   # blue by day, pale blue by night

The page's stylesheet uses the same roles as CSS variables
(``var(--planning-accent)``), from the same file ``static/palette.json``, so a
verdict and the line that causes it never differ in colour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

STATIC = Path(__file__).parent / "static"
PREFIX = "theme:"
FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'
)


@cache
def palette(scheme: Scheme) -> dict[str, Any]:
    """
    Colours of one scheme by role.

    Parameters
    ----------
    scheme : {"light", "dark"}
        Which scheme.

    Returns
    -------
    dict
        Role to ``#rrggbb``; ``series`` is a list, for categories in order.

    Raises
    ------
    ValueError
        If `scheme` is neither of the two.

    Examples
    --------
    >>> palette("light")["accent"]
    '#2458d3'
    """
    schemes: dict[str, dict[str, Any]] = json.loads((STATIC / "palette.json").read_text("utf-8"))
    if scheme not in schemes:
        raise ValueError(f"scheme={scheme!r} must be one of {sorted(schemes)}")
    return schemes[scheme]


def themed(spec: Any, scheme: Scheme = "light") -> Any:
    """
    Replace role names by the colours of a scheme, anywhere in a Vega-Lite spec.

    The browser does the same for live charts; this one serves static images.

    Parameters
    ----------
    spec : dict, list or scalar
        A spec or a part of one. It is not changed.
    scheme : {"light", "dark"}
        Which scheme.

    Returns
    -------
    Same type as `spec`
        A copy with every ``"theme:ROLE"`` string replaced.

    Raises
    ------
    ValueError
        If a role is not in the palette.

    Examples
    --------
    >>> themed({"mark": {"color": "theme:bad"}}, "light")
    {'mark': {'color': '#c0283f'}}
    """
    if isinstance(spec, Mapping):
        return {key: themed(value, scheme) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return [themed(value, scheme) for value in spec]
    if isinstance(spec, str) and spec.startswith(PREFIX):
        role = spec.removeprefix(PREFIX)
        colours = palette(scheme)
        if role not in colours:
            raise ValueError(f"colour role {role!r} must be one of {sorted(colours)}")
        return colours[role]
    return spec


def vega_config(scheme: Scheme = "light") -> dict[str, Any]:
    """
    Vega-Lite ``config`` that makes a chart match the page around it.

    Parameters
    ----------
    scheme : {"light", "dark"}
        Which scheme.

    Returns
    -------
    dict
        To be passed as ``config``; the spec's own ``config`` wins over it.

    Examples
    --------
    >>> vega_config("dark")["axis"]["labelColor"] == palette("dark")["muted"]
    True
    """
    colour = palette(scheme)
    words = {"labelColor": colour["muted"], "titleColor": colour["muted"]}
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "range": {
            "category": colour["series"],
            "ramp": [colour["accent-soft"], colour["accent"]],
            "heatmap": [colour["accent-soft"], colour["accent"]],
            "diverging": [colour["bad"], colour["raised"], colour["accent"]],
        },
        "mark": {"color": colour["accent"]},
        "line": {"strokeWidth": 2.25, "strokeCap": "round"},
        "area": {"opacity": 0.18, "line": False},
        "rule": {"color": colour["muted"]},
        "text": {"color": colour["text"], "fontSize": 12},
        "title": {
            "color": colour["text"],
            "subtitleColor": colour["muted"],
            "anchor": "start",
            "fontSize": 15,
            "fontWeight": 600,
            "offset": 14,
        },
        "axis": {
            **words,
            "domainColor": colour["line"],
            "tickColor": colour["line"],
            "gridColor": colour["grid"],
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 10,
            "labelPadding": 6,
            "tickSize": 4,
            # Labels must not pile up on a telephone.
            "labelOverlap": "greedy",
        },
        "axisX": {"grid": False, "tickCount": {"signal": "max(2, floor(width / 90))"}},
        "axisY": {"domain": False, "ticks": False, "tickCount": 5},
        "legend": {**words, "labelFontSize": 12, "titleFontSize": 12, "orient": "top"},
        "header": words,
    }


def css_variables(*, chosen: bool = False) -> str:
    """
    The palette as CSS custom properties, following the reader's colour scheme.

    Parameters
    ----------
    chosen : bool
        Whether ``data-scheme`` of the root element, where it says a scheme, goes before the
        reader's: a notebook has a theme of its own.

    Returns
    -------
    str
        CSS that sets ``--planning-ROLE`` for light and, by media query, dark, and
        ``--planning-series-1`` and so on for the colours of categories.

    Examples
    --------
    >>> "--planning-accent: #2458d3" in css_variables()
    True
    """

    def block(scheme: Scheme, root: str = ":root") -> str:
        colours = palette(scheme)
        roles = {role: value for role, value in colours.items() if role != "series"}
        roles |= {f"series-{place}": each for place, each in enumerate(colours["series"], 1)}
        lines = "".join(f"--planning-{role}: {value}; " for role, value in roles.items())
        return f"{root} {{ color-scheme: {scheme}; {lines}}}"

    dark = f"@media screen and (prefers-color-scheme: dark) {{ {block('dark')} }}"
    named = [f"@media screen {{ {block(each, f':root[data-scheme={each}]')} }}" for each in SCHEMES]
    blocks = [block("light"), dark, *(named if chosen else [])]
    return "\n".join([*blocks, f":root {{ --planning-font: {FONT}; }}\n"])


@cache
def page_css() -> str:
    """
    The whole stylesheet of our pages: variables, then ``static/page.css``.

    Returns
    -------
    str
        CSS to be put inline in a page's head, so that nothing is shown unstyled.
    """
    return css_variables() + (STATIC / "page.css").read_text("utf-8")
