"""
What a media server forwards to one viewer: the streams that are seen, not all there are.

A viewer sees so many pictures and hears so many voices at once, each in one of the layers that
its sender offers; the rest of the room is not sent. What that costs the server is counted in
packets and bytes::

    forwards:
      sees: {speaker: {bitrate: 1.4 Mbit/s}, tiles: {count: 5, bitrate: 160 kbit/s},
             voices: {count: 3, bitrate: 32 kbit/s, packets: 50 packets/s}}
      room_size: 150

What a viewer sends in turn is received, checked and decrypted: say it in `sends`. Where everyone is
in one room, or in so many `rooms`, a room grows with the viewers, and what is forwarded with the
square of them.

A listeners' room, a meeting and a stream differ in nothing else, and by twenty times in CPU.
A server may also send something for streams that are hidden: LiveKit's meeting of 150 had 5,085
packets/s of 122 B per person, 16 times what six pictures take. Say that as a kind of its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from planning.models.delivery import forwarding, wake_ups
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    most,
    product,
    quotient,
    total,
)
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

_TWO = asked(2.0, "person", "a room has two people")
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
    rooms: Annotated[Estimate, Amount("room", at_least=1.0)] | None = Field(
        default=None,
        description="Rooms that all viewers are spread over, in place of `room_size`: each grows "
        "with the viewers, and what is forwarded with their square",
    )
    sends: dict[str, Seen] = Field(
        default_factory=dict, max_length=10,
        description="Streams that a viewer sends in the mean, by kind (a `count` of 0.01 where one "
        "sends to a hundred): receiving them costs as much a packet as forwarding; not counted if "
        "not given",
    )  # fmt: skip
    receive_cores: Cores | None = Field(
        default=None,
        description="Cores of a server that receive what is sent: 1 where one thread reads the "
        "port; all of them if not given",
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

    @field_validator("sees", "sends")
    @classmethod
    def _plain_names(cls, named: dict[str, Seen]) -> dict[str, Seen]:
        return plain_names(named)

    @model_validator(mode="after")
    def _room_of_a_size(self) -> Forwarding:
        if self.room_size is not None and self.rooms is not None:
            raise ValueError("give `room_size` or `rooms`, one of the two.")
        if self.room_cores is not None and self.room_size is None and self.rooms is None:
            raise ValueError("`room_cores` needs `room_size`: how many people share them.")
        if self.receive_cores is not None and not self.sends:
            raise ValueError("`receive_cores` needs `sends`: what it is that they receive.")
        return self

    def _people(self, viewers: Node) -> Node | None:
        """Return how many are in one room, at least two; None where nobody says. [person]"""
        if self.rooms is None:
            return self.room_size
        each = quotient("viewers per room", "person", viewers=viewers, rooms=self.rooms)
        return most("people in one room", "person", {"of all": each, "at least": _TWO})

    def _sent(self, name: str, seen: Seen, viewers: Node) -> Node:
        """Return how many streams of a kind one viewer gets: no more than others send. [stream]"""
        others: Node | None = self.senders
        people = self._people(viewers)
        if others is None and people is not None:
            others = difference("others in the room", "person", people=people, oneself=_ONESELF)
        if others is None:
            return seen.count
        return least(f"{name} of one viewer", "stream", seen=seen.count, sent=others)

    def bitrate(self, viewers: Node) -> Node:
        """Return what one of so many viewers receives. [bit/s]"""
        return total(
            "received by one viewer", "bit/s",
            {
                name: product(f"{name} received", "bit/s", streams=self._sent(name, seen, viewers),
                              bitrate_of_each=seen.bitrate)
                for name, seen in self.sees.items()
            },
        )  # fmt: skip

    def packets(self, viewers: Node) -> Node:
        """Return the packets that one of so many viewers receives per second. [packet/s]"""
        return total(
            "packets to one viewer", "packet/s",
            {
                name: product(f"packets of {name}", "packet/s",
                              streams=self._sent(name, seen, viewers),
                              each=seen.packets or self._packets_of(name, seen))
                for name, seen in self.sees.items()
            },
        )  # fmt: skip

    def sent_bitrate(self) -> Node:
        """Return what one viewer sends. [bit/s]"""
        return total(
            "sent by one viewer", "bit/s",
            {
                name: product(f"{name} sent", "bit/s", streams=seen.count,
                              bitrate_of_each=seen.bitrate)
                for name, seen in self.sends.items()
            },
        )  # fmt: skip

    def sent_packets(self) -> Node:
        """Return the packets that one viewer sends per second. [packet/s]"""
        return total(
            "packets from one viewer", "packet/s",
            {
                name: product(f"packets of {name} sent", "packet/s", streams=seen.count,
                              each=seen.packets or self._packets_of(name, seen))
                for name, seen in self.sends.items()
            },
        )  # fmt: skip

    def _handled(self, viewers: Node) -> tuple[Node, Node]:
        """Return packets and bits of one viewer in both directions. [packet/s], [bit/s]"""
        packets, bits = self.packets(viewers), self.bitrate(viewers)
        if not self.sends:
            return packets, bits
        return (
            total("packets of one viewer", "packet/s",
                  {"to": packets, "from": self.sent_packets()}),
            total("bits of one viewer", "bit/s", {"to": bits, "from": self.sent_bitrate()}),
        )  # fmt: skip

    def _packets_of(self, name: str, seen: Seen) -> Node:
        return derive(
            f"packets of one of {name}", "packet/s", forwarding.packet_rate,
            bitrate=seen.bitrate, packet_size=self.packet_size,
        )  # fmt: skip

    def cpu_of_packet(self, viewers: Node) -> Node:
        """Return the CPU of one packet among many. [s]"""
        packets, bits = self._handled(viewers)
        return derive(
            "CPU per packet", "s", forwarding.packet_cpu,
            packet_time=self.packet_cpu, bitrate=bits, packets=packets,
            byte_time=self.byte_cpu,
        )  # fmt: skip

    def cores_busy(self, viewers: Node, cores: Node) -> Node:
        """Return the cores that so many viewers keep busy, of those there. [core]"""
        each = self.cpu_of_packet(viewers)
        packets = product(
            "packets received and forwarded" if self.sends else "packets forwarded", "packet/s",
            viewers=viewers, packets_each=self._handled(viewers)[0],
        )  # fmt: skip
        if self.wake_cpu is None:
            return product("cores busy", "core", packets=packets, CPU_each=each)
        share = derive(
            "busy share of each core", "ratio", wake_ups.busy_share,
            rate=quotient("packets per core", "packet/s", packets=packets, cores=cores),
            item_time=each, wake_time=self.wake_cpu,
        )  # fmt: skip
        return product("cores busy", "core", cores=cores, share=share)

    def cores_receiving(self, viewers: Node) -> Node:
        """Return the cores that receiving from so many viewers keeps busy. [core]"""
        each = derive(
            "CPU per packet received", "s", forwarding.packet_cpu,
            packet_time=self.packet_cpu, bitrate=self.sent_bitrate(), packets=self.sent_packets(),
            byte_time=self.byte_cpu,
        )  # fmt: skip
        packets = product(
            "packets received", "packet/s", viewers=viewers, packets_each=self.sent_packets()
        )
        return product("cores receiving", "core", packets=packets, CPU_each=each)

    def cpu_of_viewer(self, viewers: Node) -> Node:
        """Return the cores that one viewer among many keeps busy. [core/viewer]"""
        return product(
            "cores per viewer", "core/viewer",
            packets=self._handled(viewers)[0], CPU_each=self.cpu_of_packet(viewers),
        )  # fmt: skip

    def cpu_of_room(self, viewers: Node) -> Node | None:
        """Return the cores that one room keeps busy; None where its size is not stated. [core]"""
        people = self._people(viewers)
        if people is None:
            return None
        return product("cores of one room", "core", people=people, each=self.cpu_of_viewer(viewers))
