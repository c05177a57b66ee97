"""The handle that every service takes first: an open ledger file with its reference data."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coinbudget.domain.catalog import Reference
from coinbudget.storage.database import Database, open_database
from coinbudget.storage.reference_store import load_reference


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. `database` is for services; the window only hands the ledger on."""

    database: Database
    reference: Reference

    @property
    def path(self) -> Path | None:
        """Where the file lies; None in memory."""
        return self.database.path

    def close(self) -> None:
        """Close the file."""
        self.database.close()


def open_ledger(path: Path | None, *, now: datetime, create: bool = False, read_only: bool = False) -> Ledger:
    """Open the ledger at `path` (None: in memory), making it only where `create` says so.

    Raises:
        LedgerFault: it is missing, foreign, damaged, newer, or cannot be opened; it was not touched.
    """
    del now
    return Ledger(open_database(path, create=create, read_only=read_only), load_reference())


def data_version(ledger: Ledger) -> int:
    """A number that changes when another program wrote to the ledger's file; our own writes do not change it."""
    return ledger.database.data_version()
