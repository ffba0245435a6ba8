"""Users who wait for their answers: what a load test of several kinds of them measures."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.models.networks.small_multiclass import exact_multiclass_network
from planning.numbers.nodes import value_at
from planning.numbers.program import Program
from planning.questions.load import parse_system

APP = "  app: {kind: service, processes: 1, cores: 1}\n"
TWO = (
    "    page: {by: readers, think_time: 1 s, cpu_time: 100 ms}\n"
    "    report: {by: others, think_time: 2 s, cpu_time: 50 ms, queries: 1, query_time: 80 ms,"
    " query_cpu: 80 ms}\n"
)
DATABASE = "  database: {kind: database, max_connections: 100, cores: 1}\n"


def system(users, activities=TWO, parts=APP + DATABASE, others="50 %"):
    return parse_system(
        f"title: Load test\nworkload:\n  users: {users} users\n  target: {users} users\n"
        f"  populations: {{readers: 50 %, others: {others}}}\n  activities:\n{activities}"
        f"parts:\n{parts}"
    )


def rates(case):
    return [value_at(node) for node in planning.assess(case).requests.values()]


@pytest.mark.parametrize("users", [2, 10, 20, 40, 80])
def test_two_kinds_of_users_are_near_the_exact_network(users):
    demand = [[0.1, 0.0], [0.05, 0.08]]
    each = users // 2
    exact = exact_multiclass_network([each, each], 1, demand, think_time=[1, 2]).throughput
    found = np.array(rates(system(users)))
    np.testing.assert_allclose(found, exact, rtol=0.07)
    # Both wait for the same core, which does no more than it can.
    assert found @ [0.1, 0.05] <= 1 + 1e-9


def test_a_closed_loop_fills_what_it_needs_and_no_more():
    result = planning.assess(system(100_000))
    for name in ("app.cpu", "database.cpu"):
        assert result.of(name).utilisation <= 1 + 1e-9
    assert result.of("app.cpu").utilisation > 0.999


def test_who_is_alone_is_answered_as_if_nobody_else_were_written_down():
    pages = "    page: {by: readers, think_time: 1 s, cpu_time: 100 ms}\n"
    others = "    report: {by: others, think_time: 2 s, cpu_time: 50 ms}\n"
    alone = rates(system(40, pages, APP))
    both = rates(system(40, pages + others, APP, others="0 %"))
    assert both == pytest.approx([*alone, 0.0], rel=1e-8)


def test_cores_that_are_kept_in_reserve_still_work():
    spare = APP.replace("cores: 1", "cores: 1, target_utilisation: 50 %")
    assert rates(system(40, parts=spare + DATABASE)) == pytest.approx(rates(system(40)))


def test_replaying_equals_assessing():
    case = system(40)
    result = planning.assess(case, 100.0)
    ends = [node for item in result.constraints for node in (item.load, item.limit)]
    program = Program(ends, {"users": result.users})
    for users in (0.0, 3.0, 1e3, 1e9):
        now = planning.assess(case, users).constraints
        fresh = [node.value for item in now for node in (item.load, item.limit)]
        for again, expected in zip(program.run({"users": users}), fresh, strict=True):
            np.testing.assert_allclose(again, expected, rtol=1e-9)
