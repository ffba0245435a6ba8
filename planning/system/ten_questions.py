"""
A system of which somebody knows ten numbers: a web application in front of a database.

Ten questions can be answered from memory; the answers make a system file like any other, to be
opened, saved and gone on with. What is not answered is marked as such and has a wide range, so
that the answer says how little is sure. An answer may be two ends, as ``2 to 4 cores`` or
``10-20k users``: the middle is then taken, and doubted between them.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from planning.numbers.units import UnitError, parse

LONGEST = 100  # characters of an answer
_NUMBER = re.compile(r"[0-9][0-9.,_]*(?:[eE][-+]?[0-9]+)?(?:\s*(?P<scale>[kKM])(?![A-Za-z]))?")
# Between the ends of a range; the minus of a number or of its exponent is none.
_BETWEEN = re.compile(r"\s*(?:–|—|\.\.|\bto\b|(?<=\S)(?<![0-9.][eE])\s*-)\s*")
_WHOLE = ("user", "connection")


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question.

    Attributes
    ----------
    name : str
        Of its answer.
    words : str
        As it is asked.
    unit : str
        Base unit of its answer.
    bare : str
        Unit of an answer that is a bare number.
    usual : str
        What is taken if it is not answered, as YAML; empty if it must be answered.
    example : str
        An answer, to show how one looks.
    """

    name: str
    words: str
    unit: str
    bare: str
    usual: str
    example: str


def _usual(value: str, low: str, high: str) -> str:
    # No source: a range that nobody stands for is trusted less than one with a source.
    return f"{{value: {value}, low: {low}, high: {high}, kind: assumed}}  # not answered"


QUESTIONS = (
    Question("users", "How many people use it at the same time, at your busiest?",
             "user", "users", "", "500"),
    Question("target", "How many are to be held?", "user", "users", "", "10,000"),
    Question("interval", "How long is it between two requests of one of them?", "s", "s",
             _usual("10 s", "3 s", "30 s"), "10 s"),
    Question("cpu_time", "How long does a server compute for one request?", "s", "ms",
             _usual("20 ms", "5 ms", "100 ms"), "20 ms"),
    Question("queries", "How many database queries does one request make?", "query", "queries",
             _usual("5", "1", "20"), "5"),
    Question("query_time", "How long does one query take?", "s", "ms",
             _usual("10 ms", "2 ms", "50 ms"), "10 ms"),
    Question("cores", "How many cores do your app servers have, together?", "core", "cores",
             _usual("2", "1", "8"), "4"),
    Question("pool_size", "How many database connections does one process open at most?",
             "connection", "connections", _usual("10", "5", "20"), "10"),
    Question("max_connections", "How many connections does the database accept?",
             "connection", "connections",
             _usual("100", "60", "500") + "; PostgreSQL's own setting is 100", "100"),
    Question("monthly", "What do you pay for all of it in a month?",
             "USD/month", "USD/month", "none", "$250"),
)  # fmt: skip

_CORES = next(each for each in QUESTIONS if each.name == "cores")

_FILE = """\
# Made from ten answers. What was not answered says so; change a number, or say where it is from.
title: {title}
summary: Servers with pools of connections in front of one database.

workload:
  users: {users}
  target: {target}
  activities:
    request:
      interval: {interval}
      queries: {queries}
      query_time: {query_time}
      query_cpu: {{value: 2 ms, low: 0.2 ms, high: 10 ms, kind: assumed}}  # not asked
      cpu_time: {cpu_time}

parts:
  app:
    kind: service
    # One process a whole core.
    processes: {processes}
    cores: {cores}
    pool_size: {pool_size}
    response_objective: 1 s  # not asked; a longer one is felt as a wait
  database:
    kind: database
    max_connections: {max_connections}
    cores: {{value: 2, low: 1, high: 8, kind: assumed}}  # not asked
{costs}{together}
events:
  - {{name: All of them at once, surge: {{users: {target}}}}}
"""

# Of a number that is doubted, and that two fields have.
_TOGETHER = """
together:
  - {inputs: [parts.app.processes, parts.app.cores], rank_correlation: 0.99}
"""


