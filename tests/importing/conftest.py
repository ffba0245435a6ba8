"""Files of configuration, imported and assessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import planning
from planning.importing.formats import import_files
from planning.numbers.nodes import value_at
from planning.questions.assess import Assessment
from planning.questions.load import parse_system


@dataclass(frozen=True)
class Imported:
    """A system file, what was said of it, and its assessment."""

    text: str
    told: list[str]
    result: Assessment

    def load(self, name: str) -> float:
        return value_at(self.result.of(name).load)

    def limit(self, name: str) -> float:
        return value_at(self.result.of(name).limit)

    def source(self, path: str) -> str:
        return self.result.system.inputs[path].estimate.source

    def value(self, path: str) -> float:
        return value_at(self.result.system.inputs[path].estimate)


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Imported]:
    """Write files by name, import them all, load what was written and assess it."""

    def run(files: dict[str, str | bytes]) -> Imported:
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        text, told = import_files(paths)
        return Imported(text, told, planning.assess(parse_system(text)))

    return run
