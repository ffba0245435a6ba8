"""
Live video: bits per second out of the media servers, and the bill for them.

GB per hour is viewers × bitrate; nothing else enters. A media server (SFU) is
limited by the packets that it forwards before its network card is full; what it forwards to
one viewer is said in :mod:`planning.parts.forwarded`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from planning.flow.constraint import PastLimit, SurgeVerdict
from planning.flow.finding import Finding, Severity
from planning.models.delivery import bandwidth, media_nodes
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, Node, asked, derive, least, product, quotient
from planning.numbers.tariff import Tariff, bill
from planning.numbers.units import HOUR, MINUTE, MONTH
from planning.parts.media_fields import MediaFields
from planning.parts.usage import requests_and_price

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

_ASTRAY = "play from where it is published, or let the CDN pull from there"


class Media(MediaFields):
    """Media servers or a CDN, paid by the gigabyte and perhaps by the participant-minute."""

    order: ClassVar[int] = 60
    takes: ClassVar[tuple[str, ...]] = ("viewer",)
    gives: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["media"]

    def rates(self, at: Station) -> None:
        """
        Send video to viewers, and pay for the bytes of the month.

        Takes viewers. Gives what caches fetch of an origin. Limits CPU or viewers and the egress
        of servers of one's own: past them the picture degrades. Players that ask where nothing is
        published are all turned away. Source: bytes = viewers × time × bitrate / 8; LiveKit
        benchmark for viewers per server.
        """
        if not at.flows("viewer"):
            return
        viewers = at.rate("viewers", "viewer")
        egress = product("video egress", "bit/s", viewers=viewers, bitrate=self.received(viewers))
        each = self._bills(at, viewers)
        if self._astray() and at.crowd is not None:
            found = asked(0.0, "viewer", f"players ask {self._where()}")
            at.limit(
                "viewers with a picture", viewers, found, PastLimit.REJECT, _ASTRAY,
                worst=SurgeVerdict.FAIL,
            )  # fmt: skip
            at.numbers["viewers without a picture"] = viewers
            return
        if self.nodes is not None:
            self._limit_servers(at, self.nodes, viewers, egress)
        hour = derive(
            "video per hour",
            "byte",
            bandwidth.transferred_bytes,
            viewers=viewers,
            duration=asked(HOUR, "s", "an hour"),
            bitrate=self.received(viewers),
        )
        price = product("price of that hour", "USD", bytes=hour, price=each)
        at.tell(viewers, egress, hour, price)
        if self.nodes is not None:
            at.tell(self._needed(viewers))
        if self.segments is not None:
            self.segments.flow(at, viewers, self.received(viewers))
        if at.crowd is not None:
            self._watched(at, viewers, egress)

    def _limit_servers(self, at: Station, nodes: Node, viewers: Node, egress: Node) -> None:
        """Limit the CPU or the viewers of servers of one's own, one room of them, their line."""
        if self.forwards is not None and self.node_cores is not None:
            there = product("cores of the media servers", "core", servers=nodes,
                            each=self.node_cores)  # fmt: skip
            busy = self.forwards.cores_busy(viewers, there)
            remedy = "more media servers, fewer or smaller pictures per viewer, or HLS for most"
            at.limit("cpu", busy, there, PastLimit.DEGRADE, remedy)
            if self.forwards.receive_cores is not None:
                receiving = product("cores that receive", "core", servers=nodes,
                                    each=self.forwards.receive_cores)  # fmt: skip
                at.limit(
                    "receiving", self.forwards.cores_receiving(viewers), receiving,
                    PastLimit.DEGRADE, "more media servers, or more threads that read the port",
                )  # fmt: skip
        else:
            carried = product(
                "viewers the media servers carry", "viewer",
                servers=nodes, each=self._node_viewers(viewers),
            )  # fmt: skip
            remedy = "more media servers, or HLS through a CDN for most viewers"
            at.limit("servers", viewers, carried, PastLimit.DEGRADE, remedy)
        if self.forwards is not None and self.forwards.room_cores is not None:
            room = self.forwards.cpu_of_room(viewers)
            if room is not None:
                remedy = "smaller rooms, fewer pictures and voices at once, or rooms over servers"
                at.limit("one room", room, self.forwards.room_cores, PastLimit.DEGRADE, remedy)
        if self.node_bandwidth is not None:
            line = product(
                "egress of the media servers", "bit/s",
                servers=nodes, each=self.node_bandwidth,
            )  # fmt: skip
            remedy = "more media servers, a lower bitrate, or HLS through a CDN"
            at.limit("egress", egress, line, PastLimit.DEGRADE, remedy)

    def _bills(self, at: Station, viewers: Node) -> Node:
        """Add up the month's bills, and return what a byte of it costs. [USD/byte]"""
        mean = quotient(
            "mean viewers", "viewer", at_the_peak=viewers, peak_to_mean=at.workload.peak_to_mean
        )
        sent = derive(
            "egress per month",
            "byte",
            bandwidth.transferred_bytes,
            viewers=mean,
            duration=asked(MONTH, "s", "a month"),
            bitrate=self.received(mean),
        )
        charged = bill("egress bill", "USD/month", sent, self.price, self.included)
        at.monthly[f"{at.name} egress"] = charged
        if self.minute_price is not None:
            self._bill_minutes(at, mean, self.minute_price)
        if isinstance(self.price, Estimate):
            return self.price
        # Along tiers a byte has no price of its own: an hour takes its share of the month's bill.
        return quotient("mean price of a byte", "USD/byte", month=charged, bytes=sent)

    def _bill_minutes(self, at: Station, mean: Node, price: Estimate | Tariff) -> None:
        minutes = product(
            "participant-minutes per month", "participant*min",
            participants=mean, minutes=asked(MONTH / MINUTE, "min", "a month"),
        )  # fmt: skip
        at.monthly[f"{at.name} participant-minutes"] = bill(
            "participant-minute bill",
            "USD/month",
            minutes,
            price,
            self.included_minutes,
        )

    def _watched(self, at: Station, viewers: Node, egress: Node) -> None:
        """Say what a crowd that watches for a while amounts to in bytes and dollars."""
        at.numbers["egress"] = egress
        if at.crowd is None or at.crowd.watched is None:
            return
        sent = derive(
            "bytes sent",
            "byte",
            bandwidth.transferred_bytes,
            viewers=viewers,
            duration=at.crowd.watched,
            bitrate=self.received(viewers),
        )
        at.numbers["bytes"] = sent
        # Along tiers the crowd is charged as if nothing else were sent that month.
        at.numbers["bill"] = bill("price of the bytes", "USD", sent, self.price)

    def _node_viewers(self, viewers: Node) -> Node:
        """Return the viewers of one media server: by packets, stated, or by its cores. [viewer]"""
        if self.forwards is not None and self.node_cores is not None:
            return quotient(
                "viewers of one media server", "viewer",
                cores=self.node_cores, each=self.forwards.cpu_of_viewer(viewers),
            )  # fmt: skip
        if self.node_cores is None:
            return self.node_viewers
        return derive(
            "viewers of one media server",
            "viewer",
            media_nodes.node_subscribers_by_cpu,
            cores=self.node_cores,
            subscribers_per_core=self.viewers_per_core,
        )

    def _needed(self, viewers: Node) -> Derived:
        """Return the media servers that would do, by their cores and their line. [node]"""
        each = self._node_viewers(viewers)
        if self.node_bandwidth is not None:
            line = quotient(
                "viewers of one line",
                "viewer",
                line=self.node_bandwidth,
                bitrate=self.received(viewers),
            )
            each = least("viewers of one media server", "viewer", by_cores=each, by_line=line)
        return derive(
            "media servers needed",
            "node",
            media_nodes.nodes_needed,
            viewers=viewers,
            node_viewers=each,
        )

    def _astray(self) -> bool:
        return bool(self.plays_from) and self.plays_from != self.publishes_to

    def _where(self) -> str:
        return f"{self.plays_from}, but the stream is sent to {self.publishes_to or 'nowhere'}"

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find players that ask in the wrong place, servers of another room, requests unpaid."""
        if self._astray():
            what = f"players ask {self._where()}"
            yield Finding(name, Severity.HIGH, what, _ASTRAY)
        if self.nodes is not None and not self.by_packets():
            yield self._of_another_room(name)
        if self.segments is not None:
            paid = {"segments.request_price": self.segments.request_price}
            yield from requests_and_price(name, self.price, **paid)

    def _of_another_room(self, name: str) -> Finding:
        """Find viewers per server that were measured in a stream to thousands."""
        stated = {"node_viewers", "viewers_per_core"} & self.model_fields_set
        if self.forwards is None:
            # Numbers of one's own may be of one's own room.
            severity = Severity.LOW if stated else Severity.MEDIUM
            what = "viewers per server are those of one picture sent to thousands: a meeting takes "
            return Finding(
                name, severity, f"{what}about twenty times the CPU for each",
                "say in `forwards` what a viewer sees, and `node_cores`",
            )  # fmt: skip
        return Finding(
            name, Severity.MEDIUM,
            "what is forwarded is stated and not the cores that do it: viewers per server are "
            "those of one picture sent to thousands", "say `node_cores`",
        )  # fmt: skip
