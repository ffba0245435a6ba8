"""
Kubernetes manifests: workloads, their rollouts and autoscalers, and the settings they are given.

The most replicas that an autoscaler may start count, and a rollout starts a quarter of them beside
the old ones unless told otherwise (Kubernetes documentation, Deployments: ``maxSurge`` 25 %,
rounded up). Secrets are never opened: a variable from one says at most that a database is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planning.importing import pgbouncer, postgres
from planning.importing.compose import mapping, words_of
from planning.importing.containers import container, resources, surge
from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import is_database, whole
from planning.importing.sources import Source, Tree, printable
from planning.numbers.reading import FileError

_WORKLOADS = ("Deployment", "StatefulSet", "ReplicaSet", "Rollout", "DeploymentConfig", "Job",
              "CronJob", "DaemonSet")  # fmt: skip
# Of no consequence for connections: left out without a word.
_QUIET = (
    "Namespace", "Ingress", "ServiceAccount", "Role", "RoleBinding", "ClusterRole",
    "ClusterRoleBinding", "NetworkPolicy", "PodDisruptionBudget", "PersistentVolumeClaim",
    "PersistentVolume", "StorageClass", "PriorityClass", "Secret", "ServiceMonitor",
    "CustomResourceDefinition", "Certificate", "Issuer", "ClusterIssuer",
)  # fmt: skip
_MOST = 1000  # each may name any other
_SURGE = "Kubernetes' default maxSurge, https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
_ONE = "Kubernetes runs one unless told otherwise"


@dataclass(frozen=True)
class Thing:
    """One object of a manifest, and where it stands in its document."""

    source: Source
    tree: Tree
    at: tuple[str | int, ...]
    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.data.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name."""
        return str(mapping(self.data.get("metadata")).get("name", self.kind.lower()))

    def get(self, *path: str | int) -> Any:
        """Return what is at a path; None where nothing is."""
        found: Any = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def where(self, *path: str | int) -> Where:
        """Return the place of what is at a path."""
        line = self.tree.line(*self.at, *path)
        words = ".".join(map(str, (f"{self.kind}/{self.name}", *path)))
        return Where(self.source.name, line, printable(words))


def is_manifest(tree: Tree) -> bool:
    """Return whether a document is an object of Kubernetes, or a list of them."""
    return isinstance(tree.data, dict) and {"kind", "apiVersion"} <= set(tree.data)


def read_manifests(manifests: list[tuple[Source, Tree]]) -> Reading:
    """Read the manifests of all files together: an autoscaler names what it scales."""
    reading = Reading()
    things = [each for source, tree in manifests for each in _things(source, tree, (), tree.data)]
    if len(things) > _MOST:
        raise FileError(f"{len(things)} objects of Kubernetes; at most {_MOST} are read at once.")
    maps = {thing.name: thing for thing in things if thing.kind == "ConfigMap"}
    for thing in things:
        if thing.kind in _WORKLOADS:
            _workload(thing, maps, things, reading)
        elif thing.kind == "ConfigMap":
            _files(thing, reading)
        elif thing.kind in ("Cluster", "Pooler") and "cnpg" in str(thing.data["apiVersion"]):
            _cloud_native(thing, reading)
        elif thing.kind not in (*_QUIET, "Service", "HorizontalPodAutoscaler", "ScaledObject"):
            reading.skip(thing.where(), "no kind that is read")
    return reading


def _things(source: Source, tree: Tree, at: tuple[str | int, ...], data: Any) -> Iterator[Thing]:
    if not isinstance(data, dict):
        return
    if str(data.get("kind", "")).endswith("List") and isinstance(data.get("items"), list):
        for index, item in enumerate(data["items"]):
            yield from _things(source, tree, (*at, "items", index), item)
    else:
        yield Thing(source, tree, at, data)


def _pod(thing: Thing) -> tuple[str, ...]:
    """Return the way to a workload's pod."""
    if thing.kind == "CronJob":
        return ("spec", "jobTemplate", "spec", "template")
    return ("spec", "template")


