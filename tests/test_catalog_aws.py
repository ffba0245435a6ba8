"""Amazon's rows: a larger size has no less, and each family goes into a part as its plan."""

from __future__ import annotations

import itertools

import pytest

import planning
from planning.numbers.catalog import shipped_catalog
from planning.numbers.nodes import value_at
from planning.numbers.units import parse
from planning.questions.load import parse_system

BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"]
FIXED = ["large", "xlarge", "2xlarge", "4xlarge"]
EC2 = {
    "t3": BURSTABLE, "t4g": BURSTABLE, "m5": FIXED, "m6i": FIXED, "m7g": FIXED, "c5": FIXED,
    "c6i": FIXED, "c7g": FIXED, "r5": FIXED, "r6g": FIXED,
}  # fmt: skip
RDS = {"t3": BURSTABLE, "t4g": BURSTABLE, "m5": FIXED, "m6g": FIXED, "r5": FIXED, "r6g": FIXED}
AURORA = {
    "t3": BURSTABLE[2:4], "t4g": BURSTABLE[2:4], "r5": FIXED, "r6g": FIXED,
}  # fmt: skip
CACHE = {
    "t3": BURSTABLE[:3], "t4g": BURSTABLE[:3], "m5": FIXED, "m6g": FIXED, "m7g": FIXED,
    "r5": FIXED, "r6g": FIXED, "r7g": FIXED,
}  # fmt: skip
MACHINES = {
    f"{service}{family}": sizes
    for service, families in (
        ("aws.ec2.", EC2), ("aws.rds.", RDS), ("aws.rds_mysql.", RDS),
        ("aws.aurora_postgresql.", AURORA), ("aws.aurora_mysql.", AURORA),
    )
    for family, sizes in families.items()
}  # fmt: skip
NODES = {f"aws.elasticache.{family}": sizes for family, sizes in CACHE.items()}
FAMILIES = MACHINES | NODES
DATABASES = [name for name in MACHINES if not name.startswith("aws.ec2.")]

# The one part of each system below, by what it needs beside its plan.
SERVICE = """\
title: One service
workload:
  users: 10
  target: 100
  activities: {page: {interval: 60 s, enters: app, cpu_time: 20 ms}}
parts: {app: {kind: service, processes: 2, plan: PLAN}}
costs: {app: {plan: PLAN}}
"""
DATABASE = """\
title: One database
workload: {users: 10, target: 100, connections_per_user: 1}
parts: {database: {kind: database, plan: PLAN}}
costs: {database: {plan: PLAN}}
"""
BUSY = """\
title: One busy database
workload:
  users: 1000
  target: 1000
  peak_to_mean: 1
  activities: {act: {interval: INTERVAL, enters: app, cpu_time: 1 ms, queries: 1, query_time: 1 ms,
    query_cpu: 1 ms}}
parts:
  app: {kind: service, processes: 4, cores: 4}
  database: {kind: database, plan: PLAN}
costs: {database: {plan: PLAN}}
"""
STORE = """\
title: One store in memory
workload:
  users: 10
  target: 100
  activities: {page: {interval: 60 s, enters: app, cpu_time: 20 ms}}
parts:
  app: {kind: service, processes: 2, cores: 2, calls: {store: {page: {count: 3}}}}
  store: {kind: memory_store, plan: PLAN, keys_per_user: 2, key_bytes: 1 kB}
costs: {store: {plan: PLAN}}
"""
CDN = """\
title: One CDN
workload:
  users: 1000
  target: 1000
  peak_to_mean: 1
  activities: {page: {interval: 60 s, enters: web, cpu_time: 1 ms}}
parts:
  edge:
    kind: cdn
    plan: cdn.cloudfront_REGION
    hit_ratio: 95 %
    objects: 9
    page_bytes: 3 MB
    request_price: {catalog: cdn.cloudfront_REGION.requests.request_price}
  web: {kind: service, processes: 2, cores: 2}
"""
FUNCTIONS = """\
title: Functions
workload:
  users: 1000
  target: 1000
  peak_to_mean: 1
  activities: {call: {interval: 1 s, cpu_time: 200 ms, function: true}}
parts: {api: {kind: serverless, plan: PLAN, memory: 1 GB}}
"""
LOG = """\
title: One log
workload: {users: 1000, target: 1000, activities: {post: {interval: 1 s, enters: app,
  cpu_time: 1 ms}}}
parts:
  app: {kind: service, processes: 2, cores: 2, calls: {log: {post: {count: 5, bytes: 1 kB}}}}
  log:
    kind: broker
    partitions: 12
    record_bytes: 1 kB
    readers: {all: {members: 12, time: 1 ms}}
    plan: PLAN
"""


