"""Which source a file, folder or archive is, told by its content alone, and reading it into lines that wait."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats import (
    apple_history,
    archive,
    google_takeout,
    sheet_facts,
    tiktok_export,
    tiktok_rows,
    tiktok_text,
)
from coinbudget.formats.archive import Bundle, Member, no_text, opened, plainly
from coinbudget.formats.guarded_text import GuardedText, buffered
from coinbudget.formats.ledger_csv import header_known, ledger_text
from coinbudget.formats.sheet_mapping import Mapping as SheetMapping
from coinbudget.formats.sheet_mapping import Said
from coinbudget.formats.source import Format, Tick
from coinbudget.services.garbage import uncollected
from coinbudget.services.ledger_source import LedgerReading
from coinbudget.services.pace import Cancelled, Progress
from coinbudget.services.sheet_source import ENCODINGS, SheetReading
from coinbudget.services.sources import Reading
from coinbudget.services.store_source import AppleReading, GoogleReading
from coinbudget.services.tiktok_source import TikTokReading

_BLOCK_BYTES = 64 * 1024
_EMPTY_BYTES = 256
#: Files of a folder looked at once more, to say what it holds instead; and how many of them are named.
_MOST_TRIED, _SHOWN = 200, 3
#: Formats whose text is JSON, and how such a text begins, with a mark of UTF-8 perhaps.
_JSON = (Format.TIKTOK, Format.GOOGLE)
_LIKE_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*(?:[\[{"\]0-9-]|true|false|null|\Z))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person says about the file before it is read.

    Attributes:
        format: which of several sources in a folder or archive, or how to read a file that could be either.
        mapping: what a sheet's columns mean; None for what their headers say.
        sheets: whether a table that is none of the known formats is read as a sheet of one's own.
        encoding, separator: of a sheet; "" for what it says itself.
        said: of a sheet, what is said beside the mapping.
    """

    format: Format | None = None
    mapping: SheetMapping | None = None
    sheets: bool = False
    encoding: str = ""
    separator: str = ""
    said: Said = field(default_factory=Said)


