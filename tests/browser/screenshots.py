"""
Pictures of the pages as they are served: ``make screenshots`` writes data/screenshots/*.png.

Through the real server, in light, in dark and on a phone, so that whoever changes a page sees
what became of it. The README shows some of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from conftest import QUIET, started, stopped
from find_browser import system_browser
from playwright.sync_api import Page, expect, sync_playwright

import planning
from planning.numbers.shipped import data_folder
from planning.present.carried import TABS
from planning.system.starter import write_starter

# Small, so that each file is: a README is read on slow lines, too.
LOOKS = {"light": ("light", 1120, 680), "dark": ("dark", 1120, 680), "phone": ("light", 390, 844)}
OPENED = 120_000.0  # [ms]


def landing(page: Page) -> None:
    """The landing page, and what is as plain, is there at once."""
    page.wait_for_selector(".planning-card")


def live(page: Page) -> None:
    """A live page is done when it says how sure it is, and nothing in it is under way."""
    expect(page.locator(".confidence")).to_contain_text(" hold", timeout=OPENED)
    busy = page.locator('[aria-busy="true"]:visible, progress:visible')
    expect(busy).to_have_count(0, timeout=OPENED)


def workbook(page: Page) -> None:
    """A workbook says itself when all is drawn."""
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    page.wait_for_timeout(1500)  # charts grow into their place


COMPARED = "planning/compare?first=ten_thousand_users&second=hundred_events"
PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "landing": ("", landing),
    "live": ("planning/systems/ten_thousand_users", live),
    "capacity": ("voila/render/workbooks/capacity.ipynb?system=ten_thousand_users", workbook),
    "confidence": ("voila/render/workbooks/confidence.ipynb?system=ten_thousand_users", workbook),
    "audit": ("voila/render/workbooks/audit.ipynb", workbook),
    "compare": (f"{COMPARED}&users=5000", landing),
    # Of the system that has all of them.
    **{f"tab-{name}": (f"planning/systems/crash_matrix#tab={name}", live) for name in TABS},
}


def taken(site: str, folder: Path, names: list[str]) -> None:
    """Take the pictures, each look in a context of its own."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*QUIET, *(["--headless=new", "--no-sandbox"] if root else []), "--disable-lcd-text"]
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=system_browser(), args=flags)
        for look, (scheme, width, height) in LOOKS.items():
            context = browser.new_context(
                color_scheme=scheme,  # type: ignore[arg-type]
                viewport={"width": width, "height": height},
                reduced_motion="reduce",
            )
            for name in names:
                address, ready = PAGES[name]
                page = context.new_page()
                page.goto(site + address, timeout=OPENED)
                ready(page)
                path = folder / f"{name}-{look}.png"
                # What a README shows is a screen; who looks at a view looks at all of it.
                page.screenshot(path=path, full_page=name.startswith(("tab-", "compare")))
                page.close()
                print(f"{path.name} ({path.stat().st_size / 1000:,.0f} kB)")
        browser.close()


def main(names: list[str]) -> int:
    """Start the server in a folder with a shop, take the pictures and stop it."""
    if unknown := set(names) - set(PAGES):
        print(f"{', '.join(unknown)}: no such page; there are {', '.join(PAGES)}", file=sys.stderr)
        return 2
    folder = data_folder() / "screenshots"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        shop = write_starter("my_shop", Path(elsewhere))
        files = [shop.name, *map(str, sorted((data_folder() / "examples").glob("*.yaml")))]
        command = [sys.executable, "-m", "planning", "serve", *files, "--port", "0"]
        os.environ["PYTHONPATH"] = str(Path(planning.__file__).parent.parent)
        process, site = started(command, Path(elsewhere))
        try:
            taken(site, folder, names or list(PAGES))
        finally:
            stopped(process)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
