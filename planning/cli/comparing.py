"""What changed between two files, two phases, or a file and its past, and what it did."""

from __future__ import annotations

from typing import Annotated

import typer

from planning.cli.options import (
    JsonOption,
    PricesOption,
    SystemArgument,
    UsageError,
    library_of,
    load,
    print_json,
    users_of,
)

commands = typer.Typer()


@commands.command(epilog="Example: git show HEAD:my_shop.yaml | planning compare - my_shop.yaml")
def compare(
    before: SystemArgument,
    after: Annotated[
        str | None,
        typer.Argument(metavar="[FILE|NAME]", help="The other; the same one if not given"),
    ] = None,
    phase: Annotated[
        str | None, typer.Option("--phase", help="Phase of the first; today if not given")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Phase of the second; today if not given")
    ] = None,
    users: Annotated[
        str | None, typer.Option(help="Users to ask both about; the second's target")
    ] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Say what changed between two systems or phases, and what it did.

    Exits with the verdict of the second, as `assess` does.
    """
    from planning.present.compare_views import compare_record, compare_view
    from planning.present.json_records import exit_code
    from planning.present.terminal import print_view
    from planning.questions.compare import compare as side_by_side
    from planning.system.patches import phase_number, phase_system

    if after is None and phase is None and against is None:
        raise UsageError("compare needs a second file, or two phases: --phase 0 --against 2.")
    if before == after == "-":
        raise UsageError("standard input holds one file: give the other by its path.")
    library = library_of(prices)
    first, first_name = load(before, library)
    second, second_name = (first, first_name) if after is None else load(after, library)
    labels = []
    for system, name, chosen in ((first, first_name, phase), (second, second_name, against)):
        number = phase_number(system, chosen)
        label = system.phases[number - 1].name if number else "today"
        labels.append(label if after is None else f"{name}, {label}" if number else name)
    if labels[0] == labels[1] and after is not None:
        labels = [str(before), str(after)]
    found = side_by_side(
        phase_system(first, phase),
        phase_system(second, against),
        None if users is None else users_of(users),
        (labels[0], labels[1]),
    )
    if as_json:
        print_json(compare_record(found))
    else:
        print_view(compare_view(found))
    raise typer.Exit(exit_code(found.after.result))
