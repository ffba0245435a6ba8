"""A remedy says how many: with so many the limit holds, and with one fewer it does not."""

from __future__ import annotations

import pytest

import planning
from planning.flow.constraint import FULL
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system
from planning.questions.remedies import remedy
from planning.questions.requirements import requirements

ACTIVITY = (
    "    page: {interval: 5 s, queries: 4, query_time: 20 ms, query_cpu: 4 ms, cpu_time: 2 ms}\n"
)
PARTS = """  app: {kind: service, processes: 1, cores: 1, pool_size: 3, pool_wait_limit: 5 s}
  database: {kind: database, max_connections: 500, cores: 4}
"""


def system(parts=PARTS, activity=ACTIVITY, users=1187):
    head = f"title: Case\nworkload:\n  users: {users} users\n  target: {users} users\n"
    return parse_system(f"{head}  activities:\n{activity}parts:\n{parts}")


BUSY = ACTIVITY.replace("cpu_time: 2 ms", "cpu_time: 40 ms")
FREE = ACTIVITY.replace("query_cpu: 4 ms, ", "")
MANY = "processes: 300, cores: 2, target_utilisation: 70 %"
HINDERED = "processes: 2, cores: 2, contention: 1 %, coherency: 0.02 %"
JOBS = "  jobs: {kind: queue, workers: 8, job_time: 1.7 s}\n"
POOLER = "  pooler: {kind: pooler, mode: MODE, max_clients: 100, pool_size: 2}\n"
CASES = {
    "cores of a service": (
        system(PARTS.replace("processes: 1, cores: 1", MANY), BUSY),
        "app.cpu", lambda n: {"parts.app.cores": n},
    ),
    "cores whose processes hinder each other": (
        system(PARTS.replace("processes: 1, cores: 1", HINDERED), BUSY),
        "app.cpu", lambda n: {"parts.app.cores": n, "parts.app.processes": n},
    ),
    "pool before a busy database": (
        system(), "app.pool", lambda n: {"parts.app.pool_size": n},
    ),
    "pool before a database that nothing limits": (
        system(activity=FREE), "app.pool", lambda n: {"parts.app.pool_size": n},
    ),
    "threads before a busy database": (
        system(PARTS.replace("pool_size: 3", "threads: 1, pool_size: 200")),
        "app.threads", lambda n: {"parts.app.threads": n},
    ),
    "workers": (
        system(JOBS, "    job: {interval: 1 min}\n", users=640),
        "jobs.workers", lambda n: {"parts.jobs.workers": n},
    ),
    "workers by the age of jobs": (
        system(
            JOBS.replace("workers: 8", "workers: 19, max_age: 0.5 s"),
            "    job: {interval: 1 min}\n", users=640,
        ),
        "jobs.age_of_jobs", lambda n: {"parts.jobs.workers": n},
    ),
    "cores of a database": (
        system(users=1300), "database.cpu", lambda n: {"parts.database.cores": n},
    ),
    "connections of a database": (
        system(PARTS.replace("500", "10").replace("pool_size: 3", "pool_size: 60")),
        "database.connections", lambda n: {"parts.database.max_connections": n},
    ),
    "pooler for transactions": (
        system(PARTS + POOLER.replace("MODE", "transaction")),
        "pooler.server_connections", lambda n: {"parts.pooler.pool_size": n},
    ),
    "pooler for sessions": (
        system(PARTS.replace("pool_size: 3", "pool_size: 80") + POOLER.replace("MODE", "session")),
        "pooler.server_connections", lambda n: {"parts.pooler.pool_size": n},
    ),
}  # fmt: skip


def past(case, name):
    return bool(planning.assess(case).of(name).utilisation > FULL)


@pytest.mark.parametrize("words", CASES)
def test_so_many_would_just_do_and_one_fewer_would_not(words):
    case, name, given = CASES[words]
    constraint = planning.assess(case).of(name)
    assert past(case, name)
    number = value_at(constraint.enough)
    assert number == int(number) > 1
    assert not past(case.at(given(number)), name)
    assert past(case.at(given(number - 1)), name)
    assert remedy(constraint) == f"{number:,.0f} {constraint.enough.unit}s would just do: " + (
        constraint.remedy
    )


def test_no_pool_is_large_enough_before_a_database_that_is_past_its_cores():
    pool = planning.assess(system(users=1300)).of("app.pool")
    assert value_at(pool.enough) == float("inf")
    assert remedy(pool) == f"{pool.remedy}; no number of connections alone would do"


def test_a_limit_that_holds_and_one_that_is_no_number_to_buy_say_what_they_said():
    calm = planning.assess(system(users=10)).of("app.pool")
    assert remedy(calm) == calm.remedy
    slow = planning.assess(
        system(PARTS.replace("pool_size", "response_objective: 50 ms, pool_size"))
    ).of("app.page_response")
    assert slow.utilisation > FULL
    assert slow.enough is None
    # The time passes without any waiting: more of anything would not help.
    assert remedy(slow).startswith("nothing larger helps")


def test_the_number_is_in_the_answer_of_the_command(cli, tmp_path):
    case = tmp_path / "jobs.yaml"
    case.write_text(
        "title: Case\nworkload:\n  users: 640 users\n  target: 640 users\n  activities:\n"
        f"    job: {{interval: 1 min}}\nparts:\n{JOBS}"
    )
    assert "Remedy: 19 workers would just do: more workers" in cli("assess", case).stdout


def test_requirements_say_how_many_would_just_do(systems):
    rows = requirements(systems["ten_thousand_users"], 10_000)
    frame = planning.to_frame(rows).set_index("resource")
    assert frame.loc["app cpu", "enough"] == 14  # 13.3 cores are wanted, there is one
    assert frame.loc["database cpu", "enough"] == 67
    assert frame.loc["app pool", "enough"] == float("inf")  # the database is past its cores
    assert frame["enough"].isna()["requests"]


@pytest.mark.parametrize("name", planning.system_names())
@pytest.mark.parametrize("users", [1.0, 1e4, 1e6, 1e7, 1e9])
def test_a_remedy_is_told_at_any_number_of_users(name, users):
    # Of ten million users no number of database connections would do: told, not an error.
    result = planning.assess(planning.load_system(name), users)
    for each in result.constraints:
        assert remedy(each)
