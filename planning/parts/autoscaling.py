"""
Autoscaling: processes that are started as load comes, and load that comes faster.

A peak finds the processes of the hours before it. The autoscaler notices when they are as busy
as planned, starts some after its reaction and more after each cool-down, up to the most::

    processes      wanted        ╱‾‾‾‾‾ peak
                               ╱   ┌───── there, one step after the other
                         ____╱_____│
                                 <reaction>

Where the load has grown past what is there, requests queue although the most would carry it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.models.servers import autoscaling
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    most,
    product,
    quotient,
    rounded_up,
)
from planning.numbers.quantities import Closed, PositiveSeconds, Processes, default

if TYPE_CHECKING:
    from planning.parts.station import Station

_ALL = asked(1.0, "ratio", "as many as are wanted")


class Autoscaling(Closed):
    """Processes that are started when the load has been high for a while."""

    least: Processes = Field(description="Processes that run before a surge")
    reaction: PositiveSeconds = default(
        "3 min",
        "a minute's metric seen twice, and a container's start",
        low="1 min",
        high="10 min",
        description="From the overload to the first new process",
    )
    step: Processes = default(1, "one at a time", description="Processes started at once")
    cool_down: PositiveSeconds = default(
        "1 min", "a usual setting", low="1 min", high="5 min", description="Between two steps"
    )
    rise: PositiveSeconds | None = Field(
        default=None,
        description="Time in which the load grows from its mean to its peak; not modelled if not "
        "given: all processes are there at the peak",
    )

    def limit_growth(
        self, at: Station, busy: Node, cores: Node, processes: Node, planned: Node, patience: Node
    ) -> None:
        """
        Limit how fast the load may grow: past it requests queue until enough processes run.

        The processes before the growth are those that the mean keeps as busy as planned, and no
        less than the least. Nothing without `rise`, or where a crowd comes, which meets the least.
        Source: :func:`planning.models.servers.autoscaling.busiest_while_growing`.

        Parameters
        ----------
        at : Station
            Where.
        busy : Node
            Cores busy at the peak. [core]
        cores : Node
            Cores that all processes can use. [core]
        processes : Node
            The most that may run. [process]
        planned : Node
            Busy share of the cores to plan for. [fraction]
        patience : Node
            Longest wait for a core. [s]
        """
        if self.rise is None or at.crowd is not None:
            return
        each = quotient("cores of a process", "core/process", cores=cores, processes=processes)
        peak = quotient("processes that the peak keeps busy", "process", busy=busy, cores_each=each)
        start = quotient("processes that the mean keeps busy", "process", at_the_peak=peak,
                         peak_to_mean=at.workload.peak_to_mean)  # fmt: skip
        wanted = quotient("processes for the mean", "process", busy=start,
                          share=planned)  # fmt: skip
        there = most("processes before the growth", "process", {
            "for the mean": rounded_up("whole processes for the mean", "process", wanted=wanted),
            "least": self.least,
        })  # fmt: skip
        noticed = product("processes busy as planned", "process", there=there,
                          share=planned)  # fmt: skip
        trigger = most("processes busy when it is noticed", "process",
                       {"as planned": noticed, "on the mean": start})  # fmt: skip
        growth = quotient(
            "processes wanted more per second", "process/s",
            more=difference("more at the peak", "process", peak=peak, mean=start), rise=self.rise,
        )  # fmt: skip
        rising = quotient(
            "time from then to the peak", "s",
            more=difference("still to come", "process", peak=peak, then=trigger), growth=growth,
        )  # fmt: skip
        busiest = derive(
            "processes wanted of those there, while the load grows", "ratio",
            autoscaling.busiest_while_growing, peak=peak, trigger=trigger, growth=growth,
            rising=rising, there=there, step=self.step, reaction=self.reaction,
            cool_down=self.cool_down, most=processes,
        )  # fmt: skip
        remedy = (
            "more processes at rest, larger steps, a lower target, or scaling ahead by the clock"
        )
        at.limit("growth", busiest, _ALL, PastLimit.QUEUE, remedy, patience=patience)
