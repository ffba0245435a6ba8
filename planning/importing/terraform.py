"""
A Terraform plan as JSON: the resources that hold or limit connections, or that have a price here.

``terraform show -json PLAN`` writes every planned value, secrets among them; of these only the
attributes named below are looked at. Types of resources that are not read are listed, counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from planning.importing import amazon, amazon_costs, postgres, rds
from planning.importing.compose import blocks, environment, mapping, words_of
from planning.importing.containers import container, resources
from planning.importing.found import Fact, Found, Reading, Where
from planning.importing.plans import Resource, region_of, resources_of
from planning.importing.settings import whole
from planning.importing.sources import Source, Tree, printable
from planning.numbers.reading import FileError

_PRICED = "us-east-1"  # the region of the catalogue's prices
_MOST = 500  # each may refer to any other
_PERCENT = (
    "the default of deployment_maximum_percent, "
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html"
)


def is_plan(tree: Tree) -> bool:
    """Return whether a document is a plan of Terraform, or its state, as JSON."""
    return isinstance(tree.data, dict) and bool({"planned_values", "values"} & set(tree.data)) and (
        "format_version" in tree.data
    )  # fmt: skip


def read_plan(source: Source, tree: Tree) -> Reading:
    """Read the planned resources."""
    reading = Reading()
    there = resources_of(source, tree)
    read = sum(each.kind in (*_READERS, *_LATE, *_USED) for each in there)
    if read > _MOST:
        raise FileError(
            f"{source.name}: {read} services and databases in the plan; at most {_MOST} are read."
        )
    passed: Counter[str] = Counter()
    for each in there:
        reader = _READERS.get(each.kind)
        if reader is not None:
            reader(each, there, reading)
        elif each.kind not in (*_LATE, *_USED):
            passed[each.kind] += 1
    for each in there:
        if each.kind in _LATE:
            _LATE[each.kind](each, there, reading)
    region = region_of(tree)
    if reading.costs and region not in (None, _PRICED):
        where = Where(source.name, None, "provider_config.aws region")
        reading.skip(where, f"the prices are those of {_PRICED}")
    for kind, count in sorted(passed.items()):
        words = "resource" if count == 1 else "resources"
        reading.skip(Where(source.name, None, printable(kind)), f"{count} {words} not read")
    return reading


def _cloud_sql(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read an instance of Cloud SQL: its flags."""
    server = Found("database", each.name, aliases={each.name})
    for settings in blocks(each.values.get("settings")):
        inner = Resource(each.source, each.address, each.kind, settings, {})
        rds.flags(server, inner, "database_flags", reading)
    reading.found.append(server)


