"""Measured samples in a file: drawn as they are, and tables that only their own folder holds."""

from __future__ import annotations

import os

import numpy as np
import pytest

import planning
from planning.numbers.doubt import drawn, shape_of
from planning.numbers.measured import MOST_BYTES, MOST_SAMPLES, column_of, samples_of
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.sampling import sample
from planning.questions.sensitivity import influences, tornado

INTERVAL = "workload.activities.page.interval"
FILE = """
title: Limited
workload:
  users: 100 users
  target: 1000 users
  activities: {{page: {{interval: {}}}}}
parts:
  gate: {{kind: rate_limit, requests: 100 requests/s}}
  app: {{kind: service, processes: 4, cores: 1000}}
"""
LISTED = "{samples: [20, 10, 5 s, 12, 8], unit: s, source: a log}"


def test_samples_are_drawn_as_they_are():
    system = parse_system(FILE.format(LISTED))
    estimate = system.inputs[INTERVAL].estimate
    assert estimate.samples == (5.0, 8.0, 10.0, 12.0, 20.0)
    assert (estimate.value, estimate.low, estimate.high) == (10.0, 5.0, 20.0)
    assert (str(estimate.kind), shape_of(estimate)) == ("measured", "samples")
    assert "5 samples" in str(estimate)
    # At 100 requests/s so many users are held as 100 intervals say.
    found = sample(system, 2_000, users=999.0)
    np.testing.assert_allclose(found.capacity_at([0.0, 0.5, 1.0]), [500, 1000, 2000], rtol=0.01)
    # Half of the draws are at least the median, by the positions of the samples.
    assert found.probability == pytest.approx(0.5, abs=0.01)
    assert [each.path for each in tornado(system)] == [INTERVAL]
    assert [each.paths for each in influences(system)] == [(INTERVAL,)]
    # What is set by hand is known: nothing of the samples stays.
    assert system.at({INTERVAL: "9 s"}).inputs[INTERVAL].estimate.samples == ()


def test_a_table_beside_the_file_says_the_same_as_a_list(tmp_path):
    path = tmp_path / "limited.yaml"
    (tmp_path / "hours.csv").write_text("hour,mean\n1,20\n2,10\n3,5\n4,\n5,12\n6,8\n")
    path.write_text(FILE.format("{samples: hours.csv, column: mean, unit: s}"), encoding="utf-8")
    found = planning.load_system(path).inputs[INTERVAL].estimate
    listed = parse_system(FILE.format(LISTED)).inputs[INTERVAL].estimate
    assert found.samples == listed.samples
    assert found.source == "hours.csv, column mean"
    levels = np.linspace(0, 1, 9)
    np.testing.assert_array_equal(drawn(found, levels), drawn(listed, levels))


def test_a_whole_number_is_drawn_whole_and_a_stated_value_stays():
    text = FILE.format("10 s").replace("processes: 4", "processes: {samples: [2, 3, 9], value: 4}")
    estimate = parse_system(text).inputs["parts.app.processes"].estimate
    assert estimate.value == 4
    assert set(drawn(estimate, np.linspace(0, 1, 50))) == {2, 3, 4, 5, 6, 7, 8, 9}


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("{samples: [], unit: s}", "must be a list"),
        ("{samples: [1, 2]}", "bare samples need their unit"),
        ("{samples: [1, xyzzy], unit: s}", "sample 2 is no number"),
        ("{samples: [1, true], unit: s}", "sample 2 is no number"),
        ("{samples: [1, 2], unit: GB}", "GB"),
        ("{samples: [1, 2], unit: s, low: 1 s}", "'low' does not go with"),
        ("{samples: [-1, 2], unit: s}", "must be"),
        ("{samples: [1, 2], unit: s, value: 9 s}", "low ≤ value ≤ high"),
        ("{samples: hours.csv, unit: s}", "beside a system file"),
    ],
)
def test_samples_that_are_none_are_refused_with_their_line(number, rule):
    with pytest.raises(FileError, match=rule) as told:
        parse_system(FILE.format(number), "file.yaml")
    assert "file.yaml:6" in str(told.value)
    assert "xyzzy" not in str(told.value)


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("table", "said", "rule"),
    [
        (f"mean\n1\n{SECRET}\n", "hours.csv", "line 3 of the table"),
        (f"{SECRET},mean\n1,2\n", "hours.csv", "2 columns"),
        (f"{SECRET}\n1\n", "{f}, column: mean", "no column of that name"),
        ("mean\n\n", "hours.csv", "no number"),
        ("mean\n1e999\n", "hours.csv", "no finite number"),
        ("mean\n1\n", "../hours.csv", "in the folder"),
        ("mean\n1\n", "/etc/hostname", "in the folder"),
        ("mean\n1\n", "out.csv", "in the folder"),
        ("mean\n1\n", "none.csv", "no such table"),
        ("mean\n1\n", ".", "not a regular file"),
        ("mean\n1\n", "circle.csv", "no file can have that name|no such table"),
        ("mean\n1\n", '"a\\0.csv"', "no file can have that name"),
        ("mean,mean\n1,2\n", "{f}, column: mean", "several columns of that name"),
        ("mean\n1_0\n", "hours.csv", "no finite number"),
        ("mean\n" + "1\n" * (MOST_SAMPLES + 1), "hours.csv", "at most 10,000"),
        ("mean\n" + "1000000\n" * (MOST_BYTES // 8 + 1), "hours.csv", "larger than 2 MB"),
    ],
)
def test_a_bad_table_is_refused_and_never_repeated(tmp_path, table, said, rule):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "hours.csv").write_text(table, encoding="utf-8")
    (tmp_path / "secret.csv").write_text(f"mean\n{SECRET}\n", encoding="utf-8")
    os.symlink(tmp_path / "secret.csv", folder / "out.csv")
    os.symlink("circle.csv", folder / "circle.csv")
    path = folder / "limited.yaml"
    number = f"{{samples: {said.format(f='hours.csv')}, unit: s}}"
    path.write_text(FILE.format(number), encoding="utf-8")
    with pytest.raises(FileError, match=rule) as told:
        planning.load_system(path)
    assert "limited.yaml:6" in str(told.value)
    assert SECRET not in str(told.value)


def test_semicolons_and_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeffa;b\n1;2\n3;4\n", encoding="utf-8")
    assert column_of(path, "b") == [2.0, 4.0]
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(FileError, match="UTF-8"):
        column_of(path, None)
    with pytest.raises(ValueError, match="too many"):
        samples_of({"samples": [1.0] * (MOST_SAMPLES + 1)}, "user")
