"""The landing page as a newcomer meets it: cards, one button, a system of their own."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import started, stopped
from playwright.sync_api import Page, expect

from planning.system.starter import starter_text

OPENED = 60_000.0  # [ms]
WRONG = "title: x\nworkload: {users: 5 apples}\nparts: {a: {kind: servce}}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `planning serve` with a system of the visitor's own."""
    folder = tmp_path_factory.mktemp("a user's folder")
    planning = [sys.executable, "-m", "planning"]
    subprocess.run([*planning, "new", "my_shop"], cwd=folder, check=True, capture_output=True)
    process, address = started([*planning, "serve", "my_shop.yaml", "--port", "0"], folder)
    yield address
    stopped(process)


@pytest.fixture
def landing(page: Page, site: str) -> Page:
    page.goto(site)
    return page


def test_ones_own_systems_come_first_and_are_marked(landing: Page) -> None:
    expect(landing.locator("h1")).to_have_text("Can our app handle 10,000 users?")
    first = landing.locator("li.planning-card").first
    expect(first.locator("h3")).to_have_text("My shop yours")
    expect(first.locator(".planning-said")).to_have_text("Does not hold 10,000 users")
    expect(first.locator("dl")).to_contain_text("989 users")
    expect(landing.locator(".planning-own")).to_have_count(1)


def test_a_card_opens_the_live_page_and_that_leads_back(landing: Page, site: str) -> None:
    button = landing.get_by_role("link", name="Open My shop")
    # Its words are seen: a link's colour on a button's ground was the ground's own.
    colours = button.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    )
    assert colours[0] != colours[1]
    button.click()
    expect(landing.locator("h1")).to_contain_text("past 989 users")
    landing.get_by_role("link", name="All systems").click()
    expect(landing).to_have_url(site)


def test_workbooks_are_folded_away_and_unfold_by_keyboard(landing: Page) -> None:
    link = landing.get_by_role("link", name="Capacity", exact=False).last
    expect(link).to_be_hidden()
    landing.locator("summary", has_text="Workbooks").last.focus()
    landing.keyboard.press("Enter")
    expect(landing.locator(".planning-folded a").first).to_be_visible()


def test_the_starter_is_changed_asked_and_its_page_can_be_reloaded(landing: Page) -> None:
    landing.get_by_text("Nothing written yet?").click()
    text = landing.get_by_label("System file as text")
    text.fill(text.input_value().replace("title: My shop", "title: Corner shop"))
    landing.get_by_role("button", name="See if this holds").click()
    expect(landing.locator("h1")).to_contain_text("past 989 users", timeout=OPENED)
    landing.reload()
    expect(landing).to_have_title("Corner shop")


def test_errors_are_listed_and_the_text_is_there_to_be_mended(
    landing: Page, lookout: list[str]
) -> None:
    landing.get_by_text("Nothing written yet?").click()
    landing.get_by_label("System file as text").fill(WRONG)
    landing.get_by_role("button", name="See if this holds").click()
    expect(landing.get_by_role("alert").locator("li")).to_have_count(3, timeout=OPENED)
    expect(landing.get_by_role("alert")).to_contain_text("did you mean 'service'?")
    expect(landing.get_by_label("System file as text")).to_have_value(WRONG.strip())
    assert [each for each in lookout if "422" in each]
    lookout.clear()  # a browser logs every answer that is no success


def test_a_system_file_is_uploaded(landing: Page, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "planning", "new", "upstairs"], cwd=tmp_path, check=True,
        capture_output=True,
    )  # fmt: skip
    path = tmp_path / "upstairs.yaml"
    landing.get_by_label("System file (.yaml").set_input_files(path)
    landing.get_by_role("button", name="See if it holds").click()
    expect(landing.locator("header")).to_contain_text("upstairs.yaml", timeout=OPENED)


