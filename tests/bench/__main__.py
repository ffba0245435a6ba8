"""``python -m tests.bench [questions | pages | visitors [MINUTES [VISITORS]]]``."""

from __future__ import annotations

import sys

from tests.bench import pages, questions, visitors


def main(arguments: list[str]) -> None:
    """Run one of the benches; questions and pages if none is named."""
    match arguments:
        case []:
            questions.main()
            pages.main()
        case ["questions"]:
            questions.main()
        case ["pages"]:
            pages.main()
        case ["visitors", *numbers] if len(numbers) <= 2:
            visitors.main(*map(float, numbers))
        case _:
            sys.exit(str(__doc__))


if __name__ == "__main__":
    main(sys.argv[1:])
