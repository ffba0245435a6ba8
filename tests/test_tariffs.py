"""A price may be a schedule of tiers: from the catalogue, or written out in the file."""

from __future__ import annotations

import json
import pickle

import jsonschema
import numpy as np
import pytest

import planning
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import explain, value_at
from planning.numbers.program import Program
from planning.numbers.reading import FileError
from planning.numbers.tariff import Tariff, bill
from planning.present.cells import caveat_rows
from planning.questions.caveats import caveats
from planning.questions.load import parse_system
from planning.system.patches import apply_changes

# 20,000 viewers at a peak of three times the mean, 1.44 Mbit/s: 3,153,600 GB in 730 h.
VIDEO = """\
title: Video
workload: {users: 20000, target: 20000, viewing: {share: 100 %}}
parts:
  cdn: {kind: media, bitrate: 1.44 Mbit/s, nodes: 9, PRICE}
"""
TIERS = (
    "price: {tiers: [{up_to: 1 TB, price: $0/GB}, {up_to: 10 TB, price: $0.09/GB}, "
    "{price: $0.05/GB}]}"
)
EACH = """\
title: Sign-ins
workload: {users: 10, target: 10}
parts: {money: {kind: budget, monthly: $1000/month}}
costs:
  sign_in:
    included_users: 100
    per_user:
      source: the price list of 2026
      kind: vendor
      tiers:
        - {up_to: 1000 users, price: $0.02/user/month}
        - {up_to: 5000 users, price: $0.01/user/month}
        - {price: $0.005/user/month}
"""


def video(price):
    return parse_system(VIDEO.replace("PRICE", price))


def monthly(system, users=20_000.0):
    return value_at(planning.assess(system, users).monthly_cost)


def test_cloudfront_by_its_tiers_as_added_up_by_hand():
    # GB in each tier times its price; the catalogue's terabytes have 1,024 GB, the first TB of
    # 1,000 GB is free.
    by_hand = (
        9_240 * 0.085  # to 10,240 GB: 785.40
        + 40_960 * 0.08  # to 51,200 GB: 3,276.80
        + 102_400 * 0.06  # to 153,600 GB: 6,144
        + 358_400 * 0.04  # to 512,000 GB: 14,336
        + 536_576 * 0.03  # to 1,048,576 GB: 16,097.28
        + 2_105_024 * 0.025  # to 3,153,600 GB: 52,625.60
    )
    assert by_hand == pytest.approx(93_265.08)
    assert monthly(video("plan: cdn.cloudfront")) == pytest.approx(by_hand)
    assert monthly(video("price: {catalog: cdn.cloudfront}")) == pytest.approx(by_hand)


def test_one_tier_for_every_byte_costs_nearly_three_times_that_and_says_so():
    system = video("plan: cdn.cloudfront.first_10tb")
    result = planning.assess(system, 20_000)
    assert value_at(result.monthly_cost) == pytest.approx((3_153_600 - 1000) * 0.085)  # $267,971
    words = " ".join(caveat_rows(caveats(result)))
    assert "price of one tier taken for all that is used; plan cdn.cloudfront has every" in words
    tiers = caveat_rows(caveats(planning.assess(video("plan: cdn.cloudfront"), 20_000)))
    assert len(tiers) == 1, "a line for the schedule, not one for each of its tiers"
    assert "one tier" not in tiers[0]


@pytest.mark.parametrize(
    ("gigabytes", "dollars"),
    [(0, 0), (999, 0), (1000, 0), (1001, 0.09), (10_000, 810), (10_001, 810.05), (20_000, 1310)],
)
def test_a_free_allowance_is_a_first_tier_and_every_border_is_met(gigabytes, dollars):
    used = Estimate(gigabytes * 1e9, "byte")
    found = bill("egress bill", "USD/month", used, video(TIERS).parts["cdn"].price)
    assert value_at(found) == pytest.approx(dollars)


def test_included_units_come_off_before_the_tiers():
    system = parse_system(EACH)
    # 100 included, 1,000 at 2 cents, 4,000 at 1 cent, 900 at half a cent.
    assert monthly(system, 6000.0) == pytest.approx(20 + 40 + 4.5)
    assert monthly(system, 100.0) == 0


def test_numbers_of_a_schedule_share_its_source_and_know_their_lines():
    inputs = parse_system(EACH).inputs
    price = inputs["costs.sign_in.per_user.tiers.1.price"]
    assert price.estimate.source == "the price list of 2026"
    assert price.estimate.kind == "vendor"
    assert price.estimate.place.line == 12
    assert price.description.startswith("Price in tier 2: ")
    shipped = video("price: {catalog: cdn.cloudfront}").inputs["parts.cdn.price.tiers.1.price"]
    assert shipped.estimate.row.key == "cdn.cloudfront.first_10tb.price"
    assert shipped.estimate.place.line == 4


