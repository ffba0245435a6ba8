"""
What can travel from one part of a system to the next.

A carrier is counted in one unit. Some flow and are counted per second (requests,
queries, jobs); others are there and are counted as they stand (connections, sockets,
viewers): a rate and a stock, joined by Little's law. Parts declare the carriers that
they take and give; what is sent and taken by nobody is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carrier:
    """
    One kind of thing that travels.

    Attributes
    ----------
    name : str
        In the singular.
    unit : str
        Base unit of its rate, or of its number where it is a stock.
    stock : bool
        Whether it is counted as it stands instead of per second.
    """

    name: str
    unit: str
    stock: bool = False


CARRIERS = {
    carrier.name: carrier
    for carrier in (
        Carrier("request", "request/s"),
        Carrier("query", "query/s"),
        Carrier("transaction", "transaction/s"),
        Carrier("operation", "operation/s"),
        Carrier("job", "job/s"),
        Carrier("record", "record/s"),
        Carrier("join", "join/s"),
        Carrier("message", "message/s"),
        Carrier("gift", "gift/s"),
        Carrier("connection", "connection", stock=True),
        Carrier("socket", "connection", stock=True),
        Carrier("follower", "user", stock=True),
        Carrier("stream", "stream", stock=True),
        Carrier("viewer", "viewer", stock=True),
        Carrier("seat", "person", stock=True),
        Carrier("publisher", "person", stock=True),
        Carrier("row", "row", stock=True),
    )
}
