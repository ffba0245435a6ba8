"""Amazon's resources in a Terraform plan: functions, machines, proxies, and what is paid for."""

from __future__ import annotations

import base64
import json

import pytest

from planning.importing.formats import import_files
from planning.numbers.catalog import shipped_catalog
from planning.numbers.reading import FileError
from planning.questions.load import parse_system


def resource(kind, word, /, index="", **values):
    return {
        "address": f"{kind}.{word}{index}", "mode": "managed", "type": kind, "name": word,
        "values": values,
    }  # fmt: skip


def plan(*resources, made_from=(), region="us-east-1"):
    """A plan; `made_from` names (address, attribute, address of what it is made from)."""
    configured = {}
    for address, attribute, to in made_from:
        expressions = configured.setdefault(address, {})
        expressions[attribute] = [{"variables": {"references": [f"{to}.endpoint", to]}}]
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": list(resources)}},
            "configuration": {
                "provider_config": {
                    "aws": {
                        "name": "aws",
                        "expressions": {"region": {"constant_value": region}},
                    }
                },
                "root_module": {
                    "resources": [
                        {"address": address, "expressions": expressions}
                        for address, expressions in configured.items()
                    ]
                },
            },
        },
        indent=1,
    )


def hourly(key):
    return shipped_catalog().row(f"{key}.hourly").value


def connections(plan):
    """What the catalogue says a class takes."""
    return shipped_catalog().row(f"{plan}.max_connections").value


def monthly(found, name):
    return float(found.result.monthly[name].value)


DATABASE = resource(
    "aws_db_instance", "main", identifier="main", instance_class="db.t4g.medium",
    engine="postgres", allocated_storage=100, storage_type="gp3", password="hunter2",
)  # fmt: skip
FUNCTION = resource(
    "aws_lambda_function", "api", function_name="api", memory_size=512, timeout=30,
    reserved_concurrent_executions=500, architectures=["arm64"],
    environment=[{"variables": {"STAGE": "prod"}}],
)  # fmt: skip
MADE = [("aws_lambda_function.api", "environment", "aws_db_instance.main")]


def test_a_class_brings_its_connections_cores_and_memory(imported):
    found = imported({"plan.json": plan(DATABASE, FUNCTION, made_from=MADE)})
    assert found.value("parts.main.max_connections") == connections("aws.rds.t4g_medium")
    assert found.value("parts.main.cores") == 2
    assert found.value("parts.main.memory") == 4 * 2**30
    assert "aws.rds.t4g_medium.max_connections" in found.source("parts.main.max_connections")
    assert "    plan: aws.rds.t4g_medium  # plan.json:" in found.text
    assert monthly(found, "main") == pytest.approx(730 * hourly("aws.rds.t4g_medium"))
    assert monthly(found, "main_disk") == pytest.approx(100 * 0.115)
    assert "hunter2" not in found.text + "".join(found.told)


def test_a_second_zone_costs_double_and_its_price_is_in_a_cost(imported):
    database = json.loads(json.dumps(DATABASE))
    database["values"]["multi_az"] = True
    found = imported({"plan.json": plan(database, FUNCTION, made_from=MADE)})
    assert monthly(found, "main") == pytest.approx(2 * 730 * hourly("aws.rds.t4g_medium"))
    assert monthly(found, "main_disk") == pytest.approx(2 * 100 * 0.115)
    assert not any("in no cost" in each.what for each in found.result.findings)


@pytest.mark.parametrize("engine", ["mysql", "mariadb"])
def test_another_engine_has_another_formula_and_nothing_reserved(imported, engine):
    database = json.loads(json.dumps(DATABASE))
    database["values"]["engine"] = engine
    found = imported({"plan.json": plan(database, FUNCTION, made_from=MADE)})
    assert found.limit("main connections") == connections("aws.rds_mysql.t4g_medium")
    assert connections("aws.rds_mysql.t4g_medium") < connections("aws.rds.t4g_medium")