def test_users_and_draws_are_priced_as_each_of_them_by_itself():
    system = video(TIERS)
    path = "parts.cdn.price.tiers.1.price"
    users = np.array([[0.0], [30.0], [2000.0]])
    prices = np.array([0.04, 0.09, 0.2, 0.3]) / 1e9
    together = planning.assess(system.at({path: prices}), users).monthly_cost.value
    assert together.shape == (3, 4)
    one_by_one = [[monthly(system.at({path: p}), float(u)) for p in prices] for u in users[:, 0]]
    np.testing.assert_allclose(together, one_by_one, rtol=1e-12)


@pytest.mark.parametrize("price", ["plan: cdn.cloudfront", TIERS])
def test_replaying_the_program_equals_assessing_afresh(price):
    system = video(price)
    result = planning.assess(system, 100.0)
    inputs = {path: estimate for path, (estimate, _) in system.inputs.items()}
    program = Program([result.monthly_cost], {"users": result.users, **inputs})
    ends = [path for path in system.inputs if path.endswith(("up_to", "tiers.1.price"))]
    assert set(ends) <= set(program.inputs)
    for users in (0.0, 7.0, 2e4, 1e6):
        for path in ends:
            moved = system.inputs[path].value * 0.99
            again = program.run({"users": users, path: moved})[0]
            assert again == pytest.approx(monthly(system.at({path: moved}), users), rel=1e-9)


def test_the_derivation_says_the_schedule_with_the_numbers_that_were_used():
    node = planning.assess(video(TIERS), 20_000).monthly["cdn egress"]
    line = explain(node)[0]
    words = "first 1 TB at $0/GB, up to 10 TB at $0.09/GB, the rest at $0.05/GB"
    assert line == f"egress bill = {words}; with used 3.15 PB, included 0 B: $157,990/month"
    moved = video(TIERS).at({"parts.cdn.price.tiers.1.price": np.array([0.08, 0.1]) / 1e9})
    node = planning.assess(moved, 20_000).monthly["cdn egress"]
    assert "up to 10 TB at $0.1/GB" in explain(node, (1, (2,)))[0]


def test_an_hour_takes_its_share_of_the_bill_and_a_flat_price_is_as_it_was():
    for price, each in ((TIERS, 157_990 / 3_153_600), ("price: $0.05/GB", 0.05)):
        told = planning.assess(video(price), 20_000).scene.stations["cdn"].traffic
        hour = next(node for node in told if node.name == "price of that hour")
        gigabytes = 20_000 * 1.44e6 / 8 * 3600 / 1e9
        assert value_at(hour) == pytest.approx(gigabytes * each, rel=1e-6)


def test_phases_put_schedules_and_flat_prices_in_place_of_one_another():
    tiers = video("plan: cdn.cloudfront")
    flat = apply_changes(tiers, {"parts": {"cdn": {"price": "$0.05/GB"}}})
    assert monthly(flat) == pytest.approx(3_153_600 * 0.05)
    again = apply_changes(flat, {"parts": {"cdn": {"price": {"catalog": "cdn.cloudfront"}}}})
    assert monthly(again) == monthly(tiers)
    other = {"parts": {"cdn": {"plan": "cdn.bunny.standard_eu_na"}}}
    assert monthly(apply_changes(tiers, other)) == pytest.approx(3_153_600 * 0.01)
    written = {"tiers": [{"up_to": "1 PB", "price": "$0.01/GB"}, {"price": "$0.02/GB"}]}
    changed = apply_changes(tiers, {"parts": {"cdn": {"price": written}}})
    assert monthly(changed) == pytest.approx(10_000 + 2_153_600 * 0.02)


def test_a_schedule_survives_pickling_with_its_sources():
    system = video("plan: cdn.cloudfront")
    copy = pickle.loads(pickle.dumps(system))
    assert isinstance(copy.parts["cdn"].price, Tariff)
    assert {p: str(e) for p, (e, _) in copy.inputs.items()} == {
        p: str(e) for p, (e, _) in system.inputs.items()
    }


def test_one_number_of_a_schedule_may_be_moved_as_far_as_its_neighbours():
    system = video(TIERS)
    dearer = system.at({"parts.cdn.price.tiers.2.price": "$0.06/GB"})
    assert monthly(dearer) - monthly(system) == pytest.approx(3_143_600 * 0.01)
    with pytest.raises(ValueError, match="tier 2 ends at 500 GB, which is not past the 1 TB"):
        system.at({"parts.cdn.price.tiers.1.up_to": "500 GB"})


