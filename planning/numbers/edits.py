"""
Edits of a file's text, found where its numbers stand: comments and layout are nobody's to change.

What is to be written may not be known yet: a live page is told the edits, and puts the words in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planning.numbers.reading import FileError, Location

_BARE = re.compile(r"[A-Za-z0-9$][A-Za-z0-9 $%/.·²-]*(?<! )")  # needs no quotes in any place
_MEANS_ELSE = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


class Words(str):
    """A scalar as YAML is to have it: it gets no quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """
    Words in the place of some others.

    Attributes
    ----------
    start, end : int
        Place in the text, from its start; the same where words are put between two signs. [1]
    words : str
        What is to stand there.
    """

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Where more fields can be put into a mapping.

    Attributes
    ----------
    start, end : int
        Place in the text. [1]
    head, between, tail : str
        What stands before the new fields, between two of them and after them.
    """

    start: int
    end: int
    head: str
    between: str
    tail: str

    def edit(self, fields: Sequence[str]) -> Edit:
        """Return the edit that puts some fields there, each as ``name: value``."""
        return Edit(self.start, self.end, f"{self.head}{self.between.join(fields)}{self.tail}")


def composed(text: str) -> Any:
    """Return the nodes of a YAML text that was read before, with their places."""
    from ruamel.yaml import YAML  # here: only who reads a file pays for the parser

    return YAML(typ="rt", pure=True).compose(text)


def node_at(root: Any, location: Location) -> tuple[Any, Location]:
    """
    Return the node at a place in a file, or the deepest one above it that is there.

    Parameters
    ----------
    root : node
        As from :func:`composed`.
    location : tuple
        Names of fields and numbers in lists, from the top.

    Returns
    -------
    node, rest
        What is missing below the node; empty where the place itself is there.

    Raises
    ------
    FileError
        If something on the way holds no fields, or a list is too short.
    """
    node = root
    for depth, step in enumerate(location):
        named = ".".join(map(str, location[:depth]))
        if _is_list(node):
            if not str(step).isdecimal() or int(step) >= len(node.value):
                raise FileError(f"{named} has no place {step}; edit the file by hand.")
            node = node.value[int(step)]
            continue
        if not _is_mapping(node):
            raise FileError(f"{named} is no mapping of fields; edit the file by hand.")
        below = _child(node, str(step))
        if below is None:
            return node, location[depth:]
        node = below
    return node, ()


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Return a text after some edits, none of which overlap."""
    # From the end to the start, so that places before an edit stay true.
    for each in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: each.start] + each.words + text[each.end :]
    return text


def edits_of(
    text: str, node: Any, number: Mapping[str, str | float], kept: Collection[str] = ()
) -> list[Edit]:
    """
    Return the edits that make a number of a file another one.

    Parameters
    ----------
    text : str
        The file.
    node : node
        The number in it, as from :func:`node_at`.
    number : mapping
        As for :func:`rewritten`.
    kept : collection of str
        Fields that stay in the file's own words where it has them.
    """
    if _is_mapping(node) and node.value:
        return _amended(text, node, number, kept)
    start, end = node.start_mark.index, _end(text, node)
    if start == end:  # nothing after the colon; the parser tells where the next thing starts
        start = end = text.rindex(":", 0, start) + 1
        return [Edit(start, end, f" {on_one_line(number)}")]
    return [Edit(start, end, on_one_line(number))]


def _is_mapping(node: Any) -> bool:
    return str(node.tag).rpartition(":")[2] == "map"


def _child(node: Any, name: str) -> Any:
    return next((value for key, value in node.value if key.value == name), None)


def _is_list(node: Any) -> bool:
    return str(node.tag).endswith(":seq")


