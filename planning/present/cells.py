"""
Tables as rows of words: the terminal and the page print the same ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from planning.flow.constraint import Constraint
from planning.flow.finding import Severity
from planning.numbers.catalog import shipped_catalog
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, Node, value_at
from planning.numbers.units import show, show_load
from planning.questions.assess import Assessment, Verdict
from planning.questions.caveats import Caveat
from planning.questions.phases import PhaseStep
from planning.questions.requirements import Requirement
from planning.system.system import System

if TYPE_CHECKING:
    from planning.audit.verdicts import Audit, Audited

LADDER_HEAD = (
    "phase", "holds", "document", "breaks first", "then", "per month", "once", "per 1,000 users",
    "document's", "lead time", "work", "costs",
)  # fmt: skip
NEEDS_HEAD = ("resource", "needed", "there is", "factor", "document says")

AUDIT_HEAD = ("claim", "line", "what", "claimed", "computed", "verdict", "why")

VERDICT_WORDS = (
    "STABLE: all served at once. LAG: all served, late. DEGRADED: all served, worse. BLOCK: a cap "
    "turns some away, by design. FAIL: some are turned away. CRASH: at least half are. UNKNOWN: "
    "part of it is not modelled. Users do the heaviest activity where an event names none."
)

# Colour of a verdict, by its role in the palette: what holds by a hair is no failure.
VERDICT_TONES = {
    Verdict.HOLDS: "ok",
    Verdict.WARNING: "warn",
    Verdict.CRITICAL: "warn",
    Verdict.FLAWED: "bad",
    Verdict.UNKNOWN: "bad",
    Verdict.FAILS: "bad",
}


def held_users(result: Assessment, count: float, free: str = "no limit") -> str:
    """
    Print how many users a system holds: less than one is no one.

    Where something is wanted that no part takes, its limits say only how many it does not hold.

    Parameters
    ----------
    result : Assessment
        Of the system.
    count : float
        Its capacity; infinite where no limit is reached. [user]
    free : str
        What is said of an infinite one.
    """
    words = free if math.isinf(count) else "nobody" if count < 1 else show(count, "user")
    if count < 1 or not any(each.vanished for each in result.severe):
        return words
    return "not known" if math.isinf(count) else f"at most {words}"


def verdict_sentence(result: Assessment) -> str:
    """Say whether a system holds the users asked about."""
    users = show(value_at(result.users), "user")
    return {
        Verdict.HOLDS: f"Holds {users}",
        Verdict.WARNING: f"Holds {users}, with little room",
        Verdict.CRITICAL: f"Holds {users}, with hardly any room",
        Verdict.FLAWED: f"Would hold {users}, but not as it is configured",
        Verdict.UNKNOWN: f"Nobody can say whether it holds {users}",
        Verdict.FAILS: f"Does not hold {users}",
    }[result.verdict]


def without_empty(
    head: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """Return a table without the columns in which no row says anything."""
    used = [i for i in range(len(head)) if not rows or any(row[i] for row in rows)]
    return [head[i] for i in used], [[row[i] for i in used] for row in rows]


def shown(node: Node | None) -> str:
    """Print a node's number with its unit; nothing for None."""
    return "" if node is None else show(value_at(node), node.unit)


def shown_load(node: Node) -> str:
    """Print a load; an infinite one has no end."""
    return show_load(value_at(node), node.unit)


def traffic_titles(result: Assessment) -> list[tuple[str, Derived]]:
    """
    Return what is worth showing, limit or not, by its name.

    Where several parts tell something of one name, each title says its part.
    """
    names = Counter(node.name for node in result.traffic)
    return [
        (f"{name} ({part})" if part and names[node.name] > 1 else name, node)
        for part, node in result.traffic_by_part
        for name in [node.name.replace("_", " ")]
    ]


def share_used(used: float) -> str:
    """
    Print a utilisation: percent, and as a multiple where percent would be unreadable.

    >>> share_used(0.35), share_used(333.4), share_used(float("inf"))
    ('35 %', '333×', 'none there')
    """
    if math.isinf(used):
        return "none there"  # something is wanted where the limit is zero
    return f"{show(used, 'ratio')}×" if used >= 10 else show(used, "fraction")


def _costs(step: PhaseStep) -> str:
    """Say what a phase does to the costs before it; what is not named is kept."""
    done = {"adds": step.added, "replaces": step.replaced, "drops": step.dropped}
    return "; ".join(f"{verb} {', '.join(names)}" for verb, names in done.items() if names)


def own_prices(system: System) -> str:
    """Say which rows of the catalogue a user's own prices replace; nothing where none do."""
    if not system.prices:
        return ""
    in_use = {each.row.key for each, _ in system.inputs.values() if each.row is not None}
    used = [key for key in system.prices if key in in_use]
    idle = [key for key in system.prices if key not in in_use]
    words = []
    if used:
        words.append(f"With prices of your own in place of the catalogue's: {', '.join(used)}.")
    if idle:
        words.append(f"Not used by this system: your {', '.join(idle)}.")
    return " ".join(words)


def _then(step: PhaseStep) -> str:
    """Say what breaks next: a phase may move that, and not what breaks first."""
    after = step.capacity.runner_up
    return "" if after is None else f"{after[0].name} at {show(after[1], 'user')}"


def held(step: PhaseStep) -> str:
    """Print the users a phase holds, and those the budget pays for where that is fewer."""
    users, paid = step.capacity.users, step.capacity.affordable
    text = show(users, "user")
    if step.at_target.verdict in (Verdict.FLAWED, Verdict.UNKNOWN):
        text += f", {step.at_target.verdict}"
    return text if paid >= users else f"{text} (the budget pays for {show(paid, 'user')})"


