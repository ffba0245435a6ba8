"""
The server's own pages: landing, a workbook, a report, the chart library, and kind errors.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, StaticFileHandler, authenticated
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from planning.dashboard.contents import Contents, Report, SystemEntry, Workbook
from planning.dashboard.limits import asking
from planning.dashboard.site import Site
from planning.present.cards import card_html
from planning.present.theme import page_css
from planning.present.vega import bundle_text

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tornado.httputil import HTTPServerRequest

# What a report may consist of; a notebook's source or a key lying about is not among it.
REPORT_FILES = {".html", ".css", ".js", ".svg", ".png", ".csv", ".json", ".xlsx", ".pdf", ".md"}


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
        return text

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what happened in words, whatever Jupyter or Tornado would have said."""
        heading, message = {
            404: ("There is no such page", "It may have been moved, or the address is misspelt."),
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


class Landing(Page):
    """What there is to open, looked up afresh on every visit."""

    @authenticated
    def get(self) -> None:
        """Answer with the list."""
        contents = self.dashboard.contents()
        cards: dict[bool, list[str]] = {True: [], False: []}
        for system in contents.systems:
            cards[system.own].append(self.card(system, contents))
        workbooks = [
            {"title": book.title, "summary": book.summary, "url": self.address(book)}
            for book in contents.workbooks
        ]
        self.set_header("Cache-Control", "no-cache")
        self.finish(
            self.page(
                "landing.html.j2",
                lead=self.dashboard.lead,
                own="".join(cards[True]),
                systems="".join(cards[False]),
                workbooks=workbooks,
                **asking(),
                reports=self.reports(contents),
                prefetch=self.dashboard.prefetch(),
            )
        )

    def card(self, system: SystemEntry, contents: Contents) -> str:
        """Return a system's card, with what shows it folded away."""
        books = [book for book in contents.workbooks if book.fits(system)]
        return card_html(
            system.card,
            title=system.title,
            address=f"{self.base_url}planning/systems/{quote(system.key)}" if system.page else "",
            own=system.own,
            summary=system.summary,
            links=[(book.title, self.address(book, system.key)) for book in books],
        )

    def address(self, book: Workbook | Report, system: str | None = None) -> str:
        """
        Where a notebook opens live.

        Parameters
        ----------
        book : Workbook or Report
            What to open.
        system : str, optional
            Key of the system it is to show.

        Returns
        -------
        str
            A path with a query.
        """
        path = quote(self.dashboard.links.address(book.path))
        query = f"?{urlencode({'system': system})}" if system else ""
        return str(url_path_join(self.base_url, "voila/render", path)) + query

    def reports(self, contents: Contents) -> list[dict[str, str]]:
        """Title, summary and address of every report."""
        found = []
        for number, report in enumerate(contents.reports):
            if report.path.suffix == ".ipynb":
                url = self.address(report)
            else:
                url = f"{self.base_url}planning/reports/{number}/{quote(report.path.name)}"
            found.append({"title": report.title, "summary": report.summary, "url": url})
        return found


class Live(Landing):
    """A report's notebook by system and target, as the index of reports links to it."""

    @authenticated
    def get(self, system: str, users: str) -> None:
        """
        Lead to where the notebook opens live.

        Raises
        ------
        HTTPError
            404 if there is no such report.
        """
        for report in self.dashboard.contents().reports:
            if report.path.parts[-3:-1] == (system, users) and report.path.suffix == ".ipynb":
                self.redirect(self.address(report))
                return
        raise HTTPError(404)


class LivePage(Page):
    """The live page of a system: it computes in the browser, and needs no kernel."""

    @authenticated
    async def get(self, key: str) -> None:
        """
        Answer with the page.

        Raises
        ------
        HTTPError
            404 if there is no such system, or a page cannot compute it.
        """
        found = next((each for each in self.dashboard.contents().systems if each.key == key), None)
        if found is None or found.page is None:
            raise HTTPError(404)
        # Made once, which takes a second of arithmetic: other visitors are served meanwhile.
        text = await asyncio.get_running_loop().run_in_executor(None, found.page)
        self.set_header("Cache-Control", "no-cache")
        self.finish(text)


class Charts(Page):
    """The chart library, from memory, so that it is there where no folder can be written."""

    def get(self) -> None:
        """Answer with JavaScript that a browser may keep for ever: its name holds a digest."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.finish(bundle_text())


class Alive(Page):
    """Whether a page's kernel still runs; asking does not keep it from being stopped."""

    @authenticated
    def get(self, kernel_id: str) -> None:
        """Answer yes or no. Not by 404, which a browser would log as an error."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain")
        self.finish("yes" if kernel_id in self.kernel_manager else "no")


class Leave(VoilaShutdownKernelHandler):  # type: ignore[misc]  # voila carries no types
    """A closed page: its kernel stops at once, not when it has been idle for long."""

    def check_xsrf_cookie(self) -> None:
        """
        Accept the farewell of our own pages, which is sent without a token, and no other.

        Raises
        ------
        HTTPError
            403 if another site sends it.
        """
        own_pages_only(self.request)


class ReportFile(Page, StaticFileHandler):
    """A finished report and the files beside and below it, in whatever folder that is."""

    async def get(  # type: ignore[override]  # two parts of the address, not one
        self, number: str, path: str, include_body: bool = True
    ) -> None:
        """
        Answer with one file.

        Parameters
        ----------
        number : str
            Place of the report in the contents.
        path : str
            File, relative to the folder of the report.
        include_body : bool
            False for a HEAD request.

        Raises
        ------
        HTTPError
            404 if there is no such report, or the file is not of a kind that reports consist of.
        """
        reports = self.dashboard.contents().reports
        if int(number) >= len(reports) or Path(path).suffix.lower() not in REPORT_FILES:
            raise HTTPError(404)
        self.root = str(reports[int(number)].path.parent)
        # Tornado from 6.5.9 holds the targets of links to this folder as well.
        self.allowed_symlink_directory = self.root
        self.set_header("Cache-Control", "no-cache")
        await StaticFileHandler.get(self, path, include_body)


class Render(TornadoVoilaHandler, Page):  # type: ignore[misc]  # voila carries no types
    """A workbook or report notebook, live."""

    write_error = Page.write_error

    @authenticated
    async def get(self, path: str = "") -> None:
        """
        Run the notebook and stream its page.

        Parameters
        ----------
        path : str
            Address given out by the landing page.

        Raises
        ------
        HTTPError
            404 if it is not in the contents: nothing else is ever run.
        """
        contents = self.dashboard.contents()
        files = [book.path for book in contents.workbooks] + [
            found.path for found in contents.reports
        ]
        if path not in {self.dashboard.links.address(file) for file in files}:
            raise HTTPError(404)
        await cast("Awaitable[None]", super().get(path))