def test_a_price_of_ones_own_replaces_a_tier():
    own = "prices: {cdn.cloudfront.next_4pb.price: $0.02/GB}\n"
    cheaper = parse_system(VIDEO.replace("PRICE", "plan: cdn.cloudfront") + own)
    saved = monthly(video("plan: cdn.cloudfront")) - monthly(cheaper)
    assert saved == pytest.approx(2_105_024 * 0.005)


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ("[{up_to: 9 TB, price: $1/GB}, {up_to: 9 TB, price: $1/GB}, {price: $1/GB}]",
         "tier 2 ends at 9 TB, which is not past the 9 TB of tier 1"),
        ("[{up_to: {value: 1 TB, low: 1 TB, high: 3 TB}, price: $1/GB},"
         " {up_to: {value: 4 TB, low: 2 TB, high: 5 TB}, price: $1/GB}, {price: $1/GB}]",
         "tier 2 ends at 4 TB, which is not past"),
        ("[{up_to: 1 TB, price: $1/GB}, {price: $1/GB}, {price: $1/GB}]",
         "tier 2 of 3 has no end"),
        ("[{up_to: 1 TB, price: $1/GB}, {up_to: 2 TB, price: $1/GB}]",
         "the last tier ends at 2 TB, and what is used past it has no price"),
        ("[{price: $1/GB}]", "1 tiers are no schedule"),
        ("{up_to: 1 TB}", "`tiers` is a list"),
        ("[{up_to: 10 users, price: $1/GB}, {price: $1/GB}]",
         "parts.cdn.price.tiers.0.up_to: "),
        ("[{up_to: 1 TB, price: $1/user/month}, {price: $1/GB}]",
         "parts.cdn.price.tiers.0.price: "),
        ("[{up_to: 1 TB, prize: $1/GB}, {price: $1/GB}]",
         "parts.cdn.price.tiers.0.prize: unknown field 'prize' in a tier; did you mean 'price'?"),
        ("[{up_to: 1 TB}, {price: $1/GB}]", "tiers.0.price: a tier needs its `price`"),
        ("[10 TB, {price: $1/GB}]", "'10 TB' is no tier"),
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be_is_refused_in_clear_words(tiers, words):
    with pytest.raises(FileError) as caught:
        video(f"price: {{tiers: {tiers}}}")
    assert words in str(caught.value)
    assert ":4:" in str(caught.value), "with its line"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("price: {tiers: [], per: month}", "unknown field 'per' in a schedule of tiers"),
        ("price: {catalog: cdn.cloudfront, low: $0/GB}", "'low' does not go with a schedule"),
        ("price: {catalog: cdn.bunny}", "the catalogue has no row 'cdn.bunny'"),
        ("price: {catalog: cdn.cloudfrond}", "the catalogue has no row 'cdn.cloudfrond'"),
    ],
)
def test_a_price_that_names_no_schedule_is_refused(price, words):
    with pytest.raises(FileError, match=words):
        video(price)


def test_tables_and_records_follow(cli, tmp_path):
    file = tmp_path / "video.yaml"
    phase = "phases: [{name: Bunny, changes: {parts: {cdn: {plan: cdn.bunny.standard_eu_na}}}}]\n"
    file.write_text(VIDEO.replace("PRICE", "plan: cdn.cloudfront") + phase)
    record = json.loads(cli("assess", file, "--users", "20000", "--json").stdout)
    assert record["monthly_cost_usd"] == pytest.approx(93_265.08)
    assert "$93,265/month at 20,000 users" in cli("assess", file, "--users", "20000").stdout
    steps = planning.ladder(parse_system(file.read_text()), users=20_000)
    today, after = (value_at(step.monthly) for step in steps)
    assert after < today


def test_editors_accept_a_number_a_row_and_a_schedule(cli):
    schema = json.loads(cli("schema").stdout)
    full = {"title": "Video", "workload": {"users": 1, "target": 1}, "parts": {}}
    for price in (
        "$1/GB",
        {"catalog": "cdn.cloudfront"},
        {"tiers": [{"up_to": "1 TB", "price": "$0/GB"}, {"price": "$1/GB"}]},
    ):
        part = {"kind": "media", "bitrate": "1 Mbit/s", "price": price}
        jsonschema.validate({**full, "parts": {"cdn": part}}, schema)
    part = {"kind": "media", "bitrate": "1 Mbit/s", "price": {"tiers": [{"price": "$1/GB"}]}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**full, "parts": {"cdn": part}}, schema)
