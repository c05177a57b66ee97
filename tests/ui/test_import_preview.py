"""The preview of an import by keys: what was ticked, chosen and sized stays so while rows are judged anew."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from babel import Locale
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import problem
from coinbudget.domain.money import NumberStyle
from coinbudget.services import household, intake, limits, record
from coinbudget.services.import_parts import AS_NEW, State
from coinbudget.ui.amounts import FIRST_STRONG_ISOLATE, POP_ISOLATE, Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.import_words import draft_words, in_line, when_words
from coinbudget.ui.models.preview_model import Column
from coinbudget.ui.widgets.labels import PlainLabel, plain_tip
from tests import make
from tests.services import test_store_refunds, tiktok_files
from tests.ui.person import CTRL, Key, Person, child

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
PARTLY = Qt.CheckState.PartiallyChecked


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


@pytest.fixture
def gifts(tmp_path: Path) -> Path:
    rows = "".join(f"gift,2026-10-0{day}T18:30,{day},@luna\r\n" for day in range(1, 7))
    path = tmp_path / "gifts.csv"
    path.write_text(f"kind,at,coins,creator\r\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def two_days(context: Context, tmp_path: Path, now: datetime) -> Path:
    """Rows that may each be one of two purchases of a day, among many gifts."""
    for day in ("2026-05-14", "2026-05-20"):
        for paid in ("3.70", "3.99"):
            record.add(context.operations.ledger, make.purchase(at=day, coins="350", paid=paid), now=now)
    return tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-14 11:03:11", "Recharge", 350), ("2026-05-20 11:03:11", "Recharge", 350)],
        gifts=[(f"2026-05-{day:02} 12:09:40", 1, "some_creator") for day in range(1, 29)],
    )


def add_leo(context: Context, now: datetime) -> None:
    """A second profile beside Mia, which the window knows of."""
    ledger = context.operations.ledger
    household.add_profile(ledger, name="Leo", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    context.session.set_profiles(household.profiles(ledger))


def previewed(context: Context, person: Person, path: Path, settled: Callable[[], None], *answers: str) -> ImportDialog:
    form = ImportDialog(context, path)
    person.sees(form)
    for answer in ("gift_amount.1.coins", *answers):
        button = form.findChild(QPushButton, f"import.answer.{answer}")
        if button is not None:
            button.click()
    while not form.preview.isVisible():
        form.add.click()
        settled()
    return form


def choose(form: ImportDialog, data: int, settled: Callable[[], None]) -> None:
    box = form.preview.details.which
    place = box.findData(data)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)
    settled()


def test_a_row_that_may_be_one_purchase_says_why_and_names_no_sheet(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    number = "GPA.0000-0000-0000-00001"
    standing = make.purchase(at="2026-05-14T23:03", coins="350", paid="4.99", channel="android", order_ref=number)
    record.add(context.operations.ledger, standing, now=now)
    item = {"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}
    order = {"orderId": number, "creationTime": "2026-05-14T21:03:30Z", "lineItem": [item], "totalPrice": "3,70 €"}
    (tmp_path / "orders.json").write_text(json.dumps([{"orderHistory": order}]), encoding="utf-8")
    form = previewed(context, person, tmp_path / "orders.json", settled)
    note = form.preview.model.index(0, Column.NOTE).data()
    assert note == "It may be a purchase in the ledger: same order number, other amounts."
    assert "1 row may be a purchase that is in the ledger" in form.told.text()


def test_rows_that_do_not_come_in_show_what_they_say_why_and_which_list_they_are_of(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-14 21:03:11", "Gift card", 350), ("2026-05-15 21:03:11", "Recharge", "viele")],
        gifts=[("2026-05-16 21:09:40", -3, "bo")],
    )
    form = previewed(context, person, path, settled, "type.2.ignore")
    shown = [[form.preview.model.index(row, column).data() for column in list(Column)[1:]] for row in range(3)]
    assert [[_bare(cell) for cell in row] for row in shown] == [
        [
            "Not counted",
            "14 May 23:03",
            "Gift card · 350 coins",
            "By your answer “Gift card” is no purchase.",
        ],
        [
            "Problem",
            "15 May 23:03",
            "Recharge · viele coins",
            "“viele” is no number of coins that could be read without a doubt.",
        ],
        [
            "Problem",
            "16 May 23:09",
            "Gift · \N{MINUS SIGN}3 coins · @bo",
            "The number “-3” is not above zero.",
        ],
    ]
    assert not form.preview.table.isColumnHidden(Column.NOTE)
    form.preview.table.selectRow(2)
    assert form.preview.details.said.text().startswith("List of gifts, row 1 · Problem")


def _bare(text: str) -> str:
    return text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")


def test_a_question_about_a_kind_shows_its_rows_and_one_without_a_name_says_so(
    context: Context, person: Person, tmp_path: Path
) -> None:
    rows = [("2026-05-14 21:03:11", "", 1000), ("2026-05-15 21:03:11", "", -20)]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=rows))
    person.sees(form)
    said = [_bare(label.text()) for label in form.questions.findChildren(PlainLabel)]
    assert "What are rows without a kind?" in said
    assert [
        any(words in line for line in said) for words in ("2026-05-14 21:03 · 1,000 coins", "\N{MINUS SIGN}20 coins")
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("3 eur", "3 EUR"), ("EUR 3.50", "3.50 EUR"), ("€3.5", "3.5 EUR"), ("Eur3", "3 EUR"), ("3 usd", "")],
)
def test_a_price_may_name_its_currency_in_any_case(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], typed: str, read: str
) -> None:
    path = tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=[("2026-05-14 11:03:11", "Recharge", 350)])
    form = previewed(context, person, path, settled)
    form.back.click()
    edit = child(form, "import.price.350")
    edit.setText(typed)
    assert edit.reading == read


def test_saying_which_purchase_a_row_is_keeps_filter_row_and_place(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, two_days, settled)
    page = form.preview
    page.show_filter("pair")
    page.table.selectRow(1)
    settled()
    assert page.model.state(1) is State.ASK
    which = page.details.which.itemData(1)
    choose(form, which, settled)
    assert page.chips["pair"].isChecked()
    assert page.table.currentIndex().row() == 1
    assert page.model.state(1) is State.PAIR
    page.show_filter("")
    page.table.selectRow(25)
    page.table.verticalScrollBar().setValue(20)
    top = page.table.verticalScrollBar().value()
    form.owner.activated.emit(0)
    settled()
    assert (page.table.currentIndex().row(), page.table.verticalScrollBar().value()) == (25, top)


def test_an_answer_can_be_changed_to_any_other_on_offer(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, two_days, settled)
    form.preview.table.selectRow(0)
    settled()
    box = form.preview.details.which
    first, second = box.itemData(1), box.itemData(2)
    choose(form, AS_NEW, settled)
    assert form.preview.model.state(0) is State.NEW
    for sequence in (second, first):
        choose(form, sequence, settled)
        assert form.preview.model.state(0) is State.PAIR
        assert box.currentData() == sequence


def test_an_answer_that_leaves_its_filter_empty_shows_the_row_among_all(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    for paid in ("3.70", "3.99"):
        record.add(context.operations.ledger, make.purchase(at="2026-05-14", coins="350", paid=paid), now=now)
    path = tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-01 11:03:11", "Recharge", 70), ("2026-05-14 11:03:11", "Recharge", 350)],
    )
    form = previewed(context, person, path, settled)
    form.preview.show_filter("pair")
    settled()
    choose(form, AS_NEW, settled)
    assert form.preview.chips[""].isChecked()
    assert form.preview.table.currentIndex().row() == 1


def test_another_owner_and_the_way_back_keep_what_was_unticked(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None], now: datetime
) -> None:
    add_leo(context, now)
    form = previewed(context, person, two_days, settled)
    form.preview.model.toggle([5, 6])
    before = form.add.text()
    form.owner.setCurrentIndex(1)
    form.owner.activated.emit(1)
    settled()
    assert [form.preview.model.is_ticked(row) for row in (4, 5, 6, 7)] == [True, False, False, True]
    form.owner.setCurrentIndex(0)
    form.owner.activated.emit(0)
    settled()
    form.back.click()
    assert form.prices.isVisible()
    form.back.click()
    assert form.questions.isVisible()
    for _step in (form.questions, form.prices):
        form.add.click()
        settled()
    assert form.preview.isVisible()
    assert [form.preview.model.is_ticked(row) for row in (4, 5, 6, 7)] == [True, False, False, True]
    assert form.add.text() == before
    form.preview.model.toggle([5])
    form.owner.activated.emit(0)
    settled()
    assert [form.preview.model.is_ticked(row) for row in (5, 6)] == [True, False]


def test_a_row_of_pieces_says_how_many_of_them_come_in_as_new(
    context: Context, person: Person, now: datetime, settled: Callable[[], None]
) -> None:
    for day, count in ((1, 3), (2, 1), (3, 4), (4, 2)):
        for _ in range(count):
            gift = Draft(profile="Mia", kind="gift", at=f"2026-06-0{day}T21:02", coins="1", gift="Rose", creator="bo")
            record.add(context.operations.ledger, gift, now=now)
    rows = "".join(f"2026-06-0{day} 21:02\tbo\tRose\t{pieces}\t{pieces}\n" for day, pieces in enumerate("5552", 1))
    form = ImportDialog(context, None, rows=f"Date\tCreator\tGift\tPieces\tCoins\n{rows}")
    person.sees(form)
    form.add.click()
    settled()
    assert [form.preview.model.index(row, Column.NOTE).data() for row in range(4)] == [
        "3 of 5 pieces are in the ledger; 2 come in as new.",
        "1 of 5 pieces is in the ledger; 4 come in as new.",
        "4 of 5 pieces are in the ledger; 1 comes in as new.",
        "With 2 gifts in the ledger: within minutes, coins or price the same.",
    ]
    assert form.add.text() == "Import 3, pair 4"
    box = form.preview.details.which
    form.preview.table.selectRow(0)
    settled()
    assert box.itemText(0).endswith("and 2 more")
    choose(form, AS_NEW, settled)
    assert box.itemText(0).endswith("and 2 more")
    assert form.add.text() == "Import 3, pair 3"
    form.preview.model.toggle([1])
    assert form.add.text() == "Import 2, pair 2"
    form.add.click()
    settled()
    assert sum(entry.coins or 0 for entry in make.all_entries(context.operations.ledger)) == 10 + 5 + 1


@pytest.mark.parametrize("own", [False, True])
def test_another_owner_and_the_way_back_keep_which_purchase_a_row_was_said_to_be(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None], now: datetime, *, own: bool
) -> None:
    add_leo(context, now)
    form = previewed(context, person, two_days, settled)
    form.preview.table.selectRow(0)
    settled()
    box = form.preview.details.which
    said = AS_NEW if own else box.itemData(2)
    choose(form, said, settled)
    before = [form.preview.model.state(row) for row in (0, 1)]
    assert before == [State.NEW if own else State.PAIR, State.ASK]
    for place in (1, 0):
        form.owner.setCurrentIndex(place)
        form.owner.activated.emit(place)
        settled()
        assert form.preview.model.state(0) is (State.NEW if place else before[0])
    assert box.currentData() == said
    assert box.count() == 3
    for price in ("3.99", ""):
        form.back.click()
        child(form, "import.price.350").setText(price)
        form.add.click()
        settled()
        assert form.preview.isVisible()
        assert form.preview.model.state(0) is before[0], price


def test_a_long_name_of_an_owner_ends_in_dots_and_stands_whole_in_the_tip(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], now: datetime
) -> None:
    ledger, name = context.operations.ledger, "Maximiliane-Alexandra von & zu Hohenstein"
    household.add_profile(ledger, name=name, region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    context.session.set_profiles(household.profiles(ledger))
    form = previewed(context, person, gifts, settled)
    assert form.owner.shown_text() == form.owner.currentText()
    assert not form.owner.toolTip()
    form.owner.setCurrentIndex(form.owner.findText(name))
    assert form.owner.shown_text().endswith("…")
    assert name.startswith(form.owner.shown_text()[:-1])
    assert form.owner.toolTip() == plain_tip(name)
    form.owner.setMaximumWidth(600)
    form.owner.setMinimumWidth(600)
    settled()
    assert form.owner.shown_text() == name
    assert not form.owner.toolTip()


def test_an_owner_chosen_while_rows_are_judged_is_whose_they_become(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], now: datetime
) -> None:
    ledger = context.operations.ledger
    add_leo(context, now)
    form = previewed(context, person, gifts, settled)
    form.owner.activated.emit(0)
    form.owner.setCurrentIndex(1)
    form.owner.activated.emit(1)
    settled()
    form.add.click()
    settled()
    leo = household.profiles(ledger)[1]
    assert {entry.profile_id for entry in make.all_entries(ledger)} == {leo.id}


def test_what_a_row_is_is_not_cut_beside_a_short_note_and_stands_whole_below(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    order = "A-12"
    longest = f"{order}-{'1234567890' * 12}"
    for text in (order, longest):
        rows = f"2026-05-14\t350\t3.70\t{text}\n2026-05-15\t350\t3.70\t\nTotal\t700\t7.40\t\n"
        form = ImportDialog(context, None, rows=f"Date\tCoins\tPrice\tOrder\n{rows}")
        person.sees(form)
        form.add.click()
        settled()
        table, model = form.preview.table, form.preview.model
        assert not table.isColumnHidden(Column.NOTE)
        assert text in form.preview.details.said.text()
        for column in list(Column)[1:]:
            words = [model.text(row, column) for row in range(3)]
            widest = max(map(table.fontMetrics().horizontalAdvance, words)) + 16
            assert widest <= table.columnWidth(column) or (text is longest and column is Column.WHAT), column
        form.reject()


def test_while_rows_are_judged_the_line_below_says_what_the_table_says(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], qtbot: QtBot
) -> None:
    form = ImportDialog(context, gifts)
    person.sees(form, closes_itself=True)
    preview = form.preview
    assessment = preview._assessment
    assert assessment is not None
    assert "New" in preview.details.said.text()
    # As the worker leaves it while it goes through a long file.
    fresh = intake.prepare(assessment.reading, assessment.answers, owner=assessment.owner)
    preview.show_assessment(fresh)
    assert "Checking" in preview.details.said.text()
    fresh.tell(1, State.NEW)
    qtbot.waitUntil(lambda: "New" in preview.details.said.text())
    form.reject()
    settled()


def test_nothing_is_ticked_while_rows_are_judged_anew(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    # The worker is kept from judging until the person has tried.
    tried = Event()
    context.operations._writer.submit(tried.wait)
    form.owner.activated.emit(0)
    form.preview.model.toggle([0])
    assert form.preview.model.is_ticked(0)
    tried.set()
    settled()
    form.preview.model.toggle([0])
    assert not form.preview.model.is_ticked(0)


def ground(form: ImportDialog) -> str:
    """The colour of the first row's box, beside its tick."""
    table = form.preview.table
    box = table.visualRect(table.model().index(0, Column.TICK))
    return str(table.viewport().grab().toImage().pixelColor(box.center().x() - 6, box.center().y()).name())


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return])
def test_while_an_import_is_written_no_tick_looks_live_and_the_key_that_began_it_ends_nothing(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], key: Key
) -> None:
    form = previewed(context, person, gifts, settled)
    live = ground(form)
    written = Event()
    context.operations._writer.submit(written.wait, 5)
    form.add.setFocus()
    person.strikes(key)
    person.strikes(key)
    assert form.isVisible()
    assert not form.preview.all.isEnabled()
    assert not form.preview.details.isEnabled()
    assert not form.preview.model.flags(form.preview.model.index(0, Column.TICK)) & Qt.ItemFlag.ItemIsUserCheckable
    assert ground(form) != live
    written.set()
    settled()
    assert not form.isVisible()
    assert len(make.all_entries(context.operations.ledger)) == 6


