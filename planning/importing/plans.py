"""
The resources of a Terraform plan: their values, the lines they stand on, and who refers to whom.

JSON keeps no lines, so a resource is looked for by its address, and an attribute behind that. What
is not known before it is applied (an ARN) is missing among the values; the configuration beside
them says which resource it will come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planning.importing.compose import blocks, mapping
from planning.importing.found import Where
from planning.importing.sources import Source, Tree, printable

_MAX_DEPTH = 12  # of modules in modules
_LONGEST = 400  # [character] of an address; a longer one has no line
# What a resource is called where it runs.
_NAMES = (
    "name", "identifier", "cluster_identifier", "family", "function_name", "cluster_id",
    "replication_group_id", "cluster_name",
)  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """One planned resource, its text for lines, and what it refers to."""

    source: Source
    address: str
    kind: str
    values: Mapping[str, Any]
    made_from: Mapping[str, frozenset[str]]

    @property
    def name(self) -> str:
        """What it is called where it runs, or in the plan."""
        for key in _NAMES:
            if isinstance(self.values.get(key), str) and self.values[key]:
                return str(self.values[key])
        return self.plain.rpartition(".")[2]

    @cached_property
    def plain(self) -> str:
        """Its address without the index of `count` and `for_each`."""
        return re.sub(r"\[[^]]*\]", "", self.address)

    @cached_property
    def short(self) -> str:
        """Kind and name, as the configuration of its module calls it."""
        return ".".join(self.plain.split(".")[-2:])

    @cached_property
    def _span(self) -> tuple[int, int, int] | None:
        """Where its values stand: from behind its address, and its line, to the next address."""
        text = self.source.text
        start = max(text.find('"planned_values"'), 0)
        match = re.compile(rf'"address"\s*:\s*{re.escape(json.dumps(self.address))}').search(
            text, start
        )
        if match is None:
            return None
        end = text.find('"address"', match.end())
        line = text.count("\n", 0, match.end()) + 1
        return match.end(), line, end if end > 0 else len(text)

    def where(self, attribute: str = "") -> Where:
        """Return the place of an attribute: its line, or that of the resource."""
        words = printable(f"{self.address} {attribute}".strip())
        if self._span is None:
            return Where(self.source.name, None, words)
        start, line, end = self._span
        inside = self.source.text.find(f'"{attribute}"', start, end) if attribute else -1
        if inside > 0:
            line += self.source.text.count("\n", start, inside)
        return Where(self.source.name, line, words)

    def made_of(self, attribute: str) -> frozenset[str]:
        """Return what an attribute is made from: kind and name of each resource."""
        return self.made_from.get(attribute, frozenset())

    def refers_to(self, other: Resource, attribute: str) -> bool:
        """Return whether an attribute is what another resource will be called."""
        named = self.values.get(attribute)
        if isinstance(named, str) and named:
            return any(named == other.values.get(key) for key in ("arn", "id", *_NAMES))
        return other.short in self.made_of(attribute)


def region_of(tree: Tree) -> str | None:
    """Return the region that the configuration names for Amazon; None where it names none."""
    providers = mapping(mapping(tree.data.get("configuration")).get("provider_config"))
    for provider in providers.values():
        if mapping(provider).get("name") == "aws":
            region = mapping(mapping(mapping(provider).get("expressions")).get("region"))
            named = region.get("constant_value")
            return named if isinstance(named, str) else None
    return None


def resources_of(source: Source, tree: Tree) -> list[Resource]:
    """Return the planned resources of all modules."""
    values = mapping(tree.data.get("planned_values") or tree.data.get("values"))
    config = dict(_references(mapping(mapping(tree.data.get("configuration")).get("root_module"))))
    return list(_resources(source, mapping(values.get("root_module")), config, 0))


def _resources(
    source: Source, module: Mapping[str, Any], config: Mapping[str, Any], depth: int
) -> Iterator[Resource]:
    for each in blocks(module.get("resources")):
        if each.get("mode", "managed") == "managed":
            address = str(each.get("address", ""))[:_LONGEST]
            plain = re.sub(r"\[[^]]*\]", "", address)
            yield Resource(
                source, address, str(each.get("type", "")), mapping(each.get("values")),
                config.get(plain, {}),
            )  # fmt: skip
    for child in blocks(module.get("child_modules")) if depth < _MAX_DEPTH else []:
        yield from _resources(source, child, config, depth + 1)


def _references(
    module: Mapping[str, Any], before: str = "", depth: int = 0
) -> Iterator[tuple[str, dict[str, frozenset[str]]]]:
    """Yield, by address, the resources that each attribute refers to."""
    for each in blocks(module.get("resources")):
        found: dict[str, frozenset[str]] = {}
        for attribute, how in mapping(each.get("expressions")).items():
            # The address alone: references name `resource.attribute` and `resource` both.
            short = (".".join(word.split(".")[:2]) for word in _named(how))
            found[attribute] = frozenset(word for word in short if "." in word)
        yield before + str(each.get("address", "")), found
    calls = mapping(module.get("module_calls")) if depth < _MAX_DEPTH else {}
    for name, call in calls.items():
        inner = mapping(mapping(call).get("module"))
        yield from _references(inner, f"{before}module.{name}.", depth + 1)


def _named(how: Any) -> Iterator[str]:
    """Yield what an expression refers to, in blocks within it as well."""
    if isinstance(how, list):
        for each in how:
            yield from _named(each)
    elif isinstance(how, dict):
        listed = how.get("references")
        if isinstance(listed, list):
            yield from (word for word in listed if isinstance(word, str))
        else:
            for each in how.values():
                yield from _named(each)
