"""
From a name or a file to a validated system.

A system is named (``ten_thousand_users``, shipped in ``data/systems/``) or is a file
of the user's own. What is wrong with it is said with file, line, field, value, rule
and, for a misspelt name, the nearest valid one — one line per error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planning.numbers.catalog import CatalogError
from planning.numbers.measured import with_samples
from planning.numbers.reading import Document, FileError, Location, parse_document, read_document
from planning.questions.assess import assess
from planning.questions.check import check, wrong_ways
from planning.questions.library import SHIPPED, Library
from planning.system.complaints import complaint
from planning.system.system import Origin, System

_MOST_ERRORS = 12


def system_names(library: Library = SHIPPED) -> list[str]:
    """Return the names of the shipped systems, and of those that are served beside them."""
    return library.names()


def load_system(name: str | Path, library: Library = SHIPPED) -> System:
    """
    Load a system by name or from a file.

    Parameters
    ----------
    name : str or Path
        A shipped system's name, or a path (anything with a ``/`` or ending in ``.yaml``).
    library : Library
        What else has a name, and own prices.

    Raises
    ------
    FileError
        If the file cannot be read, or its content is no valid system; one line per error, each
        with file, line, field, value and rule.
    """
    return validate(read_document(library.path(name)), library)


def parse_system(text: str, name: str = "<text>", library: Library = SHIPPED) -> System:
    """Validate YAML text as :func:`load_system` does; `name` stands for the file in errors."""
    return validate(parse_document(text, name), library)


def validate(document: Document, library: Library = SHIPPED) -> System:
    """
    Turn a document into a system, or raise one `FileError` that lists what is wrong.

    Only the system of today is built here, in milliseconds; whether all phases and events fit it
    is asked by :func:`planning.questions.check.check`.
    """
    data, problems = with_samples(document.data, document.name)
    refuse(document, problems)
    if own := library.own_prices():
        given = data.get("prices")
        data = {**data, "prices": {**(given if isinstance(given, dict) else {}), **own}}
    try:
        path = Path(document.name)
        origin = Origin(path.name, document.lines, str(path.parent), document.text)
        system = System.build(data, origin)
    except CatalogError as error:
        raise FileError(_located(document, ("prices", error.key), str(error))) from None
    except ValidationError as error:
        raise FileError(_report(document, error.errors(include_url=False))) from None
    except ValueError as error:
        raise FileError(f"{document.name}: {error}") from None
    problems = list(wrong_ways(system))
    if not problems:
        try:
            assess(system)
        except ValueError as error:
            problems = [((), str(error))]
    refuse(document, problems)
    return system


def checked(document: Document, library: Library = SHIPPED) -> System:
    """
    Validate a document and everything it says of phases, events and needs.

    Raises
    ------
    FileError
        With one line per problem, each with file, line, field, value and rule.
    """
    system = validate(document, library)
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
