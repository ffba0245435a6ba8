"""What the tool writes and serves: reports, dashboards, a file to start from, the schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import (
    JsonOption,
    PricesOption,
    SetOption,
    UsageError,
    library_of,
    load,
    moved,
    print_json,
    settings_of,
    users_of,
)

commands = typer.Typer()


@commands.command(epilog="Example: planning report ten_thousand_users --users 1000,10000,100000")
def report(
    system: Annotated[
        list[str],
        typer.Argument(metavar="FILE|NAME...", help="System files or names; `all` for all"),
    ],
    users: Annotated[
        str, typer.Option(help="Growth targets, comma-separated")
    ] = "1000,10000,100000",
    out: Annotated[Path, typer.Option(help="Folder to write to")] = Path("reports"),
    prices: PricesOption = None,
    settings: SetOption = None,
) -> None:
    """Write a report per system and growth target: notebook, HTML page and JSON."""
    import planning.dashboard.lean  # noqa: F401 - works when it is imported, before all others
    from planning.batch import kernels

    kernels.begin()  # imports in a process of its own while the files are read here
    from planning.batch.reports import run_reports

    library = library_of(prices)
    names = library.names() if system == ["all"] else system
    targets = sorted({users_of(each) for each in users.split(",") if each.strip()})
    if not targets:
        raise UsageError("--users names no growth target; write for example --users 1000,10000.")
    for each in names:
        # A bad file, or an input that it has not, is said before the first kernel starts.
        moved(load(each, library)[0], settings)
    values = settings_of(settings)
    raise typer.Exit(run_reports(names, targets, out, sys.stderr, library, values))


@commands.command(epilog="Example: planning serve my_shop.yaml --port 8866")
def serve(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Systems of your own to show")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1")] = 8866,
    reports: Annotated[Path, typer.Option(help="Folder of reports to list")] = Path("reports"),
    prices: PricesOption = None,
) -> None:
    """Serve the workbooks as dashboards on this machine, until Ctrl-C."""
    from planning.dashboard.contents import Contents, contents_of
    from planning.dashboard.entries import Shelf
    from planning.dashboard.serve import serve as serve_workbooks
    from planning.numbers.shipped import workbooks_folder
    from planning.present.address import LIBRARY_VARIABLE

    library = library_of(prices, files or ())
    for file in files or ():
        load(file, library_of(prices))
    own = {Path(file).stem for file in files or ()}
    shelf = Shelf(library, own)

    def contents() -> Contents:
        return contents_of(workbooks_folder(), shelf.entries(), reports)

    kernels = {LIBRARY_VARIABLE: library.text()}
    raise typer.Exit(serve_workbooks(contents, port=port, environment=kernels))


@commands.command(epilog="Example: planning new my_shop")
def new(
    name: Annotated[str, typer.Argument(help="Name of the system: letters, digits, _ and -")],
    folder: Annotated[Path, typer.Option(help="Folder to write to")] = Path("."),
) -> None:
    """Write a commented system file to start from."""
    from planning.system.starter import write_starter

    path = write_starter(name, folder)
    typer.echo(f"wrote {path}; next: planning assess {path}")


@commands.command(epilog="Example: planning explain database reserved")
def explain(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="A kind of part, or a section of a file")
    ] = None,
    field: Annotated[
        str | None, typer.Argument(metavar="[FIELD]", help="One of its fields")
    ] = None,
    page: Annotated[bool, typer.Option("--markdown", help="Print all of it as Markdown")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a field of a system file means: unit, range, default and its source."""
    from dataclasses import asdict

    from planning.present import reference as words
    from planning.present.terminal import print_view
    from planning.system.reference import reference, subjects

    if page:
        typer.echo(words.reference_page(), nl=False)
        return
    if as_json:
        named = [kind] if kind else list(subjects())
        print_json({"schema_version": 1, "subjects": [asdict(reference(each)) for each in named]})
        return
    if kind is None:
        print_view(words.subjects_view())
        return
    found = reference(kind)
    if field is None:
        print_view(words.subject_view(found))
    else:
        print_view(words.field_view(found, found.field(field)))


@commands.command(epilog="Example: planning schema > system.schema.json")
def schema() -> None:
    """Print the JSON Schema of system files, for editors."""
    from planning.system.system import System

    print_json(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **System.model_json_schema()}
    )
