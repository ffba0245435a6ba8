"""
A visitor's own system or document, made into a page in a process of its own.

What is handed in may be written to compute for ever or to fill the memory. So the server never
reads it: a process does, that has so many seconds and so many bytes, and is stopped after::

    bytes ──stdin──> python -m planning.dashboard.own KIND NAME … ──stdout──> a page
                                                                  └──stderr──> what is wrong
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import planning
from planning.dashboard.limits import MEMORY, SECONDS

REFUSED = 2
_COMMANDS = {"system": "assess", "document": "audit", "compare": "compare"}


class RefusedError(Exception):
    """What was handed in cannot be used; one line per thing to mend."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came of it.

    Attributes
    ----------
    title : str
        What the document or system is called.
    html : str
        A whole page of a system; the body of a page for a document or a comparison.
    """

    title: str
    html: str


async def answer(
    kind: str,
    name: str,
    content: bytes,
    library: str = "",
    seconds: float = SECONDS,
    beside: tuple[str, str] | None = None,
) -> Answer:
    """
    Return the page of what was handed in.

    Parameters
    ----------
    kind : str
        ``system``, ``document`` or ``compare``.
    name : str
        What its file was called where it came from.
    content : bytes
        The file.
    library : str
        Served systems and own prices, as :meth:`planning.questions.library.Library.text` says.
    seconds : float
        When to give up. [s]
    beside : (str, str), optional
        What to ``compare`` it with: the name of a served system, and users as people write them.

    Raises
    ------
    RefusedError
        If it cannot be used, or takes too long or too much memory.
    """
    # A folder that the server happens to stand in must not be searched for modules.
    root = str(Path(planning.__file__).parent.parent)
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "planning.dashboard.own", kind, plain_name(kind, name), library,
        *(beside or ()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(content), seconds)
    except TimeoutError:
        raise RefusedError(
            f"It takes longer than {seconds:g} s to compute; the same file works with "
            f"`planning {_COMMANDS[kind]}`, which has no such limit."
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode == REFUSED:
        raise RefusedError(err.decode("utf-8", "replace")[:20_000])
    title, _, html = out.decode("utf-8", "replace").partition("\n")
    if process.returncode or not html:
        raise RefusedError("It takes more memory than is given to it here, or met a fault of ours.")
    return Answer(title, html)


def plain_name(kind: str, name: str) -> str:
    """
    Return the last part of a file's name without what a path or an option could mean.

    >>> plain_name("system", "../shops/my shop.yaml"), plain_name("document", "-")
    ('my shop.yaml', 'pasted.md')
    """
    last = re.sub(r"[^\w. -]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". -")
    return last[-80:] or ("pasted.md" if kind == "document" else "pasted.yaml")


def _system(path: Path, library: str) -> Answer:
    from planning.numbers.reading import read_document
    from planning.page.document import page_html
    from planning.questions.library import Library
    from planning.questions.load import checked

    system = checked(read_document(path), Library.read(library))
    return Answer(system.title, page_html(system, home="../.."))


def _document(path: Path, _: str) -> Answer:
    from planning.audit.plain import audit_document
    from planning.present.document_audit import document_html

    found = audit_document(path)
    title = found.statements.title or f"The numbers of {found.statements.document}"
    return Answer(title, document_html(found))


def _compare(path: Path, library: str, key: str, users: str) -> Answer:
    from planning.numbers.reading import read_document
    from planning.numbers.units import parse
    from planning.present.compare_page import comparison_html, side_labels
    from planning.questions.compare import compare
    from planning.questions.library import Library
    from planning.questions.load import checked, load_system

    known = Library.read(library)
    served, own = load_system(key, known), checked(read_document(path), known)
    labels = side_labels((served.title, key), (own.title, path.name))
    found = compare(served, own, parse(users, "user") if users else None, labels)
    # The page of what is served, as seen from below /planning/own/.
    address = f"../systems/{quote(key)}#users={found.users:.15g}"
    return Answer(" beside ".join(labels), comparison_html(found, (address, "")))


def _bounded() -> None:
    """Bound the memory of this process, where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(kind: str, name: str, library: str, *beside: str) -> int:
    """Read standard input, write a title and a page, or what is wrong with exit code 2."""
    _bounded()
    makers: dict[str, Callable[..., Answer]] = {
        "system": _system,
        "document": _document,
        "compare": _compare,
    }
    with tempfile.TemporaryDirectory(prefix="planning") as folder:
        # Errors name the file as it is given: without a folder nothing of this machine is told.
        os.chdir(folder)
        try:
            Path(name).write_bytes(sys.stdin.buffer.read())
            found = makers[kind](Path(name), library, *beside)
        except ValueError as error:  # a FileError, CannotCompile and what a formula refuses
            sys.stderr.write(str(error))
            return REFUSED
        finally:
            os.chdir("/")
    sys.stdout.write(f"{' '.join(found.title.split())}\n{found.html}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
