"""
The ``planning`` command.

Exit codes say what came out: 0 holds, 1 the tool failed, 2 bad usage or input,
10 a warning, 20 does not hold. A bad file is one clear line, never a traceback.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from planning import __version__

app = typer.Typer(
    name="planning",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Can our app handle 10,000 users? What breaks first, why, and what it costs.\n\n"
    "Exit codes: 0 holds, 1 tool error, 2 bad usage or input, 10 warning, 20 does not hold.",
)

SystemArgument = Annotated[
    str,
    typer.Argument(metavar="FILE|NAME", help="A system file, or a name from `planning systems`"),
]
PhaseOption = Annotated[
    str | None, typer.Option("--phase", help="A phase by number or name; today if not given")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


class UsageError(Exception):
    """Bad input: one line, exit code 2."""


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


@app.command(epilog="Example: planning systems")
def systems(as_json: JsonOption = False) -> None:
    """List the systems that come with the workbook."""
    from planning.library import load_system, system_names

    rows = [(name, load_system(name)) for name in system_names()]
    if as_json:
        _print_json(
            {
                "schema_version": 1,
                "systems": [
                    {
                        "name": name,
                        "title": system.title,
                        "document": system.document,
                        "phases": [phase.name for phase in system.phases],
                    }
                    for name, system in rows
                ],
            }
        )
        return
    width = max(len(name) for name, _ in rows)
    for name, system in rows:
        typer.echo(f"{name:<{width}}  {system.title} — {system.document}")


@app.command(epilog="Example: planning assess ten_thousand_users --users 10000 --phase 2")
def assess(
    system: SystemArgument,
    users: Annotated[str | None, typer.Option(help="Concurrent users, e.g. 10000 or 10k")] = None,
    phase: PhaseOption = None,
    as_json: JsonOption = False,
    why: Annotated[
        bool, typer.Option("--why", help="Print the derivation, to the sources")
    ] = False,
) -> None:
    """Say whether a system holds a number of users, what breaks first, and why."""
    from planning.assessment import assess as assess_system
    from planning.edge import capacity
    from planning.patches import phase_number, phase_system
    from planning.present.record import EXIT_CODES, assessment_record

    loaded, name = _load(system)
    patched = phase_system(loaded, phase)
    number = phase_number(loaded, phase)
    label = loaded.phases[number - 1].name if number else "today"
    count = None if users is None else _users(users)
    target = float(loaded.workload.target.value) if count is None else count
    result, edge = assess_system(patched, target), capacity(patched)
    if as_json:
        _print_json(assessment_record(result, edge, name, label))
    else:
        from planning.present.tables import assessment_view, print_view

        print_view(assessment_view(result, edge, label, derivation=why))
    raise typer.Exit(EXIT_CODES[result.verdict])


@app.command(epilog="Example: planning events live_stream_limits")
def events(system: SystemArgument, as_json: JsonOption = False) -> None:
    """Print what surges do to a system, today and after each phase. Exits by today's worst."""
    from planning.events import SurgeVerdict, event_matrix
    from planning.present.record import events_record

    loaded, name = _load(system)
    if not loaded.events:
        raise UsageError(f"{system}: no events are declared; add `events:` to the file.")
    matrix = event_matrix(loaded)
    if as_json:
        _print_json(events_record(matrix, name))
    else:
        from planning.present.tables import events_view, print_view

        print_view(events_view(matrix, f"{loaded.title}: events by phase"))
    worst = max(result.verdict for result in matrix["today"])
    raise typer.Exit(20 if worst >= SurgeVerdict.FAIL else 10 if worst > SurgeVerdict.STABLE else 0)


