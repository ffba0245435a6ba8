"""
What readers find: a number with its file and line, and the thing it is said of.

Readers know their format, and nothing of system files; the writer knows system files, and no
format. This is what they share.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Where:
    """
    A place in a file.

    Attributes
    ----------
    file : str
        Its name, without folders.
    line : int or None
        From 1; None where the format keeps none.
    path : str
        Setting, such as ``services.web.deploy.replicas``: names, never values.
    """

    file: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        at = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{at} {self.path}".rstrip()


@dataclass(frozen=True, slots=True)
class Fact:
    """
    A number that a file states, or that follows where it says nothing.

    Attributes
    ----------
    value : float
        The number. [`unit`]
    unit : str
        As :mod:`planning.numbers.units` reads it.
    source : str
        File, line and setting, or why it is taken.
    kind : str
        ``document``, ``vendor`` for a default of the product, ``assumed``.
    low, high : float or None
        Range, where it is assumed; both or neither. [`unit`]
    """

    value: float
    unit: str
    source: str
    kind: Literal["document", "vendor", "assumed"] = "document"
    low: float | None = None
    high: float | None = None

    def times(self, count: int, words: str) -> Fact:
        """Return it so many times over, saying why."""
        return replace(self, value=self.value * count, source=f"{self.source} × {count} {words}")

    def plus(self, other: Fact) -> Fact:
        """Return the sum of two, with both sources; its kind is the softer of the two."""
        order = ("document", "vendor", "assumed")
        kind = max(self.kind, other.kind, key=order.index)
        source = f"{self.source} + {other.source} ({self.value:g} + {other.value:g})"
        return replace(self, value=self.value + other.value, source=source, kind=kind)


Role = Literal["service", "function", "pooler", "database"]


@dataclass(frozen=True, slots=True)
class Paid:
    """
    Something that is paid for.

    Attributes
    ----------
    name : str
        What costs it, as the file calls it.
    key : str
        Plan of the catalogue, or one of its rows where it is priced by something else than itself.
    where : str
        Place in a file.
    count : float
        How many of the plan, or how much of what the row prices. [of the row's price]
    """

    name: str
    key: str
    where: str
    count: float = 1.0


@dataclass(slots=True)
class Found:
    """
    A thing that a file describes.

    Attributes
    ----------
    role : str
        What it is in a system: service, function, pooler or database.
    name : str
        As the file calls it.
    facts : dict
        Numbers by field; ``max_overflow`` is added to the pool in the end.
    hosts : list of str
        First words of the host names that it connects to.
    aliases : set of str
        Other names by which it is reached.
    includes : list of str
        Names of files whose settings it takes as well.
    mode : str or None
        Of a pooler: session or transaction.
    plan : tuple of str or None
        Plan of the catalogue that fills what no fact says, and the place that names it.
    uses_database : bool
        Whether it says that it connects to a database, without saying how often.
    loose : bool
        Whether its file does not say which of the services or servers it belongs to.
    """

    role: Role
    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    includes: list[str] = field(default_factory=list)
    mode: str | None = None
    plan: tuple[str, str] | None = None
    uses_database: bool = False
    loose: bool = False

    def fill(self, other: Found) -> list[str]:
        """
        Take over what another says of the same thing, and tell where the two contradict.

        What a file says goes before a default; of two files the first is kept.
        """
        contradictions = []
        sized = "pool_size" in self.facts
        for name, fact in other.facts.items():
            own = self.facts.get(name)
            if name == "max_overflow" and sized and fact.kind == "vendor":
                continue  # the default overflow of a pool that is not this one
            if own is None or (own.kind != "document" and fact.kind == "document"):
                self.facts[name] = fact
            elif own.kind == fact.kind == "document" and own.value != fact.value:
                contradictions.append(
                    f"{own.source} says {own.value:g}, {fact.source} says {fact.value:g}: the "
                    "first is kept"
                )
        self.hosts += [host for host in other.hosts if host not in self.hosts]
        self.includes += other.includes
        self.aliases |= other.aliases
        self.mode = self.mode or other.mode
        self.plan = self.plan or other.plan
        self.uses_database = self.uses_database or other.uses_database
        return contradictions


@dataclass(slots=True)
class Reading:
    """
    What one or more files say.

    Attributes
    ----------
    found : list of Found
        Services, functions, poolers and databases.
    left_out : list of str
        What was not understood: file, line, name of the setting and, where it is known, why.
    costs : list of Paid
        What is paid for.
    """

    found: list[Found] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    costs: list[Paid] = field(default_factory=list)

    def skip(self, where: Where, why: str = "") -> None:
        """List something as not understood."""
        self.left_out.append(f"{where}: {why}" if why else str(where))

    def add(self, other: Reading) -> None:
        """Take in what another file says."""
        self.found += other.found
        self.left_out += other.left_out
        self.costs += other.costs
