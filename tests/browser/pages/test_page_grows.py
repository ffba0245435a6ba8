"""When it runs out as users grow, as a page counts it and as `planning runway` does."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_page_agrees import TRACES, random_moves

import planning
from planning.page.data import page_data
from planning.page.document import page_html, script_of
from planning.questions.growth.demand import demand_of, with_growth
from planning.questions.growth.runway import HORIZON, runway
from planning.questions.load import parse_system
from planning.system.patches import ladder_systems

ASK = """(asks) => asks.map(([phase, moves, users, rate]) => {
  const course = courseOf(DATA.growth, users, rate), machine = new Machine(phase, new Map(moves));
  const growing = new Growing(machine, course);
  while (!growing.done) growing.step();
  const { constraints } = growing.machine.phase, lasts = growing.lasts();
  const days = [...growing.days].map(String), order = growing.order().map((i) => constraints[i].id);
  return { days, order, lasts: String(lasts.day), first: constraints[lasts.first]?.id ?? null };
})"""
PROGRAMS = sorted((Path(__file__).parent.parent.parent / "programs").glob("*.yaml"))


def opened(page: Page, system: Any, folder: Path) -> None:
    """Open a page that computes the trajectories of a system and shows nothing."""
    script = script_of(
        page_data(system), ("engine/show.js", "engine/engine.js", "engine/trajectory.js")
    )
    path = folder / "system.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())


def days_of(words: list[str]) -> list[float]:
    """Read days as JavaScript writes them."""
    return [float(each.replace("Infinity", "inf")) for each in words]


def compare(system: Any, users: float, rate: float | None, there: dict[str, Any]) -> int:
    """Fail where the page gives another day; return how many limits pass within the horizon."""
    changes = {} if rate is None else {"rate": f"{rate * 100!r} %/month"}
    # One phase by itself: the later ones are asked in turn.
    alone = system.model_copy(update={"phases": []})
    grown = with_growth(alone.at({"workload.users": users}), **changes)
    found = runway(grown, ladder=[("today", grown)])
    ids = [each.constraint.id for each in found.limits]
    here = {each.constraint.id: each.p50 for each in found.limits}
    (phase,) = found.phases
    assert there["order"] == ids
    # In the page, limits come as the system has them.
    days = dict(zip(sorted_ids(system, users), days_of(there["days"]), strict=True))
    assert days == pytest.approx(here, nan_ok=True)
    assert days_of([there["lasts"]]) == pytest.approx([phase.p50], nan_ok=True)
    assert there["first"] == (None if phase.first is None else phase.first.id)
    return sum(0 < day < np.inf for day in here.values())


def sorted_ids(system: Any, users: float) -> list[str]:
    return [each.id for each in planning.assess(system, users).constraints]


@pytest.mark.parametrize("name", planning.system_names())
def test_every_phase_at_random_rates_users_and_inputs(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    opened(page, systems[name], tmp_path)
    rng, asks = np.random.default_rng(41), []
    climbed = [system for _, system in ladder_systems(systems[name])]
    for index, system in enumerate(climbed):
        for users in np.round(10 ** rng.uniform(0, 4.5, 3)).tolist():
            rate = float(np.round(rng.choice([-0.1, 0.0, *rng.uniform(0.01, 0.6, 4)]), 3))
            moves = random_moves(system, rng, 4) if rng.random() < 0.6 else {}
            asks.append((index, moves, users, rate))
    found = page.evaluate(ASK, [[i, list(moves.items()), *rest] for i, moves, *rest in asks])
    compared = passed = 0
    for (index, moves, users, rate), there in zip(asks, found, strict=True):
        try:
            moved = climbed[index].at(moves)
        except ValueError:  # a move that the file's own rules refuse is tested elsewhere
            continue
        passed += compare(moved, users, rate, there)
        compared += 1
    assert compared > len(asks) * 2 / 3
    assert passed > 10


@pytest.mark.parametrize("path", [*TRACES, *PROGRAMS], ids=lambda path: path.stem)
def test_every_kind_of_part(page: Page, path: Path, tmp_path: Path) -> None:
    system = planning.load_system(path)
    if not any(each.technical for each in planning.assess(system, 10).constraints):
        with pytest.raises(ValueError, match="nothing in it limits users"):
            runway(with_growth(system, rate="10 %/month"))
        return
    opened(page, system, tmp_path)
    asks = [(40.0, 0.12), (2000.0, 0.03), (300.0, -0.05)]
    found = page.evaluate(ASK, [[0, [], users, rate] for users, rate in asks])
    for (users, rate), there in zip(asks, found, strict=True):
        compare(system, users, rate, there)


# Rows of a week, of ninety days and for ever: what is kept grows with the area under the users.
ROWS = """
title: Rows
workload: {users: 100, target: 1000, activities: {buy: {interval: 60 s, cpu_time: 5 ms}}}
parts:
  app: {kind: service, processes: 4, cores: 4}
  database: {kind: database, max_connections: 100, cores: 4}
  store:
    kind: storage
    disk: 200 GB
    tables:
      kept: {interval: 60 s, payload: 500 B}
      weekly: {interval: 3 s, payload: 500 B, retention: 70 days}
