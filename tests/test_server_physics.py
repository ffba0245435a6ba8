"""What a file may say of servers beyond cores and CPU: how it moves the answer, and where not."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.questions.assess import Assessment

SERVICE = """
title: Pages
workload:
  users: {users}
  target: {users}
  activities: {{page: {{interval: 10 s, cpu_time: 30 ms}}}}
parts:
  app: {{kind: service, processes: 4, cores: 4, response_objective: 500 ms{more}}}
"""


@pytest.fixture
def assessed(tmp_path):
    """Return what is said of a system written in a file."""

    def of(text: str, **values: object) -> Assessment:
        path = tmp_path / "system.yaml"
        path.write_text(text.format(**values), encoding="utf-8")
        return planning.assess(planning.load_system(path))

    return of


def load(result: Assessment, name: str) -> float:
    (found,) = (each for each in result.constraints if each.name == name)
    return float(found.load.value)


def limit(result: Assessment, name: str) -> float:
    (found,) = (each for each in result.constraints if each.name == name)
    return float(found.limit.value)


WAYS = ("shared", "least_connections", "round_robin", "random")


@pytest.mark.parametrize("threads", ["", ", threads: 1"])
def test_dealt_out_requests_wait_longer_and_as_much_is_carried(assessed, threads):
    for users in (400, 1000, 1200):
        found = [assessed(SERVICE, users=users, more=f", dispatch: {way}{threads}") for way in WAYS]
        times = [load(each, "app page response") for each in found]
        assert times == sorted(set(times)), users
        assert [load(each, "app cpu") for each in found] == pytest.approx([users * 3e-3] * 4)


def test_at_random_a_process_is_a_queue_of_its_own(assessed):
    result = assessed(SERVICE, users=1000, more=", dispatch: random")
    assert load(result, "app page response") == pytest.approx(0.03 / (1 - 0.75), rel=1e-9)


def test_one_queue_is_what_a_file_that_says_nothing_has(assessed):
    silent, said = (assessed(SERVICE, users=1000, more=m) for m in ("", ", dispatch: shared"))
    assert load(silent, "app page response") == load(said, "app page response")


def test_one_process_has_one_queue_however_requests_are_dealt_out(assessed):
    text = SERVICE.replace("processes: 4, cores: 4", "processes: 1, cores: 0.5")
    times = [
        load(assessed(text, users=100, more=f", dispatch: {way}"), "app page response")
        for way in WAYS
    ]
    assert np.ptp(times) == pytest.approx(0, abs=1e-12)
