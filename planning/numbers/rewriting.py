"""
Write one number back into a system file: its place, its comments and its layout stay.

A file is somebody's own text. So it is not printed anew from what was read, but edited where the
number stands, scalar by scalar::

    cores: 8            # two machines           before
    cores: {value: 16, source: "the invoice"}    # two machines

A number that is written on several lines keeps them; one that the file leaves to its default is
put below the first line of what it belongs to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planning.numbers.reading import FileError, Location, read_document

_BARE = re.compile(r"[A-Za-z0-9$][A-Za-z0-9 $%/.·²-]*(?<! )")  # needs no quotes in any place
_MEANS_ELSE = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def rewritten(text: str, location: Location, number: Mapping[str, str | float]) -> str:
    r"""
    Return a file's text with another number in one place.

    Parameters
    ----------
    text : str
        YAML that was read before, so that it is known to be sound.
    location : tuple
        Names of the fields from the top to the number.
    number : mapping of str to str or float
        What is said of it now: ``value``, ``low``, ``source`` and the like, in this order. What
        was said of it before and is not here goes.

    Raises
    ------
    FileError
        If the place lies in something that is no mapping of fields.

    Examples
    --------
    >>> text = "parts:\n  app:\n    cores: 8  # two machines\n"
    >>> number = {"value": 16, "source": "a bill"}
    >>> print(rewritten(text, ("parts", "app", "cores"), number), end="")
    parts:
      app:
        cores: {value: 16, source: a bill}  # two machines
    """
    from ruamel.yaml import YAML  # here: only who reads a file pays for the parser

    if text.startswith("\ufeff"):  # a mark of some editors, which the parser would not count
        return text[0] + rewritten(text[1:], location, number)
    root = YAML(typ="rt", pure=True).compose(text)
    node, depth = root, 0
    while depth < len(location):
        if not _is_mapping(node):
            named = ".".join(map(str, location[:depth]))
            raise FileError(f"{named} is no mapping of fields; edit the file by hand.")
        below = _child(node, str(location[depth]))
        if below is None:
            return _inserted(text, node, location[depth:], number)
        node, depth = below, depth + 1
    if _is_mapping(node) and node.value:
        return _amended(text, node, number)
    start, end = node.start_mark.index, _end(text, node)
    if start == end:  # nothing after the colon; the parser tells where the next thing starts
        start = end = text.rindex(":", 0, start) + 1
        return f"{text[:start]} {_flow(number)}{text[end:]}"
    return f"{text[:start]}{_flow(number)}{text[end:]}"


def text_of(path: Path) -> str:
    """
    Return what a file says, to the last byte, so that it can be compared and written back.

    Raises
    ------
    FileError
        As :func:`~planning.numbers.reading.read_document` does of what cannot be read.
    """
    read_document(path)  # is it a small regular file in UTF-8?
    return path.read_bytes().decode("utf-8")


def write_over(path: Path, text: str, before: str) -> None:
    """
    Put a text in the place of a file that was read before.

    It is written beside the file and then takes its name, so that a full disk or a power cut
    leaves the old file whole. A link stays a link; the file keeps its permissions.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        What it is to say.
    before : str
        What it said when it was read.

    Raises
    ------
    FileError
        If somebody changed the file since, or it cannot be written; it is as it was.
    """
    target = path.resolve()
    try:
        if target.read_bytes() != before.encode("utf-8"):
            raise FileError(f"{path} was changed by somebody else meanwhile; ask again.")
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            shutil.copymode(target, beside)
            os.replace(beside, target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileError(
            f"{path}: cannot be written ({error.strerror or error}); it is as it was."
        ) from None


def _is_mapping(node: Any) -> bool:
    return str(node.tag).rpartition(":")[2] == "map"


def _child(node: Any, name: str) -> Any:
    return next((value for key, value in node.value if key.value == name), None)


def _amended(text: str, node: Any, number: Mapping[str, str | float]) -> str:
    """Change what a number's mapping says, field by field."""
    fields, flow = node.value, node.flow_style
    kept = [place for place, (key, _) in enumerate(fields) if key.value in number]
    if not kept:  # as of a row of the catalogue
        return f"{text[: node.start_mark.index]}{_flow(number)}{text[_end(text, node) :]}"
    edits: list[tuple[int, int, str]] = []
    for place, (key, value) in enumerate(fields):
        start, end = key.start_mark.index, _end(text, value)
        if place in kept:
            edits.append((value.start_mark.index, end, _scalar(number[key.value])))
        elif not flow:
            edits.append((*_lines(text, start, end), ""))
        elif place < kept[0]:  # with the comma behind it
            edits.append((start, fields[place + 1][0].start_mark.index, ""))
        else:  # with the comma before it
            edits.append((_end(text, fields[place - 1][1]), end, ""))
    known = {key.value for key, _ in fields}
    new = [f"{name}: {_scalar(said)}" for name, said in number.items() if name not in known]
    key, value = fields[kept[-1]]
    between = ", " if flow else _newline(text) + " " * key.start_mark.column
    at = _end(text, value) if flow else _line_end(text, _end(text, value))
    edits.append((at, at, "".join(between + each for each in new)))
    # From the end to the start, so that places before an edit stay true.
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _inserted(text: str, node: Any, below: Location, number: Mapping[str, str | float]) -> str:
    """Put a number that the file does not state among the fields it belongs to."""
    words = f"{below[-1]}: {_flow(number)}"
    for name in reversed(below[:-1]):
        words = f"{name}: {{{words}}}"
    if not node.value:  # {}
        start, end = node.start_mark.index, node.end_mark.index
        return f"{text[:start]}{{{words}}}{text[end:]}"
    key, value = node.value[0]
    if node.flow_style:
        at = _end(text, value)
        return f"{text[:at]}, {words}{text[at:]}"
    indent, at = " " * key.start_mark.column, key.start_mark.index
    one_line = value.start_mark.line == key.start_mark.line == value.end_mark.line
    if one_line and not isinstance(value.value, list):
        at = _line_end(text, _end(text, value))
        return f"{text[:at]}{_newline(text)}{indent}{words}{text[at:]}"
    return f"{text[:at]}{words}{_newline(text)}{indent}{text[at:]}"


