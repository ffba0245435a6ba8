r"""
What a message costs on a socket: a part per write, a part per message, a part per byte.

A write is a system call and a trip through the network stack, whatever is in it; messages to
one socket that are written together share it. Composing and framing is paid per message,
copying and encrypting per byte::

    one by one     write + item, write + item, write + item
    in a batch     write + item + item + item
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative
from planning.models.formula import formula


@formula(
    "write_time / batch + item_time + size * byte_time",
    source="cost of a system call shared by a batch: Soares & Stumm (2010), FlexSC, OSDI '10, "
    "section 2, https://www.usenix.org/conference/osdi10",
)
def message_cpu(
    write_time: ArrayLike,
    batch: ArrayLike,
    item_time: ArrayLike,
    size: ArrayLike = 0.0,
    byte_time: ArrayLike = 0.0,
) -> Array:
    """
    CPU of one message delivered to one socket.

    Parameters
    ----------
    write_time : array_like
        CPU of a write, non-negative. [s]
    batch : array_like
        Messages written together, at least 1. [messages]
    item_time : array_like
        CPU of a message within a write, non-negative. [s]
    size : array_like
        Bytes of a message, non-negative. [B]
    byte_time : array_like
        CPU of copying and encrypting a byte, non-negative. [s/B]

    Returns
    -------
    ndarray
        CPU per message, never below `item_time` however large the batch. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `batch` is below 1.

    References
    ----------
    .. [1] Soares, L. and Stumm, M. (2010). FlexSC: Flexible System Call Scheduling with
       Exception-Less System Calls. OSDI '10. https://www.usenix.org/conference/osdi10

    Examples
    --------
    Sixteen in one write instead of one by one: nearly half the CPU.

    >>> message_cpu(write_time=15e-6, batch=[1, 16], item_time=17e-6).round(7).tolist()
    [3.2e-05, 1.79e-05]
    """
    write_time, item_time = non_negative(write_time=write_time, item_time=item_time)
    size, byte_time = non_negative(size=size, byte_time=byte_time)
    (batch,) = at_least_one(batch=batch)
    cpu: Array = write_time / batch + item_time + size * byte_time
    return cpu
