"""A page whose computation has died or hangs says so, and shows its numbers as old."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from conftest import start, stopped, write_notebook
from playwright.sync_api import Page, expect

OPENED = 90_000.0  # [ms]
CELL = """
import os, ipywidgets
box = ipywidgets.IntSlider(description="Users")
shown = ipywidgets.HTML("")
def follow(change):
    import time
    time.sleep(30 if change["new"] == 100 else 0)
    shown.value = f"<b id='found'>{change['new']}</b>"
box.observe(follow, "value")
print(f"process {os.getpid()}.")
ipywidgets.VBox([box, shown])
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Address of a server with one small workbook, and the server's process."""
    root: Path = tmp_path_factory.mktemp("small")
    (root / "workbooks").mkdir()
    write_notebook(root / "workbooks/small.ipynb", "# Small", CELL)
    process, address = start("--root", str(root), cwd=root)
    yield address, process
    stopped(process)


def opened(page: Page, address: str) -> int:
    """Open the workbook; return its kernel's process."""
    page.goto(f"{address}voila/render/workbooks/small.ipynb", timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    expect(page.get_by_role("slider")).to_be_visible(timeout=OPENED)
    words = page.locator("pre", has_text="process").inner_text()
    return int(words.partition("process ")[2].partition(".")[0])


def says_old(page: Page, words: str) -> None:
    note = page.locator("#planning-asleep")
    expect(note).to_contain_text(words, timeout=15_000)
    expect(note.get_by_role("button", name="Start again")).to_be_visible()
    expect(page.locator("#rendered_cells")).to_have_css("opacity", "0.45")
    assert page.locator("#rendered_cells").evaluate("node => node.inert")


def says_nothing(page: Page) -> None:
    expect(page.locator("#planning-asleep")).to_be_hidden(timeout=15_000)
    expect(page.locator("#rendered_cells")).to_have_css("opacity", "1")
    assert not page.locator("#rendered_cells").evaluate("node => node.inert")


def test_a_kernel_that_died_is_told_and_started_again(page: Page, small) -> None:
    address, _ = small
    pid = opened(page, address)
    says_nothing(page)
    os.kill(pid, signal.SIGKILL)
    says_old(page, "has stopped")
    page.get_by_role("button", name="Start again").click()
    page.wait_for_function("!document.querySelector('#found')", timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    handle = page.get_by_role("slider")
    handle.focus()
    handle.press("ArrowRight")
    expect(page.locator("#found")).to_have_text("1", timeout=30_000)
    says_nothing(page)


def test_a_kernel_that_hangs_is_told_until_it_answers_again(page: Page, small) -> None:
    address, _ = small
    pid = opened(page, address)
    os.kill(pid, signal.SIGSTOP)
    says_old(page, "does not answer")
    os.kill(pid, signal.SIGCONT)
    says_nothing(page)


def test_a_move_that_takes_long_is_told(page: Page, small) -> None:
    address, _ = small
    opened(page, address)
    handle = page.get_by_role("slider")
    handle.focus()
    handle.press("End")
    says_old(page, "has been busy")
    expect(page.locator("#found")).to_have_text("100", timeout=60_000)
    says_nothing(page)


def test_a_server_that_stopped_is_told(page: Page, small, lookout: list[str]) -> None:
    address, process = small
    opened(page, address)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        says_old(page, "the server does not answer")
    finally:
        os.kill(process.pid, signal.SIGCONT)
    says_nothing(page)
    lookout.clear()  # the browser notes requests that were given up


def test_a_closed_page_takes_its_kernel_along(page: Page, small) -> None:
    address, _ = small
    pid = opened(page, address)
    page.goto(address)
    gone = threading.Event()
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            gone.set()
            break
        page.wait_for_timeout(100)
    assert gone.is_set()


def test_a_link_from_another_site_asks_first(page: Page, small, lookout: list[str]) -> None:
    address, _ = small
    other = address.replace("127.0.0.1", "localhost")
    page.goto(address)
    page.evaluate(
        "url => { const a = document.createElement('a'); a.href = url; a.textContent = 'go';"
        " document.querySelector('main').append(a) }",
        f"{other}voila/render/workbooks/small.ipynb",
    )
    page.get_by_role("link", name="go").click()
    expect(page.get_by_role("heading", name="Open this workbook?")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    expect(page.get_by_role("slider")).to_be_visible(timeout=OPENED)
    lookout[:] = [each for each in lookout if "403" not in each]  # the refusal itself
