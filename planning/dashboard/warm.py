"""
Kernels that are ready in half a second, because they are copies of one that is.

Starting Python and importing numpy, pandas and altair takes three seconds of
every visit. Here one process imports them once and each kernel is forked from
it (the standard library's ``forkserver``)::

    server ──> fork server: imports done, runs nothing
                   ├── fork ──> kernel of visitor A
                   └── fork ──> kernel of visitor B     (nothing shared but read-only memory)

A kernel still is a process of its own, so no state leaks between visitors.
Only Linux forks safely after such imports; elsewhere kernels start the usual
way. Code of this package is read when the server starts, not at each visit.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NAME = "planning-warm"
MODULES = (
    "planning.dashboard.lean",  # before all others
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "numpy",
    "pandas",
    "pydantic",
    "altair",
    "ipywidgets",
    "planning.cli",  # what the command of that name imports, which a fork would do anew
    "planning.present.live",
    "planning.dashboard.entries",
    "planning.dashboard.ready",
)
# Imported before there was a shell, ipywidgets has not told it how pages ask for all widgets at
# once; they would ask for each, hundreds of times, and stay empty where one answer is missed.
WIDGETS = "--IPKernelApp.extensions=ipywidgets"


def available() -> bool:
    """
    Whether kernels can be forked here.

    Returns
    -------
    bool
        True on Linux: macOS frameworks do not survive a fork, and Windows has none.
    """
    return sys.platform == "linux"


def context() -> ForkServerContext:
    """The one fork server of this process."""
    return multiprocessing.get_context("forkserver")


def prepare(modules: Sequence[str] = MODULES) -> None:
    """
    Start the fork server, which begins to import, and make its kernels known to Jupyter.

    Parameters
    ----------
    modules : sequence of str
        What kernels shall have imported; names that do not exist are passed over.
    """
    context().set_forkserver_preload(list(modules))
    forkserver.ensure_running()
    # An entry point would need this package to be installed, which a checkout is not always.
    KernelProvisionerFactory.instance().provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )


def become_kernel(arguments: list[str], folder: str | None, environment: dict[str, str]) -> None:
    """
    Turn this process, just forked, into a Jupyter kernel; return when it is shut down.

    Parameters
    ----------
    arguments : list of str
        Arguments of the kernel, with its connection file.
    folder : str or None
        Working directory.
    environment : dict of str
        All of its environment variables.
    """
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    _let_go()
    os.environ.clear()
    parent = os.getppid()
    os.environ.update(environment, JPY_PARENT_PID=str(parent))
    if folder:
        os.chdir(folder)
    # As a process that dies with the server it may not have children; as a kernel it may.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # private
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The kernel ends when its parent does, and its parent is the fork server. It must be told:
    # ipykernel reads the variable when it is imported, which was before the fork.
    IPKernelApp.launch_instance(argv=[*arguments, WIDGETS, f"--IPKernelApp.parent_handle={parent}"])


def _let_go() -> None:
    """
    Close this process's share of the pipe that keeps the fork server alive.

    Else server and kernels would outlive a server that was killed, each waiting for the other.
    """
    server: Any = forkserver._forkserver
    if server._forkserver_alive_fd is not None:
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = None


class Child:
    """
    A forked process with the manners of ``subprocess.Popen``, as Jupyter expects them.

    Parameters
    ----------
    process : multiprocessing.Process
        Started already.
    """

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def wait(self) -> int | None:
        """Exit code, once it has ended."""
        self._process.join()
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Signal it, if it still runs: its number may by then belong to another process."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it now."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Gives Jupyter a forked kernel where it asked for a command to be run."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """
        Fork a kernel.

        Parameters
        ----------
        cmd : list of str
            Command from `WarmSpecs`; what follows the module's name is for the kernel.
        **kwargs
            ``env`` and ``cwd``, as for ``subprocess.Popen``.

        Returns
        -------
        dict
            Connection information.
        """
        environment: Mapping[str, str] = kwargs.get("env") or os.environ
        process = context().Process(
            target=become_kernel,
            args=(cmd[3:], kwargs.get("cwd"), dict(environment)),
            daemon=True,
        )
        # Forking waits for the imports if they are still under way: not in the event loop.
        await asyncio.get_running_loop().run_in_executor(None, process.start)
        self.process = Child(process)  # type: ignore[assignment]  # as good as a Popen
        self.pid = self.pgid = process.pid
        return self.connection_info


class WarmSpecs(KernelSpecManager):
    """Our own Python for every notebook, whatever kernel its author had at home."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the one kernel there is."""
        return {"python3": ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """
        Return its specification, under any name.

        Parameters
        ----------
        kernel_name : str
            As the notebook says; of no consequence.

        Returns
        -------
        KernelSpec
        """
        how = {"kernel_provisioner": {"provisioner_name": NAME}} if available() else {}
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            metadata=how,
            resource_dir="",
        )

    def get_all_specs(self) -> dict[str, Any]:
        """Return all specifications, which is one."""
        spec = self.get_kernel_spec("python3").to_dict()
        return {"python3": {"resource_dir": "", "spec": spec}}
