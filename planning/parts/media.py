"""
Live video: bits per second out of the media servers, and the bill for them.

GB per hour is viewers × bitrate; nothing else enters. A media server (SFU) is
limited by subscribers (packets, CPU) before its network card is full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.demand import Demand, Wave
from planning.flow.finding import Finding, Severity
from planning.models.delivery import bandwidth, media_nodes, rooms
from planning.models.money import cost
from planning.models.servers.connections import multiplied
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, asked, derive, value_at
from planning.numbers.quantities import Amount, BitRate, Bytes, Cores, DollarsPerByte, default
from planning.numbers.units import HOUR, MONTH, show
from planning.parts.base import Constraint, Outcome, Part, PastLimit, SurgeVerdict

if TYPE_CHECKING:
    from planning.workload.workload import Workload

MinutePrice = Annotated[Estimate, Amount("USD/participant/min")]
Minutes = Annotated[Estimate, Amount("participant*min")]
NodeCount = Annotated[Estimate, Amount("node", at_least=1.0, whole=True)]
NodeViewers = Annotated[Estimate, Amount("viewer", above=0.0)]


class Media(Part):
    """Media servers or a CDN, paid by the gigabyte and perhaps by the participant-minute."""

    rank: ClassVar[int] = 60
    kind: Literal["media"]
    bitrate: BitRate = Field(description="Video and audio that one viewer receives")
    price: DollarsPerByte = Field(description="Price of egress past what is included")
    included: Bytes = default(
        "0 GB", "nothing is included", description="Egress included per month"
    )
    minute_price: MinutePrice = default(
        "$0/participant/min",
        "not charged by the minute",
        description="Price of a participant-minute past what is included",
    )
    included_minutes: Minutes = default(
        "0 participant min",
        "nothing is included",
        description="Participant-minutes included per month",
    )
    nodes: NodeCount | None = Field(
        default=None, description="Media servers, where you run your own"
    )
    node_viewers: NodeViewers = default(
        "3000 viewers",
        "LiveKit benchmark: one publisher, 3,000 subscribers, 92 % of 16 vCPU, "
        "https://docs.livekit.io/home/self-hosting/benchmark/",
        kind=Kind.VENDOR,
        low="1500 viewers",
        high="3000 viewers",
        description="Viewers one media server carries",
    )
    node_cores: Cores | None = Field(
        default=None, description="Cores of one media server, in place of its viewers"
    )
    viewers_per_core: Annotated[Estimate, Amount("viewer", above=0.0)] = default(
        204,
        "LiveKit livestream benchmark: 3,000 subscribers on 16 cores at 92 %",
        kind=Kind.VENDOR,
        low=100,
        high=234,
        description="Viewers that a busy core carries",
    )
    node_bandwidth: BitRate | None = Field(
        default=None, description="Network egress of one media server"
    )
    publishes_to: str = Field(
        default="",
        max_length=120,
        description="Where the stream is sent, where viewers ask another",
    )
    plays_from: str = Field(default="", max_length=120, description="Where players ask for it")

    def load(
        self, name: str, workload: Workload, demand: Demand
    ) -> tuple[Demand, Iterable[Constraint]]:
        """Add the month's bill for what is watched, and the servers' limit where they are yours."""
        if demand.viewers is None or workload.viewing is None:
            return demand, ()
        mean = derive(
            "mean viewers",
            "viewer",
            bandwidth.mean_from_peak,
            peak=demand.viewers,
            peak_to_mean=workload.viewing.peak_to_mean,
        )
        sent = derive(
            "egress per month",
            "byte",
            bandwidth.bytes_per_month,
            mean_viewers=mean,
            bitrate=self.bitrate,
        )
        bill = derive(
            "egress bill",
            "USD/month",
            cost.overage_cost,
            used=sent,
            included=self.included,
            unit_price=self.price,
        )
        minutes = derive(
            "participant-minutes per month",
            "participant*min",
            rooms.participant_minutes,
            participants=mean,
            duration=asked(MONTH, "s", "a month"),
        )
        minute_bill = derive(
            "participant-minute bill",
            "USD/month",
            cost.overage_cost,
            used=minutes,
            included=self.included_minutes,
            unit_price=self.minute_price,
        )
        bills = {f"{name} egress": bill, f"{name} participant-minutes": minute_bill}
        constraints = []
        if self.nodes is not None:
            carried = derive(
                "viewers the media servers carry",
                "viewer",
                multiplied,
                count=self.nodes,
                each=self._node_viewers(),
            )
            constraints.append(
                Constraint(
                    name,
                    "servers",
                    demand.viewers,
                    carried,
                    PastLimit.DEGRADE,
                    "more media servers, or HLS through a CDN for most viewers",
                )
            )
        egress = derive(
            "video egress",
            "bit/s",
            bandwidth.viewer_egress,
            viewers=demand.viewers,
            bitrate=self.bitrate,
        )
        if self.nodes is not None and self.node_bandwidth is not None:
            line = derive(
                "egress of the media servers",
                "bit/s",
                multiplied,
                count=self.nodes,
                each=self.node_bandwidth,
            )
            remedy = "more media servers, a lower bitrate, or HLS through a CDN"
            constraints.append(Constraint(name, "egress", egress, line, PastLimit.DEGRADE, remedy))
        hour = derive(
            "video per hour",
            "byte",
            bandwidth.transferred_bytes,
            viewers=demand.viewers,
            duration=asked(HOUR, "s", "an hour"),
            bitrate=self.bitrate,
        )
        price = derive("price of that hour", "USD", multiplied, count=hour, each=self.price)
        told = (*demand.traffic, demand.viewers, egress, hour, price)
        return replace(demand, monthly={**demand.monthly, **bills}, traffic=told), constraints

    def _node_viewers(self) -> Node:
        """Return the viewers of one media server: stated, or by its cores. [viewer]"""
        if self.node_cores is None:
            return self.node_viewers
        return derive(
            "viewers of one media server",
            "viewer",
            media_nodes.node_subscribers_by_cpu,
            cores=self.node_cores,
            subscribers_per_core=self.viewers_per_core,
        )

    def react(self, name: str, workload: Workload, wave: Wave) -> tuple[Wave, Iterable[Outcome]]:
        """Count the gigabytes and dollars of an audience that watches for a while."""
        if wave.viewers is None or wave.messages is not None:
            return wave, ()
        if self._astray():
            words = f"{show(value_at(wave.viewers), 'viewer')} ask {self._where()}: not found"
            lost = {"viewers without a picture": wave.viewers}
            return wave, [Outcome(name, SurgeVerdict.FAIL, words, lost)]
        numbers: dict[str, Node] = {
            "egress": derive(
                "egress",
                "bit/s",
                bandwidth.viewer_egress,
                viewers=wave.viewers,
                bitrate=self.bitrate,
            )
        }
        words = f"{show(value_at(numbers['egress']), 'bit/s')} out"
        verdict = SurgeVerdict.STABLE
        if wave.duration is not None:
            sent = derive(
                "bytes sent",
                "byte",
                bandwidth.transferred_bytes,
                viewers=wave.viewers,
                duration=wave.duration,
                bitrate=self.bitrate,
            )
            bill = derive("price of the bytes", "USD", multiplied, count=sent, each=self.price)
            numbers |= {"bytes": sent, "bill": bill}
            words += (
                f", {show(value_at(sent), 'byte')} in {show(value_at(wave.duration), 's')}, "
                f"{show(value_at(bill), 'USD')} at {show(value_at(self.price), 'USD/byte')}"
            )
        if self.nodes is not None:
            carried = value_at(self.nodes) * value_at(self._node_viewers())
            if value_at(wave.viewers) > carried:
                verdict = SurgeVerdict.DEGRADED
                words += f"; the servers carry {show(carried, 'viewer')}"
        return wave, [Outcome(name, verdict, words, numbers)]

    def _astray(self) -> bool:
        return bool(self.plays_from) and self.plays_from != self.publishes_to

    def _where(self) -> str:
        return f"{self.plays_from}, but the stream is sent to {self.publishes_to or 'nowhere'}"

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find players that ask where nothing is published."""
        if self._astray():
            yield Finding(
                name,
                Severity.HIGH,
                f"players ask {self._where()}",
                "play from where it is published, or let the CDN pull from there",
            )
