"""What a system file may say, as a terminal's table and as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from planning.present.terminal import plain
from planning.system.reference import SECTIONS, FieldReference, Reference, reference, subjects

_HEAD = """# Reference: what a system file may say

Written by `make reference` from the models that read the file; `planning explain KIND [FIELD]`
prints the same. A number may be short (`250 ms`) or say all it knows:
`{value: 250 ms, low: 100 ms, high: 1 s, kind: measured, source: tracing}`. `{catalog: ROW}` takes
a row of the catalogue, and `plan: PLAN` every row of a plan that names a field here.
"""
_MOST_PLANS = 8


def subjects_view() -> RenderableType:
    """Return every section and kind with one sentence, ready to print."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "what it is"):
        table.add_column(title, overflow="fold")
    for name in subjects():
        table.add_row(name, plain(reference(name).summary))
    return Group(
        table, "", "Fields of one: planning explain database; one field: ... database reserved"
    )


def subject_view(found: Reference) -> RenderableType:
    """Return one section or kind with its fields, ready to print."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("field", "meaning", "write", "range", "default"):
        table.add_column(title, overflow="fold")
    for each in found.fields:
        row = (each.name, each.meaning, each.written, each.range, each.default)
        table.add_row(*(plain(text) for text in row))
    return Group(plain(f"{found.name}: {found.summary}", "bold"), "", *_printed(found), table)


def _printed(found: Reference) -> Iterator[RenderableType]:
    """Yield the paragraphs for a terminal, line by line: what is drawn keeps its lines."""
    for paragraph in _prose(found):
        for line in paragraph.splitlines():
            if line != "```":
                yield plain(line)
        yield ""


def field_view(found: Reference, field: FieldReference) -> RenderableType:
    """Return one field, a line each, ready to print."""
    table = Table(box=None, pad_edge=False, show_header=False)
    said = {
        "meaning": field.meaning, "unit": field.unit, "write": field.written,
        "range": field.range or "any", "default": field.default, "source": field.source,
    }  # fmt: skip
    for title, text in said.items():
        if text:
            table.add_row(plain(title, "dim"), plain(text))
    return Group(plain(f"{found.name}.{field.name}", "bold"), table)


def reference_page() -> str:
    """Return the whole reference as Markdown: sections first, then kinds, with a table each."""
    names = list(subjects())
    index = [
        f"**Sections**: {', '.join(_link(name) for name in names if name in SECTIONS)}.",
        f"**Kinds of part**: {', '.join(_link(name) for name in names if name not in SECTIONS)}.",
    ]
    return "\n".join((_HEAD, *index, "", *(_chapter(reference(name)) for name in names)))


def _link(name: str) -> str:
    return f"[`{name}`](#{name})"


def _chapter(found: Reference) -> str:
    rows = [
        f"| `{each.name}` | {_cell(each.meaning)} | {_cell(each.written)} | {_cell(each.range)} "
        f"| {_cell(_loud(each.default))} | {_cell(each.source)} |"
        for each in found.fields
    ]
    head = (
        "| field | meaning | write | range | default | source of the default |",
        "|" + "---|" * 6,
    )
    prose = [line for each in _prose(found) for line in (each, "")]
    return "\n".join((f"## {found.name}", "", found.summary, "", *prose, *head, *rows, ""))


def _prose(found: Reference) -> list[str]:
    """Return what happens in it, in paragraphs."""
    lines = [found.text] if found.text else []
    lines += found.steps
    if found.takes or found.gives:
        gives = f" It gives {', '.join(found.gives)}." if found.gives else ""
        lines.append(f"It takes {', '.join(found.takes) or 'nothing'}.{gives}")
    if found.plans:
        more = len(found.plans) - _MOST_PLANS
        rest = f" and {more} more (`planning catalog`)" if more > 0 else ""
        named = ", ".join(f"`{plan}`" for plan in found.plans[:_MOST_PLANS])
        lines.append(f"Plans of the catalogue that fill its fields: {named}{rest}.")
    return lines


def _loud(default: str) -> str:
    return "**required**" if default == "required" else default


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
