"""
The browser that the tests drive: one that is installed, else Playwright's own.

``python tests/browser/find_browser.py --install`` gets one where there is none: Debian's
package as root, Playwright's download elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def system_browser() -> str | None:
    """Path of a Chromium or Chrome that is installed already; None leaves it to Playwright's."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return found or (MAC if os.path.exists(MAC) else None)


def install() -> None:
    """Get a browser, unless there is one."""
    if system_browser():
        return
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if "--install" in sys.argv:
        install()
    print("browser for the tests:", system_browser() or "Playwright's own")
