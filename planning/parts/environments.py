"""
Environments that functions run in: how many there are, their connections, and who starts cold.

Each execution has an environment to itself, which the provider keeps for a while after it. A
database client inside opens a connection and holds it as long as its environment lives::

    10 run · 20 wait for the next request ─▶ 30 connections, of which 10 are in use

Nobody has more than the account allows, or than are reserved for these functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from planning.flow.flows import Flow, Most
from planning.models.servers import environments, serverless
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, derive, least, product, total
from planning.numbers.quantities import Amount, PositiveSeconds, default
from planning.parts.base import Caller

if TYPE_CHECKING:
    from planning.parts.station import Station


class Environments(Caller):
    """What a file may say of the environments that functions run in."""

    concurrent: Annotated[Estimate, Amount("request", above=0.0)] | None = Field(
        default=None, description="Executions at the same time"
    )
    reserved_concurrency: Annotated[Estimate, Amount("request", above=0.0)] | None = Field(
        default=None,
        description="Executions reserved for these functions, which they may not pass either; the "
        "connections of that many are then held against what is behind",
    )
    connections_per_environment: Annotated[Estimate, Amount("connection")] = default(
        1,
        "a database client opens one and keeps it as long as its environment lives",
        description="Database connections that each running environment keeps open; 0 where "
        "queries go over HTTP",
    )
    cold_start: PositiveSeconds | None = Field(
        default=None,
        description="What a request adds that finds no environment; not modelled if not given",
    )
    keep_alive: PositiveSeconds = default(
        "10 min",
        "providers promise none; Mahmoudi and Khazaei, SimFaaS (2021), arXiv:2102.08904, take it",
        low="5 min",
        high="60 min",
        description="Time for which an idle environment is kept",
    )
    idle_environments: bool = Field(
        default=False,
        description="Whether environments that wait for the next request are counted: each keeps "
        "its connections, and requests that overlap start cold as well",
    )

    def allowed(self) -> Node | None:
        """Return the executions that may run at once: the account's, and those reserved."""
        if self.reserved_concurrency is None or self.concurrent is None:
            return (
                self.concurrent if self.reserved_concurrency is None else self.reserved_concurrency
            )
        return least(
            "executions allowed",
            "request",
            account=self.concurrent,
            reserved=self.reserved_concurrency,
        )

    def stocks(self, at: Station) -> None:
        """
        Open a connection per running environment, for each database that is called.

        Where executions are reserved, that many environments may come to hold theirs, whatever the
        load: a retry or a slow query is enough. Source: AWS Lambda developer guide, reserved
        concurrency: the least that a function has for itself and the most that it may reach,
        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        executions = at.scene.pools.get(at.name, {}).get(None)
        if executions is None:
            return
        running = executions
        if (allowed := self.allowed()) is not None:
            running = least("environments running", "request", wanted=executions, allowed=allowed)
        if self.idle_environments and at.crowd is None:
            running = self._kept(at)
        queries = [edge.flow for edge in at.sent if edge.flow.carrier == "query"]
        for goal in dict.fromkeys(at.scene.graph.end(at.name, flow) for flow in queries):
            held = product(
                "connections of the environments", "connection",
                environments=running, each=self.connections_per_environment,
            )  # fmt: skip
            cause = f"environments of {at.name}"
            at.send(Flow("connection", cause, held, bound_for=goal, most=self._most()))

    def _most(self) -> Most | None:
        """Return the connections that all executions hold which are reserved; None where none."""
        allowed = self.allowed()
        if self.reserved_concurrency is None or allowed is None:
            return None
        full = product(
            "connections of all environments", "connection",
            environments=allowed, each=self.connections_per_environment,
        )  # fmt: skip
        return Most(full, stated=True)

    def _kept(self, at: Station) -> Node:
        """Return the environments that are there, running or idle, of each kind of request."""
        kept: dict[str, Node] = {
            flow.words: derive(
                f"environments for {flow.cause}", "request", environments.environments_kept,
                request_rate=flow.rate, duration=at.answer_to(flow).time,
                keep_alive=self.keep_alive,
            )
            for flow in at.flows()
        }  # fmt: skip
        there: Node = total("environments wanted", "request", kept)
        if (allowed := self.allowed()) is not None:
            # One is started only where none is idle, so there are never more than may run.
            there = least("environments kept", "request", wanted=there, allowed=allowed)
        at.tell(total("environments, running or idle", "request", {"kept": there}))
        return there

    def cold_share(self, flow: Flow, warm: Node | None = None) -> Node:
        """Return the share that starts cold: of requests that overlap, where a time is given."""
        if warm is not None:
            return derive(
                "requests that start cold", "fraction", environments.cold_share,
                request_rate=flow.rate, duration=warm, keep_alive=self.keep_alive,
            )  # fmt: skip
        return derive(
            "requests that start cold", "fraction", serverless.cold_start_share,
            request_rate=flow.rate, keep_alive=self.keep_alive,
        )  # fmt: skip
