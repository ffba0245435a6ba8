"""Live pages: files that compute by themselves, to be sent, opened offline, put on a host."""

from __future__ import annotations

import sys
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
from planning.numbers.writing import write_whole

commands = typer.Typer()


@commands.command(epilog="Example: planning page my_shop.yaml --out my_shop.html")
def page(
    system: SystemArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; NAME.html if not given")
    ] = None,
    prices: PricesOption = None,
    settings: SetOption = None,
    file: Annotated[
        bool, typer.Option(help="Whether the system file, comments too, travels in the page")
    ] = True,
) -> None:
    """
    Write one HTML file with all sliders live: no server, no network, opens on a phone.

    The file's own text travels in it, so that what a reader changes can be saved as a file.
    A system with a formula that pages cannot compute yet is refused by its name: use `serve`.
    """
    from planning.page.document import page_html
    from planning.present.report import change_words

    loaded, name = load(system, library_of(prices))
    changed = moved(loaded, settings)
    text = page_html(changed, changed=change_words(loaded, changed), with_file=file)
    path = Path(f"{name}.html") if out is None else out
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}.") from None
    typer.echo(f"wrote {path} ({len(text.encode()) / 1000:,.0f} kB); open it in a browser")


@commands.command(epilog="Example: planning site my_shop.yaml ten_thousand_users --out public")
def site(
    system: Annotated[
        list[str],
        typer.Argument(metavar="FILE|NAME...", help="System files or names; `all` for all"),
    ],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder to write to")] = Path("site"),
    title: Annotated[str, typer.Option(help="Heading of the index")] = "",
    prices: PricesOption = None,
) -> None:
    """Write a folder of live pages with an index, for any static host: no server, no network."""
    from datetime import date

    from planning import __version__
    from planning.batch.site import refuse_doubles, write_site

    library = library_of(prices)
    loaded = [load(each, library) for each in (library.names() if system == ["all"] else system)]
    refuse_doubles([name for _, name in loaded])
    made = f"Made on {date.today():%d %B %Y} by planning {__version__}."
    systems = {name: found for found, name in loaded}
    code = write_site(systems, out, sys.stderr, title, made)
    typer.echo(f"wrote {out}; open {out / 'index.html'}, or copy the folder to a static host")
    raise typer.Exit(code)
