"""Fixtures of the window's tests: no screen, a theme, and a window on a real ledger file."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A cold font cache is built once per home; tests share one and never touch the user's.
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts.warning=false")

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from babel import Locale
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coinbudget.services.household import profiles
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context, Session
from coinbudget.ui.operations import Operations
from coinbudget.ui.theme import Theme

_LONGEST_MS = 10_000
_theme: list[Theme] = []


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The theme, light; one for all tests because the application is one."""
    if not _theme:
        _theme.append(Theme(qapp, "light"))
        _theme[0].apply()
    _theme[0].set_mode("light")
    return _theme[0]


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Empty window settings."""
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def amounts(file_ledger: Ledger) -> Amounts:
    """British English: "€3.58", "22 Nov"."""
    return Amounts(Locale.parse("en_GB"), file_ledger.reference.currencies)


@pytest.fixture
def context(
    theme: Theme, amounts: Amounts, file_ledger: Ledger, settings: QSettings, now: datetime
) -> Iterator[Context]:
    """What pages and dialogs take, on a ledger file with the profile Mia and a clock that stands at `now`."""
    operations = Operations(file_ledger, lambda: now)
    session = Session()
    session.set_profiles(profiles(file_ledger))
    yield Context(theme, amounts, operations, session, settings)
    operations.close()


@pytest.fixture
def settled(qtbot: QtBot, context: Context) -> Callable[[], None]:
    """Wait until no call is under way and what it answered is shown."""

    def wait() -> None:
        QApplication.processEvents()
        qtbot.waitUntil(context.operations.idle_now, timeout=_LONGEST_MS)
        QApplication.processEvents()
        qtbot.waitUntil(context.operations.idle_now, timeout=_LONGEST_MS)

    return wait
