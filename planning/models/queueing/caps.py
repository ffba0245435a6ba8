r"""
Hard caps without a queue: up to the cap all are admitted, beyond it all are refused.

::

    admitted   0 ... cap        the seventh on a stage of six is refused
    refused    cap + 1 ...      at once: nobody waits

A cap per source address is a cap per building: a venue, a campus or a mobile
carrier puts many clients behind one address (NAT), and a limit meant for one
abuser refuses a whole audience.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_NAT = "RFC 6269, Issues with IP Address Sharing (2011), https://www.rfc-editor.org/rfc/rfc6269"
_CAP = "definition of a cap: what is there never exceeds it"


@formula("min(arrivals, max(cap - already, 0))", source=_CAP)
def admitted_at_cap(arrivals: ArrayLike, cap: ArrayLike, already: ArrayLike = 0.0) -> Array:
    """
    Arrivals that a cap admits; with `refused_at_cap` they are all of them.

    Parameters
    ----------
    arrivals : array_like
        Those who come, non-negative. [count]
    cap : array_like
        The most there may be, non-negative; 0 admits nobody, infinity all. [count]
    already : array_like
        Those there already, non-negative; may exceed a cap that was lowered. [count]

    Returns
    -------
    ndarray
        Admitted. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] LiveKit. Room management: ``max_participants`` of a room.
       https://docs.livekit.io/intro/basics/rooms-participants-tracks/rooms.md

    Examples
    --------
    >>> admitted_at_cap(arrivals=[99, 100, 150], cap=100).tolist()
    [99.0, 100.0, 100.0]
    """
    arrivals, cap, already = non_negative(arrivals=arrivals, cap=cap, already=already)
    room: Array = np.maximum(cap - already, 0.0)
    admitted: Array = np.minimum(arrivals, room)
    return admitted


@formula("max(arrivals - max(cap - already, 0), 0)", source=_CAP)
def refused_at_cap(arrivals: ArrayLike, cap: ArrayLike, already: ArrayLike = 0.0) -> Array:
    """
    Arrivals that a cap refuses; 0 while all fit.

    Parameters
    ----------
    arrivals : array_like
        Those who come, non-negative. [count]
    cap : array_like
        The most there may be, non-negative. [count]
    already : array_like
        Those there already, non-negative; may exceed a cap that was lowered. [count]

    Returns
    -------
    ndarray
        Refused. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL documentation, ``max_connections`` and ``superuser_reserved_connections``.
       https://www.postgresql.org/docs/current/runtime-config-connection.html

    Examples
    --------
    600 clients at 500 connections of which 3 are reserved.

    >>> float(refused_at_cap(arrivals=600, cap=500, already=3))
    103.0
    """
    arrivals, cap, already = non_negative(arrivals=arrivals, cap=cap, already=already)
    room: Array = np.maximum(cap - already, 0.0)
    refused: Array = np.maximum(arrivals - room, 0.0)
    return refused


@formula("floor(max(cap - already, 0)) + 1", source=_CAP)
def first_refused_index(cap: ArrayLike, already: ArrayLike = 0.0) -> Array:
    """
    Which arrival is the first to be refused, counting from 1.

    This is the cap as meant. A guard that tests ``size > cap`` before it lets the next one in
    admits one more: check the code for ``>=``.

    Parameters
    ----------
    cap : array_like
        The most there may be, non-negative; 0 refuses the first. [count]
    already : array_like
        Those there already, non-negative. [count]

    Returns
    -------
    ndarray
        Index of the first refused, at least 1. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] LiveKit. Room management: ``max_participants`` of a room.
       https://docs.livekit.io/intro/basics/rooms-participants-tracks/rooms.md

    Examples
    --------
    >>> float(first_refused_index(cap=6))
    7.0
    """
    cap, already = non_negative(cap=cap, already=already)
    room: Array = np.floor(np.maximum(cap - already, 0.0))
    return room + 1.0


@formula("min(clients, cap_per_address * addresses)", source=_NAT)
def admitted_by_address(
    clients: ArrayLike, cap_per_address: ArrayLike, addresses: ArrayLike = 1.0
) -> Array:
    """
    Clients that a cap per address admits, spread evenly over their addresses.

    Unevenly spread clients are admitted less.

    Parameters
    ----------
    clients : array_like
        Clients at the same moment, non-negative. [users]
    cap_per_address : array_like
        The most from one address, non-negative. [count]
    addresses : array_like
        Addresses they share, non-negative; a venue behind one NAT has 1. [count]

    Returns
    -------
    ndarray
        Admitted. [users]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Ford, M. et al. (2011). RFC 6269, Issues with IP Address Sharing.
       https://www.rfc-editor.org/rfc/rfc6269

    Examples
    --------
    >>> admitted_by_address(clients=150, cap_per_address=10, addresses=[1, 4, 150]).tolist()
    [10.0, 40.0, 150.0]
    """
    clients, cap_per_address, addresses = non_negative(
        clients=clients, cap_per_address=cap_per_address, addresses=addresses
    )
    admitted: Array = np.minimum(clients, cap_per_address * addresses)
    return admitted


@formula("max(clients - cap_per_address * addresses, 0)", source=_NAT)
def refused_by_address(
    clients: ArrayLike, cap_per_address: ArrayLike, addresses: ArrayLike = 1.0
) -> Array:
    """
    Clients that a cap per address refuses, spread evenly over their addresses.

    Parameters
    ----------
    clients : array_like
        Clients at the same moment, non-negative. [users]
    cap_per_address : array_like
        The most from one address, non-negative. [count]
    addresses : array_like
        Addresses they share, non-negative; a venue behind one NAT has 1. [count]

    Returns
    -------
    ndarray
        Refused. [users]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Ford, M. et al. (2011). RFC 6269, Issues with IP Address Sharing.
       https://www.rfc-editor.org/rfc/rfc6269

    Examples
    --------
    150 viewers on the venue's wireless network, ten connections per address.

    >>> float(refused_by_address(clients=150, cap_per_address=10))
    140.0
    """
    clients, cap_per_address, addresses = non_negative(
        clients=clients, cap_per_address=cap_per_address, addresses=addresses
    )
    refused: Array = np.maximum(clients - cap_per_address * addresses, 0.0)
    return refused


@formula("ceil(clients / cap_per_address)", source=_NAT)
def addresses_needed(clients: ArrayLike, cap_per_address: ArrayLike) -> Array:
    """
    Addresses over which clients must spread so that none is refused.

    It sizes load tests too: a generator with one address tests the cap, not the system.

    Parameters
    ----------
    clients : array_like
        Clients at the same moment; 0 needs none. [users]
    cap_per_address : array_like
        The most from one address, above 0. [count]

    Returns
    -------
    ndarray
        Addresses, a whole number. [count]

    Raises
    ------
    ValueError
        If `clients` is negative or `cap_per_address` is not above 0.

    References
    ----------
    .. [1] Ford, M. et al. (2011). RFC 6269, Issues with IP Address Sharing.
       https://www.rfc-editor.org/rfc/rfc6269

    Examples
    --------
    >>> float(addresses_needed(clients=151, cap_per_address=10))
    16.0
    """
    (clients,) = non_negative(clients=clients)
    (cap_per_address,) = positive(cap_per_address=cap_per_address)
    return units_needed(clients, cap_per_address)


@formula("load / users * users_per_address", source=_NAT)
def load_per_address(load: ArrayLike, users: ArrayLike, users_per_address: ArrayLike) -> Array:
    """
    What one address asks for when several users come from it; 0 without users.

    Parameters
    ----------
    load : array_like
        What all users ask for, non-negative. [any]
    users : array_like
        All users, non-negative. [users]
    users_per_address : array_like
        Users behind one address, non-negative. [users]

    Returns
    -------
    ndarray
        The share of one address, in the unit of `load`.

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] RFC 6269, Issues with IP Address Sharing (2011), section 13.1,
       https://www.rfc-editor.org/rfc/rfc6269

    Examples
    --------
    Thirty pupils of 6,000 users hold thirty streams behind one address.

    >>> float(load_per_address(load=6000, users=6000, users_per_address=30))
    30.0
    """
    load, users, users_per_address = non_negative(
        load=load, users=users, users_per_address=users_per_address
    )
    none = np.zeros(np.broadcast_shapes(load.shape, users.shape))
    each: Array = np.divide(load, users, out=none, where=users > 0) * users_per_address
    return each
