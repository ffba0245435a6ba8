"""A draft has each quantity of a document with its line, and a word on all it did not take."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from planning.audit.draft import draft, draft_claims
from planning.audit.inline import plain
from planning.audit.lines import quantities
from planning.audit.markdown import lines_of, read_text, repaired
from planning.audit.parsed import read_said
from planning.numbers.reading import MAX_BYTES, FileError, parse_document

BAKERY = Path(__file__).parent / "bakery.md"


def drafted(path, text, **how):
    path = path / "document.md"
    path.write_bytes(text.encode(**how) if isinstance(text, str) else text)
    return draft(path)


def entries(made):
    return [(entry.line, entry.says, entry.claimed) for entry in made.entries]


def test_every_quantity_of_a_document_is_drafted_with_its_line():
    assert entries(draft(BAKERY)) == [
        (7, "The page serves", "~400 - 600 customers"),
        (7, "page serves 400 600 customers online who are", "500 concurrent users"),
        (8, "A bakery's order page", "<200 ms"),
        (8, "A bakery's order page / It took", "3 ovens"),
        (8, "took 3 ovens^2 to get there see the", "2 tests"),
        (10, "Each order is", "4 queries"),
        (10, "Each order is 4 queries of", "8 ms"),
        (23, "Small plan / Cost ($/month)", "25 USD/month"),
        (23, "Small plan / Latency (ms)", "120-250 ms"),
        (23, "Small plan / Users", "1,000 Users"),
        (23, "Small plan / Note", "3 ovens"),
        (24, "Cloud of 2 GB / What", "2 GB"),
        (24, "Cloud of 2 GB / Cost ($/month)", "$60/month"),
        (24, "Cloud of 2 GB / Latency (ms)", "~80 ms"),
        (24, "Cloud of 2 GB / Users", "10K+ Users"),
        (24, "Cloud of 2 GB / Note", "99.9%"),
        (24, "Cloud of 2 GB / Note", "5x"),
        (25, "Abroad / Cost ($/month)", "€70/month"),
        (28, "MAX_ORDERS (comment)", "300 orders"),
        (28, "MAX_ORDERS (comment)", "at most 30 users"),
        (35, "Orders per minute", "30 requests/min"),
        (36, "Users", "~700 Users"),
        (38, "What it costs / It is", "1.5 GB"),
        (38, "It is 1.5 GB for", "2 weeks"),
        (42, "We grow by", "20 %/year"),
    ]  # fmt: skip


REMARKS = [
    (2, "12", "a setting"), (3, "2026-02-03", "a date"), (5, "1.", "of a"),
    (8, "2", "calculation"), (8, "500", "in a link, a tag"),
    (10, "1.", "list item"), (11, "v2.3.1", "part of a name"), (11, "#77", "issue"),
    (11, "10:30", "time"), (13, "99 users", "comment"), (14, "98 users", "comment"),
    (16, "let users = 97", "script"), (25, "404", "no unit"), (11, "20", "a setting"),
    (28, "300", "a setting"), (29, "15", "a setting"), (31, "45s", "a setting"),
    (30, "30, 1000", "calculation"), (32, "$1", "placeholder"),
    (32, "50", "in code"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "text", "reason"), REMARKS)
def test_what_is_not_taken_is_told_with_its_line_and_the_reason(line, text, reason):
    remark = re.search(rf"^#   line {line}: (.*)$", draft_claims(BAKERY), re.MULTILINE)
    assert remark is not None
    assert text.removeprefix("€") in remark[1]
    assert reason in remark[1]


def test_settings_are_kept_apart_from_what_is_claimed():
    assert [(each.line, each.says, each.claimed) for each in draft(BAKERY).settings] == [
        (11, "pool_size", "20"), (28, "MAX_ORDERS", "300"), (29, "options.wait", "15"),
        (31, "timeout", "45s"), (31, "retries", "3"),
    ]  # fmt: skip


def digits_of(text):
    return Counter(re.findall(r"[0-9]+", text))


def untold(document, made):
    """Digits of a document that neither an entry nor a remark of their line has."""
    told = {entry.line: Counter() for entry in made.entries}
    for entry in made.entries:
        told[entry.line] += digits_of(entry.claimed)
    for remark in re.finditer(r"^#   line ([0-9]+): (.*)$", made.text, re.MULTILINE):
        told.setdefault(int(remark[1]), Counter()).update(digits_of(remark[2]))
    lines = enumerate(document.split("\n"), 1)
    return {n: rest for n, line in lines if (rest := digits_of(line) - told.get(n, Counter()))}


def test_nothing_is_dropped_without_a_word():
    assert not untold(read_text(BAKERY), draft(BAKERY))


MARKDOWN = st.lists(
    st.sampled_from(
        ["5 users", "20", " | ", "|---|---|\n", "| a 3 | 4 ms |\n", "```\n", "~~~ 5\n", "# 1. H\n",
         "> ", "- ", "1. ", "\n", "\n\n", "**", "`", "_", "<b>", "<!-- ", "-->", "<script>",
         "</script>", "[a 7](b8)", "&#53; s", "\\*", "x = 5;", "// 6 ms", "---\n", "===\n", "$9/GB",
         "=", ": ", "10-20%", "\t", "    ", "é", "â‰¥ 5",
         "1\u202f000 users"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(MARKDOWN | st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_drafted_and_read_back(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "any.md"
    path.write_bytes(text.encode(errors="replace"))
    try:
        made = draft(path)
    except FileError:
        return
    claims = parse_document(made.text, "draft").data["claims"]
    assert [(each["line"], each["says"], each["claimed"]) for each in claims.values()] == entries(
        made
    )
    document = read_text(path)
    assert all(1 <= entry.line <= document.count("\n") + 1 for entry in made.entries)
    assert all(read_said(entry.claimed) for entry in made.entries)
    assert all(0 < len(entry.says) <= 300 for entry in made.entries)
    told: dict[int, Counter[str]] = {}
    for line in lines_of(document):
        taken, left, _ = quantities(line)
        told.setdefault(line.number, Counter()).update(
            digits_of(" ".join([*(entry.claimed for entry in taken), *(text for text, _ in left)]))
        )
    for number, source in enumerate(document.split("\n"), 1):
        assert not digits_of(repaired(source)) - told.get(number, Counter())


def test_the_file_has_a_header_and_slots_to_fill():
    text = draft_claims(BAKERY)
    data = parse_document(text, "draft").data
    assert data["document"] == "bakery.md"
    assert data["title"] == "1. A bakery's order page"
    assert list(data["claims"])[:2] == ["D.1", "D.2"]
    assert text.count('    # inputs: {}\n    # arithmetic: ""\n') == len(data["claims"])


def test_a_document_without_numbers_is_drafted_as_one_without_claims(tmp_path):
    made = drafted(tmp_path, "nothing to count here")
    assert parse_document(made.text, "draft").data == {
        "document": "document.md", "title": "document", "claims": {}
    }  # fmt: skip


def test_what_needs_quotes_is_quoted(tmp_path):
    made = drafted(
        tmp_path, '# "A": #1 \\ &a *b {c} \u2028\x85\x01 é 🚀\n\n"x": it\'s - #y 5 users'
    )
    data = parse_document(made.text, "draft").data
    assert data["title"].startswith('"A": #1')
    assert "🚀" in data["title"]
    assert data["claims"]["D.1"]["claimed"] == "5 users"


TEXT = "# Café\n\nWe serve 500 users\nin ≥ 5 ms\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_understood(tmp_path, encoding, end):
    made = drafted(tmp_path, TEXT.replace("\n", end), encoding=encoding)
    assert [(entry.line, entry.claimed) for entry in made.entries] == [
        (3, "500 users"), (4, "≥ 5 ms")
    ]  # fmt: skip
    assert parse_document(made.text, "draft").data["title"] == "Café"


def test_windows_1252_is_understood(tmp_path):
    made = drafted(tmp_path, "It takes 5–7 ms", encoding="cp1252")
    assert made.entries[0].claimed == "5–7 ms"


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
@pytest.mark.parametrize(
    ("line", "claimed"),
    [("It takes ≥ 5 ms", "≥ 5 ms"), ("It takes 5–7 ms", "5–7 ms"), ("up to €5 or 3 µs", "3 µs")],
)
def test_text_read_in_the_wrong_encoding_is_repaired(tmp_path, wrong, line, claimed):
    broken = line.encode().decode(wrong)
    assert broken != line
    assert drafted(tmp_path, broken).entries[-1].claimed == claimed


def test_a_price_in_euros_that_was_broken_is_still_read(tmp_path):
    assert entries(drafted(tmp_path, "It costs â‚¬5/month")) == [(1, "It costs", "€5/month")]


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"", "is empty"), (b" \n\t\n", "is empty"), (b"\x89PNG\r\n\0\0\0", "binary"),
     (b"\x81\x8d 5 users", "binary"), (b"\xff\xfe5", "UTF-16"),
     (bytes(range(1, 128)) * 9, "binary"),
     (b"x" * 10_000_001, "at most 10 MB")],
)  # fmt: skip
def test_what_is_no_text_is_refused(tmp_path, raw, words):
    with pytest.raises(FileError, match=words):
        drafted(tmp_path, raw)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="is a directory"):
        draft(tmp_path)
    with pytest.raises(FileError, match="no such file"):
        draft(tmp_path / "none.md")
    with pytest.raises(FileError, match="no such file"):
        draft(BAKERY / "none.md")
    with pytest.raises(FileError, match="cannot be read"):
        draft("a\0b")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="not a regular file"):
        draft(tmp_path / "pipe")


def test_what_there_is_no_room_for_is_told(tmp_path):
    lines = 3000
    made = drafted(tmp_path, "".join(f"Load {n} is {n} users\n\n" for n in range(1, lines + 1)))
    assert len(made.text.encode()) < MAX_BYTES
    assert len(parse_document(made.text, "draft").data["claims"]) == len(made.entries) > 500
    last = made.entries[-1].line // 2 + 1
    assert made.left_out == 2 * (lines - last) - 1
    assert f"Left out: {made.left_out:,} numbers from line {2 * last + 1:,} on" in made.text
    assert "for which there is no room" not in made.text


@pytest.mark.parametrize(
    "piece",
    ["The 500 users send 20 requests/s and wait ~50 - 100 ms.\n", "| Peak | 20 ms | 30% |\n",
     "1 ", "v1.2 2026-01-02 7th\n", "x = 5; // 3 users\n", "waits â‰¥ 5 ms\n"],
    ids=lambda piece: repr(piece[:12]),
)  # fmt: skip
def test_ten_megabytes_are_drafted(tmp_path, piece):
    head = "| What | Time | Share |\n|---|---|---|\n"
    size = 10_000_000 - len(head)
    made = drafted(tmp_path, (head + piece * (size // len(piece.encode()))))
    assert len(made.text.encode()) < MAX_BYTES
    assert "Left out" in made.text or "not looked at" in made.text or made.not_taken


def tables_and_code(text):
    """Lines of tables' rows and of code, as the reference parser has them."""
    rows, code = set(), set()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.add(token.map[0] + 1)
        elif token.type == "fence":
            code.update(range(token.map[0] + 2, token.map[1]))
    return rows, code


