"""
What fills the memory of the app servers.

Users, open streams, cached objects and the pool's connections each take their share,
on top of the system and the processes. An open stream costs tens of kilobytes once
its kernel buffers are counted, not the kilobyte of its last message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.models.servers import memory
from planning.models.servers.connections import multiplied
from planning.numbers.nodes import Node, derive, total, value_at
from planning.numbers.units import show
from planning.parts.base import Constraint, Outcome, PastLimit, SurgeVerdict

if TYPE_CHECKING:
    from planning.parts.app import App


def used(part: App, users: Node, streams: Node | None, rooms: Node | None) -> Node:
    """Return the memory in use by cause. [byte]"""
    causes: dict[str, Node] = {
        "system, processes and users": derive(
            "memory of processes and users",
            "byte",
            memory.app_memory,
            base=part.memory_base,
            processes=part.processes,
            per_process=part.memory_per_process,
            users=users,
            per_user=part.memory_per_user,
        )
    }
    for label, count, each in (
        ("open streams", streams, part.memory_per_stream),
        ("pooled connections", part.pool(), part.memory_per_connection),
        ("events kept in memory", rooms, part.memory_per_room),
    ):
        if count is not None and value_at(each) > 0:
            causes[label] = derive(f"memory of {label}", "byte", multiplied, count=count, each=each)
    return total("memory in use", "byte", causes)


def constraint(name: str, load: Node, limit: Node) -> Constraint:
    """Return the memory constraint: past it the kernel kills the process."""
    remedy = "more memory, more hosts, or less kept per user and stream"
    return Constraint(name, "memory", load, limit, PastLimit.CRASH, remedy)


def outcome(name: str, load: Node, limit: Node) -> Outcome:
    """Return what a crowd does to the memory."""
    share = float(constraint(name, load, limit).utilisation)
    verdict = SurgeVerdict.CRASH if share > 1 else SurgeVerdict.STABLE
    words = (
        f"{show(value_at(load), 'byte')} of {show(value_at(limit), 'byte')} in use "
        f"({show(share, 'fraction')})"
    )
    return Outcome(name, verdict, words, {"memory": load})
