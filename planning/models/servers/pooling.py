r"""
What a connection pooler itself costs: processor time and a little latency.

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

The database behind it has limits of its own (:mod:`planning.models.servers.connections`).
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import cpu_cores_needed, processes_needed
from planning.models.servers.latency import response_time

_PGDOG = (
    "fitted to Kokotov (2025), PgDog vs. PgBouncer, the column of PgBouncer from 50 clients on, "
    "https://pgdog.dev/blog/pgbouncer-vs-pgdog"
)
_DENNING = (
    "Denning and Buzen (1978), The Operational Analysis of Queueing Network Models, "
    "ACM Computing Surveys 10(3), 225-261, utilisation law, doi:10.1145/356733.356735"
)
_ONE_CORE = "PgBouncer is single-threaded: https://www.pgbouncer.org/config.html, so_reuseport"


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


@formula("(1 + clients / half_clients) / peak_rate", source=_PGDOG)
def pooler_cpu_time(clients: ArrayLike, peak_rate: ArrayLike, half_clients: ArrayLike) -> Array:
    """
    Processor time of one query in the pooler, from a measured throughput.

    The inverse of `pooler_throughput`: a core that is busy all the time gives a query
    one second over the throughput. Without clients it is that of the peak.

    Parameters
    ----------
    clients : array_like
        Busy clients of one process, finite and non-negative. [count]
    peak_rate : array_like
        Throughput with few clients, above 0. [1/s]
    half_clients : array_like
        Clients at which it has halved, above 0; infinite for none lost. [count]

    Returns
    -------
    ndarray
        Processor time of a query. [s]

    Raises
    ------
    ValueError
        If `clients` is negative or infinite, or another argument is not above 0.

    References
    ----------
    .. [1] Kokotov, L. (2025). PgDog vs. PgBouncer. https://pgdog.dev/blog/pgbouncer-vs-pgdog

    Examples
    --------
    Microseconds for a query, with 0 and with 10,700 other clients.

    >>> (1e6 * pooler_cpu_time([0, 10_700], 89_800, half_clients=10_700)).round(1).tolist()
    [11.1, 22.3]
    """
    (clients,) = finite(clients=clients)
    peak_rate, half_clients = positive(peak_rate=peak_rate, half_clients=half_clients)
    return (1.0 + clients / half_clients) / peak_rate


@formula("query_rate * cpu_time", source=_DENNING)
def pooler_cores(query_rate: ArrayLike, cpu_time: ArrayLike) -> Array:
    """
    Cores that a pooler keeps busy; no queries keep none.

    On the host of the database they are taken from it.

    Parameters
    ----------
    query_rate : array_like
        Queries per second through the pooler, non-negative. [1/s]
    cpu_time : array_like
        Processor time of a query in the pooler, non-negative. [s]

    Returns
    -------
    ndarray
        Busy cores, not rounded; more than 1 is more than one PgBouncer can do. [cores]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> float(pooler_cores(query_rate=44_096, cpu_time=22.7e-6).round(2))
    1.0
    """
    query_rate, cpu_time = non_negative(query_rate=query_rate, cpu_time=cpu_time)
    return cpu_cores_needed(query_rate, cpu_time)


@formula("ceil(query_rate * cpu_time / target_utilisation)", source=_ONE_CORE)
def pooler_instances(
    query_rate: ArrayLike, cpu_time: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    Single-threaded pooler processes, each on a core of its own, that carry a query rate.

    Each process has its own pool, so server connections multiply by the processes. No
    queries need none.

    Parameters
    ----------
    query_rate : array_like
        Queries per second through all of them, non-negative. [1/s]
    cpu_time : array_like
        Processor time of a query in the pooler, non-negative. [s]
    target_utilisation : array_like
        Busy share of a core one is willing to run at, above 0. [fraction]

    Returns
    -------
    ndarray
        Processes, a whole number. [count]

    Raises
    ------
    ValueError
        If a rate or time is negative, or the target is not above 0 and at most 1.

    References
    ----------
    .. [1] PgBouncer. Configuration, ``so_reuseport``: more instances on one port use more
       cores. https://www.pgbouncer.org/config.html

    Examples
    --------
    >>> float(pooler_instances(query_rate=100_000, cpu_time=22.7e-6, target_utilisation=0.7))
    4.0
    """
    query_rate, cpu_time = non_negative(query_rate=query_rate, cpu_time=cpu_time)
    (target_utilisation,) = positive(target_utilisation=target_utilisation)
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return processes_needed(query_rate, cpu_time, target_utilisation)


@formula("service_time + pooler_time", source="definition of response time")
def pooled_response_time(service_time: ArrayLike, pooler_time: ArrayLike) -> Array:
    """
    Response time through a pooler; a pooler that takes no time adds none.

    Waiting for a server connection comes on top: see
    :func:`planning.models.servers.connections.pool_wait`.

    Parameters
    ----------
    service_time : array_like
        Response time without the pooler, non-negative. [s]
    pooler_time : array_like
        What the pooler adds, its extra network hop included, non-negative. [s]

    Returns
    -------
    ndarray
        Their sum. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] Supabase (2023). Supavisor: Scaling Postgres to 1 Million Connections: 2 ms more
       than PgBouncer, which ran on the database's host.
       https://supabase.com/blog/supavisor-1-million

    Examples
    --------
    A query of 1 ms through PgBouncer on the same host, with 2 ms more through Supavisor.

    >>> pooled_response_time(service_time=0.001, pooler_time=[0, 0.002]).tolist()
    [0.001, 0.003]
    """
    service_time, pooler_time = non_negative(service_time=service_time, pooler_time=pooler_time)
    return response_time(pooler_time, service_time)
