r"""
What a connection pooler itself can carry.

A pooler reads every query and every answer once. PgBouncer does so in one thread, so
one process never uses more than one core, however many the machine has; Supavisor
uses all of them and adds more latency. Each query costs the pooler a little more for
each client that is busy at the same time, so a saturated process slows down::

    throughput    peak
                   |*  *
                   |      *    *            half of peak
                   |                *   .  .  *
                   +---------------------------> busy clients
                                         half_clients

And a query that finds no server connection free is put aside and taken up again, which costs
the pooler once more: a step where clients outnumber the pool, of its own with each product.

The database behind it has limits of its own (:mod:`planning.models.servers.connections`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, positive
from planning.models.formula import formula

_PGDOG = (
    "fitted to Kokotov (2025), PgDog vs. PgBouncer, the column of PgBouncer from 50 clients on, "
    "https://pgdog.dev/blog/pgbouncer-vs-pgdog"
)


@formula("peak_rate / (1 + clients / half_clients)", source=_PGDOG)
def pooler_throughput(clients: ArrayLike, peak_rate: ArrayLike, half_clients: ArrayLike) -> Array:
    """
    Queries per second of one pooler process whose core is busy all the time.

    Without clients it is `peak_rate`, which is then only what could be carried; at
    `half_clients` half of it. It is a ceiling: clients that wait for round trips or for the
    database ask for less.

    Parameters
    ----------
    clients : array_like
        Clients that send without pause, finite and non-negative; idle ones cost less. [count]
    peak_rate : array_like
        Throughput with few clients, finite and non-negative; a property of machine, query and
        encryption: measure it. [1/s]
    half_clients : array_like
        Clients at which it has halved, above 0; infinite for none lost. [count]

    Returns
    -------
    ndarray
        Throughput. [1/s]

    Raises
    ------
    ValueError
        If `clients` or `peak_rate` is negative or infinite or `half_clients` is not above 0.

    References
    ----------
    .. [1] Kokotov, L. (2025). PgDog vs. PgBouncer. https://pgdog.dev/blog/pgbouncer-vs-pgdog
    .. [2] pg_doorman, Benchmarks (21 April 2026).
       https://ozontech.github.io/pg_doorman/ru/benchmarks.html
    .. [3] Tembo (2024). Benchmarking PostgreSQL connection poolers.
       https://tembo.io/blog/postgres-connection-poolers

    Notes
    -----
    PgBouncer in [1], 50 to 2,000 clients: 89,800 ± 550 queries/s and 10,700 ± 800 clients, error
    0.8 % root mean square, 1.4 % at worst (a power or a logarithm of the clients: over 2 %). In
    [2], 120 to 10,000 clients, throughput taken as clients over median time: 66,500 and 44,000,
    error 0.1 %. So `half_clients` differs by machine four times. With no more clients than server
    connections it did better than the law (101,449/s with 10), and with one it waited (16,729/s).
    In [3] one core carried 44,096/s with 50 clients.

    Examples
    --------
    The first machine with 50 and with 2,000 busy clients; measured were 89,287 and 76,178.

    >>> pooler_throughput([50, 2000], peak_rate=89_800, half_clients=10_700).round(-2).tolist()
    [89400.0, 75700.0]
    """
    clients, peak_rate = finite(clients=clients, peak_rate=peak_rate)
    (half_clients,) = positive(half_clients=half_clients)
    return peak_rate / (1.0 + clients / half_clients)


@formula(
    "cpu_per_query * (1 + queueing_cost * (1 - pool_size / max(clients, pool_size)) "
    "+ clients / half_clients)",
    source="fitted to pg_doorman, Benchmarks (27 April 2026), PgBouncer 1.25.1, simple protocol; "
    "https://ozontech.github.io/pg_doorman/benchmarks.html",
)
def pooled_query_cpu(
    clients: ArrayLike,
    cpu_per_query: ArrayLike,
    pool_size: ArrayLike,
    queueing_cost: ArrayLike,
    half_clients: ArrayLike,
) -> Array:
    """
    CPU that a pooler spends on one query, with so many clients that ask at the same time.

    Parameters
    ----------
    clients : array_like
        Clients with a query under way, waiting for a server connection or holding one, finite
        and non-negative. [count]
    cpu_per_query : array_like
        CPU of one query while no client waits, finite and non-negative. [s]
    pool_size : array_like
        Server connections, finite and above 0: all clients past them wait. [count]
    queueing_cost : array_like
        What it costs further to let a query wait, over `cpu_per_query`, finite and non-negative;
        about 0.4 for PgBouncer. [ratio]
    half_clients : array_like
        Clients at which looking after them costs as much again, above 0; infinite for none.
        [count]

    Returns
    -------
    ndarray
        CPU of one query: `cpu_per_query` of few clients, `queueing_cost` more once nearly all of
        them wait. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] pg_doorman, Benchmarks (27 April 2026), 40 server connections, median time of a query
       with 40 to 10,000 clients; https://ozontech.github.io/pg_doorman/benchmarks.html
    .. [2] Kokotov, L. (2025). PgDog vs. PgBouncer. https://pgdog.dev/blog/pgbouncer-vs-pgdog

    Notes
    -----
    In [1] PgBouncer's core did 54,100 queries/s for 40 clients, as many as it had connections for,
    42,000 for 120, 39,700 for 500 and 36,200 for 10,000: most of the loss is a step behind the
    pool. Fitted to these (0.39 and 94,800 clients), from its rate with 40 clients alone each other
    protocol is at most 12 % off without encryption and 7 to 24 % too fast with; at a constant cost
    it would be 34 to 82 % too fast. In [2], with a pool of 10, the cost is 0.16.

    Examples
    --------
    >>> cost = pooled_query_cpu([0, 40, 500, 10_000], 20e-6, 40, 0.4, half_clients=100_000)
    >>> (cost * 1e6).round(1).tolist()
    [20.0, 20.0, 27.5, 30.0]
    """
    (clients, cpu_per_query) = finite(clients=clients, cpu_per_query=cpu_per_query)
    (pool_size,) = positive(pool_size=pool_size)
    (queueing_cost,) = finite(queueing_cost=queueing_cost)
    finite(pool_size=pool_size)
    (half_clients,) = positive(half_clients=half_clients)
    waits = 1.0 - pool_size / np.maximum(clients, pool_size)
    return cpu_per_query * (1.0 + queueing_cost * waits + clients / half_clients)
