"""Questions asked of a system: does it hold, what if everyone comes, what does a phase buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import (
    CsvOption,
    JsonOption,
    PhaseOption,
    PricesOption,
    SetOption,
    SystemArgument,
    UsageError,
    draws_of,
    library_of,
    load,
    moved,
    one_format,
    print_json,
    users_of,
)

if TYPE_CHECKING:
    from planning.questions.drawn_events import DrawnEvent
    from planning.questions.sampling import Sample
    from planning.questions.sensitivity import Influence, Swing
    from planning.system.system import System

commands = typer.Typer()


@commands.command(epilog="Example: planning systems --draws 10000")
def systems(
    as_json: JsonOption = False,
    draws: Annotated[
        int | None,
        typer.Option(help="How sure is each of its target, by so many draws? Today and at the end"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
    markdown: Annotated[bool, typer.Option("--markdown", help="With --draws: for a page")] = False,
) -> None:
    """List the systems that come with the workbook."""
    from planning.questions.load import load_system, system_names

    rows = [(name, load_system(name)) for name in system_names()]
    if draws is not None:
        _chances(rows, draws_of(draws), seed, as_json=as_json, markdown=markdown)
        return
    if markdown:
        raise UsageError("--markdown is about the table of --draws; give --draws 10000.")
    if as_json:
        print_json(
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


def _chances(
    systems: list[tuple[str, System]], draws: int, seed: int, *, as_json: bool, markdown: bool
) -> None:
    """Print how sure each system is of its target, today and after its last phase."""
    from planning.present import chances
    from planning.present.terminal import print_view

    found = [one for name, each in systems for one in chances.both_ends(each, name, draws, seed)]
    if as_json:
        print_json({"schema_version": 1, "chances": chances.chances_record(found)})
    elif markdown:
        typer.echo(chances.chances_markdown(found))
    else:
        print_view(chances.chances_view(found))


@commands.command(epilog="Example: planning assess ten_thousand_users --users 10000 --phase 2")
def assess(
    system: SystemArgument,
    users: Annotated[str | None, typer.Option(help="Concurrent users, e.g. 10000 or 10k")] = None,
    phase: PhaseOption = None,
    prices: PricesOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    why: Annotated[
        bool, typer.Option("--why", help="Print the derivation, to the sources")
    ] = False,
    draws: Annotated[
        int | None,
        typer.Option(help="Draw what has a range so many times: how sure is the answer?"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
) -> None:
    """Say whether a system holds a number of users, what breaks first, and why."""
    from planning.present.json_records import assessment_record, exit_code
    from planning.questions.assess import assess as assess_system
    from planning.questions.capacity import capacity
    from planning.system.patches import phase_number, phase_system

    one_format(as_json, as_csv)
    loaded, name = load(system, library_of(prices))
    patched = moved(phase_system(loaded, phase), settings)
    number = phase_number(loaded, phase)
    label = loaded.phases[number - 1].name if number else "today"
    count = None if users is None else users_of(users)
    target = float(loaded.workload.target.value) if count is None else count
    result, edge = assess_system(patched, target), capacity(patched)
    doubt = None if draws is None else _doubt(patched, draws, seed, target)
    if as_json:
        record = assessment_record(result, edge, name, label)
        if doubt is not None:
            from planning.present.confidence_views import confidence_record

            record["confidence"] = confidence_record(*doubt)
        print_json(record)
    elif as_csv:
        asked = result if doubt is None else doubt[0]
        typer.echo(asked.to_frame().to_csv(index=False), nl=False)
    else:
        from planning.present.terminal import assessment_view, print_view

        if doubt is not None:
            from planning.present.confidence_views import confidence_view

            print_view(confidence_view(*doubt))
            print_view("")
        print_view(assessment_view(result, edge, label, derivation=why))
    raise typer.Exit(exit_code(result))


def _doubt(
    system: System, draws: int, seed: int, users: float
) -> tuple[Sample, tuple[Swing, ...], tuple[Influence, ...]]:
    """Return draws of a system, what each input alone does, and what to measure first."""
    from planning.questions.sampling import sample
    from planning.questions.sensitivity import influences, tornado

    draws_of(draws)
    return sample(system, draws, seed, users), tornado(system), influences(system, seed=seed)


@commands.command(epilog="Example: planning check my_shop.yaml")
def check(system: SystemArgument, prices: PricesOption = None) -> None:
    """
    Build every phase and ask every event of a file; exits 2 with a line per problem.

    Exits 20 where something is wanted that no part takes, today or after a phase.
    """
    from planning.numbers.reading import read_document
    from planning.questions.findings import findings
    from planning.questions.load import checked
    from planning.system.patches import ladder_systems

    library = library_of(prices)
    if system == "-":
        found, _ = load(system, library)
    else:
        found = checked(read_document(library.path(system)), library)
    counts = f"{len(found.parts)} parts, {len(found.phases)} phases, {len(found.events)} events"
    lost = [
        f"{name}: {each.part}: {each.what}"
        for name, patched in ladder_systems(found)
        for each in findings(patched)
        if each.vanished
    ]
    typer.echo("\n".join([f"{found.title}: {counts}, {'not' if lost else 'all'} sound", *lost]))
    raise typer.Exit(20 if lost else 0)


@commands.command(epilog="Example: planning events live_stream_limits")
def events(
    systems: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE|NAME]...", help="Systems; all that come along if none"),
    ] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
    draws: Annotated[
        int | None,
        typer.Option(help="Draw what has a range so many times: served how far, how often STABLE?"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
) -> None:
    """Print what surges do to systems, today and after each phase. Exits by today's worst."""
    from planning.present.cells import VERDICT_WORDS
    from planning.present.drawn_events import drawn_events_record, drawn_events_view
    from planning.present.json_records import events_record
    from planning.present.terminal import events_view, print_view
    from planning.questions.surges import SurgeVerdict, event_matrix

    library = library_of(prices)
    loaded = [load(each, library) for each in systems or library.names()]
    for system, name in loaded:
        if not system.events:
            raise UsageError(f"{name}: no events are declared; add `events:` to the file.")
    found = [(system, name, event_matrix(system)) for system, name in loaded]
    drawn = [] if draws is None else [_surges(system, draws, seed) for system, _ in loaded]
    if as_json:
        records = [
            events_record(matrix, name) | {"own_prices": sorted(system.prices)}
            for system, name, matrix in found
        ]
        for record, doubt in zip(records, drawn, strict=False):
            record["confidence"] = drawn_events_record(doubt, seed)
        one = len(records) == 1
        print_json(records[0] if one else {"schema_version": 1, "systems": records})
    else:
        for system, _, matrix in found:
            title = f"{system.title}: events by phase"
            print_view(events_view(matrix, title, system, reasons=len(found) == 1))
        if len(found) > 1:
            print_view(f"{VERDICT_WORDS} Document: what the planning document says of it.")
        for (system, _, _), doubt in zip(found, drawn, strict=False):
            print_view("")
            print_view(drawn_events_view(doubt, system.title, seed))
    worst = max(result.verdict for _, _, matrix in found for result in matrix["today"])
    raise typer.Exit(20 if worst >= SurgeVerdict.FAIL else 10 if worst > SurgeVerdict.STABLE else 0)


