"""What only the people at the system know: the questions whose answers matter most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import (
    JsonOption,
    PricesOption,
    UsageError,
    draws_of,
    library_of,
    print_json,
    users_of,
)

if TYPE_CHECKING:
    from planning.questions.interview import Interview, Question

commands = typer.Typer()


@commands.command(epilog="Example: planning ask my_shop.yaml --users 10k")
def ask(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Your system file; answers are written into it")
    ],
    users: Annotated[str | None, typer.Option(help="Users asked about; the file's target")] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="PHASE", help="Ask of the system after a phase, by number or name"),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answers by input, in YAML, instead of typing them"),
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws behind each chance")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same")] = 0,
    prices: PricesOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Ask what matters most, one question after another, until the verdict is firm.

    Each answer is written into the file with its source and today's date. With --json and no
    --answers the questions are printed and nothing is written. Exits 0 where the chance to hold is
    95 % or more, 20 where it is 5 % or less, 10 between.
    """
    from planning.present.asked import closing_words, interview_record, opening_words
    from planning.questions.interview import FIRM_HOLDS, Interview

    library = library_of(prices)
    if file == "-" or file in library.names():
        raise UsageError(
            f"ask {file!r}: answers are written into a file of your own; name one, such as "
            "my_shop.yaml (`planning new my_shop` writes it)."
        )
    count = None if users is None else users_of(users)
    given = None if answers is None else _answers(answers)
    asked = Interview(library.path(file), count, draws_of(draws), seed, library, after)
    before = asked.chance
    if given is not None:
        _answered_from(asked, given, answers, quiet=as_json)
    elif not as_json:
        _say(opening_words(asked))
        _typed(asked)
    if as_json:
        print_json(interview_record(asked, before))
    elif given is not None or asked.answers or not asked.firm:
        _say(closing_words(asked))
    raise typer.Exit((0 if asked.chance >= FIRM_HOLDS else 20) if asked.firm else 10)


def _say(text: str) -> None:
    from planning.present.terminal import plain, print_view

    for line in text.splitlines():
        print_view(plain(line))


def _typed(asked: Interview) -> None:
    """Ask on the terminal until the verdict is firm, no question is left, or somebody ends it."""
    from planning.present.asked import question_words

    number = 0
    while not asked.firm and (left := asked.open()):
        number += 1
        _say(question_words(left[0], number))
        if not _one(asked, left[0]):
            return


def _one(asked: Interview, question: Question) -> bool:
    """Ask one question until its answer is sound; False where somebody ends it."""
    from planning.present.asked import answered_words, prompts
    from planning.questions.interview import answer_of

    while True:
        lines = list[str]()
        for prompt in prompts(question):
            try:
                lines.append(input(prompt).strip())
            except EOFError:
                return False
            if lines[-1].lower() == "q":
                return False
            if not lines[0]:
                asked.skip(question.path)
                return True
        try:
            given = answer_of(lines[0], lines[1], lines[2], dt.date.today())
            done = asked.answer(question.path, given)
        except ValueError as error:  # the field's own rule, in its words
            _say(f"   {error}\n   Nothing was written; once more, or Enter to skip.")
        else:
            _say(answered_words(done, asked))
            return True


def _answers(file: Path) -> dict[str, dict[str, Any]]:
    """Return the answers of a file: a number as a system file has it, by the path of its input."""
    from planning.numbers.reading import read_document

    data = read_document(file).data
    return {
        name: said if isinstance(said, dict) else {"value": said} for name, said in data.items()
    }


def _answered_from(
    asked: Interview, given: Mapping[str, dict[str, Any]], name: Path | None, *, quiet: bool
) -> None:
    """Answer from a file in the order in which it matters, until the verdict is firm."""
    from planning.present.asked import answered_words
    from planning.questions.interview import dated

    if unknown := [path for path in given if path not in asked.system.inputs]:
        raise UsageError(f"{name}: {unknown[0][:80]!r} is no input of {asked.path}.")
    while not asked.firm and (left := asked.open()):
        question = left[0]
        said = given.get(question.path)
        if said is None:
            asked.skip(question.path)
            continue
        source = str(said.get("source") or "")
        done = asked.answer(question.path, {**said, **dated(said, source, dt.date.today())})
        if not quiet:
            _say(answered_words(done, asked))
    written = {each.path for each in asked.answers}
    if not quiet and (rest := [path for path in given if path not in written]):
        _say(f"   not needed, and not written: {', '.join(rest)}")
