"""
Arithmetic in words: "12 % of 20,000 visitors, that is 2,400", "one answer every 20 s".

What is done to the numbers is not written with signs, so it is read from the words between
them. Only three ways are certain enough to contradict a document: a share *of* a number,
so many who act *every* so often, and so many of so much *each*. Anything else that comes
out is taken as support where it agrees and is left alone where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planning.audit.equations import Equation, Node
from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of
from planning.numbers.dimensions import Quantity

_MOST_NUMBERS = 4
_FILLERS = words(
    "that is are we need needs makes gives only just a an of total in all up to it comes which "
    "no more less than at most least means leaves exactly the so roughly together altogether "
    "adds i.e. therefore hence thus"
)
_JOINTS = words("makes gives equals so i.e. therefore hence thus leaves yields totals")
_WEAK = words("are is costs cost needs need takes fills serves runs produces")
_OF = words("of the our all them these those which total registered von der de los las")
_EVERY = words("every each alle cada je once")
_EACH = words("each apiece per every jeweils")
_ONE = Token("number", "1", 0, 0, Quantity(1.0), 1.0)
_STARTS = words(". ; : | ! ?")


def phrases_of(line: str, before: Token | None = None) -> Iterator[tuple[Equation, bool]]:
    """
    Yield what a line computes in words, and whether the words leave no other reading.

    Parameters
    ----------
    line : str
        Plain text.
    before : Token, optional
        The last number that was counted before this line: what "of them" speaks of.

    Examples
    --------
    >>> from planning.audit.equations import written
    >>> def say(line):
    ...     return [(written(each.expression), each.claimed.text, certain)
    ...             for each, certain in phrases_of(line)]
    >>> say("40,000 players, one answer every 20 s = 2,000/s")
    [('40,000 players ÷ 20 s', '2,000/s', True)]
    >>> say("8 workers of 512 MB each, that is 4,096 MB in all")
    [('8 workers × 512 MB', '4,096 MB', True)]
    >>> say("12 % of 20,000 visitors makes 2,400 visitors")
    [('12 % × 20,000 visitors', '2,400 visitors', True)]
    """
    if sum(sign.isdigit() for sign in line) < 3:
        return
    left: list[Token] = []
    earlier: list[Token] = []
    tokens = tokens_of(line)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if _ends_sentence(token, line):
            earlier, left = [each for each in left if each.kind == "number"], []
        taken, claimed = _claim(tokens, position, bool(left))
        if claimed is not None:
            sure = token.kind == "equals" or token.text.lower() not in _WEAK
            spoken = [*left, *tokens[position : position + taken]]
            yield from _read(spoken, claimed, sure, before)
            if sum(each.kind == "number" for each in left) <= 1:
                yield from _read([*earlier, *spoken], claimed, False, before)
            behind = tokens[position + taken + 1 : position + taken + 2]
            goes_on = any(each.text.lower() in _WEAK for each in behind)
            # "A connection takes 38 KB, so 4,000 connections are 152 MB": the first is needed yet.
            kept = [each for each in left if each.kind == "number"] if goes_on else []
            left = [*kept, claimed]
            position += taken + 1
            continue
        left.append(token)
        position += 1


_FACTOR = re.compile(r"[0-9][0-9.,]*\s?[x×]")
_CHANGE = words("more less lower higher fewer faster reduction increase growth drop saving savings")
_GAINS = words("improvement improvements faster slower more less increase growth gain speedup "
               "better reduction higher lower larger smaller capacity throughput")  # fmt: skip
_LESS = words("less lower fewer reduction drop saving savings")


def changes_of(line: str) -> Iterator[Equation]:
    """
    Yield by how much a line says that something changes: "1K → 4K users (4x)".

    Examples
    --------
    >>> from planning.audit.equations import written
    >>> [(written(each.expression), each.claimed.text) for each in changes_of(
    ...     "1K → 4K users (3x); 200 ms → 150 ms, 25 % less")]
    [('4K users ÷ 1K', '3x'), ('(200 ms − 150 ms) ÷ 200 ms', '25 %')]
    """
    if "→" not in line and "->" not in line:
        return
    tokens = [token for token in tokens_of(line) if token.text not in "(,)["]
    for at in range(len(tokens) - 3):
        before, arrow, after, last = tokens[at : at + 4]
        if before.kind != "number" or arrow.kind != "equals" or after.kind != "number":
            continue
        if last.kind == "equals" and at + 4 < len(tokens):
            last = tokens[at + 4]
        if last.kind != "number" or ("→" not in arrow.text and arrow.text != "->"):
            continue
        alike = before.bare or after.bare or before.quantity.powers == after.quantity.powers
        behind = line[last.end : last.end + 20].lower().split()
        word = behind[0].strip(".,;)") if behind else ""
        if not alike or not before.written or not after.written:
            continue
        other = last.unit and last.unit.split("/")[0].lower() not in _GAINS
        if _FACTOR.match(last.text) and not other:
            grows = abs(after.written) > abs(before.written)
            node: Node = ("/", after, before) if grows else ("/", before, after)
            yield Equation(node, last._replace(text=last.text.split()[0]), True, last.rough)
        elif last.unit == "%" and word in _CHANGE:
            gap: Node = ("-", before, after) if word in _LESS else ("-", after, before)
            yield Equation(("/", gap, before), last, True, last.rough)


def _ends_sentence(token: Token, line: str) -> bool:
    if token.kind != "stop" or (token.text not in _STARTS and token.text != "\n"):
        return False
    return token.text != "." or not line[token.end : token.end + 1].strip()


def _claim(tokens: Sequence[Token], at: int, left: bool) -> tuple[int, Token | None]:
    """Return the number that words or a sign here say comes out, and how many words they are."""
    token = tokens[at]
    word = token.text.lower()
    if not left or not (
        token.kind == "equals"
        or word in _JOINTS
        or word in _WEAK
        or (
            word == "that"
            and token.kind == "word"
            and _follows(tokens, at, ("is", "makes", "are", "gives"))
        )
    ):
        return 0, None
    taken = 1
    while at + taken < len(tokens) and taken < 6:
        following = tokens[at + taken]
        if following.kind == "number":
            behind = tokens[at + taken + 1 : at + taken + 2]
            signed = any(each.kind == "sign" for each in behind)
            return (0, None) if signed else (taken, following)
        if following.kind != "word" or following.text.lower() not in _FILLERS:
            break
        taken += 1
    return 0, None


def _follows(tokens: Sequence[Token], at: int, these: tuple[str, ...]) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].text.lower() in these


def _read(
    left: list[Token], claimed: Token, sure: bool, before: Token | None
) -> Iterator[tuple[Equation, bool]]:
    if any(token.kind in {"sign", "equals"} for token in left[:-1]):
        return
    numbers = [token for token in left if token.kind == "number"]
    arrow = left[-1].kind == "equals" and left[-1].text != "="
    if arrow and any(each.kind == "number" for each in left[-2:-1]) and len(numbers) > 1:
        return  # "50 % ($4M → $6M)" is a change
    if not 1 <= len(numbers) <= _MOST_NUMBERS:
        return
    for node, certain in _nodes(left, numbers, before):
        need = any(token.text.lower() in {"need", "needs", "requires"} for token in left)
        yield Equation(node, claimed, sure, claimed.rough, need), certain and sure


def _nodes(
    left: list[Token], numbers: list[Token], before: Token | None
) -> Iterator[tuple[Node, bool]]:
    """Yield what the words may do to the numbers, the likeliest first."""
    last = numbers[-1]
    others = numbers[:-1]
    share = next((token for token in numbers if token.unit == "%"), None)
    counted = [token for token in numbers if token is not share]
    if share is not None:
        spoken = _between(left, share, counted[-1]) if counted else set()
        of = bool(counted) and "of" in spoken and spoken <= _OF and share.start < counted[-1].start
        if counted and (of or counted[-1].start < share.start):
            yield ("*", share, counted[-1]), of and len(counted) == 1
        elif before is not None and not counted:
            yield ("*", before, share), False
        return
    timed = last.quantity.physical == (("time", 1),)
    if not others:
        spoken = {token.text.lower() for token in left}
        if timed and before is not None and spoken & _EVERY:
            yield ("/", before, last), False
        elif timed:
            # What is held for 35 ms is held 28 times a second.
            yield ("/", _ONE, last), False
        return
    first, between = others[-1], _between(left, others[-1], last)
    if timed and between & _EVERY:
        people = next((token for token in others if not token.quantity.physical), None)
        if people is not None:
            ones = all(token is people or token.written == 1 for token in others)
            yield ("/", people, last), ones
        return
    behind = {token.text.lower() for token in left if token.start >= last.end}
    each = bool(behind & _EACH or between & _EACH) and len(numbers) == 2
    certain = each and bool(first.unit) and not first.quantity.physical
    if timed and first.unit == last.unit:
        return  # seconds times seconds mean nothing
    yield ("*", first, last), certain
    if len(numbers) == 2 and not certain:
        yield ("/", first, last), False
        yield ("/", last, first), False
    elif len(numbers) == 3:
        yield ("*", ("*", numbers[0], first), last), False


def _between(left: list[Token], first: Token, second: Token) -> set[str]:
    low, high = sorted((first, second), key=lambda token: token.start)
    return {
        token.text.lower()
        for token in left
        if low.end <= token.start and token.end <= high.start and token.kind == "word"
    }
