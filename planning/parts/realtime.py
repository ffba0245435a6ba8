"""
A realtime service: sockets, joins and messages against the quotas of a plan.

Quotas count *delivered* messages: one broadcast to 10,000 viewers is 10,000 of them.
A socket carries all channels of a user, so fewer channels do not mean fewer sockets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.models.delivery import fanout
from planning.models.delivery.bandwidth import mean_from_peak
from planning.models.money import cost
from planning.models.queueing import burst
from planning.models.queueing.caps import admitted_at_cap, refused_at_cap
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, total, value_at
from planning.numbers.quantities import Amount, default
from planning.numbers.units import MONTH, show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict, turned_away
from planning.workload.sockets import Chat, Live

if TYPE_CHECKING:
    from planning.workload.workload import Workload

_FEWER_MESSAGES = "aggregate presence, smaller rooms, fewer messages each, or a larger plan"


class Realtime(Part):
    """The service that holds the sockets and delivers what is sent over them."""

    rank: ClassVar[int] = 2
    kind: Literal["realtime"]
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
    included_connections: Annotated[Estimate, Amount("connection")] = default(
        0, "none are included", description="Peak connections without extra charge"
    )
    connection_price: Annotated[Estimate, Amount("USD/connection/month")] = default(
        "$0/connection/month", "not charged", description="Price of a peak connection"
    )
    connection_block: Annotated[Estimate, Amount("connection", at_least=1.0)] = default(
        1, "charged one by one", description="Connections that are charged together"
    )
    included_messages: Annotated[Estimate, Amount("message")] = default(
        0, "none are included", description="Messages per month without extra charge"
    )
    message_price: Annotated[Estimate, Amount("USD/message")] = default(
        "$0/message", "not charged", description="Price of a message"
    )
    message_block: Annotated[Estimate, Amount("message", at_least=1.0)] = default(
        1, "charged one by one", description="Messages that are charged together"
    )

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Hold sockets, joins and messages against the plan, and add what it charges for them."""
        if workload.live is None or demand.sockets is None:
            return demand, ()
        bills = self._bills(name, workload.live, demand)
        constraints = self._constraints(name, workload.live, demand, demand.sockets)
        return replace(demand, monthly={**demand.monthly, **bills}), constraints

    def _constraints(
        self, name: str, live: Live, demand: Demand, sockets: Node
    ) -> Iterator[Constraint]:
        remedy = "a larger plan, sockets only where they are needed, or polling"
        yield Constraint(name, "connections", sockets, self.connections, PastLimit.REJECT, remedy)
        if self.joins is not None and demand.joins is not None:
            remedy = "fewer channels per user, joins spread over time, or a larger plan"
            yield Constraint(name, "joins", demand.joins, self.joins, PastLimit.REJECT, remedy)
        if self.messages is not None and demand.messages is not None:
            yield Constraint(
                name, "messages", demand.messages, self.messages, PastLimit.REJECT, _FEWER_MESSAGES
            )
        if self.channels_per_connection is not None:
            remedy = "one channel that carries several topics"
            limit = self.channels_per_connection
            yield Constraint(
                name, "channels per client", live.channels, limit, PastLimit.BLOCK, remedy
            )

    def _bills(self, name: str, live: Live, demand: Demand) -> dict[str, Node]:
        bills: dict[str, Node] = {}
        if demand.sockets is not None and value_at(self.connection_price) > 0:
            bills[f"{name} connections"] = _packages(
                "peak connections' price",
                derive(
                    "connections within the plan",
                    "connection",
                    admitted_at_cap,
                    arrivals=demand.sockets,
                    cap=self.connections,
                ),
                self.included_connections,
                self.connection_block,
                self.connection_price,
            )
        if demand.messages is not None and value_at(self.message_price) > 0:
            delivered: Node = demand.messages
            if self.messages is not None:  # what the quota refuses is not charged
                delivered = derive(
                    "messages within the quota",
                    "message/s",
                    admitted_at_cap,
                    arrivals=delivered,
                    cap=self.messages,
                )
            mean = derive(
                "mean message rate",
                "message/s",
                mean_from_peak,
                peak=delivered,
                peak_to_mean=live.peak_to_mean,
            )
            month = asked(MONTH, "s", "a month")
            bills[f"{name} messages"] = _packages(
                "messages' price",
                derive("messages per month", "message", multiplied, count=mean, each=month),
                self.included_messages,
                self.message_block,
                self.message_price,
            )
        return bills

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Take in who comes at once, and deliver what is said to everyone who is there."""
        live = workload.live
        if live is None:
            return wave, ()
        outcomes: list[Outcome] = []
        if wave.users is not None:
            outcomes += self._joined(name, live, wave.users, value_at(workload.lag_after))
        if wave.messages is not None and wave.viewers is not None:
            outcomes += self._delivered(name, wave.messages, wave.viewers)
            if live.chat is not None and live.chat.look_up is not None:
                wave = _asking(wave, live.chat, wave.messages, wave.viewers)
        return wave, outcomes

    def _joined(self, name: str, live: Live, users: Node, lag_after: float) -> Iterator[Outcome]:
        sockets = derive("sockets wanted", "connection", multiplied, count=users, each=live.sockets)
        refused = derive(
            "sockets refused",
            "connection",
            refused_at_cap,
            arrivals=sockets,
            cap=self.connections,
        )
        verdict, lost = turned_away(refused, sockets)
        words = (
            f"{show(value_at(sockets), 'connection')} wanted, "
            f"{show(value_at(self.connections), 'connection')} allowed: "
            f"{show(value_at(refused), 'connection')} refused"
        )
        numbers = {"sockets": sockets, "refused": refused, "share refused": lost}
        if self.joins is not None:
            joining = self._joining(live, sockets, self.joins)
            numbers["time to join"] = joining
            words += f"; {show(value_at(joining), 's')} until all have joined"
            if verdict is SurgeVerdict.STABLE and value_at(joining) > lag_after:
                verdict = SurgeVerdict.LAG
        told = self._told(live, users, sockets)
        if told is not None:
            numbers["messages"] = told
            words += f"; {show(value_at(told), told.unit)} to tell everyone who is here"
            if self.messages is not None:
                worse, said = self._presence_verdict(live, told, self.messages, numbers)
                verdict, words = max(verdict, worse), f"{words}, {said}"
        yield Outcome(name, verdict, words, numbers)

    def _joining(self, live: Live, sockets: Node, quota: Node) -> Node:
        """Return the time until those admitted have joined all channels at the quota. [s]"""
        admitted = derive(
            "sockets admitted",
            "connection",
            admitted_at_cap,
            arrivals=sockets,
            cap=self.connections,
        )
        joins = derive("channel joins", "join", multiplied, count=admitted, each=live.channels)
        return derive("time to join", "s", burst.drain_time, served=joins, service_rate=quota)

    def _told(self, live: Live, users: Node, sockets: Node) -> Node | None:
        """Return the messages of a crowd that joins: a count, or per second if aggregated."""
        if live.presence is None:
            return None
        if live.presence.mode == "aggregated":
            return derive(
                "counts delivered",
                "message/s",
                fanout.aggregated_updates,
                viewers=sockets,
                interval=live.presence.interval,
            )
        return derive(
            "joins told to everyone",
            "message",
            fanout.delivered_messages,
            messages=users,
            audience=live.audience(sockets),
        )

    def _presence_verdict(
        self, live: Live, told: Node, quota: Node, numbers: dict[str, Node]
    ) -> tuple[SurgeVerdict, str]:
        allowed = f"{show(value_at(quota), 'message/s')} allowed"
        if told.unit == "message/s":
            excess = derive(
                "messages past the quota", told.unit, refused_at_cap, arrivals=told, cap=quota
            )
            return turned_away(excess, told)[0], allowed
        drain = derive("time to deliver", "s", burst.drain_time, served=told, service_rate=quota)
        numbers["time to deliver"] = drain
        late = value_at(drain) > value_at(live.stay)
        # Who has left before the news of his coming arrives was told nothing of use.
        verdict = SurgeVerdict.CRASH if late else SurgeVerdict.LAG
        return verdict, f"{show(value_at(drain), 's')} at the {allowed}"

    def _delivered(self, name: str, messages: Node, viewers: Node) -> Iterator[Outcome]:
        if self.messages is None:
            return
        delivered = derive(
            "messages delivered",
            "message/s",
            fanout.delivered_messages,
            messages=messages,
            audience=viewers,
        )
        within = derive(
            "messages within the quota",
            "message/s",
            admitted_at_cap,
            arrivals=delivered,
            cap=self.messages,
        )
        excess = derive(
            "messages past the quota",
            "message/s",
            refused_at_cap,
            arrivals=delivered,
            cap=self.messages,
        )
        verdict, lost = turned_away(excess, delivered)
        words = (
            f"{show(value_at(delivered), 'message/s')} to deliver, "
            f"{show(value_at(within), 'message/s')} within the quota"
        )
        numbers = {"delivered": delivered, "past the quota": excess, "share lost": lost}
        yield Outcome(name, verdict, words, numbers)


def _packages(name: str, used: Node, included: Node, block: Node, price: Node) -> Node:
    """Return what started packages of units past the included ones cost. [USD/month]"""
    each = derive("price of a package", "USD/month", multiplied, count=block, each=price)
    return derive(
        name,
        "USD/month",
        cost.block_cost,
        used=used,
        included=included,
        block=block,
        block_price=each,
    )


def _asking(wave: Wave, chat: Chat, messages: Node, viewers: Node) -> Wave:
    """Return the wave with the look-ups of all receivers of a message."""
    asking = {"look-ups": chat.asks(messages, viewers)}
    rate = total("requests of the receivers", "request/s", asking)
    return replace(wave, request_rate=rate, work=chat.look_up, activity="chat look-ups")
