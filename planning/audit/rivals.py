"""
A document against itself: one subject with two values, a total that another line gives otherwise.

Only what is said in so many words is compared: the same subject and the same verb, or the
one total of the one bill. Which of two values is right is for the document's arithmetic to
say; where it says nothing, both are shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block
from planning.audit.checks import Check
from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of
from planning.audit.slips import rounding_of
from planning.numbers.dimensions import CODES, show

_VERBS = words("is are was were lasts last takes take costs cost has have holds hold serves allows "
               "needs runs weighs carries opens handles stores keeps sends receives")  # fmt: skip
_ARTICLES = words("the a an our its their each every this that one all")
# Such a subject is another one each time it is named.
_VAGUE = words(
    "your it they this that there which who we you he she these those what result total sum will "
    "may can could would might should if when while where unless until limit value number latency "
    "average rest today now then here"
)
_BILL = re.compile(
    r"\b(?:total|overall|monthly|annual|yearly)\s(?:\w{1,20}\s){0,2}?(?:cost|bill|spend|budget)s?\b"
    r"|\b(?:costs?|bill)\b[^.;]{0,30}\b(?:in total|altogether)\b|\btotal of\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\W*(?:before|after|old|new|now|today|current|then|phase|step|v[0-9])\b", re.IGNORECASE
)
_FAR = 100  # [line] what is said much later is often said of something else
_PART = re.compile(
    r"\b(?:without|excluding|plus|only|of which|per|saves?|instead)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """What is said of a subject: the number, and the line it stands on."""

    line: int
    subject: str
    number: Token


def said_in(block: Block) -> Iterator[Said]:
    """
    Yield what the sentences of a paragraph say in the form subject, verb, number.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> (block,) = blocks_of("The public sale lasts about 90 min. A user has 2 carts.")
    >>> [(each.subject, each.number.text) for each in said_in(block)]
    [('public sale lasts', '90 min')]
    """
    if _STATES.match(block.text):
        return  # "Before: planning takes 2 weeks" and "After: 2 days" are no two values of one
    tokens = tokens_of(block.text)
    for at, token in enumerate(tokens):
        if token.kind != "number" or not token.unit or at < 3:
            continue
        verb = tokens[at - 1]
        if verb.kind != "word" or verb.text.lower() not in _VERBS:
            continue
        subject: list[str] = []
        for before in reversed(tokens[max(0, at - 8) : at - 1]):
            if before.kind != "word":
                break
            subject.insert(0, before.text.lower())
        else:
            if at > 8:
                continue
        subject = [each for each in subject if each not in _ARTICLES]
        if 2 <= len(subject) <= 5 and not set(subject) & _VAGUE:
            yield Said(block.line_at(token.start), " ".join([*subject, verb.text.lower()]), token)


def rivals_of(said: list[Said], checks: list[Check]) -> Iterator[Check]:
    """
    Yield the numbers that are said otherwise elsewhere of the same subject.

    Parameters
    ----------
    said : list of Said
        What the whole document says.
    checks : list of Check
        What it computes: where one of two values is supported, the other is contradicted.
    """
    supported = {(each.line, each.claimed.text) for each in checks if each.answer is Answer.AGREES}
    groups: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        groups[each.subject].append(each)
    for group in groups.values():
        for each in group[:50]:
            rival = next((other for other in group[:50] if _contradict(each, other)), None)
            if rival is None or (each.line, each.number.text) in supported:
                continue
            believed = (rival.line, rival.number.text) in supported
            why = "which the document computes" if believed else "and nothing says which is right"
            how = f"line {rival.line} says {rival.number.text} of the same: {rival.subject}"
            factor = rival.number.quantity.value / (each.number.quantity.value or 1e-300)
            yield Check(each.line, each.number, Answer.DIFFERS, rival.number.text, how, why,
                        each.subject, factor=factor)  # fmt: skip


def _contradict(one: Said, other: Said) -> bool:
    first, second = one.number, other.number
    if abs(one.line - other.line) > _FAR:
        return False
    if first is second or first.quantity.powers != second.quantity.powers:
        return False
    slack = 0.02 + min(0.05, rounding_of(first.text) + rounding_of(second.text))
    slack += 0.1 if first.rough or second.rough else 0.0
    largest = max(abs(first.quantity.value), abs(second.quantity.value))
    return abs(first.quantity.value - second.quantity.value) > slack * largest


def bills_of(blocks: list[tuple[int, str]], totals: list[Check]) -> Iterator[Check]:
    """
    Yield the total that prose gives where the one bill of the document adds up to another.

    Parameters
    ----------
    blocks : list of (int, str)
        Line and text of each sentence that may speak of it.
    totals : list of Check
        The totals of the document's tables.
    """
    money = [each for each in totals if _is_money(each.claimed)]
    if len(money) != 1:
        return
    (total,) = money
    true = total.claimed.quantity.value * total.factor
    for line, text in blocks:
        if not _BILL.search(text) or _PART.search(text) or abs(line - total.line) > _FAR:
            continue
        numbers = [each for each in tokens_of(text) if each.kind == "number" and _is_money(each)]
        if len(numbers) != 1 or not numbers[0].written:
            continue
        (number,) = numbers
        value = number.quantity.value
        if number.quantity.powers != total.claimed.quantity.powers:
            value, true_here = number.written, total.claimed.written * total.factor
        else:
            true_here = true
        factor = true_here / value
        slack = (0.1 if number.rough else 0.02) + rounding_of(number.text)
        agrees = abs(factor - 1) <= slack
        if not agrees and not 0.1 < factor < 10:
            continue
        quantity = total.claimed.quantity
        computed = show(type(quantity)(true, quantity.powers), total.claimed.text)
        how = f"the bill on line {total.line} adds up to {computed}"
        yield Check(line, number, Answer.AGREES if agrees else Answer.DIFFERS, computed, how,
                    says="total", factor=factor)  # fmt: skip


def _is_money(token: Token) -> bool:
    return any(name in CODES and power == 1 for name, power in token.quantity.powers)