def test_a_document_gets_its_audit(landing: Page, tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text("# Our <i>plan</i>\n\n10 nodes × 4 workers = 50 workers\n", encoding="utf-8")
    landing.get_by_label("Document (Markdown").set_input_files(path)
    landing.get_by_role("button", name="Check its numbers").click()
    expect(landing.locator("h1")).to_have_text("Our <i>plan</i>", timeout=OPENED)
    expect(landing.locator("tbody tr")).to_contain_text("10 nodes × 4 workers = 40 workers")


def test_two_systems_are_compared_and_so_is_a_file(landing: Page, tmp_path: Path) -> None:
    landing.get_by_label("First system").select_option("My shop")
    landing.get_by_label("Second system").select_option("Ten thousand users")
    form = landing.locator("form[aria-labelledby=pair-served]")
    form.get_by_label("How many users?").fill("500")
    form.get_by_role("button").click()
    expect(landing.locator("h1")).to_have_text("My shop beside Ten thousand users")
    lead = landing.locator(".planning-lead")
    expect(lead).to_contain_text("My shop holds 989 users at most, Ten thousand users 28 users.")
    # The fuller of the two has the longer bar, in the row of a limit that both have.
    bars = landing.locator(".plan-pair", has_text="app page response").first.locator("rect")
    short, long = (bars.nth(i).bounding_box() for i in (0, 1))
    assert short is not None
    assert long is not None
    assert short["width"] < long["width"]
    landing.set_viewport_size({"width": 390, "height": 844})
    assert landing.evaluate("document.documentElement.scrollWidth") <= 390

    path = tmp_path / "mine.yaml"
    path.write_text(starter_text("Corner shop", "mine.yaml"), encoding="utf-8")
    form = landing.locator("form[aria-labelledby=pair-own]")
    form.get_by_label("Compare with").select_option("Ten thousand users")
    form.get_by_label("Your file (.yaml").set_input_files(path)
    form.get_by_role("button", name="Compare my file").click()
    expect(landing.locator("h1")).to_have_text(
        "Ten thousand users beside Corner shop", timeout=OPENED
    )


def test_a_live_page_leads_to_a_comparison_of_its_system(landing: Page, site: str) -> None:
    landing.goto(f"{site}planning/systems/my_shop#tab=compare&users=900")
    landing.get_by_role("link", name="Compare the file with another system").click()
    expect(landing.get_by_label("First system")).to_have_value("my_shop")
    expect(landing.locator("#two-users")).to_have_value("900")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out(landing: Page, width: int) -> None:
    landing.set_viewport_size({"width": width, "height": 844})
    for summary in landing.locator("main summary").all():
        summary.click()
    assert landing.evaluate("document.documentElement.scrollWidth") <= width


# The routes by plain HTTP, without a browser.


def sent(
    url: str, body: bytes = b"", kind: str = "text/plain", origin: str = ""
) -> tuple[int, str]:
    """Send a form, or ask without one; return the status and the text."""
    headers = {"Content-Type": kind, **({"Origin": origin} if origin else {})}
    request = urllib.request.Request(url, body or None, headers if body else {})
    try:
        with urllib.request.urlopen(request) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


FORM = "application/x-www-form-urlencoded"


def test_only_our_own_pages_hand_in(site: str) -> None:
    body = b"from=text&text=8+hosts+x+2+cores+=+16+cores"
    url = f"{site}planning/own/document"
    assert sent(url, body, FORM)[0] == 403
    assert sent(url, body, FORM, "https://evil.example")[0] == 403
    status, text = sent(url, body, FORM, site.rstrip("/"))
    assert (status, "Verdict" in text or "unsupported" in text) == (200, True)


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"from=text&text=" + b"x" * 300_000, FORM, 413, "at most 256 kB"),
        (b"x" * 30_000_000, FORM, 413, "at most 256 kB"),
        (b"from=text&text=+", FORM, 422, "The text is empty"),
        (b"from=file", FORM, 422, "Choose a file first"),
        (b"nonsense", "multipart/form-data", 422, "Choose a file|did not arrive"),
        (b"nonsense", "application/json", 422, "Choose a file first"),
        (b"from=text&text=%00%ff", FORM, 422, "cannot be used yet"),
    ],
)
def test_what_cannot_be_used_is_one_clear_page(
    site: str, body: bytes, kind: str, status: int, words: str
) -> None:
    found, text = sent(f"{site}planning/own/system", body, kind, site.rstrip("/"))
    assert found == status
    assert any(each in text for each in words.split("|"))
    assert "Traceback" not in text


def test_a_comparison_that_is_refused_keeps_what_was_chosen(site: str) -> None:
    body = b"from=file&first=one_million_users&users=7k"
    found, text = sent(f"{site}planning/own/compare", body, FORM, site.rstrip("/"))
    assert found == 422
    assert "Choose a file first" in text
    own = text[text.index('id="own-first"') :]
    assert '<option value="one_million_users" selected>' in own
    assert 'value="7k"' in own


def test_addresses_of_systems_and_answers(site: str) -> None:
    found, text = sent(f"{site}planning/systems/my_shop")
    assert found == 200
    assert "Content-Security-Policy" in text
    assert sent(f"{site}planning/systems/nothing")[0] == 404
    assert sent(f"{site}planning/own/{'a' * 22}")[0] == 404
    assert sent(f"{site}planning/own/thing", b"x", FORM, site.rstrip("/"))[0] == 404
    # After a refusal this stands in the browser's bar; who asks for it again gets the form.
    found, text = sent(f"{site}planning/own/system")
    assert found == 200
    assert "Model your own" in text


def test_ten_answers_lead_to_a_live_page(landing: Page, lookout: list[str]) -> None:
    landing.get_by_text("Answer ten questions").click()
    landing.fill("#answer-users", "200")
    landing.fill("#answer-target", "many")
    form = landing.locator("form[aria-labelledby=ask-questions]")
    form.get_by_role("button").click()
    expect(landing.get_by_role("alert")).to_contain_text("many", timeout=OPENED)
    expect(landing.locator("#answer-users")).to_have_value("200")  # nothing is typed twice
    assert [each for each in lookout if "422" in each]
    lookout.clear()  # a browser logs every answer that is no success
    landing.fill("#answer-target", "3k")
    form.get_by_role("button").click()
    expect(landing.locator("h1")).to_contain_text("Holds 3,000 users?", timeout=OPENED)


def test_no_answers_are_answered_too(site: str) -> None:
    found, text = sent(f"{site}planning/own/questions", b"users=5", FORM, site.rstrip("/"))
    assert found == 422
    assert "How many are to be held" in text
