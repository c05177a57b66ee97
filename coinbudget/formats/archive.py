"""The guarded reader: opens what anyone may have dropped on the window, and gives its bytes on without trusting them.

A **Bundle** is a file, a folder or a ZIP; its **Members** are the files inside, each opened as a stream of guarded
bytes. Nothing is ever extracted or written. Sizes are counted while reading, never believed; only regular files are
opened, never a link, device or pipe. `formats.zip_guard` owns the rules of archives, `formats.guarded_text` those of
text.
"""

import codecs
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.source import Tick

#: A ledger of ten million entries is smaller than this.
MAX_FILE_BYTES = 4 * 1024**3
#: A store's folder with years of receipts has fewer; somebody's home folder has more.
MAX_FILES = 20_000
MAX_DEPTH = 12
#: Enough to tell every format by.
HEAD_BYTES = 64 * 1024
#: Enough to tell pictures and other bulk from text, so that a folder of photographs costs little.
_FIRST_BYTES = 512

#: First bytes of what people pick by mistake, and what to call it.
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet program's own file"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)
#: What a table can be saved as text from; of other things that are no text nothing can.
_TABLES = frozenset({"a ZIP archive or a spreadsheet program's own file", "an old office document", "UTF-16 text"})
_PACKED = frozenset({"a gzip archive", "a 7z archive", "a RAR archive", "an xz archive"})
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK_BYTES = 64 * 1024


def plainly(head: bytes) -> str | None:
    """What a file plainly is by its first bytes where it is no text in UTF-8; None for text."""
    for start, what in _BINARY:
        if head.startswith(start):
            return what
    if b"\0" in head and (head[4:8] == b"ftyp" or head.startswith(b"RIFF")):
        return "a picture, a film or a sound"
    return "UTF-16 text" if head.startswith(_UTF16) else None


def no_text(what: str) -> Refusal:
    """Why a file that is plainly something else is refused, and what to do with it."""
    advice = "bring in the export itself, or a sheet saved as CSV"
    if what in _PACKED:
        advice = "unpack it first and bring in what was inside"
    elif what in _TABLES:
        advice = "save it as CSV (UTF-8) first"
    return Refusal(problem("file", "not_text", what=what, advice=advice))


@dataclass(slots=True)
class Meter:
    """How much of a bundle was read; shared by all its streams.

    Attributes:
        total: bytes that are to be read, as far as they are known.
    """

    tick: Tick | None = None
    read: int = 0
    total: int = 0

    def count(self, amount: int) -> None:
        """Note bytes read; may raise to stop the reading."""
        self.read += amount
        if self.tick is not None:
            self.tick(self.read, max(self.total, self.read))


class GuardedBytes(io.RawIOBase):
    """Bytes of one member, counted and bounded while they are read; forward only.

    Text that calls itself UTF-16 by its first bytes comes out as UTF-8, so that nobody behind has to know it.

    Attributes:
        name: of the member, safe to show.
        size: bytes it is said to have, for progress alone.
    """

    def __init__(
        self,
        raw: Any,
        name: str,
        size: int,
        meter: Meter,
        *,
        most: int = MAX_FILE_BYTES,
        failed: Callable[[Exception], Refusal | None] | None = None,
        as_utf8: bool = True,
    ) -> None:
        self._raw = raw
        self._as_utf8 = as_utf8
        self._decoder: codecs.IncrementalDecoder | None = None
        self._decoded = b""
        self.name = name
        self.size = size
        self._meter = meter
        self._most = most
        self._failed = failed
        self._count = 0

    def readable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Overrides RawIOBase.

        Raises:
            Refusal: there are more bytes than any source has, they are no UTF-16 though they say so, or reading failed.
        """
        if self._decoder is None:
            first = not self._count
            count = self._read(buffer)
            if not (first and self._as_utf8 and bytes(buffer[:2]) in _UTF16):
                return count
            self._decoder = codecs.getincrementaldecoder("utf-16")()
            self._decode(bytes(buffer[:count]))
        while not self._decoded:
            block = bytearray(_BLOCK_BYTES)
            count = self._read(block)
            self._decode(bytes(block[:count]))
            if not count:
                break
        given, self._decoded = self._decoded[: len(buffer)], self._decoded[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def _decode(self, block: bytes) -> None:
        if self._decoder is None:
            raise AssertionError("only UTF-16 is decoded")
        try:
            self._decoded += self._decoder.decode(block, final=not block).encode()
        except UnicodeError:
            raise Refusal(problem("file", "not_this_encoding", encoding="UTF-16")) from None

    def _read(self, buffer: Any) -> int:
        try:
            count = self._raw.readinto(buffer) or 0
        except Exception as error:
            refusal = self._failed(error) if self._failed is not None else None
            if refusal is None and isinstance(error, OSError):
                refusal = Refusal(problem("file", "not_readable", path=self.name, cause=cause_of(error)))
            if refusal is None:
                raise
            raise refusal from None
        self._count += count
        if self._count > self._most:
            raise Refusal(problem("file", "file_too_large", most=size_words(self._most)))
        self._meter.count(count)
        return int(count)

    def close(self) -> None:
        """Overrides RawIOBase."""
        self._raw.close()
        super().close()


def size_words(size: int) -> str:
    """Bytes as a person says them."""
    return f"{size // 1024**3} GiB" if size >= 1024**3 else f"{size // 1024**2} MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside a bundle.

    Attributes:
        name: its path inside, parted by "/", safe to show.
        size: bytes it is said to have, for progress alone.
        opening: opens a fresh guarded stream.
    """

    name: str
    size: int
    opening: Callable[[], AbstractContextManager[GuardedBytes]]

    def open(self) -> AbstractContextManager[GuardedBytes]:
        """Its bytes from the beginning.

        Raises:
            Refusal: it cannot be opened.
        """
        return self.opening()

    def head(self) -> bytes:
        """Its first bytes, for recognising it; few where they are no text."""
        with self.open() as stream:
            first = _exactly(stream, _FIRST_BYTES)
            if plainly(first) or b"\0" in first:
                return first
            return first + _exactly(stream, HEAD_BYTES - len(first))