def test_an_import_that_is_cancelled_says_that_nothing_came_in(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    told: list[str] = []
    context.session.toast_requested.connect(lambda text, _undo: told.append(text))
    written = Event()
    context.operations._writer.submit(written.wait, 5)
    form.add.click()
    person.strikes(Key.Key_Escape)
    written.set()
    settled()
    assert make.all_entries(context.operations.ledger) == []
    assert told == ["The import was cancelled; nothing came in."]


def test_a_preview_that_is_left_says_nothing(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    told: list[str] = []
    context.session.toast_requested.connect(lambda text, _undo: told.append(text))
    person.presses(Key.Key_Escape)
    settled()
    assert not form.isVisible()
    assert told == []


def test_what_an_import_was_refused_for_is_said_and_the_focus_is_on_its_rows_again(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    live = ground(form)
    written = Event()
    context.operations._writer.submit(written.wait, 5)
    form.add.click()
    form._on_refused((problem("", "disk_full"),))
    assert person.focus is form.preview.table
    assert form.preview.all.isEnabled()
    assert ground(form) == live
    form.reject()
    written.set()
    settled()


def test_the_box_of_all_rows_has_three_looks_and_space_ticks_what_is_left(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    box = form.preview.all
    assert (box.checkState(), box.accessibleDescription()) == (Qt.CheckState.Checked, "All rows shown are ticked.")
    person.presses(Key.Key_Space)
    assert (box.checkState(), box.accessibleDescription()) == (PARTLY, "Some of the rows shown are ticked.")
    box.setFocus()
    person.presses(Key.Key_Space)
    assert (box.checkState(), form.add.text()) == (Qt.CheckState.Checked, "Import 6 entries")
    person.presses(Key.Key_Space)
    assert (box.checkState(), box.accessibleDescription()) == (Qt.CheckState.Unchecked, "No row shown is ticked.")
    assert not form.add.isEnabled()
    box.click()
    assert box.checkState() == Qt.CheckState.Checked


def test_the_box_of_all_rows_can_be_pressed_only_where_a_row_can_be_ticked(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    form.preview.show_filter("known")
    assert not form.preview.all.isEnabled()
    form.preview.show_filter("")
    assert form.preview.all.isEnabled()
    form.add.click()
    settled()
    again = previewed(context, person, gifts, settled)
    assert not again.preview.all.isEnabled()
    record.void(context.operations.ledger, [make.all_entries(context.operations.ledger)[0].id], now=NOW)
    again.owner.activated.emit(0)
    settled()
    assert again.preview.all.isEnabled()


def test_the_table_takes_the_free_height_and_a_size_of_ones_own_stays(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, two_days, settled)
    low = form.preview.table.height()
    form.resize(QSize(form.width(), form.height() + 60))
    settled()
    assert form.preview.table.height() == low + 60
    size = form.size()
    form.back.click()
    settled()
    assert form.size() == size
    form.reject()
    again = ImportDialog(context, two_days)
    person.sees(again)
    assert again.size() == size
    again.resize(QSize(size.width(), 420))
    settled()
    again.fit()
    assert again.height() == 420


def test_a_size_nobody_chose_is_not_kept(context: Context, person: Person, gifts: Path) -> None:
    form = ImportDialog(context, gifts)
    person.sees(form)
    form.reject()
    assert not context.settings.contains("import/size")


def test_many_limits_scroll_in_their_place(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], now: datetime, qtbot: QtBot
) -> None:
    ledger = context.operations.ledger
    mia = household.profiles(ledger)[0]
    for period in ("day", "week", "month", "year", "24h", "7d", "30d"):
        limits.add(ledger, profile_id=mia.id, measure="coins", period=period, amount_text="1", now=now)
    form = previewed(context, person, gifts, settled)
    height = form.preview.table.height()
    qtbot.waitUntil(lambda: not form.preview.totals.waiting)
    settled()
    assert form.preview.totals.limits.text().count("\n") == 6
    bar = form.preview.totals.scrolled.verticalScrollBar()
    assert bar.maximum() > 0
    assert form.preview.totals.scrolled.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert form.preview.table.height() == height


def test_gifts_no_purchase_accounts_for_are_told_of_before_they_come_in(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], qtbot: QtBot, now: datetime
) -> None:
    record.add(context.operations.ledger, make.purchase(at="2026-01-02", coins="30", paid="0.37"), now=now)
    path = tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-13 11:03:11", "Recharge", 70)],
        gifts=[("2026-05-14 21:09:40", 1000, "some_creator"), ("2026-05-15 21:09:40", 234, "some_creator")],
    )
    form = previewed(context, person, path, settled)
    totals = form.preview.totals
    qtbot.waitUntil(lambda: not totals.waiting)
    settled()
    assert totals.earlier.isVisible()
    assert "At least 1,134 of the coins gifted" in totals.earlier.text()
    form.preview.show_filter("new")
    form.preview.all.click()
    settled()
    qtbot.waitUntil(lambda: not totals.waiting)
    settled()
    assert not totals.earlier.isVisible()


def test_the_limits_that_a_shown_profile_has_are_asked_again_after_every_tick(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    form.preview.model.toggle([0])
    assert form.preview.totals.waiting


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft(at="2026-05-14T21:03:11Z"), "14 May 23:03"),
        (Draft(at="2025-05-14T21:03:11", zone="UTC"), "14 May 2025 21:03"),
        (Draft(at="2026-05-14"), "14 May"),
        (Draft(at="2026-14-20"), f"{FIRST_STRONG_ISOLATE}2026-14-20{POP_ISOLATE}"),
        (Draft(at=""), ""),
        (Draft(at="9999-12-31T23:59:59-23:00"), f"{FIRST_STRONG_ISOLATE}9999-12-31T23:59:59-23:00{POP_ISOLATE}"),
    ],
)
def test_a_row_says_when_it_was_as_the_ledger_will(amounts: Amounts, draft: Draft, words: str) -> None:
    assert when_words(draft, amounts, "Europe/Berlin", NOW) == words


