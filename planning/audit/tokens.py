"""
What has digits in a line and is no quantity: dates, times, versions, names, list numbers.

One pattern finds the next thing that has digits or is a word; its group says what it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from planning.audit.languages import words
from planning.audit.nouns import in_base, known, several_of
from planning.numbers.dimensions import CODES
from planning.numbers.units import COUNTS


class Left(NamedTuple):
    """What looked like a number in a line, from `start` to `end`, and why it was not taken."""

    start: int
    end: int
    reason: str


_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
TOKEN = re.compile(
    rf"""
      (?P<name>[^\W\d]\w*+(?:[-./@+]\w++)*+(?:://\S++)?)
    | (?P<issue>\#[0-9]++(?!\w))
    | (?P<hex>0[xX][0-9A-Fa-f]++|\#(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{{3,8}}(?!\w))
    | (?P<date>(?<!\w)(?:
          (?:19|20)[0-9]{{2}}(?P<sep>[-/._])(?:0?[1-9]|1[0-2])(?P=sep)(?:0?[1-9]|[12][0-9]|3[01])
            (?:[T ][0-9]{{1,2}}:[0-9]{{2}}[0-9:.Z]{{0,20}})?(?![0-9])
        | (?:19|20)[0-9]{{2}}[-/_](?:0[1-9]|1[0-2])(?![0-9A-Za-z_])
        | [0-9]{{1,2}}(?P<dot>[-/.])[0-9]{{1,2}}(?P=dot)(?:19|20)[0-9]{{2}}(?![0-9])
        | [0-9]{{1,2}}(?:st|nd|rd|th)?\ {_MONTH}\.?(?:,?\ (?:19|20)[0-9]{{2}})?(?!\w)))
    | (?P<time>[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s?[AaPp]\.?[Mm](?!\w))?(?![0-9:])
        | [0-9]{{1,2}}\s?[AaPp]\.?[Mm](?!\w))
    | (?P<proportion>[0-9]++:[0-9]++)
    | (?P<version>[0-9]++(?:\.[0-9]++){{2,}}+[\w.-]*+)
    | (?P<ordinal>[0-9]++(?:st|nd|rd|th)(?!\w))
    | (?P<ports>[0-9]{{2,5}}(?:-[0-9]{{2,5}})?/(?:tcp|udp)(?!\w))
    | (?P<phone>[0-9]++(?:-[0-9]++){{2,}}+)
    | (?P<share>[0-9][0-9,.]*+/[0-9][0-9,.]*+[%\w]*+)
    | (?P<power>[0-9][0-9,.]*+(?:\^[-{{(]?[0-9]*+|[⁰¹²³⁴-⁹]++))
    | (?P<groups>[0-9]{{1,3}}(?:\ [0-9]{{3}})++(?![\w,]|\.[0-9]))
    | (?P<number>\.?[0-9])
    """,
    re.VERBOSE,
)
REASONS = {
    "name": "part of a name",
    "issue": "the number of an issue",
    "hex": "a hexadecimal number or colour",
    "date": "a date",
    "time": "a time of day or a proportion",
    "proportion": "a proportion",
    "version": "a version or an address",
    "product": "part of a calculation",
    "ordinal": "an ordinal number",
    "ports": "a port",
    "phone": "a code of several numbers",
    "share": "a part of a whole, or a quotient",
    "power": "a power",
    "groups": "several numbers, or thousands set apart by spaces",
    "unclear": "a decimal comma, or a list without spaces",
    "list": "the number of a list item",
    "heading": "the number of a heading",
    "in a heading": "in a heading",
    "reference": "a reference such as 'phase 2'",
    "named": "a version, or a name with a number",
    "year": "a year",
    "setting": "a setting",
    "unit": "no unit",
    "long": "a line of more than 10,000 characters is not looked at",
}
_LIST = re.compile(r"[\s>#*_+-]{0,40}?([0-9]{1,4}(?:\.[0-9]{1,3}){0,4}[.)])(?=\s|\*|_|$)")
_WORD = re.compile(r"[\s*]*([^\W\d_]+)")
_HEADING = re.compile(
    r"[\s>#*_]{0,40}?(?:(?<=[#*_ ])|^)([0-9]{1,3}(?:\.[0-9]{1,3}){1,4})(?=\s+\**[A-Z][a-z])"
    r"|\s{0,3}\#{1,6}\s{1,4}([0-9]{1,2})(?=\s+[A-Z][a-z])"
)


def _measured(line: str, at: int) -> bool:
    """Whether a unit follows: "2.5 Mbps" is a speed and "2.5 Caches" a heading."""
    word = _WORD.match(line, at)
    name = known(word[1]) if word else None
    return name is not None and name not in COUNTS and in_base(name)[1] not in COUNTS


def numbering(line: str) -> Left | None:
    """Return the number of a list item or a heading that a line begins with, or None."""
    match = _LIST.match(line)
    if match:
        kind = "heading" if "#" in match[0] or "." in match[1][:-1] else "list"
        return Left(match.start(1), match.end(1), REASONS[kind])
    match = _HEADING.match(line)
    if match and not (match[1] and _measured(line, match.end())):
        group = 1 if match[1] else 2
        return Left(match.start(group), match.end(group), REASONS["heading"])
    return None


_REFERENCES = words(
    "phase section step chapter version figure table week day sprint port ports line page appendix "
    "item part stage level tier option node.js python java january february march april may june "
    "july august september october november december jan feb mar apr jun jul aug sep sept oct nov "
    "dec no. nr http s extension room build revision rev commit status error code rfc adr kip jep "
    "issue ticket pr run iteration draft fase paso puerto puertos versión página percentil raum "
    "seite schritt kapitel tabelle phase abschnitt release v"
)

_PRODUCTS = words(
    "redis kafka postgres postgresql mysql mariadb mongodb mongo ubuntu debian alpine python java "
    "node node.js django rails spring nginx haproxy elasticsearch opensearch kubernetes docker "
    "flink spark unreal unity angular react vue next.js nuxt rabbitmq clickhouse cassandra scylla "
    "envoy istio grafana prometheus php ruby go rust emqx vllm llama hikaricp pgbouncer"
)
_BEFORE = re.compile(r"(^|[.!?:;|([{>→*_-]\s{0,2})?([^\W\d_][\w.+-]{0,30})\s$")
_INNER = re.compile(r"[a-z][A-Z]|[A-Z]{2}")
_YEAR = re.compile(r"(?:19[89]|20[0-4])[0-9](?![0-9,.])")
_YEAR_WORDS = words("in since by until from of for q1 q2 q3 q4 late early mid during year año jahr")


def _version_at(line: str, start: int, number: str, singular: bool) -> bool:
    """
    Whether a number belongs to the name before it: "EMQX 5 node", "Redis 7 publishes".

    Parameters
    ----------
    line : str
        Where the number stands, at `start`.
    start : int
        Where it begins.
    number : str
        Its digits.
    singular : bool
        Whether what follows it is no plural, so that it hardly counts anything.
    """
    if len(number) > 5 or "," in number:
        return False
    before = _BEFORE.search(line[max(0, start - 40) : start])
    if before is None:
        return False
    word = before[2]
    if word.lower() in _PRODUCTS:
        return True
    middle = before[1] is None and start - len(word) > 2
    return singular and bool(_INNER.search(word) or (middle and word[0].isupper()))


def _year_at(line: str, start: int) -> bool:
    """Whether a number is a year: four digits after a word such as "since", or a capital."""
    if not _YEAR.match(line, start):
        return False
    before = _BEFORE.search(line[max(0, start - 40) : start])
    return before is not None and (before[2].lower() in _YEAR_WORDS or before[2][0].isupper())


def refers(line: str, start: int, word: str) -> bool:
    """Whether the word right before a number, in small letters, makes it a reference: "phase 2"."""
    if word not in _REFERENCES:
        return False
    before = line[max(0, start - 12) : start].rstrip(" #.:(").lower()
    return before.endswith(word.rstrip(".")[-10:])


def no_count(line: str, at: int, end: int, unit: str, referred: bool) -> str:
    """
    Return why a number before a noun does not count it, as a key of `REASONS`; or nothing.

    Parameters
    ----------
    line : str
        Where the number stands, from `at`, with its unit to `end`.
    at, end : int
        Its place.
    unit : str
        The unit that was read.
    referred : bool
        Whether a word such as "tier" stands before it.
    """
    if _STATUS.fullmatch(line[at:end]) or (referred and _LETTERED.fullmatch(line[at:end])):
        return "name"
    counted = unit.partition("/")[0]
    if counted in CODES or in_base(counted or "ratio")[1].rstrip("*s") in _MEASURED:
        return ""
    digits = re.match(r"[0-9][0-9.,]*", line[at:end])
    number = digits[0].rstrip(".,") if digits else ""
    plain = line[at + len(number) : at + len(number) + 1] == " "
    last = re.search(r"[^\W\d_]+$", line[at:end])
    singular = last is not None and not several_of(last[0])
    # "We run 12 pods" refers to none, "draft 3" does.
    verb = _VERB_BEFORE.search(line[max(0, at - 12) : at]) and not singular
    if referred and plain and "," not in number and not verb:
        return "reference"
    if plain and _year_at(line, at):
        return "year"
    if plain and _version_at(line, at, number, singular):
        return "named"
    return ""


_STATUS = re.compile(r"(?:40[0-9]|41[0-9]|42[0-9]|50[0-5])s")  # "404s are rare"
_LETTERED = re.compile(r"[0-9]{1,4}[A-Z]")  # "room 12B"
_VERB_BEFORE = re.compile(r"\b(?:run|commit|draft|build|release|code|line|page)\s+$", re.IGNORECASE)
_MEASURED = frozenset({"s", "", "byte", "bit", "byte/s", "bit/", "fraction", "ratio", "1/"})
