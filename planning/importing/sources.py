"""
Files of people's configuration, read safely and without a word of their content in any error.

Sizes and depth are bounded before a parser sees them. An error of a parser may quote the line it
stopped at, and that line may hold a password: what is said of a bad file is the kind of slip and
its line, in words of this module alone.
"""

from __future__ import annotations

import json
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planning.numbers.reading import MAX_BYTES, FileError, Location, parse_tree

# A plan of a few hundred resources has some megabytes, all on one line.
MAX_JSON_BYTES = 8_000_000
MAX_DOCUMENTS = 400
_MAX_JSON_DEPTH = 60
_RENDER = {
    ".yaml": "write it out first: `docker compose config`, `helm template` or `kustomize build`",
    ".yml": "write it out first: `docker compose config`, `helm template` or `kustomize build`",
}


@dataclass(frozen=True)
class Tree:
    """Plain data of one document, and the line on which each value starts."""

    data: Any
    lines: dict[Location, int] = field(repr=False)

    def line(self, *at: str | int) -> int | None:
        """Return the line of a value, or of the nearest enclosing one that has one."""
        for end in range(len(at), -1, -1):
            if at[:end] in self.lines:
                return self.lines[at[:end]]
        return None


@dataclass(frozen=True)
class Source:
    """
    One file: its name without folders, its suffix and its text.

    Attributes
    ----------
    name : str
        For sources and errors; unprintable characters are replaced.
    suffix : str
        In lower case, with its dot.
    text : str
        Decoded; every line ends in one newline character.
    """

    name: str
    suffix: str
    text: str = field(repr=False)

    def trees(self) -> list[Tree]:
        """
        Return the documents of a YAML file, with lines of the whole file.

        Raises
        ------
        FileError
            If one is no YAML, or uses what the safe reader refuses.
        """
        chunks: list[tuple[int, list[str]]] = [(0, [])]
        for number, line in enumerate(self.text.split("\n")):
            if re.match(r"---(\s|$)", line):
                chunks.append((number, ["   " + line[3:]]))
            else:
                chunks[-1][1].append(line)
        chunks = [each for each in chunks if _says_something(each[1])]
        if len(chunks) > MAX_DOCUMENTS:
            raise FileError(
                f"{self.name}: {len(chunks)} documents; at most {MAX_DOCUMENTS} are read."
            )
        return [self._tree(first, lines) for first, lines in chunks]

    def _tree(self, first: int, lines: list[str]) -> Tree:
        try:
            data, found = parse_tree("\n".join(lines), "at")
        except FileError as error:
            raise FileError(self._slip(str(error), first)) from None
        return Tree(data, {at: line + first for at, line in found.items()})

    def _slip(self, message: str, first: int) -> str:
        """Return what is wrong without a word of what the file says."""
        mark = re.match(r"at:(\d+): ", message)
        at = f"{self.name}:{int(mark[1]) + first}" if mark else self.name
        body = message[mark.end() :] if mark else message
        if body.startswith("anchors") or "alias" in body:
            how = _RENDER.get(self.suffix, "write it out")
            return f"{at}: anchors and aliases are not read; {how}."
        if "is there twice" in body:
            return f"{at}: a field is there twice; keep one."
        if "YAML tag" in body:
            return f"{at}: a YAML tag is not read; write the value out."
        if "nesting" in body:
            return f"{at}: more values or deeper nesting than is read; give a part of the file."
        return f"{at}: not valid YAML (templates are not read: write them out first)."

    def json(self) -> Any:
        """
        Return the content of a JSON file.

        Raises
        ------
        FileError
            If it is no JSON, or nests too deeply.
        """
        depth = 0
        for bracket in re.finditer(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', self.text):
            if bracket[0] in "[{":
                depth += 1
                if depth > _MAX_JSON_DEPTH:
                    raise FileError(f"{self.name}: deeper nesting than is read.")
            elif bracket[0] in "]}":
                depth -= 1
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", None)
            at = self.name if line is None else f"{self.name}:{line}"
            raise FileError(f"{at}: not valid JSON; is it cut off?") from None


def _says_something(lines: list[str]) -> bool:
    bare = (line.strip() for line in lines)
    return any(line and not line.startswith(("#", "%")) and line != "..." for line in bare)


def read_source(path: Path) -> Source:
    """
    Read a file.

    Raises
    ------
    FileError
        If it is missing, no regular file, too large, empty or no text.
    """
    name = printable(path.name)
    suffix = path.suffix.lower()
    most = MAX_JSON_BYTES if suffix == ".json" else MAX_BYTES
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError(f"{name} is a directory; name the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{name} is not a regular file.")
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except FileNotFoundError:
        raise FileError(f"{name}: there is no such file.") from None
    except FileError:
        raise
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        raise FileError(f"{name}: cannot be read ({why}).") from None
    if len(raw) > most:
        raise FileError(f"{name} has more than {most / 1e6:g} MB, the most that is read.")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise FileError(f"{name} is not text in UTF-8.") from None
    if "\0" in text:
        raise FileError(f"{name} is not text: it holds zero bytes.")
    if not text.strip():
        raise FileError(f"{name} is empty.")
    return Source(name, suffix, text.replace("\r\n", "\n").replace("\r", "\n"))


def printable(text: str) -> str:
    """Return a name in which every character shows, at most 200 of them."""
    return visible(text[:200])


def visible(text: str) -> str:
    """Return a text in which what does not show is a ``?``: controls, marks, lone surrogates."""
    return "".join(each if each.isprintable() else "?" for each in text)


def plain_word(name: str) -> str:
    """Return a name as lower-case letters, digits and _; empty where nothing of it is left."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")[:32].rstrip("_")
    return word if not word or word[0].isalpha() else f"x_{word}"
