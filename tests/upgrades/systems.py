"""Small systems with random upgrades, and every schedule of them tried."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from planning.questions.assess import Verdict, assess
from planning.questions.load import parse_system
from planning.questions.upgrades.choices import Choices, Set
from planning.questions.upgrades.demand import MONTH, MonthlyDemand
from planning.system.system import System

START = dt.date(2027, 1, 1)

SHOP = """
title: Shop
workload:
  users: 500 users
  target: 5k users
  activities:
    page: {interval: 10 s, queries: 5, query_time: 20 ms, query_cpu: 2 ms, cpu_time: 10 ms}
parts:
  app: {kind: service, processes: 1, cores: 1, pool_size: 10}
  database: {kind: database, plan: supabase.compute.micro}
costs:
  base: {monthly: $25/month}
  compute: {plan: supabase.compute.micro}
"""

BY_USE = """\
  mail:
    per_user:
      value: $0.02/user/month
      low: $0.01/user/month
      high: $0.05/user/month
      source: a bill
"""
DOUBT = "query_time: {value: 20 ms, low: 10 ms, high: 50 ms, source: measured once}"


def shop(upgrades: str = "", *, doubted: bool = False, paid_by_use: bool = False) -> System:
    """Return the shop with some upgrades, a line of YAML each; `doubted` with ranges."""
    text = SHOP.replace("query_time: 20 ms", DOUBT) if doubted else SHOP
    text += BY_USE if paid_by_use else ""
    return parse_system(text + (f"upgrades:\n{upgrades}" if upgrades else ""))


def random_shop(
    rng: np.random.Generator, *, doubted: bool = False, paid_by_use: bool = False
) -> System:
    """Return a shop with two or three upgrades that more or less help, some by turns."""
    lines = []
    for index in range(int(rng.integers(2, 4))):
        number = int(rng.integers(1, 9))
        changes = (
            f"{{parts: {{app: {{cores: {number}, processes: {number}}}}}, "
            f"costs: {{hosts: {{monthly: ${10 * number}/month}}}}}}",
            f"{{parts: {{app: {{pool_size: {number * 8}}}}}}}",
            f"{{parts: {{cache: {{kind: cache, hit_ratio: {0.1 * number:.1f}}}}}, "
            f"costs: {{cache: {{monthly: ${4 * number}/month}}}}}}",
            f"{{workload: {{activities: {{page: {{query_time: {4 * number} ms}}}}}}}}",
        )[int(rng.integers(4))]
        before = f", after: [u{int(rng.integers(index))}]" if index and rng.random() < 0.3 else ""
        out = f", excludes: [u{int(rng.integers(index))}]" if index and rng.random() < 0.2 else ""
        lead = int(rng.integers(0, 70))
        lines.append(
            f"  - {{name: u{index}, changes: {changes}, one_off: ${int(rng.integers(0, 300))}, "
            f"lead_time: {lead} days{before if before != out.replace('excludes', 'after') else ''}"
            f"{out if before == '' else ''}}}\n"
        )
    return shop("".join(lines), doubted=doubted, paid_by_use=paid_by_use)


def random_demand(rng: np.random.Generator) -> MonthlyDemand:
    """Return three or four months of users."""
    users = np.sort(rng.integers(100, 1500, size=int(rng.integers(3, 5)))).astype(float)
    return MonthlyDemand(START, users, users, "drawn")


def brute(
    choices: Choices,
    demand: MonthlyDemand,
    headroom: float,
    budget: float,
    surely: Callable[[System, float], bool] = lambda system, users: True,
) -> tuple[int, int, float]:
    """
    Return the best of every schedule.

    The fewest months above the budget, then the fewest not held, then the least cost for them.
    """
    allowed = choices.allowed()
    sets = [place for place in np.ndindex(*choices.shape) if allowed[place]]
    held, cost = {}, {}
    for place in sets:
        for month, users in enumerate(demand.users):
            held[place, month], cost[place, month] = _asked(choices, place, users, headroom, budget)
            held[place, month] &= surely(choices.system_of(place), users)
    leads = choices.leads()
    best = (len(demand.users) + 1, len(demand.users) + 1, np.inf)
    for path in itertools.product(sets, repeat=len(demand.users)):
        total, before = 0.0, choices.today
        for month, place in enumerate(path):
            for axis, lead, old, new in zip(choices.axes, leads, before, place, strict=True):
                if axis.sizes_of:
                    continue
                if new < old or lead[new] / 86_400 > month * MONTH + 1e-9:
                    total = np.inf
                total += sum(each.once for each in axis.choices[old + 1 : new + 1])
            total += cost[place, month]
            before = place
        if np.isfinite(total):
            unheld = sum(not held[place, month] for month, place in enumerate(path))
            over = sum(cost[place, month] > budget + 1e-9 for month, place in enumerate(path))
            best = min(best, (over, unheld, total))
    return best


def _asked(
    choices: Choices, place: Set, users: float, headroom: float, budget: float
) -> tuple[bool, float]:
    """Return whether a set holds so many users, and its cost, from its system alone."""
    result = assess(choices.system_of(place), users)
    cost = float(np.asarray(result.monthly_cost.value))
    sound = result.verdict not in (Verdict.FLAWED, Verdict.UNKNOWN)
    return sound and float(result.used) <= 1 - headroom + 1e-9 and cost <= budget + 1e-9, cost


def held_and_cost(
    choices: Choices, path: Sequence[Set], demand: MonthlyDemand, headroom: float, budget: float
) -> tuple[int, int, float]:
    """Return the months that sets hold, those above the budget, and the cost, set by set."""
    held, over, paid, before = 0, 0, 0.0, choices.today
    for place, users in zip(path, demand.users, strict=True):
        good, cost = _asked(choices, place, users, headroom, budget)
        for axis, old, new in zip(choices.axes, before, place, strict=True):
            paid += sum(each.once for each in axis.choices[old + 1 : new + 1])
        held, over, before = held + good, over + (cost > budget + 1e-9), place
        paid += cost
    return held, over, paid
