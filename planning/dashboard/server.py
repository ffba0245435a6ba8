"""
Voila, dressed and locked up for this project.

`Dashboard` is Voila's own server with our landing page, our page template and
fewer doors::

    /                            what there is to open
    /voila/render/…              a workbook; only those in the contents
    /planning/systems/KEY        a system's live page, which needs no kernel
    /planning/compare?…          two systems side by side
    /planning/own/…              a visitor's own system or document, and its page
    /planning/reports/N/…        a finished report and the files beside it
    /planning/assets/DIGEST/…    front end and chart library, cached for ever

Everything that a browser needs comes from installed packages. Addresses of
assets contain a digest of the packages' versions, so a browser keeps them
without asking and an upgrade is never seen half.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila

from planning.dashboard import comparing, routes, uploads, visits
from planning.dashboard.contents import Contents
from planning.dashboard.frame import Missing
from planning.dashboard.kernels import LONELY, MOST, Kernels
from planning.dashboard.link_root import LinkRoot
from planning.dashboard.making import Kept
from planning.present.theme import STATIC, page_css
from planning.present.vega import bundle_name

TEMPLATE = Path(__file__).parent / "template"

# Front-end extensions that a dashboard needs; others (an LSP, a theme) would only delay it.
EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]


@cache
def assets_url() -> str:
    """
    Where the unchanging files are; different after any upgrade.

    Returns
    -------
    str
        A path below the server's root, without a slash at its end.
    """
    parts = ("voila", "anywidget", "ipywidgets", "jupyterlab-widgets", "widgetsnbextension")
    text = ",".join(f"{part} {version(part)}" for part in parts) + bundle_name()
    return f"/planning/assets/{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def settings(
    *,
    preheat: bool,
    idle_minutes: float,
    most: int = MOST,
    lonely_seconds: float = LONELY,
) -> Config:
    """
    Voila's configuration for a server that stands on a desk and opens only what is ours.

    Parameters
    ----------
    preheat : bool
        Keep one started kernel per workbook. Costs its memory, saves the first seconds.
    idle_minutes : float
        After how long without a move a kernel is stopped, also if its page is still open. [min]
    most : int
        How many kernels there may be.
    lonely_seconds : float
        After how long without its page a kernel is stopped. [s]

    Returns
    -------
    traitlets.config.Config
    """
    config = Config()
    config.Voila.open_browser = False
    # A voila.json in whatever folder the user stands in must not reconfigure us.
    config.Voila.config_file_paths = []
    config.Voila.log_level = "ERROR"
    config.VoilaConfiguration.template = "lab"
    # On by default, they let a visitor pick another template and go round the pool.
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    # The template shows the message to the reader and folds the traceback away.
    config.VoilaConfiguration.show_tracebacks = True
    config.VoilaConfiguration.extension_allowlist = EXTENSIONS
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.preheat_kernel = preheat
    config.VoilaConfiguration.default_pool_size = 0
    config.VoilaConfiguration.page_config_hook = page_config
    # A cell whose outputs come later than this is shown without them, and without a word: the
    # page says "Loading widget..." for ever. The usual four seconds are short on busy cores.
    config.VoilaExecutor.iopub_timeout = 60
    config.VoilaConfiguration.multi_kernel_manager_class = Kernels
    config.Kernels.most = most
    config.Kernels.lonely = lonely_seconds
    # A kernel started anew under its old number would know nothing of its page.
    config.KernelManager.autorestart = False
    config.MappingKernelManager.cull_idle_timeout = max(1, round(60 * idle_minutes))
    config.MappingKernelManager.cull_interval = max(1, min(60, round(15 * idle_minutes)))
    config.MappingKernelManager.cull_connected = True
    # The states of a board with many sliders come as one message, larger than the usual limit.
    config.ZMQChannelsWebsocketConnection.limit_rate = False
    return config


def page_config(current: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Point Voila's front end at the addresses that may be cached."""
    return current | {
        "fullStaticUrl": f"{assets_url()}/voila",
        "fullLabextensionsUrl": f"{assets_url()}/labextensions",
    }


