"""How far something is: a line on standard error where somebody sits and waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Who gets an answer within a second need not be told that it is coming.
_PATIENCE = 1.0
_BETWEEN = 0.1  # seconds between two texts: a terminal is slower than the work it tells of
_CLEAR = "\r\x1b[K"


@contextmanager
def progress_line(
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[str], None]]:
    """
    Give a callable that writes a text over the one before, and clear it in the end.

    Nothing is written within the first second, nor where standard error is no terminal: a log
    is read afterwards.

    Parameters
    ----------
    clock : callable
        Tells the time. [s]
    """
    started = last = clock()
    shown = False

    def say(text: str) -> None:
        nonlocal last, shown
        now = clock()
        if sys.stderr.isatty() and now - started >= _PATIENCE and now - last >= _BETWEEN:
            print(f"{_CLEAR}{text}", end="", file=sys.stderr, flush=True)
            last, shown = now, True

    try:
        yield say
    finally:
        if shown:
            print(_CLEAR, end="", file=sys.stderr, flush=True)
