"""
Changes of a table that a realtime service sends to who listens: a ceiling of its own.

One worker reads a change, checks it for every subscriber, writes it to those who may see it and
takes the next. So changes × clients have a ceiling that no quota and no larger database moves,
and a delay that grows towards it. Supabase's own load tests fix the times: two rows of them say
the ceiling of the others to the whole number (Postgres Changes, 2024).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.models.delivery import realtime
from planning.numbers.estimate import Kind
from planning.numbers.nodes import Node, derive, product, quotient
from planning.numbers.quantities import (
    Closed,
    PositiveFraction,
    PositiveSeconds,
    Processes,
    Seconds,
    default,
)

if TYPE_CHECKING:
    from planning.flow.flows import Flow
    from planning.parts.station import Station

_ROWS = (
    "500 clients carry 64 changes/s and 5,000 carry 10, https://github.com/supabase/supabase/blob/"
    "d662beae858a1b074a8a79f3c3b39de84043b2e5/apps/docs/data/realtime/throughput.json"
)
_REMEDY = (
    "broadcast from the server in place of table changes, smaller rooms, fewer subscribers who "
    "are checked, or fewer and larger changes"
)


class TableChanges(Closed):
    """What one change of a table costs a realtime service."""

    change_time: Seconds = default(
        "6.25 ms", f"the part that does not grow with clients: {_ROWS}", kind=Kind.VENDOR,
        low="3 ms", high="15 ms", description="Time to read one change, whoever listens",
    )  # fmt: skip
    delivery_time: PositiveSeconds = default(
        "18.75 µs", f"the part that grows with clients: {_ROWS}", kind=Kind.VENDOR,
        low="15 µs", high="28 µs", description="Time to write a change to one subscriber",
    )  # fmt: skip
    check_time: Seconds = default(
        "0 s", "no row-level security: nobody is checked; with it 50 to 67 µs were measured",
        description="Time to check whether one subscriber may see a change (row-level security)",
    )  # fmt: skip
    reach: PositiveFraction = default(
        "100 %", "everyone who listens may see it",
        description="Share of the subscribers who may see a change",
    )  # fmt: skip
    workers: Processes = default(
        1, "changes are sent in order, by one after the other",
        description="Workers that share the changes",
    )  # fmt: skip
    deliver_within: PositiveSeconds | None = Field(
        default=None, description="Time in which a change must reach its last subscriber"
    )
    wait_limit: PositiveSeconds = default(
        "10 s", "a client that hears nothing for so long connects anew",
        low="5 s", high="30 s", description="Longest time that a change waits for those before it",
    )  # fmt: skip

    def limit(self, at: Station, delivered: list[Flow], subscribers: Node) -> None:
        """
        Limit changes per second and the time until a change is everywhere.

        Past the ceiling changes fall behind for good. Source: see
        :func:`planning.models.delivery.realtime.time_of_change`.

        Parameters
        ----------
        at : Station
            The service.
        delivered : list of Flow
            Changes as they reach their receivers. [message/s]
        subscribers : Node
            Who listens to the same rows. [user]
        """
        for flow in delivered:
            receivers = product(
                "receivers of one change", "user", subscribers=subscribers, reach=self.reach
            )
            changes = quotient(
                "changes of the tables", "event/s",
                delivered=flow.rate, to_each_of=receivers,
            )  # fmt: skip
            took = derive(
                "time of one change", "s", realtime.time_of_change,
                change_time=self.change_time, subscribers=subscribers,
                check_time=self.check_time, reach=self.reach, delivery_time=self.delivery_time,
            )  # fmt: skip
            most = quotient("changes that can be carried", "event/s",
                            workers=self.workers, time_of_each=took)  # fmt: skip
            at.limit("changes", changes, most, PastLimit.QUEUE, _REMEDY, patience=self.wait_limit)
            delay = derive(
                "time until a change is everywhere", "s", realtime.time_to_deliver,
                service_time=took, load=quotient("share of the ceiling", "ratio",
                                                 changes=changes, most=most),
                wait_limit=self.wait_limit,
            )  # fmt: skip
            if self.deliver_within is None:
                at.tell(delay)
            else:
                at.limit("delivery", delay, self.deliver_within, PastLimit.SLOW, _REMEDY)
