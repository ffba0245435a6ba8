"""
What fills the memory of a service.

Users, open streams and sockets, cached objects and the pool's connections each take their
share, on top of the system and the processes. An open stream costs tens of kilobytes once
its kernel buffers are counted, not the kilobyte of its last message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.flow.constraint import PastLimit
from planning.numbers.nodes import Node, product, total

if TYPE_CHECKING:
    from planning.parts.service_fields import ServiceFields
    from planning.parts.station import Station


def limit(part: ServiceFields, at: Station) -> None:
    """Limit the memory in use: past it the kernel kills the process. Nothing stated: no limit."""
    causes = _causes(part, at)
    if part.memory is None or not causes:
        return
    used = total("memory in use", "byte", causes)
    remedy = "more memory, more hosts, or less kept per user and stream"
    there = part.over_all("memory of all replicas", part.memory)
    at.limit("memory", used, there, PastLimit.CRASH, remedy)
    if at.crowd is not None:
        at.numbers["memory"] = used


def _causes(part: ServiceFields, at: Station) -> dict[str, Node]:
    """Return the memory in use by cause; what is not stated is left out. [byte]"""
    causes: dict[str, Node] = {}
    if part.memory_base is not None:
        causes["the system"] = part.over_all("the systems' memory", part.memory_base)
    present = at.workload.present(at.users, at.crowd)
    streams = at.flows("stream", "socket")
    counted = [
        ("processes", part.at_rest(at), part.memory_per_process),
        ("users", present, part.memory_per_user),
        ("pooled connections", part.pool(at), part.memory_per_connection),
        ("events kept in memory", at.workload.followed(at.users, at.crowd), part.memory_per_room),
        *((f"open {flow.cause}", flow.rate, part.memory_per_stream) for flow in streams),
    ]
    for label, count, each in counted:
        if count is not None and each is not None:
            causes[label] = product(f"memory of {label}", "byte", **{label: count, "each": each})
    return causes
