"""
What parts are asked for and count as nothing, because a number that says how much is not there.

A part limits what its file states. Where requests come and no CPU is stated, or writes to one
document and not how many operations write, the arithmetic has a zero that nobody said: the part
would hold any number of users. Each is found here, where what arrived is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from planning.flow.finding import Finding, Severity
from planning.parts.base import Part
from planning.parts.database import Database
from planning.parts.document_store import DocumentStore
from planning.parts.serverless import Serverless
from planning.parts.service import Service
from planning.parts.station import Scene, Station

# Polls of viewers cost what `look_up` says, and nothing where it says nothing.
_ENTERED = "say `cpu_time` of the activity, or `cpu` of the call: 0 s for one that only waits"


def unlimited(scene: Scene) -> Iterator[Finding]:
    """
    Yield what parts are asked for without a number that would let it run out.

    Parameters
    ----------
    scene : Scene
        What flowed, at any number of users.

    Yields
    ------
    Finding
        Severe where a part has no limit at all of what it is asked for.
    """
    for name, station in scene.stations.items():
        part = station.part
        asked_for = part.without_limit(station) if isinstance(part, Part) else None
        if asked_for is not None:
            wanted, limit = asked_for
            kind = part.kind_name.replace("_", " ")
            yield Finding(
                name,
                Severity.HIGH,
                f"this {kind} states no {limit} for {wanted}: it never runs out",
                f"say how much there is: {limit}",
                vanished=True,
            )
        if isinstance(part, Service):
            yield from _sockets_for_nothing(name, part, station)
            yield from _requests_for_nothing(name, station)
        if isinstance(part, Serverless):
            yield from _environments_for_nothing(name, part, station)
        if isinstance(part, Database):
            yield from _queries_for_nothing(name, part, station)
        if isinstance(part, DocumentStore):
            yield from _writes_for_nothing(name, part, station)
    if scene.crowd is None:
        yield from _objectives_for_nothing(scene)


def _sockets_for_nothing(name: str, part: Service, station: Station) -> Iterator[Finding]:
    """Yield a service that holds sockets whose CPU nobody states."""
    if part.sockets is None and station.flows("socket"):
        yield Finding(
            name,
            Severity.MEDIUM,
            "it holds sockets, and what they cost in CPU is not stated: handshakes, heartbeats "
            "and writes count as nothing",
            "say `sockets: {}` for usual costs, or measure them",
        )


def _requests_for_nothing(name: str, station: Station) -> Iterator[Finding]:
    """
    Yield a service whose requests take no stated CPU.

    Severe where nothing else of them can run out either: neither threads nor a pool.
    """
    activities = station.workload.activities
    flows = station.flows("request")
    # One cause may come on several ways: as a page, and as the objects that a CDN has not.
    stated = {flow.cause for flow in flows if flow.visit.cpu is not None}
    silent = [cause for cause in dict.fromkeys(flow.cause for flow in flows) if cause not in stated]
    # What sockets and pages ask of their own accord is no activity, and has findings of its own.
    silent = [cause for cause in silent if cause.removesuffix(" at once") in activities]
    if not silent:
        return
    endless = not station.constraints
    yield Finding(
        name,
        Severity.HIGH if endless else Severity.MEDIUM,
        f"the CPU of {', '.join(silent)} is not stated and counts as nothing: "
        + ("this service never runs out" if endless else "its cores never run out of it"),
        _ENTERED,
        vanished=endless,
    )


def _environments_for_nothing(name: str, part: Serverless, station: Station) -> Iterator[Finding]:
    """Yield functions of which only those at work are said to keep a connection."""
    connects = any(edge.flow.carrier == "connection" for edge in station.sent)
    if connects and not part.idle_environments:
        yield Finding(
            name,
            Severity.LOW,
            "connections of environments at work are counted, and not of those that wait for the "
            "next request and keep theirs",
            "say `idle_environments: true`, and `keep_alive`",
        )


def _queries_for_nothing(name: str, part: Database, station: Station) -> Iterator[Finding]:
    """Yield a database whose queries take no stated time, or no stated CPU of stated cores."""
    flows = station.flows("query", "transaction")
    idle = [flow.cause for flow in flows if flow.visit.time is None and flow.visit.cpu is None]
    if idle:
        yield Finding(
            name,
            Severity.HIGH,
            f"how long queries of {', '.join(dict.fromkeys(idle))} take is not stated: they hold "
            "no connection and no core, so it never runs out",
            "say `time` (and `cpu`) of the call",
            vanished=True,
        )
    elif flows and part.cores is not None and all(flow.visit.cpu is None for flow in flows):
        yield Finding(
            name,
            Severity.MEDIUM,
            "its cores are stated, and not the CPU that a query takes: they never run out",
            "say `query_cpu` of the activity, or `cpu` of the call",
        )


def _writes_for_nothing(name: str, part: DocumentStore, station: Station) -> Iterator[Finding]:
    """Yield a document store that is not told which operations write."""
    flows = station.flows("operation", "query", "transaction")
    silent = [flow.cause for flow in flows if flow.visit.writes is None]
    if part.write_share is not None or not silent:
        return
    of_whom = f"whether {', '.join(dict.fromkeys(silent))} write is not stated"
    if part.hot_share is not None and len(silent) == len(flows):
        yield Finding(
            name,
            Severity.HIGH,
            f"{of_whom}: the most popular document is never written to and never runs out",
            "say `write_share`, or `writes` of each call",
            vanished=True,
        )
    if any(price is not None for price in (part.read_price, part.write_price)):
        yield Finding(
            name,
            Severity.LOW,
            f"its operations have a price and {of_whom}: those are charged as reads",
            "say `write_share`, or `writes` of each call",
        )


def _objectives_for_nothing(scene: Scene) -> Iterator[Finding]:
    """Yield objectives of activities whose response time no part says."""
    limited = {each.what for station in scene.stations.values() for each in station.constraints}
    for name, activity in scene.workload.activities.items():
        if activity.response_objective is not None and f"{name} response" not in limited:
            yield Finding(
                name,
                Severity.HIGH,
                "its `response_objective` limits nothing: only a service says how long a request "
                "takes, and it enters none",
                "let it enter a service, or take the objective out",
                vanished=True,
            )
