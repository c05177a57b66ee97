"""The window as a whole, by keys and wishes: pages, search, undo, banner, toast, profiles, dropped files."""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft
from coinbudget.services import limits, record, watch
from coinbudget.services.changes import Changes
from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.preferences import PreferencesDialog
from coinbudget.ui.instance import SingleInstance
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.pages.first import FirstPage
from coinbudget.ui.pages.ledger import LedgerPage
from coinbudget.ui.theme import Theme
from coinbudget.ui.workspace import Workspace
from tests import make

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Rig:
    """A window on a ledger file."""

    def __init__(self, qtbot: QtBot, theme: Theme, context: Context, ledger: Ledger, now: datetime) -> None:
        self.qtbot = qtbot
        self.ledger = ledger
        self.window = MainWindow(theme, context.settings)
        # pytest-qt closes its widgets before fixtures are torn down, and what a gone window waits for never answers.
        qtbot.addWidget(self.window, before_close_func=lambda _window: self._leave())
        self._parts = (Amounts(context.amounts.locale, ledger.reference.currencies), context.settings, now)
        self.workspace: Workspace

    def open(self, *, first: bool = False) -> "Rig":
        amounts, settings, now = self._parts
        self.workspace = Workspace(
            self.window,
            self.ledger,
            amounts,
            profiles(self.ledger),
            clock=lambda: now,
            settings=settings,
            first=first,
        )
        self.window.show()
        self.window.activateWindow()
        self.rest()
        return self

    def rest(self) -> None:
        for _round in range(4):
            QApplication.processEvents()
            self.qtbot.waitUntil(self.workspace.context.operations.idle_now, timeout=20_000)
        QApplication.processEvents()

    def _leave(self) -> None:
        self.rest()
        self.window.close()
        self.workspace.context.operations.close()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
        QTest.keyClick(self.window, key, modifier)
        self.rest()

    def dialogs(self) -> list[QDialog]:
        return [one for one in self.window.findChildren(QDialog) if one.isVisible()]

    def living(self) -> int:
        return sum(1 for entry in make.all_entries(self.ledger) if entry.voided_at is None)


def _add(draft: Draft, ledger: Ledger, now: datetime) -> Changes:
    return record.add(ledger, draft, now=now)


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, context: Context, file_ledger: Ledger, now: datetime) -> Rig:
    """A window, not yet open."""
    return Rig(qtbot, theme, context, file_ledger, now)


def test_a_page_is_made_when_it_is_first_wanted_and_shows_what_was_wanted_of_it(rig: Rig, now: datetime) -> None:
    record.add(rig.ledger, make.purchase(paid="1.00"), now=now)
    rig.open()
    assert list(rig.workspace.pages.made) == ["overview"]
    entry = make.all_entries(rig.ledger)[0]
    rig.workspace.context.session.entry_requested.emit(entry.id)
    rig.rest()
    assert list(rig.workspace.pages.made) == ["overview", "ledger"]
    assert rig.window.page() == "ledger"
    page = rig.workspace.pages["ledger"]
    assert isinstance(page, LedgerPage)
    line = page._current_line()
    assert line is not None
    assert line.entry.id == entry.id


def test_ctrl_and_a_number_shows_a_page_and_the_last_one_comes_back(rig: Rig) -> None:
    rig.open()
    for key, name in (
        (Qt.Key.Key_2, "ledger"),
        (Qt.Key.Key_4, "insights"),
        (Qt.Key.Key_1, "overview"),
        (Qt.Key.Key_3, "limits"),
    ):
        rig.press(key)
        assert rig.window.page() == name
        assert rig.window.rail.button(name).isChecked()
    assert rig.workspace.context.settings.value("window/page") == "limits"


@pytest.mark.parametrize(
    ("key", "name"),
    [(Qt.Key.Key_N, "PurchaseDialog"), (Qt.Key.Key_G, "GiftDialog"), (Qt.Key.Key_E, "ExportDialog")],
)
def test_a_shortcut_opens_its_form_and_esc_closes_it(rig: Rig, key: Qt.Key, name: str) -> None:
    rig.open().press(key)
    assert [type(one).__name__ for one in rig.dialogs()] == [name]
    QTest.keyClick(rig.dialogs()[0], Qt.Key.Key_Escape)
    rig.rest()
    assert rig.dialogs() == []
    assert rig.living() == 0


