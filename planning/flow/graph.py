"""
The graph of a system: which part the next thing on its way meets.

A file may say who calls whom. Where it says nothing the usual order is implied: each
kind of part knows the carriers it takes and its place in that order::

    websocket, sse ─▶ rate limit ─▶ serverless, service ─▶ cache ─▶ pooler ─▶ database

Gates (a rate limit, a cache, a pooler) stand in front of the part that something is bound
for and let it through, changed; they guard every part behind them, or the one that
``in_front_of`` names, for all parts or those that ``used_by`` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from planning.flow.flows import Flow
from planning.numbers.units import plural


class Member(Protocol):
    """What the graph has to know of a part."""

    @property
    def order(self) -> int:
        """Place in the usual order."""

    @property
    def takes(self) -> tuple[str, ...]:
        """Carriers it takes, the one that calls send first."""

    @property
    def gives(self) -> tuple[str, ...]:
        """Carriers it may send on."""

    @property
    def gate(self) -> bool:
        """Whether it stands in front of others and lets through what is bound for them."""

    @property
    def by_name(self) -> bool:
        """Whether it takes only what names it or its kind."""

    @property
    def stands_alone(self) -> bool:
        """Whether it has a load of its own, so that nothing needs to reach it."""

    @property
    def guards(self) -> tuple[str, ...] | None:
        """The parts that a gate stands in front of; all behind it where None."""

    @property
    def users(self) -> tuple[str, ...] | None:
        """The parts that go through a gate; all where None."""

    @property
    def kind_name(self) -> str:
        """Its kind."""

    @property
    def callees(self) -> tuple[str, ...]:
        """Parts that it calls by name."""

    @property
    def refers(self) -> Mapping[str, str]:
        """Parts whose load it takes part in without being called, by the field that names them."""


@dataclass(frozen=True, repr=False)
class Graph:
    """
    Parts and the ways between them.

    Parameters
    ----------
    parts : mapping of str to Member
        In the order of the file.
    """

    parts: Mapping[str, Member]

    def next(self, after: str | None, flow: Flow) -> str | None:
        """
        Return the part that a flow meets next, or None where nobody takes it.

        Parameters
        ----------
        after : str or None
            The part that sends it; None for users.
        flow : Flow
            With the part or kind that it is bound for, if any.
        """
        met = self._met(after, flow)
        end = self.end(after, flow)
        if end is None:
            # A cache with nothing behind it still answers its share.
            return None if flow.bound_for else min(met, key=self._place, default=None)
        gates = [
            name
            for name in met
            if self.parts[name].gate
            and name != end
            and self._guards(name, end)
            and self.parts[name].order < self.parts[end].order
            and self._through(after, name)
        ]
        return min(gates, key=self._place, default=end)

    def _guards(self, gate: str, end: str) -> bool:
        """Return whether a gate stands in front of a part."""
        guarded = self.parts[gate].guards
        return guarded is None or end in guarded

    def behind(self, gate: str) -> str | None:
        """Return the one part that a gate stands in front of; None where there are others."""
        guarded = self.parts[gate].guards
        return guarded[0] if guarded is not None and len(guarded) == 1 else None

    def _through(self, after: str | None, gate: str) -> bool:
        """Return whether what one part sends goes through a gate, or past it."""
        users = self.parts[gate].users
        # What comes out of another gate is somebody's who went through that one.
        return users is None or after in users or (after is not None and self.parts[after].gate)

    def end(self, after: str | None, flow: Flow) -> str | None:
        """Return the part that serves a flow in the end: the named one, or the first no gate."""
        met = self._met(after, flow)
        if flow.bound_for is not None:
            return flow.bound_for if flow.bound_for in met else None
        ends = [name for name in met if not self.parts[name].gate]
        return min(ends, key=self._place, default=None)

    def _met(self, after: str | None, flow: Flow) -> list[str]:
        """Return the parts behind one that a flow may meet."""
        place = -1 if after is None else self.parts[after].order
        return [
            name
            for name, part in self.parts.items()
            if flow.carrier in part.takes
            and name != after
            and (name == flow.bound_for or (part.order > place and self._meets(part, flow)))
        ]

    def _meets(self, part: Member, flow: Flow) -> bool:
        if part.gate:
            return True
        return part.kind_name == flow.kind if flow.kind or part.by_name else True

    def _place(self, name: str) -> tuple[int, int]:
        return self.parts[name].order, list(self.parts).index(name)

    def ways(self, name: str) -> Iterator[str]:
        """Yield the parts that may be met after one, each perhaps more than once."""
        part = self.parts[name]
        yield from part.callees
        for carrier in part.gives:
            yield from (
                other
                for other, each in self.parts.items()
                if carrier in each.takes and each.order > part.order
            )

    def order(self) -> list[str]:
        """
        Return the parts so that each comes before all that it calls.

        Raises
        ------
        ValueError
            If calls go in a circle; the message names it.
        """
        done: list[str] = []
        path: list[str] = []

        def visit(name: str) -> None:
            if name in done:
                return
            if name in path:
                circle = " → ".join([*path[path.index(name) :], name])
                raise ValueError(f"calls go in a circle: {circle}; take one of them out.")
            path.append(name)
            # Later places first, so that the reversed list keeps the usual order.
            for other in sorted(set(self.ways(name)), key=self._place, reverse=True):
                visit(other)
            path.pop()
            done.append(name)

        for name in sorted(self.parts, key=self._place, reverse=True):
            visit(name)
        return done[::-1]

    def wrong(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield what is wrong with calls that name parts: place in the file, and words."""
        for name, part in self.parts.items():
            for callee in part.callees:
                at = ("parts", name, "calls", callee)
                if callee not in self.parts:
                    others = ", ".join(other for other in self.parts if other != name)
                    yield at, f"there is no part {callee!r} to call; there are {others}."
                elif callee == name:
                    yield at, "a part cannot call itself."
                elif not self.parts[callee].takes:
                    kind = self.parts[callee].kind_name
                    yield at, f"{callee!r} is a {kind}, which takes no calls."
                elif self.parts[callee].takes[0] not in part.gives:
                    carrier = self.parts[callee].takes[0]
                    yield (
                        at,
                        f"{callee!r} takes {plural(carrier)}, which a {part.kind_name} does not "
                        f"send; it sends {', '.join(map(plural, part.gives)) or 'nothing'}.",
                    )
            for field, other in part.refers.items():
                if other not in self.parts or other == name:
                    words = f"there is no other part {other!r}; there are {', '.join(self.parts)}."
                    yield ("parts", name, field), words
            for user in part.users or ():
                if user not in self.parts:
                    words = f"there is no part {user!r}; there are {', '.join(self.parts)}."
                    yield ("parts", name, "used_by"), words
            for guarded in part.guards or ():
                if guarded in self.parts:
                    continue
                yield (
                    ("parts", name, "in_front_of"),
                    f"there is no part {guarded!r}; there are {', '.join(self.parts)}.",
                )
