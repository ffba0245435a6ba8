"""
A fixed list of formulas: the nodes of one assessment, run again with other numbers.

Parts decide by what a file contains, never by a value. So the nodes of an assessment,
taken once, answer every other question about the same file: other users, moved inputs,
draws::

    leaves (inputs, users) ──> node 1 ──> node 2 ──> … ──> loads, limits, costs

Running the list equals assessing afresh, and leaves out everything but the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._fewest import fewest
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, Derived, Node, asked


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a program: a function, where its inputs lie, and where its value goes."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[tuple[str, int], ...]
    slot: int


class Program:
    """
    The nodes behind some results, in an order in which they can be computed.

    Parameters
    ----------
    outputs : sequence of Node
        What is asked for.
    names : mapping of str to Node
        What may be given other values, by name: leaves, and computed nodes whose value is then
        taken as given.
    merge : bool
        Whether nodes that compute the same from the same become one step. What is to be told in
        the words of every node keeps them apart.

    Attributes
    ----------
    nodes : tuple of Node
        Those computed, each after what it is computed from; a node's place here is its slot.
    outputs : tuple of int
        Slots of what is asked for.
    slots : mapping of str to int
        Slots of what may be given other values and what the results depend on.
    """

    def __init__(
        self, outputs: Sequence[Node], names: Mapping[str, Node], merge: bool = True
    ) -> None:
        slots: dict[int, int] = {}
        # Parts may ask the same of the same twice, in nodes of their own: it is computed once.
        known: dict[object, int] = {}
        steps: list[Step] = []
        nodes: list[Node] = []
        for node in _ordered(outputs):
            slot = len(nodes)
            if isinstance(node, Derived):
                inputs = tuple((key, slots[id(child)]) for key, child in node.inputs.items())
                same = (node.function, _asked(node, inputs))
                if merge and same in known:
                    slots[id(node)] = known[same]
                    continue
                known[same] = slot
                steps.append(Step(node.name, node.function, inputs, slot))
            slots[id(node)] = slot
            nodes.append(node)
        self.nodes = tuple(nodes)
        self.steps = tuple(steps)
        self.outputs = tuple(slots[id(node)] for node in outputs)
        self.slots = {name: slots[id(leaf)] for name, leaf in names.items() if id(leaf) in slots}
        self._moved: dict[frozenset[int], tuple[Step, ...]] = {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the leaves that the results depend on."""
        return tuple(self.slots)

    def run(self, values: Mapping[str, ArrayLike]) -> list[Array]:
        """
        Compute the outputs with other values of some leaves.

        Parameters
        ----------
        values : mapping of str to array_like
            By name; a name that the results do not depend on is passed over. Arrays broadcast.

        Returns
        -------
        list of ndarray
            In the order of the outputs. Nodes that no given leaf changes keep their values.

        Raises
        ------
        ValueError
            If a formula refuses a value.
        """
        found: list[Any] = [node.value for node in self.nodes]
        given = {self.slots[name]: value for name, value in values.items() if name in self.slots}
        for slot, value in given.items():
            found[slot] = np.asarray(value, dtype=float)
        for step in self._behind(frozenset(given)):
            found[step.slot] = step.function(**{key: found[slot] for key, slot in step.inputs})
        return [np.asarray(found[slot], dtype=float) for slot in self.outputs]

    def _behind(self, leaves: frozenset[int]) -> tuple[Step, ...]:
        """Return the steps that some leaves change, looked up once for each set of leaves."""
        if leaves not in self._moved:
            moved = set(leaves)
            behind = []
            for step in self.steps:
                # A node that is given is not computed.
                if step.slot not in leaves and any(slot in moved for _, slot in step.inputs):
                    behind.append(step)
                    moved.add(step.slot)
            self._moved[leaves] = tuple(behind)
        return self._moved[leaves]


def smallest(load: Node, limit: Node, leaf: Estimate, too_few: Node) -> Node:
    """
    Return the smallest whole value of an input at which a load fits its limit, all else as it is.

    Parameters
    ----------
    load, limit : Node
        In one unit; the more there is of the input, the more of the load fits.
    leaf : Estimate
        The input.
    too_few : Node
        A whole number of it that does not suffice. [unit of the input]

    Returns
    -------
    Node
        Infinite where no number suffices. [unit of the input]
    """
    program = Program([load, limit], {"it": leaf})

    def suffices(number: Array) -> NDArray[np.bool_]:
        wanted, there = program.run({"it": number})
        return np.asarray(wanted <= there * (1.0 + 1e-9))

    shape = np.broadcast_shapes(np.shape(load.value), np.shape(limit.value))
    found = fewest(suffices, np.broadcast_to(np.asarray(too_few.value, float), shape))
    return asked(found, leaf.unit, "the fewest at which the load fits, searched for")


def _asked(node: Derived, inputs: tuple[tuple[str, int], ...]) -> tuple[object, ...]:
    """Return what tells a step from others of its function: of an operation the names do not."""
    return tuple(slot for _, slot in inputs) if node.formula.operation else inputs


def _ordered(outputs: Iterable[Node]) -> Iterable[Node]:
    """Yield every node behind `outputs` once, inputs before what is computed from them."""
    done: set[int] = set()
    stack: list[tuple[Node, bool]] = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready or isinstance(node, Estimate):
            done.add(id(node))
            yield node
            continue
        stack.append((node, True))
        stack.extend((child, False) for child in node.inputs.values() if id(child) not in done)
