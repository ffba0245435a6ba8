"""Save and share, by hand: what is downloaded says what the page says, and opens again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

import planning
from planning.page.document import page_html
from planning.present.json_records import assessment_record
from planning.present.report import change_words, inputs_hash
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.load import parse_system
from planning.system.patches import ladder_systems, moved_systems
from planning.system.system import System

# A file as people keep it: comments, signs past the first 65,536, Windows lines.
OWN = """\
# Our shop 🛒, kept by the platform team: ask before you change it.
title: Shop 🎁 & friends
workload:
  users: 300 users
  target: 400 users   # 🎯 by spring
  activities:
    page: {interval: {value: 10 s, low: 5 s, high: 20 s, kind: document, source: "plan 📈"}, \
cpu_time: 20 ms}   # the home page
parts:
  app:
    kind: service
    processes: 4      # two machines

    cores:
      value: 2        # from the invoice 🧾
      low: 1
      high: 4
      source: the invoice
costs:
  host: {monthly: $40/month}
phases:
# The first is paid for already.
- name: More cores
  changes: {parts: {app: {cores: 8}}}   # 🚀
"""


@pytest.fixture
def shown(page: Page, tmp_path: Path, lookout: list[str]) -> Callable[..., Page]:
    """Return a function that opens a system's page from disk; any request fails the test."""
    path = tmp_path / "page.html"
    known = (path.as_uri(), "blob:", "data:")
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(known) else lookout.append(asked.url),
    )

    def show(system: System, fragment: str = "", changed: Sequence[str] = ()) -> Page:
        path.write_text(page_html(system, changed=changed), encoding="utf-8")
        page.goto(path.as_uri() + fragment)
        expect(page.locator("h1")).to_contain_text("Holds")
        return page

    return show


def put(page: Page, label: str, value: str) -> None:
    page.locator("#inputs details").evaluate_all("all => all.forEach((each) => (each.open = true))")
    box = page.get_by_label(label, exact=True).and_(page.locator("input[type=text]"))
    box.fill(value)
    box.press("Enter")


def saved(page: Page, button: str) -> bytes:
    """Press a button of the dialog and return what is downloaded."""
    if not page.locator("#share").is_visible():
        page.get_by_role("button", name="Save and share").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#share [role=status]")).to_contain_text("was handed to your browser")
    return Path(waiting.value.path()).read_bytes()