def test_an_engine_that_is_not_modelled_is_listed(imported):
    oracle = resource(
        "aws_db_instance", "old", identifier="old", instance_class="db.t3.large",
        engine="oracle-se2",
    )  # fmt: skip
    found = imported({"plan.json": plan(DATABASE, oracle, FUNCTION, made_from=MADE)})
    assert set(found.result.system.parts) == {"api", "main"}
    assert any("old engine: an engine that is not modelled" in line for line in found.told)


def test_a_read_replica_is_paid_and_takes_no_reads_that_nobody_sends(imported):
    replica = resource(
        "aws_db_instance", "copy", identifier="copy", instance_class="db.t4g.medium",
        engine="postgres", replicate_source_db="main",
    )  # fmt: skip
    found = imported({"plan.json": plan(DATABASE, replica, FUNCTION, made_from=MADE)})
    assert set(found.result.system.parts) == {"api", "main"}
    assert monthly(found, "copy") == pytest.approx(730 * hourly("aws.rds.t4g_medium"))
    assert any("a read replica: paid for" in line for line in found.told)


def test_a_function_holds_a_connection_in_each_environment(imported):
    found = imported({"plan.json": plan(DATABASE, FUNCTION, made_from=MADE)})
    assert found.result.system.parts["api"].kind == "serverless"
    assert found.value("parts.api.concurrent") == 500
    assert found.value("parts.api.memory") == 512 * 2**20
    assert found.value("parts.api.duration_limit") == 30
    assert "plan.json:" in found.source("parts.api.concurrent")
    assert found.result.system.parts["api"].price.row.key == "aws.lambda.arm.price"
    # 500 environments against 405 connections: said, though a single user brings none of it.
    told = [line for line in found.told if "hold 500 connections" in line]
    assert len(told) == 1


def test_a_function_with_a_pool_holds_it_in_each_environment(imported):
    function = json.loads(json.dumps(FUNCTION))
    function["values"]["environment"] = [
        {"variables": {"DATABASE_URL": "postgres://u:hunter2@main.x.rds/x?connection_limit=3"}}
    ]
    del function["values"]["reserved_concurrent_executions"]
    found = imported({"plan.json": plan(DATABASE, function)})
    assert found.value("parts.api.connections_per_environment") == 3
    assert found.value("parts.api.concurrent") == 1000
    assert any("1,000 executions that the account may run" in line for line in found.told)
    assert any("hold 3,000 connections" in line for line in found.told)
    assert "hunter2" not in found.text + "".join(found.told)


def test_a_function_without_a_database_and_one_that_never_runs_are_listed(imported):
    idle = resource(
        "aws_lambda_function", "idle", function_name="idle", reserved_concurrent_executions=0
    )
    alone = resource("aws_lambda_function", "thumbs", function_name="thumbs")
    found = imported({"plan.json": plan(DATABASE, FUNCTION, idle, alone, made_from=MADE)})
    assert set(found.result.system.parts) == {"api", "main"}
    assert any("idle reserved_concurrent_executions: 0: it never runs" in x for x in found.told)
    assert any("thumbs: no pool and no database" in line for line in found.told)


PROXY = resource("aws_db_proxy", "front", name="front", engine_family="POSTGRESQL")
TARGET = resource("aws_db_proxy_target", "t", db_proxy_name="front", db_instance_identifier="main")
SETTINGS = resource(
    "aws_db_proxy_default_target_group", "g", db_proxy_name="front",
    connection_pool_config=[{"max_connections_percent": 50, "connection_borrow_timeout": 20}],
)  # fmt: skip
THROUGH = [("aws_lambda_function.api", "environment", "aws_db_proxy.front")]


def test_a_proxy_is_a_pooler_that_opens_a_share_of_the_connections(imported):
    text = plan(PROXY, TARGET, SETTINGS, DATABASE, FUNCTION, made_from=THROUGH)
    found = imported({"plan.json": text})
    front = found.result.system.parts["front"]
    assert front.kind == "pooler"
    assert front.mode == "transaction"
    assert found.value("parts.front.pool_size") == connections("aws.rds.t4g_medium") // 2
    assert found.value("parts.front.wait_limit") == 20
    assert "50 % of the 405 connections of main" in found.source("parts.front.pool_size")
    assert monthly(found, "front_proxy") == pytest.approx(2 * 0.015 * 730)


