"""
Connections, streaming and gifts: where a page finds them among the nodes of a phase.

Nothing is computed here. A limit counted in connections has a sum as its load, and the terms of
that sum are who holds them; a media part tells viewers, egress and the price of an hour; a hot row
tells how long a gift holds it and how many wait. A page has a tab for a topic where a phase of the
system has such parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from planning.numbers.catalog import shipped_catalog
from planning.numbers.nodes import Derived, Node
from planning.numbers.units import parse
from planning.parts.hot_row import HotRow
from planning.parts.media import Media
from planning.parts.station import Station
from planning.questions.assess import Assessment

_LADDERS = {"hls": "Apple’s HLS ladder", "livekit": "LiveKit’s layers"}
_WAIT = "wait for "

Slots = Mapping[int, int]


def topics_record(result: Assessment, slots: Slots) -> Mapping[str, Any]:
    """
    Return what a phase has of each topic.

    Parameters
    ----------
    result : Assessment
        Of the phase.
    slots : mapping of int to int
        Slot of each node of its program, by identity.

    Returns
    -------
    mapping
        ``connections``: limits by place, with the terms of their loads (words, slot, and slots of
        the rate and the time held; -1 where a term is no such product), ``inUse``: the same of all
        that hold one at a database, and ``waits`` (words, slot); ``streaming`` and ``gifts``: a
        mapping per part.
    """
    limits = list(_connections(result, slots))
    stations = result.scene.stations.values()
    return {
        "connections": limits,
        "inUse": [_term(*each, slots) for each in _in_use(result).items()],
        "waits": _waits(result, slots) if limits else [],
        "streaming": [_media(each, result, slots) for each in stations if _streams(each)],
        "gifts": [_row(each, result, slots) for each in stations if _gives(each)],
    }


def ladders() -> Mapping[str, Any]:
    """
    Return pictures of usual heights, with their bitrates, by who publishes them.

    Returns
    -------
    mapping
        Name to ``[title, [[height, bitrate [bit/s], source], ...]]``, the smallest first.
    """
    rows = shipped_catalog().rows
    found: dict[str, Any] = {}
    for name, title in _LADDERS.items():
        prefix = f"bitrate.{name}.h"
        pictures = [
            [f"{key.removeprefix(prefix).partition('.')[0]}p", _bits(row), row.source]
            for key, row in rows.items()
            if key.startswith(prefix) and key.endswith(".bitrate")
        ]
        found[name] = [title, sorted(pictures, key=lambda each: each[1])]
    return found


def _bits(row: Any) -> float:
    return parse(row.quantity(row.value), "bit/s")


def _connections(result: Assessment, slots: Slots) -> Iterator[list[Any]]:
    stations = result.scene.stations
    for place, item in enumerate(result.constraints):
        # Sockets are connections too, but of another kind: nobody waits for a database in them.
        takes = stations[item.part].part.takes
        sockets = "socket" in takes and "request" not in takes
        if item.load.unit == "connection" and isinstance(item.load, Derived) and not sockets:
            yield [place, [_term(words, each, slots) for words, each in item.load.inputs.items()]]


def _in_use(result: Assessment) -> Mapping[str, Node]:
    """Return who holds connections of databases, by cause."""
    told = (node for node in result.traffic if node.name == "connections in use")
    return next((node.inputs for node in told), {})


def _term(words: str, node: Node, slots: Slots) -> list[Any]:
    """Return a term of a sum; of a rate and a time held also these two."""
    rate, held = -1, -1
    if isinstance(node, Derived) and node.formula.operation == "×" and len(node.inputs) == 2:
        first, second = node.inputs.values()
        if second.unit == "s":
            rate, held = slots[id(first)], slots[id(second)]
    return [words, slots[id(node)], rate, held]


def _waits(result: Assessment, slots: Slots) -> list[list[Any]]:
    """Return what is waited for while something is answered or held, each wait once."""
    found: dict[int, str] = {}
    for item in result.constraints:
        nodes = [item.load] if item.load.unit == "s" else []
        if item.load.unit == "connection" and isinstance(item.load, Derived):
            terms = [each for each in item.load.inputs.values() if isinstance(each, Derived)]
            nodes = [each for term in terms for each in term.inputs.values() if each.unit == "s"]
        for wait in _within(nodes):
            found.setdefault(slots[id(wait)], f"{item.name}: {wait.name}")
    for cause, node in _in_use(result).items():
        assert isinstance(node, Derived)
        for wait in _within(each for each in node.inputs.values() if each.unit == "s"):
            found.setdefault(slots[id(wait)], f"{cause}: {wait.name}")
    return [[words, slot] for slot, words in found.items()]


def _within(nodes: Iterable[Node]) -> Iterator[Derived]:
    """Yield the waits that times are made of."""
    for node in nodes:
        if isinstance(node, Derived):
            if node.name.startswith(_WAIT):
                yield node
            else:
                yield from _within(each for each in node.inputs.values() if each.unit == "s")


def _streams(station: Station) -> bool:
    told = {node.name for node in station.traffic}
    return isinstance(station.part, Media) and "video per hour" in told


def _media(station: Station, result: Assessment, slots: Slots) -> Mapping[str, Any]:
    part = station.part
    assert isinstance(part, Media)
    told = {node.name: slots[id(node)] for node in station.traffic}
    row = None if part.bitrate is None else part.bitrate.row
    price = getattr(part.price, "row", None)
    keys = [each.key for each in (row, price) if each is not None]
    ladder = "livekit" if any("livekit" in key for key in keys) else "hls"
    return {
        "part": station.name,
        "slots": [
            told["viewers"],
            told["video egress"],
            told["video per hour"],
            told["price of that hour"],
        ],
        # What viewers receive of a room's streams is computed and no single picture.
        "bitrate": -1 if part.bitrate is None else slots.get(id(part.bitrate), -1),
        "monthly": [each for each in result.monthly if each.startswith(f"{station.name} ")],
        "ladder": ladder,
    }


def _gives(station: Station) -> bool:
    return isinstance(station.part, HotRow) and bool(station.flows("gift"))


def _row(station: Station, result: Assessment, slots: Slots) -> Mapping[str, Any]:
    part = station.part
    assert isinstance(part, HotRow)
    places = [place for place, item in enumerate(result.constraints) if item.part == station.name]
    (gifts,) = {slots[id(flow.rate)] for flow in station.flows("gift")} or {-1}
    held = next((slots[id(each)] for each in station.traffic if each.unit == "s"), -1)
    return {
        "part": station.name,
        "mode": part.mode,
        "gifts": gifts,
        "held": held,
        "limits": places,
        "row": _crowded(station, result, slots),
    }


def _crowded(station: Station, result: Assessment, slots: Slots) -> list[int]:
    """
    Return the place of the limit of one row, and slots of what waits for it.

    Those are the row held with waiters, the wait, the connections that wait and the most that can;
    nothing where gifts are not written at once.
    """
    for place, item in enumerate(result.constraints):
        if item.part != station.name or item.name != f"{station.name} on one receiver's row":
            continue
        waiting = _in_use(result).get("gifts waiting for a row")
        if isinstance(waiting, Derived):
            for wait in _within(each for each in waiting.inputs.values() if each.unit == "s"):
                if wait.name == "wait for the row":
                    return _slots_of(place, wait, waiting, station, slots)
    return []


def _slots_of(
    place: int, wait: Derived, waiting: Derived, station: Station, slots: Slots
) -> list[int]:
    lock = wait.inputs["wait"]
    assert isinstance(lock, Derived)
    assert isinstance(station.part, HotRow)
    crowded = lock.inputs["crowded_hold_time"]
    nodes = [crowded, wait, waiting, station.part.waiters]
    return [place, *(slots[id(each)] for each in nodes)]
