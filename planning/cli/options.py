"""What the commands share: their options, and how they read and print."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from planning.questions.library import Library

SystemArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE|NAME", help="A system file, - for standard input, or a name from `systems`"
    ),
]
PhaseOption = Annotated[
    str | None, typer.Option("--phase", help="A phase by number or name; today if not given")
]
PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="Your own prices in place of the catalogue's"),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Move an input here, e.g. parts.app.cores=8",
    ),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


class UsageError(Exception):
    """Bad input: one line, exit code 2."""


def library_of(prices: Path | None, files: Sequence[str] = ()) -> Library:
    """Return what names and prices mean in this command; a bad file of prices is refused."""
    from planning.questions.library import Library

    library = Library(tuple(map(Path, files)), prices)
    library.own_prices()
    return library


def load(system: str, library: Library) -> tuple[Any, str]:
    """Return a system and its name."""
    from planning.numbers.reading import MAX_BYTES, parse_document, read_document
    from planning.questions.load import checked, load_system

    if system == "-":
        text = sys.stdin.read(MAX_BYTES + 1)
        if len(text.encode()) > MAX_BYTES:
            raise UsageError(f"a system file has at most {MAX_BYTES // 1000} kB.")
        return checked(parse_document(text, "<stdin>"), library), "stdin"
    path = library.path(system)
    # What comes along is checked by the tests; a file of one's own is checked whole, so that a
    # slip in a phase is told before somebody chooses that phase.
    if system in library.names():
        return load_system(system, library), path.stem
    return checked(read_document(path), library), path.stem


def moved(system: Any, settings: list[str] | None) -> Any:
    """Return a system with inputs moved as `--set PATH=VALUE` says."""
    values = settings_of(settings)
    return system.at(values) if values else system


def settings_of(settings: list[str] | None) -> dict[str, str]:
    """Return what `--set PATH=VALUE` says, by path."""
    from planning.system.system import QUESTION

    values = {}
    for each in settings or ():
        path, sign, value = each.partition("=")
        if not sign or not value.strip():
            raise UsageError(f"--set {each[:80]!r}: write PATH=VALUE, e.g. parts.app.cores=8.")
        if path.strip() in QUESTION:
            raise UsageError(f"--set {each[:80]!r}: how many come is asked by --users.")
        values[path.strip()] = value.strip()
    return values


def one_format(as_json: bool, as_csv: bool) -> None:
    """Refuse two formats at once: only one could be printed."""
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other; give one of them.")


def users_of(text: str) -> float:
    """Return a number of users as people write it: ``10000``, ``10k``."""
    from planning.numbers.units import parse
    from planning.questions.assess import MOST_USERS

    count = parse(text.strip(), "user")
    if not 0 <= count <= MOST_USERS:
        raise UsageError(f"users {text!r} must be 0 or more, and at most {MOST_USERS:g}.")
    return count


def day_of(text: str, option: str) -> dt.date:
    """Return a day as people write it, ``2027-06-01``; a slip of the pen is refused."""
    from planning.system.growth import sensible

    try:
        return sensible(dt.date.fromisoformat(text.strip()))
    except ValueError as error:
        raise UsageError(f"{option} {text[:40]!r}: write a day as 2027-06-01 ({error}).") from None


def draws_of(draws: int) -> int:
    """Return a number of draws; one out of range is refused."""
    from planning.questions.sampling import MOST_DRAWS

    if not 1 <= draws <= MOST_DRAWS:
        raise UsageError(f"--draws {draws} must be from 1 to {MOST_DRAWS:,}.")
    return draws


def print_json(data: dict[str, Any]) -> None:
    """Print JSON in ASCII: safe in every terminal and pipe, and no control character gets out."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False))
