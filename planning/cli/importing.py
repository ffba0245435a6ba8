"""Configuration that people have already: read into a system file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import UsageError

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
            # Exclusive: a file that somebody has gone on with is never overwritten.
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise UsageError(f"{out} exists already; name another with --out.") from None
        except OSError as error:
            raise UsageError(f"{out}: cannot be written ({error.strerror}).") from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        typer.echo(f"wrote {out}; next: planning assess {out}")
    for line in told:
        typer.echo(plain(line).plain, err=True)