def _amended(
    text: str, node: Any, number: Mapping[str, str | float], kept: Collection[str]
) -> list[Edit]:
    """Change what a number's mapping says, field by field."""
    fields, flow = node.value, node.flow_style
    staying = [place for place, (key, _) in enumerate(fields) if key.value in number]
    if not staying:  # as of a row of the catalogue
        return [Edit(node.start_mark.index, _end(text, node), on_one_line(number))]
    edits: list[Edit] = []
    for place, (key, value) in enumerate(fields):
        start, end = key.start_mark.index, _end(text, value)
        if place in staying:
            if key.value not in kept:
                edits.append(Edit(value.start_mark.index, end, scalar(number[key.value])))
        elif not flow:
            edits.append(Edit(*_lines(text, start, end), ""))
        elif place < staying[0]:  # with the comma behind it
            edits.append(Edit(start, fields[place + 1][0].start_mark.index, ""))
        else:  # with the comma before it
            edits.append(Edit(_end(text, fields[place - 1][1]), end, ""))
    known = {key.value for key, _ in fields}
    new = [f"{name}: {scalar(said)}" for name, said in number.items() if name not in known]
    key, value = fields[staying[-1]]
    between = ", " if flow else _newline(text) + " " * key.start_mark.column
    at = _end(text, value) if flow else _line_end(text, _end(text, value))
    return [*edits, Edit(at, at, "".join(between + each for each in new))]


def opening_of(text: str, node: Any) -> Opening:
    """Return where fields that a mapping does not have can be put into it."""
    if not node.value:  # {}
        return Opening(node.start_mark.index, node.end_mark.index, "{", ", ", "}")
    key, value = node.value[0]
    if node.flow_style:
        at = _end(text, value)
        return Opening(at, at, ", ", ", ", "")
    line = _newline(text) + " " * key.start_mark.column
    at = key.start_mark.index
    one_line = value.start_mark.line == key.start_mark.line == value.end_mark.line
    if one_line and not isinstance(value.value, list):
        at = _line_end(text, _end(text, value))
        return Opening(at, at, line, line, "")
    return Opening(at, at, "", line, line)


def place_in_list(text: str, node: Any, number: int, words: str) -> tuple[Edit, str | None]:
    """
    Return the edit that puts something after the first items of a list.

    Parameters
    ----------
    text : str
        The file.
    node : node
        The list, as from :func:`node_at`.
    number : int
        How many items stay before it.
    words : str
        What is put there; of a list on lines of its own, without the dash.

    Returns
    -------
    edit, indent
        The spaces that further lines of the item begin with; None where it stands in brackets.

    Raises
    ------
    FileError
        If the node is no list, or has fewer items.
    """
    if not _is_list(node) or number > len(node.value):
        raise FileError("phases are no list of as many; edit the file by hand.")
    if not node.value:
        return Edit(node.start_mark.index, node.end_mark.index, f"[{words}]"), None
    if node.flow_style:
        if not number:
            at = node.value[0].start_mark.index
            return Edit(at, at, f"{words}, "), None
        at = _end(text, node.value[number - 1])
        return Edit(at, at, f", {words}"), None
    column, line = node.start_mark.column, _newline(text)
    indent = " " * column
    if not number:
        at = node.start_mark.index
        return Edit(at, at, f"- {words}{line}{indent}"), f"{indent}  "
    at = _line_end(text, _end(text, node.value[number - 1]))
    return Edit(at, at, f"{line}{indent}- {words}"), f"{indent}  "


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


def on_one_line(number: Mapping[str, str | float]) -> str:
    """Return a number with all that is said of it, on one line."""
    return f"{{{', '.join(f'{name}: {scalar(said)}' for name, said in number.items())}}}"


def scalar(said: str | float) -> str:
    """
    Write a word or a number so that YAML reads the same.

    >>> scalar("120 ms"), scalar("who: me, today"), scalar(8), scalar("on"), scalar("1:30")
    ('120 ms', '"who: me, today"', '8', '"on"', '"1:30"')
    """
    if isinstance(said, Words):
        return said
    if not isinstance(said, str):
        return f"{said:.12g}"
    plain = _BARE.fullmatch(said) and said.lower() not in _MEANS_ELSE
    return said if plain else json.dumps(said, ensure_ascii=False)
