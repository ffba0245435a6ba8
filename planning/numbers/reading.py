"""
Read an untrusted YAML file into plain data, remembering where every value stood.

A system file may come from anyone, so the reader takes a small, closed part of
YAML: mappings, lists and plain scalars. Anchors and aliases (how a few lines grow
to gigabytes), tags (how a file runs code) and duplicate keys are refused, size
and depth are bounded, and each refusal says file and line. The YAML nodes keep
their positions, so that a later error about a value names its line as well.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Ten times what a large system takes; the parser needs seconds for a megabyte of brackets.
MAX_BYTES = 256_000
MAX_DEPTH = 24
MAX_NODES = 20_000

Location = tuple[str | int, ...]


class FileError(ValueError):
    """A file that cannot be used; the message names file, line, field, value and remedy."""


@dataclass(frozen=True)
class Document:
    """Plain data of a file, the line (from 1) on which each value starts, and its text."""

    name: str
    data: dict[str, Any]
    lines: dict[Location, int] = field(repr=False)
    text: str = field(default="", repr=False)

    def line_of(self, location: Location) -> int | None:
        """Return the line of a value, or of the nearest enclosing one that is in the file."""
        for end in range(len(location), -1, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return None


def read_document(path: Path) -> Document:
    """
    Read a YAML file.

    Parameters
    ----------
    path : Path
        A regular file of at most 256 kB in UTF-8.

    Returns
    -------
    Document
        Its content and positions.

    Raises
    ------
    FileError
        If the file is missing, a directory, a device, too large, not UTF-8, empty, not YAML, uses
        anchors, aliases or tags, repeats a key, or nests too deeply.
    """
    return parse_document(read_text(path, MAX_BYTES, "a system file"), str(path))


def parse_document(text: str, name: str) -> Document:
    """Parse YAML text as :func:`read_document` does; `name` stands for the file in errors."""
    data, lines = parse_tree(text, name)
    if data is None and not lines:
        raise FileError(
            f"{name} is empty; `planning new NAME` writes a commented file to start from."
        )
    if not isinstance(data, dict):
        raise FileError(f"{name}:1: a system file is a mapping of fields, not a {_kind(data)}.")
    return Document(name, data, lines, text)


def parse_tree(text: str, name: str) -> tuple[Any, dict[Location, int]]:
    """
    Parse one YAML document of any shape, as safely as a system file.

    Parameters
    ----------
    text : str
        The document.
    name : str
        Stands for the file in errors.

    Returns
    -------
    data, lines
        Plain data and the line (from 1) on which each value starts; None and no lines where the
        text holds nothing.

    Raises
    ------
    FileError
        As :func:`read_document` does of what is in a file.
    """
    from ruamel.yaml import YAML  # here: only who reads a file pays for the parser
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    _bounded(text, name)
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = str(error.problem or error.context)
        advice = _advice(problem)
        raise FileError(f"{name}{line}: not valid YAML: {problem}.{advice}") from None
    except (YAMLError, RecursionError, ValueError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise FileError(f"{name}: not valid YAML: {first}.") from None
    lines: dict[Location, int] = {}
    return None if root is None else _Builder(name, lines).build(root, ()), lines


def _bounded(text: str, name: str) -> None:
    """
    Refuse what nests too deeply before the parser does it.

    The parser calls itself for every bracket and spends seconds on two kilobytes of them. Only
    brackets can nest within a line; indentation is bounded by the walk over the nodes.
    """
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        for place, character in enumerate(line):
            if quote:
                quote = "" if character == quote else quote
            elif character in "\"'" and (place == 0 or line[place - 1] in " [{,:"):
                quote = character
            elif character == "#" and (place == 0 or line[place - 1] == " "):
                break
            elif character in "[{":
                depth += 1
                if depth > MAX_DEPTH:
                    raise FileError(
                        f"{name}:{number}: deeper nesting of brackets than any system has; "
                        "shorten it."
                    )
            elif character in "]}":
                depth = max(depth - 1, 0)


def _advice(problem: str) -> str:
    """Return what to do about the slips that the parser words for programmers."""
    if "\\t" in problem:
        return " Indent with spaces, not with tabs."
    if "mapping values are not allowed" in problem:
        return ' Put text that contains a colon in quotes, "like: this".'
    if "expected ',' or" in problem or "end of stream" in problem:
        return " A quote or a bracket before this line is not closed."
    return ""


def read_text(path: Path, most: int, what: str) -> str:
    """
    Return the text of a regular file, within a size.

    Parameters
    ----------
    path : Path
        In UTF-8, with or without a byte order mark.
    most : int
        Size that is read at most. [byte]
    what : str
        What it is to be, for errors: ``a system file``.

    Raises
    ------
    FileError
        If it is missing, a directory, a device, too large or not UTF-8.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error}).") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path} is a directory; name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{path} is not a regular file.")
    if status.st_size > most:
        raise FileError(
            f"{path} has {status.st_size / 1e6:,.1f} MB; {what} has at most {most // 1000:,} kB."
        )
    try:
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error}).") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileError(
            f"{path}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8."
        ) from None


