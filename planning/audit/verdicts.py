"""
The verdict on each statement of a document: computed, never stored.

::

    claimed 10,000 users ── another line says 2,000 ──▶ contradicted, by that line
                         ── a row of the catalogue is lower ──▶ contradicted, by that row
                         ── computed, and nothing was guessed ──▶ confirmed or contradicted
                         ── computed from a guess ──▶ assumption, and the guess that makes it true
                         ── nothing to compute it from ──▶ assumption
    no number at all ──▶ finding
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from planning.audit.arithmetic import calculate
from planning.audit.asking import answer
from planning.audit.parsed import Said
from planning.audit.solving import Solved, solved_for
from planning.audit.statements import Ask, Statement, Statements
from planning.numbers.catalog import shipped_catalog
from planning.numbers.nodes import pretty
from planning.numbers.units import parse, show

_APPROXIMATE = 0.25  # "about 50" is not refuted by 45
_MOST_CORNERS = 64
_NOTHING_LEFT = math.log(
    1e4
)  # where a claim leaves nothing at all it is no better than 10,000-fold


class Mark(StrEnum):
    """What became of a statement."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    ASSUMPTION = "assumption"
    FINDING = "finding"


@dataclass(frozen=True)
class Computed:
    """What was computed for a statement: a range or a word, and how."""

    low: float
    high: float
    unit: str
    how: str
    word: str = ""

    def __str__(self) -> str:
        if self.word:
            return self.word
        if math.isclose(self.low, self.high, rel_tol=1e-9):
            return show(self.low, self.unit)
        return f"{show(self.low, self.unit)} to {show(self.high, self.unit)}"


@dataclass(frozen=True)
class Effect:
    """What a contradiction does to a decision: a capacity or a cost, as believed and as it is."""

    what: str
    believed: float
    computed: float
    unit: str

    @property
    def factor(self) -> float:
        """Believed over computed; infinite where nothing is left of it."""
        if self.computed <= 0:
            return math.inf if self.believed > 0 else 1.0
        return self.believed / self.computed

    def __str__(self) -> str:
        return (
            f"{self.what}: {show(self.believed, self.unit)} believed, "
            f"{show(self.computed, self.unit)} computed"
        )


@dataclass(frozen=True)
class Audited:
    """
    A statement with its verdict.

    Attributes
    ----------
    name : str
        Its id.
    statement : Statement
        What the claims file says.
    mark : Mark
        The verdict.
    computed : Computed or None
        What was computed, if anything.
    reasons : tuple of str
        What speaks against it, or what it rests on.
    solved : Solved or None
        What would have to be true.
    effect : Effect or None
        What it changes in the decision.
    """

    name: str
    statement: Statement
    mark: Mark
    computed: Computed | None = None
    reasons: tuple[str, ...] = ()
    solved: Solved | None = None
    effect: Effect | None = None


@dataclass(frozen=True)
class Audit:
    """All verdicts on one document, in its order."""

    name: str
    statements: Statements
    results: tuple[Audited, ...]

    def counts(self) -> dict[Mark, int]:
        """Return how many statements there are of each verdict."""
        return {mark: sum(each.mark is mark for each in self.results) for mark in Mark}

    def decisive(self, most: int = 5) -> list[Audited]:
        """Return the contradictions that change the decision most, the greatest first."""
        against = [each for each in self.results if each.mark is Mark.CONTRADICTED and each.effect]
        first: dict[str, Audited] = {}
        for each in sorted(against, key=_weight, reverse=True):
            first.setdefault(each.statement.quantity.lower() or each.name, each)
        return list(first.values())[:most]


def _weight(each: Audited) -> tuple[bool, bool, float]:
    """Rank what moves the whole system first, then what was believed too well, then by size."""
    if each.effect is None:
        return False, False, 0.0
    factor = each.effect.factor
    size = abs(math.log(factor)) if 0 < factor < math.inf else _NOTHING_LEFT
    whole = each.effect.what in {"capacity", "cost", "cost per 1000 users"}
    believed_more = factor > 1
    return whole, believed_more == (each.effect.unit == "user"), size


