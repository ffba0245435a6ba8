"""
Start and stop the dashboard server, and leave nothing behind.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from tornado.ioloop import IOLoop
from traitlets.config import Config

from planning.dashboard.contents import Contents
from planning.dashboard.home import somewhere_to_live
from planning.dashboard.link_root import LinkRoot
from planning.dashboard.making import Kept
from planning.dashboard.server import Dashboard, settings
from planning.dashboard.warm import MODULES, WarmSpecs, available, prepare
from planning.present.vega import bundle_text


def _short_folder() -> str:
    """
    A temporary folder with a short name.

    Kernels are spoken to through sockets that are files, and such a name may have
    104 characters on macOS, whose own temporary folder takes half of them.
    """
    return "/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()


def run(
    contents: Callable[[], Contents],
    sockets: list[Any],
    *,
    host: str,
    site: str,
    lead: str,
    preheat: bool,
    warm: Sequence[str] | None,
    idle_minutes: float,
    most: int,
    lonely_seconds: float,
    environment: dict[str, str],
) -> int:
    """
    Serve on bound sockets until told to stop.

    Parameters
    ----------
    contents, host, site, lead, preheat, warm, idle_minutes, most, lonely_seconds, environment
        As for `planning.dashboard.serve.serve`.
    sockets : list of socket.socket
        From `planning.dashboard.serve.bound`.

    Returns
    -------
    int
        Exit code, 0.
    """
    with somewhere_to_live():
        os.environ.update(environment)
        if available():
            prepare(MODULES if warm is None else warm)
        bundle_text()
        port = sockets[0].getsockname()[1]
        links = LinkRoot()
        try:
            config = settings(
                preheat=preheat, idle_minutes=idle_minutes, most=most, lonely_seconds=lonely_seconds
            )
            _add(config, links, host, port)
            if preheat:
                books = {
                    links.address(book.path): {"pool_size": 1} for book in contents().workbooks
                }
                pools = {"default": {"pool_size": 0}, **books}
                config.VoilaKernelManager.kernel_pools_config = pools
            app = Dashboard(config=config)
            app.contents, app.links, app.kept = contents, links, Kept(links)
            app.site, app.lead, app.sockets = site, lead, sockets
            app.announce = lambda: print(
                f"{site}: http://{host}:{port}/  (Ctrl-C stops)", flush=True
            )
            # Without arguments of its own Voila would read those of our command line.
            app.initialize([])
            # Voila's handler stops this loop, which must be there when the signal comes early.
            app.ioloop = IOLoop.current()
            signal.signal(signal.SIGINT, app._handle_signal_stop)
            app.start()
        finally:
            links.close()
        return 0


def _add(config: Config, links: LinkRoot, host: str, port: int) -> None:
    """Add to Voila's settings what is known only when the server starts."""
    config.VoilaConfiguration.kernel_spec_manager_class = WarmSpecs
    config.Voila.ip, config.Voila.port = host, port
    config.Voila.root_dir = str(links.root)
    config.Voila.connection_dir_root = _short_folder()
    # Kernels listen on files only we can read, not on ports that any program here can reach.
    if sys.platform != "win32":
        config.KernelManager.transport = "ipc"