class Dashboard(Voila):  # type: ignore[misc]  # voila carries no types
    """
    Voila with our pages, bound to sockets it is given.

    Set before ``start``: `contents`, `links`, `kept`, `site`, `lead`, `sockets`, `announce`.
    """

    contents: Callable[[], Contents]
    links: LinkRoot
    kept: Kept
    site: str
    lead: str
    sockets: list[Any]
    announce: Callable[[], None]

    def setup_template_dirs(self) -> None:
        """Find our template in this package, wherever it is installed, before Voila's."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATE))
        base = assets_url()
        self.voila_configuration.config.VoilaConfiguration.resources = {
            "planning": {
                "css": page_css(),
                "script": (STATIC / "page.js").read_text("utf-8"),
                "site": self.site,
                "charts_url": f"{base}/{bundle_name()}",
                "preload": [f"{base}/voila/voila.js"],
            }
        }

    def init_settings(self) -> Any:
        """Refuse foreign host names (a defence against DNS rebinding) and cache assets for ever."""
        found = super().init_settings()
        # Nor may a page end a kernel by a message: the number alone would be enough to know.
        allowed = self.kernel_manager.allowed_message_types
        self.kernel_manager.allowed_message_types = [
            each for each in allowed if each != "shutdown_request"
        ]
        resources = self.voila_configuration.config.VoilaConfiguration.resources["planning"]
        resources |= visits.for_template(self.kernel_manager)
        return found | {
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            # A socket whose other end is lost is closed, and its kernel then is alone. [ms]
            "ws_ping_interval": 5_000,
            "ws_ping_timeout": 20_000,
            "static_immutable_cache": [assets_url()],
            "default_handler_class": Missing,
            "planning": self,
        }

    def init_handlers(self) -> Any:
        """Put our routes in front and leave out what lists or hands out files, and logins."""
        closed = (
            "/voila/tree", "/voila/api/contents", "/voila/files", "/voila/render",
            "/voila/templates", "/login", "/logout",
        )  # fmt: skip
        kept = [
            handler
            for handler in super().init_handlers()
            if handler[0] != self.server_url and not handler[0].startswith(closed)
        ]
        base = assets_url()
        answers = {"answers": uploads.Answers()}
        return [
            (self.server_url, routes.Landing),
            (url_path_join(base, bundle_name()), routes.Charts),
            (
                url_path_join(base, r"voila/(.*)"),
                FileFindHandler,
                {"path": self.static_paths},
            ),
            (
                url_path_join(base, r"labextensions/(.*)"),
                FileFindHandler,
                {"path": self.labextensions_path},
            ),
            (r"/voila/api/shutdown/([0-9a-f-]+)", visits.NoFarewell),
            (r"/planning/alive/([0-9a-f-]{1,64})/([0-9a-f]{1,64})", visits.Alive),
            (r"/planning/leave/([0-9a-f-]{1,64})/([0-9a-f]{1,64})", visits.Leave),
            (r"/api/kernels/([0-9a-f-]{1,64})", visits.Described),
            (r"/planning/live/([^/]+)/([^/]+)", routes.Live),
            (r"/planning/systems/([^/]+)", routes.LivePage),
            (r"/planning/compare", comparing.Compared),
            (r"/planning/own/(system|document|questions|compare)", uploads.HandIn, answers),
            (r"/planning/own/([\w-]{16,40})", uploads.Handed, answers),
            (r"/planning/reports/(\d+)/(.*)", routes.ReportFile, {"path": "/"}),
            (
                r"/voila/render/(.*)",
                visits.Render,
                {
                    "template_paths": self.template_paths,
                    "config": self.config,
                    "voila_configuration": self.voila_configuration,
                },
            ),
            *kept,
        ]

    def prefetch(self) -> list[str]:
        """
        Addresses that every workbook asks for, to be fetched while the landing page is read.

        Returns
        -------
        list of str
        """
        base = assets_url()
        return [f"{base}/{bundle_name()}", f"{base}/voila/voila.js"]

    def stop(self) -> None:
        """Stop the kernels first and remove their sockets after, not the other way round."""
        self.kept.forks.stop()
        run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def listen(self) -> None:
        """Serve on the sockets that are bound already: no other port is tried."""
        from tornado.httpserver import HTTPServer
        from tornado.ioloop import IOLoop

        HTTPServer(self.app).add_sockets(self.sockets)
        self.ioloop = IOLoop.current()
        self.ioloop.add_callback(self.announce)
        self.ioloop.add_callback(lambda: self.kept.ahead(self.contents()))
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()
