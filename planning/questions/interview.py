"""
The questions whose answers matter most, one after another, until the verdict is firm.

What is doubted is asked in the order of :func:`planning.questions.sensitivity.influences`, which
is found anew after every answer::

    file ──> draws ──> chance ──firm──> done
      ^                   └─> what narrows the answer most ──> question ──> answer ─┐
      └──────────────────────── written into the file ──────────────────────────────┘

An answer is read by the rules of its field, as if somebody had typed it into the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planning.numbers.estimate import UNSOURCED_CONFIDENCE, Estimate, Kind
from planning.numbers.reading import FileError, parse_document
from planning.numbers.rewriting import rewritten, text_of, write_over
from planning.questions.library import SHIPPED, Library
from planning.questions.load import validate
from planning.questions.sampling import Sample, sample
from planning.questions.sensitivity import influences
from planning.system.patches import phase_number, phase_system
from planning.system.system import System

# From these on a chance is a verdict: one in twenty is what people call sure.
FIRM_HOLDS, FIRM_FAILS = 0.95, 0.05
MOST_QUESTIONS = 10
_LEAST = 0.005  # share of the variance below which an answer is not worth anybody's time
_BASE_DRAWS = 128  # of the order of the questions; the chance itself takes all draws
_KINDS = tuple(str(kind) for kind in Kind if kind not in (Kind.ASKED, Kind.ASSUMED))
_FIELDS = ("value", "low", "high", "confidence", "shape", "kind", "source")

Answer = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Question:
    """
    One input worth knowing.

    Attributes
    ----------
    path : str
        The input.
    estimate : Estimate
        As the file states it, with its range.
    description : str
        What its field is for.
    narrows : float
        Share of the capacity's variance (of its logarithm) that goes when it is known, with what
        it goes together with. [fraction]
    """

    path: str
    estimate: Estimate
    description: str
    narrows: float


@dataclass(frozen=True, slots=True)
class Answered:
    """
    What one answer did.

    Attributes
    ----------
    path : str
        The input.
    was, now : Estimate
        As stated before, and since.
    before, after : float
        Chance to hold. [fraction]
    """

    path: str
    was: Estimate
    now: Estimate
    before: float
    after: float


class Interview:
    """
    A file and what is still worth asking about it.

    Parameters
    ----------
    path : Path
        The system file; answers are written into it.
    users : float, optional
        Users asked about; the file's target by default. [user]
    draws : int
        As for :func:`planning.questions.sampling.sample`. [draw]
    seed : int
        As there.
    library : Library
        Own prices.
    after : str, optional
        Phase, by number or name, with which it is asked whether the system holds; today by default.
        What that phase or one before it states anew is theirs to say, and not asked.

    Raises
    ------
    FileError
        If the file cannot be read, or is no valid system.
    ValueError
        If there is no such phase.
    """

    def __init__(
        self,
        path: Path,
        users: float | None = None,
        draws: int = 10_000,
        seed: int = 0,
        library: Library = SHIPPED,
        after: str | None = None,
    ) -> None:
        self.path, self.library, self.after = path, library, after
        self._users, self._draws, self._seed = users, draws, seed
        self._text = text_of(path)
        self.passed = set[str]()
        self.answers = list[Answered]()
        self.system, self.sample = self._asked(self._text)

    @property
    def chance(self) -> float:
        """Chance that the system holds the users asked about. [fraction]"""
        return self.sample.probability

    @property
    def firm(self) -> bool:
        """Whether the chance is a verdict: 95 % or more, or 5 % or less."""
        return self.chance >= FIRM_HOLDS or self.chance <= FIRM_FAILS

    @property
    def phase(self) -> str:
        """Name of the phase with which it is asked, ``today`` without one."""
        number = phase_number(self.system, self.after)
        return self.system.phases[number - 1].name if number else "today"

    def open(self) -> tuple[Question, ...]:
        """Return what is still worth asking, what matters most first; neither passed nor known."""
        found = [
            Question(path, estimate, description, each.first)
            for each in influences(self.sample.system, _BASE_DRAWS, self._seed)
            if each.total >= _LEAST
            for path, estimate, description in zip(
                each.paths, each.estimates, each.descriptions, strict=True
            )
            # An answer is written where today's system states it: only what is still so is asked.
            if path in self.system.inputs and self.system.inputs[path].estimate == estimate
        ]
        done = self.passed | {each.path for each in self.answers}
        left = MOST_QUESTIONS - len(done)
        return tuple(each for each in found if each.path not in done)[: max(left, 0)]

    def skip(self, path: str) -> None:
        """Leave an input as it is, and do not ask about it again."""
        self.passed.add(path)

    def answer(self, path: str, given: Answer) -> Answered:
        """
        Write an answer into the file.

        Parameters
        ----------
        path : str
            The input.
        given : mapping
            What a number in a file may say: ``value``, ``low``, ``high``, ``source`` and the like.

        Raises
        ------
        FileError
            If the field refuses it, it would move another input as well, or the file cannot be
            written; the file is then as it was.
        """
        was = self.system.inputs[path].estimate
        text = rewritten(self._text, tuple(path.split(".")), _ordered(path, given))
        system, found = self._asked(text)
        moved = [name for name, each in system.inputs.items() if name not in self.system.inputs
                 or each.estimate != self.system.inputs[name].estimate]  # fmt: skip
        moved += [name for name in self.system.inputs if name not in system.inputs]
        if others := [name for name in moved if name != path]:
            raise FileError(
                f"{path}: writing it would move {others[0]} too; edit the file by hand."
            )
        write_over(self.path, text, self._text)
        done = Answered(path, was, system.inputs[path].estimate, self.chance, found.probability)
        self._text, self.system, self.sample = text, system, found
        self.answers.append(done)
        return done

    def _asked(self, text: str) -> tuple[System, Sample]:
        document = parse_document(text.removeprefix("\ufeff"), str(self.path))
        system = validate(document, self.library)
        asked = phase_system(system, self.after)
        return system, sample(asked, self._draws, self._seed, self._users)


def answer_of(value: str, between: str, source: str, today: dt.date) -> dict[str, str | float]:
    """
    Return an answer as three lines of typing give it.

    Parameters
    ----------
    value : str
        A number with its unit.
    between : str
        Two ends of a range, as ``80 ms to 200 ms`` or ``80-200 ms``; empty where it is certain.
    source : str
        Who says so; begun with ``measured:``, ``vendor:`` or ``document:`` it says the kind as
        well. Without one the range is taken as a guess.
    today : date
        Written behind the source.

    Raises
    ------
    ValueError
        If the range has not two ends.

    Examples
    --------
    >>> answer_of("120 ms", "80-200 ms", "measured: a trace", dt.date(2026, 5, 1))
    {'value': '120 ms', 'low': '80 ms', 'high': '200 ms', 'kind': 'measured', 'source': 'a trace, \
2026-05-01'}
    """
    found: dict[str, str | float] = {"value": value.strip()}
    if between.strip():
        ends = re.split(r"\s*(?:–|—|\.\.|\bto\b|(?<=[^eE\s])\s*-)\s*", between.strip())
        if len(ends) != 2 or not all(ends):
            raise ValueError(f"range {between[:40]!r} has not two ends: write 80 ms to 200 ms.")
        unit = re.sub(r"^[\d.,\s]+[kM]?(?![A-Za-z])", "", ends[1]).strip()
        low = f"{ends[0]} {unit}" if re.fullmatch(r"[\d.,\s]+[kM]?", ends[0]) and unit else ends[0]
        found |= {"low": low, "high": ends[1]}
    kind, colon, rest = source.strip().partition(":")
    if colon and kind.strip().lower() in _KINDS and rest.strip():
        found["kind"] = kind.strip().lower()
        source = rest
    return found | dated(found, source, today)


def dated(given: Mapping[str, Any], source: str, today: dt.date) -> dict[str, str | float]:
    """Return source and date as a number in a file says them; a guess says that it is one."""
    named = " ".join("".join(each if each.isprintable() else " " for each in source).split())
    if named:
        return {"source": f"{named}, {today.isoformat()}"}
    words: dict[str, str | float] = {"source": f"answered {today.isoformat()}, no source named"}
    if given.get("low") is not None and given.get("confidence") is None:
        words["confidence"] = f"{UNSOURCED_CONFIDENCE * 100:g} %"
    return words


def _ordered(path: str, given: Answer) -> dict[str, str | float]:
    """Return an answer in the order in which files say it; what is no number or text is refused."""
    for name, said in given.items():
        if isinstance(said, bool) or not isinstance(said, str | int | float):
            raise FileError(f"{path}: {name} must be a number or text.")
    names = [*(name for name in _FIELDS if name in given), *(n for n in given if n not in _FIELDS)]
    return {name: given[name] for name in names}
