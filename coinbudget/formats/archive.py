"""The guarded reader: opens a file that anyone may have made, and gives its bytes on without trusting them.

Only regular files are read, never a folder, device or pipe. Size, the length of a line and NUL bytes are checked
while reading, so memory stays flat whatever the file holds. Nothing is ever extracted or written.
"""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coinbudget.domain.errors import Refusal, problem

#: A ledger of ten million entries is smaller than this.
MAX_FILE_BYTES = 4 * 1024**3
#: No line of a text file of ours comes near this.
MAX_LINE_BYTES = 1024**2

_BLOCK_BYTES = 64 * 1024
#: First bytes of what people pick by mistake, and what to call it.
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet program's own file"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "a database"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)


class GuardedText(io.RawIOBase):
    """The bytes of a text file, refused as soon as they cannot be text.

    Attributes:
        size: bytes the file had when it was opened.
        read_bytes: bytes read so far, for progress.
        ends_in_line_end: whether the last byte read ends a line.
    """

    def __init__(self, raw: io.FileIO, path: Path, size: int, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._raw = raw
        self._path = path
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
            raise Refusal(problem("file", "not_readable", path=self._path, cause=_cause(error))) from None
        block = bytes(memoryview(buffer)[:count])
        if not self.read_bytes:
            for start, what in _BINARY:
                if block.startswith(start):
                    raise Refusal(problem("file", "not_text", what=what))
        self.read_bytes += count
        if self.read_bytes > MAX_FILE_BYTES:
            raise Refusal(problem("file", "file_too_large", most=f"{MAX_FILE_BYTES // 1024**3} GiB"))
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
    try:
        # Opening a pipe without a writer would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise Refusal(problem("file", _open_code(error), path=_shown(path), cause=_cause(error))) from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        code = "is_a_folder" if stat.S_ISDIR(found.st_mode) else "not_a_file"
        raise Refusal(problem("file", code, path=_shown(path)))
    with io.FileIO(handle, "rb") as raw:
        if found.st_size > MAX_FILE_BYTES:
            raise Refusal(problem("file", "file_too_large", most=f"{MAX_FILE_BYTES // 1024**3} GiB"))
        guarded = GuardedText(raw, path, found.st_size, max_line_bytes=max_line_bytes)
        yield guarded


def buffered(guarded: GuardedText) -> io.BufferedReader:
    """The guarded bytes in blocks of a fitting size."""
    return io.BufferedReader(guarded, _BLOCK_BYTES)


def _open_code(error: Exception) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return "no_such_file"
    return "is_a_folder" if isinstance(error, IsADirectoryError) else "not_readable"


def _shown(path: Path) -> str:
    """A path as text that can be printed."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def _cause(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
