"""The reader finds what a person labelled, reads ten thousand numbers and is never slow."""

from __future__ import annotations

import math
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import score

import planning.audit
from planning.audit.draft import draft
from planning.audit.headers import head_of
from planning.audit.languages import decimal_comma, with_points
from planning.audit.latex import without_latex
from planning.audit.parsed import find_said, read_said, scan

INF = math.inf


@pytest.fixture(scope="module")
def scores():
    return [score.score(name) for name in score.names()]


def test_there_are_documents_enough_and_every_digit_of_them_is_labelled():
    names = score.names()
    assert len(names) >= 12
    for name in names:
        raw = (score.DOCUMENTS / f"{name}.md").read_bytes().decode()
        labels = score.labels_of(name)
        assert 40 <= sum(label.kind == "claim" for label in labels) <= 100, name
        for number, line in enumerate(raw.replace("\r\n", "\n").split("\n"), 1):
            at = 0
            for label in labels:
                if label.line == number:
                    start = line.index(label.text, at)
                    assert not re.search("[0-9]", line[at:start]), (name, number, line[at:start])
                    at = start + len(label.text)
            assert not re.search("[0-9]", line[at:]), (name, number, line[at:])


def test_recall_exactness_and_noise_are_what_is_asked_for(scores):
    total = score.total(scores)
    assert total.found >= 0.95 * total.claims
    assert total.right >= 0.92 * total.claims
    assert total.noise < 0.05 * total.entries


def test_no_document_is_read_worse_than_the_kept_figures_say(scores):
    kept = score.kept()
    assert set(kept) == {*score.names(), "total"}
    for each in [*scores, score.total(scores)]:
        row = kept[each.document]
        assert each.claims == int(row["claims"])
        assert each.found >= int(row["found"]), each.wrong
        assert each.right >= int(row["right"]), each.wrong
        assert each.noise <= int(row["noise"]), each.wrong


def test_the_measure_sees_each_kind_of_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(score, "DOCUMENTS", tmp_path)
    (tmp_path / "one.md").write_text(
        "It has 5 users, 6 ms, 7 MB and port 80.\n\nIt has 9 GB, 3 rooms.\n"
    )
    rows = ["1,5 users,5,user,claim", "1,6 ms,6,s,claim", "1,7 MB,,,setting", "1,80,,,port",
            "3,9 GB,8,GB,claim", "3,3 rooms,3,room or user,claim",
            "3,2 cores,2,core,claim"]  # fmt: skip
    (tmp_path / "one.csv").write_text("line,text,value,unit,kind\n" + "\n".join(rows) + "\n")
    assert score.score("one")[1:6] == (5, 4, 2, 5, 1)


# Styles of writing: each gives a text, both ends in the unit of its label, and that unit.
Written = tuple[str, float, float, str]
NOUNS = {"users": "user", "tokens": "token", "players": "player", "pods": "pod", "GPUs": "GPU",
         "partitions": "partition", "open tickets": "ticket", "IoT devices": "device",
         "background jobs": "job", "writes": "write", "queries": "query",
         "caches": "cache"}  # fmt: skip
TIMES = {"/s": "s", "/sec": "s", " per second": "s", "/min": "min", " per hour": "hour",
         "/day": "day", " a month": "month", " per year": "year"}  # fmt: skip


def whole(rng: random.Random) -> int:
    return rng.choice([rng.randint(2, 99), rng.randint(100, 9999), rng.randint(10_000, 9_999_999)])


def one(rng: random.Random, text: str, value: float, unit: str) -> Written:
    return text, value, value, unit


def counted(rng: random.Random) -> Written:
    noun = rng.choice(list(NOUNS))
    return one(rng, f"{(n := whole(rng)):,} {noun}", n, NOUNS[noun])


def scaled(rng: random.Random) -> Written:
    noun, (scale, factor) = (
        rng.choice(list(NOUNS)),
        rng.choice([("k", 1e3), ("K", 1e3), ("M", 1e6), (" million", 1e6), (" billion", 1e9)]),
    )
    number = round(rng.uniform(1.1, 900), 1)
    return one(rng, f"{number}{scale} {noun}", number * factor, NOUNS[noun])


def size(rng: random.Random) -> Written:
    unit = rng.choice(["KB", "MB", "GB", "TB", "MiB", "GiB", "byte"])
    number = round(rng.uniform(1.01, 999), 2)
    return one(
        rng, f"{number}{rng.choice(['', ' ']) if unit != 'byte' else ' '}{unit}", number, unit
    )


