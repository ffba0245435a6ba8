"""
What the fork server has done before it forks the first kernel: imported, warmed up, frozen.

This room works when it is imported, because importing is all that ``forkserver`` does for
its children. It loads and assesses one system, so that scipy, pint and the catalogue are in
memory, and then takes every object out of the garbage collector's sight: a collection in a
kernel writes to each object it visits, and so copies memory that kernels could share.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from planning.present.board import board
from planning.present.order import in_order
from planning.questions.assess import assess
from planning.questions.load import load_system

__all__ = ["board"]

# A price file that cannot be read is told on the page that asks for it, by its kernel.
with suppress(ValueError, OSError):
    _system = load_system("ten_thousand_users")
    assess(_system)
    in_order(_system, list(_system.inputs))  # draws: what makes them is heavy to import
gc.collect()
gc.freeze()
