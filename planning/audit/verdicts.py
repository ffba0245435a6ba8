"""
The verdict on each statement of a document: computed, never stored.

::

    claimed 10,000 users ── another line says 2,000 ──▶ contradicted, by that line
                         ── a row of the catalogue is lower ──▶ contradicted, by that row
                         ── computed, and nothing was guessed ──▶ confirmed or contradicted
                         ── computed from a guess ──▶ assumption, and the guess that makes it true
                         ── nothing to compute it from ──▶ assumption
    computed, but it measures something else ──▶ finding
    no number at all ──▶ finding
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from planning.audit.asking import Questions
from planning.audit.comparing import over, overlap, quantity, ratio
from planning.audit.computed import Computed, computed_for
from planning.audit.parsed import Said
from planning.audit.slips import rounding_of, slip
from planning.audit.solving import Solved, solved_for
from planning.audit.statements import Ask, Statement, Statements
from planning.numbers.catalog import shipped_catalog
from planning.numbers.dimensions import DimensionError, one
from planning.numbers.units import show
from planning.questions import frames

if TYPE_CHECKING:
    import pandas as pd

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
    unlike : bool
        Whether what is computed measures something else than what is claimed.
    rests : int
        How many computed numbers of a document use it.
    """

    name: str
    statement: Statement
    mark: Mark
    computed: Computed | None = None
    reasons: tuple[str, ...] = ()
    solved: Solved | None = None
    effect: Effect | None = None
    unlike: bool = False
    rests: int = 0


@dataclass(frozen=True)
class Audit:
    """
    All verdicts on one document, in its order.

    Attributes
    ----------
    name : str
        What it is called.
    statements : Statements
        What a claims file, or the document itself, says.
    results : tuple of Audited
        A verdict on each.
    drafted : bool
        Whether nobody has filled in anything: the document was read as it is.
    left_from : int or None
        The line from which on nothing was read, where a document has too many numbers.
    left_out : int
        Numbers that are not listed, because there are too many.
    long_lines : int
        Lines that are too long to be read whole.
    """

    name: str
    statements: Statements
    results: tuple[Audited, ...]
    drafted: bool = False
    left_from: int | None = None
    left_out: int = 0
    long_lines: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of the document was read: what was not is neither right nor wrong."""
        return self.left_from is None and not self.left_out and not self.long_lines

    def counts(self) -> dict[Mark, int]:
        """Return how many statements there are of each verdict."""
        return {mark: sum(each.mark is mark for each in self.results) for mark in Mark}

    def to_frame(self) -> pd.DataFrame:
        """Return a row per statement: line, what it says, claimed, computed, verdict and why."""
        return frames.table(
            {
                "document": self.statements.document,
                "name": each.name,
                "line": each.statement.first_line,
                "says": each.statement.says,
                "claimed": each.statement.claimed,
                "computed": None if each.computed is None else str(each.computed),
                "low": None if each.computed is None or not each.computed.unit
                else each.computed.low,
                "high": None if each.computed is None or not each.computed.unit
                else each.computed.high,
                "unit": "" if each.computed is None else each.computed.unit,
                "verdict": str(each.mark),
                "why": "; ".join(each.reasons),
            }
            for each in self.results
        )  # fmt: skip

    def _repr_html_(self) -> str:
        """Show the table in a notebook; what a document says is escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html

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
    questions = Questions()
    rivals = _rivals(statements)
    for key, statement in statements.claims.items():
        try:
            results.append(
                _audited(questions, key, statement, statements.system, rivals.get(key, ()))
            )
        except ValueError as error:
            problems.append(f"{key} (line {statement.first_line}): {error}")
    if problems:
        raise ValueError("\n".join(problems[:12]))
    return Audit(name or statements.document, statements, tuple(results))


def _audited(
    questions: Questions,
    key: str,
    statement: Statement,
    system: str | None,
    rivals: tuple[str, ...],
) -> Audited:
    said = statement.said()
    found = Audited(key, statement, Mark.FINDING)
    try:
        return _compared_with(questions, found, said, system, rivals)
    except DimensionError as error:
        # Whatever was computed is no answer to what is claimed; neither right nor wrong is shown.
        reasons = tuple(each for each in (str(error), statement.why) if each)
        return replace(found, reasons=reasons, unlike=True)


