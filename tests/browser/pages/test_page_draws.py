"""How sure, as a page draws it and as Python does: the same draws, the same chances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import planning
from planning.models.uncertainty.points import sobol
from planning.page.data import page_data
from planning.page.document import page_html, script_of
from planning.page.draws import COUNT, SEED
from planning.questions.capacity import capacity
from planning.questions.doubts import doubts, draws_of
from planning.questions.drawn import DrawnSystem
from planning.questions.load import parse_system
from planning.system.patches import ladder_systems

DRAWS = 10_000
SIGMAS = 4.0
SPREAD = 1e-3  # of a distribution, that a table may be off

ASK = """([phase, users, moves]) => {
  const edge = capacity(new Machine(phase, new Map(moves)));
  const sampling = new Sampling(phase, new Map(moves), users, edge.users), values = [];
  const put = sampling.put.bind(sampling);
  sampling.put = (index) => {
    put(index);
    values.push(sampling.doubted.map(([, slot]) => sampling.machine.values[slot]));
  };
  while (sampling.step());
  const found = sampling.found(), held = [0.1, 0.5, 0.9].map(found.at);
  const finite = held.map((each) => (each === Infinity ? 1e300 : each));
  return { values, held: finite, chance: found.chance, first: found.first, refused: found.refused };
}"""


def opened(page: Page, data: Any, folder: Path) -> None:
    script = script_of(data, ("engine/show.js", "engine/engine.js", "engine/draws.js"))
    path = folder / "system.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())


def error_of(chance: float) -> float:
    """Return the Monte-Carlo error that two samples of one chance may differ by. [fraction]"""
    spread = chance * (1 - chance)
    return SIGMAS * float(np.sqrt(spread / DRAWS + spread / COUNT)) + 1 / COUNT


@pytest.mark.parametrize("name", planning.system_names())
def test_chance_capacity_and_what_fails_first_are_those_of_python(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    opened(page, page_data(systems[name]), tmp_path)
    climbed = [system for _, system in ladder_systems(systems[name])]
    for index in (0, len(climbed) - 1):
        system = climbed[index]
        point = capacity(system).users
        users = float(np.clip(point, 1, 1e4))
        there = page.evaluate(ASK, [index, users, []])
        here = planning.sample(system, n=DRAWS, seed=3, users=users)
        assert abs(there["chance"] - here.probability) <= error_of(here.probability)
        for level, held in zip((0.1, 0.5, 0.9), there["held"], strict=True):
            # Many draws may share a capacity: its level lies between those below and those up to.
            below = float(np.mean(here.capacity < held))
            upto = float(np.mean(here.capacity <= held))
            assert below - error_of(below) <= level <= upto + error_of(upto), (index, level, held)
        shares = {each.name: each.share for each in here.breaks_first}
        for words, share in there["first"]:
            known = shares.get({"nothing is ever full": "nothing binds"}.get(words, words), 0.0)
            assert abs(share - known) <= error_of(max(known, share)), (index, words)
        assert sum(share for _, share in there["first"]) == pytest.approx(1.0)


TOGETHER = """
title: Two that go together
workload:
  users: 100
  target: 1000
  activities:
    page:
      interval: {value: 10 s, low: 5 s, high: 20 s}
      cpu_time: {value: 20 ms, low: 10 ms, high: 60 ms, shape: normal}
parts:
  app:
    kind: service
    processes: {value: 2, low: 1, high: 6}
    cores: {value: 2 cores, low: 1 core, high: 4 cores, shape: uniform}
together:
- inputs: [workload.activities.page.interval, workload.activities.page.cpu_time]
  rank_correlation: -0.7
"""


@pytest.mark.parametrize("moved", [False, True])
def test_draws_are_those_of_python(page: Page, tmp_path: Path, moved: bool) -> None:
    system = parse_system(TOGETHER)
    data = page_data(system)
    opened(page, data, tmp_path)
    needed = DrawnSystem.of(system, 100.0).program.inputs
    found = {path: each for path, each in doubts(system).items() if path in needed}
    assert {each.shape for each in found.values()} >= {"normal", "uniform"}
    moves = [["workload.activities.page.interval", 8.0]] if moved else []
    values = np.array(page.evaluate(ASK, [0, 100.0, moves])["values"])
    points = sobol(COUNT, len(found), np.random.default_rng(SEED))
    draws = draws_of(system, found, points)
    if moved:  # what is known is not drawn, and what went with it keeps its draws
        draws.pop("workload.activities.page.interval")
    wanted = np.array(list(draws.values())).T
    spread = np.quantile(wanted, 0.95, axis=0) - np.quantile(wanted, 0.05, axis=0)
    assert values.shape == wanted.shape
    assert np.max(np.abs(values - wanted) / spread) < SPREAD


def test_the_page_says_how_sure_it_is_and_asks_again_after_a_move(
    page: Page, systems: Any, lookout: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri())
    # A few while nobody looks at them, all for who does.
    expect(page.locator(".confidence")).to_contain_text("No draw of 256 holds 10,000 users")
    page.get_by_role("tab", name="How sure").click()
    expect(page.locator(".confidence")).to_contain_text("No draw of 2,048 holds 10,000 users")
    box = page.locator("#verdict input[type=text]")
    box.fill("28")
    box.press("Enter")
    expect(page.locator(".confidence")).to_contain_text(" % of 2,048 draws hold 28 users; 8 of 10")
    picture = page.locator("#spread svg[role=img]")
    expect(picture).to_be_visible()
    assert "of the draws hold the 28 users asked about" in str(picture.get_attribute("aria-label"))
    expect(page.locator("#first .row")).not_to_have_count(0)
    expect(page.locator("#sure")).not_to_have_attribute("aria-busy", "true")


def test_paper_and_pictures_have_all_draws(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(parse_system(TOGETHER)), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator(".confidence")).to_contain_text("256")
    page.get_by_role("button", name="Save and share").click()
    # At once: whoever prints or saves from here waits for nothing.
    assert "2,048 draws" in page.locator(".confidence").inner_text()
    assert "2,048 draws" in str(page.locator("#drawn .lead").text_content())


def test_a_spread_tells_of_the_never_full_before_all_others(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(parse_system(TOGETHER)), encoding="utf-8")
    page.goto(path.as_uri())
    told = """(taken) => {
      const found = { taken: taken.map(Number), count: 4, refused: 4 - taken.length, chance: 0.5 };
      spreadChart(spread, found, 5, 7);
      return spread.words.textContent;
    }"""
    ends = {
        ("7", "7", "Infinity", "Infinity"): "; 50 % of the draws are never full; "
        "all others hold 7 users.",
        ("7", "7", "7"): "; each that can be computed holds 7 users.",
        ("7", "7", "Infinity"): "; 25 % of the draws are never full; "
        "all others that can be computed hold 7 users.",
        ("7", "7", "7", "7"): "; each holds 7 users.",
    }
    for taken, words in ends.items():
        assert page.evaluate(told, taken).endswith(words)
