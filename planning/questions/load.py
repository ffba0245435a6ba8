"""
From a name or a file to a validated system.

A system is named (``ten_thousand_users``, shipped in ``data/systems/``) or is a file
of the user's own. What is wrong with it is said with file, line, field, value, rule
and, for a misspelt name, the nearest valid one — one line per error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planning.numbers.catalog import CatalogError, read_prices
from planning.numbers.reading import Document, FileError, Location, parse_document, read_document
from planning.numbers.shipped import data_folder
from planning.questions.assess import assess
from planning.questions.check import check, wrong_ways
from planning.system.complaints import complaint
from planning.system.system import Origin, System

_MOST_ERRORS = 12
# Set by `planning serve FILE...` for its kernels: files that may be chosen by their stem.
SERVED_VARIABLE = "PLANNING_SYSTEMS"
# Set by `--prices FILE`, for the command itself and the kernels it starts.
PRICES_VARIABLE = "PLANNING_PRICES"


def system_names() -> list[str]:
    """Return the names of the shipped systems, and of those that are served beside them."""
    shipped = {path.stem for path in (data_folder() / "systems").glob("*.yaml")}
    return sorted(shipped | set(served_files()))


def served_files() -> dict[str, Path]:
    """Return files of the user that have a name while they are served, by that name."""
    listed = os.environ.get(SERVED_VARIABLE, "")
    return {Path(each).stem: Path(each) for each in listed.split(os.pathsep) if each}


def load_system(name: str | Path) -> System:
    """
    Load a system by name or from a file.

    Parameters
    ----------
    name : str or Path
        A shipped system's name, or a path (anything with a ``/`` or ending in ``.yaml``).

    Raises
    ------
    FileError
        If the file cannot be read, or its content is no valid system; one line per error, each
        with file, line, field, value and rule.
    """
    return validate(read_document(system_path(name)))


def system_path(name: str | Path) -> Path:
    """Return the file of a system; a name that is neither shipped nor a file is refused."""
    text = str(name)
    path = Path(text)
    names = system_names()
    if text in names and not isinstance(name, Path):
        return served_files().get(text) or data_folder() / "systems" / f"{text}.yaml"
    if isinstance(name, Path) or "/" in text or text.endswith((".yaml", ".yml")) or path.exists():
        return path
    near = get_close_matches(text, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
    raise FileError(f"no system {text[:80]!r}, and no such file; {hint}")


def parse_system(text: str, name: str = "<text>") -> System:
    """Validate YAML text as :func:`load_system` does; `name` stands for the file in errors."""
    return validate(parse_document(text, name))


def validate(document: Document) -> System:
    """
    Turn a document into a system, or raise one `FileError` that lists what is wrong.

    Only the system of today is built here, in milliseconds; whether all phases and events fit it
    is asked by :func:`planning.questions.check.check`.
    """
    data = document.data
    if own := os.environ.get(PRICES_VARIABLE):
        said = data.get("prices")
        data = {
            **data,
            "prices": {**(said if isinstance(said, dict) else {}), **read_prices(Path(own))},
        }
    try:
        origin = Origin(Path(document.name).name, document.lines)
        system = System.build(data, origin)
    except CatalogError as error:
        raise FileError(_located(document, ("prices", error.key), str(error))) from None
    except ValidationError as error:
        raise FileError(_report(document, error.errors(include_url=False))) from None
    except ValueError as error:
        raise FileError(f"{document.name}: {error}") from None
    problems: list[tuple[Location, str]] = list(wrong_ways(system))
    if not problems:
        try:
            assess(system)
        except ValueError as error:
            problems = [((), str(error))]
    refuse(document, problems)
    return system


def checked(document: Document) -> System:
    """
    Validate a document and everything it says of phases, events and needs.

    Raises
    ------
    FileError
        With one line per problem, each with file, line, field, value and rule.
    """
    system = validate(document)
    refuse(document, check(system))
    return system


def refuse(document: Document, problems: Sequence[tuple[Location, str]]) -> None:
    """Raise one `FileError` for some problems; nothing where there are none."""
    if problems:
        details = [_located(document, location, message) for location, message in problems]
        raise FileError("\n".join(details[:_MOST_ERRORS]))


def _report(document: Document, errors: Iterable[ErrorDetails]) -> str:
    lines = [_located(document, *complaint(error)) for error in errors]
    more = [f"... and {len(lines) - _MOST_ERRORS} more."] if len(lines) > _MOST_ERRORS else []
    return "\n".join([*lines[:_MOST_ERRORS], *more])


def _located(document: Document, location: Location, message: str) -> str:
    line = document.line_of(location)
    at = f":{line}" if line else ""
    field = ".".join(str(step) for step in location)
    return f"{document.name}{at}: {field + ': ' if field else ''}{message}"
