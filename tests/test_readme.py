"""What the README tells people to type works, and prints what it says."""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("planning ") and not line.startswith("planning serve")
]


def test_the_commands_of_the_tour_run_in_the_order_of_the_page(cli, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody is there to answer
    text = "# Plan\n\nWe hold 2,000 users with 20 connections of 50 ms each.\n"
    (tmp_path / "plan.md").write_text(text, encoding="utf-8")
    for command in COMMANDS:  # the first one writes the file that the others read
        run = cli(*shlex.split(command)[1:], cwd=tmp_path)
        assert run.returncode in {0, 10, 20}, (command, run.stderr)


def test_the_tour_is_there():
    assert len(COMMANDS) >= 6


def test_the_python_example_prints_what_its_comments_say(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    said = re.findall(r"^print\(.*\)\s+# (.*)$", block, re.MULTILINE)
    printed = capsys.readouterr().out.splitlines()
    assert len(said) == len(printed) == 2
    for comment, line in zip(said, printed, strict=True):
        assert line == comment.partition(":")[0]


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_the_figures_of_the_table_are_computed(systems):
    import planning
    from planning.numbers.nodes import value_at
    from planning.numbers.units import show

    for name in planning.system_names():
        steps = planning.ladder(systems[name])
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}`"))
        assert f"| {steps[0].capacity.users:,.0f} users |" in row
        assert f"{steps[-1].capacity.users:,.0f} users" in row.split("|")[4]
        assert show(value_at(steps[-1].monthly), "USD/month") in row.split("|")[5]


def test_the_table_of_incidents_is_what_the_command_prints(cli):
    (table,) = re.findall(
        r"<!-- planning incidents --markdown -->\n(.*?)<!-- end -->", README, re.DOTALL
    )
    assert table == cli("incidents", "--markdown").stdout, "`make incidents` writes it anew"


def test_the_plan_prints_what_the_page_says(cli):
    section = README.partition("### What to buy, and when")[2].partition("\n### ")[0]
    (said,) = re.findall(r"```text\n(.*?)```", section, re.DOTALL)
    command = next(each for each in COMMANDS if each.startswith("planning plan ten_thousand_users"))
    printed = [line.rstrip() for line in cli(*shlex.split(command)[1:]).stdout.splitlines()]
    lines = said.splitlines()
    first = printed.index(lines[0])
    assert printed[first : first + len(lines)] == lines


def test_the_upgrades_of_the_page_are_read(systems):
    from planning.questions.load import parse_system
    from planning.questions.upgrades.choices import choices_of

    section = README.partition("### What to buy, and when")[2].partition("\n### ")[0]
    (upgrades,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    text = (
        "title: A\nworkload:\n  users: 10 users\n  target: 20 users\n  activities:\n"
        "    page: {interval: 10 s, queries: 1, query_time: 90 ms, cpu_time: 1 ms}\n"
        "parts:\n  app: {kind: service, processes: 1, cores: 1, pool_size: 5}\n"
        "  database: {kind: database, plan: supabase.compute.micro}\n"
    )
    allowed = choices_of(parse_system(text + upgrades), sizes=False).allowed()
    # Of eight sets: a pooler stands on indexes, and never beside a cluster of one's own.
    assert int(allowed.sum()) == 5


def test_the_plans_of_the_table_are_computed(systems):
    import datetime as dt

    import planning
    from planning.numbers.nodes import value_at
    from planning.present.plan_words import dollars
    from planning.questions.upgrades.demand import ramp
    from planning.questions.upgrades.plan import as_phases, plan

    for name in planning.system_names():
        crowd = systems[name].workload
        now, target = value_at(crowd.users), value_at(crowd.target)
        found = plan(systems[name], ramp(dt.date(2027, 1, 1), now, target, 24, 12))
        cells = [
            f"{24 - len(each.unheld)} of 24 months, {dollars(each.total)}"
            for each in (found, as_phases(found))
        ]
        assert f"| {target:,.0f} users, `{name}` | {cells[0]} | {cells[1]} |" in README


def test_the_table_of_chances_is_what_the_command_prints(cli):
    ((command, table),) = re.findall(
        r"<!-- planning (systems [^>]*) -->\n(.*?)<!-- end -->", README, re.DOTALL
    )
    assert table == cli(*shlex.split(command)).stdout, "`make chances` writes it anew"


def test_the_picture_is_there():
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert (Path(__file__).parent.parent / picture).stat().st_size > 10_000
