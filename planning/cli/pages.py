"""The live page: one file that computes by itself, to be sent, opened offline, kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import (
    PricesOption,
    SetOption,
    SystemArgument,
    UsageError,
    library_of,
    load,
    moved,
)

commands = typer.Typer()


@commands.command(epilog="Example: planning page my_shop.yaml --out my_shop.html")
def page(
    system: SystemArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; NAME.html if not given")
    ] = None,
    prices: PricesOption = None,
    settings: SetOption = None,
) -> None:
    """
    Write one HTML file with all sliders live: no server, no network, opens on a phone.

    A system with a formula that pages cannot compute yet is refused by its name: use `serve`.
    """
    from planning.page.document import page_html

    loaded, name = load(system, library_of(prices))
    text = page_html(moved(loaded, settings)).encode()
    path = Path(f"{name}.html") if out is None else out
    try:
        path.write_bytes(text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}.") from None
    typer.echo(f"wrote {path} ({len(text) / 1000:,.0f} kB); open it in a browser")
