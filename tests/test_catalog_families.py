"""Plans of one family beside one another: a larger one has no less, a tier follows another."""

from __future__ import annotations

import itertools
import re

import pytest

from planning.numbers.catalog import shipped_catalog
from planning.numbers.units import to_base

ROWS = shipped_catalog().rows
LADDERS = {
    "digitalocean.postgres": [
        "db_s_1vcpu_1gb", "db_s_1vcpu_2gb", "db_s_2vcpu_4gb", "db_s_4vcpu_8gb", "db_s_6vcpu_16gb",
        "db_s_8vcpu_32gb",
    ],
    "google.cloud_sql": [
        "f1_micro", "g1_small", "n1_standard_1", "n1_standard_2", "n1_standard_4", "n1_standard_8",
        "n1_standard_16", "n1_standard_32",
    ],
    "google.memorystore": [f"basic_{size}gb" for size in (1, 5, 25, 45, 105)],
    "heroku.dyno": [
        "basic", "standard_1x", "standard_2x", "performance_m", "performance_l",
        "performance_l_ram", "performance_xl", "performance_2xl",
    ],
    "heroku.postgres": [
        "essential_0", "essential_1", "essential_2",
        *(f"standard_{number}" for number in (0, 2, 3, 4, 5, 6, 7)),
    ],
    "heroku.redis": ["mini_25mb", *(f"premium_{number}" for number in (0, 1, 2, 3, 5, 7, 9))],
    "hosting.fly": ["shared_1x_256mb", "shared_1x_512mb", "shared_1x_1gb", "shared_1x_2gb",
                    "performance_2x_4gb"],
    "hosting.fly_postgres": ["basic", "starter", "launch", "scale", "performance"],
    "hosting.render": ["starter", "standard", "pro", "pro_plus", "pro_max", "pro_ultra"],
    "hosting.render_postgres": ["basic_256mb", "basic_1gb", "basic_4gb"],
    "mongodb.atlas": ["m0", "m10", "m20", "m30", "m40", "m50", "m60"],
    "neon.launch": [f"cu_{size}" for size in ("0_25", "0_5", "1", "2", "4", "8", "16")],
    "neon.scale": [f"cu_{size}" for size in ("0_25", "0_5", "1", "2", "4", "8", "16")],
    "planetscale.postgres": [f"ps_{size}" for size in (5, 10, 20, 40, 80, 160, 320)],
}  # fmt: skip
CHIPS = ["t4", "l4", "a10g", "l40s", "a100_40", "a100_80", "h100"]
CLOUDS = ["aws", "azure", "google", "lambda", "modal"]
TIER = re.compile(r"(?P<model>(anthropic|gemini|groq|openai)\.\w+?)[._]"
                  r"(?P<tier>free|start|scale|developer|tier_\d)")  # fmt: skip
TIERS = ["free", *(f"tier_{number}" for number in range(1, 6)), "start", "scale", "developer"]


def amount(key):
    """A row's number in base units."""
    row = ROWS[key]
    return row.value * to_base(row.unit)[0]


def rising(numbers):
    return all(after >= before for before, after in itertools.pairwise(numbers))


def attributes(plan):
    return {key.rpartition(".")[2] for key in ROWS if key.rpartition(".")[0] == plan}


def models():
    """Plans of each language model by tier, from the lowest."""
    found = {}
    for plan in dict.fromkeys(row.plan for row in ROWS.values()):
        if match := TIER.fullmatch(plan):
            found.setdefault(match["model"], []).append((TIERS.index(match["tier"]), plan))
    return {model: [plan for _, plan in sorted(tiers)] for model, tiers in found.items()}


@pytest.mark.parametrize(("family", "steps"), LADDERS.items(), ids=LADDERS)
def test_a_larger_plan_has_no_less_and_costs_no_less(family, steps):
    compared = 0
    for attribute in ("cores", "memory", "max_connections", "connections", "disk", "max_clients",
                      "pool_size", "hourly", "monthly"):  # fmt: skip
        keys = [f"{family}.{step}.{attribute}" for step in steps]
        numbers = [amount(key) for key in keys if key in ROWS]
        assert rising(numbers), f"{family}: {attribute}"
        compared += len(numbers)
    assert compared >= 2 * len(steps)


@pytest.mark.parametrize(("model", "tiers"), models().items(), ids=models())
def test_a_higher_tier_of_a_model_allows_no_less_at_the_same_price(model, tiers):
    for attribute in ("requests", "tokens", "input_quota", "output_quota"):
        given = [f"{tier}.{attribute}" in ROWS for tier in tiers]
        assert all(given) or not any(given), f"{model}: {attribute}"
        assert rising([amount(f"{tier}.{attribute}") for tier in tiers if all(given)])
    paid = [tier for tier in tiers if not tier.endswith("free")]
    for attribute in ("input_price", "cached_price", "output_price"):
        prices = {amount(f"{tier}.{attribute}") for tier in paid if f"{tier}.{attribute}" in ROWS}
        assert len(prices) <= 1, f"{model}: {attribute}"


