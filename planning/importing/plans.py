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


@dataclass(frozen=True)
class Resource:
    """One planned resource, its text for lines, and what it refers to."""

    source: Source
    address: str
    kind: str
    values: Mapping[str, Any]
    refers: Mapping[str, list[str]]

    @property
    def name(self) -> str:
        """What it is called where it runs, or in the plan."""
        for key in ("name", "identifier", "cluster_identifier", "family"):
            if isinstance(self.values.get(key), str):
                return str(self.values[key])
        return self.address.rpartition(".")[2]

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
            return named in (other.values.get("name"), other.values.get("arn"),
                             other.values.get("id"), other.values.get("family"),
                             other.values.get("cluster_identifier"))  # fmt: skip
        plain = re.sub(r"\[[^]]*\]", "", other.address)
        return any(plain.endswith(each) for each in self.refers.get(attribute, ()))


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
            named = mapping(how).get("references")
            # The address alone: references name `resource.attribute` and `resource` both.
            found[attribute] = [
                ".".join(str(word).split(".")[:2])
                for word in (named if isinstance(named, list) else [])
            ]
        yield before + str(each.get("address", "")), found
    calls = mapping(module.get("module_calls")) if depth < _MAX_DEPTH else {}
    for name, call in calls.items():
        inner = mapping(mapping(call).get("module"))
        yield from _references(inner, f"{before}module.{name}.", depth + 1)
