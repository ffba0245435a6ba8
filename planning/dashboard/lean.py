"""
Import jsonschema without the grammar of a format that nothing here checks.

It looks for a package that builds, when imported, a parser of all addresses in all scripts: 0.9 s
of every process that imports altair, nbformat or the server. Here it finds none. Whoever wants
that package afterwards can import it.

This room works when it is imported, before any of those.
"""

from __future__ import annotations

import sys
from importlib import import_module

_GRAMMAR = "rfc3987_syntax"

if "jsonschema" not in sys.modules and _GRAMMAR not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # the import of it fails
    import_module("jsonschema")
    del sys.modules[_GRAMMAR]
