"""What a page has to know of the server it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from planning.dashboard.contents import Contents
from planning.dashboard.link_root import LinkRoot
from planning.dashboard.making import Kept


class Site(Protocol):
    """
    A server of workbooks, as its pages see it.

    Attributes
    ----------
    contents : callable
        Workbooks, systems and reports as they are now.
    links : LinkRoot
        Addresses of the files that may be opened.
    kept : Kept
        Cards and pages of the systems.
    site, lead : str
        Name of the site, and its first sentence.
    """

    contents: Callable[[], Contents]
    links: LinkRoot
    kept: Kept
    site: str
    lead: str

    def prefetch(self) -> list[str]:
        """Return the addresses that a browser may fetch ahead."""
