"""Terraform plans as JSON: databases, services of ECS and Cloud Run, and what the rest is."""

from __future__ import annotations

import json

import pytest


def resource(kind, word, /, **values):
    return {
        "address": f"{kind}.{word}", "mode": "managed", "type": kind, "name": word,
        "values": values,
    }  # fmt: skip


def plan(*resources, module=(), references=()):
    configured = [
        {"address": address, "expressions": {attribute: {"references": [f"{to}.arn", to]}}}
        for address, attribute, to in references
    ]
    return json.dumps(
        {
            "format_version": "1.2",
            "variables": {"password": {"value": "hunter2"}},
            "planned_values": {
                "root_module": {
                    "resources": list(resources),
                    "child_modules": [{"resources": list(module)}],
                }
            },
            "configuration": {"root_module": {"resources": configured}},
        },
        indent=1,
    )


DATABASE = resource(
    "aws_db_instance", "main", identifier="main", instance_class="db.t3.large",
    parameter_group_name="main-pg", password="hunter2", multi_az=False,
)  # fmt: skip
GROUP = resource(
    "aws_db_parameter_group", "main", name="main-pg",
    parameter=[{"name": "max_connections", "value": "400", "apply_method": "pending-reboot"}],
)  # fmt: skip
CONTAINERS = json.dumps(
    [
        {"name": "api", "image": "api", "command": ["gunicorn", "-w", "2", "api"],
         "environment": [{"name": "DB_POOL_SIZE", "value": "15"},
                         {"name": "DATABASE_URL", "value": "postgres://u:hunter2@main.x.rds/x"}]}
    ]
)  # fmt: skip
TASK = resource(
    "aws_ecs_task_definition", "api", family="api-task", cpu="1024", memory="2048",
    container_definitions=CONTAINERS,
)  # fmt: skip
SERVICE = resource(
    "aws_ecs_service", "api", name="api", desired_count=4, deployment_maximum_percent=150
)
SCALING = resource(
    "aws_appautoscaling_target", "api", max_capacity=10, resource_id="service/cluster/api"
)
REFERS = [("aws_ecs_service.api", "task_definition", "aws_ecs_task_definition.api")]


def test_tasks_of_a_service_against_its_database(imported):
    text = plan(DATABASE, GROUP, TASK, SERVICE, references=REFERS)
    found = imported({"plan.json": text})
    # 4 tasks × 2 workers × 15; half as many again while deploying
    assert found.load("main connections with full pools") == 120
    assert found.load("main connections while deploying") == 180
    assert found.limit("main connections with full pools") == 397
    assert found.value("parts.api.cores") == 1
    assert found.value("parts.api.memory") == 2 * 2**30
    assert "hunter2" not in found.text + "".join(found.told)


def test_the_most_that_scaling_starts_counts(imported):
    text = plan(DATABASE, GROUP, TASK, SERVICE, SCALING, references=REFERS)
    found = imported({"plan.json": text})
    assert found.load("main connections with full pools") == 300
    assert found.source("parts.api.replicas").endswith("aws_appautoscaling_target.api max_capacity")


def test_ecs_doubles_unless_told_otherwise(imported):
    service = resource("aws_ecs_service", "api", name="api", desired_count=4)
    found = imported({"plan.json": plan(DATABASE, GROUP, TASK, service, references=REFERS)})
    assert found.load("main connections while deploying") == 240


def test_lines_are_those_of_the_plan(imported):
    text = plan(DATABASE, GROUP, TASK, SERVICE, references=REFERS)
    found = imported({"plan.json": text})
    lines = text.split("\n")
    for path, words in (
        ("parts.api.replicas", '"desired_count": 4'),
        ("parts.api.deploy_surge", '"deployment_maximum_percent": 150'),
        ("parts.api.cores", '"cpu": "1024"'),
    ):
        line = int(found.source(path).split(":")[1].split(" ")[0])
        assert words in lines[line - 1]


def test_a_plan_on_one_line_is_read(imported):
    text = json.dumps(json.loads(plan(DATABASE, GROUP, TASK, SERVICE, references=REFERS)))
    found = imported({"plan.json": text})
    assert found.load("main connections with full pools") == 120
    assert found.source("parts.main.max_connections").startswith("plan.json:1 ")


def test_the_price_of_a_known_class_is_a_cost(imported):
    found = imported({"plan.json": plan(DATABASE, GROUP, TASK, SERVICE, references=REFERS)})
    # $0.145 an hour for 730 hours
    assert float(found.result.monthly["main"].value) == pytest.approx(0.145 * 730)


def test_a_class_that_is_not_known_is_listed(imported):
    database = resource("aws_db_instance", "main", identifier="main", instance_class="db.x9.huge")
    found = imported({"plan.json": plan(database, TASK, SERVICE, references=REFERS)})
    assert any("a class that the catalogue does not know" in line for line in found.told)
    assert any("main: no file says max_connections" in line for line in found.told)


def test_modules_are_read_and_their_rest_is_counted(imported):
    other = [resource("aws_subnet", str(n), cidr_block="10.0.0.0/24") for n in range(3)]
    text = plan(TASK, SERVICE, module=[DATABASE, GROUP, *other], references=REFERS)
    found = imported({"plan.json": text})
    assert found.limit("main connections with full pools") == 397
    assert "not understood: plan.json aws_subnet: 3 resources not read" in found.told


def test_an_aurora_cluster_with_its_group_and_instances(imported):
    cluster = resource(
        "aws_rds_cluster", "main", cluster_identifier="main", db_cluster_parameter_group_name="g"
    )
    group = resource(
        "aws_rds_cluster_parameter_group", "g", name="g",
        parameter=[{"name": "max_connections", "value": "LEAST({DBInstanceClassMemory/1},5000)"}],
    )  # fmt: skip
    instance = resource(
        "aws_rds_cluster_instance", "a", cluster_identifier="main", instance_class="db.t3.large"
    )
    text = plan(cluster, group, instance, TASK, SERVICE, references=REFERS)
    found = imported({"plan.json": text})
    assert set(found.result.system.parts) == {"api", "main"}
    assert any("max_connections: no whole number" in line for line in found.told)
    assert "main" in found.result.system.costs


RUN = resource(
    "google_cloud_run_v2_service", "web", name="web",
    template=[{
        "scaling": [{"max_instance_count": 3}],
        "containers": [{
            "image": "web", "args": ["gunicorn", "--workers", "2", "app"],
            "env": [{"name": "DB_POOL_SIZE", "value": "12"}, {"name": "DB_MAX_OVERFLOW",
                                                              "value": "6"}],
            "resources": [{"limits": {"cpu": "2", "memory": "1Gi"}}],
        }],
    }],
)  # fmt: skip
CLOUD_SQL = resource(
    "google_sql_database_instance", "pg", name="pg",
    settings=[{"tier": "db-custom-1-3840",
               "database_flags": [{"name": "max_connections", "value": "100"}]}],
)  # fmt: skip


def test_instances_of_cloud_run_against_cloud_sql(imported):
    # 3 instances × 2 workers × (12 + 6)
    found = imported({"plan.json": plan(RUN, CLOUD_SQL)})
    assert found.load("pg connections with full pools") == 108
    assert found.limit("pg connections with full pools") == 97
    assert found.value("parts.web.cores") == 2


def test_a_setting_of_azure_is_that_of_the_server(imported):
    setting = resource(
        "azurerm_postgresql_flexible_server_configuration", "m", name="max_connections", value="859"
    )
    found = imported({"plan.json": plan(RUN, setting)})
    assert found.limit("postgres connections with full pools") == 856
