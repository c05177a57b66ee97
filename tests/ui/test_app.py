"""Opening ledgers in the window: the own one, the sample, and back."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coinbudget import app
from coinbudget.services.household import profiles
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme

_LONGEST_MS = 60_000


@pytest.fixture
def opener(
    qtbot: QtBot, theme: Theme, settings: QSettings, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> app.Opener:
    """An opener whose sample ledger lies in a folder of the test."""
    monkeypatch.setattr(app, "demo_file", lambda: tmp_path / "sample" / "demo.db")
    window = MainWindow(theme, settings)
    window.show()
    made = app.Opener(window, settings, lambda: now)
    # pytest-qt closes its widgets before fixtures are torn down, and what a gone window waits for never answers.
    qtbot.addWidget(window, before_close_func=lambda _window: _rest(qtbot, made))
    return made


def _rest(qtbot: QtBot, opener: app.Opener) -> None:
    for _round in range(4):
        QApplication.processEvents()
        workspace = opener.workspace
        if workspace is not None:
            qtbot.waitUntil(workspace.context.operations.idle_now, timeout=_LONGEST_MS)


def _open(qtbot: QtBot, opener: app.Opener, file: Path) -> None:
    with qtbot.waitSignal(opener.opened, timeout=_LONGEST_MS):
        opener.open(file)
    _rest(qtbot, opener)


def test_a_first_start_makes_a_private_file_and_the_second_opens_it(
    qtbot: QtBot, opener: app.Opener, tmp_path: Path
) -> None:
    file = tmp_path / "own" / "coinbudget.db"
    _open(qtbot, opener, file)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert opener.workspace is not None
    assert len(profiles(opener.workspace.context.operations.ledger)) == 1
    _open(qtbot, opener, file)
    assert len(profiles(opener.workspace.context.operations.ledger)) == 1


def test_the_second_start_backs_up_when_the_figures_are_there(qtbot: QtBot, opener: app.Opener, tmp_path: Path) -> None:
    file = tmp_path / "own" / "coinbudget.db"
    _open(qtbot, opener, file)
    _open(qtbot, opener, file)
    folder = file.parent / "backups"
    qtbot.waitUntil(lambda: len(list(folder.glob("auto-*.db"))) == 1, timeout=_LONGEST_MS)
    words = opener._window.status.backup
    qtbot.waitUntil(lambda: words.text().startswith("Backed up today"), timeout=_LONGEST_MS)


def test_sample_data_is_labelled_in_a_file_of_its_own_and_gone_in_one_click(
    qtbot: QtBot, opener: app.Opener, tmp_path: Path
) -> None:
    own, sample = tmp_path / "own" / "coinbudget.db", tmp_path / "sample" / "demo.db"
    _open(qtbot, opener, own)
    before = own.read_bytes()
    workspace = opener.workspace
    assert workspace is not None
    assert workspace.first is not None
    status = opener._window.status
    with qtbot.waitSignal(opener.opened, timeout=_LONGEST_MS):
        workspace.first.sample_requested.emit()
    _rest(qtbot, opener)
    assert sample.exists()
    assert status.sample.isVisible()
    assert status.sample.text() == "Sample data, not yours"
    assert opener.workspace is not None
    assert opener.workspace.context.operations.ledger.path == sample
    with qtbot.waitSignal(opener.opened, timeout=_LONGEST_MS):
        status.leave.click()
    _rest(qtbot, opener)
    assert not sample.exists()
    assert not status.sample.isVisible()
    assert own.read_bytes() == before
    assert opener.workspace.context.operations.ledger.path == own


def test_the_system_s_zone_is_one_that_python_knows() -> None:
    assert app.system_zone()
