"""
Kernels that live as long as somebody looks at them, and no longer.

A kernel holds the memory of a process, and a browser that crashes says no farewell. So the
server looks itself, every few seconds::

    starts ──> page connects ──> page is gone for LONELY seconds ──> stopped
       └── no page ever connects, for half as long again ────────────> stopped

There are at most `most` of them. A kernel that has died is never started anew under its old
number: it would know nothing of its page, whose numbers would stay as they were.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import PeriodicCallback
from traitlets import Float, Integer

LONELY = 30.0  # [s] without a page that was there: a reload or a hiccup takes less
UNSEEN = 1.5  # of it, without a page at all: a busy computer needs a while to load one
SLOW = 4.0  # of it, where the page was sent and asks, but has not connected yet
LOOK = 5.0  # [s] between two looks
MOST = 24
AT_ONCE = 3  # notebooks run at once; more would only make each of them late
PATIENCE = 1.0  # [s] an idle kernel's heartbeat answers in milliseconds
BUSY = 3.0  # [s] of work without a word, after which a page tells its reader

State = Literal["yes", "no", "hangs", "busy"]

# Whom a request wants told of the kernel it starts: it must stop it if its reader leaves.
STARTED: ContextVar[Callable[[str], None] | None] = ContextVar("STARTED", default=None)


class Kernels(AsyncMappingKernelManager):
    """
    Jupyter's kernels with a limit on their number and on how long they are alone.

    Attributes
    ----------
    most : int
        How many there may be, kernels that are ready for nobody yet not counted.
    lonely : float
        After how long without its page a kernel is stopped. [s]
    """

    most = Integer(MOST, config=True)
    lonely = Float(LONELY, config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # untyped there
        self._secret = secrets.token_bytes(32)
        self._left: dict[str, float] = {}  # since when a kernel's page is gone
        self._born: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._read: set[str] = set()  # those whose notebook is being sent to a reader
        self._coming = 0
        self.starts = asyncio.Semaphore(AT_ONCE)

    def token(self, kernel_id: str) -> str:
        """Return what only the page of a kernel is told; who stops it must show it."""
        return hmac.new(self._secret, kernel_id.encode(), hashlib.sha256).hexdigest()

    def belongs(self, kernel_id: str, token: str) -> bool:
        """Whether a token is this kernel's."""
        return hmac.compare_digest(self.token(kernel_id).encode(), token.encode())

    def enter(self) -> bool:
        """
        Take a visitor's place; false where none is free.

        Whoever takes one gives it back by `leave` when the visit is rendered, or has failed: from
        its start on, a kernel is counted itself.
        """
        spare = sum(len(pool) for pool in getattr(self, "_pools", {}).values())
        if len(self) - spare + self._coming >= self.most:
            return False
        self._coming += 1
        return True

    def leave(self, counted: bool) -> None:
        """Give back the place that `enter` took, unless a kernel has it since it started."""
        if not counted:
            self._coming -= 1

    def read(self, kernel_id: str) -> None:
        """Note that a reader waits for this kernel's notebook: it is not alone."""
        self._read.add(kernel_id)

    def unread(self, kernel_id: str) -> None:
        """Note that its notebook was sent, or nobody waits for it any longer."""
        self._read.discard(kernel_id)
        self._born[kernel_id] = time.monotonic()

    async def start_kernel(  # type: ignore[override]  # its ancestor's waits
        self, **kwargs: Any
    ) -> str:
        """Start a kernel, and tell the request that asked for it which."""
        # A reader who leaves now must not leave behind a process that nobody knows.
        starting = asyncio.ensure_future(super().start_kernel(**kwargs))
        kernel_id: str = await asyncio.shield(starting)
        self._born[kernel_id] = time.monotonic()
        begun = STARTED.get()
        if begun is not None:
            self._coming -= 1
            begun(kernel_id)
        return kernel_id

    def initialize_culler(self) -> None:
        """Begin to look after kernels when the first one is there."""
        if not self._initialized_culler:
            self._sweeper = PeriodicCallback(self.sweep, 1000 * min(LOOK, self.lonely / 3))
            self._sweeper.start()
        super().initialize_culler()  # type: ignore[no-untyped-call]  # untyped there

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page is there."""
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]  # untyped there
        self._left.pop(kernel_id, None)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Note that a page is gone, by farewell or not: a lost socket is noticed, too."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]  # untyped there
        self._left[kernel_id] = time.monotonic()

    def alone(self, kernel_id: str) -> float:
        """How long a kernel has been alone beyond what it may; negative if it may stay. [s]"""
        if self._kernel_connections.get(kernel_id, 0) or kernel_id in self._read:
            return -1.0
        now = time.monotonic()
        if kernel_id in self._left:
            return now - self._left[kernel_id] - self.lonely
        age = now - self._born.setdefault(kernel_id, now)
        # A page that asks after its kernel is there, and its computer slow; not for ever.
        asks = now - self._asked.get(kernel_id, 0.0) < LOOK
        return age - (SLOW if asks else UNSEEN) * self.lonely

    async def sweep(self) -> None:
        """Stop the kernels that nobody looks at and forget those that have died."""
        spare = self._spare()
        for kernel_id in list(self.list_kernel_ids()):
            if kernel_id in spare:
                self._born[kernel_id] = time.monotonic()
            elif self.alone(kernel_id) > 0 or not await self._runs(kernel_id):
                await self.stop(kernel_id)
        for known in (self._left, self._born, self._asked):
            for kernel_id in set(known) - set(self.list_kernel_ids()):
                del known[kernel_id]

    def _spare(self) -> set[str]:
        """Kernels that were started ahead and wait for a visitor."""
        pooled = [each for pool in getattr(self, "_pools", {}).values() for each in pool]
        # While one of them starts, its number is not known yet.
        if any(not each.done() for each in pooled):
            return set(self.list_kernel_ids())
        done = [each for each in pooled if not each.cancelled() and each.exception() is None]
        return {str(each.result().get("kernel_id")) for each in done}

    async def _runs(self, kernel_id: str) -> bool:
        """Whether a kernel has a process; one that starts is given the time to get it."""
        kernel: Any = self.get_kernel(kernel_id)
        return kernel.execution_state == "starting" or bool(await kernel.is_alive())

    async def stop(self, kernel_id: str) -> None:
        """Stop a kernel at once, if it is still there."""
        manager: Any = self
        if kernel_id in self:
            # It may end by itself in the same moment.
            with suppress(KeyError, RuntimeError, OSError):
                await manager.shutdown_kernel(kernel_id, now=True)

    async def state(self, kernel_id: str) -> State:
        """
        Say how a kernel fares; asking does not keep one that is idle from being stopped.

        Parameters
        ----------
        kernel_id : str
            Its number.

        Returns
        -------
        {"yes", "no", "hangs", "busy"}
            It runs; it is not there; its process does not answer; it has worked for
            `BUSY` seconds without a word.
        """
        if kernel_id not in self:
            return "no"
        self._asked[kernel_id] = time.monotonic()
        kernel: Any = self.get_kernel(kernel_id)
        if not await kernel.is_alive():
            return "no"
        if not await _answers(kernel):
            return "hangs" if kernel_id in self else "no"
        silent = (datetime.now(UTC) - kernel.last_activity).total_seconds()
        return "busy" if kernel.execution_state == "busy" and silent > BUSY else "yes"


async def _answers(kernel: Any) -> bool:
    """Whether a kernel's heartbeat does: a thread without Python in it, so also while it works."""
    stream: Any = kernel.connect_hb()
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stream.on_recv(lambda _: None if heard.done() else heard.set_result(None))
    try:
        stream.send(b"alive?")
        await asyncio.wait_for(heard, PATIENCE)
    except TimeoutError:
        return False
    finally:
        stream.close(linger=0)
    return True
