"""
Files as they were written before: old names of kinds, and facts that stood in several places.

They still load; each is told once, in one line, how it is written now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

KINDS = {
    "app": "service",
    "functions": "serverless",
    "gateway": "rate_limit",
    "gifts": "hot_row",
    "history": "table_scan",
    "push": "sse",
    "realtime": "websocket",
    "stage": "seats",
    "uptime": "availability",
}
_ONCE = "peak_to_mean"


def renewed(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """
    Return data as it is written now, and what was written another way.

    Parameters
    ----------
    data : mapping
        As a system file has it; it is left as it is.

    Raises
    ------
    ValueError
        If one fact was stated in several places, each with another value.
    """
    found, advice = dict(data), []
    parts = found.get("parts")
    if isinstance(parts, Mapping):
        found["parts"], words = _kinds(parts)
        advice += words
    found, words = _stated_once(found)
    return found, [*advice, *words]


def _kinds(parts: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    renamed: dict[str, Any] = {}
    old: dict[str, str] = {}
    for name, part in parts.items():
        renamed[name] = part
        if isinstance(part, Mapping) and part.get("kind") in KINDS:
            old[str(part["kind"])] = KINDS[part["kind"]]
            renamed[name] = {**part, "kind": KINDS[part["kind"]]}
    words = [f"kind '{was}' is called '{now}' now" for was, now in old.items()]
    return renamed, words


def _stated_once(data: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Move the peak-to-mean ratio of viewing, sockets and parts to the workload."""
    places = list(_places(data))
    stated = [place for place, holder in places if _ONCE in holder]
    if not stated:
        return data, []
    values = [holder[_ONCE] for _, holder in places if _ONCE in holder]
    workload = data.get("workload")
    own = workload.get(_ONCE) if isinstance(workload, Mapping) else None
    numbers = {_number(value) for value in ([own] if own is not None else []) + values}
    if len(numbers) > 1:
        raise ValueError(
            f"`peak_to_mean` is one fact and is stated {len(stated)} times with different values "
            f"({', '.join(sorted(numbers))}); say it once, as `workload.peak_to_mean`."
        )
    moved = _without(data, set(stated))
    moved["workload"] = {_ONCE: values[0], **moved["workload"]}
    return moved, [f"`peak_to_mean` is stated once now, in the workload (it was in {stated[0]})"]


def _number(value: Any) -> str:
    return (
        str(value.get("value"))
        if isinstance(value, Mapping)
        else str(getattr(value, "value", value))
    )


def _places(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    workload, parts = data.get("workload"), data.get("parts")
    if isinstance(workload, Mapping):
        for name in ("viewing", "live"):
            if isinstance(workload.get(name), Mapping):
                yield f"workload.{name}", workload[name]
    if isinstance(parts, Mapping):
        for name, part in parts.items():
            kinds = ("serverless", "storage", "table_scan")
            if isinstance(part, Mapping) and part.get("kind") in kinds:
                yield f"parts.{name}", part


def _without(data: dict[str, Any], places: set[str]) -> dict[str, Any]:
    """Return a copy in which the mappings at some places lack the ratio."""
    copy = dict(data)
    for place in places:
        section, name = place.split(".")
        holder = dict(copy[section])
        holder[name] = {key: value for key, value in holder[name].items() if key != _ONCE}
        copy[section] = holder
    return copy