def amount(key, unit, end="value"):
    """A row's number in a base unit, or an end of its range."""
    row = shipped_catalog().row(key)
    return parse(row.quantity(getattr(row, end)), unit)


def has(key):
    return key in shipped_catalog().rows


def plans(families):
    return [f"{family}_{size}" for family, sizes in families.items() for size in sizes]


def rising(numbers):
    return all(after >= before for before, after in itertools.pairwise(numbers))


def assessed(text, plan):
    return planning.assess(parse_system(text.replace("PLAN", plan)))


@pytest.mark.parametrize(
    ("attribute", "unit"),
    [
        ("cores", "core"), ("memory", "byte"), ("hourly", "USD/month"), ("network", "bit/s"),
        ("max_connections", "connection"), ("connections", "connection"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("family", FAMILIES)
def test_a_larger_size_has_no_less_and_costs_no_less(family, attribute, unit):
    keys = [f"{family}_{size}.{attribute}" for size in FAMILIES[family]]
    there = [key for key in keys if has(key)]
    assert not there or there[0] == keys[0] or attribute == "hourly"
    assert rising([amount(key, unit) for key in there])


@pytest.mark.parametrize("plan", plans(FAMILIES))
def test_every_size_of_a_family_is_there(plan):
    there = {row.attribute for row in shipped_catalog().plan(plan).values()}
    assert {"memory", "hourly"} <= there
    assert "cores" in there or plan.startswith("aws.elasticache.")


@pytest.mark.parametrize("family", ["t3", "t4g"])
@pytest.mark.parametrize("size", BURSTABLE)
def test_credits_are_earned_at_the_baseline_of_all_cores_and_kept_for_a_day(family, size):
    plan = f"aws.ec2.{family}_{size}"
    earned = amount(f"{plan}.credit_rate", "core")
    assert earned == pytest.approx(
        amount(f"{plan}.cores", "core") * amount(f"{plan}.baseline", "fraction")
    )
    assert amount(f"{plan}.credit_limit", "core*s") == pytest.approx(earned * 24 * 3600)


@pytest.mark.parametrize("service", ["aws.rds", "aws.rds_mysql"])
@pytest.mark.parametrize("family", ["t3", "t4g"])
@pytest.mark.parametrize("size", BURSTABLE)
def test_a_burstable_database_has_the_baseline_of_its_machine_and_pays_past_it(
    service, family, size
):
    plan, machine = f"{service}.{family}_{size}", f"aws.ec2.{family}_{size}"
    assert amount(f"{plan}.baseline", "fraction") == amount(f"{machine}.baseline", "fraction")
    assert amount(f"{plan}.surplus_price", "USD/core/h") > 0


@pytest.mark.parametrize("plan", ["aws.rds.t4g_medium", "aws.rds_mysql.t3_medium"])
def test_a_burstable_database_pays_for_what_its_mean_is_above_the_baseline(plan):
    # 2 cores at 20 % earn 0.4; the mean is 1 core busy, so 0.6 cores are charged all month.
    busy = assessed(BUSY.replace("INTERVAL", "1 s"), plan)
    surplus = 0.6 * 730 * amount(f"{plan}.surplus_price", "USD/core/h")
    assert value_at(busy.monthly["database surplus credits"]) == pytest.approx(surplus)
    assert not [each for each in busy.constraints if "credits" in each.name]
    calm = assessed(BUSY.replace("INTERVAL", "10 s"), plan)
    assert value_at(calm.monthly["database surplus credits"]) == 0


@pytest.mark.parametrize("family", EC2)
def test_a_network_bursts_above_what_it_carries_all_day(family):
    for size in EC2[family]:
        plan = f"aws.ec2.{family}_{size}"
        assert amount(f"{plan}.network_burst", "bit/s") > amount(f"{plan}.network", "bit/s")


@pytest.mark.parametrize("family", EC2)
def test_a_family_is_priced_by_its_size(family):
    each = [
        amount(f"aws.ec2.{family}_{size}.hourly", "USD/month")
        / amount(f"aws.ec2.{family}_{size}.memory", "byte")
        for size in EC2[family]
    ]
    assert each == pytest.approx([each[0]] * len(each), rel=0.001)


@pytest.mark.parametrize("plan", plans({name: MACHINES[name] for name in DATABASES}))
def test_a_class_is_the_plan_of_a_database_and_costs_its_hours(plan):
    result = assessed(DATABASE, plan)
    database = result.system.parts["database"]
    assert database.max_connections.value == amount(f"{plan}.max_connections", "connection")
    assert database.cores.value == amount(f"{plan}.cores", "core")
    assert database.memory.value == amount(f"{plan}.memory", "byte")
    hourly = shipped_catalog().row(f"{plan}.hourly").value
    assert float(result.monthly["database"].value) == pytest.approx(730 * hourly)


@pytest.mark.parametrize("service", ["rds", "rds_mysql"])
@pytest.mark.parametrize("family", RDS)
def test_connections_of_rds_are_its_default_formula_less_what_servers_show(service, family):
    """The upper end is the formula; the note says by how many percent servers show fewer."""
    ceiling = amount("aws.rds.default.max_connections", "connection")
    each = amount(f"aws.{service}.default.memory_per_connection", "byte/connection")
    for size in RDS[family]:
        plan = f"aws.{service}.{family}_{size}"
        memory = amount(f"{plan}.memory", "byte")
        formula = memory // each if service == "rds_mysql" else min(memory // each, ceiling)
        row = shipped_catalog().row(f"{plan}.max_connections")
        if row.low is None:
            assert row.value == formula == ceiling
            continue
        assert row.high == formula
        # A fixed share of a small machine goes to the system: no few percent any more.
        least = {1: 0.7, 2: 0.87}.get(round(memory / 2**30), 0.89)
        assert least <= row.value / formula < 1
        assert f"less {100 * (1 - row.value / formula):.0f} %" in row.note


@pytest.mark.parametrize("family", RDS)
def test_both_engines_divide_the_same_memory(family):
    for size in RDS[family]:
        left = [
            amount(f"aws.{service}.{family}_{size}.max_connections", "connection")
            * amount(f"aws.{service}.default.memory_per_connection", "byte/connection")
            for service in ("rds", "rds_mysql")
        ]
        if amount(f"aws.rds.{family}_{size}.max_connections", "connection") < 5000:
            assert left[0] == pytest.approx(left[1], rel=0.02)


def test_more_capacity_units_take_no_fewer_connections():
    for engine in ("postgresql", "mysql"):
        keys = [f"aws.aurora_serverless_{engine}.acu_{n}" for n in (1, 4, 8, 16, 32, 64, 128)]
        assert rising([amount(f"{key}.max_connections", "connection") for key in keys])


@pytest.mark.parametrize("family", AURORA)
def test_aurora_takes_the_connections_of_the_same_formula(family):
    """The vendor prints what its servers show, as the rows of RDS do: within an eighth."""
    for size in AURORA[family]:
        plan = f"{family}_{size}"
        shown = amount(f"aws.aurora_postgresql.{plan}.max_connections", "connection")
        rds = amount(f"aws.rds.{plan}.max_connections", "connection")
        assert shown == pytest.approx(rds, rel=0.125)


@pytest.mark.parametrize("plan", plans(NODES))
def test_a_node_is_the_plan_of_a_store_in_memory_and_costs_its_hours(plan):
    result = assessed(STORE, plan)
    store = result.system.parts["store"]
    assert store.memory.value == amount(f"{plan}.memory", "byte")
    assert store.connections.value == amount("aws.elasticache.node.connections", "connection")
    hourly = shipped_catalog().row(f"{plan}.hourly").value
    assert float(result.monthly["store"].value) == pytest.approx(730 * hourly)


@pytest.mark.parametrize("plan", plans({f"aws.ec2.{name}": EC2[name] for name in EC2}))
def test_a_machine_is_the_plan_of_a_service_and_costs_its_hours(plan):
    result = assessed(SERVICE, plan)
    app = result.system.parts["app"]
    assert app.cores.value == amount(f"{plan}.cores", "core")
    assert app.memory.value == amount(f"{plan}.memory", "byte")
    hourly = shipped_catalog().row(f"{plan}.hourly").value
    assert float(result.monthly["app"].value) == pytest.approx(730 * hourly)


REGIONS = ["europe", "africa_middle_east", "south_america", "japan", "australia", "asia", "india"]
TIERS = [
    "first_10tb", "next_40tb", "next_100tb", "next_350tb", "next_524tb", "next_4pb", "over_5pb",
]  # fmt: skip


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_of_cloudfront_is_the_plan_of_a_cdn(region):
    """The first tiers by hand: 10 TB and 40 TB of 1,024 GB each, the rest at the third price."""
    result = planning.assess(parse_system(CDN.replace("REGION", region)), 1000)
    month = 730 * 3600 * 1000 / 60
    used = month * 3e6
    first, second, third = (
        amount(f"cdn.cloudfront_{region}.{tier}.price", "USD/byte") for tier in TIERS[:3]
    )
    assert 51_200e9 < used < 153_600e9
    bill = 10_240e9 * first + 40_960e9 * second + (used - 51_200e9) * third
    found = {name: float(node.value) for name, node in result.monthly.items()}
    assert found["edge egress"] == pytest.approx(bill)
    each = amount(f"cdn.cloudfront_{region}.requests.request_price", "USD/request")
    assert found["edge requests"] == pytest.approx(10 * month * each)


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_the_tiers_of_the_first_and_costs_no_less(region):
    for tier in TIERS:
        here, there = f"cdn.cloudfront_{region}.{tier}", f"cdn.cloudfront.{tier}"
        assert amount(f"{here}.price", "USD/byte") >= amount(f"{there}.price", "USD/byte")
        assert has(f"{here}.up_to") == has(f"{there}.up_to") == (tier != "over_5pb")
        if has(f"{here}.up_to"):
            assert amount(f"{here}.up_to", "byte") == amount(f"{there}.up_to", "byte")


@pytest.mark.parametrize("plan", ["aws.lambda.x86", "aws.lambda.arm"])
def test_functions_pay_for_calls_and_memory_past_what_is_free(plan):
    result = assessed(FUNCTIONS, plan)
    api = result.system.parts["api"]
    assert api.concurrent.value == 1000
    assert api.duration_limit.value == 900
    found = {name: float(node.value) for name, node in result.monthly.items()}
    calls = 1000 * 730 * 3600
    assert found["api invocations"] == pytest.approx(
        (calls - 1e6) * amount(f"{plan}.price", "USD/invocation")
    )
    # 200 executions at once of 1 GB each, all month
    free = amount(f"{plan}.included_compute", "byte*s")
    assert found["api compute"] == pytest.approx(
        (200 * 1e9 * 730 * 3600 - free) * amount(f"{plan}.compute_price", "USD/byte/s")
    )


@pytest.mark.parametrize(("arch", "first"), [("x86", "first_6b"), ("arm", "first_7_5b")])
def test_the_duration_of_functions_has_tiers_that_get_cheaper(arch, first):
    prefix = f"aws.lambda_duration_{arch}"
    text = FUNCTIONS.replace(
        "memory: 1 GB", f"memory: 1 GB, compute_price: {{catalog: {prefix}}}, included_compute: 0"
    )
    price = parse_system(text.replace("PLAN", f"aws.lambda.{arch}")).parts["api"].compute_price
    assert [tier.price.value for tier in price.tiers] == sorted(
        (tier.price.value for tier in price.tiers), reverse=True
    )
    assert len(price.tiers) == 3
    flat = amount(f"aws.lambda.{arch}.compute_price", "USD/byte/s")
    assert price.tiers[0].price.value == flat == amount(f"{prefix}.{first}.compute_price",
                                                        "USD/byte/s")  # fmt: skip


BROKERS = [f"aws.msk.{family}_{size}" for family in ("m5", "m7g") for size in FIXED]


@pytest.mark.parametrize("plan", BROKERS)
def test_three_brokers_are_the_plan_of_a_log_and_each_a_third_of_it(plan):
    three = f"{plan}_x3"
    log = parse_system(LOG.replace("PLAN", three)).parts["log"]
    each = amount(f"{plan}.broker_throughput", "byte/s")
    assert log.throughput.value == pytest.approx(3 * each)
    hourly = amount(f"{plan}.hourly", "USD/month")
    assert amount(f"{three}.hourly", "USD/month") == pytest.approx(3 * hourly)
    recommended = amount(f"{plan}.recommended_partitions", "partition")
    assert recommended <= amount(f"{plan}.partition_limit", "partition")
    # Its network carries what its volume takes, and the readers beside it.
    assert amount(f"{plan}.network", "bit/s") > 8 * each


@pytest.mark.parametrize("family", ["m5", "m7g"])
def test_a_larger_broker_has_no_less(family):
    for attribute, unit in (
        ("cores", "core"), ("memory", "byte"), ("hourly", "USD/month"),
        ("broker_throughput", "byte/s"), ("recommended_partitions", "partition"),
        ("partition_limit", "partition"),
    ):  # fmt: skip
        assert rising([amount(f"aws.msk.{family}_{size}.{attribute}", unit) for size in FIXED])


def test_a_shard_is_the_partition_of_a_log():
    log = parse_system(LOG.replace("PLAN", "aws.kinesis.shard")).parts["log"]
    assert log.partition_throughput.value == 1e6
    assert log.retention.value == 24 * 3600
    read = amount("aws.kinesis.shard.read_throughput", "byte/s")
    assert read == 2 * log.partition_throughput.value


# Services and how many plans each has at least: a table that loses lines is noticed.
COUNTS = {
    "aws.ec2": 44, "aws.rds": 30, "aws.rds_mysql": 28, "aws.aurora_postgresql": 12,
    "aws.aurora_mysql": 12, "aws.elasticache": 30, "aws.lambda": 3, "aws.lambda_duration_x86": 3,
    "aws.lambda_duration_arm": 3, "aws.msk": 18, "aws.kinesis": 1, "aws.sqs": 2, "aws.ses": 2,
    "aws.s3_standard": 4, "aws.s3_standard_ia": 3, "aws.ebs": 4, "aws.nat": 1, "aws.alb": 2,
    "aws.nlb": 2, "aws.rds_proxy": 2, "aws.dynamodb": 2, "aws.egress": 5, "cdn.cloudfront": 8,
    "aws.aurora_serverless_postgresql": 7, "aws.aurora_serverless_mysql": 7,
}  # fmt: skip


@pytest.mark.parametrize("service", COUNTS)
def test_each_service_has_its_plans(service):
    found = {
        row.plan
        for row in shipped_catalog().rows.values()
        if row.plan.rpartition(".")[0] == service
    }
    assert len(found) >= COUNTS[service], sorted(found)


def test_a_price_by_the_hour_is_the_price_by_the_month():
    """Where a plan of this vendor has both; the catalogue's month is one of 730 hours."""
    both = [
        row.plan
        for row in shipped_catalog().rows.values()
        if row.key.startswith("aws.") and row.attribute == "monthly" and has(f"{row.plan}.hourly")
    ]
    assert both
    for plan in both:
        monthly = amount(f"{plan}.monthly", "USD/month")
        assert monthly == pytest.approx(amount(f"{plan}.hourly", "USD/month"), rel=0.001)
