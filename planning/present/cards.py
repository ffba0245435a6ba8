"""A system in one look: does it hold its target, what breaks first, what does it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.cells import VERDICT_TONES, held_users, monthly, verdict_sentence
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.phases import ladder
from planning.system.system import System


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
        What it holds today, what breaks first, what it costs, and what it comes to with all its
        phases: label and words.
    """

    verdict: str = ""
    tone: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def card(system: System) -> Card:
    """
    Return a system in one look, at its own target.

    One that loads and cannot be computed has a card that says why: the others beside it stay.
    """
    try:
        return _computed(system)
    except ValueError as error:
        return Card(f"Cannot be computed: {error}", "bad")


def _computed(system: System) -> Card:
    target = value_at(system.workload.target)
    result, found = assess(system, target), capacity(system)
    wanted = show(target, "user")
    facts = [
        ("Holds today", held_users(result, found.users)),
        ("Breaks first", found.binding.name),
        (f"Costs at {wanted}", monthly(result)),
    ]
    if system.phases:
        last = ladder(system)[-1]
        steps = "its phase" if len(system.phases) == 1 else f"all {len(system.phases)} phases"
        facts.append((f"Holds with {steps}", held_users(last.at_target, last.capacity.users)))
    return Card(verdict_sentence(result), VERDICT_TONES[result.verdict], tuple(facts))


def card_html(
    shown: Card,
    *,
    title: str,
    address: str = "",
    own: bool = False,
    summary: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """
    Return a card as an item of a list, in the classes of ``static/page.css``.

    Parameters
    ----------
    shown : Card
        What it says.
    title : str
        What the system is called.
    address : str
        Where its live page is; without one there is no button.
    own : bool
        Whether it is marked as the reader's own.
    summary : str
        What the system is, folded away.
    links : sequence of (str, str)
        Title and address of what else shows it, folded away.

    Returns
    -------
    str
        HTML in which every text stays text.
    """
    tone = f" planning-{shown.tone}" if shown.tone else ""
    mark = ' <small class="planning-own">yours</small>' if own else ""
    pieces = [f'<li class="planning-card{tone}"><h3>{escape(title)}{mark}</h3>']
    if shown.verdict:
        pieces.append(f'<p class="planning-said">{escape(shown.verdict)}</p>')
    if shown.facts:
        rows = "".join(
            f"<div><dt>{escape(label)}</dt><dd>{escape(words).replace('/', '<wbr>/')}</dd></div>"
            for label, words in shown.facts
        )
        pieces.append(f"<dl>{rows}</dl>")
    if address:
        pieces.append(
            f'<p><a class="planning-open" href="{escape(address)}">Open'
            f'<span class="planning-unseen"> {escape(title)}</span></a></p>'
        )
    about = f"<p>{escape(summary)}</p>" if summary else ""
    if links:
        items = "".join(
            f'<li><a href="{escape(where)}">{escape(name)}</a></li>' for name, where in links
        )
        about += f'<ul class="planning-links">{items}</ul>'
    if about:
        words = f"About it, and {len(links)} workbooks" if len(links) > 1 else "About it"
        pieces.append(f"<details><summary>{words}</summary>{about}</details>")
    return "".join(pieces) + "</li>"
