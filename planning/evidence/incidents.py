"""
What is known of an incident: the facts, what was asked of the system, what was reported.

An incident is a folder of two files. ``system.yaml`` is an ordinary system file, written from the
public facts before anybody looks at what it answers; ``reported.yaml`` says what happened::

    title: A rollout that opened more connections than the database takes
    source: [https://example.org/threads/1]
    date: 2026-02-24
    facts: [Four replicas with a pool of 25 each, and a limit of 100.]
    asked: {users: 100}                # or `event: NAME`, a crowd that the system file describes
    outcomes:
      - what: New connections were refused.
        verdict: fails
        constraint: db.connections_with_full_pools
        statistic: load
        reported: 100 connections
    first_answer: {outcome: "...", commit: 1a2b3c4, right: true, numbers: [100 connections]}

What the product said the first time stays in the file for ever. Where it has no answer the file
says so in ``not_modelled``, and the incident counts as a miss.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from planning.numbers.quantities import Closed
from planning.numbers.reading import Document, FileError, Location, read_document
from planning.numbers.shipped import data_folder
from planning.questions.load import load_system
from planning.system.system import System

_MOST_ERRORS = 12
_MOST_TEXT = 900
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")

Statistic = Literal[
    "load", "limit", "share", "capacity", "needed", "backlog", "response", "throughput", "monthly"
]
_OF_A_CONSTRAINT = ("load", "limit", "share", "needed", "backlog", "response")


class Range(Closed):
    """A number that was reported, with its ends where more than one was seen."""

    value: str = Field(max_length=120, description="The number, with its unit")
    low: str | None = Field(default=None, max_length=120, description="Least that was seen")
    high: str | None = Field(default=None, max_length=120, description="Most that was seen")


class Asked(Closed):
    """The situation of the incident."""

    users: str = Field(max_length=60, description="Users at that moment, e.g. 10k users")
    phase: str | int | None = Field(default=None, description="Phase by number or name; today")
    event: str | None = Field(
        default=None, max_length=120,
        description="Event of the system file that came then: it holds where what comes at once is "
        "served, late or not",
    )  # fmt: skip
    set: dict[str, str] = Field(
        default_factory=dict, max_length=20, description="Inputs by path, as they were just then"
    )

    @field_validator("users", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        return _text(given)

    @field_validator("set", mode="before")
    @classmethod
    def _all_as_text(cls, given: Any) -> Any:
        return {k: _text(v) for k, v in given.items()} if isinstance(given, dict) else given


class Outcome(Closed):
    """One thing that was reported: that it held or not, a number, or both."""

    what: str = Field(min_length=1, max_length=_MOST_TEXT, description="What was reported")
    verdict: Literal["holds", "fails"] | None = Field(
        default=None, description="Whether it held; not given: only a number was reported"
    )
    constraint: str | None = Field(
        default=None, description="What ran out or did not, such as db.connections; the system"
    )
    statistic: Statistic | None = Field(
        default=None, description="Which number of the answer was reported"
    )
    reported: Range | None = Field(default=None, description="That number, with its unit")
    percentile: float | None = Field(
        default=None, gt=0, lt=100,
        description="Which percentile of all the number was, e.g. 50 for a median; a mean if not "
        "given. The product knows none: its number stands beside it, and counts as no answer",
    )  # fmt: skip
    kind: Literal["measured", "computed"] = Field(
        default="measured",
        description="Whether somebody saw the number, or worked it out in the thread",
    )
    asked: Asked | None = Field(
        default=None,
        description="Its own situation, such as after a remedy; that of the incident if not given",
    )

    @field_validator("reported", mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: _text(each) for name, each in given.items()}
        return given if given is None else {"value": _text(given)}

    @model_validator(mode="after")
    def _whole(self) -> Outcome:
        if self.statistic is not None and self.reported is None:
            raise ValueError("`statistic` needs `reported`: which number was it?")
        if self.reported is not None and self.statistic is None and self.verdict is None:
            raise ValueError("`reported` needs `statistic`: which number of the answer is it?")
        if self.statistic in _OF_A_CONSTRAINT and self.constraint is None:
            raise ValueError(f"the {self.statistic} of what? name its `constraint`.")
        if self.percentile is not None and self.statistic != "response":
            raise ValueError("`percentile` is of a response; give `statistic: response` with it.")
        return self


class FirstAnswer(Closed):
    """What the product said when it was first asked; never changed afterwards."""

    outcome: str = Field(min_length=1, max_length=_MOST_TEXT, description="What it said")
    commit: str = Field(description="Commit or day of that answer")
    right: bool = Field(description="Whether every verdict was right then")
    numbers: list[str] = Field(
        default_factory=list, description="Its numbers, in the order of the outcomes that have one"
    )

    @field_validator("commit", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        return _text(given)

    @field_validator("numbers", mode="before")
    @classmethod
    def _all_as_text(cls, given: Any) -> Any:
        return [_text(each) for each in given] if isinstance(given, list) else given


class Reported(Closed):
    """The whole of a ``reported.yaml``."""

    title: str = Field(min_length=1, max_length=200, description="In one line")
    source: list[str] = Field(min_length=1, description="Addresses of the public threads")
    date: str = Field(description="When it happened, or was published")
    facts: list[str] = Field(min_length=1, description="What is known, in our own words")
    asked: Asked
    outcomes: list[Outcome] = Field(min_length=1, max_length=20)
    first_answer: FirstAnswer
    mended: str | None = Field(
        default=None, max_length=_MOST_TEXT, description="What changed since, in file or product"
    )
    not_modelled: str | None = Field(
        default=None, max_length=_MOST_TEXT, description="What the product has no answer to"
    )

    @field_validator("source", mode="before")
    @classmethod
    def _one_or_more(cls, given: Any) -> Any:
        return [given] if isinstance(given, str) else given

    @field_validator("source")
    @classmethod
    def _addresses(cls, given: list[str]) -> list[str]:
        for each in given:
            if not each.startswith("https://"):
                raise ValueError(f"{each[:80]!r} is no address; write it from https:// on.")
        return given

    @field_validator("date", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        return _text(given)

    @model_validator(mode="after")
    def _answered(self) -> Reported:
        if self.not_modelled is None:
            for number, each in enumerate(self.outcomes):
                if each.verdict is None and each.statistic is None:
                    raise ValueError(
                        f"outcome {number + 1} has neither `verdict` nor `statistic`; where the "
                        "product has no answer, say so in `not_modelled`."
                    )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Incident:
    """
    An incident, read and checked.

    Attributes
    ----------
    name : str
        Of its folder.
    reported : Reported
        What happened.
    system : System
        The system as it was.
    document : Document
        The file of what happened, to say where something stands in it.
    """

    name: str
    reported: Reported
    system: System
    document: Document

    def error(self, location: Location, message: str) -> FileError:
        """Return an error about a value of ``reported.yaml``, with its place."""
        return FileError(_located(self.document, location, message))


def incident_names() -> list[str]:
    """Return the names of the shipped incidents."""
    return sorted(path.parent.name for path in (data_folder() / "incidents").glob("*/system.yaml"))


def load_incident(name: str | Path) -> Incident:
    """
    Load an incident by the name of a shipped one, or from a folder.

    Raises
    ------
    FileError
        If there is none, or one of its two files is refused; a line per error, each with file,
        line, field and rule.
    """
    folder = _folder(name)
    document = read_document(folder / "reported.yaml")
    try:
        reported = Reported.model_validate(document.data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        lines = [_complaint(document, each) for each in found[:_MOST_ERRORS]]
        raise FileError("\n".join(lines)) from None
    return Incident(folder.name, reported, load_system(folder / "system.yaml"), document)


def _folder(name: str | Path) -> Path:
    text = str(name)
    if isinstance(name, Path) or "/" in text:
        return Path(name)
    names = incident_names()
    if text in names:
        return data_folder() / "incidents" / text
    near = get_close_matches(text, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`planning incidents` lists them."
    raise FileError(f"no incident {text[:80]!r}; {hint}")


def _text(given: Any) -> Any:
    """Return a number or a day as text: YAML has types of its own for them."""
    plain = isinstance(given, int | float | dt.date) and not isinstance(given, bool)
    return str(given) if plain else given


def _complaint(document: Document, error: ErrorDetails) -> str:
    location = error["loc"]
    message = str(error["ctx"]["error"]) if error["type"] == "value_error" else error["msg"]
    if error["type"] == "extra_forbidden":
        known = list(_fields(location))
        near = get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
        message = f"unknown field; {hint}"
    return _located(document, location, message)


def _fields(location: Location) -> Iterator[str]:
    model: type[BaseModel] = Reported
    inner: dict[str | int, type[BaseModel]] = {
        "asked": Asked, "outcomes": Outcome, "first_answer": FirstAnswer, "reported": Range,
    }  # fmt: skip
    for step in location[:-1]:
        model = inner.get(step, model)
    yield from model.model_fields


def _located(document: Document, location: Location, message: str) -> str:
    line = document.line_of(location)
    field = ".".join(str(step) for step in location)
    return f"{document.name}:{line}: {field + ': ' if field else ''}{message}"
