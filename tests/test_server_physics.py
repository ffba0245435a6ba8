"""What a file may say of servers beyond cores and CPU: how it moves the answer, and where not."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.models.servers import machines
from planning.numbers.program import Program
from planning.page.data import page_data
from planning.parts.database import Database
from planning.questions.assess import Assessment
from planning.questions.findings import findings

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


# Arao (2013): millions of logical reads a second, with the cores busy and with all their threads.
SLOB = {"desktop": (1.2, 1.4), "X2": (3.1, 3.6), "V2": (1.8, 2.1)}


def test_second_threads_of_two_machines_follow_from_a_third():
    alone, all_threads = SLOB["desktop"]
    core_yield = all_threads / alone
    for cores, (alone, measured) in ((12, SLOB["X2"]), (8, SLOB["V2"])):
        worth = machines.hardware_threads_worth(2 * cores, 2 * cores, 2, core_yield)
        assert alone * worth / cores == pytest.approx(measured, rel=0.01)
        assert alone * 2 > 1.7 * measured  # a thread taken for a core


@pytest.mark.parametrize(
    ("of_one", "cores", "measured", "within"),
    [
        # Drouvot (2015), Oracle logical reads/s: one session of a core, then two on its threads.
        (458_452, 1, 603_430, 0.06),
        # AWS (2024), c6i.2xlarge: eight compilations at once, each at 63 % of the speed of one.
        (1.0, 4, 8 * 0.63, 0.02),
    ],
)
def test_the_default_yield_predicts_other_machines_and_a_thread_as_a_core_does_not(
    of_one, cores, measured, within
):
    said = Database(kind="database", max_connections=100).core_yield.value
    worth = float(machines.hardware_threads_worth(2 * cores, 2 * cores, 2, said))
    assert of_one * worth == pytest.approx(measured, rel=within)
    assert of_one * 2 * cores > 1.5 * measured


def test_a_server_that_waits_for_memory_gains_more_than_the_default_and_lies_in_its_range():
    # AWS (2024), packets/s of a Netty server on the same machine: half the vCPUs busy, and all.
    of_cores, measured = 345_138, 591_411
    default = Database(kind="database", max_connections=100).core_yield
    worth = machines.hardware_threads_worth(8, 8, 2, [default.value, default.high]) / 4
    assert of_cores * worth[0] == pytest.approx(measured, rel=0.28)
    assert of_cores * worth[0] < measured < of_cores * worth[1] * 1.01


# Linode, Dedicated 4GB (2 vCPUs of an EPYC 7601), a Rails application at a controlled rate:
# requests/s and the share of the CPU in use; https://www.vpsbenchmarks.com, 19 May 2022.
LINODE = {1: 0.05, 5: 0.19, 10: 0.45, 15: 0.67, 20: 0.96}
READ = "{quiet_rate: 1 request/s, quiet: 5 %, busy_rate: 5 requests/s, busy: 19 %}"


def test_two_low_rows_and_hardware_threads_foretell_where_a_machine_is_full(assessed):
    demand = float(machines.demand_from_readings(2, 5 - 1, LINODE[5] - LINODE[1]))
    text = SERVICE.replace("processes: 4, cores: 4", "processes: 8, cores: 2, cpu_readings: {read}")
    text = text.replace("cpu_time: 30 ms", f"cpu_time: {demand} s")
    full = 20 / LINODE[20]  # all served at 20/s with 96 %, a sixth of them not at 25/s
    rates = {
        more: limit(assessed(text, users=10, more=more, read=READ), "app cpu") / demand
        for more in ("", ", threads_per_core: 2")
    }
    assert rates[", threads_per_core: 2"] == pytest.approx(full, rel=0.17)
    assert rates[""] > 1.3 * full


def test_a_low_reading_counts_the_idle_machine():
    cores, idle, demand = 4, 0.06, 0.02
    read = {rate: idle + rate * demand / cores for rate in (2, 20, 100)}
    found = machines.demand_from_readings(cores, 20 - 2, read[20] - read[2])
    assert found == pytest.approx(demand)
    assert machines.idle_reading(cores, 2, read[2], found) == pytest.approx(idle)
    assert cores * read[2] / 2 > 6 * demand  # the reading over its rate
    assert machines.idle_reading(cores, 50, read[2], found) == 0.0  # they explain more


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((4, 0, 0.1), r"further_rate\(=0\) must be above 0"),
        ((4, 10, -0.1), r"further_reading\(=-0.1\) must be at least 0"),
        ((4, 10, 1.2), "further_reading"),
    ],
)
def test_rows_that_say_nothing_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        machines.demand_from_readings(*given)


def test_with_one_thread_per_core_a_thread_is_a_core():
    worth = machines.hardware_threads_worth([1, 2, 5], 2, 1, core_yield=1.25)
    assert worth.tolist() == [1.0, 2.0, 2.0]


def test_vcpus_and_an_idle_share_leave_less_and_say_how_many_would_do(assessed):
    more = ", threads_per_core: 2, core_yield: 1.25, idle_share: 10 %"
    text = SERVICE.replace("processes: 4, cores: 4", "processes: 8, cores: 8")
    result = assessed(text, users=2000, more=more)
    assert limit(result, "app cpu") == pytest.approx(4 * 1.25 * 0.9)
    (cpu,) = (each for each in result.constraints if each.name == "app cpu")
    # Six cores' worth of work of ten threads that are busy for nothing a tenth of the time.
    assert float(cpu.search().value) == np.ceil(6 / 0.9 * 2 / 1.25)
    few = assessed(text.replace("processes: 8", "processes: 3"), users=500, more=more)
    assert limit(few, "app cpu") == pytest.approx(3 * 0.9)


DATABASE = """
title: Pages that ask a database
workload:
  users: {users}
  target: {users}
  activities: {{page: {{interval: 1 s, queries: 10, query_time: 5 ms, query_cpu: 1 ms}}}}
