"""
What flows through the parts: demand in steady state, a wave in a surge.

Both are frozen; a part hands on a changed copy, and what a part does not know flows
past it untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from planning.flow.work import Work
from planning.models.servers.connections import concurrency, multiplied, wanted_connections
from planning.numbers.nodes import Derived, Node, asked, derive, total
from planning.numbers.units import plural


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """
    What N users ask of the parts, on its way down.

    Attributes
    ----------
    users : Node
        Concurrent users. [user]
    work : mapping
        What one request costs, by activity.
    requests : mapping
        Requests by activity. [request/s]
    queries : mapping
        Queries that reach the database, by activity. [query/s]
    hits, hit_time : mapping, Node or None
        Share of an activity's queries that a cache answers [fraction], and its time [s].
    connections : mapping
        Connections in use, by cause, beyond what the queries hold. [connection]
    held : Node or None
        Connections that clients keep open whether they use them or not. [connection]
    opened : Node or None
        Connections that pools and poolers open at the database. [connection]
    viewers, gifts, transactions : Node or None
        Viewers [viewer], gifts [gift/s], and the transactions that write them [transaction/s].
    sockets, joins, messages : Node or None
        Open sockets [connection], channel joins [join/s] and delivered messages [message/s].
    rooms, streams : Node or None
        Events that are followed [room], and streams held open for them [stream].
    elsewhere : frozenset
        Activities that functions serve: they take no time of the app servers.
    cores : mapping
        CPU of the app servers by cause, beyond what requests take. [core]
    monthly : mapping
        Costs by cause. [USD/month]
    traffic : tuple of Derived
        What is worth telling of the flow, limit or not: requests, connections, gigabytes.
    """

    users: Node
    work: Mapping[str, Work] = field(default_factory=dict)
    requests: Mapping[str, Node] = field(default_factory=dict)
    queries: Mapping[str, Node] = field(default_factory=dict)
    hits: Mapping[str, Node] = field(default_factory=dict)
    hit_time: Node | None = None
    connections: Mapping[str, Node] = field(default_factory=dict)
    held: Node | None = None
    opened: Node | None = None
    viewers: Derived | None = None
    gifts: Derived | None = None
    transactions: Node | None = None
    sockets: Node | None = None
    joins: Node | None = None
    messages: Node | None = None
    rooms: Derived | None = None
    streams: Node | None = None
    elsewhere: frozenset[str] = frozenset()
    cores: Mapping[str, Node] = field(default_factory=dict)
    monthly: Mapping[str, Node] = field(default_factory=dict)
    traffic: tuple[Derived, ...] = ()

    def with_requests(self, name: str, rate: Node, work: Work) -> Demand:
        """Return the demand with requests of one more kind, and the queries they send."""
        queries = derive(f"{name} queries", "query/s", multiplied, count=rate, each=work.queries)
        return replace(
            self,
            work={**self.work, name: work},
            requests={**self.requests, name: rate},
            queries={**self.queries, name: queries},
        )

    def busy_connections(self) -> Derived:
        """Return the connections in use: what the queries hold, and every other cause."""
        causes = {
            plural_query(name): derive(
                f"{name} connections in use",
                "connection",
                concurrency,
                arrival_rate=rate,
                hold_time=self.work[name].query_time,
            )
            for name, rate in self.queries.items()
        }
        return total("connections in use", "connection", {**causes, **self.connections})


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """
    What arrives in one instant, on its way down.

    Attributes
    ----------
    users : Node or None
        People who come at once. [user]
    connections : Node or None
        Connections wanted of the next part at once. [connection]
    requests : Node or None
        Requests fired at once. [request]
    activity : str or None
        Which activity the requests are; the heaviest where the event does not say.
    work : Work or None
        What one of the requests costs.
    request_rate : Node or None
        Requests that go on arriving, of the same kind. [request/s]
    hit_ratio : Node or None
        Share of the requests' queries that a cache answers. [fraction]
    gathered, rooms, room_size : Node or None
        People who are there already [user], in so many rooms [room] of so many each [user].
    streams, polls : Node or None
        Streams held open [stream], and the time between two polls of who gets none [s].
    addresses : Node or None
        Network addresses that all of them come from. [address]
    messages : Node or None
        Chat messages sent to the viewers of one room. [message/s]
    gifts, viewers, guests, publishers : Node or None
        Gifts to one receiver [gift], viewers watching [viewer], guests who ask for the stage of
        one room, and viewers who ask to publish [person].
    history : Node or None
        Rows that are there to be read. [row]
    duration : Node or None
        How long the viewers watch. [s]
    """

    users: Node | None = None
    connections: Node | None = None
    requests: Node | None = None
    activity: str | None = None
    work: Work | None = None
    request_rate: Node | None = None
    gathered: Node | None = None
    rooms: Node | None = None
    room_size: Node | None = None
    streams: Node | None = None
    polls: Node | None = None
    addresses: Node | None = None
    messages: Node | None = None
    publishers: Node | None = None
    history: Node | None = None
    hit_ratio: Node | None = None
    gifts: Node | None = None
    viewers: Node | None = None
    guests: Node | None = None
    duration: Node | None = None


def arriving_connections(demand: Demand, busy: Node) -> Node:
    """Return the connections that clients and pools bring: no cause hides another."""
    if demand.opened is None:
        # Nobody pools, so every connection in use is one that a client opened.
        if demand.held is None:
            return busy
        return derive(
            "connections of the clients",
            "connection",
            wanted_connections,
            held=demand.held,
            busy=busy,
        )
    if demand.held is None:
        return demand.opened
    return total(
        "connections", "connection", {"of the pools": demand.opened, "of clients": demand.held}
    )


def plural_query(name: str) -> str:
    """Return the label of an activity's queries in a sum, e.g. ``page queries``."""
    return f"{name} {plural('query')}"


def connections_at_once(wave: Wave) -> Node | None:
    """Return the connections that a wave wants here: one per request where no server pools them."""
    if wave.connections is not None or wave.requests is None or wave.work is None:
        return wave.connections
    one = asked(1.0, "ratio", "a connection per request, where nothing pools them")
    return derive("connections wanted", "connection", multiplied, count=wave.requests, each=one)
