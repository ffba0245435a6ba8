"""Fan-out: rooms simulated join by join, a vendor's table, and limits of each formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery import fanout

counts = st.floats(0, 1e6)
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


def z_score(samples, expected):
    return (np.mean(samples) - float(expected)) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


def told_one_by_one(joins, already):
    """Deliver each join to everyone who is in, the joiner included."""
    inside = already
    delivered = 0
    for _ in range(joins):
        inside += 1
        delivered += inside
    return delivered


@pytest.mark.parametrize("already", [0, 1, 250])
@pytest.mark.parametrize("joins", [0, 1, 2, 1000])
def test_a_join_storm_is_what_a_room_delivers(joins, already):
    assert fanout.join_storm_messages(joins, already) == told_one_by_one(joins, already)


@given(joins=st.integers(1, 10**6))
def test_a_join_storm_is_between_half_of_and_all_of_n_squared(joins):
    bound = fanout.delivered_messages(joins, joins)
    assert bound / 2 < fanout.join_storm_messages(joins) <= bound


def test_a_large_join_storm_is_half_of_n_squared_in_the_limit():
    assert fanout.join_storm_messages(1e9) / fanout.delivered_messages(1e9, 1e9) == pytest.approx(
        0.5, rel=1e-8
    )


@given(first=counts, second=counts, already=counts)
def test_a_join_storm_may_be_cut_in_two(first, second, already):
    at_once = fanout.join_storm_messages(first + second, already)
    earlier = fanout.join_storm_messages(first, already)
    later = fanout.join_storm_messages(second, already + first)
    assert at_once == pytest.approx(earlier + later, rel=1e-9, abs=1e-9)


def test_one_join_is_told_to_those_in_and_to_the_joiner():
    assert fanout.join_storm_messages(1, already=[0, 99]).tolist() == [1, 100]


def test_naive_presence_agrees_with_a_simulated_room():
    # Joins at random, stays of any length: a join finds the mean number in the room (PASTA) and
    # is told to them and to the joiner.
    rng = np.random.default_rng(20_240_126)
    rate, stay, seconds, replications = 2.0, 30.0, 400.0, 60
    delivered = []
    for _ in range(replications):
        warm_up = 20 * stay
        came = np.sort(rng.uniform(-warm_up, seconds, rng.poisson(rate * (seconds + warm_up))))
        left = np.sort(came + rng.exponential(stay, len(came)))
        inside = np.arange(1, len(came) + 1) - np.searchsorted(left, came)
        delivered.append(inside[came >= 0].sum() / seconds)
    present = rate * stay
    expected = fanout.delivered_messages(rate, present + 1)
    assert abs(z_score(delivered, expected)) < Z_LIMIT


def test_channel_joins_agree_with_users_who_come_and_go():
    rng = np.random.default_rng(1961)
    users, channels, stay, seconds = 200, 3, 60.0, 1000.0
    joins = []
    for _ in range(60):
        # Each leaver is replaced at once; a visit in progress at the start has joined before.
        visits = np.cumsum(rng.exponential(stay, (users, 80)), axis=1)
        assert visits[:, -1].min() > seconds
        joins.append(channels * np.sum(visits < seconds) / seconds)
    expected = fanout.channel_joins(users, channels, stay)
    assert abs(z_score(joins, expected)) < Z_LIMIT


@pytest.mark.parametrize(
    ("changes", "clients", "delivered"),
    [(64, 500, 32_000), (10, 5_000, 50_000), (5, 10_000, 50_000), (1, 30_000, 30_000)],
)
def test_published_totals_of_database_changes(changes, clients, delivered):
    # Supabase, Realtime limits: Postgres Changes on Micro compute without row-level security.
    assert fanout.delivered_messages(changes, clients) == delivered


def test_a_broadcast_to_four_listeners_counts_as_five():
    # Supabase, Manage Realtime Messages usage: 1 sent and 4 received.
    assert fanout.delivered_messages(1, audience=1 + 4) == 5


def test_one_broadcast_to_ten_thousand_is_four_seconds_of_a_quota_of_2500():
    assert fanout.delivered_messages(1, 10_000) / 2500 == 4


def test_an_empty_audience_receives_nothing():
    assert fanout.delivered_messages([0, 100], 0).tolist() == [0, 0]


def test_one_count_every_ten_seconds_instead_of_every_join():
    assert fanout.aggregated_updates(10_000, 10) == 1000


@given(viewers=st.floats(1, 1e7), stay=st.floats(1, 1e4), interval=st.floats(0.1, 1e4))
def test_counting_is_less_than_telling_once_more_than_one_joins_per_interval(
    viewers, stay, interval
):
    naive = fanout.delivered_messages(viewers / stay, viewers)
    joins_per_interval = viewers / stay * interval
    assert naive / fanout.aggregated_updates(viewers, interval) == pytest.approx(joins_per_interval)


def test_messages_that_carry_what_they_need_ask_for_nothing():
    assert fanout.look_up_requests(100, 1000, [2, 1, 0]).tolist() == [200_000, 100_000, 0]


@pytest.mark.parametrize("processes", [1, 4, 8])
def test_fan_out_time_is_when_the_last_write_ends(processes):
    subscribers, write_time = 4000, 25e-6
    clock = np.zeros(processes)
    for subscriber in range(subscribers):
        clock[subscriber % processes] += write_time
    assert fanout.fan_out_time(subscribers, write_time, processes) == pytest.approx(clock.max())


def test_nobody_to_write_to_takes_no_time():
    assert fanout.fan_out_time(0, 20e-6) == 0


def test_five_thousand_streams_take_a_tenth_of_a_second():
    assert fanout.fan_out_time(5000, 20e-6) == pytest.approx(0.1)


@given(quota=st.floats(0, 1e7), messages=st.floats(1e-3, 1e6))
def test_the_largest_audience_uses_the_quota_up(quota, messages):
    audience = fanout.audience_within_quota(quota, messages)
    assert fanout.delivered_messages(messages, audience) == pytest.approx(quota)


def test_where_nothing_is_sent_any_audience_fits():
    assert fanout.audience_within_quota([0, 2500, np.inf], 0).tolist() == [np.inf] * 3


def test_without_a_quota_any_audience_fits():
    assert fanout.audience_within_quota(np.inf, 10) == np.inf


def test_endless_messages_are_refused():
    with pytest.raises(ValueError, match=r"messages\(=inf\) must be finite"):
        fanout.audience_within_quota(2500, np.inf)


def test_a_room_is_all_users_until_it_is_full():
    assert fanout.room_audience([0, 199, 200, 201], 200).tolist() == [0, 199, 200, 200]
    assert fanout.room_audience(10_000, np.inf) == 10_000


def test_capped_rooms_grow_in_step_with_users():
    users = np.array([1e3, 1e4, 1e5])
    delivered = fanout.delivered_messages(users / 600, fanout.room_audience(users, 100))
    np.testing.assert_allclose(delivered / users, delivered[0] / users[0])
