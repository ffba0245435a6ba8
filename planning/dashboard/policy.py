"""
Which scripts and styles a page may use: those that are written in it, by their hashes.

A text that slipped into a page unescaped would be a script without a hash, which no browser
runs; and a page can ask nobody for anything.
"""

from __future__ import annotations

import base64
import hashlib
import re

_ELEMENT = r"<{name}(?P<attributes>[^>]*)>(?P<text>.*?)</{name}>"
_NONE = "'none'"
_ALWAYS = (
    "default-src 'none'",
    "img-src data:",
    "base-uri 'none'",
)

# Voila's front end writes scripts of its own and compiles templates; still nothing may come from,
# or go to, another computer.
WORKBOOK = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


def policy(page: str, *, charts: bool = False, header: bool = True) -> str:
    """
    Return the Content-Security-Policy of a page of ours.

    Parameters
    ----------
    page : str
        The whole HTML document.
    charts : bool
        Whether it holds charts: their library compiles expressions, and sizes its elements by
        style attributes.
    header : bool
        False where it stands in the page itself, which cannot say who may frame it.

    Returns
    -------
    str

    Examples
    --------
    >>> "script-src 'none'" in policy("<p>no script</p>")
    True
    >>> "script-src 'sha256-" in policy("<script>run()</script>")
    True
    """
    scripts = [*_hashes("script", page), *(["'unsafe-eval'"] if charts else [])]
    if 'rel="prefetch"' in page:
        scripts.append("'self'")  # the front end, fetched ahead while the page is read
    styles = ["'unsafe-inline'"] if charts else _hashes("style", page)
    allowed = {"script-src": scripts, "style-src": styles}
    allowed["form-action"] = ["'self'"] if "<form" in page else []
    if header:
        allowed["frame-ancestors"] = ["'self'"]
    return "; ".join(
        [*_ALWAYS, *(f"{what} {' '.join(each or [_NONE])}" for what, each in allowed.items())]
    )


def _hashes(name: str, page: str) -> list[str]:
    """Hashes of all elements of a name that carry their text, each once, as sources."""
    found = re.finditer(_ELEMENT.format(name=name), page, re.DOTALL | re.IGNORECASE)
    texts = {each["text"]: None for each in found if "src=" not in each["attributes"]}
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