def verdict(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(saved(page, "JSON"))
    return found


def test_a_saved_file_checks_and_has_the_numbers_of_the_page(
    shown: Any, cli: Any, tmp_path: Path
) -> None:
    text = OWN.replace("\n", "\r\n")
    page = shown(parse_system(text, "shop.yaml"))
    put(page, "page: Mean time between two requests of one user, answered or not", "8s")
    put(page, "app: Cores over all hosts, or of one replica", "16 cores")
    words = saved(page, "Save as a system file").decode()
    changed = [
        (old, new)
        for old, new in zip(text.split("\r\n"), words.split("\r\n"), strict=False)
        if old != new
    ]
    assert len(words.split("\r\n")) == len(text.split("\r\n")) - 2  # its range went: 16 > 4 cores
    assert "# Our shop 🛒, kept by the platform team" in words
    assert re.search(r"value: 16 cores {8}# from the invoice 🧾", words)
    assert re.search(r"page: \{interval: \{value: 8 s, low: 5 s, high: 20 s, source: \"set", words)
    assert "(was 2 cores, 1 core to 4 cores, assumed: the invoice)" in words
    assert changed[0][1].rstrip().endswith("# the home page")
    file = tmp_path / "shop_changed.yaml"
    file.write_bytes(words.encode())
    assert cli("check", file).returncode in (0, 10, 20)
    told, found = verdict(page), planning.load_system(file)
    wanted = assessment_record(assess(found, 400.0), capacity(found), "shop")
    assert_same(told, wanted)
    assert [each["value"] for each in told["inputs_changed"]] == [8.0, 16.0]
    assert [each["file"] for each in told["inputs_changed"]] == [10.0, 2.0]


def test_a_saved_file_asks_the_question_of_the_page(shown: Any, cli: Any, tmp_path: Path) -> None:
    page = shown(parse_system(OWN, "shop.yaml"))
    page.locator("#verdict input[type=text]").fill("1,234")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Holds 1,234 users?")
    page.get_by_role("button", name="Save and share").click()
    offer = page.get_by_role("region", name="System file")
    expect(offer).to_contain_text("plans for 1,234 users, as you ask here, in place of 400 users")
    expect(offer).not_to_contain_text("as the file has them")
    words = saved(page, "Save as a system file").decode()
    expect(page.locator("#share [role=status]")).to_contain_text("shop_changed.yaml")
    (line,) = set(words.splitlines()) - set(OWN.splitlines())
    assert re.fullmatch(
        r"  target: \{value: 1234 users, source: \"set by hand on [-\d]+ \(was 400 users, .+\"\}"
        "   # 🎯 by spring",
        line,
    )
    file = tmp_path / "shop_changed.yaml"
    file.write_text(words, encoding="utf-8")
    assert cli("check", file).returncode in (0, 10, 20)
    shown(planning.load_system(file))
    expect(page.locator("h1")).to_contain_text("Holds 1,234 users?")


def test_what_no_saved_file_takes_along_is_said(shown: Any, systems: Any) -> None:
    page = shown(systems["ten_thousand_users"], "#rate=0.2")
    page.get_by_role("button", name="Save and share").click()
    offer = page.get_by_role("region", name="System file")
    expect(offer).to_contain_text(
        "Growth, sizes of events and the crowd stay as the file has them."
    )
    expect(offer).not_to_contain_text("plans for")


def test_a_picture_says_that_something_was_asked_otherwise(shown: Any, systems: Any) -> None:
    page = shown(systems["ten_thousand_users"], "#crowd=77&rate=0.2")
    assert " · 2 asked otherwise than in the file · " in page.evaluate("context()")
    page.get_by_role("button", name="Reset all").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert " · as the file has it · " in page.evaluate("context()")
    page = shown(systems["ten_thousand_users"], changed=["pool: 20 → 64"])
    assert " · made with other numbers than the file’s · " in page.evaluate("context()")


def assert_same(told: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Fail where a page's JSON differs from Python's in what both say."""
    for key, value in wanted.items():
        if key in told and key not in ("title", "phase", "constraints"):
            assert told[key] == (pytest.approx(value, rel=1e-9) if is_number(value) else value), key
    for here, there in zip(told["constraints"], wanted["constraints"], strict=True):
        for key, value in here.items():
            if key == "what_helps":  # in general; Python tells how much of it would do
                continue
            known = there[key]
            assert value == (pytest.approx(known, rel=1e-9) if is_number(known) else known), key


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_a_saved_phase_stands_after_the_one_it_was_made_in(
    shown: Any, cli: Any, systems: Any, tmp_path: Path
) -> None:
    system = systems["ten_thousand_users"]
    page = shown(system, "#phase=1&users=5000&parts.app.pool_size=240")
    page.get_by_role("button", name="Save and share").click()
    page.get_by_label("Phase", exact=True).and_(page.locator("#phase-name")).fill('Pool: "240"')
    words = saved(page, "Save as a phase").decode()
    file = tmp_path / "more.yaml"
    file.write_text(words, encoding="utf-8")
    assert cli("check", file).returncode in (0, 10, 20)
    names = [name for name, _ in ladder_systems(planning.load_system(file))]
    assert names[:3] == ["today", system.phases[0].name, 'Pool: "240"']
    patched = list(ladder_systems(planning.load_system(file)))[2][1]
    record = assessment_record(assess(patched, 5000.0), capacity(patched), "more")
    assert_same(verdict(page), record)
    wanted = moved_systems(system, 1, {"parts.app.pool_size": 240.0})[1][1]
    assert capacity(patched).users == capacity(wanted).users
    page.locator("#phase-name").fill("today")
    page.get_by_role("button", name="Save as a phase").click()
    expect(page.locator("#share [role=status]")).to_contain_text("There is a phase called “today”")


def test_what_was_set_by_the_command_is_in_the_saved_file(shown: Any, systems: Any) -> None:
    system = systems["ten_thousand_users"]
    moved = system.at({"parts.app.pool_size": 64.0})
    page = shown(moved, changed=change_words(system, moved))
    expect(page.locator(".changed")).to_contain_text("20 connections → 64 connections")
    back = parse_system(saved(page, "Save as a system file").decode())
    assert back.inputs["parts.app.pool_size"].value == 64.0
    assert capacity(back).users == capacity(moved).users


def test_a_system_from_no_file_offers_none(shown: Any, systems: Any) -> None:
    made = System.build(
        {
            "title": "Made here",
            "workload": {
                "users": 5,
                "target": 10,
                "activities": {"ask": {"interval": "10 s", "cpu_time": "20 ms"}},
            },
            "parts": {"app": {"kind": "service", "processes": 2, "cores": 2}},
        }
    )
    page = shown(made)
    page.get_by_role("button", name="Save and share").click()
    expect(page.locator("#share")).to_contain_text("made by a program and read from no file")
    expect(page.get_by_role("button", name="Save as a system file")).to_have_count(0)


def test_a_link_and_a_downloaded_page_show_the_same(
    shown: Any, systems: Any, page: Page, tmp_path: Path, lookout: list[str]
) -> None:
    shown(systems["ten_thousand_users"], "#phase=2&users=700&tab=compare&parts.app.pool_size=77")
    asked = page.locator("h1").inner_text()
    page.get_by_role("button", name="Save and share").press("Enter")
    link = page.get_by_label("Link to this page as it is now").input_value()
    assert re.search(r"users=700&phase=2&tab=compare.*parts\.app\.pool_size=77", link)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#share [role=status]")).to_contain_text("copied")
    expect(page.locator("#share")).to_contain_text("works here only")
    copy = tmp_path / "copy.html"
    copy.write_bytes(saved(page, "Download this page"))
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_hidden()
    expect(page.get_by_role("button", name="Save and share")).to_be_focused()
    for address in (link, copy.as_uri()):
        page.goto("about:blank")
        page.goto(address)
        expect(page.locator("h1")).to_have_text(asked)
        expect(page.locator("#tab-compare")).to_have_attribute("aria-selected", "true")
        expect(page.locator(".chip")).to_contain_text("→ 77 connections")
    # A copy of a copy is one as well, and its policy still allows its script alone.
    page.locator(".chip").click()
    again = tmp_path / "again.html"
    again.write_bytes(saved(page, "Download this page"))
    page.goto(again.as_uri())
    expect(page.locator(".changes")).to_contain_text("All as the file has it")
    expect(page.locator("h1")).to_contain_text("Holds 700 users?")
    lookout[:] = [each for each in lookout if "copy.html" not in each and "again" not in each]


def test_numbers_for_programs_and_spreadsheets(shown: Any, systems: Any) -> None:
    page = shown(systems["ten_thousand_users"], "#users=300&parts.app.pool_size=40")
    told = verdict(page)
    moved = systems["ten_thousand_users"].at({"parts.app.pool_size": 40.0})
    result, edge = assess(moved, 300.0), capacity(moved)
    assert_same(told, assessment_record(result, edge, "ten_thousand_users"))
    assert told["inputs_hash"] == inputs_hash(systems["ten_thousand_users"])
    assert told["planning"] == planning.__version__
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    about = {row["name"]: row["value"] for row in rows if row["what"] == "about"}
    assert (about["users"], float(about["capacity"])) == ("300", edge.users)
    limits = [row for row in rows if row["what"] == "limit"]
    assert [row["id"] for row in limits] == [item.id for item in result.constraints]
    assert [float(row["used"]) for row in limits] == pytest.approx(result.utilisation, rel=1e-9)
    (changed,) = [row for row in rows if row["what"] == "changed input"]
    assert (changed["id"], changed["value"], changed["file_value"]) == (
        "parts.app.pool_size",
        "40",
        "20",
    )


def test_a_name_that_is_a_formula_stays_text_in_a_spreadsheet(shown: Any) -> None:
    hostile = '=HYPERLINK("http://x","y")'
    page = shown(parse_system(OWN.replace("Shop 🎁 & friends", f"'{hostile}'"), "=1.yaml"))
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    assert rows[0]["value"] == f"'{hostile}"


def test_every_chart_is_a_picture(shown: Any, systems: Any) -> None:
    page = shown(systems["ten_thousand_users"])
    expect(page.locator("#sure")).not_to_have_attribute("aria-busy", "true", timeout=20_000)
    expect(page.locator(".confidence")).to_contain_text("draw", timeout=20_000)
    page.get_by_role("button", name="Save and share").click()
    offers = page.locator(".pictures li")
    titles = offers.locator("span").all_inner_texts()
    assert {"What runs out", "As users grow", "What each phase buys"} <= set(titles)
    for title in titles:
        text = saved(page, f"{title} as SVG").decode()
        root = ElementTree.fromstring(text)
        words = " ".join("".join(each.itertext()) for each in root.iter())
        assert title in words
        assert "Ten thousand users · today · 10,000 users" in words
        marks = [
            each for each in root.iter() if each.tag.endswith(("}rect", "}polyline", "}circle"))
        ]
        assert len(marks) > 1
        assert "class=" not in text
    picture = saved(page, "What runs out as PNG")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    # It is no empty canvas: its bars are there in their colour.
    shades = page.evaluate(
        """async (bytes) => {
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          const canvas = document.createElement('canvas');
          Object.assign(canvas, { width: image.width, height: image.height });
          const pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0);
          const data = pen.getImageData(0, 0, image.width, image.height).data, seen = new Map();
          for (let i = 0; i < data.length; i += 4) {
            const key = `${data[i]} ${data[i + 1]} ${data[i + 2]}`;
            seen.set(key, (seen.get(key) ?? 0) + 1);
          }
          return [...seen.values()].filter((count) => count > 4000).length;
        }""",
        list(picture),
    )
    assert shades >= 3  # card, bars past their limit, bars with room


def test_paper_starts_with_the_verdict_and_what_was_changed(shown: Any, systems: Any) -> None:
    page = shown(systems["ten_thousand_users"], "#tab=money&parts.app.pool_size=40")
    page.emulate_media(media="print")
    texts = page.locator(".main").inner_text()
    assert texts.startswith("Holds 10,000 users? No.")
    assert "20 connections → 40 connections" in texts.split("At 10,000 users")[0]
    expect(page.get_by_role("button", name="Save and share")).to_be_hidden()
    called = page.evaluate(
        """() => {
          window.print = () => (window.printed = true);
          shareButton.click();
          const buttons = [...document.querySelectorAll('#share button')];
          buttons.find((each) => each.textContent === 'Print').click();
          return [window.printed, shareDialog.open];
        }"""
    )
    assert called == [True, False]
