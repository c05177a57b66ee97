"""The records of a file on their way in, kept aside until the person has said what is meant and what shall come in.

A file is parsed once; its records lie in a private database without a name, which SQLite keeps in a few pages of
memory and spills to a temporary file it has already unlinked, so that memory stays flat and nothing is left behind.
Lines are numbered 1..n in the order they were read; a line is one possible entry. Usable from any thread, one call at
a time.
"""

import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from coinbudget.domain.errors import LedgerFault, Problem, problem

#: Lines handed over at once.
PAGE = 1000

#: Lines kept as one value: enough that a line costs little, few enough that one alone is found quickly.
_LEAF = 128
#: Leaves held in memory once they were read; what belongs together lies in a few.
_HELD = 8

#: A line as it is kept: section, row in its list, cells.
Line = tuple[str, int, tuple[Any, ...]]


class Staging:
    """Lines of a file that has not come in yet; `close` forgets them."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA cache_size=-2000")
        self._file.execute("PRAGMA journal_mode=OFF")
        self._file.execute("PRAGMA synchronous=OFF")
        self._file.execute("CREATE TABLE leaf (number INTEGER PRIMARY KEY, body BLOB)")
        self._file.execute("CREATE TABLE told (number INTEGER PRIMARY KEY, body BLOB)")
        self._file.execute("BEGIN")
        self.count = 0
        self._open: list[Line] = []
        self._held: dict[int, list[Line]] = {}

    def close(self) -> None:
        """Forget everything."""
        with suppress(sqlite3.Error):
            self._file.close()

    def clear(self) -> None:
        """Forget every line, before the source is read anew."""
        self._file.execute("DELETE FROM leaf")
        self.forget_told()
        self._open, self._held, self.count = [], {}, 0

    def add(self, lines: Iterable[Line]) -> None:
        """Append lines.

        Raises:
            LedgerFault: the temporary folder is full.
        """
        rest = iter(lines)
        while part := list(islice(rest, _LEAF - len(self._open))):
            self._open += part
            self.count += len(part)
            if len(self._open) == _LEAF:
                self._write_leaf()

    def _write_leaf(self) -> None:
        leaf, self._open = self._open, []
        body = marshal.dumps(leaf)
        try:
            self._file.execute("INSERT INTO leaf VALUES (?, ?)", ((self.count - 1) // _LEAF, body))
        except sqlite3.OperationalError as error:
            raise LedgerFault(problem("", "no_room_to_read", reason=error)) from error

    def _leaf(self, number: int) -> list[Line]:
        """The lines that leaf 0.. holds: all but the last one from the file."""
        if number == self.count // _LEAF:
            return self._open
        held = self._held.get(number)
        if held is None:
            [(body,)] = self._file.execute("SELECT body FROM leaf WHERE number = ?", (number,))
            if len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            held = self._held[number] = _loaded(body)
        return held

    def lines(self, first: int = 1, last: int | None = None) -> Iterator[tuple[int, Line]]:
        """Lines first..last (last inside; the end by default) with their numbers, in order."""
        last = self.count if last is None else min(last, self.count)
        while first <= last:
            start = (first - 1) // _LEAF * _LEAF
            end = min(start + _LEAF, last)
            yield from enumerate(self._leaf(start // _LEAF)[first - 1 - start : end - start], first)
            first = end + 1

    def some(self, numbers: Sequence[int]) -> list[tuple[int, Line]]:
        """Lines by number, in the order asked for."""
        return [(number, self._leaf((number - 1) // _LEAF)[(number - 1) % _LEAF]) for number in numbers]

    def tell(self, told: Iterable[tuple[int, Sequence[Problem]]]) -> None:
        """Keep the problems of lines; what was told of a line before is replaced."""
        rows = [
            (number, marshal.dumps([(p.field, p.code, p.values, p.row or 0) for p in problems]))
            for number, problems in told
        ]
        self._file.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", rows)

    def problems_of(self, number: int) -> tuple[Problem, ...]:
        """The problems of a line."""
        row = self._file.execute("SELECT body FROM told WHERE number = ?", (number,)).fetchone()
        return () if row is None else tuple(_problem(parts) for parts in _loaded(row[0]))

    def forget_told(self) -> None:
        """Forget every problem, before the lines are judged anew."""
        self._file.execute("DELETE FROM told")


def _problem(parts: tuple[str, str, tuple[tuple[str, str], ...], int]) -> Problem:
    field, code, values, row = parts
    return Problem(field=field, code=code, values=values, row=row or None)


def _loaded(blob: bytes) -> Any:
    return marshal.loads(blob)  # noqa: S302 - written by `add` and `tell`, in a file nobody else can open