def _end(text: str, node: Any) -> int:
    """
    Return where a node's text ends.

    Of fields on lines of their own, and of text below a ``|`` or ``>``, the parser tells where
    the next thing starts.
    """
    if _is_mapping(node) and not node.flow_style and node.value:
        return _end(text, node.value[-1][1])
    if str(node.tag).endswith(":seq") and not node.flow_style and node.value:
        return _end(text, node.value[-1])
    end: int = node.end_mark.index
    if getattr(node, "style", None) in ("|", ">"):
        end = len(text[:end].rstrip())
    return end


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a field to its lines, a comment behind it among them."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return (start if text[first:start].strip() else first), len(text) if last < 0 else last + 1


def _line_end(text: str, at: int) -> int:
    """Return where the line with a place ends, behind a comment, before the line break."""
    found = text.find("\n", at)
    end = len(text) if found < 0 else found
    return end - 1 if end > at and text[end - 1] == "\r" else end


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _flow(number: Mapping[str, str | float]) -> str:
    return f"{{{', '.join(f'{name}: {_scalar(said)}' for name, said in number.items())}}}"


def _scalar(said: str | float) -> str:
    """
    Write a word or a number so that YAML reads the same.

    >>> _scalar("120 ms"), _scalar("who: me, today"), _scalar(8), _scalar("on"), _scalar("1:30")
    ('120 ms', '"who: me, today"', '8', '"on"', '"1:30"')
    """
    if not isinstance(said, str):
        return f"{said:.12g}"
    plain = _BARE.fullmatch(said) and said.lower() not in _MEANS_ELSE
    return said if plain else json.dumps(said, ensure_ascii=False)
