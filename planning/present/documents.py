"""
Documents by their titles: the short label that a file gives its document is no name.

With ``document: "Scalability analysis (S2)"`` the sources of a file say ``S2 issue 5``; people
read ``“Scalability analysis” issue 5``. Data keep the label: JSON says what the file says.

A label may be the name of a product or a part as well (S3, R2, T4). So it is the document where a
source begins with it, and elsewhere only before what is said of documents: a section, a table,
what it says or states. Pages do the same (``words.js``).
"""

from __future__ import annotations

import re

from planning.numbers.estimate import Kind

_LABELLED = re.compile(r"(?P<title>.+?)\s*\((?P<label>[A-Z]\d{1,2})\)")
# A product's name goes on with a capital: S3 Standard, T4 GPU.
_REFERENCE = (
    r"^LABEL\b(?! [A-Z])|"
    r"\bLABEL(?='s |,? (?:sections?|issues?|findings?|phases?|remed(?:y|ies)|lines?|parts?|tables?|"
    r"scenarios?|figures?|pages?|chapters?|matrix|"
    r"says|states|names|counts|claims|forgets|promises|measures|scales|gives)\b)"
)
_SOURCE = re.compile(rf"\b(?:{'|'.join(Kind)}): ")


def document_title(document: str) -> str:
    """
    Return the title of a document without its label.

    Parameters
    ----------
    document : str
        As a system file names it, with a label in brackets at its end or without one.

    Examples
    --------
    >>> document_title("Scalability analysis (S2)")
    'Scalability analysis'
    """
    found = _LABELLED.fullmatch(document)
    return found["title"] if found else document


def documented(source: str, document: str) -> str:
    """
    Return a source with its document's title in the place of its label.

    Parameters
    ----------
    source : str
        Of a number.
    document : str
        As the file names it; where it gives no label, the source stays as it is.

    Examples
    --------
    >>> documented("S2 issue 5", "Scalability analysis (S2)")
    '“Scalability analysis” issue 5'
    >>> documented("S3 Standard in eu-west-1", "Plan (S3)")
    'S3 Standard in eu-west-1'
    """
    found = _LABELLED.fullmatch(document)
    if not found:
        return source
    title = f"“{found['title']}”"
    return re.sub(_REFERENCE.replace("LABEL", found["label"]), lambda _: title, source)


def documented_line(line: str, document: str) -> str:
    """
    Return a line of a derivation with its document's title in the place of its label.

    Parameters
    ----------
    line : str
        A number with its source in brackets; what it begins with is a name.
    document : str
        As for :func:`documented`.

    Examples
    --------
    >>> documented_line("S3 rate = 5/s (document: S3, scenario)", "Plan (S3)")
    'S3 rate = 5/s (document: “Plan”, scenario)'
    """
    found = _SOURCE.search(line)
    return line[: found.end()] + documented(line[found.end() :], document) if found else line