def test_ctrl_comma_opens_the_preferences(rig: Rig) -> None:
    rig.open().press(Qt.Key.Key_Comma)
    assert [type(one) for one in rig.dialogs()] == [PreferencesDialog]


def test_typing_into_the_search_shows_the_ledger_and_esc_clears_it(rig: Rig) -> None:
    rig.open().press(Qt.Key.Key_F)
    edit = rig.window.top_bar.search.edit
    assert rig.window.focusWidget() is edit
    QTest.keyClicks(edit, "luna")
    rig.qtbot.waitUntil(lambda: rig.workspace.context.session.search == "luna")
    assert rig.window.page() == "ledger"
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.text() == ""
    assert rig.workspace.context.session.search == ""
    rig.rest()


def test_ctrl_z_takes_back_and_ctrl_shift_z_does_again_and_the_menu_names_it(rig: Rig) -> None:
    rig.open()
    rig.workspace.context.operations.write(
        "purchase of 350 coins", lambda ledger, now: record.add(ledger, make.purchase(), now=now)
    )
    rig.rest()
    assert rig.window.actions_.undo.text() == "&Undo purchase of 350 coins"
    rig.press(Qt.Key.Key_Z)
    assert rig.living() == 0
    assert rig.window.actions_.redo.text() == "&Redo purchase of 350 coins"
    rig.press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert rig.living() == 1
    assert rig.window.page() == "ledger"


def test_a_passed_limit_shows_the_banner_which_can_be_put_away_for_good(rig: Rig, now: datetime) -> None:
    mia = profiles(rig.ledger)[0].id
    limits.add(rig.ledger, profile_id=mia, measure="money", period="week", amount_text="5.00", now=now)
    rig.open()
    assert not rig.window.banner.isVisible()
    rig.workspace.context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
    rig.rest()
    assert rig.window.banner.isVisible()
    assert rig.window.banner.text() == "This week: €0.29 over the limit of €5.00. Room again from Monday 00:00."
    rig.window.banner.see.click()
    assert rig.window.page() == "limits"
    rig.window.banner.put_away.click()
    rig.rest()
    assert not rig.window.banner.isVisible()
    assert watch.alerts(rig.ledger, profile_id=mia) == ()


def test_the_banner_follows_what_is_true_now_until_the_limit_is_kept_again(rig: Rig, now: datetime) -> None:
    mia = profiles(rig.ledger)[0].id
    limits.add(rig.ledger, profile_id=mia, measure="money", period="week", amount_text="5.00", now=now)
    rig.open()
    operations, banner = rig.workspace.context.operations, rig.window.banner
    for paid, words in (("5.50", "€0.50 over"), ("2.24", "€2.74 over")):
        draft = make.purchase(paid=paid)
        operations.write("purchase", partial(_add, draft))
        rig.rest()
        assert banner.text() == f"This week: {words} the limit of €5.00. Room again from Monday 00:00."
    operations.undo()
    rig.rest()
    assert banner.text() == "This week: €0.50 over the limit of €5.00. Room again from Monday 00:00."
    operations.undo()
    rig.rest()
    assert not banner.isVisible()


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 past period was over its limit"), (2, "2 past periods were over their limits")]
)
def test_periods_that_are_over_are_summed_up_in_one_line(rig: Rig, count: int, words: str) -> None:
    rig.open()
    changes = Changes(action="import", count=0, past_windows_over=count)
    rig.workspace.context.operations.write("import", lambda _ledger, _now: changes)
    rig.rest()
    assert rig.window.toast.text() == words


def test_the_toast_offers_undo_and_carries_it_out(rig: Rig) -> None:
    rig.open()
    rig.workspace.context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
    rig.rest()
    rig.workspace.context.session.toast_requested.emit("Voided 1 entry", True)
    assert rig.window.toast.isVisible()
    assert rig.window.toast.text() == "Voided 1 entry"
    rig.window.toast.undo.click()
    rig.rest()
    assert not rig.window.toast.isVisible()
    assert rig.living() == 0


def test_the_toast_never_offers_to_undo_what_came_after_its_own_words(rig: Rig) -> None:
    rig.open()
    operations, toast = rig.workspace.context.operations, rig.window.toast

    def more() -> None:
        operations.write("gift", lambda ledger, now: record.add(ledger, make.gift(), now=now))

    for after in (more, operations.undo):
        operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
        rig.rest()
        rig.workspace.context.session.toast_requested.emit("Added", True)
        assert toast.isVisible()
        after()
        rig.rest()
        assert not toast.isVisible()
    rig.workspace.context.session.toast_requested.emit("Saved entries.csv", False)
    operations.redo()
    rig.rest()
    assert toast.text() == "Saved entries.csv"
    assert toast.isVisible()


