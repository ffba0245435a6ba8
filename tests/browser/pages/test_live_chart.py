"""
Charts in a real browser with no network: they draw, follow a slider, and follow the theme.

``pytest tests/browser/pages/test_live_chart.py -k repaint -s`` prints the time from slider to
screen.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from repaint import print_repaint

from planning.present.static_chart import static_html, with_bundle

DRAWN = ".planning-chart[data-drawn]"
DEMO = "voila/render/workbooks/01_demo.ipynb"
SPEC = {
    "data": {"name": "curve"},
    "mark": {"type": "line", "color": "theme:bad"},
    "encoding": {
        "x": {"field": "users", "type": "quantitative"},
        "y": {"field": "wait", "type": "quantitative"},
    },
}


def opened(page: Page, address: str, query: str = "") -> Page:
    """Open the demonstration and wait until both charts are drawn and shown."""
    page.goto(address + DEMO + query, wait_until="commit")
    expect(page.locator(DRAWN)).to_have_count(2, timeout=60_000)
    page.wait_for_selector("html[data-ready]", timeout=30_000)
    return page


def test_both_charts_follow_a_key(page: Page, address: str) -> None:
    opened(page, address)
    charts = page.locator(".planning-chart")
    before = charts.evaluate_all("all => all.map(one => one.innerHTML)")
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => [...document.querySelectorAll('.planning-chart')]"
        ".every((one, i) => one.innerHTML !== before[i])",
        arg=before,
    )
    assert page.locator(".widget-readout").first.inner_text() == "5100"
    expect(page.locator(".planning-chart[data-failed]")).to_have_count(0)
    # The same view with other data, not a new one: charts that were drawn twice, not made twice.
    expect(charts.first.locator("svg")).to_have_count(1)


def test_repaint_time_is_printed(page: Page, address: str) -> None:
    print_repaint("a demonstration's two charts", opened(page, address))


def test_library_is_loaded_once_and_may_be_cached(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, address)
    library = [url for url in asked if "/charts-" in url]
    assert len(library) == 1
    with urllib.request.urlopen(library[0]) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_query_reaches_the_notebook(page: Page, address: str) -> None:
    opened(page, address, "?system=live_stream_limits")
    expect(page.locator("#system")).to_have_text("live_stream_limits")


def test_scheme_switches_live(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    opened(page, address)
    line = page.locator(".planning-chart path[stroke='#2458d3']").first
    expect(line).to_be_attached()
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".planning-chart path[stroke='#84a9ff']").first).to_be_attached()


def test_charts_fit_a_telephone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".planning-chart").first.get_attribute("aria-label") == "Load by users"


def test_charts_follow_the_width(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    opened(page, address)
    page.set_viewport_size({"width": 500, "height": 900})
    page.wait_for_function(
        "[...document.querySelectorAll('.planning-chart svg')]"
        ".every(svg => svg.getBoundingClientRect().right <= 500)"
    )


def test_title_and_skeleton_come_before_the_kernel(page: Page, address: str) -> None:
    page.goto(address + DEMO, wait_until="commit")
    expect(page.locator("#planning-wait h1")).to_have_text("A demonstration", timeout=3_000)
    assert "A demonstration" in page.title()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(DRAWN)).to_have_count(2, timeout=60_000)


def test_failing_workbook_says_why(page: Page, address: str) -> None:
    page.goto(address + "voila/render/workbooks/02_fails.ipynb", wait_until="commit")
    trouble = page.locator(".planning-trouble")
    expect(trouble).to_contain_text("usres=5", timeout=60_000)
    expect(trouble.locator("pre")).to_be_hidden()


def test_landing_leads_to_workbook_and_report(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Live stream limits")).to_be_visible()
    page.get_by_role("link", name="All reports").click()
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    page.go_back()
    page.locator(".planning-card summary").first.click()
    page.get_by_role("link", name="A demonstration").first.click()
    expect(page.locator("#system")).to_have_text("live_stream_limits", timeout=60_000)


def test_skip_link_leads_to_content(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.locator(".planning-skip")).to_be_focused()


def status(target: str | urllib.request.Request) -> int:
    """The status a request is answered with, also where that is an error."""
    try:
        with urllib.request.urlopen(target) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize(
    "path",
    [
        "planning/reports/0/secret.key",
        "planning/reports/0/..%2F..%2Fetc%2Fhosts.html",
        "planning/reports/7/index.html",
        "voila/render/workbooks/../../etc/x.ipynb",
        "voila/render/other.ipynb",
        "voila/files/workbooks/01_demo.ipynb",
        "voila/api/contents/",
        "voila/tree/",
    ],
)
def test_nothing_else_is_served(address: str, path: str) -> None:
    assert status(address + path) in (403, 404)


def test_foreign_host_name_is_refused(address: str) -> None:
    assert status(urllib.request.Request(address, headers={"Host": "evil.example"})) == 403


def test_port_in_use_is_one_line_and_exit_1(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "planning.dashboard.serve",
            "--root",
            str(project),
            "--port",
            port,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert port in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stops_cleanly(serve, page: Page, how: signal.Signals) -> None:
    process, address = serve()
    opened(page, address)
    page.close()
    process.send_signal(how)
    assert process.wait(15) == 0


def test_report_opens_from_disk(page: Page, tmp_path: Path) -> None:
    data = {"users": [1, 2, 3], "wait": [1.0, float("nan"), 9.0]}
    body = static_html(SPEC, data, description="Wait </script> by users")
    body += static_html(SPEC, data, description="Once more")
    document = with_bundle(f"<!DOCTYPE html><html><head></head><body>{body}</body></html>")
    assert document.count('id="planning-charts"') == 1
    assert with_bundle(document) == document
    file = tmp_path / "report.html"
    file.write_text(document, "utf-8")
    page.goto(file.as_uri())
    expect(page.locator(f"{DRAWN} path[stroke='#c0283f']")).to_have_count(2)


def test_chart_that_cannot_be_drawn_says_so(page: Page, tmp_path: Path, lookout: list[str]) -> None:
    spec = {**SPEC, "mark": {"type": "line", "color": "theme:nosuch"}}
    body = static_html(spec, {"users": [1], "wait": [1]}, description="Broken")
    file = tmp_path / "report.html"
    file.write_text(with_bundle(f"<html><head></head><body>{body}</body></html>"), "utf-8")
    page.goto(file.as_uri())
    expect(page.get_by_text("could not be drawn")).to_be_visible()
    assert len(lookout) == 1
    assert "nosuch" in lookout.pop()
