"""
What the head of a column and the first cell of a row say about a number between them.

``| Peak requests/s | 620 |`` and a column ``Cost/month`` give a number its unit, or what it is
per. A unit in brackets comes first, then a rate or a price (``Visits/day``, ``Price per
GB``), then a noun that is counted (``Shards``). The column goes before the row; of a row only
a noun or a rate is taken, and only where the cell is a number and nothing else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from planning.audit.languages import words
from planning.audit.nouns import countable, known, several_of, stops
from planning.audit.parsed import Found, read_said
from planning.numbers.dimensions import CODES, CURRENCIES
from planning.numbers.units import COUNTS


class Head(NamedTuple):
    """
    What a label says of its numbers.

    Attributes
    ----------
    unit : str
        The unit, as one may write it after a number: ``ms``, ``K USD/month``, ``requests/s``.
    per : str
        What it is per where the number has the rest: ``/month``, ``/GB``.
    """

    unit: str = ""
    per: str = ""


_IN_UNIT = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,30}?)\s*[)\]]|(?:,|\sin)\s+(\S{1,12})$")
_MONEY = words(
    "cost costs price prices rate bill total sum fee fees spend amount budget coste costo precio "
    "kosten preis prix coût summe gesamt importe 비용 요금 가격"
)
_PER = re.compile(
    r"(?:^|(?<=[\w)%$€£¥₩₹]))(?:\s?/\s?|\s+(?:per|por|pro|je|al|an?)\s+)(?=[^\W_])|^(?:[Pp]er|[Pp]or|[Jj]e)\s+"
)
_ADVERB = re.compile(
    r"\b(monthly|daily|hourly|yearly|annual|weekly|mensual|monatlich)\b", re.IGNORECASE
)
_ADVERBS = {"monthly": "month", "daily": "day", "hourly": "h", "yearly": "year", "annual": "year",
            "weekly": "week", "mensual": "month", "monatlich": "month"}  # fmt: skip
_MONTH_BEFORE = re.compile(r"월간|월\s?(?:비용|요금|금액|합계)|月額|月費")
_SCALED = re.compile(r"([kKM])?([$€£¥₩₹])([kKM])?")
_LETTERS = re.compile(r"[^\W\d_]")
_NOT_COUNTED = words("days hours minutes seconds weeks months years notes comments users/")


@lru_cache(maxsize=4096)
def head_of(label: str) -> Head:
    """
    Return what the head of a column or a row says of its numbers.

    Examples
    --------
    >>> head_of("Cost ($k/month)"), head_of("Peak requests/s"), head_of("Price per GB")
    (Head(unit='k USD/month', per=''), Head(unit='requests/s', per=''), Head(unit='', per='/GB'))
    >>> head_of("Connections per node"), head_of("Shards"), head_of("Normal day"), head_of("%")
    (Head(unit='Connections/node', per=''), Head(unit='Shards', per=''), Head(unit='', per=''), Head(unit='%', per=''))
    """  # noqa: E501 - one line, as it is printed
    label = " ".join(label[:120].split())
    if label.startswith("%") or label.endswith(" %"):
        return Head("%")
    match = _IN_UNIT.search(label)
    if match:
        unit = _scaled(match[1] or match[2])
        first = re.split(r"[/ -]", unit.removeprefix("k ").removeprefix("K ").removeprefix("M "))[0]
        if (known(first) or several_of(first)) and _is_unit(unit):
            return Head(unit)
    label = _IN_UNIT.sub("", label).strip() if match else label
    if _MONTH_BEFORE.search(label):
        return Head(per="/month")
    head = _rate_of(label) or _noun_of(label) or Head()
    # "At 50M users" is a case, and no unit of the numbers under it.
    case = head.unit and re.search(rf"\b[0-9][0-9.,]*[kKM]?\s{re.escape(head.unit)}$", label)
    return Head() if case else head


def _scaled(unit: str) -> str:
    """Return a unit with its currency spelled out, and a scale before it set apart."""
    money = _SCALED.match(unit)
    if not money:
        return unit
    scale, rest = money[1] or money[3] or "", unit[money.end() :]
    joint = "" if not rest or rest.startswith("/") else " "
    return f"{scale} {CURRENCIES[money[2]]}{joint}{rest}".strip()


def _rate_of(label: str) -> Head | None:
    """Return the unit or the per-part of ``Visits/day``, ``$ per GB``, ``Per month``."""
    per = _PER.search(label)
    if per is None:
        adverb = _ADVERB.search(label)
        rest = label.lower().split()
        if adverb and (len(rest) == 1 or _MONEY.intersection(rest)):
            return Head(per=f"/{_ADVERBS[adverb[1].lower()]}")
        return None
    over, under = label[: per.start()].strip(), label[per.end() :].strip()
    joint = "/" if "/" in per[0] else " per "
    below = _first_read("1 USD", joint, under)
    if not below:
        return None
    last = over.split()[-1] if over else ""
    if last in CURRENCIES or last in CODES or _SCALED.fullmatch(last):
        return Head(f"{_scaled(last)}{below}")
    if not last or last.lower().strip("()") in _MONEY:
        return Head(per=below)
    if known(last) or several_of(last):
        return Head(f"{last}{below}") if _is_unit(f"{last}{below}") else None
    return Head(per=below)


def _first_read(start: str, joint: str, under: str) -> str:
    """Return what something is per, as far as it can be read."""
    pieces = under.split()
    for count in range(min(4, len(pieces)), 0, -1):
        text = " ".join(pieces[:count])
        if text[:1].isdigit() or text.split()[0].lower() in {"million", "thousand", "billion"}:
            joint = " per "
        written = f"{joint}{text}"
        if _reads(f"{start}{written}"):
            return (
                written.replace(" per ", "/", 1)
                if not text[:1].isdigit()
                and ("million" not in text and "thousand" not in text and "billion" not in text)
                else written
            )
    return ""


def _noun_of(label: str) -> Head | None:
    """Return the noun that a label names: the last word if it is a unit, or the first plural."""
    counted = _COUNT_OF.fullmatch(label)
    if counted:
        noun = (counted[1] or counted[2]).split()[-1]
        if (known(noun) and _is_count(noun)) or countable(noun) or several_of(noun):
            return Head(noun)
    pieces = label.replace("/", " / ").split()
    if not pieces:
        return None
    for count in range(min(4, len(pieces)), 0, -1):
        unit = " ".join(pieces[-count:])
        name = known(pieces[-count]) if count == 1 else None
        if not (several_of(pieces[-1]) or pieces[-1].isupper() or known(pieces[-1]) in _CORE):
            break
        if count == 1 and name and _is_count(name) and not stops(pieces[-1]):
            return Head(pieces[-1])
        if count > 1 and _is_unit(unit) and _is_count(unit):
            return Head(unit)
    for piece in pieces:
        word = piece.strip(",;:()")
        if stops(word):
            break
        if several_of(word) and not known(word) and word.lower() not in _NOT_COUNTED:
            return Head(word)
        if several_of(word) and known(word) and _is_count(word):
            return Head(word)
        if piece[-1] in ",;:(":
            break
    return None


# "Number of pods", "VU count": a count is meant, plural or not.
_COUNT_OF = re.compile(
    r"(?:(?:total )?(?:number|no\.|#|count) of|#)\s?([\w -]{2,40})"
    r"|([\w -]{2,40}) (?:count|range|quota)",
    re.IGNORECASE,
)
_CORE = frozenset({"core", "vCPU", "vcpu"})


def _is_count(unit: str) -> bool:
    try:
        return read_said(f"1 {unit}").unit.partition("/")[0] in {*COUNTS, "GPU"}
    except ValueError:
        return False


def _is_unit(unit: str) -> bool:
    try:
        return read_said(f"1{_between(unit)}{unit}").unit != "ratio" or unit in {"x", "×"}
    except ValueError:
        return False


def _reads(text: str) -> bool:
    try:
        return read_said(text).unit not in {"USD", "ratio"}
    except ValueError:
        return False


_CORES = re.compile(r"cpu|core", re.IGNORECASE)
_MILLICORES = re.compile(r"([0-9]{2,5})m")


def with_heads(written: str, seen: Found, cell: str, column: str, row: str) -> str:
    """
    Return a number of a table with the unit or the per-part that its heads give it.

    Parameters
    ----------
    written : str
        The number as it stands in the cell.
    seen : Found
        What was read of it.
    cell : str
        The whole cell.
    column, row : str
        The head of its column, and the first cell of its row if that is another one.
    """
    above, beside = head_of(column), head_of(row)
    if seen.bare:
        alone = not _LETTERS.search(cell.replace(written, "", 1)) and not re.search(
            "[0-9]", cell.replace(written, "", 1)
        )
        if above.unit:
            return _joined(written, above.unit)
        if beside.unit and alone:
            more = above.per if "/" not in beside.unit and not above.per.startswith(" per") else ""
            return _joined(written, f"{beside.unit}{more}")
        return written
    if seen.said.unit in CODES:
        for per in (above.per, _of_money(above.unit), beside.per, _of_money(beside.unit)):
            text = f"{written}{per}"
            if per and _joined(text, "") != written and _reads(text):
                return text
    return written


def counted_by(label: str) -> str:
    """
    Return the unit that the last word of a label is, if it is one that is counted.

    >>> counted_by("Search QPS"), counted_by("active connections"), counted_by("CPU usage")
    ('QPS', 'connections', '')
    """
    last = label.split()[-1]
    name = known(last)
    if name is None:
        return last if several_of(last) and countable(last) else ""
    return last if several_of(last) or (last.isupper() and _is_count(last)) else ""


def priced(written: str, seen: Found, label: str) -> str:
    """
    Return an amount of money with what its label says it is per: "Monthly cost: $35".

    Parameters
    ----------
    written : str
        The number as it stands.
    seen : Found
        What was read of it.
    label : str
        What stands before it and a colon or an equals sign.
    """
    per = head_of(label).per if seen.said.unit in CODES else ""
    text = f"{written}{per}"
    return text if per and _reads(text) else written


def _of_money(unit: str) -> str:
    """Return the per-part of a unit of money: of ``USD/month`` it is ``/month``."""
    head, _, tail = unit.partition("/")
    return f"/{tail}" if tail and head.split()[-1:] and head.split()[-1] in CODES else ""


def _between(unit: str) -> str:
    """Return what parts a number from its unit: a scale is written to the number."""
    return "" if unit[1:2] == " " and unit[0] in "kKM" else " "


def _joined(written: str, unit: str) -> str:
    text = f"{written}{_between(unit)}{unit}".strip()
    try:
        return read_said(text).text
    except ValueError:
        return written


def millicores(cell: str, row: str, column: str) -> str:
    """
    Return "500 millicores" for the "500m" of a row or a column that speaks of CPU, or nothing.

    >>> millicores("500m", "CPU request", "Per pod"), millicores("500m", "Walk", "")
    ('500 millicores', '')
    """
    match = _MILLICORES.fullmatch(cell.strip())
    if match is None or not _CORES.search(f"{row} {column}"):
        return ""
    return f"{match[1]} millicores"
