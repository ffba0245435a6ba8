"""
Functions and machines of Amazon in a Terraform plan: what may hold connections to a database.

A function keeps a connection in each of its environments. Of a machine the plan says little beside
its size: what runs on it is read from its start script (user data), where one stands there.
"""

from __future__ import annotations

import base64
import binascii

from planning.importing import settings
from planning.importing.compose import blocks, environment, mapping
from planning.importing.found import Fact, Found, Paid, Reading, Where
from planning.importing.plain_text import read_plain
from planning.importing.plans import Resource
from planning.importing.rds import DATABASES
from planning.importing.rows import plan_of
from planning.importing.settings import whole
from planning.importing.sources import Source, printable

TEMPLATES = ("aws_launch_template", "aws_launch_configuration")
_LONGEST = 22_000  # [character] a start script has 16 kB at most, a third more in base64
_ENOUGH = 60  # of services and databases: with more the import is refused, and none is read
_MIB = 2**20  # Amazon's MB of memory


def refer_to_databases(
    found: Found, each: Resource, attributes: tuple[str, ...], there: list[Resource]
) -> None:
    """
    Let something connect to the databases and proxies that it is made from.

    Their addresses are not known before they are there; the configuration says whose they will be.
    """
    wanted = frozenset().union(*(each.made_of(attribute) for attribute in attributes))
    for other in there:
        if other.kind in DATABASES and other.short in wanted:
            found.uses_database = True
            found.hosts.append(other.name)


def function(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a function of Lambda: executions at once, memory, time-out and variables."""
    arm = each.values.get("architectures") == ["arm64"]
    found = Found("function", each.name, aliases={each.name})
    found.plan = ("aws.lambda.arm" if arm else "aws.lambda.x86", str(each.where("function_name")))
    reserved = each.values.get("reserved_concurrent_executions")
    if reserved == 0 and not isinstance(reserved, bool):
        reading.skip(each.where("reserved_concurrent_executions"), "0: it never runs")
        return
    facts = (
        ("reserved_concurrent_executions", "concurrent", 1, "request"),
        ("timeout", "duration_limit", 1, "s"),
        ("memory_size", "memory", _MIB, "byte"),
    )
    for attribute, name, unit, words in facts:
        number = whole(each.values.get(attribute))
        if number:
            found.facts[name] = Fact(number * unit, words, str(each.where(attribute)))
    for block in blocks(each.values.get("environment")):
        _variables(found, mapping(block.get("variables")), each.where("environment"), reading)
    refer_to_databases(found, each, ("environment",), there)
    reading.found.append(found)


def _variables(found: Found, given: object, at: Where, reading: Reading) -> None:
    def where(name: str) -> Where:
        return Where(at.file, at.line, printable(f"{at.path} {name}"))

    for name, (value, place) in environment(given, where).items():
        # A variable that names a database tells that there is one, a secret's name among them.
        found.uses_database |= settings.is_database(name)
        if not settings.take(found, name, value, place) and settings.sounds_known(name):
            reading.skip(place, "no known setting with a whole number")


def instance(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read machines of EC2; those of one `count` or `for_each` and one size are read together."""
    size = each.values.get("instance_type")
    alike = [
        other
        for other in there
        if other.kind == each.kind
        and other.plain == each.plain
        and other.values.get("instance_type") == size
    ]
    if alike[0] is not each:
        return
    where = each.where("instance_type")
    words = f"{where} of {len(alike)}" if len(alike) > 1 else str(where)
    replicas = Fact(len(alike), "replica", words)
    _machines(each, each, size, replicas, there, reading)


def group(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a group of machines that scales: the most of them, and their template."""
    most = whole(each.values.get("max_size"))
    if not most:
        reading.skip(each.where("max_size"), "no number of machines")
        return
    named = ("launch_template", "launch_configuration", "mixed_instances_policy")
    template = next(
        (
            other
            for other in there
            if other.kind in TEMPLATES
            and any(
                each.refers_to(other, attribute) or _in_block(each, attribute, other)
                for attribute in named
            )
        ),
        None,
    )
    if template is None:
        reading.skip(each.where("launch_template"), "its template is in no file")
        return
    replicas = Fact(most, "replica", str(each.where("max_size")))
    size = template.values.get("instance_type")
    _machines(each, template, size, replicas, there, reading)


def _in_block(each: Resource, attribute: str, other: Resource) -> bool:
    """Return whether a block of an attribute names another resource by its id or name."""
    names = [other.values.get(key) for key in ("id", "name")]
    return any(
        isinstance(block.get(key), str) and block[key] in names
        for block in blocks(each.values.get(attribute))
        for key in ("id", "name")
    )


def _machines(
    each: Resource,
    described: Resource,
    size: object,
    replicas: Fact,
    there: list[Resource],
    reading: Reading,
) -> None:
    """
    Pay machines, and take them for a service if their start script says that they connect.

    Parameters
    ----------
    each, described : Resource
        What runs, and what says of which size and with which script.
    size : object
        As Amazon calls it.
    replicas : Fact
        How many.
    there : list of Resource
        All there is, for what the script is made from.
    reading : Reading
        Takes what is found.
    """
    where = described.where("instance_type")
    plan = plan_of("aws.ec2", size)
    if plan is None:
        reading.skip(where, "a size that the catalogue does not know")
    else:
        reading.costs.append(Paid(each.name, plan, str(where), replicas.value))
    found = Found("service", each.name, aliases={each.name})
    for attribute in ("user_data", "user_data_base64") if len(reading.found) < _ENOUGH else ():
        _script(found, described, attribute)
    refer_to_databases(found, described, ("user_data", "user_data_base64"), there)
    if not found.uses_database and not found.facts:
        reading.skip(each.where(), "machines whose start script names no database: paid for")
        return
    found.plan = None if plan is None else (plan, str(where))
    found.facts["replicas"] = replicas
    reading.found.append(found)


def _script(found: Found, each: Resource, attribute: str) -> None:
    """Take in the settings of a start script, plain or in base64; nothing else of it is kept."""
    script = each.values.get(attribute)
    if not isinstance(script, str) or not script:
        return
    script = script[:_LONGEST]
    try:
        text = base64.b64decode(script, validate=True).decode()
    except (binascii.Error, ValueError):
        text = script
    where = each.where(attribute)
    for read in read_plain(Source(where.file, ".env", text)).found:
        for name, fact in read.facts.items():
            setting = fact.source.rpartition(" ")[2]
            place = str(Where(where.file, where.line, f"{where.path} {setting}"))
            found.facts.setdefault(name, Fact(fact.value, fact.unit, place, fact.kind))
        found.hosts += read.hosts
        found.uses_database |= read.uses_database
