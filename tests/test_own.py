"""What a visitor hands in is read in a process of its own: bounded and never run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from planning.dashboard.own import Answer, RefusedError, answer, plain_name
from planning.dashboard.uploads import MOST_KEPT, Answers
from planning.present import cards
from planning.present.cards import Card, card, card_html
from planning.present.html import verdict_html
from planning.present.state import State
from planning.questions.library import SHIPPED
from planning.questions.load import parse_system
from planning.system.starter import starter_text

STARTER = starter_text("My shop", "my_shop.yaml")


def asked(kind: str, name: str, text: str, **more: Any) -> Answer:
    return asyncio.run(answer(kind, name, text.encode(), SHIPPED.text(), **more))


def refused(kind: str, name: str, text: str, **more: Any) -> str:
    with pytest.raises(RefusedError) as error:
        asked(kind, name, text, **more)
    return str(error.value)


def test_a_system_becomes_its_live_page_that_leads_back() -> None:
    made = asked("system", "my_shop.yaml", STARTER)
    assert made.title == "My shop"
    assert made.html.startswith("<!doctype html>")
    assert "Content-Security-Policy" in made.html
    assert '\\"home\\":\\"../..\\"' in made.html


def test_a_document_gets_its_verdicts_and_its_words_stay_text() -> None:
    made = asked("document", "plan.md", "# A <b>plan</b>\n\n10 nodes × 4 workers = 50 workers\n")
    assert made.title == "A <b>plan</b>"  # the template escapes it
    assert "by the document&#x27;s own arithmetic it is 40 workers" in made.html


def test_a_system_is_put_beside_one_that_is_served() -> None:
    made = asked("compare", "a.yaml", STARTER, beside=("ten_thousand_users", "500"))
    assert made.title == "Ten thousand users beside My shop"
    assert "My shop holds 989 users at most, Ten thousand users 28 users." in made.html
    assert 'href="../systems/ten_thousand_users#users=500"' in made.html
    same = STARTER.replace("title: My shop", "title: Ten thousand users")
    made = asked("compare", "a.yaml", same, beside=("ten_thousand_users", ""))
    assert made.title == (
        "Ten thousand users (ten_thousand_users) beside Ten thousand users (a.yaml)"
    )


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        (("nothing_such", ""), "no system 'nothing_such'"),
        (("ten_thousand_users", "nan"), "is not a quantity"),
        (("ten_thousand_users", "1e13"), "must be 0 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused(beside: tuple[str, str], words: str) -> None:
    assert words in refused("compare", "a.yaml", STARTER, beside=beside)


def test_every_error_is_told_with_its_line_and_no_folder_of_this_machine() -> None:
    text = "title: x\nworkload: {users: 5 apples}\nparts: {a: {kind: servce}}\n"
    lines = refused("system", "../../my shop.yaml", text).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "my shop.yaml:2", "my shop.yaml:2", "my shop.yaml:3",
    ]  # fmt: skip
    assert "did you mean 'service'" in lines[-1]


@pytest.mark.parametrize(
    ("kind", "name", "text", "words"),
    [
        ("system", "x.yaml", "a: !!python/object/apply:os.system [exit]", "tag"),
        ("system", "x.yaml", "[" * 2000, "deep"),
        ("system", "x.yaml", "title: x\n" + "a" * 256_000, "256 kB"),
        ("document", "x.md", "\0\0\0", "binary"),
    ],
)
def test_what_may_not_be_read_is_refused_as_a_file_is(
    kind: str, name: str, text: str, words: str
) -> None:
    assert words in refused(kind, name, text)


def test_what_takes_too_long_is_given_up_and_says_where_it_works() -> None:
    # No process of Python answers within a hundredth of a second.
    words = refused("system", "my_shop.yaml", STARTER, seconds=0.01)
    assert "longer than 0.01 s" in words
    assert "planning assess" in words


def test_a_name_has_nothing_that_a_path_or_an_option_could_mean() -> None:
    for name in ("../../etc/passwd", "C:\\a\\b.yaml", "--help", "/", "a\nb", "x" * 500):
        plain = plain_name("system", name)
        assert plain
        assert Path(plain).name == plain
        assert not plain.startswith(("-", "."))
        assert len(plain) <= 80


def test_pages_are_kept_until_others_have_followed() -> None:
    answers = Answers()
    tokens = [answers.keep("system", Answer(str(n), "x")) for n in range(MOST_KEPT + 1)]
    assert answers.get(tokens[0]) is None
    assert answers.get(tokens[1]) == ("system", Answer("1", "x"))
    assert len(set(tokens)) == len(tokens)


def test_a_card_says_what_holds_what_breaks_and_what_it_costs(systems) -> None:
    shown = card(systems["ten_thousand_users"])
    assert (shown.verdict, shown.tone) == ("Does not hold 10,000 users", "bad")
    assert dict(shown.facts) == {
        "Holds today": "28 users",
        "Breaks first": "app page response",
        "Costs at 10,000 users": "$0/month, as stated for supabase, vercel",
        "Holds with all 4 phases": "6,300 users",
    }


def test_a_card_has_the_words_and_the_colour_of_the_board() -> None:
    text = SHIPPED.path("ten_thousand_users").read_text("utf-8")
    # It holds 28: by a hair, where 90 % counts as critical.
    system = parse_system(
        text.replace("value: 10k users", "value: 28 users") + "critical_at: 90 %\n"
    )
    shown, board = card(system), verdict_html(State("s", "s", base=system, phase="0", users=28.0))
    assert (shown.verdict, shown.tone) == ("Holds 28 users, with hardly any room", "warn")
    assert f'class="plan-verdict plan-{shown.tone}"' in board
    assert f"<strong>{shown.verdict}</strong>" in board


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ("", "no cost is stated"),
        ("costs: {box: {}}", "no price is stated for box"),
        ("costs: {box: {monthly: $0/month}}", "$0/month, as stated for box"),
        ("costs: {box: {monthly: $0/month}, cdn: {}}", "at least $0/month, 1 item not stated: cdn"),
        ("costs: {box: {per_user: $0/user/month}}", "$0/month"),
    ],
)
def test_a_cost_of_zero_says_who_says_so(costs: str, words: str) -> None:
    system = parse_system(
        "title: Box\nworkload: {users: 1, target: 10, "
        "activities: {page: {interval: 10 s, cpu_time: 10 ms}}}\n"
        f"parts: {{app: {{kind: service, processes: 1, cores: 1}}}}\n{costs}\n"
    )
    assert dict(card(system).facts)["Costs at 10 users"] == words


def test_a_system_that_cannot_be_computed_has_a_card_that_says_why(systems, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("rate=-1 must be at least 0.")

    monkeypatch.setattr(cards, "assess", refuse)
    shown = card(systems["ten_thousand_users"])
    assert shown == Card("Cannot be computed: rate=-1 must be at least 0.", "bad")


def test_texts_of_a_card_stay_text() -> None:
    hostile = "\"'><img src=x>"
    html = card_html(
        Card(hostile, "bad", ((hostile, hostile),)),
        title=hostile, address=hostile, summary=hostile, links=[(hostile, hostile)],
    )  # fmt: skip
    assert "<img" not in html
    assert html.count('"&gt;') == 0
