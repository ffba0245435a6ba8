"""Two systems side by side on a page: bars in proportion, one scale, and words for each."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from planning.present.cards import card
from planning.present.cells import held_users
from planning.present.compare_page import comparison_html, difference
from planning.present.compare_views import did_lines, headline
from planning.questions.assess import assess
from planning.questions.compare import compare
from planning.questions.load import parse_system, system_names

BASE = """
title: Box
workload:
  users: 100 users
  target: 100 users
  activities:
    page: {interval: 10 s, cpu_time: 10 ms}
parts:
  app: {kind: service, processes: 1, cores: 1}
costs:
  box: {monthly: $50/month}
"""


def rows_of(html: str) -> dict[str, list[tuple[str, float]]]:
    """Bars of every limit by its name: whose, and how wide [%]."""
    found = re.findall(r'<li class="plan-pair"><span>(.*?)</span>(.*?)</li>', html)
    bar = r'<rect class="plan-(\w+)".*?width="([\d.]+)%"'
    return {name: [(who, float(wide)) for who, wide in re.findall(bar, row)] for name, row in found}


@pytest.mark.parametrize("users", [0.0, 1.0, 1e12])
@pytest.mark.parametrize("pair", [*itertools.combinations(system_names(), 2)], ids="-".join)
def test_any_two_have_a_page_at_any_users(systems, pair, users):
    found = compare(*(systems[name] for name in pair), users, pair)
    html = comparison_html(found)
    assert not re.findall(r"\b(nan|inf)\b", html.lower())
    bars = rows_of(html)
    assert len(bars) == len({shift.name for shift in found.shifts})
    assert all(0 < wide <= 100 for row in bars.values() for _, wide in row)


def test_a_limit_has_a_bar_for_each_system_that_has_it(systems):
    found = compare(systems["crash_matrix"], systems["ten_thousand_users"], 500.0)
    bars = rows_of(comparison_html(found))
    for shift in found.shifts:
        whose = [who for who, held in (("first", shift.before), ("second", shift.after))
                 if held is not None]  # fmt: skip
        assert [who for who, _ in bars[shift.name]] == whose


def test_bars_stand_on_one_scale_from_a_hundredth_to_ten_times_full():
    one = parse_system(BASE)
    # 100 users × 10 ms ÷ 10 s = 10 % of one core: a third of three powers of ten.
    other = one.at({"workload.activities.page.cpu_time": 0.1})  # full: two thirds
    html = comparison_html(compare(one, other, 100.0, ("A", "B")))
    assert rows_of(html)["app cpu"] == [("first", 33.33), ("second", 66.67)]
    assert re.search(r'<line class="plan-full" x1="66.67%"', html)
    assert '<text x="66.67%" y="12" text-anchor="middle">full</text>' in html


def test_sentences_say_who_holds_and_what_it_costs():
    one = parse_system(BASE)
    dear = one.at({"parts.app.cores": 2, "parts.app.processes": 2, "costs.box.monthly": 80})
    told = list(difference(compare(one, dear, 1_500.0, ("A", "B"))))
    assert told == [
        "A: does not hold 1,500 users.",
        "B: holds 1,500 users.",
        "B holds 2,000 users at most, A 1,000 users.",
        "B costs $30/month more than A.",
    ]
    assert list(difference(compare(one, one, 100.0, ("A", "B")))) == [
        "Both hold 100 users.",
        "At most, both hold 1,000 users.",
    ]


def test_nobody_and_any_number_have_sentences_of_their_own():
    one = parse_system(BASE)
    none = one.at({"workload.activities.page.cpu_time": 20})  # 100 % of a core by half a user
    free = one.at({"workload.activities.page.cpu_time": 0})
    told = {
        (name, other): list(difference(compare(*pair, 100.0, ("A", "B"))))[-1]
        for name, other, pair in (
            ("none", "none", (none, none)),
            ("free", "free", (free, free)),
            ("free", "one", (free, one)),
            ("none", "one", (none, one)),
        )
    }
    assert told == {
        ("none", "none"): "Neither holds even one user.",
        ("free", "free"): "Nothing limits either of them.",
        ("free", "one"): "Nothing limits A; B holds 1,000 users at most.",
        ("none", "one"): "B holds 1,000 users at most, A nobody.",
    }


LOST = """
title: Lost
workload: {users: 5, target: 10, activities: {ask: {interval: 10 s, cpu_time: 2 ms}}}
parts:
  front: {kind: proxy}
  uptime: {kind: availability, promised: 99%, components: {a: {availability: 99.9%}}}
"""


def test_what_no_part_takes_is_never_said_to_be_without_limit():
    lost, one = parse_system(LOST), parse_system(BASE)
    found = compare(lost, one, 100.0, ("A", "B"))
    assert not np.isfinite(found.before.edge.users)
    assert list(difference(found))[:3] == [
        "A: nobody can say whether it holds 100 users.",
        "B: holds 100 users.",
        "B holds 1,000 users at most.",
    ]
    assert len(list(difference(compare(lost, lost, 100.0, ("A", "B"))))) == 2
    facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", comparison_html(found))
    assert [value for name, value in facts if name in ("Holds up to", "Breaks first")][:2] == [
        "not known", "not known",
    ]  # fmt: skip
    assert "capacity not known → 1,000 users" in headline(found)
    assert next(did_lines(found)).startswith("Breaks first: not known → ")
    # What is full all the same bounds it from above.
    bounded = parse_system(BASE.replace("parts:", "parts:\n  front: {kind: proxy}", 1))
    result = assess(bounded, 100.0)
    assert any(each.vanished for each in result.severe)
    assert held_users(result, 1_000.0) == "at most 1,000 users"
    assert dict(card(lost).facts)["Holds today"] == "not known"


def test_inputs_and_wordings_that_differ_are_counted_apart():
    one = parse_system(BASE.replace("cores: 1}", "cores: 1, dispatch: random}"))
    other = parse_system(
        BASE.replace("cores: 1}", "cores: 1, dispatch: shared}")
        .replace("target: 100", "target: 200")
        .replace("$50", "$60")
    )
    html = comparison_html(compare(one, other, 100.0, ("A", "B")))
    assert "2 inputs and 1 wording differ that both state" in html


def test_each_side_has_its_own_document():
    text = BASE.replace("cores: 1}", "cores: {value: CORES, kind: document, source: SOURCE}}")
    one = parse_system(
        "document: One (S1)" + text.replace("CORES", "1").replace("SOURCE", "S1 issue 2")
    )
    other = parse_system(
        "document: Other (S2)" + text.replace("CORES", "2").replace("SOURCE", "S2 against S1")
    )
    for before, after, told in ((one, other, "“Other” against S1"), (other, one, "“One” issue 2")):
        assert told in comparison_html(compare(before, after, 100.0, ("A", "B")))


def test_a_lower_bound_is_no_price_to_take_from_another():
    one = parse_system(BASE)
    other = parse_system(f"{BASE}  disk: {{}}\n".replace("$50", "$70"))
    assert not [line for line in difference(compare(one, other)) if "costs" in line]


def test_words_of_a_file_stay_words():
    hostile = "<img src=x onerror=alert(1)>"
    one = parse_system(BASE.replace("title: Box", f"title: '{hostile}'"))
    other = one.at({"parts.app.cores": 2})
    html = comparison_html(compare(one, other, labels=(hostile, f"{hostile}2")))
    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 6
