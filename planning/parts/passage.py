"""
Let a workload flow through the parts: rates down, times up, stocks down.

Activities with a think time close the loop: their users wait for the answer, so how often
they come depends on how long they wait. Two probes of the open flow, without them and with
one request a second, say how much of the fullest thing one request takes; from there the
throughput of N users follows in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planning.flow.carriers import CARRIERS
from planning.flow.flows import Flow
from planning.flow.graph import Graph
from planning.models.networks import layers
from planning.numbers.nodes import Node, asked, derive, difference, product, quotient, total
from planning.numbers.units import plural
from planning.parts.base import Part
from planning.parts.station import Scene, Station
from planning.workload.crowd import Crowd
from planning.workload.workload import Workload

_NOBODY = asked(0.0, "request/s", "none of them yet")
_ONE = asked(1.0, "request/s", "one a second, to see what it takes")
_ALL = asked(1.0, "ratio", "all of it")
_ENDLESS = asked(1e30, "request/s", "nothing that it needs can run out")


def flow_through(
    parts: Mapping[str, Part],
    workload: Workload,
    users: Node,
    *,
    crowd: Crowd | None = None,
    costs: Mapping[str, Node] | None = None,
) -> Scene:
    """
    Let what users ask for pass all parts.

    Parameters
    ----------
    parts : mapping of str to Part
        By name, in the order of the file.
    workload : Workload
        What users do.
    users : Node
        Concurrent users who act; a number, a sweep or draws. [user]
    crowd : Crowd, optional
        Who comes on top of them.
    costs : mapping of str to Node, optional
        What is paid whatever flows. [USD/month]

    Returns
    -------
    Scene
        Stations with their constraints, costs and answers, and what nobody took.

    Raises
    ------
    ValueError
        If calls go in a circle, or a formula refuses a number.
    """
    closed = [_closed(parts, workload, users, name) for name in _waiting(workload)]
    return _pass(parts, workload, users, crowd, costs or {}, closed)


def _waiting(workload: Workload) -> Iterator[str]:
    """Yield the activities whose users wait for the answer before they go on."""
    return (name for name, each in workload.activities.items() if each.think_time is not None)


def _pass(
    parts: Mapping[str, Part],
    workload: Workload,
    users: Node,
    crowd: Crowd | None,
    costs: Mapping[str, Node],
    closed: list[Flow],
) -> Scene:
    graph = Graph(parts)
    scene = Scene(workload, users, graph, crowd, costs=costs)
    order = graph.order()
    scene.stations = {name: Station(name, parts[name], scene) for name in order}
    for flow in [*workload.flows(users, crowd), *closed]:
        _enter(scene, flow)
    for name in order:
        parts[name].rates(scene.stations[name])
    for name in reversed(order):
        parts[name].times(scene.stations[name])
    for name in order:
        parts[name].stocks(scene.stations[name])
    return scene


def _enter(scene: Scene, flow: Flow) -> None:
    """Let a flow in; where no server takes requests, clients send their queries themselves."""
    scene.entered.append(flow)
    served = scene.graph.end(None, flow) is not None
    if served or flow.carrier != "request" or flow.bound_for or not flow.calls:
        scene.enter(flow)
        return
    if flow.visit.cpu is not None:
        scene.enter(replace(flow, calls=()))
    for call in flow.calls:
        carrier = call.carrier or "query"
        rate = product(
            f"{flow.cause} {plural(carrier)}", CARRIERS[carrier].unit,
            **{flow.words: flow.rate, "each": call.count},
        )  # fmt: skip
        scene.enter(
            Flow(carrier, flow.cause, rate, call.visit, bound_for=call.to, at_once=flow.at_once),
            call=call,
        )


def _closed(parts: Mapping[str, Part], workload: Workload, users: Node, name: str) -> Flow:
    """Return the requests of users who wait for each answer, as many as they get through."""
    activity = workload.activities[name]
    think = activity.think_time
    assert think is not None  # only these are asked for
    flow = workload.request(name, _NOBODY)
    calm, tried = (replace(flow, rate=rate) for rate in (_NOBODY, _ONE))
    quiet = _pass(parts, workload, users, None, {}, [calm])
    probe = _pass(parts, workload, users, None, {}, [tried])
    answer = probe.answer_of(tried)
    acting = workload.acting(users, activity)
    cycle = total("cycle without waiting", "s", {"thinking": think, "response": answer.idle})
    capacity: Node = _ENDLESS
    before = quiet.answer_of(calm).busiest
    if answer.busiest is not None and before is not None:
        own = difference("what one a second takes", "ratio", with_it=answer.busiest, without=before)
        left = difference("what is left for them", "ratio", all=_ALL, taken=before)
        share = quotient("requests that fit", "ratio", left=left, each=own)
        capacity = product("requests that fit per second", "request/s", times=share, one=_ONE)
    rate = derive(
        f"{name} requests",
        "request/s",
        layers.closed_throughput,
        users=acting,
        cycle_time=cycle,
        capacity=capacity,
    )
    around = quotient("time around", "s", users=acting, rate=rate)
    response = difference(f"{name} response time", "s", around=around, thinking=think)
    return replace(flow, rate=rate, response=response)
