"""The Django shop that comes along as an example: its limits, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.shipped import data_folder
from planning.questions.surges import assess_event

FILE = data_folder() / "examples" / "django_shop.yaml"


@pytest.fixture(scope="module")
def shop():
    return planning.load_system(FILE)


@pytest.fixture(scope="module")
def sale(shop):
    return planning.assess(shop, 20_000)


def load(result, name):
    return value_at(result.of(name).load)


def test_it_is_short_and_every_number_says_where_it_came_from(shop):
    assert len(FILE.read_text(encoding="utf-8").splitlines()) < 60
    for path, (estimate, _) in shop.inputs.items():
        assert "without a source" not in estimate.source, path


def test_it_holds_tonight_and_breaks_in_the_sale(shop, sale):
    assert planning.assess(shop).verdict == "holds"
    assert sale.verdict == "does not hold"
    assert not [each.what for each in sale.findings if each.severity >= 2]


def test_invoices_are_first_eight_workers_of_three_seconds(shop):
    # One checkout in 1,200 s and user: 8 / 3 s are 2.67 a second, 3,200 users.
    edge = planning.capacity(shop)
    assert (edge.users, edge.binding.id) == (3200, "jobs.workers")


def test_the_model_is_next_200_thousand_tokens_a_minute(shop, sale):
    # 1,500 tokens each, so 133 calls a minute; one in thirty minutes and user: 4,000 users.
    assert planning.capacity(shop).of("llm.tokens") == 4000
    assert load(sale, "llm.tokens") == pytest.approx(20_000 / 1800 * 1500)
    assert load(sale, "mail.calls") == pytest.approx(20_000 / 1200)  # of 50


def test_pages_need_more_cores_than_there_are(sale):
    # 500 pages of 20 ms, 16.7 checkouts of 40 ms, 11.1 questions of 10 ms.
    assert load(sale, "web.cpu") == pytest.approx(10 + 20_000 / 1200 * 0.04 + 20_000 / 1800 * 0.01)
    assert value_at(sale.of("web.cpu").limit) == 8


def test_a_question_holds_its_thread_for_four_seconds(shop):
    # At 4,000 users the model is full: 2.2 questions a second hold 8.9 of 128 threads.
    full = planning.assess(shop, 4000).of("web.threads").load
    held = {name: value_at(node) for name, node in full.inputs.items()}
    assert held["ask requests"] == pytest.approx(4000 / 1800 * 4, rel=0.01)


def test_pictures_are_nearly_all_of_the_bill(sale):
    # 500 pages of 3.6 MB at the peak, a third of that on the mean: 1.58 PB a month through the
    # CDN, along its tiers; 4 % of twelve pictures a page are read from the bucket.
    cost = {name: value_at(node) for name, node in sale.monthly.items()}
    assert cost["edge egress"] / sum(cost.values()) > 0.75
    requests = 20_000 / 40 + 20_000 / 1200 + 20_000 / 1800
    assert load(sale, "images.reads") == pytest.approx(requests * 12 * 0.04)
    assert cost["llm answers"] == pytest.approx(
        200_000 / 60 / 1500 / 3 * 2.628e6 * 300 * 0.6e-6, rel=1e-6
    )  # what the quota lets through


def test_the_sale_holds_with_what_it_lacks(shop):
    ready = shop.at({
        "parts.jobs.workers": 60, "parts.web.processes": 48, "parts.web.cores": 24,
        "parts.llm.tokens": 2e6 / 60, "parts.llm.requests": 5000 / 60,
    })  # fmt: skip
    assert planning.assess(ready, 20_000).verdict in ("holds", "warning", "critical")


def test_it_is_found_by_its_name():
    assert planning.load_system("django_shop").title == "Django shop"


def test_a_newsletter_is_served_late_and_asks_nothing_of_the_model(shop):
    # 2,000 pages of 20 ms on eight cores are 400 a second: five seconds.
    event = assess_event(shop, shop.events[0])
    assert event.verdict.name == "LAG"
    assert value_at(event.number("web.cpu", "drain")) == pytest.approx(5)
    assert not {"llm", "mail"} & set(event.numbers)


def test_with_a_zone_less_half_of_cores_and_threads_must_do(shop):
    # A browse takes 20 ms every 40 s, a checkout 40 ms every 1,200 s, a question 10 ms every 1,800:
    # 0.539 ms a second and user, of four cores left.
    each = 0.02 / 40 + 0.04 / 1200 + 0.01 / 1800
    edge = planning.capacity(shop)
    assert edge.of("web.cpu_with_a_zone_less") == int(4 / each)
    assert edge.of("web.cpu") == int(8 / each)
