"""
Formulas as JavaScript: from their own texts where these are arithmetic, by ports elsewhere.

The text of an arithmetic formula is what the tests hold its function to, so the text is all
that is translated; which values the function refuses is read off the guards it opens with.
What is no arithmetic (a queue, a cache, a fixed point) was written by hand in ``static/formulas/``
under the function's own name, and the tests hold each to the Python over a grid.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from planning.models.data.popularity import (
    cold_hit_ratio,
    lru_hit_ratio,
    warm_up_time,
    zipf_ttl_hit_ratio,
)
from planning.models.data.replication import replication_lag
from planning.models.formula import formula_of
from planning.models.money.cost import cost_per_thousand_users
from planning.models.networks.closed_classes import throughput_among
from planning.models.networks.layers import closed_throughput, held_time, place_wait
from planning.models.networks.pools import called_failed, called_wait
from planning.models.queueing.burst import served, spare_rate
from planning.models.queueing.contention import crowded_hold_time, lock_wait, round_trips_held
from planning.models.queueing.dispatch import fewest_first_share, in_turn_share
from planning.models.queueing.jobs import job_age, oldest_age
from planning.models.queueing.quotas import back_off_time, tries_per_call
from planning.models.queueing.recurring import run_time
from planning.models.servers.batching import batch_time
from planning.models.servers.connections import mean_hold_time, pool_failed, pool_full, pool_wait
from planning.models.servers.environments import cold_share, environments_kept
from planning.models.servers.scaling import usl_peak, usl_speedup
from planning.models.servers.serverless import invocations_per_month
from planning.models.servers.sockets import kept_open

Function = Callable[..., Any]

# Written by hand; the last eight are arithmetic with an edge that their text does not say.
PORTED: tuple[Function, ...] = (
    back_off_time,
    batch_time,
    called_failed,
    called_wait,
    closed_throughput,
    cold_hit_ratio,
    cold_share,
    crowded_hold_time,
    environments_kept,
    fewest_first_share,
    held_time,
    in_turn_share,
    job_age,
    lock_wait,
    lru_hit_ratio,
    oldest_age,
    place_wait,
    pool_failed,
    pool_full,
    pool_wait,
    replication_lag,
    run_time,
    spare_rate,
    throughput_among,
    tries_per_call,
    warm_up_time,
    zipf_ttl_hit_ratio,
    cost_per_thousand_users,
    invocations_per_month,
    kept_open,
    mean_hold_time,
    round_trips_held,
    served,
    usl_peak,
    usl_speedup,
)

_GUARDS = {
    "non_negative": "nonNegative",
    "positive": "positive",
    "at_least_one": "atLeastOne",
    "fraction": "fraction",
    "finite": "finite",
}
_CALLS = {"min": "Math.min", "max": "Math.max", "log": "Math.log", "exp": "Math.exp"}
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
# Functions that round a quotient only after what is whole but for rounding error was made whole.
_SNAPPING = {"_snapped", "units_needed", "units_that_fit"}


class CannotCompile(ValueError):
    """A function of a system has no counterpart in JavaScript."""


def has_port(function: Function) -> bool:
    """Return whether a function can be called in a page."""
    return function in PORTED or formula_of(function).arithmetic


def name_of(function: Function) -> str:
    """Return what a function is called in a page: its own name where it was written by hand."""
    return function.__name__ if function in PORTED else f"of_{function.__name__}"


def javascript_of(function: Function) -> str:
    """
    Return the JavaScript of an arithmetic formula, as a function of the same arguments.

    Parameters
    ----------
    function : callable
        Marked with ``@formula``.

    Raises
    ------
    CannotCompile
        If its text is no arithmetic, or the text uses what has no counterpart.

    Examples
    --------
    >>> from planning.models.money.cost import overage_cost
    >>> print(javascript_of(overage_cost).splitlines()[-2].strip())
    return (Math.max((used - included), 0) * unit_price);
    """
    text = formula_of(function)
    if not text.arithmetic:
        raise CannotCompile(
            f"{function.__module__}.{function.__name__} is no arithmetic and has no counterpart in "
            "JavaScript: write one in planning/page/static/formulas and name it in PORTED."
        )
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
    expression = _expression(ast.parse(text.text, mode="eval").body, bool(names & _SNAPPING))
    guards = "".join(f"  {guard}\n" for guard in _guards(function, body))
    given = ", ".join(_parameters(function))
    return f"function {name_of(function)}({given}) {{\n{guards}  return {expression};\n}}"


def _parameters(function: Function) -> Iterator[str]:
    for name, parameter in inspect.signature(function).parameters.items():
        default = parameter.default
        yield name if default is inspect.Parameter.empty else f"{name} = {float(default)!r}"


def _guards(function: Function, body: ast.Module) -> Iterator[str]:
    """Yield a check for every guard that the function calls on one of its own arguments."""
    known = inspect.signature(function).parameters
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            guard = _GUARDS.get(node.func.id)
            for keyword in node.keywords:
                value = keyword.value
                if guard and isinstance(value, ast.Name) and value.id in known:
                    yield f'{guard}("{value.id}", {value.id});'


def _expression(node: ast.expr, snaps: bool) -> str:
    match node:
        case ast.Constant(value=int() | float() as number):
            return repr(number)
        case ast.Name(id=name):
            return name
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            sides = _expression(left, snaps), _expression(right, snaps)
            if isinstance(op, ast.Pow):
                return f"Math.pow({sides[0]}, {sides[1]})"
            return f"({sides[0]} {_SIGNS[type(op)]} {sides[1]})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_expression(operand, snaps)})"
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            given = ", ".join(_expression(each, snaps) for each in args)
            if name in ("ceil", "floor"):
                return f"Math.{name}({f'snapped({given})' if snaps else given})"
            if name in _CALLS:
                return f"{_CALLS[name]}({given})"
    raise CannotCompile(f"{ast.unparse(node)!r} has no counterpart in JavaScript.")
