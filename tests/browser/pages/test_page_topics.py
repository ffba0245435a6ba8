"""Connections, streaming and gifts: the page has the numbers that Python has, at any inputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_page_agrees import TRACES, opened, random_moves

import planning
from planning.numbers.nodes import value_at
from planning.page.data import page_data, program_of
from planning.page.document import page_html
from planning.page.topics import ladders, topics_record
from planning.questions.assess import assess
from planning.system.patches import ladder_systems

ROWS = """const rowsOf = (topics) => [
  ...topics.connections.flatMap(([, terms]) => terms.flatMap(([, ...slots]) => slots)),
  ...topics.inUse.flatMap(([, ...slots]) => slots), ...topics.waits.map(([, slot]) => slot),
  ...topics.streaming.flatMap(({ slots }) => slots),
  ...topics.gifts.flatMap(({ gifts, held, row }) => [gifts, held, ...row.slice(1)]),
];"""
ASK = f"""(asks) => {{
  {ROWS}
  return asks.map(([phase, moves, users]) => {{
    try {{
      const machine = new Machine(phase, new Map(moves)), values = machine.at(users);
      return rowsOf(machine.phase.topics).map((slot) => (slot < 0 ? null : values[slot]));
    }} catch (error) {{ return null; }}
  }});
}}"""


def here(system: Any, users: float) -> list[float | None]:
    """Return the same numbers, from a fresh assessment."""
    result = assess(system, users)
    nodes = program_of(result).nodes
    found = topics_record(result, {id(node): slot for slot, node in enumerate(nodes)})
    slots = [
        *(slot for _, terms in found["connections"] for _, *slots in terms for slot in slots),
        *(slot for _, *slots in found["inUse"] for slot in slots),
        *(slot for _, slot in found["waits"]),
        *(slot for each in found["streaming"] for slot in each["slots"]),
        *(
            slot
            for each in found["gifts"]
            for slot in (each["gifts"], each["held"], *each["row"][1:])
        ),
    ]
    return [None if slot < 0 else value_at(nodes[slot]) for slot in slots]


@pytest.mark.parametrize("name", planning.system_names())
def test_every_phase_at_random_inputs_and_users(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    opened(page, systems[name], tmp_path)
    rng, asks = np.random.default_rng(61), []
    climbed = [system for _, system in ladder_systems(systems[name])]
    for index, system in enumerate(climbed):
        for users in (0.0, *np.round(10 ** rng.uniform(0, 6, 3)).tolist()):
            asks.append((index, random_moves(system, rng, 5), users))
    found = page.evaluate(ASK, [[i, list(moves.items()), users] for i, moves, users in asks])
    compared = 0
    for (index, moves, users), there in zip(asks, found, strict=True):
        try:
            expected = here(climbed[index].at(moves), users)
        except ValueError:  # refused by the file's own rules or by a formula: tested elsewhere
            continue
        assert there is not None
        assert [each is None for each in there] == [each is None for each in expected]
        pairs = [pair for pair in zip(there, expected, strict=True) if pair[1] is not None]
        np.testing.assert_allclose(*zip(*pairs, strict=True), rtol=1e-9, err_msg=str(moves))
        compared += len(pairs)
    assert compared > 3 * len(asks)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_every_kind_of_part_has_its_topics(path: Path) -> None:
    record = page_data(planning.load_system(path)).record
    for phase in record["phases"]:
        assert set(phase["topics"]) == {"connections", "inUse", "waits", "streaming", "gifts"}


def test_who_holds_a_limit_adds_up_to_its_load(systems: Any) -> None:
    compared = 0
    for name in planning.system_names():
        result = assess(systems[name], 3000.0)
        nodes = program_of(result).nodes
        slots = {id(node): slot for slot, node in enumerate(nodes)}
        for place, terms in topics_record(result, slots)["connections"]:
            held = sum(value_at(nodes[slot]) for _, slot, *_ in terms)
            assert held == pytest.approx(value_at(result.constraints[place].load))
            compared += 1
    assert compared >= 8


def test_another_quality_is_another_bitrate(page: Page, systems: Any, tmp_path: Path) -> None:
    system = systems["live_stream_limits"]
    path = tmp_path / "page.html"
    path.write_text(page_html(system), encoding="utf-8")
    page.goto(f"{path.as_uri()}#users=4000&tab=streaming")
    rows = page.locator("#egress tbody tr")
    title, pictures = ladders()["livekit"]
    # Who looks it up keeps the page and its moves.
    way = page.get_by_role("link", name=title)
    expect(way).to_have_attribute("target", "_blank")
    expect(way).to_have_attribute("rel", "noopener noreferrer")
    assert len(pictures) == 6
    expect(rows).to_have_count(7)
    for name, bits, _ in pictures:
        moved = system.at({"parts.media.bitrate": bits})
        result = assess(moved, 4000.0)
        told = {node.name: value_at(node) for node in result.traffic}
        bill = sum(
            value_at(node) for key, node in result.monthly.items() if key.startswith("media ")
        )
        found = page.evaluate(f"inQuality(DATA.phases[0].topics.streaming[0], {bits})")
        assert found["hour"] == pytest.approx(told["video per hour"], rel=1e-9)
        assert found["price"] == pytest.approx(told["price of that hour"], rel=1e-9)
        assert found["month"] == pytest.approx(bill, rel=1e-9)
        expect(rows.filter(has_text=re.compile(f"^{name}"))).to_have_count(1)


def test_only_the_topics_of_a_system_have_tabs(page: Page, systems: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["live_stream_limits"]), encoding="utf-8")
    page.goto(path.as_uri())
    for name, words in (
        ("Connections", "feed"), ("Streaming", "720p"), ("Gifts", "one row carries 66.2")
    ):  # fmt: skip
        page.get_by_role("tab", name=name).click()
        expect(page.locator("[role=tabpanel]:visible")).to_contain_text(words)
    # A hot row's line is read by key.
    probe = page.get_by_label("Gifts per second to one row")
    probe.focus()
    probe.press("End")
    expect(page.locator("#crowded .readout")).to_contain_text("hold 61.5 connections")
    path.write_text(page_html(systems["hundred_events"]), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.get_by_role("tab", name="Connections")).to_have_count(1)
    expect(page.get_by_role("tab", name="Gifts")).to_have_count(0)
    expect(page.get_by_role("tab", name="Streaming")).to_have_count(0)
