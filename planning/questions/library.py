"""
What a name means and what things cost, where a call is made.

A call that reads a system takes a `Library`. So a worker elsewhere, or a kernel behind a page,
gives the same answer as the command that sent it: what it needs travels as an argument.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from planning.numbers.catalog import read_prices
from planning.numbers.reading import FileError
from planning.numbers.shipped import data_folder


@dataclass(frozen=True, slots=True)
class Library:
    """
    The systems that have a name, and prices of one's own.

    Attributes
    ----------
    served : tuple of Path
        Files of the user that are named by their stem, beside the shipped systems.
    prices : Path or None
        A file of own prices, in place of the catalogue's.
    """

    served: tuple[Path, ...] = ()
    prices: Path | None = None

    def names(self) -> list[str]:
        """Return the names of the shipped systems, and of those that are served beside them."""
        shipped = {path.stem for path in (data_folder() / "systems").glob("*.yaml")}
        return sorted(shipped | {path.stem for path in self.served})

    def path(self, name: str | Path) -> Path:
        """
        Return the file of a system.

        Parameters
        ----------
        name : str or Path
            A name, or a path (a `Path`, or anything with a ``/`` or ending in ``.yaml``).

        Raises
        ------
        FileError
            If it is neither a name here nor a file.
        """
        text = str(name)
        path = Path(text)
        names = self.names()
        if text in names and not isinstance(name, Path):
            own = {file.stem: file for file in self.served}
            return own.get(text) or data_folder() / "systems" / f"{text}.yaml"
        # An example has a name as well; it is no document that was judged, so no list has it.
        examples = {file.stem: file for file in (data_folder() / "examples").glob("*.yaml")}
        if text in examples and not isinstance(name, Path):
            return examples[text]
        if isinstance(name, Path) or "/" in text or text.endswith((".yaml", ".yml")):
            return path
        if path.exists():
            return path
        near = get_close_matches(text, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
        raise FileError(f"no system {text[:80]!r}, and no such file; {hint}")

    def own_prices(self) -> dict[str, Any]:
        """
        Return the own prices by catalogue key; empty without a file of them.

        Raises
        ------
        FileError
            If the file cannot be read, or a key or price is refused; with its line.
        """
        return {} if self.prices is None else read_prices(self.prices)

    def text(self) -> str:
        """Return it as text, for a worker that is only given text."""
        return json.dumps(
            {
                "served": [str(path.resolve()) for path in self.served],
                "prices": None if self.prices is None else str(self.prices.resolve()),
            }
        )

    @classmethod
    def read(cls, text: str) -> Library:
        """
        Return the library that `text` was made from; an empty text means `SHIPPED`.

        >>> Library.read(SHIPPED.text()) == SHIPPED == Library.read("")
        True
        """
        if not text:
            return cls()
        found = json.loads(text)
        prices = found["prices"]
        return cls(tuple(map(Path, found["served"])), None if prices is None else Path(prices))


SHIPPED = Library()
