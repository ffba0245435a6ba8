"""What a file may say of video: what a viewer receives, what it costs, and servers of one's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Node
from planning.numbers.prices import PricePerByte, PricePerMinute
from planning.numbers.quantities import Amount, BitRate, Bytes, Cores, default
from planning.parts.base import Part
from planning.parts.forwarded import Forwarding
from planning.parts.segments import Segments

Minutes = Annotated[Estimate, Amount("participant*min")]
NodeCount = Annotated[Estimate, Amount("node", at_least=1.0, whole=True)]
NodeViewers = Annotated[Estimate, Amount("viewer", above=0.0)]


class MediaFields(Part):
    """What a file may say of video."""

    bitrate: BitRate | None = Field(
        default=None, description="Video and audio that one viewer receives"
    )
    forwards: Forwarding | None = Field(
        default=None,
        description="Streams of a room that a viewer sees, in place of `bitrate`, and what "
        "forwarding them costs servers of one's own",
    )
    segments: Segments | None = Field(
        default=None,
        description="HLS or DASH: requests for segments at the edge, fetches at an origin",
    )
    price: PricePerByte = Field(description="Price of egress past what is included")
    included: Bytes = default(
        "0 GB", "nothing is included", description="Egress included per month"
    )
    minute_price: PricePerMinute | None = Field(
        default=None,
        description="Price of a participant-minute past what is included; not charged if not given",
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

    @model_validator(mode="after")
    def _one_of_both(self) -> MediaFields:
        if (self.bitrate is None) == (self.forwards is None):
            raise ValueError(
                "give `bitrate` (what one viewer receives) or `forwards` (which streams of a room "
                "that is), one of the two."
            )
        idle = sorted(self.idle_fields() & self.model_fields_set)
        if idle:
            raise ValueError(
                f"{idle[0]!r} means nothing beside `forwards` and `node_cores`: viewers per server "
                "follow from their packets."
            )
        return self

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that it calls by name: the origin of its segments."""
        origin = None if self.segments is None else self.segments.origin
        return () if origin is None else (origin,)

    def idle_fields(self) -> frozenset[str]:
        """Return what is read off the packets where these are known, and by the cores else."""
        if self.by_packets():
            return frozenset({"node_viewers", "viewers_per_core"})
        return frozenset()

    def by_packets(self) -> bool:
        """Return whether servers are sized by the packets that they forward."""
        return self.forwards is not None and self.node_cores is not None

    def received(self, viewers: Node) -> Node:
        """Return what one viewer receives: stated, or of the streams that are seen. [bit/s]"""
        if self.forwards is not None:
            return self.forwards.bitrate(viewers)
        assert self.bitrate is not None  # validated: one of the two
        return self.bitrate
