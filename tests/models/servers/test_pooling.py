"""Poolers: the throughput law against published measurements."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from planning.models.servers import pooling

# Kokotov (2025), https://pgdog.dev/blog/pgbouncer-vs-pgdog: pgbench -S, 10 server connections.
CLIENTS = np.array([50.0, 100, 250, 1000, 2000])
PGBOUNCER = np.array([89_287.0, 89_146, 88_381, 81_021, 76_178])
PGDOG_TWO_THREADS = np.array([112_112.0, 110_688, 108_281, 102_189, 92_783])
# pg_doorman's benchmarks of 21 April 2026: PgBouncer's median time of a query.
DOORMAN_CLIENTS = np.array([120.0, 500, 10_000])
DOORMAN_MEDIANS = np.array([1.81e-3, 7.59e-3, 184.39e-3])


def fitted(law, clients, measured, start):
    """Parameters, their standard errors and the relative errors of the law."""
    found, covariance = curve_fit(law, clients, measured, p0=start, sigma=measured)
    return found, np.sqrt(np.diag(covariance)), measured / law(clients, *found) - 1


def root_mean_square(errors):
    return np.sqrt(np.mean(errors**2))


def test_the_law_fits_pgbouncer_from_50_to_2000_clients():
    (peak, half), (peak_error, half_error), errors = fitted(
        pooling.pooler_throughput, CLIENTS, PGBOUNCER, (9e4, 1e4)
    )
    assert (peak, half) == pytest.approx((89_815, 10_705), rel=1e-3)
    assert (peak_error, half_error) == pytest.approx((546, 806), rel=1e-2)
    assert root_mean_square(errors) < 0.008
    assert np.max(np.abs(errors)) < 0.015


@pytest.mark.parametrize(
    ("law", "start"),
    [
        (lambda n, peak, power: peak * n**-power, (1e5, 0.05)),
        (lambda n, peak, loss: peak - loss * np.log(n), (1e5, 4e3)),
        (lambda n, peak, half: peak / (1 + np.sqrt(n / half)), (9e4, 4e4)),
    ],
    ids=["power", "logarithm", "root"],
)
def test_other_shapes_of_two_parameters_fit_worse(law, start):
    ours = fitted(pooling.pooler_throughput, CLIENTS, PGBOUNCER, (9e4, 1e4))[2]
    assert root_mean_square(fitted(law, CLIENTS, PGBOUNCER, start)[2]) > root_mean_square(ours)


def test_the_law_predicts_2000_clients_from_fewer():
    found = fitted(pooling.pooler_throughput, CLIENTS[:-1], PGBOUNCER[:-1], (9e4, 1e4))[0]
    assert pooling.pooler_throughput(2000, *found) == pytest.approx(PGBOUNCER[-1], rel=0.05)


def test_a_pooler_of_two_threads_follows_the_same_law():
    errors = fitted(pooling.pooler_throughput, CLIENTS, PGDOG_TWO_THREADS, (1e5, 1e4))[2]
    assert root_mean_square(errors) < 0.006


def test_another_machine_follows_the_law_to_10000_clients_with_another_half():
    measured = DOORMAN_CLIENTS / DOORMAN_MEDIANS  # Little's law: all clients always wait
    (peak, half), _, errors = fitted(
        pooling.pooler_throughput, DOORMAN_CLIENTS, measured, (7e4, 4e4)
    )
    assert np.max(np.abs(errors)) < 0.002
    assert (peak, half) == pytest.approx((66_550, 44_043), rel=1e-3)


def test_few_clients_are_outside_the_law():
    # one client waits for its round trips; ten had a server connection each and no queue
    assert pooling.pooler_throughput(1, 89_815, 10_705) > 5 * 16_729
    assert pooling.pooler_throughput(10, 89_815, 10_705) < 0.9 * 101_449


def test_without_clients_it_is_the_peak_and_at_half_clients_half_of_it():
    assert pooling.pooler_throughput([0, 700], 1000, 700).tolist() == [1000, 500]


def test_infinite_clients_are_refused():
    with pytest.raises(ValueError, match=r"clients\(=inf\) must be finite"):
        pooling.pooler_throughput(np.inf, 1000, np.inf)


# pg_doorman's benchmarks of 27 April 2026: PgBouncer 1.25.1, 40 server connections, the median time
# of a query [ms] with 40, 120, 500 and 10,000 clients who ask without pause.
POOL, ASKING = 40, np.array([40.0, 120, 500, 10_000])
SIMPLE = np.array([0.74, 2.86, 12.6, 276])
HELD_OUT = {
    "extended": ([0.76, 3.06, 12.8, 288], 0.07),
    "prepared": ([0.90, 3.82, 16.5, 353], 0.13),
    "simple, encrypted": ([0.87, 3.71, 17.0, 369], 0.16),
    "extended, encrypted": ([0.91, 3.68, 17.6, 384], 0.16),
    "prepared, encrypted": ([1.02, 4.44, 21.5, 463], 0.24),
}


def law_of_queueing():
    """Queueing cost and half clients, of two rows of the simple protocol and its first."""
    rate = ASKING / SIMPLE
    matrix = np.stack([1 - POOL / ASKING[2:], ASKING[2:] / 1e5], axis=1)
    cost, hundred_thousand = np.linalg.solve(matrix, rate[0] / rate[2:] - 1)
    return cost, 1e5 / hundred_thousand


def test_the_cost_of_waiting_is_as_documented():
    cost, half = law_of_queueing()
    assert cost == pytest.approx(0.39, abs=0.01)
    assert half == pytest.approx(94_800, rel=0.01)
    said = pooling.pooled_query_cpu(120, 1.0, POOL, cost, half)
    assert SIMPLE[1] / 120 / (SIMPLE[0] / 40) == pytest.approx(said, rel=0.03)  # not fitted


@pytest.mark.parametrize("protocol", HELD_OUT)
def test_other_protocols_follow_from_their_first_row_and_a_constant_cost_is_worse(protocol):
    median, within = HELD_OUT[protocol]
    rate = ASKING / np.array(median)
    law = pooling.pooled_query_cpu(ASKING, 1.0, POOL, *law_of_queueing())
    said = rate[0] * law[0] / law
    errors = np.abs(said / rate - 1)[1:]
    assert np.max(errors) < within
    assert np.all(errors < 0.75 * np.abs(rate[0] / rate - 1)[1:])


def test_another_version_with_another_pool_has_another_cost():
    # PgBouncer with ten connections (Kokotov): from 10 and 50 clients, and the half above.
    law = pooling.pooled_query_cpu(CLIENTS, 1.0, 10, 0.16, 10_700)
    said = 101_449 * pooling.pooled_query_cpu(10, 1.0, 10, 0.16, 10_700) / law
    assert np.max(np.abs(said / PGBOUNCER - 1)) < 0.03


def test_several_threads_cost_more_per_query_and_a_protocol_costs_all_alike():
    # pg_doorman's older benchmark, 80 clients: queries/s and cores, simple and then prepared.
    simple = {"odyssey": 4 / 105e3, "pg_doorman": 4.5 / 110e3}
    dearer = (1 / 45e3) / (1 / 60e3)  # PgBouncer, which fills one core with both
    for product, (rate, cores) in {"odyssey": (125e3, 5.5), "pg_doorman": (135e3, 6.5)}.items():
        assert rate * simple[product] * dearer == pytest.approx(cores, rel=0.16)
        assert rate * dearer / 60e3 < 0.6 * cores  # with PgBouncer's cost


def test_without_clients_and_with_as_many_as_connections_nobody_waits():
    cost = pooling.pooled_query_cpu([0, 10, 10, 1e9], 2.0, 10, 0.5, [1, 1e9, np.inf, np.inf])
    assert cost == pytest.approx([2, 2, 2, 3])
