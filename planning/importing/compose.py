"""
Docker Compose: services, their replicas and limits, and whether an update starts before it stops.

Where ``update_config`` says nothing, Docker stops the old first (Compose specification, deploy);
then no more run at once while deploying than at rest.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from planning.importing.containers import container, resources, surge
from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import whole
from planning.importing.sources import Source, Tree, printable


def is_compose(tree: Tree) -> bool:
    """Return whether a document is a Compose file."""
    data = tree.data
    if not isinstance(data, dict) or "kind" in data or not isinstance(data.get("services"), dict):
        return False
    each = [service for service in data["services"].values() if isinstance(service, dict)]
    words = {"image", "build", "command", "environment", "deploy", "ports", "depends_on"}
    return any(words & set(service) for service in each)


def read_compose(source: Source, tree: Tree) -> Reading:
    """Read one Compose document."""
    reading = Reading()
    for name, spec in tree.data["services"].items():
        where = Where(source.name, tree.line("services", name), f"services.{printable(name)}")
        if not isinstance(spec, dict):
            reading.skip(where, "no mapping")
            continue
        _service(name, spec, where, tree, reading)
    for key in tree.data:
        if key in ("include", "extends"):
            reading.skip(Where(source.name, tree.line(key), key), "the included file was not read")
    return reading


def _service(
    name: str, spec: Mapping[str, Any], where: Where, tree: Tree, reading: Reading
) -> None:
    def at(*path: str | int) -> Where:
        words = ".".join(map(str, path))
        return Where(
            where.file, tree.line("services", name, *path), f"{where.path}.{printable(words)}"
        )

    variables = environment(spec.get("environment"), lambda *path: at("environment", *path))
    command = words_of(spec.get("command")) or words_of(spec.get("entrypoint"))
    there = Where(where.file, at("command").line, where.path)
    found = container(name, spec.get("image"), variables, command, there, reading)
    if mapping(spec.get("deploy")).get("mode", "replicated") != "replicated":
        reading.skip(at("deploy", "mode"), "as many as there are hosts, which no file says")
    if "extends" in spec:
        reading.skip(at("extends"), "what it extends was not read")
    if found is None:
        return
    found.aliases |= {name, str(spec.get("container_name", name)), str(spec.get("hostname", name))}
    files = spec.get("env_file") or []
    for file in files if isinstance(files, list) else [files]:
        path = file.get("path", "") if isinstance(file, dict) else file
        found.includes.append(str(path).rpartition("/")[2])
    deploy = mapping(spec.get("deploy"))
    if found.role != "database":
        _replicas(found, spec, deploy, at)
    _limits(found, spec, deploy, at)
    depends = spec.get("depends_on")
    depends = depends if isinstance(depends, dict | list) else []
    found.hosts += [str(each) for each in depends if str(each) not in found.hosts]
    reading.found.append(found)


def _replicas(found: Found, spec: Mapping[str, Any], deploy: Mapping[str, Any], at: Any) -> None:
    count = whole(deploy.get("replicas", spec.get("scale", 1)))
    given = at("deploy", "replicas") if "replicas" in deploy else at("scale")
    if "replicas" in deploy or "scale" in spec:
        if count:
            found.facts["replicas"] = Fact(count, "replica", str(given))
    else:
        found.facts["replicas"] = Fact(1, "replica", "Compose runs one unless told otherwise",
                                       "vendor")  # fmt: skip
    update = mapping(deploy.get("update_config"))
    if update.get("order") == "start-first":
        together = whole(update.get("parallelism", 1))
        # 0 means all at once.
        share = surge(together or count or 1, count or 1, at("deploy", "update_config"))
    else:
        share = Fact(0, "", "Compose stops the old first unless `order: start-first`", "vendor")
        if "order" in update:
            share = Fact(0, "", str(at("deploy", "update_config", "order")))
    if share is not None:
        found.facts["deploy_surge"] = share


def _limits(found: Found, spec: Mapping[str, Any], deploy: Mapping[str, Any], at: Any) -> None:
    limits = mapping(mapping(deploy.get("resources")).get("limits"))
    path = ("deploy", "resources", "limits")
    resources(found, limits.get("cpus"), limits.get("memory"), at(*path, "cpus"),
              at(*path, "memory"))  # fmt: skip
    resources(found, spec.get("cpus"), spec.get("mem_limit"), at("cpus"), at("mem_limit"))


def mapping(given: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return given if isinstance(given, dict) else {}


def blocks(given: Any) -> list[Mapping[str, Any]]:
    """Return the mappings of a list; none for anything else."""
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def environment(given: Any, at: Any) -> dict[str, tuple[object, Where]]:
    """Return variables with their places, written as a mapping or as ``NAME=value`` in a list."""
    found: dict[str, tuple[object, Where]] = {}
    if isinstance(given, dict):
        for name, value in given.items():
            found[name] = (value, at(name))
    elif isinstance(given, list):
        for index, item in enumerate(given):
            name, sign, value = str(item).partition("=")
            if sign and name.isidentifier():
                place = at(index)
                path = place.path.rpartition(".")[0]
                found[name] = (value, Where(place.file, place.line, f"{path}.{name}"))
    return found


def words_of(given: Any) -> list[str]:
    """Return the words of a command, written as a list or as one line."""
    if isinstance(given, list):
        # `sh -c "gunicorn …"` holds the program in its last word.
        return [word for each in given for word in words_of(str(each))]
    if not isinstance(given, str):
        return []
    try:
        return shlex.split(given[:4000])
    except ValueError:
        return given[:4000].split()
