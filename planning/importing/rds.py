"""
Databases of RDS and Aurora in a Terraform plan, and the proxies in front of them.

A class is a plan of the catalogue, which brings cores, memory and the connections of the default
formula; what a parameter group sets goes before. A proxy opens a share of them at most.
"""

from __future__ import annotations

from typing import TypeGuard

from planning.importing import postgres
from planning.importing.compose import blocks
from planning.importing.found import Fact, Found, Paid, Reading, Where
from planning.importing.plans import Resource
from planning.importing.rows import plan_of, price_row, row_of_plan, rows_of
from planning.importing.settings import whole

GROUPS = ("aws_db_parameter_group", "aws_rds_cluster_parameter_group")
DATABASES = ("aws_db_instance", "aws_rds_cluster", "aws_db_proxy")
# Read together with one of those.
BESIDE = (
    *GROUPS, "aws_rds_cluster_instance", "aws_db_proxy_target",
    "aws_db_proxy_default_target_group",
)  # fmt: skip
_MYSQL = ("mysql", "mariadb", "aurora-mysql")
_KEEPS = "MySQL keeps one more than max_connections for an administrator"
_OTHER_ENGINES = ("oracle", "sqlserver", "db2", "custom")
_CLIENTS = (
    "RDS Proxy publishes no limit of clients; a wide guess, "
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html"
)
_STEPS = (1, 4, 8, 16, 32, 64, 128)  # [capacity unit] of the vendor's table
_CAPPED = 2000  # [connection] where a cluster may shrink to half a capacity unit


