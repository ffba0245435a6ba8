"""Crowds of any size as a page answers them, and the file's events as Python does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import planning
from planning.numbers.estimate import Estimate
from planning.page.data import page_data
from planning.page.document import page_html, script_of
from planning.page.events import sizes
from planning.page.surges import share_served
from planning.questions.reasons import outcome_words, reasons
from planning.questions.surges import assess_event, event_matrix
from planning.system.patches import apply_changes, ladder_systems
from planning.system.system import Event, Surge

ROOMS = ("engine/show.js", "engine/engine.js", "engine/draws.js", "engine/crowds.js")
ASK = """(asks) => asks.map(([phase, moves, users]) => {
  try { return crowdAt(phase, new Map(moves), users); } catch (error) { return error.message; }
})"""


def at_once(system: Any, users: float, activity: str | None) -> Any:
    size = Estimate(users, "user", source="the question")
    surge = Surge.model_construct(users=size, activity=activity)
    return assess_event(system, Event.model_construct(name="", surge=surge, changes={}))


@pytest.mark.parametrize("name", planning.system_names())
def test_so_many_at_once_are_met_as_in_python(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    data = page_data(systems[name])
    path = tmp_path / "system.html"
    script = script_of(data, ROOMS)
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())
    rng, asks, here = np.random.default_rng(29), [], []
    for index, (_, system) in enumerate(ladder_systems(systems[name])):
        slow = [path for path in system.inputs if path.endswith((".cpu_time", ".query_time"))]
        for users in (1.0, *np.round(10 ** rng.uniform(1, 6, 3)).tolist()):
            moves = {
                each: float(system.inputs[each].estimate.value) * 3
                for each in slow
                if users > 1 and system.inputs[each].estimate.value > 0 and rng.random() < 0.3
            }
            asks.append((index, list(moves.items()), users))
            # The crowd keeps to the activity that is the heaviest in the file.
            here.append(at_once(system.at(moves), users, system.workload.heaviest()))
    assert all(each is not None for each in data.crowds)
    for ask, result, there in zip(asks, here, page.evaluate(ASK, asks), strict=True):
        assert there["verdict"] == result.verdict.name, ask
        np.testing.assert_allclose(there["share"], share_served(result), rtol=1e-9, atol=1e-12)
        decisive = [each for each in result.outcomes if each.verdict is result.verdict]
        words = [f"{each.constraint.name}: {outcome_words(each)}" for each in decisive]
        assert set(there["why"]) <= set(words), (ask, there["why"], words)
        if result.verdict:
            assert set(there["why"]) == set(words), (ask, there["why"], words)


def test_events_are_told_as_python_finds_them(systems: Any) -> None:
    system = systems["hundred_events"]
    events = page_data(system).record["events"]
    matrix = event_matrix(system)
    for phase, results in enumerate(matrix.values()):
        for event, result in zip(events, results, strict=True):
            assert event["name"] == result.event.name
            verdict, share, why, *_ = event["phases"][phase]
            assert (verdict, why) == (result.verdict.name, reasons(result))
            assert share is None or 0 <= share <= 1


EVENTS = """(asks) => asks.map(([place, phase, moves, sizes]) => {
  try { return eventAt(place, phase, new Map(moves), new Map(sizes)); }
  catch (error) { return error.message; }
})"""


def resized(event: Event, factors: dict[str, float]) -> tuple[Event, dict[str, float]]:
    """Return an event with its sizes times some factors, and the new sizes by the page's names."""
    surge, moved = event.surge, {}
    for name, factor in factors.items():
        size = getattr(surge, name)
        value = float(np.clip(size.value * factor, *size.bounds))
        moved[name] = float(round(value)) if size.whole else value
    update = {
        name: replace(getattr(surge, name), value=value, low=None, high=None)
        for name, value in moved.items()
    }
    changed = event.model_copy(update={"surge": surge.model_copy(update=update)})
    return changed, {f"event.{name}": value for name, value in moved.items()}


