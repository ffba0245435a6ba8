"""A history is read with all its oddities in sight, and what is no history is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.numbers.reading import FileError
from planning.questions.growth.history import MOST_BYTES, parse_history, read_history

GOOD = "date,users\n2026-01-01,10\n2026-01-02,20\n2026-01-03,30\n"


def kinds(text, column=None):
    return {each.kind: each for each in parse_history(text, "h.csv", column).oddities}


def test_a_plain_history_is_read_without_remark():
    found = parse_history(GOOD, "h.csv")
    assert found.users.tolist() == [10, 20, 30]
    assert (found.first, found.last, found.unseen) == (dt.date(2026, 1, 1), dt.date(2026, 1, 3), 0)
    assert found.oddities == ()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("10", '"10"').replace(",20", ", 20.0 "),
        GOOD.replace("\n", "\n\n"),
        GOOD.rstrip("\n"),
    ],
)
def test_marks_line_ends_separators_and_quotes_do_not_matter(text, tmp_path):
    file = tmp_path / "h.csv"
    file.write_bytes(text.encode())
    assert read_history(file).users.tolist() == [10, 20, 30]


def test_a_gap_is_reported_with_its_days_and_line_and_stays_a_gap():
    text = "date,users\n2026-01-01,10\n2026-01-05,20\n"
    found = parse_history(text, "h.csv")
    assert np.isnan(found.users).tolist() == [False, True, True, True, False]
    (gap,) = found.oddities
    assert (gap.kind, gap.days, gap.lines) == ("gap", 3, (3,))
    assert "2026-01-02 to 2026-01-04" in gap.words


def test_blanks_and_zeros_are_reported_apart_and_are_no_numbers():
    text = GOOD + "2026-01-04,\n2026-01-05,0\n2026-01-06,NaN\n2026-01-07,40\n"
    found = parse_history(text, "h.csv")
    assert kinds(text)["blank"].lines == (5, 7)
    assert kinds(text)["zero"].lines == (6,)
    assert np.isnan(found.users[3:6]).all()


def test_a_day_twice_is_reported_and_a_contradiction_is_not_settled_by_us():
    text = GOOD + "2026-01-02,20\n2026-01-03,31\n2026-01-04,5\n"
    found = parse_history(text, "h.csv")
    assert kinds(text)["twice"].lines == (5,)
    assert kinds(text)["contradiction"].lines == (4, 6)
    assert found.users[:2].tolist() == [10, 20]
    assert np.isnan(found.users[2])


def test_days_out_of_order_are_sorted_and_reported():
    text = "date,users\n2026-01-03,30\n2026-01-01,10\n2026-01-02,20\n"
    assert parse_history(text, "h.csv").users.tolist() == [10, 20, 30]
    assert kinds(text)["order"].lines == (3,)


def test_blanks_before_launch_are_no_gap():
    text = "date,a,b\n2026-01-01,1,\n2026-01-02,2,\n2026-01-03,3,7\n2026-01-04,4,8\n"
    found = parse_history(text, "h.csv", "b")
    assert found.users.tolist() == [7, 8]
    assert [each.kind for each in found.oddities] == ["before"]
    assert found.oddities[0].lines == (2, 3)


def test_many_gaps_are_counted_and_the_longest_named():
    rows = [f"2026-{month:02}-01,5" for month in range(1, 13)]
    found = parse_history("\n".join(["date,u", *rows]), "h.csv").oddities
    assert (
        sum(each.days for each in found) == (dt.date(2026, 12, 1) - dt.date(2026, 1, 1)).days - 11
    )
    assert len(found) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "header"),
        ("\n\n", "header"),
        ("date\n2026-01-01\n", "header"),
        ("2026-01-01,5\n2026-01-02,6\n", "header"),
        ("date,users\n", "no users on any day"),
        ("date,users\n2026-01-01,\n", "no users on any day"),
        ("date,users\n01/02/2026,5\n", r"h.csv:2: '01/02/2026' is no date"),
        ("date,users\n2026-02-30,5\n", "h.csv:2"),
        ("date,users\n20260130,5\n", "h.csv:2"),
        ("date,users\n0001-01-01,5\n", "1950"),
        ("date,users\n2026-01-01,-5\n", "h.csv:2: -5 users"),
        ("date,users\n2026-01-01,1e300\n", "h.csv:2"),
        ("date,users\n2026-01-01,inf\n", "h.csv:2: 'inf' is no number"),
        ("date,users\n2026-01-01,12_000\n", "h.csv:2"),
        ("date,users\n2026-01-01,١٢\n", "h.csv:2"),
        ('date,users\n2026-01-01,"12,000"\n', "separators"),
        ("date,users\n2026-01-01,12 users\n", "units"),
        ("date,users\n2026-01-01,=1+2\n", "'=1\\+2' is no number"),
        ("date,users\n2026-01-01,5\n2026-01-02\n", "h.csv:3: 1 columns"),
        ('date,users\n2026-01-01,"5\n2026-01-02,6\n', "quotes"),
        ("date,users\n2026-01-01,5\0\n", "h.csv:2: a NUL"),
        ("date,users\n" + "9" * 30_000 + ",5\n", "h.csv:2: a line"),
        ("date,users\n" + "\n" * 50_000, "lines"),
        ("date," + ",".join("abcdefghij" * 30) + "\n", "columns"),
        ("date,u,u\n2026-01-01,5,6\n", "two columns"),
        ("date,v,w\n2026-01-01,5,6\n", "no column 'u'; there are 'v', 'w'"),
    ],
)
def test_what_is_no_history_is_refused_with_line_and_remedy(text, words):
    with pytest.raises(FileError, match=words):
        parse_history(text, "h.csv", "u" if "u,u" in text or "v,w" in text else None)


def test_what_is_refused_is_shown_without_its_control_characters():
    with pytest.raises(FileError) as refused:
        parse_history("date,users\n2026-01-01,\x1b[31m9\n", "h.csv")
    assert "\x1b" not in str(refused.value)


def test_files_that_are_none_are_refused(tmp_path):
    big = tmp_path / "big.csv"
    big.write_bytes(b"date,users\n" + b"x" * MOST_BYTES)
    with pytest.raises(FileError, match="a history has at most 5,000 kB"):
        read_history(big)
    other = tmp_path / "utf16.csv"
    other.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(FileError, match="UTF-8"):
        read_history(other)
    with pytest.raises(FileError, match="no such file"):
        read_history(tmp_path / "none.csv")
    with pytest.raises(FileError, match="directory"):
        read_history(tmp_path)


CELLS = st.sampled_from(
    [
        "2026-01-01",
        "2026-01-02",
        "2026-03-01",
        "2025-12-31",
        "5",
        "0",
        "",
        "7.5",
        "-1",
        "x",
        '"',
        "=",
    ]
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=8), st.sampled_from(",;\t"))
def test_anything_is_read_with_its_holes_or_refused(rows, between):
    text = "\n".join(["date,users".replace(",", between), *(between.join(row) for row in rows)])
    try:
        found = parse_history(text, "h.csv")
    except FileError:
        return  # its words are tested above, one by one
    days = [row for row in rows if any(cell.strip() for cell in row)]
    assert not np.isnan(found.users[[0, -1]]).any()
    assert np.nanmin(found.users) > 0
    # A line is a day that was counted, or one that is spoken of.
    spoken = {line for each in found.oddities for line in each.lines}
    assert np.sum(~np.isnan(found.users)) + len(spoken) >= len({row[0] for row in days})
