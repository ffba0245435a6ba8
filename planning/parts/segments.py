"""
Video that is asked for in segments (HLS, DASH): requests at the edge, fetches at the origin.

Bytes are those of the stream; requests are one per segment and playlist. The origin sees a
fetch per segment, quality, stream and cache, which grows with viewers only while they are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from planning.flow.flows import Flow, Visit
from planning.models.delivery import segments
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, difference, product, quotient, total
from planning.numbers.prices import PricePerRequest
from planning.numbers.quantities import Amount, Closed, PositiveSeconds, Seconds, default
from planning.numbers.tariff import bill
from planning.parts.usage import of_month

if TYPE_CHECKING:
    from planning.parts.station import Station

Count = Annotated[Estimate, Amount("ratio", at_least=1.0)]
_ALL = asked(1.0, "ratio", "all of them")
_BITS = asked(8.0, "bit/byte", "bits of a byte")
_ONE = asked(1.0, "request/viewer", "the segment itself")


class Segments(Closed):
    """How video is cut, cached and fetched."""

    segment: PositiveSeconds = default(
        "6 s", "Apple, HLS Authoring Specification, 7.5, "
        "https://developer.apple.com/documentation/http-live-streaming/"
        "hls-authoring-specification-for-apple-devices",
        low="2 s", high="10 s", description="Length of one segment",
    )  # fmt: skip
    playlists: Annotated[Estimate, Amount("request/viewer")] = default(
        1, "a live playlist is loaded anew for each segment: RFC 8216, section 6.3.4; 0 on demand",
        description="Playlists that a viewer loads per segment",
    )  # fmt: skip
    streams: Count = default(1, "one stream", description="Streams that viewers are spread over")
    qualities: Count = default(
        1, "one quality is watched", description="Qualities (bitrates) that viewers are spread over"
    )
    caches: Count = default(
        1, "a shield: one cache asks the origin for all edges", low=1, high=125,
        description="Caches that ask the origin for themselves; an edge location has several: 50 "
        "of CloudFront's let through 2.5 times what one each would, "
        "https://community.wowza.com/t/improving-cloudfront-cache-hit-ratio-for-http-live-streams"
        "/41501",
    )  # fmt: skip
    origin: str | None = Field(
        default=None, max_length=41, description="Part that the caches fetch segments from"
    )
    origin_cpu: Seconds | None = Field(
        default=None, description="CPU of the origin per fetch, where it is a service"
    )
    request_price: PricePerRequest | None = Field(
        default=None, description="Price of a request at the edge, playlists included"
    )

    def flow(self, at: Station, viewers: Node, bitrate: Node) -> None:
        """
        Ask the edge for segments and the origin for those that no cache has.

        Parameters
        ----------
        at : Station
            The part that sends the video.
        viewers : Node
            Who watches. [viewer]
        bitrate : Node
            What one receives. [bit/s]
        """
        copies = product(
            "copies of a segment", "ratio",
            streams=self.streams, qualities=self.qualities, caches=self.caches,
        )  # fmt: skip
        fetched = derive(
            "segments fetched from the origin", "request/s", segments.origin_fetches,
            viewers=viewers, copies=copies, segment_time=self.segment,
        )  # fmt: skip
        wanted = quotient("segments watched", "request/s", viewers=viewers, length=self.segment)
        missed = quotient("segments missed", "ratio", fetched=fetched, watched=wanted)
        hits = difference("segments that caches have", "ratio", all=_ALL, missed=missed)
        each = total("requests per segment", "request/viewer",
                     {"segment": _ONE, "playlists": self.playlists})  # fmt: skip
        requests = product("requests at the edge", "request/s", segments=wanted, each=each)
        bits = product("bits of a segment", "bit", bitrate=bitrate, length=self.segment)
        size = quotient("bytes of a segment", "byte", bits=bits, per_byte=_BITS)
        at.tell(requests, fetched, hits)
        if self.origin is not None:
            visit = Visit(size=size, cpu=self.origin_cpu)
            at.send(Flow("request", "segments", fetched, visit, bound_for=self.origin))
        if self.request_price is not None and at.crowd is None:
            month = of_month(at, "requests per month", "request", requests)
            charged = bill("price of the requests", "USD/month", month, self.request_price)
            at.monthly[f"{at.name} requests"] = charged
