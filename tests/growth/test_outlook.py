"""A history beside a system's file becomes its demand, if it forecasts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from histories import again, walk

import planning
from planning.numbers.reading import FileError
from planning.numbers.shipped import data_folder
from planning.questions.growth.courses import DAYS_A_MONTH
from planning.questions.growth.demand import demand_by_month, demand_of, with_growth
from planning.questions.growth.history import parse_history
from planning.questions.growth.outlook import outlook, outlook_of
from planning.questions.load import parse_system

FIRST = dt.date(2023, 1, 1)


def csv_of(users):
    days = [f"{FIRST + dt.timedelta(days=day)},{value:.0f}" for day, value in enumerate(users)]
    return "\n".join(["date,users", *days])


@pytest.fixture(scope="module")
def known():
    return outlook(parse_history(csv_of(walk(900, 5)), "h.csv"), method=again)


@pytest.fixture(scope="module")
def system():
    return planning.load_system("ten_thousand_users")


def written(tmp_path, users, **growth):
    text = (data_folder() / "systems" / "ten_thousand_users.yaml").read_text()
    rest = "".join(f"  {key}: {value}\n" for key, value in growth.items())
    (tmp_path / "app.yaml").write_text(f"{text}\ngrowth:\n  history: h.csv\n{rest}")
    (tmp_path / "h.csv").write_text(csv_of(users))
    return planning.load_system(tmp_path / "app.yaml")


def test_it_starts_the_day_after_and_its_quantiles_are_in_order(known):
    assert known.forecasts, known.test.reason
    assert known.start == FIRST + dt.timedelta(days=900)
    low, middle, high = known.daily([0.1, 0.5, 0.9])
    assert np.all((low < middle) & (middle < high))
    assert known.logs.size == known.test.horizon == 91


def test_the_highest_so_far_never_falls_and_is_at_least_the_day(known):
    for level in (0.1, 0.5, 0.9):
        assert np.all(np.diff(known.highest(level)) >= 0)
        assert np.all(known.highest(level) >= known.daily(level))


def test_intervals_widen_with_the_days_ahead(known):
    low, high = known.daily([0.1, 0.9])
    ratio = np.log(high / low)
    assert ratio[60:].min() > ratio[:20].max()


def test_alone_it_is_followed_as_far_as_it_was_tested(system, known):
    grows = with_growth(system, history="h.csv")
    found = demand_of(grows, 700, known=known)
    assert found.days.size == 91
    assert found.start == known.start
    np.testing.assert_allclose(found.at(0.9), known.daily(0.9), rtol=0.02)
    with pytest.raises(ValueError, match="says nothing past 90 days"):
        demand_by_month(grows, 12, known=known)


def test_with_a_rate_that_goes_on_from_where_it_ends(system, known):
    grows = with_growth(system, history="h.csv", rate="10 %/month")
    found = demand_of(grows, 400, known=known)
    users = found.at(0.5)
    assert users[:91] == pytest.approx(known.daily(0.5), rel=0.02)
    assert users[-1] / users[90] == pytest.approx(1.1 ** (310 / DAYS_A_MONTH), rel=0.01)
    assert np.all(found.so_far >= found.courses)


def test_a_target_goes_on_too_and_a_ceiling_bends_all(system, known):
    plan = [{"date": str(known.start + dt.timedelta(days=300)), "users": "1M"}]
    found = demand_of(with_growth(system, history="h.csv", target=plan), 400, known=known)
    assert found.at(0.5)[300] == pytest.approx(1e6)
    bent = with_growth(system, history="h.csv", target=plan, ceiling="200k")
    assert demand_of(bent, 400, known=known).so_far.max() <= 200_000


def test_a_file_names_the_history_beside_it(tmp_path):
    grows = written(tmp_path, walk(130, 5))
    found = outlook_of(grows)
    assert found is not None
    assert found.history.last == FIRST + dt.timedelta(days=129)
    assert found.logs.size == found.test.horizon == 28


def test_a_history_that_does_not_forecast_gives_no_demand_but_its_reason(tmp_path):
    grows = written(tmp_path, walk(120, 5))
    with pytest.raises(ValueError, match="does not forecast: 120 days are too few"):
        demand_by_month(grows, 12)
    with_rate = written(tmp_path, walk(120, 5), rate="10 %/month")
    assert demand_by_month(with_rate, 1, 0.5)[0] == pytest.approx(550, rel=1e-4)


def test_a_missing_file_and_a_link_that_leads_away_are_refused(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    grows = written(folder, walk(60, 1))
    (folder / "h.csv").unlink()
    with pytest.raises(FileError, match="no such file"):
        outlook_of(grows)
    (tmp_path / "secret.csv").write_text("date,users\nsecret,1\n")
    (folder / "h.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(FileError, match="in the folder of the system file") as refused:
        outlook_of(grows)
    assert "secret" not in str(refused.value)
    (folder / "h.csv").unlink()
    (folder / "h.csv").symlink_to("h.csv")
    with pytest.raises(FileError, match=r"no file can have that name|cannot be read"):
        outlook_of(grows)


def test_what_was_read_from_no_file_has_no_history_beside_it(tmp_path, monkeypatch):
    (tmp_path / "h.csv").write_text("date,users\n2026-01-01,secret\n")
    monkeypatch.chdir(tmp_path)
    text = (data_folder() / "systems" / "ten_thousand_users.yaml").read_text()
    pasted = parse_system(f"{text}\ngrowth: {{history: h.csv}}\n")
    with pytest.raises(FileError, match="this is no file") as refused:
        outlook_of(pasted)
    assert "secret" not in str(refused.value)


def test_a_forecast_is_not_drawn_on_by_a_plan_that_is_past(system, known):
    plan = [{"date": "2023-02-01", "users": "2000"}]
    found = demand_of(with_growth(system, history="h.csv", target=plan), 400, known=known)
    assert found.days.size == known.logs.size


def test_a_history_of_holes_is_none():
    users = walk(200, 1)
    rows = csv_of(users).split("\n")
    holes = "\n".join([rows[0], *(row for n, row in enumerate(rows[1:]) if n % 3 == 0)])
    with pytest.raises(ValueError, match="were not counted"):
        outlook(parse_history(holes, "h.csv"))