def _azure(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read one setting of a flexible server of Azure."""
    if each.values.get("name") == "max_connections":
        server = Found("database", "postgres", loose=True)
        postgres.add_setting(
            server, "max_connections", each.values.get("value"), each.where("value"), reading
        )
        reading.found.append(server)


def _ecs(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a service of ECS: its tasks, the most that scaling starts, and its deployments."""
    count = whole(each.values.get("desired_count"))
    replicas = Fact(1, "replica", "ECS runs one unless told otherwise", "vendor")
    if count:
        replicas = Fact(count, "replica", str(each.where("desired_count")))
    for target in there:
        name = str(target.values.get("resource_id", "")).rpartition("/")[2]
        named = name == each.name or target.refers_to(each, "resource_id")
        if target.kind == "aws_appautoscaling_target" and named:
            most = whole(target.values.get("max_capacity"))
            if most:
                replicas = Fact(most, "replica", str(target.where("max_capacity")))
    percent = whole(each.values.get("deployment_maximum_percent"))
    surge = Fact(1, "", _PERCENT, "vendor")
    if percent is not None:
        at = each.where("deployment_maximum_percent")
        surge = Fact(max(percent - 100, 0) / 100, "", str(at))
    for found in _tasks(each, there, reading):
        if found.role != "database":
            found.facts |= {"replicas": replicas, "deploy_surge": surge}
        reading.found.append(found)


def _tasks(each: Resource, there: list[Resource], reading: Reading) -> list[Found]:
    """Return the containers of a service's task."""
    tasks = [other for other in there if other.kind == "aws_ecs_task_definition"]
    meant = [task for task in tasks if each.refers_to(task, "task_definition")]
    meant = meant or [task for task in tasks if task.name == each.name]
    if not meant:
        reading.skip(each.where("task_definition"), "its task is in no file")
        return []
    task = meant[0]
    where = task.where("container_definitions")
    try:
        listed = json.loads(str(task.values.get("container_definitions")))
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        reading.skip(where, "its containers are not known yet")
        return []
    roles = []
    for spec in blocks(listed):
        name = each.name if len(listed) == 1 else f"{each.name}-{spec.get('name')}"
        role = _container(name, spec, where, reading)
        if role is not None:
            _size(role, task)
            roles.append(role)
    # Of several containers only those that say so connect: a sidecar does not.
    services = [role for role in roles if role.role == "service"]
    for role in services:
        if role.uses_database or len(services) == 1:
            amazon.refer_to_databases(role, task, ("container_definitions",), there)
    return roles


def _container(name: str, spec: Mapping[str, Any], where: Where, reading: Reading) -> Found | None:
    pairs = blocks(spec.get("environment"))
    variables = {str(pair.get("name")): pair.get("value") for pair in pairs}
    given = environment(
        variables, lambda key: Where(where.file, where.line, printable(f"{where.path} {key}"))
    )
    line = [*words_of(spec.get("entryPoint")), *words_of(spec.get("command"))]
    return container(name, spec.get("image"), given, line, where, reading)


def _size(found: Found, task: Resource) -> None:
    """Let a container have what its task has: CPU in 1,024ths of a core, memory in MiB."""
    cpu, memory = whole(task.values.get("cpu")), whole(task.values.get("memory"))
    if cpu:
        found.facts["cores"] = Fact(cpu / 1024, "core", str(task.where("cpu")))
    if memory:
        found.facts["memory"] = Fact(memory * 2**20, "byte", str(task.where("memory")))


def _cloud_run(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Read a service of Cloud Run: the most instances, and its container."""
    for template in blocks(each.values.get("template")):
        for spec in blocks(template.get("containers")):
            renamed = {"environment": spec.get("env"), "entryPoint": spec.get("command")}
            renamed |= {"command": spec.get("args"), "image": spec.get("image")}
            found = _container(each.name, renamed, each.where("env"), reading)
            if found is None:
                continue
            for scaling in blocks(template.get("scaling")):
                most = whole(scaling.get("max_instance_count"))
                if most:
                    at = each.where("max_instance_count")
                    found.facts["replicas"] = Fact(most, "replica", str(at))
            for size in blocks(spec.get("resources")):
                limits = mapping(size.get("limits"))
                at = each.where("limits")
                resources(found, limits.get("cpu"), limits.get("memory"), at, at)
            reading.found.append(found)


_READERS = {
    "aws_db_instance": rds.instance,
    "aws_rds_cluster": rds.cluster,
    "aws_lambda_function": amazon.function,
    "aws_instance": amazon.instance,
    "aws_autoscaling_group": amazon.group,
    "google_sql_database_instance": _cloud_sql,
    "azurerm_postgresql_flexible_server_configuration": _azure,
    "aws_ecs_service": _ecs,
    "google_cloud_run_v2_service": _cloud_run,
    **amazon_costs.READERS,
}
# Read when all the rest is: a proxy takes a share of its database's connections.
_LATE = {"aws_db_proxy": rds.proxy}
# Read together with one of those.
_USED = (
    *rds.BESIDE, *amazon.TEMPLATES, "aws_ecs_task_definition", "aws_appautoscaling_target",
)  # fmt: skip