def test_a_row_writes_coins_and_money_as_the_window_does_and_leaves_what_is_no_number(amounts: Amounts) -> None:
    comma = NumberStyle(decimal=",", group=".")
    bought = Draft(kind="purchase", coins="1.020", paid="12,5", currency="EUR", numbers=comma)
    assert draft_words(bought, amounts) == "Purchase · 1,020 coins · €12.50"
    odd = draft_words(Draft(kind="purchase", coins="no", paid="much", currency="EUR"), amounts)
    assert f"{FIRST_STRONG_ISOLATE}much EUR{POP_ISOLATE}" in odd
    bare = Draft(kind="purchase", paid="0.85")
    assert f"{FIRST_STRONG_ISOLATE}0.85{POP_ISOLATE}" in draft_words(bare, amounts)
    german = Amounts(Locale.parse("de_DE"), amounts.currencies)
    assert f"{FIRST_STRONG_ISOLATE}0,85{POP_ISOLATE}" in draft_words(bare, german)
    sent = draft_words(Draft(kind="gift", quantity="5", creator="@\u0646\u062c\u0645\u0629"), amounts)
    assert sent.startswith("Gift · 5 pieces · ")


def test_texts_of_a_file_stand_in_the_direction_of_the_window() -> None:
    arabic = "\u0646\u062c\u0645\u0629"
    for mirrored, mark in ((False, "\u200e"), (True, "\u200f")):
        line = in_line(["2026", arabic], mirrored=mirrored)
        assert line == f"{mark}\u20682026\u2069 · \u2068{arabic}\u2069"


