"""
Shards: rows or keys that several servers share by their key, and the busiest of them.

What is stated of the server is of one shard. It is full when the busiest shard is, which has at
least an even part of the load and often more, since one key has one shard::

    1,000 queries/s ─▶ [ 400 ] [ 200 ] [ 200 ] [ 200 ]      busiest_share: 40 %
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.finding import Finding, Severity
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, most, product, quotient
from planning.numbers.quantities import Amount, PositiveFraction
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.workload.workload import Workload

Shards = Annotated[Estimate, Amount("ratio", at_least=1.0, whole=True)]


class Sharded(Part):
    """What a file may say of shards."""

    shards: Shards | None = Field(
        default=None, description="Servers that share the rows or keys by their key"
    )
    busiest_share: PositiveFraction | None = Field(
        default=None,
        description="Share of the whole load that the busiest shard gets, at least an even part; "
        "evenly loaded if not given",
    )

    @model_validator(mode="after")
    def _share_of_shards(self) -> Self:
        if self.busiest_share is not None and self.shards is None:
            raise ValueError(
                "`busiest_share` needs `shards`: it is the share that one of them has."
            )
        return self

    def of_busiest(self, words: str, load: Node) -> Node:
        """
        Return what the busiest shard has of a load; the load itself without shards.

        Parameters
        ----------
        words : str
            What the load is, for the trace.
        load : Node
            Of all shards. [its own unit]
        """
        if self.shards is None:
            return load
        words = f"{words} of the busiest shard"
        if self.busiest_share is None:
            return quotient(words, load.unit, of_all=load, shards=self.shards)
        even = quotient(f"{words}, if even", load.unit, of_all=load, shards=self.shards)
        busiest = product(f"{words}, as stated", load.unit, of_all=load, share=self.busiest_share)
        # Fewer shards, in a phase or on a slider, make an even part larger than what was stated.
        return most(words, load.unit, {"as stated": busiest, "if even": even})

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find shards that are taken for evenly loaded."""
        yield from super().findings(name, workload)
        if self.shards is not None and self.busiest_share is None:
            yield Finding(
                name, Severity.LOW,
                "its shards are taken for evenly loaded: one customer who is larger than others, "
                "or one key that everybody uses, has one shard",
                "say `busiest_share`",
            )  # fmt: skip
