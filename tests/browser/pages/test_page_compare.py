"""Compare on a page: the answers of `planning compare`, and words for people."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_page_agrees import random_moves

import planning
from planning.page.data import page_data
from planning.page.document import page_html, script_of
from planning.questions.compare import Comparison, compare
from planning.questions.load import parse_system
from planning.system.patches import ladder_systems, moved_systems
from tests.upgrades.systems import SHOP

ROOMS = (
    *(
        "engine/show.js",
        "engine/engine.js",
        "drawing/elements.js",
        "drawing/charts.js",
        "controls/inputs.js",
        "views/money.js",
        "views/telling.js",
    ),
    *("controls/save.js", "controls/changed.js", "views/compare.js"),
)
COMPARE = """(asks) => asks.map(([from, to, users]) => {
  const side = ([index, moves]) => ({ label: "", index, moves: new Map(moves) });
  const { one, other, shifts, moved, reworded, came, went } = compared(side(from), side(to), users);
  const told = ({ phase, edge, result, monthly }) => ({
    verdict: result.verdict, binding: phase.constraints[result.binding].name, users: edge.users,
    first: phase.constraints[edge.binding].name, monthly, used: [...result.used],
  });
  const number = (each) => each && [each.value, each.low, each.high];
  return {
    before: told(one), after: told(other),
    shifts: shifts.map(({ id, name, before, after }) =>
      [id, name, before && before.held, after && after.held, before && before.used,
       after && after.used]),
    moved: moved.map(({ path, before, after }) => [path, number(before), number(after)]),
    reworded, came: came.map(([part, , what]) => [part, what]),
    went: went.map(([part, , what]) => [part, what]),
  };
})"""


def opened(page: Page, system: Any, folder: Path) -> None:
    script = script_of(page_data(system), ROOMS).replace("const chips", "const state = {}, chips")
    path = folder / "system.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>", "utf-8")
    page.goto(path.as_uri())


def agree(there: dict[str, Any], found: Comparison) -> None:
    """Fail where the page and Python tell of other differences."""
    for side, told in ((found.before, there["before"]), (found.after, there["after"])):
        assert told["verdict"] == str(side.result.verdict)
        assert (told["binding"], told["first"]) == (
            side.result.binding.name,
            side.edge.binding.name,
        )
        assert told["users"] == side.edge.users
        assert told["monthly"] == pytest.approx(side.monthly, rel=1e-9, nan_ok=True)
        np.testing.assert_allclose(told["used"], side.result.utilisation, rtol=1e-9)
    shifts = {each.id: (each.name, each.before, each.after) for each in found.shifts}
    assert {each[0]: tuple(each[1:4]) for each in there["shifts"]} == shifts
    wanted = {}
    for each in found.moved:
        numbers = [
            None
            if one is None
            else (float(one.value), one.estimate.low, one.estimate.high)
            for one in (each.before, each.after)
        ]  # fmt: skip
        if numbers[0] != numbers[1]:  # sure of one range or of another is told in no number
            wanted[each.path] = numbers
    here = {path: [one and tuple(one) for one in pair] for path, *pair in there["moved"]}
    assert here == wanted
    assert {tuple(each) for each in there["reworded"]} == {
        (each.path, each.before, each.after) for each in found.reworded
    }
    for told, findings in ((there["came"], found.came), (there["went"], found.went)):
        assert [tuple(each) for each in told] == [(each.part, each.what) for each in findings]


@pytest.mark.parametrize("name", planning.system_names())
def test_two_phases_and_changes_by_hand_as_in_python(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    system = systems[name]
    opened(page, system, tmp_path)
    rng = np.random.default_rng(29)
    phases = [each for _, each in ladder_systems(system)]
    record = page_data(system).record
    paths = [{record["texts"][each[0]] for each in phase["inputs"]} for phase in record["phases"]]
    last, middle = len(phases) - 1, len(phases) // 2
    pairs = [(0, last), (last, 0), *((i, i + 1) for i in range(last)), (0, 0)]
    asks = [([i, []], [j, []], float(10 ** rng.integers(1, 6))) for i, j in pairs]
    wanted = [
        compare(phases[i], phases[j], ask[2]) for (i, j), ask in zip(pairs, asks, strict=True)
    ]
    moves = random_moves(phases[middle], rng, 5)
    moves = {path: value for path, value in moves.items() if path in paths[middle]}
    mine = moved_systems(system, middle, moves)[middle][1]
    asks.append(([middle, []], [middle, list(moves.items())], 5000.0))
    wanted.append(compare(phases[middle], mine, 5000.0))
    found = page.evaluate(COMPARE, asks)
    for there, python in zip(found, wanted, strict=True):
        agree(there, python)
    assert any(there["shifts"] for there in found)
    assert not found[len(pairs) - 1]["moved"]


@pytest.fixture
def shop(page: Page, systems: Any, tmp_path: Path) -> Page:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri() + "#users=500&tab=compare")
    expect(page.locator("#compare tbody tr")).to_have_count(4)
    return page


def test_without_changes_two_phases_stand_side_by_side(shop: Page, systems: Any) -> None:
    expect(shop.locator("#side-0")).to_have_value("0")
    expect(shop.locator("#side-1")).to_have_value("4")
    expect(shop.locator("#compare .lead")).to_have_text(
        re.compile(
            "“today” does not hold 500 users; “Phase 4: scale” has room for 500 users, but "
            r".+\. From 28 users to 6,300 users: 225 times as many\."
        )
    )
    system = systems["ten_thousand_users"]
    steps = [each for _, each in ladder_systems(system)]
    shop.locator("#side-0").select_option("1")
    shop.locator("#side-1").select_option("2")
    python = compare(steps[1], steps[2], 500.0)
    row = shop.locator("#compare tbody tr").nth(1)
    for side in (python.before, python.after):
        expect(row).to_contain_text(f"{side.edge.users:,.0f} users")
    assert not math.isclose(python.before.edge.users, python.after.edge.users)
    expect(shop.locator("#differ .lead")).to_contain_text("what the file says in words")
    # The address knows the two.
    shop.reload()
    expect(shop.locator("#side-0")).to_have_value("1")
    expect(shop.locator("#side-1")).to_have_value("2")


def test_a_system_without_phases_says_what_to_do(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(parse_system(SHOP)), encoding="utf-8")
    page.goto(path.as_uri() + "#tab=compare")
    expect(page.locator("#compare .lead")).to_contain_text("nothing to compare with yet")
    expect(page.locator("#compare select:visible, #shifts:visible, #differ:visible")).to_have_count(
        0
    )
    page.get_by_role("tab", name="Upgrades").click()
    expect(page.locator("#phases .lead")).to_contain_text("The file has no phases")
    expect(page.locator("#phases tbody tr")).to_have_count(1)
    expect(page.locator("#phases tbody tr")).to_contain_text("987 users")
    expect(page.locator("#steps")).to_be_hidden()
    # What it says to do leads to a comparison.
    page.locator("#inputs details").evaluate_all("all => all.forEach((each) => (each.open = true))")
    page.get_by_label("Time a query holds a database connection").and_(
        page.locator("input[type=text]")
    ).fill("50 ms")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#side-1")).to_have_value("mine")
    expect(page.locator("#differ li")).to_contain_text("20 ms → 50 ms (set by hand)")
    expect(page.locator("#shifts")).to_be_visible()


def test_a_system_without_phases_leads_to_another_system(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(parse_system(SHOP), beside="compare?from=shop"), encoding="utf-8")
    page.goto(path.as_uri() + "#users=500&tab=compare")
    way = page.get_by_role("link", name="Compare the file with another system")
    expect(way).to_be_visible()
    expect(way).to_have_attribute("href", "compare?from=shop&users=500")
    expect(page.locator("#compare select:visible")).to_have_count(0)


def test_mine_is_compared_with_the_file(shop: Page) -> None:
    shop.get_by_label("Time a query holds a database connection").and_(
        shop.locator("input[type=text]")
    ).fill("50 ms")
    shop.keyboard.press("Enter")
    expect(shop.locator("#side-1")).to_have_value("mine")
    expect(shop.locator("#side-0")).to_have_value("0")
    expect(shop.locator("#compare .lead")).to_have_text(
        "Neither holds 500 users. From 28 users to 149 users: 5.3 times as many."
    )
    expect(shop.locator("#shifts .lead")).to_contain_text("More room: ")
    expect(shop.locator("#differ li")).to_contain_text("500 ms → 50 ms (set by hand)")
    shop.locator("#side-1").select_option("0")
    expect(shop.locator("#compare .lead")).to_contain_text("Both hold 28 users at most")
    expect(shop.locator("#differ .lead")).to_contain_text("Nothing")
    shop.locator("#side-1").select_option("mine")
    # What is not there any more is no longer compared.
    shop.locator(".chip").click()
    expect(shop.locator("#side-1")).to_have_value("4")
