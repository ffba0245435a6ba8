"""
How well a draft reads documents: ``python -m tests.audit.score``, or ``make audit-score``.

Beside each document in ``documents/`` lies a CSV in which a person labelled every number before
the reader was run on it: its line, its text, and for a claim (a number with a unit or a counted
noun) its value and its unit. Three figures follow, per document and in total:

- *found*: claims of the label file that the draft has an entry for;
- *right*: those whose value (both ends of a range) and unit are the labelled ones;
- *noise*: entries of the draft that are no claim: settings, versions, ports, dates, names,
  numbers of headings and lists, and plain numbers without any unit.

Units are compared by a small table of this file's own, not by the code that is measured.
``scores.csv`` keeps the figures, those of the first run beside those of today.
"""

from __future__ import annotations

import csv
import math
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from planning.audit.draft import draft
from planning.audit.parsed import Said, read_said

HERE = Path(__file__).parent
DOCUMENTS, SCORES = HERE / "documents", HERE / "scores.csv"
FIGURES = ("found", "right", "entries", "noise")

_TIME = {"s": 1, "min": 60, "hour": 3600, "h": 3600, "day": 86_400, "week": 604_800,
         "month": 730 * 3600, "year": 8760 * 3600, "ms": 1e-3}  # fmt: skip
_SIZE = {f"{prefix}{name}": factor * size
         for prefix, factor in {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
                                "Mi": 2**20, "Gi": 2**30}.items()
         for name, size in {"B": 1, "byte": 1, "bit": 1 / 8}.items()}  # fmt: skip
_PLAIN = {"%": 0.01, "fraction": 1, "ratio": 1, "1": 1}


class Label(NamedTuple):
    """A number of a document as a person labelled it; `units` may hold more than one answer."""

    line: int
    text: str
    low: float
    high: float
    units: tuple[str, ...]
    kind: str


class Score(NamedTuple):
    """The figures of one document, and what was wrong, in words."""

    document: str
    claims: int
    found: int
    right: int
    entries: int
    noise: int
    wrong: tuple[str, ...] = ()


def labels_of(name: str) -> list[Label]:
    """Read the labels beside a document."""
    with (DOCUMENTS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Label(int(row["line"]), row["text"], *_ends(row["value"]),
                  tuple(row["unit"].split(" or ")), row["kind"])
            for row in csv.DictReader(stream)
        ]  # fmt: skip


def _ends(value: str) -> tuple[float, float]:
    low, between, high = value.partition("..")
    if not between:
        high = low
    return float(low or "-inf"), float(high or "inf")


def _first_number(text: str) -> str:
    found = re.search(r"[0-9][0-9.,{}]*", re.sub(r"&[a-z]+;", " ", text))
    return re.sub(r"[^0-9]", "", found[0]) if found else ""


def in_base(unit: str) -> tuple[float, Counter[str]]:
    """
    Return the factor of a unit and the powers of what it measures.

    >>> in_base("KB/message") == in_base("byte/message")
    False
    >>> in_base("Mbit/s")[0], in_base("byte/s")[1] == in_base("Mbit/s")[1]
    (125000.0, True)
    """
    factor, powers = 1.0, Counter[str]()
    for at, term in enumerate(unit.split("/")):
        for name in term.split("*"):
            sign = -1 if at else 1
            if name in _TIME:
                factor, kind = factor * _TIME[name] ** sign, "time"
            elif name in _SIZE:
                factor, kind = factor * _SIZE[name] ** sign, "size"
            elif name in _PLAIN:
                factor, kind = factor * _PLAIN[name] ** sign, ""
            else:
                kind = _stem(name)
            powers[kind] += sign if kind else 0
    return factor, Counter({kind: power for kind, power in powers.items() if power})


def _stem(noun: str) -> str:
    """Return a noun without number, case or accents: conexión and conexiones are one thing."""
    letters = unicodedata.normalize("NFKD", noun.casefold())
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(
        r"(?<=..)[esn]+$", "", re.sub(r"ies$", "y", unicodedata.normalize("NFC", letters))
    )


def same(label: Label, said: Said) -> bool:
    """Whether the reader has both ends and the unit of a label."""
    factor, powers = in_base(said.unit)
    for unit in label.units:
        wanted, of = in_base(unit)
        if of == powers and all(
            a == b or math.isclose(a * wanted, b * factor, rel_tol=1e-9)
            for a, b in ((label.low, said.low), (label.high, said.high))
        ):
            return True
    return False


