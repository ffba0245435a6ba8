"""Every plan of a family fills a part of the kind it is for; a system of that part alone runs."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.catalog import Row, shipped_catalog
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.numbers.tariff import Tariff
from planning.numbers.units import parse
from planning.parts import kinds
from planning.questions.load import parse_system

PAGE = "page: {interval: 10 s, queries: 2, query_time: 5 ms}"
WORK = "page: {interval: 10 s, cpu_time: 5 ms}"
CALL = "page: {interval: 10 s, enters: it}"
FORM = "page: {interval: 10 s, cpu_time: 20 ms, function: true}"
TOKENS = "time: 2 s, input_tokens: 800 tokens, output_tokens: 200 tokens"
MODEL = (
    "input_tokens: 800 tokens, output_tokens: 200 tokens, prefill: 8k tokens/s, "
    "token_time: 20 ms, shared_token_time: 100 µs"
)

# What the plans below a prefix are for: a kind, what a file must say beside the plan, and what
# users do so that it is reached.
FAMILIES = {
    "anthropic": ("external_api", TOKENS, CALL),
    "cloudflare.durable_objects": ("serverless", "concurrent: 1000", FORM),
    "cloudflare.kv": (
        "key_value_store",
        "item_bytes: 1 kB, write_share: 10 %, busiest_share: 5 %",
        PAGE,
    ),
    "cloudflare.r2": ("object_store", "object_bytes: 100 kB, write_share: 10 %", CALL),
    "cloudflare.workers_free": ("serverless", "concurrent: 1000", FORM),
    "cloudflare.workers_paid": ("serverless", "concurrent: 1000", FORM),
    "digitalocean.postgres": ("database", "", PAGE),
    "gemini.2": ("external_api", TOKENS, CALL),
    "gemini.3": ("external_api", f"requests: 100/min, {TOKENS}", CALL),
    "google.cloud_run.shared_1vcpu_512mib": ("service", "processes: 1", WORK),
    "google.cloud_run.single_1vcpu_512mib": ("serverless", "", FORM),
    "google.cloud_sql": ("database", "", PAGE),
    "google.cloud_storage": ("object_store", "write_share: 10 %", CALL),
    "google.firestore.standard": ("document_store", "write_share: 10 %, hot_share: 1 %", PAGE),
    "google.memorystore": ("memory_store", "keys_per_user: 2, key_bytes: 1 kB", PAGE),
    "gpu.aws": ("model_server", MODEL, CALL),
    "gpu.azure": ("model_server", MODEL, CALL),
    "gpu.google": ("model_server", MODEL, CALL),
    "gpu.lambda": ("model_server", MODEL, CALL),
    "gpu.modal": ("model_server", MODEL, CALL),
    "groq": ("external_api", TOKENS, CALL),
    "heroku.dyno": ("service", "processes: 2, cores: 1", WORK),
    "heroku.postgres": ("database", "", PAGE),
    "heroku.redis": ("memory_store", "keys_per_user: 2, key_bytes: 1 kB", PAGE),
    "hosting.fly.performance_2x_4gb": ("service", "processes: 1", WORK),
    "hosting.fly.shared_1x_256mb": ("service", "processes: 1", WORK),
    "hosting.fly.shared_1x_512mb": ("service", "processes: 1", WORK),
    "hosting.fly.shared_1x_1gb": ("service", "processes: 1", WORK),
    "hosting.fly.shared_1x_2gb": ("service", "processes: 1", WORK),
    "hosting.fly_postgres": ("database", "max_connections: 100", PAGE),
    "hosting.render.pro_max": ("service", "processes: 4", WORK),
    "hosting.render.pro_ultra": ("service", "processes: 8", WORK),
    "hosting.render_postgres": ("database", "", PAGE),
    "hosting.vercel.fluid_standard": ("serverless", "", FORM),
    "mistral": ("external_api", f"requests: 100/min, {TOKENS}", CALL),
    "mongodb.atlas": ("document_store", "operations: 2000 operations/s", PAGE),
    "neon.launch.cu": ("database", "", PAGE),
    "neon.scale.cu": ("database", "", PAGE),
    "openai": ("external_api", TOKENS, CALL),
    "planetscale.postgres": ("database", "max_connections: 100", PAGE),
    "supabase.compute": ("database", "", PAGE),
}
# Beside a part there are prices alone: of a disk, of bytes sent, of CPU charged beside a plan.
PRICES = {"core_hourly", "memory_hourly", "price"}


def plans_below(prefix):
    found = {row.plan for row in shipped_catalog().rows.values()}
    exact = {plan for plan in found if plan == prefix}
    below = {plan for plan in found if plan.startswith((f"{prefix}.", f"{prefix}_"))}
    usable = (plan for plan in below if not set(shipped_catalog().plan(plan)) <= PRICES)
    return sorted(exact or usable)


CASES = [(plan, *use) for prefix, use in FAMILIES.items() for plan in plans_below(prefix)]
IDS = [f"{kind}-{plan}" for plan, kind, *_ in CASES]


def one_part(plan, kind, fields, activity, users=20):
    more = f", {fields}" if fields else ""
    connections = "" if kind == "serverless" else "  connections_per_user: 1\n"
    return parse_system(
        f"title: One part\nworkload:\n  users: {users}\n  target: {users}\n{connections}"
        f"  activities: {{{activity}}}\nparts: {{it: {{kind: {kind}, plan: {plan}{more}}}}}\n"
    )


@pytest.mark.parametrize("prefix", FAMILIES)
def test_a_family_has_plans(prefix):
    assert plans_below(prefix)


@pytest.mark.parametrize(
    ("plan", "kind", "fields", "activity"), CASES, ids=IDS
)  # fmt: skip
def test_a_plan_fills_a_part_and_the_system_of_that_part_is_assessed(plan, kind, fields, activity):
    case = one_part(plan, kind, fields, activity)
    part = case.parts["it"]
    rows = {
        name: row
        for name, row in shipped_catalog().plan(plan).items()
        if name in kinds()[kind].model_fields and f"{name}:" not in fields
    }
    assert rows or kind == "database", f"{plan} fills nothing"
    for name, row in rows.items():
        filled = getattr(part, name)
        assert isinstance(row, Row)
        assert isinstance(filled, Estimate)
        assert filled.row.key == row.key
        assert filled.value == pytest.approx(parse(row.quantity(row.value), filled.unit))
    result = planning.assess(case)
    assert result.constraints or result.monthly
    assert np.isfinite(value_at(result.monthly_cost))
    for constraint in result.constraints:
        assert value_at(constraint.limit) > 0, constraint.id


def test_a_tier_of_firestore_is_paid_by_the_operation():
    # 20 users, one page in 10 s of 2 operations: 4 a second at the peak, 10 % of them write.
    case = one_part("google.firestore.standard", *FAMILIES["google.firestore.standard"])
    bill = {name: value_at(each) for name, each in planning.assess(case).monthly.items()}
    month = 4 / value_at(case.workload.peak_to_mean) * 730 * 3600
    assert bill["it reads"] == pytest.approx(0.9 * month * 0.03 / 100_000)
    assert bill["it writes"] == pytest.approx(0.1 * month * 0.09 / 100_000)


def test_one_document_of_firestore_takes_one_write_a_second():
    kind, fields, activity = FAMILIES["google.firestore.standard"]
    case = one_part("google.firestore.standard", kind, fields, activity, users=2000)
    result = planning.assess(case)
    (document,) = (each for each in result.constraints if each.id == "it.one_document")
    # 400 operations a second, 10 % of them writes, 1 % of those to one document.
    assert value_at(document.load) == pytest.approx(0.4)
    assert planning.capacity(case).users == 5000


def test_a_plan_that_knows_what_one_document_takes_asks_how_popular_one_is():
    case = one_part(
        "google.firestore.standard",
        "document_store",
        "write_share: 10 %, max_connections: 100",
        PAGE,
    )
    found = [each.what for each in planning.assess(case).findings if each.part == "it"]
    assert any("the most popular one" in text for text in found)


def test_writes_that_nobody_states_are_paid_as_reads_and_a_finding_says_so():
    case = one_part(
        "google.firestore.standard", "document_store", "hot_share: 1 %, max_connections: 100", PAGE
    )
    result = planning.assess(case)
    assert "it writes" not in result.monthly
    assert any("charged as reads" in each.what for each in result.findings if each.part == "it")


def test_a_rented_gpu_costs_its_hours():
    case = one_part("gpu.aws.l4", *FAMILIES["gpu.aws"])
    paid = value_at(planning.assess(case).monthly["it GPUs"])
    assert paid == pytest.approx(730 * shipped_catalog().row("gpu.aws.l4.hourly").value)


def test_what_a_managed_database_keeps_for_itself_is_not_for_the_app():
    case = one_part("neon.launch.cu_0_25", "database", "", PAGE, users=200)
    assert planning.capacity(case).users == 104 - 7


def test_a_cloud_run_instance_costs_its_vcpu_and_its_memory():
    plan = "google.cloud_run.single_1vcpu_512mib"
    rates = "google.cloud_run.request_billed"
    second = shipped_catalog().row(f"{rates}.core_second_price").value + 0.5 * (
        shipped_catalog().row(f"{rates}.memory_second_price").value
    )
    assert shipped_catalog().row(f"{plan}.compute_price").value * 0.5 == pytest.approx(second)


def test_egress_of_google_is_one_schedule():
    schedule = shipped_catalog().schedule("google.egress")
    assert schedule is not None
    assert [end and end.value for end, _ in schedule.tiers] == [1, 10, None]


def test_bytes_that_leave_google_are_paid_by_tiers():
    fields = "hit_ratio: 90 %, objects: 10, page_bytes: 1 MB, bandwidth: 1 Gbit/s"
    case = one_part("google.egress", "cdn", fields, WORK, users=2000)
    assert isinstance(case.parts["it"].price, Tariff)
    sent = 200 * 1e6 / value_at(case.workload.peak_to_mean) * 730 * 3600 / 1e9  # [GB]
    assert sent > 10_000
    bill = 1000 * 0.12 + 9000 * 0.11 + (sent - 10_000) * 0.08
    assert sum(value_at(each) for each in planning.assess(case).monthly.values()) == pytest.approx(
        bill
    )