def _exactly(stream: GuardedBytes, size: int) -> bytes:
    parts: list[bytes] = []
    left = size
    while left > 0 and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was dropped.

    Attributes:
        kind: "file", "folder" or "zip".
        members: files inside, in the order of their names.
        meter: how much was read.
        passed_over: whether a folder holds links, or folders deeper than any export's, which nobody looks into.
    """

    path: Path
    kind: str
    members: tuple[Member, ...]
    meter: Meter = field(default_factory=Meter)
    passed_over: bool = False


@contextmanager
def opened(path: Path, *, tick: Tick | None = None) -> Iterator[Bundle]:
    """Open a file, a folder or a ZIP for reading; nothing of it is written anywhere.

    Args:
        tick: is told how far reading is from every block; what it raises stops the reading.

    Raises:
        Refusal: it is missing, may not be read, is no regular file, or an archive that cannot be trusted.
    """
    meter = Meter(tick)
    if _is_folder(path):
        seen = _Seen()
        members = tuple(_inside(path, meter, seen))
        yield Bundle(path=path, kind="folder", members=members, meter=meter, passed_over=seen.passed_over)
        return
    with open_regular(path) as raw:
        first = raw.read(4)
        if first not in {b"PK\x03\x04", b"PK\x05\x06"}:
            member = Member(name=path.name, size=_size(raw), opening=partial(open_file, path, meter))
            yield Bundle(path=path, kind="file", members=(member,), meter=meter)
            return
        from coinbudget.formats.zip_guard import zip_members  # noqa: PLC0415 - the two modules know each other

        with zip_members(raw, meter) as members:
            yield Bundle(path=path, kind="zip", members=members, meter=meter)


@contextmanager
def open_regular(path: Path) -> Iterator[io.FileIO]:
    """Open a regular file.

    Raises:
        Refusal: it is missing, may not be read, is too large, or is no regular file.
    """
    try:
        # Opening a pipe without a writer would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise Refusal(problem("file", _open_code(error), path=shown(path), cause=cause_of(error))) from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        code = "is_a_folder" if stat.S_ISDIR(found.st_mode) else "not_a_file"
        raise Refusal(problem("file", code, path=shown(path)))
    with io.FileIO(handle, "rb") as raw:
        if found.st_size > MAX_FILE_BYTES:
            raise Refusal(problem("file", "file_too_large", most=size_words(MAX_FILE_BYTES)))
        yield raw


@contextmanager
def open_file(path: Path, meter: Meter, *, as_utf8: bool = True) -> Iterator[GuardedBytes]:
    """A regular file as guarded bytes."""
    with open_regular(path) as raw, GuardedBytes(raw, path.name, _size(raw), meter, as_utf8=as_utf8) as stream:
        yield stream


def _size(raw: io.FileIO) -> int:
    return os.fstat(raw.fileno()).st_size


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


@dataclass(slots=True)
class _Seen:
    """What a walk through a folder came by: anything that it did not look into?"""

    passed_over: bool = False


def _inside(folder: Path, meter: Meter, seen: _Seen) -> Iterator[Member]:
    """Every regular file below a folder; links and what is hidden are passed over.

    Raises:
        Refusal: there are more files than any export has, or the folder may not be read.
    """

    def failed(error: OSError) -> None:
        if Path(error.filename or folder) == folder:
            raise Refusal(problem("file", "not_readable", path=shown(folder), cause=cause_of(error))) from None

    count = 0
    for place, folders, files in os.walk(folder, onerror=failed):
        depth = len(Path(place).relative_to(folder).parts)
        inner = sorted(name for name in folders if not name.startswith("."))
        seen.passed_over |= (bool(inner) and depth >= MAX_DEPTH) or any(
            (Path(place) / name).is_symlink() for name in inner
        )
        folders[:] = inner if depth < MAX_DEPTH else []
        for name in sorted(files):
            path = Path(place) / name
            if name.startswith("."):
                continue
            if not _is_plain_file(path):
                seen.passed_over = True
                continue
            count += 1
            if count > MAX_FILES:
                raise Refusal(problem("file", "too_many_files", most=MAX_FILES))
            inside = shown(path.relative_to(folder))
            yield Member(name=inside, size=path.lstat().st_size, opening=partial(open_file, path, meter))


def _is_plain_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _open_code(error: Exception) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return "no_such_file"
    return "is_a_folder" if isinstance(error, IsADirectoryError) else "not_readable"


def shown(path: Path) -> str:
    """A path as text that can be printed."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def cause_of(error: Exception) -> str:
    """Why the system refused, in its words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
