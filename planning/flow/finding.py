"""
What is wrong with a system whatever the number of users: configuration, not arithmetic.

A finding has a severity and a remedy. Parts find what their own fields show (a job that
nobody schedules, a player that asks where nothing is published); what no part can know
is written into the system file by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is, from harmless to fatal."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something to put right.

    Attributes
    ----------
    part : str
        Where: a part's name, or the words of the file.
    severity : Severity
        How bad.
    what : str
        What is wrong, and what follows from it.
    remedy : str
        What to do.
    vanished : bool
        Whether something that is wanted is counted nowhere because of it.
    """

    part: str
    severity: Severity
    what: str
    remedy: str
    vanished: bool = False
