"""What the commands share: their options, and how they read and print."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

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


def load(system: str, prices: Path | None = None) -> tuple[Any, str]:
    """Return a system and its name; own prices hold for kernels that are started later, too."""
    from planning.numbers.reading import MAX_BYTES, parse_document, read_document
    from planning.questions.load import checked, load_system, system_names, system_path

    use_prices(prices)
    if system == "-":
        text = sys.stdin.read(MAX_BYTES + 1)
        if len(text.encode()) > MAX_BYTES:
            raise UsageError(f"a system file has at most {MAX_BYTES // 1000} kB.")
        return checked(parse_document(text, "<stdin>")), "stdin"
    path = system_path(system)
    # What comes along is checked by the tests; a file of one's own is checked whole, so that a
    # slip in a phase is told before somebody chooses that phase.
    known = system in system_names()
    return load_system(system) if known else checked(read_document(path)), path.stem


def moved(system: Any, settings: list[str] | None) -> Any:
    """Return a system with inputs moved as `--set PATH=VALUE` says."""
    values = {}
    for each in settings or ():
        path, sign, value = each.partition("=")
        if not sign or not value.strip():
            raise UsageError(f"--set {each[:80]!r}: write PATH=VALUE, e.g. parts.app.cores=8.")
        values[path.strip()] = value.strip()
    return system.at(values) if values else system


def use_prices(prices: Path | None) -> None:
    """Check a file of own prices, and use it from now on in this process and its kernels."""
    if prices is None:
        return
    from planning.numbers.catalog import read_prices
    from planning.questions.load import PRICES_VARIABLE

    read_prices(prices)
    os.environ[PRICES_VARIABLE] = str(prices.resolve())


def users_of(text: str) -> float:
    """Return a number of users as people write it: ``10000``, ``10k``."""
    from planning.numbers.units import parse
    from planning.questions.assess import MOST_USERS

    count = parse(text.strip(), "user")
    if not 0 <= count <= MOST_USERS:
        raise UsageError(f"users {text!r} must be 0 or more, and at most {MOST_USERS:g}.")
    return count


def print_json(data: dict[str, Any]) -> None:
    """Print JSON in ASCII: safe in every terminal and pipe, and no control character gets out."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False))
