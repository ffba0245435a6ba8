"""Servers to be measured: started on a free port, their private memory read, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START = 240.0  # [s] for a server to answer, on a busy machine
SETTLE = 90.0  # [s] for a server to stop what no page needs any more
STOP = 15.0  # [s] for it to end by itself


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(arguments: list[str], folder: Path, port: int, home: str = "/") -> Iterator[int]:
    """
    Run a module that serves, until the block ends.

    Parameters
    ----------
    arguments : list of str
        What follows ``python -m``.
    folder : Path
        Where it runs.
    port : int
        Where it answers.
    home : str
        An address without a session of its own, asked for until it answers.

    Yields
    ------
    int
        Its process.

    Raises
    ------
    RuntimeError
        If it does not answer within 240 s.
    """
    command = [sys.executable, "-m", *arguments]
    log = folder / f"{port}.log"
    environment = {**os.environ, "BOKEH_RESOURCES": "server"}  # Panel's own files, from no network
    with log.open("w") as written:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=written, stderr=written
        )
        try:
            end = time.monotonic() + START
            while not _answers(f"http://127.0.0.1:{port}{home}"):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{arguments[0]} did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.2)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def private(pid: int) -> float:
    """
    Memory that a process and all below it share with nobody. [MB]

    Nan where the system does not say: only Linux does.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return float("nan")
    size = 0
    for member in family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        size += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return size / 1000


def family(pid: int) -> list[int]:
    """Return a process and all below it; itself alone where the system does not say."""
    below: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        below.setdefault(parent, []).append(int(each.parent.name))
    found = [pid]
    for member in found:
        found += below.get(member, [])
    return found


def settle(pid: int, many: int) -> None:
    """Wait until a server has no more processes than it had, or for a minute and a half."""
    end = time.monotonic() + SETTLE
    while len(family(pid)) > many and time.monotonic() < end:
        time.sleep(1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
