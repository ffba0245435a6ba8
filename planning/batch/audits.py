"""An audit as files: a page that opens offline, and its numbers."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from planning.audit.verdicts import Audit
from planning.batch.pages import page
from planning.numbers.writing import write_whole
from planning.present.audit_words import decisive_html, summary_html, table_html
from planning.present.json_records import audit_record


def write_audit(found: Audit, out: Path) -> Path:
    """Write an audit as a page that opens offline, with its numbers beside it; return the page."""
    folder = out / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_]+", "-", found.name).strip("-")[:80] or "audit"
    html = folder / f"{name}.html"
    write_whole(html, audit_page(found))
    write_whole(folder / f"{name}.json", json.dumps(audit_record(found), indent=2, allow_nan=False))
    return html


def audit_page(found: Audit) -> str:
    """Return an audit as one HTML document that opens offline: no script in it."""
    title = f"Audit: {found.statements.document}"
    head = f"<h1>{escape(title)}</h1><p>{escape(found.statements.title)}</p>"
    body = summary_html({found.name: found}) + decisive_html([found]) + table_html([found])
    return page(title, head + body)
