"""
Databases that are not one PostgreSQL primary: MySQL, shards, and a replica as a part of its own.

MySQL gives each connection a thread where PostgreSQL gives it a process, and other numbers where
a file says none. Shards share the rows by key, and the busiest has more than its part. A replica
that has a name of its own answers the reads that are sent to it, and replays what its primary
writes::

    app ──reads──▶ replica ◀──all writes of──  main ◀──writes── app
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import CoreSchema

from planning.flow.constraint import PastLimit
from planning.numbers.catalog import shipped_catalog
from planning.numbers.nodes import asked, product, total
from planning.parts.burstable import Burstable
from planning.parts.sharding import Sharded, Shards

if TYPE_CHECKING:
    from planning.parts.station import Station

_MANUAL = "MySQL 8.4 reference manual, https://dev.mysql.com/doc/refman/8.4/en/"
# What MySQL has where a file states nothing; PostgreSQL's numbers are the fields' defaults.
_MYSQL: Mapping[str, Mapping[str, str | int]] = {
    "max_connections": {
        "value": 151, "kind": "vendor",
        "source": f"{_MANUAL}server-system-variables.html, max_connections",
    },
    "reserved": {
        "value": 0, "kind": "vendor",
        "source": f"{_MANUAL}too-many-connections.html: one more than max_connections is let in, "
        "for an administrator",
    },
    "backend_memory": {
        "value": "1.2 MB", "low": "250 kB", "high": "2 MB", "kind": "vendor",
        "source": "buffers for reading (128 KiB), sorting, joining and reading in order (256 KiB "
        "each), a stack of 256 KiB (1 MiB since 8.0.27), 32 KiB for the binary log: "
        "http://datalbi.com/article.php?id=9",
    },
    "shared_memory": {
        "value": "70 %", "low": "50 %", "high": "80 %",
        "source": "InnoDB's buffer pool, 70 % of the memory of a server of its own: R. James, "
        "https://mysql.rjweb.org/doc.php/memory",
    },
}  # fmt: skip
_NONE = asked(0.0, "query/s", "a replica is read-only")


class Engine(Burstable, Sharded):
    """What a file may say of a database's engine, its shards, and whose replica it is."""

    engine: Literal["postgresql", "mysql"] = Field(
        default="postgresql",
        description="Whose numbers hold where the file states none: MySQL has 151 connections, "
        "none reserved, threads of 1.2 MB and a buffer pool of 70 %",
    )
    shards: Shards | None = Field(
        default=None,
        description="Primaries that share the rows by key; cores, memory, connections and "
        "replicas are of one, and each process has a pool for each",
    )
    replica_of: str | None = Field(
        default=None, max_length=41,
        description="Database whose writes it replays; `lag_within` limits how far it is behind",
    )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _of_mysql(cls, given: Any, info: ValidationInfo) -> Any:
        """Fill in what MySQL has where neither the file nor its plan says a number."""
        if not isinstance(given, dict) or given.get("engine") != "mysql":
            return given
        catalog = (info.context or {}).get("catalog") or shipped_catalog()
        plan = given.get("plan")
        stated = {*given, *(catalog.plan(plan) if isinstance(plan, str) else ())}
        return {**given, **{name: dict(each) for name, each in _MYSQL.items()
                            if name not in stated}}  # fmt: skip

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.replica_of is not None and getattr(self, "replicas", None) is not None:
            raise ValueError(
                "`replica_of` and `replicas` exclude each other: this is a replica, or it has some."
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Let editors accept an engine in place of the fields that it may fill."""
        found = super().__get_pydantic_json_schema__(schema, handler)
        handler.resolve_ref_schema(found)["anyOf"].append({"required": ["engine"]})
        return found

    @property
    def refers(self) -> Mapping[str, str]:
        """The primary that it is a replica of."""
        return {} if self.replica_of is None else {"replica_of": self.replica_of}

    @property
    def buffers(self) -> str:
        """What the engine calls the memory that all connections share."""
        return "buffer pool" if self.engine == "mysql" else "shared buffers"

    def limit_writes(self, at: Station) -> None:
        """Limit what writes to a replica: all of it is refused (PostgreSQL hot standby)."""
        writes = {
            flow.words: product(f"{flow.cause} writes", "query/s", queries=flow.rate,
                                writes=flow.visit.writes)
            for flow in at.flows("query", "transaction") if flow.visit.writes is not None
        }  # fmt: skip
        if self.replica_of is None or not writes:
            return
        remedy = "writes to the primary"
        at.limit("writes to a replica", total("writes", "query/s", writes), _NONE,
                 PastLimit.REJECT, remedy)  # fmt: skip
