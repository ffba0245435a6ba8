"""
What a media server forwards to one viewer: the streams that are seen, not all there are.

A viewer sees so many pictures and hears so many voices at once, each in one of the layers that
its sender offers; the rest of the room is not sent. What that costs the server is counted in
packets and bytes::

    forwards:
      sees: {speaker: {bitrate: 1.4 Mbit/s}, tiles: {count: 5, bitrate: 160 kbit/s},
             voices: {count: 3, bitrate: 32 kbit/s, packets: 50 packets/s}}
      room_size: 150

A listeners' room, a meeting and a stream differ in nothing else, and by twenty times in CPU.
A server may also send something for streams that are hidden: LiveKit's meeting of 150 had 5,085
packets/s of 122 B per person, 16 times what six pictures take. Say that as a kind of its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from planning.models.delivery import forwarding, wake_ups
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node, asked, derive, difference, least, product, quotient, total
from planning.numbers.quantities import (
    Amount,
    Closed,
    Cores,
    PositiveSeconds,
    Seconds,
    default,
    plain_names,
)

Streams = Annotated[Estimate, Amount("stream", above=0.0)]
SentBitRate = Annotated[Estimate, Amount("bit/s", above=0.0)]
PacketRate = Annotated[Estimate, Amount("packet/s", above=0.0)]
PacketSize = Annotated[Estimate, Amount("byte", above=0.0)]
SecondsPerByte = Annotated[Estimate, Amount("s/byte")]
RoomSize = Annotated[Estimate, Amount("person", at_least=2.0)]
Senders = Annotated[Estimate, Amount("person", at_least=1.0)]

_ONESELF = asked(1.0, "person", "nobody is sent what he sends himself")
_LIVEKIT = "https://docs.livekit.io/home/self-hosting/benchmark/"


class Seen(Closed):
    """Streams of one kind that a viewer receives at the same time."""

    count: Streams = default(
        1, "one of them", description="Of these at once: visible tiles, or speakers heard (last n)"
    )
    bitrate: SentBitRate = Field(description="Bits per second of one, in the layer that is sent")
    packets: PacketRate | None = Field(
        default=None,
        description="Packets per second of one: 50 for Opus at 20 ms; from the bits and "
        "`packet_size` if not given",
    )


class Forwarding(Closed):
    """What one viewer receives of a room, and what forwarding it costs."""

    sees: dict[str, Seen] = Field(
        min_length=1, max_length=10, description="Streams that one viewer receives, by kind"
    )
    room_size: RoomSize | None = Field(
        default=None, description="People in one room, of whom a viewer sees the others"
    )
    senders: Senders | None = Field(
        default=None, description="People of a room who send; everyone if not given"
    )
    packet_size: PacketSize = default(
        "1000 B",
        "pictures fill packets that stay below WebRTC's 1,200 bytes; 947 measured in LiveKit's "
        f"livestream, {_LIVEKIT}",
        low="900 B",
        high="1200 B",
        description="Mean bytes of a packet where `packets` is not stated",
    )
    packet_cpu: PositiveSeconds = default(
        "13 µs",
        "LiveKit's listeners' room and livestream taken together; its meeting comes out 8 % below "
        f"what was measured, {_LIVEKIT}; mediasoup without network takes 2 µs",
        kind=Kind.VENDOR,
        low="2 µs",
        high="20 µs",
        description="CPU of forwarding one packet, whatever is in it",
    )
    byte_cpu: SecondsPerByte = default(
        "14 µs/KB",
        f"LiveKit's listeners' room and livestream taken together, {_LIVEKIT}",
        kind=Kind.VENDOR,
        low="2 µs/KB",
        high="14 µs/KB",
        description="CPU of copying and encrypting one byte",
    )
    wake_cpu: Seconds | None = Field(
        default=None,
        description="CPU of waking a core that sleeps, paid by the first packet after a pause: a "
        "load measured on an idle machine overstates the peak; none: every packet costs the same",
    )
    room_cores: Cores | None = Field(
        default=None,
        description="Cores that one room can use: 1 for a mediasoup router, a whole server's for "
        "LiveKit; not limited if not given",
    )

    @field_validator("sees")
    @classmethod
    def _plain_names(cls, named: dict[str, Seen]) -> dict[str, Seen]:
        return plain_names(named)

    @model_validator(mode="after")
    def _room_of_a_size(self) -> Forwarding:
        if self.room_cores is not None and self.room_size is None:
            raise ValueError("`room_cores` needs `room_size`: how many people share them.")
        return self

    def _sent(self, name: str, seen: Seen) -> Node:
        """Return how many streams of a kind one viewer gets: no more than others send. [stream]"""
        others: Node | None = self.senders
        if others is None and self.room_size is not None:
            others = difference(
                "others in the room", "person", people=self.room_size, oneself=_ONESELF
            )
        if others is None:
            return seen.count
        return least(f"{name} of one viewer", "stream", seen=seen.count, sent=others)

    def bitrate(self) -> Node:
        """Return what one viewer receives. [bit/s]"""
        return total(
            "received by one viewer", "bit/s",
            {
                name: product(f"{name} received", "bit/s", streams=self._sent(name, seen),
                              bitrate_of_each=seen.bitrate)
                for name, seen in self.sees.items()
            },
        )  # fmt: skip

    def packets(self) -> Node:
        """Return the packets that one viewer receives per second. [packet/s]"""
        return total(
            "packets to one viewer", "packet/s",
            {
                name: product(f"packets of {name}", "packet/s", streams=self._sent(name, seen),
                              each=seen.packets or self._packets_of(name, seen))
                for name, seen in self.sees.items()
            },
        )  # fmt: skip

    def _packets_of(self, name: str, seen: Seen) -> Node:
        return derive(
            f"packets of one of {name}", "packet/s", forwarding.packet_rate,
            bitrate=seen.bitrate, packet_size=self.packet_size,
        )  # fmt: skip

    def cpu_of_packet(self) -> Node:
        """Return the CPU of one packet among many. [s]"""
        return derive(
            "CPU per packet", "s", forwarding.packet_cpu,
            packet_time=self.packet_cpu, bitrate=self.bitrate(), packets=self.packets(),
            byte_time=self.byte_cpu,
        )  # fmt: skip

    def cores_busy(self, viewers: Node, cores: Node) -> Node:
        """Return the cores that forwarding to so many viewers keeps busy, of those there. [core]"""
        packets = product(
            "packets forwarded", "packet/s", viewers=viewers, packets_each=self.packets()
        )
        if self.wake_cpu is None:
            return product("cores busy", "core", packets=packets, CPU_each=self.cpu_of_packet())
        share = derive(
            "busy share of each core", "ratio", wake_ups.busy_share,
            rate=quotient("packets per core", "packet/s", packets=packets, cores=cores),
            item_time=self.cpu_of_packet(), wake_time=self.wake_cpu,
        )  # fmt: skip
        return product("cores busy", "core", cores=cores, share=share)

    def cpu_of_viewer(self) -> Node:
        """Return the cores that one viewer among many keeps busy. [core/viewer]"""
        return product(
            "cores per viewer", "core/viewer", packets=self.packets(), CPU_each=self.cpu_of_packet()
        )

    def cpu_of_room(self) -> Node | None:
        """Return the cores that one room keeps busy; None where its size is not stated. [core]"""
        if self.room_size is None:
            return None
        return product(
            "cores of one room", "core", people=self.room_size, each=self.cpu_of_viewer()
        )
