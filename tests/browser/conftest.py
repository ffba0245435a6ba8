"""
A browser, a server and a strict look-out: whatever leaves this computer fails the test.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import nbformat
import pytest
from find_browser import system_browser
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

START = 60.0  # [s] a cold start of the server, on a slow machine
STOP = 15.0  # [s] the time it has to stop its kernels
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = list(QUIET)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to run as root inside its sandbox.
        arguments += ["--headless=new", "--no-sandbox"]
    chosen = {**browser_type_launch_args, "args": arguments}
    path = system_browser()
    return {**chosen, "executable_path": path} if path else chosen


def is_local(url: str) -> bool:
    """Whether an address stays on this computer."""
    parts = urlparse(url)
    return parts.scheme in ("data", "blob", "file", "about") or parts.hostname in (
        "127.0.0.1",
        "localhost",
        "::1",
    )


@pytest.fixture(autouse=True)
def lookout(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Stop what would leave this computer; fail on that, on console errors and on exceptions."""
    troubles: list[str] = []
    if "page" not in request.fixturenames:
        # A test without a page needs no browser.
        yield troubles
        return
    context: BrowserContext = request.getfixturevalue("context")

    def guard(route: Route) -> None:
        if is_local(route.request.url):
            route.continue_()
        else:
            troubles.append(f"request to {route.request.url}")
            route.abort()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(f"console: {message.text}")

    def watch(page: Page) -> None:
        page.on("console", hear)
        page.on("pageerror", lambda error: troubles.append(f"exception: {error}"))
        page.on(
            "websocket",
            lambda socket: None if is_local(socket.url) else troubles.append(socket.url),
        )

    context.route("**/*", guard)
    context.on("page", watch)
    yield troubles
    assert not troubles, "\n".join(troubles)


DEMO = """
import altair as alt, ipywidgets as w, numpy as np
from urllib.parse import parse_qs
from IPython.display import display
from voila.utils import get_query_string
from planning.present.live import chart

users = w.IntSlider(description="Users", min=100, max=20000, step=100, value=5000)
service = w.FloatSlider(description="Service [ms]", min=1, max=50, step=0.5, value=8)
numbers = np.linspace(0, 20000, 200)

def curve():
    return {"users": numbers, "load": numbers * service.value / 1e5}

def bars():
    return {"part": ["Database", "Pooler"], "used": [users.value * service.value / 1e5, 0.3]}

x, y = alt.X("users:Q"), alt.Y("load:Q", axis=alt.Axis(format="%"))
line = alt.Chart(alt.NamedData("curve")).mark_line(color="theme:accent").encode(x=x, y=y)
edge = alt.Chart(alt.NamedData("edge")).mark_rule(color="theme:warn").encode(x=x)
bar = alt.Chart(alt.NamedData("bars")).mark_bar(color="theme:accent").encode(x="used:Q", y="part:N")
one = chart(alt.layer(line, edge).to_dict(), description="Load by users",
            curve=curve(), edge={"users": [users.value]})
two = chart(bar.to_dict(), bars(), description="Load by part")

def change(_):
    one.push(curve=curve(), edge={"users": [users.value]})
    two.push(bars())

for slider in (users, service):
    slider.observe(change, "value")
system = parse_qs(get_query_string() or "").get("system", ["none"])[0]
display(w.HTML(f"<p id='system'>{system}</p>"), w.VBox([users, service, one, two]))
"""


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook; a cell that starts with ``#`` and a space is Markdown."""
    kinds = nbformat.v4
    made = [
        kinds.new_markdown_cell(text) if text.startswith("# ") else kinds.new_code_cell(text)
        for text in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(kinds.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with one working and one failing workbook, a system and a report."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("workbooks", "data/systems", "reports"):
        (root / folder).mkdir(parents=True)
    write_notebook(root / "workbooks" / "01_demo.ipynb", "# A demonstration\n\nTwo charts.", DEMO)
    write_notebook(root / "workbooks" / "02_fails.ipynb", "# Fails", "raise ValueError('usres=5')")
    (root / "data/systems/live_stream_limits.yaml").touch()
    (root / "reports/index.html").write_text("<!DOCTYPE html><title>R</title><h1>Reports</h1>")
    (root / "reports/secret.key").write_text("not for readers")
    return root


def start(*arguments: str, cwd: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the server and wait for the line that says where it is."""
    return started(
        [sys.executable, "-m", "planning.dashboard.serve", "--port", "0", *arguments], cwd=cwd
    )


def started(command: list[str], cwd: Path) -> tuple[subprocess.Popen[str], str]:
    """Run a command that serves, and wait for the line that says where."""
    process = subprocess.Popen(
        command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    lines: list[str] = []
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    ready.wait(START)
    found = re.search(r"http://\S+/", "".join(lines))
    if found is None:
        process.kill()
        raise RuntimeError("the server did not start:\n" + "".join(lines))
    return process, found.group()


@pytest.fixture(scope="session")
def serve(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
    """Start as many servers as a test needs, from a folder that is not the project's."""
    running: list[subprocess.Popen[str]] = []

    def begin() -> tuple[subprocess.Popen[str], str]:
        process, address = start("--root", str(project), cwd=tmp_path_factory.mktemp("elsewhere"))
        running.append(process)
        return process, address

    yield begin
    for process in running:
        stopped(process)


def stopped(process: subprocess.Popen[str]) -> None:
    """Stop a server as Ctrl-C's elder brother does; kill it where it does not listen."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture(scope="session")
def address(serve: Callable[[], tuple[subprocess.Popen[str], str]]) -> str:
    """Address of a server that all tests share."""
    return serve()[1]