SHAPES = [
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\ntext | 5\n",
    "a | b\n--|:-:\n1 | 2\n\n```\n| 1 |\n|---|\n```\n",
    "- item\n\n  ```py\n  x = 1\n  ```\n\n> ~~~\n> 5\n> ~~~\n",
    "# H\n| a |\n|---|\n| 1 |\n# H\n| 2 |\n", "| a | b |\n|---|\n| 1 | 2 |\n",
    "````\n```\n1\n```\n2\n````\n3\n", "```\n1\n\n2\n```\ntext\n", "a | b\n---\n1 | 2\n",
    "| a \\| b | c |\n|---|---|\n| 1 | 2 |\n",
]  # fmt: skip


@pytest.mark.parametrize("text", [*SHAPES, BAKERY.read_text(encoding="utf-8")])
def test_tables_and_code_are_where_a_markdown_parser_sees_them(text):
    body = re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), text, flags=re.S)
    rows, code = tables_and_code(body)
    lines = list(lines_of(body))
    assert {line.number for line in lines if line.cells} == rows
    assert {line.number for line in lines if line.kind == "code"} == {
        number for number in code if body.split("\n")[number - 1].strip()
    }


def test_rows_of_html_are_rows(tmp_path):
    head = "<thead><tr><th>Kind</th><th>Users</th><th>Cost/month</th></tr></thead>"
    row = "<tr><td>text 3</td><td>1,200</td><td>&lt; $7</td></tr>"
    made = drafted(tmp_path, f"<table>\n{head}\n{row}\n</table>\n\n<tr>5 users</tr>")
    assert entries(made) == [
        (3, "text 3 / Users", "1,200 Users"), (3, "text 3 / Cost/month", "< $7/month"),
        (6, "a number", "5 users"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "text"),
    [("**5** *users* ~~6~~ __7__", "5 users 6 7"), ("2 * 3 and 4*5", "2 * 3 and 4*5"),
     ("10<sup>6</sup> a&nbsp;&lt;5", "10^6 a\u00a0<5"), ("\\~5 \\$6", "~5 $6"),
     ("![5](6.png) [a][7]", "5 a"), ("snake_case_5 `_x_`", "snake_case_5 x"),
     ("<5 users, >3", "<5 users, >3"), ("a<br/>b<!-- 5 -->c<script>6</script>", "a b c ")],
)  # fmt: skip
def test_markup_is_not_text(markdown, text):
    assert plain(markdown) == text
