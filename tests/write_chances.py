"""Write the table of chances into the README anew; `make chances` runs this."""

from __future__ import annotations

import re
from pathlib import Path

import planning
from planning.present.chances import both_ends, chances_markdown

README = Path(__file__).parents[1] / "README.md"
PLACE = re.compile(
    r"(<!-- planning systems --draws (\d+) --markdown -->\n).*?(<!-- end -->)", re.DOTALL
)

if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    draws = int(next(PLACE.finditer(text))[2])
    table = chances_markdown(
        [
            found
            for name in planning.system_names()
            for found in both_ends(planning.load_system(name), name, draws, 0)
        ]
    )
    README.write_text(
        PLACE.sub(lambda place: f"{place[1]}{table}\n{place[3]}", text), encoding="utf-8"
    )
