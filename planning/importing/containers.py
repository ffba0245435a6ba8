"""
What a container is, by its image, its variables and its command: service, pooler or database.

Compose files, Kubernetes manifests and task definitions of ECS all describe containers; they are
read here once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from planning.importing import pgbouncer, postgres, settings
from planning.importing.found import Fact, Found, Reading, Where

# Variables by name, each with its value and its place.
Variables = Mapping[str, tuple[object, Where]]

_POOLERS = ("pgbouncer", "pgcat", "odyssey")
_POSTGRES = ("postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector")
_MYSQL = ("mysql", "mysql-server", "mariadb", "percona-server")
# Known to hold no connection to a database of these kinds.
_OTHERS = (
    "redis", "valkey", "memcached", "nginx", "traefik", "caddy", "haproxy", "rabbitmq", "kafka",
    "zookeeper", "mongo", "mongodb", "elasticsearch", "opensearch", "minio", "mailhog", "mailpit",
    "prometheus", "grafana", "jaeger", "postgres-exporter", "pgadmin4", "adminer", "busybox",
)  # fmt: skip
_MYSQL_DEFAULT = (
    "MySQL's default, https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html"
)
_CPU = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(m?)")
_MEMORY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kKmMgGtT]?i?)[bB]?")
_SIZES = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12,
          "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}  # fmt: skip


def image_name(image: object) -> str:
    """Return the last word of an image's path, without tag and digest."""
    return str(image).split("@")[0].rpartition("/")[2].split(":")[0].lower()


def container(
    name: str,
    image: object,
    variables: Variables,
    command: list[str],
    where: Where,
    reading: Reading,
) -> Found | None:
    """
    Return what a container is; None, and a line of what was left out, where it holds no pool.

    Parameters
    ----------
    name : str
        As the file calls it.
    image : object
        Its image, if any.
    variables : mapping
        Its environment, with the place of each; values of secrets are not looked at.
    command : list of str
        Its command line, word by word.
    where : Where
        Of the container, and of its command.
    reading : Reading
        Where to list what is not understood.
    """
    kind = image_name(image)
    at_command = Where(where.file, where.line, f"{where.path}.command")
    if kind in _POOLERS:
        pooler = Found("pooler", name)
        pgbouncer.from_variables(pooler, variables, reading)
        for key, (value, there) in variables.items():
            if plain_host(key):
                settings.take(pooler, key, value, there)
        return pooler
    if kind in _POSTGRES or kind in _MYSQL:
        server = Found("database", name)
        postgres.take_command(server, command, at_command)
        for key, (value, there) in variables.items():
            if settings.plain(key).endswith("maxconnections"):
                postgres.add_setting(server, "max_connections", value, there, reading)
        if kind in _MYSQL:
            words = f"{_MYSQL_DEFAULT}: max_connections"
            fact = Fact(151, "connection", words, "vendor")
            server.facts.setdefault("max_connections", fact)
            words = "MySQL keeps one more than max_connections for an administrator"
            server.facts.setdefault("reserved", Fact(0, "connection", words, "vendor"))
        return server
    if kind in _OTHERS:
        reading.skip(where, f"{kind} is not read")
        return None
    service = Found("service", name)
    for key, (value, there) in variables.items():
        if not settings.take(service, key, value, there) and settings.sounds_known(key):
            reading.skip(there, "no known setting with a whole number")
    settings.take_command(service, command, at_command)
    return service


def plain_host(name: str) -> bool:
    """Return whether a variable of a pooler names the server behind it."""
    return settings.plain(name) in (
        "dbhost", "postgresqlhost", "postgreshost", "databaseurl", "pghost", "databaseshost",
    )  # fmt: skip


def resources(found: Found, cpu: object, memory: object, at_cpu: Where, at_memory: Where) -> None:
    """Let something take in its cores and its memory, as Kubernetes and Compose write them."""
    match = _CPU.fullmatch(str(cpu).strip()) if cpu is not None else None
    if match and (cores := float(match[1]) / (1000 if match[2] else 1)) > 0:
        found.facts.setdefault("cores", Fact(cores, "core", str(at_cpu)))
    match = _MEMORY.fullmatch(str(memory).strip()) if memory is not None else None
    if match and (size := float(match[1]) * _SIZES[match[2].lower()]) > 0:
        found.facts.setdefault("memory", Fact(size, "byte", str(at_memory)))


def surge(most: int | str, replicas: int, where: Where) -> Fact | None:
    """
    Return the share of the replicas that a rollout starts beside the old ones.

    Parameters
    ----------
    most : int or str
        A number of replicas, or a share as in ``25%``.
    replicas : int
        How many there are, for a number.
    where : Where
        For the source.
    """
    text = str(most).strip()
    if re.fullmatch(r"\d{1,4}\s*%", text):
        return Fact(int(text.rstrip(" %")) / 100, "", str(where))
    count = settings.whole(most)
    if count is None or replicas < 1:
        return None
    return Fact(min(count / replicas, 100.0), "", f"{where} ({count} of {replicas})")
