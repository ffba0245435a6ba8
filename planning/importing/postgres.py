"""
What a PostgreSQL server allows: ``postgresql.conf``, and ``pg_settings`` as psql prints it.

Only connections count here: how many there may be, and how many are kept for superusers
(PostgreSQL documentation, 20.3.1). In ``postgresql.conf`` the last line of a name holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.settings import value_of_option, whole
from planning.importing.sources import Source

# Besides these a server of PostgreSQL 16 may keep `reserved_connections` for a role.
_RESERVED = ("superuser_reserved_connections", "reserved_connections")
_LINE = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(?:=\s*|\s+)('[^']*'|[^\s#]+)?")
_COLUMNS = re.compile(r"^\W*name\W+setting\b", re.I)


def is_conf(source: Source) -> bool:
    """Return whether a file is a ``postgresql.conf``."""
    names = ("max_connections", "shared_buffers", "superuser_reserved_connections")
    lines = (line.strip() for line in source.text.split("\n"))
    return source.suffix in (".conf", "", ".auto") and any(
        re.match(rf"({'|'.join(names)})\s*(=|\s)", line) for line in lines
    )


def is_settings(source: Source) -> bool:
    """Return whether a file is ``pg_settings``, as a table or as CSV."""
    return bool(_COLUMNS.match(source.text.lstrip("\n").split("\n", 1)[0]))


def read_conf(source: Source) -> Reading:
    """Read a ``postgresql.conf``; what it includes is listed, settings of other things are not."""
    reading = Reading()
    pairs: list[tuple[str, object, int]] = []
    for number, line in enumerate(source.text.split("\n"), 1):
        match = _LINE.match(line)
        if match is None:
            continue
        if match[1].startswith("include"):
            reading.skip(Where(source.name, number, match[1]), "the included file was not read")
        pairs.append((match[1].lower(), match[2], number))
    return _with(reading, source, pairs)


def read_settings(source: Source) -> Reading:
    """Read the columns name and setting of ``pg_settings``: CSV, or a table of psql."""
    lines = source.text.split("\n")
    head = next(index for index, line in enumerate(lines) if line.strip())
    pairs: list[tuple[str, object, int]] = []
    if "|" in lines[head]:
        for number, line in enumerate(lines[head + 1 :], head + 2):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) > 1:
                pairs.append((cells[0], cells[1], number))
        return _with(Reading(), source, pairs)
    mark = ";" if ";" in lines[head] and "," not in lines[head] else ","
    mark = "\t" if "\t" in lines[head] else mark
    rows = csv.reader(lines, delimiter=mark)
    try:
        for cells in rows:
            if len(cells) > 1:
                pairs.append((cells[0].strip(), cells[1].strip(), rows.line_num))
    except csv.Error:
        reading = _with(Reading(), source, pairs)
        reading.skip(Where(source.name, rows.line_num), "no CSV from here on")
        return reading
    return _with(Reading(), source, pairs)


def _with(reading: Reading, source: Source, pairs: Iterable[tuple[str, object, int]]) -> Reading:
    server = Found("database", "postgres", loose=True)
    settings = {
        name: (value, Where(source.name, line, name)) for name, value, line in pairs
    }  # the last holds
    for name in ("max_connections", *_RESERVED):
        if name not in settings:
            continue
        value, where = settings[name]
        add_setting(server, name, value, where, reading)
    if "max_connections" not in server.facts:
        reading.skip(Where(source.name), "no max_connections in it")
    reading.found.append(server)
    return reading


def add_setting(
    server: Found, name: str, value: object, where: Where, reading: Reading | None = None
) -> None:
    """Let a database take in one setting of a server; a value that is no number is listed."""
    number = whole(value)
    if number is None:
        if reading is not None:
            reading.skip(where, "no whole number")
        return
    fact = Fact(number, "connection", str(where))
    if name == "max_connections" and number:
        server.facts[name] = fact
    elif name in _RESERVED:
        before = server.facts.get("reserved")
        server.facts["reserved"] = fact if before is None else before.plus(fact)


def take_command(server: Found, words: list[str], where: Where) -> None:
    """Let a database take in what its command line sets: ``-c max_connections=200``."""
    for name in ("max_connections", *_RESERVED):
        number = value_of_option(words, name)
        if number is not None:
            there = Where(where.file, where.line, f"{where.path} {name}")
            add_setting(server, name, number, there)
    for index, word in enumerate(words[:-1]):
        if word == "-N":  # the short form of postgres
            there = Where(where.file, where.line, f"{where.path} -N")
            add_setting(server, "max_connections", words[index + 1], there)
