"""Files dropped on the window, wherever and however many: something comes of it, and nothing is written unasked."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.import_start import ImportStartDialog
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme
from coinbudget.ui.workspace import Workspace
from tests import make
from tests.services import tiktok_files
from tests.ui.person import child

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction


class Rig:
    """A window that files are dropped on."""

    def __init__(self, window: MainWindow, workspace: Workspace, qtbot: QtBot) -> None:
        self.window, self.workspace, self._qtbot = window, workspace, qtbot

    def rest(self) -> None:
        for _round in range(3):
            QApplication.processEvents()
            self._qtbot.waitUntil(self.workspace.context.operations.idle_now, timeout=20_000)

    def dialogs(self) -> list[QDialog]:
        return [one for one in self.window.findChildren(QDialog) if one.isVisible()]

    def drop(self, on: QWidget, *paths: Path, text: str = "") -> bool:
        """Drag files over a widget and let go, as Qt sends it; whether they were taken."""
        data = QMimeData()
        if paths:
            # As file managers do it, the paths come as text too.
            data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
            data.setText("\n".join(map(str, paths)))
        else:
            data.setText(text)
        middle = on.rect().center()
        enter = QDragEnterEvent(QPoint(middle), COPY, data, LEFT, NONE)
        QApplication.sendEvent(on, enter)
        if not enter.isAccepted():
            return False
        let_go = QDropEvent(QPointF(middle), COPY, data, LEFT, NONE)
        QApplication.sendEvent(on, let_go)
        self.rest()
        return let_go.isAccepted()


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, context: Context, file_ledger: Ledger, now: datetime) -> Rig:
    window = MainWindow(theme, context.settings)
    made = Workspace(
        window,
        file_ledger,
        Amounts(context.amounts.locale, file_ledger.reference.currencies),
        profiles(file_ledger),
        clock=lambda: now,
        settings=context.settings,
    )
    found = Rig(window, made, qtbot)

    def leave(_window: QWidget) -> None:
        for dialog in found.dialogs():
            dialog.reject()
        found.rest()
        window.close()
        made.context.operations.close()

    # pytest-qt closes its widgets before fixtures are torn down, and what a gone window waits for never answers.
    qtbot.addWidget(window, before_close_func=leave)
    window.show()
    found.rest()
    return found


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("kind,at,coins,creator\r\ngift,2026-11-02,5,@luna\r\n", encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("page", ["overview", "ledger", "limits", "insights"])
@pytest.mark.parametrize("kind", ["file", "folder", "zip"])
def test_a_file_a_folder_and_a_zip_are_taken_on_any_page(
    rig: Rig, table: Callable[[str], Path], tmp_path: Path, page: str, kind: str
) -> None:
    path = table("inside/mine.csv")
    if kind == "folder":
        path = path.parent
    elif kind == "zip":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.write(path, "mine.csv")
        path = tmp_path / "all.zip"
    rig.window.show_page(page)
    rig.rest()
    assert rig.drop(rig.workspace.pages[page], path)
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    assert dialog.preview.model.rowCount() == 1
    assert make.all_entries(rig.workspace.context.operations.ledger) == []


@pytest.mark.parametrize("page", ["overview", "ledger", "limits", "insights"])
def test_no_field_of_the_window_takes_a_file_for_a_text(rig: Rig, table: Callable[[str], Path], page: str) -> None:
    rig.window.show_page(page)
    rig.rest()
    takers = [one for one in rig.window.findChildren(QWidget) if one.acceptDrops() and one.isVisible()]
    assert [one.objectName() or type(one).__name__ for one in takers] == []
    assert rig.drop(rig.window.top_bar.search.edit, table("mine.csv"))
    assert rig.window.top_bar.search.edit.text() == ""
    assert [type(one) for one in rig.dialogs()] == [ImportDialog]


def test_two_files_dropped_together_are_told_that_they_come_in_one_at_a_time(
    rig: Rig, table: Callable[[str], Path]
) -> None:
    assert rig.drop(rig.window.stack, table("one & a half.csv"), table("two.csv"))
    (start,) = rig.dialogs()
    assert isinstance(start, ImportStartDialog)
    assert start.several.isVisible()
    assert child(start, "import_start.dropped.0").text() == "one && a half.csv"
    child(start, "import_start.dropped.1").click()
    rig.rest()
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    assert dialog.path is not None
    assert dialog.path.name == "two.csv"


def test_of_many_files_dropped_together_those_without_a_button_are_named(
    rig: Rig, table: Callable[[str], Path]
) -> None:
    assert rig.drop(rig.window.stack, *(table(f"{number}.csv") for number in range(27)))
    (start,) = rig.dialogs()
    others = child(start, "import_start.others")
    assert others.isVisible()
    assert others.text().startswith("3 more were dropped: ")
    assert [name in others.text() for name in ("23.csv", "24.csv", "26.csv")] == [False, True, True]
    assert rig.drop(start, table("1.csv"), table("2.csv"))
    assert not others.isVisible()


def test_files_dropped_together_stay_on_offer_behind_past_imports(rig: Rig, table: Callable[[str], Path]) -> None:
    assert rig.drop(rig.window.stack, table("one.csv"), table("two.csv"))
    (start,) = rig.dialogs()
    assert isinstance(start, ImportStartDialog)
    for tab, shown in (("past", False), ("new", True), ("new", True)):
        child(start, f"import_start.tab.{tab}").click()
        rig.rest()
        assert start.several.isVisible() is shown
    child(start, "import_start.dropped.1").click()
    rig.rest()
    assert [type(one) for one in rig.dialogs()] == [ImportDialog]


def test_a_long_name_of_a_dropped_file_keeps_its_end_and_is_told_whole(rig: Rig, table: Callable[[str], Path]) -> None:
    paths = [table(f"{'a long name ' * 6}({number}).csv") for number in range(2)]
    assert rig.drop(rig.window.stack, *paths)
    (start,) = rig.dialogs()
    for number, path in enumerate(paths):
        button = child(start, f"import_start.dropped.{number}")
        assert button.text().endswith(f"({number}).csv")
        assert "…" in button.text()
        assert path.name in button.toolTip()
        assert button.accessibleName() == path.name


def test_several_files_may_be_dropped_where_importing_starts(rig: Rig, table: Callable[[str], Path]) -> None:
    rig.workspace.import_file("")
    rig.rest()
    (start,) = rig.dialogs()
    assert isinstance(start, ImportStartDialog)
    assert not start.several.isVisible()
    assert rig.drop(start, table("one.csv"), table("two.csv"))
    assert start.several.isVisible()
    assert rig.drop(start, table("three.csv"))
    assert [type(one) for one in rig.dialogs()] == [ImportDialog]


def test_of_a_file_that_went_meanwhile_one_is_told_and_may_drop_the_next_right_there(
    rig: Rig, table: Callable[[str], Path], tmp_path: Path
) -> None:
    assert rig.drop(rig.window.stack, tmp_path / "gone.csv")
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    assert dialog.refused.isVisible()
    assert rig.drop(dialog, table("mine.csv"))
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    assert dialog.preview.isVisible()
    assert not rig.drop(dialog, table("two.csv"))


def test_a_text_dropped_on_the_window_is_not_taken(rig: Rig) -> None:
    assert not rig.drop(rig.window.stack, text="https://example.org/export.zip")
    assert rig.dialogs() == []


def test_the_toast_of_an_import_keeps_its_undo_until_the_question_behind_it_is_closed(
    rig: Rig, table: Callable[[str], Path]
) -> None:
    rig.drop(rig.window.stack, table("mine.csv"))
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    dialog.add.click()
    rig.rest()
    (asked,) = rig.dialogs()
    assert asked.objectName() == "earlier"
    toast = rig.window.toast
    assert toast.isVisible()
    assert not toast.counting()
    asked.reject()
    rig.rest()
    assert toast.isVisible()
    assert toast.counting()
    toast.undo.click()
    rig.rest()
    (entry,) = make.all_entries(rig.workspace.context.operations.ledger)
    assert entry.voided_at is not None


def test_whoever_got_the_file_is_asked_for_coins_of_before(
    rig: Rig, table: Callable[[str], Path], now: datetime
) -> None:
    session = rig.workspace.context.session
    ledger = rig.workspace.context.operations.ledger
    add_profile(ledger, name="Leo", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    session.set_profiles(profiles(ledger))
    rig.drop(rig.window.stack, table("mine.csv"))
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    dialog.owner.setCurrentIndex(1)
    dialog.owner.activated.emit(1)
    rig.rest()
    dialog.add.click()
    rig.rest()
    (asked,) = rig.dialogs()
    assert session.profile is not None
    assert session.profile.name == "Mia"
    assert child(asked, "earlier.whose").text() == "Leo"


def test_the_first_page_takes_files_too(rig: Rig, table: Callable[[str], Path]) -> None:
    first = rig.workspace._make_first()
    rig.window.attach(rig.workspace.pages, first)
    for step in range(first.steps.count()):
        first.steps.setCurrentIndex(step)
        rig.rest()
        takers = [one for one in first.findChildren(QWidget) if one.acceptDrops() and one.isVisible()]
        assert [one.objectName() or type(one).__name__ for one in takers] == []
    assert rig.drop(first, table("mine.csv"))
    assert [type(one) for one in rig.dialogs()] == [ImportDialog]


def test_a_zip_is_dropped_asked_about_unticked_in_two_rows_imported_and_undone(rig: Rig, tmp_path: Path) -> None:
    """The whole way, as a person goes it: one drop, two answers, the keyboard, and Ctrl+Z."""
    rose = ("2026-05-14 21:09:40", 1, "some_creator")
    export = tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-14 21:03:11", "Recharge", 350)],
        prices=[("2026-05-14 21:03:40", "3.70 EUR")],
        gifts=[rose] * 5,
    )
    with zipfile.ZipFile(tmp_path / "TikTok_Data.zip", "w") as archive:
        archive.write(export, "user_data_tiktok.json")
    shown = rig.window.stack.currentWidget()
    assert shown is not None
    assert rig.drop(shown, tmp_path / "TikTok_Data.zip")
    (dialog,) = rig.dialogs()
    assert isinstance(dialog, ImportDialog)
    child(dialog, "import.answer.gift_amount.1.coins").click()
    dialog.add.click()
    rig.rest()
    table = dialog.preview.table
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(table, key)
    rig.rest()
    assert dialog.add.text() == "Import 4 entries"
    QTest.keyClick(table, Qt.Key.Key_Return)
    rig.rest()
    ledger = rig.workspace.context.operations.ledger
    assert len(make.all_entries(ledger)) == 4
    for asked in rig.dialogs():
        asked.reject()
    rig.rest()
    rig.window.activateWindow()
    rig.rest()
    QTest.keyClick(rig.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    rig.rest()
    assert all(entry.voided_at is not None for entry in make.all_entries(ledger))
