"""The ledger as a file: private modes, and the header that tells a ledger from anything else.

A file is looked at before SQLite opens it, so that what is not ours is left byte for byte as it was. Reading the
header closes a descriptor, which on POSIX drops this process's locks on the file: it is done before connecting only.
"""

import os
import stat
from pathlib import Path

from coinbudget.domain.errors import LedgerFault, problem

#: "COIN", in the header of every ledger.
APPLICATION_ID = 0x434F494E

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_APPLICATION_ID_AT = 68

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def refuse_foreign(path: Path) -> bool:
    """Look at a file that is about to be opened.

    Returns:
        False where there is none, or an empty one.

    Raises:
        LedgerFault: it is no ledger, or cannot be read; it was not touched.
    """
    try:
        # Opening a pipe would wait for its other end.
        if not stat.S_ISREG(mode := path.stat().st_mode) and not stat.S_ISDIR(mode):
            raise LedgerFault(problem("", "cannot_open", path=path, reason="not a regular file"))
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        return False
    except IsADirectoryError as error:
        raise LedgerFault(problem("", "is_directory", path=path)) from error
    except OSError as error:
        raise LedgerFault(problem("", "cannot_open", path=path, reason=error.strerror or error)) from error
    if not header:
        return False
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise LedgerFault(problem("", "not_a_database", path=path))
    if int.from_bytes(header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4], "big") != APPLICATION_ID:
        raise LedgerFault(problem("", "foreign_file", path=path))
    return True


def make_private_folder(folder: Path) -> None:
    """Make a folder with its missing parents, all for their owner alone whatever the umask."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        each.chmod(PRIVATE_FOLDER)


def make_private_file(path: Path) -> bool:
    """Make an empty file for its owner alone, with its folders.

    Returns:
        False where there is one already; it is left as it is.
    """
    try:
        make_private_folder(path.parent)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    except FileExistsError:
        return False
    except OSError as error:
        raise LedgerFault(problem("", "cannot_create", path=path, reason=error.strerror or error)) from error
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, PRIVATE_FILE)
    finally:
        os.close(descriptor)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; a system without folder descriptors does so by itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
