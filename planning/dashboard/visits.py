"""
A visit to a workbook: who may begin one, how its kernel fares, and how it ends.

A kernel costs a process, so no other website may start one behind a reader's back, and a
visitor too many is told so. Only the page of a kernel can ask after it or stop it: the page
is given a token that nobody can guess.
"""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.iostream import StreamClosedError
from tornado.web import Finish, HTTPError, authenticated
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from planning.dashboard.frame import Page, own_pages_only
from planning.dashboard.kernels import STARTED, Kernels
from planning.dashboard.policy import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable

# What a browser says of who asks: our own pages, or the reader by typing, a bookmark, a mail.
# A program that is no browser says nothing, and could do anything here in any case.
OWN = {None, "same-origin", "none"}
AGAIN = 10  # [s] after which a page that found no place asks once more
HOLD = 15.0  # [s] after which a notebook that still runs no longer keeps others waiting

_FOLDERS = re.compile(r"(?:(?<![\w/.:<])|(?<=~))(?:/[^\s/:'\"<>|]+)+/(?=[^\s/])")

_DIED = """<section class="planning-trouble" role="alert">
<h2>This workbook could not be started</h2>
<p>Its computation ended before it began; the computer may be short of memory.</p>
<button class="planning-again" type="button" onclick="location.reload()">Try again</button>
</section></div></div><script>planningPage.cellsDone()</script></body></html>"""


def without_folders(text: str) -> str:
    """
    Return a message without the folders in it, which are nobody's business but the server's.

    Parameters
    ----------
    text : str
        As an exception words it.

    Returns
    -------
    str

    Examples
    --------
    >>> without_folders("No such file: '/home/ann/plans/shop.yaml' (1/2)")
    "No such file: 'shop.yaml' (1/2)"
    >>> without_folders("~/plans/shop.yaml, line 3")
    '~shop.yaml, line 3'
    """
    for known in {str(Path.home()), str(Path.cwd())} - {"/"}:
        text = text.replace(f"{known}/", "/x/")
    return _FOLDERS.sub("", text)


class Visit(Page):
    """A request that is about one kernel."""

    @property
    def kernels(self) -> Kernels:
        """The server's kernels."""
        found: Kernels = self.settings["kernel_manager"]
        return found


class Alive(Visit):
    """How a page's kernel fares; asking does not keep it from being stopped."""

    @authenticated
    async def get(self, kernel_id: str, token: str) -> None:
        """Answer in a word. Not by 404, which a browser would log as an error."""
        own = self.kernels.belongs(kernel_id, token)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain")
        self.finish(await self.kernels.state(kernel_id) if own else "no")


class Leave(Visit):
    """A closed page: its kernel stops at once, not when it has been alone for long."""

    def check_xsrf_cookie(self) -> None:
        """
        Accept the farewell of our own pages, which is sent without a cookie, and no other.

        Raises
        ------
        HTTPError
            403 if another site sends it.
        """
        own_pages_only(self.request)

    @authenticated
    async def post(self, kernel_id: str, token: str) -> None:
        """
        Stop the kernel.

        Raises
        ------
        HTTPError
            403 if the token is another's.
        """
        if not self.kernels.belongs(kernel_id, token):
            raise HTTPError(403)
        await self.kernels.stop(kernel_id)
        self.set_status(204)
        self.finish()


class NoFarewell(VoilaShutdownKernelHandler):  # type: ignore[misc]  # voila carries no types
    """The farewell of Voila's front end, which anyone could send who knows a kernel's number."""

    def check_xsrf_cookie(self) -> None:
        """Ask for nothing, because nothing is done."""

    @authenticated
    async def post(self, kernel_id: str) -> None:
        """Do nothing: our page says its own farewell, with its token."""
        self.set_status(204)
        self.finish()


class Described(KernelHandler):
    """What Voila's front end asks about its kernel; it can be read and not ended here."""

    async def delete(self, kernel_id: str) -> None:
        """
        Refuse.

        Raises
        ------
        HTTPError
            405 always.
        """
        raise HTTPError(405)


