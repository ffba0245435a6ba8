"""Write the table of incidents into the README anew; `make incidents` runs this."""

from __future__ import annotations

import re
from pathlib import Path

from planning.evidence.comparing import compare_all, summary
from planning.present.incidents import incidents_markdown

README = Path(__file__).parents[2] / "README.md"
PLACE = re.compile(r"(<!-- planning incidents --markdown -->\n).*?(<!-- end -->)", re.DOTALL)

if __name__ == "__main__":
    found = compare_all()
    table = incidents_markdown(found, summary(found))
    text = README.read_text(encoding="utf-8")
    README.write_text(
        PLACE.sub(lambda place: f"{place[1]}{table}\n{place[2]}", text), encoding="utf-8"
    )