parts:
  postgres: {{kind: database, max_connections: 500, cores: 8{more}}}
"""


def test_a_database_on_vcpus_has_fewer_cores(assessed):
    plain, threads = (
        assessed(DATABASE, users=200, more=each) for each in ("", ", threads_per_core: 2")
    )
    assert limit(plain, "postgres cpu") == 8
    assert limit(threads, "postgres cpu") == pytest.approx(5)
    assert load(threads, "postgres cpu") == load(plain, "postgres cpu")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (", idle_share: 5 %, cpu_readings: " + READ, "give one of the two"),
        (
            ", cpu_readings: " + READ.replace("5 requests/s", "1 request/s"),
            "must be above `quiet_rate`",
        ),
        (", threads_per_core: 1", "at least 2"),
        (", core_yield: 1.3", "core_yield"),
    ],
)
def test_what_says_nothing_or_twice_is_refused(assessed, more, message):
    with pytest.raises(ValueError, match=message):
        assessed(SERVICE, users=10, more=more)


POOLED = """
title: Clients behind a pooler
workload:
  users: {users}
  target: {users}
  activities: {{page: {{interval: 1 s, queries: 10, query_time: 4 ms}}}}
parts:
  app: {{kind: service, processes: 20, cores: 20, pool_size: 100}}
  bouncer: {{kind: pooler, max_clients: 5000, pool_size: 40, wait_limit: 1 s,
             cpu_per_query: 18 us{more}}}
  postgres: {{kind: database, max_connections: 100}}
"""


def test_queries_that_wait_cost_the_pooler_more_once_they_outnumber_its_pool(assessed):
    calm, crowded = (
        [
            load(assessed(POOLED, users=users, more=more), "bouncer cpu")
            for more in ("", ", queueing_cost: 0, half_clients: 1e9", ", queueing_cost: 0.4")
        ]
        for users in (400, 1400)
    )
    assert calm[:2] == pytest.approx([4000 * 18e-6] * 2, rel=1e-4)
    assert calm[2] == pytest.approx(calm[0], rel=0.01)
    assert crowded[0] == pytest.approx(14000 * 18e-6)
    assert crowded[2] > 1.35 * crowded[0]


def test_threads_of_a_pooler_use_a_core_each(assessed):
    found = {
        more: limit(assessed(POOLED, users=100, more=more), "bouncer cpu")
        for more in ("", ", workers: 4", ", workers: 4, own_cores: 3", ", workers: 4, processes: 2")
    }
    assert list(found.values()) == [1, 4, 3, 8]


def test_what_takes_the_threads_of_a_pooler_must_be_said(assessed):
    with pytest.raises(ValueError, match="`workers` needs `cpu_per_query`"):
        assessed(POOLED.replace("cpu_per_query: 18 us", "workers: 4"), users=1, more="")


def test_a_round_trip_costs_the_database_beside_its_query(assessed):
    found = [
        load(assessed(DATABASE, users=200, more=more), "postgres cpu")
        for more in (
            "",
            ", round_trip_cpu: 0.5 ms",
            ", round_trip_cpu: 0.5 ms, queries_per_round_trip: 5",
        )
    ]
    assert found == pytest.approx([2.0, 3.0, 2.2])
    with pytest.raises(ValueError, match="needs `round_trip_cpu`"):
        assessed(DATABASE, users=1, more=", queries_per_round_trip: 5")


def test_a_scaling_law_past_its_data_is_found(assessed):
    usl = ", contention: 2 %, coherency: 0.1 %, scaling_measured_to: "
    text = SERVICE.replace("processes: 4, cores: 4", "processes: 32, cores: 32")

    def found(more: str) -> list[str]:
        system = assessed(text, users=10, more=more).system
        return [each.what for each in findings(system) if "guess" in each.what]

    assert found(usl + "32") == []
    (words,) = found(usl + "8")
    assert "up to 8 processes, and 32 work at once" in words
    (words,) = found(usl + "32, replicas: 3")
    assert "and 96 work at once" in words
    with pytest.raises(ValueError, match="`scaling_measured_to` needs `contention`"):
        assessed(text, users=10, more=", scaling_measured_to: 8")


TWO_PAGES = """
title: Two kinds of page
workload:
  users: 1000
  target: 1000
  activities:
    start_page: {interval: 20 s, cpu_time: 0.2 ms}
    search: {interval: 50 s, cpu_time: 60 ms}
