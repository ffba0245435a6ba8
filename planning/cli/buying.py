"""What to buy, and when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from planning.cli.options import (
    JsonOption,
    PricesOption,
    SetOption,
    SystemArgument,
    UsageError,
    day_of,
    library_of,
    load,
    moved,
    print_json,
    users_of,
)
from planning.cli.progress import progress_line

commands = typer.Typer()
_MOST_MONTHS = 120


@commands.command(epilog="Example: planning plan my_shop.yaml --target 10k --by 2027-06-01")
def plan(
    system: SystemArgument,
    target: Annotated[
        str | None,
        typer.Option(help="Users to hold in the end; as the file grows, or its target"),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day from which the target must be held")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day of the first month; today")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Most that a month may cost, e.g. 500 or $500/month")
    ] = None,
    months: Annotated[int, typer.Option(min=1, max=_MOST_MONTHS, help="Months to plan for")] = 24,
    headroom: Annotated[
        str | None,
        typer.Option(help="Share of every limit to keep free; what warn_at leaves (20 %)"),
    ] = None,
    extra: Annotated[str, typer.Option(help="What so much more a month would buy")] = "50",
    sizes: Annotated[
        bool, typer.Option(help="Whether every size of a plan's family can be bought")
    ] = True,
    probability: Annotated[
        str | None,
        typer.Option(
            help="Chance that every month is held, e.g. 90%; by numbers alone if not given"
        ),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, max=100_000, help="Draws behind a chance")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
    regret: Annotated[
        bool,
        typer.Option(
            "--regret", help="Take the schedule of least regret over 50 draws of what is doubted"
        ),
    ] = False,
    prices: PricesOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Find the cheapest way to hold what is to come: what to buy, when, for how much.

    Exits 20 where no schedule holds every month; constraint and month are named.
    """
    from planning.numbers.units import parse
    from planning.present.plan_views import plan_record, plan_view, regret_record
    from planning.present.plan_words import regret_words
    from planning.present.terminal import print_view
    from planning.questions.upgrades.demand import as_it_grows, ramp
    from planning.questions.upgrades.frontier import frontier
    from planning.questions.upgrades.plan import as_phases, waited
    from planning.questions.upgrades.plan import plan as cheapest

    loaded, name = load(system, library_of(prices))
    today = moved(loaded, settings)
    first = dt.date.today() if start is None else day_of(start, "--start")
    reached = min(12, months - 1)
    if by is not None:
        reached = _months_until(day_of(by, "--by"), first)
        months = max(months, reached + 1)
    if today.growth is not None and target is None:
        if by is not None:
            raise UsageError("--by needs --target: the file's growth says how many come and when.")
        demand = as_it_grows(today, first, months)
    else:
        wanted = float(today.workload.target.value) if target is None else users_of(target)
        demand = ramp(first, float(today.workload.users.value), wanted, months, reached)
    most = float("inf") if budget is None else parse(_money(budget), "USD/month")
    more = parse(_money(extra), "USD/month")
    if not more > 0.0:
        raise UsageError(f"--extra {extra} must be more than 0.")
    spare = None if headroom is None else parse(headroom, "fraction")
    sure = None if probability is None else parse(probability, "fraction")
    judged = None
    with progress_line() as say:
        found = cheapest(
            today, demand, budget=most, headroom=spare, sizes=sizes,
            probability=sure, draws=draws, seed=seed, progress=say,
        )  # fmt: skip
        if regret:
            from planning.questions.upgrades.regret import least_regret

            judged = least_regret(found, seed=seed, progress=say)
            found = judged.schedule
        # Of least regret is not cheapest: what waiting costs is a question about the cheapest.
        later = waited(found) if judged is None else None
        offers, phases = frontier(found, progress=say), as_phases(found)
    if as_json:
        print_json(plan_record(found, offers, later, phases, name) | regret_record(judged))
    else:
        print_view(plan_view(found, offers, later, phases, more))
        if judged is not None:
            print_view(regret_words(judged))
    raise typer.Exit(0 if found.held else 20)


def _months_until(last: dt.date, first: dt.date) -> int:
    """Return the month in which a day lies, or begins; one that cannot be planned is refused."""
    from planning.questions.upgrades.demand import MONTH

    if last < first:
        raise UsageError(f"--by {last} lies before the start, {first}.")
    reached = round((last - first).days / MONTH)
    if reached >= _MOST_MONTHS:
        raise UsageError(f"--by {last} is {reached} months from {first}; plan for less than 120.")
    return reached


def _money(text: str) -> str:
    """Return an amount of money as one a month, as people write it: 500, $500."""
    bare = text.replace("$", "", 1).replace(",", "").strip()
    # A sum below nothing is an amount as well: what is wrong with it is not how it is written.
    sign, digits = ("-", bare[1:]) if bare.startswith("-") else ("", bare)
    return f"{sign}${digits}/month" if digits.replace(".", "", 1).isdigit() else text