def test_a_proxy_opens_all_connections_where_nothing_else_is_set(imported):
    found = imported({"plan.json": plan(PROXY, TARGET, DATABASE, FUNCTION, made_from=THROUGH)})
    assert found.value("parts.front.pool_size") == connections("aws.rds.t4g_medium")
    assert found.value("parts.front.wait_limit") == 120


def test_a_proxy_takes_its_share_of_what_a_parameter_group_sets(imported):
    database = json.loads(json.dumps(DATABASE))
    database["values"]["parameter_group_name"] = "pg"
    group = resource(
        "aws_db_parameter_group", "pg", name="pg",
        parameter=[{"name": "max_connections", "value": "200"}],
    )  # fmt: skip
    text = plan(PROXY, TARGET, SETTINGS, database, group, FUNCTION, made_from=THROUGH)
    found = imported({"plan.json": text})
    assert found.value("parts.main.max_connections") == 200
    assert found.value("parts.front.pool_size") == 100


def test_a_proxy_in_front_of_nothing_known_is_listed(imported):
    other = resource(
        "aws_db_instance", "two", identifier="two", instance_class="db.t3.large", engine="postgres"
    )
    text = plan(PROXY, DATABASE, other, FUNCTION, made_from=MADE)
    found = imported({"plan.json": text})
    assert "front" not in found.result.system.parts
    assert any("which database it stands in front of" in line for line in found.told)


CLUSTER = resource("aws_rds_cluster", "main", cluster_identifier="main", engine="aurora-postgresql")
MEMBERS = [
    resource(
        "aws_rds_cluster_instance", "m", f"[{n}]", cluster_identifier="main",
        instance_class="db.r6g.large",
    )
    for n in range(3)
]  # fmt: skip
TO_CLUSTER = [("aws_lambda_function.api", "environment", "aws_rds_cluster.main")]


def test_a_cluster_pays_its_readers_and_writes_to_one(imported):
    found = imported({"plan.json": plan(CLUSTER, *MEMBERS, FUNCTION, made_from=TO_CLUSTER)})
    assert found.value("parts.main.max_connections") == 1722
    assert monthly(found, "main") == pytest.approx(
        3 * 730 * hourly("aws.aurora_postgresql.r6g_large"), abs=0.01
    )
    assert any("2 readers: paid for" in line for line in found.told)


@pytest.mark.parametrize(
    ("engine", "least", "most", "limit"),
    [
        ("aurora-postgresql", 0.5, 4.0, 823),
        ("aurora-postgresql", 2, 7.5, 823),  # the step below
        ("aurora-postgresql", 0.5, 64, 2000),  # capped where it may shrink to half a unit
        ("aurora-postgresql", 1, 64, 5000),
        ("aurora-mysql", 0.5, 64, 4000),
    ],
)
def test_capacity_units_give_connections_and_are_paid_as_used(imported, engine, least, most, limit):
    cluster = json.loads(json.dumps(CLUSTER))
    cluster["values"]["engine"] = engine
    cluster["values"]["serverlessv2_scaling_configuration"] = [
        {"min_capacity": least, "max_capacity": most}
    ]
    member = resource(
        "aws_rds_cluster_instance", "m", cluster_identifier="main", instance_class="db.serverless"
    )
    found = imported({"plan.json": plan(cluster, member, FUNCTION, made_from=TO_CLUSTER)})
    assert found.value("parts.main.max_connections") == limit
    assert any("capacity units are paid as they are used" in line for line in found.told)


SCRIPT = (
    "#!/bin/bash\nexport DATABASE_URL=postgres://u:hunter2@main.x.rds/x\n"
    "export DB_POOL_SIZE=8\nWEB_CONCURRENCY=4\n"
)
WEB = [
    resource("aws_instance", "web", f"[{n}]", instance_type="t3.large", user_data=SCRIPT)
    for n in range(3)
]


