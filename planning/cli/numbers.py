"""Where the numbers come from, and whether they are true: the catalogue and the audit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import JsonOption, PricesOption, UsageError, print_json
from planning.numbers.writing import write_new

if TYPE_CHECKING:
    from planning.audit.verdicts import Audit

commands = typer.Typer()


@commands.command(epilog="Example: planning catalog postgres connections")
def catalog(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words, as people say them")
    ] = None,
    prices: PricesOption = None,
    as_json: JsonOption = False,
) -> None:
    """List limits and prices of real plans, with source, date and doubt; explain a single one."""
    import datetime as dt

    from planning.numbers.catalog import CatalogError, read_prices, shipped_catalog
    from planning.present.json_records import catalog_record
    from planning.present.terminal import catalog_view, print_view

    known = shipped_catalog()
    if prices is not None:
        known = known.with_prices(read_prices(prices))
    try:
        found = known.search(words or ())
    except CatalogError as error:
        raise UsageError(str(error)) from None
    today = dt.date.today()
    if as_json:
        print_json(catalog_record(found, today))
    else:
        print_view(catalog_view(found, today))


class FailOn(StrEnum):
    """What makes `audit` exit with an error, for a build."""

    CONTRADICTED = "contradicted"
    ASSUMPTION = "assumption"
    NEVER = "never"


class Format(StrEnum):
    """How `audit` prints."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


@commands.command(epilog="Example: planning audit plan.md --fail-on contradicted")
def audit(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[FILE|NAME]", help="A document or a claims file; all if none"),
    ] = None,
    new: Annotated[
        Path | None,
        typer.Option("--new", metavar="DOC.md", help="Write a claims file from a document instead"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write a page and its numbers to")
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit 0 unless a statement has this verdict, for a build"),
    ] = None,
    style: Annotated[
        Format, typer.Option("--format", help="Table, Markdown or JSON")
    ] = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """Compute, correct or mark every number of a planning document. Exits 20 if one is wrong."""
    from planning.audit.statements import claims_names

    if new is not None:
        _draft(new)
        return
    names = claims_names() if name is None else [name]
    found = [_audited(each) for each in names]
    _print_audits(found, Format.JSON if as_json else style, one=name is not None)
    if out is not None:
        from planning.batch.audits import write_audit

        for each in found:
            typer.echo(f"wrote {write_audit(each, out)}", err=True)
    raise typer.Exit(_exit_code(found, fail_on))


_DOCUMENTS = (".md", ".markdown", ".mdown", ".txt", ".rst")


def _audited(name: str) -> Audit:
    """Return the audit of a claims file, or of a document as it is."""
    if name.lower().endswith(_DOCUMENTS):
        from planning.audit.plain import audit_document

        return audit_document(name)
    from planning.audit.statements import load_statements
    from planning.audit.verdicts import audit as audit_statements

    return audit_statements(load_statements(name), Path(name).stem)


def _print_audits(found: list[Audit], style: Format, one: bool) -> None:
    from planning.present.document_audit import document_markdown, document_view
    from planning.present.json_records import audit_record
    from planning.present.terminal import audit_view, audits_view, print_view

    if style is Format.JSON:
        records = [audit_record(each) for each in found]
        print_json(records[0] if one else {"schema_version": 1, "audits": records})
    elif style is Format.MARKDOWN:
        typer.echo("\n".join(document_markdown(each) for each in found))
    elif not one:
        print_view(audits_view(found))
    elif found[0].drafted:
        print_view(document_view(found[0]))
    else:
        print_view(audit_view(found[0]))


def _exit_code(found: list[Audit], fail_on: FailOn | None) -> int:
    from planning.audit.verdicts import Mark

    results = [each for audited in found for each in audited.results]
    marks = {each.mark for each in results}
    doubtful = Mark.ASSUMPTION in marks or any(each.unlike for each in results)
    doubtful |= not all(audited.whole for audited in found)
    if Mark.CONTRADICTED in marks and fail_on is not FailOn.NEVER:
        return 20
    return 10 if doubtful and fail_on in {None, FailOn.ASSUMPTION} else 0


def _draft(document: Path) -> None:
    from planning.audit.plain import claims_of_document

    path = Path(f"{document.stem}.claims.yaml")
    text = claims_of_document(document)
    try:
        write_new(path, text)
    except FileExistsError:
        raise UsageError(f"{path} exists already; rename or remove it.") from None
    typer.echo(f"wrote {path}; correct and fill in inputs, then: planning audit {path}")
