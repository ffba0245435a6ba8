"""
Documents by their titles: the short label that a file gives its document is no name.

With ``document: "Scalability analysis (S2)"`` the sources of a file say ``S2 issue 5``; people
read ``“Scalability analysis” issue 5``. Data keep the label: JSON says what the file says.
"""

from __future__ import annotations

import re

_LABELLED = re.compile(r"(?P<title>.+?)\s*\((?P<label>[A-Z]\d{1,2})\)")


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


def documented(words: str, document: str) -> str:
    """
    Return words of a system file with its document's title in the place of its label.

    Parameters
    ----------
    words : str
        A source, a derivation or a remark.
    document : str
        As the file names it; where it gives no label, the words stay as they are.

    Examples
    --------
    >>> documented("document: S2 issue 5", "Scalability analysis (S2)")
    'document: “Scalability analysis” issue 5'
    """
    found = _LABELLED.fullmatch(document)
    if not found:
        return words
    title = f"“{found['title']}”"
    return re.sub(rf"\b{found['label']}\b", lambda _: title, words)
