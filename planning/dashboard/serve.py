"""
Serve the workbooks to a browser on this computer.

One Voila server, bound to the loopback address, shows a landing page and
opens workbooks live; each visitor gets a process of their own, which ends
when they leave. It needs no network and opens no browser::

    python -m planning.dashboard.serve --root . --port 8866
"""

from __future__ import annotations

import argparse
import ipaddress
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from planning.dashboard.contents import Contents, SystemEntry, contents_of, spoken

SITE = "Planning workbooks"
LEAD = (
    "Describe what you run, and see how many users it holds, what breaks first and what it costs. "
    "Move any number and read the new verdict. Nothing leaves this computer."
)


def bound(host: str, port: int) -> list[socket.socket]:
    """
    Take a port of this computer, before anything expensive is started.

    Parameters
    ----------
    host : str
        A loopback address: these pages run code and have no password.
    port : int
        0 for any that is free.

    Returns
    -------
    list of socket.socket
        Bound and listening.

    Raises
    ------
    ValueError
        If `host` is not a loopback address, or `port` is no port.
    OSError
        If the port is in use or may not be used.

    Examples
    --------
    >>> bound("0.0.0.0", 8866)
    Traceback (most recent call last):
    ...
    ValueError: host='0.0.0.0' must be a loopback address such as 127.0.0.1
    """
    from tornado.netutil import bind_sockets

    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"host={host!r} must be a loopback address such as 127.0.0.1")
    if not 0 <= port <= 65535:
        raise ValueError(f"port={port} must be between 0 and 65535")
    address = "127.0.0.1" if host == "localhost" else host
    return bind_sockets(port, address)


def serve(
    contents: Callable[[], Contents],
    *,
    port: int = 8866,
    host: str = "127.0.0.1",
    site: str = SITE,
    lead: str = LEAD,
    preheat: bool = False,
    warm: Sequence[str] | None = None,
    idle_minutes: float = 45.0,
    most: int = 24,
    lonely_seconds: float = 30.0,
    environment: dict[str, str] | None = None,
) -> int:
    """
    Serve until Ctrl-C or SIGTERM.

    Parameters
    ----------
    contents : callable returning Contents
        What there is to open; asked on every visit. See `planning.dashboard.contents.contents_of`.
    port : int
        Port; 0 for any that is free.
    host : str
        Loopback address.
    site, lead : str
        Name of the whole, and the sentence below it on the landing page.
    preheat : bool
        Keep one started kernel per workbook.
    warm : sequence of str, optional
        Modules that kernels have imported already when they start, on Linux. By default
        `planning.dashboard.warm.MODULES`; an empty sequence forks kernels with nothing imported.
    idle_minutes : float
        After how long without a move a workbook is stopped, also with its page open. [min]
    most : int
        How many workbooks may be open; one visitor more is asked to wait.
    lonely_seconds : float
        After how long without its page a workbook is stopped, where the page said no farewell. [s]
    environment : dict of str, optional
        Environment variables for the kernels.

    Returns
    -------
    int
        Exit code: 0 after a stop, 1 if the port cannot be used.

    Raises
    ------
    ValueError
        If `host` is not a loopback address.
    """
    try:
        sockets = bound(host, port)
    except OSError as error:
        print(
            f"Port {port} on {host} cannot be used: {error.strerror}. "
            f"Stop what runs there, or choose another with --port.",
            file=sys.stderr,
        )
        return 1
    # Only now: Voila takes seconds to import, and a port in use should say so at once.
    import planning.dashboard.lean  # noqa: F401 - works when it is imported, before all others
    from planning.dashboard.start import run

    return run(
        contents,
        sockets,
        host=host,
        site=site,
        lead=lead,
        preheat=preheat,
        warm=warm,
        idle_minutes=idle_minutes,
        most=most,
        lonely_seconds=lonely_seconds,
        environment=environment or {},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Command line of ``python -m planning.dashboard.serve``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(prog="planning.dashboard.serve", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="project folder")
    parser.add_argument("--port", type=int, default=8866)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--preheat", action="store_true", help="keep a kernel per workbook ready")
    parser.add_argument("--most", type=int, default=24, help="workbooks open at once")
    parser.add_argument("--lonely", type=float, default=30.0, help="seconds a page may be away")
    options = parser.parse_args(arguments)
    root: Path = options.root.resolve()

    def contents() -> Contents:
        files = sorted(root.glob("data/systems/*.yaml"))
        systems = [SystemEntry(path.stem, spoken(path.stem)) for path in files]
        return contents_of(root / "workbooks", systems, root / "reports")

    return serve(
        contents,
        port=options.port,
        host=options.host,
        preheat=options.preheat,
        most=options.most,
        lonely_seconds=options.lonely,
    )


if __name__ == "__main__":
    sys.exit(main())