def test_the_note_of_a_row_is_shown_in_full_below(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, two_days, settled)
    note = str(form.preview.model.data(form.preview.model.index(0, Column.NOTE)))
    assert note in form.preview.details.said.text()
    assert isinstance(child(form, "import.which"), QComboBox)


def test_a_gift_typed_by_hand_is_the_gift_a_row_tells_of_unless_one_says_otherwise(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], now: datetime
) -> None:
    sent = make.gift(at="2026-05-14T23:10", coins="99", quantity="", gift="", creator="some_creator")
    record.add(context.operations.ledger, sent, now=now)
    path = tiktok_files.write(tmp_path / "user_data_tiktok.json", gifts=[("2026-05-14 21:09:40", 99, "some_creator")])
    form = ImportDialog(context, path)
    person.sees(form)
    for answer in form.findChildren(QPushButton):
        if answer.objectName().endswith(".coins"):
            answer.click()
    form.add.click()
    settled()
    assert form.preview.model.state(0) is State.PAIR
    assert "With a gift in the ledger" in form.preview.details.said.text()
    which = form.preview.details.which
    words = [which.itemText(place) for place in range(which.count())]
    assert words == ["14 May 23:10 · 99 coins · \u2068@some_creator\u2069", "A gift of its own"]
    choose(form, AS_NEW, settled)
    assert form.preview.model.state(0) is State.NEW


