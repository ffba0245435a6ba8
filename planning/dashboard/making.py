"""
Cards and pages of systems, made in processes of their own and kept until a file changes.

A page is a second of arithmetic. In the server's own process it would keep every other visitor
waiting; here each is made by a copy of the fork server, which has all modules and the catalogue
in memory, and the server only takes what comes of it::

    server ──(fork)──> process: load, assess, compile ──pipe──> a page, kept by key and version
                                                          └───> or what is wrong with its file

All are made ahead when the server starts, one at a time, so the first visitor finds them there.
Until the fork server has imported what it needs, what somebody waits for is made in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from planning.dashboard.contents import Contents, SystemEntry
from planning.dashboard.link_root import LinkRoot
from planning.dashboard.warm import available, context
from planning.page.prose import Book
from planning.present.cards import Card

T = TypeVar("T")

AT_ONCE = 2  # processes that compute; more would only wait for one another
PATIENCE = 60.0  # [s] for a page that takes one when nothing else runs

_LOG = logging.getLogger(__name__)


async def elsewhere(make: Callable[[], T]) -> T:
    """Return what takes a while to make; other visitors are served meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, make)


def _told(make: Callable[[], T]) -> T:
    """Call a function; a fault of ours is logged, and told as what kept it from being done."""
    try:
        return make()
    except ValueError:  # what is wrong with a file
        raise
    except Exception as error:
        _LOG.exception("a page could not be made")
        raise RuntimeError("It met a fault of ours, which the server's log has.") from error


def _answer(make: Callable[[], Any], sender: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which ends this
    try:
        sender.send((_told(make), None))
    except ValueError as error:
        sender.send((None, ValueError(str(error))))
    except RuntimeError as error:
        sender.send((None, RuntimeError(str(error))))


def _nothing() -> None:
    """Do nothing, in a process of its own: it can be forked."""


class Forks:
    """Processes that make one thing each."""

    def __init__(self) -> None:
        self._running: set[Any] = set()

    async def make(self, make: Callable[[], T]) -> T:
        """
        Return what a function returns, called in a process of its own where one can be forked.

        Parameters
        ----------
        make : callable
            Can be pickled, as what it returns can.

        Raises
        ------
        ValueError
            As it raised it; or if it takes more than a minute from the fork on.
        RuntimeError
            If the process ended without an answer, stopped or out of memory.
        """
        return await elsewhere(partial(self._forked if available() else _told, make))

    def _forked(self, make: Callable[[], T]) -> T:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = context().Process(target=_answer, args=(make, sender), daemon=True)
        try:
            process.start()
            self._running.add(process)
            sender.close()  # else its end would not be seen
            if not receiver.poll(PATIENCE):
                # Of the file: who comes next would wait as long.
                raise ValueError(
                    f"It takes longer than {PATIENCE:g} s to compute; `planning page` has no limit."
                )
            found, error = receiver.recv()
        except (EOFError, OSError):
            raise RuntimeError("The process that makes it ended before it was done.") from None
        finally:
            if process.pid is not None:
                process.kill()  # if it did not end by itself
                process.join()
            self._running.discard(process)
            sender.close()
            receiver.close()
        if error is not None:
            raise error
        made: T = found
        return made

    def stop(self) -> None:
        """End all of them."""
        for process in list(self._running):
            process.kill()


@dataclass
class Kept:
    """
    What was made of each system, as long as its file is what it was made from.

    Attributes
    ----------
    links : LinkRoot
        Addresses of the workbooks.
    warm : bool
        Whether a process can be forked at once.
    made : dict
        Version and task of every card and page that was asked for, by system and what it is.
    forks : Forks
        The processes that make them.
    """

    links: LinkRoot
    warm: bool = False
    made: dict[Hashable, tuple[Hashable, asyncio.Task[Any]]] = field(default_factory=dict)
    forks: Forks = field(default_factory=Forks)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def card(self, system: SystemEntry) -> Card:
        """Return the card of a system; one whose process ended says so."""
        try:
            return await self._get((system.key, "card"), system.version(), system.card)
        except (ValueError, RuntimeError) as error:
            return Card(f"Cannot be computed: {error}", "bad")

    async def page(self, system: SystemEntry, contents: Contents) -> str:
        """
        Return the live page of a system that has one, with the workbooks that belong to it.

        Raises
        ------
        ValueError
            Why there cannot be one.
        RuntimeError
            If its process ended before it was done.
        """
        assert system.page is not None
        # Relative to the page, whatever stands before the server's own addresses.
        books = tuple(
            Book(
                book.tab, book.title, f"../../{self.links.live(book.path, system.key)}", book.prose
            )
            for book in contents.workbooks
            if book.tab and book.fits(system)
        )
        make = partial(system.page, books)
        return await self._get((system.key, "page"), (system.version(), books), make)

    async def ahead(self, contents: Contents) -> None:
        """Make what the first visitors will ask for: all cards, then the pages, own ones first."""
        systems = sorted(contents.systems, key=lambda each: not each.own)
        for each in systems:
            await self.card(each)
        try:
            await self.forks.make(_nothing)
            self.warm = True
        except RuntimeError:
            _LOG.warning("no process can be forked: the server makes its pages itself")
        for each in systems:
            if each.page is not None:
                # What is wrong is told to whoever opens it.
                await asyncio.gather(self.page(each, contents), return_exceptions=True)

    async def _get(self, key: Hashable, version: Hashable, make: Callable[[], T]) -> T:
        known = self.made.get(key)
        if known is None or known[0] != version or _failed(known[1]):
            known = version, asyncio.create_task(self._make(make))
            self.made[key] = known
        # A visitor who leaves takes nothing away from those who wait for the same.
        found: T = await asyncio.shield(known[1])
        return found

    async def _make(self, make: Callable[[], T]) -> T:
        async with self._slots:
            return await (self.forks.make(make) if self.warm else elsewhere(partial(_told, make)))


def _failed(task: asyncio.Task[Any]) -> bool:
    """Return whether nothing came of it, not even what is wrong: the next visitor may have luck."""
    return task.done() and (task.cancelled() or not isinstance(task.exception(), ValueError | None))
