"""
Helm values and other YAML settings: nested names, in which the last words mean something.

A chart may call anything anything; what charts have in common is read: a mapping with
``replicaCount``, ``replicas`` or ``autoscaling.maxReplicas`` is a workload, and what is set below
it is its own. What is set outside any workload (``spring.datasource.hikari.maximum-pool-size`` of
an application's own file) belongs to the one service there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planning.importing import pgbouncer, postgres
from planning.importing.compose import mapping, words_of
from planning.importing.containers import resources, surge
from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import sounds_known, take, take_command, whole
from planning.importing.sources import Source, Tree, printable

Path = tuple[str | int, ...]

_REPLICAS = ("replicaCount", "replicas", "minReplicas", "maxReplicas")
_POSTGRES = re.compile(r"postgres|timescale|cnpg", re.I)
_POOLER = re.compile(r"pgbouncer|pooler", re.I)
_SURGE = "Kubernetes' default maxSurge, https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"


def is_values(tree: Tree) -> bool:
    """Return whether a document is a mapping of settings."""
    return isinstance(tree.data, dict)


def read_values(source: Source, tree: Tree) -> Reading:
    """Read the settings of one document."""
    reading = Reading()
    stem = source.name.split(".")[0]
    found: dict[Path, Found] = {}
    for path in _workloads(tree.data, ()):
        name = str(path[-1]) if path else stem
        found[path] = _workload(source, tree, path, name, reading)
    rest = Found("service", stem, aliases={source.name}, loose=True)
    servers: dict[Path, Found] = {}
    for path, value in _leaves(tree.data, ()):
        where = Where(source.name, tree.line(*path), printable(".".join(map(str, path))))
        words = [str(word) for word in path]
        place = next(
            (path[: end + 1] for end, word in enumerate(words) if _POSTGRES.search(word)), None
        )
        if place is not None and re.sub(r"[^a-z]", "", words[-1].lower()) == "maxconnections":
            server = servers.setdefault(place, Found("database", str(place[-1])))
            postgres.add_setting(server, "max_connections", value, where, reading)
            continue
        if place is not None and isinstance(value, str) and "max_connections" in value:
            server = servers.setdefault(place, Found("database", str(place[-1])))
            text = "\n" * (where.line or 0) + value
            for other in postgres.read_conf(Source(source.name, ".conf", text)).found:
                server.fill(other)
            continue
        owner = next(
            (found[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found), rest
        )
        name = _name(tree.data, path)
        if owner.role != "service" or take(owner, name, value, where):
            continue
        if sounds_known(name) and str(path[-1]) not in _REPLICAS:
            reading.skip(where, "no known setting with a whole number")
    if not found and not servers and not rest.facts and not rest.uses_database:
        reading.skip(Where(source.name, tree.line()), "no setting in it is known")
        return reading
    if rest.facts or rest.uses_database:
        reading.found.append(rest)
    reading.found += [*found.values(), *servers.values()]
    return reading


def _workloads(data: Any, at: Path) -> Iterator[Path]:
    """Yield the paths of mappings that say how many replicas run."""
    if not isinstance(data, dict):
        return
    scaling = mapping(data.get("autoscaling"))
    if {"replicaCount", "replicas"} & set(data) or "maxReplicas" in scaling:
        name = str(at[-1]) if at else ""
        if not _POSTGRES.search(name) or _POOLER.search(name):
            yield at
    for key, value in data.items():
        if key != "autoscaling":
            yield from _workloads(value, (*at, key))


def _leaves(data: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every value that is no mapping and no list; of `name` and `value` pairs the value."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*at, index))
    else:
        yield at, data


def _name(data: Any, path: Path) -> str:
    """Return what a value is called: its path, or the name that stands beside it in a list."""
    if path and path[-1] == "value":
        for step in path[:-1]:
            data = data[step]
        if isinstance(data.get("name"), str):
            return str(data["name"])
    return ".".join(str(step) for step in path)


def _workload(source: Source, tree: Tree, at: Path, name: str, reading: Reading) -> Found:
    data = tree.data
    for step in at:
        data = data[step]

    def where(*path: str) -> Where:
        words = printable(".".join(map(str, (*at, *path))))
        return Where(source.name, tree.line(*at, *path), words)

    found = Found("service", name, aliases={name})
    if _POOLER.search(name):
        found.role = "pooler"
        settings = {
            _snake(str(path[-1])): (value, where(*map(str, path)))
            for path, value in _leaves(data, ())
        }
        known = {key: settings[key] for key in pgbouncer.KNOWN if key in settings}
        pgbouncer.fill(found, known, [], reading)
    else:
        line = [*words_of(data.get("command")), *words_of(data.get("args"))]
        take_command(found, line, where("command" if "command" in data else "args"))
    _replicas(found, data, where)
    given = mapping(data.get("resources"))
    limits = "limits" if given.get("limits") else "requests"
    each = mapping(given.get(limits))
    resources(found, each.get("cpu"), each.get("memory"), where("resources", limits, "cpu"),
              where("resources", limits, "memory"))  # fmt: skip
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower().replace("-", "_")


def _replicas(found: Found, data: dict[str, Any], where: Any) -> None:
    for word in ("replicaCount", "replicas"):
        count = whole(data[word]) if word in data else None
        if count:
            found.facts["replicas"] = Fact(count, "replica", str(where(word)))
    scaling = mapping(data.get("autoscaling"))
    most = whole(scaling["maxReplicas"]) if "maxReplicas" in scaling else None
    if most and scaling.get("enabled", True):
        found.facts["replicas"] = Fact(most, "replica", str(where("autoscaling", "maxReplicas")))
    count = int(found.facts["replicas"].value) if "replicas" in found.facts else 1
    share: Fact | None = Fact(0.25, "", _SURGE, "vendor")
    for word in ("strategy", "updateStrategy", "deploymentStrategy"):
        strategy = mapping(data.get(word))
        if strategy.get("type") == "Recreate":
            share = Fact(0, "", str(where(word, "type")))
        given = mapping(strategy.get("rollingUpdate")).get("maxSurge")
        if given is not None:
            share = surge(given, count, where(word, "rollingUpdate", "maxSurge"))
    if share is not None:
        found.facts["deploy_surge"] = share
