"""Files that are broken, huge or no files: one clear line each, and nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from planning.importing.formats import MOST_FILES, import_files
from planning.numbers.reading import FileError

GOOD = "services:\n  web: {image: x, environment: {URL: 'postgres://db/x?pool=5'}}\n" \
       "  db: {image: postgres}\n"  # fmt: skip

HOSTILE = {
    "empty.yaml": (b"", "is empty"),
    "blank.yaml": (b" \n\n", "is empty"),
    "binary.yaml": (bytes(range(256)), "not text"),
    "zeros.json": (b"{\0}", "zero bytes"),
    "latin.env": ("PASSWORD=é\n".encode("latin-1"), "not text in UTF-8"),
    "huge.yaml": (b"a: b\n" * 60_000, "more than 0.256 MB"),
    "huge.json": (b" " * 8_000_001, "more than 8 MB"),
    "deep.yaml": (b"[" * 5000, "nesting"),
    "deep.json": (b"[" * 100_000, "nesting"),
    "indented.yaml": ("".join(f"{' ' * n}a:\n" for n in range(60)).encode(), "nesting"),
    "wide.yaml": (b"[" + b"1," * 30_000 + b"1]", "more values"),
    "laughs.yaml": (b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "anchors and aliases"),
    "tagged.yaml": (b"a: !!python/object/apply:os.system [ls]\n", "YAML tag"),
    "cut.yaml": (b"services:\n  web: {image: 'x\n", "not valid YAML"),
    "helm.yaml": (b"replicas: {{ .Values.replicas }}\n", "not valid YAML"),
    "cut.json": (b'{"planned_values": {', "not valid JSON"),
    "many.yaml": (b"---\na: 1\n" * 500, "500 documents"),
    "nan.json": (b"[" + b"9" * 5000 + b"]", "not valid JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_bad_file_is_one_line(name, tmp_path, cli):
    content, words = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.yaml").write_text(GOOD)
    run = cli("import", name, "good.yaml", cwd=tmp_path)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert name in run.stderr
    assert words in run.stderr
    assert not (tmp_path / "imported.yaml").exists()


def test_each_bad_file_has_its_own_line(tmp_path):
    (tmp_path / "one.yaml").write_bytes(b"a: *b\n")
    with pytest.raises(FileError) as error:
        import_files([tmp_path / "one.yaml", tmp_path / "none.yaml", tmp_path])
    lines = str(error.value).splitlines()
    assert [line.split(":")[0].split(" ")[0] for line in lines] == [
        "one.yaml", "none.yaml", tmp_path.name,
    ]  # fmt: skip


def test_a_device_or_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(FileError, match="not a regular file"):
        import_files([tmp_path / "pipe.yaml"])


def test_too_many_files_are_refused(tmp_path):
    paths = [tmp_path / f"{number}.yaml" for number in range(MOST_FILES + 1)]
    with pytest.raises(FileError, match="at most 50"):
        import_files(paths)


def test_more_services_than_a_system_may_have_are_refused(tmp_path):
    lines = [f"  s{n}: {{image: x, environment: {{U: 'postgres://db/x'}}}}" for n in range(41)]
    path = tmp_path / "compose.yaml"
    path.write_text("services:\n" + "\n".join(lines) + "\n")
    with pytest.raises(FileError, match="at most 40 parts"):
        import_files([path])


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.encode("utf-16"),
        ("# a comment\n---\n" + GOOD + "...\n").encode(),
        ("%YAML 1.2\n---\n" + GOOD).encode(),
    ],
)
def test_marks_and_line_ends_of_other_systems_make_no_difference(imported, content):
    found = imported({"compose.yaml": content})
    assert found.load("db connections with full pools") == 5
    assert "services.web.environment.URL pool" in found.source("parts.web.pool_size")


def test_lines_are_of_the_whole_file(imported):
    found = imported({"compose.yaml": "a: 1\n---\n" + GOOD})
    assert found.source("parts.web.pool_size").startswith("compose.yaml:4 ")
    assert "not understood: compose.yaml:1: no setting in it is known" in found.told


def test_what_is_not_known_is_listed_in_the_file_and_told(imported):
    found = imported({"compose.yaml": GOOD, "notes.txt": "hello\n"})
    assert any("notes.txt: no format that is read" in line for line in found.told)
    assert "#   notes.txt: no format that is read" in found.text


def test_nothing_understood_is_an_error_that_lists_what_was_there(tmp_path, cli):
    (tmp_path / "notes.txt").write_text("hello\n")
    run = cli("import", "notes.txt", cwd=tmp_path)
    assert run.returncode == 2
    assert "nothing that holds or limits connections" in run.stderr
    assert "notes.txt: no format that is read" in run.stderr


def test_a_file_that_exists_is_not_overwritten(tmp_path, cli):
    (tmp_path / "compose.yaml").write_text(GOOD)
    (tmp_path / "imported.yaml").write_text("mine")
    run = cli("import", "compose.yaml", cwd=tmp_path)
    assert run.returncode == 2
    assert "exists already" in run.stderr
    assert (tmp_path / "imported.yaml").read_text() == "mine"


def test_the_command_writes_a_file_that_is_assessed_at_once(tmp_path, cli):
    (tmp_path / "compose.yaml").write_text(GOOD)
    run = cli("import", "compose.yaml", "--out", "shop.yaml", cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout == "wrote shop.yaml; next: planning assess shop.yaml\n"
    assert cli("assess", "shop.yaml", cwd=tmp_path).returncode == 0
    printed = cli("import", "compose.yaml", "--out", "-", cwd=tmp_path)
    assert printed.stdout == (tmp_path / "shop.yaml").read_text()


@pytest.mark.parametrize("name", ["a\nb: c.yaml", "# x.yaml", '"q".yaml', "\udcff.yaml", "🙂.yaml"])
def test_a_file_may_be_called_anything(tmp_path, name):
    from planning.questions.load import parse_system

    path = tmp_path / name
    try:
        path.write_text(GOOD)
    except (OSError, UnicodeEncodeError):  # a file system that has no such names
        return
    assert set(parse_system(import_files([path])[0]).parts) == {"web", "db"}


def test_a_long_list_of_what_is_not_understood_is_cut_and_counted(imported):
    kinds = "".join(f"---\napiVersion: v1\nkind: K{n}\nmetadata: {{name: n}}\n" for n in range(300))
    found = imported({"compose.yaml": GOOD, "rest.yaml": kinds})
    told = [line for line in found.told if line.startswith("not understood")]
    assert len(told) == 151
    assert told[-1] == "not understood: and 150 more"


# Each of these would take hours if a pattern or a search began anew at every character.
SLOW = {
    "quotes.json": '"' + '\\"' * 3_900_000,
    "objects.json": '{"kind": "List", "apiVersion": "v1", "items": ['
    + '{"kind": "A", "apiVersion": "v1"},' * 200_000
    + "{}]}",
    "settings.json": '{"a": [' + '{"POOL_SIZE": 3},' * 100_000 + "{}]}",
}


@pytest.mark.parametrize("name", list(SLOW))
def test_no_file_takes_time_that_grows_with_its_square(tmp_path, name):
    path = tmp_path / name
    path.write_text(SLOW[name])
    with pytest.raises(FileError, match=r"is it cut off|at most 1000|more than 0\.256 MB"):
        import_files([path])


def test_lines_without_end_are_cut(tmp_path):
    (tmp_path / "urls.env").write_text("X=" + "postgres://" * 20_000)
    line = "x = " + "password='" * 25_000
    (tmp_path / "quotes.ini").write_text(f"[pgbouncer]\n[databases]\n{line}\n")
    text, _ = import_files([tmp_path / "urls.env", tmp_path / "quotes.ini"])
    assert len(text) < 10_000


def test_one_line_answers_what_full_pools_come_to(tmp_path):
    (tmp_path / "compose.yaml").write_text(
        GOOD.replace("URL:", "WEB_CONCURRENCY: 25, URL:")
        + "  jobs: {image: x, environment: {DB_HOST: db, DB_POOL_SIZE: 1}}\n"
    )
    tool = f"{sys.executable} -m planning"
    line = f"{tool} import compose.yaml --out - 2>/dev/null | {tool} assess -"
    run = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 20  # 25 × 5 + 1 = 126 of 97
    assert "db connections with full pools" in run.stdout
    assert "126 connections" in run.stdout
