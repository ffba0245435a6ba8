"""A CDN and the bucket behind it: bytes, misses and bills, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

SHOP = """
title: Images
workload:
  users: 20k users
  target: 20k users
  peak_to_mean: 4
  activities: {browse: {interval: 40 s, enters: web, cpu_time: 10 ms, BYTES}}
parts:
  edge: {kind: cdn, hit_ratio: 96 %, objects: 12, page_bytes: 3.6 MB, origin: images, CDN}
  images: {kind: object_store, object_bytes: 300 kB, BUCKET}
  web: {kind: service, processes: 8, cores: 8}
events: [{name: all at once, surge: {users: 20k users}}]
"""


def shop(cdn="price: $0.085/GB", bucket="stored: 1 TB, price: $0.023/GB/month", size="writes: 0"):
    return parse_system(SHOP.replace("CDN", cdn).replace("BUCKET", bucket).replace("BYTES", size))


def cost(result, name):
    return value_at(result.monthly[name])


def test_every_byte_that_leaves_the_edge_is_paid_for_and_misses_reach_the_bucket():
    result = planning.assess(shop())
    # 500 pages/s at the peak, 125 on the mean, 3.6 MB each, 2,628,000 s a month: 1.18 PB.
    assert cost(result, "edge egress") == pytest.approx(125 * 3.6e6 * 2.628e6 * 0.085e-9)
    reads = result.of("images.reads")
    assert value_at(reads.load) == pytest.approx(500 * 12 * 0.04)  # of 5,500
    assert cost(result, "images storage") == pytest.approx(1000 * 0.023)
    # Pages reach the servers as before: 500/s of 10 ms.
    assert value_at(result.of("web.cpu").load) == pytest.approx(5)


def test_the_whole_schedule_of_a_cdn_costs_less_than_its_first_tier():
    first, whole = (
        cost(planning.assess(shop(price)), "edge egress")
        for price in ("price: $0.085/GB", "price: {catalog: cdn.cloudfront}")
    )
    sent = 125 * 3.6 * 2.628e6 / 1e3  # GB
    # By hand along the published tiers: 10 TB, 40, 100, 350, 524, 4,000 TB, each at its price.
    tiers = ((10e3, 0.085), (50e3, 0.080), (150e3, 0.060), (500e3, 0.040), (1024e3, 0.030),
             (5024e3, 0.025))  # fmt: skip
    free, below, bill = 1000.0, 0.0, 0.0
    for end, price in tiers:
        bill += max(min(sent, end) - max(below, free), 0) * price
        below = end
    assert whole < first / 2
    assert whole == pytest.approx(bill, rel=0.02)


def test_requests_are_paid_for_page_and_objects():
    # 0.0100 USD per 10,000 HTTPS requests, a page and its twelve objects each.
    price = (
        "price: $0/GB, request_price: {tiers: [{up_to: 1, price: 0}, {price: $0.000001/request}]}"
    )
    result = planning.assess(shop(price))
    assert cost(result, "edge requests") == pytest.approx(125 * 13 * 2.628e6 * 1e-6, rel=1e-6)


def test_pages_that_the_edge_answers_do_not_reach_the_servers():
    result = planning.assess(shop("price: $0/GB, page_hit_ratio: 80 %, hit_time: 20 ms"))
    assert value_at(result.of("web.cpu").load) == pytest.approx(1)
    flow = next(each for each in result.scene.entered if each.cause == "browse")
    assert value_at(result.scene.answer_of(flow).idle) == pytest.approx(0.8 * 0.02 + 0.2 * 0.01)


def test_an_activity_may_weigh_its_own():
    light = planning.assess(shop(size="bytes: 360 kB"))
    assert cost(light, "edge egress") == pytest.approx(125 * 360e3 * 2.628e6 * 0.085e-9)


def test_a_bucket_pays_for_reads_writes_and_what_leaves():
    bucket = (
        "write_share: 10 %, egress_price: $0.09/GB, read_price: $0.0000004/request, "
        "write_price: $0.000005/request"
    )
    result = planning.assess(shop(bucket=bucket))
    each = 125 * 12 * 0.04 * 2.628e6  # requests a month
    assert cost(result, "images reads") == pytest.approx(each * 0.9 * 0.4e-6)
    assert cost(result, "images writes") == pytest.approx(each * 0.1 * 5e-6)
    # The edge says what one object weighs: a page over its thirteen requests.
    assert cost(result, "images egress") == pytest.approx(each * 0.9 * 3.6e6 / 13 * 0.09e-9)


def test_ten_million_downloads_and_a_million_uploads_cost_what_a_price_list_says():
    # https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples:
    # 1 M PUT are 5.00 USD, 10 M GET 4.00 USD.
    text = """
title: Photos
workload:
  users: 1000
  target: 1000
  peak_to_mean: 1
  activities: {photo: {interval: 238.909 s, enters: s3}}     # 11 million a month
parts:
  s3:
    kind: object_store
    write_share: 0.0909090909
    read_price: $0.0000004/request
    write_price: $0.000005/request
"""
    result = planning.assess(parse_system(text))
    assert cost(result, "s3 reads") == pytest.approx(4.0, rel=1e-3)
    assert cost(result, "s3 writes") == pytest.approx(5.0, rel=1e-3)


def test_a_prefix_slows_a_crowd_down_and_more_of_them_do_not():
    one, ten = (
        assess_event(system, system.events[0])
        for system in (shop(), shop(bucket="prefixes: 10, stored: 1 TB, price: $0/GB/month"))
    )
    # 20,000 pages, 12 objects each, 4 % of them not at the edge: 9,600 reads of 5,500 allowed.
    assert value_at(one.number("images.reads", "refused")) == pytest.approx(9600 - 5500)
    assert value_at(ten.number("images.reads", "refused")) == 0


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ({"cdn": "price: $0/GB, hit_ratio: 0 %"}, "keeps nothing"),
        ({"cdn": "hit_time: 9 ms"}, "bytes leave at no price"),
        ({"bucket": "stored: 1 TB"}, "kept at no price"),
        ({"bucket": "price: $0.023/GB/month"}, "nothing is kept"),
    ],
)
def test_what_is_configured_wrong_is_found(system, words):
    if "hit_ratio" in system.get("cdn", ""):
        changed = shop().at({"parts.edge.hit_ratio": 0.0})
    else:
        changed = shop(**system)
    assert any(words in each.what for each in planning.assess(changed).findings)


def test_misses_need_somebody_to_ask():
    with pytest.raises(ValueError, match="no part 'pictures' to call"):
        planning.assess(parse_system(SHOP.replace("origin: images", "origin: pictures")
                        .replace("CDN", "price: $0/GB").replace("BUCKET", "stored: 0 GB")
                        .replace("BYTES", "writes: 0")))  # fmt: skip


def test_leaving_bytes_without_their_size_are_refused():
    with pytest.raises(FileError, match="needs `object_bytes`"):
        parse_system(SHOP.replace("object_bytes: 300 kB, BUCKET", "egress_price: $0.09/GB")
                     .replace("CDN", "price: $0/GB").replace("BYTES", "writes: 0"))  # fmt: skip
