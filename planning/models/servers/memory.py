r"""
Memory: a sum of populations, each with a size.

::

    base + processes * s1 + connections * s2 + users * s3 + objects * s4  <=  memory

Past the limit memory does not slow down, it kills: the process is ended, or the
host swaps. So a verdict on memory is a cliff, and headroom is what keeps from it.
Measure sizes as private or proportional memory (PSS). Resident size counts pages
that all processes share once for each of them: that is how a PostgreSQL backend
of 1.3 MB comes to be called 10 MB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_that_fit

_PSS = (
    "measured, PostgreSQL 15.18, PSS: 1.3 MB idle, 2-3 MB in use; compare Freund (2020), "
    "https://blog.anarazel.de/2020/10/07/measuring-the-memory-overhead-of-a-postgres-connection/"
)


@formula(
    "base + processes * per_process + connections * per_connection"
    " + users * per_user + objects * per_object",
    source="addition",
)
def working_set(
    base: ArrayLike = 0.0,
    *,
    processes: ArrayLike = 0.0,
    per_process: ArrayLike = 0.0,
    connections: ArrayLike = 0.0,
    per_connection: ArrayLike = 0.0,
    users: ArrayLike = 0.0,
    per_user: ArrayLike = 0.0,
    objects: ArrayLike = 0.0,
    per_object: ArrayLike = 0.0,
) -> Array:
    """
    Memory that a host needs; what is not named takes none.

    Parameters
    ----------
    base : array_like
        What is there before the first user: system, shared buffers. [B]
    processes, per_process : array_like
        Processes [count], and the private memory of one [B].
    connections, per_connection : array_like
        Open sockets or streams [count], and the memory of one, kernel included [B].
    users, per_user : array_like
        Users with a session [users], and the memory of one [B].
    objects, per_object : array_like
        Objects kept in memory [count], and the size of one with its overhead [B].

    Returns
    -------
    ndarray
        Working set. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Denning, P. J. (1968). The working set model for program behavior. Communications
       of the ACM 11(5), 323-333. https://doi.org/10.1145/363095.363141
    .. [2] Socket.IO. Memory usage: about 9.3 KB of heap per WebSocket client.
       https://socket.io/docs/v4/memory-usage/

    Examples
    --------
    Ten thousand WebSocket clients of 9.3 kB on a heap of 5 MB, in MB.

    >>> float(working_set(5e6, connections=10_000, per_connection=9.3e3)) / 1e6
    98.0
    """
    (base,) = non_negative(base=base)
    counts = non_negative(
        processes=processes, connections=connections, users=users, objects=objects
    )
    sizes = non_negative(
        per_process=per_process,
        per_connection=per_connection,
        per_user=per_user,
        per_object=per_object,
    )
    total = base
    for count, size in zip(counts, sizes, strict=True):
        total = total + count * size
    return total


@formula(
    "base + processes * per_process + users * per_user",
    source="definition: a sum of private memory",
)
def app_memory(
    base: ArrayLike,
    processes: ArrayLike,
    per_process: ArrayLike,
    users: ArrayLike,
    per_user: ArrayLike,
) -> Array:
    """
    Memory of app servers.

    Parameters
    ----------
    base : array_like
        What is there before the first process, non-negative. [B]
    processes, per_process : array_like
        Processes [count], and the private memory of one [B].
    users, per_user : array_like
        Users at the same time [users], and the memory one adds [B].

    Returns
    -------
    ndarray
        Memory in use; `base` and the processes without users. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] See :func:`working_set`.

    Examples
    --------
    >>> float(app_memory(100e6, processes=2, per_process=150e6, users=1000, per_user=1e5))
    500000000.0
    """
    base, processes, per_process, users, per_user = non_negative(
        base=base, processes=processes, per_process=per_process, users=users, per_user=per_user
    )
    memory: Array = base + processes * per_process + users * per_user
    return memory


@formula("idle * per_idle + busy * per_busy", source=_PSS)
def backend_memory(
    idle: ArrayLike,
    busy: ArrayLike,
    per_idle: ArrayLike = 1.3e6,
    per_busy: ArrayLike = 2.5e6,
) -> Array:
    """
    Memory of PostgreSQL backends, shared buffers not counted.

    Parameters
    ----------
    idle : array_like
        Backends connected and idle, non-negative. [count]
    busy : array_like
        Backends in use, non-negative. [count]
    per_idle : array_like
        Proportional memory (PSS) of an idle backend; 1.3 MB measured. [B]
    per_busy : array_like
        Proportional memory of one in use; 2–3 MB measured, not the often quoted 10 MB. A query
        that sorts or hashes adds up to ``work_mem`` per node: raise it then. [B]

    Returns
    -------
    ndarray
        Memory. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Measured, PostgreSQL 15.18, PSS.
    .. [2] Freund, A. (2020). Measuring the Memory Overhead of a Postgres Connection: below
       2 MiB.
       https://blog.anarazel.de/2020/10/07/measuring-the-memory-overhead-of-a-postgres-connection/

    Examples
    --------
    A hundred connections of which twenty work, in MB.

    >>> float(backend_memory(idle=80, busy=20)) / 1e6
    154.0
    """
    idle, busy = non_negative(idle=idle, busy=busy)
    per_idle, per_busy = non_negative(per_idle=per_idle, per_busy=per_busy)
    return idle * per_idle + busy * per_busy


@formula("used / memory", source="definition")
def memory_utilisation(used: ArrayLike, memory: ArrayLike) -> Array:
    """
    Share of the memory that is used; above 1 the host is out of memory.

    Parameters
    ----------
    used : array_like
        Working set, non-negative. [B]
    memory : array_like
        Memory of the host or the container's limit, above 0. [B]

    Returns
    -------
    ndarray
        Utilisation, at least 0 and possibly above 1. [fraction]

    Raises
    ------
    ValueError
        If `used` is negative or `memory` is not above 0.

    References
    ----------
    .. [1] Linux kernel documentation, Memory Resource Controller (cgroup v2), ``memory.max``:
       past it the OOM killer is invoked.
       https://docs.kernel.org/admin-guide/cgroup-v2.html#memory

    Examples
    --------
    A hundred events of 50 kB in 512 MB.

    >>> float(memory_utilisation(used=100 * 50e3, memory=512e6).round(4))
    0.0098
    """
    (used,) = non_negative(used=used)
    (memory,) = positive(memory=memory)
    return used / memory


@formula("floor(max(memory - base, 0) / per_user)", source="definition")
def users_within_memory(memory: ArrayLike, base: ArrayLike, per_user: ArrayLike) -> Array:
    """
    Users whose sessions fit in memory.

    0 where the base alone does not fit; infinite where a user takes none and the base fits.

    Parameters
    ----------
    memory : array_like
        Memory of the host or the container's limit, non-negative. [B]
    base : array_like
        What is there before the first user, non-negative. [B]
    per_user : array_like
        Memory of one user, connections included, non-negative. [B]

    Returns
    -------
    ndarray
        Users, a whole number or infinity. [users]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Denning, P. J. (1968). The working set model for program behavior. Communications
       of the ACM 11(5), 323-333. https://doi.org/10.1145/363095.363141

    Examples
    --------
    "20,000 users on 512 MB" is 25.6 kB each, with nothing left for the program.

    >>> users_within_memory(memory=512e6, base=[0, 200e6, 600e6], per_user=25.6e3).tolist()
    [20000.0, 12187.0, 0.0]
    """
    memory, base, per_user = non_negative(memory=memory, base=base, per_user=per_user)
    left: Array = np.maximum(memory - base, 0.0)
    fitting = units_that_fit(left, np.where(per_user > 0, per_user, 1.0))
    free = np.where(memory >= base, np.inf, 0.0)
    return np.where(per_user > 0, fitting, free)
