"""
Rooms: people who hear each other, and how many rooms so many people fill.

What one sends is delivered to everyone in the room, so what is delivered grows with the
square of the people in it; in rooms of a fixed size it grows in step with users::

    1 message ──> N in the room ──> N deliveries
    N joins   ──> N in the room ──> N * N deliveries, about half if they come one by one
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula


@formula("ceil(users / room_size)", source="definition of a started room")
def rooms_open(users: ArrayLike, room_size: ArrayLike) -> Array:
    """
    Rooms that a number of users fill; the last one need not be full, none without users.

    Parameters
    ----------
    users : array_like
        Concurrent users, non-negative. [users]
    room_size : array_like
        Users in one room, positive. [users]

    Returns
    -------
    ndarray
        Whole rooms. [rooms]

    Raises
    ------
    ValueError
        If `users` is negative or `room_size` is not positive.

    References
    ----------
    .. [1] Graham, R. L., Knuth, D. E. and Patashnik, O. (1994). Concrete Mathematics, 2nd ed.,
       section 3.1, floors and ceilings.

    Examples
    --------
    >>> rooms_open(users=[0, 50, 51], room_size=50).tolist()
    [0.0, 1.0, 2.0]
    """
    (users,) = non_negative(users=users)
    (room_size,) = positive(room_size=room_size)
    rooms: Array = np.ceil(users / room_size)
    return rooms