def test_a_pair_shows_what_the_ledger_keeps_and_that_the_row_says_otherwise(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], now: datetime
) -> None:
    purchase = make.purchase(at="2026-05-14T20:00:00Z", coins="350", paid="4.99", order_ref="GPA.1")
    record.add(context.operations.ledger, purchase, now=now)
    form = previewed(context, person, test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 0}), settled)
    form.preview.table.selectRow(0)
    settled()
    choose(form, form.preview.details.which.itemData(1), settled)
    assert form.preview.model.state(0) is State.PAIR
    assert "€4.99" in form.preview.model.text(0, Column.WHAT)
    assert "The row says €3.70, which is not taken over." in form.preview.model.text(0, Column.NOTE)


def test_a_refund_shows_its_amount_and_the_totals_what_comes_back(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    whole = test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 370})
    form = previewed(context, person, whole, settled)
    assert "350 coins · €3.70" in form.preview.model.text(1, Column.WHAT)
    refunded = form.preview.totals.figures[-1][0]
    assert (refunded.isVisible(), refunded.text()) == (True, "€3.70")
    form.preview.model.toggle([1])
    settled()
    assert not refunded.isVisible()


def test_rows_of_several_people_are_told_apart_in_rows_and_totals(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], now: datetime
) -> None:
    add_leo(context, now)
    path = tmp_path / "both.csv"
    rows = "purchase,2026-05-14,350,3.70,EUR,Mia\npurchase,2026-05-14,3500,37.00,EUR,Leo\n"
    path.write_text(f"kind,at,coins,paid,currency,profile\n{rows}", encoding="utf-8")
    form = previewed(context, person, path, settled)
    assert form.preview.model.text(1, Column.WHAT).endswith(f"{FIRST_STRONG_ISOLATE}Leo{POP_ISOLATE}")
    totals = form.preview.totals
    assert totals.whose.isVisible()
    assert "Leo" in totals.others.text()
    assert "Spent €37.00 (before: €0.00)" in totals.others.text()
    form.preview.model.toggle([1])
    settled()
    assert not totals.others.isVisible()


