"""Reports by papermill: whole, self-contained, and honest about what failed."""

from __future__ import annotations

import io
import json
import re

import pytest

from planning.batch.pages import index_page
from planning.batch.reports import folder_name, run_reports
from planning.present.report import change_words, inputs_hash
from planning.questions.capacity import capacity
from planning.questions.load import load_system, parse_system
from planning.system.starter import starter_text

SHOP = starter_text(title="Shop", file="shop.yaml")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Reports of a system with a hostile name; one of the three fails when it runs."""
    root = tmp_path_factory.mktemp("my reports")
    (root / "shop.yaml").write_text(SHOP.replace("title: Shop", f'title: "{HOSTILE}"'))
    progress = io.StringIO()
    too_many = 1e13  # more users than a system may be asked about: fails when it runs
    code = run_reports(
        [str(root / "shop.yaml")], [1000.0, 20.0, too_many], root / "reports", progress
    )
    return root / "reports", code, progress.getvalue()


def test_the_others_finish_and_the_exit_code_says_that_some_failed(folder):
    reports, code, progress = folder
    assert code == 1
    assert "2 written, 1 failed" in progress
    assert "[3/3]" in progress
    assert sorted(path.parent.name for path in reports.glob("shop/*/report.html")) == ["1000", "20"]


def test_a_failed_run_is_listed_with_its_reason_and_leaves_no_page(folder):
    reports, _, progress = folder
    assert "users(=1e+13) must be" in progress
    assert "users(=1e+13) must be" in (reports / "index.html").read_text()
    failed = reports / f"shop/{1e13:.12g}"
    assert not (failed / "report.html").exists()
    assert "error" in json.loads((failed / "result.json").read_text())


def test_names_from_files_are_escaped(folder):
    reports, _, _ = folder
    for page in (reports / "index.html", reports / "shop/1000/report.html"):
        assert HOSTILE not in page.read_text()
        assert "&lt;script&gt;" in page.read_text()


def test_a_page_refers_to_nothing_outside_itself(folder):
    page = (folder[0] / "shop/1000/report.html").read_text()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', page)
    assert not re.findall(r"@import|url\(\s*['\"]?http", page)


def test_a_users_file_is_kept_beside_its_reports(folder):
    reports, _, _ = folder
    assert (reports / "shop/1000/shop.yaml").exists()
    notebook = (reports / "shop/1000/report.ipynb").read_text()
    assert '"shop.yaml\\"' in notebook
    assert str(reports.parent) not in notebook


def test_json_has_the_numbers_of_assess(cli, folder):
    result = json.loads((folder[0] / "shop/20/result.json").read_text())
    run = cli("assess", folder[0].parent / "shop.yaml", "--users", 20, "--json")
    assert {key: result[key] for key in json.loads(run.stdout)} == json.loads(run.stdout)
    assert result["verdict"] == "holds"
    assert {"phases", "events", "requirements"} <= set(result)


def test_a_page_starts_with_its_system_when_by_what_and_from_which_inputs(folder):
    page = (folder[0] / "shop/20/report.html").read_text()
    result = json.loads((folder[0] / "shop/20/result.json").read_text())
    assert len(re.findall("<h1", page)) == 1
    head = page.partition("<h1>")[2].partition("plan-board")[0]
    assert head.startswith("&lt;script&gt;alert(1)&lt;/script&gt; at 20 users</h1>")
    assert f"by planning {result['version']}" in head
    assert "inputs as shop.yaml has them" in head
    assert f"<code>{result['inputs_hash']}</code>" in head
    assert re.search(r"Made on \d\d \w+ \d{4}", head)


def test_the_hash_is_of_what_is_stated_not_of_where_it_stands():
    shop = inputs_hash(parse_system(SHOP, "shop.yaml"))
    assert inputs_hash(parse_system(f"# a remark\n\n{SHOP}", "other.yaml")) == shop
    assert inputs_hash(parse_system(SHOP.replace("cores: 2 ", "cores: 3 "), "shop.yaml")) != shop
    assert inputs_hash(parse_system(SHOP.replace("low: 5 s", "low: 6 s"), "shop.yaml")) != shop


def test_the_index_survives_results_it_cannot_read(tmp_path):
    out = tmp_path / "reports"
    for name, text in (("a/1", "not json"), ("b/2", "[]"), ("c/3", '{"schema_version": 99}')):
        (out / name).mkdir(parents=True)
        (out / name / "result.json").write_text(text)
    assert run_reports([], [], out, io.StringIO()) == 0
    assert "<tbody></tbody>" in (out / "index.html").read_text()


def test_no_reports_is_an_index_without_rows():
    assert "<tbody></tbody>" in index_page([])


def test_the_index_calls_a_cost_with_unstated_items_a_least():
    row = {
        "system": "shop",
        "users": 20,
        "folder": "shop/20",
        "verdict": "holds",
        "breaks_first": "x",
    }
    row |= {"capacity_users": 30, "monthly_cost_usd": 5.0}
    assert "<td>$5/month</td>" in index_page([{**row, "costs_not_stated": []}])
    assert "<td>at least $5/month</td>" in index_page([{**row, "costs_not_stated": ["cdn"]}])
    assert "<td>–</td>" in index_page([{**row, "monthly_cost_usd": None}])


@pytest.mark.parametrize("name", ["...yaml", "..yaml", "index.html.yaml", "-.yaml", "a b;c.yaml"])
def test_a_files_name_cannot_lead_out_of_the_folder(name, tmp_path):
    path = tmp_path / name
    path.write_text(SHOP)
    folder = folder_name(str(path))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", folder)


def test_two_files_of_one_name_are_refused(tmp_path):
    (tmp_path / "sub").mkdir()
    files = [tmp_path / "shop.yaml", tmp_path / "sub/shop.yaml"]
    for path in files:
        path.write_text(SHOP)
    with pytest.raises(ValueError, match="share the folder 'shop'"):
        run_reports([str(path) for path in files], [10.0], tmp_path / "reports", io.StringIO())


def test_a_report_of_changed_inputs_says_which_and_keeps_them_beside_it(cli, tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    system = load_system(file)
    path = next(each for each in system.inputs if each.endswith(".cores"))
    other = float(system.inputs[path].value) * 4
    out = tmp_path / "reports"
    words = ["report", file, "--users", "500", "--out", out, "--set", f"{path}={other:g}"]
    assert cli(*words).returncode == 0
    page = (out / "shop/500/report.html").read_text()
    head = page.partition("<h1>")[2].partition("plan-board")[0]
    (changed,) = change_words(system, system.at({path: other}))
    assert f"Changed from the file:</strong></p><ul><li>{changed}</li></ul>" in head
    result = json.loads((out / "shop/500/result.json").read_text())
    assert result["changed_from_file"] == [changed]
    kept = load_system(out / "shop/500/shop.yaml")
    assert kept.inputs[path].value == other
    assert "(was: " in kept.inputs[path].estimate.source
    assert result["capacity_users"] == capacity(system.at({path: other})).users
    # The same hash on the page, in the JSON and of the file that is kept.
    assert f"<code>{result['inputs_hash']}</code>" in head
    assert result["inputs_hash"] == inputs_hash(kept) != inputs_hash(system)
    assert cli("report", file, "--set", "parts.nothing=3", "--out", out).returncode == 2


def test_a_report_of_the_file_as_it_is_tells_of_no_change(folder):
    page = (folder[0] / "shop/20/report.html").read_text()
    assert "Changed from the file" not in page
    result = json.loads((folder[0] / "shop/20/result.json").read_text())
    assert result["changed_from_file"] == []
