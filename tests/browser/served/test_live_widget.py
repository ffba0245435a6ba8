"""The live page as a widget, in JupyterLab itself and in Voila: state goes both ways."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import START, start, stopped, write_notebook
from playwright.sync_api import FrameLocator, Locator, Page, expect

OPENED = 90_000.0  # [ms]
TOKEN = "only-for-this-test"
MAKE = """import planning
shown = planning.live(planning.load_system("ten_thousand_users"), users=25)
shown"""
READ = 'print(f"kernel: {shown.users:g}, {shown.verdict}, {shown.capacity:g}, {shown.moved}")'
SET = 'shown.moved = {"workload.activities.page.query_time": "50 ms"}'


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab that has nothing of this machine's settings."""
    root: Path = tmp_path_factory.mktemp("lab")
    write_notebook(root / "live.ipynb", MAKE, READ, SET)
    homes = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    # What notes troubles of its own in the console, or asks whether news may be fetched.
    unused = ("@jupyterlab/debugger-extension", "@jupyterlab/apputils-extension:announcements")
    settings = root / ".own" / "CONFIG_DIR" / "labconfig"
    settings.mkdir(parents=True)
    disabled = json.dumps({"disabledExtensions": dict.fromkeys(unused, True)})
    (settings / "page_config.json").write_text(disabled)
    own = {f"JUPYTER_{name}": str(root / ".own" / name) for name in homes}
    own |= {
        f"JUPYTERLAB_{name}_DIR": str(root / ".own" / name) for name in ("SETTINGS", "WORKSPACES")
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        "--port=0", f"--IdentityProvider.token={TOKEN}", f"--notebook-dir={root}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=root, env={**os.environ, **own}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    lines, ready = list[str](), threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if f"/lab?token={TOKEN}" in line:
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    ready.wait(START)
    found = re.search(r"http://127\.0\.0\.1:[1-9]\d*/", "".join(lines))
    assert found, "".join(lines)
    yield found.group()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    reader.join(10)


def asked(lab: str, what: str, method: str = "GET", content: object = None) -> Any:
    """Ask JupyterLab's server for something, and return what it answers."""
    request = urllib.request.Request(
        f"{lab}api/{what}",
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def run(page: Page, number: int) -> Locator:
    """Run a cell of the notebook that is open, and return it when it is done."""
    cell = page.locator(".jp-CodeCell").nth(number)
    prompt, typed = cell.locator(".jp-InputArea-prompt"), cell.locator(".cm-content")
    before = prompt.inner_text()
    for _ in range(10):
        typed.click()
        typed.press("Control+Enter")
        # While the notebook scrolls to what a cell above it shows, a key may be lost.
        with suppress(AssertionError):
            expect(prompt).not_to_have_text(before, timeout=3_000)
            break
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=OPENED)
    return cell


def said(page: Page, words: str) -> None:
    """Ask the kernel for the traits until it says these words; what is moved takes its moment."""
    heard = ""
    for _ in range(20):
        heard = run(page, 1).locator(".jp-OutputArea").inner_text()
        if words in heard:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{words!r} was to be said, and not {heard!r}")


def opened(page: Page, lab: str) -> FrameLocator:
    """Open the notebook, show the widget, and return the page in it."""
    # A kernel of its own, there before the notebook is: it asks for none.
    for old in asked(lab, "sessions"):
        asked(lab, f"sessions/{old['id']}", "DELETE")
    session = {"path": "live.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    asked(lab, "sessions", "POST", session)
    page.goto(f"{lab}lab/tree/live.ipynb?reset&token={TOKEN}", timeout=OPENED)
    expect(page.locator(".jp-CodeCell")).to_have_count(3, timeout=OPENED)
    expect(page.locator(".jp-NotebookPanel-toolbar [data-status=idle]")).to_be_visible(
        timeout=OPENED
    )
    begun = time.perf_counter()
    run(page, 0)
    done = time.perf_counter()
    frame = page.frame_locator(".planning-live iframe")
    expect(frame.locator("h1")).to_contain_text("Holds 25 users?", timeout=OPENED)
    print(f"JupyterLab: cell {done - begun:.2f} s, page {time.perf_counter() - done:.2f} s later")
    return frame


def test_a_move_sets_the_traits_and_a_trait_moves_the_page(page: Page, lab: str) -> None:
    frame = opened(page, lab)
    said(page, "kernel: 25, warning, 28, {}")
    slider = frame.locator("#verdict input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(frame.locator("h1")).to_contain_text("Holds 1 user? Yes.")
    said(page, "kernel: 1, holds, 28, {}")
    run(page, 2)
    expect(frame.locator("h1")).to_contain_text("past 149 users")
    expect(frame.locator(".chip")).to_contain_text("50 ms")
    said(page, "kernel: 1, holds, 149, {'workload.activities.page.query_time': 0.05}")
    frame.locator(".chip").click()
    expect(frame.locator("h1")).to_contain_text("past 28 users")
    said(page, "kernel: 1, holds, 28, {}")
    # What a phase has otherwise is dropped with it, on both sides.
    frame.locator("#phase").select_option("4")
    expect(frame.locator("h1")).to_contain_text("Not as it is set up.")
    said(page, "kernel: 1, flawed, 6300, {}")


def test_it_is_as_light_or_dark_as_the_notebook(page: Page, lab: str) -> None:
    frame = opened(page, lab)
    paper = frame.locator("html")
    light = paper.evaluate("e => getComputedStyle(e).backgroundColor")
    # As JupyterLab says which theme it has.
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(paper).not_to_have_css("background-color", light)
    # No frame of another origin can look out: its page knows nothing of the notebook.
    assert frame.locator("html").evaluate("() => window.origin") == "null"


def test_moves_need_no_kernel(page: Page, lab: str, lookout: list[str]) -> None:
    frame = opened(page, lab)
    page.get_by_role("menuitem", name="Kernel").first.click()
    page.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(page.locator(".jp-NotebookPanel-toolbar")).to_contain_text("No Kernel")
    slider = frame.locator("#verdict input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(frame.locator("h1")).to_contain_text("Holds 1 user? Yes.")
    slider.press("End")
    expect(frame.locator("h1")).to_contain_text("Holds 10,000,000 users? No.")
    page.wait_for_timeout(500)
    # The notebook's own widgets note that there is no kernel to tell; nothing else went wrong.
    assert all("Could not send widget sync message" in each for each in lookout)
    lookout.clear()


VOILA = """
import os
import ipywidgets, planning
from planning.page import live as room
from planning.page.formulas import CannotCompile

system = planning.load_system("ten_thousand_users")
shown = planning.live(system, users=25)
words = ipywidgets.HTML()
def tell(_):
    words.value = f"kernel: {shown.users:g}, {shown.verdict}, {shown.capacity:g}, {shown.tab}"
shown.observe(tell)
tell(None)
button = ipywidgets.Button(description="By Python")
button.on_click(lambda _: setattr(shown, "moved", {"workload.activities.page.query_time": 0.05}))
print(f"process {os.getpid()}.")
ipywidgets.VBox([button, words, shown])
"""
# A kind of part that pages have no counterpart of, if ever there is one again.
REFUSED = """
def refuse(*_, **__):
    raise CannotCompile("pages have no counterpart of <odd>.")
room.page_html = refuse
odd = planning.live(system, users=25)
more = ipywidgets.Button(description="More users")
more.on_click(lambda _: setattr(odd, "users", 500))
ipywidgets.VBox([more, odd])
"""


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with one workbook that shows the widget."""
    root: Path = tmp_path_factory.mktemp("voila")
    (root / "workbooks").mkdir()
    write_notebook(root / "workbooks/live.ipynb", "# Live", VOILA, REFUSED)
    process, address = start("--root", str(root), cwd=root)
    yield f"{address}voila/render/workbooks/live.ipynb"
    stopped(process)


def test_voila_has_the_same_widget_under_its_policy(page: Page, voila: str) -> None:
    page.goto(voila, timeout=OPENED)
    frame = page.frame_locator(".planning-live iframe")
    expect(frame.locator("h1")).to_contain_text("Holds 25 users?", timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    slider = frame.locator("#verdict input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_text("kernel: 1, holds, 28, verdict")).to_be_visible()
    frame.get_by_role("tab", name="Money").click()
    expect(page.get_by_text("kernel: 1, holds, 28, money")).to_be_visible()
    page.get_by_role("button", name="By Python").click()
    expect(frame.locator("h1")).to_contain_text("past 149 users")
    expect(frame.locator("#panel-money")).to_be_visible()
    expect(page.get_by_text("kernel: 1, holds, 149, money")).to_be_visible()
    # In a frame of an origin of its own it has no way to the server, nor to the page around it.
    reached = page.locator(".planning-live iframe").evaluate("frame => frame.contentDocument")
    assert reached is None


def test_in_voila_it_goes_on_when_its_kernel_has_stopped(page: Page, voila: str) -> None:
    page.goto(voila, timeout=OPENED)
    frame = page.frame_locator(".planning-live iframe")
    expect(frame.locator("h1")).to_contain_text("Holds 25 users?", timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    process = page.locator("pre", has_text="process").inner_text()
    os.kill(int(process.partition("process ")[2].partition(".")[0]), signal.SIGKILL)
    expect(page.locator("#planning-asleep")).to_contain_text(
        "The live page goes on by itself", timeout=15_000
    )
    slider = frame.locator("#verdict input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(frame.locator("h1")).to_contain_text("Holds 1 user? Yes.")


def test_what_no_page_computes_says_so_and_shows_the_kernels_verdict(
    page: Page, voila: str
) -> None:
    page.goto(voila, timeout=OPENED)
    note = page.get_by_role("note")
    expect(note).to_contain_text(
        "No live page: pages have no counterpart of <odd>.", timeout=OPENED
    )
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    verdict = page.locator(".plan-verdict strong")
    expect(verdict).to_have_text("Holds 25 users, with little room")
    page.get_by_role("button", name="More users").click()
    expect(verdict).to_have_text("Does not hold 500 users")
