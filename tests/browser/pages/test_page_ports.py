"""Every formula of a live page, in the browser, against the Python over a grid."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import planning.models
from planning.models.formula import FormulaText
from planning.models.networks.closed_classes import throughput_among
from planning.models.networks.layers import held_time
from planning.models.networks.pools import called_failed, called_wait
from planning.numbers.tariff import charged
from planning.numbers.units import UnitError, parse, show
from planning.page.data import page_data
from planning.page.document import COMPUTING, STATIC, script_of
from planning.page.formulas import PORTED, javascript_of, name_of
from planning.page.written import spellings

POINTS = 400
RTOL = 1e-9

# What an argument may be: edges first, then anything between the ends.
RATES = ([0.0, 1e-9], (1e-3, 1e6))
TIMES = ([0.0, 1e-6], (1e-6, 100.0))
COUNTS = ([1.0, 0.5, 2.0], (1.0, 3000.0))
ARGUMENTS: dict[str, tuple[list[float], tuple[float, float]]] = {
    "arrival_rate": RATES, "request_rate": RATES, "write_rate": RATES, "service_rate": RATES,
    "hold": TIMES, "hold_time": TIMES, "crowded_hold_time": TIMES, "service_time": TIMES,
    "replay_time": TIMES, "delay": TIMES, "cycle_time": TIMES, "busy": ([0.0], (1e-3, 1e5)),
    "wait": ([0.0, np.inf], (1e-6, 100.0)), "wait_limit": ([1e-3], (1e-3, 100.0)),
    "time": ([0.0], (1e-3, 1e5)), "ttl": ([0.0], (1e-3, 1e5)),
    "utilisation": ([0.0, 1.0], (1e-4, 50.0)), "servers": COUNTS, "places": COUNTS,
    "keys": ([1.0, 64.0, 65.0], (1.0, 1e9)), "objects": ([0.0, 1.0], (1.0, 1e8)),
    "exponent": ([0.0, 1.0], (0.1, 2.0)), "convoy": ([0.0], (1e-7, 1e-3)),
    "waiter_limit": ([0.0], (1.0, 500.0)), "replay_scv": ([0.0, 1.0], (0.1, 5.0)),
    "statements": COUNTS, "hot_position": COUNTS, "users": ([0.0, 1.0], (1.0, 1e6)),
    "capacity": ([0.0], (1e-2, 1e6)), "workers": ([1.0, 8.0], (1.0, 500.0)),
    "refused": ([0.0, 0.5, 1.0], (1e-3, 1.0)), "retries": ([0.0, 3.0], (0.1, 10.0)),
    "work": ([0.0, 1.0], (1e-3, 3.0)), "share_taken": ([0.0, 1.0], (1e-3, 3.0)),
}  # fmt: skip
WHOLE = {"statements", "hot_position", "workers"}
ANY = ([0.0, 1.0], (0.01, 60.0))


def arithmetic_formulas() -> Iterator[Callable[..., Any]]:
    for module in pkgutil.walk_packages(planning.models.__path__, "planning.models."):
        room = importlib.import_module(module.name)
        for member in vars(room).values():
            text = getattr(member, "__formula__", None)
            if (
                isinstance(text, FormulaText)
                and text.arithmetic
                and member.__module__ == room.__name__
            ):
                yield member


ARITHMETIC = sorted({name_of(each): each for each in arithmetic_formulas()}.items())


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that holds every port and every arithmetic formula by name, and nothing else."""
    names = [*(name for name, _ in ARITHMETIC), *(each.__name__ for each in PORTED), "tiered"]
    script = "\n".join(
        [
            *((STATIC / each).read_text("utf-8") for each in COMPUTING),
            *(javascript_of(each) for _, each in ARITHMETIC if each not in PORTED),
            f"const TABLE = new Map(Object.entries({{ {', '.join(dict.fromkeys(names))} }}));",
        ]
    )
    path = tmp_path_factory.mktemp("ports") / "ports.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    return path


