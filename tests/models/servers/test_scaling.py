"""The Universal Scalability Law: its limits, other laws it contains, and fits of known curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.networks.closed_networks import closed_network
from planning.models.servers import scaling

contentions = st.floats(0, 1)
coherencies = st.floats(1e-9, 2)
processes = st.floats(1, 1e6)
PODS = ([1, 2, 4, 8, 12, 16], [60, 120, 220, 400, 440, 490])
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


@given(contention=contentions, coherency=coherencies)
def test_one_process_does_what_one_does(contention, coherency):
    assert scaling.usl_throughput(1, 250, contention, coherency) == pytest.approx(250)
    assert scaling.usl_speedup(1, contention, coherency) == pytest.approx(1)


@given(number=processes)
def test_without_contention_and_coherency_the_line_is_straight(number):
    assert scaling.usl_speedup(number, 0, 0) == pytest.approx(number)


@given(number=processes, contention=contentions)
def test_without_coherency_it_is_amdahls_law(number, contention):
    serial, parallel = contention, 1 - contention
    assert scaling.usl_speedup(number, contention, 0) == pytest.approx(
        1 / (serial + parallel / number)
    )


@given(number=processes, contention=contentions, coherency=st.floats(0, 2))
def test_speed_up_is_at_most_the_processes_and_amdahls_limit(number, contention, coherency):
    speedup = scaling.usl_speedup(number, contention, coherency)
    assert 0 < speedup <= number * (1 + 1e-12)
    assert speedup <= scaling.usl_limit(contention) * (1 + 1e-12)


def test_amdahls_limit_is_approached_with_ever_more_processes():
    assert scaling.usl_speedup(1e12, 0.05, 0) == pytest.approx(float(scaling.usl_limit(0.05)))


def test_without_contention_there_is_no_limit_and_without_coherency_no_peak():
    assert scaling.usl_limit([0, 0.5, 1]).tolist() == [np.inf, 2, 1]
    assert scaling.usl_peak([0, 0.5, 1], 0).tolist() == [np.inf] * 3


@given(contention=contentions, coherency=coherencies)
def test_throughput_falls_on_both_sides_of_the_peak(contention, coherency):
    peak = float(scaling.usl_peak(contention, coherency))
    highest = scaling.usl_speedup(peak, contention, coherency)
    assert scaling.usl_speedup(peak * 1.1, contention, coherency) < highest
    assert peak == 1 or scaling.usl_speedup(max(peak / 1.1, 1), contention, coherency) < highest


def test_where_agreeing_costs_more_than_is_shared_one_process_is_best():
    assert scaling.usl_peak([0.5, 1, 0], [0.6, 0.1, 1]).tolist() == [1, 1, 1]
    assert scaling.usl_speedup(2, 0.5, 0.6) < 1


def test_identity_contention_is_a_repairman_whose_customers_all_come_at_once():
    # Gunther: with demand S and think time Z, contention S / (S + Z) is the synchronous bound.
    number, demand, think = np.arange(1, 60), 0.05, 1.0
    synchronous = number / (think + number * demand)
    law = scaling.usl_throughput(number, 1 / (think + demand), demand / (think + demand), 0)
    np.testing.assert_allclose(law, synchronous, rtol=1e-12)
    exact = closed_network(number, 1, [demand], think_time=think).throughput
    assert np.all(law <= exact * (1 + 1e-12))
