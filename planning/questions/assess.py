"""
Does it hold N users, what breaks first, and why.

:func:`assess` lets a demand flow through the parts of a system and collects their
constraints. Users may be one number, a sweep or an array of draws; the inputs may
be arrays as well. There is one implementation: everything broadcasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from planning.flow.constraint import FULL, Constraint
from planning.flow.finding import Finding, Severity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Array,
    Case,
    Derived,
    Node,
    arithmetic,
    asked,
    depends_on,
    difference,
    explain,
    leaves,
    product,
    total,
)
from planning.numbers.tariff import bill
from planning.numbers.units import parse, show
from planning.parts.passage import flow_through
from planning.parts.station import Scene
from planning.questions import frames
from planning.questions.findings import findings_of
from planning.system.system import System
from planning.workload.crowd import Crowd

if TYPE_CHECKING:
    import pandas as pd

# More than a hundred times the people there are: what never binds up to here never binds.
MOST_USERS = 1e12


class Verdict(StrEnum):
    """
    Whether a system holds a number of users, from good to bad.

    FLAWED: nothing is past its limit, but a finding of severity high or critical stands.
    UNKNOWN: something is wanted that no part takes, so nobody can say.
    """

    HOLDS = "holds"
    WARNING = "warning"
    CRITICAL = "critical"
    FLAWED = "flawed"
    UNKNOWN = "not known"
    FAILS = "does not hold"


@dataclass(frozen=True, eq=False, repr=False)
class Assessment:
    """
    What can run out, at the users asked about.

    Attributes
    ----------
    system : System
        The system assessed.
    users : Node
        Users asked about; a number or an array. [user]
    constraints : tuple of Constraint
        Everything that can run out, in the order of the flow.
    scene : Scene
        What flowed where: stations, answers, and what nobody took.
    """

    system: System
    users: Node
    constraints: tuple[Constraint, ...]
    scene: Scene

    def __repr__(self) -> str:
        """Verdict and what binds in short."""
        asked_about = np.asarray(self.users.value, float)
        who = show(float(asked_about.max()), "user")
        if asked_about.ndim:
            who = f"{show(float(asked_about.min()), 'user')} to {who} ({asked_about.size} cases)"
        return (
            f"<{self.system.title} at {who}: {self.verdict}; "
            f"{self.binding.name} is nearest to its limit, of {len(self.constraints)}>"
        )

    @cached_property
    def utilisation(self) -> Array:
        """Load over limit, constraint by case: shape (constraints, *users or draws). [ratio]"""
        rows = [constraint.utilisation for constraint in self.constraints]
        shape = np.broadcast_shapes(np.shape(self.users.value), *(row.shape for row in rows))
        return np.stack([np.broadcast_to(row, shape) for row in rows])

    @cached_property
    def binding_index(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """
        Index of the constraint nearest to, or furthest past, its limit, per case.

        What is the same at any number of users (the seats of a stage) binds only past its limit;
        a budget never does, it has a verdict of its own.
        """
        return np.asarray(np.argmax(self._counted, axis=0), np.int64)

    @cached_property
    def _counted(self) -> Array:
        """Utilisation of what grows with users, or is past its limit; -1 for the rest."""
        grows = [
            depends_on(item.load, self.users) or depends_on(item.limit, self.users)
            for item in self.constraints
        ]
        technical = [item.technical for item in self.constraints]
        shape = (-1, *[1] * (self.utilisation.ndim - 1))
        counts = np.reshape(grows, shape) | (self.utilisation > FULL)
        counts &= np.reshape(technical, shape)
        return np.where(counts, self.utilisation, -1.0)

    @property
    def used(self) -> Array:
        """Share of the fullest limit that counts, per case: as for :attr:`binding_index`."""
        return np.asarray(np.maximum(self._counted.max(axis=0), 0.0))

    @property
    def binding(self) -> Constraint:
        """What binds first (in the worst case, for an array)."""
        worst = int(np.argmax(self._counted.max(axis=0)))
        return self.constraints[int(np.ravel(self.binding_index)[worst])]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong whatever the load, the most severe first; what nobody took among it."""
        return tuple(findings_of(self.system, self.scene))

    @property
    def severe(self) -> tuple[Finding, ...]:
        """Findings that no verdict is good beside."""
        return tuple(each for each in self.findings if each.severity >= Severity.HIGH)

    @property
    def verdicts(self) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
        """Verdict per case, as text."""
        worst = self._counted.max(axis=0)
        warn = np.asarray(self.system.warn_at.value)
        critical = np.asarray(self.system.critical_at.value)
        by_load = np.where(
            worst > critical,
            Verdict.CRITICAL.value,
            np.where(worst > warn, Verdict.WARNING.value, Verdict.HOLDS.value),
        )
        if any(each.vanished for each in self.severe):
            by_load = np.full(worst.shape, Verdict.UNKNOWN.value)
        elif self.severe:
            by_load = np.full(worst.shape, Verdict.FLAWED.value)
        return np.where(worst > FULL, Verdict.FAILS.value, by_load)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict over all cases."""
        found = set(np.ravel(self.verdicts).tolist())
        return next(verdict for verdict in reversed(Verdict) if verdict.value in found)

    @property
    def budget(self) -> Constraint | None:
        """What may be spent against what is; None where no budget is stated."""
        paid = (item for item in self.constraints if not item.technical)
        return next(paid, None)

    @property
    def within_budget(self) -> bool:
        """Whether it costs no more than the budget, in every case; true without one."""
        return self.budget is None or bool(np.all(self.budget.utilisation <= FULL))

    @property
    def ends(self) -> tuple[Node, ...]:
        """Load and limit of every constraint in turn."""
        return tuple(node for item in self.constraints for node in (item.load, item.limit))

    @property
    def monthly(self) -> Mapping[str, Node]:
        """Costs by cause. [USD/month]"""
        return self.scene.monthly

    @property
    def monthly_cost(self) -> Node:
        """What all parts and costs come to. [USD/month]"""
        return total("monthly cost", "USD/month", self.scene.monthly)

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Costs that are named without any price: the monthly cost is at least what it says."""
        return tuple(
            name
            for name, item in self.system.costs.items()
            if item.monthly is None and item.per_user is None and item.one_off is None
        )

    @property
    def requests(self) -> Mapping[str, Node]:
        """Requests by cause, whoever serves them. [request/s]"""
        flows = [flow for flow in self.scene.entered if flow.carrier == "request"]
        for station in self.scene.stations.values():
            if not station.part.gate:
                flows += [e.flow for e in station.sent if e.flow.carrier == "request"]
        return {flow.cause: flow.rate for flow in flows}

    @property
    def queries(self) -> Mapping[str, Node]:
        """Queries that reach a database, by cause. [query/s]"""
        found: dict[str, dict[str, Node]] = {}
        for station in self.scene.stations.values():
            if not station.part.gate and "query" in station.part.takes:
                for flow in station.flows("query"):
                    found.setdefault(flow.cause, {})[f"at {station.name}"] = flow.rate
        return {
            cause: next(iter(rates.values()))
            if len(rates) == 1
            else total(f"{cause} queries", "query/s", rates)
            for cause, rates in found.items()
        }

    @property
    def connections(self) -> Mapping[str, Node]:
        """Database connections in use, by cause. [connection]"""
        found: dict[str, Node] = {}
        for station in self.scene.stations.values():
            if station.part.gate or "connection" not in station.part.takes:
                continue
            for flow in station.flows("query", "transaction"):
                time = self.scene.answer_of(flow).time
                found[flow.cause] = product(
                    f"{flow.cause} connections in use", "connection",
                    **{flow.words: flow.rate, "time held": time},
                )  # fmt: skip
        return found

    @property
    def traffic(self) -> tuple[Derived, ...]:
        """What is worth showing, limit or not: requests, connections, gigabytes, hit ratios."""
        return tuple(node for _, node in self.traffic_by_part)

    @cached_property
    def traffic_by_part(self) -> tuple[tuple[str, Derived], ...]:
        """The same, each with the part that tells of it; "" where it is of the whole system."""
        shown: list[tuple[str, Derived]] = []
        if self.requests:
            shown.append(("", total("requests", "request/s", self.requests)))
        if self.connections:
            shown.append(("", total("connections in use", "connection", self.connections)))
        for name, station in self.scene.stations.items():
            shown += [(name, node) for node in station.traffic]
        return tuple(shown)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per constraint and case: users, load, limit, unit, used share, verdict."""
        return frames.table(frames.constraint_rows(self.users, self.constraints, self.verdicts))

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html

    def of(self, name: str) -> Constraint:
        """
        Return a constraint by its name or id.

        Raises
        ------
        ValueError
            If there is none; the message lists those there are.
        """
        found = next((each for each in self.constraints if name in (each.name, each.id)), None)
        if found is None:
            known = ", ".join(each.name for each in self.constraints)
            raise ValueError(f"no constraint {name[:60]!r}; there are {known}.")
        return found

    def why(self, constraint: Constraint, index: int | None = None) -> str:
        """
        Return the arithmetic of a load in one line.

        Parameters
        ----------
        constraint : Constraint
            One of these.
        index : int, optional
            Which case of a sweep or of draws, counted flat over both; the mean by default.
        """
        if isinstance(constraint.load, Derived):
            return arithmetic(constraint.load, self._case(index))
        return str(constraint.load)

    def explain(self, constraint: Constraint, index: int | None = None) -> list[str]:
        """Return the derivation of load and limit, down to the sources, as indented lines."""
        case = self._case(index)
        return [
            *explain(constraint.load, case),
            "limit:",
            *(f"  {line}" for line in explain(constraint.limit, case)),
        ]

    def _case(self, index: int | None) -> Case | None:
        """Return which case an index is, in the shape of all cases together."""
        return None if index is None else (index, self.utilisation.shape[1:])

    def sources(self, constraint: Constraint) -> dict[str, Estimate]:
        """Return the stated inputs behind a constraint, by their path in the system."""
        stated = [*leaves(constraint.load), *leaves(constraint.limit)]
        return {leaf.place.path: leaf for leaf in stated if leaf.place is not None}


def assess(system: System, users: ArrayLike | Estimate | str | None = None) -> Assessment:
    """
    Assess a system.

    Parameters
    ----------
    system : System
        What to assess; its inputs may be draws.
    users : array_like, str or Estimate, optional
        Concurrent users: one number, text such as ``"10k"``, a sweep or draws, at least 0, or an
        input such as ``system.workload.target``; the workload's own by default. [user]

    Returns
    -------
    Assessment
        Constraints with loads, limits and why-traces, broadcast over users and draws.

    Raises
    ------
    ValueError
        If a number of users is negative, no number or above `MOST_USERS`, there is none, or calls
        between parts go wrong.
    """
    users = users.value if isinstance(users, Estimate) else users
    users = parse(users, "user") if isinstance(users, str) else users
    count = np.asarray(system.workload.users.value if users is None else users, dtype=float)
    if not count.size:
        raise ValueError("users(=[]) must be one number or more.")
    good = (count >= 0) & (count <= MOST_USERS)
    if not np.all(good):
        bad = count[~good].flat[0] if count.ndim else count
        raise ValueError(f"users(={float(bad):g}) must be 0 or more, and at most {MOST_USERS:g}.")
    who = system.workload.users if users is None else asked(count, "user", "the question")
    return assess_crowd(system, who, None)


def assess_crowd(system: System, users: Node, crowd: Crowd | None) -> Assessment:
    """
    Assess a system with a crowd on top of those who are there.

    Parameters
    ----------
    system : System
        What to assess.
    users : Node
        Users who are there and act. [user]
    crowd : Crowd or None
        Who comes at once.

    Raises
    ------
    ValueError
        If nothing can run out, or calls between parts go wrong.
    """
    for place, words in system.graph.wrong():
        raise ValueError(f"{'.'.join(place)}: {words}")
    costs = _fixed_costs(system, users)
    scene = flow_through(system.parts, system.workload, users, crowd=crowd, costs=costs)
    constraints = [each for station in scene.stations.values() for each in station.constraints]
    if not constraints and crowd is None:
        raise ValueError(f"{system.title!r} has nothing that can run out: {_endless(scene)}")
    return Assessment(system, users, tuple(constraints), scene)


def _endless(scene: Scene) -> str:
    """Return why no part limits anything: nothing comes, or nobody says how much it takes."""
    met = [station for station in scene.stations.values() if station.arriving]
    if not met:
        return "its parts meet no load. Add activities, viewing, gifting or rooms to the workload."
    names = ", ".join(f"{each.name} ({each.part.kind_name})" for each in met)
    return (
        f"the file states no limit of what it asks of {names}. "
        f"`planning explain {met[0].part.kind_name}` lists what may be said."
    )


def _fixed_costs(system: System, users: Node) -> Mapping[str, Node]:
    costs: dict[str, Node] = {}
    for name, item in system.costs.items():
        if item.monthly is not None:
            costs[name] = item.monthly
            if item.credit is not None:
                costs[name] = difference(
                    f"{name} after its credit", "USD/month", price=item.monthly, credit=item.credit
                )
        if item.per_user is not None:
            costs[f"{name} per user"] = bill(
                f"{name} per user", "USD/month", users, item.per_user, item.included_users
            )
    return costs
