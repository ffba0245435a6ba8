"""Run the command with ``python -m planning``."""

from planning.cli import main

if __name__ == "__main__":
    main()
