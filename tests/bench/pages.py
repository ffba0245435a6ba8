"""Pages in Chromium: opened, moved, sixteen at once; ours beside stock Voila and Panel."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Error, Page, TimeoutError, sync_playwright

from tests.bench import peer
from tests.bench.questions import line
from tests.bench.servers import family, free_port, private, serving, settle
from tests.browser.find_browser import system_browser

OPENINGS, MOVES, OPEN, ARRIVALS = 7, 60, 8, 16
SYSTEM = "one_million_users"  # most inputs, phases and curves
WAIT, ALL = 120_000.0, 300_000.0  # [ms] for a page, and for all of those that come at once

# Charts and sliders wherever they are: Panel keeps its own in shadow roots.
FIND = """
window.everywhere = (selector, root = document) => [...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].filter((e) => e.shadowRoot)
    .flatMap((e) => everywhere(selector, e.shadowRoot))];
window.drawings = (selector) => everywhere(selector).filter((e) => e.getClientRects().length);
window.looks = (e) => e.tagName === "CANVAS" ? e.toDataURL() : e.outerHTML;
"""
READY = """([sliders, charts, some, most]) =>
  drawings(charts).length >= most && drawings(sliders).length >= some"""
# From the key on a slider's handle to the frame in which all charts that follow have changed.
MOVE = """
([sliders, charts, key, most]) => new Promise((resolve, reject) => {
  const seen = () => drawings(charts).map(looks);
  const before = seen(), handle = drawings(sliders)[0], begun = performance.now();
  setTimeout(() => reject(new Error("nothing was painted in 20 s")), 20000);
  const look = () => {
    const now = seen();
    if (now.filter((text, i) => text !== before[i]).length >= most && now.length >= before.length)
      requestAnimationFrame(() => resolve(performance.now() - begun));
    else requestAnimationFrame(look);
  };
  if (handle.tagName === "INPUT") {
    handle.value = Number(handle.value) + (key === "ArrowRight" ? 1 : -1) * (handle.step || 1);
    handle.dispatchEvent(new Event("input", { bubbles: true }));
  } else handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  look();
})
"""


@dataclass(frozen=True)
class Site:
    """A page to measure: where it is, what its sliders and charts are, what a move repaints."""

    name: str
    url: str
    pid: int
    sliders: str
    charts: str
    some: int = 8  # sliders that are there once it can be used
    most: int = 2  # charts that a move of the first of them changes

    def wait(self, page: Page) -> None:
        """Wait until it can be used."""
        page.wait_for_function(READY, arg=[self.sliders, self.charts, self.some, self.most])

    def open(self, page: Page) -> float:
        """Open it as a click does; return the time until it can be used. [s]"""
        begun = time.perf_counter()
        page.goto(self.url, wait_until="commit")
        self.wait(page)
        return time.perf_counter() - begun

    def move(self, page: Page, number: int) -> float:
        """Move its first slider, there and back by turns; return the time to the paint. [ms]"""
        key = "ArrowLeft" if number % 2 else "ArrowRight"
        found: float = page.evaluate(MOVE, [self.sliders, self.charts, key, self.most])
        return found


@dataclass(frozen=True)
class Figures:
    """What was measured of a page."""

    first: float  # [s] of a visitor whose browser has nothing of it yet
    usable: float  # [s] median, warm
    p50: float  # [ms]
    p95: float  # [ms]
    session: float  # [MB]
    left: float  # [MB] after all pages were closed
    arrivals: float  # [s]; infinite where some of them could not use it in time


def main() -> None:
    """Measure all pages, one after the other, and print them."""
    if find_spec("panel") is None:
        print("Panel is not installed (the `bench` extra): measured without it.")
    with sites() as found, chromium() as browser:
        measured = {}
        for site in found:
            try:
                measured[site.name] = measure(site, browser)
            except Error as error:  # the others are measured all the same
                print(f"{site.name}: not measured: {error.message.splitlines()[0]}")
    peers = [name for name in ("stock Voila", "Panel") if name in measured]
    for name, each in measured.items():
        show(name, each, {peer: measured[peer] for peer in peers if peer != name})


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser of the tests."""
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_browser(), args=options)
        yield browser
        browser.close()