def test_purchases_in_no_total_of_money_are_told(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tmp_path / "coins.csv"
    path.write_text("kind,at,coins\npurchase,2026-05-14,350\npurchase,2026-05-15,70\n", encoding="utf-8")
    form = previewed(context, person, path, settled)
    told = form.preview.totals.without_money
    assert told.text().startswith("2 purchases are in no total of money")
    form.preview.model.toggle([0])
    settled()
    assert told.text().startswith("1 purchase is in no total of money")
    form.preview.model.toggle([1])
    settled()
    assert not told.isVisible()


def test_ticking_all_goes_both_ways_once_a_row_was_said_to_be_a_purchase(
    context: Context, person: Person, two_days: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, two_days, settled)
    for row in (0, 1):
        form.preview.table.selectRow(row)
        settled()
        choose(form, form.preview.details.which.itemData(1), settled)
    assert form.preview.all.checkState() is Qt.CheckState.Checked
    form.preview.all.click()
    settled()
    assert form.preview.all.checkState() is Qt.CheckState.Unchecked
    assert not any(map(form.preview.model.is_ticked, range(form.preview.model.rowCount())))


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_space_ticks_the_row_that_home_and_end_went_to(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None], modifier: Qt.KeyboardModifier
) -> None:
    form = previewed(context, person, gifts, settled)
    form.preview.table.setFocus()
    form.preview.table.selectRow(2)
    for key, row in ((Key.Key_Home, 0), (Key.Key_End, 5)):
        person.presses(key, modifier)
        person.presses(Key.Key_Space)
        assert form.preview.table.currentIndex().row() == row
        assert not form.preview.model.is_ticked(row)
    assert all(map(form.preview.model.is_ticked, range(1, 5)))