def score(name: str) -> Score:
    """Compare the draft of a document with its labels, number by number along each line."""
    made = draft(DOCUMENTS / f"{name}.md")
    labels = labels_of(name)
    waiting: dict[int, list[Label]] = {}
    for label in labels:
        waiting.setdefault(label.line, []).append(label)
    found = right = noise = 0
    wrong: list[str] = []
    for entry in made.entries:
        here = waiting.get(entry.line, [])
        first = _first_number(entry.claimed)
        alike = [n for n, each in enumerate(here) if _first_number(each.text) == first]
        # "EC2 c6i | 6대": of two numbers alike the claim is meant.
        at = min(alike, key=lambda n: (here[n].kind != "claim", n), default=None)
        if at is None or here[at].kind != "claim":
            noise += 1
            kind = here[at].kind if at is not None else "of no label"
            wrong.append(f"line {entry.line}: noise: {entry.claimed!r} ({kind})")
        else:
            found += 1
            if same(here[at], read_said(entry.claimed)):
                right += 1
            else:
                said = read_said(entry.claimed)
                wrong.append(
                    f"line {entry.line}: read as {entry.claimed!r} = {said.low:g}..{said.high:g} "
                    f"{said.unit}, is {here[at].text!r} {'/'.join(here[at].units)}"
                )
        if at is not None:
            # What stands before is passed: labels and entries are both from left to right.
            missed = here[:at]
            wrong.extend(_missed(missed))
            del here[: at + 1]
    for rest in waiting.values():
        wrong.extend(_missed(rest))
    claims = sum(label.kind == "claim" for label in labels)
    return Score(name, claims, found, right, len(made.entries), noise, tuple(wrong))


def _missed(labels: list[Label]) -> list[str]:
    return [
        f"line {label.line}: missed: {label.text!r} {'/'.join(label.units)}"
        for label in labels
        if label.kind == "claim"
    ]


def names() -> list[str]:
    """Return the names of the labelled documents."""
    return sorted(path.stem for path in DOCUMENTS.glob("*.csv"))


def total(scores: list[Score]) -> Score:
    """Return the sums over documents."""
    sums = [sum(column) for column in zip(*(each[1:6] for each in scores), strict=True)]
    return Score("total", *sums)


def kept() -> dict[str, dict[str, str]]:
    """Return the figures of ``scores.csv`` by document."""
    if not SCORES.exists():
        return {}
    with SCORES.open(encoding="utf-8", newline="") as stream:
        return {row["document"]: row for row in csv.DictReader(stream)}


def write(scores: list[Score]) -> None:
    """Keep today's figures, and those of the first run of each document as they are."""
    before = kept()
    columns = ["document", "claims", *(f"first_{name}" for name in FIGURES), *FIGURES]
    with SCORES.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, columns, lineterminator="\n")
        out.writeheader()
        for each in scores:
            figures = {name: str(getattr(each, name)) for name in FIGURES}
            row = before.get(each.document, {})
            first = {f"first_{key}": row.get(f"first_{key}", now) for key, now in figures.items()}
            out.writerow({"document": each.document, "claims": each.claims, **first, **figures})


def shown(each: Score) -> str:
    """Return a line of the table."""
    shares = (each.found / each.claims, each.right / each.claims, each.noise / (each.entries or 1))
    return (
        f"{each.document:20} {each.claims:6} {each.found:6} {each.right:6} {each.entries:7} "
        f"{each.noise:5}   {shares[0]:6.1%} {shares[1]:6.1%} {shares[2]:6.1%}"
    )


def main(arguments: list[str]) -> None:
    """Print the table; ``--wrong`` says each fault, ``--write`` keeps the figures."""
    chosen = [each for each in arguments if not each.startswith("--")]
    scores = [score(name) for name in chosen or names()]
    print(f"{'document':20} claims  found  right entries noise    found  right  noise")
    for each in scores:
        print(shown(each))
        if "--wrong" in arguments:
            print(*(f"    {line}" for line in each.wrong), sep="\n")
    if not chosen:
        print(shown(total(scores)))
        if "--write" in arguments:
            write([*scores, total(scores)])


if __name__ == "__main__":
    main(sys.argv[1:])
