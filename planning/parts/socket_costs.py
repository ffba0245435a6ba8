"""
What sockets of one's own cost: a handshake each, a heartbeat now and then, a write per message.

A hosted service charges for sockets and messages; a server of one's own pays in cores. Who
reconnects after a restart pays the handshake again, all in the same seconds::

    connect ─▶ TLS, upgrade, login     2,300 µs, once
    open    ─▶ ping and pong             120 µs every 25 s
    message ─▶ a write, shared by a batch, a part per message and a part per byte
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.models.delivery import socket_costs
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    product,
    quotient,
)
from planning.numbers.quantities import (
    Amount,
    AtLeastOne,
    BitRate,
    Bytes,
    Closed,
    PositiveSeconds,
    Seconds,
    default,
)

if TYPE_CHECKING:
    from planning.flow.flows import Flow
    from planning.parts.station import Station

SecondsPerByte = Annotated[Estimate, Amount("s/byte")]
_BITS = asked(8.0, "bit/byte", "bits of a byte")
_CENTRIFUGO = "https://centrifugal.dev/blog/2026/08/17/tuning-idle-connections"
_STORM = (
    "clients that come back over minutes (a random delay), session resumption, a cheaper key "
    "(ECDSA), or more cores"
)


class SocketCosts(Closed):
    """CPU and bytes of sockets that a service holds itself."""

    heartbeat_interval: PositiveSeconds = default(
        "25 s", "Centrifugo's and Socket.IO's default, https://socket.io/docs/v4/server-options/",
        description="Time between two pings of one socket",
    )  # fmt: skip
    heartbeat_cpu: Seconds = default(
        "120 µs", f"200,000 idle sockets kept 0.94 cores busy at a ping every 25 s, {_CENTRIFUGO}",
        kind=Kind.VENDOR, low="50 µs", high="250 µs",
        description="CPU of keeping one socket for one such interval, timers included",
    )  # fmt: skip
    connect_cpu: PositiveSeconds = default(
        "2.3 ms", "428 new TLS connections/s on a core (RSA 2048), 2,000 with ECDSA, "
        "https://www.nginx.com/blog/testing-the-performance-of-nginx-and-nginx-plus-web-servers/",
        kind=Kind.VENDOR, low="0.5 ms", high="5 ms",
        description="CPU of a new socket: TCP, TLS and login; less where a proxy ends TLS",
    )  # fmt: skip
    connect_wait_limit: PositiveSeconds = default(
        "20 s", "Socket.IO's client gives up after that and tries again, "
        "https://socket.io/docs/v4/client-options/#timeout",
        low="5 s", high="60 s", description="Longest wait of a client for its new socket",
    )  # fmt: skip
    write_cpu: Seconds = default(
        "20 µs", "one core writes 112,500/s (ws, websockets/ws issue 1827), 70,000 (Node 24, "
        "forinda/kick-js pull request 689), 50,000 (SockJS, sockjs-node issue 152), 17,000 "
        "(Centrifugo's million connections, 2020): their geometric mean",
        low="9 µs", high="60 µs", description="CPU of one write to one socket, whatever is in it",
    )  # fmt: skip
    batch: AtLeastOne = default(
        1, "each message is written at once",
        description="Messages to one socket that are written together",
    )  # fmt: skip
    item_cpu: Seconds = default(
        "2 µs", "no measurement of its own: Node.js takes 17 µs to read and answer one of sixteen "
        "in a batch, C and Rust less than 1 µs (HttpArena, echo-ws-pipeline)",
        low="0.1 µs", high="17 µs", description="CPU of each message beside the write",
    )  # fmt: skip
    message_size: Bytes | None = Field(
        default=None, description="Bytes of one message; bytes cost nothing if not given"
    )
    byte_cpu: SecondsPerByte = default(
        "1.8 µs/KB", "NGINX serves 40,207 answers of 1 KB or 4,830 of 100 KB over TLS on a core, "
        "https://www.nginx.com/blog/testing-the-performance-of-nginx-and-nginx-plus-web-servers/",
        kind=Kind.VENDOR, low="0.2 µs/KB", high="4 µs/KB",
        description="CPU of copying and encrypting one byte",
    )  # fmt: skip
    bandwidth: BitRate | None = Field(
        default=None, description="Network egress of all hosts; not limited if not given"
    )

    def work(self, at: Station) -> list[Flow]:
        """Return what is written to sockets here: messages, and an answer to each join."""
        return at.flows("message", "join")

    def causes(self, at: Station) -> dict[str, Node]:
        """Return the cores that open sockets keep busy, by cause; a crowd's handshakes apart."""
        found: dict[str, Node] = {}
        for flow in at.flows("socket"):
            beats = quotient("heartbeats", "1/s", sockets=flow.rate,
                             interval=self.heartbeat_interval)  # fmt: skip
            found["heartbeats"] = product("CPU of heartbeats", "core", heartbeats=beats,
                                          CPU_of_each=self.heartbeat_cpu)  # fmt: skip
            if (come := self._everyday(at)) is not None:
                found["new connections"] = product("CPU of new connections", "core", come=come,
                                                   CPU_of_each=self.connect_cpu)  # fmt: skip
        for flow in self.work(at):
            found[flow.words] = product(
                f"CPU of {flow.words}", "core",
                **{flow.words: flow.rate, "CPU of each": self._message()},
            )  # fmt: skip
        return found

    def _message(self) -> Node:
        size = self.message_size
        return derive(
            "CPU of one message", "s", socket_costs.message_cpu,
            write_time=self.write_cpu, batch=self.batch, item_time=self.item_cpu,
            size=size, byte_time=None if size is None else self.byte_cpu,
        )  # fmt: skip

    def _everyday(self, at: Station) -> Node | None:
        """Return who comes and goes at any time: sockets over how long each stays."""
        live = at.workload.live_at(at.name)
        if live is None:
            return None
        held = product("sockets of those who act", "connection", users=at.users,
                       share=live.sockets)  # fmt: skip
        return quotient("new connections", "connection/s", sockets=held, stay=live.stay)

    def limit(self, at: Station, busy: Node, usable: Node) -> None:
        """
        Limit the handshakes of a crowd to the cores that are left, and the bytes to the line.

        Past them clients queue for their socket and give up after the wait limit; bytes are late.
        Nothing where no crowd comes and no line is stated.

        Parameters
        ----------
        at : Station
            The service.
        busy, usable : Node
            Cores busy with everything else, and those to plan with. [core]
        """
        live, crowd = at.workload.live_at(at.name), at.crowd
        if crowd is not None and crowd.arriving is not None and live is not None:
            come = product("sockets that come", "connection", users=crowd.arriving,
                           share=live.sockets)  # fmt: skip
            left = difference("cores left for handshakes", "core", usable=usable, busy=busy)
            at.limit(
                "handshakes", crowd.rate("new connections at once", "connection/s", come),
                quotient("handshakes that the cores left make", "connection/s", cores=left,
                         CPU_of_each=self.connect_cpu),
                PastLimit.QUEUE, _STORM, patience=self.connect_wait_limit, arriving=come,
            )  # fmt: skip
        if self.bandwidth is not None and self.message_size is not None and at.flows("message"):
            bits = product(
                "bits to sockets", "bit/s", messages=at.rate("messages written", "message"),
                size=self.message_size, bits=_BITS,
            )  # fmt: skip
            remedy = "smaller messages, only what changed, or more hosts"
            at.limit("egress", bits, self.bandwidth, PastLimit.DEGRADE, remedy)
