"""What is wrong with a system file, in this project's words instead of the validator's."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from planning.numbers.reading import Location
from planning.parts import Part, kinds
from planning.system.system import System

# What people call a part by its product.
_PRODUCTS = {
    "redis": "cache", "memcached": "cache", "valkey": "cache", "postgres": "database",
    "postgresql": "database", "mysql": "database", "db": "database", "supabase": "database",
    "pgbouncer": "pooler", "supavisor": "pooler", "next": "service", "nextjs": "service",
    "node": "service", "server": "service", "web": "service", "api": "service",
    "openai": "external_api", "llm": "external_api", "email": "external_api", "ses": "external_api",
    "worker": "queue", "workers": "queue", "livekit": "media", "sfu": "media", "cloudfront": "cdn",
    "video": "media", "room": "seats", "cost": "budget", "presence": "websocket",
    "chat": "websocket", "socket": "websocket", "stream": "sse", "ratelimit": "rate_limit",
    "limit": "rate_limit", "nginx": "proxy", "haproxy": "proxy", "alb": "proxy",
    "lambda": "serverless", "edge": "serverless",
    "function": "serverless", "disk": "storage", "table": "storage", "leaderboard": "table_scan",
    "ranking": "table_scan", "sla": "availability", "kafka": "broker", "kinesis": "broker",
    "cron": "scheduled_job", "batch": "scheduled_job",
    "s3": "object_store", "bucket": "object_store", "rabbitmq": "queue",
    "sqs": "queue", "celery": "queue", "sidekiq": "queue", "jobs": "queue",
    "mongodb": "document_store", "mongo": "document_store", "firestore": "document_store",
    "dynamodb": "key_value_store", "couchdb": "document_store",
    "gpu": "model_server", "gpus": "model_server", "timescale": "time_series",
    "timescaledb": "time_series", "influxdb": "time_series", "hypertable": "time_series",
    "vllm": "model_server", "loadbalancer": "proxy", "balancer": "proxy",
}  # fmt: skip


def complaint(error: ErrorDetails) -> tuple[Location, str]:
    """Return where a pydantic error is and what it says, in this project's words."""
    location = _in_file(error["loc"])
    kind, given = error["type"], error.get("input")
    if kind == "extra_forbidden":
        name = str(location[-1])
        near = get_close_matches(name, _known_fields(error["loc"]), n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return location, f"unknown field{hint or '; known are ' + _listed(error['loc'])}"
    if kind == "missing":
        return location, "this field is missing."
    if kind == "union_tag_invalid":
        expected = [tag.strip(" '") for tag in str(error["ctx"]["expected_tags"]).split(",")]
        tag = str(error["ctx"]["tag"])
        near = get_close_matches(tag, expected, n=1, cutoff=0.7)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(expected)}."
        if tag.lower() in _PRODUCTS:
            hint = f"the kind that is nearest is {_PRODUCTS[tag.lower()]!r}."
        return (*location, "kind"), f"unknown kind of part {tag[:40]!r}; {hint}"
    if kind == "union_tag_not_found":
        return location, "a part needs a kind, such as `kind: database`."
    if kind == "value_error":
        return location, str(error["ctx"]["error"])
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        what = "is empty" if given is None else f"is {given!r:.40}"
        return location, f"{what}; a mapping of fields is wanted: {_listed((*error['loc'], ''))}"
    shown = repr(given)
    return (
        location,
        f"{shown if len(shown) <= 60 else shown[:57] + '...'}: {_sentence(error['msg'])}",
    )


def _sentence(message: str) -> str:
    words = message.replace("Input should be", "must be").replace("a valid dictionary", "a mapping")
    return words[:1].lower() + words[1:].rstrip(".") + "."


@cache
def _kinds() -> Mapping[str, type[Part]]:
    return kinds()


def _in_file(location: Location) -> Location:
    """Return a place as the file has it: pydantic adds the kind of a part behind its name."""
    if location[:1] == ("parts",) and len(location) > 2 and location[2] in _kinds():
        return (*location[:2], *location[3:])
    return location


def _known_fields(location: Location) -> list[str]:
    model: Any = System
    for step in location[:-1]:
        if isinstance(step, str) and step in _kinds() and location[0] == "parts":
            model = _kinds()[step]
        elif (
            isinstance(model, type) and issubclass(model, BaseModel) and step in model.model_fields
        ):
            model = model.model_fields[str(step)].annotation
        for argument in getattr(model, "__args__", ()):
            if isinstance(argument, type) and issubclass(argument, BaseModel):
                model = argument
                break
    if isinstance(model, type) and issubclass(model, BaseModel):
        return list(model.model_fields)
    return []


def _listed(location: Location) -> str:
    return ", ".join(_known_fields(location)) + "."