def _surges(system: System, draws: int, seed: int) -> dict[str, list[DrawnEvent]]:
    """Return every event over draws, by phase."""
    from planning.questions.drawn_events import drawn_events

    return drawn_events(system, draws_of(draws), seed)


@commands.command(epilog="Example: planning phases ten_thousand_users --users 10000")
def phases(
    system: SystemArgument,
    users: Annotated[str | None, typer.Option(help="Users to plan for; the file's target")] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    draws: Annotated[
        int | None,
        typer.Option(help="Draw what has a range so many times: how surely does each phase hold?"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
) -> None:
    """Print what each upgrade buys and costs. Exits 0 where some phase holds the target."""
    from planning.present.json_records import phases_record, requirements_record
    from planning.present.phase_chances import phase_chances_record, phase_chances_view
    from planning.questions.frames import to_frame
    from planning.questions.phase_chances import phase_chances
    from planning.questions.phases import first_holding, ladder
    from planning.questions.requirements import requirements

    one_format(as_json, as_csv)
    loaded, name = load(system, library_of(prices))
    steps = ladder(loaded, None if users is None else users_of(users))
    asked = float(steps[0].at_target.users.value)
    gap = requirements(loaded, asked)
    doubt = None if draws is None else phase_chances(loaded, draws_of(draws), seed, asked)
    if as_json:
        record = phases_record(steps, name) | {"requirements": requirements_record(gap)}
        if doubt is not None:
            record["confidence"] = phase_chances_record(doubt, seed)
        print_json(record)
    elif as_csv:
        frame = to_frame(steps) if doubt is None else doubt.to_frame()
        typer.echo(frame.to_csv(index=False), nl=False)
    else:
        from planning.present.terminal import phases_view, print_view, requirements_view

        print_view(phases_view(steps, f"{loaded.title}: what each phase buys"))
        print_view("")
        print_view(requirements_view(gap, asked))
        if doubt is not None:
            print_view("")
            print_view(phase_chances_view(doubt, seed))
    raise typer.Exit(0 if first_holding(steps) else 20)
