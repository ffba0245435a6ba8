"""Reports in bad surroundings: stopped, no room, no home, an ASCII terminal, odd files."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from planning.batch.files import results
from planning.batch.reports import run_reports
from planning.numbers.writing import write_whole

PLANNING = [sys.executable, "-m", "planning"]
# Runs a command that may write no file of more than 300 kB, as where a disk is nearly full.
SMALL_FILES = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
    "os.execv(sys.executable, sys.argv[1:])"
)


def ran(command, **variables):
    environment = {**os.environ, **variables}
    environment = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def children(pid):
    """Processes below one, by their parents' numbers."""
    found = []
    for entry in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found += [int(entry), *children(int(entry))]
    return found


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_batch_that_is_stopped_leaves_an_index_of_what_was_finished(tmp_path, how, code):
    targets = ",".join(str(100 * n) for n in range(1, 21))
    command = [*PLANNING, "report", "ten_thousand_users", "--users", targets]
    batch = subprocess.Popen([*command, "--out", str(tmp_path)], stderr=subprocess.PIPE, text=True)
    assert "written" in batch.stderr.readline()
    below = children(batch.pid) if os.path.isdir("/proc") else []
    batch.send_signal(how)
    said = batch.communicate()[1]
    assert batch.returncode == code
    assert "stopped" in said
    end = time.monotonic() + 30  # what they are forked from notices by itself
    while any(map(running, below)):
        assert time.monotonic() < end
        time.sleep(0.1)
    finished = sorted(path.parent.name for path in tmp_path.glob("*/*/report.html"))
    assert 0 < len(finished) < 20
    index = (tmp_path / "index.html").read_text()
    for count in finished:
        assert f"ten_thousand_users/{count}/report.html" in index
    # What was not finished is not there at all: neither half a report nor a failure.
    assert sorted(path.name for path in (tmp_path / "ten_thousand_users").iterdir()) == finished
    assert "failed</span>" not in index


def test_a_full_disk_is_one_line_that_names_the_file_and_leaves_no_pieces(tmp_path):
    command = [*PLANNING, "report", "ten_thousand_users", "--users", "100", "--out", str(tmp_path)]
    run = ran([sys.executable, "-c", SMALL_FILES, *command])
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "failed: " in run.stderr
    assert str(tmp_path / "ten_thousand_users/100/report.html") in run.stderr
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("report.html"))
    assert "File too large" in (tmp_path / "index.html").read_text()


def test_a_folder_that_cannot_be_made_is_one_line():
    run = ran([*PLANNING, "report", "ten_thousand_users", "--users", "100", "--out", "/proc/none"])
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("planning: /proc/none")
    assert "Traceback" not in run.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    (tmp_path / "page").mkdir()
    with pytest.raises(OSError, match="page") as failed:
        write_whole(tmp_path / "page", "text")
    assert failed.value.filename == str(tmp_path / "page")
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


WHOLE = {
    "schema_version": 1, "system": "shop", "users": 10, "verdict": "holds", "capacity_users": 20,
    "breaks_first": "cores", "monthly_cost_usd": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [
        {"capacity_users": "x"}, {"users": "many"}, {"users": None}, {"users": float("nan")},
        {"monthly_cost_usd": []}, {"verdict": 3}, {"system": {}}, {"users": True},
        {"error": "why", "system": None},
    ],
)  # fmt: skip
def test_an_odd_result_is_passed_over_and_the_others_are_listed(tmp_path, odd):
    for name, record in (("a/1", {**WHOLE, **odd}), ("b/2", WHOLE)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "result.json").write_text(json.dumps(record))
    assert [each["folder"] for each in results(tmp_path)] == ["b/2"]
    assert run_reports([], [], tmp_path, io.StringIO()) == 0
    assert "b/2/report.html" in (tmp_path / "index.html").read_text()


def test_a_result_of_many_brackets_is_passed_over(tmp_path):
    (tmp_path / "a/1").mkdir(parents=True)
    (tmp_path / "a/1/result.json").write_text("[" * 100_000)
    assert not list(results(tmp_path))


@pytest.mark.parametrize("home", ["/proc/nohome", None])
def test_reports_need_no_home(tmp_path, home):
    command = [*PLANNING, "report", "ten_thousand_users", "--users", "100", "--out", str(tmp_path)]
    run = ran(command, HOME=home, XDG_CACHE_HOME=None, XDG_DATA_HOME=None)
    assert run.returncode == 0, run.stderr
    assert len(list(tmp_path.rglob("report.html"))) == 1


def test_an_ascii_terminal_gets_the_table(tmp_path):
    command = [*PLANNING, "assess", "ten_thousand_users", "--users", "10"]
    plain = ran(command, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    usual = ran(command, PYTHONIOENCODING="utf-8")
    assert plain.returncode == usual.returncode
    assert "Traceback" not in plain.stderr + plain.stdout
    assert len(plain.stdout.splitlines()) == len(usual.stdout.splitlines()) > 10
    assert plain.stdout.isascii()