@contextmanager
def sites() -> Iterator[list[Site]]:
    """Serve our pages, and the others' as far as they are installed, until the block ends."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        notebook, script = peer.write(folder)
        found = ours(folder, stack)
        port = free_port()
        voila = ["voila", notebook.name, "--no-browser", f"--port={port}"]
        pid = stack.enter_context(serving(voila, folder, port, "/voila/static/missing"))
        url = f"http://127.0.0.1:{port}/"
        found.append(Site("stock Voila", url, pid, ".noUi-handle", "svg.marks, canvas.marks"))
        if find_spec("panel") is not None:
            port = free_port()
            panel = ["panel", "serve", script.name, f"--port={port}"]
            pid = stack.enter_context(serving(panel, folder, port, "/missing"))
            url = f"http://127.0.0.1:{port}/page"
            found.append(Site("Panel", url, pid, ".noUi-handle", "svg.marks, canvas.marks"))
        yield found


def ours(folder: Path, stack: ExitStack) -> list[Site]:
    """Serve our live page and a workbook, each of the heaviest system."""
    port = free_port()
    options = ["planning", "serve", "--port", str(port)]
    pid = stack.enter_context(serving(options, folder, port))
    root = f"http://127.0.0.1:{port}/"
    book = f"{root}voila/render/workbooks/capacity.ipynb?system={SYSTEM}"
    return [
        # What follows in the same frame; the curve and the phases wait until the hand rests.
        Site("live page", f"{root}planning/systems/{SYSTEM}", pid,
             "input[type=range]", "#verdict h1, #bars"),
        Site("workbook", book, pid, ".noUi-handle", ".planning-chart svg, .planning-chart canvas"),
    ]  # fmt: skip


def new_page(browser: Browser) -> Page:
    """Return a page of a visitor of their own, who asks no other computer for anything."""
    context = browser.new_context()
    context.add_init_script(FIND)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    context.route(lambda url: "://127.0.0.1" not in url, lambda route: route.abort())
    return page


def measure(site: Site, browser: Browser) -> Figures:
    """Measure one page: opened by one reader, kept open by some, opened by sixteen at once."""
    page, many = new_page(browser), len(family(site.pid))
    first = site.open(page)
    usable = statistics.median(site.open(page) for _ in range(OPENINGS))
    moves = []
    for number in range(MOVES):
        moves.append(site.move(page, number))
        page.wait_for_timeout(50)
    page.context.close()
    settle(site.pid, many)
    before = private(site.pid)
    opened = [new_page(browser) for _ in range(OPEN)]
    for each in opened:
        site.open(each)
    session = (private(site.pid) - before) / OPEN
    for each in opened:
        each.context.close()
    settle(site.pid, many)
    left = (private(site.pid) - before) / OPEN
    return Figures(first, usable, *middle_and_95(moves), session, left, arrive(site, browser))


def arrive(site: Site, browser: Browser) -> float:
    """Return the time until sixteen visitors who come at once can all use the page. [s]"""
    pages = [new_page(browser) for _ in range(ARRIVALS)]
    for page in pages:
        # From a page of the same server: what another site leads to starts no workbook.
        page.goto(urljoin(site.url, "/voila/static/missing"))
    begun = time.perf_counter()
    for page in pages:
        # A page that goes by itself: the next need not wait for it.
        page.evaluate("url => { setTimeout(() => { location.href = url }) }", site.url)

    def left() -> float:
        return max(begun * 1000 + ALL - time.perf_counter() * 1000, 1.0)

    try:
        for page in pages:
            # A live page adds what it shows to its address.
            page.wait_for_url(f"{site.url}**", wait_until="commit", timeout=left())
            page.set_default_timeout(left())
            site.wait(page)
        return time.perf_counter() - begun
    except TimeoutError:
        return float("inf")
    finally:
        for page in pages:
            page.context.close()


def middle_and_95(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def show(name: str, found: Figures, peers: dict[str, Figures]) -> None:
    """Print a page's figures, each with how many times less it is than the others'."""

    def row(what: str, text: str, of: Callable[[Figures], float]) -> None:
        ratios = [
            f"{of(each) / of(found):.1f} times in {other}"
            for other, each in peers.items()
            if 0 < of(found) < float("inf") and of(each) < float("inf")
        ]
        line(f"{name}: {what}", text, ", ".join(ratios))

    row("first click to usable", f"{found.first:.2f} s", lambda each: each.first)
    row("click to usable, warm", f"{found.usable:.2f} s", lambda each: each.usable)
    row("slider to painted, median", f"{found.p50:.0f} ms", lambda each: each.p50)
    row("slider to painted, 95th percentile", f"{found.p95:.0f} ms", lambda each: each.p95)
    row("private memory of an open session", f"{found.session:.1f} MB", lambda each: each.session)
    row("  the same after it was left", f"{found.left:.1f} MB", lambda each: 0.0)
    all_in = f"{found.arrivals:.1f} s" if found.arrivals < float("inf") else "over 5 min"
    row(f"{ARRIVALS} arrivals until all are usable", all_in, lambda each: each.arrivals)