@pytest.mark.parametrize("name", planning.system_names())
def test_events_follow_moved_inputs_and_sizes_as_in_python(
    page: Page, systems: Any, name: str, tmp_path: Path
) -> None:
    data = page_data(systems[name])
    path = tmp_path / "system.html"
    script = script_of(data, ROOMS)
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())
    rng, asks, here = np.random.default_rng(83), [], []
    for index, (_, system) in enumerate(ladder_systems(systems[name])):
        slow = [path for path in system.inputs if path.endswith((".cpu_time", ".query_time"))]
        for place, event in enumerate(systems[name].events):
            for moved in (False, True):
                moves = {
                    each: float(system.inputs[each].estimate.value) * 3
                    for each in slow
                    if moved and system.inputs[each].estimate.value > 0 and rng.random() < 0.5
                }
                factors = {each: float(rng.choice([0.2, 0.7, 3.0])) for each in sizes(event.surge)}
                asked, new = resized(event, factors if moved else {})
                # The crowd keeps to the activity that is the heaviest in the file.
                changed = apply_changes(system, event.changes) if event.changes else system
                does = event.surge.activity or changed.workload.heaviest()
                surge = asked.surge.model_copy(update={"activity": does})
                asked = asked.model_copy(update={"surge": surge})
                asks.append((place, index, list(moves.items()), list(new.items())))
                here.append(assess_event(system.at(moves), asked))
    compared = 0
    for ask, result, there in zip(asks, here, page.evaluate(EVENTS, asks), strict=True):
        assert there["verdict"] == result.verdict.name, ask
        if result.verdict.name == "UNKNOWN":
            continue
        share = share_served(result)
        np.testing.assert_allclose(there["share"], share, rtol=1e-9, atol=1e-12, err_msg=str(ask))
        assert there["why"] == reasons(result), ask
        worst = {
            each.constraint.remedy for each in result.outcomes if each.verdict is result.verdict
        }
        assert set(there["helps"]) == (worst if result.verdict else set())
        compared += 1
    assert compared > len(asks) * 0.8


def test_the_largest_crowd_that_all_are_served_of(page: Page, systems: Any, tmp_path: Path) -> None:
    system = systems["ten_thousand_users"]
    path = tmp_path / "system.html"
    script = script_of(page_data(system), ROOMS)
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    page.goto(path.as_uri())
    held = page.evaluate("DATA.phases.map((_, i) => String(crowdHeld(i, new Map())))")
    found = 0
    for most, (_, phase) in zip(held, ladder_systems(system), strict=True):
        if most == "Infinity":
            continue
        activity = system.workload.heaviest()
        assert at_once(phase, float(most) + 1, activity).verdict.name != "STABLE"
        if float(most):
            assert at_once(phase, float(most), activity).verdict.name == "STABLE"
        found += 1
    assert found >= 3


def test_an_event_is_looked_into_and_its_size_moved(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(f"{path.as_uri()}#tab=surge")
    rows = page.locator("#events .matrix tbody tr")
    rows.nth(2).get_by_role("button").click()
    expect(page.locator("#events .looked h3")).to_contain_text("10,000 users open a page")
    expect(rows.nth(2).locator("td").first).to_contain_text("CRASH")
    expect(page.locator("#events .mend").first).to_contain_text("To turn it green:")
    # A line for each limit, however its words are punctuated.
    *others, last = page.evaluate("eventCells(2)[0][2]")
    assert others
    lines = [*(f"{each};" for each in others), f"{last}."]
    spans = page.locator("#events .looked li").first.locator(".reason")
    expect(spans).to_have_text([lines[0][0].upper() + lines[0][1:], *lines[1:]])
    box = page.locator("#size-2-users-typed")
    box.fill("1")
    box.press("Enter")
    expect(rows.nth(2).locator("td").first).to_contain_text("STABLE")
    expect(rows.nth(2).locator("th")).to_contain_text("size set by hand")
    expect(page).to_have_url(re.compile("event.2.users=1"))
    page.reload()
    expect(rows.nth(2).locator("td").first).to_contain_text("STABLE")
    expect(page.locator(".trouble")).to_be_hidden()


def test_a_crowd_is_typed_and_the_address_remembers(
    page: Page, systems: Any, lookout: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri())
    page.get_by_role("tab", name="Surge").click()
    box = page.locator("#crowd input[type=text]")
    expect(page.locator("#crowd .lead")).to_contain_text("CRASH")
    for typed, verdict in (("1", "STABLE"), ("3k", "CRASH")):
        box.fill(typed)
        box.press("Enter")
        expect(page.locator("#crowd .lead")).to_contain_text(verdict)
    expect(page.locator("#crowd .lead")).to_contain_text("3,000 users come in the same second")
    expect(page.locator("#events .matrix tbody tr")).to_have_count(3)
    expect(page).to_have_url(re.compile("crowd=3000"))
    page.reload()
    expect(page.locator("#crowd .lead")).to_contain_text("3,000 users come in the same second")
