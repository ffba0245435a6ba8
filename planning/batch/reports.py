"""
A report per system and growth target, by papermill.

Each run is the ``report`` workbook with other parameters, in a folder of its own::

    reports/SYSTEM/USERS/report.ipynb   executed, opens live from the landing page
                         report.html    one file, charts included, opens offline
                         result.json    the numbers, or the reason why there are none
    reports/index.html                  all of them

A run that fails is listed with its reason and the others finish. Ctrl-C ends all runs at once
and leaves an index of those that were finished.
"""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from planning.batch import kernels
from planning.batch.answers import Answers
from planning.batch.beside import prices_beside, system_beside
from planning.batch.files import NOTEBOOK, PAGE, RESULT, forget, results
from planning.batch.pages import index_page, report_page
from planning.dashboard.home import somewhere_to_live
from planning.numbers.shipped import workbooks_folder
from planning.numbers.units import show
from planning.numbers.writing import write_whole
from planning.present.json_records import SCHEMA_VERSION
from planning.present.terminal import plain
from planning.questions.library import SHIPPED, Library

# Kernels at once: one more than there are cores, for each waits a while to start and to stop; at
# most five.
_AT_ONCE = min(5, (os.cpu_count() or 1) + 1)
_SHORT = "/tmp" if os.path.isdir("/tmp") else None
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Target:
    """One report to write: a system, as named by the user, at a number of users, in a folder."""

    system: str
    users: float
    folder: Path
    library: Library
    answers: Answers

    @property
    def name(self) -> str:
        """The system's name, as in the folder."""
        return self.folder.parent.name


def run_reports(
    systems: Sequence[str],
    users: Sequence[float],
    out: Path,
    progress: TextIO,
    library: Library = SHIPPED,
    settings: Mapping[str, str] | None = None,
) -> int:
    """
    Write all reports and the index.

    Parameters
    ----------
    systems : sequence of str
        Shipped names or files.
    users : sequence of float
        Growth targets. [user]
    out : Path
        Folder to write to; made if missing.
    progress : TextIO
        Where a line per finished report goes.
    library : Library
        What names and prices mean.
    settings : mapping of str to str
        Inputs set to other values than the files have, by path; a report says so in its head,
        and the file beside it has them.

    Returns
    -------
    int
        0 if all were written, 1 if some failed, 130 after Ctrl-C, 143 after SIGTERM.

    Raises
    ------
    OSError
        If the index cannot be written.
    """
    targets = list(_targets(systems, users, out, library, settings or {}))
    failures = code = 0
    running: dict[Future[tuple[str, float]], Target] = {}
    with somewhere_to_live(), _terminable() as ended:
        kernels.begin()
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            for target in targets:
                running[pool.submit(_timed, target)] = target
            for done, future in enumerate(as_completed(running), 1):
                target, (reason, seconds) = running[future], future.result()
                failures += bool(reason)
                words = f"failed: {reason}" if reason else "written"
                print(
                    f"[{done}/{len(targets)}] {target.name} at {show(target.users, 'user')}: "
                    f"{words} ({seconds:.1f} s)",
                    file=progress,
                    flush=True,
                )
        except KeyboardInterrupt:
            code = 128 + (ended[0] if ended else signal.SIGINT)
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
        finally:
            pool.shutdown(wait=True)
    written = sum(not each.cancelled() and not each.result()[0] for each in running)
    index = out / "index.html"
    write_whole(index, index_page(list(results(out))))
    left = len(targets) - written - failures
    stopped = f", {left} not begun or not finished: stopped" if code else ""
    print(f"{index}: {written} written, {failures} failed{stopped}", file=progress)
    return code or (1 if failures else 0)


@contextmanager
def _terminable() -> Iterator[list[int]]:
    """Take SIGTERM as Ctrl-C and note it, where signals may be handled."""
    ended: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield ended
        return

    def end(number: int, _: object) -> None:
        ended.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGTERM, before)


def folder_name(system: str, library: Library = SHIPPED) -> str:
    """
    Return the folder of a system's reports: its file's name without what a path could mean.

    >>> folder_name("data/...yaml"), folder_name("my shop.yaml")
    ('system', 'my-shop')
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", library.path(system).stem).strip("-")[:80] or "system"


def _targets(
    systems: Sequence[str],
    users: Sequence[float],
    out: Path,
    library: Library,
    settings: Mapping[str, str],
) -> Iterator[Target]:
    names = [folder_name(system, library) for system in systems]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two systems would share the folder {twice!r}; rename one of the files.")
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file; --out names a folder.")
    for system, name in zip(systems, names, strict=True):
        folder, answers = out / name, Answers(system, library, name, settings)
        for count in users:
            yield Target(system, count, folder / f"{count:.12g}", library, answers)


def _timed(target: Target) -> tuple[str, float]:
    """Return why a report failed, or nothing, and the seconds it took."""
    start = time.monotonic()
    try:
        _one(target)
        reason = ""
    except Exception as error:  # whatever a notebook raises belongs into the list of reports
        reason = _reason(error)
        # Where nothing can be written or removed, there is still the list on the screen.
        with suppress(OSError):
            forget(target.folder)
            if kernels.stopping():
                target.folder.rmdir()  # unless there is something else in it
            else:
                write_whole(target.folder / RESULT, _failed(target, reason))
    return reason, time.monotonic() - start


def _failed(target: Target, reason: str) -> str:
    record = {
        "schema_version": SCHEMA_VERSION,
        "system": target.name,
        "users": target.users,
        "error": reason,
    }
    return json.dumps(record, indent=2)


def _one(target: Target) -> None:
    import papermill

    target.folder.mkdir(parents=True, exist_ok=True)
    forget(target.folder)
    result = target.answers.at(target.users)
    changed = target.answers.changed
    notebook = target.folder / NOTEBOOK
    # A socket's path has at most 104 characters (macOS): a folder of its own with a short name.
    with tempfile.TemporaryDirectory(prefix="pl", dir=_SHORT) as sockets:
        executed = papermill.execute_notebook(
            str(workbooks_folder() / NOTEBOOK),
            None,
            parameters={
                "system": system_beside(
                    target.system,
                    target.library,
                    target.answers.altered,
                    target.folder / f"{target.name}.yaml",
                ),
                "users": target.users,
                "phase": "0",
                "prices": prices_beside(target.library, target.folder),
                "static": True,
                "changed": changed,
            },
            progress_bar=False,
            kernel_name="python3",
            resources={"metadata": {"path": str(target.folder)}},
            # A kernel that is told to stop logs that as an error, beside the reports' progress.
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            config=kernels.config(f"{sockets}/k"),
        )
    executed.metadata.pop("papermill", None)  # paths and times of this machine
    for cell in executed.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            # Whoever opens the notebook later can move its sliders.
            cell.source = cell.source.replace("static = True", "static = False")
    title = f"{result['title']} at {show(target.users, 'user')}"
    write_whole(target.folder / PAGE, report_page(executed, title))
    write_whole(notebook, _notebook_text(executed))
    write_whole(target.folder / RESULT, json.dumps(result, indent=2, allow_nan=False))


def _notebook_text(notebook: Any) -> str:
    import nbformat

    return str(nbformat.writes(notebook))


def _reason(error: Exception) -> str:
    """Return one line that says why a run failed; a notebook's error without its traceback."""
    ename, evalue = getattr(error, "ename", None), getattr(error, "evalue", None)
    text = f"{ename}: {evalue}" if ename else f"{type(error).__name__}: {error}"
    lines = _ANSI.sub("", text).strip().splitlines() or [type(error).__name__]
    return plain(lines[0]).plain[:300]
