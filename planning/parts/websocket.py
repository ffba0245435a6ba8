"""
A WebSocket service: sockets, joins and messages against the quotas of a plan.

Quotas count *delivered* messages: one broadcast to 10,000 viewers is 10,000 of them.
A socket carries all channels of a user, so fewer channels do not mean fewer sockets. Changes of
a table have a ceiling of their own below every quota (:mod:`planning.parts.table_changes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.models.money import cost
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, least, product, quotient
from planning.numbers.quantities import Amount, default
from planning.numbers.units import MONTH
from planning.parts.base import Part
from planning.parts.table_changes import TableChanges
from planning.workload.sockets import CHANGES

if TYPE_CHECKING:
    from planning.parts.station import Station

_FEWER_MESSAGES = "aggregate presence, smaller rooms, fewer messages each, or a larger plan"
_MONTH = asked(MONTH, "s", "a month")


class WebSocket(Part):
    """The service that holds the sockets and delivers what is sent over them."""

    order: ClassVar[int] = 2
    takes: ClassVar[tuple[str, ...]] = ("socket", "join", "message")
    kind: Literal["websocket"]
    connections: Annotated[Estimate, Amount("connection", at_least=1.0)] = Field(
        description="Clients connected at the same time that the plan allows"
    )
    joins: Annotated[Estimate, Amount("join/s", above=0.0)] | None = Field(
        default=None, description="Channel joins per second that the plan allows"
    )
    messages: Annotated[Estimate, Amount("message/s", above=0.0)] | None = Field(
        default=None, description="Messages per second, sent and delivered, that the plan allows"
    )
    channels_per_connection: Annotated[Estimate, Amount("channel", at_least=1.0)] | None = Field(
        default=None, description="Channels that one client may join"
    )
    changes: TableChanges | None = Field(
        default=None,
        description="Ceiling on the changes of `live.change_interval`, where they are a table's "
        "and not sent by a server; none: only the plan limits them",
    )
    included_connections: Annotated[Estimate, Amount("connection")] = default(
        0, "none are included", description="Peak connections without extra charge"
    )
    connection_price: Annotated[Estimate, Amount("USD/connection/month")] | None = Field(
        default=None, description="Price of a peak connection; not charged if not given"
    )
    connection_block: Annotated[Estimate, Amount("connection", at_least=1.0)] = default(
        1, "charged one by one", description="Connections that are charged together"
    )
    included_messages: Annotated[Estimate, Amount("message")] = default(
        0, "none are included", description="Messages per month without extra charge"
    )
    message_price: Annotated[Estimate, Amount("USD/message")] | None = Field(
        default=None, description="Price of a message; not charged if not given"
    )
    message_block: Annotated[Estimate, Amount("message", at_least=1.0)] = default(
        1, "charged one by one", description="Messages that are charged together"
    )

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return messages or joins, where the plan's quota of them is not stated."""
        for each in ("message", "join"):
            if at.flows(each) and getattr(self, f"{each}s") is None:
                return f"{each}s", f"{each}s"
        return super().without_limit(at)

    def rates(self, at: Station) -> None:
        """
        Hold sockets, joins and messages against the plan, and add what it charges for them.

        Takes sockets, joins and messages. Limits each: past the plan sockets and messages are
        refused, joins are tried again until they get in; changes of a table fall behind past a
        ceiling of their own. Source: the plan's quotas.
        """
        sockets = at.rate("open sockets", "socket")
        messages = at.rate("messages delivered", "message")
        if not at.flows("socket"):
            return
        at.tell(sockets)
        remedy = "a larger plan, sockets only where they are needed, or polling"
        at.limit("connections", sockets, self.connections, PastLimit.REJECT, remedy)
        if self.joins is not None and at.flows("join"):
            remedy = "fewer channels per user, joins spread over time, or a larger plan"
            joins = at.rate("channel joins", "join")
            at.limit("joins", joins, self.joins, PastLimit.QUEUE, remedy)
        if at.flows("message"):
            at.tell(messages)
            if self.messages is not None:
                at.limit("messages", messages, self.messages, PastLimit.REJECT, _FEWER_MESSAGES)
            self._tell_crowd(at)
            self._limit_changes(at, sockets)
        live = at.workload.live_at(at.name)
        if self.channels_per_connection is not None and live is not None:
            remedy = "one channel that carries several topics"
            limit = self.channels_per_connection
            at.limit("channels per client", live.channels, limit, PastLimit.BLOCK, remedy)
        self._bill_sockets(at, sockets)
        if at.flows("message"):
            self._bill_messages(at, messages)

    def _limit_changes(self, at: Station, sockets: Node) -> None:
        """Hold the changes of a table against what the service can send, where that is stated."""
        live = at.workload.live_at(at.name)
        if self.changes is not None and live is not None:
            changes = [flow for flow in at.flows("message") if flow.cause.startswith(CHANGES)]
            self.changes.limit(at, changes, live.audience(sockets))

    def _tell_crowd(self, at: Station) -> None:
        """Say how many messages a crowd causes, and how long the quota takes to deliver them."""
        if at.crowd is None:
            return
        at.numbers["delivered"] = at.rate("messages delivered", "message")
        at.numbers["messages"] = at.numbers["delivered"]
        sent = [flow.at_once for flow in at.flows("message") if flow.at_once is not None]
        if sent:
            at.numbers["messages"] = sent[0]
            if self.messages is not None:
                at.numbers["time to deliver"] = quotient(
                    "time to deliver", "s", messages=sent[0], quota=self.messages
                )

    def _bill_sockets(self, at: Station, sockets: Node) -> None:
        if self.connection_price is None:
            return
        at.monthly[f"{at.name} connections"] = _packages(
            "peak connections' price",
            least(
                "connections within the plan", "connection", open=sockets, allowed=self.connections
            ),
            self.included_connections,
            self.connection_block,
            self.connection_price,
        )

    def _bill_messages(self, at: Station, delivered: Node) -> None:
        if self.message_price is None:
            return
        if self.messages is not None:  # what the quota refuses is not charged
            delivered = least(
                "messages within the quota", "message/s", wanted=delivered, quota=self.messages
            )
        mean = quotient(
            "mean message rate", "message/s", at_the_peak=delivered,
            peak_to_mean=at.workload.peak_to_mean,
        )  # fmt: skip
        at.monthly[f"{at.name} messages"] = _packages(
            "messages' price",
            product("messages per month", "message", rate=mean, month=_MONTH),
            self.included_messages,
            self.message_block,
            self.message_price,
        )


def _packages(name: str, used: Node, included: Node, block: Node, price: Node) -> Node:
    """Return what started packages of units past the included ones cost. [USD/month]"""
    each = product("price of a package", "USD/month", units=block, price=price)
    return derive(
        name,
        "USD/month",
        cost.block_cost,
        used=used,
        included=included,
        block=block,
        block_price=each,
    )
