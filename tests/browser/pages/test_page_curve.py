"""The curve of a live page: five names at most, each where nothing else is, and never by colour."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from planning.page.document import page_html
from planning.questions.load import load_system, parse_system
from planning.system.starter import write_starter

# Words that lie on one another, and lines that go through words, as they stand on the screen.
COLLISIONS = """() => {
  const picture = document.querySelector('#curve svg.curve'), found = new Set();
  const placed = [...picture.querySelectorAll('text')].map((text) => {
    const { x, y, width, height } = text.getBBox();
    const name = text.matches('.name, .first');
    return { words: text.textContent, name, x, y, right: x + width, floor: y + height };
  });
  const shared = (a, b) => [
    Math.min(a.right, b.right) - Math.max(a.x, b.x),
    Math.min(a.floor, b.floor) - Math.max(a.y, b.y),
  ];
  placed.forEach((a, i) => placed.slice(i + 1).forEach((b) => {
    const [wide, tall] = shared(a, b);
    if (wide > 0.5 && tall > 3) found.add(`${a.words} on ${b.words}`);
  }));
  for (const line of picture.querySelectorAll('polyline, line:not(.mark)')) {
    for (let way = 0; way <= line.getTotalLength(); way += 2) {
      const { x, y } = line.getPointAtLength(way);
      const hit = placed.find((a) => a.name
        && x > a.x && x < a.right && y > a.y + 2 && y < a.floor - 2);
      if (hit) found.add(`${line.getAttribute('class')} through ${hit.words}`);
    }
  }
  const width = picture.viewBox.baseVal.width;
  for (const a of placed) if (a.x < -0.5 || a.right > width + 0.5) found.add(`${a.words} cut`);
  return [...found];
}"""


def opened(page: Page, system: Any, folder: Path) -> Page:
    """Open the page of a system from disk and wait for its curve."""
    path = folder / "page.html"
    path.write_text(page_html(system), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator("#curve svg.curve")).to_be_visible()
    return page


@pytest.mark.parametrize("name", ["one_million_users", "crash_matrix"])
def test_names_of_the_curve_stand_where_nothing_else_is(
    page: Page, systems: Any, tmp_path: Path, name: str
) -> None:
    opened(page, systems[name], tmp_path)
    box = page.locator("#verdict input[type=text]")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for users in ("1", "12000", "1000000"):
            box.fill(users)
            box.press("Enter")
            asked = page.locator("#curve text", has_text=f"asked: {int(users):,} user")
            expect(asked).to_be_visible()
            expect(page.locator("#curve svg.curve")).to_have_attribute(
                "width", re.compile(r"^[678]\d\d$" if width == 1280 else r"^3\d\d$")
            )
            assert page.evaluate(COLLISIONS) == [], f"{users} users, {width} px wide"


def test_the_curve_names_five_limits_and_says_what_it_leaves_out(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    opened(page, systems["one_million_users"], tmp_path)
    named, others = page.locator("#curve polyline.named"), page.locator("#curve polyline.other")
    expect(named).to_have_count(5)
    expect(others).to_have_count(7)
    expect(page.locator("#curve text.name").first).to_have_text("pooler clients")
    left = "2 that stay under 10 % here are left out."
    expect(page.locator("#curve .lead")).to_contain_text(left)
    # 14 limits in all: none vanishes unsaid.
    expect(page.locator("#bars .lead")).to_contain_text("of 14 limits")
    expect(page.locator("#curve svg.curve")).to_have_attribute(
        "aria-label",
        re.compile(
            "Realtime connections is full from 10,000 users on; "
            "then pooler clients from 31,078 users"
        ),
    )


def test_a_budget_is_no_limit_of_users_in_either_card(page: Page, tmp_path: Path) -> None:
    opened(page, load_system(write_starter("shop", tmp_path)), tmp_path)
    # Eight constraints, of which one is the budget.
    expect(page.locator("#bars .row:not(.axis)")).to_have_count(7)
    expect(page.locator("#bars .lead")).to_contain_text("4 of 7 limits are passed")
    page.get_by_label("Users along the curve").focus()
    expect(page.locator("#curve .readout")).to_contain_text("of 7 limits")


# The budget pays for 3 users of the 1,000 asked about; the cores would do for 48,000.
PAID = """
title: A budget for three users
workload: {users: 10, target: 1000, activities: {buy: {interval: 60 s, cpu_time: 5 ms}}}
parts:
  app: {kind: service, processes: 4, cores: 4}
  budget: {kind: budget, monthly: $60/month}
