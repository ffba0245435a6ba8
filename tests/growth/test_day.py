"""A day's profile of 24 hours states the peak over the mean, and one of the two is stated."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.system.patches import apply_changes

TEXT = """
title: Shop
workload:
  users: 100 users
  target: 1000 users
  {stated}
  activities:
    page: {{interval: 10 s, queries: 1, query_time: 10 ms, query_cpu: 1 ms, cpu_time: 10 ms}}
parts:
  database: {{kind: database, cores: 4, max_connections: 100, memory: 8 GB}}
  storage: {{kind: storage, disk: 1 TB, tables: {{views: {{interval: 10 s}}}}}}
"""
HALF = "day: [" + ", ".join(["1"] * 12 + ["3"] * 12) + "]"


def told(stated):
    return parse_system(TEXT.format(stated=stated))


def test_the_peak_over_the_mean_follows_from_the_hours():
    by_day, by_ratio = told(HALF), told("peak_to_mean: 1.5")
    assert by_day.workload.peak_to_mean.value == 1.5
    assert planning.capacity(by_day).users == planning.capacity(by_ratio).users
    loads = [
        planning.assess(each, 500).of("storage.disk").load.value for each in (by_day, by_ratio)
    ]
    assert loads[0] == pytest.approx(loads[1])


def test_it_is_moved_and_patched_like_any_input():
    system = told(HALF)
    assert "24 hours" in system.inputs["workload.peak_to_mean"].estimate.source
    assert system.at({"workload.peak_to_mean": 4.0}).workload.peak_to_mean.value == 4.0
    moved = apply_changes(system.at({"workload.peak_to_mean": 4.0}), {"workload": {"target": 5}})
    assert moved.workload.peak_to_mean.value == 4.0
    changed = apply_changes(system, {"workload": {"day": [0] * 23 + [1]}})
    assert changed.workload.peak_to_mean.value == 24.0


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (HALF + "\n  peak_to_mean: 2", "`peak_to_mean` or `day`"),
        ("day: [1, 2, 3]", "24"),
        ("day: [" + ", ".join(["0"] * 24) + "]", "0 at every hour"),
        ("day: [" + ", ".join(["-1"] * 24) + "]", "0"),
        ("day: [" + ", ".join([".inf"] * 24) + "]", "number"),
    ],
)
def test_what_is_no_day_is_refused(stated, words):
    with pytest.raises(FileError, match="workload") as refused:
        told(stated)
    assert words in str(refused.value)