def test_machines_of_one_count_are_the_replicas_of_a_service(imported):
    found = imported({"plan.json": plan(DATABASE, *WEB)})
    # 3 machines × 4 processes × 8 connections
    assert found.load("main connections with full pools") == 96
    assert found.value("parts.web.cores") == 2
    assert found.value("parts.web.replicas") == 3
    assert monthly(found, "web") == pytest.approx(3 * 730 * hourly("aws.ec2.t3_large"), abs=0.01)
    assert not any("in no cost" in each.what for each in found.result.findings)
    assert "hunter2" not in found.text + "".join(found.told)


def test_the_most_machines_of_a_group_count(imported):
    script = base64.b64encode(SCRIPT.encode()).decode()
    template = resource(
        "aws_launch_template", "app", name="app", instance_type="m6i.xlarge", user_data=script
    )
    group = resource(
        "aws_autoscaling_group", "app", name="app", min_size=2, max_size=6, desired_capacity=2
    )
    made = [("aws_autoscaling_group.app", "launch_template", "aws_launch_template.app")]
    found = imported({"plan.json": plan(DATABASE, template, group, made_from=made)})
    assert found.load("main connections with full pools") == 6 * 4 * 8
    assert found.value("parts.app.cores") == 4
    assert monthly(found, "app") == pytest.approx(6 * 730 * hourly("aws.ec2.m6i_xlarge"), abs=0.01)


def test_a_machine_of_which_nothing_is_known_is_paid_and_no_part(imported):
    bastion = resource("aws_instance", "bastion", instance_type="t4g.micro")
    odd = resource("aws_instance", "odd", instance_type="x9.huge", user_data="#!/bin/sh\n")
    found = imported({"plan.json": plan(DATABASE, bastion, odd, FUNCTION, made_from=MADE)})
    assert set(found.result.system.parts) == {"api", "main"}
    assert monthly(found, "bastion") == pytest.approx(730 * hourly("aws.ec2.t4g_micro"))
    assert any("odd instance_type: a size that the catalogue" in line for line in found.told)


@pytest.mark.parametrize("sidecar", [False, True])
def test_a_task_connects_to_the_database_that_it_is_made_from(imported, sidecar):
    """Its address is not known before it is there; of several containers none is guessed."""
    containers = [{"name": "web", "image": "web", "environment": []}]
    if sidecar:
        containers.append({"name": "agent", "image": "agent"})
    task = resource(
        "aws_ecs_task_definition", "web", family="web", cpu="512", memory="1024",
        container_definitions=json.dumps(containers),
    )  # fmt: skip
    service = resource("aws_ecs_service", "web", name="web", desired_count=3)
    made = [
        ("aws_ecs_task_definition.web", "container_definitions", "aws_db_instance.main"),
        ("aws_ecs_service.web", "task_definition", "aws_ecs_task_definition.web"),
        *MADE,
    ]
    found = imported({"plan.json": plan(DATABASE, FUNCTION, task, service, made_from=made)})
    assert ("web" in found.result.system.parts) is not sidecar
    if sidecar:
        assert any("web-agent: no pool and no database" in line for line in found.told)
    else:
        # 3 tasks of one process, whose pool nobody states: 10 each
        assert found.load("main connections with full pools") >= 30


