"""Bad files: one clear line that says file, line, field, value, rule and remedy; exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from planning.numbers.reading import FileError, parse_document
from planning.questions.load import checked, parse_system
from planning.system.starter import starter_text

PLAN = "    plan: supabase.compute.small  # fills max_connections, cores and memory\n"
GOOD = starter_text(title="Shop", file="shop.yaml").replace(
    PLAN, "    max_connections: 100\n    cores: 2\n"
)


def complaint(text):
    with pytest.raises(FileError) as caught:
        checked(parse_document(text, "shop.yaml"))
    return str(caught.value)


def line_of(text, needle):
    return next(n for n, line in enumerate(text.splitlines(), 1) if needle in line)


def test_the_starter_is_valid():
    assert parse_system(GOOD).title == "Shop"


def test_a_missing_field_is_named():
    bad = GOOD.replace("    max_connections: 100\n", "")
    assert complaint(bad) == (
        f"shop.yaml:{line_of(bad, '  database:')}: parts.database.max_connections: "
        "this field is missing."
    )


def test_a_wrong_unit_is_named():
    bad = GOOD.replace("query_time: 10 ms", "query_time: 10 MB")
    assert complaint(bad) == (
        f"shop.yaml:{line_of(bad, '10 MB')}: workload.activities.page.query_time: "
        "'10 MB' is a size, but 's' (such as '250 ms') is wanted here."
    )


def test_low_above_value_is_refused():
    bad = GOOD.replace("low: 5 s, high: 30 s", "low: 20 s, high: 30 s")
    assert "low ≤ value ≤ high is broken: low 20 s, value 10 s, high 30 s." in complaint(bad)


def test_an_unknown_kind_of_part_gets_the_nearest():
    bad = GOOD.replace("kind: database", "kind: databse")
    assert (
        "parts.database.kind: unknown kind of part 'databse'; did you mean 'database'?"
        in complaint(bad)
    )


@pytest.mark.parametrize(("product", "kind"), [("redis", "cache"), ("postgres", "database")])
def test_a_product_for_a_kind_of_part_gets_the_kind(product, kind):
    assert f"that is nearest is '{kind}'" in complaint(
        GOOD.replace(f"kind: {kind}", f"kind: {product}")
    )


def test_an_empty_field_says_what_is_wanted():
    message = complaint(GOOD.replace("query_time: 10 ms", "query_time:"))
    assert "`queries` needs `query_time`: how long one holds a connection" in message
    assert "there is no value" in complaint(GOOD.replace("queries: 5", "queries:"))
    empty = GOOD.replace("surge: {users: 2000 users}", "surge:")
    assert "events.0.surge: is empty; a mapping of fields is wanted: users" in complaint(empty)


def test_a_misspelt_field_gets_the_nearest_and_its_line():
    bad = GOOD.replace("max_connections: 100", "max_conections: 100")
    message = complaint(bad)
    expected = (
        f"shop.yaml:{line_of(bad, 'max_conections')}: parts.database.max_conections: unknown field"
    )
    assert f"{expected}; did you mean 'max_connections'?" in message


def test_a_misspelt_field_of_a_number_gets_the_nearest():
    assert "did you mean 'source'?" in complaint(GOOD.replace("source:", "sourse:"))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("hit_ratio: 60 %", "hit_ratio: 60", "at most 100 %"),
        ("processes: 2 ", "processes: 2.5 ", "whole number"),
        ("processes: 2 ", "processes: 0 ", "at least 1 process"),
        ("query_time: 10 ms", "query_time: -10 ms", "at least 0 s"),
        ("interval: {value: 10 s, low: 5 s,", "interval: {value: 10 s, low: 0 s,", "above 0"),
        ("monthly: $500/month", "monthly: €500/month", "only US dollars"),
        ("query_time: 10 ms", "query_time: 10", "has no unit"),
        ("query_time: 10 ms", "query_time: .nan", "not a quantity"),
        ("query_time: 10 ms", "query_time: .inf", "not a quantity"),
        ("query_time: 10 ms", "query_time: 1e999 s", "too large"),
        ("query_time: 10 ms", "query_time: [1, 2]", "not a quantity"),
        ("query_time: 10 ms", "query_time: true", "not a quantity"),
        ('kind: assumed, source: "a click every 10 s"', "kind: measured", "needs a source"),
        ("kind: assumed", "kind: guessed", "not one of measured, vendor, document, assumed"),
        ("  app:", "  App Server:", "lower-case"),
        ("name: Twice the servers", "name: ''", "at least 1 character"),
    ],
)
def test_a_bad_value_is_refused_with_its_rule(old, new, rule):
    assert old in GOOD
    assert rule in complaint(GOOD.replace(old, new))


def test_a_patch_of_a_phase_is_checked_when_the_file_is_read():
    bad = GOOD.replace("processes: 4, cores", "proceses: 4, cores")
    message = complaint(bad)
    assert "phases.0.changes.parts.app.proceses" in message
    assert "did you mean 'processes'?" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("- a\n- b\n", "is a mapping of fields, not a list"),
        ("just text", "not a text"),
        ("title: [unclosed", "not valid YAML"),
        ("title: a\ntitle: b\n", "'title' is there twice"),
        ("a: &x [1]\nb: *x\n", "anchors and aliases"),
        ("a: !!python/object:os.system x\n", "YAML tag"),
        ("a: " + "[" * 60 + "]" * 60, "deeper nesting"),
        ("? [a, b]\n: c\n", "plain word"),
        ("a: \x07bell\n", "not valid YAML"),
        ("a:\n\tb: 1\n", "Indent with spaces"),
        ("a: b: c\n", "in quotes"),
        ("a: [1, 2\nb: 3\n", "not closed"),
    ],
)
def test_what_is_not_a_plain_mapping_is_refused(text, words):
    with pytest.raises(FileError, match=words.replace("(", r"\(")):
        parse_document(text, "x.yaml")


def bomb():
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]
    return "\n".join(lines).encode()


def write_bad(folder, kind):
    path = folder / f"{kind}.yaml"
    if kind == "directory":
        path.mkdir()
    elif kind == "huge":
        with path.open("wb") as stream:
            stream.truncate(100_000_000)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind != "absent":
        contents = {
            "bomb": bomb(), "latin1": "title: Gr\xf6\xdfe\n".encode("latin-1"), "empty": b"",
            "truncated": GOOD.encode()[:700], "binary": bytes(range(256)) * 50,
            "deep": b"a: " + b"[" * 100_000,
        }  # fmt: skip
        path.write_bytes(contents[kind])
    return path


def process(*arguments):
    """Run the command where it can be stopped: what it reads may block it, or break the stack."""
    return subprocess.run(
        [sys.executable, "-m", "planning", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        "directory",
        "huge",
        "fifo",
        "absent",
        "bomb",
        "latin1",
        "empty",
        "truncated",
        "binary",
        "deep",
    ],
)
def test_a_bad_file_is_clear_lines_and_exit_code_2(cli, tmp_path, kind):
    path = write_bad(tmp_path, kind)
    run = process("assess", path) if kind in {"fifo", "deep"} else cli("assess", path)
    assert run.returncode == 2
    assert run.stdout == ""
    lines = run.stderr.splitlines()
    # A truncated file may lack several fields; everything else is one line.
    assert lines if kind == "truncated" else len(lines) == 1
    assert all(line.startswith("planning: ") and str(path) in line for line in lines)
    assert "Traceback" not in run.stderr
