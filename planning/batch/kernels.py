"""
The kernels that run reports: forked from one warm process, where that is safe, and stopped at once.

A report's kernel is a process of its own, as always; on Linux it is a copy of one that has
imported everything (see `planning.dashboard.warm`), which saves most of its time.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default
from traitlets.config import Config

from planning.dashboard.warm import WarmSpecs, available, prepare

_running: set[ReportKernel] = set()
_stopping = threading.Event()


class Stopped(Exception):
    """The batch was stopped: this report was not finished, and has not failed."""


class ReportKernel(AsyncKernelManager):
    """A kernel that is known while it runs, so that all can be ended together."""

    @default("kernel_spec_manager")
    def _our_python(self) -> KernelSpecManager:
        return WarmSpecs(parent=self)

    async def start_kernel(  # type: ignore[override]  # its ancestor's waits
        self, **kwargs: Any
    ) -> None:
        """
        Start it.

        Raises
        ------
        Stopped
            If the batch was stopped in the meantime.
        """
        if _stopping.is_set():
            raise Stopped
        await super().start_kernel(**kwargs)
        _running.add(self)
        if _stopping.is_set():
            _kill(self)

    async def cleanup_resources(  # type: ignore[override]  # its ancestor's waits
        self, restart: bool = False
    ) -> None:
        """Forget it."""
        _running.discard(self)
        await super().cleanup_resources(restart)


def begin() -> None:
    """Start the process that kernels are forked from; it imports while the first is asked for."""
    _stopping.clear()
    if available():
        prepare()


def stop() -> None:
    """End all kernels now; what waits for one gets an error."""
    _stopping.set()
    for kernel in list(_running):
        _kill(kernel)


def stopping() -> bool:
    """Whether the batch was stopped."""
    return _stopping.is_set()


def config(sockets: str) -> Config:
    """
    Return the settings of one kernel.

    Parameters
    ----------
    sockets : str
        Start of the names of its sockets, in a folder that exists.
    """
    # IPC instead of TCP: parallel kernels race for ports, and about 5 % of runs lose.
    return Config(
        {
            "KernelManager": {"transport": "ipc", "ip": sockets},
            "NotebookClient": {"kernel_manager_class": ReportKernel},
        }
    )


def _kill(kernel: ReportKernel) -> None:
    process = getattr(kernel.provisioner, "process", None)
    if process is not None:
        with suppress(OSError):  # it has ended by itself
            process.kill()
