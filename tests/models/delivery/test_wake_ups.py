"""Waking up: limits, a simulation, and relays that others measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery.wake_ups import busy_share

# salmanmalik-emb/zta-v2-benchmarking at ed88720a777a781f21132a2c350e9558b224f72c, folder turn/:
# TURN relays on AWS, 300 s each. Packets per second at one core, and its busy share. The first
# two rows are fitted. Left out: rows with more than 5 % of the packets lost, and c5.xlarge with
# 1,500 connections, whose throughput is another row's.
COTURN_T3 = [
    (500 * 16 / 2, 0.288), (1000 * 16 / 2, 0.511),  # 192 bytes
    (1500 * 16 / 2, 0.702), (2000 * 16 / 2, 0.811),
    (100 * 90 / 2, 0.313), (200 * 90 / 2, 0.577), (300 * 90 / 2, 0.785),  # 960 bytes
]  # fmt: skip
PION_T3 = [
    (500 * 16 / 2, 0.404), (1000 * 16 / 2, 0.658),
    (1500 * 16 / 2, 0.800), (2000 * 16 / 2, 0.895),
    (100 * 90 / 2, 0.457), (200 * 90 / 2, 0.713),
]  # fmt: skip
COTURN_C5 = [
    (1500 * 54 / 8, 0.571), (1500 * 90 / 8, 0.779),  # c5.2xlarge, 8 cores
    (800 * 54 / 4, 0.583), (1000 * 54 / 4, 0.65), (800 * 90 / 4, 0.82), (1000 * 90 / 4, 0.86),
    (2000 * 16 / 2, 0.748), (800 * 54 / 2, 0.942),  # c5.large, 2 cores
]  # fmt: skip


def two_times(first, second):
    """CPU per item and per wake-up from two rows: the law solved for both, nothing tuned."""
    rows = [[rate, rate * (1 - busy)] for rate, busy in (first, second)]
    return np.linalg.solve(rows, [busy for _, busy in (first, second)])


@pytest.mark.parametrize("rows", [COTURN_T3, PION_T3, COTURN_C5], ids=["coturn", "pion", "c5"])
def test_two_rows_say_the_others_of_a_relay_within_seven_percent(rows):
    item, wake = two_times(*rows[:2])
    rate, measured = np.array(rows[2:]).T
    errors = np.abs(busy_share(rate, item, wake) / measured - 1)
    assert np.median(errors) < 0.04
    assert errors.max() < 0.075
    # One cost per packet, read off the lowest row, asks for a fifth to a half more than that.
    straight = np.abs(rate * rows[0][1] / rows[0][0] / measured - 1)
    assert np.median(straight) > 0.2


def test_a_relay_past_its_core_loses_what_does_not_fit():
    item, wake = two_times(*COTURN_T3[:2])
    wanted = busy_share(500 * 90 / 2, item, wake)
    assert wanted > 1  # measured: 99.2 % busy
    assert 1 - 1 / wanted == pytest.approx(0.0563, abs=0.025)  # measured: 5.63 % lost


@given(st.floats(0, 1e6), st.floats(1e-7, 1e-3), st.floats(0, 1e-3))
def test_waking_up_never_takes_from_what_a_core_can_carry(rate, item, wake):
    share = busy_share(rate, item, wake)
    assert rate * item <= share * (1 + 1e-12)
    assert share <= rate * (item + wake) * (1 + 1e-12)
    assert (share >= 1 - 1e-12) == (rate * item >= 1 - 1e-12)


def test_without_arrivals_it_sleeps_and_without_wake_ups_it_is_the_utilisation_law():
    assert busy_share(0, 1e-5, 1e-4) == 0
    assert busy_share(50_000, 1e-5, 0) == pytest.approx(0.5)


def test_a_core_played_packet_by_packet_is_as_busy():
    rng = np.random.default_rng(5)
    rate, item, wake, runs, length = 8_000.0, 46e-6, 36e-6, 30, 20_000
    shares = []
    for _ in range(runs):
        arrivals = np.cumsum(rng.exponential(1 / rate, length))
        free, busy = 0.0, 0.0
        for at in arrivals:
            took = item + (wake if at >= free else 0.0)
            free = max(at, free) + took
            busy += took
        shares.append(busy / arrivals[-1])
    error = np.std(shares) / np.sqrt(runs)
    said = float(busy_share(rate, item, wake))
    assert abs(np.mean(shares) - said) < 4 * error
    assert error < 0.01 * said  # enough runs to see one per cent
    assert abs(rate * item - said) > 20 * error  # and to see the wake-ups


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError, match="rate"):
        busy_share(-1, 1e-5, 1e-5)
