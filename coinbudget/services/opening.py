"""Which source a file, folder or archive is, told by its content alone, and reading it into lines that wait."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coinbudget.formats.ledger_csv import LedgerFile
from coinbudget.formats import tiktok_export
from coinbudget.formats.source import Format
from coinbudget.services.ledger_source import LedgerReading
from coinbudget.services.tiktok_source import TikTokReading
from coinbudget.services.sources import Reading

Progress = Callable[[int, int], object]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person says about the file before it is read.

    Attributes:
        format: which of several sources in a folder or archive, or how to read a file that could be either.
        mapping: name of a saved mapping of a sheet's columns.
    """

    format: Format | None = None
    mapping: str = ""


def read_source(
    path: Path, *, wishes: Wishes, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Reading:
    """Read what was dropped and keep its lines aside; the caller closes it.

    Raises:
        Refusal: it cannot be read, is nothing we know, or reading was cancelled.
    """
    # A file's name may hold bytes that are no text; the ledger holds text.
    name = path.name.encode("utf-8", "backslashreplace").decode("utf-8")
    if path.suffix == ".json":
        with path.open("rb") as f:
            t = TikTokReading(name, Format.TIKTOK)
            try:
                t.stage(t.without_lives(tiktok_export.read(f)), origin=tiktok_export.origin, note=t.note)
            except BaseException:
                t.close()
                raise
            return t
    with LedgerFile(path) as file:
        reading = LedgerReading(name, Format.LEDGER)
        try:
            reading.read(file)
        except BaseException:
            reading.close()
            raise
        return reading
