"""The catalogue: plans fill parts, numbers refer to rows, own prices replace them and say so."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import planning
from planning.models.money import cost
from planning.numbers.catalog import read_prices, shipped_catalog
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError, parse_document
from planning.numbers.units import parse
from planning.questions.caveats import caveats
from planning.questions.library import Library
from planning.questions.load import checked, parse_system
from planning.system.patches import apply_changes

TODAY = dt.date(2026, 11, 21)
SYSTEM = """\
title: Plans
workload:
  users: 10
  target: 100
  connections_per_user: 1
parts:
  database: {kind: database, plan: supabase.compute.micro}
costs:
  base: {plan: supabase.plan.pro}
  compute: {plan: supabase.compute.micro, credit: {catalog: supabase.plan.pro.compute_credit}}
"""

REALTIME = """\
title: Sockets
workload: {users: USERS, target: 10, live: {}}
parts: {live: {kind: realtime, plan: supabase.realtime.pro_no_cap}}
"""


def row(key):
    return shipped_catalog().row(key)


def base(key, unit):
    found = row(key)
    return parse(found.quantity(found.value), unit)


def test_a_plan_fills_what_the_file_leaves_out():
    database = parse_system(SYSTEM).parts["database"]
    for name, unit in (("max_connections", "connection"), ("cores", "core"), ("memory", "byte")):
        number = getattr(database, name)
        assert number.value == base(f"supabase.compute.micro.{name}", unit)
        assert number.row.key == f"supabase.compute.micro.{name}"
        assert number.row.source in number.source
        assert number.row.date in number.source


def test_a_price_by_the_hour_is_one_by_the_month():
    text = SYSTEM.replace("base: {plan: supabase.plan.pro}", "base: {plan: aws.rds.t4g_small}")
    hourly = row("aws.rds.t4g_small.hourly")
    assert parse_system(text).costs["base"].monthly.value == pytest.approx(hourly.value * 730)


def test_a_cost_that_is_nearly_an_old_one_is_not_paid_beside_it():
    text = SYSTEM + "phases:\n  - {name: more, changes: {costs: {computes: {monthly: $9/month}}}}\n"
    with pytest.raises(FileError, match="costs have no 'computes'; did you mean 'compute'"):
        checked(parse_document(text, "s.yaml"))


def test_what_the_file_says_goes_before_its_plan():
    text = SYSTEM.replace("micro}\ncosts", "micro, max_connections: 40}\ncosts")
    database = parse_system(text).parts["database"]
    assert database.max_connections.value == 40
    assert database.max_connections.row is None


def test_another_plan_in_a_phase_replaces_what_the_first_one_filled_and_nothing_else():
    text = SYSTEM.replace("micro}\ncosts", "micro, cores: 7}\ncosts")
    changes = {"parts": {"database": {"plan": "supabase.compute.large"}}}
    database = apply_changes(parse_system(text), changes).parts["database"]
    assert database.max_connections.row.plan == "supabase.compute.large"
    assert database.cores.value == 7


def test_the_document_believes_500_connections_and_its_plan_has_60(systems):
    system = systems["live_stream_limits"]
    believed = system.parts["database"].max_connections
    assert base("supabase.compute.micro.max_connections", "connection") < believed.low + 1
    micro = next(event for event in system.events if "pays for" in event.name)
    refused = planning.assess_event(system, micro).number("database", "refused")
    assert value_at(refused) == 600 - (60 - 3)


def test_a_number_may_refer_to_a_row_with_a_range_and_a_reason_of_its_own():
    text = SYSTEM.replace(
        "{plan: supabase.plan.pro}",
        "{monthly: {catalog: supabase.plan.pro.monthly, high: $40/month, why: with tax}}",
    )
    monthly = parse_system(text).costs["base"].monthly
    assert (monthly.low, monthly.value, monthly.high) == (25, 25, 40)
    assert monthly.source.startswith("with tax; supabase.plan.pro.monthly")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("compute.micro}", "compute.mikro}", "no plan 'supabase.compute.mikro'; did you mean"),
        ("plan: supabase.plan.pro", "plan: redis.default", "says nothing that is used here"),
        ("pro.compute_credit", "pro.compute_kredit", "did you mean 'supabase.plan.pro.compute_"),
        ("plan.pro.compute_credit}", "compute.micro.cores}", "row supabase.compute.micro.cores"),
        ("compute_credit}", "compute_credit, value: 3}", "'value' does not go with `catalog`"),
        ("compute_credit}", "compute_credit, low: €3/month}", "only US dollars are understood"),
        ("compute_credit}", "compute_credit, low: 3}", "has no unit"),
    ],
)  # fmt: skip
def test_a_slip_is_said_with_its_line_and_what_would_be_right(old, new, words):
    with pytest.raises(FileError, match=r"^s\.yaml:\d+: ") as caught:
        parse_system(SYSTEM.replace(old, new), "s.yaml")
    assert words in str(caught.value)


def prices(tmp_path, text):
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_prices_replace_rows_and_every_result_says_so(tmp_path):
    path = prices(
        tmp_path,
        "supabase.plan.pro.monthly: $20/month\n"
        "supabase.compute.micro.max_connections:\n"
        "  {value: 90 connections, source: contract, date: 2026-05}\n",
    )
    library = Library(prices=path)
    assert Library.read(library.text()) == library
    system = parse_system(SYSTEM, library=library)
    result = planning.assess(system, 50)
    assert value_at(result.monthly_cost) == 20  # compute of $10 is covered by the credit
    assert planning.capacity(system).users == 90 - 3
    own = [each for each in caveats(result, TODAY) if each.row.replaced]
    assert {each.row.key for each in own} == {
        "supabase.plan.pro.monthly",
        "supabase.compute.micro.max_connections",
    }
    assert any(
        "90 connections in place of 60 connections (contract)" in each.reason for each in own
    )
    # ... and they hold for phases and events as well.
    changed = apply_changes(system, {"parts": {"database": {"reserved": "5"}}})
    assert planning.capacity(changed).users == 90 - 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("supabase.plan.pro.montly: $20/month", "did you mean 'supabase.plan.pro.monthly'?"),
        ("supabase.plan.pro.monthly: 20 EUR/month", "only US dollars are understood"),
        ("supabase.plan.pro.monthly: 20 users", "but 'USD/month'"),
        ("supabase.plan.pro.monthly: -3 USD/month", "must be at least 0"),
        ("supabase.plan.pro.monthly: {prize: 3}", "has the fields value, source, date"),
        ("supabase.plan.pro.monthly: {value: $3/month, date: May}", "May"),
        ("supabase.plan.pro.monthly: [1, 2]", "not a quantity"),
    ],
)
def test_a_bad_price_is_one_clear_line(tmp_path, text, words):
    with pytest.raises(FileError, match=r"prices\.yaml:1: supabase\.plan\.pro\.mont") as caught:
        read_prices(prices(tmp_path, text))
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_prices_in_the_system_file_are_checked_there():
    with pytest.raises(
        FileError, match=r"s\.yaml:\d+: prices\.nothing\.at\.all: the catalogue has"
    ):
        parse_system(SYSTEM + "prices:\n  nothing.at.all: $1\n", "s.yaml")


def test_old_and_doubtful_rows_are_flagged_in_what_rests_on_them():
    old, young = row("supabase.plan.pro.compute_credit"), row("redis.upstash.fixed_250mb.monthly")
    assert old.age(TODAY) > 365 > young.age(TODAY)
    assert "over a year ago" in old.doubts(TODAY)[0]
    assert young.doubts(TODAY) == []
    assert "low confidence" in row("hosting.render.starter.monthly").doubts(TODAY)[-1]
    found = caveats(planning.assess(parse_system(SYSTEM), 50), TODAY)
    flagged = {each.row.key: each.used_by for each in found}
    assert flagged["supabase.plan.pro.compute_credit"] == ("monthly cost",)
    early = dt.date(2025, 12, 11)
    assert not [each for each in caveats(planning.assess(parse_system(SYSTEM), 50), early)
                if each.row.key == "supabase.compute.micro.max_connections"]  # fmt: skip


def test_a_price_that_nothing_uses_is_said(cli, tmp_path):
    path = prices(tmp_path, "aws.rds.t4g_small.hourly: $0.1/h\n")
    out = cli("phases", "live_stream_limits", "--prices", path).stdout
    assert "Not used by this system: your aws.rds.t4g_small.hourly." in out


def test_phases_and_events_say_that_they_use_own_prices(cli, tmp_path):
    path = prices(tmp_path, "livekit.plan.scale.monthly: $400/month\n")
    for command in ("phases", "events", "assess"):
        run = cli(command, "live_stream_limits", "--prices", path, "--json")
        assert json.loads(run.stdout)["own_prices"] == ["livekit.plan.scale.monthly"], run.stderr
        if command != "assess":
            out = cli(command, "live_stream_limits", "--prices", path).stdout
            assert "your own in place of the catalogue's: livekit.plan.scale.monthly" in out


def test_the_command_lists_explains_and_says_what_is_not_there(cli):
    run = cli("catalog", "supabase", "micro", "--json")
    rows = json.loads(run.stdout)["rows"]
    assert run.returncode == 0
    assert all("supabase" in each["key"] and "micro" in json.dumps(each).lower() for each in rows)
    run = cli("catalog", "supabase.compute.micro.max_connections")
    assert run.returncode == 0
    assert "60 connections" in run.stdout
    assert "https://" in run.stdout
    run = cli("catalog", "no", "such", "thing")
    assert run.returncode == 2
    assert "no row holds" in run.stderr


@pytest.mark.parametrize("off", [-1, 0, 1])
class TestPricesAtTheirBorders:
    """A price is right at its border, one unit below and one above."""

    def test_included_egress(self, off):
        included = base("livekit.plan.scale.included", "byte")
        price = base("livekit.plan.scale.price", "USD/byte")
        bill = cost.overage_cost(included + off * 1e9, included, price)
        assert float(bill) == pytest.approx(max(off, 0) * 0.10)

    def test_included_users(self, off):
        included = base("supabase.plan.pro.included_users", "user")
        price = base("supabase.plan.pro.per_user", "USD/user/month")
        assert float(cost.overage_cost(included + off, included, price)) == max(off, 0) * price

    def test_a_tier_of_egress(self, off):
        tiers = [row(f"cdn.cloudfront.{name}.price").value for name in ("first_10tb", "next_40tb")]
        bill = cost.tiered_cost(10_000 + off, [10_000], tiers)
        below = 10_000 * tiers[0]
        assert float(bill) == pytest.approx(below + (off * tiers[1] if off > 0 else off * tiers[0]))

    def test_a_credit(self, off):
        credit = base("supabase.plan.pro.compute_credit", "USD/month")
        named = "credit: {catalog: supabase.plan.pro.compute_credit}"
        paid = f"monthly: ${credit + off}/month, {named}"
        text = SYSTEM.partition("costs:")[0] + f"costs: {{compute: {{{paid}}}}}"
        bill = planning.assess(parse_system(text)).monthly["compute"]
        assert value_at(bill) == max(off, 0)

    def test_a_started_package_of_connections(self, off):
        text = REALTIME.replace("USERS", str(1500 + off))
        bill = planning.assess(parse_system(text)).monthly["live connections"]
        assert value_at(bill) == pytest.approx(10 if off <= 0 else 20)

    def test_the_included_connections(self, off):
        text = REALTIME.replace("USERS", str(500 + off))
        bill = planning.assess(parse_system(text)).monthly["live connections"]
        assert value_at(bill) == pytest.approx(10 if off > 0 else 0)
