"""Where things lie: the bundled resources and the user's own files. No other module knows these places.

Resources stand beside the package in a checkout or an editable install (`resources/`) and inside it in a wheel
(`coinbudget/_resources`), so they are found from any working folder. The environment variable COINBUDGET_DATA
names another ledger file. Nothing is created here.
"""

import os
from pathlib import Path

import platformdirs

APP = "coinbudget"
DATA_VARIABLE = "COINBUDGET_DATA"


def resources() -> Path:
    """The folder of bundled resources.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_resources", package.parent / "resources"):
        if (folder / "catalog").is_dir():
            return folder
    raise FileNotFoundError(package / "_resources")


def resource(name: str) -> Path:
    """A bundled file or folder by its path inside `resources/`, e.g. "catalog/gifts.csv"."""
    return resources().joinpath(*name.split("/"))


def user_data_folder() -> Path:
    """The folder of the ledger when nothing else is said."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def user_data_file() -> Path:
    """The ledger file: COINBUDGET_DATA when it is set and not empty, else `coinbudget.db` in the user's data folder."""
    named = os.environ.get(DATA_VARIABLE, "")
    return Path(named).expanduser() if named else user_data_folder() / f"{APP}.db"


def demo_file() -> Path:
    """The sample ledger of `coinbudget demo`: a file of its own beside the user's."""
    return user_data_folder() / "demo.db"


def backups_folder(ledger: Path) -> Path:
    """Where the backups of a ledger file lie."""
    return ledger.parent / "backups"


def settings_file() -> Path:
    """The window's own settings (last page, sizes, theme); nothing of the ledger."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "window.ini"
