"""How the command line speaks: one document or some lines on stdout, one line on stderr, whatever the locale.

A file name or a note may hold anything; what reaches the terminal is one printable line. JSON is plain ASCII. A pipe
that closes is quiet.
"""

import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

#: Longest text of the user repeated in a sentence.
LONGEST_VALUE = 80


#: What stands for a typographic sign where only ASCII is shown.
_ASCII = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2019": "'", "\u2026": "...", "\u2013": "-", "\u00d7": "x"})


def prepare() -> None:
    """Let no character break the output: where the locale cannot show it, its escape is printed."""
    plain = _locale_is_plain()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="ascii" if plain else None, errors="backslashreplace")


def _locale_is_plain() -> bool:
    """Whether the user's locale is C: Python prints UTF-8 there, which such terminals do not show."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "C")
    return os.name == "posix" and sys.platform != "darwin" and locale in {"C", "POSIX"}


def one_line(text: str) -> str:
    """A text as one line of printable characters."""
    return "".join(sign if _shows(sign) else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _shows(sign: str) -> bool:
    return sign == " " or unicodedata.category(sign)[0] not in {"C", "Z"} or sign in "\u00a0\u202f"


def shortened(text: str, most: int = LONGEST_VALUE) -> str:
    """A text of the user, cut where nobody reads on."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def say(lines: Iterable[str]) -> None:
    """Print lines for a person."""
    _write(sys.stdout, "".join(f"{one_line(line)}\n" for line in lines))


def answer(document: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    _write(sys.stdout, json.dumps(document, indent=2, ensure_ascii=True) + "\n")


def complain(sentence: str) -> None:
    """Print the one line of an error."""
    _write(sys.stderr, f"coinbudget: {one_line(sentence)}\n")


def _write(stream: TextIO | None, text: str) -> None:
    # A window started without a console has no streams at all.
    if stream is not None:
        stream.write(text.translate(_ASCII) if stream.encoding == "ascii" else text)
        stream.flush()


def table(header: tuple[str, ...], rows: list[tuple[str, ...]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as aligned lines; the columns of `right` stand to the right."""
    shown = [tuple(one_line(shortened(cell)) for cell in row) for row in (header, *rows)]
    widths = [max(_width(row[column]) for row in shown) for column in range(len(header))]
    lines = []
    for row in shown:
        cells = []
        for column, cell in enumerate(row):
            gap = " " * (widths[column] - _width(cell))
            cells.append(gap + cell if column in right else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    """Places a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in {"W", "F"}) for sign in text
    )


def hush() -> None:
    """Nobody reads us any more: let what is still buffered go nowhere, so that leaving stays quiet."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        return
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (AttributeError, OSError, ValueError):
            # No such stream, or one that a test put in its place.
            continue
    os.close(nowhere)
