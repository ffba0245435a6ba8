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
from typing import Any

from planning.importing.compose import blocks, mapping
from planning.importing.found import Where
from planning.importing.sources import Source, Tree, printable

_MAX_DEPTH = 12  # of modules in modules
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
    made_from: Mapping[str, list[str]]

    @property
    def name(self) -> str:
        """What it is called where it runs, or in the plan."""
        for key in _NAMES:
            if isinstance(self.values.get(key), str) and self.values[key]:
                return str(self.values[key])
        return self.plain.rpartition(".")[2]

    @property
    def plain(self) -> str:
        """Its address without the index of `count` and `for_each`."""
        return re.sub(r"\[[^]]*\]", "", self.address)

    def refers(self, attribute: str) -> list[str]:
        """Return the addresses, without modules, of what an attribute is made from."""
        return self.made_from.get(attribute, [])

    def where(self, attribute: str = "") -> Where:
        """Return the place of an attribute: its line, or that of the resource."""
        text = self.source.text
        start = max(text.find('"planned_values"'), 0)
        match = re.compile(rf'"address"\s*:\s*{re.escape(json.dumps(self.address))}').search(
            text, start
        )
        if match is None:
            return Where(self.source.name, None, printable(f"{self.address} {attribute}".strip()))
        end = text.find('"address"', match.end())
        inside = text.find(f'"{attribute}"', match.end(), end if end > 0 else len(text))
        line = text.count("\n", 0, inside if attribute and inside > 0 else match.start()) + 1
        return Where(self.source.name, line, printable(f"{self.address} {attribute}".strip()))

    def refers_to(self, other: Resource, attribute: str) -> bool:
        """Return whether an attribute is what another resource will be called."""
        named = self.values.get(attribute)
        if isinstance(named, str) and named:
            return any(named == other.values.get(key) for key in ("arn", "id", *_NAMES))
        return any(other.is_called(each) for each in self.refers(attribute))

    def is_called(self, address: str) -> bool:
        """Return whether an address, which may leave out the module, is that of this resource."""
        return self.plain == address or self.plain.endswith(f".{address}")


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
            address = str(each.get("address", ""))
            plain = re.sub(r"\[[^]]*\]", "", address)
            yield Resource(
                source, address, str(each.get("type", "")), mapping(each.get("values")),
                config.get(plain, {}),
            )  # fmt: skip
    for child in blocks(module.get("child_modules")) if depth < _MAX_DEPTH else []:
        yield from _resources(source, child, config, depth + 1)


def _references(
    module: Mapping[str, Any], before: str = "", depth: int = 0
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield, by address, the resources that each attribute refers to."""
    for each in blocks(module.get("resources")):
        found: dict[str, list[str]] = {}
        for attribute, how in mapping(each.get("expressions")).items():
            # The address alone: references name `resource.attribute` and `resource` both.
            short = (".".join(word.split(".")[:2]) for word in _named(how))
            found[attribute] = list(dict.fromkeys(word for word in short if "." in word))
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