def monthly_of(step: PhaseStep) -> str:
    """Print what a phase costs per month; what nobody stated is no zero."""
    return "not stated" if step.monthly_stated is None else shown(step.monthly)


def once(step: PhaseStep) -> str:
    """Print what is paid once; what nobody stated is no zero."""
    unstated = [name for name in step.not_stated if name != "lead time"]
    paid = value_at(step.one_off)
    if not unstated or step.phase is None:
        return shown(step.one_off)
    # With the work priced, a missing price for the rest is no gap worth a word.
    if step.phase.effort is not None and step.phase.one_off is None:
        return shown(step.one_off)
    return f"at least {shown(step.one_off)}" if paid > 0 else "not stated"


def lead_time(step: PhaseStep) -> str:
    """Print the time from decision to effect; nothing for today."""
    if step.phase is None:
        return ""
    return "not stated" if step.phase.lead_time is None else shown(step.phase.lead_time)


def monthly(result: Assessment) -> str:
    """
    Print a monthly cost.

    Where items state no price it is a lower bound and says so; a zero that nothing computes names
    the items whose price is stated as zero.
    """
    cost, missing = shown(result.monthly_cost), result.not_stated
    if not result.monthly:
        return f"no price is stated for {', '.join(missing)}" if missing else "no cost is stated"
    if not missing:
        free = all(isinstance(each, Estimate) for each in result.monthly.values())
        stated = f", as stated for {', '.join(result.monthly)}"
        return cost + (stated if free and value_at(result.monthly_cost) == 0 else "")
    count = f"{len(missing)} item{'s' if len(missing) > 1 else ''} not stated"
    return f"at least {cost}, {count}: {', '.join(missing)}"


def budget_words(result: Assessment) -> str:
    """Say whether the cost is within the budget; nothing without one."""
    item = result.budget
    if item is None:
        return ""
    verb = "within" if result.within_budget else "over"
    least = "at least " if result.not_stated else ""
    return f"{least}{shown(item.load)} is {verb} the budget of {shown(item.limit)}"


def headline_findings(result: Assessment) -> list[str]:
    """Return the findings that are part of the verdict, in words, the worst first."""
    severe = [each for each in result.findings if each.severity >= Severity.HIGH]
    return [f"{each.part}: {each.what}" for each in severe]


def per_thousand(cost: Node) -> str:
    """Print a cost per 1,000 users; where no users are held, no money buys any."""
    return "holds none" if math.isinf(value_at(cost)) else shown(cost)


def backlog(constraint: Constraint) -> str:
    """Say how fast work piles up, where it does."""
    growth = 0.0 if constraint.backlog is None else value_at(constraint.backlog)
    if growth <= 0:
        return ""
    return f" The backlog grows by {shown(constraint.backlog)}."


def caveat_rows(found: Sequence[Caveat]) -> list[str]:
    """Return a line per plan, its tiers taken together: what is doubtful, what rests on it."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for each in found:
        family = each.row.plan.rpartition(".")[0]
        plan = family if shipped_catalog().schedule(family) is not None else each.row.plan
        names = groups.setdefault((plan, each.reason, each.used_by), [])
        if each.row.attribute not in names:
            names.append(each.row.attribute)
    return [
        f"{plan}: {', '.join(names)} {reason}; used by {', '.join(users)}"
        for (plan, reason, users), names in groups.items()
    ]


def ladder_rows(steps: Sequence[PhaseStep]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`LADDER_HEAD` per phase: computed beside claimed, then the costs."""
    for step in steps:
        yield (
            step.name,
            held(step),
            shown(step.claimed_users),
            step.capacity.binding.name,
            _then(step),
            monthly_of(step),
            once(step),
            "not stated" if step.monthly_stated is None else per_thousand(step.cost_per_thousand),
            shown(step.claimed_cost_per_thousand),
            lead_time(step),
            shown(step.duration),
            _costs(step),
        )


def audit_row(each: Audited) -> tuple[str, ...]:
    """Return a row of :data:`AUDIT_HEAD` for one statement."""
    statement = each.statement
    lines = [statement.line] if isinstance(statement.line, int) else statement.line
    return (
        each.name,
        ", ".join(map(str, lines)),
        statement.says,
        statement.claimed or "",
        "" if each.computed is None else str(each.computed),
        str(each.mark),
        "; ".join(each.reasons),
    )


def unfilled(found: Audit) -> str:
    """Say how many statements nothing computes yet; nothing where all are computed."""
    bare = [each for each in found.results if each.mark == "assumption" and each.solved is None]
    if not bare:
        return ""
    names = ", ".join(each.name for each in bare[:8]) + (", …" if len(bare) > 8 else "")
    return f"{len(bare)} of {len(found.results)} have nothing to compute them from: {names}"


def decisive_row(each: Audited) -> tuple[str, str, str]:
    """Return a contradiction as a manager reads it: what, what it changes, and why."""
    claimed = each.statement.claimed or "stated"
    head = f"{each.name}, line {each.statement.first_line}: {each.statement.says} — {claimed}."
    return head, "" if each.effect is None else str(each.effect), "; ".join(each.reasons)


def needs_rows(needs: Sequence[Requirement]) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`NEEDS_HEAD` per resource."""
    for need in needs:
        factor = "" if need.factor is None else share_used(need.factor)
        yield (
            need.name,
            shown_load(need.needed),
            shown(need.available),
            factor,
            shown(need.documented),
        )
