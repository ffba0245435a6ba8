"""Live pages without a browser: what is written, what is refused, what never gets in."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

import planning
import planning.flow
import planning.parts
import planning.system
import planning.workload
from planning.models.formula import formula
from planning.models.networks.pools import called_wait
from planning.models.queueing.erlang import erlang_b
from planning.numbers.doubt import distribution_of
from planning.numbers.nodes import asked, derive, product
from planning.numbers.program import Program
from planning.numbers.shipped import data_folder
from planning.page.compile import compiled
from planning.page.data import page_data
from planning.page.document import STATIC, page_html
from planning.page.draws import quantile_table
from planning.page.formulas import CannotCompile, has_port, javascript_of
from planning.parts import kinds
from planning.present.carried import TABS
from planning.questions.doubts import doubts
from planning.questions.load import parse_system
from planning.system.starter import starter_text

MOST = 1_500_000  # bytes of a page


@pytest.fixture(scope="module")
def pages(systems):
    return {name: page_html(systems[name]) for name in planning.system_names()}


def test_every_shipped_system_fits_an_email(pages):
    assert {name for name, text in pages.items() if len(text.encode()) > MOST} == set()


def test_every_view_that_boards_and_notebooks_know_is_one_of_a_page(systems):
    (sections,) = re.findall(r"new Tabs\(\{(.*?)\}", (STATIC / "page.js").read_text(), re.DOTALL)
    assert re.findall(r"^ +(\w+): \[", sections, re.MULTILINE) == list(TABS)
    told = page_data(systems["ten_thousand_users"]).record["tabs"]
    assert [name for name, _ in told] == list(TABS)
    # The page has no list of its own.
    assert not re.search(r"[\"']How sure[\"']\]", (STATIC / "controls/tabs.js").read_text())


def test_the_policy_names_the_hash_of_the_one_script_and_the_one_style(pages):
    for text in pages.values():
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none';")
        for tag in ("script", "style"):
            (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_is_loaded_and_no_text_becomes_code_or_markup(pages):
    for text in pages.values():
        (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
        code = "\n".join(line for line in script.splitlines() if not line.startswith("const DATA"))
        for word in ("eval(", "Function(", "innerHTML", "insertAdjacentHTML", "document.write"):
            assert word not in code
        assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\b\s*\(", code)
        assert not re.search(r'(src|href)="', text)


def test_what_has_no_counterpart_is_refused_by_name():
    load = asked(3.0, "erlang", "the question")
    node = derive("calls lost", "fraction", erlang_b, offered_load=load, servers=asked(2, "1", "x"))
    program = Program([product("lost", "fraction", share=node)], {"users": load})
    with pytest.raises(CannotCompile, match=r"'calls lost'.*erlang\.erlang_b.*no counterpart"):
        compiled(program)


def formulas_of_rooms():
    """Yield every formula that a room of parts or of what flows between them names."""
    for package in (planning.flow, planning.parts, planning.system, planning.workload):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            room = importlib.import_module(module.name)
            for node in ast.walk(ast.parse(inspect.getsource(room))):
                named = None
                if isinstance(node, ast.Name):
                    named = vars(room).get(node.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    named = getattr(vars(room).get(node.value.id), node.attr, None)
                if callable(named) and hasattr(named, "__formula__"):
                    yield named


def test_what_has_no_counterpart_today_is_what_no_page_shows():
    # Remedies are questions of their own. The list can only shrink: what a new kind
    # of part computes gets a counterpart, or its systems are refused.
    formulas = set(formulas_of_rooms())
    assert called_wait in formulas
    assert {each.__name__ for each in formulas if not has_port(each)} == {
        "places_needed",
        "processes_for_speedup",
    }


def test_every_kind_of_part_has_a_system_that_compiles():
    compiled_kinds = set()
    for path in sorted((Path(__file__).parent / "traces").glob("*.yaml")):
        system = planning.load_system(path)
        page_data(system)
        compiled_kinds |= {part.kind for part in system.parts.values()}
    assert compiled_kinds == set(kinds())


def test_kinds_in_other_modes_compile():
    for path in sorted((Path(__file__).parent / "programs").glob("*.yaml")):
        assert page_data(planning.load_system(path))


def test_every_example_compiles():
    for path in sorted((data_folder() / "examples").glob("*.yaml")):
        page_data(planning.load_system(path))


def value_from(table, z):
    """Read a quantile off a table as the page does: a line between two entries."""
    scale, least, most, entries, *_ = table
    line = np.interp(z, np.linspace(-6, 6, len(entries)), entries)
    if scale == "odds":
        return least + (most - least) / (1 + np.exp(-line))
    found = np.exp(line) if scale == "log" else line
    return np.clip(found, least, np.inf if most is None else most)


def test_a_line_between_quantiles_is_as_good_as_the_distribution(systems):
    levels = np.concatenate([[1e-5, 1 - 1e-5], (np.arange(2000) + 0.5) / 2000])
    compared = set()
    for name in planning.system_names():
        for path, estimate in doubts(systems[name]).items():
            table, found = quantile_table(estimate), distribution_of(estimate)
            low, high = found.quantile([0.05, 0.95])
            off = np.abs(value_from(table, ndtri(levels)) - found.quantile(levels)).max()
            assert off <= 1e-3 * (high - low), (name, path)
            compared.add(table[0])
    assert compared >= {"log", "odds"}


def test_what_cannot_be_drawn_is_said_and_the_page_stands():
    text = """