def answered(title: str, answers: Mapping[str, str], day: dt.date) -> str:
    """
    Return the text of a system file.

    Parameters
    ----------
    title : str
        What the system is called; "My app" if empty.
    answers : mapping of str to str
        By the name of the question, a number or a range; a bare one has the question's unit. Names
        of no question are passed over.
    day : date
        When they were given; the source of each.

    Raises
    ------
    ValueError
        With a line for each question that must be answered and was not, and each answer that is
        too long or no such quantity. What a field itself refuses is for the reader of the file.
    """
    wrong: list[str] = []
    found: dict[str, str] = {}
    processes, doubted = _CORES.usual, True
    for question in QUESTIONS:
        answer = " ".join(answers.get(question.name, "").split())
        if len(answer) > LONGEST:
            wrong.append(f"“{question.words}” has an answer of more than {LONGEST} characters.")
        elif answer:
            try:
                ends = _ends(answer, question)
                found[question.name] = _number(ends, question, day)
                if question is _CORES:
                    processes, doubted = _processes(ends, day)
            except UnitError as error:
                wrong.append(f"“{question.words}” {error}")
        elif question.usual:
            found[question.name] = question.usual
        else:
            wrong.append(f"“{question.words}” has no answer; give a number, as {question.example}.")
    if wrong:
        raise ValueError("\n".join(wrong))
    monthly = found.pop("monthly")
    costs = "" if monthly == "none" else f"\ncosts:\n  all: {{monthly: {monthly}}}\n"
    name = "".join(filter(str.isprintable, " ".join(title.split())))[:LONGEST] or "My app"
    together = _TOGETHER if doubted else ""
    return _FILE.format(
        title=json.dumps(name), costs=costs, together=together, processes=processes, **found
    )


def _ends(answer: str, question: Question) -> list[tuple[float, str]]:
    """Return the number of an answer, or both ends of a range, each in base unit and as said."""
    said = [each for each in _BETWEEN.split(answer) if each]
    if len(said) != 2:
        said = [answer]
    bare = [each.removeprefix("$").strip() for each in said]
    last = f"{bare[-1]} {question.bare}" if _NUMBER.fullmatch(bare[-1]) else said[-1]
    # "80-200 ms" says the unit once, for both.
    spelled = [
        _NUMBER.sub(number, last, count=1) if _NUMBER.fullmatch(number) else each
        for number, each in zip(bare, said, strict=True)
    ]
    ends = [(parse(each, question.unit), each) for each in spelled]
    scale = _NUMBER.search(last)
    if scale and scale["scale"] and (first := _NUMBER.fullmatch(bare[0])) and not first["scale"]:
        # So does "10-20k", but "500-1k" is no range from 500k.
        scaled = _NUMBER.sub(f"{bare[0]}{scale['scale']}", last, count=1)
        if (value := parse(scaled, question.unit)) < ends[-1][0]:
            ends[0] = value, scaled
    return sorted(ends)


def _number(ends: list[tuple[float, str]], question: Question, day: dt.date) -> str:
    (low, least), (high, most) = ends[0], ends[-1]
    span = ""
    if low < high:
        middle = (low + high) / 2.0
        if question.unit in _WHOLE:
            middle = math.floor(middle)
        span = f"low: {json.dumps(least)}, high: {json.dumps(most)}, "
        most = f"{middle:.15g} {question.unit}"
    return f"{{value: {json.dumps(most)}, {span}{_said(day)}}}"


def _processes(ends: list[tuple[float, str]], day: dt.date) -> tuple[str, bool]:
    """Return one process for each whole core, at least one, and whether their number is doubted."""
    low, high = (max(math.floor(cores), 1) for cores, _ in (ends[0], ends[-1]))
    if low == high:
        return f"{{value: {low}, {_said(day)}}}", False
    return f"{{value: {(low + high) // 2}, low: {low}, high: {high}, {_said(day)}}}", True


def _said(day: dt.date) -> str:
    return f"kind: assumed, source: {json.dumps(f'answered on {day.isoformat()}')}"
