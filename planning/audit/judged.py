"""
A verdict for each number of a document, from what was checked in it.

What a check speaks of is confirmed or contradicted; a figure that is computed elsewhere in
the document is confirmed by that; the rest is stated, and nothing in the document supports it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from planning.audit.agreeing import Answer
from planning.audit.checks import Check
from planning.audit.computed import Computed
from planning.audit.draft import Draft
from planning.audit.equations import operands, written
from planning.audit.filled import MARKS, filled, nearest
from planning.audit.lines import Entry
from planning.audit.numerals import digits_of
from planning.audit.signs import tokens_of
from planning.audit.statements import Statement
from planning.audit.verdicts import Audited, Mark
from planning.numbers.dimensions import Powers, one, unit_name

_STATED = "stated, and nothing in the document supports it"


def judged(checks: list[Check], drafted: Draft) -> list[Audited]:
    """
    Return a verdict for each number of a draft, and for what only a check has seen.

    Parameters
    ----------
    checks : list of Check
        What the document makes checkable.
    drafted : Draft
        Its numbers.

    Returns
    -------
    list of Audited
        By line, named ``D.1``, ``D.2`` …
    """
    places: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for stated in drafted.entries:
        places[stated.line, digits_of(stated.claimed)].append(stated)
    used = Counter(
        (found.line, digits_of(token.text))
        for found in checks if found.expression is not None
        for token in operands(found.expression)
    )  # fmt: skip
    results: list[tuple[int, str, Audited]] = []
    taken: set[int] = set()
    for found in checks:
        here = places[found.line, digits_of(found.claimed.text)]
        entry = nearest([each for each in here if id(each) not in taken], found.claimed)
        if entry is not None:
            taken.add(id(entry))
        says = entry.says if entry else found.says or written(found.expression or found.claimed)
        claimed = entry.claimed if entry else found.claimed.text
        results.append((found.line, claimed, _judged(found, says, claimed)))
    supported = _supported(checks)
    for stated in drafted.entries:
        if id(stated) in taken:
            continue
        same = supported.get(_figure(stated.claimed))
        rests = used[stated.line, digits_of(stated.claimed)]
        results.append((stated.line, stated.claimed, _unjudged(stated, same, rests)))
    results.sort(key=lambda each: each[0])
    return [replace(each, name=f"D.{n}") for n, (_, _, each) in enumerate(results, 1)]


def _judged(found: Check, says: str, claimed: str) -> Audited:
    quantity = found.claimed.quantity
    name = unit_name(quantity)
    value = quantity.value * found.factor / one(name).value
    how = f"{found.how}; {found.why}" if found.why else found.how
    number = Computed(value, value, name, how, shown=found.computed)
    inputs, arithmetic = filled(found.expression)
    statement = Statement.model_construct(
        line=found.line, says=says[:300], quantity=says[:120], claimed=claimed[:120], inputs=inputs,
        arithmetic=arithmetic, means=[],  # left to pydantic, a default of each costs 0.2 ms
    )  # fmt: skip
    reasons: tuple[str, ...] = ()
    if found.answer is Answer.DIFFERS:
        reasons = (_against(found),)
    elif found.answer is Answer.UNLIKE:
        reasons = (f"{found.why}: {found.how}",)
    unlike = found.answer is Answer.UNLIKE
    return Audited("", statement, MARKS[found.answer], number, reasons, unlike=unlike)


def _against(found: Check) -> str:
    if found.expression is None:
        return f"{found.how}; {found.why}" if found.why else found.how
    explained = f"; {found.why}, which explains it exactly" if found.why and found.slipped else (
        f"; {found.why}" if found.why else "")  # fmt: skip
    return f"by the document's own arithmetic it is {found.computed}: {found.how}{explained}"


def _unjudged(entry: Entry, same: Check | None, rests: int) -> Audited:
    statement = Statement.model_construct(
        line=entry.line,
        says=entry.says[:300],
        quantity=entry.says[:120],
        claimed=entry.claimed[:120],
        inputs={},
        means=[],
    )
    if same is None:
        return Audited("", statement, Mark.ASSUMPTION, None, (_STATED,), rests=rests)
    quantity = same.claimed.quantity
    name = unit_name(quantity)
    value = quantity.value / one(name).value
    how = f"the same figure is computed on line {same.line}: {same.how}"
    return Audited(
        "", statement, Mark.CONFIRMED, Computed(value, value, name, how, shown=same.computed)
    )


def _supported(checks: list[Check]) -> dict[tuple[str, Powers], Check]:
    """
    Return the figures that a document computes, for where it repeats them.

    One that is also contradicted somewhere supports nothing: no repetition says which is meant.
    """
    figures = [(digits_of(each.claimed.text), each.claimed.quantity.powers) for each in checks]
    wrong = {figure for figure, found in zip(figures, checks, strict=True)
             if found.answer is not Answer.AGREES}  # fmt: skip
    return {
        figure: found
        for figure, found in zip(figures, checks, strict=True)
        if figure not in wrong and figure[1] and len(figure[0]) >= 2
    }


def _figure(claimed: str) -> tuple[str, Powers]:
    numbers = [token for token in tokens_of(claimed) if token.kind == "number"]
    if len(numbers) != 1:
        return "", ()
    return digits_of(numbers[0].text), numbers[0].quantity.powers
