"""What the commands share: their options, and how they read and print."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

SystemArgument = Annotated[
    str,
    typer.Argument(metavar="FILE|NAME", help="A system file, or a name from `planning systems`"),
]
PhaseOption = Annotated[
    str | None, typer.Option("--phase", help="A phase by number or name; today if not given")
]
PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="Your own prices in place of the catalogue's"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


class UsageError(Exception):
    """Bad input: one line, exit code 2."""


def load(system: str, prices: Path | None = None) -> tuple[Any, str]:
    """Return a system and its name; own prices hold for kernels that are started later, too."""
    from planning.numbers.reading import read_document
    from planning.questions.load import checked, load_system, system_names, system_path

    use_prices(prices)
    path = system_path(system)
    # What comes along is checked by the tests; a file of one's own is checked whole, so that a
    # slip in a phase is told before somebody chooses that phase.
    known = system in system_names()
    return load_system(system) if known else checked(read_document(path)), path.stem


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