def _compared_with(
    questions: Questions,
    found: Audited,
    said: Said | None,
    system: str | None,
    rivals: tuple[str, ...],
) -> Audited:
    statement = found.statement
    computed = computed_for(questions, statement, system, said)
    found = replace(found, computed=computed)
    if statement.claimed is None or (said is None and computed is None):
        return replace(found, reasons=(statement.why,) if statement.why else ())
    against = [*rivals, *_past_limit(statement, said)]
    guess = statement.solve or next(
        (name for name, each in statement.inputs.items() if each.assumed), None
    )
    if said is not None and guess is not None and not against:
        return _with_guess(questions, found, said, system, guess)
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
    effect = _effect(questions, statement, system, said, computed) if against else None
    return replace(found, mark=mark, reasons=reasons, effect=effect)


def _with_guess(
    questions: Questions, found: Audited, said: Said, system: str | None, guess: str
) -> Audited:
    """Return the verdict on a statement that rests on an input nobody states."""
    solved = solved_for(questions, found.statement, said, system, guess)
    if solved is None:
        reason = f"no value of {guess} makes it true"
        effect = _effect(questions, found.statement, system, said, found.computed)
        return replace(found, mark=Mark.CONTRADICTED, reasons=(reason,), effect=effect)
    reasons = tuple(each for each in (str(solved), found.statement.why) if each)
    return replace(found, mark=Mark.ASSUMPTION, reasons=reasons, solved=solved)


def _disagreement(statement: Statement, said: Said | None, computed: Computed) -> list[str]:
    if computed.word:
        words = {each.strip().lower() for each in (statement.claimed or "").split("/")}
        words |= {each.lower() for each in statement.means}
        if computed.word.lower() in words:
            return []
        return [f"computed is {computed.word}: {computed.how}"]
    if said is None:
        raise ValueError(f"{statement.claimed!r} is no number, but {computed} is computed.")
    low, high = _in_unit_of(said, computed)
    if overlap(said, low, high, statement.tolerance):
        return []
    by = "by arithmetic" if statement.arithmetic else "computed"
    factor = ratio(said, low, high)
    what = slip(factor, (quantity(said, 1.0), *computed.about), rounding_of(said.text))
    explained = f"; {what}, which explains it exactly" if what else ""
    return [f"{by} it is {computed}{_by_how_much(factor)}: {computed.how}{explained}"]


def _in_unit_of(said: Said, computed: Computed) -> tuple[float, float]:
    share = one(computed.unit).value / one(said.unit).value
    return computed.low * share, computed.high * share


def _by_how_much(factor: float | None) -> str:
    if factor is None:
        return ""
    if factor > 2:
        return f", {show(factor, 'ratio')} times that"
    if factor < 0.5:
        return f", {show(1 / factor, 'ratio')} times less"
    return f", {show(abs(factor - 1), 'fraction')} {'more' if factor > 1 else 'less'}"


def _past_limit(statement: Statement, said: Said | None) -> list[str]:
    if statement.within is None or said is None:
        return []
    row = shipped_catalog().row(statement.within)
    unit = one(row.unit)
    claimed = quantity(said, said.low if math.isfinite(said.low) else said.high)
    over(claimed, said.text, unit, ())
    least, limit = claimed.value, row.value * unit.value
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
            mine, its = one(said.unit), one(told.unit)
            if mine.powers != its.powers:
                continue
            share = its.value / mine.value
            slack = max(statement.tolerance, rival.tolerance)
            if not overlap(said, told.low * share, told.high * share, slack):
                words = f"{other} (line {rival.first_line}) says {rival.claimed}"
                found.setdefault(key, []).append(f"{words} of the same: {rival.quantity}")
    return {key: tuple(reasons) for key, reasons in found.items()}


def _effect(
    questions: Questions,
    statement: Statement,
    system: str | None,
    said: Said | None,
    computed: Computed | None,
) -> Effect | None:
    """Return what a contradiction changes: as the claim has it, and as it is."""
    if statement.effect is not None:
        as_it_is = Ask(
            take=statement.effect.take,
            system=statement.effect.system,
            phase=statement.effect.phase,
            users=statement.effect.users,
        )
        believed, true = (questions.answer(each, system) for each in (statement.effect, as_it_is))
        return _compared(statement.effect.take, believed.value, true.value, believed.unit)
    ask = statement.ask
    if ask is None or said is None or computed is None or computed.word:
        return None
    if not ask.take.startswith(("capacity", "cost")):
        return None
    return _compared(
        ask.take,
        quantity(said, said.single).value / one(computed.unit).value,
        computed.low,
        computed.unit,
    )


def _compared(what: str, believed: float | str, true: float | str, unit: str) -> Effect | None:
    if isinstance(believed, str) or isinstance(true, str):
        return None
    return Effect(what, believed, true, unit)


def counted(audits: Mapping[str, Audit]) -> dict[str, dict[Mark, int]]:
    """Return the verdicts by document."""
    return {name: each.counts() for name, each in audits.items()}