def speed(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [("Mbps", "Mbit/s"), ("Gbit/s", "Gbit/s"), ("MB/s", "MB/s"), ("kbit/s", "kbit/s"),
         ("GB/day", "GB/day"), ("TB per month", "TB/month")]
    )  # fmt: skip
    return one(rng, f"{(n := round(rng.uniform(1.1, 99), 1))} {text}", n, unit)


def rate(rng: random.Random) -> Written:
    noun, time = rng.choice(list(NOUNS)), rng.choice(list(TIMES))
    return one(rng, f"{(n := whole(rng)):,} {noun}{time}", n, f"{NOUNS[noun]}/{TIMES[time]}")


def short_rate(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [("req/s", "request/s"), ("rps", "request/s"), ("RPS", "request/s"), ("QPS", "query/s"),
         ("IOPS", "operation/s"), ("TPS", "transaction/s"), ("msgs/s", "message/s"),
         ("rpm", "request/min")]
    )  # fmt: skip
    return one(rng, f"{(n := whole(rng)):,} {text}", n, unit)


def money(rng: random.Random) -> Written:
    sign, code = rng.choice([("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("₩", "KRW"), ("¥", "JPY")])
    text, unit = rng.choice(
        [("", ""), ("/month", "/month"), ("/mo", "/month"), (" per hour", "/hour"),
         ("/hr", "/hour"),
         ("/GB", "/GB"), (" per user per month", "/user/month"), ("/seat/year", "/seat/year")]
    )  # fmt: skip
    number = round(rng.uniform(0.01, 9999), 2)
    return one(rng, f"{sign}{number:,}{text}", number, code + unit)


def money_after(rng: random.Random) -> Written:
    sign, code = rng.choice([("€", "EUR"), ("EUR", "EUR"), ("USD", "USD"), ("CHF", "CHF")])
    number = round(rng.uniform(0.01, 999), 2)
    text, unit = rng.choice([("", ""), ("/h", "/hour"), ("/GB", "/GB"), (" per month", "/month")])
    return one(rng, f"{number} {sign}{text}", number, code + unit)


def price_of_many(rng: random.Random) -> Written:
    many, count = rng.choice([("1M", 1e6), ("million", 1e6), ("1,000", 1e3), ("100K", 1e5)])
    noun = rng.choice(["requests", "tokens", "writes", "invocations", "PUTs"])
    joint = "/" if many[0].isdigit() and rng.random() < 0.5 else " per "
    number = round(rng.uniform(0.01, 9), 2)
    return one(rng, f"${number}{joint}{many} {noun}", number / count, f"USD/{noun[:-1]}")


def held(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [("vCPU-hours", "core*hour"), ("GB-seconds", "GB*s"), ("GB-s", "GB*s"),
         ("GPU-hours", "GPU*hour"), ("core-hours", "core*hour"), ("GB-hours", "GB*hour")]
    )  # fmt: skip
    return one(rng, f"{(n := whole(rng)):,} {text}", n, unit)


def span(rng: random.Random) -> Written:
    low = whole(rng)
    high = low + whole(rng)
    noun = rng.choice(["ms", "users", "GB", "pods", "hours"])
    unit = {"users": "user", "pods": "pod", "hours": "hour"}.get(noun, noun)
    joint = rng.choice(["-", "–", " - ", " to ", "..."])
    return f"{low:,}{joint}{high:,} {noun}", low, high, unit


def between(rng: random.Random) -> Written:
    low = whole(rng)
    return f"between {low:,} and {low + 7:,} partitions", low, low + 7, "partition"


def below(rng: random.Random) -> Written:
    mark = rng.choice(["<", "< ", "≤ ", "at most ", "up to ", "no more than ", "under "])
    number = round(rng.uniform(0.5, 999), 1)
    return f"{mark}{number} ms", -INF, number, "ms"


def above(rng: random.Random) -> Written:
    number = whole(rng)
    text, unit = rng.choice(
        [("{:,}+ devices", "device"), ("${:,}+", "USD"), ("≥ {:,} pods", "pod"),
         ("at least {:,} GB", "GB"), ("more than {:,} players", "player"),
         ("{:,}+ req/s", "request/s")]
    )  # fmt: skip
    return text.format(number), number, INF, unit


def share(rng: random.Random) -> Written:
    number = round(rng.uniform(0.01, 100), 2)
    return one(rng, f"{number}{rng.choice(['%', ' %', ' percent'])}", number, "%")


def factor(rng: random.Random) -> Written:
    number = round(rng.uniform(1.1, 50), 1)
    return one(rng, f"{number}{rng.choice(['x', '×'])}", number, "ratio")


def time(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [("ms", "ms"), ("s", "s"), ("seconds", "s"), ("min", "min"), ("minutes", "min"),
         ("h", "hour"), ("hours", "hour"), ("days", "day"), ("weeks", "week"), ("years", "year")]
    )  # fmt: skip
    return one(rng, f"{(n := round(rng.uniform(1.1, 999), 1))} {text}", n, unit)


def per_thing(rng: random.Random) -> Written:
    thing = rng.choice(["user", "pod", "player", "shard", "connection", "broker"])
    joint = rng.choice(["/", " per "])
    return one(rng, f"{(n := whole(rng)):,} KB{joint}{thing}", n, f"KB/{thing}")


def korean(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [("만 명", "명"), ("만 건", "건"), ("만건/일", "건/day"), ("만 원", "KRW"), ("억 개", "개")]
    )
    number = rng.randint(2, 900)
    return one(rng, f"{number}{text}", number * (1e8 if text[0] == "억" else 1e4), unit)


def comma(rng: random.Random) -> Written:
    text, unit = rng.choice(
        [(" usuarios", "usuario"), (" €/mes", "EUR/month"), (" peticiones/s", "petición/s"),
         (" Mbit/s", "Mbit/s"), (" Sekunden", "s"), (" %", "%"), (" GB", "GB")]
    )  # fmt: skip
    number = round(rng.uniform(1, 99_999), 2)
    written = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    return one(rng, with_points(f"{written}{text}"), number, unit)


def latex(rng: random.Random) -> Written:
    number = rng.randint(1000, 9_999_999)
    digits = f"{number:,}".replace(",", "{,}")
    text, unit = rng.choice([(r"\text{ GB}", "GB"), (r"\,\text{tokens/s}", "token/s"),
                             (r"\ \mathrm{ms}", "ms"), (r"\text{ GPUs}", "GPU")])  # fmt: skip
    return one(rng, without_latex(f"${digits}{text}$"), number, unit)


STYLES: list[Callable[[random.Random], Written]] = [
    counted, scaled, size, speed, rate, short_rate, money, money_after, price_of_many, held, span,
    between, below, above, share, factor, time, per_thing, korean, comma, latex,
]  # fmt: skip


def test_ten_thousand_numbers_in_twenty_styles_are_read_back():
    rng = random.Random(20_261_126)
    wrong = []
    assert len(STYLES) >= 20
    for number in range(10_000):
        text, low, high, unit = STYLES[number % len(STYLES)](rng)
        label = score.Label(1, text, low, high, (unit,), "claim")
        alone = read_said(text)
        within = find_said(f"So we plan with {text}, as said; see the note.")
        if not score.same(label, alone) or [each.said for each in within] != [alone]:
            wrong.append((text, alone, within))
    assert not wrong[:5], len(wrong)


@pytest.mark.parametrize(
    ("label", "unit", "per"),
    [("Cost/Hour", "", "/Hour"), ("Reads/sec", "Reads/sec", ""),
     ("$/vCPU-hour", "USD/vCPU-hour", ""),
     ("per 1K users", "", " per 1K users"), ("$ per million events", "USD per million events", ""),
     ("Latency (ms)", "ms", ""), ("Users", "Users", ""), ("Peticiones por segundo",
      "Peticiones/segundo", ""), ("Status", "", ""), ("Normal day", "", ""), ("Year 3", "", ""),
     ("Notes", "", ""), ("Monthly cost", "", "/month"), ("월 비용", "", "/month"),
     ("Max VUs (real)", "Max VUs", ""), ("Share %", "%", "")],
)  # fmt: skip
def test_heads_of_tables_give_units(label, unit, per):
    assert head_of(label) == (unit, per)


def test_decimals_of_a_document_are_told_from_lists():
    assert decimal_comma("2,5 s; 7,7 pagos/s; 1.500,25 €; v2.1")
    assert not decimal_comma("1,500 users, 2.5 s, 3,000 s, 0.25 s; see 1,2 and 3,4")
    assert with_points("1.500 und 2,5 am 03.02.2026, 192.168.100.200, v1.2.3") == (
        "1,500 und 2.5 am 03.02.2026, 192.168.100.200, v1.2.3"
    )


def modules() -> list[str]:
    return sorted(path.stem for path in Path(planning.audit.__file__).parent.glob("*.py"))


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for name in modules():
        module = sys.modules.get(f"planning.audit.{name}")
        for attribute, value in vars(module).items() if module else ():
            if isinstance(value, re.Pattern):
                found.append((f"{name}.{attribute}", value))
    return found


MANY = 50


def repeats(tree):
    """Yield each repetition that can give back what it took: how often, and what is repeated."""
    for op, value in tree:
        if str(op) in {"MAX_REPEAT", "MIN_REPEAT"} and value[0] != value[1]:
            yield value[1], value[2]
        for part in parts(value):
            yield from repeats(part)


def parts(value):
    for part in value if isinstance(value, (tuple, list)) else ():
        if hasattr(part, "data"):
            yield part
        elif isinstance(part, list):
            yield from parts(part)


def signs(item):
    """Return the signs that one item of a pattern may match, of those that count here."""
    op, value = item
    found = re._compiler.compile(re._parser.SubPattern(re._parser.State(), [(op, value)]))
    return {sign for sign in "aZ5é-·.,_ /:$=\n(" if found.fullmatch(sign)}


def parted(inner):
    """Whether a repeated group begins or ends with a sign that nothing repeated in it can be."""
    items = list(inner)
    while len(items) == 1 and str(items[0][0]) == "SUBPATTERN":
        items = list(items[0][1][-1])
    if not items or any(str(op) == "BRANCH" for op, _ in items):
        return False
    within = set()
    for _, repeated in repeats(inner):
        for item in repeated:
            if str(item[0]) not in {"LITERAL", "IN", "ANY", "NOT_LITERAL"}:
                return False
            within |= signs(item)
    ends = (item for item in (items[0], items[-1]) if str(item[0]) in {"LITERAL", "IN"})
    return any(signs(item) and not signs(item) & within for item in ends)


def exponential(pattern):
    """Whether a repetition stands in a repetition with nothing between that parts their rounds."""
    tree = re._parser.parse(pattern.pattern, pattern.flags)
    return any(
        high > MANY and any(each > MANY for each, _ in repeats(inner)) and not parted(inner)
        for high, inner in repeats(tree)
    )


@pytest.mark.parametrize("bad", ["(?:a+)+b", "(a*)*", r"(?:\w+\s?)+$", r"(?:[a-z]+|\d+)*x"])
def test_a_pattern_that_is_exponential_is_known(bad):
    assert exponential(re.compile(bad))


def test_no_pattern_can_give_back_in_exponentially_many_ways():
    seen = patterns()
    assert len(seen) > 50
    assert [name for name, each in seen if exponential(each)] == []


def calls(work: Callable[[], object]) -> int:
    """Return how many calls of Python functions a piece of work makes: a count and no time."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


PIECES = [
    "The 500 users send 20 requests/s and wait ~50 - 100 ms. ", "5 open support tickets per node ",
    "1 ", "$1 ", "1 per ", "1-", "1,", "< ", "a1-", "120만 명 ", "1/", "1:1 ",
    "€5/h ", "x=5;", "$x$ ",
    r"\frac{1}{2} ", "{{{{", "((((", "~~~~", "****", "````", "<b>", "<!--", "[a](", "&amp;", "||||",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_work_grows_as_the_line_does(piece):
    short, long = (piece * (size // len(piece)) for size in (2_000, 8_000))
    scan(short, bare=True)  # what is remembered of words is not counted
    few, many = calls(lambda: scan(short, bare=True)), calls(lambda: scan(long, bare=True))
    assert many <= 5 * few + 200


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_work_grows_as_the_document_does(tmp_path, piece):
    head = "| What | Time | Share |\n|---|---|---|\n"
    line = f"{piece * (80 // len(piece) + 1)}\n\n{head}| Peak {piece} | 20 ms {piece} | 30% |\n\n"
    drafts = []
    for count in (10, 40):
        path = tmp_path / f"{count}.md"
        path.write_text(line * count, encoding="utf-8")
        drafts.append(path)
    draft(drafts[0])
    few, many = (calls(lambda path=path: draft(path)) for path in drafts)
    assert many <= 5 * few + 500


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_change_nothing(tmp_path, end):
    raw = (score.DOCUMENTS / "wiki_export.md").read_bytes().decode().replace("\r\n", "\n")
    path = tmp_path / "wiki_export.md"
    path.write_bytes(raw.replace("\n", end).encode())
    assert draft(path).entries == draft(score.DOCUMENTS / "wiki_export.md").entries
