"""
A visitor hands in a system, a document or ten answers, and is led to its page.

    POST /planning/own/KIND ──303──> GET /planning/own/TOKEN

The page has an address of its own, so that it can be reloaded and gone back to; it is kept in
memory until so many others have come after it, or the server stops. Nobody guesses the address.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import HTTPFile, parse_body_arguments
from tornado.web import HTTPError, authenticated, stream_request_body

from planning.dashboard.comparing import choosing, comparable, style, users_said
from planning.dashboard.frame import Page, own_pages_only
from planning.dashboard.limits import AT_ONCE, BETWEEN, MOST, WAITING, asking, said
from planning.dashboard.own import Answer, RefusedError, answer
from planning.dashboard.policy import policy
from planning.present.address import LIBRARY_VARIABLE
from planning.present.theme import STATIC
from planning.system.ten_questions import QUESTIONS, answered

MOST_KEPT = 16
_HEADINGS = {
    "system": "This system file cannot be used yet",
    "document": "This document cannot be read",
    "questions": "These answers cannot be used yet",
    "compare": "These two cannot be compared yet",
}


class Answers:
    """
    The pages that were made, newest last, and how many are being made.

    Attributes
    ----------
    slots : asyncio.Semaphore
        So many are made at once.
    waiting : int
        How many have been handed in and not answered.
    """

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0
        self._kept: OrderedDict[str, tuple[str, Answer]] = OrderedDict()

    def keep(self, kind: str, made: Answer) -> str:
        """Keep a page and return the last part of its address; the oldest goes."""
        token = secrets.token_urlsafe(16)
        self._kept[token] = kind, made
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return token

    def get(self, token: str) -> tuple[str, Answer] | None:
        """Return the kind and page of an address, or None where there is none any more."""
        return self._kept.get(token)


@stream_request_body
class HandIn(Page):
    """What is handed in, as a form sends it: a file or a text."""

    def initialize(self, answers: Answers) -> None:
        """Take the pages that were made."""
        self.answers = answers
        self.body = bytearray()
        self.fields: Mapping[str, list[bytes]] = {}
        self.files: Mapping[str, list[HTTPFile]] = {}
        self.given: Mapping[str, str] = {}
        self.asked: Mapping[str, str] = {}

    def check_xsrf_cookie(self) -> None:
        """Accept what our own pages send, without a cookie, and no other site's."""
        own_pages_only(self.request)

    async def prepare(self, *, _redirect_to_login: Any = True) -> None:
        """Take in all that is sent, but keep no more than is allowed."""
        await JupyterHandler.prepare(self, _redirect_to_login=_redirect_to_login)
        self.most = 2 * MOST[self.path_args[0]] + BETWEEN

    def data_received(self, chunk: bytes) -> None:
        """
        Keep a piece of the form while it may still be small enough.

        The rest is read and thrown away: a browser shows an answer only after it has sent all.
        """
        if len(self.body) <= self.most:
            self.body += chunk

    @authenticated
    async def post(self, kind: str) -> None:
        """
        Make the page and lead to it, or list what is wrong.

        Parameters
        ----------
        kind : str
            ``system``, ``document``, ``questions``, whose answers make a system, or ``compare``,
            which puts a system beside one that is served.
        """
        try:
            self.fields, self.files = self.form(kind)
            if kind == "compare":
                # Before anything is refused: what was chosen stays chosen.
                self.asked = {name: self.field(name) for name in ("first", "users")}
            name, content = self.told() if kind == "questions" else self.handed(kind)
            beside = self.beside() if kind == "compare" else None
        except RefusedError as error:
            self.refuse(kind, 413 if "too large" in str(error) else 422, str(error))
            return
        if self.answers.waiting >= AT_ONCE + WAITING:
            self.refuse(kind, 503, "Others are being answered; try again in half a minute.")
            return
        made_of = "system" if kind == "questions" else kind
        self.answers.waiting += 1
        try:
            async with self.answers.slots:
                library = os.environ.get(LIBRARY_VARIABLE, "")
                made = await answer(made_of, name, content, library, beside=beside)
        except RefusedError as error:
            self.refuse(kind, 422, str(error), content if kind == "system" else b"")
            return
        finally:
            self.answers.waiting -= 1
        token = self.answers.keep(made_of, made)
        self.redirect(f"{self.base_url}planning/own/{token}", status=303)

    @authenticated
    def get(self, kind: str) -> None:
        """Lead to the form: this address is in the browser's bar when something was refused."""
        self.redirect(f"{self.base_url}#{'compare' if kind == 'compare' else 'model'}")

    def handed(self, kind: str) -> tuple[str, bytes]:
        """
        Return the name and content of what the form sends.

        Raises
        ------
        RefusedError
            If it is too large, or nothing is in it.
        """
        sent = next(iter(self.files.get("file", ())), None)
        pasted = next(iter(self.fields.get("text", ())), b"")
        by_file = next(iter(self.fields.get("from", ())), b"") != b"text"
        name, content = "", pasted
        if by_file:
            name, content = (sent["filename"], sent["body"]) if sent is not None else ("", b"")
        if len(content) > MOST[kind]:
            raise _large(kind)
        if not content.strip():
            words = "Choose a file first, or paste its text." if by_file else "The text is empty."
            raise RefusedError(words)
        return name, content

    def beside(self) -> tuple[str, str]:
        """
        Return the served system to compare with, and the users that both are asked about.

        Raises
        ------
        RefusedError
            If there is no such system, or nobody counts so.
        """
        key, users = self.asked["first"], self.asked["users"]
        if key not in comparable(self.dashboard.contents()):
            raise RefusedError("Choose one of the systems that are served here to compare with.")
        try:
            users_said(users)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        return key, users

    def told(self) -> tuple[str, bytes]:
        """
        Return the system file that the answers make, and its name.

        Raises
        ------
        RefusedError
            If a question that must be answered was not.
        """
        said_to = {name: values[0].decode("utf-8", "replace") for name, values in
                   self.fields.items()}  # fmt: skip
        self.given = {each.name: said_to.get(each.name, "") for each in QUESTIONS}
        try:
            text = answered(said_to.get("title", ""), self.given, dt.date.today())
        except ValueError as error:
            raise RefusedError(str(error)) from None
        return "answers.yaml", text.encode()

    def field(self, name: str) -> str:
        """Return what was sent last in a field of the form; empty where there is none."""
        return self.fields.get(name, [b""])[-1].decode("utf-8", "replace").strip()

    def form(self, kind: str) -> tuple[Mapping[str, list[bytes]], Mapping[str, list[HTTPFile]]]:
        """
        Return fields and files of what was sent.

        Raises
        ------
        RefusedError
            If it is too large, or no form.
        """
        fields: dict[str, list[bytes]] = {}
        files: dict[str, list[HTTPFile]] = {}
        if len(self.body) > self.most:
            raise _large(kind)
        sent_as = self.request.headers.get("Content-Type", "")
        try:
            parse_body_arguments(sent_as, bytes(self.body), fields, files)
        except Exception as error:  # what tornado raises differs between its releases
            raise RefusedError("The form did not arrive whole; send it again.") from error
        return fields, files

    def refuse(self, kind: str, status: int, words: str, content: bytes = b"") -> None:
        """Answer with what is wrong, line by line, and the form with the text to mend."""
        self.set_status(status)
        lines = [line for line in words.splitlines() if line.strip()]
        text = content.decode("utf-8", "replace").replace("\0", "")
        self.finish(
            self.page(
                "refused.html.j2",
                heading=_HEADINGS[kind],
                lines=lines,
                **asking(text.strip(), self.given),
                **choosing(self.dashboard.contents(), **self.asked),
                compares=kind == "compare",
            )
        )


def _large(kind: str) -> RefusedError:
    return RefusedError(f"It is too large: at most {said(MOST[kind])} are read.")


class Handed(Page):
    """The page of what was handed in."""

    def initialize(self, answers: Answers) -> None:
        """Take the pages that were made."""
        self.answers = answers

    @authenticated
    def get(self, token: str) -> None:
        """
        Answer with the page.

        Raises
        ------
        HTTPError
            404 if there is none, or it has been forgotten.
        """
        found = self.answers.get(token)
        if found is None:
            raise HTTPError(404)
        kind, made = found
        self.set_header("Cache-Control", "no-store")
        if kind == "system":
            self.set_header("Content-Security-Policy", policy(made.html))
            self.finish(made.html)
            return
        if kind == "compare":
            shown = {"style": style(), **choosing(self.dashboard.contents())}
            self.finish(self.page("compare.html.j2", title=made.title, body=made.html, **shown))
            return
        board = (STATIC / "board.css").read_text("utf-8")
        self.finish(self.page("audit.html.j2", title=made.title, body=made.html, board=board))
