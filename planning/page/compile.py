"""
A program as JavaScript: its steps as assignments to slots of one array.

The steps that users move and those they do not are two functions, so that a search over users
repeats only the former::

    still(v)     v[12] = v[3] * v[4]; …          after an input was moved
    moving(v)    v[57] = pool_wait(v[12], …); …  at every number of users

Nothing of a file gets into the code but numbers of slots: names and texts travel as data.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from planning.models.networks.closed_classes import throughput_among
from planning.numbers.nodes import Derived
from planning.numbers.program import Program
from planning.numbers.tariff import charged
from planning.page.formulas import PORTED, CannotCompile, Function, has_port, javascript_of, name_of

_JOINED = {"+": " + ", "×": " * "}
_CALLED = {
    "÷": "quotient({})",
    "−": "rest({})",
    "min": "Math.min({})",
    "max": "Math.max(0, {})",
    "rounded up": "wholeUp({})",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    A program's steps in JavaScript.

    Attributes
    ----------
    still, moving : str
        Bodies of functions of ``v``, the array of slots.
    formulas : tuple of callable
        Arithmetic formulas that the bodies call; each needs a function of its own.
    """

    still: str
    moving: str
    formulas: tuple[Function, ...]


def compiled(program: Program, mover: str = "users", held: Collection[int] = ()) -> Compiled:
    """
    Translate a program.

    Parameters
    ----------
    program : Program
        Its steps are sums, products and their like, and functions marked with ``@formula``.
    mover : str
        Name of the leaf that moves most often.
    held : collection of int
        Slots that may be given a value in place of what they compute: what is kept of what was
        written while users grew.

    Raises
    ------
    CannotCompile
        If a step calls a function that has no counterpart in JavaScript; the message names the
        function and the step.
    """
    moved = {program.slots[mover]} if mover in program.slots else set()
    still, moving = list[str](), list[str]()
    used: dict[Function, None] = {}
    for step in program.steps:
        node, inputs = program.nodes[step.slot], dict(step.inputs)
        assert isinstance(node, Derived)  # leaves have no step
        call = _call(node, inputs)
        if step.slot in held:
            call = f"KEPT.get({step.slot}) ?? {call}"
        line = f"v[{step.slot}] = {call};"
        if not node.formula.operation and node.function not in (*PORTED, charged):
            used[node.function] = None
        depends = any(each in moved for each in inputs.values())
        if depends:
            moved.add(step.slot)
        (moving if depends else still).append(line)
    return Compiled("\n".join(still), "\n".join(moving), tuple(used))


def functions(formulas: Iterable[Function]) -> str:
    """Return the JavaScript of arithmetic formulas, each once; two of one name are refused."""
    written: dict[str, Function] = {}
    for function in formulas:
        other = written.setdefault(function.__name__, function)
        if other is not function:
            raise CannotCompile(f"two formulas are called {function.__name__}: rename one.")
    return "\n".join(javascript_of(function) for function in written.values())


def _call(node: Derived, inputs: dict[str, int]) -> str:
    slots = [f"v[{slot}]" for slot in inputs.values()]
    sign = node.formula.operation
    if sign in _JOINED:
        return _JOINED[sign].join(slots) or "0"
    if sign in _CALLED:
        return _CALLED[sign].format(", ".join(slots)) if slots else "0"
    if node.function is charged:
        return _bill(inputs)
    if node.function is throughput_among:
        return f"{name_of(node.function)}({_kinds(inputs)})"
    if not has_port(node.function):
        where = f"{node.function.__module__}.{node.function.__name__}"
        raise CannotCompile(
            f"this system has {node.name!r}, computed by {where}, which has no counterpart in "
            "JavaScript: a page cannot compute it yet; the workbooks of `planning serve FILE` can."
        )
    named = inspect.signature(node.function).parameters
    several = {key: slot for key, slot in inputs.items() if key not in named}
    given = [
        f"v[{inputs[name]}]" if name in inputs else "undefined"
        for name, parameter in named.items()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    if several:
        given.append(_others(several))
    while given and given[-1] == "undefined":
        given.pop()
    return f"{name_of(node.function)}({', '.join(given)})"


def _others(inputs: dict[str, int]) -> str:
    """Return utilisation and servers of every further resource below a pool, in turn."""
    found = []
    for key, slot in inputs.items():
        what, _, name = key.partition(": ")
        if what == "utilisation":
            servers = inputs.get(f"servers: {name}")
            found += [f"v[{slot}]", "1" if servers is None else f"v[{servers}]"]
    return f"[{', '.join(found)}]"


def _kinds(inputs: dict[str, int]) -> str:
    """Return users, cycle and what is needed of every station, a list for each kind of users."""
    table: dict[str, dict[str, int]] = {}
    for key, slot in inputs.items():
        what, _, kind = key.partition(": ")
        table.setdefault(kind, {})[what] = slot
    wanted = dict.fromkeys(("users", "cycle", *(what for row in table.values() for what in row)))
    rows = (", ".join(f"v[{row[what]}]" for what in wanted) for row in table.values())
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def _bill(inputs: dict[str, int]) -> str:
    ends, prices = (
        ", ".join(f"v[{slot}]" for key, slot in inputs.items() if key.endswith(word))
        for word in ("up_to", "price")
    )
    included = f"v[{inputs['included']}]" if "included" in inputs else "0"
    return f"tiered(v[{inputs['used']}], {included}, [{ends}], [{prices}])"