def beside(file: Path, name: str) -> Path:
    """
    Return a file that another one names: in its folder, or below it.

    A system file may come from anyone: it is not to read what lies elsewhere on this machine.

    Parameters
    ----------
    file : Path
        The one that names it.
    name : str
        As it names it; a link is followed, and where it leads counts.

    Returns
    -------
    Path
        Under the folder as given, so that errors tell no more of this machine. Perhaps there is
        no such file.

    Raises
    ------
    FileError
        If the name leads elsewhere or in a circle, or what names it is no file, such as standard
        input.
    """
    if not file.is_file():
        raise FileError("a table is found beside a system file, and this is no file.")
    path = file.parent / name
    try:
        within = path.resolve().is_relative_to(file.resolve().parent)
    except (OSError, RuntimeError, ValueError):  # links in a circle, a NUL byte
        raise FileError("no file can have that name.") from None
    if not within or Path(name).is_absolute():
        raise FileError("a table must lie in the folder of the system file, or below it.")
    return path


class _Builder:
    """Turns YAML nodes into plain data, one bounded walk."""

    def __init__(self, name: str, lines: dict[Location, int]) -> None:
        self.name, self.lines, self.count = name, lines, 0

    def build(self, node: Any, at: Location) -> Any:
        self.count += 1
        line = node.start_mark.line + 1
        self.lines.setdefault(at, line)
        if node.anchor is not None:
            raise self.error(
                line, f"anchors and aliases (&{node.anchor}) are not used here; repeat"
            )
        if self.count > MAX_NODES or len(at) > MAX_DEPTH:
            raise self.error(line, "more values or deeper nesting than any system has; shorten")
        tag = str(node.ctag if hasattr(node, "ctag") else node.tag)
        kind = tag.rpartition(":")[2]
        if kind == "map":
            return dict(self.items(node, at))
        if kind == "seq":
            return [self.build(child, (*at, index)) for index, child in enumerate(node.value)]
        return self.scalar(kind, node.value, line)

    def items(self, node: Any, at: Location) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                raise self.error(line, "a field name must be a plain word; rename it")
            if key in seen:
                raise self.error(
                    line, f"field {key!r} is there twice; keep one and remove the other, or merge"
                )
            seen.add(key)
            self.lines[(*at, key)] = line
            yield key, self.build(value_node, (*at, key))

    def scalar(self, kind: str, value: str, line: int) -> Any:
        if kind == "null":
            return None
        if kind == "bool":
            return value.lower() in {"true", "yes", "on"}
        if kind in {"int", "float"}:
            try:
                return (
                    int(value.replace("_", "")) if kind == "int" else float(value.replace("_", ""))
                )
            except (ValueError, OverflowError):
                return value  # 0x1f, 1:30 and the like: the field's own reader says what is wanted
        if kind in {"str", "timestamp"}:
            return value.replace("\a", "")  # ruamel marks where a folded text was folded
        raise self.error(line, f"YAML tag !{kind} is not used here; remove")

    def error(self, line: int, problem: str) -> FileError:
        return FileError(f"{self.name}:{line}: {problem} it.")


def _kind(data: Any) -> str:
    return "list" if isinstance(data, list) else "text"
