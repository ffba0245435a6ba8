"""
A part while the flow passes it: what arrives, what it sends on, what can run out.

The flow passes three times::

    rates   down:  how much of what reaches each part
    times   up:    how long each takes, with the waiting of all that it calls
    stocks  down:  how many are there at once (rate × time): connections, places, memory

so a database that is slow keeps connections longer, and the pool in front of it fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planning.flow.carriers import CARRIERS
from planning.flow.constraint import Constraint, PastLimit
from planning.flow.flows import Accrual, Answer, Calling, Edge, Flow
from planning.flow.graph import Graph, Member
from planning.numbers.nodes import Derived, Node, asked, difference, product, total
from planning.numbers.units import plural
from planning.workload.workload import Crowd, Workload

_ALL = asked(1.0, "fraction", "all of them")
_NO_TIME = asked(0.0, "s", "nothing is stated to take time there")


@dataclass(eq=False, repr=False)
class Scene:
    """
    What the parts of one assessment share.

    Attributes
    ----------
    workload : Workload
        What users do.
    users : Node
        Concurrent users who act. [user]
    graph : Graph
        The ways between parts.
    crowd : Crowd or None
        Who comes at once, where that is the question.
    stations : dict
        The parts, by name, in the order of the flow.
    entered : list of Flow
        What users ask for.
    lost : list of Edge
        What nobody takes.
    answers : dict
        How long one of a flow takes, by the flow's identity.
    polls : Node or None
        Time between two polls of who gets no stream. [s]
    costs : mapping
        What is paid whatever flows, by cause. [USD/month]
    accruals : list of Accrual
        What is kept of what is written, and so depends on how many users there were before.
    pools : dict
        Connections in use, by the part that holds them and the part they lead to. [connection]
    """

    workload: Workload
    users: Node
    graph: Graph
    crowd: Crowd | None = None
    stations: dict[str, Station] = field(default_factory=dict)
    entered: list[Flow] = field(default_factory=list)
    lost: list[Edge] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    pools: dict[str, dict[str | None, Node]] = field(default_factory=dict)
    accruals: list[Accrual] = field(default_factory=list)
    polls: Node | None = None
    costs: Mapping[str, Node] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Parts and what is lost in short."""
        return f"<{len(self.stations)} parts, {len(self.lost)} flows that nobody takes>"

    @property
    def monthly(self) -> Mapping[str, Node]:
        """What the fixed costs and all parts come to, by cause. [USD/month]"""
        found = dict(self.costs)
        for station in self.stations.values():
            found |= station.monthly
        return found

    def enter(self, flow: Flow, after: str | None = None, call: Calling | None = None) -> Edge:
        """Send a flow to the part that it meets next, and return the edge it takes."""
        edge = Edge(flow, self.graph.next(after, flow), call)
        if edge.to is None:
            self.lost.append(edge)
        else:
            self.stations[edge.to].arriving.append(edge)
        return edge

    def answer_of(self, flow: Flow) -> Answer:
        """Return what was said to a flow; where nobody said anything, what is stated of it."""
        found = self.answers.get(id(flow))
        if found is None:
            time = flow.visit.time or flow.visit.cpu or _NO_TIME
            found = Answer(time, time)
            # The same answer for all who ask: waiting is told apart by identity.
            self.answers[id(flow)] = found
        return found


