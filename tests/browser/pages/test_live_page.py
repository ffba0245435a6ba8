"""The live page as a reader has it: opened from disk, moved by hand and by key, hostile files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import planning
from planning.page.document import page_html
from planning.questions.load import parse_system

HOSTILE = '</script><img src=x onerror="window.hit=1">\'`${1}\\u2028<!--'


@pytest.fixture
def shop(page: Page, systems: Any, tmp_path: Path, lookout: list[str]) -> Page:
    """The page of a shipped system, opened from disk; any request past the file itself fails."""
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(path.as_uri()) else lookout.append(asked.url),
    )
    page.goto(path.as_uri())
    expect(page.locator("#phases tbody tr")).to_have_count(5)
    return page


def test_it_answers_in_one_sentence_with_what_runs_out_first(shop: Page) -> None:
    expect(shop.locator("h1")).to_have_text(
        "Holds 10,000 users? No. App page response runs out first, past 28 users."
    )
    expect(shop.locator("#bars .row .share").first).to_have_text("334×")
    expect(shop.locator("#phases tbody tr").last).to_contain_text("6,300 users")
    expect(shop.locator("#why .top").first).to_contain_text("6,682 connections")


def test_a_free_plan_is_free_because_the_file_says_so(shop: Page) -> None:
    expect(shop.locator("#short .facts")).to_contain_text("$0/monthas stated for supabase, vercel")
    expect(shop.locator("#cost")).to_contain_text("Stated as free: supabase, vercel.")


def test_the_users_slider_moves_the_verdict_by_keyboard(shop: Page) -> None:
    slider = shop.locator("#verdict input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(shop.locator("h1")).to_contain_text("Holds 1 user? Yes.")
    slider.press("End")
    expect(shop.locator("h1")).to_contain_text("Holds 10,000,000 users? No.")


def test_an_input_is_typed_with_its_unit_told_as_changed_and_put_back(shop: Page) -> None:
    box = shop.get_by_label("page: Time a query holds a database connection", exact=True).and_(
        shop.locator("input[type=text]")
    )
    box.fill("50ms")
    box.press("Enter")
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    expect(shop.locator(".chip")).to_contain_text("50 ms")
    # The address remembers: a reload shows the same.
    expect(shop).to_have_url(re.compile(r"query_time=0\.05"))
    shop.reload()
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    shop.locator(".chip").click()
    expect(shop.locator("h1")).to_contain_text("past 28 users")


def test_an_address_that_asks_for_what_is_not_here_is_told(shop: Page) -> None:
    shop.goto(shop.url.partition("#")[0] + "#users=500&phase=1&parts.nothing=3")
    shop.reload()
    expect(shop.locator(".trouble")).to_contain_text("has not: parts.nothing")
    expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
    expect(shop.locator("#phase")).to_have_value("1")


def test_what_cannot_be_read_or_is_not_allowed_is_said_and_changes_nothing(shop: Page) -> None:
    box = shop.get_by_label("page: Time a query holds", exact=False).and_(
        shop.locator("input[type=text]")
    )
    for typed, words in (("50 GB", "does not fit"), ("soon", "not a quantity"), ("5", "no unit")):
        box.fill(typed)
        box.press("Enter")
        expect(shop.locator("#inputs small.wrong")).to_contain_text(words)
        expect(box).to_have_attribute("aria-invalid", "true")
    expect(shop.locator("h1")).to_contain_text("past 28 users")


def test_a_phase_is_chosen_and_its_capacity_told(shop: Page) -> None:
    shop.get_by_role("tab", name="Upgrades").click()
    shop.get_by_role("button", name="Phase 4: scale").click()
    expect(shop.locator("h1")).to_contain_text("App cpu runs out first, past 6,300 users")
    expect(shop.locator("#phase")).to_have_value("4")
    expect(shop.locator("#cost .share").first).to_contain_text("$")


def test_tabs_are_views_of_one_state_and_the_address_knows_which(shop: Page) -> None:
    tabs = shop.get_by_role("tab")
    names = "Verdict, Upgrades, Compare, Surge, How sure, Growth, Money, Connections, Sources"
    expect(tabs).to_have_text(names.split(", "))
    shop.locator("#verdict input[type=text]").fill("500")
    shop.locator("#verdict input[type=text]").press("Enter")
    tabs.first.focus()
    for key, shown in (
        ("ArrowLeft", "sources"), ("ArrowRight", "verdict"), ("End", "sources"),
        ("Home", "verdict"), ("ArrowRight", "upgrades"),
    ):  # fmt: skip
        shop.keyboard.press(key)
        expect(shop.locator(f"#tab-{shown}")).to_be_focused()
        expect(shop.locator('[role=tab][aria-selected="true"]')).to_have_id(f"tab-{shown}")
        expect(shop.locator("[role=tabpanel]:visible")).to_have_id(f"panel-{shown}")
        expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
        expect(shop.locator("#verdict input[type=range]")).to_be_visible()
    expect(shop).to_have_url(re.compile(r"tab=upgrades"))
    shop.reload()
    expect(shop.locator("[role=tabpanel]:visible")).to_have_id("panel-upgrades")
    expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
    shop.goto(shop.url.replace("tab=upgrades", "tab=weather"))
    shop.reload()
    expect(shop.locator(".trouble")).to_contain_text("a view “weather”")


def test_paper_has_every_view(shop: Page) -> None:
    shop.emulate_media(media="print")
    for panel in shop.locator("[role=tabpanel]").all():
        expect(panel).to_be_visible()
    expect(shop.locator("[role=tablist]")).to_be_hidden()


def test_a_name_leads_to_where_its_number_comes_from(shop: Page) -> None:
    shop.locator("#bars button.name", has_text="app cpu").click()
    expect(shop.locator("[role=tabpanel]:visible")).to_have_id("panel-sources")
    expect(shop.locator("#why select")).to_be_focused()
    expect(shop.locator("#why .top").first).to_contain_text("cores")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_and_everything_has_a_name(shop: Page, width: int) -> None:
    shop.set_viewport_size({"width": width, "height": 844})
    for tab in shop.get_by_role("tab").all():
        tab.click()
        assert shop.evaluate("document.documentElement.scrollWidth") <= width, tab.text_content()
    nameless = shop.evaluate(
        """[...document.querySelectorAll('input,select,button,svg[role=img]')].filter(
             (each) => !(each.getAttribute('aria-label') || each.labels?.length
                         || each.textContent.trim())).length"""
    )
    assert nameless == 0


def test_fills_stand_out_from_their_card_in_both_schemes(shop: Page) -> None:
    for scheme in ("light", "dark"):
        shop.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        ratios = shop.evaluate(
            """() => {
              const light = (colour) => {
                const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                  .map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
                return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
              };
              const card = light(getComputedStyle(document.querySelector('.card')).backgroundColor);
              return [...document.querySelectorAll('svg rect')].map((bar) => {
                const fill = light(getComputedStyle(bar).fill);
                return (Math.max(card, fill) + 0.05) / (Math.min(card, fill) + 0.05);
              });
            }"""
        )
        assert len(ratios) > 10
        assert min(ratios) >= 3.0


def test_names_and_texts_of_a_file_stay_text(page: Page, tmp_path: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    path = tmp_path / "shop.yaml"
    path.write_text(
        f"""