def audit(statements: Statements, name: str = "") -> Audit:
    """
    Give a verdict on every statement of a document.

    Parameters
    ----------
    statements : Statements
        A claims file.
    name : str
        What the audit is called.

    Raises
    ------
    ValueError
        If a question cannot be put or an arithmetic not be done; every such claim is named.
    """
    results, problems = [], []
    rivals = _rivals(statements)
    for key, statement in statements.claims.items():
        try:
            results.append(_audited(key, statement, statements, rivals.get(key, ())))
        except ValueError as error:
            problems.append(f"{key} (line {statement.first_line}): {error}")
    if problems:
        raise ValueError("\n".join(problems[:12]))
    return Audit(name or statements.document, statements, tuple(results))


def _audited(
    key: str, statement: Statement, statements: Statements, rivals: tuple[str, ...]
) -> Audited:
    said = statement.said()
    computed = _computed(statement, statements.system, said)
    found = Audited(key, statement, Mark.FINDING, computed)
    if statement.claimed is None or (said is None and computed is None):
        return replace(found, reasons=(statement.why,) if statement.why else ())
    against = [*rivals, *_past_limit(statement, said)]
    guess = statement.solve or next(
        (name for name, each in statement.inputs.items() if each.assumed), None
    )
    if said is not None and guess is not None and not against:
        return _with_guess(found, said, statements.system, guess)
    if computed is not None and not against:
        against += _disagreement(statement, said, computed)
    if against:
        mark = Mark.CONTRADICTED
    elif computed is not None or statement.within is not None:
        mark = Mark.CONFIRMED
    else:
        mark = Mark.ASSUMPTION
    support = "stated, and nothing stated supports it" if mark is Mark.ASSUMPTION else ""
    reasons = tuple(each for each in (*against, support, statement.why) if each)
    effect = _effect(statement, statements.system, said, computed) if against else None
    return replace(found, mark=mark, reasons=reasons, effect=effect)


def _with_guess(found: Audited, said: Said, system: str | None, guess: str) -> Audited:
    """Return the verdict on a statement that rests on an input nobody states."""
    solved = solved_for(found.statement, said, system, guess)
    if solved is None:
        reason = f"no value of {guess} makes it true"
        effect = _effect(found.statement, system, said, found.computed)
        return replace(found, mark=Mark.CONTRADICTED, reasons=(reason,), effect=effect)
    reasons = tuple(each for each in (str(solved), found.statement.why) if each)
    return replace(found, mark=Mark.ASSUMPTION, reasons=reasons, solved=solved)


def _computed(statement: Statement, system: str | None, said: Said | None) -> Computed | None:
    if statement.ask is not None:
        found = answer(statement.ask, system)
        if isinstance(found.value, str):
            return Computed(0.0, 0.0, "", found.how, word=found.value)
        if said is not None and said.unit not in {found.unit, "ratio", "fraction"}:
            raise ValueError(
                f"claimed in {said.unit!r}, but {statement.ask.take!r} gives {found.unit!r}."
            )
        return Computed(found.value, found.value, found.unit, found.how)
    unit = said.unit if said is not None else "ratio"
    if statement.row is not None:
        row = shipped_catalog().row(statement.row)
        ends = (row.value if end is None else end for end in (row.low, row.high))
        low, high = (parse(row.quantity(end), unit) for end in ends)
        return Computed(low, high, unit, f"{row.key} = {row}, {row.date}, {row.source}")
    if statement.arithmetic is not None:
        return _calculated(statement.arithmetic, statement, unit)
    return None


def _calculated(expression: str, statement: Statement, unit: str) -> Computed:
    inputs = {name: each.said() for name, each in statement.inputs.items()}
    ends = [{each.low, each.high} for each in inputs.values()]
    if any(math.isinf(end) for pair in ends for end in pair):
        raise ValueError("an input must have both ends; write 80 % instead of more than 80 %.")
    corners = list(itertools.islice(itertools.product(*map(sorted, ends)), _MOST_CORNERS))
    values = [calculate(expression, dict(zip(inputs, corner, strict=True))) for corner in corners]
    numbers = {name: each.text.strip() for name, each in inputs.items()}
    pattern = "|".join(rf"\b{re.escape(name)}\b" for name in sorted(numbers, key=len)[::-1])
    filled = re.sub(pattern, lambda match: numbers[match[0]], expression) if numbers else expression
    found = Computed(min(values), max(values), unit, "")
    return replace(found, how=f"{pretty(expression)} = {pretty(filled)} = {found}")