@pytest.mark.parametrize(
    ("kind", "values", "cost", "expected"),
    [
        ("aws_elasticache_cluster", {"cluster_id": "c", "node_type": "cache.t4g.small",
                                     "num_cache_nodes": 2}, "c", 2 * 0.032 * 730),
        ("aws_elasticache_replication_group",
         {"replication_group_id": "c", "node_type": "cache.r6g.large", "num_node_groups": 2,
          "replicas_per_node_group": 1}, "c", 4 * 0.206 * 730),
        ("aws_msk_cluster",
         {"cluster_name": "k", "number_of_broker_nodes": 3, "broker_node_group_info": [
             {"instance_type": "kafka.m5.large", "storage_info": [
                 {"ebs_storage_info": [{"volume_size": 100}]}]}]}, "k", 3 * 0.21 * 730),
        ("aws_kinesis_stream", {"name": "s", "shard_count": 4}, "s", 4 * 0.015 * 730),
        ("aws_lb", {"name": "lb", "load_balancer_type": "network"}, "lb", 0.0225 * 730),
        ("aws_nat_gateway", {"name": "nat"}, "nat", 0.045 * 730),
        ("aws_ebs_volume", {"name": "v", "type": "gp3", "size": 50}, "v", 50 * 0.08),
        ("aws_eks_node_group", {"name": "n", "instance_types": ["m5.large"],
                                "scaling_config": [{"max_size": 5}]}, "n", 5 * 0.096 * 730),
    ],
)  # fmt: skip
def test_what_runs_beside_is_paid_for(imported, kind, values, cost, expected):
    text = plan(DATABASE, FUNCTION, resource(kind, "x", **values), made_from=MADE)
    found = imported({"plan.json": text})
    assert monthly(found, cost) == pytest.approx(expected, abs=0.01)
    if kind == "aws_msk_cluster":
        assert monthly(found, "k_disk") == pytest.approx(300 * 0.10)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("aws_sqs_queue", "aws.sqs.standard.request_price"),
        ("aws_cloudfront_distribution", "plan: cdn.cloudfront"),
        ("aws_s3_bucket", "plan: aws.s3_standard"),
        ("aws_dynamodb_table", "aws.dynamodb.on_demand"),
    ],
)
def test_what_is_paid_as_it_is_used_is_listed_with_its_plan(imported, kind, words):
    text = plan(DATABASE, FUNCTION, resource(kind, "x", name="x"), made_from=MADE)
    found = imported({"plan.json": text})
    line = next(line for line in found.told if f"{kind}.x" in line)
    assert words in line
    # What it names is there.
    key = words.removeprefix("plan: ")
    catalog = shipped_catalog()
    assert key in catalog.rows or catalog.plan(key)


def test_two_things_of_one_name_are_two_costs(imported):
    lb = resource("aws_lb", "main", name="main")
    nat = resource("aws_nat_gateway", "main", name="main")
    found = imported({"plan.json": plan(lb, nat, DATABASE, FUNCTION, made_from=MADE)})
    # The database, whose plan is a part's, keeps its name.
    assert monthly(found, "main") == pytest.approx(730 * hourly("aws.rds.t4g_medium"))
    assert monthly(found, "main_2") == pytest.approx(730 * 0.0225)
    assert monthly(found, "main_3") == pytest.approx(730 * 0.045)


def test_more_costs_than_a_file_may_have_are_put_together_by_plan(imported):
    many = [resource("aws_lb", f"l{n}", name=f"l{n}") for n in range(90)]
    disks = [resource("aws_ebs_volume", f"v{n}", type="gp3", size=10) for n in range(30)]
    found = imported({"plan.json": plan(*many, *disks, DATABASE, FUNCTION, made_from=MADE)})
    assert len(found.result.system.costs) == 4
    assert monthly(found, "alb_balancer") == pytest.approx(90 * 0.0225 * 730, abs=0.01)
    assert monthly(found, "ebs_gp3_price") == pytest.approx(300 * 0.08)
    assert monthly(found, "main") == pytest.approx(730 * hourly("aws.rds.t4g_medium"))


def test_another_region_is_told(imported):
    told = {
        region: imported(
            {"plan.json": plan(DATABASE, FUNCTION, made_from=MADE, region=region)}
        ).told
        for region in ("us-east-1", "eu-west-1")
    }
    assert not any("us-east-1" in line for line in told["us-east-1"])
    assert any("the prices are those of us-east-1" in line for line in told["eu-west-1"])


ODD = [None, True, -1, 0, 1e99, float("inf"), "x" * 5000, [], {}, [[]], [None], {"a": 1},
       "db.t3.large\nhunter2: 1", "9" * 400, [{"variables": None}], [{"variables": [1]}],
       [{"max_capacity": True, "max_size": "x", "num_node_groups": -1, "instance_type": 3}],
       [{"max_capacity": 1e9, "max_connections_percent": 900, "storage_info": [3]}]]  # fmt: skip
