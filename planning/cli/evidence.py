"""Whether the product is right: incidents that really happened."""

from __future__ import annotations

from typing import Annotated

import typer

from planning.cli.options import JsonOption, UsageError, print_json

commands = typer.Typer()


@commands.command(epilog="Example: planning incidents dagster_pgbouncer_session_pools")
def incidents(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|FOLDER]...", help="Incidents; all that come along if none"),
    ] = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of the README")
    ] = False,
) -> None:
    """Hold the product against public incidents. Exits 20 where it misses what is aimed at."""
    from planning.evidence.comparing import compare_all, summary
    from planning.present.incidents import incidents_markdown, incidents_record, incidents_view
    from planning.present.terminal import print_view

    if as_json and as_markdown:
        raise UsageError("--json and --markdown exclude each other; give one of them.")
    found = compare_all(names)
    counts = summary(found)
    if as_json:
        print_json(incidents_record(found, counts))
    elif as_markdown:
        typer.echo(incidents_markdown(found, counts))
    else:
        print_view(incidents_view(found, counts))
    raise typer.Exit(0 if counts.reached else 20)