@app.command(epilog="Example: planning phases ten_thousand_users --users 10000")
def phases(
    system: SystemArgument,
    users: Annotated[str | None, typer.Option(help="Users to plan for; the file's target")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what each upgrade buys and costs. Exits 0 where some phase holds the target."""
    from planning.phases import first_holding, ladder
    from planning.present.record import phases_record, requirements_record
    from planning.requirements import requirements

    loaded, name = _load(system)
    steps = ladder(loaded, None if users is None else _users(users))
    gap = requirements(loaded, float(steps[0].at_target.users.value))
    if as_json:
        _print_json(phases_record(steps, name) | {"requirements": requirements_record(gap)})
    else:
        from planning.present.tables import phases_view, print_view, requirements_view

        print_view(phases_view(steps, f"{loaded.title}: what each phase buys"))
        print_view("")
        print_view(requirements_view(gap, float(steps[0].at_target.users.value)))
    raise typer.Exit(0 if first_holding(steps) else 20)


@app.command(epilog="Example: planning report ten_thousand_users --users 1000,10000,100000")
def report(
    system: Annotated[
        list[str],
        typer.Argument(metavar="FILE|NAME...", help="System files or names; `all` for all"),
    ],
    users: Annotated[
        str, typer.Option(help="Growth targets, comma-separated")
    ] = "1000,10000,100000",
    out: Annotated[Path, typer.Option(help="Folder to write to")] = Path("reports"),
) -> None:
    """Write a report per system and growth target: notebook, HTML page and JSON."""
    from planning.batch.reports import run_reports
    from planning.library import system_names

    names = system_names() if system == ["all"] else system
    targets = sorted({_users(each) for each in users.split(",") if each.strip()})
    if not targets:
        raise UsageError("--users names no growth target; write for example --users 1000,10000.")
    for each in names:
        _load(each)  # a bad file is said before the first kernel starts
    raise typer.Exit(run_reports(names, targets, out, sys.stderr))


@app.command(epilog="Example: planning serve my_shop.yaml --port 8866")
def serve(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Systems of your own to show")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1")] = 8866,
    reports: Annotated[Path, typer.Option(help="Folder of reports to list")] = Path("reports"),
) -> None:
    """Serve the workbooks as dashboards on this machine, until Ctrl-C."""
    from planning.dashboard.shelf import Shelf, shelf_of
    from planning.library import SERVED_VARIABLE, system_names
    from planning.serve import serve as serve_workbooks
    from planning.shipped import workbooks_folder

    for file in files or ():
        _load(file)
    os.environ[SERVED_VARIABLE] = os.pathsep.join(str(Path(file).resolve()) for file in files or ())

    entries = [_entry(name) for name in system_names()]

    def shelf() -> Shelf:
        return shelf_of(workbooks_folder(), entries, reports)

    raise typer.Exit(serve_workbooks(shelf, port=port))


def _entry(name: str) -> Any:
    from planning.dashboard.shelf import SystemEntry
    from planning.library import load_system

    system = load_system(name)
    kinds = frozenset(part.kind for part in system.parts.values())
    return SystemEntry(name, system.title, system.summary, kinds)


@app.command(epilog="Example: planning new my_shop")
def new(
    name: Annotated[str, typer.Argument(help="Name of the system: letters, digits, _ and -")],
    folder: Annotated[Path, typer.Option(help="Folder to write to")] = Path("."),
) -> None:
    """Write a commented system file to start from."""
    from planning.starter import write_starter

    path = write_starter(name, folder)
    typer.echo(f"wrote {path}; next: planning assess {path}")


@app.command(epilog="Example: planning schema > system.schema.json")
def schema() -> None:
    """Print the JSON Schema of system files, for editors."""
    from planning.system import System

    _print_json(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **System.model_json_schema()}
    )


def _load(system: str) -> tuple[Any, str]:
    from planning.library import load_system, system_path

    return load_system(system), system_path(system).stem


def _users(text: str) -> float:
    from planning.assessment import MOST_USERS
    from planning.units import parse

    count = parse(text.strip(), "user")
    if not 0 <= count <= MOST_USERS:
        raise UsageError(f"users {text!r} must be 0 or more, and at most {MOST_USERS:g}.")
    return count


def _print_json(data: dict[str, Any]) -> None:
    # ASCII: safe in every terminal and pipe, and no control character gets through.
    typer.echo(json.dumps(data, indent=2, allow_nan=False))


def main() -> None:
    """Run the command; turn what users can cause into one clear line and exit code 2."""
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
    except Exception as error:  # a bug of ours: one line and exit code 1, which no script misreads
        _complain(f"the tool failed: {type(error).__name__}: {error}")
        sys.exit(1)


def _complain(message: str) -> None:
    from planning.present.tables import plain

    for line in message.splitlines() or [""]:
        print(f"planning: {plain(line).plain}", file=sys.stderr)
