"""
Settings line by line: ``.env``, ``.properties``, and the pool in a program's own text.

A program is not run and not parsed: a line that gives a known setting a number is taken, one that
holds a connection URL is read for its parameters, and any other is passed over.
"""

from __future__ import annotations

import re

from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import (
    PER_THREAD,
    field_of,
    is_secret,
    sounds_known,
    take,
    take_url,
    urls,
    whole,
)
from planning.importing.sources import Source

_PAIRS = (".env", ".properties", ".ini", ".cfg", ".toml", ".conf", ".prisma")
_PROGRAMS = (".py", ".js", ".ts", ".mjs", ".cjs", ".java", ".kt", ".rb", ".go")
_PAIR = re.compile(r"\s*(?:export\s+)?([A-Za-z][\w.\-]{0,120})\s*[=:]\s*(.*)")
_NUMBER = re.compile(
    r"[\"']?\b([A-Za-z][\w.\-]{0,60})[\"']?\s*(?:=|:|\()\s*[\"']?(\d{1,9})\b(?![.\w])"
)
# `max` and `max_size` mean a pool only where the line or the file builds one.
_POOL = re.compile(
    r"new\s+(?:pg\.)?Pool\b|Pool\(\{|ConnectionPool|[\"']pool[\"']\s*:|createPool|knex\("
)
_SHORT = {"max": "pool_size", "maxsize": "pool_size", "max_size": "pool_size",
          "min": "pool_warm", "min_size": "pool_warm"}  # fmt: skip
# Lines further than this from a pool's beginning are not about it.
_NEAR = 15
_QUEUE_POOL = (
    "SQLAlchemy's default max_overflow, "
    "https://docs.sqlalchemy.org/en/20/core/engines.html#sqlalchemy.create_engine"
)
_DJANGO = re.compile(r"django\.db\.backends\.(postgresql|mysql)|django\.contrib\.gis\.db")
_CREATES = re.compile(r"create_(?:async_)?engine\(|SQLALCHEMY_", re.I)


def is_plain(source: Source) -> bool:
    """Return whether a file is one of settings line by line, or a program's text."""
    return (
        source.suffix in (*_PAIRS, *_PROGRAMS)
        or source.name.startswith(".env")
        or source.name.endswith((".env.example", ".env.sample"))
    )


def read_plain(source: Source) -> Reading:
    """Read the pool, the processes and the URLs of a file; nothing known in it is listed."""
    reading = Reading()
    found = Found("service", _name(source), aliases={source.name}, loose=True)
    program = source.suffix in _PROGRAMS
    pool_at = -_NEAR
    for number, line in enumerate(source.text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith(("#", "//", ";")):
            continue
        line = line[:4000]
        if _POOL.search(line):
            pool_at = number
        if program:
            _take_line(found, line, Where(source.name, number), number - pool_at < _NEAR)
        elif pair := _PAIR.match(line):
            where = Where(source.name, number, pair[1])
            known = take(found, pair[1], pair[2].strip().strip("\"'"), where)
            if not known and sounds_known(pair[1]):
                reading.skip(where, "no known setting with a whole number")
    _take_overflow(found, source.text)
    if _DJANGO.search(source.text):
        found.facts.setdefault("per_thread", PER_THREAD)
        found.uses_database = True
    if not found.facts and not found.uses_database:
        reading.skip(Where(source.name), "no pool, number of processes or connection URL in it")
        return reading
    reading.found.append(found)
    return reading


def _take_line(found: Found, line: str, where: Where, in_pool: bool) -> None:
    for url in urls(line):
        take_url(found, url, where)
    for name, number in _NUMBER.findall(line):
        known = field_of(name) or (_SHORT.get(name.lower()) if in_pool else None)
        if known is None or is_secret(name):
            continue
        there = Where(where.file, where.line, name)
        if known == field_of(name):
            take(found, name, number, there)
        elif (count := whole(number)) is not None:
            found.facts.setdefault(known, Fact(count, "connection", str(there)))
            found.uses_database = True


def _take_overflow(found: Found, text: str) -> None:
    """Add the overflow that an engine of SQLAlchemy has unless it is told another."""
    if "pool_size" in found.facts and "max_overflow" not in found.facts and _CREATES.search(text):
        found.facts["max_overflow"] = Fact(10, "connection", _QUEUE_POOL, "vendor")


def _name(source: Source) -> str:
    stem = source.name.split(".")[0]
    return stem or "app"
