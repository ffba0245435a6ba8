"""
Visitors who stay: each moves a slider every five seconds while the cores have other work.

``make bench ARGS="visitors 10"`` runs for ten minutes, ``"visitors 10 20"`` with twenty visitors.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page

from tests.bench.pages import Site, chromium, middle_and_95, new_page, ours
from tests.bench.questions import line

EVERY = 5.0  # [s] between two moves of a visitor
BUSY = 2  # processes that never rest


def main(minutes: float = 1.0, visitors: float = 50) -> None:
    """
    Let visitors use the live page and print how they fared.

    Parameters
    ----------
    minutes : float
        How long. [min]
    visitors : float
        How many come; a whole number.
    """
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        site = ours(Path(name), stack)[0]
        browser = stack.enter_context(chromium())
        stack.enter_context(neighbours())
        errors: list[str] = []
        pages = [new_page(browser) for _ in range(int(visitors))]
        for page in pages:
            page.on("pageerror", lambda error: errors.append(str(error)))
            site.open(page)
        times = visit(site, pages, minutes * 60, errors)
        empty = sum(not page.evaluate("charts => drawings(charts).length", site.charts)
                    for page in pages)  # fmt: skip
    middle, worst = middle_and_95(times)
    line(f"{len(pages)} visitors for {minutes:g} min, {len(times)} moves: errors", str(len(errors)))
    line("  empty boards at the end", str(empty))
    line("  slider to painted, median", f"{middle:.0f} ms", "with busy neighbours")
    line("  slider to painted, 95th percentile", f"{worst:.0f} ms")
    for error in sorted(set(errors))[:5]:
        print(f"  {error.splitlines()[0]}")


def visit(site: Site, pages: list[Page], seconds: float, errors: list[str]) -> list[float]:
    """Move a slider of each page in turn, every 5 s; return the times to the paint. [ms]"""
    times, number = [], 0
    begun = time.monotonic()
    while (now := time.monotonic() - begun) < seconds or len(times) + len(errors) < 2:
        # Visitors are spread evenly over the five seconds; one who is late makes others late.
        turn, visitor = divmod(number, len(pages))
        time.sleep(max(0.0, (turn + visitor / len(pages)) * EVERY - now))
        try:
            times.append(site.move(pages[visitor], turn))
        except Error as error:
            errors.append(str(error))
        number += 1
    return times


@contextmanager
def neighbours() -> Iterator[None]:
    """Keep the cores busy until the block ends."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()