class Render(TornadoVoilaHandler, Visit):  # type: ignore[misc]  # voila carries no types
    """A workbook or report notebook, live."""

    write_error = Page.write_error
    content_security_policy = WORKBOOK
    _work: asyncio.Task[None] | None = None
    _started: list[str]

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
        headers = self.request.headers
        if headers.get("Sec-Fetch-Site") not in OWN or "Sec-Purpose" in headers:
            self._refuse()
        elif not self.kernels.enter():
            self._full()
        else:
            self._work = asyncio.ensure_future(self._run(path))
            with suppress(asyncio.CancelledError, StreamClosedError):
                await self._work

    def write(self, chunk: Any) -> None:
        """
        Send a piece of the page.

        Voila sends sign of life after sign of life for a kernel that died before its first cell.

        Raises
        ------
        Finish
            If that is so, when the page says it.
        """
        if "voila_heartbeat" in str(chunk) and self._started[0] not in self.kernels:
            super().write(_DIED)
            raise Finish
        super().write(chunk)

    def on_connection_close(self) -> None:
        """Stop working for a reader who has left."""
        if self._work is not None:
            self._work.cancel()
        super().on_connection_close()

    async def _run(self, path: str) -> None:
        """Render, in turn; a kernel whose reader leaves meanwhile is stopped."""
        kernels, turn = self.kernels, _Turn(self.kernels.starts)
        self._started = started = []

        def begun(kernel_id: str) -> None:
            started.append(kernel_id)
            kernels.read(kernel_id)

        STARTED.set(begun)
        try:
            await turn.take()
            await cast("Awaitable[None]", super().get(path))
        except asyncio.CancelledError:
            for kernel_id in started:
                await kernels.stop(kernel_id)
            raise
        finally:
            turn.give_back()
            kernels.leave(bool(started))
            for kernel_id in started:
                kernels.unread(kernel_id)

    def _refuse(self) -> None:
        """Start nothing for another site, but let its reader go on by a click."""
        self.set_status(403)
        text = self.page(
            "trouble.html.j2",
            heading="Open this workbook?",
            message="Another page has led here. A workbook starts only when you open it yourself.",
            action=self.request.uri,
            words="Open it",
        )
        self.finish(text)

    def _full(self) -> None:
        """Say that there is no place, and ask again by itself."""
        self.set_status(503)
        self.set_header("Retry-After", str(AGAIN))
        text = self.page(
            "trouble.html.j2",
            heading="All places are taken",
            message=f"{self.kernels.most} workbooks are open, as many as this computer is asked "
            f"to hold. This page tries again every {AGAIN} seconds.",
            action=self.request.uri,
            words="Try again now",
            again=AGAIN,
        )
        self.finish(text)


class _Turn:
    """One of the few notebooks that run at once; one that runs for long gives its turn away."""

    def __init__(self, starts: asyncio.Semaphore) -> None:
        self._starts = starts
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        """Wait for a turn."""
        await self._starts.acquire()
        self._timer = asyncio.get_running_loop().call_later(HOLD, self.give_back)

    def give_back(self) -> None:
        """Let the next one begin, once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._starts.release()


def for_template(manager: Any) -> dict[str, Any]:
    """
    Return what the template of a workbook calls.

    Parameters
    ----------
    manager : Kernels
        The server's kernels.

    Returns
    -------
    dict
        ``token``: of a kernel, by its number. ``told``: what a reader is told of an error; where
        it happened, which names the server's folders, is printed in the server's window.
    """

    # Voila copies what templates are given, whole; a function it passes on as it is.
    def token(kernel_id: str) -> str:
        text: str = manager.token(kernel_id)
        return text

    def told(output: Any) -> str:
        print("\n".join(output["traceback"]), file=sys.stderr, flush=True)
        return without_folders(str(output["evalue"]))

    return {"token": token, "told": told}
