"""
Copies of a program, and how many run at once while a new version is rolled out.

A file may count everything over all hosts, or say ``replicas`` and what one of them has::

    over all hosts     processes: 12                      12 pools
    by replica         replicas: 6, processes: 2          6 × 2 pools
    while deploying    deploy_surge: 25 %                 (6 + 2) × 2 pools: old and new at once

Pools are per process, so a database meets the sum of all of them, not of those in use: it holds
at the worst moment of a deploy, or one day refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.flows import Most
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, product, rounded_up, total
from planning.numbers.quantities import Amount, Closed

if TYPE_CHECKING:
    from planning.parts.station import Station


class Replicated(Closed):
    """What a file may say of the copies that run of one part."""

    replicas: Annotated[Estimate, Amount("replica", at_least=1.0, whole=True)] | None = Field(
        default=None,
        description="Copies that run (pods, tasks, machines), the most where their number scales; "
        "what else is said of the part is then of one of them",
    )
    deploy_surge: Annotated[Estimate, Amount("fraction", at_most=100.0)] | None = Field(
        default=None,
        description="Share of the replicas, rounded up to whole ones, that run beside the old ones "
        "while a new version is rolled out; not modelled if not given",
    )

    @model_validator(mode="after")
    def _surge_of_something(self) -> Self:
        if self.deploy_surge is not None and self.replicas is None:
            raise ValueError("`deploy_surge` needs `replicas`: it is a share of them.")
        return self

    def over_all(self, name: str, each: Node) -> Node:
        """Return what all replicas have together of something; itself without replicas."""
        if self.replicas is None:
            return each
        return product(name, each.unit, replicas=self.replicas, each=each)

    def while_deploying(self, name: str, each: Node) -> Node | None:
        """
        Return what the old and the new replicas have together of something.

        The new ones are rounded up to whole replicas, as Kubernetes does with `maxSurge`: a
        quarter of 6 is 2. None where no surge is stated.
        """
        if self.deploy_surge is None or self.replicas is None:
            return None
        share = product("surge", "replica", replicas=self.replicas, share=self.deploy_surge)
        new = rounded_up("new replicas", "replica", surge=share)
        both = total("old and new replicas", "replica", {"old": self.replicas, "new": new})
        return product(name, each.unit, replicas=both, each=each)


def most_arriving(at: Station, name: str) -> Most | None:
    """
    Return the most connections that all who connect may hold, by who brings them.

    None where nobody who connects says how many replicas it runs: then only those in use count.

    Parameters
    ----------
    at : Station
        Where they arrive: a pooler or a database.
    name : str
        What they are called there.
    """
    flows = at.flows("connection")
    if at.crowd is not None or not any(flow.most and flow.most.stated for flow in flows):
        return None
    full = {flow.cause: flow.most.full if flow.most else flow.rate for flow in flows}
    deploying = {
        flow.cause: flow.most.deploying or flow.most.full if flow.most else flow.rate
        for flow in flows
    }
    surges = any(flow.most and flow.most.deploying is not None for flow in flows)
    return Most(
        total(f"{name} with full pools", "connection", full),
        total(f"{name} while deploying", "connection", deploying) if surges else None,
        stated=True,
    )


def limit_most(at: Station, name: str, most: Most | None, there: Node) -> None:
    """
    Limit the connections of full pools, at rest and while deploying; past it they are refused.

    A pool keeps what it once opened (QueuePool of SQLAlchemy its ``pool_size``; HikariCP opens its
    maximum at the start unless told otherwise), so each process comes to hold its whole pool, one
    busy minute after another.
    """
    if most is None:
        return
    remedy = "smaller pools, fewer processes or replicas, or a pooler in transaction mode"
    at.limit(f"{name} with full pools", most.full, there, PastLimit.REJECT, remedy)
    if most.deploying is not None:
        remedy = "a smaller surge of the rollout, smaller pools, or a larger limit"
        at.limit(f"{name} while deploying", most.deploying, there, PastLimit.REJECT, remedy)
