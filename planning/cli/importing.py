"""Configuration that people have already: read into a system file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import UsageError
from planning.numbers.writing import write_new

commands = typer.Typer()


@commands.command("import", epilog="Example: planning import compose.yaml pgbouncer.ini")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Compose, Kubernetes manifests, Helm values, pgbouncer.ini, postgresql.conf, "
            "pg_settings, .env, Terraform plan as JSON",
        ),
    ],
    out: Annotated[
        str, typer.Option(metavar="FILE", help="System file to write; - for standard output")
    ] = "imported.yaml",
) -> None:
    """Read replicas, pools and limits from configuration, and write a system file."""
    from planning.importing.formats import import_files
    from planning.present.terminal import plain

    text, told = import_files(files)
    if out == "-":
        typer.echo(text, nl=False)
    else:
        try:
            write_new(Path(out), text)
        except FileExistsError:
            raise UsageError(f"{out} exists already; name another with --out.") from None
        except OSError as error:
            raise UsageError(f"{out}: cannot be written ({error.strerror}).") from None
        typer.echo(f"wrote {out}; next: planning assess {out}")
    for line in told:
        typer.echo(plain(line).plain, err=True)
