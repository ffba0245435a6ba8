"""
What is served without a kernel: the landing page, live pages, reports and the chart library.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

from tornado.web import HTTPError, StaticFileHandler, authenticated

from planning.dashboard.comparing import choosing
from planning.dashboard.contents import Contents, Report, SystemEntry, Workbook
from planning.dashboard.frame import Page
from planning.dashboard.limits import asking
from planning.dashboard.policy import policy
from planning.present.cards import Card, card_html
from planning.present.vega import bundle_text

# What a report may consist of; a notebook's source or a key lying about is not among it.
REPORT_FILES = {".html", ".css", ".js", ".svg", ".png", ".csv", ".json", ".xlsx", ".pdf", ".md"}


class Landing(Page):
    """What there is to open, looked up afresh on every visit."""

    @authenticated
    async def get(self) -> None:
        """Answer with the list."""
        contents = self.dashboard.contents()
        shown = await asyncio.gather(*map(self.dashboard.kept.card, contents.systems))
        cards: dict[bool, list[str]] = {True: [], False: []}
        for system, each in zip(contents.systems, shown, strict=True):
            cards[system.own].append(self.card(system, each, contents))
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
                **choosing(contents),
                reports=self.reports(contents),
                prefetch=self.dashboard.prefetch(),
            )
        )

    def card(self, system: SystemEntry, shown: Card, contents: Contents) -> str:
        """Return a system's card, with the workbooks that fit it folded away."""
        books = [book for book in contents.workbooks if book.fits(system)]
        return card_html(
            shown,
            title=system.title,
            address=f"{self.base_url}planning/systems/{quote(system.key)}" if system.page else "",
            own=system.own,
            summary=system.summary,
            links=[(book.title, self.entry(book, system)) for book in books],
        )

    def entry(self, book: Workbook, system: SystemEntry) -> str:
        """Where a workbook is read about a system: on its live page, if that has all of it."""
        if not book.prose or not system.page:
            return self.address(book, system.key)
        return f"{self.base_url}planning/systems/{quote(system.key)}#tab={quote(book.tab)}"

    def address(self, book: Workbook | Report, system: str | None = None) -> str:
        """Where a notebook opens live, perhaps about a system: a path with a query."""
        return f"{self.base_url}{self.dashboard.links.live(book.path, system)}"

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


class LivePage(Landing):
    """The live page of a system: it computes in the browser, and needs no kernel."""

    @authenticated
    async def get(self, key: str) -> None:
        """
        Answer with the page, or with why this system cannot have one.

        Raises
        ------
        HTTPError
            404 if there is no such system, or it has no page.
        """
        contents = self.dashboard.contents()
        found = next((each for each in contents.systems if each.key == key), None)
        if found is None or found.page is None:
            raise HTTPError(404)
        try:
            text = await self.dashboard.kept.page(found, contents)
        except ValueError as error:  # a CannotCompile, and what a formula refuses
            self.trouble(422, f"{found.title}: no live page", error)
            return
        except RuntimeError as error:
            self.trouble(503, f"{found.title}: the page could not be made", error, again=True)
            return
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Content-Security-Policy", policy(text))
        self.finish(text)

    def trouble(self, status: int, heading: str, error: Exception, again: bool = False) -> None:
        """Answer with what is wrong, and perhaps a way to try again."""
        self.set_status(status)
        retry = {"action": self.request.path, "words": "Try again"} if again else {}
        self.finish(self.page("trouble.html.j2", heading=heading, message=f"{error}", **retry))


class Charts(Page):
    """The chart library, from memory, so that it is there where no folder can be written."""

    def get(self) -> None:
        """Answer with JavaScript that a browser may keep for ever: its name holds a digest."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.finish(bundle_text())


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
        known = len(number) < 9 and int(number) < len(reports)
        # No file system has a NUL in a name, and asking for one is an error there.
        if not known or "\0" in path or Path(path).suffix.lower() not in REPORT_FILES:
            raise HTTPError(404)
        self.root = str(reports[int(number)].path.parent)
        # Tornado from 6.5.9 holds the targets of links to this folder as well.
        self.allowed_symlink_directory = self.root
        self.set_header("Cache-Control", "no-cache")
        await StaticFileHandler.get(self, path, include_body)

    def set_extra_headers(self, path: str) -> None:
        """Allow a page the scripts that are written in it, and nothing that is not."""
        if self.absolute_path is not None and path.lower().endswith(".html"):
            text = Path(self.absolute_path).read_text("utf-8", errors="replace")
            self.set_header("Content-Security-Policy", policy(text, charts=True))
