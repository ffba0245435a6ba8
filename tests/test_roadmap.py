"""The roadmap shows the schedule that the command prints, and follows its sliders."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from planning.numbers.nodes import value_at
from planning.present import plan_words as words
from planning.present import roadmap_charts as charts
from planning.present.roadmap import MONTHS, Roadmap, roadmap
from planning.present.roadmap_views import details_html, headline_html
from planning.questions.capacity import capacity
from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.plan import plan

NAME, START = "ten_thousand_users", dt.date(2027, 1, 1)


@pytest.fixture(scope="module")
def shown():
    return Roadmap(NAME, users=2000, start=START)


def expected(systems, target=2000, **options):
    system = systems[NAME]
    return plan(system, ramp(START, value_at(system.workload.users), target, 24, 12), **options)


def test_it_starts_with_what_the_command_finds(shown, systems):
    found = expected(systems)
    assert shown.found.places == found.places
    assert words.headline(found) in headline_html(shown.found).replace("&#x27;", "'")


def test_the_charts_hold_the_schedule(shown):
    found = shown.found
    months, steps = charts.month_columns(found), charts.step_columns(found)
    held = [capacity(found.choices.system_of(place)).users for place in found.places]
    np.testing.assert_array_equal(months["held"], held)
    np.testing.assert_array_equal(months["users"], found.demand.users)
    first = np.datetime64(int(months["date"][0]), "ms").astype("datetime64[D]")
    assert first == np.datetime64(START)
    assert steps["bought"] == [", ".join(c.name for c in step.added) for step in found.steps]
    bill = charts.bill_columns(found)
    assert bill["end"][:-1] == bill["date"][1:]
    np.testing.assert_array_equal(bill["monthly"], found.monthly)
    assert len(bill["date"]) == MONTHS


def test_every_step_says_why(shown):
    page = details_html(shown.found)
    assert page.count("<details>") == len(shown.found.steps) >= 2
    assert "holds 28 users → 741 users" in page
    assert words.OFFER_HEAD[2] in page


def test_a_moved_slider_asks_the_same_sets_again(systems):
    shown = Roadmap(NAME, users=2000, start=START)
    grid = shown.found.grid
    shown._spare.move_to(0.0)
    shown._reached.value = 6
    shown.update()
    assert shown._note.value == ""
    assert shown.found.grid is grid
    assert shown.found.headroom == 0.0
    assert shown.found.demand.users[6] == pytest.approx(2000)
    shown._budget.move_to(100.0)
    shown.update()
    assert shown.found.budget < 250
    unheld = {each.month for each in shown.found.unheld}
    held = [month for month in range(MONTHS) if month not in unheld]
    assert held
    assert shown.found.monthly[held].max() <= shown.found.budget
    assert words.headline(shown.found) in shown._head.value


def test_trouble_is_shown_and_not_swallowed(shown, monkeypatch):
    def broken(self):
        raise ValueError("no such set")

    monkeypatch.setattr(Roadmap, "_schedule", broken)
    shown.update()
    assert "no such set" in shown._note.value


def test_a_system_that_is_not_here_is_told():
    page = roadmap(NAME, missing="nowhere").data
    assert "nowhere" in page
