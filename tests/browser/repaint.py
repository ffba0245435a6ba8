"""How long it takes from a move of a slider until the charts show it, in a real browser."""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

# Moves a slider by an arrow key and waits until every chart has drawn anew. Time in the page's
# own clock, up to the frame after the change: what a reader sees.
REPAINT = """
() => new Promise((resolve, reject) => {
  const charts = [...document.querySelectorAll(".planning-chart")];
  const before = charts.map((chart) => chart.innerHTML);
  const handle = document.querySelector(".noUi-handle");
  const begun = performance.now();
  setTimeout(() => reject(new Error("a chart did not change in 10 s")), 10000);
  const look = () => {
    /* A chart that fails changes, too. */
    const failed = document.querySelector(".planning-chart[data-failed]");
    if (failed) return reject(new Error(failed.innerText));
    if (charts.every((chart, i) => chart.innerHTML !== before[i])) {
      requestAnimationFrame(() => resolve(performance.now() - begun));
    } else requestAnimationFrame(look);
  };
  handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  look();
})
"""


def measure_repaint(page: Page, runs: int = 20) -> list[float]:
    """
    Times from a move of the slider until all charts show it.

    Parameters
    ----------
    page : Page
        A workbook that is open, whose first slider changes every chart.
    runs : int
        How many moves.

    Returns
    -------
    list of float
        Times. [ms]
    """
    times = []
    for _ in range(runs):
        times.append(float(page.evaluate(REPAINT)))
        page.wait_for_timeout(50)
    return times


def print_repaint(what: str, page: Page) -> None:
    """Measure an open workbook and print median and worst; a browser's time passes no test."""
    times = measure_repaint(page)
    middle, worst = statistics.median(times), max(times)
    print(f"\nslider to repaint, {what}: median {middle:.0f} ms, worst {worst:.0f} of {len(times)}")
