"""
The ``planning`` command.

Exit codes say what came out: 0 holds, 1 the tool failed, 2 bad usage or input,
10 a warning, 20 does not hold. A bad file is one clear line, never a traceback.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from planning import __version__
from planning.cli import (
    asking,
    buying,
    comparing,
    evidence,
    growth,
    importing,
    numbers,
    pages,
    products,
    questions,
)
from planning.cli.options import UsageError

app = typer.Typer(
    name="planning",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Can our app handle 10,000 users? What breaks first, why, and what it costs.\n\n"
    "Exit codes: 0 holds, 1 tool error, 2 bad usage or input, 10 warning, 20 does not hold.",
)
for room in (
    questions,
    asking,
    comparing,
    buying,
    growth,
    numbers,
    products,
    pages,
    importing,
    evidence,
):
    app.registered_commands.extend(room.commands.registered_commands)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planning {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version"),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; turn what users can cause into one clear line and exit code 2."""
    # A terminal without × and – gets question marks in their place, and the numbers.
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.encoding.startswith("utf"):
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except (UsageError, ValueError) as error:
        _complain(str(error))
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader (head, less) has seen enough; this is no verdict
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # a full disk, a folder that cannot be made, a name that is too long
        what = f"{error.filename}: " if error.filename else ""
        _complain(f"{what}{error.strerror or error}")
        sys.exit(1)
    except Exception as error:  # a bug of ours: one line and exit code 1, which no script misreads
        _complain(f"the tool failed: {type(error).__name__}: {error}")
        sys.exit(1)


def _complain(message: str) -> None:
    from planning.present.terminal import plain

    for line in message.splitlines() or [""]:
        print(f"planning: {plain(line).plain}", file=sys.stderr)
