"""
What the names of settings mean, whoever reads them: a pool's size, its overflow, processes.

The names differ by library and by who wrote the file (``DB_POOL_SIZE``, ``connection_limit``,
``maximum-pool-size``), and end alike, so they are compared without case and signs, by their ends.
Only whole numbers of known settings are taken, and host names from URLs; a setting whose name
speaks of a secret is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from planning.importing.found import Fact, Found, Where

# Ends of names, longest meaning first: field, unit and ends. Sources: documentation of Prisma
# (connection_limit), SQLAlchemy (pool_size, max_overflow), HikariCP (maximumPoolSize, minimumIdle),
# pgx (pool_max_conns), Go database/sql (MaxOpenConns), Rails (pool), Django and psycopg_pool
# (max_size, min_size), node-postgres and Knex (max), Puma (WEB_CONCURRENCY, RAILS_MAX_THREADS).
_ENDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("pool_warm", "connection", ("minpoolsize", "poolminsize", "poolmin", "minimumidle",
                                 "poolminconns", "minimumpoolsize")),
    ("max_overflow", "connection", ("maxoverflow", "pooloverflow")),
    ("pool_size", "connection", ("poolsize", "maximumpoolsize", "poolmaxsize", "poolmax",
                                 "poolmaxconns", "connectionlimit", "maxopenconns", "dbpool",
                                 "maxpoolsize", "poollimit", "poolmaxconnections")),
    ("pool_wait_limit", "s", ("pooltimeout",)),
    ("processes", "process", ("webconcurrency", "gunicornworkers", "uvicornworkers", "webworkers",
                              "workerprocesses", "pumaworkers")),
    ("threads", "thread", ("railsmaxthreads", "gunicornthreads", "pumathreads")),
)  # fmt: skip
_IN_URL = {"pool": "pool_size", "max": "pool_size", "maxsize": "pool_size"}
_UNIT = {name: unit for name, unit, _ in _ENDS}
_SECRET = re.compile(r"pass(word|wd|phrase)?|pwd|secret|token|credential|private|apikey|key$", re.I)
_OTHERS = re.compile(r"redis|mongo|http|amqp|rabbit|broker|thread_?pool|smtp|mail|elastic", re.I)
_DATABASE = re.compile(r"db|pg|sql|postgres|database|maria|pool", re.I)
_HOST_END = re.compile(r"(host|hostname|addr|address|endpoint)$")
_SCHEME = re.compile(
    r"(?<![A-Za-z])(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|cockroachdb|postgis|prisma\+postgres)"
    r"(?:\+[a-z0-9_]+)?2?://", re.I
)  # fmt: skip
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,200}[A-Za-z0-9])?")
_SOUNDS = re.compile(r"pool|max_?conn|worker|concurren|replica|n?proc(s|ess(es)?)$", re.I)
# Of a pool or of workers, and still no count of connections.
_NO_COUNT = ("timeout", "lifetime", "name", "class", "mode", "interval", "url", "uri", "path",
             "enabled", "recycle", "preping", "type", "image", "id")  # fmt: skip
# Django opens a connection in each thread unless its own pool is switched on.
PER_THREAD = Fact(
    1, "connection",
    "one per thread, https://docs.djangoproject.com/en/5.1/ref/databases/#persistent-connections",
    "vendor",
)  # fmt: skip
_LONGEST = 4000  # [character]
_WHOLE = re.compile(r"\d{1,9}")
# Options of commands: the word, and the field it sets.
_OPTIONS = {
    "--workers": "processes", "-w": "processes", "--processes": "processes",
    "--concurrency": "processes", "-c": "processes", "--instances": "processes",
    "-i": "processes", "--threads": "threads",
}  # fmt: skip
_PROGRAMS = re.compile(r"(^|/)(gunicorn|uvicorn|hypercorn|granian|celery|puma|pm2(-runtime)?)$")


def plain(name: str) -> str:
    """Return a name without case and signs."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_secret(name: str) -> bool:
    """Return whether a setting's name speaks of a secret, so that its value is not looked at."""
    return bool(_SECRET.search(name))


def sounds_known(name: str) -> bool:
    """Return whether a setting that was not understood may be about connections or processes."""
    last = re.split(r"[.\s]", name)[-1]
    if is_secret(last) or _OTHERS.search(name):
        return False
    return bool(_SOUNDS.search(last)) and not plain(last).endswith(_NO_COUNT)


def is_database(name: str) -> bool:
    """Return whether a setting's name speaks of a database: ``DATABASE_URL``, ``PGHOST``."""
    return bool(_DATABASE.search(name)) and not _OTHERS.search(name)