title: '{quoted}'
summary: x
workload:
  users: 500
  target: 1000
  activities:
    constructor:
      interval: {{value: 10 s, low: 5 s, high: 20 s, kind: document, source: '{quoted}'}}
      cpu_time: 20 ms
parts:
  tostring: {{kind: service, processes: 2, cores: 2}}
costs:
  valueof: {{monthly: $5/month}}
events:
- {{name: '{quoted}', surge: {{users: 2000}}}}
phases:
- {{name: '{quoted}', why: '{quoted}', changes: {{parts: {{tostring: {{cores: 4}}}}}}}}
- {{name: __proto__, changes: {{parts: {{tostring: {{cores: 8}}}}}}}}
""",
        encoding="utf-8",
    )
    written = tmp_path / "shop.html"
    written.write_text(page_html(planning.load_system(path)), encoding="utf-8")
    page.goto(written.as_uri())
    expect(page.locator("#phases tbody tr")).to_have_count(3)
    expect(page.locator("header strong")).to_have_text(HOSTILE)
    expect(page.locator("#phases tbody tr").nth(1)).to_contain_text(HOSTILE)
    page.get_by_role("tab", name="Surge").click()
    expect(page.locator("#events .matrix tbody th")).to_have_text(HOSTILE)
    page.get_by_role("tab", name="Upgrades").click()
    page.get_by_role("button", name="__proto__").click()
    expect(page.locator("#phase")).to_have_value("2")
    assert page.title() == HOSTILE
    assert page.evaluate("[window.hit, document.images.length, ({}).x]") == [None, 0, None]


@pytest.mark.parametrize(("costs", "words"), [("", "not stated"), ("c: {monthly: $5/month}", "$5")])
def test_what_nobody_stated_is_no_zero(page: Page, tmp_path: Path, costs: str, words: str) -> None:
    text = f"""