def test_there_are_tiers_of_models():
    assert len(models()) > 10
    assert sum(len(tiers) for tiers in models().values()) > 35


def test_what_a_model_reads_is_cheaper_than_what_it_writes_and_cheaper_again_from_a_cache():
    for key in ROWS:
        plan, _, attribute = key.rpartition(".")
        if attribute == "output_price":
            assert amount(f"{plan}.input_price") <= amount(key), plan
        if attribute == "cached_price":
            assert amount(key) < amount(f"{plan}.input_price"), plan


def test_a_price_by_the_month_is_730_hours_of_the_price_by_the_hour():
    both = [plan for plan in {row.plan for row in ROWS.values()}
            if {"hourly", "monthly"} <= attributes(plan)]  # fmt: skip
    assert len(both) > 10
    for plan in both:
        monthly, hours = ROWS[f"{plan}.monthly"].value, 730 * ROWS[f"{plan}.hourly"].value
        # Vendors round the month, to 10 USD at most.
        assert monthly == pytest.approx(hours, abs=min(10, 0.5 * hours)), plan


def test_cloud_sql_costs_its_cores_and_its_memory():
    core, memory = (
        ROWS[f"google.cloud_sql.rate.{each}_hourly"].value for each in ("core", "memory")
    )
    for step in LADDERS["google.cloud_sql"][2:]:
        machine = f"google.cloud_sql.{step}"
        rent = ROWS[f"{machine}.cores"].value * core + ROWS[f"{machine}.memory"].value * memory
        assert ROWS[f"{machine}.hourly"].value == pytest.approx(rent)


def test_a_compute_unit_of_neon_has_a_price_and_a_pool_in_proportion():
    for plan in ("launch", "scale"):
        for step in LADDERS[f"neon.{plan}"]:
            size = f"neon.{plan}.{step}"
            each = amount(f"{size}.hourly") / amount(f"{size}.cores")
            assert each == pytest.approx(amount(f"neon.{plan}.cu_1.hourly"))
            pool, limit = amount(f"{size}.pool_size"), amount(f"{size}.max_connections")
            assert 0.89 * limit < pool <= 0.9 * limit
            assert amount(f"{size}.max_clients") > limit
    assert amount("neon.scale.cu_1.hourly") > amount("neon.launch.cu_1.hourly")


def test_a_server_of_digitalocean_has_25_connections_per_gigabyte():
    for step in LADDERS["digitalocean.postgres"]:
        plan = f"digitalocean.postgres.{step}"
        assert amount(f"{plan}.max_connections") == 25 * amount(f"{plan}.memory") / 1e9


def test_two_zones_cost_more_than_one_and_a_free_cluster_nothing():
    for size in (1, 5, 25, 45, 105):
        one, two = (amount(f"google.memorystore.{tier}_{size}gb.monthly")
                    for tier in ("basic", "standard"))  # fmt: skip
        assert one < two <= 2 * one
    assert amount("mongodb.atlas.m0.monthly") == 0


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_larger_gpu_costs_more_at_every_cloud(cloud):
    prices = [amount(key) for chip in CHIPS if (key := f"gpu.{cloud}.{chip}.hourly") in ROWS]
    assert len(prices) >= 3
    assert rising(prices)


def test_every_rented_gpu_is_a_known_one_and_memory_is_fast():
    rented = {key.split(".")[2] for key in ROWS if re.match(rf"gpu\.({'|'.join(CLOUDS)})\.", key)}
    assert rented == set(CHIPS)
    assert rising([amount(f"gpu.chip.{chip}.memory") for chip in CHIPS if chip != "a100_40"])
    for chip in CHIPS:
        # A GPU reads its whole memory in 20 to 90 ms, in GB and GB/s both.
        memory, bandwidth = (
            ROWS[f"gpu.chip.{chip}.{word}"] for word in ("memory", "memory_bandwidth")
        )
        assert (memory.unit, bandwidth.unit) == ("GB", "GB/s")
        assert 0.02 < memory.value / bandwidth.value < 0.09, chip


def test_a_plan_with_a_limit_is_not_called_by_a_size_alone():
    """Else a document that speaks of 4 GB would be held to what a plan "4gb" allows."""
    for key in ROWS:
        plan, _, attribute = key.rpartition(".")
        if attribute in {"max_connections", "max_clients", "connections", "concurrent"}:
            assert not re.fullmatch(r"\d+_?[kmgt]i?b?", plan.rpartition(".")[2]), plan
