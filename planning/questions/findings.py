"""
What is wrong with a system whatever the number of users, the worst first.

Parts find what their own fields show; what only several together show is found here: pools
that open more connections than a database takes, what is wanted and taken by nobody, a part
that nothing reaches, a plan whose price is in no cost. The rest was written into the file by
somebody who looked.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planning.flow.finding import Finding, Severity
from planning.flow.flows import Flow
from planning.numbers.nodes import Node, asked, value_at
from planning.numbers.units import plural, show
from planning.parts.base import Part
from planning.parts.budget import Budget
from planning.parts.database import Database
from planning.parts.passage import flow_through
from planning.parts.pooler import Pooler
from planning.parts.service import Service
from planning.parts.station import Scene, Station
from planning.questions.unlimited import unlimited
from planning.system.system import System

_ANY_QUERY = Flow("query", "any", asked(0.0, "query/s", "any query"))

__all__ = ["Finding", "Severity", "findings", "findings_of"]


def findings(system: System) -> list[Finding]:
    """
    Return everything that is wrong with a system's configuration.

    Parameters
    ----------
    system : System
        As it is today, or after a phase; a phase puts right what it no longer finds.

    Returns
    -------
    list of Finding
        The most severe first.
    """
    return findings_of(system, flow_through(system.parts, system.workload, system.workload.users))


def findings_of(system: System, scene: Scene) -> list[Finding]:
    """
    Return what is wrong, given what flowed where.

    Parameters
    ----------
    system : System
        As assessed.
    scene : Scene
        What flowed, at any number of users.
    """
    found = [
        each for name, part in system.parts.items() for each in part.findings(name, system.workload)
    ]
    found += [*_lost(scene), *_unreached(scene), *unlimited(scene), *_pools(scene)]
    found += [*_never_called(scene), *_idle_populations(system), *_nobody(system)]
    found += [*_unpriced(system), *_unstated(system), *_unspent(system, scene), *_too_fast(scene)]
    found += [
        Finding(name.replace("_", " "), Severity[flaw.severity.upper()], flaw.what, flaw.remedy)
        for name, flaw in system.findings.items()
    ]
    found += [
        Finding("this file", Severity.LOW, words, "write it that way; the old way still loads")
        for words in system.advice
    ]
    return sorted(found, key=lambda each: -each.severity)


def _lost(scene: Scene) -> Iterator[Finding]:
    """Yield what is wanted and taken by no part: it would count as nothing."""
    for edge in scene.lost:
        flow = edge.flow
        if edge.call is not None and value_at(edge.call.count) == 0:
            continue  # somebody said that it asks for none
        takers = (part for part in scene.graph.parts.values() if flow.carrier in part.takes)
        kinds = ", ".join(sorted({part.kind_name for part in takers}))
        where = f" (there is only {kinds}, which it does not reach)" if kinds else ""
        amount = show(float(_largest(flow.rate)), flow.rate.unit)
        yield Finding(
            flow.cause,
            Severity.HIGH,
            f"no part takes its {plural(flow.carrier)} ({amount}){where}: they are counted nowhere",
            f"add a part that takes {plural(flow.carrier)}, or say in `calls` or `enters` which "
            "one does",
            vanished=True,
        )


def _unreached(scene: Scene) -> Iterator[Finding]:
    """Yield parts that nothing reaches: their limits can never bind."""
    for name, station in scene.stations.items():
        part = station.part
        if station.arriving or part.stands_alone or not part.takes:
            continue
        if scene.crowd is not None:
            continue
        carriers = " or ".join(plural(carrier) for carrier in part.takes[:2])
        yield Finding(
            name,
            Severity.HIGH,
            f"nothing reaches this {part.kind_name.replace('_', ' ')}: no {carriers} come here, so "
            "it never runs out",
            "name it in `enters` of an activity or in `calls` of a part, or remove it",
            vanished=True,
        )


def _never_called(scene: Scene) -> Iterator[Finding]:
    """Yield calls that are made for something that never comes: most likely a slip of the pen."""
    for name, station in scene.stations.items():
        part = station.part
        if not isinstance(part, Part) or scene.crowd is not None:
            continue
        if not station.arriving and not part.stands_alone:
            continue
        come = {flow.cause for flow in station.flows()}
        there = f"{', '.join(sorted(come))} does" if come else "nothing is sent to it"
        for callee, cause in dict.fromkeys(part.called_for()):
            if cause not in come:
                yield Finding(
                    name,
                    Severity.HIGH,
                    f"it calls {callee} for {cause!r}, which never comes here ({there}): "
                    "those calls are counted nowhere",
                    "name an activity that comes here, or take the call out",
                    vanished=True,
                )


def _nobody(system: System) -> Iterator[Finding]:
    """Yield a system without users: at no load every part holds, which says nothing of it."""
    workload = system.workload
    if value_at(workload.users) == 0 and value_at(workload.target) == 0:
        yield Finding(
            "users",
            Severity.MEDIUM,
            "nobody uses it today and nobody is planned for: every part holds no load at all",
            "say in `target` how many users to plan for",
        )


def _idle_populations(system: System) -> Iterator[Finding]:
    """Yield populations that do nothing: their users would load no part."""
    doing = {activity.by for activity in system.workload.activities.values()}
    for name, share in system.workload.populations.items():
        if name not in doing:
            idle = show(value_at(share), "fraction")
            yield Finding(
                name,
                Severity.HIGH,
                f"no activity is done by these {idle} of all users: they are counted nowhere",
                f"say `by: {name}` in an activity, or take the population out",
                vanished=True,
            )
    together = sum(value_at(each) for each in system.workload.populations.values())
    if together > 1.0 + 1e-9:
        yield Finding(
            "populations",
            Severity.MEDIUM,
            f"they come to {show(together, 'fraction')} of all users: some are counted twice",
            "shares that add up to all users, or one population for those who are in both",
        )


def _pools(scene: Scene) -> Iterator[Finding]:
    """Yield pools that may open more connections than a database takes: they will, one day."""
    wanted: dict[str, list[tuple[str, float]]] = {}
    for name, station in scene.stations.items():
        pool = _pool_of(station)
        if pool is None:
            continue
        # A service that nothing reaches today opens its pool as well.
        called = [edge.flow for edge in station.sent if edge.flow.pooled] or [_ANY_QUERY]
        for goal in {_first_stop(scene, name, flow) for flow in called}:
            if goal is not None and isinstance(scene.graph.parts[goal], Database):
                wanted.setdefault(goal, []).append((name, pool))
    for database, pools in wanted.items():
        part = scene.graph.parts[database]
        assert isinstance(part, Database)
        usable = value_at(part.usable())
        together = sum(pool for _, pool in pools)
        if together > usable:
            names = ", ".join(f"{name} {show(pool, 'connection')}" for name, pool in pools)
            yield Finding(
                "pools",
                Severity.HIGH,
                f"pools may open {show(together, 'connection')} together ({names}), {database} "
                f"takes {show(usable, 'connection')}: a pool is per process",
                "a smaller pool per process, or a pooler in transaction mode",
            )


def _pool_of(station: Station) -> float | None:
    """Return the connections that a full pool of a part opens; None of a part without a pool."""
    part = station.part
    if isinstance(part, Pooler):
        pool = part.over_all("server connections of all replicas", part.pool_size)
        # A pooler opens no more than its clients may ask for.
        clients = part.over_all("clients of all replicas", part.max_clients)
        return min(value_at(pool), value_at(clients))
    full = part.pool(station) if isinstance(part, Service) else None
    return None if full is None else value_at(full)


def _first_stop(scene: Scene, name: str, query: Flow) -> str | None:
    """Return where the connections of a pool end: a pooler on the way takes them."""
    return scene.graph.next(name, Flow("connection", name, query.rate, bound_for=query.bound_for))


def _unpriced(system: System) -> Iterator[Finding]:
    """Yield plans of parts whose price is in no cost: the plan would look cheaper than it is."""
    paid = {item.plan for item in system.costs.values() if item.plan}
    for name, part in system.parts.items():
        if part.plan is None or part.plan in paid or part.price_of_plan is None:
            continue
        if part.paid_by is not None and part.paid_by in system.costs:
            continue
        price = part.price_of_plan
        yield Finding(
            name,
            Severity.HIGH,
            f"its plan {part.plan} costs {price}, which is in no cost: the monthly cost is too low",
            f"add `costs: {{{name}: {{plan: {part.plan}}}}}`, or `paid_by:` the cost that includes "
            "it",
        )


def _unstated(system: System) -> Iterator[Finding]:
    """Yield costs without a price: a total that leaves them out is a lower bound."""
    for name, item in system.costs.items():
        if item.monthly is None and item.per_user is None and item.one_off is None:
            what = "no price is stated: the monthly cost is at least what it says"
            yield Finding(name, Severity.MEDIUM, what, "say `monthly`, or name a `plan`")


def _unspent(system: System, scene: Scene) -> Iterator[Finding]:
    """Yield budgets beside which no cost is stated at all: nothing is always within them."""
    fixed = any(
        item.monthly is not None or item.per_user is not None for item in system.costs.values()
    )
    for name, part in system.parts.items():
        if isinstance(part, Budget) and not fixed and not scene.monthly:
            yield Finding(
                name,
                Severity.HIGH,
                f"{show(value_at(part.monthly), 'USD/month')} may be spent, but no cost is stated: "
                "nobody can say whether it is enough",
                "say what is paid for under `costs`, or take the budget out",
                vanished=True,
            )


def _too_fast(scene: Scene) -> Iterator[Finding]:
    """Yield activities whose users would ask again before the answer can be there."""
    for name, activity in scene.workload.activities.items():
        if activity.interval is None:
            continue
        flow = next((f for f in scene.entered if f.cause == name and f.carrier == "request"), None)
        if flow is None:
            continue
        idle = float(_largest(scene.answer_of(flow).idle))
        interval = float(_largest(activity.interval))
        if idle > interval:
            yield Finding(
                name,
                Severity.HIGH,
                f"a request every {show(interval, 's')} of each user, but one takes "
                f"{show(idle, 's')} without any waiting: users who wait for the answer cannot ask "
                "that often",
                "say `think_time` (0 s for virtual users of a load test) in place of `interval`",
            )


def _largest(node: Node) -> float:
    return float(np.max(np.asarray(node.value, float), initial=0.0))