def _workload(
    thing: Thing, maps: Mapping[str, Thing], things: list[Thing], reading: Reading
) -> None:
    pod = _pod(thing)
    containers = thing.get(*pod, "spec", "containers")
    if not isinstance(containers, list):
        reading.skip(thing.where(), "no containers")
        return
    found: list[Found] = []
    for index, each in enumerate(containers):
        path: tuple[str | int, ...] = (*pod, "spec", "containers", index)
        if not isinstance(each, dict):
            continue
        one = len(containers) == 1 or str(each.get("name")) == thing.name
        name = thing.name if one else f"{thing.name}-{each.get('name', index)}"
        variables = dict(_variables(thing, path, each, maps, reading))
        secret = any(value is _SECRET and is_database(key) for key, (value, _) in variables.items())
        plain = {key: pair for key, pair in variables.items() if pair[0] is not _SECRET}
        line = [*words_of(each.get("command")), *words_of(each.get("args"))]
        at = thing.where(*path)
        role = container(name, each.get("image"), plain, line, at, reading)
        if role is None:
            continue
        role.uses_database |= secret
        limits = "limits" if mapping(each.get("resources")).get("limits") else "requests"
        given = mapping(thing.get(*path, "resources", limits))
        resources(
            role, given.get("cpu"), given.get("memory"),
            thing.where(*path, "resources", limits, "cpu"),
            thing.where(*path, "resources", limits, "memory"),
        )  # fmt: skip
        found.append(role)
    for role in found:
        role.aliases |= {thing.name, *_services(thing, things)}
        if role.role != "database":
            _replicas(role, thing, things)
    reading.found += found


_SECRET = object()  # stands for a value that was not looked at


def _variables(
    thing: Thing,
    path: tuple[str | int, ...],
    spec: Mapping[str, Any],
    maps: Mapping[str, Thing],
    reading: Reading,
) -> Iterator[tuple[str, tuple[object, Where]]]:
    """Yield the variables of a container, those of ConfigMaps among them."""
    sources = spec.get("envFrom")
    for index, each in enumerate(sources if isinstance(sources, list) else []):
        name = mapping(mapping(each).get("configMapRef")).get("name")
        there = maps.get(str(name))
        if there is not None:
            for key, value in mapping(there.get("data")).items():
                yield key, (value, there.where("data", key))
        elif name is not None:
            reading.skip(thing.where(*path, "envFrom", index), "a ConfigMap that is in no file")
    variables = spec.get("env")
    for index, each in enumerate(variables if isinstance(variables, list) else []):
        each = mapping(each)
        key, at = str(each.get("name", "")), thing.where(*path, "env", index)
        at = Where(at.file, at.line, f"{thing.kind}/{printable(thing.name)} env {printable(key)}")
        reference = mapping(each.get("valueFrom"))
        if "value" in each:
            yield key, (each["value"], at)
        elif "secretKeyRef" in reference:
            yield key, (_SECRET, at)
        elif "configMapKeyRef" in reference:
            asked = mapping(reference["configMapKeyRef"])
            there = maps.get(str(asked.get("name")))
            word = str(asked.get("key"))
            if there is not None and word in mapping(there.get("data")):
                yield key, (there.get("data", word), there.where("data", word))
            else:
                reading.skip(at, "a ConfigMap that is in no file")


def _services(thing: Thing, things: list[Thing]) -> Iterator[str]:
    """Yield the names of the Services that lead to a workload's pods."""
    labels = mapping(thing.get(*_pod(thing), "metadata", "labels"))
    for other in things:
        selector = mapping(other.get("spec", "selector")) if other.kind == "Service" else {}
        if selector and selector.items() <= labels.items():
            yield other.name


