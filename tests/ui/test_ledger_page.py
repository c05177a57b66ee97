"""The ledger page on a real ledger, by keys and clicks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import EntryId, Gift
from coinbudget.domain.summaries import LedgerFilter
from coinbudget.services import household, record
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.models.ledger_model import Column
from coinbudget.ui.pages.ledger import LedgerPage
from coinbudget.ui.widgets.ledger_table import LedgerHeader
from coinbudget.ui.widgets.popups import RangePopup
from tests import make

W = TypeVar("W", bound=QWidget)
Settled = Callable[[], None]
ENTER, DOWN, DELETE = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Delete


@pytest.fixture
def add(file_ledger: Ledger, now: datetime) -> Callable[[Draft], EntryId]:
    def write(draft: Draft) -> EntryId:
        return record.add(file_ledger, draft, now=now).entries[0]

    return write


@pytest.fixture
def three(add: Callable[[Draft], EntryId]) -> list[EntryId]:
    """A purchase of 350 coins for 5.29, then a Corgi to @luna, then five Roses to @tomo."""
    return [
        add(make.purchase(at="2026-11-20T20:00", order_ref="5512-0409")),
        add(make.gift(at="2026-11-21T20:00", gift="Corgi", coins="299")),
        add(make.gift(at="2026-11-22T20:00", gift="Rose", coins="5", quantity="5", creator="@tomo")),
    ]


@pytest.fixture
def page(qtbot: QtBot, context: Context, settled: Settled) -> Callable[[], LedgerPage]:
    """Shows the page as the window would."""

    def show() -> LedgerPage:
        made = LedgerPage(context)
        qtbot.addWidget(made)
        made.resize(1100, 640)
        made.show()
        qtbot.waitExposed(made)
        settled()
        made.table.setFocus()
        return made

    return show


def child(parent: QWidget, kind: type[W], name: str) -> W:
    found = parent.findChild(kind, name)
    assert isinstance(found, kind)
    return found


def shown(page: LedgerPage, column: Column = Column.WHAT) -> list[Any]:
    model = page.model
    return [model.data(model.index(row, column)) for row in range(model.rowCount())]


def menu_of(page: LedgerPage, name: str = "ledger.menu") -> QMenu:
    found = [menu for menu in page.findChildren(QMenu, name) if menu.isVisible()]
    assert len(found) == 1
    return found[0]


def action(menu: QMenu, name: str) -> QAction:
    found = menu.findChild(QAction, f"ledger.menu.{name}")
    assert found is not None, [one.objectName() for one in menu.actions()]
    return found


def press(page: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(page, key)


@pytest.mark.usefixtures("three")
def test_entries_stand_newest_first_with_their_cost_and_coins_on_hand(page: Callable[[], LedgerPage]) -> None:
    it = page()
    assert shown(it) == ["5 × Rose", "Corgi", "350 coins"]
    assert shown(it, Column.WHO) == ["@tomo", "@luna", "Web"]
    assert shown(it, Column.ON_HAND) == ["46", "51", "350"]
    assert shown(it, Column.COST) == ["€0.08", "€4.51", ""]


@pytest.mark.usefixtures("three")
def test_count_and_sums_are_those_of_what_is_shown(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    assert it.sums.text() == "3 entries · paid €5.29 · gifts cost €4.59"
    context.session.set_search("tomo")
    settled()
    assert it.sums.text() == "1 entry · gifts cost €0.08"


@pytest.mark.usefixtures("three")
def test_count_and_sums_follow_what_changed_while_the_page_was_hidden(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    it.hide()
    draft = make.purchase(at="2026-11-22T21:00", paid="4.00")
    context.operations.write("purchase", lambda ledger, now: record.add(ledger, draft, now=now))
    settled()
    it.show()
    settled()
    assert it.sums.text() == "4 entries · paid €9.29 · gifts cost €4.59"
    it.hide()
    context.operations.undo()
    settled()
    it.show()
    settled()
    assert len(shown(it)) == 3
    assert it.sums.text() == "3 entries · paid €5.29 · gifts cost €4.59"


@pytest.mark.usefixtures("three")
def test_search_narrows_and_clear_filter_shows_all_again(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    context.session.set_search("corg")
    settled()
    assert shown(it) == ["Corgi"]
    QTest.mouseClick(it.filters.clear, Qt.MouseButton.LeftButton)
    settled()
    assert len(shown(it)) == 3
    assert context.session.search == ""


@pytest.mark.usefixtures("three")
def test_nothing_found_says_no_match_and_offers_to_clear_the_filter(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    context.session.set_search("nobody")
    settled()
    assert it.rooms.currentWidget() is it.no_match
    QTest.mouseClick(it.no_match.button, Qt.MouseButton.LeftButton)
    settled()
    assert it.rooms.currentWidget() is it.table


def test_an_empty_ledger_says_what_will_stand_here_and_offers_the_first_purchase(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context
) -> None:
    it = page()
    assert it.rooms.currentWidget() is it.empty
    with qtbot.waitSignal(context.session.purchase_requested):
        QTest.mouseClick(it.empty.button, Qt.MouseButton.LeftButton)


def test_an_empty_ledger_offers_an_import(page: Callable[[], LedgerPage], context: Context) -> None:
    wanted: list[str] = []
    context.session.import_requested.connect(wanted.append)
    child(page(), QPushButton, "ledger.import_first").click()
    assert wanted == [""]


@pytest.mark.usefixtures("three")
def test_delete_voids_with_a_toast_and_undo_brings_the_row_back_selected(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_Home, DOWN)
    with qtbot.waitSignal(context.session.toast_requested) as toast:
        press(it.table, DELETE)
    settled()
    assert toast.args == ["Voided Corgi to @luna", True]
    assert shown(it) == ["5 × Rose", "350 coins"]
    assert it.table.currentIndex().row() == 1
    assert context.operations.undo_stack.undoText() == "voiding of Corgi to @luna"
    context.operations.undo_moved.connect(lambda changes: context.session.entry_requested.emit(changes.entries[0]))
    context.operations.undo()
    settled()
    settled()
    assert shown(it) == ["5 × Rose", "Corgi", "350 coins"]
    assert it.table.currentIndex().row() == 1


@pytest.mark.usefixtures("three")
def test_a_selection_of_several_rows_is_voided_in_one_undo(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_Home)
    QTest.keyClick(it.table, DOWN, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(context.session.toast_requested) as toast:
        press(it.table, DELETE)
    settled()
    assert toast.args == ["Voided 2 entries", True]
    assert shown(it) == ["350 coins"]
    assert context.operations.undo_stack.count() == 1


@pytest.mark.usefixtures("three")
def test_voided_entries_are_shown_on_wish_and_can_be_restored(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_Home, DELETE)
    settled()
    assert len(shown(it)) == 2
    QTest.keyClick(it.table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    action(menu_of(it), "voided").trigger()
    settled()
    assert shown(it)[0] == "5 × Rose"
    press(it.table, Qt.Key.Key_Home)
    it.table.menu_requested.emit(it.table.currentIndex(), QPoint(0, 0))
    menu = menu_of(it)
    assert menu.findChild(QAction, "ledger.menu.edit") is None
    action(menu, "restore").trigger()
    settled()
    assert record.entry(context.operations.ledger, "5512-0409").voided_at is None
    assert it.model.line_at(0) is not None
    line = it.model.line_at(0)
    assert line is not None
    assert line.entry.voided_at is None


def test_enter_amends_the_row(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context, three: list[EntryId]
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_End)
    with qtbot.waitSignal(context.session.amend_requested) as asked:
        press(it.table, ENTER)
    assert asked.args[0].id == three[0]


def test_refund_is_offered_for_a_purchase_alone(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context, three: list[EntryId]
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_End, Qt.Key.Key_Menu)
    with qtbot.waitSignal(context.session.refund_requested) as asked:
        action(menu_of(it), "refund").trigger()
    assert asked.args[0].id == three[0]
    menu_of(it).close()
    press(it.table, Qt.Key.Key_Home, Qt.Key.Key_Menu)
    assert menu_of(it).findChild(QAction, "ledger.menu.refund") is None


@pytest.mark.usefixtures("three")
def test_same_again_opens_the_form_with_the_same_gift_and_creator(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    press(it.table, Qt.Key.Key_Home, Qt.Key.Key_Menu)
    action(menu_of(it), "again").trigger()
    form = QApplication.activeModalWidget()
    assert form is not None
    settled()
    QTest.mouseClick(child(form, QWidget, "gift.add"), Qt.MouseButton.LeftButton)
    settled()
    settled()
    assert shown(it) == ["5 × Rose", "5 × Rose", "Corgi", "350 coins"]
    entries = [entry for entry in make.all_entries(context.operations.ledger) if isinstance(entry, Gift)]
    assert {entry.creator for entry in entries[1:]} == {"tomo"}
    assert entries[1].at == entries[2].at


@pytest.mark.usefixtures("three")
def test_ctrl_c_copies_the_row(page: Callable[[], LedgerPage], settled: Settled) -> None:
    it = page()
    press(it.table, Qt.Key.Key_End)
    QTest.keyClick(it.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settled()
    copied = QGuiApplication.clipboard().text()
    assert copied == "20 Nov 20:00\t350 coins\tWeb · order 5512-0409\tMia\t+350\t€5.29\t\t350"


@pytest.mark.usefixtures("three")
def test_filter_by_a_cell_shows_what_is_like_it(page: Callable[[], LedgerPage], settled: Settled) -> None:
    it = page()
    it.table.menu_requested.emit(it.model.index(1, Column.WHO), QPoint(0, 0))
    one = action(menu_of(it), "filter")
    assert one.text() == "Filter by @luna"
    one.trigger()
    settled()
    assert shown(it) == ["Corgi"]
    assert it.filters.creator.words() == "@luna"
    assert it.filters.creator.is_active()


@pytest.mark.usefixtures("three")
def test_a_click_on_a_header_sorts_in_the_database_and_once_more_the_other_way(
    qtbot: QtBot, page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    header = it.table.horizontalHeader()
    assert isinstance(header, LedgerHeader)
    place = QPoint(header.sectionViewportPosition(Column.COINS) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settled()
    assert it.table.sorted_by() == (Column.COINS, True)
    largest_first = shown(it, Column.COINS)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settled()
    assert shown(it, Column.COINS) == largest_first[::-1]
    assert largest_first != largest_first[::-1]
    again = LedgerPage(context)
    qtbot.addWidget(again)
    assert again.table.sorted_by() == (Column.COINS, False)


@pytest.mark.usefixtures("three")
def test_kinds_are_chosen_by_keys_alone(page: Callable[[], LedgerPage], settled: Settled) -> None:
    it = page()
    it.filters.kind.setFocus()
    press(it.filters.kind, ENTER)
    menu = menu_of(it, "ledger.filter.menu")
    press(menu, DOWN, DOWN, DOWN, ENTER)
    settled()
    assert it.filters.kind.words() == "Purchases"
    assert shown(it) == ["350 coins"]


@pytest.mark.usefixtures("three")
def test_a_creator_is_found_by_typing(page: Callable[[], LedgerPage], settled: Settled) -> None:
    it = page()
    it.filters.creator.setFocus()
    press(it.filters.creator, Qt.Key.Key_Space)
    settled()
    popup = child(it, QWidget, "ledger.filter.pick")
    field = child(popup, QWidget, "pick.find")
    QTest.keyClicks(field, "tom")
    settled()
    names = child(popup, QListWidget, "pick.list")
    assert [names.item(row).text() for row in range(names.count())] == ["@tomo"]
    press(field, ENTER)
    settled()
    assert shown(it) == ["5 × Rose"]
    assert not popup.isVisible()


@pytest.mark.usefixtures("three")
def test_a_range_of_days_includes_both_ends(page: Callable[[], LedgerPage], settled: Settled) -> None:
    it = page()
    it.filters._open_range()
    popup = child(it, RangePopup, "ledger.filter.range")
    popup.first.setDate(QDate(2026, 11, 20))
    popup.last.setDate(QDate(2026, 11, 21))
    QTest.mouseClick(child(popup, QWidget, "range.show"), Qt.MouseButton.LeftButton)
    settled()
    assert shown(it) == ["Corgi", "350 coins"]
    assert it.filters.period.words() == "20 Nov – 21 Nov 2026"


def test_this_month_is_the_profiles_own_month(
    page: Callable[[], LedgerPage], add: Callable[[Draft], EntryId], settled: Settled
) -> None:
    add(make.purchase(at="2026-10-31T23:59"))
    add(make.purchase(at="2026-11-01T00:01", coins="70", paid="0.85"))
    it = page()
    it.filters.period.setFocus()
    press(it.filters.period, ENTER)
    press(menu_of(it, "ledger.filter.menu"), DOWN, DOWN, DOWN, DOWN, ENTER)
    settled()
    assert it.filters.period.words() == "This month"
    assert shown(it) == ["70 coins"]


@pytest.mark.usefixtures("three")
def test_all_profiles_show_whose_an_entry_is(
    page: Callable[[], LedgerPage], context: Context, file_ledger: Ledger, now: datetime, settled: Settled
) -> None:
    household.add_profile(file_ledger, name="Leo", region="US", currency="USD", zone="Europe/Berlin", now=now)
    record.add(file_ledger, make.purchase(profile="Leo", currency="USD", at="2026-11-19T12:00"), now=now)
    context.session.set_profiles(household.profiles(file_ledger))
    it = page()
    assert it.table.isColumnHidden(Column.WHOSE)
    assert len(shown(it)) == 3
    it.filters.profile.click()
    menu_of(it, "ledger.filter.menu").actions()[0].trigger()
    settled()
    assert not it.table.isColumnHidden(Column.WHOSE)
    assert shown(it, Column.WHOSE) == ["Mia", "Mia", "Mia", "Leo"]
    assert it.sums.text() == "4 entries · coins bought 700 · gifted 304"


def test_a_wish_of_another_page_is_shown_as_chips(
    page: Callable[[], LedgerPage], three: list[EntryId], settled: Settled
) -> None:
    assert len(three) == 3
    it = page()
    it.show_filter(LedgerFilter(creator="luna", from_on=date(2026, 11, 1), to_on=date(2026, 11, 30)))
    settled()
    assert shown(it) == ["Corgi"]
    assert it.filters.creator.is_active()
    assert it.filters.period.is_active()


def test_an_entry_hidden_by_the_filter_is_found_by_clearing_it(
    page: Callable[[], LedgerPage], context: Context, three: list[EntryId], settled: Settled
) -> None:
    it = page()
    context.session.set_search("rose")
    settled()
    context.session.entry_requested.emit(three[0])
    settled()
    settled()
    assert len(shown(it)) == 3
    assert it.table.currentIndex().row() == 2


@pytest.mark.usefixtures("three")
def test_while_hidden_nothing_is_read_and_showing_catches_up(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    it.hide()
    context.operations.write("gift", lambda ledger, now: record.add(ledger, make.gift(), now=now))
    settled()
    assert len(shown(it)) == 3
    it.show()
    settled()
    assert len(shown(it)) == 4


@pytest.mark.usefixtures("three")
def test_a_new_entry_appears_and_is_selected(
    page: Callable[[], LedgerPage], context: Context, settled: Settled
) -> None:
    it = page()
    context.operations.write("gift", lambda ledger, now: record.add(ledger, make.gift(gift="Perfume"), now=now))
    settled()
    settled()
    assert shown(it)[0] == "Perfume"
    assert it.table.currentIndex().row() == 0


@pytest.mark.usefixtures("three")
def test_chosen_widths_come_back(qtbot: QtBot, page: Callable[[], LedgerPage], context: Context) -> None:
    it = page()
    it.table._chosen_widths[Column.PAID] = 133
    it.table.widths_changed.emit()
    again = LedgerPage(context)
    qtbot.addWidget(again)
    again.resize(900, 600)
    again.show()
    qtbot.waitExposed(again)
    assert again.table.columnWidth(Column.PAID) == 133


@pytest.mark.parametrize("width", [816, 1100, 1800])
def test_no_column_is_cut_off_and_every_cell_has_room(
    qtbot: QtBot, page: Callable[[], LedgerPage], three: list[EntryId], width: int
) -> None:
    assert three
    it = page()
    it.resize(width, 500)
    qtbot.waitUntil(lambda: it.table.horizontalHeader().length() == it.table.viewport().width())
    assert min(it.table.columnWidth(column) for column in Column if column is not Column.WHOSE) >= 60


def test_many_entries_scroll_to_the_end_by_one_key(
    qtbot: QtBot, page: Callable[[], LedgerPage], add: Callable[[Draft], EntryId], now: datetime, settled: Settled
) -> None:
    for number in range(150):
        add(make.gift(at=(now - timedelta(hours=number)).isoformat(), coins=str(number + 1)))
    it = page()
    assert it.model.rowCount() == 150
    press(it.table, Qt.Key.Key_End)
    settled()
    qtbot.waitUntil(lambda: it.model.line_at(149) is not None)
    assert it.table.currentIndex().row() == 149
    assert shown(it, Column.COINS)[149] == "−150"


@pytest.mark.usefixtures("three")
def test_a_planned_purchase_is_confirmed_from_its_menu(
    page: Callable[[], LedgerPage], add: Callable[[Draft], EntryId], settled: Settled
) -> None:
    add(make.purchase(at="2026-11-25T12:00", planned="1", coins="70", paid="0.85"))
    it = page()
    press(it.table, Qt.Key.Key_Home)
    line = it.model.line_at(0)
    assert line is not None
    assert line.entry.planned
    press(it.table, Qt.Key.Key_Menu)
    action(menu_of(it), "confirm").trigger()
    settled()
    settled()
    line = it.model.line_at(0)
    assert line is not None
    assert not line.entry.planned
