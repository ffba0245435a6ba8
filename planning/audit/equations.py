"""
The equations that a document writes itself: ``80 tasks × 10 connections = 800 connections``.

A line's tokens fall into chains: an expression, a sign or word that says "equals", and what
is claimed to come out. Where a chain cannot be read as arithmetic (a word among its
operands, a range) it is left alone: nothing is better than a verdict on a misreading.

What a bare number counts is not written, so it may stand for the unit that is missing:
``410 × 22 KB = 9 MB/s`` means 410 requests a second. A bare 8, 60 or 730 between units that
differ by it is a conversion. Only where no such reading agrees is a claim contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of

MAX_OPERANDS = 24

# Words that say "equals" after an expression; the second kind says less and is only believed
# where what is claimed measures the same.
_IS = words("is are equals makes gives yields totals")
_SO = words("so or hence thus therefore i.e. also")
_FILLERS = words(
    "that is are we need needs makes gives only just a an of total in all up to over than it "
    "comes which means leaves exactly around the requires runs take takes roughly say i.e"
)
_NEED = re.compile(r"\b(need|needs|require|requires|at least|must)\b", re.IGNORECASE)

# A number, or an operation on two of them.
Node = Token | tuple[str, "Node", "Node"] | tuple[str, "Node"]


@dataclass(frozen=True)
class Equation:
    """
    What a document computes, and what it says comes out.

    Attributes
    ----------
    expression : Node
        A tree of numbers and operations.
    claimed : Token
        The number that is claimed.
    sure : bool
        Whether it says "equals"; "so" and an arrow may lead to something else.
    rough : bool
        Whether it says "about".
    need : bool
        Whether the words before speak of a need, which is rounded up and not down.
    before : Token or None
        The number that was claimed just before: "= 5,000 seconds = 83 minutes".
    led : bool
        Whether another number stands right before the expression, which it may go on from:
        "1B rows with 10 columns × 8 bytes".
    """

    expression: Node
    claimed: Token
    sure: bool
    rough: bool = False
    need: bool = False
    before: Token | None = None
    led: bool = False


def equations_of(line: str) -> Iterator[Equation]:
    """
    Yield the equations of a line, each claimed number once.

    Parameters
    ----------
    line : str
        Plain text, with formulas written out.

    Examples
    --------
    >>> [(written(each.expression), each.claimed.text) for each in equations_of(
    ...     "Pods: 80 tasks × 10 = 800 connections; (160 × (30/120)) makes 40")]
    [('80 tasks × 10', '800 connections'), ('160 × (30 ÷ 120)', '40')]
    """
    if not _HOPEFUL.search(line):
        return
    line = _REMARK.sub(lambda match: " " * len(match[0]), line)
    for chain in _chains(tokens_of(line)):
        yield from _equations(chain, line)


_HOPEFUL = re.compile(
    r"[0-9][^0-9]{1,80}(?:[=≈≅→⇒➜⟶]|->|\b(?:is|are|makes|gives|yields|equals|so|or|i\.e\.)\b)"
)


# A remark in brackets, without a number, interrupts nothing.
_REMARK = re.compile(r"\([^()0-9=]{1,60}\)")


@dataclass
class _Side:
    """Tokens between two signs of equality; `joint` is the sign before it."""

    tokens: list[Token]
    joint: str = ""
    rough: bool = False
    broken: bool = False
    led: bool = False


def _chains(tokens: Sequence[Token]) -> Iterator[list[_Side]]:
    """Split tokens into chains of sides; whatever is no arithmetic ends a chain."""
    chain, side = [], _Side([])
    words, comma = 0, False
    position = 0
    while position < len(tokens):
        token = tokens[position]
        joint, skipped = _joint(tokens, position, side, comma)
        if joint:
            side.broken = side.broken or bool(side.tokens and side.tokens[-1].kind == "sign")
            chain.append(side)
            side, words, comma = _Side([], joint, token.rough), 0, False
            position += skipped
            continue
        if token.kind in {"number", "sign", "open", "close"}:
            last = side.tokens[-1] if side.tokens else None
            beside = last is not None and last.kind in {"number", "close"}
            operand = token.kind in {"number", "open"}
            if comma or (operand and beside):
                chain.append(side)
                yield chain
                # "5 indexes (1 primary + 4 secondary) = 6 writes": the bracket is a remark.
                remark = token.kind == "open" and not comma
                chain, side = [], _Side([], broken=remark, led=not comma)
            elif token.kind == "sign" and not side.tokens and token.text != "-":
                side.broken = True
            side.tokens.append(token)
            words, comma = 0, False
        elif token.kind == "word" and words < 6 and not comma:
            words += 1
            last = side.tokens[-1] if side.tokens else None
            side.broken = side.broken or (last is not None and last.kind in {"sign", "open"})
            if last is None and side.joint and token.text.lower() not in _FILLERS:
                side.broken = True
            if last is None and side.joint and words > 4:
                chain.append(side)
                yield chain
                chain, side, words = [], _Side([]), 0
        elif token.text == "," and not comma:
            comma = True
        else:
            chain.append(side)
            yield chain
            chain, side, words, comma = [], _Side([]), 0, False
        position += 1
    chain.append(side)
    yield chain


def _joint(tokens: Sequence[Token], at: int, side: _Side, comma: bool) -> tuple[str, int]:
    """Return the sign or words of equality that stand here, and how many tokens they take."""
    token = tokens[at]
    if token.kind == "equals" and not comma:
        return ("=" if token.text in "==≈≅≃" else "→"), 1
    if token.kind == "equals":
        return "→", 1
    if token.kind != "word" or not side.tokens:
        return "", 0
    word = token.text.lower()
    if word in _IS and not comma and side.tokens[-1].kind != "sign":
        kind = "is"
    elif word in _SO or (word == "that" and comma):
        kind = "so"
    else:
        return "", 0
    taken = 1
    while at + taken < len(tokens) and taken < 6:
        following = tokens[at + taken]
        if following.kind == "number":
            return kind, taken
        if following.kind != "word" or following.text.lower().rstrip(".") not in _FILLERS:
            return "", 0
        taken += 1
    return "", 0


def _equations(chain: list[_Side], line: str) -> Iterator[Equation]:
    expression: Node | None = None
    start, claimed, led = 0, None, bool(chain) and chain[0].led
    for place, side in enumerate(chain):
        node = None if side.broken else _tree(side.tokens, opening=place == 0)
        if place and isinstance(node, Token) and expression is not None:
            first = isinstance(expression, Token)
            rough = side.rough or node.rough
            need = bool(_NEED.search(line[max(0, start - 80) : node.end]))
            if not (first and side.joint in {"is", "so"}):
                sure = side.joint in {"=", "is"}
                yield Equation(expression, node, sure, rough, need, claimed, led)
            expression, claimed = node if first else expression, node
        elif node is not None:
            expression = node
            start = side.tokens[0].start
        elif place:
            return


def _tree(tokens: list[Token], opening: bool) -> Node | None:
    """Return the tree of an expression; None where the tokens are none."""
    tokens = _balanced(tokens, opening)
    if not tokens or sum(token.kind == "number" for token in tokens) > MAX_OPERANDS:
        return None
    parser = _Parser(tokens)
    node = parser.sum()
    return node if node is not None and parser.at == len(tokens) else None


def _balanced(tokens: list[Token], opening: bool) -> list[Token]:
    """
    Return the part of a side that belongs to an equation within brackets.

    Before the sign of equality that is what follows the last bracket left open; after it what
    stands before the first that closes none.
    """
    depth, cut = [], -1
    for at, token in enumerate(tokens):
        if token.kind == "open":
            depth.append(at)
        elif token.kind == "close":
            if not depth:
                return tokens[:at] if not opening else _balanced(tokens[at + 1 :], opening)
            depth.pop()
    if depth and opening:
        cut = depth[-1]
    elif depth:
        return tokens[: depth[0]]
    return tokens[cut + 1 :]


class _Parser:
    """A descent over sums, products and powers; None wherever it does not fit."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def _next(self, kind: str, texts: str = "") -> Token | None:
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == kind and (not texts or token.text in texts):
                self.at += 1
                return token
        return None

    def sum(self) -> Node | None:
        node = self.product()
        while node is not None and (sign := self._next("sign", "+-")):
            right = self.product()
            node = (sign.text, node, right) if right is not None else None
        return node

    def product(self) -> Node | None:
        node = self.power()
        while node is not None and (sign := self._next("sign", "*/")):
            right = self.power()
            node = (sign.text, node, right) if right is not None else None
        return node

    def power(self) -> Node | None:
        node = self.operand()
        if node is not None and self._next("sign", "^"):
            right = self.operand()
            node = ("^", node, right) if isinstance(right, Token) and right.bare else None
        return node

    def operand(self) -> Node | None:
        if number := self._next("number"):
            return number
        opened = self._next("open")
        if opened is None or self.depth > 20:
            return None
        self.depth += 1
        node = self.sum()
        self.depth -= 1
        if node is None or self._next("close") is None:
            return None
        if opened.text in "⌈⌊":
            return ("ceil" if opened.text == "⌈" else "floor", node)
        return node


_WORDS = {"*": "×", "/": "÷", "+": "+", "-": "−", "^": "^"}
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def written(node: Node, above: int = 0) -> str:
    """Return an expression as a document writes it, with the brackets it needs."""
    if isinstance(node, Token):
        return node.text
    if len(node) == 2:
        sign = "⌈⌉" if node[0] == "ceil" else "⌊⌋"
        return f"{sign[0]}{written(node[1])}{sign[1]}"
    binds = _BINDS[node[0]]
    text = f"{written(node[1], binds)} {_WORDS[node[0]]} {written(node[2], binds + 1)}"
    return f"({text})" if binds < above else text


def operands(node: Node) -> list[Token]:
    """Return the numbers of an expression, from left to right."""
    if isinstance(node, Token):
        return [node]
    return [token for each in node[1:] for token in operands(each)]
