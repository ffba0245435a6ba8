"""
A section as its numbers: what a list or a few paragraphs say together, each number with its words.

What a sentence leaves out another one of the same section may say: so many containers here,
so many workers in each there. A number is found by the words beside it, and is only used
where the section has one such number: of two, nobody says which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from planning.audit.blocks import Block
from planning.audit.signs import Token, tokens_of

MOST_BLOCKS = 12  # what is said further away is often said of something else
_NEAR = 60  # [character] how far the words beside a number reach
_STOP = re.compile(r"[.;!?](?:\s|$)|\n")


class Spot(NamedTuple):
    """
    A number of a section, and where it stands.

    Attributes
    ----------
    token : Token
        The number.
    line : int
        Its line.
    block : int
        Its paragraph, from 0.
    before, after : str
        The words between it and the number before or behind it in its sentence, in lower case.
    """

    token: Token
    line: int
    block: int
    before: str
    after: str


def spots_of(blocks: Sequence[Block]) -> list[Spot]:
    r"""
    Return the numbers of a section in the order in which they stand.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> section = list(blocks_of("- 3 pods\n- each opens 5 connections at once"))
    >>> [(each.before, each.token.text, each.after) for each in spots_of(section)]
    [('', '3 pods', ''), ('each opens ', '5 connections', ' at once')]
    """
    found: list[Spot] = []
    for at, block in enumerate(blocks):
        text = block.text
        tokens = [token for token in tokens_of(text) if token.kind == "number"]
        for place, token in enumerate(tokens):
            last = tokens[place - 1].end if place else 0
            following = tokens[place + 1].start if place + 1 < len(tokens) else len(text)
            before = _STOP.split(text[max(last, token.start - _NEAR) : token.start])[-1]
            after = _STOP.split(text[token.end : min(following, token.end + _NEAR)])[0]
            found.append(Spot(token, block.line_at(token.start), at, before.lower(), after.lower()))
    return found


def only(spots: Iterable[Spot], is_meant: Callable[[Spot], object]) -> Spot | None:
    """Return the one number that is meant; None where there is none, or where there are two."""
    found = [spot for spot in spots if is_meant(spot)]
    return found[0] if len(found) == 1 else None
