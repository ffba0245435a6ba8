"""
Let a workload flow through the parts: rates down, times up, stocks down.

Activities with a think time close the loop: their users wait for the answer, so how often
they come depends on how long they wait. Two probes of the open flow, without them and with
one request a second, say how much of each thing that can run out one request takes; from
there the throughput of N users follows. Several such activities meet at everything that
their requests wait for, so each is probed by itself and all are solved together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from planning.flow.carriers import CARRIERS
from planning.flow.constraint import PastLimit
from planning.flow.flows import Flow
from planning.flow.graph import Graph
from planning.models.networks import closed_classes, layers
from planning.models.servers import batching
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
    names = list(_waiting(workload))
    closed = _among(parts, workload, users, names) if len(names) > 1 else []
    if len(names) == 1:
        closed = [_closed(parts, workload, users, names[0])]
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
    if served or flow.carrier != "request" or not flow.calls:
        scene.enter(flow)
        return
    if flow.visit.cpu is not None:
        scene.enter(replace(flow, calls=()))
    for call in (replace(each, to=each.to or flow.bound_for) for each in flow.calls):
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
    activity, think = workload.activities[name], _thinking(workload, name)
    flow = workload.request(name, _NOBODY)
    calm, tried = (replace(flow, rate=rate) for rate in (_NOBODY, _ONE))
    quiet = _pass(parts, workload, users, None, {}, [calm])
    probe = _pass(parts, workload, users, None, {}, [tried])
    answer = probe.answer_of(tried)
    acting = workload.acting(users, activity)
    cycle = total("cycle without waiting", "s", {"thinking": think, "response": answer.idle})
    before = quiet.answer_of(calm).resources
    own, left = {}, {}
    for each, resource in answer.resources.items():
        used, taken = resource.utilisation, before[each].utilisation
        own[each] = difference("what one a second takes", "ratio", with_it=used, without=taken)
        left[each] = difference("what is left for them", "ratio", all=_ALL, taken=taken)
    if len(own) > 1:
        shares = {
            f"{each}: {name}": quotient(f"{name} at {each}", "s", taken=own[each], left=left[each])
            for each in own
        }
        rate = derive(
            f"{name} requests", "request/s", closed_classes.throughput_among,
            **{f"users: {name}": acting, f"cycle: {name}": cycle}, **shares,
        )  # fmt: skip
        return _answered(flow, name, acting, rate, think)
    capacity: Node = _ENDLESS
    for each in own:
        share = quotient("requests that fit", "ratio", left=left[each], each=own[each])
        capacity = product("requests that fit per second", "request/s", times=share, one=_ONE)
    batch = next((each.batch for each in answer.resources.values()), None)
    if batch is not None:
        (used,) = left.values()
        rate = derive(
            f"{name} requests", "request/s", batching.closed_batches, users=acting,
            elsewhere=difference("time elsewhere", "s", cycle=cycle, alone=batch.alone),
            alone=batch.alone, copies=batch.copies, capacity=capacity,
            demand=quotient("demand among others", "s", demand=batch.demand, left=used),
        )  # fmt: skip
        return _answered(flow, name, acting, rate, think)
    rate = derive(
        f"{name} requests",
        "request/s",
        layers.closed_throughput,
        users=acting,
        cycle_time=cycle,
        capacity=capacity,
    )
    return _answered(flow, name, acting, rate, think)


def _among(
    parts: Mapping[str, Part], workload: Workload, users: Node, names: Sequence[str]
) -> list[Flow]:
    """Return the requests of several activities whose users wait, all slowing each other down."""
    calm = {name: workload.request(name, _NOBODY) for name in names}
    quiet = _pass(parts, workload, users, None, {}, list(calm.values()))
    before = _waited_for(quiet)
    left = {
        each: difference(f"what is left of {each}", "ratio", all=_ALL, taken=used)
        for each, used in before.items()
    }
    needs: dict[str, dict[str, Node]] = {}
    for name in names:
        think = _thinking(workload, name)
        tried = replace(calm[name], rate=_ONE)
        probes = [tried if name == other else flow for other, flow in calm.items()]
        probe = _pass(parts, workload, users, None, {}, probes)
        thinking = {"thinking": think, "response": probe.answer_of(tried).idle}
        needs[name] = {
            f"users: {name}": workload.acting(users, workload.activities[name]),
            f"cycle: {name}": total("cycle without waiting", "s", thinking),
        }
        for each, used in _waited_for(probe).items():
            own = difference(f"{each}, of one a second", "ratio", used=used, before=before[each])
            share = quotient(f"{name} at {each}", "s", taken=own, left=left[each])
            needs[name][f"{each}: {name}"] = share
    flows = []
    for name in names:
        others = {
            key: node for other in names if other != name for key, node in needs[other].items()
        }
        rate = derive(
            f"{name} requests", "request/s", closed_classes.throughput_among,
            **needs[name], **others,
        )  # fmt: skip
        acting, think = needs[name][f"users: {name}"], _thinking(workload, name)
        flows.append(_answered(calm[name], name, acting, rate, think))
    return flows


def _waited_for(scene: Scene) -> dict[str, Node]:
    """Return how busy each thing is that a request waits for; jobs are not waited for. [ratio]"""
    return {
        # Of cores there are more than those that are planned with.
        each.id: each.busy
        or quotient(
            f"{each.name} in use", "ratio", wanted=each.load, there=each.places or each.limit
        )
        for station in scene.stations.values()
        for each in station.constraints
        if each.past_limit is PastLimit.QUEUE and each.backlog is None
    }


def _thinking(workload: Workload, name: str) -> Node:
    think = workload.activities[name].think_time
    assert think is not None  # only these are asked for
    return think


def _answered(flow: Flow, name: str, acting: Node, rate: Node, think: Node) -> Flow:
    """Return requests at a rate, answered within what their users do not think."""
    around = quotient("time around", "s", users=acting, rate=rate)
    response = difference(f"{name} response time", "s", around=around, thinking=think)
    return replace(flow, rate=rate, response=response)
