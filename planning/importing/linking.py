"""
Put together what several files say: which settings belong to which service, and who calls whom.

A service calls the pooler or the database whose name is the first word of the host in its URL or
variables. Where no name fits, the only one there is must be meant; where there are several, the
first is taken, and said. What no file states is filled with an assumption that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from planning.importing.found import Fact, Found, Paid, Reading
from planning.importing.paying import costs_of
from planning.importing.rows import row_of_plan
from planning.importing.sources import plain_word, printable
from planning.numbers.catalog import shipped_catalog
from planning.numbers.reading import FileError

CALLERS = ("service", "function")
MOST_PARTS = 40  # of a system file
_MOST_LINES = 150  # so that the file written stays within what a system file may have
_DEFAULT = "postgres.default.max_connections"


@dataclass(frozen=True)
class Linked:
    """
    Parts by their name in the system file, and what each calls.

    Attributes
    ----------
    parts : dict
        By name, services first.
    calls : dict
        Database that a service calls or a pooler stands in front of, by name.
    through : dict
        Pooler that a service connects to, by name; None where it connects past all of them.
    left_out : list of str
        What was not understood.
    assumed : list of str
        What no file says and was filled in, for people to look at.
    costs : dict
        What is paid for, by the name of the cost.
    """

    parts: dict[str, Found]
    calls: dict[str, str]
    through: dict[str, str | None]
    left_out: list[str]
    assumed: list[str]
    costs: dict[str, Paid]


def link(reading: Reading) -> Linked:
    """
    Put together what was found.

    Raises
    ------
    FileError
        If nothing was found that holds or limits connections, or more than a system may have.
    """
    notes: list[str] = []
    found = _merged(reading, notes)
    services = _callers(found, notes)
    poolers = [each for each in found if each.role == "pooler"]
    databases = [each for each in found if each.role == "database"]
    if not services and not poolers and not databases:
        listed = "".join(f"\n  {line}" for line in (*reading.left_out, *notes)[:20])
        raise FileError(
            "nothing that holds or limits connections was understood in these files." + listed
        )
    assumed: list[str] = []
    if not databases:
        databases = [Found("database", "database")]
    every = [*services, *poolers, *databases]
    if len(every) > MOST_PARTS:
        raise FileError(
            f"{len(every)} services and databases; a system file has at most {MOST_PARTS} parts: "
            "import fewer files at once."
        )
    named = _named(every)
    calls: dict[str, str] = {}
    through: dict[str, str | None] = {}
    for name, each in named.items():
        if each.role != "database":
            calls[name], pooler = _called(name, each, named, notes)
            if each.role in CALLERS:
                through[name] = pooler
        _complete(name, each, assumed)
    costs = costs_of(reading.costs, named)
    left_out = _capped([*reading.left_out, *notes])
    return Linked(named, calls, through, left_out, _capped(assumed), costs)


def _capped(lines: list[str]) -> list[str]:
    """Return lines without repetition, and how many more there are past those that are read."""
    lines = list(dict.fromkeys(lines))
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more:,} more"]


def _merged(reading: Reading, notes: list[str]) -> list[Found]:
    """Return what was found, with loose settings in the things that they belong to."""
    whole = [each for each in reading.found if not each.loose]
    alone: list[Found] = []
    for each in (one for one in reading.found if one.loose):
        same = [other for other in whole if other.role == each.role]
        asking = [other for other in same if set(other.includes) & each.aliases]
        users = [other for other in same if other.uses_database]
        if not asking and len(users) == 1:
            asking = users
        if not asking and len(same) == 1:
            asking = same
        for other in asking:
            notes += other.fill(each)
        if not asking and len(same) > 1:
            there = ", ".join(printable(other.name) for other in same[:6])
            notes.append(
                f"{'; '.join(sorted(each.aliases)) or each.name}: which of {there} it belongs to "
                "is not said, so it was left out"
            )
        elif not asking:
            alone.append(each)
    return [*whole, *alone]


def _callers(found: list[Found], notes: list[str]) -> list[Found]:
    """Return the services that hold connections; the others are listed."""
    stores = {
        host for each in found if each.role not in CALLERS for host in (each.name, *each.aliases)
    }
    callers = []
    for each in found:
        if each.role not in CALLERS:
            continue
        if each.uses_database or "pool_size" in each.facts or stores & set(each.hosts):
            callers.append(each)
        else:
            notes.append(f"{printable(each.name)}: no pool and no database in what it says")
    return callers


def _named(found: list[Found]) -> dict[str, Found]:
    """Return things by plain names that are unique: lower-case letters, digits and _."""
    named: dict[str, Found] = {}
    for each in found:
        word = plain_word(each.name) or each.role
        name, count = word, 2
        while name in named:
            name, count = f"{word}_{count}", count + 1
        named[name] = each
    return named


def _called(
    name: str, caller: Found, named: dict[str, Found], notes: list[str]
) -> tuple[str, str | None]:
    """Return the database that a service or a pooler reaches, and the pooler on the way."""
    databases = [each for each, other in named.items() if other.role == "database"]
    poolers = [each for each, other in named.items() if other.role == "pooler"]
    if caller.role == "pooler":
        poolers = []  # one in front of another is not read
    for host in caller.hosts:
        for pooler in poolers:
            if host in {named[pooler].name, *named[pooler].aliases}:
                return _called(pooler, named[pooler], named, [])[0], pooler
        for other in databases:
            if host in {named[other].name, *named[other].aliases}:
                return other, None
    if poolers:
        if len(poolers) > 1:
            notes.append(f"{name}: which pooler it uses is not said; {poolers[0]} is taken")
        return _called(poolers[0], named[poolers[0]], named, [])[0], poolers[0]
    if len(databases) > 1:
        notes.append(f"{name}: which database it uses is not said; {databases[0]} is taken")
    return databases[0], None


def _complete(name: str, each: Found, assumed: list[str]) -> None:
    """Fill what a part needs and no file says."""
    facts = each.facts
    if each.role == "database":
        if "max_connections" not in facts and row_of_plan(each.plan, "max_connections") is None:
            row = shipped_catalog().row(_DEFAULT)
            words = f"PostgreSQL's default where no file sets another ({row.source})"
            facts["max_connections"] = Fact(row.value, "connection", words, "assumed")
            assumed.append(
                f"{name}: no file says max_connections; PostgreSQL's default of {row} is taken"
            )
        return
    if "replicas" not in facts and each.role != "function":
        facts["replicas"] = Fact(1, "replica", "no file says how many run", "assumed")
        assumed.append(f"{name}: no file says how many replicas run; 1 is taken")
    if each.role == "pooler":
        return
    if each.role == "function":
        _complete_function(name, each, assumed)
        return
    if "processes" not in facts:
        words = "no file says how many processes one replica runs"
        facts["processes"] = Fact(1, "process", words, "assumed")
        assumed.append(f"{name}: no file says how many processes a replica runs; 1 is taken")
    if "cores" not in facts and row_of_plan(each.plan, "cores") is None:
        facts["cores"] = Fact(1, "core", "no file says how many cores it has", "assumed")
        assumed.append(f"{name}: no file says how many cores it has; 1 is taken")
    per_thread = facts.pop("per_thread", None)
    if per_thread is not None and "pool_size" not in facts:
        threads = facts.get("threads")
        facts["pool_size"] = per_thread
        if threads is not None:
            facts["pool_size"] = per_thread.times(int(threads.value), f"threads ({threads.source})")
    if "pool_size" not in facts:
        words = "no file says it; 10 is the default of node-postgres and HikariCP"
        facts["pool_size"] = Fact(10, "connection", words, "assumed", 1, 20)
        assumed.append(f"{name}: no file says the size of its pool; 10 is taken")
    if "max_overflow" in facts:
        facts["pool_size"] = facts["pool_size"].plus(facts.pop("max_overflow"))
    warm = facts.get("pool_warm")
    if warm is not None and warm.value > facts["pool_size"].value:
        del facts["pool_warm"]


def _complete_function(name: str, each: Found, assumed: list[str]) -> None:
    """
    Let each environment hold its pool, and say what all of them hold together.

    An environment serves one request at a time, so processes and threads mean nothing.
    """
    facts = each.facts
    pool = facts.pop("pool_size", None)
    overflow = facts.pop("max_overflow", None)
    if pool is not None:
        facts["connections_per_environment"] = pool.plus(overflow) if overflow else pool
    held = facts.get("connections_per_environment")
    if held is None:
        words = "no file says how many connections an environment opens; 1 is taken"
        assumed.append(f"{name}: {words}")
    row = row_of_plan(each.plan, "concurrent")
    stated = facts.get("concurrent")
    most = stated.value if stated is not None else row.value if row is not None else None
    if most is not None:
        count = most * (held.value if held is not None else 1.0)
        whose = "it may run" if stated is not None else "the account may run, by default"
        assumed.append(
            f"{name}: the {most:,.0f} executions that {whose} hold {count:,.0f} connections, idle "
            "ones too; below, only those of the stated users count"
        )
