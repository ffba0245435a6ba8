"""
What one process may have, and what must hold with a zone less.

The memory of all hosts says nothing of one process: its heap is limited by itself (V8, JVM),
and so are the files and sockets that it may open. And hosts in several zones are bought so that
losing one is survived: what is left must carry the load, or they were not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.flow.constraint import PastLimit
from planning.numbers.nodes import Node, asked, difference, product, quotient, rounded_up, total
from planning.parts.arriving import under_way

if TYPE_CHECKING:
    from planning.parts.process_fields import ProcessFields
    from planning.parts.service_fields import ServiceFields
    from planning.parts.station import Station

_ONE_ZONE = asked(1.0, "ratio", "one zone is lost")
_SOCKET = asked(1.0, "object/connection", "a file descriptor each")


def limit(part: ServiceFields, at: Station) -> None:
    """
    Limit heap, open files and threads for peers of a process.

    Past the heap the process ends; past the files new connections are refused. Nothing stated: no
    limit. Source: Little's law for what is under way; getrlimit(2), RLIMIT_NOFILE.
    """
    if part.heap_limit is not None:
        _heap(part, at, part.heap_limit)
    if part.file_descriptors is not None:
        _files(part, at, part.file_descriptors)
    if part.peers is not None:
        deploying = part.while_deploying("old and new processes", part.processes)
        part.peers.limit(at, part.all_processes(), deploying)


def _heap(part: ServiceFields, at: Station, most: Node) -> None:
    shared: dict[str, Node] = {}
    present = at.workload.present(at.users, at.crowd)
    if part.memory_per_user is not None:
        shared["of users"] = product("heap of users", "byte", users=present,
                                     each=part.memory_per_user)  # fmt: skip
    for flow in at.flows("stream", "socket"):
        shared[f"of {flow.words}"] = product(
            f"heap of {flow.words}", "byte", **{flow.words: flow.rate,
                                                "each": part.memory_per_stream}
        )  # fmt: skip
    own: dict[str, Node] = {}
    if part.memory_per_process is not None:
        own["at rest"] = part.memory_per_process
    if shared:
        own["shared by all"] = quotient(
            "heap per process", "byte", of_all=total("heap of all", "byte", shared),
            processes=part.at_rest(at),
        )  # fmt: skip
    used = total("heap of one process", "byte", own)
    remedy = "more processes, less kept per user and socket, or a higher limit"
    at.limit("heap", used, most, PastLimit.CRASH, remedy, needed=used)


def _files(part: ServiceFields, at: Station, most: Node) -> None:
    sockets: dict[str, Node] = {flow.words: under_way(at, flow) for flow in at.flows()
                                if flow.carrier in ("request", "stream", "socket")}  # fmt: skip
    each = quotient(
        "sockets of one process", "connection", of_all=total("sockets", "connection", sockets),
        processes=part.at_rest(at),
    )  # fmt: skip
    open_now: dict[str, Node] = {
        "files": part.open_files,
        "sockets": product("files of sockets", "object", sockets=each, each=_SOCKET),
    }
    if part.pool_size is not None:
        open_now["pool"] = product("files of the pool", "object", pool=part.pool_size, each=_SOCKET)
    used = total("open files of one process", "object", open_now)
    remedy = "a higher ulimit -n, or more processes"
    at.limit(
        "file descriptors", used, most, PastLimit.REJECT, remedy,
        needed=rounded_up("file descriptors needed", "object", wanted=used),
    )  # fmt: skip


def limit_zone_less(
    part: ProcessFields, at: Station, what: str, load: Node, there: Node, remedy: str
) -> None:
    """
    Limit what must hold when a zone is lost; nothing where no zones are stated.

    Past it the service is worse for as long as the zone is away: a verdict of its own, for a
    state that is planned for and hopefully never comes.
    """
    # A crowd in the very minute in which a zone is lost is not asked for.
    if part.zones is None or at.crowd is not None:
        return
    left = difference("zones left", "ratio", zones=part.zones, lost=_ONE_ZONE)
    share = quotient("share left", "ratio", left=left, zones=part.zones)
    rest = product(f"{what} with a zone less", there.unit, there=there, share=share)
    at.limit(f"{what} with a zone less", load, rest, PastLimit.DEGRADE, remedy)
