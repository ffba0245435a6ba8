"""The questions of an interview and what answers did, in words and as a record."""

from __future__ import annotations

from typing import Any

from planning.numbers.units import example
from planning.present import confidence as words
from planning.present.json_records import SCHEMA_VERSION, estimate_record
from planning.present.ranges import title_of
from planning.questions.interview import MOST_QUESTIONS, Answered, Interview, Question


def _head(asked: Interview) -> str:
    """Return the verdict, and after which phase."""
    head = words.headline(asked.sample)
    return head if asked.phase == "today" else f"After {asked.phase!r}: {head}"


def opening_words(asked: Interview) -> str:
    """Return the verdict before any answer, and what is going to happen."""
    head = _head(asked)
    if asked.firm:
        return f"{head} That is firm: nothing is asked, and nothing is written."
    return (
        f"{head}\nUp to {MOST_QUESTIONS} questions follow, what matters most first, until the "
        f"chance is 95 % or more, or 5 % or less. Each answer is written into {asked.path}. "
        "Enter skips a question, q ends."
    )


def question_words(question: Question, number: int) -> str:
    """Return one question: what it is, what is believed now and where, and how to find out."""
    now, place = question.estimate, question.estimate.place
    at = f"; {place.file}:{place.line}" if place and place.line else "; not stated in the file"
    return (
        f"{number}. {title_of(question.path, question.description)}\n"
        f"   now {now}{at}\n"
        f"   knowing it narrows the answer by {words.percent(question.narrows)}: "
        f"{words.how_to_measure(now.unit)}"
    )


def prompts(question: Question) -> tuple[str, str, str]:
    """Return what stands before the three lines that are typed."""
    return (
        f"   value, such as {example(question.estimate.unit)}: ",
        "   between what and what, as LOW to HIGH (Enter: it is certain): ",
        "   who says so, as measured: a trace of Monday (Enter: nobody): ",
    )


def answered_words(done: Answered, asked: Interview) -> str:
    """Return what was written where, and what it did to the chance."""
    place = done.now.place
    at = f":{place.line}" if place and place.line else ""
    return (
        f"   wrote {asked.path}{at}: {done.path} is {done.now}\n"
        f"   chance of holding: {words.percent(done.before)} before, "
        f"{words.percent(done.after)} now"
    )


def closing_words(asked: Interview) -> str:
    """Return the verdict at the end, whether it is firm, and which questions were passed over."""
    many = len(asked.answers)
    wrote = f"{many} answer{'' if many == 1 else 's'} written" if many else "Nothing was written"
    head = _head(asked)
    passed, other = _passed_words(asked), "other " if asked.passed else ""
    if asked.firm:
        return f"{wrote}. {head} That is firm.{passed}"
    left = asked.open()
    rest = (
        f"what would narrow it most: {title_of(left[0].path, left[0].description)}"
        if left
        else f"no {other}question is left that would narrow it"
    )
    return f"{wrote}. {head} That is not firm; {rest}.{passed}"


def _passed_words(asked: Interview) -> str:
    """Return which questions were asked and not answered, on a line of its own."""
    if not (paths := sorted(asked.passed)):
        return ""
    count = "1 question was" if len(paths) == 1 else f"{len(paths)} questions were"
    still = "its input is" if len(paths) == 1 else "their inputs are"
    return f"\n{count} passed over; {still} as before: {', '.join(paths)}."


def interview_record(asked: Interview, before: float) -> dict[str, Any]:
    """
    Return an interview as JSON-ready data.

    Parameters
    ----------
    asked : Interview
        As it stands.
    before : float
        Chance before the first answer. [fraction]
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(asked.path),
        "phase": asked.phase,
        "users": asked.sample.users,
        "draws": asked.sample.count,
        "seed": asked.sample.seed,
        "chance_before": before,
        "chance": asked.chance,
        "firm": asked.firm,
        "written": [
            {
                "input": each.path,
                "was": estimate_record(each.was),
                "now": estimate_record(each.now),
                "chance_before": each.before,
                "chance_after": each.after,
            }
            for each in asked.answers
        ],
        "skipped": sorted(asked.passed),
        "open": []
        if asked.firm
        else [
            {
                "input": each.path,
                "title": title_of(each.path, each.description),
                "narrows_by": each.narrows,
                "how": words.how_to_measure(each.estimate.unit),
                "now": estimate_record(each.estimate),
            }
            for each in asked.open()
        ],
    }