def test_another_profile_can_be_chosen_and_comes_back(rig: Rig, now: datetime) -> None:
    add_profile(rig.ledger, name="Leo", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    rig.open()
    assert rig.window.top_bar.profile.text() == "Mia"
    leo = next(one for one in rig.workspace.context.session.profiles if one.name == "Leo")
    rig.workspace.context.session.set_profile(leo.id)
    rig.rest()
    assert rig.window.top_bar.profile.text() == "Leo"
    assert rig.workspace.context.settings.value("window/profile") == "Leo"


def test_a_csv_dropped_on_the_window_shows_what_would_come_in(rig: Rig, tmp_path: Path) -> None:
    rig.open()
    file = tmp_path / "mine.csv"
    file.write_text("kind,at,paid,currency,coins\r\npurchase,2026-11-02,5.29,EUR,350\r\n", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPointF(QPoint(50, 50)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    rig.window.dropEvent(drop)
    rig.rest()
    assert [type(one) for one in rig.dialogs()] == [ImportDialog]
    assert rig.living() == 0


def test_the_first_page_offers_a_limit_and_going_without_takes_a_second_click(rig: Rig) -> None:
    rig.open(first=True)
    first = rig.workspace.first
    assert isinstance(first, FirstPage)
    assert first._place.full_text() == "Mia · Germany · EUR · Europe/Berlin"
    first._on_start()
    first.without.click()
    assert rig.workspace.first is first
    first.without.click()
    assert rig.window.page() == "overview"
    assert limits.limits(rig.ledger) == ()


@pytest.mark.parametrize(("typed", "minor"), [("25", 2500), ("25.50", 2550)])
def test_a_limit_is_set_from_the_first_page(rig: Rig, typed: str, minor: int) -> None:
    rig.open(first=True)
    first = rig.workspace.first
    assert first is not None
    first._on_start()
    QTest.keyClicks(first.amount, typed)
    QTest.keyClick(first.amount, Qt.Key.Key_Return)
    rig.rest()
    assert [limit.amount for limit in limits.limits(rig.ledger)] == [minor]
    assert rig.window.page() == "overview"


def test_a_limit_that_is_no_number_is_a_problem_at_its_field(rig: Rig) -> None:
    rig.open(first=True)
    first = rig.workspace.first
    assert first is not None
    first._on_start()
    QTest.keyClicks(first.amount, "lots")
    first.set_limit.click()
    rig.rest()
    assert first.amount_field.problem()
    assert limits.limits(rig.ledger) == ()


def test_the_status_line_says_where_the_data_lies(rig: Rig) -> None:
    rig.open()
    assert rig.window.status.place.full_text() == "Ledger: coinbudget.db, on this computer only"
    assert rig.window.status.backup.text() == "Not backed up yet"
    assert rig.window.status.rates.text().startswith("Exchange rates of ")


def test_the_window_remembers_its_size(rig: Rig, theme: Theme, qtbot: QtBot, settings: QSettings) -> None:
    rig.open()
    rig.window.resize(1000, 650)
    rig.window.close()
    again = MainWindow(theme, settings)
    qtbot.addWidget(again)
    # The screen of these tests is narrower than the window; the height is what fits.
    assert again.height() == 650


def test_nothing_can_be_logged_before_a_ledger_is_open(theme: Theme, qtbot: QtBot, settings: QSettings) -> None:
    window = MainWindow(theme, settings)
    qtbot.addWidget(window)
    assert not window.actions_.purchase.isEnabled()
    assert not window.top_bar.search.edit.isEnabled()
    window.show_page("ledger")
    assert window.page() == ""


def test_a_second_start_on_the_same_file_raises_the_first(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    del qapp
    first, second, other = (SingleInstance(tmp_path / name) for name in ("a.db", "a.db", "b.db"))
    assert not first.raised_other()
    assert first.listen()
    with qtbot.waitSignal(first.asked):
        assert second.raised_other()
    with qtbot.waitSignal(first.asked):
        assert not second.listen(), "it was not there yet when the second looked, and is now"
    assert not other.raised_other()
    assert other.listen()
    folder = Path(first._name).parent
    assert folder.stat().st_mode & 0o077 == 0
    for one in (first, second, other):
        one.close()
