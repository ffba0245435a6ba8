"""
The kinds of parts a system is made of, a file per kind.

To add a kind: write its file after the pattern of ``queue.py``, then name its class
in :data:`AnyPart` below. The schema, the sliders, the reports and the command line
follow from its fields.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from planning.parts.availability import Availability
from planning.parts.base import Part
from planning.parts.broker import Broker
from planning.parts.budget import Budget
from planning.parts.cache import Cache
from planning.parts.cdn import Cdn
from planning.parts.database import Database
from planning.parts.document_store import DocumentStore
from planning.parts.external_api import ExternalApi
from planning.parts.hot_row import HotRow
from planning.parts.key_value_store import KeyValueStore
from planning.parts.media import Media
from planning.parts.memory_store import MemoryStore
from planning.parts.model_server import ModelServer
from planning.parts.object_store import ObjectStore
from planning.parts.pooler import Pooler
from planning.parts.proxy import Proxy
from planning.parts.queue import Queue
from planning.parts.rate_limit import RateLimit
from planning.parts.scheduled_job import ScheduledJob
from planning.parts.seats import Seats
from planning.parts.serverless import Serverless
from planning.parts.service import Service
from planning.parts.sse import ServerSentEvents
from planning.parts.storage import Storage
from planning.parts.table_scan import TableScan
from planning.parts.time_series import TimeSeries
from planning.parts.websocket import WebSocket

AnyPart = Annotated[
    Availability
    | Broker
    | Budget
    | Cache
    | Cdn
    | Database
    | DocumentStore
    | ExternalApi
    | HotRow
    | KeyValueStore
    | Media
    | MemoryStore
    | ModelServer
    | ObjectStore
    | Pooler
    | Proxy
    | Queue
    | RateLimit
    | ScheduledJob
    | Seats
    | Serverless
    | ServerSentEvents
    | Service
    | Storage
    | TableScan
    | TimeSeries
    | WebSocket,
    Field(discriminator="kind"),
]

__all__ = ["AnyPart", "Part", "kind_names", "kinds"]


def kinds() -> dict[str, type[Part]]:
    """Return the classes of all kinds, by the name that a file gives."""
    members = get_args(get_args(AnyPart)[0])
    return {get_args(member.model_fields["kind"].annotation)[0]: member for member in members}


def kind_names() -> list[str]:
    """Return the names of all kinds."""
    return list(kinds())
