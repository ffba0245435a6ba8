"""
Workers of a proxy that accept on one port, each with room for a part of all connections.

A connection is refused by the worker that accepted it, not by all together, so the proxy is full
when its fullest worker is (:mod:`planning.models.servers.accepting`)::

    8 workers of 32,768, one of which accepts 58 % ─▶ full at 56,000, not at 262,144
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planning.models.servers import accepting
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, derive, most, product, quotient
from planning.numbers.quantities import Amount, Closed, PositiveFraction, default

_ALL = asked(1.0, "fraction", "all of them")
_EACH = asked(1.0, "1/process", "a part for each worker")


class Workers(Closed):
    """Worker processes with an equal part of the connections each."""

    count: Annotated[Estimate, Amount("process", at_least=1.0, whole=True)] = Field(
        description="Worker processes"
    )
    own_sockets: bool = Field(
        default=False,
        description="Whether each listens on a socket of its own (`reuseport`), so that the kernel "
        "deals connections out at random; if not, all wait on one socket",
    )
    fullest_share: PositiveFraction = default(
        "58 %",
        "59,114 of 101,163 connections in one of nginx's workers, mattermost-load-test-ng pull "
        "request 718; 349 of 370 in another case, mosip-infra issue 1920",
        low="25 %",
        high="94 %",
        description="Share of all connections that the fullest worker accepts from one socket",
    )

    @model_validator(mode="after")
    def _dealt_out(self) -> Workers:
        if self.own_sockets and "fullest_share" in self.model_fields_set:
            raise ValueError(
                "`fullest_share` means nothing beside `own_sockets`: chance deals connections out."
            )
        return self

    def fullest(self, there: Node) -> Node:
        """Return the connections of the fullest worker, of so many. [connection]"""
        if self.own_sockets:
            return derive(
                "connections of the fullest worker", "connection", accepting.fullest_by_chance,
                connections=there, workers=self.count,
            )  # fmt: skip
        whole = product("workers", "ratio", count=self.count, each=_EACH)
        share = most(
            "share of the fullest worker", "fraction",
            {"fullest": self.fullest_share,
             "even": quotient("even share", "fraction", all=_ALL, workers=whole)},
        )  # fmt: skip
        return product("connections of the fullest worker", "connection", all=there, share=share)

    def room(self, connections: Node) -> Node:
        """Return the connections that one worker has room for. [connection]"""
        whole = product("workers", "ratio", count=self.count, each=_EACH)
        return quotient("connections of one worker", "connection", all=connections, workers=whole)
