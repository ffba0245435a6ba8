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

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from planning.numbers.edits import composed, edited, edits_of, node_at, on_one_line, opening_of
from planning.numbers.reading import FileError, Location, read_document


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
    if text.startswith("\ufeff"):  # a mark of some editors, which the parser would not count
        return text[0] + rewritten(text[1:], location, number)
    node, below = node_at(composed(text), location)
    if not below:
        return edited(text, edits_of(text, node, number))
    words = f"{below[-1]}: {on_one_line(number)}"
    for name in reversed(below[:-1]):
        words = f"{name}: {{{words}}}"
    return edited(text, [opening_of(text, node).edit([words])])


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