FIELDS = {
    "aws_db_instance": ["identifier", "instance_class", "engine", "allocated_storage",
                        "storage_type", "multi_az", "iops", "replicate_source_db", "address"],
    "aws_rds_cluster": ["cluster_identifier", "engine", "endpoint",
                        "serverlessv2_scaling_configuration"],
    "aws_rds_cluster_instance": ["cluster_identifier", "instance_class"],
    "aws_db_proxy": ["name", "endpoint"],
    "aws_db_proxy_target": ["db_proxy_name", "db_instance_identifier"],
    "aws_db_proxy_default_target_group": ["db_proxy_name", "connection_pool_config"],
    "aws_lambda_function": ["function_name", "memory_size", "timeout", "environment",
                            "reserved_concurrent_executions", "architectures"],
    "aws_instance": ["instance_type", "user_data", "user_data_base64"],
    "aws_launch_template": ["name", "instance_type", "user_data"],
    "aws_autoscaling_group": ["name", "max_size", "launch_template", "launch_configuration"],
    "aws_elasticache_cluster": ["cluster_id", "node_type", "num_cache_nodes", "engine"],
    "aws_elasticache_replication_group": ["num_node_groups", "node_type", "cluster_mode"],
    "aws_msk_cluster": ["number_of_broker_nodes", "broker_node_group_info"],
    "aws_kinesis_stream": ["shard_count"], "aws_lb": ["load_balancer_type"],
    "aws_ebs_volume": ["type", "size"], "aws_sqs_queue": ["fifo_queue", "name"],
    "aws_eks_node_group": ["instance_types", "scaling_config"],
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
def test_odd_values_are_read_or_listed_and_never_break_what_is_written(tmp_path, kind):
    path = tmp_path / "plan.json"
    for attribute in FIELDS[kind]:
        for value in ODD:
            odd = resource(kind, "odd", **{attribute: value})
            text = plan(DATABASE, PROXY, TARGET, SETTINGS, FUNCTION, odd, made_from=THROUGH)
            path.write_text(text)
            written = import_files([path])[0]
            assert "api" in parse_system(written).parts
            assert "\nhunter2" not in written


@pytest.mark.parametrize(
    "configuration",
    [
        {"root_module": {"resources": [{"address": "aws_lambda_function.api", "expressions": {
            "environment": {"references": ["", ".", "x", 3, None, "aws_db_instance.main"]}}}]}},
        {"root_module": {"resources": [{"address": 3, "expressions": [1]}]}},
        {"provider_config": [], "root_module": []},
        {"provider_config": {"aws": {"name": "aws", "expressions": {"region": 3}}}},
    ],
)  # fmt: skip
def test_odd_configurations_name_nothing_that_is_not_there(imported, configuration):
    document = json.loads(plan(DATABASE, WEB[0]))
    document["configuration"] = configuration
    found = imported({"plan.json": json.dumps(document)})
    assert set(found.result.system.parts) == {"web", "main"}


def test_too_many_resources_are_refused(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(plan(*(resource("aws_lb", f"l{n}", name=f"l{n}") for n in range(501))))
    with pytest.raises(FileError, match="at most 500 are read"):
        import_files([path])


# Each would take minutes if a pattern began anew at every bracket, or every script were read.
SLOW = {
    "brackets": [resource("aws_lb", "x[" * 4000 + str(n)) for n in range(100)],
    "scripts": [
        resource("aws_instance", f"i{n}", instance_type="t3.large", user_data="postgres://" * 900)
        for n in range(400)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", list(SLOW))
def test_no_plan_takes_time_that_grows_with_its_square(tmp_path, name):
    path = tmp_path / "plan.json"
    path.write_text(plan(*SLOW[name]))
    with pytest.raises(FileError, match=r"at most 40 parts|nothing that holds or limits"):
        import_files([path])
