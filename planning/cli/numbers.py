"""Where the numbers come from: the catalogue of limits and prices."""

from __future__ import annotations

from typing import Annotated

import typer

from planning.cli.options import JsonOption, PricesOption, UsageError, print_json

commands = typer.Typer()


@commands.command(epilog="Example: planning catalog supabase micro")
def catalog(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words that a row must hold")
    ] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
) -> None:
    """List limits and prices of real plans, with source, date and doubt; explain a single one."""
    import datetime as dt

    from planning.catalog import read_prices, shipped_catalog
    from planning.present.record import catalog_record
    from planning.present.tables import catalog_view, print_view

    known = shipped_catalog()
    if prices is not None:
        known = known.with_prices(read_prices(prices))
    found = known.search(words or ())
    if not found:
        raise UsageError(f"no row holds {' '.join(words or ())[:80]!r}; try fewer words.")
    today = dt.date.today()
    if as_json:
        print_json(catalog_record(found, today))
    else:
        print_view(catalog_view(found, today))
