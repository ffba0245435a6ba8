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
    from planning.questions.load import load_system, system_path

    use_prices(prices)
    return load_system(system), system_path(system).stem


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