title: Contradiction
workload: {users: 5, target: 10, activities: {ask: {interval: {value: 10 s, low: 5 s, high: 20 s},
  cpu_time: {value: 20 ms, low: 10 ms, high: 40 ms}}}}
parts: {app: {kind: service, processes: 2, cores: 2}}
together:
- {inputs: [workload.activities.ask.interval, workload.activities.ask.cpu_time],
   rank_correlation: 0.9}
- {inputs: [workload.activities.ask.interval, workload.activities.ask.cpu_time],
   rank_correlation: 0.1}
"""
    (phase,) = page_data(parse_system(text)).record["phases"]
    assert "give one" in phase["refused"]
    assert phase["drawn"] == []


def test_a_word_that_is_no_arithmetic_is_refused():
    @formula("sqrt(x)", source="a test")
    def root(x):
        return np.sqrt(x)

    with pytest.raises(CannotCompile, match=r"'sqrt\(x\)' has no counterpart"):
        javascript_of(root)


def test_only_what_users_move_is_repeated():
    users, price = asked(10.0, "user", "the question"), asked(2.0, "USD/user", "a price")
    double = product("double", "USD/user", price=price, twice=asked(2.0, "ratio", "two"))
    cost = product("cost", "USD", users=users, price=double)
    program = Program([cost], {"users": users, "price": price})
    code = compiled(program)
    assert (
        code.still
        == f"v[{program.nodes.index(double)}] = "
        + " * ".join(f"v[{program.nodes.index(leaf)}]" for leaf in double.inputs.values())
        + ";"
    )
    assert code.moving.startswith(f"v[{program.outputs[0]}] = ")
    assert len(code.moving.splitlines()) == 1


def test_a_page_can_be_made_without_the_file(cli, tmp_path):
    secret = "# keep: only we know that"
    file = tmp_path / "shop.yaml"
    file.write_text(f"{secret}\n{starter_text(title='Shop', file='shop.yaml')}")
    for options, there in (((), True), (("--no-file",), False)):
        assert cli("page", file, "--out", tmp_path / "x.html", *options).returncode == 0
        assert (secret in (tmp_path / "x.html").read_text()) is there


def test_the_command_writes_one_file(cli, tmp_path):
    run = cli("page", "live_stream_limits", cwd=tmp_path)
    assert run.returncode == 0
    assert "wrote live_stream_limits.html" in run.stdout
    text = (tmp_path / "live_stream_limits.html").read_text(encoding="utf-8")
    assert "<title>Live stream limits</title>" in text
    elsewhere = cli("page", "live_stream_limits", "--out", tmp_path / "new" / "x.html")
    assert elsewhere.returncode == 0
    assert (tmp_path / "new" / "x.html").read_text(encoding="utf-8") == text
    (tmp_path / "file").touch()
    elsewhere = cli("page", "live_stream_limits", "--out", tmp_path / "file" / "x.html")
    assert elsewhere.returncode == 2
    assert len(elsewhere.stderr.splitlines()) == 1
