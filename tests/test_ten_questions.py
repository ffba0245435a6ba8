"""Ten answers make a system; what is not answered is marked, and doubted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from scipy import stats

import planning
from planning.system.ten_questions import QUESTIONS, answered

DAY = dt.date(2026, 11, 26)
ALL = {
    "users": "500", "target": "10,000", "interval": "8", "cpu_time": "15", "queries": "4",
    "query_time": "3 ms", "cores": "6 cores", "pool_size": "12", "max_connections": "200",
    "monthly": "$250",
}  # fmt: skip


def system_of(answers: dict[str, str], folder: Path, title: str = "Shop") -> planning.System:
    """Read the system that some answers make."""
    path = folder / "answers.yaml"
    path.write_text(answered(title, answers, DAY), encoding="utf-8")
    return planning.load_system(str(path))


def test_there_are_ten() -> None:
    assert [question.name for question in QUESTIONS] == list(ALL)


def test_answers_are_the_inputs_and_name_their_day(tmp_path: Path) -> None:
    inputs = {path: each.estimate for path, each in system_of(ALL, tmp_path).inputs.items()}
    expected = {
        "workload.users": 500.0, "workload.target": 10_000.0,
        "workload.activities.request.interval": 8.0,
        "workload.activities.request.cpu_time": 0.015,
        "workload.activities.request.queries": 4.0,
        "workload.activities.request.query_time": 0.003,
        "parts.app.cores": 6.0, "parts.app.processes": 6.0, "parts.app.pool_size": 12.0,
        "parts.database.max_connections": 200.0, "costs.all.monthly": 250.0,
    }  # fmt: skip
    for path, value in expected.items():
        assert inputs[path].value == pytest.approx(value), path
        assert inputs[path].source == "answered on 2026-11-26", path


def test_what_is_not_answered_has_a_range_and_no_source(tmp_path: Path) -> None:
    system = system_of({"users": "500", "target": "10k"}, tmp_path)
    found = planning.sample(system, 200, 0, 500.0)
    assert {"parts.app.cores", "workload.activities.request.query_time"} <= set(found.draws)
    processes, cores = (found.draws[f"parts.app.{name}"] for name in ("processes", "cores"))
    assert stats.spearmanr(processes, cores).statistic > 0.9  # one number; processes are whole
    assert system.inputs["parts.app.cores"].estimate.source.endswith("without a source")
    assert not system.costs  # unknown, not free


@pytest.mark.parametrize(
    ("cores", "value", "span", "processes", "whole"),
    [
        ("2.5", 2.5, None, 2, None),
        ("2.5 cores", 2.5, None, 2, None),
        ("0.5", 0.5, None, 1, None),
        ("6 vCPU", 6.0, None, 6, None),
        ("2-4", 3.0, (2.0, 4.0), 3, (2, 4)),
        ("1.5 to 4.5 cores", 3.0, (1.5, 4.5), 2, (1, 4)),
        ("4 – 2", 3.0, (2.0, 4.0), 3, (2, 4)),
        ("2.2..2.8", 2.5, (2.2, 2.8), 2, None),
    ],
)
def test_there_is_a_process_for_each_whole_core(
    cores: str,
    value: float,
    span: tuple[float, float] | None,
    processes: int,
    whole: tuple[int, int] | None,
    tmp_path: Path,
) -> None:
    system = system_of({**ALL, "cores": cores}, tmp_path)
    many, one = (system.inputs[f"parts.app.{name}"].estimate for name in ("cores", "processes"))
    assert (many.value, (many.low, many.high)) == (value, span or (None, None))
    assert (one.value, (one.low, one.high)) == (processes, whole or (None, None))
    assert bool(system.together) is (whole is not None)  # one number, doubted twice
    assert planning.assess(system, 500.0).used > 0
    if whole:
        draws = planning.sample(system, 200, 0, 500.0).draws
        assert (draws["parts.app.processes"] % 1 == 0).all()
        pair = (draws[f"parts.app.{name}"] for name in ("processes", "cores"))
        assert stats.spearmanr(*pair).statistic > 0.8


def test_a_range_says_its_unit_once_and_is_doubted(tmp_path: Path) -> None:
    ranges = {
        "users": "500-701", "target": "10k to 20k", "query_time": "2-4 ms", "interval": "3-30",
        "pool_size": "10-15", "monthly": "$200-$250", "queries": "1 to 2 queries",
    }  # fmt: skip
    inputs = system_of({**ALL, **ranges}, tmp_path).inputs
    request = "workload.activities.request"
    for path, value, low, high in [
        ("workload.users", 600.0, 500.0, 701.0),
        ("workload.target", 15_000.0, 10_000.0, 20_000.0),
        (f"{request}.query_time", 0.003, 0.002, 0.004),
        (f"{request}.interval", 16.5, 3.0, 30.0),
        (f"{request}.queries", 1.5, 1.0, 2.0),
        ("parts.app.pool_size", 12.0, 10.0, 15.0),
        ("costs.all.monthly", 225.0, 200.0, 250.0),
    ]:
        found = inputs[path].estimate
        assert (found.value, found.low, found.high) == pytest.approx((value, low, high)), path
        assert found.source == "answered on 2026-11-26", path


@pytest.mark.parametrize(
    ("name", "answer", "low", "high"),
    [
        ("target", "10-20k", 10e3, 20e3),
        ("target", "10-20K", 10e3, 20e3),
        ("target", "10 to 20k users", 10e3, 20e3),
        ("target", "1-2M", 1e6, 2e6),
        ("target", "500-1k", 500.0, 1e3),
        ("target", "900k-1M", 900e3, 1e6),
        ("monthly", "$1-2k", 1e3, 2e3),
        ("monthly", "$1k-$2K", 1e3, 2e3),
        ("cores", "1 core - 2 cores", 1.0, 2.0),
        ("interval", "1 minute - 2 minutes", 60.0, 120.0),
        ("interval", "1 minute-2 minutes", 60.0, 120.0),
        ("query_time", "2e-3 - 5e-3 s", 0.002, 0.005),
        ("query_time", "2e-3 s to 5e-3 s", 0.002, 0.005),
    ],
)
def test_a_range_may_say_its_scale_once_and_its_units_in_full(
    name: str, answer: str, low: float, high: float, tmp_path: Path
) -> None:
    inputs = system_of({**ALL, name: answer}, tmp_path).inputs
    path = next(path for path in inputs if path.endswith(f".{name}"))
    found = inputs[path].estimate
    assert (found.low, found.high) == pytest.approx((low, high))


def test_one_answer_may_have_an_exponent(tmp_path: Path) -> None:
    inputs = system_of({**ALL, "query_time": "2e-3 s"}, tmp_path).inputs
    found = inputs["workload.activities.request.query_time"].estimate
    assert (found.value, found.low) == (0.002, None)


def test_each_wrong_answer_is_told_by_its_question() -> None:
    wrong = {**ALL, "users": "", "target": "many", "interval": "8 kg", "queries": "4" * 101}
    with pytest.raises(ValueError, match="same time") as caught:
        answered("Shop", wrong, DAY)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    for line, word in zip(lines, ("no answer", "'many'", "kg", "more than 100"), strict=True):
        assert word in line


def test_a_title_stays_a_title(tmp_path: Path) -> None:
    title = 'x"\nparts: {app: null}\x07 #{}'
    assert system_of(ALL, tmp_path, title).title == 'x" parts: {app: null} #{}'
    assert system_of(ALL, tmp_path, " ").title == "My app"


def test_an_answer_stays_a_number() -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        answered("Shop", {**ALL, "users": '5", kind: measured}'}, DAY)
