"""
Workbooks that show a view of a live page: their way in, and their prose below the view.

A reader of the page has the words that a notebook has, without waiting for its kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple


class Book(NamedTuple):
    """
    A workbook.

    Attributes
    ----------
    tab : str
        View of the live page that it belongs to.
    title : str
        What it is called.
    address : str
        Where it opens, with a query, to which the page adds its state.
    prose : str
        Its words, as Markdown; empty where the view does not show all that the workbook shows.
    """

    tab: str
    title: str
    address: str
    prose: str = ""


def prose_html(books: Sequence[Book]) -> str:
    """
    Return the prose of each workbook as an element that is shown by nobody yet.

    Markup in the Markdown is text, and its headings stand below that of the workbook.
    """
    made = (f'<template id="prose-{k}">{_html(book.prose)}</template>\n'
            for k, book in enumerate(books) if book.prose)  # fmt: skip
    return "".join(made)


@cache
def _html(prose: str) -> str:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **attrs: object) -> str:
            return super().heading(text, min(level + 1, 6))

    return str(mistune.create_markdown(escape=True, renderer=Renderer(escape=True))(prose))
