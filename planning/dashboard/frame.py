"""
What all our pages share: the frame they are rendered in, and errors a person can read.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from planning.dashboard.policy import policy
from planning.dashboard.site import Site
from planning.present.theme import page_css


def own_pages_only(request: HTTPServerRequest) -> None:
    """
    Refuse what a page of another site sends here: a browser names the page's origin.

    Raises
    ------
    HTTPError
        403 where the origin is another one, or none is named.
    """
    if request.headers.get("Origin", "") != f"{request.protocol}://{request.host}":
        raise HTTPError(403)


class Page(JupyterHandler):
    """A page of ours: rendered by our templates, with errors a person can read."""

    @property
    def dashboard(self) -> Site:
        """The server this page belongs to."""
        found: Site = self.settings["planning"]
        return found

    def page(self, name: str, **values: Any) -> str:
        """
        Render a template of ours.

        Parameters
        ----------
        name : str
            Template file.
        **values
            What it needs besides the frame's own.

        Returns
        -------
        str
            HTML.
        """
        template = self.settings["voila_jinja2_env"].get_template(name)
        frame = {"css": page_css(), "site": self.dashboard.site, "base_url": self.base_url}
        text: str = template.render(**frame, **values)
        self.set_header("Content-Security-Policy", policy(text))
        return text

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what happened in words, whatever Jupyter or Tornado would have said."""
        heading, message = {
            400: ("This address cannot be read", "A part of it is not text, or is misspelt."),
            404: ("There is no such page", "It may have been moved, or the address is misspelt."),
            405: ("This address is only for reading", "Nothing can be sent to it."),
            403: (
                "This address is not served",
                "The server answers only on this computer, as 127.0.0.1 or localhost.",
            ),
        }.get(
            status_code,
            (
                "Something went wrong",
                "The page could not be made. The window in which the server runs says why.",
            ),
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.page("trouble.html.j2", heading=heading, message=message))


class Missing(Page):
    """Every address that nothing else answers."""

    async def prepare(self, *, _redirect_to_login: Any = True) -> None:
        """Answer before anything else is tried."""
        raise HTTPError(404)