@dataclass(eq=False, repr=False)
class Station:
    """
    One part while the flow passes it.

    Attributes
    ----------
    name : str
        Its name in the file.
    part : Member
        What the flow has to know of it.
    scene : Scene
        What it shares with the others.
    arriving : list of Edge
        What reaches it.
    sent : list of Edge
        What it sends on.
    constraints : list of Constraint
        What can run out here.
    monthly : dict
        What it costs, by cause. [USD/month]
    traffic : list of Derived
        What is worth showing of the flow, limit or not.
    numbers : dict
        What a crowd does here beyond its limits, by name.
    """

    name: str
    part: Member
    scene: Scene
    arriving: list[Edge] = field(default_factory=list)
    sent: list[Edge] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    monthly: dict[str, Node] = field(default_factory=dict)
    traffic: list[Derived] = field(default_factory=list)
    numbers: dict[str, Node] = field(default_factory=dict)
    _origins: dict[int, Flow] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name and kind in short."""
        return f"<{self.name}, a {self.part.kind_name}: {len(self.arriving)} flows arrive>"

    @property
    def workload(self) -> Workload:
        """What users do."""
        return self.scene.workload

    @property
    def users(self) -> Node:
        """Users who act. [user]"""
        return self.scene.users

    @property
    def crowd(self) -> Crowd | None:
        """Who comes at once, where that is the question."""
        return self.scene.crowd

    def flows(self, *carriers: str) -> list[Flow]:
        """Return what arrives of some carriers; of all where none is named."""
        return [
            edge.flow for edge in self.arriving if not carriers or edge.flow.carrier in carriers
        ]

    def instant(self, flow: Flow) -> Node | None:
        """
        Return how many of a flow come in one instant; None where they come at a pace.

        A crowd that comes over a time is counted by its rate and how long each takes, like
        everyday load.
        """
        if self.crowd is not None and self.crowd.over is not None:
            return None
        return flow.at_once

    def rate(self, name: str, *carriers: str) -> Derived:
        """Return how much of some carriers arrives, by cause. [unit of the first]"""
        flows = self.flows(*carriers)
        return total(name, CARRIERS[carriers[0]].unit, by_cause(flows))

    def send(self, flow: Flow, call: Calling | None = None) -> Edge:
        """Send a flow on; it reaches the part it is bound for, or the next that takes it."""
        edge = self.scene.enter(flow, self.name, call)
        self.sent.append(edge)
        return edge

    def call(
        self, flow: Flow, call: Calling, pooled: bool = False, admitted: Node | None = None
    ) -> Edge:
        """
        Send what one of an arriving flow asks of another part, so many times per visit.

        Parameters
        ----------
        flow : Flow
            What arrived here.
        call : Calling
            What one of it asks.
        pooled : bool
            Whether this part holds the connections that the calls need.
        admitted : Node, optional
            Share of the flow that is served here and so calls at all; all of it if None. [ratio]
        """
        carrier = self._carrier(call)
        unit = CARRIERS[carrier].unit
        words = f"{flow.cause} {plural(carrier)}"
        terms: dict[str, Node] = {flow.words: flow.rate, "each": call.count}
        at_once = flow.at_once
        if admitted is not None:
            terms["share admitted"] = admitted
            if at_once is not None:
                at_once = product("admitted of them", "request", come=at_once, share=admitted)
        rate = product(words, unit, **terms)
        edge = self.send(
            Flow(
                carrier, flow.cause, rate, call.visit, bound_for=call.to, pooled=pooled,
                at_once=at_once,
            ),
            call,
        )  # fmt: skip
        self._origins[id(edge)] = flow
        return edge

    def _carrier(self, call: Calling) -> str:
        """Return what a call sends: what its carrier says, or what the called part takes first."""
        return call.carrier or self.scene.graph.parts[str(call.to)].takes[0]

    def connects(self, call: Calling) -> bool:
        """Return whether a call needs a connection of a database."""
        return self._carrier(call) in ("query", "operation")

    def caused(self, edge: Edge, flow: Flow) -> bool:
        """Return whether an arriving flow is what an edge was sent for."""
        return self._origins.get(id(edge)) is flow

    def past_caches(self, edge: Edge) -> Node:
        """Return how much of what was sent no cache answers. [unit of the carrier]"""
        hits = self.below(edge).hits
        if hits is None:
            return edge.flow.rate
        misses = difference("misses", "fraction", all_of_them=_ALL, hits=hits)
        flow = edge.flow
        return product(
            f"{flow.words} past the cache", CARRIERS[flow.carrier].unit,
            **{flow.words: flow.rate, "misses": misses},
        )  # fmt: skip

    def forward(self, edge: Edge, **changes: Any) -> Edge:
        """
        Let an arriving flow through, changed.

        What entered here by name goes on to what is behind.
        """
        if edge.flow.bound_for == self.name:
            changes = {"bound_for": self.scene.graph.behind(self.name), **changes}
        return self.send(replace(edge.flow, **changes), edge.call)

    def answer(self, flow: Flow, answer: Answer) -> None:
        """Say how long one of an arriving flow takes."""
        self.scene.answers[id(flow)] = answer

    def below(self, edge: Edge) -> Answer:
        """Return what the part at the end of an edge said."""
        return self.answer_to(edge.flow)

    def answer_to(self, flow: Flow) -> Answer:
        """Return what was said to a flow; where nobody said anything, what is stated of it."""
        return self.scene.answer_of(flow)

    def limit(
        self,
        what: str,
        load: Node,
        limit: Node,
        past_limit: PastLimit,
        remedy: str,
        **more: Any,
    ) -> None:
        """Say that something can run out; see :class:`~planning.flow.constraint.Constraint`."""
        self.constraints.append(
            Constraint(self.name, what, load, limit, past_limit, remedy, **more)
        )

    def kept(self, name: str, unit: str, stays: Node | None, **factors: Node) -> Derived:
        """
        Return what is kept of what is written, if the rate has always been this one.

        Parameters
        ----------
        name, unit : str
            Of the result.
        stays : Node or None
            How long it really stays; None if for ever. [s]
        **factors
            The rate, then the time that it is counted here; their names are the words of the trace.
        """
        rate, _ = factors.values()
        whole = product(name, unit, **factors)
        self.scene.accruals.append(Accrual(whole, rate, stays))
        return whole

    def tell(self, *nodes: Derived) -> None:
        """Show numbers of the flow that have no limit."""
        self.traffic.extend(nodes)


def by_cause(flows: list[Flow]) -> Mapping[str, Node]:
    """Return flows as the terms of a sum; one cause on several ways is told apart."""
    terms: dict[str, Node] = {}
    for flow in flows:
        label = flow.words
        while label in terms:
            label += " more"
        terms[label] = flow.rate
    return terms
