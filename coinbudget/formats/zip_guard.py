"""The rules of ZIP archives: what is opened as one, and what is refused whole.

An archive is refused where its directory cannot be trusted: members that overlap (one block inflated many times over),
names that stand twice or lead out of the archive, links, encryption, methods nobody uses. Bytes are counted while they
are inflated. Archives inside are not opened, with the one exception that Apple itself makes: its media services come
as a ZIP inside the ZIP. It is told by its name, or where that was changed by holding Apple's store history; an archive
inside that one stays shut.
"""

import io
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats import apple_history
from coinbudget.formats.archive import GuardedBytes, Member, Meter, no_text

#: Takeouts with years of photographs have tens of thousands.
MAX_MEMBERS = 100_000
#: The directory of so many members; a larger one would fill memory before it could be looked at.
MAX_DIRECTORY_BYTES = 16 * 1024**2
#: No member we read is larger.
MAX_MEMBER_BYTES = 1024**3
#: Rows that are all alike deflate about 250 : 1, hand-made bombs 1000 : 1 and more.
MAX_RATIO = 400
#: So much a member may hold whatever its ratio.
_ALWAYS_BYTES = 2 * 1024**2
#: Bytes read in all, over all members and however often.
MAX_TOTAL_BYTES = 4 * 1024**3

#: Apple's own name of the archive inside (its "Data and Privacy" export); that one is refused where it is broken.
NESTED = "apple_media_services.zip"
#: So many archives inside are looked into, so large and so far, for being Apple's.
_MOST_LOOKED_INTO = 8
_LARGEST_LOOKED_INTO = 256 * 1024**2
_MOST_TABLES = 40

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
#: Says that the figure stands in the ending for large archives.
_ELSEWHERE = 0xFFFFFFFF
_TAIL_BYTES = 65_557
_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, lzma.LZMAError,
    struct.error, ValueError, OverflowError, IndexError, KeyError, UnicodeError, MemoryError,
)  # fmt: skip


@contextmanager
def zip_members(raw: Any, meter: Meter) -> Iterator[tuple[Member, ...]]:
    """The members of an archive, Apple's inner one opened too.

    Args:
        raw: a seekable stream.

    Raises:
        Refusal: it cannot be trusted.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(_opened(raw))
        members: list[Member] = []
        looked = 0
        for info in _trusted(archive):
            name = info.filename.rpartition("/")[2].casefold()
            inside: list[Member] = []
            if name == NESTED:
                inside = _members_inside(archive, info, meter, stack)
            elif name.endswith(".zip") and info.file_size <= _LARGEST_LOOKED_INTO and looked < _MOST_LOOKED_INTO:
                looked += 1
                inside = _apples(archive, info, meter, stack)
            members += inside or [_member(archive, info, meter, "")]
        yield tuple(sorted(members, key=lambda one: one.name))


def _members_inside(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter, stack: ExitStack) -> list[Member]:
    inner = stack.enter_context(_opened(stack.enter_context(_Inner(archive, info, meter))))
    return [_member(inner, each, meter, f"{info.filename}/") for each in _trusted(inner)]


def _apples(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter, stack: ExitStack) -> list[Member]:
    """The members of an archive inside where one of them is Apple's store history; none where it is another's."""
    with ExitStack() as trial:
        try:
            members = _members_inside(archive, info, meter, trial)
            tables = [member for member in members if member.name.casefold().endswith(".csv")]
            if any(apple_history.recognised(member.head()) for member in tables[:_MOST_TABLES]):
                stack.push(trial.pop_all())
                return members
        except Refusal as refusal:
            # Whatever it is, it is not ours to judge; but who cancels is heard.
            if refusal.problems[0].field != "file":
                raise
    return []


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter, place: str) -> Member:
    return Member(
        name=f"{place}{info.filename}",
        size=min(info.file_size, MAX_MEMBER_BYTES),
        opening=partial(_open_member, archive, info, meter),
    )


@contextmanager
def _opened(raw: Any) -> Iterator[zipfile.ZipFile]:
    _check_directory(raw)
    try:
        archive = zipfile.ZipFile(raw)
    except _BROKEN as error:
        raise _broken(error) from None
    with archive:
        yield archive


def _check_directory(raw: Any) -> None:
    """Refuse a directory that would fill memory: it is held against what every ending in the tail says of it."""
    raw.seek(0, io.SEEK_END)
    size = raw.tell()
    raw.seek(max(size - _TAIL_BYTES - 76, 0))
    tail = raw.read()
    raw.seek(0)
    for sign, place, code in ((b"PK\x05\x06", 12, "<I"), (b"PK\x06\x06", 40, "<Q")):
        start = tail.find(sign)
        while start >= 0:
            told = tail[start + place : start + place + struct.calcsize(code)]
            said = struct.unpack(code, told)[0] if len(told) == struct.calcsize(code) else 0
            if MAX_DIRECTORY_BYTES < said != _ELSEWHERE:
                raise Refusal(problem("file", "archive_too_many", most=MAX_MEMBERS))
            start = tail.find(sign, start + 1)


def _trusted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive whose directory can be trusted.

    Raises:
        Refusal: it cannot.
    """
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise Refusal(problem("file", "archive_too_many", most=MAX_MEMBERS))
    if any(info.filename in {"[Content_Types].xml", "mimetype"} for info in infos):
        raise no_text("a spreadsheet or office program's own file")
    names: set[str] = set()
    for info in infos:
        _check(info)
        name = unicodedata.normalize("NFC", info.filename).casefold()
        if name in names:
            raise Refusal(problem("file", "archive_untrusted", what="a name stands in it twice"))
        names.add(name)
    _check_overlap(infos, archive.start_dir)
    return [info for info in infos if not info.is_dir()]