parts:
  app: {kind: service, processes: 4, cores: 4, response_objective: 500 ms}
"""


def test_static_and_rendered_pages_of_one_service_cost_what_each_costs(assessed):
    result = assessed(TWO_PAGES.replace("{", "{{").replace("}", "}}"))
    assert load(result, "app cpu") == pytest.approx(1000 / 20 * 0.2e-3 + 1000 / 50 * 60e-3)
    times = [load(result, f"app {page} response") for page in ("start_page", "search")]
    assert times[1] - times[0] == pytest.approx(60e-3 - 0.2e-3)  # they wait for the same cores


def test_the_catalogue_knows_what_a_query_costs_several_poolers(assessed):
    text = POOLED.replace("cpu_per_query: 18 us", "plan: {plan}.measured.simple")
    found = {
        plan: load(assessed(text, users=100, more="", plan=plan), "bouncer cpu") / 1000
        for plan in ("pgbouncer", "odyssey", "pgcat")
    }
    assert found == pytest.approx({"pgbouncer": 17e-6, "odyssey": 38e-6, "pgcat": 41e-6}, rel=0.05)


ALL = """
title: Everything that a server may say
workload:
  users: 300
  target: 2000
  connections_per_user: 1
  activities: {page: {interval: 2 s, cpu_time: 8 ms, queries: 4, query_time: 4 ms, query_cpu: 1 ms}}
parts:
  app:
    kind: service
    processes: 8
    cores: 8
    threads: 4
    pool_size: 5
    dispatch: WAY
    threads_per_core: 2
    cpu_readings: {quiet_rate: 10 requests/s, quiet: 6 %, busy_rate: 90 requests/s, busy: 20 %}
    contention: 1 %
    scaling_measured_to: 8
  bouncer: {kind: pooler, max_clients: 5000, pool_size: 40, cpu_per_query: 18 us,
            queueing_cost: 40 %, workers: 2}
  postgres: {kind: database, max_connections: 100, cores: 8, threads_per_core: 2, core_yield: 1.3,
             round_trip_cpu: 20 us, queries_per_round_trip: 2,
             cpu_readings: {quiet_rate: 10 queries/s, quiet: 2 %, busy_rate: 1000/s, busy: 15 %}}
"""


@pytest.mark.parametrize("way", WAYS)
def test_what_a_server_may_say_is_a_program_and_a_page(tmp_path, way):
    path = tmp_path / "all.yaml"
    path.write_text(ALL.replace("WAY", way), encoding="utf-8")
    system = planning.load_system(path)
    page_data(system)  # every formula has its counterpart in JavaScript
    result = planning.assess(system, 100.0)
    inputs = {path: estimate for path, (estimate, _) in system.inputs.items()}
    assert "parts.app.core_yield" in inputs
    ends = [node for each in result.constraints for node in (each.load, each.limit)]
    program = Program(ends, {"users": result.users, **inputs})
    users = np.array([0.0, 3.0, 300.0, 900.0, 3000.0, 1e5])
    swept = program.run({"users": users})
    for index, count in enumerate(users):
        now = planning.assess(system, count).constraints
        again = [np.broadcast_to(value, users.shape)[index] for value in swept]
        fresh = [float(node.value) for each in now for node in (each.load, each.limit)]
        np.testing.assert_allclose(again, fresh, rtol=1e-9)
        assert np.all(np.isfinite(fresh))
    yielded = program.run({"users": 900.0, "parts.app.core_yield": 1.6})
    moved = planning.assess(system.at({"parts.app.core_yield": 1.6}), 900.0).constraints
    fresh = [float(node.value) for each in moved for node in (each.load, each.limit)]
    np.testing.assert_allclose([float(value) for value in yielded], fresh, rtol=1e-9)


@pytest.mark.parametrize("law", ["contention: 10 %", "coherency: 1 %"])
def test_one_half_of_a_scaling_law_leaves_the_other_at_nothing(assessed, law):
    other = "coherency: 0 %" if "contention" in law else "contention: 0 %"
    found = [
        limit(assessed(SERVICE, users=10, more=f", {m}"), "app cpu")
        for m in (law, f"{law}, {other}")
    ]
    assert found[0] == found[1] < 4
