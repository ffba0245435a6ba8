"""
The Vega libraries as one local JavaScript file.

``vl_convert`` carries Vega, Vega-Lite and Vega-Embed. Asking it for the
bundle takes a second or more and yields 0.9 MB, so it is done once and kept
in the user's cache directory, beside nothing else::

    vl_convert ──once──> ~/.cache/planning/charts-1.9.0-3f2a….js
                              ├── served by Voila as one cacheable file
                              ├── sent once per page by a widget in JupyterLab
                              └── inlined once in a report that opens from disk

The file ends with our own ``static/chart.js``, which draws and updates
charts for all three. Run ``python -m planning.present.vega`` to build it ahead of
time; otherwise the first use does. The package's own directory is never
written to.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

import platformdirs

from planning.present.theme import STATIC, palette, vega_config

# Kept off the window, where another widget may put its own. Vega itself is reached through a view:
# the name `vega` is null in this bundle (vl-convert 1.9: Vega 6 has no default export).
SNIPPET = "planningLibraries = { vegaEmbed };"
# The bundle declares names like `n` and `t` at top level: without a function
# around it they would be globals of the page and collide with other scripts.
WRAPPER = "(()=>{let planningLibraries;LIBRARIES\nRUNTIME})();\n"


@cache
def runtime_text() -> str:
    """
    Our own JavaScript, with palette and chart configuration filled in.

    Returns
    -------
    str
        ``static/chart.js``, ready to run after the Vega libraries.
    """
    themes = {
        scheme: {"palette": palette(scheme), "config": vega_config(scheme)}
        for scheme in ("light", "dark")
    }
    source = (STATIC / "chart.js").read_text("utf-8")
    return source.replace("__THEMES__", json.dumps(themes, separators=(",", ":")))


@cache
def bundle_name() -> str:
    """
    File name of the bundle; a different content always has a different name.

    Returns
    -------
    str
        For example ``charts-1.9.0.post1-0123456789.js``. Because of the digest
        a browser may keep the file for ever.
    """
    recipe = SNIPPET + WRAPPER + runtime_text()
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:10]
    return f"charts-{version('vl-convert-python')}-{digest}.js"


def _build() -> str:
    """Ask vl-convert for the libraries and add our runtime. [about 1 s]"""
    import vl_convert

    libraries = vl_convert.javascript_bundle(SNIPPET)
    return WRAPPER.replace("RUNTIME", runtime_text()).replace("LIBRARIES", libraries)


def _folders() -> list[Path]:
    """Where the bundle may be kept, best first: the user's cache, then a temporary folder."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return [
        platformdirs.user_cache_path("planning"),
        Path(tempfile.gettempdir()) / f"planning-cache-{user}",
    ]


def _owned(path: Path) -> bool:
    """Whether `path` is a file of this user: in a shared /tmp another's script must not be run."""
    if not path.is_file():
        return False
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _store(text: str, folder: Path) -> Path:
    """Write in one step, so that another process never reads half a file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / bundle_name()
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return target


@cache
def bundle_path() -> Path:
    """
    Path of the bundle on disk, built first if it is not there.

    Returns
    -------
    pathlib.Path
        An existing file, named by `bundle_name`.

    Raises
    ------
    OSError
        If neither the user's cache directory nor the temporary one can be written.

    Examples
    --------
    >>> bundle_path().name == bundle_name()
    True
    """
    folders = _folders()
    for folder in folders:
        if _owned(folder / bundle_name()):
            return folder / bundle_name()
    text = _build()
    reasons = []
    for folder in folders:
        try:
            return _store(text, folder)
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror}")
    raise OSError(f"the chart bundle must be kept somewhere; tried {'; '.join(reasons)}")


@cache
def bundle_text() -> str:
    """
    The bundle itself, also where no directory can be written.

    Returns
    -------
    str
        JavaScript that defines ``globalThis.planningCharts``. [about 0.9 MB]
    """
    try:
        return bundle_path().read_text("utf-8")
    except OSError:
        return _build()


def main() -> int:
    """Build the bundle ahead of time and say where it is; used by ``make install``."""
    path = bundle_path()
    print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