def _check(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = name.split("/")
    if not name or "\0" in name or "\\" in name or name.startswith("/") or ".." in parts or _DRIVE.match(name):
        raise Refusal(problem("file", "archive_untrusted", what="a name leads out of it"))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        raise Refusal(problem("file", "archive_untrusted", what="a name is no text"))
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Refusal(problem("file", "archive_untrusted", what="it holds a link or a device"))
    if info.flag_bits & _ENCRYPTED:
        raise Refusal(problem("file", "archive_encrypted"))
    if info.compress_type not in _METHODS:
        raise Refusal(problem("file", "archive_untrusted", what="it is packed in a way that no export is"))


def _check_overlap(infos: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """Refuse members that share bytes, or lie where the directory lies."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise Refusal(problem("file", "archive_untrusted", what="its members overlap"))
        name = len(info.orig_filename.encode("utf-8", "surrogatepass"))
        # The name may be kept in an older encoding, where each sign takes at least one byte.
        end = info.header_offset + _LOCAL_HEADER_BYTES + min(name, len(info.orig_filename)) + info.compress_size
    if end > directory:
        raise Refusal(problem("file", "archive_untrusted", what="its members overlap"))


@contextmanager
def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Iterator[GuardedBytes]:
    try:
        raw = archive.open(info)
    except _BROKEN as error:
        raise _broken(error) from None
    with GuardedBytes(_Counted(raw, info, meter), info.filename, info.file_size, meter, failed=_broken) as stream:
        yield stream


def _broken(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, _BROKEN):
        return Refusal(problem("file", "archive_broken"))
    return Refusal(problem("file", "not_readable", path="ZIP", cause=str(error)))


class _Counted(io.RawIOBase):
    """The inflated bytes of a member, refused where they are more than their packed ones can honestly be."""

    def __init__(self, raw: Any, info: zipfile.ZipInfo, meter: Meter) -> None:
        self._raw = raw
        self._meter = meter
        self._most = min(max(_ALWAYS_BYTES, info.compress_size * MAX_RATIO), MAX_MEMBER_BYTES)
        self._count = 0

    def readable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Overrides RawIOBase."""
        block = self._raw.read(len(buffer))
        self._count += len(block)
        if self._count > self._most or self._meter.read > MAX_TOTAL_BYTES:
            raise Refusal(problem("file", "archive_untrusted", what="it unpacks to far more than it holds"))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Overrides RawIOBase."""
        self._raw.close()
        super().close()


class _Inner(io.RawIOBase):
    """Apple's inner archive as a seekable stream; every byte counts however often it is inflated."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> None:
        try:
            self._raw = archive.open(info)
        except _BROKEN as error:
            raise _broken(error) from None
        self._meter = meter
        self._most = max(_ALWAYS_BYTES, info.compress_size * MAX_RATIO)
        self._size = info.file_size
        if self._size > min(self._most, MAX_MEMBER_BYTES):
            raise Refusal(problem("file", "archive_untrusted", what="it unpacks to far more than it holds"))

    def readable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def seekable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Overrides RawIOBase."""
        try:
            block = self._raw.read(len(buffer))
        except _BROKEN as error:
            raise _broken(error) from None
        self._meter.count(len(block))
        if self._meter.read > MAX_TOTAL_BYTES:
            raise Refusal(problem("file", "archive_untrusted", what="it unpacks to far more than it holds"))
        buffer[: len(block)] = block
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Overrides RawIOBase."""
        try:
            return self._raw.seek(offset, whence)
        except _BROKEN as error:
            raise _broken(error) from None

    def tell(self) -> int:
        """Overrides RawIOBase."""
        return self._raw.tell()

    def close(self) -> None:
        """Overrides RawIOBase."""
        self._raw.close()
        super().close()