def whole(value: object) -> int | None:
    """Return a whole number that a file wrote as a number or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**9 else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and 0 <= value < 10**9 else None
    text = str(value).strip().strip("\"'")
    # `${POOL_SIZE:-10}` of Compose: the number that holds where nobody sets another.
    default = re.fullmatch(r"\$\{[A-Za-z_]\w{0,80}:?-(\d{1,9})\}", text)
    text = default[1] if default else text
    return int(text) if _WHOLE.fullmatch(text) else None


def field_of(name: str) -> str | None:
    """Return the field of a service that a setting's name stands for; None for any other."""
    if is_secret(name) or _OTHERS.search(name):
        return None
    bare = plain(name)
    for known, _, ends in _ENDS:
        if bare.endswith(ends):
            return known
    if bare.endswith(("maxconnections", "maxconns", "maxconn")) and _DATABASE.search(name):
        return "pool_size"
    return "processes" if bare == "workers" else None


def take(found: Found, name: str, value: object, where: Where) -> bool:
    """
    Let a service take a setting in: a number, a host or a URL; tell whether it was understood.

    Parameters
    ----------
    found : Found
        The service.
    name, value : str, object
        As the file has them.
    where : Where
        For the source.
    """
    if isinstance(value, str):
        value = value[:_LONGEST]
    if isinstance(value, str) and _SCHEME.search(value):
        for url in urls(value):
            take_url(found, url, where)
        return True
    if name == "DJANGO_SETTINGS_MODULE":
        found.facts.setdefault("per_thread", PER_THREAD)
        return True
    known, number = field_of(name), whole(value)
    if known is not None and number is not None:
        if number >= 1 or known in ("max_overflow", "pool_warm"):
            found.facts.setdefault(known, Fact(number, _UNIT[known], str(where)))
        found.uses_database |= known in ("pool_size", "max_overflow", "pool_warm")
        return True
    if _HOST_END.search(plain(name)) and _DATABASE.search(name) and not is_secret(name):
        found.uses_database = True
        if isinstance(value, str) and _HOST.fullmatch(value.strip()):
            found.hosts.append(value.strip().split(".")[0].lower())
        return True
    return False


def urls(text: str) -> Iterator[str]:
    """Yield what may be connection URLs of databases in a text."""
    # So long that no URL is cut, and so short that a file of schemes alone is read in no time.
    for match in _SCHEME.finditer(text[:_LONGEST]):
        yield re.split(r"[\s\"'`<>]", text[match.start() : _LONGEST], maxsplit=1)[0]


def take_url(found: Found, url: str, where: Where) -> None:
    """
    Let a service take in a connection URL: its host's first word and its pool parameters.

    User, password and name of the database are dropped. A password that is not encoded may make
    any cut wrong, so a host is taken only where a URL can be read in one way.
    """
    found.uses_database = True
    scheme = _SCHEME.match(url)
    body, _, query = url[scheme.end() if scheme else len(url) :].partition("?")
    clear = "@" not in query and body.count("@") <= 1
    host = re.split(r"[:/,]", body.rpartition("@")[2])[0]
    # `user:pass/word@host` has its @ behind the first slash.
    if clear and "/" not in body.rpartition("@")[0] and _HOST.fullmatch(host):
        found.hosts.append(host.split(".")[0].lower())
    for name, value in parse_qsl(query.split("#")[0]) if clear else ():
        known = _IN_URL.get(plain(name)) or field_of(name)
        number = whole(value)
        if known is not None and number:
            there = Where(where.file, where.line, f"{where.path} {name}".strip())
            found.facts.setdefault(known, Fact(number, _UNIT[known], str(there)))


def take_command(found: Found, words: Iterable[object], where: Where) -> None:
    """Let a service take in the processes and threads that its command line sets."""
    line = [str(word) for word in words]
    if not any(_PROGRAMS.search(word) for word in line):
        return
    for index, word in enumerate(line):
        name, sign, value = word.partition("=")
        if not sign and index + 1 < len(line):
            value = line[index + 1]
        known, number = _OPTIONS.get(name), whole(value)
        if known and number:
            there = Where(where.file, where.line, f"{where.path} {name}")
            found.facts.setdefault(known, Fact(number, _UNIT[known], str(there)))


def value_of_option(words: list[str], option: str) -> int | None:
    """Return a whole number set as ``option=12`` in a command line, as servers of PostgreSQL do."""
    for word in words:
        name, sign, value = word.removeprefix("--").partition("=")
        if sign and name.replace("-", "_") == option:
            return whole(value)
    return None
