"""What a file may say of one process of a service, and of the zones its hosts are spread over."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.numbers.estimate import Estimate
from planning.numbers.quantities import Amount, Bytes, default
from planning.parts.base import Caller
from planning.parts.machine import Machine
from planning.parts.peers import Peers


class ProcessFields(Caller, Machine):
    """Limits of one process, and the zones that hosts are spread over."""

    heap_limit: Bytes | None = Field(
        default=None,
        description="Heap that one process may have: max-old-space-size of Node.js, -Xmx of a JVM",
    )
    file_descriptors: Annotated[Estimate, Amount("object", above=0.0)] | None = Field(
        default=None, description="Files and sockets that one process may have open (ulimit -n)"
    )
    open_files: Annotated[Estimate, Amount("object")] = default(
        50, "libraries, logs and pipes of a process at rest", low=20, high=200,
        description="Files that one process has open without any request",
    )  # fmt: skip
    peers: Peers | None = Field(
        default=None,
        description="What a process keeps for each other one of the service, so that more of them "
        "is what breaks it; none: they do not know each other",
    )
    zones: Annotated[Estimate, Amount("ratio", at_least=2.0, whole=True)] | None = Field(
        default=None,
        description="Zones over which the hosts are spread evenly, and of which losing one must "
        "be survived at the peak; none: that is not asked",
    )