def rows_for(names: list[str], rng: np.random.Generator, points: int) -> list[list[float]]:
    columns = []
    for name in names:
        edges, (low, high) = ARGUMENTS.get(name, ANY)
        values = np.exp(rng.uniform(np.log(low), np.log(high), points))
        if name in WHOLE:
            values = np.round(values)
        at_edge = rng.random(points) < 0.15
        columns.append(np.where(at_edge, rng.choice(edges, points), values))
    given = dict(zip(names, columns, strict=True))
    if {"hold", "utilisation", "servers"} <= given.keys():
        # A place is held for at least the service that its holder calls: what Python makes of
        # less is rounding error.
        rate = np.maximum(given["arrival_rate"], 1e-9)
        service = given["utilisation"] * np.maximum(given["servers"], 1.0) / rate
        given["hold"] = np.maximum(given["hold"], service * rng.uniform(1.0, 20.0, points))
    if {"factor", "time"} <= given.keys():
        # Growth by a large factor for a long time is past all numbers.
        given["factor"] = np.clip(given["factor"], 0.5, 2.0)
        given["time"] = np.clip(given["time"], 0.0, 100.0)
    if {"start", "ceiling"} <= given.keys():
        given["ceiling"] = given["start"] * rng.uniform(1.0, 1e3, points)
    if {"objects", "keys"} <= given.keys():
        # Fewer than a millionth of the keys are a difference of sums that cancel.
        given["objects"] = np.where(
            given["objects"] > 1.0, given["keys"] * 10 ** rng.uniform(-5, 0.2, points), 0.0
        )
    return np.stack([given[name] for name in names], axis=1).tolist() if names else []


def named(function: Callable[..., Any]) -> list[str]:
    """Return arguments that have a name; further ones are of several resources below a pool."""
    parameters = inspect.signature(function).parameters.items()
    return [name for name, each in parameters if each.kind is not each.VAR_KEYWORD]


def in_browser(page: Page, name: str, rows: list[list[Any]]) -> list[float | str]:
    """Values by row; the words of the error where a row is refused."""
    answers: list[float | str] = page.evaluate(
        """([name, rows]) => rows.map((row) => {
             try { return TABLE.get(name)(...row); } catch (error) { return error.message; }
           })""",
        [name, rows],
    )
    return answers


def in_python(function: Callable[..., Any], row: list[float]) -> float | None:
    try:
        with np.errstate(all="ignore"):
            return float(function(*row))
    except ValueError:
        return None


def compare(function: Callable[..., Any], rows: list[list[float]], found: list[Any]) -> int:
    """Fail where a value differs or only one side refuses; return how many values were compared."""
    values = 0
    for row, there in zip(rows, found, strict=True):
        here = in_python(function, row)
        if here is None:
            assert isinstance(there, str), f"{function.__name__}{row}: {there}, Python refuses"
            continue
        assert not isinstance(there, str), f"{function.__name__}{row} = {here}, refused: {there}"
        # Waits far below a nanosecond and shares below 1e-12 are lost in rounding on both sides.
        np.testing.assert_allclose(
            there, here, rtol=RTOL, atol=1e-12, err_msg=f"{function.__name__}{row}"
        )
        values += 1
    return values


@pytest.mark.parametrize(
    "function",
    [each for each in PORTED if each is not throughput_among],
    ids=lambda each: each.__name__,
)
def test_a_port_computes_what_python_computes(page: Page, table: Path, function: Any) -> None:
    page.goto(table.as_uri())
    rows = rows_for(named(function), np.random.default_rng(11), POINTS)
    compared = compare(function, rows, in_browser(page, function.__name__, rows))
    assert compared > POINTS / 8


@pytest.mark.parametrize(("kinds", "stations"), [(1, 0), (1, 2), (2, 1), (3, 3)])
def test_kinds_of_users_among_each_other_are_pythons(
    page: Page, table: Path, kinds: int, stations: int
) -> None:
    page.goto(table.as_uri())
    rng = np.random.default_rng(14)
    needs = [*(f"station {place}" for place in range(stations))]
    for _ in range(60):
        users = np.where(rng.random(kinds) < 0.1, 0.0, 10 ** rng.uniform(0, 5, kinds))
        cycle = 10 ** rng.uniform(-2, 2, kinds)
        # Some need nothing of a station, and of some nothing is left.
        demand = cycle[:, None] * 10 ** rng.uniform(-4, 0, (kinds, stations))
        demand[rng.random(demand.shape) < 0.1] = 0.0
        demand[rng.random(demand.shape) < 0.02] = np.inf
        rows = np.column_stack([users, cycle, demand]).tolist()
        given = {
            f"{what}: {kind}": value
            for kind, row in enumerate(rows)
            for what, value in zip(("users", "cycle", *needs), row, strict=True)
        }
        (there,) = in_browser(page, "throughput_among", [[rows]])
        np.testing.assert_allclose(
            there, float(throughput_among(**given)), rtol=RTOL, err_msg=str(rows)
        )


