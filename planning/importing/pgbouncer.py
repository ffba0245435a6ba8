"""
What a PgBouncer accepts and opens: ``pgbouncer.ini``, and the same names as variables.

A pool is per pair of user and database (https://www.pgbouncer.org/config.html): one user is taken
for each database, and the reserve counts, since it is opened in the very minute in question. The
number of all pools is bounded by ``max_db_connections`` per database, where that is not 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import whole
from planning.importing.sources import Source

_DOCUMENTATION = "PgBouncer's default, https://www.pgbouncer.org/config.html"
_DEFAULTS = {"max_client_conn": 100, "default_pool_size": 20}
_NUMBERS = (
    "max_client_conn", "default_pool_size", "reserve_pool_size", "max_db_connections",
    "query_wait_timeout",
)  # fmt: skip
KNOWN = (*_NUMBERS, "pool_mode")
# Known to say nothing of connections in all: left out without a word.
_QUIET = re.compile(
    r"(listen|auth|admin|stats|log|pid|unix|ignore|server_(?!lifetime)|client|tls|tcp|dns|user|"
    r"syslog|verbose|min_pool|so_reuse|application|pkt|sbuf|suspend|max_packet|disable|cancel|"
    r"idle|query_timeout|max_prepared|resolv|conffile|job|peer|track|transaction|service)", re.I
)  # fmt: skip


def is_ini(source: Source) -> bool:
    """Return whether a file is a ``pgbouncer.ini``."""
    return bool(re.search(r"^\s*\[pgbouncer\]\s*$", source.text, re.M))


def read_ini(source: Source) -> Reading:
    """Read a ``pgbouncer.ini``."""
    reading = Reading()
    reading.found.append(from_ini(source.text, source.name, 0, reading))
    return reading


def from_ini(text: str, file: str, first: int, reading: Reading) -> Found:
    """
    Return the pooler that an ini file describes.

    Parameters
    ----------
    text : str
        The file, or what another file holds of it.
    file : str
        Name for sources.
    first : int
        Lines before the text in that file.
    reading : Reading
        Where to list what is not understood.
    """
    section = ""
    settings: dict[str, tuple[object, Where]] = {}
    databases: list[tuple[int | None, Where]] = []
    pooler = Found("pooler", "pgbouncer", loose=True)
    for number, line in enumerate(text.split("\n"), first + 1):
        bare = line[:4000].strip()  # a longer one is none, and a pattern could take long over it
        if not bare or bare[0] in ";#":
            continue
        where = Where(file, number)
        if bare[0] == "[":
            section = bare.strip("[]").lower()
        elif bare.startswith("%include"):
            reading.skip(where, "the included file was not read")
        elif section == "databases":
            _, sign, rest = bare.partition("=")
            if not sign:
                reading.skip(where, "no line of [databases]")
                continue
            rest = re.sub(r"(?:^|\s)password\s*=\s*('[^']*'|\S+)", " ", rest)
            own = re.search(r"(?:^|\s)pool_size\s*=\s*(\d{1,9})", rest)
            host = re.search(r"(?:^|\s)host\s*=\s*'?([A-Za-z0-9][A-Za-z0-9_.-]*)", rest)
            databases.append((int(own[1]) if own else None, where))
            if host:
                pooler.hosts.append(host[1].split(".")[0].lower())
        elif section == "pgbouncer":
            name, sign, value = bare.partition("=")
            if not sign:
                reading.skip(where, "no setting")
                continue
            key = name.strip().lower()
            settings[key] = (value.strip(), Where(file, number, key))
    for key, (_, where) in settings.items():
        if key not in KNOWN and not _QUIET.match(key):
            reading.skip(Where(file, where.line, key if key.isidentifier() else ""))
    fill(pooler, settings, databases, reading)
    return pooler


def fill(
    pooler: Found,
    settings: dict[str, tuple[object, Where]],
    databases: list[tuple[int | None, Where]],
    reading: Reading,
) -> None:
    """
    Work out how many clients and server connections a pooler's settings come to.

    Parameters
    ----------
    pooler : Found
        Takes the numbers.
    settings : dict
        Value and place by PgBouncer's own names.
    databases : list
        Pool of its own, where it has one, and place, for each database; one where none is listed.
    reading : Reading
        Where to list values that are no numbers.
    """
    facts: dict[str, Fact] = {}
    for name in _NUMBERS:
        if name in settings:
            value, where = settings[name]
            number = whole(value)
            if number is None or (number == 0 and name in _DEFAULTS):
                reading.skip(where, "no whole number above 0")
            else:
                unit = "s" if name == "query_wait_timeout" else "connection"
                facts[name] = Fact(number, unit, str(where))
    for name, number in _DEFAULTS.items():
        facts.setdefault(name, Fact(number, "connection", f"{_DOCUMENTATION}: {name}", "vendor"))
    pooler.facts["max_clients"] = facts["max_client_conn"]
    pooler.facts["pool_size"] = _pools(facts, databases)
    if "query_wait_timeout" in facts and facts["query_wait_timeout"].value:
        pooler.facts["wait_limit"] = facts["query_wait_timeout"]
    value, where = settings.get("pool_mode", ("session", Where("")))
    mode = str(value).strip("'\"").lower()
    if mode == "statement":
        mode = "transaction"  # as short as a transaction of one statement
    if mode in ("session", "transaction"):
        pooler.mode = mode
    else:
        reading.skip(where, "no known mode")


def _pools(facts: dict[str, Fact], databases: list[tuple[int | None, Where]]) -> Fact:
    """Return the server connections of all pools, with reserve, as `max_db_connections` allows."""
    pools: list[Fact] = []
    most = facts.get("max_db_connections")
    for own, where in databases or [(None, Where(""))]:
        pool = facts["default_pool_size"]
        if own:
            pool = Fact(own, "connection", f"{where} pool_size")
        if facts.get("reserve_pool_size") and facts["reserve_pool_size"].value:
            pool = pool.plus(facts["reserve_pool_size"])
        if most is not None and 0 < most.value < pool.value:
            pool = most
        pools.append(pool)
    if len(pools) > 1 and len({pool.source for pool in pools}) == 1:
        return pools[0].times(len(pools), "databases")
    together = pools[0]
    for pool in pools[1:]:
        together = together.plus(pool)
    return together


def from_variables(
    pooler: Found, variables: Mapping[str, tuple[object, Where]], reading: Reading
) -> None:
    """Read the variables of the usual images: ``PGBOUNCER_MAX_CLIENT_CONN``, ``POOL_MODE``."""
    settings = {name.lower().removeprefix("pgbouncer_"): pair for name, pair in variables.items()}
    fill(pooler, settings, [], reading)