def test_space_ticks_the_row_under_a_cursor_that_left_the_selection(
    context: Context, person: Person, gifts: Path, settled: Callable[[], None]
) -> None:
    form = previewed(context, person, gifts, settled)
    form.preview.table.setFocus()
    form.preview.table.selectRow(2)
    person.presses(Key.Key_Down, CTRL)
    person.presses(Key.Key_Space)
    assert [form.preview.model.is_ticked(row) for row in (2, 3)] == [True, False]


def test_the_preview_says_what_a_limit_would_say_and_how_far_over_it_would_be(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], now: datetime
) -> None:
    ledger = context.operations.ledger
    [mia] = household.profiles(ledger)
    limits.add(ledger, profile_id=mia.id, measure="money", period="month", amount_text="5", now=now)
    path = tmp_path / "rows.csv"
    head = "kind,at,coins,paid,currency\r\n"
    lines = {"2026-11-03": "12.87", "2026-10-03": "6.00"}
    for day, price in lines.items():
        path.write_text(f"{head}purchase,{day}T10:00,350,{price},EUR\r\n", encoding="utf-8")
        form = previewed(context, person, path, settled)
        said = _said_of_limits(form, settled)
        form.add.click()
        settled()
    assert said == "In the past: €5.00 a month would be passed once."
    path.write_text(f"{head}purchase,2026-11-04T10:00,70,1.00,EUR\r\n", encoding="utf-8")
    form = previewed(context, person, path, settled)
    assert _said_of_limits(form, settled) == "This month: would be €8.87 over the limit of €5.00, instead of €7.87."
    assert form.preview.totals.limits.property("tone") == "problem"


def _said_of_limits(form: ImportDialog, settled: Callable[[], None]) -> str:
    while form.preview.totals.waiting:
        settled()
    settled()
    return form.preview.totals.limits.text()


def test_a_refund_that_says_more_than_is_left_shows_what_is_taken(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    lines = [("MA1", "11", "3.70", ""), ("MA1", "11", "-2.00", ""), ("MA1", "11", "-2.50", "")]
    form = previewed(context, person, test_store_refunds.apple(tmp_path / "a.csv", lines), settled)
    said = "The row says €2.50, more than is left of what was paid; €1.70 is taken."
    assert [said in form.preview.model.text(row, Column.NOTE) for row in range(3)] == [False, False, True]
