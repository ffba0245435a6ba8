"""A system in one look: does it hold its target, what breaks first, what does it cost."""

from __future__ import annotations

from dataclasses import dataclass

from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cells import monthly
from planning.questions.assess import Verdict, assess
from planning.questions.capacity import capacity
from planning.questions.phases import ladder
from planning.system.system import System

_TONES = {Verdict.HOLDS: "ok", Verdict.WARNING: "warn"}


@dataclass(frozen=True, slots=True)
class Card:
    """
    A system in one look.

    Attributes
    ----------
    verdict : str
        Whether it holds its target, in a sentence.
    tone : str
        ``ok``, ``warn`` or ``bad``.
    facts : tuple of (str, str)
        What it holds, costs, and comes to after its last phase: label and words.
    """

    verdict: str
    tone: str
    facts: tuple[tuple[str, str], ...]


def card(system: System) -> Card:
    """Return a system in one look, at its own target."""
    target = value_at(system.workload.target)
    result, found = assess(system, target), capacity(system)
    wanted = show(target, "user")
    verdict = {
        Verdict.HOLDS: f"Holds {wanted}",
        Verdict.WARNING: f"Holds {wanted}, with little room",
        Verdict.CRITICAL: f"Holds {wanted}, with no room",
        Verdict.FLAWED: f"Nobody can say that it holds {wanted}: a severe finding",
        Verdict.UNKNOWN: f"Nobody can say whether it holds {wanted}",
        Verdict.FAILS: f"Does not hold {wanted}",
    }[result.verdict]
    holds = f"{show(found.users, 'user')}, then {found.binding.name}"
    facts = [("Holds", holds), (f"Cost at {wanted}", monthly(result))]
    if system.phases:
        last = ladder(system)[-1]
        facts.append((f"After {last.name}", show(last.capacity.users, "user")))
    return Card(verdict, _TONES.get(result.verdict, "bad"), tuple(facts))
