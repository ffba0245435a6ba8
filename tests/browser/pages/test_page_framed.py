"""A page in a notebook's frame, as the notebook's own part hears it and asks it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from planning.page.document import STATIC, page_html
from planning.page.prose import Book

QUERY = "workload.activities.page.query_time"
KNOWN = {"users", "phase", "tab", "crowd"}
# The kernel's side, with nothing behind it: traits that are set, and who follows them.
NOTEBOOK = """async ([source, page]) => {
  const traits = {
    document: page, title: "Live page", height: 900,
    users: 500, phase: 0, moved: {}, tab: "verdict", crowd: 10000,
  };
  const followers = [];
  Object.assign(window, { heard: [], saved: [] });
  window.model = {
    get: (name) => traits[name],
    set: (name, value) => (traits[name] = value),
    save_changes: () => saved.push(structuredClone({ ...traits, document: "" })),
    on: (_, follow) => followers.push(follow),
    off: () => {},
  };
  window.ask = (changes) => {
    Object.assign(traits, changes);
    followers.forEach((follow) => follow());
  };
  addEventListener("message", ({ data }) => data?.planning && heard.push(data.planning));
  const script = new Blob([source], { type: "text/javascript" });
  const room = await import(URL.createObjectURL(script));
  room.default.render({ model, el: document.body });
}"""


@pytest.fixture
def frame(page: Page, systems: Any) -> FrameLocator:
    """The page of a shipped system in a frame, and the notebook's part around it."""
    document = page_html(systems["ten_thousand_users"], framed=True)
    page.evaluate(NOTEBOOK, [(STATIC / "controls/notebook.js").read_text("utf-8"), document])
    inside = page.frame_locator("iframe")
    expect(inside.locator("h1")).to_contain_text("Holds 500 users?")
    return inside


def typed(frame: FrameLocator, tab: str, box: str, value: str) -> None:
    frame.get_by_role("tab", name=tab, exact=True).click()
    frame.locator(box).fill(value)
    frame.locator(box).press("Enter")


def test_a_notebook_hears_what_it_knows_and_nothing_else(page: Page, frame: FrameLocator) -> None:
    typed(frame, "Growth", "#rate-typed", "20 %/month")
    typed(frame, "Surge", "#size-0-users-typed", "77")
    frame.get_by_role("tab", name="Compare", exact=True).click()
    frame.locator("#side-1").select_option("2")
    # It keeps all of it itself.
    own = re.compile(r"crowd=10000&compare=\d\+2&rate=0.2&event.0.users=77$")
    inside = page.frames[1]
    expect(frame.locator(".chip")).to_have_count(2)
    assert own.search(inside.evaluate("carried()"))
    typed(frame, "Surge", "#crowd-typed", "3k")
    page.wait_for_function("saved.at(-1)?.crowd === 3000")
    inside.evaluate("path => move(path, 0.05)", QUERY)
    page.wait_for_function("'moved' in saved.at(-1) && Object.keys(saved.at(-1).moved).length")
    names = {name for said in page.evaluate("heard") for name, _ in parse_qsl(said)}
    assert names == {*KNOWN, QUERY}
    assert [each["moved"] for each in page.evaluate("saved")][-1] == {QUERY: 0.05}
    assert all(set(each["moved"]) <= {QUERY} for each in page.evaluate("saved"))
    assert page.evaluate("[model.get('tab'), model.get('crowd')]") == ["surge", 3000]


def test_what_a_notebook_asks_is_shown_and_what_it_does_not_know_stays(
    page: Page, frame: FrameLocator
) -> None:
    typed(frame, "Growth", "#rate-typed", "20 %/month")
    page.wait_for_function("saved.at(-1)?.tab === 'growth'")
    page.evaluate("query => ask({ users: 25, tab: 'money', moved: { [query]: 0.05 } })", QUERY)
    expect(frame.locator("h1")).to_have_text(re.compile("^Holds 25 users[?] Yes.*past 149 users"))
    expect(frame.locator("#panel-money")).to_be_visible()
    expect(frame.locator(".chip").last).to_contain_text("Growth of the daily peak: 10 %")
    expect(frame.locator(".trouble")).to_be_hidden()
    asked = {"users": 25, "phase": 0, "tab": "money", "crowd": 10000, QUERY: 0.05}
    inside = page.frames[1]
    assert inside.evaluate("understood()") == urlencode(asked)
    assert inside.evaluate("carried()") == f"{urlencode(asked)}&rate=0.2"


def test_nothing_leads_out_of_a_frame(page: Page, frame: FrameLocator) -> None:
    told = page.frames[1].evaluate("published('A ladder', 'https://example.com/ladder')")
    assert told == "A ladder (https://example.com/ladder)"


def test_the_way_to_a_workbook_takes_along_what_a_workbook_knows(
    page: Page, systems: Any, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    books = [Book("growth", "Growth", "growth.ipynb?system=x")]
    path.write_text(page_html(systems["ten_thousand_users"], books=books), "utf-8")
    asked = f"users=500&phase=1&tab=growth&crowd=9&{QUERY}=0.3"
    own = "compare=0+2&rate=0.2&today=7&since=2027-01-01&event.0.users=77"
    page.goto(f"{path.as_uri()}#{asked}&{own}")
    way = page.get_by_role("link", name="Growth", exact=True)
    expect(way).to_have_attribute("href", f"growth.ipynb?system=x&{asked}")
    expect(page).to_have_url(re.compile("since=2027-01-01&event.0.users=77$"))
