"""CPU credits: earned at a baseline, spent past it, worked out by the vendor's own examples."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.findings import findings
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

# Earned, most and price: Amazon EC2 user guide, "Key concepts and definitions for burstable
# performance instances" and "Unlimited mode concepts", read on 26 November 2026.
TEXT = """
title: A small instance
workload:
  users: USERS
  target: 1000
  peak_to_mean: MEAN
  activities: {act: {interval: 1 s, cpu_time: 1 ms, queries: 1, query_time: 1 ms, query_cpu: 1 ms}}
parts:
  web: {kind: service, processes: 2, cores: 2, WEB}
  main: {kind: database, max_connections: 100, cores: 2, MAIN}
events: [{name: all at once, surge: {users: 100000 users}}]
"""


def instance(web="baseline: 30 %", main="", users=1000, mean=1):
    text = TEXT.replace("USERS", str(users)).replace("MEAN", str(mean))
    return parse_system(text.replace("WEB", web).replace("MAIN", main))


def load(result, name):
    return value_at(result.of(name).load)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


@pytest.mark.parametrize(
    ("vcpus", "baseline", "hourly", "most"),
    [(2, 5, 6, 144), (2, 10, 12, 288), (2, 30, 36, 864), (4, 40, 96, 2304), (8, 40, 192, 4608)],
)
def test_what_is_earned_is_the_vendors_table(vcpus, baseline, hourly, most):
    text = TEXT.replace("processes: 2, cores: 2", f"processes: {vcpus}, cores: {vcpus}")
    text = text.replace("USERS", "1").replace("MEAN", "1").replace("MAIN", "")
    system = parse_system(text.replace("WEB", f"baseline: {baseline} %"))
    earned = value_at(planning.assess(system).of("web.cpu_on_the_mean").limit)
    assert earned * 60 == pytest.approx(hourly)  # core minutes an hour
    assert earned * 60 * 24 == pytest.approx(most)


def test_saved_credits_last_until_the_load_has_spent_them():
    # 1 core busy and 0.6 earned: 864 core minutes last 864 / 0.4 = 2,160 minutes.
    result = planning.assess(instance("baseline: 30 %, credits: 864 core min, peak_lasts: 8 h"))
    assert told(result, "time until the credits are spent") == pytest.approx(2160 * 60)
    assert told(result, "share served when they are spent") == pytest.approx(0.6)
    assert load(result, "web.cpu_credits") == pytest.approx(0.4 * 8 * 3600)
    # But nobody earns back what the mean itself spends.
    assert result.binding.id == "web.cpu_on_the_mean"
    rested = planning.assess(instance("baseline: 30 %, credits: 864 core min", mean=2))
    assert rested.verdict != "does not hold"


def test_an_instance_that_has_saved_nothing_is_throttled_at_once():
    result = planning.assess(instance(mean=4))
    assert (result.binding.id, result.verdict) == ("web.cpu_credits", "does not hold")
    edge = planning.capacity(instance(mean=4))
    assert edge.users == 600  # 30 % of two cores, 1 ms each


def test_at_the_baseline_nothing_is_spent():
    result = planning.assess(instance(users=600, mean=1))
    assert load(result, "web.cpu_credits") == pytest.approx(0)
    assert result.verdict == "critical"  # full, not too small


def test_surplus_at_break_even_costs_what_the_fixed_instance_costs_more():
    # t3.large at 42.5 % costs what an m5.large does: 0.096 − 0.0835 = 0.0125 USD an hour.
    system = instance("baseline: 30 %, surplus_price: $0.05/core/h", users=850)
    result = planning.assess(system)
    assert value_at(result.monthly["web surplus credits"]) == pytest.approx(0.0125 * 730)
    assert not any("credits" in each.name for each in result.constraints)
    assert result.verdict == "holds"


def test_each_replica_brings_its_own_credits():
    fields = "replicas: 3, baseline: 10 %, credits: 288 core min"
    result = planning.assess(instance(fields, mean=4))
    assert value_at(result.of("web.cpu_credits").limit) == pytest.approx(3 * 288 * 60)
    assert value_at(result.of("web.cpu_on_the_mean").limit) == pytest.approx(0.6)


def test_a_database_has_credits_too():
    result = planning.assess(instance("", "baseline: 20 %, credits: 100 core min", mean=4))
    assert load(result, "main.cpu_credits") == pytest.approx(0.6 * 3600)
    assert value_at(result.of("main.cpu_credits").limit) == 6000


def test_a_crowd_spends_what_its_own_work_takes():
    # 100,000 requests of 1 ms are 100 core seconds, of which one second earns 0.2.
    for credits, verdict in (("2 core min", "STABLE"), ("1 core min", "DEGRADED")):
        system = instance(f"baseline: 10 %, credits: {credits}", users=0)
        event = assess_event(system, system.events[0])
        (credits_of,) = (each for each in event.outcomes if each.constraint.id == "web.cpu_credits")
        assert credits_of.verdict.name == verdict
    assert value_at(event.number("web.cpu_credits", "cpu credits")) == pytest.approx(99.8)


@pytest.mark.parametrize("field", ["credits: 5 core min", "surplus_price: $0.05/core/h"])
def test_credits_without_a_baseline_are_refused(field):
    with pytest.raises(FileError, match="needs `baseline`"):
        instance(field)


def test_credits_are_no_input_where_there_are_none():
    paths = instance("").inputs
    assert not any(path.endswith((".credits", ".peak_lasts")) for path in paths)


@pytest.mark.parametrize(
    ("web", "found"),
    [
        ("baseline: 30 %, surplus_price: $0.05/core/h", True),
        ("baseline: 30 %, surplus_price: $0.05/core/h, paid_by: servers", False),
        ("baseline: 30 %", False),
    ],
)
def test_an_instance_that_costs_nothing_but_its_surplus_is_found(web, found):
    there = {each.part for each in findings(instance(web)) if "surplus" in each.what}
    assert there == ({"web"} if found else set())
