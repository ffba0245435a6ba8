"""S0: the figures of the live-stream document, computed from its system file."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.surges import SurgeVerdict, assess_event, event_matrix

BURST_600, BURST_5000, GUESTS_6, GUESTS_20, GIFTS_500, GIFTS_1000, ROOMS, HOUR, HOUR_720P = range(9)


@pytest.fixture(scope="module")
def system(systems):
    return systems["live_stream_limits"]


@pytest.fixture(scope="module")
def today(system):
    return event_matrix(system)["today"]


def number(result, name):
    """The number of that name: of a part, or of the limit that decides the verdict."""
    told = [numbers[name] for numbers in result.numbers.values() if name in numbers]
    if told:
        return value_at(told[0])
    decisive = max(result.outcomes, key=lambda outcome: outcome.verdict)
    return value_at(decisive.numbers[name])


def test_600_users_on_500_connections_with_3_reserved_are_103_too_many(today):
    assert number(today[BURST_600], "refused") == 103
    assert today[BURST_600].verdict is SurgeVerdict.FAIL


def test_5000_users_at_once_crash(today):
    assert number(today[BURST_5000], "refused") == 5000 - 497
    assert today[BURST_5000].verdict is SurgeVerdict.CRASH


def test_497_users_fit_and_one_more_does_not(system):
    found = planning.capacity(system)
    assert found.users == 497
    assert found.binding.name == "database connections"
    assert planning.assess(system, 497).of("database.connections").utilisation == 1.0
    assert planning.assess(system, 498).verdict == "does not hold"


@pytest.mark.parametrize(("hold", "users"), [(0.5, 9_940), (0.05, 99_400), (0.02, 248_500)])
def test_transaction_pooling_holds_users_by_rate_and_hold_time(system, hold, users):
    pooled = planning.phase_system(system, "Transaction")
    # Without CPU to speak of: 48 cores at 2 ms a query would be full at 240,000 users.
    calm = {
        "workload.activities.feed.query_time": hold,
        "workload.activities.feed.query_cpu": 1e-9,
        "workload.gifting.interval": 1e12,
    }
    # 497 connections / (a request each 10 s × hold): S0's 10,000 users are one of many answers.
    assert planning.capacity(pooled.at(calm)).of("pooler server connections") == users


def test_gifts_that_wait_for_a_row_take_connections_from_everyone(system):
    pooled = planning.phase_system(system, "Transaction")
    quick = {
        "workload.activities.feed.query_time": 0.02,
        "workload.activities.feed.query_cpu": 1e-9,
        "parts.gifts.transaction_cpu": 1e-9,
    }
    edge = planning.capacity(pooled.at(quick))
    # 248,500 without gifts. With them the hot row saturates, and its 60 waiters sit on
    # connections; each gift holds another for its 24 ms.
    assert edge.of("pooler server connections") == (497 - 60) // (0.02 / 10 + 0.024 / 600)


def test_pooling_is_bound_by_the_poolers_clients_not_by_the_promised_10000(system):
    edge = planning.capacity(planning.phase_system(system, 1))
    assert (edge.users, edge.binding.name) == (9000, "pooler clients")


def test_six_guests_fit_and_twenty_are_blocked_with_14_refused(today):
    assert today[GUESTS_6].verdict is SurgeVerdict.STABLE
    assert today[GUESTS_20].verdict is SurgeVerdict.BLOCK
    assert number(today[GUESTS_20], "refused") == 14


def test_counting_the_host_refuses_a_guest_of_the_six(system):
    changed = system.events[GUESTS_6].model_copy(
        update={"changes": {"parts": {"stage": {"counts_host": True}}}}
    )
    assert number(assess_event(system, changed), "refused") == 1


def test_a_thousand_viewers_for_an_hour_are_300_gb_and_30_dollars(today):
    assert number(today[HOUR], "bytes") == pytest.approx(300e9, rel=1e-4)
    assert number(today[HOUR], "bill") == pytest.approx(30, rel=1e-4)


def test_the_same_at_720p_is_765_gb(today):
    assert number(today[HOUR_720P], "bytes") == pytest.approx(765e9)
    assert number(today[HOUR_720P], "bill") == pytest.approx(76.5)


@pytest.mark.parametrize(
    ("round_trip", "hold", "rate"), [(0.0025, 0.010, 100), (5.8333e-3, 0.020, 50)]
)
def test_hold_of_10_to_20_ms_gives_50_to_100_gifts_per_second_per_receiver(
    system, round_trip, hold, rate
):
    # k = 3 round trips + 2 ms flush + 1/2 ms: only a longer round trip stretches the hold.
    gifts = system.at({"parts.gifts.round_trip_time": round_trip, "parts.gifts.convoy": 0.0})
    assert value_at(gifts.parts["gifts"].hold()) == pytest.approx(hold, rel=1e-3)
    row = planning.assess(gifts, 1000).constraints[0]
    assert value_at(row.limit) == pytest.approx(rate, rel=1e-3)


def test_the_gift_limit_is_per_receiver_not_global(system):
    row, everyone = planning.assess(system, 1000).constraints[:2]
    ceiling, share = value_at(row.limit), value_at(system.workload.gifting.top_share)
    # With a fifth of all gifts on one row, the system takes five times that row's ceiling.
    assert planning.capacity(system).of(row.name) == pytest.approx(ceiling / share * 600, rel=1e-3)
    assert value_at(everyone.limit) > 10 * ceiling


def test_a_thousand_gifts_at_once_are_partly_served_late_and_partly_failed(today):
    served, failed = number(today[GIFTS_1000], "served"), number(today[GIFTS_1000], "failed")
    assert served + failed == 1000
    rate = number(today[GIFTS_1000], "row rate")
    assert served == pytest.approx(rate * 8 + 60)
    assert number(today[GIFTS_1000], "drain") == pytest.approx(served / rate)
    assert today[GIFTS_1000].verdict is SurgeVerdict.FAIL
    assert today[GIFTS_500].verdict is SurgeVerdict.LAG


def test_batches_of_100_serve_a_thousand_gifts_in_ten_transactions(system):
    batched = event_matrix(system)["Gifts in batches of 100"][GIFTS_1000]
    assert number(batched, "failed") == 0
    assert number(batched, "drain") == pytest.approx(10 / number(batched, "row rate"))
    assert batched.verdict is SurgeVerdict.STABLE


def test_a_buffer_flushed_every_5_s_is_stale_by_half_of_that_and_may_lose_a_flush(system):
    buffered = event_matrix(system)["Gifts buffered for 5 seconds"][GIFTS_1000]
    assert number(buffered, "staleness") == 2.5
    assert number(buffered, "at risk") == 1000
    steady = planning.assess(planning.phase_system(system, 3), 1000)
    assert value_at(steady.constraints[0].load) == pytest.approx(0.2)


def test_100_broadcasters_with_6_guests_are_700_people_on_497_connections(today):
    assert number(today[ROOMS], "refused") == 700 - 497
    assert today[ROOMS].verdict is SurgeVerdict.FAIL
    assert today[ROOMS].event.claim.verdict == "STABLE"


def test_an_unscheduled_posting_job_never_posts(system):
    ledger = {"parts": {"gifts": {"mode": "ledger", "scheduled": False}}}
    event = system.events[GIFTS_500].model_copy(update={"changes": ledger})
    assert assess_event(system, event).verdict is SurgeVerdict.FAIL
    from planning.system.patches import apply_changes

    found = planning.capacity(apply_changes(system, ledger))
    assert found.of("gifts posted by the job") == 0


def test_lock_waits_take_connections_as_mm1_says(system):
    one_star = {"workload.gifting.top_share": 1.0, "workload.gifting.interval": 200.0}
    pooled = planning.phase_system(system, 1).at({**one_star, "parts.gifts.convoy": 0.0})
    causes = planning.assess(pooled, 10_000).connections
    rate, hold = 10_000 / 200, 0.0145
    assert value_at(causes["gifts"]) == pytest.approx(rate * 0.024)
    used = rate * hold
    line = used**2 / (1 - used)
    assert value_at(causes["gifts waiting for a row"]) == pytest.approx(line)
    convoy = planning.phase_system(system, 1).at(one_star)
    longer = planning.assess(convoy, 10_000).connections["gifts waiting for a row"]
    assert value_at(longer) > 1.003 * line