costs:
  mail: {per_user: $20/user/month}
"""


def test_a_budget_stretches_no_scale_of_limits(page: Page, tmp_path: Path) -> None:
    opened(page, parse_system(PAID), tmp_path)
    assert page.evaluate("now.edge.affordable") == 3
    # The curve begins a decade below what is asked, and no bar goes past ten times its limit.
    texts = page.locator("#curve text").all_text_contents()
    assert "100" in texts
    assert "1" not in texts
    assert page.locator("#bars .axis text").all_text_contents() == ["full", "10 %", "10×"]


ORDER = """() => {
  const items = ["disk", "pool", "cores", "memory"].map((name) => ({ name }));
  const told = (held) => {
    const edge = { held, order: [0, 1, 2, 3], users: held[0], binding: 0 };
    const lines = curveLines(items, edge, [[0.2, 0.9, 0.2, 0.5]]);
    return [lines.named.map((i) => items[i].name), curveWords(items, edge, lines)];
  };
  return [told([5, 5, Infinity, Infinity]), told([0, 0, Infinity, 7])];
}"""


def test_what_is_full_at_once_is_named_in_the_order_of_the_headline(
    page: Page, tmp_path: Path
) -> None:
    opened(page, parse_system(PAID), tmp_path)
    (tied, hopeless) = page.evaluate(ORDER)
    # The pool ends higher, but the headline says disk; of what is never full the fullest is first.
    assert tied == [
        ["disk", "pool", "memory", "cores"],
        "Disk is full from 5 users on; then pool from 5 users on.",
    ]
    assert hopeless[1] == (
        "Disk is full at any number of users; then pool at any number of users, "
        "memory from 7 users on."
    )


def test_a_scale_keeps_every_mark_that_has_room(page: Page, tmp_path: Path) -> None:
    opened(page, parse_system(PAID), tmp_path)
    # Eight decades lie 12.5 % apart: every other one has room for its words.
    assert page.evaluate("ticksTo(1e6).map(([tick]) => tick)") == [1, 0.1, 1e6, 1e4, 1e2]


def test_long_quantities_fit_their_boxes(page: Page, systems: Any, tmp_path: Path) -> None:
    opened(page, systems["one_million_users"], tmp_path)
    cut = page.evaluate(
        """[...document.querySelectorAll('input[type=text]')]
             .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
             .map((box) => box.value)"""
    )
    assert cut == []


def test_lines_with_names_differ_by_more_than_colour_and_stand_out(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    opened(page, systems["hundred_events"], tmp_path)
    lines = "[...document.querySelectorAll('#curve polyline')]"
    dashes = page.evaluate(
        f"{lines}.filter((each) => each.matches('.named'))"
        ".map((each) => getComputedStyle(each).strokeDasharray)"
    )
    assert len(dashes) == 5
    assert len(set(dashes)) == 5
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        ratios = page.evaluate(
            """() => {
              const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const light = (colour) => {
                const [r, g, b] = colour.map((part) => part / 255)
                  .map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const behind = getComputedStyle(document.querySelector('#curve'));
              const card = parts(behind.backgroundColor);
              return [...document.querySelectorAll('#curve polyline')].map((line) => {
                const { stroke, opacity } = getComputedStyle(line);
                const seen = parts(stroke)
                  .map((part, i) => part * opacity + card[i] * (1 - opacity));
                const [low, high] = [light(seen), light(card)].sort((a, b) => a - b);
                return (high + 0.05) / (low + 0.05);
              });
            }"""
        )
        assert min(ratios) >= 3.0, scheme