@pytest.mark.parametrize("function", [held_time, called_wait, called_failed])
@pytest.mark.parametrize("more", [1, 2])
def test_several_resources_below_a_pool_are_pythons(
    page: Page, table: Path, function: Any, more: int
) -> None:
    page.goto(table.as_uri())
    names, rng = named(function), np.random.default_rng(13)
    rows = rows_for(names, rng, 150)
    stations = [rows_for(["utilisation", "servers"], rng, 150) for _ in range(more)]
    further = [dict(enumerate(row)) for row in zip(*stations, strict=True)]
    asked = [[*row, [*chain(*there.values())]] for row, there in zip(rows, further, strict=True)]
    found = in_browser(page, function.__name__, asked)
    compared = 0
    for row, below, there in zip(rows, further, found, strict=True):
        others = {}
        for place, (use, servers) in below.items():
            others |= {f"utilisation: {place}": use, f"servers: {place}": servers}

        def here(*given: float, others: dict[str, float] = others) -> Any:
            return function(*given, **others)

        compared += compare(here, [row], [there])
    assert compared > 100


@pytest.mark.parametrize(("name", "function"), ARITHMETIC, ids=[name for name, _ in ARITHMETIC])
def test_a_formulas_text_computes_what_its_function_does(
    page: Page, table: Path, name: str, function: Any
) -> None:
    page.goto(table.as_uri())
    rows = rows_for(named(function), np.random.default_rng(12), 80)
    compare(function, rows, in_browser(page, name, rows))


def test_a_bill_along_tiers_is_pythons(page: Page, table: Path) -> None:
    page.goto(table.as_uri())
    ends, prices = [1e12, 10e12], [0.0, 0.09e-9, 0.08e-9]
    tiers = {"tier_1_up_to": ends[0], "tier_1_price": prices[0], "tier_2_up_to": ends[1]}
    tiers |= {"tier_2_price": prices[1], "tier_3_price": prices[2]}
    used = [0.0, 5e11, 1e12, 3e12, 5e13]
    found = in_browser(page, "tiered", [[each, 1e11, ends, prices] for each in used])
    np.testing.assert_allclose(
        found, [float(charged(each, 1e11, **tiers)) for each in used], rtol=1e-12
    )
    (refused,) = in_browser(page, "tiered", [[1.0, 0.0, [2.0, 1.0], prices]])
    assert "tier_ends" in str(refused)


@pytest.fixture(scope="module")
def shop(systems: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = script_of(page_data(systems["crash_matrix"]), ("engine/show.js", "engine/engine.js"))
    path = tmp_path_factory.mktemp("shop") / "shop.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>")
    return path


UNITS = [
    "s", "byte", "bit/s", "byte/s", "fraction", "ratio", "user", "USD/month", "USD/byte", "query/s",
    "1/s", "participant*min", "USD/byte/month", "row/s", "USD/token",
]  # fmt: skip


def test_numbers_are_shown_as_python_shows_them(page: Page, shop: Path) -> None:
    page.goto(shop.as_uri())
    rng = np.random.default_rng(3)
    values = [0.0, 1.0, 0.5, 0.125, 1.125, 0.9995, 0.99999, 86_400.0, 1e15, 2.5, 0.0625, 999.5]
    values += (10 ** rng.uniform(-14, 17, 300)).tolist() + np.round(
        10 ** rng.uniform(0, 9, 60)
    ).tolist()
    for unit in UNITS:
        found = page.evaluate("([all, unit]) => all.map((one) => show(one, unit))", [values, unit])
        assert found == [show(each, unit) for each in values]


def test_what_is_typed_is_read_as_python_reads_it(page: Page, shop: Path) -> None:
    page.goto(shop.as_uri())
    typed = {"s": ["250 ms", "1.5 min", "2h", "5"], "byte": ["512 MB", "1 GiB", "16 Gb", "7"],
             "user": ["10k", "12,000 users", "3 cores"], "fraction": ["70 %", "0.7"],
             "USD/month": ["$1,200/month", "25 USD/month", "$5"],
             "bit/s": ["1.5 Mbit/s", "fast"]}  # fmt: skip
    for unit, texts in typed.items():
        for text in texts:
            try:
                wanted: float | None = parse(text, unit)
            except UnitError:
                wanted = None
            found = page.evaluate(
                "([text, unit]) => { try { return parse(text, unit); } catch { return null; } }",
                [text, unit],
            )
            assert found == wanted, (text, unit)


def test_a_unit_has_the_spellings_people_write() -> None:
    assert {"ms", "s", "min", "h"} <= dict(spellings("s")).keys()
    assert dict(spellings("USD/byte"))["$/GB"] == pytest.approx(1e-9)
    assert dict(spellings("request/s"))["requests/min"] == pytest.approx(1 / 60)
