"""The digits of a number as a key: what two ways to write one figure have in common."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[0-9][0-9.,]*")


def digits_of(text: str) -> str:
    """
    Return the first number of a text as it is written, without the commas of thousands.

    >>> digits_of("~$1,234.50/month"), digits_of("none")
    ('1234.50', '')
    """
    found = _NUMBER.search(text)
    return found[0].rstrip(".,").replace(",", "") if found else ""