@uncollected()
def read_source(
    path: Path, *, wishes: Wishes, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Reading:
    """Read what was dropped and keep its lines aside; the caller closes it.

    Raises:
        Refusal: it cannot be read, is nothing we know, holds several sources, or reading was cancelled.
    """
    with opened(path, tick=_ticker(progress, cancelled)) as bundle:
        chosen, members = _chosen(bundle, wishes)
        if chosen is Format.SHEET:
            return _sheet(path, bundle, wishes)
        bundle.meter.total = bundle.meter.read + sum(member.size for member in members)
        # A file's name may hold bytes that are no text; the ledger holds text.
        name = path.resolve().name.encode("utf-8", "backslashreplace").decode("utf-8")
        reading = _READINGS[chosen](name, chosen)
        try:
            _read(reading, members)
        except BaseException:
            reading.close()
            raise
        return reading


def _sheet(path: Path, bundle: Bundle, wishes: Wishes) -> SheetReading:
    """A file as a sheet of one's own; it is opened anew as often as its encoding or separator is changed."""
    if bundle.kind != "file":
        raise _of_many(bundle)
    what = plainly(bundle.members[0].head())
    if what is not None:
        raise no_text(what)

    def opening() -> AbstractContextManager[io.RawIOBase]:
        # A sheet is decoded by the encoding that its reading settles and shows.
        return archive.open_file(path, archive.Meter(bundle.meter.tick), as_utf8=False)

    reading = SheetReading(archive.shown(Path(path.resolve().name)), Format.SHEET, opening=opening)
    try:
        reading.read(encoding=wishes.encoding, separator=wishes.separator)
        if wishes.mapping is not None:
            # The likeliest encoding is open too until somebody has said it, as whoever kept the mapping did.
            if reading.facts.undecided and wishes.mapping.encoding in ENCODINGS:
                reading.read(encoding=wishes.mapping.encoding, separator=wishes.separator)
            reading.use(wishes.mapping)
        reading.say(wishes.said)
    except BaseException:
        reading.close()
        raise
    return reading


def _chosen(bundle: Bundle, wishes: Wishes) -> tuple[Format, list[Member]]:
    """The source to read and the files it lies in."""
    found: dict[Format, list[Member]] = {}
    for member in bundle.members:
        form = recognised(member)
        if form is not None:
            found.setdefault(form, []).append(member)
    if Format.TIKTOK in found and bundle.kind != "file":
        # Any JSON object may be one: only those that are count, and only where it is no single file.
        found[Format.TIKTOK] = [member for member in found[Format.TIKTOK] if _is_export(member)]
    if Format.TIKTOK_TEXT in found:
        # The text form has a file for each list; LIVEs say which one a gift fell into.
        found[Format.TIKTOK_TEXT] += [member for member in bundle.members if tiktok_text.has_lives(member.head())]
    found = {form: members for form, members in found.items() if members}
    if wishes.format is Format.SHEET or (wishes.mapping is not None and not found):
        _check_nature(bundle, found, Format.SHEET)
        return Format.SHEET, list(bundle.members)
    if wishes.format is not None:
        members = found.get(wishes.format, [])
        other = next(iter(found), None)
        if not members and other is not None and not (other, wishes.format) == (Format.TIKTOK, Format.GOOGLE):
            # Any JSON object may be TikTok's until it is read; else a file is what its content says.
            raise Refusal(problem("format", "other_format", found=other, format=wishes.format))
        if not members and bundle.kind == "file":
            _check_nature(bundle, found, wishes.format)
            members = list(bundle.members)
        if not members:
            raise _of_many(bundle)
        return wishes.format, members
    if len(found) > 1:
        raise Refusal(problem("format", "several_formats", known=", ".join(sorted(found))))
    if not found:
        return _unknown(bundle, wishes)
    return next(iter(found.items()))


def _check_nature(bundle: Bundle, found: Mapping[Format, list[Member]], wished: Format) -> None:
    """Refuse a file that is plainly no such thing: JSON is no table, and a table no JSON.

    Raises:
        Refusal: it is.
    """
    if bundle.kind != "file":
        return
    head = bundle.members[0].head()
    if _is_blank(head):
        raise Refusal(problem("file", "empty_text"))
    what = plainly(head)
    if what is not None:
        raise no_text(what)
    if b"\0" in head:
        return
    json = next((form for form in _JSON if form in found), None)
    if wished not in _JSON and json is not None:
        raise Refusal(problem("format", "other_format", found=json, format=wished))
    if (_LIKE_JSON.match(head) is not None) != (wished in _JSON):
        raise Refusal(problem("format", "not_that_format", format=wished))


def _unknown(bundle: Bundle, wishes: Wishes) -> tuple[Format, list[Member]]:
    """How to read what is none of the known formats: a sheet, or a ledger CSV, which says what is wrong with it.

    Raises:
        Refusal: it is plainly neither.
    """
    if bundle.kind == "file":
        head = bundle.members[0].head()
        what = plainly(head)
        if what is not None:
            raise no_text(what)
        if _is_blank(head):
            raise Refusal(problem("file", "empty_text"))
        if _is_empty_list(head):
            raise Refusal(problem("file", "list_empty", name=archive.shown(Path(bundle.path.resolve().name))))
        if _LIKE_JSON.match(head):
            raise Refusal(problem("file", "not_tiktok"))
        if b"\0" not in head:
            return (Format.SHEET if wishes.sheets else Format.LEDGER), list(bundle.members)
        raise Refusal(problem("file", "nul_character"))
    raise _of_many(bundle)


def _of_many(bundle: Bundle) -> Refusal:
    """Why a folder or an archive without a known export is refused, and what to bring in instead."""
    name = archive.shown(Path(bundle.path.resolve().name))
    heads = [(member.name, member.head()) for member in bundle.members[:_MOST_TRIED]]
    sheets = [inside for inside, head in heads if not plainly(head) and sheet_facts.is_table(head)]
    if sheets:
        how = "unpack it and bring in each of them by itself" if bundle.kind == "zip" else "bring in each by itself"
        return Refusal(problem("file", "sheets_apart", name=name, known=", ".join(sheets[:_SHOWN]), advice=how))
    packed = [inside for inside, head in heads if head.startswith(b"PK\x03\x04") and inside.casefold().endswith(".zip")]
    if packed:
        return Refusal(problem("file", "archive_inside", name=name, known=", ".join(packed[:_SHOWN])))
    empty = [inside for inside, head in heads if _is_empty_list(head)]
    if empty:
        return Refusal(problem("file", "list_empty", name=", ".join(empty[:_SHOWN])))
    if bundle.passed_over:
        return Refusal(problem("file", "not_recognised_links", name=name, most=archive.MAX_DEPTH))
    return Refusal(problem("file", "not_recognised", name=name))


def _is_blank(head: bytes) -> bool:
    """Whether a file has nothing but blanks in it, as far as it was looked at."""
    return not head.removeprefix(b"\xef\xbb\xbf").strip()


def _is_empty_list(head: bytes) -> bool:
    """Whether a file is an empty list, as Google writes a history without orders."""
    return head[:_EMPTY_BYTES].removeprefix(b"\xef\xbb\xbf").split() in ([b"[]"], [b"[", b"]"])


def recognised(member: Member) -> Format | None:
    """Which source a file is, by its first bytes; None for none. A JSON object counts as TikTok's until it is read."""
    head = member.head()
    if not head:
        return None
    if google_takeout.recognised(head):
        return Format.GOOGLE
    if tiktok_export.recognised(head):
        return Format.TIKTOK
    if b"\0" in head or plainly(head):
        return None
    if apple_history.recognised(head):
        return Format.APPLE
    if header_known(head):
        return Format.LEDGER
    return Format.TIKTOK_TEXT if tiktok_text.recognised(head) else None


def _is_export(member: Member) -> bool:
    """Whether a JSON object is an export of TikTok: a key says so, in its first bytes or further on."""
    if tiktok_export.has_known_root(member.head()):
        return True
    with member.open() as stream:
        return tiktok_export.is_export(io.BufferedReader(stream, _BLOCK_BYTES))


def _read(reading: Reading, members: list[Member]) -> None:
    reading.members = tuple(member.name for member in members)
    # Rows of one file are never held against each other; of several, a row in two of them is one row.
    reading.several = len(members) > 1
    for member in members:
        reading.begins.append((reading.count + 1, member.name))
        with member.open() as stream:
            if isinstance(reading, LedgerReading):
                with ledger_lines(stream) as text:
                    reading.read(ledger_text(text))
            elif isinstance(reading, AppleReading):
                with _text(stream) as text_lines:
                    records = apple_history.read(text_lines)
                    reading.stage(records, origin=apple_history.identity, note=reading.note)
            elif isinstance(reading, GoogleReading):
                orders = google_takeout.read(io.BufferedReader(stream, _BLOCK_BYTES))
                reading.stage(orders, origin=google_takeout.identity, note=reading.note)
            elif isinstance(reading, TikTokReading):
                _read_tiktok(reading, stream)
    if reading.format is Format.TIKTOK_TEXT and not reading.count and recognised(members[0]) is not reading.format:
        # Its blocks are told by their labels alone, so any other text has none.
        raise Refusal(problem("format", "not_that_format", format=reading.format))


def _read_tiktok(reading: TikTokReading, stream: io.RawIOBase) -> None:
    if reading.format is Format.TIKTOK:
        records = tiktok_export.read(io.BufferedReader(stream, _BLOCK_BYTES))
        reading.stage(reading.without_lives(records), origin=tiktok_rows.origin, note=reading.note)
        return
    reading.best_effort = True
    with _text(stream) as text:
        reading.stage(reading.without_lives(tiktok_text.read(text)), origin=tiktok_rows.origin, note=reading.note)


@contextmanager
def ledger_lines(stream: io.RawIOBase) -> Iterator[GuardedText]:
    """A member's bytes as guarded text."""
    guarded = GuardedText(stream, getattr(stream, "name", ""), getattr(stream, "size", 0))
    try:
        yield guarded
    finally:
        guarded.close()


@contextmanager
def _text(stream: io.RawIOBase) -> Iterator[Iterator[str]]:
    """The lines of a UTF-8 text under guard."""
    with ledger_lines(stream) as guarded:
        text = io.TextIOWrapper(buffered(guarded), encoding="utf-8-sig", errors="strict", newline="")

        def lines() -> Iterator[str]:
            try:
                # No `yield from`: that would close the text together with this generator.
                for line in text:  # noqa: UP028 - as said above
                    yield line
            except UnicodeDecodeError:
                raise Refusal(problem("file", "not_utf8")) from None

        yield lines()


def _ticker(progress: Progress | None, cancelled: Cancelled | None) -> Tick:
    """Tells how far the bundle is read, and stops where that is wished."""

    def tick(read: int, total: int) -> None:
        if cancelled is not None and cancelled():
            raise Refusal(problem("", "cancelled"))
        if progress is not None:
            progress(read, max(total, 1))

    return tick


_READINGS: dict[Format, Callable[[str, Format], Reading]] = {
    Format.LEDGER: LedgerReading,
    Format.TIKTOK: TikTokReading,
    Format.TIKTOK_TEXT: TikTokReading,
    Format.GOOGLE: GoogleReading,
    Format.APPLE: AppleReading,
}
