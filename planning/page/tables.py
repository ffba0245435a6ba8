"""
Tables of a page: what many phases share is written once and named by its place.

Seven phases of one system have nearly the same nodes, with the same names, formulas and
sources. So each is a row of a table, and a phase names rows.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Derived, value_at
from planning.present.ranges import WIDE, ends, has_range, in_use


class Table:
    """Rows without repetition; :meth:`row` returns the place of one."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[Hashable, int] = {}

    def row(self, content: Any, key: Hashable | None = None) -> int:
        """Return the place of a row, a new one where it is not there yet."""
        known = content if key is None else key
        if known not in self._places:
            self._places[known] = len(self.rows)
            self.rows.append(content)
        return self._places[known]


class Tables:
    """The tables of one page: texts, formulas, computed nodes and stated ones."""

    def __init__(self) -> None:
        self.texts, self.formulas = Table(), Table()
        self.computed, self.stated = Table(), Table()

    def text(self, words: str) -> int:
        """Return the place of a text."""
        return self.texts.row(words)

    def shape(self, node: Derived) -> int:
        """Return the place of a computed node: name, unit, formula and the words of its inputs."""
        said = node.formula
        formula = self.formulas.row((said.text, said.source, said.operation, said.arithmetic))
        words = tuple(self.text(key) for key in node.inputs)
        return self.computed.row((self.text(node.name), self.text(node.unit), formula, words))

    def leaf(self, estimate: Estimate, path: str, title: str) -> int:
        """Return the place of a stated number: value, range, who says so, where, its slider."""
        low, high = estimate.low, estimate.high
        least, most = estimate.bounds
        start, end = ends(estimate)
        wide = start > 0 and end / start >= WIDE
        row = (
            value_at(estimate),
            self.text(estimate.unit),
            low,
            high,
            self.text(str(estimate.kind)),
            self.text(estimate.source),
            self.text(str(estimate.place) if estimate.place else ""),
            self.text(path),
            self.text(title),
            (start, end, wide, has_range(estimate)),
            (least, None if math.isinf(most) else most, estimate.whole, estimate.above),
            # A zero that nobody doubts is not used; tiers are a contract, no question.
            bool(path) and in_use(estimate) and (".tiers." not in path or has_range(estimate)),
        )
        return self.stated.row(row)

    def record(self) -> Mapping[str, Any]:
        """Return all tables as plain lists."""
        return {
            "texts": self.texts.rows,
            "formulas": self.formulas.rows,
            "computed": self.computed.rows,
            "stated": self.stated.rows,
        }
