"""Starts coinbudget: `python -m coinbudget`, the command `coinbudget`, and `coinbudget-window` without a console."""

import sys

from coinbudget.cli import main as command_line


def main() -> int:
    """The command `coinbudget`: the window without words, else a command."""
    return command_line()


def window() -> int:
    """The command `coinbudget-window`, started from a menu."""
    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
