"""Amazon's rows: a larger size has no less, and each family goes into a part as its plan."""

from __future__ import annotations

import itertools

import pytest

import planning
from planning.numbers.catalog import shipped_catalog
from planning.numbers.units import parse
from planning.questions.load import parse_system

BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"]
FIXED = ["large", "xlarge", "2xlarge", "4xlarge"]
EC2 = {
    "t3": BURSTABLE, "t4g": BURSTABLE, "m5": FIXED, "m6i": FIXED, "m7g": FIXED, "c5": FIXED,
    "c6i": FIXED, "c7g": FIXED, "r5": FIXED, "r6g": FIXED,
}  # fmt: skip
FAMILIES = {f"aws.ec2.{family}": sizes for family, sizes in EC2.items()}

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


def amount(key, unit):
    """A row's number in a base unit."""
    row = shipped_catalog().row(key)
    return parse(row.quantity(row.value), unit)


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
    for attribute, unit in (("cores", "core"), ("memory", "byte"), ("hourly", "USD/month")):
        assert amount(f"{plan}.{attribute}", unit) > 0


@pytest.mark.parametrize("family", ["t3", "t4g"])
@pytest.mark.parametrize("size", BURSTABLE)
def test_credits_are_earned_at_the_baseline_of_all_cores_and_kept_for_a_day(family, size):
    plan = f"aws.ec2.{family}_{size}"
    earned = amount(f"{plan}.credit_rate", "core")
    assert earned == pytest.approx(
        amount(f"{plan}.cores", "core") * amount(f"{plan}.baseline", "fraction")
    )
    assert amount(f"{plan}.credit_limit", "core*s") == pytest.approx(earned * 24 * 3600)


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


@pytest.mark.parametrize("plan", plans({f"aws.ec2.{name}": EC2[name] for name in EC2}))
def test_a_machine_is_the_plan_of_a_service_and_costs_its_hours(plan):
    result = assessed(SERVICE, plan)
    app = result.system.parts["app"]
    assert app.cores.value == amount(f"{plan}.cores", "core")
    assert app.memory.value == amount(f"{plan}.memory", "byte")
    hourly = shipped_catalog().row(f"{plan}.hourly").value
    assert float(result.monthly["app"].value) == pytest.approx(730 * hourly)
