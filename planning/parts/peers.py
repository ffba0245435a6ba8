"""
What each process keeps for each other one: threads, and with them a limit on how many there are.

Processes that all talk to each other keep something for every peer. Then the number that one may
have limits the number of processes, more capacity is what breaks it, and it breaks all at once::

    3,000 servers, a thread for each other one ─▶ 2,999 threads on each, and one more with each more
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, asked, difference, product, rounded_up, total
from planning.numbers.quantities import Amount, Closed, default

if TYPE_CHECKING:
    from planning.parts.station import Station

_ITSELF = asked(1.0, "process", "a process is no peer of itself")
_REMEDY = "fewer, larger processes, groups that do not know each other, or a higher limit"


class Peers(Closed):
    """Threads that a process keeps for each other one of the service."""

    threads_each: Annotated[Estimate, Amount("thread/process", above=0.0)] = default(
        1, "one reads what one peer sends", description="Threads for each other process"
    )
    own_threads: Annotated[Estimate, Amount("thread")] = default(
        100, "pools and collectors of a small JVM or a server with a thread a core",
        low=10, high=500, description="Threads of a process without any peer",
    )  # fmt: skip
    thread_limit: Annotated[Estimate, Amount("thread", above=0.0)] | None = Field(
        default=None,
        description="Threads that one process may have (ulimit -u, pids.max, TasksMax)",
    )

    def limit(self, at: Station, processes: Node, deploying: Node | None) -> None:
        """
        Limit the threads of one process, at rest and while old and new ones run at once.

        Past it no process can start the threads that it needs: all are down, not the last added.
        Nothing is limited where no `thread_limit` is stated.
        """
        if self.thread_limit is None:
            return
        for what, there in (("threads", processes), ("threads while deploying", deploying)):
            if there is not None:
                used = self._threads(there)
                at.limit(
                    f"peer {what}", used, self.thread_limit, PastLimit.CRASH, _REMEDY,
                    needed=rounded_up("threads needed", "thread", wanted=used),
                )  # fmt: skip

    def _threads(self, processes: Node) -> Node:
        others = difference("other processes", "process", all=processes, itself=_ITSELF)
        of_peers = product("threads for peers", "thread", others=others, each=self.threads_each)
        return total("threads of one process", "thread", {"own": self.own_threads,
                                                          "peers": of_peers})  # fmt: skip
