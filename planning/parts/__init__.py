"""
The kinds of parts a system is made of, a file per kind.

To add a kind: write its file after the pattern of ``cache.py``, then name its class
in :data:`AnyPart` below. The schema, the sliders, the reports and the command line
follow from its fields.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.parts.app import App
from planning.parts.base import Part
from planning.parts.budget import Budget
from planning.parts.cache import Cache
from planning.parts.database import Database
from planning.parts.functions import Functions
from planning.parts.gateway import Gateway
from planning.parts.gifts import Gifts
from planning.parts.history import History
from planning.parts.media import Media
from planning.parts.pooler import Pooler
from planning.parts.push import Push
from planning.parts.realtime import Realtime
from planning.parts.stage import Stage
from planning.parts.storage import Storage
from planning.parts.uptime import Uptime

AnyPart = Annotated[
    App
    | Budget
    | Cache
    | Database
    | Functions
    | Gateway
    | Gifts
    | History
    | Media
    | Pooler
    | Push
    | Realtime
    | Stage
    | Storage
    | Uptime,
    Field(discriminator="kind"),
]

__all__ = ["AnyPart", "Part"]
