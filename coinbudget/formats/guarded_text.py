"""Text of a file anyone may have made, refused as soon as its bytes cannot be text.

The length of a line, NUL bytes and the first bytes are checked while reading, so memory stays flat whatever the file
holds. Works on a path and on any guarded stream of `formats.archive` alike.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.archive import MAX_FILE_BYTES, cause_of, no_text, open_regular, plainly, shown, size_words

#: No line of a text file of ours comes near this.
MAX_LINE_BYTES = 1024**2

_BLOCK_BYTES = 64 * 1024


class GuardedText(io.RawIOBase):
    """The bytes of a text file, refused as soon as they cannot be text.

    Attributes:
        size: bytes the file had when it was opened.
        read_bytes: bytes read so far, for progress.
        ends_in_line_end: whether the last byte read ends a line.
    """

    def __init__(self, raw: io.RawIOBase, name: str, size: int, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._raw: Any = raw
        self._name = name
        self._max_line_bytes = max_line_bytes
        self._open_line_bytes = 0
        self.size = size
        self.read_bytes = 0
        self.ends_in_line_end = False

    def readable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Overrides RawIOBase: bytes on their way to the decoder, checked.

        Raises:
            Refusal: they hold a NUL, a line without end, or are plainly no text.
        """
        try:
            count = self._raw.readinto(buffer) or 0
        except OSError as error:
            raise Refusal(problem("file", "not_readable", path=self._name, cause=cause_of(error))) from None
        block = bytes(memoryview(buffer)[:count])
        if not self.read_bytes:
            what = plainly(block)
            if what is not None:
                raise no_text(what)
        self.read_bytes += count
        if self.read_bytes > MAX_FILE_BYTES:
            raise Refusal(problem("file", "file_too_large", most=size_words(MAX_FILE_BYTES)))
        if b"\0" in block:
            raise Refusal(problem("file", "nul_character"))
        if block:
            self._check_line(block)
        return count

    def close(self) -> None:
        """Overrides RawIOBase."""
        self._raw.close()
        super().close()

    def _check_line(self, block: bytes) -> None:
        self.ends_in_line_end = block.endswith((b"\n", b"\r"))
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._open_line_bytes = self._open_line_bytes + len(block) if last < 0 else len(block) - last - 1
        if self._open_line_bytes > self._max_line_bytes:
            raise Refusal(problem("file", "line_too_long"))


@contextmanager
def guarded_text(path: Path, *, max_line_bytes: int = MAX_LINE_BYTES) -> Iterator[GuardedText]:
    """Open a text file for reading under guard.

    Raises:
        Refusal: it is missing, may not be read, is no regular file, or its bytes are no text.
    """
    with open_regular(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        yield GuardedText(raw, shown(path), size, max_line_bytes=max_line_bytes)


def buffered(guarded: GuardedText) -> io.BufferedReader:
    """The guarded bytes in blocks of a fitting size."""
    return io.BufferedReader(guarded, _BLOCK_BYTES)
