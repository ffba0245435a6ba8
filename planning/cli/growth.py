"""When does it run out: limits against users who grow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import (
    CsvOption,
    JsonOption,
    PricesOption,
    SetOption,
    SystemArgument,
    UsageError,
    day_of,
    library_of,
    load,
    moved,
    one_format,
    print_json,
    users_of,
)
from planning.cli.progress import progress_line
from planning.numbers.writing import write_whole

if TYPE_CHECKING:
    from planning.questions.growth.outlook import Outlook

commands = typer.Typer()
_STALE = 31  # days after which a history says little of today


@commands.command(epilog="Example: planning runway ten_thousand_users --rate 10%/month")
def runway(
    system: SystemArgument,
    rate: Annotated[str | None, typer.Option(help="Growth of users, e.g. 10%/month")] = None,
    history: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Dates and daily peak users, to forecast from"),
    ] = None,
    column: Annotated[str | None, typer.Option(help="Column of it; the second by default")] = None,
    ceiling: Annotated[str | None, typer.Option(help="The most users there will ever be")] = None,
    users: Annotated[str | None, typer.Option(help="Users today; the file's by default")] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of today's users, e.g. 2026-12-01")
    ] = None,
    horizon: Annotated[str, typer.Option(help="How far to look")] = "3 years",
    headroom: Annotated[
        str | None, typer.Option(help="Share of each limit to keep free, e.g. 20%")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, max=20_000, help="Draw the system's own ranges as well")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
    prices: PricesOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    ics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write order-by days as a calendar")
    ] = None,
) -> None:
    """
    Say when each limit runs out as users grow, and by when to order what moves it.

    Exits 20 where a limit is past already, it is too late to help or nobody can say; 10 where one
    runs out.
    """
    from planning.questions.growth.demand import with_growth
    from planning.questions.growth.runway import runway as runway_of

    one_format(as_json, as_csv)
    loaded, name = load(system, library_of(prices))
    patched = moved(loaded, settings)
    if users is not None:
        patched = patched.at({"workload.users": users_of(users)})
    changes: dict[str, Any] = {"rate": rate, "ceiling": ceiling}
    if history is not None:
        changes |= {"history": history.name, "column": column}
    if stated := {key: value for key, value in changes.items() if value is not None}:
        patched = _refusing(with_growth, patched, **stated)
    known = _known(patched, history, column)
    stated_start = None if start is None else day_of(start, "--start")
    first = stated_start or (patched.growth and patched.growth.start) or dt.date.today()
    found = runway_of(
        patched,
        start=first,
        horizon=_days(horizon),
        headroom=None if headroom is None else _share(headroom),
        known=known,
        draws=draws,
        seed=seed,
    )
    if ics is not None:
        from planning.present.calendar import calendar_text

        write_whole(ics, calendar_text(found))
        typer.echo(f"wrote {ics}", err=True)
    from planning.present.runway_views import exit_code, runway_record, runway_view

    if as_json:
        print_json(runway_record(found, name))
    elif as_csv:
        typer.echo(found.to_frame().to_csv(index=False), nl=False)
    else:
        from planning.present.terminal import print_view

        print_view(runway_view(found))
    raise typer.Exit(exit_code(found))


def _known(system: Any, history: Path | None, column: str | None) -> Outlook | None:
    """Return what a history says, with a line of progress where somebody waits for it."""
    from planning.questions.growth.history import read_history
    from planning.questions.growth.outlook import outlook, outlook_of

    with progress_line() as say:

        def told(done: int, of: int) -> None:
            say(f"back-test: window {done} of {of}")

        if history is not None:
            found: Outlook | None = outlook(read_history(history, column), progress=told)
        else:
            found = outlook_of(system, progress=told)
    age = 0 if found is None else (dt.date.today() - found.start).days
    if found is not None and age > _STALE:
        typer.echo(
            f"planning: the history ends on {found.history.last}, {age:,} days ago: what it "
            "forecasts is counted from there, not from today.",
            err=True,
        )
    return found


def _refusing(function: Any, *given: Any, **named: Any) -> Any:
    """Call a function that validates, and say in one line what it refuses."""
    from pydantic import ValidationError

    try:
        return function(*given, **named)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"])
        raise UsageError(f"--{place}: {first['msg'].removeprefix('Value error, ')}") from None


def _days(text: str) -> int:
    from planning.numbers.units import DAY, parse
    from planning.questions.growth.demand import MOST_DAYS

    days = round(parse(text.strip(), "s") / DAY)
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"--horizon {text[:40]!r} must be from 1 day to 10 years.")
    return days


def _share(text: str) -> float:
    from planning.numbers.units import parse

    share = parse(text.strip(), "fraction")
    if not 0 <= share < 1:
        raise UsageError(f"--headroom {text[:40]!r} must be at least 0 % and below 100 %.")
    return share