def instance(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a database of RDS: its parameter group, its class and its disk; a replica's price."""
    engine = str(each.values.get("engine", "postgres"))
    if engine.startswith(_OTHER_ENGINES):
        reading.skip(each.where("engine"), "an engine that is not modelled, and its price unknown")
        return
    server = Found("database", each.name, aliases={each.name})
    address = each.values.get("address")
    if isinstance(address, str):
        server.aliases.add(address.split(".")[0])
    _groups(server, each, there, reading)
    zones = 2 if each.values.get("multi_az") is True else 1
    prefix = "aws.rds_mysql" if engine in _MYSQL else "aws.rds"
    _of_class(server, each, prefix, zones, reading)
    _disk(each, zones, reading)
    if each.values.get("replicate_source_db") or each.made_of("replicate_source_db"):
        reading.skip(
            each.where("replicate_source_db"),
            "a read replica: paid for, and nothing says that reads go to it",
        )
        return
    _reserved(server, engine)
    reading.found.append(server)


def _groups(server: Found, each: Resource, there: list[Resource], reading: Reading) -> None:
    named = ("parameter_group_name", "db_cluster_parameter_group_name", "db_parameter_group_name")
    for group in there:
        if group.kind in GROUPS and any(each.refers_to(group, attribute) for attribute in named):
            flags(server, group, "parameter", reading)


def flags(server: Found, each: Resource, block: str, reading: Reading) -> None:
    """Take in the settings of a server that stand as blocks of name and value."""
    for flag in blocks(each.values.get(block)):
        name = str(flag.get("name"))
        if name in ("max_connections", "superuser_reserved_connections"):
            where = each.where(block)
            where = Where(where.file, where.line, f"{where.path} {name}")
            postgres.add_setting(server, name, flag.get("value"), where, reading)


def _reserved(server: Found, engine: str) -> None:
    if engine in _MYSQL:
        server.facts.setdefault("reserved", Fact(0, "connection", _KEEPS, "vendor"))


def _of_class(
    server: Found, each: Resource, prefix: str, zones: int, reading: Reading, fills: bool = True
) -> None:
    """Name what the catalogue knows of an instance's class as the server's plan, and pay it."""
    size = str(each.values.get("instance_class", "")).removeprefix("db.")
    plan = plan_of(prefix, size)
    where = each.where("instance_class")
    if plan is None:
        reading.skip(where, "a class that the catalogue does not know")
        return
    if fills and "max_connections" in rows_of(plan):
        server.plan = (plan, str(where))
    if price_row(plan) is not None:
        words = f"{where} in two zones" if zones > 1 else str(where)
        reading.costs.append(Paid(server.name, plan, words, zones))


def _disk(each: Resource, zones: int, reading: Reading) -> None:
    """Pay the disk that is allocated, in each zone."""
    size = whole(each.values.get("allocated_storage"))
    kind = each.values.get("storage_type") or "gp2"
    # gp2 and gp3 of RDS cost the same by the byte.
    row = {"gp2": "aws.rds.gp3.price", "gp3": "aws.rds.gp3.price", "io1": "aws.rds.io1.price"}
    if not size:
        return
    if not isinstance(kind, str) or kind not in row:
        reading.skip(each.where("storage_type"), "a disk without a price in the catalogue")
        return
    where = str(each.where("allocated_storage"))
    reading.costs.append(Paid(f"{each.name} disk", row[kind], where, size * zones))
    if whole(each.values.get("iops")):
        reading.skip(each.where("iops"), "the price of provisioned IOPS is in no cost")


def cluster(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a cluster of Aurora: one instance takes all writes, and all are paid for."""
    engine = str(each.values.get("engine", "aurora-postgresql"))
    server = Found("database", each.name, aliases={each.name})
    address = each.values.get("endpoint")
    if isinstance(address, str):
        server.aliases.add(address.split(".")[0])
    _groups(server, each, there, reading)
    prefix = "aws.aurora_mysql" if engine in _MYSQL else "aws.aurora_postgresql"
    members = [
        other
        for other in there
        if other.kind == "aws_rds_cluster_instance" and other.refers_to(each, "cluster_identifier")
    ]
    for member in members:
        if member.values.get("instance_class") == "db.serverless":
            continue
        _of_class(server, member, prefix, 1, reading, fills=server.plan is None)
    _units(server, each, engine, reading)
    if len(members) > 1:
        words = f"{len(members) - 1} readers: paid for, and nothing says that reads go to them"
        reading.skip(each.where("cluster_identifier"), words.replace("1 readers", "1 reader"))
    _reserved(server, engine)
    reading.found.append(server)


def _units(server: Found, each: Resource, engine: str, reading: Reading) -> None:
    """
    Read the capacity units that a serverless cluster may grow to; they are paid as used.

    Its connections follow from the most units, and are those of the step below in the vendor's
    table; PostgreSQL with half a unit or none at least has no more than 2,000.
    """
    for scaling in blocks(each.values.get("serverlessv2_scaling_configuration")):
        where = each.where("max_capacity")
        reading.skip(where, "capacity units are paid as they are used: their price is in no cost")
        most, least = scaling.get("max_capacity"), scaling.get("min_capacity")
        steps = [step for step in _STEPS if _is_number(most) and step <= most]
        if not steps:
            reading.skip(where, "no number of capacity units with known connections")
            continue
        kind = "mysql" if engine in _MYSQL else "postgresql"
        plan = f"aws.aurora_serverless_{kind}.acu_{steps[-1]}"
        row = rows_of(plan)["max_connections"]
        if kind == "postgresql" and _is_number(least) and least <= 0.5 and row.value > _CAPPED:
            words = f"{each.where('min_capacity')}: {_CAPPED:,} at most, {row.source}"
            server.facts.setdefault("max_connections", Fact(_CAPPED, "connection", words, "vendor"))
        elif server.plan is None:
            server.plan = (plan, str(where))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def proxy(each: Resource, there: list[Resource], reading: Reading) -> None:
    """
    Read a proxy of RDS: a pooler that opens a share of its database's connections at most.

    It is read after the databases, of whose connections it takes a share.
    """
    server = _behind(each, there, reading)
    if server is None:
        reading.skip(each.where("name"), "which database it stands in front of is in no file")
        return
    pooler = Found("pooler", each.name, aliases={each.name}, hosts=[server.name])
    pooler.mode = "transaction"
    endpoint = each.values.get("endpoint")
    if isinstance(endpoint, str):
        pooler.aliases.add(endpoint.split(".")[0])
    share, wait, where = _pool_settings(each, there)
    row = row_of_plan(server.plan, "max_connections")
    stated = server.facts.get("max_connections")
    most = stated.value if stated is not None else row.value if row is not None else None
    if most is None:
        reading.skip(where, "a share of how many connections is in no file: it is left out")
        return
    words = f"{where}: {share:g} % of the {most:,.0f} connections of {server.name}"
    pooler.facts["pool_size"] = Fact(max(most * share // 100, 1), "connection", words)
    pooler.facts["max_clients"] = Fact(10_000, "connection", _CLIENTS, "assumed", 1_000, 100_000)
    pooler.facts["wait_limit"] = wait
    pooler.facts["replicas"] = Fact(1, "replica", "its share is over all nodes of it", "vendor")
    _pay_proxy(each, server, reading)
    reading.found.append(pooler)


def _behind(each: Resource, there: list[Resource], reading: Reading) -> Found | None:
    """Return the database that a proxy's target names, or the only one there is."""
    servers = {found.name: found for found in reading.found if found.role == "database"}
    for target in there:
        if target.kind != "aws_db_proxy_target" or not target.refers_to(each, "db_proxy_name"):
            continue
        for attribute in ("db_instance_identifier", "db_cluster_identifier"):
            for other in there:
                if other.kind in DATABASES and target.refers_to(other, attribute):
                    return servers.get(other.name)
    return next(iter(servers.values())) if len(servers) == 1 else None


def _pool_settings(each: Resource, there: list[Resource]) -> tuple[float, Fact, Where]:
    """Return the share that a proxy may open [percent], how long it waits, and where it says so."""
    default = rows_of("aws.rds_proxy.default")
    share, where = default["pool_share"].value * 100, each.where("name")
    limit = default["wait_limit"]
    wait = Fact(limit.value, limit.unit, f"{limit.key}, {limit.source}", "vendor")
    for group in there:
        if group.kind != "aws_db_proxy_default_target_group":
            continue
        if not group.refers_to(each, "db_proxy_name"):
            continue
        for pool in blocks(group.values.get("connection_pool_config")):
            percent = whole(pool.get("max_connections_percent"))
            if percent and percent <= 100:
                share, where = percent, group.where("max_connections_percent")
            seconds = whole(pool.get("connection_borrow_timeout"))
            if seconds:
                wait = Fact(seconds, "s", str(group.where("connection_borrow_timeout")))
    return share, wait, where


def _pay_proxy(each: Resource, server: Found, reading: Reading) -> None:
    """Pay a proxy by the cores of the database behind it."""
    cores = row_of_plan(server.plan, "cores")
    if cores is None:
        reading.skip(each.where("name"), "priced by the cores of its database, which no file says")
        return
    key = "aws.rds_proxy.rate.core_hourly"
    reading.costs.append(Paid(f"{each.name} proxy", key, str(each.where("name")), cores.value))
