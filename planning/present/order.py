"""
In which order sliders come: what matters most first, what can be bought before what cannot.

What decides is the capacity. Of inputs that can be bought (cores, pools, memory) it is how far a
slider moves the capacity from end to end; of those that are doubted, how much narrower the answer
is once they are known. Everything else is folded away: it is firm, or it moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from planning.numbers.estimate import Estimate
from planning.present.ranges import ends
from planning.questions.sensitivity import effects, influences
from planning.system.system import System

# Fields of parts that are bought, as their names say in every kind of part.
_BOUGHT = frozenset(
    {
        "cores", "own_cores", "node_cores", "processes", "workers", "threads", "memory",
        "node_memory", "replicas", "nodes", "servers", "shards", "partitions", "copies",
        "max_connections", "pool_size", "max_clients", "connections", "environments", "disk",
        "iops", "throughput",
    }
)  # fmt: skip
_ENOUGH = 8  # sliders that a panel shows at a glance
_BASE_DRAWS = 64  # an order needs no more, and a board waits for it


def can_be_bought(path: str, estimate: Estimate) -> bool:
    """
    Return whether an input is a size to buy: a resource of a part, or a quota of its plan.

    >>> can_be_bought("parts.app.cores", Estimate(2.0, "core"))
    True
    >>> can_be_bought("workload.peak_to_mean", Estimate(3.0, "ratio"))
    False
    """
    owner, _, name = path.rpartition(".")
    if not owner.startswith("parts."):
        return False
    return name in _BOUGHT or (estimate.row is not None and not estimate.unit.startswith("USD"))


def in_order(system: System, paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    Return inputs in the order in which they are worth moving, and those to fold away.

    Parameters
    ----------
    system : System
        With single numbers as inputs.
    paths : sequence of str
        Inputs that get a slider, in the order of the file.

    Returns
    -------
    shown, folded
        What can be bought and moves the capacity, the furthest first; then what is doubted and
        moves it, what narrows the answer most first. Where these are few, as when another limit
        binds than the one a workbook is about, more that is doubted follows as in the file.
    """
    known = {path: system.inputs[path].estimate for path in paths}
    sizes = {p: ends(each) for p, each in known.items() if can_be_bought(p, each)}
    moved = effects(system, sizes)
    rank = {
        path: number
        for number, each in enumerate(influences(system, _BASE_DRAWS))
        for path in each.paths
    }
    shown = sorted((p for p in sizes if moved[p] > 0), key=lambda path: -moved[path])
    shown += sorted((p for p in paths if p in rank and p not in shown), key=rank.__getitem__)
    more = [path for path in paths if known[path].doubted and path not in shown]
    shown += more[: max(_ENOUGH - len(shown), 0)]
    return shown, [path for path in paths if path not in shown]