def _replicas(found: Found, thing: Thing, things: list[Thing]) -> None:
    """Count replicas: the most that an autoscaler starts, or those that are asked for."""
    field = "parallelism" if thing.kind in ("Job", "CronJob") else "replicas"
    way = ("spec", "jobTemplate", "spec") if thing.kind == "CronJob" else ("spec",)
    count = whole(thing.get(*way, field)) if thing.get(*way, field) is not None else None
    fact = Fact(1, "replica", _ONE, "vendor")
    if count:
        fact = Fact(count, "replica", str(thing.where(*way, field)))
    if thing.kind == "DaemonSet":
        fact = Fact(1, "replica", "one on each node, and no file says how many nodes", "assumed")
    for other in things:
        target = mapping(other.get("spec", "scaleTargetRef"))
        if target.get("name") != thing.name or target.get("kind", thing.kind) != thing.kind:
            continue
        for word in ("maxReplicas", "maxReplicaCount"):
            most = whole(other.get("spec", word)) if other.get("spec", word) is not None else None
            if most:
                fact = Fact(most, "replica", str(other.where("spec", word)))
    found.facts["replicas"] = fact
    share = _surge(thing, int(fact.value))
    if share is not None:
        found.facts["deploy_surge"] = share


def _surge(thing: Thing, replicas: int) -> Fact | None:
    """Return the share of the replicas that a rollout starts beside the old ones."""
    if thing.kind in ("StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet"):
        words = f"a {thing.kind} stops the old before it starts the new"
        return Fact(0, "", words, "vendor")
    if str(thing.get("spec", "strategy", "type")) == "Recreate":
        return Fact(0, "", str(thing.where("spec", "strategy", "type")))
    for way in (("rollingUpdate",), ("canary",), ("rollingParams",)):
        most = thing.get("spec", "strategy", *way, "maxSurge")
        if most is not None:
            return surge(most, replicas, thing.where("spec", "strategy", *way, "maxSurge"))
    if mapping(thing.get("spec", "strategy", "blueGreen")):
        return Fact(1, "", str(thing.where("spec", "strategy", "blueGreen")))
    return Fact(0.25, "", _SURGE, "vendor")


def _files(thing: Thing, reading: Reading) -> None:
    """Read the files of servers that a ConfigMap holds."""
    for key, value in mapping(thing.get("data")).items():
        if not isinstance(value, str):
            continue
        where = thing.where("data", key)
        # A literal block begins on the line after its key.
        text = Source(where.file, "", value)
        if pgbouncer.is_ini(text):
            reading.found.append(pgbouncer.from_ini(value, where.file, where.line or 0, reading))
        elif key.endswith(".conf") and postgres.is_conf(text):
            there = postgres.read_conf(
                Source(where.file, ".conf", "\n" * (where.line or 0) + value)
            )
            reading.add(there)


def _cloud_native(thing: Thing, reading: Reading) -> None:
    """Read a cluster or a pooler of CloudNativePG."""
    if thing.kind == "Cluster":
        server = Found("database", thing.name)
        server.aliases |= {f"{thing.name}-{end}" for end in ("rw", "r", "ro")}
        path = ("spec", "postgresql", "parameters")
        for key, value in mapping(thing.get(*path)).items():
            if key in ("max_connections", "superuser_reserved_connections"):
                postgres.add_setting(server, key, value, thing.where(*path, key), reading)
        given = mapping(thing.get("spec", "resources", "limits"))
        at = ("spec", "resources", "limits")
        resources(server, given.get("cpu"), given.get("memory"), thing.where(*at, "cpu"),
                  thing.where(*at, "memory"))  # fmt: skip
        reading.found.append(server)
        return
    pooler = Found("pooler", thing.name, aliases={thing.name})
    pooler.hosts.append(str(thing.get("spec", "cluster", "name")))
    path = ("spec", "pgbouncer", "parameters")
    settings = {
        key: (value, thing.where(*path, key)) for key, value in mapping(thing.get(*path)).items()
    }
    mode = thing.get("spec", "pgbouncer", "poolMode")
    if mode is not None:
        settings["pool_mode"] = (mode, thing.where("spec", "pgbouncer", "poolMode"))
    pgbouncer.fill(pooler, settings, [], reading)
    count = whole(thing.get("spec", "instances")) if thing.get("spec", "instances") else None
    if count:
        pooler.facts["replicas"] = Fact(count, "replica", str(thing.where("spec", "instances")))
    pooler.facts["deploy_surge"] = Fact(0.25, "", _SURGE, "vendor")
    reading.found.append(pooler)