def _disagreement(statement: Statement, said: Said | None, computed: Computed) -> list[str]:
    if computed.word:
        words = {each.strip().lower() for each in (statement.claimed or "").split("/")}
        words |= {each.lower() for each in statement.means}
        if computed.word.lower() in words:
            return []
        return [f"computed is {computed.word}: {computed.how}"]
    if said is None:
        raise ValueError(f"{statement.claimed!r} is no number, but {computed} is computed.")
    if _overlap(said, computed.low, computed.high, statement.tolerance):
        return []
    by = "by arithmetic" if statement.arithmetic else "computed"
    return [f"{by} it is {computed}{_by_how_much(said, computed)}: {computed.how}"]


def _overlap(said: Said, low: float, high: float, tolerance: float) -> bool:
    slack = max(tolerance, _APPROXIMATE) if said.approximate else tolerance
    least, most = (end * (1 + slack) if end * side > 0 else end * (1 - slack)
                   for end, side in ((said.low, -1.0), (said.high, 1.0)))  # fmt: skip
    return bool(low <= most and high >= least)


def _by_how_much(said: Said, computed: Computed) -> str:
    nearest = min(max(computed.low, said.low), said.high)
    if nearest <= 0 or computed.low <= 0 or math.isinf(nearest):
        return ""
    end = computed.low if computed.low > nearest else min(computed.high, computed.low)
    if computed.high < nearest:
        end = computed.high
    factor = end / nearest
    if factor > 2:
        return f", {show(factor, 'ratio')} times that"
    if factor < 0.5:
        return f", {show(1 / factor, 'ratio')} times less"
    return f", {show(abs(factor - 1), 'fraction')} {'more' if factor > 1 else 'less'}"


def _past_limit(statement: Statement, said: Said | None) -> list[str]:
    if statement.within is None or said is None:
        return []
    row = shipped_catalog().row(statement.within)
    limit = parse(row.quantity(row.value), said.unit if said.unit != "ratio" else row.unit)
    least = said.low if math.isfinite(said.low) else said.high
    if least <= limit * (1 + statement.tolerance):
        return []
    return [f"{row.key} is {row} ({row.date}): {show(least / limit, 'ratio')} times over"]


def _rivals(statements: Statements) -> dict[str, tuple[str, ...]]:
    """Return, for each claim, what others say of the same quantity and cannot both be true."""
    groups: dict[str, list[tuple[str, Statement, Said]]] = {}
    for key, statement in statements.claims.items():
        said = statement.said()
        if statement.quantity and said is not None:
            words = " ".join(statement.quantity.lower().split())
            groups.setdefault(words, []).append((key, statement, said))
    found: dict[str, list[str]] = {}
    for members in groups.values():
        for (key, statement, said), (other, rival, told) in itertools.permutations(members, 2):
            if said.unit != told.unit:
                continue
            slack = max(statement.tolerance, rival.tolerance)
            if not _overlap(said, told.low, told.high, slack):
                words = f"{other} (line {rival.first_line}) says {rival.claimed}"
                found.setdefault(key, []).append(f"{words} of the same: {rival.quantity}")
    return {key: tuple(reasons) for key, reasons in found.items()}


def _effect(
    statement: Statement, system: str | None, said: Said | None, computed: Computed | None
) -> Effect | None:
    """Return what a contradiction changes: as the claim has it, and as it is."""
    if statement.effect is not None:
        as_it_is = Ask(
            take=statement.effect.take,
            system=statement.effect.system,
            phase=statement.effect.phase,
            users=statement.effect.users,
        )
        believed, true = (answer(each, system) for each in (statement.effect, as_it_is))
        return _compared(statement.effect.take, believed.value, true.value, believed.unit)
    ask = statement.ask
    if ask is None or said is None or computed is None or computed.word:
        return None
    if not ask.take.startswith(("capacity", "cost")):
        return None
    return _compared(ask.take, said.single, computed.low, computed.unit)


def _compared(what: str, believed: float | str, true: float | str, unit: str) -> Effect | None:
    if isinstance(believed, str) or isinstance(true, str):
        return None
    return Effect(what, believed, true, unit)


def counted(audits: Mapping[str, Audit]) -> dict[str, dict[Mark, int]]:
    """Return the verdicts by document."""
    return {name: each.counts() for name, each in audits.items()}