"""
PLANNED = """
growth:
  start: 2026-12-01
  rate: 4 %/month
  ceiling: 9000 users
  target: [{date: 2027-06-01, users: 900}, {date: 2028-06-01, users: 2500}]
  events:
  - {name: television, date: 2027-03-01, factor: 3}
  - {name: sale, date: 2028-11-20, duration: 5 days, users: 4000}
"""


def shop(more: str = "") -> Any:
    return parse_system(
        "title: Shop\nworkload: {users: 300, target: 1000, activities: {buy: {interval: 20 s, "
        "cpu_time: 40 ms}}}\nparts: {app: {kind: service, processes: 4, cores: 4}}\n" + more
    )


def test_what_is_kept_is_the_area_under_the_course(page: Page, tmp_path: Path) -> None:
    system = parse_system(ROWS)
    opened(page, system, tmp_path)
    phases = page.evaluate("DATA.phases[0].accruals.map(([, , stays]) => stays >= 0)")
    assert sorted(phases) == [False, True]
    asks = [(100.0, 0.15), (900.0, 0.0), (30.0, 0.4)]
    found = page.evaluate(ASK, [[0, [], users, rate] for users, rate in asks])
    passed = [
        compare(system, users, rate, there)
        for (users, rate), there in zip(asks, found, strict=True)
    ]
    # Without any growth the disk fills all the same.
    assert passed[1] == 0, passed
    assert page.evaluate("KEPT.size") == 0


def test_a_plan_a_ceiling_and_events_are_followed_as_in_python(page: Page, tmp_path: Path) -> None:
    system = shop(PLANNED)
    opened(page, system, tmp_path)
    course = page.evaluate("[...courseOf(DATA.growth, 300, 0.04).users]")
    expected = demand_of(system, HORIZON).courses[0]
    np.testing.assert_allclose(course, expected, rtol=1e-12)
    assert np.argmax(expected) == (dt.date(2028, 11, 20) - dt.date(2026, 12, 1)).days
    (found,) = page.evaluate(ASK, [[0, [], 300.0, 0.04]])
    compare(system, 300.0, 0.04, found)


def test_a_plan_without_a_rate(page: Page, tmp_path: Path) -> None:
    system = shop(
        "growth: {start: 2026-12-01, target: [{date: 2027-06-01, users: 200}, "
        "{date: 2028-06-01, users: 2500}]}"
    )
    opened(page, system, tmp_path)
    assert page.evaluate("DATA.growth.rate") is None
    course = page.evaluate("[...courseOf(DATA.growth, 300, null).users]")
    np.testing.assert_allclose(course, demand_of(system, HORIZON).courses[0], rtol=1e-12)


def test_what_the_page_does_not_follow_is_named() -> None:
    record = page_data(
        shop(
            "growth: {rate: 5 %/month, history: users.csv, target: [{date: 2027-06-01, users: 9}]}"
        )
    ).record["growth"]
    assert record["left"][0] == "the history users.csv"
    assert "target curve" in record["left"][1]
    assert record["curve"] == []
    assert record["stated"].startswith("5 %/month")


def test_a_rate_is_typed_and_each_limit_has_its_month(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri())
    page.get_by_role("tab", name="Growth").click()
    rows = page.locator("#passed .bars .row:not(.axis)")
    expect(rows.first).to_contain_text("past already")
    expect(rows.filter(has_text="app cpu")).to_contain_text("in 59 days")
    expect(page.locator("#growing")).to_contain_text("assumed: the file says nothing of growth")
    box = page.locator("#rate-typed")
    box.fill("0 %")
    box.press("Enter")
    expect(rows.filter(has_text="app cpu")).to_have_count(0)
    expect(page.locator("#passed summary")).to_contain_text("not passed within 36 months")
    box.fill("20 %/month")
    box.press("Enter")
    page.locator("#since").fill("2027-01-01")
    found = runway(
        with_growth(systems["ten_thousand_users"], rate="20 %/month"), start=dt.date(2027, 1, 1)
    )
    (cpu,) = (each for each in found.limits if each.constraint.id == "app.cpu")
    date = found.date(cpu.p50)
    assert date is not None
    expect(rows.filter(has_text="app cpu")).to_contain_text(f"{date:%B %Y}")
    expect(page).to_have_url(re.compile("rate=0.2&since=2027-01-01"))
    page.reload()
    expect(rows.filter(has_text="app cpu")).to_contain_text(f"{date:%B %Y}")


def shown(page: Page, system: Any, folder: Path, asked: str) -> None:
    path = folder / "page.html"
    path.write_text(page_html(system), encoding="utf-8")
    page.goto(f"{path.as_uri()}#tab=growth{asked}")


def test_how_long_a_phase_lasts_is_a_span(page: Page, systems: Any, tmp_path: Path) -> None:
    shown(page, systems["ten_thousand_users"], tmp_path, "&rate=0.2")
    rows = page.locator("#lasting tbody tr")
    expect(rows.first).to_contain_text("not at all: past already")
    lasts = page.evaluate("grows.made.map((each) => each.lasts().day / DATA.growth.daysAMonth)")
    some = next(i for i, each in enumerate(lasts) if 2 < each < np.inf)
    cell = rows.nth(some).locator("td[data-label=lasts]")
    expect(cell).to_have_text(re.compile(r"^[\d.]+ months$"))
    found = float(cell.inner_text().split()[0])
    assert found == pytest.approx(lasts[some], rel=0.05)
    span = cell.inner_text()
    page.locator("#since").fill("2027-01-01")
    expect(cell).to_have_text(re.compile(rf"^{re.escape(span)}, until \w+ 20\d\d$"))
    page.locator("#rate-typed").fill("0 %")
    page.keyboard.press("Enter")
    months = round(HORIZON / page.evaluate("DATA.growth.daysAMonth"))
    expect(rows.last.locator("td[data-label=lasts]")).to_have_text(f"longer than {months} months")


def test_a_first_day_that_was_cleared_stays_cleared(page: Page, tmp_path: Path) -> None:
    shown(page, shop(PLANNED), tmp_path, "")
    expect(page.locator("#since")).to_have_value("2026-12-01")
    page.locator("#since").fill("")
    expect(page).to_have_url(re.compile("since=$"))
    page.reload()
    expect(page.locator("#growing")).to_contain_text("May be used")
    expect(page.locator("#since")).to_have_value("")
    expect(page.locator(".chip")).to_contain_text("First day: 1 Dec 2026 → none")


def test_a_growth_that_cannot_be_followed_leaves_nothing_waiting_or_old(
    page: Page, tmp_path: Path
) -> None:
    shown(page, shop(PLANNED), tmp_path, "")
    cards = [page.locator(each) for each in ("#course", "#passed", "#lasting")]
    expect(cards[0].locator("svg.curve")).to_be_visible()
    # Another rate is still being followed when the users of the first day are too many.
    page.evaluate("state.rate = 0.07; growOn(); state.today = 10000; growOn()")
    expect(page.locator("#growing .lead")).to_contain_text("the ceiling of 9,000 users is below")
    # Paper has the same: no old numbers.
    page.get_by_role("tab", name="Verdict").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.get_by_role("tab", name="Growth").click()
    expect(page.locator("#growing .lead")).to_contain_text("the ceiling of 9,000 users is below")
    for each in cards:
        expect(each).not_to_have_attribute("aria-busy", "true")
        expect(each.locator(".lead")).to_have_text("Not known, for the reason above.")
        expect(each.locator(".body")).to_be_empty()
    page.locator("#today-typed").fill("300")
    page.keyboard.press("Enter")
    expect(cards[0].locator("svg.curve")).to_be_visible()


def test_a_course_is_read_by_key(page: Page, systems: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(f"{path.as_uri()}#tab=growth")
    probe = page.get_by_label("Time along the course of users")
    probe.focus()
    probe.press("Home")
    words = "On the first day: 500 users; Phase 1 holds them."
    expect(page.locator("#course .readout")).to_have_text(words)
    expect(probe).to_have_attribute("aria-valuetext", words)
    probe.press("End")
    expect(page.locator("#course .readout")).to_contain_text("no phase holds them")
