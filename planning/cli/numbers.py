"""Where the numbers come from, and whether they are true: the catalogue and the audit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import JsonOption, PricesOption, UsageError, print_json

commands = typer.Typer()


@commands.command(epilog="Example: planning catalog supabase micro")
def catalog(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words that a row must hold")
    ] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
) -> None:
    """List limits and prices of real plans, with source, date and doubt; explain a single one."""
    import datetime as dt

    from planning.numbers.catalog import read_prices, shipped_catalog
    from planning.present.json_records import catalog_record
    from planning.present.terminal import catalog_view, print_view

    known = shipped_catalog()
    if prices is not None:
        known = known.with_prices(read_prices(prices))
    found = known.search(words or ())
    if not found:
        raise UsageError(f"no row holds {' '.join(words or ())[:80]!r}; try fewer words.")
    today = dt.date.today()
    if as_json:
        print_json(catalog_record(found, today))
    else:
        print_view(catalog_view(found, today))


@commands.command(epilog="Example: planning audit hundred_events")
def audit(
    name: Annotated[
        str | None, typer.Argument(metavar="[FILE|NAME]", help="A claims file; all if none")
    ] = None,
    new: Annotated[
        Path | None,
        typer.Option("--new", metavar="DOC.md", help="Draft a claims file from a document instead"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write a page and its numbers to")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute, correct or mark every number of a planning document. Exits 20 if one is wrong."""
    from planning.audit.statements import claims_names, load_statements
    from planning.audit.verdicts import Mark
    from planning.audit.verdicts import audit as audit_statements
    from planning.present.json_records import audit_record
    from planning.present.terminal import audit_view, audits_view, print_view

    if new is not None:
        _draft(new)
        return
    names = claims_names() if name is None else [name]
    found = [audit_statements(load_statements(each), Path(each).stem) for each in names]
    if as_json:
        records = [audit_record(each) for each in found]
        one = name is not None
        print_json(records[0] if one else {"schema_version": 1, "audits": records})
    elif name is None:
        print_view(audits_view(found))
    else:
        print_view(audit_view(found[0]))
    if out is not None:
        from planning.batch.reports import write_audit

        for each in found:
            typer.echo(f"wrote {write_audit(each, out)}", err=True)
    results = [each for audited in found for each in audited.results]
    marks = {each.mark for each in results}
    doubtful = Mark.ASSUMPTION in marks or any(each.unlike for each in results)
    raise typer.Exit(20 if Mark.CONTRADICTED in marks else 10 if doubtful else 0)


def _draft(document: Path) -> None:
    from planning.audit.draft import draft_claims

    path = Path(f"{document.stem}.claims.yaml")
    text = draft_claims(document)
    try:
        # Exclusive: claims that somebody has filled in are never overwritten.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise UsageError(f"{path} exists already; rename or remove it.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    typer.echo(f"wrote {path}; fill in inputs, then: planning audit {path}")