title: Small
workload: {{users: 5, target: 10, activities: {{ask: {{interval: 10 s, cpu_time: 20 ms}}}}}}
parts: {{app: {{kind: service, processes: 2, cores: 2}}}}
costs: {{{costs}}}
"""
    written = tmp_path / "small.html"
    written.write_text(page_html(parse_system(text)), encoding="utf-8")
    page.goto(written.as_uri())
    expect(page.locator("#phases tbody tr td").nth(2)).to_have_text(words)
    page.get_by_role("tab", name="Money").click()
    expect(page.get_by_text(f"At 10 users: {words}")).to_be_visible()


def test_what_no_part_takes_is_never_said_to_be_without_end(page: Page, tmp_path: Path) -> None:
    text = """
title: Lost
workload: {users: 5, target: 10, activities: {ask: {interval: 10 s, cpu_time: 2 ms}}}
parts:
  front: {kind: proxy}
  uptime: {kind: availability, promised: 99%, components: {a: {availability: 99.9%}}}
"""
    written = tmp_path / "lost.html"
    written.write_text(page_html(parse_system(text)), encoding="utf-8")
    page.goto(written.as_uri())
    expect(page.locator("#verdict h1")).to_contain_text("Nobody can say.")
    expect(page.locator("#short dl")).to_contain_text("holds todaynot known")
    row = page.locator("#phases tbody tr td")
    expect(row.nth(0)).to_contain_text("not known")
    expect(row.nth(1)).to_have_text("not known")


def test_its_policy_lets_no_other_script_run(shop: Page, lookout: list[str]) -> None:
    shop.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.hit = 1';
          document.body.append(script);
        }"""
    )
    assert shop.evaluate("window.hit") is None
    assert [each for each in lookout if re.search("Content Security Policy", each)]
    lookout.clear()  # it was meant to complain


def test_what_can_be_bought_comes_first_and_a_phase_marks_what_it_sets(shop: Page) -> None:
    expect(shop.locator("#inputs h3").first).to_have_text("What you can buy or set")
    bought = shop.locator("#inputs h3:first-child ~ .field label")
    expect(bought.first).to_contain_text(re.compile("[Cc]onnections|[Cc]ores"))
    expect(shop.locator("#inputs .phased")).to_have_count(0)
    shop.locator("#phase").select_option("1")
    expect(shop.locator("#inputs .phased").first).to_contain_text("set by Phase 1: quick wins; was")


def test_a_document_is_called_by_its_title(shop: Page) -> None:
    shop.get_by_role("tab", name="Sources").click()
    title = "“Scalability analysis: can this project handle 10K+ concurrent users?”"
    expect(shop.locator("#sources tbody")).to_contain_text(f"document {title}: issues 2 and 5")
    expect(shop.locator("#sources tbody")).to_contain_text("ten_thousand_users.yaml:17")
    for panel in ("#sources", "#why", "#inputs"):
        assert not re.search(r"\bS2\b", shop.locator(panel).text_content() or ""), panel


def test_the_curve_is_read_by_key_and_by_pointer(shop: Page) -> None:
    probe = shop.get_by_label("Users along the curve")
    probe.focus()
    probe.press("End")
    expect(shop.locator("#curve .readout")).to_contain_text("At 100,000 users 5 of 7 limits")
    expect(probe).to_have_attribute("aria-valuetext", re.compile("Fullest: app pool"))
    probe.blur()
    expect(shop.locator("#curve .readout")).to_contain_text("arrow keys")
    probe.hover(position={"x": 2, "y": 20})
    expect(shop.locator("#curve .readout")).to_contain_text("At 1 user none of 7 limits are passed")
