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


async def elsewhere(make: Callable[[], T]) -> T:
    """Return what takes a while to make; other visitors are served meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, make)


async def beside(make: Callable[[], T]) -> T:
    """
    Return what a function returns, called in a process of its own where one can be forked.

    Parameters
    ----------
    make : callable
        Can be pickled, as what it returns or raises can.

    Raises
    ------
    ValueError
        As it raised it.
    RuntimeError
        If the process ended without an answer, stopped or out of memory, or took over a minute.
    """
    return await elsewhere(make if not available() else lambda: _forked(make))


def _forked(make: Callable[[], T]) -> T:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = context().Process(target=_answer, args=(make, sender), daemon=True)
    process.start()
    sender.close()  # else its end would not be seen
    try:
        if not receiver.poll(PATIENCE):
            raise RuntimeError(f"It took longer than {PATIENCE:g} s.")
        found, error = receiver.recv()
    except EOFError:
        raise RuntimeError("The process that makes it ended before it was done.") from None
    finally:
        process.kill()  # if it did not end by itself
        process.join()
        receiver.close()
    if error is not None:
        raise error
    made: T = found
    return made


def _nothing() -> None:
    """Do nothing, in a process of its own: it can be forked."""


def _answer(make: Callable[[], Any], sender: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; it ends this as well
    try:
        sender.send((make(), None))
    except ValueError as error:  # told to the reader; anything else is a fault of ours
        sender.send((None, ValueError(str(error))))


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
    """

    links: LinkRoot
    warm: bool = False
    made: dict[Hashable, tuple[Hashable, asyncio.Task[Any]]] = field(default_factory=dict)
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
        await beside(_nothing)
        self.warm = True
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
            return await (beside(make) if self.warm else elsewhere(make))


def _failed(task: asyncio.Task[Any]) -> bool:
    """Return whether a process ended without an answer: the next visitor may have more luck."""
    return task.done() and (task.cancelled() or isinstance(task.exception(), RuntimeError))
